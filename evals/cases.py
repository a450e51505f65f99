"""Case files: one request a line, with what is expected of the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spec.front_door import read_json
from engine.spec.problems import nearest
from evals.errors import CaseFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Case = dict[str, Any]
"""A case as its line says it (`evals/datasets/SOURCES.md` describes the fields)."""

DISPOSITIONS = ("build", "build_or_ask", "edit", "ask", "partial", "explain", "refuse")
LISTS = ("ask", "refuse")
EXPECTED = ("assets", "timeframe", "indicators", "entry", "exit", "stop_loss", "take_profit", "sizing")
LISTS_OF_TEXT = ("must_not", "must_mention", "needs")
NOW = "2026-07-01T12:00:00Z"
"""The time of a request whose case names none."""

MAX_BYTES, MAX_DEPTH = 1024 * 1024, 64
SHOWN = 20
"""Problems of a file that are written out."""


def read_cases(path: Path, limit: int | None = None) -> tuple[Case, ...]:
    """Return the cases of a file, the first ``limit`` of them when it is given; empty lines are skipped.

    Raises
    ------
    CaseFileError
        A line is no case, or two have one id; the message names each line and what is wrong with it.
    """
    return tuple(_checked(path))[:limit]


def read_lines(path: Path) -> Iterator[tuple[int, Any, str | None]]:
    """Yield number, value and problem of every line of a JSONL file that is not empty.

    Raises
    ------
    CaseFileError
        The file is not there or cannot be read.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as failure:
        raise CaseFileError(f"{path}: {failure.strerror or failure}") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            read = read_json(line, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH)
            yield number, read.value, str(read.problems[0]) if read.problems else None


def refuse_lines(path: Path, wrong: list[tuple[int, str]]) -> None:
    """Raise CaseFileError when any line of a file is wrong."""
    if wrong:
        shown = "\n".join(f"{path.name} line {number}: {problem}" for number, problem in wrong[:SHOWN])
        more = f"\nand {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        raise CaseFileError(shown + more)


def _checked(path: Path) -> list[Case]:
    cases: list[Case] = []
    wrong: list[tuple[int, str]] = []
    first_line: dict[str, int] = {}
    for number, value, problem in read_lines(path):
        found = [problem] if problem is not None else list(problems_of(value))
        if not found:
            earlier = first_line.setdefault(value["id"], number)
            found = [f"id {value['id']!r} is taken by line {earlier}"] if earlier != number else []
        wrong += [(number, one) for one in found]
        cases.append(value)
    refuse_lines(path, wrong)
    if not cases:
        raise CaseFileError(f"{path.name} holds no case")
    return cases


def problems_of(case: Any) -> Iterator[str]:
    """Yield what keeps a JSON value from being a case, in words.

    >>> list(problems_of({"id": "a"}))[:2]
    ["'category' is missing", "'language' is missing"]
    """
    if not isinstance(case, dict):
        yield f"must be an object, not {type(case).__name__}"
        return
    for name in ("id", "category", "language", "text", "disposition"):
        if name not in case:
            yield f"'{name}' is missing"
        elif not isinstance(case[name], str) or not case[name].strip():
            yield f"'{name}' must be text"
    disposition = case.get("disposition")
    if isinstance(disposition, str) and disposition.strip() and disposition not in DISPOSITIONS:
        guess = nearest(disposition, DISPOSITIONS)
        hint = f" (did you mean '{guess}'?)" if guess else ""
        yield f"'disposition' is {disposition!r}; allowed: {', '.join(DISPOSITIONS)}{hint}"
    yield from _problems_of_fields(case.get("fields"))
    yield from _problems_of_expected(case.get("expected"))
    yield from _problems_of_context(case)


def _problems_of_fields(fields: Any) -> Iterator[str]:
    if not isinstance(fields, dict):
        yield "'fields' must be an object of lists"
        return
    for name in dict.fromkeys([*LISTS, *fields]):
        if not _is_list_of(str, fields.get(name)):
            yield f"'fields.{name}' must be a list of text"


def _problems_of_expected(expected: Any) -> Iterator[str]:
    if not isinstance(expected, dict):
        yield "'expected' must be an object"
        return
    for name in EXPECTED:
        if name not in expected:
            yield f"'expected.{name}' is missing (null where nothing is expected)"
    if expected.get("assets") is not None and not _is_list_of(str, expected["assets"]):
        yield "'expected.assets' must be null or a list of text"
    indicators = expected.get("indicators", [])
    if not _is_list_of(dict, indicators) or any(not {"key", "type", "params"} <= one.keys() for one in indicators):
        yield "'expected.indicators' must be a list of objects with key, type and params"
    for part in ("entry", "exit"):
        rules = expected.get(part)
        sides = rules.values() if isinstance(rules, dict) else ()
        if rules is not None and not (isinstance(rules, dict) and all(_is_list_of(dict, one) for one in sides)):
            yield f"'expected.{part}' must be null or an object of lists of conditions by side"
    for name in ("stop_loss", "take_profit", "sizing"):
        value = expected.get(name)
        wanted = "mode" if name == "sizing" else "type"
        if value is not None and not (isinstance(value, dict) and wanted in value):
            yield f"'expected.{name}' must be null or an object with '{wanted}'"
    for name in LISTS_OF_TEXT:
        if name in expected and not _is_list_of(str, expected[name]):
            yield f"'expected.{name}' must be a list of text"
    if not isinstance(expected.get("patch", {}), dict):
        yield "'expected.patch' must be an object of path to value"


def _problems_of_context(case: dict[str, Any]) -> Iterator[str]:
    context, expected = case.get("context", {}), case.get("expected")
    if not isinstance(context, dict):
        yield "'context' must be an object"
        return
    if isinstance(expected, dict) and expected.get("patch") and not isinstance(context.get("spec"), dict):
        yield "'context.spec' is missing: a patch needs the spec it changes"
    for name, kind in (("spec", dict), ("run", dict), ("versions", list)):
        if context.get(name) is not None and not isinstance(context[name], kind):
            yield f"'context.{name}' must be {'a list' if kind is list else 'an object'}"
    versions = context.get("versions")
    shaped = not isinstance(versions, list) or all(isinstance(one, dict) and "spec" in one for one in versions)
    if not shaped:
        yield "'context.versions' must be a list of objects with version and spec"
    if "reference" in case and not isinstance(case["reference"], dict):
        yield "'reference' must be a spec"


def _is_list_of(kind: type, value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)
