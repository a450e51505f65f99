"""How far in a spec can get: never further than the bound in any run, and as far as that in some."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from reference.spec_side import random_spec_case

from engine.backtest.run import backtest
from engine.market.bars import Bars, make_bars
from engine.market.memory import MemoryMarket
from engine.proofs import exposure_bound
from engine.proofs.exposure import Bound, Exposure
from engine.proofs.measured import Measured, measured_on
from engine.spec import StrategySpec, check

HOUR_MS = 3_600_000
FREE: dict[str, Any] = {
    "fees": {"maker": 0.0, "taker": 0.0},
    "slippage_model": "custom",
    "slippage": {"base": 0.0, "kv": 0.0, "kp": 0.0},
}
PLAIN: dict[str, Any] = {
    "id": "plain",
    "name": "In at the second hour",
    "version": "1.0",
    "universe": {"assets": ["BTC"], "timeframe": "1h", "market_type": "spot"},
    "indicators": {},
    "signals": {"entry": [{"when": "eq", "left": "time.hour", "value": 2.0}], "exit": []},
    "sizing": {"mode": "percent_equity", "value": 1.0},
    "risk": {},
    "execution": {"mode": "paper"},
}


def document(**changes: Any) -> dict[str, Any]:
    """Return the plain spec with changes; a mapping changes a section's fields, anything else replaces it."""
    spec = deepcopy(PLAIN)
    for section, change in changes.items():
        spec[section] = {**spec[section], **change} if isinstance(change, dict) else change
    return spec


def checked(**changes: Any) -> StrategySpec:
    found = check(document(**changes))
    assert found.spec is not None, found.problems
    return found.spec


def bars_at(symbol: str, closes: list[float]) -> Bars:
    """Return hours that open at the close before and reach no further than their ends."""
    close = np.array(closes, dtype=np.float64)
    open_ = np.concatenate(([close[0]], close[:-1]))
    times = [HOUR_MS * t for t in range(len(closes))]
    return make_bars(
        symbol, "1h", times, open_, np.maximum(open_, close), np.minimum(open_, close), close, [1e9] * len(closes)
    )


def run_on(spec: StrategySpec, *closes: list[float]) -> Measured:
    """Run a spec on its assets at the given closes and measure its exposure at each entry."""
    suffix = "USDT-PERP" if spec.universe.market_type == "perp" else "USDT"
    market = MemoryMarket(
        [bars_at(asset + suffix, path) for asset, path in zip(spec.universe.assets, closes, strict=True)]
    )
    return measured_on(backtest(spec, market, full_window=True), market)


FLAT = [100.0] * 12
PERP = {"market_type": "perp"}
TWO = {"assets": ["BTC", "ETH"]}
HUGE = {"mode": "fixed_notional", "value": 1e6}
SHORT = {"entry": [], "exit": [], "short": {"entry": PLAIN["signals"]["entry"], "exit": []}}

STOP = {"stop_loss": {"type": "percent", "value": 0.05}}
PART = {"sizing": {"value": 0.3}}
TIGHT: dict[str, tuple[dict[str, Any], tuple[float, str], tuple[float, str] | None]] = {
    # changes, largest leverage and what sets it, largest position and what sets it (None: the same)
    "cash pays fee and slippage": ({}, (1 / (1.0005 * 1.001), "cash"), None),
    "cash alone": ({"execution": FREE}, (1.0, "cash"), None),
    "an order of a part": (PART, (0.3 / 1.0005, "sizing.value"), None),
    "a short is worth more": ({**PART, "universe": PERP, "signals": SHORT}, (0.3 / 0.9995, "sizing.value"), None),
    "a part of equity over a stop": (
        {"sizing": {"mode": "risk_per_trade", "value": 0.01}, "risk": STOP},
        (0.2 / 1.0005, "sizing.value / risk.stop_loss.value"),
        None,
    ),
    "no leverage where silent": ({"universe": PERP, "sizing": HUGE}, (1.0, "no leverage (default)"), None),
    "leverage": (
        {"universe": PERP, "sizing": HUGE, "risk": {"max_leverage": 3.0}},
        (3.0, "risk.max_leverage"),
        None,
    ),
    "leverage under one on spot": ({"sizing": HUGE, "risk": {"max_leverage": 0.4}}, (0.4, "risk.max_leverage"), None),
    "leverage above one on spot is cash": (
        {"sizing": HUGE, "risk": {"max_leverage": 4.0}, "execution": FREE},
        (1.0, "cash"),
        None,
    ),
    "a position": ({"sizing": HUGE, "risk": {"max_position_pct": 0.2}}, (0.2, "risk.max_position_pct"), None),
    "total exposure": (
        {"universe": TWO, "sizing": HUGE, "risk": {"max_total_exposure_pct": 0.5, "max_position_pct": 0.4}},
        (0.5, "risk.max_total_exposure_pct"),
        (0.4, "risk.max_position_pct"),
    ),
    "one position of two assets": (
        {"universe": TWO, "sizing": {**HUGE, "max_positions": 1}, "risk": {"max_position_pct": 0.4}},
        (0.4, "risk.max_position_pct"),
        None,
    ),
}


@pytest.mark.parametrize("name", TIGHT)
def test_a_bound_is_reached(name: str) -> None:
    changes, leverage, position = TIGHT[name]
    spec = checked(**changes)

    bound = exposure_bound(spec)
    measured = run_on(spec, *[FLAT] * len(spec.universe.assets))

    for found, reached, (value, rule) in (
        (bound.leverage, measured.largest_leverage, leverage),
        (bound.position, measured.largest_position, position or leverage),
    ):
        assert found == Bound(pytest.approx(value, rel=1e-12), rule)
        assert reached == pytest.approx(value, rel=1e-12)


def test_two_positions_of_a_fifth_can_be_more_than_two_fifths_of_equity() -> None:
    """BTC is bought for 0.2 of equity and rises a hundredfold before ETH is bought: 0.2 + 0.8 of equity by then."""
    entries = [{"when": "gt", "left": "close", "value": 9.0}, {"when": "eq", "left": "time.hour", "value": 2.0}]
    spec = checked(
        universe=TWO,
        signals={"entry": [{"when": "and", "conditions": entries}, {"when": "eq", "left": "close", "value": 7.0}]},
        sizing={"value": 0.2},
        risk={"max_position_pct": 0.2},
        execution=FREE,
    )
    bitcoin = [10.0] * 4 + [1000.0] * 6
    ether = [5.0] * 5 + [7.0] * 5

    measured, bound = run_on(spec, bitcoin, ether), exposure_bound(spec)

    # equity 10,000 -> 8,000 + 200,000 once BTC is at 1,000; ETH: 0.2 of 208,000 is cut to the 8,000 in cash
    assert measured.leverage.tolist() == pytest.approx([0.2, 1.0])
    assert bound.leverage == Bound(1.0, "cash")
    assert bound.position == Bound(0.2, "risk.max_position_pct")
    assert bound.order == Bound(0.2, "sizing.value")


def test_an_order_can_be_a_larger_part_of_an_equity_that_fell_before_its_fill() -> None:
    """One asset, both sides, reversed: the order's half of equity is fixed at the close, the loss comes at the open."""
    spec = checked(
        universe=PERP,
        signals={
            "entry": [{"when": "eq", "left": "time.hour", "value": 2.0}],
            "exit": [{"when": "eq", "left": "time.hour", "value": 4.0}],
            "short": {"entry": [{"when": "eq", "left": "time.hour", "value": 4.0}], "exit": []},
        },
        sizing={"value": 0.5},
        risk={"max_leverage": 5.0},
        execution=FREE,
    )
    prices = [100.0] * 4 + [60.0] * 4
    market = MemoryMarket([make_bars("BTCUSDT-PERP", "1h", [HOUR_MS * t for t in range(8)], *[prices] * 4, [1.0] * 8)])

    measured = measured_on(backtest(spec, market, full_window=True), market)

    # 5,000 bought at 100; at the close of hour 4 a short of 5,000 is ordered; the open at 60 leaves 8,000
    assert measured.position.tolist() == pytest.approx([0.5, 5_000 / 8_000])
    assert exposure_bound(spec).order == Bound(0.5, "sizing.value")
    assert exposure_bound(spec).position == Bound(5.0, "risk.max_leverage")


@pytest.mark.parametrize(
    ("changes", "positions"),
    [
        ({"universe": {"assets": ["BTC", "ETH", "SOL"]}}, 3),
        ({"universe": {"assets": ["BTC", "ETH", "SOL"]}, "sizing": {"max_positions": 2}}, 2),
        ({"universe": {"assets": ["BTC", "ETH", "SOL"]}, "risk": {"checks": {"max_concurrent": 1}}}, 1),
        ({"sizing": {"max_positions": 5}}, 1),
    ],
)
def test_positions_at_once_are_the_assets_or_what_counts_them(changes: dict[str, Any], positions: int) -> None:
    assert exposure_bound(checked(**changes)).positions == positions


def test_what_only_the_market_bounds_is_no_figure() -> None:
    spec = checked(sizing={"mode": "atr_risk", "value": 0.01, "multiple": 2.0})

    bound = exposure_bound(spec)

    assert bound.order is None
    assert "depends on the market" in bound.note
    assert "order" not in bound.as_dict()


def test_the_note_says_what_may_grow_after_the_fill() -> None:
    spot, perp = exposure_bound(checked()), exposure_bound(checked(universe=PERP))

    assert "never exceeds equity" in spot.note
    assert "a loss raises leverage" in perp.note


def bound_and_measure(seed: int) -> tuple[Exposure, Measured]:
    case = random_spec_case(seed)
    spec = check(case.spec).spec
    assert spec is not None
    return exposure_bound(spec), measured_on(case.run(), case.data)


@pytest.mark.no_cover
def test_no_entry_of_a_random_run_exceeds_the_bound() -> None:
    runs = [bound_and_measure(seed) for seed in range(60)]

    assert [seed for seed, (bound, measured) in enumerate(runs) if not measured.within(bound)] == []
    assert sum(measured.entries for _, measured in runs) > 500
    reached = [m.entries > 0 and m.largest_leverage > b.leverage.value * (1 - 1e-9) for b, m in runs]
    assert sum(reached) >= 10
