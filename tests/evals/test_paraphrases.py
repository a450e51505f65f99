"""Paraphrases vary the words and not the meaning, and their check tells silence from a word."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from engine.spec import check
from evals.paraphrase_check import ReadAlike, check_paraphrases, paraphrase_lines
from evals.paraphrase_strategies import strategies
from evals.paraphrase_words import TIMEFRAMES, percentage, with_a_slip
from evals.paraphrases import Paraphrase, paraphrases, plainly, spec_of
from evals.scorers.names import timeframe_name
from evals.scorers.strategy import compare_strategy
from evals.solvers import Solved

TEXTS = paraphrases(500, 1)
PLAIN = len(strategies())


def test_the_same_seed_gives_the_same_texts_and_another_others() -> None:
    again, other = paraphrases(50, 1), paraphrases(50, 2)

    assert [one.text for one in again] == [one.text for one in TEXTS[: len(again)]]
    assert sum(a.text == b.text for a, b in zip(again[PLAIN:], other[PLAIN:], strict=True)) < 3


def test_hardly_two_of_five_hundred_texts_are_alike() -> None:
    assert len(TEXTS) == 500 + PLAIN
    assert len({one.text for one in TEXTS}) > 495
    assert len({one.id for one in TEXTS}) == len(TEXTS)


@pytest.mark.parametrize("strategy", strategies(), ids=lambda one: one.name)
def test_what_a_strategy_means_is_a_valid_spec_and_right_by_the_scorer(strategy: Any) -> None:
    spec = spec_of(strategy)
    plain = Paraphrase("a", strategy, plainly(strategy), True, spec)

    assert [one for one in check(spec).problems if one.severity == "error"] == []
    assert compare_strategy(plain.case, spec).reasons == {}


@pytest.mark.parametrize("timeframe", [name for names in TIMEFRAMES.values() for name in names if name[0].isdigit()])
def test_every_way_to_write_a_timeframe_is_that_timeframe(timeframe: str) -> None:
    named = next(name for name, names in TIMEFRAMES.items() if timeframe in names)

    assert timeframe_name(timeframe.replace("-", " ").replace("24h", "1d")) == named


@pytest.mark.parametrize("seed", range(40))
def test_a_percentage_is_that_percentage_in_any_form(seed: int) -> None:
    rng = random.Random(seed)
    text = percentage(0.025, rng.choice)

    assert text.startswith("2.5")


@pytest.mark.parametrize("seed", range(40))
def test_a_slip_changes_one_long_word_and_no_number(seed: int) -> None:
    text = "size 10% of equity, BTC 4h, exponential moving average 50, Ethereum bitcoin"
    slipped = with_a_slip(text, random.Random(seed))

    before, after = text.split(), slipped.split()
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert len(changed) <= 1
    assert all(one.strip(",") in ("exponential", "average") for one, _ in changed)


class Reader:
    """A solver that reads every paraphrase as it means and then spoils it."""

    name = "scripted"

    def __init__(self, spoil: Callable[[dict[str, Any], str], Mapping[str, Any]] = lambda spec, text: {}) -> None:
        self._spoil = spoil
        self._specs = {one.text: one.spec for one in TEXTS}

    async def solve(self, case: Mapping[str, Any]) -> Solved:
        spec = copy.deepcopy(self._specs[case["text"]])
        answer = {"id": case["id"], "disposition": "build", "spec": spec, "reply": "", "question": None}
        more = dict(self._spoil(spec, case["id"]))
        left_out = more.pop("left_out", ())
        return Solved({**answer, **more}, "scripted", {}, left_out)


def read(spoil: Callable[[dict[str, Any], str], Mapping[str, Any]] = lambda spec, text: {}, n: int = 30) -> ReadAlike:
    return check_paraphrases(paraphrases(n, 1), Reader(spoil), lambda: 0.0)


def test_a_perfect_reader_reads_all_alike() -> None:
    result = read().as_dict()

    assert (result["n"], result["sameHashShare"], result["rightShare"]) == (30, 1.0, 1.0)
    assert result["silentlyWrong"] == result["silentlyDropped"] == 0
    assert result["plainWrong"] == result["differing"] == []


def dropping(spec: dict[str, Any], case_id: str) -> Mapping[str, Any]:
    if not case_id.endswith("-plain"):
        spec["risk"].pop("stop_loss", None)
    return {}


def test_a_stop_that_is_dropped_without_a_word_is_found() -> None:
    with_stop = sum("stop_loss" in one.spec["risk"] for one in paraphrases(30, 1)[PLAIN:])

    result = read(dropping)

    assert result.as_dict()["silentlyDropped"] == result.as_dict()["silentlyWrong"] == with_stop
    assert {one.dropped for one in result.drawn} == {("stop_loss",), ()}
    assert "a condition dropped without a word" in "\n".join(paraphrase_lines(result, explain=True))


def test_one_condition_of_two_that_is_dropped_is_found() -> None:
    def spoil(spec: dict[str, Any], case_id: str) -> Mapping[str, Any]:
        for side in (spec["signals"], spec["signals"].get("short", {})):
            for one in side.get("entry", []):
                if one["when"] == "and":
                    one["conditions"].pop()
                    side["entry"] = one["conditions"]
        return {}

    assert {one.dropped for one in read(spoil).drawn} == {("entry.long",), ("entry.short",), ()}


@pytest.mark.parametrize(
    "word",
    [
        {"left_out": ("stop",)},
        {"disposition": "ask", "question": "How far is the stop?"},
        {"disposition": "partial"},
    ],
)
def test_what_is_told_is_not_silent(word: Mapping[str, Any]) -> None:
    result = read(lambda spec, case_id: {**dropping(spec, case_id), **word}).as_dict()

    assert result["silentlyDropped"] == result["silentlyWrong"] == 0
    assert result["told"] == 30
    assert result["rightShare"] == 0.0


def test_a_wrong_number_is_wrong_without_a_word_and_nothing_dropped() -> None:
    def spoil(spec: dict[str, Any], case_id: str) -> Mapping[str, Any]:
        spec["universe"]["timeframe"] = "2h"
        return {}

    result = read(spoil)

    assert result.as_dict()["silentlyWrong"] == 30
    assert result.as_dict()["silentlyDropped"] == 0
    assert len(result.plain_wrong) == PLAIN
