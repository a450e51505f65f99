"""What is known of a holdout that no look was taken into: whether it was seen, and whether a look can be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.evidence.families import families_in, family_text
from engine.evidence.verdict import FEWEST_HOLDOUT_DAYS
from engine.judging.look import LookRefused, look_window, refuse_spent
from engine.market.quality import iso, utc
from engine.market.timeframe import DAY_MS
from engine.search.purge import purge_days

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.backtest.result import Holdout
    from engine.evidence.looks import Look
    from engine.judging.look import LookWindow, Windowed

NOBODY_LOOKED = "nobody looked into the holdout: nothing confirms the selection part"


@dataclass(frozen=True, slots=True)
class HoldoutState:
    """A holdout as it is known without a look.

    ``holdout`` is None where the data is too short for one. ``seen`` is what runs of the owner saw of it, ``seen_as``
    the families whose trials these were, where that is known, ``renamed`` whether any of these is not what the strategy
    trades by name but the same candles. ``unseen_days`` counts the whole days after what was seen. ``window`` is what
    the next look would be taken at, ``number`` which look that is, ``broken_off`` whether it was written down before
    and is one of those taken already; where none can be had they are None, and ``code`` and ``why`` say so as
    `LookRefused` does.
    """

    holdout: Holdout | None
    seen: Look | None
    seen_as: tuple[str, ...]
    renamed: bool
    unseen_days: int
    window: LookWindow | None
    number: int | None = None
    broken_off: bool = False
    code: str | None = None
    why: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as the holdout's part of a card without a look."""
        known: dict[str, Any] = {}
        if self.holdout is not None:
            known = {"start": iso(self.holdout.start), "end": iso(self.holdout.end), "seen": self.seen is not None}
            known["unseenDays"] = self.unseen_days
        if self.seen is not None:
            known |= {"openedAt": iso(self.seen.time), "seenUntil": iso(self.seen.until), "seenBy": self.seen_by}
            known |= {"seenAs": list(self.seen_as)} if self.seen_as else {}
        known["lookPossible"] = self.window is not None
        if self.window is None:
            known["noLook"] = {"code": self.code, "message": self.why, "leastDays": FEWEST_HOLDOUT_DAYS}
        else:
            known["nextLook"] = {
                "number": self.number,
                **({"brokenOff": True} if self.broken_off else {}),
                "start": iso(self.window.start),
                "end": iso(self.window.end),
                "days": self.window.days,
                "purgeDays": self.window.purge_days,
            }
        return known

    @property
    def seen_by(self) -> str:
        """Which runs saw it, in words; empty where it is unseen."""
        if self.seen is None:
            return ""
        under = f", as {' and '.join(self.seen_as)}" if self.renamed else ""
        return f"by runs of yours, the first on {utc(self.seen.time)[:10]}{under}"

    @property
    def message(self) -> str:
        """Why nothing confirms the selection part, in a sentence."""
        if self.seen is None:
            return NOBODY_LOOKED if self.why is None else f"no look into a holdout can be had: {self.why}"
        seen = f"the holdout is SEEN until {utc(self.seen.until)} ({self.seen_by})"
        if self.window is not None:
            days = f"{self.window.days} days from {utc(self.window.start)[:10]} on"
            return f"{seen}, no look was taken into later days: the next takes {days}"
        return f"{seen}: {self.why}"


def holdout_state(
    case: Windowed,
    *,
    looks_taken: int,
    seen: Look | None = None,
    seen_as: Sequence[str] = (),
    announced: Callable[[LookWindow], int | None] = lambda window: None,
) -> HoldoutState:
    """Return what is known of the holdout behind a selection part; nothing of it is read.

    Parameters
    ----------
    case : Windowed
        The strategy and its window.
    looks_taken : int
        Looks that the holdout has had.
    seen : Look, optional
        What runs of the owner have seen of it.
    seen_as : sequence of str
        The families that these runs were on, by whatever name.
    announced : callable, optional
        Tells which look at some days was written down and broken off, None where none was: it is one of those taken.
    """
    holdout = case.window.holdout
    own = families_in(family_text(case.spec.universe.assets))
    seen_until = None if seen is None else seen.until
    window, held, refused = None, None, None
    try:
        window = look_window(case, seen_until=seen_until)
        held = announced(window)
        if held is None:
            refuse_spent(looks_taken)
    except LookRefused as error:
        window, refused = None, error
    unseen = 0
    if holdout is not None:
        unseen = max(0, holdout.end // DAY_MS - -(-max(holdout.start, seen_until or 0) // DAY_MS))
    return HoldoutState(
        holdout=holdout,
        seen=seen,
        seen_as=tuple(sorted(seen_as)),
        renamed=not own.issuperset(seen_as),
        unseen_days=unseen,
        window=window,
        number=None if window is None else held or looks_taken + 1,
        broken_off=held is not None,
        code=None if refused is None else refused.code,
        why=None if refused is None else _why(refused, case, unseen, seen_until),
    )


def _why(refused: LookRefused, case: Windowed, unseen_days: int, seen_until: int | None) -> str:
    if refused.code != "HOLDOUT_SHORT" or seen_until is None:
        return str(refused)
    left = f"{unseen_days} unseen {'day is' if unseen_days == 1 else 'days are'} left"
    purge = purge_days([case.spec])
    return f"{left}, a look takes {FEWEST_HOLDOUT_DAYS} after {purge} of purge; only later data can validate"
