"""No operand sees past its bar: the check on data, by cutting the data off and running again.

What is known at a close cannot change when later bars are taken away. So operands, intents, fills and equity of a run
on data that ends at a bar must equal, to the last bit, those of the run on all data up to that bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.errors import EngineInputError
from engine.kernels.codes import AT_CLOSE
from engine.proofs.cut_market import CutMarket
from engine.proofs.differences import Difference, Truncation, compare_columns, first_difference, same_bits, shown
from engine.proofs.paths import compare_paths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from engine.backtest.result import BacktestResult
    from engine.kernels.layout import Intents
    from engine.market.bars import Bars, MarketData
    from engine.proofs.differences import Compute, FloatArray
    from engine.spec.models import StrategySpec

    IntArray = NDArray[np.int64]


class Run(Protocol):
    """Whatever makes a backtest of a market: ``run_backtest`` of a spec, ``run_custom`` of a strategy in Python."""

    def __call__(self, data: MarketData, *, start: int | None, end: int | None, full_window: bool) -> BacktestResult:
        """Return the backtest of ``data`` in the window [start, end), UTC ms."""


CUTS = 3
"""How often the data is cut where nobody says."""

FEWEST_BARS = 2
"""Bars of the clock before the first cut: one that decides and one that fills."""


def verify_causality(
    spec: StrategySpec,
    data: MarketData,
    cuts: int | Sequence[int] = CUTS,
    *,
    start: int | None = None,
    end: int | None = None,
    whole: BacktestResult | None = None,
) -> Truncation:
    """Run a checked spec on data that ends at several bars and compare with the run on all of it.

    Parameters
    ----------
    spec
        A checked spec.
    data
        Where the candles come from. Only the measured window is looked at, by default the selection part.
    cuts
        Where to cut, UTC ms (bars that close by then are kept), or how often: spread over the window, each after a bar
        with a fill where there is one near, as what knows too much at a fill shows there alone.
    start, end
        The measured window, UTC ms, closed-open.
    whole
        The run on all of the window where there is one already; ``start`` and ``end`` are its own then.

    Returns
    -------
    Truncation
        Operands, intents, fills and equity that were not what they are with later bars, each with the first bar that
        differs; none for a spec that is causal.

    Raises
    ------
    EngineInputError
        A cut lies outside the window, or before every asset has a bar.
    DataError
        Candles of an asset are missing.
    HoldoutLocked
        The window reaches into the holdout.

    Examples
    --------
    >>> from engine import DemoMarket, check
    >>> from engine.spec.examples import SMA_CROSS
    >>> verify_causality(check(SMA_CROSS).spec, DemoMarket(), cuts=1).holds
    True
    """
    from engine.backtest.run import backtest

    whole = whole or backtest(spec, data, start=start, end=end)
    later = _wanted(spec, data, whole)
    times = _cut_times(later.bars, whole, cuts)
    values = fills = 0
    differences: list[Difference] = []
    for asset, bars in later.bars.items():
        found = compare_columns(operand_columns(spec), bars, times, asset)
        values += found.values
        differences += found.differences
    for time in times:
        known = CutMarket(data, time)
        cut = backtest(spec, known, start=whole.start, end=min(time, whole.end), full_window=True)
        compared, wrong = _compare_intents(_wanted(spec, known, cut).intents, later.intents, cut, time)
        values += compared + cut.simulation.n_bars
        fills += len(cut.fills)
        differences += wrong or compare_paths(cut, whole, time)
    return Truncation(times, values, fills, tuple(differences))


def verify_run(run: Run, data: MarketData, cuts: int | Sequence[int] = CUTS) -> Truncation:
    """Compare the fills, orders and equity of any run with those of runs on data that ends earlier.

    Parameters
    ----------
    run
        Makes a backtest of the market it is given, with ``start``, ``end`` and ``full_window`` as `engine.run_backtest`
        takes them. A strategy that is made from candles (fitted, precomputed) must be made here, from that market:
        what was made from all of them before knows all of them in every run alike, and no cut can show it.
    data, cuts
        As `verify_causality`.

    Examples
    --------
    >>> from engine import DemoMarket, run_backtest
    >>> from engine.spec.examples import SMA_CROSS
    >>> verify_run(lambda market, **window: run_backtest(SMA_CROSS, market, **window), DemoMarket(), cuts=1).holds
    True
    """
    whole = run(data, start=None, end=None, full_window=False)
    times = _cut_times(whole.bars, whole, cuts)
    values = fills = 0
    differences: list[Difference] = []
    for time in times:
        cut = run(CutMarket(data, time), start=whole.start, end=min(time, whole.end), full_window=True)
        values += cut.simulation.n_bars
        fills += len(cut.fills)
        differences += compare_paths(cut, whole, time)
    return Truncation(times, values, fills, tuple(differences))


def operand_columns(spec: StrategySpec) -> Compute:
    """Return what computes every operand of the spec's conditions, and every output of its indicators, from bars."""
    from engine.backtest.columns import AssetColumns
    from engine.indicators.store import ColumnStore
    from engine.proofs.causality import definitions, operand_texts
    from engine.signals.conditions import Conditions

    def compute(bars: Bars) -> dict[str, FloatArray]:
        store = ColumnStore(bars)
        conditions = Conditions(AssetColumns(store, spec.indicators))
        outputs = store.columns(definitions(spec))
        named = {key if output == "value" else f"{key}.{output}": column for (key, output), column in outputs.items()}
        return named | {text: conditions.operand(text) for text in operand_texts(spec)}

    return compute


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """What a run read, and what was wanted at each of its closes."""

    bars: Mapping[str, Bars]
    intents: Intents


def _wanted(spec: StrategySpec, data: MarketData, result: BacktestResult) -> _Wanted:
    from engine.backtest.columns import AssetColumns
    from engine.backtest.market import align
    from engine.backtest.plan import intents_of
    from engine.backtest.reading import read_market
    from engine.indicators.store import ColumnStore

    bars = read_market(spec, data, start=result.start, end=result.end, full_window=True).bars
    columns = {asset: AssetColumns(ColumnStore(one), spec.indicators) for asset, one in bars.items()}
    return _Wanted(bars, intents_of(spec, align(bars, result.start, result.end), columns))


def _cut_times(every: Mapping[str, Bars], whole: BacktestResult, cuts: int | Sequence[int]) -> tuple[int, ...]:
    """Return closes of the clock to cut at, after every asset has its first bar."""
    firsts = [bars.time[0] + bars.interval_ms for bars in every.values() if bars.n_bars]
    closes = whole.simulation.close_time[FEWEST_BARS - 1 :]
    closes = closes[closes >= max(firsts)]
    if isinstance(cuts, int):
        return _spread(closes, _bars_with_fills(whole), cuts)
    for time in cuts:
        if not closes.shape[0] or not closes[0] <= time <= whole.end:
            allowed = f"{int(closes[0])} to {whole.end}" if closes.shape[0] else "none: the window is too short"
            raise EngineInputError(f"cut {time} is no close of the measured window; allowed (UTC ms): {allowed}")
    return tuple(cuts)


def _bars_with_fills(whole: BacktestResult) -> IntArray:
    """Return the closes of the bars in which something filled before the close."""
    columns = whole.fills.columns
    inside = columns["bar"][columns["moment"] != AT_CLOSE]
    closes: IntArray = whole.simulation.close_time[np.unique(inside)]
    return closes


def _spread(closes: IntArray, filled: IntArray, cuts: int) -> tuple[int, ...]:
    """Return one close out of each of ``cuts`` equal parts of the window, of a bar with a fill where there is one."""
    found = []
    for part in np.array_split(closes, cuts):
        if part.shape[0]:
            near = filled[(filled >= part[0]) & (filled <= part[-1])]
            taken = near if near.shape[0] else part
            found.append(int(taken[taken.shape[0] // 2]))
    return tuple(found)


def _compare_intents(now: Intents, later: Intents, cut: BacktestResult, time: int) -> tuple[int, list[Difference]]:
    """Compare what is wanted at every close up to the cut; return how many values, and what differs."""
    values, differences, opened = 0, [], cut.simulation.time
    for name, table in now._asdict().items():
        other = getattr(later, name)
        other = other if other.shape[0] == 1 else other[: table.shape[0]]
        values += table.size
        bar = first_difference(table, other)
        if bar is not None:
            a = int(np.flatnonzero(~same_bits(table[bar], other[bar]))[0])
            what = "signals" if name == "signals" else f"intents.{name}"
            then, then_later = shown(table[bar, a]), shown(other[bar, a])
            asset = cut.simulation.assets[a]
            differences.append(Difference(what, asset, bar, int(opened[bar]), time, then, then_later))
    return values, differences
