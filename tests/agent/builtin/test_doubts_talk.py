"""Talk about a result is answered as a question; words of change stay changes; odd changes are asked about."""

from __future__ import annotations

from typing import Any

import pytest

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request, Version

SPEC: dict[str, Any] = {
    "id": "x",
    "name": "cross",
    "version": "1.0",
    "universe": {"assets": ["BTC", "ETH"], "timeframe": "4h", "market_type": "perp"},
    "indicators": {
        "ema_fast": {"type": "ema", "inputs": {"length": 20}},
        "ema_slow": {"type": "ema", "inputs": {"length": 50}},
        "rsi": {"type": "rsi", "inputs": {"length": 14}},
    },
    "signals": {
        "entry": [
            {
                "when": "and",
                "conditions": [
                    {"when": "crosses_above", "left": "ema_fast", "right": "ema_slow"},
                    {"when": "lt", "left": "rsi", "value": 70},
                ],
            }
        ],
        "exit": [{"when": "crosses_below", "left": "ema_fast", "right": "ema_slow"}],
    },
    "sizing": {"mode": "percent_equity", "value": 0.1},
    "risk": {
        "max_leverage": 2,
        "max_position_pct": 0.2,
        "max_total_exposure_pct": 0.5,
        "stop_loss": {"type": "percent", "value": 0.03},
        "take_profit": {"type": "percent", "value": 0.06},
    },
    "execution": {"mode": "paper"},
}
RUN = {"id": "r", "metrics": {"sharpeRatio": 0.8, "netProfit": -120.0, "winRatePct": 0.55}, "tradeCount": 30}


def reading(text: str) -> Reading:
    return read(Request(text, "2026-11-21T00:00:00Z", versions=(Version("1.0", SPEC),), run=RUN))


@pytest.mark.parametrize(
    "text",
    [
        "thoughts?",
        "honest opinion pls",
        "any good?",
        "worth the trouble",
        "why tho",
        "tldr",
        "eli5",
        "walk me thru it",
        "break it down for me",
        "so this would make me rich huh",
        "ready to deploy?",
        "good enough to go live?",
        "should i put my savings in real money on it",
        "the equity goes down, whats going on",
        "it wins half the time but still loses, how",
        "makes no sense that it lost with that win rate",
        "it only made 30 trades, is that enough",
        "is that sharpe any good",
        "looks too good to be true",
        "seems like it barely trades",
        "how sure are we about this",
        "and the fees?",
        "i guess this is profitable then",
        "so it buys when the fast ema crosses the slow one, correct",
        "how bad did it get from the top",
        "would have been better to just hold btc i bet",
    ],
)
def test_talk_about_a_result_is_answered(text: str) -> None:
    found = reading(text)

    assert found.intent == "explain"
    assert found.reply


@pytest.mark.parametrize(
    "text",
    [
        "ditch the take profit",
        "lose the take profit",
        "crank the leverage to 3",
        "bump the stop to 4%",
        "dial the size down to 5%",
        "trim the position size to 7%",
        "hourly pls",
        "get rid of the target",
        "let the target be 8%",
        "size it by risk, half a percent a trade",
        "slap on a 200 ema filter",
    ],
)
def test_a_word_of_change_is_no_talk(text: str) -> None:
    assert reading(text).intent == "edit"


@pytest.mark.parametrize(
    ("text", "path", "figure"),
    [
        ("crank leverage to 20", "risk.max_leverage", "20"),
        ("leverage up to 125", "risk.max_leverage", "125"),
        ("rsi threshold 130", "signals.entry[0].conditions[1]", "100"),
        ("fast ema to 50", "indicators.ema_fast.inputs.length", "same"),
        ("size to 45%", "risk.max_position_pct", "45"),
    ],
)
def test_a_change_that_can_hardly_be_meant_is_asked_about(text: str, path: str, figure: str) -> None:
    found = reading(text)

    assert found.intent == "ask"
    assert found.question is not None
    assert path in found.question.missing
    assert figure in found.question.text


def test_a_side_by_the_reverse_of_the_entry_mirrors_it() -> None:
    found = reading("also short on the reverse cross")

    assert found.intent == "edit"
    added = {one.path: one.value for one in found.patch}
    assert "crosses_below" in str(added["/signals/short"]["entry"])


def test_talk_without_a_strategy_is_no_explanation() -> None:
    assert read(Request("buy btc when it looks good", "2026-11-21T00:00:00Z")).intent == "ask"


@pytest.mark.parametrize("text", ["take it", "ok, take it", "use that variant please", "let's go with that change"])
def test_taking_what_is_not_on_offer_is_told(text: str) -> None:
    reading = read(Request(text, "2026-01-10T00:00:00Z", versions=(Version("1.0", SPEC),)))

    assert reading.intent == "explain" and "nothing on offer" in reading.reply


@pytest.mark.parametrize("text", ["use it on ETH", "take profit 5%", "use that with a 2% stop"])
def test_a_change_is_no_word_of_taking(text: str) -> None:
    assert "nothing on offer" not in read(Request(text, "2026-01-10T00:00:00Z", versions=(Version("1.0", SPEC),))).reply


@pytest.mark.parametrize(
    "text", ["what version am I on", "which version is this?", "what version?", "how many versions are there?"]
)
def test_the_current_version_is_told_with_those_before(text: str) -> None:
    versions = (Version("1.0", SPEC), Version("1.1", {**SPEC, "version": "1.1"}))

    alone, after = (read(Request(text, "2026-01-10T00:00:00Z", versions=some)) for some in (versions[:1], versions))

    assert alone.intent == after.intent == "explain"
    assert "{{spec:version|text}}, the only one" in alone.reply and "{{spec@1.0:version|text}}" in after.reply
