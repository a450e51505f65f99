"""The Sharpe ratio of daily returns, and what it proves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evidence.sharpe import (
    Moments,
    minimum_track_record,
    moments,
    probabilistic_sharpe,
    sharpe_interval,
    sharpe_variance,
)
from engine.metrics.sharpe import DAYS_PER_YEAR, sharpe_ratio
from engine.metrics.undefined import Reason, first_reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.metrics.sharpe import Path
    from engine.metrics.undefined import Undefined

CONFIDENCE = 0.95
NOTHING_KNOWN = Moments(n=0, sharpe=0.0, skewness=0.0, kurtosis=3.0, correlation=0.0)


@dataclass(frozen=True, slots=True)
class SharpeFigures:
    """What the daily returns say about the Sharpe ratio; see `engine.evidence.sharpe` for the formulas.

    ``daily_ratio`` is annual, of whole UTC days (x root 365); ``low_95`` to ``high_95`` is its 95 % interval.
    ``probability_positive`` is the probability that the true ratio is above zero; ``min_track_record_days`` is the
    length of record after which that would be 95 %, were the ratio to stay. Nothing here knows how many strategies
    were tried before this one.
    """

    day_count: int
    daily_ratio: float | None
    low_95: float | None
    high_95: float | None
    probability_positive: float | None
    min_track_record_days: float | None


def sharpe_figures(path: Path, *, short_path: Reason | None, undefined: Undefined) -> SharpeFigures:
    """Return the inference on daily returns; what has no value is told to ``undefined`` under ``sharpe.*``."""
    returns = path.daily_returns
    few = short_path or first_reason((returns.size < 2, Reason.TOO_FEW_RETURNS))
    ratio = None
    if few is None:
        ratio = sharpe_ratio(path.days[1:], initial=float(path.days[0]), periods_per_year=DAYS_PER_YEAR)
    unknown = few or first_reason((ratio is None, Reason.NO_VARIANCE))
    shape = moments(returns) if unknown is None else NOTHING_KNOWN
    wild = unknown or first_reason((sharpe_variance(shape, at=shape.sharpe) <= 0.0, Reason.NO_ERROR_ESTIMATE))
    never = unknown or first_reason((shape.sharpe <= 0.0, Reason.SHARPE_NOT_POSITIVE))
    root = math.sqrt(DAYS_PER_YEAR)

    def value(name: str, reason: Reason | None, compute: Callable[[], float]) -> float | None:
        return undefined.unless(reason, f"sharpe.{name}", compute)

    return SharpeFigures(
        day_count=int(returns.size),
        daily_ratio=value("daily_ratio", unknown, lambda: ratio or 0.0),
        low_95=value("low_95", wild, lambda: sharpe_interval(shape, confidence=CONFIDENCE)[0] * root),
        high_95=value("high_95", wild, lambda: sharpe_interval(shape, confidence=CONFIDENCE)[1] * root),
        probability_positive=value("probability_positive", unknown, lambda: probabilistic_sharpe(shape)),
        min_track_record_days=value(
            "min_track_record_days", never, lambda: minimum_track_record(shape, confidence=CONFIDENCE)
        ),
    )
