"""Several strategies over the same days: ranked, told apart where the days can, and weighed against holding."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.errors import EngineInputError
from engine.market.quality import utc
from engine.market.timeframe import DAY_MS
from engine.metrics.sharpe import DAYS_PER_YEAR, path_of
from engine.notices import Notice
from engine.search.differences import FEWEST_DAYS, FEWEST_RESAMPLES, RESAMPLES, not_told_apart, paired_differences
from engine.spec.canonical import behaviour_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.backtest.result import BacktestResult
    from engine.backtest.window import Window
    from engine.market.bars import MarketData
    from engine.search.beyond_holding import BeyondHolding
    from engine.search.differences import Differences, Statistic
    from engine.spec.models import StrategySpec

    FloatArray = NDArray[np.float64]
    Figure = Callable[[BacktestResult, "Ratio | None"], float | None]

Metric = Literal["sharpe", "net_profit", "drawdown", "profit_factor"]
MOST = 16
"""Strategies at most: a hundred and twenty pairs leave little to be told apart."""
NEVER_TRADED, NO_RATIO = "it never traded", "its days allow no ratio"
LEVEL = 0.05
"""Corrected p-value at or below which two strategies are told apart."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """An annual Sharpe ratio of whole UTC days and its 95 % interval (`engine.evidence.sharpe`)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """A strategy at its place, 1 the best; ``value`` is what it is ranked by, higher is better.

    ``value`` is None, with the ``reason``, where the metric has none; such a strategy comes last. ``beyond`` is what it
    earned beyond holding its assets, None where it traded too little to tell.
    """

    place: int
    name: str
    value: float | None
    reason: str
    sharpe: Ratio | None
    beyond: BeyondHolding | None
    result: BacktestResult


@dataclass(frozen=True, slots=True)
class Pair:
    """Two strategies, the ``better`` ranked above the ``other``: how much more the tested statistic of the first is.

    ``low`` to ``high`` is the 95 % interval of this pair alone, ``p_holm`` the two-sided ``p`` corrected for all pairs.
    """

    better: str
    other: str
    difference: float
    low: float
    high: float
    p: float
    p_holm: float

    @property
    def told_apart(self) -> bool:
        """True when chance alone would rarely make them differ so much."""
        return self.p_holm <= LEVEL


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What came of it.

    ``start`` and ``end`` (UTC ms, closed-open) are the window they all were run on, ``first_day`` the first of the
    ``n_days`` whole UTC days whose returns were compared. ``tested`` is the statistic whose differences ``pairs``
    tell, in ranking order; ``groups`` are the largest sets of names of which no two are told apart.
    """

    metric: Metric
    tested: Statistic
    start: int
    end: int
    first_day: int
    n_days: int
    block_days: int
    resamples: int
    ranking: tuple[Ranked, ...]
    pairs: tuple[Pair, ...]
    groups: tuple[tuple[str, ...], ...]
    notices: tuple[Notice, ...]

    @property
    def beyond_holding(self) -> tuple[str, ...]:
        """Names of those that are shown to earn something beyond holding, all that are compared counted."""
        return tuple(one.name for one in self.ranking if one.beyond is not None and one.beyond.shown)


def compare(
    specs: Mapping[str, StrategySpec | Mapping[str, object] | str | bytes],
    data: MarketData,
    *,
    metric: Metric = "sharpe",
    start: int | None = None,
    end: int | None = None,
    initial_equity: float = 10_000.0,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Comparison:
    """Run strategies on the window that all have candles for, rank them, and test them: each other, and holding.

    Parameters
    ----------
    specs
        Two to sixteen specs by the names they are told by.
    data
        Where the candles come from. The holdouts stay closed: the window is in the selection part of every one.
    metric
        ``sharpe`` (of whole UTC days), ``net_profit``, ``drawdown`` (the smaller the better) or ``profit_factor``. With
        ``sharpe`` the differences of Sharpe ratios are tested, with the others those of mean daily returns.
    start, end
        UTC milliseconds, closed-open; default as much as there is for all.
    initial_equity
        Quote currency, for each.
    resamples, seed
        Of the bootstrap (`engine.search.differences.paired_differences`).

    Raises
    ------
    EngineInputError
        Fewer than two specs or more than sixteen, an unknown metric, no window or fewer than thirty whole days in
        common.
    SpecError, DataError, HoldoutLocked
        As for a backtest of each.

    Examples
    --------
    >>> from engine import DemoMarket
    >>> from engine.spec.examples import SMA_CROSS
    >>> slow = {**SMA_CROSS, "sizing": {"mode": "percent_equity", "value": 0.05}}
    >>> found = compare({"a tenth": SMA_CROSS, "a twentieth": slow}, DemoMarket(), resamples=199)
    >>> len(found.ranking), found.groups, found.beyond_holding
    (2, (('a twentieth', 'a tenth'),), ())
    """
    from engine.backtest.reading import read_market
    from engine.backtest.run import backtest, checked_spec, window_of
    from engine.judging.holding import holding_returns
    from engine.search.beyond_holding import beyond_holding

    if not 2 <= len(specs) <= MOST:
        raise EngineInputError(f"between 2 and {MOST} strategies can be compared, not {len(specs)}")
    if resamples < FEWEST_RESAMPLES:
        raise EngineInputError(f"resamples is {resamples}: it must be at least {FEWEST_RESAMPLES}")
    if metric not in METRICS:
        raise EngineInputError(f"metric is {metric!r}: it must be one of {', '.join(METRICS)}")
    checked = {name: checked_spec(spec, data) for name, spec in specs.items()}
    windows = {name: window_of(spec, data, start=start, end=end) for name, spec in checked.items()}
    began, ended = _common(windows)
    results = {
        name: backtest(spec, data, start=began, end=ended, initial_equity=initial_equity)
        for name, spec in checked.items()
    }
    first_day, returns = _common_days(results)
    n_days = next(iter(returns.values())).size
    held = {
        name: holding_returns(read_market(spec, data, start=began, end=ended).bars, first_day, n_days)
        for name, spec in checked.items()
    }
    ranking = _ranked(metric, results, returns, beyond_holding(returns, held, resamples=resamples, seed=seed))
    tested: Statistic = "sharpe" if metric == "sharpe" else "mean"
    names = [one.name for one in ranking]
    columns = np.stack([returns[name] for name in names], axis=1)
    found = paired_differences(columns, tested, resamples=resamples, seed=seed)
    pairs = _pairs(names, found)
    apart = [(names.index(pair.better), names.index(pair.other)) for pair in pairs if pair.told_apart]
    return Comparison(
        metric=metric,
        tested=tested,
        start=began,
        end=ended,
        first_day=first_day,
        n_days=n_days,
        block_days=found.block_days,
        resamples=resamples,
        ranking=ranking,
        pairs=pairs,
        groups=tuple(tuple(names[at] for at in group) for group in not_told_apart(len(names), apart)),
        notices=tuple(_notices(checked, windows, results, began, ended)),
    )


def _common(windows: Mapping[str, Window]) -> tuple[int, int]:
    began = max(window.start for window in windows.values())
    ended = min(window.end for window in windows.values())
    if began >= ended:
        told = "; ".join(f"{name}: {utc(one.start)} to {utc(one.end)}" for name, one in windows.items())
        raise EngineInputError(f"there is no window that all of them have candles for: {told}")
    return began, ended


def _common_days(results: Mapping[str, BacktestResult]) -> tuple[int, dict[str, FloatArray]]:
    """Return the first whole UTC day that all runs hold, and the returns of each from there, as many as all hold.

    An account that was liquidated stays at what was left: its later days are flat.
    """
    firsts = {name: -(-int(one.simulation.time[0]) // DAY_MS) for name, one in results.items()}
    first = max(firsts.values())
    last = min(int(one.simulation.close_time[-1]) // DAY_MS for one in results.values())
    if last - first < FEWEST_DAYS:
        raise EngineInputError(
            f"they have {max(0, last - first)} whole days in common: it takes {FEWEST_DAYS} to compare them"
        )
    returns = {}
    for name, result in results.items():
        own = path_of(result.simulation).daily_returns[first - firsts[name] : last - firsts[name]]
        returns[name] = np.concatenate((own, np.zeros(last - first - own.size)))
    return first * DAY_MS, returns


def _ranked(
    metric: Metric,
    results: Mapping[str, BacktestResult],
    returns: Mapping[str, FloatArray],
    beyond: Mapping[str, BeyondHolding],
) -> tuple[Ranked, ...]:
    figure, path = METRICS[metric]
    rows = []
    for name, result in results.items():
        ratio = _ratio(returns[name])
        idle = not len(result.fills)
        value = None if idle else figure(result, ratio)  # doing nothing has no drawdown, and would beat most
        reason = NEVER_TRADED if idle else "" if value is not None else result.statistics.undefined.get(path, NO_RATIO)
        rows.append((value is None, -(value or 0.0), name, value, reason, ratio, result))
    rows.sort(key=lambda row: row[:3])
    return tuple(
        Ranked(place, name, value, reason, ratio, beyond.get(name), result)
        for place, (_, _, name, value, reason, ratio, result) in enumerate(rows, start=1)
    )


def _ratio(returns: FloatArray) -> Ratio | None:
    """Return the annual Sharpe ratio of daily returns with its interval; None where they allow none."""
    from engine.evidence.sharpe import moments, sharpe_interval

    try:
        shape = moments(returns)
        low, high = sharpe_interval(shape)
    except EngineInputError:
        return None
    root = sqrt(DAYS_PER_YEAR)
    return Ratio(shape.sharpe * root, low * root, high * root)


def _pairs(names: Sequence[str], found: Differences) -> tuple[Pair, ...]:
    return tuple(
        Pair(names[one.first], names[one.second], one.value, one.low, one.high, one.p, one.p_holm)
        for one in found.pairs
    )


def _notices(
    specs: Mapping[str, StrategySpec],
    windows: Mapping[str, Window],
    results: Mapping[str, BacktestResult],
    start: int,
    end: int,
) -> Iterator[Notice]:
    """Yield what makes the comparison less than one of like with like."""
    wider = {name: one for name, one in windows.items() if (one.start, one.end) != (start, end)}
    if wider:
        told = "; ".join(f"{name} alone: {utc(one.start)} to {utc(one.end)}" for name, one in wider.items())
        message = f"compared from {utc(start)} to {utc(end)}, which all of them have candles for ({told})"
        yield Notice("COMMON_WINDOW", message, "note", {"start": start, "end": end})
    candles = {
        name: f"{', '.join(result.symbols)} {specs[name].universe.timeframe}" for name, result in results.items()
    }
    if len(set(candles.values())) > 1:
        told = "; ".join(f"{name}: {what}" for name, what in candles.items())
        message = f"the days are the same, the candles are not ({told}): a difference may be that of the markets"
        yield Notice("DIFFERENT_CANDLES", message, "warning", {"candles": candles})
    alike: dict[str, list[str]] = {}
    for name, spec in specs.items():
        alike.setdefault(behaviour_hash(spec), []).append(name)
    for same in alike.values():
        if len(same) > 1:
            yield Notice("SAME_BEHAVIOUR", f"{', '.join(same)} are one strategy under several names", "warning")
    for name, result in results.items():
        if not len(result.fills):
            yield Notice("NEVER_TRADED", f"{name} never traded, so it has no place in the ranking", "warning")
        if result.simulation.liquidated:
            message = f"{name} was liquidated: its later days count as flat"
            yield Notice("LIQUIDATED", message, "warning", {"name": name})


def _sharpe(_: BacktestResult, ratio: Ratio | None) -> float | None:
    return None if ratio is None else ratio.value


def _net_profit(result: BacktestResult, _: Ratio | None) -> float | None:
    return result.summary.net_profit


def _drawdown(result: BacktestResult, _: Ratio | None) -> float | None:
    return 0.0 - result.summary.max_drawdown_pct


def _profit_factor(result: BacktestResult, _: Ratio | None) -> float | None:
    return result.summary.profit_factor


METRICS: dict[str, tuple[Figure, str]] = {
    "sharpe": (_sharpe, "sharpe.daily_ratio"),
    "net_profit": (_net_profit, "net_profit"),
    "drawdown": (_drawdown, "max_drawdown_pct"),
    "profit_factor": (_profit_factor, "profit_factor"),
}
"""What can be ranked by: its value, higher is better, and where a run keeps the reason when it has none."""
