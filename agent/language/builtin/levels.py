"""Reading what protects a position: stops, targets, trailing, breakeven, parts, time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from agent.language.builtin.lexicon import Named
from agent.language.builtin.rules import Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a level is: per cent as a fraction, ATRs with their length, a price, or multiples of the stop (r)."""

    type: Literal["percent", "atr", "price", "r"]
    value: float
    length: float | None = None
    unsaid: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """A protection that was asked for; ``none`` when it was ruled out; ``words`` where it cannot be written down."""

    kind: Literal["stop_loss", "take_profit", "trailing_stop", "breakeven", "partial", "time_limit", "cooldown"]
    distance: Distance | None = None
    span: Span | None = None
    fraction: float | None = None
    activate: Distance | None = None
    none: bool = False
    words: str | None = None
    side: str | None = None


KINDS = {"stop": "stop_loss", "target": "take_profit", "trail": "trailing_stop"}


def level(c: Cursor) -> Level | None:
    """Read one protection; None, and the cursor where it was, when there is none."""
    start = c.at
    readers = (
        _ruled_out, _longest, _time, _breakeven, _partial, _ratio, _taken, _lost, _off_the_peak,
        _atr_stop, _named, _behind
    )  # fmt: skip
    for reader in readers:
        found = reader(c)
        if found is not None:
            return found
        c.at = start
    return None


def distance(c: Cursor, *, bare: bool = True) -> Distance | None:
    """Read how far: ``2%``, ``1.5 x atr(14)``, ``2r``, ``$70,000``, and with ``bare`` a naked number."""
    start = c.at
    c.skip_fillers(also=("=", "is", "level", "hard", "fixed", "initial", "order", "loss", "price"))
    if c.is_tag("field") and c.is_text("price"):
        c.take()
    money = c.accept_text("$", "€")
    if c.is_tag("r"):
        return Distance("r", float(c.take().data))
    atr = c.peek()
    if atr is not None and atr.tag == "indicator" and atr.data.type == "atr":
        return _atr_first(c, start)
    if c.is_tag("multiple") and _atr_ahead(c, 1):
        value = float(c.take().data)
        return Distance("atr", value, _atr_length(c))
    if c.is_tag("indicator", ahead=1) and c.is_text("a", "one") and _atr_ahead(c, 1):
        c.take()
        return Distance("atr", 1.0, _atr_length(c))
    if not c.is_number():
        c.at = start
        return None
    value = abs(c.take().value or 0.0)
    if c.is_text("-", "to") and c.is_number(1) and c.is_tag("percent", ahead=2):
        c.at = start
        return None  # a range is no distance
    if money is None and c.accept_tag("percent"):
        return Distance("percent", value / 100)
    if c.is_tag("times") or c.is_text("*"):
        if _atr_ahead(c, 1):
            c.take()
            return Distance("atr", value, _atr_length(c))
        c.at = start
        return None
    if _atr_ahead(c, 0):
        return Distance("atr", value, _atr_length(c))
    if c.accept_text("r") or (c.accept_tag("rr") and value < 20):
        return Distance("r", value)
    if c.is_text("bps", "bp"):
        c.take()
        return Distance("percent", value / 10_000)
    if c.is_text("n") and c.peek().raw == "N":  # type: ignore[union-attr]
        c.take()
        return Distance("atr", value, 20.0)  # the turtles' N
    deviations = c.peek()
    if deviations is not None and deviations.tag == "indicator" and deviations.data.type == "stdev":
        c.at = start
        return None
    if c.is_tag("unit", "sigma") or c.is_text(":", "/", "of") or value == 0:
        c.at = start
        return None
    if money is not None or value >= 150:
        return Distance("price", value)
    if bare:
        return Distance("percent", value if value < 0.2 else value / 100, unsaid=True)
    c.at = start
    return None


def _atr_ahead(c: Cursor, ahead: int) -> bool:
    while c.is_text("the", "x", "*", "times", ahead=ahead):
        ahead += 1
    token = c.peek(ahead)
    if token is not None and token.kind == "number" and c.is_tag("unit", "indicator", ahead=ahead + 1):
        later = c.peek(ahead + 2 if c.is_tag("unit", ahead=ahead + 1) else ahead + 1)
        return later is not None and isinstance(later.data, Named) and later.data.type == "atr"
    return token is not None and isinstance(token.data, Named) and token.data.type == "atr"


def _atr_length(c: Cursor) -> float | None:
    """Take ``atr``, ``atr14``, ``atr(14)``, ``14 period atr``, ``atr with length 10``; return the length said."""
    c.skip_fillers(also=("x", "*", "times", "the"))
    length = None
    if c.is_number():
        length = c.take().value
        c.accept_tag("unit")
    c.take()
    bracket = c.accept_text("(")
    c.accept_tag("length")
    if c.is_number() and (bracket or not c.is_tag("percent", "times", "equity", ahead=1)):
        token = c.peek()
        if token is not None and (bracket or token.glued or not c.is_tag("indicator", ahead=1)):
            if bracket or token.glued or (token.value or 0) >= 5:
                length = c.take().value
                c.accept_tag("unit")
    if bracket:
        c.accept_tag("unit")
        c.accept_text(")")
    return length


def _atr_first(c: Cursor, start: int) -> Distance | None:
    """``atr(14) x 2``, ``atr 14 times 1.5``, ``atr stop 2``: the multiple behind."""
    length = _atr_length(c)
    if c.accept_text("*", "x", "times", "×") or c.accept_tag("times", "mult"):
        if c.is_number():
            return Distance("atr", c.take().value or 0.0, length)
    c.at = start
    return None


def _anchor(c: Cursor) -> None:
    """Go past what a distance is measured from: the entry, as everywhere."""
    start = c.at
    c.accept_tag("compare", "down", "up")
    if (
        c.accept_text("from", "of", "off", "to", "below", "above", "under", "over", "against", "away")
        or c.tokens[c.at - 1].tag == "compare"
    ):
        c.accept_text("from", "the", "my", "our")
        c.accept_text("the", "my", "our")
        entered = c.is_tag("action") and c.is_text("entry", "buy", "enter")
        if entered or c.is_text("purchase", "cost", "basis", "fill", "buy", "avg", "me", "us"):
            c.take()
            c.accept_text("price", "fill", "point", "basis")
            c.accept_tag("field")
            return
    c.at = start


def _ruled_out(c: Cursor) -> Level | None:
    """``no stop``, ``without a target``, ``no sl no tp``."""
    if not c.accept_tag("no"):
        return None
    c.skip_fillers(also=("hard", "fixed", "other", "want", "any", "need"))
    token = c.accept_tag("stop", "target", "trail")
    if token is not None:
        return Level(KINDS[str(token.tag)], none=True)  # type: ignore[arg-type]
    if c.is_tag("time_limit"):
        c.take()
        return Level("time_limit", none=True)
    return None


def _named(c: Cursor) -> Level | None:
    """``stop 2%``, ``tp: 3 atr``, ``trailing stop 5% after 10% up``."""
    c.accept_text("hard", "fixed", "initial", "protective", "static")
    token = c.accept_tag("stop", "target", "trail")
    if token is None:
        return None
    if token.tag == "stop" and c.is_tag("trail"):
        token = c.take()
    if token.tag == "trail":
        c.accept_tag("stop")
    kind = KINDS[str(token.tag)]
    side = _side(c)
    c.accept_tag("each")
    if c.is_text(",") and c.is_text("which", "that", ahead=1):
        c.at += 2
    c.accept_text(":", "=", "-", "of", "at", "is", "by")
    if kind == "trailing_stop":
        while c.is_text("the", "rest", "remainder", "it", "by", "of", "position", "remaining", "half", "other"):
            c.take()
    while c.is_tag("verb") or c.is_text("set", "at", "of", "by", "is", "placed", "hits", "reaches", "around"):
        c.take()
    if c.is_tag("compare") and c.is_number(1):
        c.take()
    if c.is_tag("no") and not c.is_tag("stop", "target", "trail", ahead=1):
        c.take()
        return Level(kind, none=True)  # type: ignore[arg-type]
    found = distance(c)
    if found is None or c.is_tag("vol_target"):
        return None
    if kind == "stop_loss" and c.accept_tag("trail"):
        while c.is_text("from", "off", "the", "top", "peak", "high"):
            c.take()
        return Level("trailing_stop", found, activate=_activation(c), side=side)
    _anchor(c)
    if kind == "trailing_stop":
        return Level("trailing_stop", found, activate=_activation(c), side=side)
    return Level(kind, found, side=side)  # type: ignore[arg-type]


def _side(c: Cursor) -> str | None:
    start = c.at
    c.accept_text("for", "on")
    if c.is_tag("action") and c.peek().text in ("long", "longs", "short", "shorts"):  # type: ignore[union-attr]
        return str(c.take().data[1])
    c.at = start
    return None


def _activation(c: Cursor) -> Distance | None:
    """``after 10% up``, ``once 5% in profit``, ``activated at 3%``."""
    start = c.at
    c.accept_text(",")
    here = c.at
    while c.is_tag("after", "when") or c.is_text(
        "that",
        "only",
        "which",
        "after",
        "once",
        "activated",
        "activates",
        "starting",
        "from",
        "at",
        "activate",
        "active",
        "armed",
        "kicks",
        "in",
        "and",
    ):
        c.take()
    if c.at > here:
        c.skip_fillers(also=("up", "reaching", "is", "its", "we", "are", "gain"))
        c.accept_tag("up", "target", "verb")
        found = distance(c, bare=False)
        if found is not None:
            c.accept_tag("up", "target", "postfixed")
            c.accept_text("in", "up", "profit")
            c.accept_tag("target")
            return found
    c.at = start
    return None


def _behind(c: Cursor) -> Level | None:
    """``2% stop``, ``1.5 atr trailing stop``, ``6% target``, ``take 10%``."""
    start = c.at
    led_bare = start == 0 or c.tokens[start - 1].kind == "line" or c.tokens[start - 1].text in (",", ";", ".")
    bare = led_bare and c.is_number() and c.is_tag("stop", "target", "trail", ahead=1)
    found = distance(c, bare=bare and c.is_text("sl", "tp", "stop", "target", "pt", "tsl", ahead=1))
    if found is None:
        return None
    if found.type == "price":
        return None
    c.skip_fillers(also=("hard", "fixed", "initial", "distance", "or", "from")) if not c.is_text("or") else None
    token = c.accept_tag("stop", "target", "trail")
    if token is None:
        return None
    if token.tag == "stop" and c.is_tag("trail"):
        token = c.take()
    if token.tag == "trail":
        c.accept_tag("stop")
    here = c.at
    following = distance(c, bare=False)
    c.at = here
    led = (
        start == 0
        or c.tokens[start - 1].kind == "line"
        or c.tokens[start - 1].text in (",", ".", ";", ":", "and", "with", "/", "(")
    )
    if following is not None and token.tag != "trail" and not led and not c.is_text(",", "and", "."):
        after_that = _tag_after_distance(c)
        if after_that not in ("stop", "target", "trail"):
            return None  # "2% stop 3%": the word belongs to what follows it
    _anchor(c)
    if found.type == "atr" and found.length is None and c.is_text("(") and c.is_number(1) and c.is_text(")", ahead=2):
        c.take()
        found = replace(found, length=c.take().value)
        c.take()
    if token.tag == "trail":
        return Level("trailing_stop", found, activate=_activation(c))
    return Level(KINDS[str(token.tag)], found)  # type: ignore[arg-type]


def _taken(c: Cursor) -> Level | None:
    """``grab 10%``, ``book 5%``, ``take 3%``: a target by its verb."""
    if not c.accept_text(
        "rest", "remainder", "remaining", "grab", "take", "book", "bank", "pocket", "collect", "cash", "takes", "taking"
    ):
        return None
    c.skip_fillers(also=("at", "in"))
    found = distance(c, bare=False)
    if found is None or found.type == "price" or c.is_tag("equity", "each", "size") or c.is_text("of", "per"):
        return None
    c.accept_tag("target", "postfixed")
    return Level("take_profit", found)


def _lost(c: Cursor) -> Level | None:
    """``take 1.5%, lose 0.75%``: a stop by its verb, in a clause of its own."""
    if not c.is_text(",", ";", "/", "and", ahead=-1) or not c.accept_text("lose", "losing", "give"):
        return None
    found = distance(c, bare=False)
    ending = c.peek()
    ended = ending is None or ending.kind == "line" or ending.text in (",", ".", ";", "/")
    return Level("stop_loss", found) if found is not None and found.type != "price" and ended else None


def _off_the_peak(c: Cursor) -> Level | None:
    """``12% off the peak``, ``3 atr below the highest high since entry``: a trailing stop by what it trails."""
    found = distance(c, bare=False)
    if found is None or found.type == "price":
        return None
    if not (c.accept_text("off", "from", "below", "under", "back") or c.accept_tag("compare", "down")):
        return None
    c.accept_text("from", "off")
    c.accept_text("the", "its", "my", "our")
    if c.accept_text("peak", "top", "best", "peaks", "highs"):
        return Level("trailing_stop", found)
    return None


def _atr_stop(c: Cursor) -> Level | None:
    """``atr stop 2.5x``, ``atr(10) trailing stop 3``: the range first, its multiple last."""
    token = c.peek()
    if token is None or token.tag != "indicator" or token.data.type != "atr":
        return None
    length = _atr_length(c)
    word = c.accept_tag("stop", "target", "trail")
    if word is None:
        return None
    if word.tag == "trail":
        c.accept_tag("stop")
    c.accept_text("of", "at", "=", ":", "is")
    if not c.is_number() or c.is_tag("percent", ahead=1):
        return None
    value = c.take().value or 0.0
    c.accept_tag("times")
    return Level(KINDS[str(word.tag)], Distance("atr", value, length)) if value > 0 else None  # type: ignore[arg-type]


def gain(c: Cursor) -> Level | None:
    """Read, behind an exit, how far the position is up or down: ``at +4%``, ``when up 10%``, ``if it loses 3%``."""
    start = c.at
    way = None
    while True:
        token = c.peek()
        if token is None:
            break
        if token.tag in ("when", "field", "target", "stop", "after") or token.text in (
            "at",
            "if",
            "it",
            "we",
            "i",
            "is",
            "are",
            "the",
            "a",
            "position",
            "trade",
            "in",
            "by",
            "with",
            "on",
            "im",
            "once",
            "of",
            "its",
            "has",
        ):
            if token.tag in ("target", "stop"):
                way = way or ("up" if token.tag == "target" else "down")
            c.take()
        elif token.tag in ("up", "down"):
            way = way or token.tag
            c.take()
        elif token.tag == "verb" and token.data[0] in ("state", "move", "reach"):
            way = way or (token.data[1] if token.data[0] == "move" else None)
            c.take()
        else:
            break
    signed = c.peek()
    found = distance(c, bare=False)
    if found is None or signed is None or found.type == "price":
        c.at = start
        return None
    moved = c.accept_tag("verb") if c.is_tag("verb") and c.peek().data[0] == "move" else None  # type: ignore[union-attr]
    if moved is not None:
        way = str(moved.data[1])  # "after a 5% rise"
    if signed.text[0] in "+-" and signed.kind == "number":
        way = "up" if signed.text[0] == "+" else "down"
    c.accept_tag("up", "down")
    if c.is_tag("target", "stop", ahead=1):
        c.accept_text("in", "of")
    after = c.accept_tag("target", "stop")
    if after is not None:
        way = "up" if after.tag == "target" else "down"
    if c.is_tag("compare") or c.is_text("below", "under", "above"):
        here = c.at
        word = c.take()
        if c.is_tag("action") or c.is_text("my", "the", "entry", "buy", "purchase"):
            c.accept_text("my", "the")
            c.take()
            c.accept_tag("field")
            way = "down" if word.data in ("lt", "lte") else "up"
        else:
            c.at = here
            way = None
    if c.is_text("from") and (c.is_text("entry", "my", "the", ahead=1) or c.is_tag("action", ahead=1)):
        c.take()
        c.accept_text("my", "the")
        c.take()
        c.accept_tag("field")
    elif c.is_text("in", "over", "within", "from", "since", "of") or c.is_tag("within", "equity", "each"):
        c.at = start
        return None  # a move of the market, no move of the position
    if way is None:
        c.at = start
        return None
    return Level("take_profit" if way == "up" else "stop_loss", found)


def _tag_after_distance(c: Cursor) -> str | None:
    here = c.at
    distance(c, bare=False)
    token = c.peek()
    c.at = here
    return token.tag if token is not None else None


def _ratio(c: Cursor) -> Level | None:
    """``risk reward 1:2``, ``2:1 rr``, ``rr of 2``: the target as a multiple of the stop."""
    said = c.accept_tag("rr")
    if said is not None:
        c.skip_fillers(also=("ratio", "=", ":"))
        c.accept_text(":", "=", "of")
    start = c.at
    first = _plain(c)
    if first is None:
        c.at = start
        return None
    if c.accept_text(":", "/", "to") and (second := _plain(c)) is not None:
        if said is None:
            c.skip_fillers(also=("ratio",))
            said = c.accept_tag("rr")
        if said is not None and min(first, second) > 0:
            return Level("take_profit", Distance("r", max(first, second) / min(first, second)))
    elif said is not None and first > 0:
        return Level("take_profit", Distance("r", first))
    c.at = start
    return None


def _plain(c: Cursor) -> float | None:
    token = c.peek()
    if token is not None and token.kind == "number":
        c.take()
        return token.value
    return None


def _breakeven(c: Cursor) -> Level | None:
    """``move the stop to breakeven after 3%``, ``at 5% profit breakeven``."""
    while c.is_text(
        "move", "set", "bring", "pull", "put", "the", "my", "raise", "shift", "to", "stop", "sl", "stop loss", "go"
    ):
        c.take()
    if not c.accept_tag("breakeven"):
        return None
    start = c.at
    while c.is_tag("after", "when", "target", "verb", "up", "action") or c.is_text(
        "after",
        "once",
        "at",
        "is",
        "up",
        "we",
        "price",
        "in",
        "the",
        "trade",
        "by",
        "gains",
        "reaches",
        "it",
        "position",
        "hits",
    ):
        if c.is_tag("action") and c.peek().text != "up":  # type: ignore[union-attr]
            break
        c.take()
    found = distance(c, bare=False)
    if found is None:
        c.at = start
        return Level("breakeven", words="breakeven")
    c.accept_tag("target", "up", "postfixed")
    c.accept_text("in", "profit", "up")
    c.accept_tag("target")
    return Level("breakeven", found)


def _partial(c: Cursor) -> Level | None:
    """``sell half at 5%``, ``take half off at +3%``, ``close 50% at 4% profit``."""
    fraction = None
    if c.accept_tag("partial"):
        before = c.tokens[c.at - 1].text
        fraction = 0.5 if "half" in before else None
        if fraction is None and c.is_number() and c.is_tag("percent", ahead=1):
            fraction = (c.take().value or 0.0) / 100
            c.take()
        elif c.is_tag("multiple"):
            fraction = float(c.take().data)
    elif c.is_text("another") and c.is_text("third", "quarter", "half", ahead=1):
        c.take()
        fraction = {"third": 1 / 3, "quarter": 0.25, "half": 0.5}[c.take().text]
    elif (c.is_tag("action") and c.peek().data[0] == "exit") or c.is_text("take", "close", "scale", "trim", "book"):  # type: ignore[union-attr]
        c.take()
        c.skip_fillers(also=("off", "out"))
        if c.is_tag("multiple") and c.peek().data == 0.5:  # type: ignore[union-attr]
            c.take()
            fraction = 0.5
        elif c.is_text("a", "one", "another") and c.is_text("third", "quarter", ahead=1):
            c.take()
            fraction = {"third": 1 / 3, "quarter": 0.25}[c.take().text]
        elif c.is_text("third", "quarter"):
            fraction = {"third": 1 / 3, "quarter": 0.25}[c.take().text]
        elif (
            c.is_number()
            and c.is_tag("percent", ahead=1)
            and c.is_text("at", "of", "off", "when", ahead=2)
            and not c.is_tag("equity", ahead=3)
        ):
            fraction = (c.take().value or 0.0) / 100
            c.take()
    if fraction is None:
        return None
    while c.is_tag("target", "verb", "when", "up", "equity", "size") or c.is_text(
        "at", "of", "the", "off", "position", "it", "when", "up", "+", "profit", "in", "trade", "out", "once"
    ):
        c.take()
    found = distance(c, bare=False)
    if found is None or found.type == "price":
        return None
    c.accept_tag("target", "up", "postfixed")
    c.accept_text("profit", "gain", "up")
    c.accept_tag("target")
    return Level("partial", found, fraction=fraction)


def _longest(c: Cursor) -> Level | None:
    """``dont sit in it more than 48 bars``, ``never hold longer than 5 days``."""
    if not (c.is_tag("no", "not") or c.is_text("dont", "don't", "never", "not")):
        return None
    c.take()
    for _ in range(6):
        if c.is_tag("compare") and c.peek().data == "gt":  # type: ignore[union-attr]
            c.take()
            span = duration(c)
            return Level("time_limit", span=span) if span is not None and not c.is_tag("row", "ago") else None
        token = c.peek()
        if (
            token is None
            or token.kind != "word"
            or token.tag in ("indicator", "field", "stop", "target", "enter", "positions")
        ):
            return None
        c.take()
    return None


def armed(c: Cursor) -> Level | None:
    """``once its 3% up trail 1.5%``, ``after 4% profit trail by 2%``: when a trailing stop begins."""
    if not (c.accept_tag("when", "after") or c.accept_text("once", "after")):
        return None
    c.skip_fillers(also=("its", "up", "is", "we", "are", "position", "trade"))
    c.accept_tag("up")
    begin = distance(c, bare=False)
    if begin is None or begin.type == "price":
        return None
    while c.is_tag("up", "target") or c.is_text("in", "up", "profit", "gain", ",", "start", "then", "the", "stop"):
        c.take()
    if not c.accept_tag("trail"):
        return None
    c.accept_tag("stop")
    c.skip_fillers(also=("by", "at", "with", "it"))
    found = distance(c)
    return Level("trailing_stop", found, activate=begin) if found is not None else None


def _time(c: Cursor) -> Level | None:
    """``exit after 5 bars``, ``time stop 20 bars``, ``hold max 10 days``, ``hold for 3 days``."""
    if c.accept_tag("cooldown"):
        c.skip_fillers(also=("of", "for", "at least", "=", ":"))
        c.accept_tag("for", "compare")
        span = duration(c)
        return Level("cooldown", span=span) if span is not None else None
    start = c.at
    asked = c.accept_tag("time_limit")
    token = c.peek()
    if asked is None and token is not None and token.tag == "action" and token.data[0] in ("exit", "hold"):
        c.take()
        if token.data[0] == "hold" and c.is_text("must", "to", "should", "has to", "must be", ahead=-2):
            c.at = start
            return None  # "the breakout must hold 2 bars"
        if token.data[0] == "hold":
            c.accept_tag("for", "max", "compare", "size")
            c.skip_fillers(also=("for", "no more than", "at most", "only"))
            c.accept_tag("for", "max", "compare")
            span = duration(c)
            if span is not None and not c.is_tag("ago"):
                c.accept_tag("max", "time_limit")
                return Level("time_limit", span=span)
            c.at = start
            return None
        c.skip_fillers(also=("the", "position", "if", "it", "anyway", "regardless"))
        if c.accept_tag("after") or c.accept_text("after"):
            c.skip_fillers(also=("holding", "max"))
            c.accept_tag("max", "compare")
            span = duration(c)
            if span is not None and not c.is_tag("row", "compare", "verb"):
                c.accept_tag("time_limit", "max")
                return Level("time_limit", span=span)
        c.at = start
        return None
    if asked is not None:
        c.skip_fillers(also=("of", "=", ":", "after", "is"))
        c.accept_tag("after", "for", "max")
        c.accept_text(":", "=", "of")
        span = duration(c)
        if span is None and c.is_number() and (c.peek().value or 0) >= 1 and not c.is_tag("percent", ahead=1):  # type: ignore[union-attr]
            span = Span(c.take().value or 1.0)  # "time stop 96"
        return Level("time_limit", span=span) if span is not None else None
    if c.accept_tag("after"):
        c.skip_fillers(also=("a", "max"))
        c.accept_tag("max", "compare")
        span = duration(c)
        if span is not None:
            here = c.at
            c.skip_fillers(also=(",", "whatever", "regardless"))
            if c.is_tag("action") and c.peek().data[0] == "exit":  # type: ignore[union-attr]
                c.take()
                return Level("time_limit", span=span)
            c.at = here
            if c.peek() is None or c.is_text(",", ".", "or", ";") or c.is_tag("or", "and") or c.peek().kind == "line":  # type: ignore[union-attr]
                return Level("time_limit", span=span, words="after")
        return None
    passed = duration(c)
    if passed is not None and c.accept_text("pass", "passed", "elapsed", "pass by", "go by"):
        return Level("time_limit", span=passed)  # "30 bars pass -> out"
    if passed is not None and c.accept_tag("cooldown"):
        return Level("cooldown", span=passed)  # "8 bars pause after a stop"
    c.at = start
    if c.is_tag("max") or c.is_number():
        capped = c.accept_tag("max")
        span = duration(c)
        ending = c.peek()
        ended = ending is None or ending.kind == "line" or ending.text in (",", ".", ";")
        if span is not None and span.unit == "bar" and ((capped and ended) or c.accept_text("cap", "max")):
            return Level("time_limit", span=span)  # "max 24 bars", "48 bar cap"
        if span is not None and (
            c.accept_tag("time_limit") or (c.is_tag("max") and c.accept_tag("max") and c.accept_tag("action"))
        ):
            return Level("time_limit", span=span)
    return None


def duration(c: Cursor) -> Span | None:
    """Read ``5 bars``, ``48h``, ``10 trading days``, ``a week``."""
    start = c.at
    token = c.peek()
    if token is not None and token.kind == "span":
        c.take()
        return token.data  # type: ignore[no-any-return]
    if token is not None and token.kind == "number" and token.value is not None and token.value > 0:
        c.take()
        c.accept_text("full", "whole", "complete")
        if c.is_tag("unit"):
            return Span(token.value, c.take().data)
        if c.is_tag("tf"):
            unit = {"1d": "day", "1h": "hour", "1w": "week"}.get(c.peek().data)  # type: ignore[union-attr]
            if unit is not None:
                c.take()
                return Span(token.value, unit)  # type: ignore[arg-type]
    elif token is not None and token.text in ("a", "one", "an") and c.is_tag("unit", ahead=1):
        c.take()
        return Span(1, c.take().data)
    c.at = start
    return None
