"""Buy-and-hold over the same bars, and what the strategy did beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.metrics.drawdown import drawdown
from engine.metrics.series import positive_number
from engine.metrics.sharpe import path_of, sharpe_ratio
from engine.metrics.undefined import Reason, first_reason

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from engine.backtest.result import Simulation
    from engine.metrics.sharpe import Path
    from engine.metrics.undefined import Undefined

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BenchmarkFigures:
    """Buy-and-hold, and the strategy beside it; fractions.

    ``excess_return_fraction`` is the difference of the total returns. ``exposure_matched_excess_fraction`` is what
    the bars earned beyond holding the market at the run's own mean net exposure: the mean over the bars of ``r - e
    x b``, times periods per year (simple, not compounded). ``correlation`` and ``beta`` are of daily returns.
    Where the account was liquidated, the last three end with it.
    """

    return_fraction: float
    max_drawdown_fraction: float
    sharpe_ratio: float | None
    excess_return_fraction: float
    exposure_matched_excess_fraction: float | None
    correlation: float | None
    beta: float | None


def buy_and_hold(opens: ArrayLike, closes: ArrayLike, initial_equity: float, fee_rate: float) -> FloatArray:
    """Equity of buying every asset at its first measured open and holding it.

    Parameters
    ----------
    opens, closes : array_like of float, shape (n_bars, n_assets)
        Prices on the run's clock, finite and > 0; NaN, in both, where an asset has no bar.
    initial_equity : float
        Quote currency, > 0. Each asset is given an equal part of it for good.
    fee_rate : float
        Fee of the purchase as a fraction of its notional, >= 0; paid out of the asset's part. No slippage, no
        funding, nothing is sold.

    Returns
    -------
    ndarray of float64, shape (n_bars,)
        Equity at each bar close. The part of an asset is cash until its first bar (for good when it has none), then
        its quantity at the last known close.

    Raises
    ------
    EngineInputError
        Shapes that differ, a price that is not positive, a bar with one price only, or a number out of bounds.

    Examples
    --------
    >>> buy_and_hold([[100.0], [110.0]], [[105.0], [120.0]], initial_equity=1000.0, fee_rate=0.0).tolist()
    [1050.0, 1200.0]
    """
    starts, ends = np.asarray(opens, dtype=np.float64), np.asarray(closes, dtype=np.float64)
    _check_prices(starts, ends)
    part = positive_number("initial_equity", initial_equity) / starts.shape[1]
    if not 0.0 <= fee_rate < 1.0:
        raise EngineInputError(f"fee_rate is {fee_rate}: it must be in [0, 1)")
    equity = np.zeros(starts.shape[0])
    for asset in range(starts.shape[1]):
        present = np.isfinite(starts[:, asset])
        if not present.any():
            equity += part
            continue
        first = int(np.argmax(present))
        quantity = part / (starts[first, asset] * (1.0 + fee_rate))
        if present.all():
            equity += quantity * ends[:, asset]
            continue
        latest = np.maximum.accumulate(np.where(present, np.arange(present.size), 0))
        equity[:first] += part
        equity[first:] += quantity * ends[latest[first:], asset]
    return equity


def benchmark_figures(
    simulation: Simulation,
    path: Path,
    benchmark: FloatArray,
    *,
    periods_per_year: float,
    mean_net_exposure: float | None,
    short_window: Reason | None,
    short_path: Reason | None,
    undefined: Undefined,
) -> BenchmarkFigures:
    """Compare the run with ``benchmark``, its equity per bar close; what has no value is told under ``benchmark.*``."""
    initial = simulation.initial_equity
    held = path_of(simulation, benchmark)
    own, market = path.daily_returns, held.daily_returns
    flat = first_reason((market.size < 2, Reason.TOO_FEW_RETURNS), (not _varies(market), Reason.BENCHMARK_FLAT))
    still = first_reason((not _varies(own), Reason.NO_VARIANCE))
    no_exposure = first_reason((mean_net_exposure is None, Reason.EQUITY_GONE))
    ratio = sharpe_ratio(benchmark, initial=initial, periods_per_year=periods_per_year)
    no_ratio = short_window or first_reason((ratio is None, Reason.BENCHMARK_FLAT))

    def matched() -> float:
        beyond = path.returns - (mean_net_exposure or 0.0) * held.returns
        return float(np.mean(beyond)) * periods_per_year

    def beta() -> float:
        away = market - market.mean()
        return float(away @ (own - own.mean())) / float(away @ away)

    whole, whole_held = (float(curve[-1]) / initial - 1.0 for curve in (simulation.equity, benchmark))
    return BenchmarkFigures(
        return_fraction=whole_held,
        max_drawdown_fraction=drawdown(benchmark, initial=initial).deepest,
        sharpe_ratio=undefined.unless(no_ratio, "benchmark.sharpe_ratio", lambda: ratio or 0.0),
        excess_return_fraction=whole - whole_held,
        exposure_matched_excess_fraction=undefined.unless(
            short_path or no_exposure, "benchmark.exposure_matched_excess_fraction", matched
        ),
        correlation=undefined.unless(
            short_path or flat or still, "benchmark.correlation", lambda: np.corrcoef(own, market)[0, 1]
        ),
        beta=undefined.unless(short_path or flat, "benchmark.beta", beta),
    )


def _varies(returns: FloatArray) -> bool:
    return returns.size > 1 and float(returns.std()) > 1e-12


def _check_prices(starts: FloatArray, ends: FloatArray) -> None:
    if starts.shape != ends.shape or starts.ndim != 2 or 0 in starts.shape:
        raise EngineInputError(
            f"opens has shape {starts.shape}, closes {ends.shape}: both must be the same (n_bars, n_assets)"
        )
    if starts.min() > 0.0 and ends.min() > 0.0 and max(starts.max(), ends.max()) < np.inf:  # NaN fails it
        return
    for name, prices, other in (("opens", starts, ends), ("closes", ends, starts)):
        wrong = ~((np.isfinite(prices) & (prices > 0.0)) | (np.isnan(prices) & np.isnan(other)))
        if wrong.any():
            bar, asset = (int(at) for at in np.argwhere(wrong)[0])
            raise EngineInputError(
                f"{name}[{bar}, {asset}] is {prices[bar, asset]}: it must be finite and > 0, or NaN in both where the "
                f"asset has no bar ({int(wrong.sum())} of {wrong.size} are not)"
            )
