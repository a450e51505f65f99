"""The case files of `kek eval intents` are well-formed, varied, and their references are valid strategies."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from engine.spec import check

DATASETS = Path(__file__).parents[2] / "evals" / "datasets"
CASE_KEYS = {
    "id", "category", "language", "text", "disposition", "fields", "expected", "difficulty",
    "origin", "split", "now", "tags",
}  # fmt: skip
MAY_HAVE = {"context", "reference"}
EXPECTED_KEYS = {
    "assets", "timeframe", "indicators", "entry", "exit", "stop_loss", "take_profit", "sizing", "notes",
}  # fmt: skip
MAY_EXPECT = {"needs", "must_not", "must_mention", "leverage", "patch", "unchanged"}
FIELD_LISTS = {"fill", "ask", "assume_and_disclose", "refuse"}
DISPOSITIONS = {"build", "build_or_ask", "ask", "partial", "refuse", "edit", "explain"}
LEAST = {
    "direct": 55, "non_english": 12, "edit": 16, "unsupported_element": 16, "contradictory": 10,
    "injection": 10, "impossible": 8, "explain": 8,
}  # fmt: skip


def read(name: str) -> list[dict[str, Any]]:
    lines = (DATASETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


DEV, STRANGERS = read("intents-dev"), read("strangers")
ALL = DEV + STRANGERS
WITH_REFERENCE = [case for case in ALL if "reference" in case]


def ids(cases: list[dict[str, Any]]) -> list[str]:
    return [case["id"] for case in cases]


def patched(spec: dict[str, Any], path: str) -> Any:
    at: Any = spec
    for key in path.split("."):
        at = at.get(key) if isinstance(at, dict) else None
    return at


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        return {k: v for key, inner in value.items() for k, v in leaves(inner, f"{path}.{key}".lstrip(".")).items()}
    return {path: value}


def operands(conditions: list[dict[str, Any]]) -> set[str]:
    found: set[str] = set()
    for one in conditions:
        found |= {str(one[side]) for side in ("left", "right") if isinstance(one.get(side), str)}
        found |= operands(one.get("conditions", []))
    return found


@pytest.mark.parametrize("case", ALL, ids=ids(ALL))
def test_a_case_has_the_shape_of_the_case_files(case: dict[str, Any]) -> None:
    assert set(case) - MAY_HAVE == CASE_KEYS
    assert set(case["expected"]) - MAY_EXPECT == EXPECTED_KEYS
    assert set(case["fields"]) == FIELD_LISTS
    assert case["disposition"] in DISPOSITIONS
    assert case["difficulty"] in {"easy", "medium", "hard"}
    assert case["text"].strip() == case["text"] != ""


def test_every_case_has_its_own_id_and_text() -> None:
    assert [i for i, n in Counter(ids(ALL)).items() if n > 1] == []
    texts = Counter((" ".join(case["text"].lower().split()), json.dumps(case.get("context"))) for case in ALL)
    assert [text for (text, _), n in texts.items() if n > 1] == []


def test_the_development_set_covers_every_kind() -> None:
    kinds = Counter(case["category"] for case in DEV)
    assert len(DEV) >= 140
    assert {kind: kinds[kind] for kind, least in LEAST.items() if kinds[kind] < least} == {}
    assert kinds["incomplete"] + kinds["ambiguous"] >= 15
    assert len(STRANGERS) == 20


def test_the_development_set_speaks_many_languages() -> None:
    spoken = Counter(case["language"] for case in DEV if case["category"] == "non_english")
    assert len(spoken) >= 12
    assert "en" not in spoken


@pytest.mark.parametrize("case", WITH_REFERENCE, ids=ids(WITH_REFERENCE))
def test_a_reference_is_a_valid_strategy_of_known_assets(case: dict[str, Any]) -> None:
    checked = check(case["reference"])

    assert [problem for problem in checked.problems if problem.severity == "error"] == []


def test_whoever_is_to_build_or_edit_has_a_reference() -> None:
    without = [c["id"] for c in ALL if c["disposition"] in ("build", "edit") and "reference" not in c]
    assert without == []


@pytest.mark.parametrize("case", WITH_REFERENCE, ids=ids(WITH_REFERENCE))
def test_a_reference_agrees_with_what_the_case_expects(case: dict[str, Any]) -> None:
    expected, spec = case["expected"], case["reference"]
    if case["disposition"] == "edit":
        return
    if expected["assets"]:
        assert [a.replace("/", "") for a in expected["assets"]] == spec["universe"]["assets"]
    assert expected["timeframe"] in (None, spec["universe"]["timeframe"])
    for protection in ("stop_loss", "take_profit"):
        got = spec["risk"].get(protection)
        assert expected[protection] == (got and {"type": got["type"], "value": got["value"]})
    if expected["sizing"]:
        assert expected["sizing"].items() <= spec["sizing"].items()
    for part in ("entry", "exit"):
        wanted = expected[part] or {}
        short = spec["signals"].get("short", {})
        for side, holder in (("long", spec["signals"]), ("short", short)):
            got = operands(holder.get(part, []))
            scaled = {name.split(" * ")[0] for name in got}
            assert operands(wanted.get(side, [])) in (got, scaled), (case["id"], part, side)


@pytest.mark.parametrize("case", [c for c in ALL if c["disposition"] == "edit"], ids=lambda case: case["id"])
def test_an_edit_moves_what_was_asked_for_and_nothing_else(case: dict[str, Any]) -> None:
    base, spec, patch = case["context"]["spec"], case["reference"], case["expected"]["patch"]
    old, new = leaves(base), leaves(spec)
    moved = {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}

    assert patch and moved
    assert {p for p in moved if not any(f"{p}.".startswith(f"{to}.") for to in (*patch, "version"))} == set()
    for path, want in patch.items():
        if not (isinstance(want, str) and path.startswith("signals.")) and path != "variants":
            assert patched(spec, path) == want


@pytest.mark.parametrize("case", [c for c in ALL if "context" in c], ids=lambda case: case["id"])
def test_the_strategies_of_a_context_are_valid(case: dict[str, Any]) -> None:
    context = case["context"]
    specs = [context["spec"], *(version["spec"] for version in context.get("versions", []))]

    assert [p for spec in specs for p in check(spec).problems if p.severity == "error"] == []
    if "versions" in context:
        assert context["versions"][-1]["spec"] == context["spec"]


@pytest.mark.parametrize("case", [c for c in ALL if c["disposition"] == "explain"], ids=lambda case: case["id"])
def test_an_explanation_is_about_a_run_whose_percentages_are_fractions(case: dict[str, Any]) -> None:
    results = case["context"]["run"]["results"]

    assert {name: v for name, v in results.items() if name.endswith("Pct") and not -1 <= v <= 1} == {}
    assert any(rule.startswith("a figure not in") for rule in case["expected"]["must_not"])
