"""What a sweep came to: one figure of every candidate beside the other, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from engine.spec.problems import Problem

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Swept:
    """The figures of every candidate, arrays of shape (n_candidates,) in the order they were given.

    They are those of `engine.backtest.run.backtest` with ``finer=False``: ``end_equity``, ``end_cash``,
    ``max_drawdown`` and ``sharpe_daily`` to the last bit. NaN is undefined: a share or ratio without trades, a Sharpe
    ratio under thirty days, and everything of a candidate that is no valid spec.

    ``overrides``
        What each candidate changes.
    ``problems``
        By number, why a candidate is no valid spec.
    ``bar_by_bar``
        By number, why a candidate was simulated bar by bar and not from event to event.
    ``start``, ``end``
        The measured window, UTC ms, closed-open.
    ``sharpe_daily``
        Annual, of whole UTC days.
    ``ambiguous_bars``
        Bars that touched both the stop and the target: the stop is taken to have come first.
    ``bars_held``
        Bars from the entry to the exit of every position, or to the last bar.
    ``daily_returns``, ``first_day``
        Simple returns of the whole UTC days from ``first_day`` (UTC ms) on, float32 of shape (n_candidates, n_days), 0
        on flat days; None where they were not asked for or there is no whole day.
    """

    overrides: tuple[Mapping[str, Any], ...]
    problems: Mapping[int, tuple[Problem, ...]]
    bar_by_bar: Mapping[int, str]
    start: int
    end: int
    initial_equity: float
    end_equity: FloatArray
    end_cash: FloatArray
    max_drawdown: FloatArray
    sharpe_daily: FloatArray
    trade_count: FloatArray
    win_count: FloatArray
    gross_won: FloatArray
    gross_lost: FloatArray
    fees_paid: FloatArray
    fill_count: FloatArray
    ambiguous_bars: FloatArray
    bars_held: FloatArray
    daily_returns: NDArray[np.float32] | None = None
    first_day: int | None = None

    def __len__(self) -> int:
        return len(self.overrides)

    @property
    def net_profit(self) -> FloatArray:
        """Last equity minus initial equity, quote currency."""
        return self.end_equity - self.initial_equity

    @property
    def returns(self) -> FloatArray:
        """The same over the initial equity, a fraction."""
        return self.end_equity / self.initial_equity - 1.0

    @property
    def win_rate(self) -> FloatArray:
        """Share of closed trades with a net profit; NaN without a closed trade."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.win_count / self.trade_count

    @property
    def profit_factor(self) -> FloatArray:
        """Sum of wins over sum of losses of closed trades, net; NaN without a losing trade."""
        lost = np.where(self.gross_lost < 0.0, self.gross_lost, np.nan)
        return self.gross_won / -lost

    def to_frame(self) -> pd.DataFrame:
        """Return a DataFrame with a row for each candidate: its overrides, its figures and what is wrong with it."""
        import pandas as pd

        figures = ("net_profit", "returns", "max_drawdown", "sharpe_daily", "trade_count", "win_rate", "profit_factor")
        told = pd.DataFrame([dict(one) for one in self.overrides], index=range(len(self)))
        wrong = [str(self.problems[number][0]) if number in self.problems else "" for number in range(len(self))]
        columns = {name: getattr(self, name) for name in (*figures, "fees_paid", "bars_held")}
        return told.assign(**columns, problem=wrong)
