"""Does an edge survive prices that are a little different: bars moved by noise, and what the scores on them say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.market.bars import PRICE_FIELDS, make_bars
from engine.metrics.series import finite_series

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from engine.market.bars import Bars

    FloatArray = NDArray[np.float64]

NOISE_SHARE = 0.25
RANGE_BARS = 14
NOISE_RUNS = 100
LARGEST_DROP = 0.3
FEWEST_POSITIVE = 0.8


def noisy_bars(bars: Bars, *, seed: int, share: float = NOISE_SHARE) -> Bars:
    """Return the bars with every price moved a little, times and volumes as they are.

    Each price is multiplied by ``exp(e)``, e normal with deviation ``share`` times the mean true range of the last 14
    bars over the close; the highest of the four is then the high and the lowest the low. A bar is moved by what is
    known at its close.

    Raises
    ------
    EngineInputError
        No bars, or a ``share`` that is negative or not finite.

    Examples
    --------
    >>> bars = make_bars("BTC", "1h", [0, 3_600_000], [100, 101], [102, 103], [99, 100], [101, 102], [5, 6])
    >>> noisy_bars(bars, seed=1).close.round(2).tolist(), noisy_bars(bars, seed=1, share=0.0).high.tolist()
    ([100.6, 102.44], [102.0, 103.0])
    """
    if bars.n_bars == 0:
        raise EngineInputError(f"{bars.symbol} has no bars to move")
    if not (share >= 0 and np.isfinite(share)):
        raise EngineInputError(f"share is {share}: it must be finite and >= 0")
    rng = np.random.Generator(np.random.PCG64(seed))
    deviation = share * mean_true_range(bars) / bars.close
    prices = np.stack([getattr(bars, name) for name in PRICE_FIELDS])
    moved = prices * np.exp(rng.standard_normal(prices.shape) * deviation)
    return make_bars(
        bars.symbol, bars.timeframe, bars.time, moved[0], moved.max(axis=0), moved.min(axis=0), moved[3], bars.volume
    )


def mean_true_range(bars: Bars, length: int = RANGE_BARS) -> FloatArray:
    """Return the mean true range of the last ``length`` bars, of as many as there are at the beginning, in quote.

    >>> bars = make_bars("BTC", "1h", [0, 3_600_000], [100, 101], [102, 104], [99, 100], [101, 102], [5, 6])
    >>> mean_true_range(bars).tolist()
    [3.0, 3.5]
    """
    before = np.concatenate((bars.open[:1], bars.close[:-1]))
    ranges = np.maximum(bars.high, before) - np.minimum(bars.low, before)
    total = np.concatenate(([0.0], np.cumsum(ranges)))
    ends = np.arange(1, bars.n_bars + 1)
    starts = np.maximum(ends - length, 0)
    mean: FloatArray = np.maximum(total[ends] - total[starts], 0.0) / (ends - starts)
    return mean


@dataclass(frozen=True, slots=True)
class NoiseOutcome:
    """``median_drop`` of the score, a fraction of the one without noise; share of the runs above 0; and the verdict."""

    median_drop: float
    positive_share: float
    holds: bool


def noise_outcome(score: float, noisy_scores: ArrayLike) -> NoiseOutcome:
    """Judge runs on `noisy_bars`: the median must fall by less than 30 %, and 80 % of the runs must stay above 0.

    Raises
    ------
    EngineInputError
        ``score`` is not above 0 (there is nothing to lose), no run, or a score that is not finite.

    Examples
    --------
    >>> noise_outcome(2.0, [1.8, 1.5, -0.1, 1.9, 1.7])
    NoiseOutcome(median_drop=0.15, positive_share=0.8, holds=True)
    """
    runs = finite_series("noisy_scores", noisy_scores)
    own = float(finite_series("score", [score])[0])
    if own <= 0:
        raise EngineInputError(f"score is {own}: the noise test asks what is left of a score above 0")
    drop = (own - float(np.median(runs))) / own
    positive = float(np.mean(runs > 0))
    return NoiseOutcome(round(drop, 12), positive, drop < LARGEST_DROP and positive >= FEWEST_POSITIVE)
