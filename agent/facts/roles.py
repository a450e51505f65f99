"""What each number of a request is about, told by the words nearest to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.facts.fact import UNDIRECTED
from agent.facts.lengths import SPANS
from agent.facts.posture import is_leaving
from agent.facts.vocabulary import words

if TYPE_CHECKING:
    from agent.facts.marks import Mark

REACH = 5.0
"""Farther than this many words, a word says nothing about a number."""

_QUIET = words(
    "a an the of at is are be to by = : ( ) , set about around roughly exactly only just fixed hard my"
    " our it per for from with would like"
)
_LEVELS = ("percent", "atr", "r", "quote", None)
_UNITS: dict[str, tuple[str | None, ...]] = {
    "stop": _LEVELS,
    "target": _LEVELS,
    "profit": ("percent", "r", "atr"),
    "trail": _LEVELS,
    "breakeven": ("percent", "r", "atr"),
    "partial": ("percent", "part"),
    "size": ("percent", "quote", "part", None),
    "risk": ("percent", "quote", "part", None),
    "volatility": ("percent",),
    "leverage": ("x", None),
    "limit": ("percent", "x", "part"),
    "drawdown": ("percent",),
    "daily_loss": ("percent",),
    "positions": (None,),
    "cooldown": SPANS[1:],
    "cost": ("percent",),
    "order": ("percent", *SPANS[1:]),
    "capital": ("quote", None),
}
"""Which units a number of a role can have."""

_EACH = ("per ", "each", "a trade", "a position", "every", "apiece", "in each")
"""Words that say of which trade a number is, whatever it is about."""

_IN_A_DAY = ("in a day", "a day", "per day", "that day")
"""Words that say how long a loss or a move took."""

_MOVES = words(
    "drop drops dropped fall falls fell rise rises rose gain gains jump jumps pump pumps dump dumps crash crashes move"
    " moves surge surges dip dips rally rallies climb climbs tank tanks spike spikes"
    " lose loses lost shed sheds slide slides slip slips sink sinks plunge plunges"
)
"""What a price does; an account loses."""

_PRECISE = ("volatility",)
"""Roles whose words mean nothing else, also where another role's word is nearer."""

_ADJACENT = ("stop", "target", "trail", "size", "risk", "leverage", "positions", "capital")
"""Roles a number without a unit takes only from a word right next to it."""


def role_of(marks: list[Mark], at: int, first_is_role: bool) -> str:
    """Return the role of the number at a place, ``number`` where the words do not tell.

    ``first_is_role`` is how the sentence is built: ``stop 2%`` (True) or ``2% stop``.
    """
    role, number = _nearest(marks, at, first_is_role), marks[at]
    before, after = marks[at - 1] if at else None, marks[at + 1] if at + 1 < len(marks) else None
    if role == UNDIRECTED and number.data == "signed" and number.unit == "percent" and is_leaving(marks, at):
        return "profit" if number.value > 0 else "stop"
    if role == "trail" and before is not None and before.kind == "after":
        return "profit"  # trail 5 % after 8 %
    if role == "size" and number.unit is None and number.value == 1 and after is not None:
        return "positions" if after.text in ("position", "trade") else role  # max 1 position
    return role


def _gaps(marks: list[Mark], place: int) -> bool:
    """Tell whether a role's word says which way a bar gaps: ``gap up of at least 2%``."""
    return place > 0 and marks[place - 1].text in ("gap", "gaps", "gapped", "gapping")


def _nearest(marks: list[Mark], at: int, first_is_role: bool) -> str:
    number = marks[at]
    best: list[tuple[float, str]] = []
    for step in (-1, 1):
        cost, place = 0.0, at + step
        while 0 <= place < len(marks) and cost <= REACH:
            one = marks[place]
            if one.kind == "break":
                break
            if one.kind == "role" and not (one.text in _IN_A_DAY and _moves(marks, at)) and not _gaps(marks, place):
                if number.unit in _UNITS[one.data] and not (number.unit is None and cost > 0.5):
                    if number.unit is not None or one.data in _ADJACENT:
                        against = 1.0 if (step == -1) != first_is_role else 0.0
                        each = 0.6 if one.text.startswith(_EACH) else 0.0
                        each += 2.0 if each and step == -1 and _has_its_own(marks, place) else 0.0
                        plain_role = -1.2 if one.data in _PRECISE else 0.0
                        best.append((cost + against + each + plain_role, one.data))
                cost += 0.2 if one.text.startswith(_EACH) else 2.0
            elif one.kind == "comma" or one.text in ("/", ";", "|"):
                cost += 5.5
            elif one.kind in ("number", "ratio", "clock") and not _same_thing(marks, place, at):
                cost += 3.5
            elif one.text in ("and", "or", "then", "but", "plus"):
                cost += 1.5
            elif one.kind in ("enter", "when", "compare", "hold", "after"):
                cost += 1.0
            elif one.kind == "indicator" and number.unit == "atr":
                pass
            elif one.text == "of" and step == 1:
                cost -= 0.4
            elif one.text not in _QUIET:
                cost += 0.8
            place += step
    best.sort()
    if not best or best[0][0] > REACH:
        return UNDIRECTED
    if {role for _, role in best[:2]} == {"risk", "size"}:
        return "risk" if abs(best[1][0] - best[0][0]) < 1.0 else best[0][1]
    if len(best) > 1 and best[1][1] != best[0][1] and best[1][0] - best[0][0] < 0.25:
        return UNDIRECTED
    return best[0][1]


def _moves(marks: list[Mark], at: int) -> bool:
    """Tell whether the number at a place is how far a price goes: ``drops 5 %``, ``a drop of 6 %``."""
    return any(one.text in _MOVES for one in marks[max(0, at - 3) : at])


def _has_its_own(marks: list[Mark], place: int) -> bool:
    """Tell whether a number stands right in front of a word that says of which trade it is: ``2 % per trade``."""
    return place > 0 and marks[place - 1].kind == "number"


def _same_thing(marks: list[Mark], place: int, at: int) -> bool:
    """Tell whether a number on the way belongs to the one at hand: the 14 of ``2 ATR(14) stop``."""
    return marks[at].unit == "atr" and marks[place].owner >= 0 and marks[marks[place].owner].data[0] == "atr"


def role_first(marks: list[Mark], at: int) -> bool:
    """Tell whether the sentence around a place names a role before its number (``stop 2%``) or after it."""
    near = _pairs_around(marks, at)
    if near is not None:
        return near
    start = at
    while start > 0 and marks[start - 1].kind != "break":
        start -= 1
    for place in range(start, len(marks)):
        one = marks[place]
        if one.kind == "break":
            break
        if one.kind == "role" and one.data not in ("positions", "limit"):
            return True
        if one.kind == "number" and one.unit in ("percent", "atr", "r", "quote"):
            following = marks[place + 1 : place + 3]
            if any(later.kind == "role" for later in following):
                return False
    return True


def _pairs_around(marks: list[Mark], at: int) -> bool | None:
    """Tell whether the roles and numbers in turn around a place begin with a role: ``tp 3% sl 1%``.

    None where fewer than two pairs stand side by side, or what stands in front of them may be one of them as well.
    """
    first = last = at
    while first > 0 and _takes_turns(marks[first - 1], marks[first]):
        first -= 1
    while last + 1 < len(marks) and _takes_turns(marks[last + 1], marks[last]):
        last += 1
    if last - first < 3 or (last - first) % 2 == 0:
        return None
    return marks[first].kind == "role"


def _takes_turns(one: Mark, other: Mark) -> bool:
    """Tell whether a mark goes on a row of roles and numbers in turn."""
    pair = {one.kind, other.kind}
    return pair == {"role", "number"} and all(mark.kind == "role" or mark.owner < 0 for mark in (one, other))


def is_holding(marks: list[Mark], at: int) -> bool:
    """Tell whether the number at a place says how long a position is held: ``sell after 3 days``, ``hold 10 bars``."""
    number = marks[at]
    if number.unit not in SPANS[1:]:
        return False
    later = marks[at + 1 : at + 4]
    if later and (later[0].kind == "row" or later[0].text in ("ago", "earlier", "before", "high", "low")):
        return False
    after = held = leaving = False
    for place in range(at - 1, max(-1, at - 8), -1):
        one = marks[place]
        if one.kind == "break":
            break
        if one.kind in ("compare", "indicator", "when") or (one.kind == "role" and one.data in ("cooldown", "order")):
            return False
        if one.kind == "after":
            after = True
        elif one.kind == "hold":
            held = True
            break
        elif one.kind == "number" and place < at - 1:
            return False
        elif one.kind == "enter":
            if after and ("exit" in one.data or "short.exit" in one.data) and "entry" not in one.data:
                leaving = True
            break
    if not held and later and later[0].kind == "hold":
        held = True
    return held or leaving
