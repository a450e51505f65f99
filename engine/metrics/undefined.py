"""Figures without a value: None in the summary, and here the reason, for the reader."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING

from engine.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


SHORT_DAYS = 30
"""Days below which nothing is stated per year, nor about the shape of the returns."""


class Reason(Enum):
    """Why a figure has no value; the name is the stable code, the value the sentence."""

    NO_TRADES = "no position was ever opened"
    NO_CLOSED_TRADES = "no trade was closed"
    NO_WINNING_TRADE = "no winning trades"
    NO_LOSING_TRADE = "no losing trades"
    SHORT_WINDOW = "fewer than 30 days were measured"
    GONE_EARLY = "the account was gone before 30 days had passed"
    TOO_FEW_RETURNS = "it takes two returns or more"
    NO_VARIANCE = "the returns do not vary"
    NO_LOSING_BAR = "equity never fell from one bar to the next"
    NO_DRAWDOWN = "equity was never below its peak"
    NOT_RECOVERED = "the deepest drawdown was not recovered by the end"
    EQUITY_GONE = "equity was zero or below"
    BENCHMARK_FLAT = "buy-and-hold does not vary"
    SHARPE_NOT_POSITIVE = "the daily Sharpe ratio is not above zero, so no length of record would prove it"
    NO_ERROR_ESTIMATE = "the moments of the daily returns allow no estimate of the error"
    NO_TAIL = "the 5 % quantile of daily returns is zero"
    OUT_OF_RANGE = "the figure is too large for a number"


class Undefined:
    """Collects the figures that came out without a value, each with its reason."""

    def __init__(self) -> None:
        self._reasons: dict[str, Reason] = {}

    def unless(self, reason: Reason | None, figure: str, compute: Callable[[], float]) -> float | None:
        """Return ``compute()``; or None, remembering why, when there is a reason or no finite outcome.

        >>> undefined = Undefined()
        >>> undefined.unless(None, "payoff", lambda: 2.0)
        2.0
        >>> undefined.unless(Reason.NO_LOSING_TRADE, "payoff", lambda: 2.0) is None
        True
        >>> undefined.reasons()
        {'payoff': 'no losing trades'}
        """
        if reason is None:
            try:
                value = float(compute())
            except OverflowError:
                value = math.inf
            if math.isfinite(value):
                return value
            reason = Reason.OUT_OF_RANGE
        self._reasons[figure] = reason
        return None

    def reasons(self) -> Mapping[str, str]:
        """Return the figures without a value, name to sentence."""
        return {figure: reason.value for figure, reason in self._reasons.items()}

    def notices(self) -> tuple[Notice, ...]:
        """Return one note a reason, with all the figures it took."""
        by_reason: dict[Reason, list[str]] = {}
        for figure, reason in self._reasons.items():
            by_reason.setdefault(reason, []).append(figure)
        return tuple(
            Notice(
                reason.name,
                f"no value for {', '.join(figures)}: {reason.value}",
                kind="note",
                detail={"figures": tuple(figures)},
            )
            for reason, figures in by_reason.items()
        )


def first_reason(*claims: tuple[bool, Reason]) -> Reason | None:
    """Return the reason of the first claim that holds, None when none does."""
    return next((reason for holds, reason in claims if holds), None)
