"""An account that the drawdown guard ended, and that was liquidated before it could leave: both are told."""

from __future__ import annotations

import pytest
from reference.engine_side import config_of, engine_market, intents_of
from reference.tables import asset_from, case_from

from engine.backtest.remarks import simulation_notices
from engine.backtest.simulate import simulate
from engine.metrics.sharpe import path_of

FALLING = """t  open high low close
             0   100  100 100  100
             1   100  100 100  100
             2   100  100  95   95
             3  84.9 84.9 84.9 84.9
             4    85   85  85   85"""
ABSENT = """t  open high low close
            0   100  100 100   100
            1   100  100 100   100
            2   100  100  95    95
            5    95   95  95    95"""


def test_a_guard_and_a_later_liquidation_are_both_told_and_the_path_ends_with_the_margin() -> None:
    assets = asset_from(FALLING, enter_long=[0]), asset_from(ABSENT, name="B", enter_long=[0])
    rules = {"perp": True, "leverage": 10.0, "sizing": "fixed_notional", "size_value": 5_000.0}
    case = case_from(*assets, **rules, max_drawdown_fraction=0.4)
    market, config = engine_market(case), config_of(case)

    run = simulate(intents_of(case, market), market, config)

    assert (run.halted_bar, run.liquidated, run.liquidated_bar) == (2, True, 3)
    ends = {notice.code: notice.detail for notice in simulation_notices(run, market, config)}
    assert ends["DRAWDOWN_GUARD"] == {"bar": 2, "equity": pytest.approx(500.0)}
    assert ends["LIQUIDATED"]["bar"] == 3
    assert path_of(run).levels.size == 4
