"""Compares an edited spec with what an edit asks for: it is there, and nothing else has moved."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from evals.scorers.conditions import any_of
from evals.scorers.names import asset_name
from evals.scorers.spec_rules import spec_trees
from evals.scorers.strategy import Compared, nearly_equal
from evals.scorers.terms import Terms, definitions_of, mapping
from evals.scorers.trees import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAY_MOVE = ("id", "name", "version", "description", "metadata", "createdAt", "updatedAt", "specHash")
"""Fields that every edit may change."""

FIELDS_OF_AN_EDIT = ("edit.patch", "edit.unchanged")


def compare_edit(case: Mapping[str, Any], spec: Mapping[str, Any]) -> Compared:
    """Return whether the patch a case expects is in the spec, and whether the rest is as it was.

    Raises as `evals.scorers.strategy.compare_strategy` does.
    """
    edit = _Edit(case["context"]["spec"], spec, case["expected"]["patch"])
    compared = Compared()
    missing = [reason for path, want in edit.patch.items() if (reason := edit.missing(path, want)) is not None]
    compared.put("edit.patch", "; ".join(missing) or None)
    moved = edit.moved()
    compared.put("edit.unchanged", f"changed without being asked: {', '.join(moved)}" if moved else None)
    return compared


class _Edit:
    def __init__(self, base: Mapping[str, Any], spec: Mapping[str, Any], patch: Mapping[str, Any]) -> None:
        self.patch = patch
        self._base = base
        self._spec = spec
        self._touched = list(patch)

    def missing(self, path: str, want: Any) -> str | None:
        """Return why one path of the patch is not as it should be, None when it is."""
        got = value_at(self._spec, path)
        if path == "variants":
            return self._missing_variants(want, got)
        if path.startswith("signals.") and isinstance(want, str):
            return self._wrong_rule(path, want)
        if path.startswith("indicators.") and isinstance(want, dict) and "type" in want:
            return self._missing_indicator(path, want)
        if path.endswith("assets"):
            right = {asset_name(one) for one in want} == {asset_name(one) for one in got or []}
        elif isinstance(want, dict):
            right = all(_is(value, mapping(got).get(name)) for name, value in want.items())
        else:
            right = _is(want, got)
        return None if right else f"{path}: expected {want}, got {got}"

    def moved(self) -> list[str]:
        """Return the paths that changed although the edit does not reach them."""
        old = {path: value for path, value in _leaves(self._base) if self._keeps(path)}
        new = {path: value for path, value in _leaves(self._spec) if self._keeps(path) and value not in (None, [], {})}
        return sorted(path for path in old.keys() | new.keys() if not _is(old.get(path), new.get(path)))

    def _missing_variants(self, want: list[dict[str, Any]], got: Any) -> str | None:
        """Find variants that are missing; one that changes nothing against the base may be left out."""
        have = [mapping(one).get("overrides") for one in got or []]
        base = dict(_leaves(self._base))
        needed = [one for one in want if any(base.get(path) != value for path, value in one.items())]
        return f"variants: expected {want}, got {have}" if any(one not in have for one in needed) else None

    def _wrong_rule(self, path: str, want: str) -> str | None:
        part, timeframe = path.split(".")[1], self._base["universe"]["timeframe"]
        added = {one.split(".")[1]: new for one, new in self.patch.items() if re.fullmatch(r"indicators\.\w+", one)}
        defined = definitions_of({"indicators": {key: new for key, new in added.items() if new}})
        terms = Terms({**definitions_of(self._base), **defined}, timeframe, of_case=True)
        wanted = any_of(written_rule(want, self._base["signals"][part]), terms)
        got = spec_trees(self._spec, Terms(definitions_of(self._spec), timeframe))[f"{part}.long"]
        return None if wanted == got else f"{path}: expected {in_words(wanted)}, got {in_words(got)}"

    def _missing_indicator(self, path: str, want: Mapping[str, Any]) -> str | None:
        """Find a new indicator by what it is; its key may be another."""
        wanted = Terms({"wanted": (want["type"], want.get("inputs"))}, None).signature("wanted")
        terms = Terms(definitions_of(self._spec), None)
        new = [key for key in terms.definitions if key not in self._base["indicators"]]
        self._touched += [f"indicators.{key}" for key in new]
        return None if wanted in [terms.signature(key) for key in new] else f"{path}: expected {wanted}"

    def _keeps(self, path: str) -> bool:
        """Tell whether the edit leaves a path alone."""
        if path.split(".")[0] in MAY_MOVE:
            return False
        return not any(f"{path}.".startswith(f"{touched}.") for touched in self._touched)


def value_at(spec: Mapping[str, Any], path: str) -> Any:
    """Return what stands at a dotted path, None where nothing does.

    >>> value_at({"risk": {"max_leverage": 2}}, "risk.max_leverage")
    2
    """
    found: Any = spec
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def written_rule(text: str, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the conditions that a case writes as text; what is no call stands for the rule as it was.

    >>> written_rule("crosses_above(ema_9,ema_21)", [])
    [{'when': 'crosses_above', 'left': 'ema_9', 'right': 'ema_21'}]
    """
    conditions: list[dict[str, Any]] = []
    for part in re.split(r"\s+AND\s+", text):
        call = re.fullmatch(r"(\w+)\(([^,]+),([^)]+)\)", part.strip())
        if call is None:
            conditions.append({"when": "or", "conditions": before})
            continue
        operator, left, right = (one.strip() for one in call.groups())
        is_value = re.fullmatch(r"-?[\d.]+", right) is not None
        other = {"value": float(right)} if is_value else {"right": right}
        conditions.append({"when": operator, "left": left, **other})
    return conditions if len(conditions) == 1 else [{"when": "and", "conditions": conditions}]


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value that is no object, with its dotted path."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}".lstrip("."))
    else:
        yield path, value


def _is(want: Any, got: Any) -> bool:
    return bool(nearly_equal(want, got) or want == got)
