"""Reading what trading costs: ``commission 0.1%``, ``slippage 5 bps``, ``maker 0.02 taker 0.05``, ``no fees``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

Kind = Literal["fee", "maker", "taker", "slippage"]

NOUNS: dict[str, Kind] = {
    "fee": "fee", "fees": "fee", "commission": "fee", "commissions": "fee", "cost": "fee", "costs": "fee",
    "maker": "maker", "taker": "taker", "slippage": "slippage", "slip": "slippage",
}  # fmt: skip
"""What is paid, by its name."""

LED_BY = (
    "trading",
    "transaction",
    "exchange",
    "broker",
    "brokerage",
    "the",
    "a",
    "assume",
    "with",
    "fee",
    "rate",
    "total",
)
BEHIND_NOUN = ("of", "=", ":", "is", "are", "at", "rate", "fee", "fees", "per", "side", "trade", "each", "way", "about")
ONE_WAY = ("side", "way", "trade", "order", "fill", "leg")
BOTH_WAYS = ("round", "roundtrip")
MOST_SIDED = 0.01
"""Per cent per side, without a name, are a fee up to here, and a size beyond."""

MOST_FRACTION = 0.01
"""A naked number up to here is a fraction; beyond, per cent."""

MOST_PER_CENT = 1.0
"""From here on a naked number is in basis points: nobody pays whole per cents for a fill."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost of one fill as a fraction of what is traded; ``unsaid`` where the unit was not."""

    kind: Kind
    value: float
    unsaid: bool = False


def cost(c: Cursor) -> Cost | None:
    """Read one cost; None, and the cursor where it was, when there is none."""
    start = c.at
    found = _none(c) or _behind_noun(c) or _before_noun(c)
    if found is None:
        c.at = start
    return found


def _none(c: Cursor) -> Cost | None:
    """``no fees``, ``without slippage``."""
    start = c.at
    if c.accept_tag("no") or c.accept_text("ignore", "excluding", "zero"):
        c.skip(*LED_BY[:6])
        noun = c.peek()
        if noun is not None and noun.text in NOUNS and noun.text not in ("cost", "maker", "taker"):
            c.take()
            return Cost(NOUNS[noun.text], 0.0)
    c.at = start
    return None


def _behind_noun(c: Cursor) -> Cost | None:
    """``commission 0.1%``, ``fees of 10 bps per side``, ``taker 0.05``."""
    start = c.at
    c.skip(*LED_BY[:6])
    noun = c.peek()
    if noun is not None and noun.text in NOUNS:
        c.take()
        c.skip(*BEHIND_NOUN, tags=("each",))
        found = _share(c, bare=True)
        if found is not None:
            return _of_one_fill(c, NOUNS[noun.text], *found)
    c.at = start
    return None


def _before_noun(c: Cursor) -> Cost | None:
    """``0.1% fee``, ``5bps slippage``, ``0.1% per side``, ``0.2% round trip``."""
    start = c.at
    found = _share(c, bare=False)
    if found is None:
        return None
    c.skip("in", "trading", "transaction", "exchange", "total")
    noun = c.peek()
    if noun is not None and noun.text in NOUNS:
        c.take()
        return _of_one_fill(c, NOUNS[noun.text], *found)
    here = c.at
    both_ways = c.is_text(*BOTH_WAYS)
    sided = c.is_text("per", "a", "each") and c.is_text("side", "way", "leg", "fill", ahead=1)
    if both_ways or (sided and found[0] <= MOST_SIDED):
        return _of_one_fill(c, "fee", *found)
    c.at = start if here else here
    return None


def _share(c: Cursor, *, bare: bool) -> tuple[float, bool] | None:
    """A share in per cent or basis points; with ``bare`` a naked number, of which the unit is not said."""
    if not c.is_number() or c.is_text("$", "€", ahead=-1):
        return None
    value = abs(c.take().value or 0.0)
    if c.accept_tag("percent"):
        return value / 100, False
    if c.accept_text("bp", "bps", "bips") or (c.is_text("basis", "basis points") and _basis_points(c)):
        return value / 10_000, False
    if not bare or c.is_tag("unit", "each", "equity") or c.is_text("$", "usd", "dollars", "eur"):
        return None
    return (value if value < MOST_FRACTION else value / 100 if value < MOST_PER_CENT else value / 10_000), True


def _basis_points(c: Cursor) -> bool:
    c.take()
    c.accept_text("points", "point")
    return True


def _of_one_fill(c: Cursor, kind: Kind, value: float, unsaid: bool) -> Cost:
    """Go past ``per side``; what is paid for a round trip is twice what a fill costs."""
    half = False
    if c.accept_text(*BOTH_WAYS):
        c.accept_text("trip", "turn")
        half = True
    elif c.is_text("per", "a", "each", "one") and c.is_text(*ONE_WAY, ahead=1):
        c.at += 2
    elif c.is_tag("each"):
        c.take()
    if (c.is_text(*NOUNS) and not c.is_number(1)) and kind == "fee":
        c.take()  # "0.2% round trip cost"
    return Cost(kind, value / 2 if half else value, unsaid)
