"""Going back, variants, and the question whether a message is an edit at all."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from editing_specs import NOW, PERP, SPOT, read

from agent.edits import edited
from agent.language.builtin.editing import is_edit, read_edit
from agent.language.builtin.screening import screen
from agent.language.port import Request
from engine.spec import check
from engine.spec.variants import apply_variant


def version(number: str, **risk: Any) -> dict[str, Any]:
    spec = copy.deepcopy(SPOT)
    spec["version"] = number
    spec["risk"].update(risk)
    return spec


FIRST = version("1.0", stop_loss={"type": "percent", "value": 0.1}, take_profit={"type": "percent", "value": 0.3})
SECOND = version("1.1", take_profit={"type": "percent", "value": 0.3})


@pytest.mark.parametrize("text", ["undo it", "undo the last change", "please go back", "scratch that", "roll back"])
def test_undo_goes_back_one_version(text: str) -> None:
    assert read(SPOT, text, FIRST, SECOND).intent == "undo"


@pytest.mark.parametrize("text", ["undo it", "go back to version 0.3", "back to 0.9", "restore the original"])
def test_undo_with_a_single_version_asks(text: str) -> None:
    reading = read(SPOT, text)

    assert reading.intent == "ask"
    assert reading.question is not None and reading.question.missing == ("version",)


@pytest.mark.parametrize(
    "text", ["go back to version 1.0", "restore v1.0", "back to the original", "undo the last two changes"]
)
def test_an_earlier_version_comes_back_whole(text: str) -> None:
    after = edited(SPOT, read(SPOT, text, FIRST, SECOND).patch)

    assert after["version"] == "1.3"
    assert {**after, "version": "1.0"} == FIRST


def test_a_version_that_never_was_is_asked_about_with_those_there_are() -> None:
    reading = read(SPOT, "go back to version 7.7", FIRST, SECOND)

    assert reading.question is not None
    assert "7.7" in reading.question.text and "1.0, 1.1" in reading.question.text


def test_one_part_goes_back_alone() -> None:
    reading = read(SPOT, "undo the stop change", FIRST, SECOND)

    assert [(one.path, one.value) for one in reading.patch] == [("/risk/stop_loss/value", 0.1)]


@pytest.mark.parametrize(
    ("text", "overrides"),
    [
        (
            "try fast 8, 12 and 16",
            [{"indicators.ema_fast.inputs.length": n} for n in (8, 12, 16)],
        ),
        (
            "two variants: fast 10 and 30, slow twice the fast",
            [{"indicators.ema_fast.inputs.length": n, "indicators.ema_slow.inputs.length": 2 * n} for n in (10, 30)],
        ),
        (
            "give me 4 variants: fast 10 20, slow 50 100",
            [
                {"indicators.ema_fast.inputs.length": fast, "indicators.ema_slow.inputs.length": slow}
                for fast in (10, 20)
                for slow in (50, 100)
            ],
        ),
        ("variants with sizes 5%, 10% and 15%", [{"sizing.value": size} for size in (0.05, 0.1, 0.15)]),
        ("versions with the stop at 1.5, 2 and 2.5 atr", [{"risk.stop_loss.value": n} for n in (1.5, 2, 2.5)]),
        (
            "variants of the slow ema from 50 to 70 in steps of 10",
            [{"indicators.ema_slow.inputs.length": n} for n in (50, 60, 70)],
        ),
        ("add a variant with a 2.5 atr stop", [{"risk.stop_loss.value": 2.5}]),
        ("one variant: size 5%", [{"sizing.value": 0.05}]),
        ("variant with fast ema 8", [{"indicators.ema_fast.inputs.length": 8}]),
        (
            "give me another variant where the fast ema is 8 and the size 5%",
            [{"indicators.ema_fast.inputs.length": 8, "sizing.value": 0.05}],
        ),
        (
            "show me that with a fast ema of 8, 12 and 16 as variants",
            [{"indicators.ema_fast.inputs.length": n} for n in (8, 12, 16)],
        ),
    ],
)
def test_each_value_becomes_a_variant_that_can_be_run(text: str, overrides: list[dict[str, Any]]) -> None:
    reading = read(PERP, text)

    assert reading.intent == "edit", reading.question
    assert [one.path for one in reading.patch] == ["/variants"]
    variants = reading.patch[0].value
    assert [one["overrides"] for one in variants] == overrides
    spec = check(edited(PERP, reading.patch)).spec
    assert spec is not None
    assert all(apply_variant(spec, one["id"]).valid for one in variants)


def test_a_variant_that_equals_the_strategy_is_kept_and_told() -> None:
    reading = read(PERP, "variants with sizes 5% and 10%")

    assert any("v2" in one.text and "as it is" in one.text for one in reading.assumptions)


EDITING = [
    "stop 3%", "size down to 5%", "lose the rsi condition", "daily", "eth too", "no leverage", "ema 30 instead",
    "buy when rsi is below 20 instead", "enter only if volume is above average", "long only", "undo", "rename it Bob",
    "could you please switch to 1h candles", "what if the stop was 2%?", "double it: the size", "skip fridays",
    "also buy when macd crosses above zero", "more conservative", "variants with fast 5, 10, 15", "add SOL",
]  # fmt: skip
BUILDING = [
    "buy btc when rsi(14) drops below 30 and sell when it is above 70, 1h candles",
    "ETH 4h: long when the 10 ema is above the 30 ema, out when it is below. 3% stop",
    "golden cross on SPY daily",
    "go long AAPL on a 20 day breakout, exit on a 10 day low",
    "macd cross on sol 1h, stop 5%",
    "new strategy: buy eth when it closes above its 50 day average",
]
NEITHER = [
    "how did the backtest go?",
    "why did it lose money",
    "what is the stop?",
    "improve it",
    "make it better",
    "optimize this",
]


@pytest.mark.parametrize("text", EDITING)
def test_a_change_is_an_edit_while_there_is_a_strategy(text: str) -> None:
    assert is_edit(text, has_spec=True, has_run=True)


@pytest.mark.parametrize("text", [*BUILDING, *NEITHER])
def test_a_whole_strategy_a_question_or_a_wish_to_improve_is_no_edit(text: str) -> None:
    assert not is_edit(text, has_spec=True, has_run=True)


@pytest.mark.parametrize("text", ["stop 3%", "use 1h", *BUILDING])
def test_without_a_strategy_nothing_is_an_edit(text: str) -> None:
    assert not is_edit(text, has_spec=False, has_run=False)


def test_an_edit_without_a_strategy_asks_for_one() -> None:
    text = "undo it"
    screening = screen(text, has_spec=False, has_run=False)

    reading = read_edit(Request(text, NOW), screening.text, screening)

    assert reading.intent == "ask"
