"""The true Sharpe ratio of rules on a planted edge: what they earn over far more years than anybody trades."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.honesty.loop import days_of
from benchmarks.honesty.markets import assets_of, planted_market
from benchmarks.honesty.rules import base_spec
from engine.metrics.sharpe import DAYS_PER_YEAR
from engine.sweeps.run import sweep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.honesty.rules import Overrides

MARKETS, YEARS = 24, 6
FIRST_NUMBER = 5_000_000
"""Numbers that no session has."""


def true_sharpes(
    edge: str, sharpe: float, rules: Sequence[Overrides], *, fee_rate: float, markets: int = MARKETS
) -> list[float]:
    """Return the annual Sharpe ratio of each rule, of daily returns, over other noise with the same edge.

    Six years a market, 144 in all, make a standard error of 1 / 12.
    """
    days = []
    for number in range(FIRST_NUMBER, FIRST_NUMBER + markets):
        market = planted_market(edge, number, sharpe=sharpe, years=YEARS)
        spec = base_spec(assets_of(market), fee_rate=fee_rate)
        days.append(days_of(sweep(spec, market, rules, full_window=True, daily_returns=True))[0].astype(np.float64))
    earned = np.hstack(days)
    return [float(one.mean() / one.std(ddof=1)) * sqrt(DAYS_PER_YEAR) for one in earned]
