"""Levels by what is won or lost there: ``grab 10%``, ``sell half at 5%``, ``when up 10%``, ``risk reward 1:2``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels.distances import distance
from agent.language.builtin.levels.kinds import Distance, Level
from agent.language.builtin.levels.trailing import pass_profit

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.tokens import Token


SHARES = {"third": 1 / 3, "quarter": 0.25, "half": 0.5}
"""Parts of a position by their names."""

LARGEST_WHOLE = 10
"""Parts a position is cut into at most: 30/70 is none of them."""

OWN_CLAUSE = (",", ";", ".", "/", ":", "or", "and", "(", ")")
"""What a clause begins and ends with."""

TAKING = (
    "rest", "remainder", "remaining", "grab", "take", "book", "bank", "pocket", "collect", "cash", "takes", "taking",
)  # fmt: skip
"""Verbs, and what remains behind a first part, in front of a target."""

LEADING = (
    "at", "if", "it", "we", "i", "is", "are", "the", "a", "position", "trade", "in", "by", "with", "on", "im", "once",
    "of", "its", "has",
)  # fmt: skip
"""Words between an exit and how far the position has moved."""


def taken(c: Cursor) -> Level | None:
    """Read a target by its verb: ``grab 10%``, ``book 5%``, ``take 3%``."""
    if not c.accept_text(*TAKING):
        return None
    c.skip_fillers(also=("at", "in"))
    found = distance(c, bare=False)
    if found is None or found.type == "price" or c.is_tag("equity", "each", "size") or c.is_text("of", "per"):
        return None
    c.accept_tag("target", "postfixed")
    return Level("take_profit", found)


def signed(c: Cursor) -> Level | None:
    """Read ``+10%``, ``-4%`` in a clause of its own: where a position is won or lost."""
    token = c.peek()
    if token is None or token.kind != "number" or token.text[0] not in "+-" or not c.ends(*OWN_CLAUSE, ahead=-1):
        return None
    found = distance(c, bare=False)
    if found is None or found.type == "price" or not (c.ends(*OWN_CLAUSE) or c.is_tag("or", "and")):
        return None
    return Level("take_profit" if token.text[0] == "+" else "stop_loss", found)


def lost(c: Cursor) -> Level | None:
    """Read a stop by its verb, in a clause of its own: ``take 1.5%, lose 0.75%``."""
    if not c.is_text(",", ";", "/", "and", ahead=-1) or not c.accept_text("lose", "losing", "give"):
        return None
    found = distance(c, bare=False)
    if found is None or found.type == "price" or not c.ends(",", ".", ";", "/"):
        return None
    return Level("stop_loss", found)


def partial(c: Cursor) -> Level | None:
    """Read ``sell half at 5%``, ``take half off at +3%``, ``close 50% at 4% profit``, ``a third at 8%``."""
    fraction = _part(c)
    if fraction is None:
        return None
    c.skip(
        "at", "of", "the", "off", "position", "it", "when", "up", "+", "profit", "in", "trade", "out", "once", "@",
        tags=("target", "verb", "when", "up", "equity", "size"),
    )  # fmt: skip
    found = distance(c, bare=False)
    if found is None or found.type == "price":
        return None
    pass_profit(c, "profit", "gain", "up")
    return Level("partial", found, fraction=fraction)


def _part(c: Cursor) -> float | None:
    """The part of the position that goes: ``take half off``, ``sell a third``, ``scale out 50%``, ``1/3 at``."""
    named = c.accept_tag("partial")
    if named is not None:
        half = 0.5 if "half" in named.text else None
        return half if half is not None else share(c)
    left = c.is_tag("action") and c.data()[0] == "exit"
    if left or c.is_text("take", "close", "scale", "trim", "book"):
        c.take()
        c.skip_fillers(also=("off", "out"))
        bare = False
    else:
        bare = True
        if not c.ends(",", ".", ";", "/", "and", "then", ahead=-1):
            return None
    part = share(c)
    c.skip("the", "my", "position", "size", "it") if c.is_text("off", "out", "at", ahead=1) else None
    placed = c.is_text("at", "of", "off", "when", "@", "out", "once") or c.is_tag("when")
    if part is None or (bare and not c.is_text("at", "@", "off", "out")):
        return None
    return part if placed or not c.is_tag("percent", ahead=-1) else None


def share(c: Cursor) -> float | None:
    """Read a part of a position: ``half``, ``a third``, ``another quarter``, ``50%``, ``1/3``; no share of equity."""
    start = c.at
    if c.is_tag("partial") and c.is_text("half off", "half out", "sell half", "close half", "take half", "exit half"):
        c.take()
        return SHARES["half"]
    if c.is_tag("multiple") and c.data() == SHARES["half"]:
        return float(c.take().data)
    if c.is_text("a", "one", "another", "the", "other"):
        c.take()
    if c.is_text(*SHARES) or (c.is_tag("multiple") and c.data() == SHARES["half"]):
        return SHARES[c.take().text.split()[0]]
    if c.is_number() and c.is_tag("percent", ahead=1) and not c.is_tag("equity", ahead=3):
        return _per_cent(c)
    if c.is_number() and c.is_text("/", ahead=1) and c.is_number(2):
        upper = c.take().value or 0.0
        c.take()
        whole = c.take().value or 0.0
        if 0 < upper < whole <= LARGEST_WHOLE:
            return upper / whole
    c.at = start
    return None


def _per_cent(c: Cursor) -> float:
    value = c.take().value or 0.0
    c.take()
    return value / 100


def gain(c: Cursor) -> Level | None:
    """Read, behind an exit, how far the position is up or down: ``at +4%``, ``when up 10%``, ``if it loses 3%``."""
    start = c.at
    way = _way_before(c)
    signed = c.peek()
    found = distance(c, bare=False)
    if found is not None and signed is not None and found.type != "price":
        way = _way_behind(c, signed, way)
        if way is not None and not _is_of_the_market(c):
            return Level("take_profit" if way == "up" else "stop_loss", found)
    c.at = start
    return None


def _way_before(c: Cursor) -> str | None:
    """Go up to the distance; which way the words before it say."""
    way: str | None = None
    while (token := c.peek()) is not None:
        if token.tag in ("when", "field", "target", "stop", "after") or token.text in LEADING:
            said = {"target": "up", "stop": "down"}.get(token.tag or "")
        elif token.tag in ("up", "down"):
            said = token.tag
        elif token.tag == "verb" and token.data[0] in ("state", "move", "reach"):
            said = token.data[1] if token.data[0] == "move" else None
        else:
            break
        way = way or said
        c.take()
    return way


def _way_behind(c: Cursor, signed: Token, way: str | None) -> str | None:
    """Which way the distance's sign or the words behind it say, else the way said before: ``a 5% rise``, ``-3%``."""
    if c.is_tag("verb") and c.data()[0] == "move":
        way = str(c.take().data[1])
    if signed.text[0] in "+-" and signed.kind == "number":
        way = "up" if signed.text[0] == "+" else "down"
    c.accept_tag("up", "down")
    if c.is_tag("target", "stop", ahead=1):
        c.accept_text("in", "of")
    after = c.accept_tag("target", "stop")
    if after is not None:
        way = "up" if after.tag == "target" else "down"
    if c.is_tag("compare") or c.is_text("below", "under", "above"):
        return _side_of_the_entry(c)
    return way


def _side_of_the_entry(c: Cursor) -> str | None:
    """``below my entry``: which way; None, and the cursor where it was, where it is of something else."""
    here = c.at
    word = c.take()
    led = 1 if c.is_text("my", "the") else 0
    averaged = c.is_tag("average", ahead=led) and not (c.is_number(led + 1) or c.is_text("of", ahead=led + 1))
    named = c.is_tag("action", ahead=led) or c.is_text("entry", "buy", "purchase", "cost", "fill", ahead=led)
    if not named and not averaged:
        c.at = here
        return None
    _pass_entry(c)
    return "down" if word.data in ("lt", "lte") else "up"


def _is_of_the_market(c: Cursor) -> bool:
    """Go past ``from my entry``; true for ``in 3 days``, ``of equity``: a move of the market, not of the position."""
    if c.is_text("from") and (c.is_text("entry", "my", "the", ahead=1) or c.is_tag("action", ahead=1)):
        c.take()
        _pass_entry(c)
        return False
    return c.is_text("in", "over", "within", "from", "since", "of") or c.is_tag("within", "equity", "each")


def _pass_entry(c: Cursor) -> None:
    c.accept_text("my", "the")
    if c.peek() is not None:
        c.take()
    c.accept_tag("field")


def reward_ratio(c: Cursor) -> Level | None:
    """Read the target as a multiple of the stop: ``risk reward 1:2``, ``2:1 rr``, ``rr of 2``."""
    ratio = c.is_tag("target") and c.is_number(1) and c.is_text(":", ahead=2) and c.is_number(3)
    said = c.take() if ratio else c.accept_tag("rr")
    if said is not None:
        c.skip_fillers(also=("ratio", "=", ":"))
        c.accept_text(":", "=", "of")
        if not c.is_number():
            twice = distance(c, bare=False)  # "reward twice the risk"
            return Level("take_profit", twice) if twice is not None and twice.type == "r" else None
    first = _number(c)
    if first is None:
        return None
    if c.accept_text(":", "/", "to") and (second := _number(c)) is not None:
        if said is None:
            c.skip_fillers(also=("ratio",))
            said = c.accept_tag("rr", "risk")
        if said is not None and min(first, second) > 0:
            return Level("take_profit", Distance("r", max(first, second) / min(first, second)))
    elif said is not None and first > 0:
        return Level("take_profit", Distance("r", first))
    return None


def _number(c: Cursor) -> float | None:
    return c.take().value if c.is_number() else None
