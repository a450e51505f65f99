"""What became of entries that did not simply fill: rejected with rule and figures, waiting at a limit, cancelled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.backtest.config import Config
from engine.backtest.entry_remarks import entry_notices
from engine.backtest.result import Fills
from engine.backtest.run import backtest
from engine.kernels import codes
from engine.market.bars import make_bars
from engine.market.memory import MemoryMarket

HOUR, MONDAY = 3_600_000, 1_704_067_200_000
ALWAYS = [{"when": "gt", "left": "close", "value": 0.5}]
NO_COSTS = {
    "fees": {"maker": 0, "taker": 0},
    "slippage": {"base": 0, "kv": 0, "kp": 0},
    "slippage_model": "custom",
}


def run(
    rows: list[tuple[float, float, float, float]], *, risk=(), execution=(), entry=ALWAYS, exit=(), **sections: Any
) -> Any:
    spec = {
        "id": "told",
        "name": "told",
        "version": "1.0",
        "universe": {"assets": ["BTC"], "timeframe": "1h"},
        "indicators": {},
        "signals": {"entry": entry, "exit": list(exit)},
        "sizing": {"mode": "percent_equity", "value": 0.5},
        "risk": dict(risk),
        "execution": {"mode": "paper", **NO_COSTS, **dict(execution)},
        **sections,
    }
    time = MONDAY + HOUR * np.arange(len(rows))
    bars = make_bars("BTCUSDT", "1h", time, *np.array(rows, dtype=float).T, np.ones(len(rows)))
    return backtest(spec, MemoryMarket([bars]))


def told(result: Any, code: str) -> list[Any]:
    return [notice for notice in result.notices if notice.code == code]


def still(price: float) -> tuple[float, float, float, float]:
    return (price, price, price, price)


def test_limit_entries_are_counted_to_their_ends():
    dip = (100.0, 100, 98, 100)
    rows = [still(100)] * 4 + [dip] + [still(100)] * 2
    limit = {"entry_order": {"type": "limit", "offset": 0.01, "expires_bars": 2}}

    result = run(rows, execution=limit, exit=[{"when": "eq", "left": "time.hour", "value": 5}])

    # placed at the closes 01:00 and 03:00 (it expires there and is placed anew); the second fills in the bar of 04:00
    (notice,) = told(result, "ENTRIES_WAITED")
    assert (notice.detail["placed"], notice.detail["filled"], notice.detail["cancelled_expired"]) == (3, 1, 1)
    assert notice.detail["waiting"] == 1
    assert notice.message == "BTC: of 3 long limit entries placed 1 filled, 1 expired, 1 still waited at the end"
    assert told(result, "LATE_FILLS") == [] and told(result, "NEVER_FILLED") == []


def test_a_rejection_carries_its_rule_and_the_figures_of_its_first_case():
    rows = [still(100)] * 8
    out = [{"when": "eq", "left": "time.hour", "value": 3}]

    result = run(rows, risk={"checks": {"cooldown_bars": 3}}, exit=out)

    (notice,) = told(result, "COOLDOWN_BARS")
    assert notice.detail["stage"] == "rejected_cooldown_bars" and notice.detail["count"] == 3
    assert "3 long entries were rejected, first on 2024-01-01 04:00" in notice.message
    first = next(event for event in result.simulation.events if event.state == "rejected")
    assert notice.detail["firstNote"] == first.note and "cooldown" in first.note


def test_a_market_strategy_without_cancellations_is_told_nothing_of_waiting():
    result = run([still(100)] * 5)
    assert told(result, "ENTRIES_WAITED") == [] and told(result, "ENTRIES_CANCELLED") == []


STEP = 0.00001
"""The quantity step of BTC at the venue of these tests."""


def test_what_the_quantity_step_cuts_off_is_told_and_no_limit_is_blamed_for_it():
    venue = {"assets": ["BTC"], "timeframe": "1h", "venue": "binance"}
    fixed = {"mode": "fixed_notional", "value": 1.9 * STEP * 1_000_000}

    result = run([still(1_000_000)] * 5, universe=venue, sizing=fixed)

    (notice,) = told(result, "SIZE_STEPPED")
    assert (notice.detail["count"], notice.kind) == (1, "warning")
    assert notice.detail["leastKeptFraction"] == pytest.approx(1 / 1.9)
    assert notice.message == (
        "BTC: 1 of 1 long entries was cut down to the venue's quantity step; the smallest kept 52.63 % of the size "
        "asked for"
    )
    assert told(result, "SIZE_CUT") == []


def test_the_share_that_a_limit_leaves_is_counted_without_the_step():
    venue = {"assets": ["BTC"], "timeframe": "1h", "venue": "binance"}
    rows = [still(100)] * 2 + [still(1_000_000)] * 4
    # the first entry wants 1.9 steps and gets one; a limit leaves the second 9 of 10
    simulated = run(rows, universe=venue).simulation
    funnel = np.zeros_like(simulated.funnel)
    funnel[0, 0, codes.FILLED], funnel[0, 0, codes.CUT_MAX_POSITION_PCT] = 2, 1
    row = {name: np.repeat(column[:1], 2) for name, column in simulated.fills.columns.items()}
    row |= {"quantity": np.array([1.0, 9.0]), "wanted_quantity": np.array([1.9, 10.0])}
    made = replace(simulated, funnel=funnel, fills=Fills(row, simulated.assets))

    cut, stepped = entry_notices(made, Config(quantity_step=1.0))

    assert (cut.code, cut.detail["leastKeptFraction"]) == ("SIZE_CUT", pytest.approx(0.9))
    assert (stepped.code, stepped.detail["count"]) == ("SIZE_STEPPED", 1)
    assert stepped.detail["leastKeptFraction"] == pytest.approx(1 / 1.9)
