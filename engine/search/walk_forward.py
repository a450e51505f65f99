"""Walk-forward: a strategy chosen again and again on the past, each time judged by the days that follow."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import EngineInputError, SpecError
from engine.market.timeframe import DAY_MS, DURATION_MS
from engine.metrics.sharpe import DAYS_PER_YEAR, path_of
from engine.notices import Notice
from engine.search.folds import Fold, cut_folds
from engine.search.held import held_equity
from engine.search.purge import holding_ms, purge_days
from engine.spec.overrides import apply_overrides

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.backtest.result import BacktestResult
    from engine.market.bars import MarketData
    from engine.search.folds import Scheme
    from engine.spec.models import StrategySpec

    FloatArray = NDArray[np.float64]
    Overrides = Mapping[str, Any]
    Choose = Callable[[int, int], Overrides | None]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a stretch of days came to; ratios and means are annual, of whole UTC days.

    ``sharpe`` is None where the days do not vary or there are under two of them, ``low`` and ``high``, the ends of its
    95 % interval, where the days allow none. ``max_drawdown`` is of day ends, a fraction.
    """

    n_days: int
    total_return: float
    mean_return: float
    sharpe: float | None
    low: float | None
    high: float | None
    max_drawdown: float


@dataclass(frozen=True, slots=True)
class Walked:
    """A fold, what was chosen on its train window, and what came of it.

    ``overrides`` and ``in_sample`` are None where nothing was worth trading: the test is in cash then. What is in
    sample was chosen for being good and is no estimate.
    """

    fold: Fold
    overrides: Overrides | None
    in_sample: Figures | None
    out_of_sample: Figures
    trade_count: int


@dataclass(frozen=True, slots=True, eq=False)
class WalkForward:
    """The folds, and their test windows stitched together.

    ``first_day`` (UTC ms) is the first test day; ``daily_returns`` and ``equity`` (at the end of each day, quote
    currency) have shape (n_days,), and so has ``holding``: what the same account would be worth had it bought on the
    first test day and held (`engine.search.held.held_equity`). ``probability_positive`` is that of a true Sharpe ratio
    above 0, None where the days allow none: it knows nothing of how often the whole was repeated.
    """

    purge_days: int
    embargo_days: int
    folds: tuple[Walked, ...]
    first_day: int
    daily_returns: FloatArray
    initial_equity: float
    equity: FloatArray
    holding: FloatArray
    figures: Figures
    probability_positive: float | None
    notices: tuple[Notice, ...]

    @property
    def efficiency(self) -> float | None:
        """Annual mean return of the tests over that of the train windows, None where the latter is not positive.

        For information: it says less about the future than the stitched returns themselves do.
        """
        chosen = [one.in_sample.mean_return for one in self.folds if one.in_sample is not None]
        expected = sum(chosen) / len(self.folds)
        return self.figures.mean_return / expected if expected > 0.0 else None

    @property
    def share_above_zero(self) -> float:
        """Share of the test windows that earned something."""
        return sum(one.out_of_sample.total_return > 0.0 for one in self.folds) / len(self.folds)

    @property
    def worst(self) -> Walked:
        """The fold whose test lost most, or earned least."""
        return min(self.folds, key=lambda one: one.out_of_sample.total_return)


def walk_forward(
    spec: StrategySpec | Mapping[str, object] | str | bytes,
    data: MarketData,
    choose: Choose,
    *,
    scheme: Scheme = "anchored",
    folds: int = 5,
    train_fraction: float = 0.5,
    purge: int | None = None,
    embargo: int = 0,
    candidates: Sequence[Overrides] = ({},),
    start: int | None = None,
    end: int | None = None,
    initial_equity: float = 10_000.0,
    ran: Callable[[Fold, StrategySpec, BacktestResult], None] | None = None,
) -> WalkForward:
    """Choose on each train window, run the choice on the test window after it, and stitch the tests together.

    Everything lies inside the selection part. Each test begins with the equity the one before ended with, and flat: a
    position open at a test's end is marked there and not carried over.

    Parameters
    ----------
    choose : callable
        Takes the start and end of a train window (UTC ms, closed-open) and returns overrides, or None for nothing
        worth trading. It must look at no bar from that end on; `grid_choice` does not.
    scheme, folds, train_fraction
        How the window is cut (`engine.search.folds.cut_folds`).
    purge, embargo : int
        Days left out before each test. Default of ``purge``: what the longest of ``candidates`` looks back on and may
        hold, and a day.
    candidates
        What may be chosen, as far as it decides the purge: of a grid its longest lengths will do. Default the spec as
        it is.
    start, end
        UTC ms, closed-open; default the selection part.
    initial_equity
        Quote currency.

    Raises
    ------
    EngineInputError
        Windows too short, a timeframe above a day, no candidate, or a choice that reaches further than the purge.
    SpecError
        The spec or a choice is no valid spec.
    DataError, WindowError, HoldoutLocked
        As for a backtest.

    Examples
    --------
    >>> from engine import DemoMarket
    >>> from engine.spec.examples import SMA_CROSS
    >>> market, lengths = DemoMarket(), [{"indicators.sma_fast.inputs.length": n} for n in (5, 10, 20)]
    >>> walked = walk_forward(SMA_CROSS, market, grid_choice(SMA_CROSS, market, lengths), candidates=lengths, folds=3)
    >>> len(walked.folds), walked.equity.shape == walked.daily_returns.shape, walked.purge_days
    (3, True, 4)
    """
    from engine.backtest.run import backtest, checked_spec, window_of

    checked = checked_spec(spec, data)
    if DURATION_MS[checked.universe.timeframe] > DAY_MS:
        raise EngineInputError(f"timeframe is {checked.universe.timeframe}: walk-forward windows are cut at midnights")
    window = window_of(checked, data, start=start, end=end)
    needed = purge_days(_candidate(checked, overrides, data) for overrides in candidates)
    purge = needed if purge is None else purge
    cut = cut_folds(
        window.start,
        window.end,
        folds=folds,
        scheme=scheme,
        purge_days=purge,
        embargo_days=embargo,
        train_fraction=train_fraction,
    )
    walked, returns, equity, held = [], [], initial_equity, 0
    for fold in cut:
        overrides = choose(fold.train_start, fold.train_end)
        if overrides is None or equity <= 0.0:
            days = np.zeros((fold.test_end - fold.test_start) // DAY_MS)
            walked.append(Walked(fold, None, None, _figures(days), 0))
        else:
            chosen = _candidate(checked, overrides, data)
            _refuse_reach(chosen, overrides, max(purge, needed))
            past = backtest(chosen, data, start=fold.train_start, end=fold.train_end, initial_equity=initial_equity)
            then = backtest(chosen, data, start=fold.test_start, end=fold.test_end, initial_equity=equity)
            if ran is not None:
                ran(fold, chosen, then)
            days = _days_of(then, fold.test_start, fold.test_end)
            before = _days_of(past, fold.train_start, fold.train_end)
            count = then.summary.trade_count
            walked.append(Walked(fold, dict(overrides), _figures(before), _figures(days), count))
            equity = float(then.equity[-1])
            held += sum(trade.exit_time is None for trade in then.trades)
        returns.append(days)
    daily: FloatArray = np.concatenate(returns)
    curve = np.asarray(initial_equity * np.cumprod(1.0 + daily), dtype=np.float64)
    return WalkForward(
        purge_days=purge,
        embargo_days=embargo,
        folds=tuple(walked),
        first_day=cut[0].test_start,
        daily_returns=daily,
        initial_equity=initial_equity,
        equity=curve,
        holding=held_equity(checked, data, cut[0].test_start, cut[-1].test_end, initial_equity=initial_equity),
        figures=_figures(daily),
        probability_positive=_probability(daily),
        notices=tuple(_notices(checked, needed, purge, walked, held, equity)),
    )


def grid_choice(
    spec: StrategySpec | Mapping[str, object] | str | bytes,
    data: MarketData,
    candidates: Sequence[Overrides],
    *,
    threads: int = 1,
) -> Choose:
    """Return a choice of the candidate with the highest daily Sharpe ratio; None where none has traded.

    Of equal ones the first is taken.
    """
    from engine.sweeps.run import Arena

    arena = Arena(data)

    def choose(start: int, end: int) -> Overrides | None:
        swept = arena.sweep(spec, candidates, start=start, end=end, threads=threads)
        ratios = np.where((swept.fill_count > 0) & np.isfinite(swept.sharpe_daily), swept.sharpe_daily, -np.inf)
        best = int(ratios.argmax())
        return candidates[best] if np.isfinite(ratios[best]) else None

    return choose


def _candidate(spec: StrategySpec, overrides: Overrides, data: MarketData) -> StrategySpec:
    changed = apply_overrides(spec, overrides, catalog=data)
    if changed.spec is None:
        raise SpecError([problem for problem in changed.problems if problem.severity == "error"])
    return changed.spec


def _refuse_reach(chosen: StrategySpec, overrides: Overrides, allowed: int) -> None:
    reach = purge_days([chosen])
    if reach > allowed:
        raise EngineInputError(
            f"{dict(overrides)} was chosen, which reaches over {reach} days, the purge is {allowed}: name every "
            "candidate, or a longer purge"
        )


def _days_of(result: BacktestResult, start: int, end: int) -> FloatArray:
    """Return the returns of every day of [start, end), both midnights; 0 where there are no candles or no account."""
    own = path_of(result.simulation).daily_returns
    days = np.zeros((end - start) // DAY_MS)
    first = -(-int(result.simulation.time[0]) // DAY_MS) - start // DAY_MS
    days[first : first + own.size] = own[: days.size - first]
    return days


def _figures(days: FloatArray) -> Figures:
    from engine.evidence.sharpe import moments, sharpe_interval

    levels = np.cumprod(np.concatenate(([1.0], 1.0 + days)))
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    root = sqrt(DAYS_PER_YEAR)
    try:
        shape = moments(days)
        ratio = shape.sharpe * root
        low, high = (end * root for end in sharpe_interval(shape))
    except EngineInputError:  # days that do not vary, or allow no error
        pass
    return Figures(
        n_days=int(days.size),
        total_return=float(levels[-1]) - 1.0,
        mean_return=float(days.mean()) * DAYS_PER_YEAR,
        sharpe=ratio,
        low=low,
        high=high,
        max_drawdown=float(np.max(1.0 - levels / np.maximum.accumulate(levels))),
    )


def _probability(days: FloatArray) -> float | None:
    from engine.evidence.sharpe import moments, probabilistic_sharpe

    try:
        return probabilistic_sharpe(moments(days))
    except EngineInputError:
        return None


def _notices(
    spec: StrategySpec, needed: int, purge: int, walked: Sequence[Walked], held: int, equity: float
) -> Iterator[Notice]:
    if purge < needed:
        message = f"the purge is {purge} days, what may be chosen looks back and holds over {needed}"
        yield Notice("PURGE_TOO_SHORT", message, "warning", {"purge": purge, "needed": needed})
    if holding_ms(spec) is None:
        message = "no time limit says how long a position may be held, so holding adds nothing to the purge"
        yield Notice("HOLDING_UNLIMITED", message, "note")
    idle = sum(one.overrides is None for one in walked)
    if idle:
        yield Notice(
            "NOTHING_CHOSEN", f"in {idle} of {len(walked)} folds nothing was chosen: cash", "note", {"folds": idle}
        )
    if held:
        message = f"{held} positions were open at the end of a test: marked there, the cost of leaving them is not in"
        yield Notice("OPEN_AT_THE_END", message, "note", {"positions": held})
    if equity <= 0.0:
        yield Notice("RUINED", "nothing was left of the account: the folds after that are in cash", "warning")
