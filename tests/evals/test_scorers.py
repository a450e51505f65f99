"""The scorers give the verdicts of the reference scorer: on its golden answers, and on fresh ones where it is there."""

from __future__ import annotations

import copy
import importlib.util
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from reference.mutated_predictions import drawn_predictions

from evals.scorers.conditions import tree_of
from evals.scorers.forms import shown
from evals.scorers.summary import score, summary
from evals.scorers.terms import Terms
from evals.scorers.verdict import Verdict, judge

GOLDEN = Path(__file__).parents[1] / "golden" / "intent_verdicts.jsonl"
DATASETS = Path(__file__).parents[2] / "evals" / "datasets"
ORACLES = os.environ.get("KEK_ORACLES")
"""Names the folder of the reference scorer and its sample; read here, before a test forgets the surroundings."""

GOLDEN_CASES = [json.loads(line) for line in GOLDEN.read_text("utf-8").splitlines()]


def plain(verdict: Verdict) -> dict[str, Any]:
    return {
        "metrics": {name: [round(float(one.right), 12), one.of] for name, one in sorted(verdict.metrics.items())},
        "fields": dict(verdict.fields),
        "wrong": sorted(verdict.reasons),
        "open": list(verdict.left_open),
    }


@pytest.mark.parametrize("golden", GOLDEN_CASES, ids=lambda golden: golden["case"]["id"])
def test_golden_answers_get_the_verdicts_of_the_reference(golden: dict[str, Any]) -> None:
    for row in golden["rows"]:
        assert plain(judge(golden["case"], row["answer"])) == row["verdict"], row["answer"]


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    if not ORACLES:
        pytest.skip("needs the reference scorer: KEK_ORACLES is not set")
    place = importlib.util.spec_from_file_location("reference_scorer", Path(ORACLES) / "score_intents.py")
    assert place is not None and place.loader is not None
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


def drawn_rows(seed: int, count: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    files = [Path(str(ORACLES)) / "intents-sample.jsonl", DATASETS / "intents-dev.jsonl"]
    for line in (line for file in files for line in file.read_text("utf-8").splitlines()):
        case = json.loads(line)
        for answer in drawn_predictions(case, seed, count):
            yield case, answer


def same_verdicts(reference: ModuleType, seed: int, count: int) -> int:
    compared = 0
    for case, answer in drawn_rows(seed, count):
        try:
            row = reference.score_case(case, copy.deepcopy(answer))
        except AttributeError:  # it does not survive every broken shape of an edit; ours calls them unreadable
            judge(case, answer)
            continue
        metrics = {name: [round(float(right), 12), of] for name, (right, of) in sorted(row["metrics"].items())}
        want = {"metrics": metrics, "fields": row["fields"], "wrong": sorted(row["why"]), "open": row["open"]}
        assert plain(judge(case, answer)) == want, answer
        compared += 1
    return compared


def test_drawn_answers_get_the_verdicts_of_the_reference(reference: ModuleType) -> None:
    assert same_verdicts(reference, seed=1, count=9) >= 2_000


@pytest.mark.long
def test_many_drawn_answers_get_the_verdicts_of_the_reference(reference: ModuleType) -> None:
    assert same_verdicts(reference, seed=2, count=60) >= 14_000


def test_totals_are_those_of_the_reference(reference: ModuleType) -> None:
    rows = [(case, answer) for case, answer in drawn_rows(3, 1) if isinstance(answer["spec"], dict | None)]
    cases, answers = [case for case, _ in rows], [answer for _, answer in rows][::2]

    want, _ = reference.score(cases, answers)

    got = score(cases, answers).as_dict(draws=0)
    without_spread = json.loads(json.dumps(got), object_hook=lambda one: {k: v for k, v in one.items() if k != "se"})
    assert without_spread == want


NOTHING_EXPECTED: dict[str, Any] = {
    "assets": ["BTC"], "timeframe": "1h", "indicators": [], "entry": None, "exit": None, "stop_loss": None,
    "take_profit": None, "sizing": None,
}  # fmt: skip


def a_case(disposition: str = "build", **expected: Any) -> dict[str, Any]:
    lists = {name: [] for name in ("fill", "ask", "assume_and_disclose", "refuse")}
    return {
        "id": "a", "category": "direct", "language": "en", "text": "BTC on the 1h chart", "disposition": disposition,
        "fields": lists, "expected": {**NOTHING_EXPECTED, **expected},
    }  # fmt: skip


def a_spec(entry: list[Any], **indicators: Any) -> dict[str, Any]:
    return {
        "universe": {"assets": ["BTC"], "timeframe": "1h"},
        "indicators": indicators,
        "signals": {"entry": entry, "exit": []},
        "sizing": {"mode": "percent_equity", "value": 0.1},
        "risk": {},
        "execution": {"mode": "paper"},
    }


SMA = {"type": "sma", "inputs": {"length": 50}}
ABOVE = {"when": "gt", "left": "close", "right": "a"}
CASE = a_case(
    indicators=[{"key": "a", "type": "sma", "params": {"length": 50}}],
    entry={"long": [ABOVE]},
)


@pytest.mark.parametrize(
    "rule",
    [
        {"when": "lt", "left": "a", "right": "close"},
        {"when": "gt", "left": "close - a", "value": 0},
        {"when": "gt", "left": "close / a", "value": 1},
        {"when": "not", "conditions": [{"when": "lte", "left": "close", "right": "a"}]},
        {"when": "or", "conditions": [ABOVE, {"when": "crosses_above", "left": "close", "right": "a"}]},
        {"when": "and", "conditions": [ABOVE, {"when": "gte", "left": "close", "right": "a"}]},
    ],
)
def test_a_rule_may_be_written_in_any_way_that_means_it(rule: dict[str, Any]) -> None:
    verdict = judge(CASE, {"id": "a", "disposition": "build", "spec": a_spec([rule], a=SMA), "reply": ""})

    assert verdict.is_right, verdict.reasons


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ({**ABOVE, "when": "lt"}, {"entry.long"}),
        ({**ABOVE, "when": "crosses_above"}, {"entry.long"}),
        ({**ABOVE, "right": "a[1]"}, {"entry.long"}),
        ({**ABOVE, "for_bars": 3}, {"entry.long"}),
        ({**ABOVE, "right": "gone"}, {"entry.long"}),
        ({**ABOVE, "right": "b"}, {"entry.long", "indicators"}),
    ],
)
def test_a_rule_that_means_something_else_is_wrong(rule: dict[str, Any], wrong: set[str]) -> None:
    spec = a_spec([rule], a=SMA, b={"type": "sma", "inputs": {"length": 10}})

    verdict = judge(CASE, {"id": "a", "disposition": "build", "spec": spec, "reply": ""})

    assert {name for name, right in verdict.fields.items() if not right} == wrong


def test_only_a_boundary_is_told_apart_from_a_wrong_rule() -> None:
    rule = {**ABOVE, "when": "gte"}

    metrics = judge(CASE, {"id": "a", "disposition": "build", "spec": a_spec([rule], a=SMA)}).metrics

    assert metrics["whole_strategy_exact"].right == 0
    assert metrics["whole_strategy_but_for_boundaries"].right == 1


@pytest.mark.parametrize("spec", [{"signals": []}, {"signals": {"entry": [{"when": []}]}}, {"risk": 5, "signals": 7}])
def test_a_spec_out_of_shape_is_wrong_and_no_failure(spec: dict[str, Any]) -> None:
    verdict = judge(CASE, {"id": "a", "disposition": "build", "spec": spec, "reply": None})

    assert verdict.fields and not all(verdict.fields.values())


def test_series_that_are_equal_by_definition_are_one_series() -> None:
    terms = Terms(
        {
            "m": ("macd", {}),
            "b": ("bbands", {"length": 20}),
            "d": ("donchian", {"length": 20}),
            "h": ("highest", {"length": 20, "source": "high"}),
            "s": ("sma", {}),
            "c": ("stdev", {}),
            "r": ("roc", {"length": 5}),
        },
        "1h",
    )  # fmt: skip

    def same(one: str, other: str) -> bool:
        return shown(terms.operand(one)) == shown(terms.operand(other))

    assert same("m.hist", "m.line - m.signal")
    assert same("b.upper", "s + 2 * c")
    assert same("d.upper", "h[1]")
    assert same("r", "100 * (close / close[5] - 1)")
    assert same("max(high, low)", "max(low, high)")
    assert not same("d.upper", "h")


@pytest.mark.parametrize("text", ["close +", "b", "gone", "__import__('os')", "close close", "close[x]", ""])
def test_what_is_no_operand_is_an_unknown_series(text: str) -> None:
    assert "?" in shown(Terms({"b": ("bbands", {})}, "1h").operand(text))


def test_an_indicator_of_itself_ends() -> None:
    terms = Terms({"a": ("sma", {"source": "b"}), "b": ("sma", {"source": "a"})}, "1h")

    tree_of({"when": "gt", "left": "a", "value": 0}, terms)

    assert "?cycle" in shown(terms.operand("a"))


def test_shares_come_with_their_spread() -> None:
    right = {"id": "a", "disposition": "build", "spec": a_spec([ABOVE], a=SMA)}
    cases = [{**CASE, "id": f"c{number}"} for number in range(40)]
    answers = [{**right, "id": f"c{number}", "disposition": "build" if number % 4 else "ask"} for number in range(40)]

    cell = summary(score(cases, answers).verdicts)["disposition"]

    assert (cell["right"], cell["n"], cell["share"]) == (30, 40, 0.75)
    assert cell["low"] < 0.75 < cell["high"]
    assert cell["se"] == pytest.approx((0.75 * 0.25 / 39) ** 0.5, abs=5e-5)


def test_a_case_without_an_answer_is_wrong_unless_only_answers_count() -> None:
    whole, part = score([CASE], []), score([CASE], [], predicted_only=True)

    assert whole.missing == ("a",) and whole.as_dict(0)["overall"]["disposition"]["share"] == 0
    assert part.verdicts == () and score([], [{"id": "b"}]).unknown_ids == ("b",)
