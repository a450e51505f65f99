"""Where a resent history stands in a thread: such clients send all they show, and only the end of it is new.

Only what the person said is compared, for that is what a thread was made of. Spacing and the form of accents do not
count.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["goes on", "answered", "turns off"]

GOES_ON: Kind = "goes on"
ANSWERED: Kind = "answered"
TURNS_OFF: Kind = "turns off"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a history stands in a thread.

    ``goes on``: its newest message follows all that the thread holds. ``answered``: it is what the thread holds, with
    nothing new. ``turns off``: it leaves the thread after the first ``kept`` messages of the person, for one of those
    that followed was changed or is asked again. ``unseen`` are earlier messages that the thread does not hold.
    ``rank`` orders the threads a history may belong to: the higher, the surer.
    """

    kind: Kind
    kept: int
    unseen: int = 0
    rank: int = 0


def same(text: str) -> str:
    """Return what stands for a message where histories are compared: equal for texts that say the same.

    >>> same("Buy  BTC\\n") == same("Buy BTC"), same("buy BTC") == same("Buy BTC")
    (True, False)
    """
    words = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def place(theirs: Sequence[str], ours: Sequence[str], *, whole: bool) -> Place:
    """Return where a history stands in a thread.

    Parameters
    ----------
    theirs : sequence of str
        The person's messages as the client sends them, the newest last; at least one.
    ours : sequence of str
        The person's messages as the thread holds them: those that were answered.
    whole : bool
        The client sends all it shows. Of one that does not, a message alone is a new one.

    Examples
    --------
    >>> place(["a", "b", "c"], ["a", "b"], whole=True).kind
    'goes on'
    >>> place(["a", "b"], ["a", "b"], whole=True).kind
    'answered'
    >>> changed = place(["a", "x"], ["a", "b", "c"], whole=True)
    >>> changed.kind, changed.kept
    ('turns off', 1)
    >>> place(["c"], ["a", "b"], whole=True).kept, place(["c"], ["a", "b"], whole=False).kind
    (0, 'goes on')
    """
    earlier, mine = list(theirs[:-1]), list(ours)
    if earlier == mine:
        return Place(GOES_ON, len(mine), rank=6)
    if not earlier and not whole:
        return Place(GOES_ON, len(mine), rank=3)
    if list(theirs) == mine:
        return Place(ANSWERED, len(mine) - 1, rank=5)
    if earlier == mine[: len(earlier)]:
        return Place(TURNS_OFF, len(earlier))
    if earlier[: len(mine)] == mine:  # a client keeps what failed, a thread does not
        return Place(GOES_ON, len(mine), len(earlier) - len(mine), rank=4)
    return _in_part(list(theirs), mine)


def _in_part(theirs: list[str], mine: list[str]) -> Place:
    """Return where a history stands of which the client cut off the beginning, left something out or kept more."""
    earlier = theirs[:-1]
    if mine[-len(earlier) :] == earlier:
        return Place(GOES_ON, len(mine), rank=3)
    if mine[-len(theirs) :] == theirs:
        return Place(ANSWERED, len(mine) - 1, rank=2)
    held = set(mine)
    unseen = sum(one not in held for one in earlier)
    if mine and earlier[-1] == mine[-1]:
        return Place(GOES_ON, len(mine), unseen, rank=1)
    for start in range(len(mine) - len(earlier), 0, -1):
        if mine[start : start + len(earlier)] == earlier:
            return Place(TURNS_OFF, start + len(earlier))
    followed = _followed(earlier, mine)
    return Place(TURNS_OFF, followed, unseen) if followed < len(mine) else Place(GOES_ON, followed, unseen, rank=1)


def _followed(earlier: list[str], mine: list[str]) -> int:
    """Return how many of our messages a history follows: from the first on, else up to the last it knows."""
    followed = 0
    for one in earlier:
        if followed < len(mine) and one == mine[followed]:
            followed += 1
    if followed:
        return followed
    theirs = set(earlier)
    return max((at + 1 for at, one in enumerate(mine) if one in theirs), default=0)
