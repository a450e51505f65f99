"""The Sharpe ratio on the bars and on a grid of UTC days, and the path of the account it is taken from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.kernels.sharpe import fill_day_equity, return_moments, sharpe_of_levels
from engine.market.timeframe import DAY_MS
from engine.metrics.series import finite_series, positive_number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from engine.backtest.result import Simulation

    FloatArray = NDArray[np.float64]

DAYS_PER_YEAR = 365.0
"""Days per year on the UTC-day grid, where every day counts whatever the market's hours."""


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """The account's value as far as it says something: up to the bar of a liquidation, whole otherwise.

    ``initial`` is the value before the first bar, ``levels`` that at each bar close, shape (n,). ``start`` is the
    opening time of the first bar, ``end`` the close of the last one kept (UTC ms). ``days`` holds the values at
    consecutive UTC midnights (`day_levels`), ``stopped`` tells whether the path was cut.
    """

    initial: float
    levels: FloatArray
    start: int
    end: int
    days: FloatArray
    stopped: bool

    @property
    def measured_days(self) -> float:
        """Days from ``start`` to ``end``, with their fraction."""
        return (self.end - self.start) / DAY_MS

    @property
    def returns(self) -> FloatArray:
        """Simple return of each bar, flat bars included, shape (n,)."""
        return simple_returns(self.initial, self.levels)

    @property
    def daily_returns(self) -> FloatArray:
        """Simple return of each whole UTC day, shape (n_days,); may be empty."""
        return simple_returns(float(self.days[0]), self.days[1:]) if self.days.size else self.days


def path_of(simulation: Simulation, curve: FloatArray | None = None) -> Path:
    """Return the path of the account, or of another ``curve`` on the same bars, cut where the account's ends.

    After a liquidation, or once equity is zero or below, nothing can be earned or lost any more: the path ends with
    that bar, and its last day ends at the next UTC midnight.
    """
    equity = simulation.equity
    last = simulation.n_bars - 1
    gone = np.flatnonzero(equity <= 0.0)
    if gone.size:
        last = int(gone[0])
    if simulation.liquidated_bar is not None:
        last = min(last, simulation.liquidated_bar)
    stopped = last < simulation.n_bars - 1 or bool(gone.size) or simulation.liquidated
    levels = np.ascontiguousarray((equity if curve is None else curve)[: last + 1])
    close_time = np.ascontiguousarray(simulation.close_time[: last + 1])
    start = int(simulation.time[0])
    days = day_levels(start, close_time, levels, simulation.initial_equity, finish_last_day=stopped)
    return Path(simulation.initial_equity, levels, start, int(close_time[-1]), days, stopped)


def simple_returns(initial: float, levels: FloatArray) -> FloatArray:
    """Return ``levels[t] / levels[t - 1] - 1``, the first against ``initial``, shape (n,)."""
    returns = np.empty_like(levels)
    returns[:1] = initial
    returns[1:] = levels[:-1]
    np.divide(levels, returns, out=returns)
    returns -= 1.0
    return returns


def day_levels(
    start: int,
    close_time: NDArray[np.int64],
    levels: FloatArray,
    initial: float,
    *,
    finish_last_day: bool = False,
) -> FloatArray:
    """Value of a curve at each UTC midnight.

    The grid runs from the first midnight at or after ``start`` to the last at or before the last close: only whole
    days count. The value at a midnight is that of the last bar that closed at or before it, ``initial`` before
    any bar has closed. It depends on nothing between the midnights.

    Parameters
    ----------
    start : int
        Opening time of the first bar, UTC ms.
    close_time : ndarray of int64, shape (n_bars,)
        When each bar is known, UTC ms, increasing.
    levels : ndarray of float64, shape (n_bars,)
        The curve at each bar close.
    initial : float
        The curve before the first bar.
    finish_last_day : bool
        Take in the midnight after the last close too, for a curve that has come to its end.

    Returns
    -------
    ndarray of float64, shape (n_midnights,)
        Empty when the bars hold no midnight.

    Examples
    --------
    >>> hour = 3_600_000
    >>> close_time = np.arange(1, 49) * hour
    >>> day_levels(0, close_time, np.arange(1.0, 49.0), 0.5).tolist()
    [0.5, 24.0, 48.0]
    """
    first = -(-start // DAY_MS) * DAY_MS
    end = int(close_time[-1])
    last = -(-end // DAY_MS) * DAY_MS if finish_last_day else end // DAY_MS * DAY_MS
    out = np.empty(max(0, (last - first) // DAY_MS + 1), dtype=np.float64)
    fill_day_equity(close_time, levels, float(initial), first, out)
    return out


def sharpe_ratio(equity: ArrayLike, *, initial: float, periods_per_year: float) -> float | None:
    """Annualised Sharpe ratio of an equity curve: ``mean(r) / std(r, ddof=1) * sqrt(periods_per_year)``.

    ``r[t] = equity[t] / equity[t - 1] - 1`` is the simple return of each bar, flat bars included, the risk-free rate 0
    (the collateral is a stable quote currency). Sums run from the first return to the last, so that
    the result is the same to the last bit wherever it is computed.

    Parameters
    ----------
    equity : array_like of float, shape (n_bars,)
        Account value at each bar close; finite, all but the last != 0.
    initial : float
        Account value before the first bar, > 0.
    periods_per_year : float
        Bars in a year, > 0: the annualisation factor.

    Returns
    -------
    float or None
        None for fewer than two returns, or when they do not vary: a deviation of at most 1e-12 x max(1, abs(mean)).

    Raises
    ------
    EngineInputError
        The curve is not one-dimensional, is empty, or not finite; a number is not positive; a return over nothing.

    References
    ----------
    Sharpe, W. (1994). "The Sharpe ratio". Journal of Portfolio Management 21(1).

    Examples
    --------
    >>> round(sharpe_ratio([101.0, 100.0, 102.0], initial=100.0, periods_per_year=365.0), 4)
    8.4091
    >>> sharpe_ratio([100.0, 100.0], initial=100.0, periods_per_year=365.0) is None
    True
    """
    levels = finite_series("equity", equity)
    if (levels[:-1] == 0.0).any():
        at = int(np.argmax(levels == 0.0))
        raise EngineInputError(f"equity[{at}] is 0.0: the next bar has no return over nothing")
    factor = positive_number("periods_per_year", periods_per_year)
    value = float(sharpe_of_levels(positive_number("initial", initial), levels, factor))
    return None if math.isnan(value) else value


def mean_and_deviation(initial: float, levels: FloatArray) -> tuple[float, float]:
    """Return mean and sample deviation (ddof 1) of the simple returns of one bar or more; of one it is NaN."""
    mean, deviation = return_moments(float(initial), levels)
    return float(mean), float(deviation)
