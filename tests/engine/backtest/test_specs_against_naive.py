"""Whole specs against the naive reading of them: conditions, indicators, defaults, window and simulation.

The naive side parses operands with Python's own parser, computes indicators by hand and knows the
specification's defaults by heart; it shares nothing with the engine but the spec's JSON and the candles.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from reference.compare import differences
from reference.engine_side import in_plain_words
from reference.naive import simulate_naive
from reference.spec_reading import case_of_spec
from reference.spec_side import INITIAL_EQUITY, SpecCase, random_spec_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reference.case import NaiveResult

pytestmark = pytest.mark.no_cover

BATCH = 48
OPERATORS = ("crosses_above", "crosses_below", "gt", "gte", "lt", "lte", "eq", "between", "rising", "falling")
ADDITIONS = ("and", "or", "not", "filters", "for_bars", "within_bars", "short", "reverse")
SIZES = ("percent_equity", "fixed_notional", "volatility_target", "risk_per_trade", "atr_risk", "kelly")
LIMITS = ("max_leverage", "max_position_pct", "max_total_exposure_pct", "max_drawdown_pct")
CHOICES = (
    *(f"fill {name}" for name in (None, "next_open", "close", "vwap")),
    *(f"stop {kind}" for kind in ("percent", "atr", "price")),
    *(f"target {kind}" for kind in ("percent", "atr")),
    *(f"slippage {name}" for name in (None, "basic", "conservative", "custom")),
)
LIVES = (
    *(f"{name} {kind}" for name in ("trailing_stop", "trailing_take") for kind in ("percent", "atr")),
    *("breakeven", "partial_exits", "time_limit bars", "time_limit minutes", "limit offset", "limit price"),
    *("cooldown_bars", "max_concurrent", "session_hours", "max_daily_loss_pct", "higher timeframe"),
)
INDICATORS = ("sma", "ema", "wma", "highest", "lowest", "bbands", "donchian", "rsi", "roc", "macd", "atr")


@dataclass
class SpecPair:
    """One spec case and what both sides made of it."""

    case: SpecCase
    naive: NaiveResult
    engine: NaiveResult

    def differences(self) -> list[str]:
        scale = max(abs(value) for value in (INITIAL_EQUITY, *self.naive.equity))
        found = differences(self.naive, self.engine, scale)
        return [f"seed {self.case.seed}: {self.case.spec}", *found[:4]] if found else []


def run_both(seed: int) -> SpecPair:
    case = random_spec_case(seed)
    naive = simulate_naive(case_of_spec(case.spec, case.market, case.start, case.end, INITIAL_EQUITY))
    return SpecPair(case, naive, in_plain_words(case.run().simulation))


@pytest.fixture(scope="module")
def batch() -> list[SpecPair]:
    return [run_both(seed) for seed in range(BATCH)]


def test_a_backtest_agrees_with_the_naive_reading_of_its_spec(batch: list[SpecPair]) -> None:
    assert [line for pair in batch for line in pair.differences()] == []


@pytest.mark.long
@pytest.mark.parametrize("block", range(12))
def test_further_backtests_agree_with_the_naive_reading_of_their_specs(block: int) -> None:
    pairs = map(run_both, range(5_000 + 40 * block, 5_000 + 40 * (block + 1)))

    assert [line for pair in pairs for line in pair.differences()] == []


def test_nearly_every_random_spec_is_valid_and_most_trade(batch: list[SpecPair]) -> None:
    trades = [sum(trade.reason is not None for trade in pair.naive.trades) for pair in batch]

    assert sum(pair.case.redrawn > 0 for pair in batch) <= 0.05 * BATCH
    assert sum(n >= 5 for n in trades) >= 0.6 * len(batch)


def lives_of(spec: dict[str, Any]) -> Iterator[str]:
    """Yield what a spec says of the life of its positions, by name."""
    risk, order = spec["risk"], spec["execution"].get("entry_order", {})
    yield from (f"{name} {risk[name]['type']}" for name in ("trailing_stop", "trailing_take") if name in risk)
    yield from (name for name in ("breakeven", "partial_exits") if name in risk)
    yield from (f"time_limit {unit}" for unit in risk.get("time_limit", {}))
    yield from (f"limit {kind}" for kind in ("offset", "price") if kind in order)
    yield from risk.get("checks", {})


def test_the_random_markets_decide_some_ambiguous_bars_by_finer_ones(batch: list[SpecPair]) -> None:
    tallies = [tally for pair in batch for tally in pair.naive.ambiguous.values()]

    assert sum(tally.decided for tally in tallies) >= 10
    assert sum(tally.undecided for tally in tallies) >= 10


def parts_of(condition: dict[str, Any]) -> Iterator[str]:
    """Yield what a condition is made of, by name."""
    yield condition["when"]
    yield from (name for name in ("for_bars", "within_bars", "filters") if name in condition)
    for inner in (*condition.get("conditions", ()), *condition.get("filters", ())):
        yield from parts_of(inner)


def test_the_random_specs_use_every_operator_size_level_and_fill() -> None:
    met: Counter[str] = Counter()
    for seed in range(120):
        spec = random_spec_case(seed, finer=False).spec
        sides = [spec["signals"], spec["signals"].get("short", {"entry": [], "exit": []})]
        met.update(part for side in sides for name in ("entry", "exit") for one in side[name] for part in parts_of(one))
        met[spec["sizing"]["mode"]] += 1
        met[f"fill {spec['execution'].get('fill')}"] += 1
        met[f"slippage {spec['execution'].get('slippage_model')}"] += 1
        met.update(f"stop {spec['risk']['stop_loss']['type']}" for _ in [0] if "stop_loss" in spec["risk"])
        met.update(f"target {spec['risk']['take_profit']['type']}" for _ in [0] if "take_profit" in spec["risk"])
        met.update(name for name in spec["risk"] if name.startswith("max_"))
        met.update(f"indicator {one['type']}" for one in spec["indicators"].values())
        met.update(lives_of(spec))
        met["higher timeframe"] += any("timeframe" in one["inputs"] for one in spec["indicators"].values())
        met["short"] += "short" in spec["signals"]
        met["reverse"] += spec["signals"].get("opposite_entry") == "reverse"

    wanted = {*OPERATORS, *ADDITIONS, *SIZES, *LIMITS, *CHOICES, *LIVES, *(f"indicator {kind}" for kind in INDICATORS)}
    assert {what: met[what] for what in wanted if met[what] < 4} == {}
