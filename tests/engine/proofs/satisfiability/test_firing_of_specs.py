"""Whole specs: clear entries, sessions, levels and sizes that let nothing in, ways out, witnesses."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from reference.adversarial_markets import adversarial_market
from reference.firing_side import spec_of

from engine import DemoMarket
from engine.market.bars import make_bars
from engine.proofs.satisfiability import can_fire
from engine.proofs.satisfiability.witness import Tape
from engine.spec import check
from engine.spec.examples import SMA_CROSS

PERP: dict[str, Any] = {"risk": {"max_leverage": 1}}


def test_an_entry_whose_exit_is_true_with_it_never_opens_anything() -> None:
    found = can_fire(spec_of("rsi_14 < 30", "rsi_14 < 40 | close > sma_20"))

    assert found.entry["long"].verdict == "impossible"
    assert found.entry["long"].reason == (
        "whenever it is true the long exit is true as well, and such an entry is ignored"
    )
    assert found.exit["long"].verdict == "unknown"
    assert not found.holds


def test_an_exit_that_may_be_unknown_where_the_entry_is_true_holds_nothing_back() -> None:
    """While the slow average warms up the exit is unknown, and the entry opens."""
    warming_up = can_fire(spec_of("close > open", "close > ema_50 | close <= ema_50"))
    known = can_fire(spec_of("close > ema_50", "close > ema_20 | close <= ema_20"))

    assert warming_up.entry["long"].verdict == "unknown"
    assert known.entry["long"].verdict == "impossible"


def test_an_exit_that_divides_by_zero_holds_nothing_back() -> None:
    found = can_fire(spec_of("close > open", "close / volume >= 0 | volume > 0"))

    assert found.entry["long"].verdict == "unknown"


def test_entries_of_both_sides_at_once_are_taken_by_neither() -> None:
    found = can_fire(
        spec_of("close > open", "close < low[1]", short="close > open & volume > 0", short_exit="rsi_14 < 9")
    )

    assert found.entry["short"].verdict == "impossible"
    assert "the long entry is true as well" in found.entry["short"].reason
    assert found.entry["long"].verdict == "unknown", "without volume the long entry is alone"
    assert found.holds


def test_an_exit_that_needs_the_entrys_negation_can_never_fire() -> None:
    found = can_fire(spec_of("rsi_14 < 30", "(rsi_14 < 30 | close > open) & not rsi_14 < 30 & close <= open"))

    assert found.exit["long"].verdict == "impossible"
    assert found.way_out["long"] == ()
    assert "a long position has no way out" in found.notes


def test_a_dead_alternative_is_told_beside_the_living_one() -> None:
    found = can_fire(spec_of(["rsi_14 > 100", "close > open"], "close < open"))

    assert found.entry["long"].verdict == "unknown"
    assert [one.verdict for one in found.entry["long"].alternatives] == ["impossible", "unknown"]
    assert found.holds


@pytest.mark.parametrize(
    ("entry", "hours", "verdict"),
    [
        ("time.hour = 4", ("07:00", "13:00"), "impossible"),
        ("time.hour = 8 & close > open", ("07:00", "13:00"), "unknown"),
        ("time.hour >= 16", ("07:00", "13:00"), "impossible"),
        ("time.hour >= 16", ("20:00", "04:00"), "unknown"),
        ("time.hour = 16", ("20:00", "04:00"), "impossible"),
        ("time.hour = 0", ("20:00", "00:00"), "impossible"),
        ("time.hour[1] = 4", ("07:00", "13:00"), "unknown"),
    ],
)
def test_session_hours_meet_the_hours_of_the_entry(entry: str, hours: tuple[str, str], verdict: str) -> None:
    start, end = hours
    risk = {"checks": {"session_hours": {"start": start, "end": end}}}

    found = can_fire(spec_of(entry, "close < open", risk=risk))

    assert found.entry["long"].verdict == verdict
    assert verdict == "unknown" or "session_hours" in found.entry["long"].reason


@pytest.mark.parametrize(
    ("sections", "word"),
    [
        (
            {
                "risk": {"stop_loss": {"type": "percent", "value": 0.01}},
                "execution": {"mode": "paper", "slippage_model": "custom", "slippage": {"base": 0.03}},
            },
            "slippage",
        ),
        (
            {"risk": {"stop_loss": {"type": "price", "value": 500.0}}, "execution": {"mode": "paper", "fill": "close"}},
            "stop at 500",
        ),
    ],
)
def test_a_size_or_a_level_that_lets_nothing_in_is_told(sections: dict[str, Any], word: str) -> None:
    found = can_fire(spec_of("close < 400", "close > 900", **sections))

    assert found.entry["long"].verdict == "impossible"
    assert word in found.entry["long"].reason


def test_levels_that_leave_room_let_the_entry_be() -> None:
    risk = {"stop_loss": {"type": "price", "value": 300.0}, "take_profit": {"type": "percent", "value": 0.1}}

    for fill in ("close", "next_open"):
        found = can_fire(spec_of("close < 400", "close > 900", risk=risk, execution={"mode": "paper", "fill": fill}))
        assert found.entry["long"].verdict == "unknown"


@pytest.mark.parametrize(
    "sections",
    [
        {
            "risk": {"stop_loss": {"type": "percent", "value": 0.01}},
            "execution": {"mode": "paper", "slippage_model": "custom", "slippage": {"base": 0.03}},
        },
        {"risk": {"stop_loss": {"type": "price", "value": 500.0}}, "execution": {"mode": "paper", "fill": "close"}},
    ],
)
def test_a_venue_that_moves_levels_to_its_ticks_may_move_them_out_of_the_way(sections: dict[str, Any]) -> None:
    universe = {"assets": ["BTC"], "timeframe": "4h", "market_type": "spot", "venue": "binance"}

    found = can_fire(spec_of("close < 400", "close > 900", universe=universe, **sections))

    assert found.entry["long"].verdict == "unknown"


def test_without_candles_only_coins_are_taken_to_trade_on_the_grid() -> None:
    for asset, verdict in (("BTC", "impossible"), ("AAPL", "unknown")):
        universe = {"assets": [asset], "timeframe": "1h", "market_type": "spot"}
        found = can_fire(spec_of("time.minute = 30", "close > 900", universe=universe))
        assert found.entry["long"].verdict == verdict


def test_what_can_close_a_position_is_listed() -> None:
    risk = {"stop_loss": {"type": "percent", "value": 0.05}, "time_limit": {"bars": 10}}

    assert can_fire(spec_of("close > open", risk=risk)).way_out == {"long": ("risk.stop_loss", "risk.time_limit")}
    assert can_fire(spec_of("close > open", "close < open")).way_out == {"long": ("exit",)}
    assert can_fire(spec_of("close > open")).notes == ("a long position has no way out",)


def test_the_witness_is_the_first_bar_at_which_the_entry_is_clear() -> None:
    prices = [100.0, 101.0, 99.0, 102.0, 101.0, 103.0]
    opens = [100.0, *prices[:-1]]
    hour = 3_600_000
    high, low = np.maximum(opens, prices), np.minimum(opens, prices)
    bars = make_bars("BTC", "1h", [k * hour for k in range(6)], opens, high, low, prices, [1.0] * 6)

    found = can_fire(spec_of("close > open", "close > 101.5 & close < 102.5", timeframe="1h"), {"BTC": bars})

    assert found.entry["long"].as_dict() == {
        "verdict": "possible",
        "reason": "true at the close of the bar of 1970-01-01T01:00:00Z (BTC)",
        "witness": {"asset": "BTC", "time": "1970-01-01T01:00:00Z", "bar": 1},
    }
    assert found.exit["long"].witness is not None
    assert found.exit["long"].witness.bar == 3


def test_without_a_witness_in_the_data_the_verdict_stays_open() -> None:
    bars = adversarial_market(0)

    found = can_fire(spec_of("close > open", "close < open"), {"BTC": bars})

    assert found.entry["long"].verdict == "unknown"
    assert f"true at none of the {bars.n_bars} bars given" in found.entry["long"].reason


def test_bars_off_the_grid_close_at_any_minute() -> None:
    time = [k * 4 * 3_600_000 + 3_600_000 * 7 for k in range(30)]
    flat = [1.0] * 30
    bars = make_bars("BTC", "4h", time, flat, flat, flat, flat, flat)
    spec = spec_of("time.hour = 3", "close < open")

    assert can_fire(spec).entry["long"].verdict == "impossible"
    assert can_fire(spec, {"BTC": bars}).entry["long"].verdict == "possible"


def test_a_market_is_looked_at_up_to_its_holdout() -> None:
    spec = check(SMA_CROSS).spec
    assert spec is not None

    found = can_fire(spec, DemoMarket())

    assert {side: one.verdict for side, one in found.entry.items()} == {"long": "possible"}
    assert found.exit["long"].verdict == "possible"
    assert found.holds
    assert json.loads(json.dumps(found.as_dict()))["entry"]["long"]["witness"]["asset"] in ("BTC", "ETH")


def test_missing_candles_leave_the_proofs_without_a_witness() -> None:
    spec = spec_of("close > open", "close < open").model_copy(
        update={"universe": check(SMA_CROSS).spec.universe.model_copy(update={"assets": ("KEK",)})}  # type: ignore[union-attr]
    )

    found = can_fire(spec, DemoMarket())

    assert found.entry["long"].verdict == "unknown"
    assert any("no candles" in note for note in found.notes)


PAIRS = [
    ("rsi_14 < 30", "rsi_14 < 40 | close > sma_20"),
    ("close > ema_50", "close > ema_20 | close <= ema_20"),
    ("close x^ ema_20", "close > ema_20"),
    ("close > bb.upper", "close > bb.middle"),
    ("close > dc.upper", "high > dc.upper"),
    ("macd.line > macd.signal", "not macd.hist < 0"),
    ("close > open", "not close < open"),
    ("rising(close, 2)", "close > close[1]"),
    ("within(3, rsi_14 < 30) & rsi_14 < 35", "rsi_14 <= 35"),
]


@pytest.mark.parametrize(("entry", "leave"), PAIRS)
def test_entries_swallowed_by_their_exit_open_on_no_market(entry: str, leave: str) -> None:
    spec = spec_of(entry, leave)

    assert can_fire(spec).entry["long"].verdict == "impossible"
    for seed in range(13):
        assert Tape(spec, {"BTC": adversarial_market(seed)}).first_entry("long") is None
