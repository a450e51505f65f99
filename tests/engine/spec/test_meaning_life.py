"""The second pass over a position's life: bad combinations, told with their places; good ones, left alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.spec_edits import edited

from engine.spec import check
from engine.spec.meaning.named_checks import closes_between
from engine.spec.models import StrategySpec

PERP = {"universe.market_type": "perp"}
SHORT = {
    **PERP,
    "signals.short": {
        "entry": [{"when": "crosses_below", "left": "close", "right": "sma_slow"}],
        "exit": [{"when": "crosses_above", "left": "close", "right": "sma_slow"}],
    },
}
SHORT_ONLY = {**SHORT, "signals.entry": [], "signals.exit": []}
ONE_ASSET = {"universe.assets": ["BTC"]}
LIMIT_ENTRY = {"execution.entry_order": {"type": "limit", "offset": 0.001}}


def percent(value: float, **fields: Any) -> dict[str, Any]:
    return {"type": "percent", "value": value, **fields}


def atr(value: float, **fields: Any) -> dict[str, Any]:
    return {"type": "atr", "value": value, **fields}


def price(value: float, **fields: Any) -> dict[str, Any]:
    return {"type": "price", "value": value, **fields}


def parts(*pairs: tuple[float, float]) -> list[dict[str, float]]:
    return [{"at": at, "fraction": fraction} for at, fraction in pairs]


def findings(changes: dict[str, Any]) -> list[tuple[str, str, str]]:
    problems = check(edited(changes)).problems
    return [(problem.path.removeprefix("$."), problem.code, problem.severity) for problem in problems]


def message(changes: dict[str, Any]) -> str:
    (problem,) = check(edited(changes)).problems
    return problem.message


# --- trailing levels


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"risk.trailing_stop": percent(1)}, "trailing_stop.value", "OUT_OF_BOUNDS"),
        ({"risk.trailing_take": percent(2)}, "trailing_take.value", "OUT_OF_BOUNDS"),
        ({"risk.trailing_stop": atr(101)}, "trailing_stop.value", "OUT_OF_BOUNDS"),
        ({"risk.trailing_stop": atr(2, activate_at=101)}, "trailing_stop.activate_at", "OUT_OF_BOUNDS"),
        ({"risk.trailing_stop": percent(0.1, activate_at=400)}, "trailing_stop.activate_at", "OUT_OF_BOUNDS"),
        ({**SHORT, "risk.trailing_stop": percent(0.1, activate_at=1)}, "trailing_stop.activate_at", "OUT_OF_BOUNDS"),
        ({"risk.trailing_stop": percent(0.1, length=14)}, "trailing_stop.length", "NO_MEANING"),
        ({"risk.trailing_take": atr(2, length=14, indicator="sma_fast")}, "trailing_take.indicator", "NO_MEANING"),
        ({"risk.trailing_take": atr(2, indicator="sma_fats")}, "trailing_take.indicator", "UNKNOWN_REFERENCE"),
        ({"risk.trailing_stop": price(100)}, "trailing_stop.type", "PRICE_LEVEL_SCOPE"),
    ],
)
def test_a_trailing_level_that_cannot_be_is_refused(changes: dict[str, Any], path: str, code: str) -> None:
    assert (f"risk.{path}", code, "error") in findings(changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"risk.trailing_stop": percent(0.05)},
        {"risk.trailing_stop": atr(3, length=10, activate_at=1)},
        {"risk.trailing_take": percent(0.02, activate_at=0.05)},
        {"risk.take_profit": percent(0.1), "risk.trailing_take": percent(0.02)},
        {**ONE_ASSET, "risk.trailing_stop": price(500, activate_at=300)},
        {**ONE_ASSET, **SHORT, "risk.trailing_stop": price(500)},
        {**SHORT_ONLY, "risk.trailing_stop": percent(0.05, activate_at=0.02)},
        {"risk.stop_loss": percent(0.05), "risk.trailing_stop": percent(0.05)},
        {"risk.stop_loss": percent(0.05), "risk.trailing_stop": atr(3)},
        {"risk.stop_loss": atr(2), "risk.trailing_stop": atr(3, length=20)},
        {**ONE_ASSET, "risk.stop_loss": price(90), "risk.trailing_stop": price(100)},
    ],
)
def test_a_trailing_level_that_can_be_is_accepted(changes: dict[str, Any]) -> None:
    assert findings(changes) == []


def test_a_price_that_trails_is_an_amount_for_either_side() -> None:
    both = {**ONE_ASSET, **SHORT, "risk.stop_loss": price(9)}

    assert findings(both) == [("risk.stop_loss.type", "PRICE_LEVEL_SCOPE", "error")]
    assert findings({**ONE_ASSET, **SHORT, "risk.trailing_take": price(9, activate_at=20)}) == []


@pytest.mark.parametrize(
    ("changes", "profit"),
    [
        # long: best x (1 - 0.05) passes entry x (1 - 0.02) at best = entry x 0.98 / 0.95
        ({"risk.stop_loss": percent(0.02), "risk.trailing_stop": percent(0.05)}, "3.158 %"),
        # short: best x 1.05 passes entry x 1.02 at best = entry x 1.02 / 1.05
        ({**SHORT_ONLY, "risk.stop_loss": percent(0.02), "risk.trailing_stop": percent(0.05)}, "2.857 %"),
        ({**SHORT, "risk.stop_loss": percent(0.02), "risk.trailing_stop": percent(0.05)}, "2.857 %"),
        ({"risk.stop_loss": percent(0.02), "risk.trailing_stop": percent(0.05, activate_at=0.1)}, "10 %"),
        ({"risk.stop_loss": atr(1.5), "risk.trailing_stop": atr(4)}, "2.5 x ATR(14)"),
    ],
)
def test_a_trailing_stop_wider_than_the_stop_is_told_with_the_profit_it_takes_over_at(
    changes: dict[str, Any], profit: str
) -> None:
    assert findings(changes) == [("risk.trailing_stop.value", "TRAILING_WIDER_THAN_STOP", "warning")]
    assert f"takes over at a profit of {profit}; until then the stop_loss stands" in message(changes)


@given(near=st.floats(0.001, 0.5), wider=st.floats(1.01, 1.9), side=st.sampled_from(["long", "short"]))
def test_at_the_profit_that_is_told_the_two_stops_meet(near: float, wider: float, side: str) -> None:
    from engine.spec.meaning.life import _takes_over

    far, sign = near * wider, 1 if side == "long" else -1
    best = 1 + sign * _takes_over(near, far, "percent", (side,))

    assert best * (1 - sign * far) == pytest.approx(1 - sign * near, rel=1e-12)


# --- what something else forestalls


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"risk.take_profit": percent(0.05), "risk.trailing_stop": percent(0.02, activate_at=0.05)},
         "trailing_stop.activate_at"),
        ({"risk.take_profit": percent(0.05), "risk.trailing_take": percent(0.02, activate_at=0.06)},
         "trailing_take.activate_at"),
        ({"risk.take_profit": atr(3), "risk.trailing_stop": atr(1, activate_at=4)}, "trailing_stop.activate_at"),
        ({"risk.take_profit": percent(0.05), "risk.breakeven": {"at": 0.05}}, "breakeven.at"),
        ({"risk.stop_loss": percent(0.02), "risk.trailing_stop": percent(0.05), "risk.take_profit": percent(0.03)},
         "trailing_stop.value"),
        ({"risk.stop_loss": percent(0.02), "risk.breakeven": {"at": 0.05, "offset": -0.03}}, "breakeven.offset"),
        ({"risk.take_profit": percent(0.05), "risk.partial_exits": parts((0.02, 0.5), (0.06, 0.2))},
         "partial_exits[1].at"),
        ({"risk.partial_exits": parts((0.01, 0.5), (0.02, 0.5)), "risk.breakeven": {"at": 0.03}}, "breakeven.at"),
        ({"risk.partial_exits": parts((0.02, 1)), "risk.trailing_stop": percent(0.01, activate_at=0.02)},
         "trailing_stop.activate_at"),
    ],
)  # fmt: skip
def test_a_protection_that_can_never_act_is_refused(changes: dict[str, Any], path: str) -> None:
    assert findings(changes) == [(f"risk.{path}", "NEVER_ACTS", "error")]


@pytest.mark.parametrize(
    "changes",
    [
        {"risk.take_profit": percent(0.05), "risk.trailing_stop": percent(0.02, activate_at=0.04)},
        {"risk.take_profit": percent(0.05), "risk.trailing_stop": atr(2, activate_at=9)},
        {"risk.take_profit": atr(3, length=5), "risk.trailing_stop": atr(1, activate_at=4)},
        {"risk.take_profit": percent(0.05), "risk.trailing_take": percent(0.02), "risk.breakeven": {"at": 0.07}},
        {"risk.take_profit": percent(0.05), "risk.breakeven": {"at": 0.02, "offset": 0.001}},
        {"risk.take_profit": percent(0.05), "risk.partial_exits": parts((0.02, 0.5))},
        {"risk.partial_exits": parts((0.01, 0.5), (0.02, 0.4)), "risk.breakeven": {"at": 0.03}},
        {"risk.stop_loss": percent(0.05), "risk.breakeven": {"at": 0.03, "offset": -0.02}},
    ],
)
def test_protections_that_leave_each_other_room_are_accepted(changes: dict[str, Any]) -> None:
    assert findings(changes) == []


def test_ten_tenths_are_a_way_out() -> None:
    tenths = parts(*((0.01 * (k + 1), 0.1) for k in range(10)))

    assert sum(part["fraction"] for part in tenths) < 1
    assert findings({"signals.exit": [], "risk.partial_exits": tenths}) == []
    assert [code for _, code, _ in findings({"signals.exit": [], "risk.partial_exits": tenths[:9]})] == ["NO_EXIT"]


def test_a_breakeven_stop_is_above_nothing() -> None:
    assert findings({"risk.breakeven": {"at": 0.02, "offset": -1}})[0][2] == "error"
    assert findings({"risk.breakeven": {"at": 0.02, "offset": -0.99}}) == []


def test_what_a_limit_entry_might_just_live_to_see_is_a_warning() -> None:
    changes = {"risk.take_profit": percent(0.05), "risk.breakeven": {"at": 0.06}}

    assert findings(changes) == [("risk.breakeven.at", "NEVER_ACTS", "error")]
    assert findings({**changes, **LIMIT_ENTRY}) == [("risk.breakeven.at", "NEVER_ACTS", "warning")]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"risk.take_profit": percent(0.05), "risk.breakeven": {"at": 0.05}}, "breakeven.at"),
        ({"risk.take_profit": percent(0.05), "risk.trailing_stop": percent(0.02, activate_at=0.05)},
         "trailing_stop.activate_at"),
        ({"risk.partial_exits": parts((0.02, 1)), "risk.breakeven": {"at": 0.02}}, "breakeven.at"),
    ],
)  # fmt: skip
def test_an_equal_profit_is_a_warning_where_the_target_moves_to_a_tick(changes: dict[str, Any], path: str) -> None:
    ticks = {"universe.venue": "binance"}

    assert findings(changes) == [(f"risk.{path}", "NEVER_ACTS", "error")]
    assert findings({**changes, **ticks}) == [(f"risk.{path}", "NEVER_ACTS", "warning")]
    assert findings({**changes, **ticks, "risk.take_profit": percent(0.01)})[-1][2] == "error"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"risk.trailing_stop": percent(0.02), "risk.trailing_take": percent(0.03, activate_at=0.05)},
         "trailing_take.value"),
        ({"risk.trailing_stop": percent(0.02, activate_at=0.05),
          "risk.trailing_take": percent(0.02, activate_at=0.05)}, "trailing_take.value"),
        ({"risk.trailing_stop": atr(2), "risk.trailing_take": atr(2)}, "trailing_take.value"),
        ({"risk.take_profit": percent(0.05), "risk.partial_exits": parts((0.02, 0.5), (0.05, 0.5))},
         "partial_exits[1].at"),
        ({"risk.take_profit": percent(0.05), "risk.partial_exits": parts((0.02, 0.5), (0.04, 0.5))},
         "take_profit.value"),
    ],
)  # fmt: skip
def test_what_changes_nothing_beside_something_else_is_warned_of(changes: dict[str, Any], path: str) -> None:
    assert findings(changes) == [(f"risk.{path}", "NEVER_ACTS", "warning")]


@pytest.mark.parametrize(
    "changes",
    [
        {"risk.trailing_stop": percent(0.05), "risk.trailing_take": percent(0.01, activate_at=0.05)},
        {"risk.trailing_stop": percent(0.02, activate_at=0.1), "risk.trailing_take": percent(0.03, activate_at=0.05)},
        {"risk.trailing_stop": percent(0.02), "risk.trailing_take": atr(3, activate_at=2)},
    ],
)
def test_a_trailing_take_with_something_to_do_is_accepted(changes: dict[str, Any]) -> None:
    assert findings(changes) == []


# --- breakeven, parts, time


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"risk.breakeven": {"at": 0.02, "offset": 0.02}}, "breakeven.offset", "CONTRADICTION"),
        ({"risk.breakeven": {"at": 0.02, "offset": 0.05}}, "breakeven.offset", "CONTRADICTION"),
        ({**SHORT, "risk.breakeven": {"at": 1.5}}, "breakeven.at", "OUT_OF_BOUNDS"),
        ({"risk.partial_exits": parts((0.02, 0.6), (0.04, 0.5))}, "partial_exits", "PARTS_EXCEED_WHOLE"),
        ({"risk.partial_exits": parts((0.04, 0.3), (0.02, 0.3))}, "partial_exits[1].at", "PARTS_OUT_OF_ORDER"),
        ({"risk.partial_exits": parts((0.04, 0.3), (0.04, 0.3))}, "partial_exits[1].at", "PARTS_OUT_OF_ORDER"),
        ({**SHORT_ONLY, "risk.partial_exits": parts((1, 0.3))}, "partial_exits[0].at", "OUT_OF_BOUNDS"),
        ({"risk.partial_exits": []}, "partial_exits", "OUT_OF_BOUNDS"),
        ({"risk.time_limit": {}}, "time_limit", "MISSING_FIELD"),
        ({"risk.time_limit": {"bars": 5, "minutes": 300}}, "time_limit.minutes", "NO_MEANING"),
        ({"risk.time_limit": {"bars": 0}}, "time_limit.bars", "OUT_OF_BOUNDS"),
    ],
)
def test_a_life_that_cannot_be_is_refused(changes: dict[str, Any], path: str, code: str) -> None:
    assert findings(changes) == [(f"risk.{path}", code, "error")]


@pytest.mark.parametrize(
    "changes",
    [
        {"risk.breakeven": {"at": 0.02}},
        {"risk.breakeven": {"at": 0.02, "offset": -0.01}},
        {"risk.partial_exits": parts((0.02, 1 / 3), (0.04, 1 / 3), (0.06, 1 / 3))},
        {"risk.partial_exits": parts(*((0.01 * step, 0.1) for step in range(1, 11)))},
        {"risk.time_limit": {"bars": 5}},
        {"risk.time_limit": {"minutes": 60}},
        {"signals.exit": [], "risk.partial_exits": parts((0.02, 0.5), (0.04, 0.5))},
        {"signals.exit": [], "risk.time_limit": {"bars": 5}},
    ],
)
def test_a_life_that_can_be_is_accepted(changes: dict[str, Any]) -> None:
    assert findings(changes) == []


def test_parts_that_leave_something_are_no_way_out() -> None:
    changes = {"signals.exit": [], "risk.partial_exits": parts((0.02, 0.5))}

    assert findings(changes) == [("signals.exit", "NO_EXIT", "warning")]


def test_a_profit_of_the_whole_price_is_doubted() -> None:
    assert findings({"risk.breakeven": {"at": 2}}) == [("risk.breakeven.at", "LOOKS_LIKE_PERCENT", "warning")]


def test_a_time_limit_shorter_than_a_bar_is_warned_of() -> None:
    changes = {"risk.time_limit": {"minutes": 59}}

    assert findings(changes) == [("risk.time_limit.minutes", "TIME_LIMIT_BELOW_BAR", "warning")]
    assert "less than a bar of 1h: it acts at the first close" in message(changes)


# --- named checks


@pytest.mark.parametrize(
    ("timeframe", "start", "end", "found"),
    [
        ("1h", "09:30", "16:00", []),
        ("1h", "09:30", "10:00", [("", "EMPTY_SESSION", "error")]),
        ("1h", "09:00", "09:01", []),
        ("4h", "23:00", "01:00", []),
        ("4h", "01:00", "03:59", [("", "EMPTY_SESSION", "error")]),
        ("12h", "13:00", "00:00", [("", "EMPTY_SESSION", "error")]),
        ("1d", "00:00", "00:01", []),
        ("1d", "09:00", "17:00", [("", "EMPTY_SESSION", "error")]),
        ("1w", "22:00", "02:00", []),
        ("1h", "09:00", "09:00", [(".end", "NO_MEANING", "error")]),
        ("1m", "09:00", "09:01", []),
    ],
)
def test_session_hours_must_hold_a_close(timeframe: str, start: str, end: str, found: list[Any]) -> None:
    hours = {"universe.timeframe": timeframe, "risk.checks": {"session_hours": {"start": start, "end": end}}}

    assert findings(hours) == [(f"risk.checks.session_hours{at}", code, severity) for at, code, severity in found]


def test_a_market_with_hours_of_its_own_may_close_its_bars_between() -> None:
    hours = {"start": "14:31", "end": "14:59"}
    changes = {"universe.assets": ["AAPL"], "universe.quote": "USD", "risk.checks": {"session_hours": hours}}

    assert findings(changes) == [("risk.checks.session_hours", "EMPTY_SESSION", "warning")]


@given(
    start=st.integers(0, 1439),
    length=st.integers(1, 1439),
    timeframe=st.sampled_from(["1m", "3m", "15m", "1h", "4h", "8h", "12h", "1d", "1w"]),
)
def test_a_session_holds_a_close_where_one_minute_of_it_is_one(start: int, length: int, timeframe: str) -> None:
    from engine.market.timeframe import DURATION_MS

    bar = min(DURATION_MS[timeframe] // 60_000, 1440)
    inside = any((start + minute) % 1440 % bar == 0 for minute in range(length))

    assert closes_between(start, (start + length) % 1440, timeframe) == inside


@pytest.mark.parametrize("timeframe", ["1d", "3d", "1w"])
def test_a_loss_of_the_day_is_never_seen_on_bars_of_a_day(timeframe: str) -> None:
    changes = {"universe.timeframe": timeframe, "risk.checks": {"max_daily_loss_pct": 0.05}}

    assert findings(changes) == [("risk.checks.max_daily_loss_pct", "NEVER_ACTS", "warning")]
    assert findings({**changes, "universe.timeframe": "12h"}) == []


# --- limit entries


@pytest.mark.parametrize(
    ("changes", "order", "path", "code"),
    [
        ({}, {}, "", "MISSING_FIELD"),
        ({}, {"expires_bars": 3}, "", "MISSING_FIELD"),
        (ONE_ASSET, {"offset": 0.01, "price": 100}, ".price", "NO_MEANING"),
        ({}, {"price": 100}, ".price", "PRICE_LEVEL_SCOPE"),
        ({**ONE_ASSET, **SHORT}, {"price": 100}, ".price", "PRICE_LEVEL_SCOPE"),
        ({**ONE_ASSET, "risk.stop_loss": price(100)}, {"price": 100}, ".price", "CONTRADICTION"),
        ({**ONE_ASSET, **SHORT_ONLY, "risk.stop_loss": price(90)}, {"price": 100}, ".price", "CONTRADICTION"),
        ({}, {"offset": 1.0}, ".offset", "OUT_OF_BOUNDS"),
        ({}, {"offset": 0.01, "expires_bars": 0}, ".expires_bars", "OUT_OF_BOUNDS"),
    ],
)
def test_a_limit_entry_that_cannot_be_is_refused(
    changes: dict[str, Any], order: dict[str, Any], path: str, code: str
) -> None:
    entry = {**changes, "execution.entry_order": {"type": "limit", **order}}

    assert findings(entry) == [(f"execution.entry_order{path}", code, "error")]


@pytest.mark.parametrize(
    ("changes", "order"),
    [
        ({}, {"offset": 0}),
        ({}, {"offset": 0.01, "expires_bars": 5}),
        (SHORT, {"offset": 0.01}),
        (ONE_ASSET, {"price": 100}),
        ({**ONE_ASSET, "risk.stop_loss": price(90), "risk.take_profit": price(120)}, {"price": 100}),
        ({**ONE_ASSET, **SHORT_ONLY, "risk.stop_loss": price(110)}, {"price": 100}),
    ],
)
def test_a_limit_entry_that_can_be_is_accepted(changes: dict[str, Any], order: dict[str, Any]) -> None:
    assert findings({**changes, "execution.entry_order": {"type": "limit", **order}}) == []


# --- kelly


def kelly(**fields: Any) -> dict[str, Any]:
    return {"sizing": {"mode": "kelly", "value": 0.2, "win_rate": 0.5, "payoff": 2, **fields}}


@pytest.mark.parametrize(
    ("win_rate", "payoff", "found"),
    [
        (0.5, 2, []),
        (0.5, 1, [("sizing.win_rate", "NO_EDGE", "error")]),
        (0.3, 2, [("sizing.win_rate", "NO_EDGE", "error")]),
        (0.34, 2, []),
    ],
)
def test_a_kelly_size_needs_an_edge(win_rate: float, payoff: float, found: list[Any]) -> None:
    assert findings(kelly(win_rate=win_rate, payoff=payoff)) == found


def test_a_kelly_size_is_held_against_the_limits_as_large_as_it_gets() -> None:
    # the full fraction is 0.5 - 0.5 / 2 = 0.25; a quarter of it is 0.0625, half of it 0.125
    limit = {"risk.max_position_pct": 0.1}

    assert findings({**kelly(), **limit}) == []
    assert findings({**kelly(kelly_multiplier=0.5), **limit}) == [("sizing.value", "SIZE_CUT", "warning")]
    assert findings({**kelly(kelly_multiplier=0.5, value=0.1), **limit}) == []


# --- normal form


def test_the_indicator_of_a_trailing_level_takes_its_catalog_name() -> None:
    changes = {
        "indicators.kc": {"type": "keltner", "inputs": {}},
        "indicators.range": {"type": "atr", "inputs": {}},
        "risk.trailing_stop": atr(2, indicator=" range "),
    }
    spec = check(edited(changes)).spec

    assert isinstance(spec, StrategySpec)
    assert spec.risk.trailing_stop is not None
    assert spec.risk.trailing_stop.indicator == "range"
