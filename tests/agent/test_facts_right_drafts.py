"""The facts check over right drafts in many ways of saying them: none is refused, and none of its facts is lost."""

from __future__ import annotations

from typing import Any

import pytest

from agent.facts import check_facts
from agent.facts.extract import facts_of
from agent.language.port import Reading, Request, Version

NOW = "2026-01-01T00:00:00Z"
BUILD = Reading("build", "builtin")


def draft(**parts: Any) -> dict[str, Any]:
    """A long rule on the RSI; its parts can be others."""
    whole: dict[str, Any] = {
        "name": "draft",
        "universe": {"assets": ["SOL"], "timeframe": "30m"},
        "indicators": {"rsi_9": {"type": "rsi", "inputs": {"length": 9}}},
        "signals": {
            "entry": [{"when": "lt", "left": "rsi_9", "value": 25}],
            "exit": [{"when": "gt", "left": "rsi_9", "value": 65}],
        },
        "sizing": {"mode": "percent_equity", "value": 0.1},
        "risk": {},
    }
    return whole | parts


def short(entry: dict[str, Any], leave: dict[str, Any]) -> dict[str, Any]:
    universe = {"assets": ["SOL"], "timeframe": "30m", "market_type": "perp"}
    return draft(universe=universe, signals={"entry": [], "exit": [], "short": {"entry": [entry], "exit": [leave]}})


def codes(text: str, spec: dict[str, Any], reading: Reading = BUILD, **request: Any) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in check_facts(Request(text, NOW, **request), reading, spec)]


GOING = ("exit the long", "close my position", "take the trade off", "get out of the long position", "unwind the long")
COMING = ("open a long", "go long", "take a long position", "enter a long trade", "buy")


@pytest.mark.parametrize("leave", GOING)
@pytest.mark.parametrize("enter", COMING)
def test_every_way_to_say_in_and_out_gives_the_side(enter: str, leave: str) -> None:
    text = f"SOL 30m | {leave} when rsi(9) is above 65 | {enter} when rsi(9) is below 25"
    swapped = draft(signals={"entry": draft()["signals"]["exit"], "exit": draft()["signals"]["entry"]})

    assert codes(text, draft()) == []
    assert ("FACT_MISPLACED", "$.signals.entry") in codes(text, swapped)


@pytest.mark.parametrize("leave", ["exit the short", "cover", "close the short position", "take the short off"])
def test_every_way_out_of_a_short_gives_the_side(leave: str) -> None:
    low, high = {"when": "lt", "left": "rsi_9", "value": 25}, {"when": "gt", "left": "rsi_9", "value": 65}
    text = f"SOL perp 30m, go short when rsi(9) is above 65, {leave} if rsi(9) is under 25"

    assert codes(text, short(high, low)) == []
    assert ("FACT_MISPLACED", "$.signals.short.entry") in codes(text, short(low, high))


@pytest.mark.parametrize("chart", ["half hour candles", "the half-hour chart", "30 min bars", "thrity minute candles"])
def test_half_an_hour_is_a_timeframe(chart: str) -> None:
    text = f"SOL on {chart}: buy when rsi(9) is below 25, sell when rsi(9) is above 65"

    assert codes(text, draft()) == []
    assert codes(text, draft(universe={"assets": ["SOL"], "timeframe": "2h"}))


def test_a_line_above_says_nothing_of_a_timeframe() -> None:
    text = "buy when rsi(9) is below 25\nsell when rsi(9) is above 65\nuse a 3% stop\n30-minute SOL chart\n"

    assert codes(text, draft(risk={"stop_loss": {"type": "percent", "value": 0.03}})) == []


@pytest.mark.parametrize(
    ("words", "role", "value", "unit"),
    [
        ("risk half a percent", "risk", 0.5, "percent"),
        ("risk a quarter of a percent", "risk", 0.25, "percent"),
        ("stop 2 and a half percent", "stop", 2.5, "percent"),
        ("put half of my equity in", "size", 0.5, "part"),
        ("trail 4%, armed at +6%", "profit", 6.0, "percent"),
        ("trailing stoploss 4%", "trail", 4.0, "percent"),
    ],
)
def test_parts_of_a_percent_and_steps_of_a_trail_keep_their_roles(
    words: str, role: str, value: float, unit: str
) -> None:
    assert (role, value, unit) in [(fact.role, fact.value, fact.unit) for fact in facts_of(f"SOL 30m. {words}.")]


def test_a_misspelled_number_is_the_number_and_common_words_are_none() -> None:
    text = "SOL 30m, sell when rsi(9) is over sixtyy, and there we are, fourth time lucky"

    assert [fact.value for fact in facts_of(text) if fact.role == "above"] == [60.0]
    assert not [fact for fact in facts_of(text) if fact.role == "number"]


def test_a_number_beside_an_average_may_be_the_length_of_another() -> None:
    averages = {f"ema_{n}": {"type": "ema", "inputs": {"length": n}} for n in (11, 40)}
    signals = {"entry": [{"when": "gt", "left": "ema_11", "right": "ema_40"}], "exit": []}
    text = "SOL 30m: the 11 ema over the 40, buy"

    assert codes(text, draft(indicators=averages, signals=signals)) == []
    backwards = {"entry": [{"when": "lt", "left": "ema_11", "right": "ema_40"}], "exit": []}
    assert codes(text, draft(indicators=averages, signals=backwards))


def test_the_number_at_the_end_of_a_chain_may_be_about_its_first_thing() -> None:
    indicators = {"stoch": {"type": "stoch", "inputs": {"k": 9, "d": 3, "smooth": 3}}}
    cross = {"when": "crosses_above", "left": "stoch.k", "right": "stoch.d"}

    def entry(level: dict[str, Any]) -> dict[str, Any]:
        signals = {"entry": [{"when": "and", "conditions": [cross, level]}], "exit": []}
        return draft(indicators=indicators, signals=signals)

    text = "SOL 30m stochastic 9,3,3: %k crosses up over %d below 15, buy"
    assert codes(text, entry({"when": "lt", "left": "stoch.k", "value": 15})) == []
    assert codes(text, entry({"when": "gt", "left": "stoch.k", "value": 15}))


def test_a_title_is_no_side_of_a_comparison() -> None:
    indicators = {**draft()["indicators"], "sma_150": {"type": "sma", "inputs": {"length": 150}}}
    filtered = {"when": "and", "conditions": [{"when": "gt", "left": "close", "right": "sma_150"}]}
    filtered["conditions"].append({"when": "lt", "left": "rsi_9", "value": 25})
    signals = {"entry": [filtered], "exit": draft()["signals"]["exit"]}

    text = "rsi9 dips SOL 30m: over the 150 sma and rsi(9) under 25 buy, rsi(9) over 65 out"
    assert codes(text, draft(indicators=indicators, signals=signals)) == []


def test_capitals_that_stand_alone_are_the_sides() -> None:
    low, high = {"when": "lt", "left": "rsi_9", "value": 25}, {"when": "gt", "left": "rsi_9", "value": 65}
    text = "SOL perp 30m. S: rsi9 > 65. X: rsi9 < 25."

    assert codes(text, short(high, low)) == []
    assert codes(text, short(low, high)) != []


@pytest.mark.parametrize("kind", ["momentum", "breakout", "range"])
def test_a_span_that_names_the_style_is_that_of_the_bars(kind: str) -> None:
    text = f"SOL 30m {kind}: buy when rsi(9) is below 25, sell when rsi(9) is above 65"

    assert codes(text, draft()) == []
    assert codes(text, draft(universe={"assets": ["SOL"], "timeframe": "2h"}))


def test_over_the_average_of_another_timeframe_is_no_span() -> None:
    text = "SOL 15m: price over the 4h ema50 and rsi(9) under 25, buy"

    assert [fact.value for fact in facts_of(text) if fact.role == "timeframe"] == ["15m", "4h"]
    assert [fact.value for fact in facts_of(text) if fact.role == "length"] == [50.0, 9.0]


def test_a_yearly_rate_lands_as_the_change_over_its_years() -> None:
    indicators = {"roc_504": {"type": "roc", "inputs": {"length": 504}}}
    signals = {"entry": [{"when": "gt", "left": "roc_504", "value": 100 * (1.08**2 - 1)}], "exit": []}
    text = "SOL 30m: buy when the 2 year cagr (504 bars) is over 8%"

    assert codes(text, draft(indicators=indicators, signals=signals)) == []
    signals = {"entry": [{"when": "gt", "left": "roc_504", "value": 8.8}], "exit": []}
    assert codes(text, draft(indicators=indicators, signals=signals)) != []


def test_an_arrow_to_close_is_the_way_out() -> None:
    text = "SOL 30m, rsi9 < 25 -> long, rsi9 > 65 -> close"
    swapped = draft(signals={"entry": draft()["signals"]["exit"], "exit": draft()["signals"]["entry"]})

    assert codes(text, draft()) == []
    assert codes(text, swapped) != []


def test_a_mean_with_a_length_is_an_average_and_mean_reversion_is_none() -> None:
    text = "mean reversion on SOL 30m: buy when the close is under its 20 mean"
    indicators = {"sma_20": {"type": "sma", "inputs": {"length": 20}}}
    signals = {"entry": [{"when": "lt", "left": "close", "right": "sma_20"}], "exit": []}

    assert codes(text, draft(indicators=indicators, signals=signals)) == []


def test_a_slash_parts_two_rules() -> None:
    indicators = {"ema_60": {"type": "ema", "inputs": {"length": 60}}}
    entry, leave = ({"when": when, "left": "close", "right": "ema_60"} for when in ("gt", "lt"))
    text = "SOL 30m in over ema60 / out under it"

    assert codes(text, draft(indicators=indicators, signals={"entry": [entry], "exit": [leave]})) == []
    assert codes(text, draft(indicators=indicators, signals={"entry": [entry], "exit": [entry]})) != []


def test_what_is_waited_for_is_not_forbidden() -> None:
    text = "SOL 30m, don't buy until rsi(9) is under 25, sell when rsi(9) is above 65"

    assert codes(text, draft()) == []
    assert codes("SOL 30m, don't buy while rsi(9) is under 25", draft()) != []


@pytest.mark.parametrize("words", ["never more than 14% in a position", "at most 14% a trade", "max 14% per position"])
def test_what_a_position_may_reach_at_most_is_a_limit(words: str) -> None:
    text = f"SOL 30m, buy when rsi(9) is below 25, sell when rsi(9) is above 65, {words}"

    assert codes(text, draft(risk={"max_position_pct": 0.14})) == []
    assert codes(text, draft(risk={"max_position_pct": 0.2})) != []
    assert codes(text.replace(words, "14% a trade"), draft(risk={"max_position_pct": 0.14})) != []


def test_an_edit_may_speak_of_the_value_it_replaces() -> None:
    before = draft(version="1.0", risk={"time_limit": {"bars": 30}})
    versions = (Version("1.0", before),)
    after = draft(version="1.1", risk={"time_limit": {"bars": 14}})
    edit = Reading("edit", "builtin")

    assert codes("30 bars is too long, max 14", after, edit, versions=versions) == []
    assert codes("30 bars is too long, max 12", after, edit, versions=versions) != []


def test_variants_carry_a_list_of_values_in_the_unit_of_their_place() -> None:
    before = draft(version="1.0", risk={"stop_loss": {"type": "percent", "value": 0.05}})
    stops = (0.02, 0.03, 0.045)
    variants = [{"id": f"v{n}", "overrides": {"risk.stop_loss.value": stop}} for n, stop in enumerate(stops)]
    edit, versions = Reading("edit", "builtin"), (Version("1.0", before),)

    text = "variants with stops of 2, 3 and 4.5 percent"
    assert codes(text, {**before, "variants": variants}, edit, versions=versions) == []
    assert codes(text, {**before, "variants": variants[:2]}, edit, versions=versions) != []


@pytest.mark.parametrize("pair", ["EUR/USD", "USD/CHF"])
def test_an_amount_in_front_of_a_pair_of_currencies_is_no_amount_of_the_first(pair: str) -> None:
    text = f"buy 700 {pair} 30m if RSI(9) < 25, close at profit of 2% or loss of 1%"
    levels = {
        "stop_loss": {"type": "percent", "value": 0.01},
        "take_profit": {"type": "percent", "value": 0.02},
    }
    spec = draft(
        universe={"assets": [pair.replace("/", "")], "timeframe": "30m"},
        signals={"entry": [{"when": "lt", "left": "rsi_9", "value": 25}], "exit": []},
        sizing={"mode": "fixed_notional", "value": 700},
        risk=levels,
    )
    assert codes(text, spec) == []
