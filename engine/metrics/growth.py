"""Growth and its price: yearly rate, volatility, downside, drawdown spells and the tails of daily returns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.kernels.sharpe import SMALLEST_DEVIATION
from engine.market.timeframe import YEAR_MS
from engine.metrics.drawdown import drawdown, spells
from engine.metrics.sharpe import mean_and_deviation
from engine.metrics.undefined import Reason, first_reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.backtest.result import Simulation
    from engine.metrics.sharpe import Path
    from engine.metrics.undefined import Undefined

    FloatArray = NDArray[np.float64]

TAIL = 0.05


@dataclass(frozen=True, slots=True)
class GrowthFigures:
    """Yearly figures, all fractions or ratios of the bar returns; undefined under 30 days.

    ``cagr_fraction`` is the compound rate per 365 days over the whole window. ``volatility_fraction`` is the
    sample deviation (ddof 1) times the root of periods per year. ``sortino_ratio`` puts the root of the mean of
    ``min(r, 0)^2`` over all bars in the place of the deviation. ``calmar_ratio`` is CAGR over maximum drawdown.
    """

    cagr_fraction: float | None
    volatility_fraction: float | None
    sortino_ratio: float | None
    calmar_ratio: float | None


@dataclass(frozen=True, slots=True)
class DrawdownFigures:
    """The fall below the peak at the bar closes, which starts at the initial equity.

    ``peak_bar``, ``trough_bar`` and ``recovered_bar`` are those of the deepest fall (peak -1 is the start of the
    run); lengths run from the peak to the recovery, to the end of the run where there is none, ``recovery_*`` from
    the trough to the recovery. ``longest_*`` is the longest spell, which need not be the deepest. ``*_ms`` is time
    between the bar closes. ``under_water_fraction`` is the share of bars below the peak, ``final_fraction`` the
    depth at the end.
    """

    max_fraction: float
    peak_bar: int | None
    trough_bar: int | None
    recovered_bar: int | None
    length_bars: int
    length_ms: int
    recovery_bars: int | None
    recovery_ms: int | None
    longest_bars: int
    longest_ms: int
    under_water_fraction: float
    final_fraction: float


@dataclass(frozen=True, slots=True)
class DailyFigures:
    """Shape of the returns of whole UTC days, fractions.

    ``skewness`` and ``kurtosis`` (raw, 3 for a normal) divide by n. ``value_at_risk_95_fraction`` is minus the 5 %
    quantile (linear interpolation), ``expected_shortfall_95_fraction`` minus the mean of the days at or below it:
    positive figures are losses. ``tail_ratio`` is the 95 % quantile over the size of the 5 % quantile.
    """

    day_count: int
    mean_fraction: float | None
    best_fraction: float | None
    worst_fraction: float | None
    skewness: float | None
    kurtosis: float | None
    value_at_risk_95_fraction: float | None
    expected_shortfall_95_fraction: float | None
    tail_ratio: float | None


def cagr(growth: float, span_ms: int) -> float:
    """Compound yearly rate of growing to ``growth`` times the start over ``span_ms``; years have 365 days.

    >>> round(cagr(1.21, 2 * YEAR_MS), 6)
    0.1
    """
    return float(growth ** (YEAR_MS / span_ms)) - 1.0


def downside_deviation(returns: FloatArray) -> float:
    """Root of the mean of ``min(r, 0)^2`` over all returns (target 0).

    References
    ----------
    Sortino, F. and Price, L. (1994). "Performance measurement in a downside risk framework".
    """
    return math.sqrt(float(np.mean(np.minimum(returns, 0.0) ** 2)))


def growth_figures(
    simulation: Simulation,
    path: Path,
    *,
    periods_per_year: float,
    short_window: Reason | None,
    short_path: Reason | None,
    max_drawdown: float,
    undefined: Undefined,
) -> GrowthFigures:
    """Return the yearly figures; what has no value is told to ``undefined`` under ``growth.*``."""
    grown = float(simulation.equity[-1]) / simulation.initial_equity
    span_ms = int(simulation.close_time[-1]) - int(simulation.time[0])
    mean, deviation = mean_and_deviation(path.initial, path.levels)
    downside = downside_deviation(path.returns)
    no_rate = short_window or first_reason((grown <= 0.0, Reason.EQUITY_GONE))
    no_calmar = no_rate or first_reason((max_drawdown == 0.0, Reason.NO_DRAWDOWN))
    no_spread = short_path or first_reason((path.levels.size < 2, Reason.TOO_FEW_RETURNS))
    no_downside = short_path or first_reason((downside == 0.0, Reason.NO_LOSING_BAR))
    root = math.sqrt(periods_per_year)
    return GrowthFigures(
        cagr_fraction=undefined.unless(no_rate, "growth.cagr_fraction", lambda: cagr(grown, span_ms)),
        volatility_fraction=undefined.unless(no_spread, "growth.volatility_fraction", lambda: deviation * root),
        sortino_ratio=undefined.unless(no_downside, "growth.sortino_ratio", lambda: mean / downside * root),
        calmar_ratio=undefined.unless(no_calmar, "growth.calmar_ratio", lambda: cagr(grown, span_ms) / max_drawdown),
    )


def drawdown_figures(simulation: Simulation, undefined: Undefined) -> DrawdownFigures:
    """Return depth and length of the falls; a recovery that did not come is told under ``drawdown.*``."""
    fall = drawdown(simulation.equity, initial=simulation.initial_equity)
    last = simulation.n_bars - 1
    known = np.concatenate((simulation.time[:1], simulation.close_time))  # known[bar + 1]: the close of a bar

    def elapsed(first: int, end: int) -> int:
        return int(known[end + 1] - known[first + 1])

    falls = spells(fall.depth)
    common = {
        "under_water_fraction": float(np.mean(fall.depth > 0.0)),
        "final_fraction": float(fall.depth[-1]),
        "max_fraction": fall.deepest,
    }
    if fall.trough is None:
        for name in ("recovery_bars", "recovery_ms"):
            undefined.unless(Reason.NO_DRAWDOWN, f"drawdown.{name}", float)
        return DrawdownFigures(
            peak_bar=None,
            trough_bar=None,
            recovered_bar=None,
            length_bars=0,
            length_ms=0,
            recovery_bars=None,
            recovery_ms=None,
            longest_bars=0,
            longest_ms=0,
            **common,
        )
    ends = [last if spell.recovered is None else spell.recovered for spell in falls]
    deepest = next(spell for spell, end in zip(falls, ends, strict=True) if spell.peak < fall.trough <= end)
    back = deepest.recovered
    if back is None:
        for name in ("recovery_bars", "recovery_ms"):
            undefined.unless(Reason.NOT_RECOVERED, f"drawdown.{name}", float)
    return DrawdownFigures(
        peak_bar=deepest.peak,
        trough_bar=fall.trough,
        recovered_bar=back,
        length_bars=deepest.length_bars,
        length_ms=elapsed(deepest.peak, last if back is None else back),
        recovery_bars=None if back is None else back - fall.trough,
        recovery_ms=None if back is None else elapsed(fall.trough, back),
        longest_bars=max(spell.length_bars for spell in falls),
        longest_ms=max(elapsed(spell.peak, end) for spell, end in zip(falls, ends, strict=True)),
        **common,
    )


def daily_figures(returns: FloatArray, *, short_path: Reason | None, undefined: Undefined) -> DailyFigures:
    """Return the shape of daily returns; what has no value is told to ``undefined`` under ``daily.*``."""
    few = short_path or first_reason((returns.size < 2, Reason.TOO_FEW_RETURNS))
    spread = float(returns.std()) if returns.size else 0.0
    still = few or first_reason((spread <= SMALLEST_DEVIATION, Reason.NO_VARIANCE))
    low, high = (float(np.quantile(returns, q)) if returns.size else 0.0 for q in (TAIL, 1.0 - TAIL))
    no_tail = few or first_reason((low == 0.0, Reason.NO_TAIL))

    def value(name: str, reason: Reason | None, compute: Callable[[], float]) -> float | None:
        return undefined.unless(reason, f"daily.{name}", compute)

    def moment(power: int) -> float:
        return float(np.mean(((returns - returns.mean()) / spread) ** power))

    return DailyFigures(
        day_count=int(returns.size),
        mean_fraction=value("mean_fraction", few, lambda: float(returns.mean())),
        best_fraction=value("best_fraction", few, lambda: float(returns.max())),
        worst_fraction=value("worst_fraction", few, lambda: float(returns.min())),
        skewness=value("skewness", still, lambda: moment(3)),
        kurtosis=value("kurtosis", still, lambda: moment(4)),
        value_at_risk_95_fraction=value("value_at_risk_95_fraction", few, lambda: -low),
        expected_shortfall_95_fraction=value(
            "expected_shortfall_95_fraction", few, lambda: -float(returns[returns <= low].mean())
        ),
        tail_ratio=value("tail_ratio", no_tail, lambda: high / abs(low)),
    )
