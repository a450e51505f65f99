"""One look into the holdout: fixed beforehand, run once, of which p-values come back and no return of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.errors import EngineInputError
from engine.evidence.beyond import beyond_market
from engine.evidence.combined import LOOKS, look_alpha
from engine.evidence.holdout_evidence import holdout_p
from engine.evidence.verdict import FEWEST_HOLDOUT_DAYS, HoldoutEvidence
from engine.judging.holding import holding_returns
from engine.market.quality import iso, utc
from engine.market.timeframe import DAY_MS
from engine.search.purge import purge_days

if TYPE_CHECKING:
    from engine.backtest.window import Window
    from engine.judging.selection import SelectionCase
    from engine.market.bars import MarketData
    from engine.spec.models import StrategySpec
    from engine.sweeps.run import Arena


class Windowed(Protocol):
    """A strategy and where its selection part ends: a `SelectionCase`, or what is known before one is made."""

    @property
    def spec(self) -> StrategySpec:
        """The strategy."""

    @property
    def window(self) -> Window:
        """Its selection part, with the holdout behind it."""


class LookRefused(EngineInputError):
    """No look can be had; ``code`` says why: NO_HOLDOUT, HOLDOUT_SHORT or LOOKS_SPENT."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class LookWindow:
    """The days that a look is taken at, UTC ms, closed-open, both at midnight.

    ``purge_days`` are left out before them, so that no decision there rests on a trade of the selection part.
    """

    start: int
    end: int
    purge_days: int

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.end - self.start) // DAY_MS


@dataclass(frozen=True, slots=True)
class LookResult(HoldoutEvidence):
    """What a look said, and the first of the days that it measured, UTC ms at midnight; 0 where it measured none.

    They may be fewer than those of its window: candles can begin later or end earlier.
    """

    first_day: int = 0

    @property
    def measured(self) -> dict[str, str]:
        """The first and the last day that it measured, ISO 8601; nothing where there is none."""
        if not self.days:
            return {}
        last = self.first_day + (self.days - 1) * DAY_MS
        return {"firstDay": iso(self.first_day)[:10], "lastDay": iso(last)[:10]}


def look_window(case: Windowed, *, seen_until: int | None = None) -> LookWindow:
    """Return what of the holdout a look is taken at: all that nobody has seen, less the purge.

    Parameters
    ----------
    seen_until : int, optional
        How far the owner has run into it with eyes open, UTC ms: only days after that can tell anything.

    Raises
    ------
    LookRefused
        The data is too short for a holdout, or fewer than 60 days of it are left.
    """
    holdout = case.window.holdout
    if holdout is None:
        raise LookRefused("NO_HOLDOUT", "under 600 days of data nothing is held back: there is nothing to look at")
    purge = purge_days([case.spec])
    begin = max(holdout.start, -(-(seen_until or 0) // DAY_MS) * DAY_MS)
    window = LookWindow(begin + purge * DAY_MS, holdout.end // DAY_MS * DAY_MS, purge)
    if window.days < FEWEST_HOLDOUT_DAYS:
        seen = "" if seen_until is None else f", of which everything until {utc(seen_until)} was seen"
        raise LookRefused(
            "HOLDOUT_SHORT",
            f"the holdout from {utc(holdout.start)} to {utc(holdout.end)}{seen} leaves {max(0, window.days)} days "
            f"after {purge} of purge: a look takes {FEWEST_HOLDOUT_DAYS}; only later data can validate",
        )
    return window


def alpha_left(looks_taken: int) -> float:
    """Return the error the next look into a holdout may make, 0 when its five looks are spent.

    >>> round(alpha_left(1), 4), alpha_left(5)
    (0.0076, 0.0)
    """
    return look_alpha(looks_taken + 1) if looks_taken < LOOKS else 0.0


def refuse_spent(looks_taken: int) -> None:
    """Refuse a look into a holdout that has had its five.

    Raises
    ------
    LookRefused
    """
    if looks_taken >= LOOKS:
        raise LookRefused(
            "LOOKS_SPENT", f"the holdout has had its {LOOKS} looks and is used up: only later data can validate"
        )


def look_into(
    case: SelectionCase, data: MarketData, window: LookWindow, *, look: int, arena: Arena | None = None
) -> LookResult:
    """Run the champion on the holdout and return what the look says.

    Its returns stay here; it begins flat on the first day. ``p`` is that of its returns beyond the market, ``p_plain``
    that of the returns as they are (`engine.evidence.holdout_evidence.holdout_p`).

    Parameters
    ----------
    look : int
        Which look of its family this is, 1 to 5; it must have been registered before.

    Raises
    ------
    EngineInputError
        A sixth look.
    DataError, WindowError
        As for a backtest.
    """
    from engine.backtest.reading import read_market
    from engine.sweeps.run import Arena

    look_alpha(look)
    spec, equity = case.spec, case.initial_equity
    read = read_market(spec, data, start=window.start, end=window.end, full_window=True)
    swept = (Arena(data) if arena is None else arena).sweep(
        spec, start=window.start, end=window.end, initial_equity=equity, full_window=True, daily_returns=True
    )
    if swept.daily_returns is None or swept.first_day is None:
        return LookResult(look=look, p=1.0, p_plain=1.0, days=0)
    own = swept.daily_returns[0].astype(np.float64)
    beyond = beyond_market(own, holding_returns(read.bars, swept.first_day, own.size))[0]
    return LookResult(
        look=look,
        p=holdout_p(beyond, seed=case.seed),
        p_plain=holdout_p(own, seed=case.seed),
        days=int(own.size),
        first_day=swept.first_day,
    )
