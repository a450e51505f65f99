"""What each operand knows, by construction: lags, offsets, chains, higher timeframes, and conditions that look back."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

import numpy as np
import pytest
from reference.engine_side import engine_bars
from reference.markets import START_MS, random_bars
from reference.spec_side import random_spec_case

from engine.backtest.columns import AssetColumns
from engine.indicators.store import ColumnStore
from engine.market.bars import Bars, make_bars
from engine.proofs.causality import Known, causality, operand_texts
from engine.signals.conditions import Conditions
from engine.spec import StrategySpec, check
from engine.spec.examples import SMA_CROSS


def spec_of(entry: list[dict[str, Any]], indicators: dict[str, Any], **sections: Any) -> StrategySpec:
    document = {
        **deepcopy(SMA_CROSS),
        "universe": {"assets": ["BTC"], "timeframe": "1h"},
        "signals": {"entry": entry, "exit": []},
        "indicators": indicators,
        "risk": {},
        **sections,
    }
    found = check(document)
    assert found.spec is not None, found.problems
    return found.spec


def known(spec: StrategySpec) -> dict[str, Known]:
    return {one.operand: one for one in causality(spec).operands}


SMA = {"type": "sma", "inputs": {"length": 10}}
ABOVE = {"when": "gt", "left": "close", "right": "x"}
LOUD = {"when": "gt", "left": "volume", "value": 1.0}
FOUR_HOURS = {"length": 10, "timeframe": "4h"}

LOOKBACKS: dict[str, tuple[dict[str, Any], dict[str, Any], str, tuple[int, int | None]]] = {
    # condition, indicator x, operand, (newest bar, oldest bar back)
    "a field": (ABOVE, SMA, "close", (0, 0)),
    "a lag": ({"when": "gt", "left": "close[3]", "right": "x"}, SMA, "close[3]", (-3, 3)),
    "a window": (ABOVE, SMA, "x", (0, 9)),
    "a lagged window": ({"when": "gt", "left": "close", "right": "x[2]"}, SMA, "x[2]", (-2, 11)),
    "a cross": ({"when": "crosses_above", "left": "close", "right": "x"}, SMA, "x", (0, 10)),
    "a run": ({"when": "rising", "left": "x", "bars": 3}, SMA, "x", (0, 12)),
    "for bars": ({**ABOVE, "for_bars": 4}, SMA, "x", (0, 12)),
    "for bars within bars": ({**ABOVE, "for_bars": 4, "within_bars": 6}, SMA, "x", (0, 17)),
    "inside a run of conditions": ({"when": "not", "conditions": [ABOVE], "for_bars": 3}, SMA, "x", (0, 11)),
    "a filter": ({**LOUD, "filters": [ABOVE], "within_bars": 2}, SMA, "x", (0, 10)),
    "arithmetic": ({"when": "gt", "left": "max(x[4], close)", "value": 0.0}, SMA, "max(x[4], close)", (0, 13)),
    "an offset": (ABOVE, {"type": "sma", "inputs": {"length": 10, "offset": 5}}, "x", (-5, 14)),
    "a recursion": (ABOVE, {"type": "ema", "inputs": {"length": 10}}, "x", (0, None)),
    # the newest 4h bar may have ended 3 hours ago: 3 + 10 x 4 hours, the first of them 42 bars before the deciding one
    "a higher timeframe": (ABOVE, {"type": "sma", "inputs": FOUR_HOURS}, "x", (0, 42)),
    "an offset on it": (ABOVE, {"type": "sma", "inputs": {**FOUR_HOURS, "offset": 1}}, "x", (-4, 46)),
    "the clock": ({"when": "eq", "left": "time.hour", "value": 4.0}, SMA, "time.hour", (0, 0)),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOKBACKS)
def test_an_operand_knows_from_its_oldest_to_its_newest_bar(name: str) -> None:
    condition, indicator, operand, (newest, oldest) = LOOKBACKS[name]

    found = known(spec_of([condition], {"x": indicator}))[operand]

    assert (found.known_at, found.lookback_bars) == (newest, oldest)
    assert found.holds


def test_a_chain_reaches_as_far_as_its_links_together() -> None:
    chain = {
        "x": {"type": "sma", "inputs": {"length": 5, "source": "y"}},
        "y": {"type": "roc", "inputs": {"length": 7}},
    }

    found = known(spec_of([{"when": "gt", "left": "x", "value": 0.0}], chain))

    assert found["x"].lookback_bars == 4 + 7


def test_an_operand_of_two_conditions_has_the_longer_reach() -> None:
    spec = spec_of([ABOVE, {**ABOVE, "for_bars": 9}], {"x": SMA})

    assert operand_texts(spec) == {"close": 8, "x": 8}


def test_what_else_reads_the_market_is_listed() -> None:
    spec = spec_of(
        [ABOVE],
        {"x": SMA, "range": {"type": "atr", "inputs": {}}},
        sizing={"mode": "volatility_target", "value": 0.2, "length": 40},
        risk={
            "stop_loss": {"type": "atr", "value": 2.0, "indicator": "range"},
            "take_profit": {"type": "percent", "value": 0.1},
        },
        execution={"mode": "paper", "fill": "close", "slippage_model": "conservative"},
    )

    found = known(spec)

    assert found["sizing.volatility_target"].lookback_bars == 40
    assert found["risk.stop_loss"].lookback_bars is None
    assert found["risk.take_profit"].lookback_bars == 0
    assert found["execution.slippage"].lookback_bars is None
    assert "protections act from the next bar on" in found["execution.fill close"].because


# -- the oldest bar is true of the engine's own columns -------------------------------------------------


def with_another_past(bars: Bars, first: int) -> Bars:
    factor = np.where(np.arange(bars.n_bars) < first, 2.0, 1.0)
    prices = [getattr(bars, name) * factor for name in ("open", "high", "low", "close")]
    return make_bars(bars.symbol, bars.timeframe, bars.time, *prices, bars.volume * 3.0 * factor)


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(40))
def test_bars_older_than_the_reach_of_a_random_condition_decide_nothing(seed: int) -> None:
    document = deepcopy(random_spec_case(seed).spec)
    spec = check(document).spec
    assert spec is not None
    reaches = [one.lookback_bars for one in causality(spec).operands if one.operand in operand_texts(spec)]
    if None in reaches:
        return
    far = max((reach for reach in reaches if reach is not None), default=0)
    bars = engine_bars(
        "BTC", spec.universe.timeframe, random_bars(Random(seed), far + 80, START_MS, 3_600_000, 0.0, 0.01)
    )
    last = bars.n_bars - 1
    other = with_another_past(bars, last - far)

    for condition in (*spec.signals.entry, *spec.signals.exit):
        one, two = (Conditions(AssetColumns(ColumnStore(each), spec.indicators)) for each in (bars, other))
        assert one.truth(condition).true[last] == two.truth(condition).true[last]
