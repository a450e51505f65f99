"""The daily returns of a whole run are those a sweep has of the same spec, whatever becomes of the account."""

from __future__ import annotations

import json

import pytest
from reference.sweep_cases import sweep_case

from engine import DemoMarket
from engine.backtest.run import backtest
from engine.search.day_returns import days_of
from engine.spec import check
from engine.spec.examples import SMA_CROSS
from engine.spec.overrides import apply_overrides
from engine.sweeps.run import sweep

HOUR, MARCH = 3_600_000, 1_519_862_400_000


@pytest.mark.parametrize("seed", range(12))
def test_a_run_has_the_days_of_the_sweep_to_the_last_bit(seed: int) -> None:
    case = sweep_case(seed, narrow=True, assets=None)
    spec = check(case.spec, catalog=case.data).spec
    if spec is None:
        pytest.skip("this seed draws no valid spec")
    candidates = case.candidates[:4]
    swept = sweep(json.dumps(case.spec), case.data, candidates, full_window=True, daily_returns=True)

    for number, overrides in enumerate(candidates):
        checked = apply_overrides(spec, overrides, catalog=case.data).spec
        if checked is None:
            continue
        days = days_of(backtest(checked, case.data, full_window=True, finer=False))
        if swept.daily_returns is None:
            assert days is None
            continue
        assert days is not None and days.first_day_ms == swept.first_day
        assert days.returns.tobytes() == swept.daily_returns[number].tobytes()


def test_part_of_a_day_has_no_returns() -> None:
    hourly = {**SMA_CROSS, "universe": {**SMA_CROSS["universe"], "timeframe": "1h"}}

    assert days_of(backtest(hourly, DemoMarket(), start=MARCH + 3 * HOUR, end=MARCH + 20 * HOUR)) is None


def test_after_a_liquidation_every_day_is_flat() -> None:
    perp = {**SMA_CROSS["universe"], "market_type": "perp", "assets": ["BTC"]}
    ruinous = {**SMA_CROSS, "universe": perp, "sizing": {"mode": "fixed_notional", "value": 90_000}}
    spec = {**ruinous, "risk": {"max_leverage": 10}}

    result = backtest(spec, DemoMarket(), end=MARCH)
    days, swept = days_of(result), sweep(json.dumps(spec), DemoMarket(), end=MARCH, daily_returns=True)

    gone = result.simulation.liquidated_bar
    assert gone is not None and days is not None and swept.daily_returns is not None
    assert days.returns.shape == (59,) and days.returns[: gone // 24 + 1].any()
    assert not days.returns[gone // 24 + 1 :].any()
    assert days.returns.tobytes() == swept.daily_returns[0].tobytes()
