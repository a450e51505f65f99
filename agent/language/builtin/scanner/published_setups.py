"""Setups by their published names and lengths: ``turtle system 2``, ``20/10 donchian``, ``breakout 20 in 10 out``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.language.builtin import markets
from agent.language.builtin.levels import Distance, Level
from agent.language.builtin.rules import Compare, Field, Number, Series, Span, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, When
    from agent.language.builtin.scanner.progress import Progress
    from agent.language.builtin.tokens import Token

TURTLES = ("turtle", "turtles")
SYSTEMS = {1: (Span(20.0), Span(10.0)), 2: (Span(55.0), Span(20.0))}
"""Bars of the turtles' entry and exit by their system (Faith, "The Original Turtle Trading Rules", 2003)."""

N_STOP = Level("stop_loss", Distance("atr", 2.0, length=20))
"""Two N, N being their 20 day average range."""

CHANNELS = ("donchian", "donchian channel", "donchians", "breakout", "breakouts", "channel", "price channel", *TURTLES)
BREAKS = ("breakout", "breakouts", *TURTLES)
BETWEEN = (
    "trading", "trader", "traders", "rules", "rule", "style", "strategy", "ish", "system", "systems", "method", "s",
    "classic", "original", "of", "with", "the", "a", "=", ":", "on", "using", "lookback",
)  # fmt: skip
ENTERS = ("in", "entry", "enter", "entries", "buy", "high", "highs", "long", "enters", "to")
LEAVES = ("out", "exit", "exits", "breakdown", "low", "lows", "trailing", "get out")
JOINTS = ("/", ",", "and", "&", "-", "x", "then", ";", "with", "a")
CLOSE = Field("close")


@dataclass(frozen=True, slots=True)
class Published:
    """Entry and exit of the long side as they were published, in words, and the protection that belongs to them."""

    entry: Condition
    exit: Condition
    words: str
    levels: tuple[Level, ...] = ()


def read_published(so_far: Progress) -> bool:
    """Take a setup by its name, or two lengths of a channel: one to enter by, one to leave by."""
    c, start = so_far.c, so_far.c.at
    frame = markets.timeframe(c)
    named = c.at
    found = _turtles(c)
    if found is None:
        c.at = named
        found = _channel(c)
    if found is None:
        c.at = start
        return False
    if frame is not None:
        behind, c.at = c.at, named
        so_far.add("timeframe", frame, start)
        c.at = behind
    return so_far.add("published", found, named)


def connors(levels: tuple[float, float] | None) -> Published:
    """Return the RSI-2 of Connors and Alvarez ("Short Term Trading Strategies That Work", 2008)."""
    low, high = levels or (5.0, 0.0)
    rsi = Series("rsi", (("length", Span(2.0)),))
    trend, mean = (Series("sma", (("length", Span(length)),)) for length in (200.0, 5.0))
    entry = joined("and", [Compare("gt", CLOSE, trend), Compare("lt", rsi, Number(low))])
    words = f"Connors' RSI(2): in below {low:g} while the close is above the 200 bar average"
    if high:
        return Published(entry, Compare("gt", rsi, Number(high)), f"{words}, out above {high:g}")
    return Published(entry, Compare("gt", CLOSE, mean), f"{words}, out above the 5 bar average")


def _turtles(c: Cursor) -> Published | None:
    """``turtle``, ``turtle trading system 2``, ``turtles s1``, ``turtle 55/20``: system 1 where none is named."""
    if not c.accept_text(*TURTLES) or c.is_text("soup", "channel"):
        return None
    c.skip(*BETWEEN, *CHANNELS)
    both = _lengths(c, marked=False) or SYSTEMS[_system(c)]
    words = f"the turtles' rules: in above the {both[0].n:g} bar high, out below the {both[1].n:g} bar low, stop 2 N"
    return Published(*_broken(*both, "crosses_above"), words, (N_STOP,))


def _system(c: Cursor) -> int:
    number = c.peek()
    if number is not None and c.is_number() and number.value in SYSTEMS and not c.is_tag("percent", "atr", ahead=1):
        return int(c.take().value or 1)
    return 2 if c.accept_text("two", "ii") else 1


def _channel(c: Cursor) -> Published | None:
    """``donchian breakout 20 in 10 out``, ``20/10 donchian``, ``20 day breakout, 10 day exit``."""
    start = c.at
    led = c.is_text(*CHANNELS)
    c.skip(*CHANNELS, *(BETWEEN if led else ()))
    both = _lengths(c, marked=True)
    if both is None:
        return None
    c.skip(*CHANNELS)
    said = [token.text for token in c.tokens[start : c.at]]
    if not any(text in CHANNELS for text in said) or c.is_tag("compare"):
        return None
    when: When = "crosses_above" if any(text in BREAKS for text in said) else "gt"
    words = f"in above the channel of {both[0].n:g} bars, out below that of {both[1].n:g}"
    return Published(*_broken(*both, when), words)


def _lengths(c: Cursor, *, marked: bool) -> tuple[Span, Span] | None:
    """Take two lengths, the longer one to enter by where a stroke parts them; ``marked`` where words must say so."""
    start = c.at
    c.skip(*ENTERS)
    first = _length(c)
    here = c.at
    c.skip(*ENTERS, *CHANNELS)
    stroke = c.is_text("/") and c.at == here
    c.skip(*JOINTS)
    before = c.at
    _skip_leaving(c)
    second = _length(c) if first is not None else None
    leaving = c.at
    told = _skip_leaving(c) or any(_leaves(token) for token in c.tokens[before:leaving])
    if first is None or second is None or not (told or stroke or not marked) or first.unit != second.unit:
        c.at = start
        return None
    return (first, second) if told or first.n >= second.n else (second, first)


def _skip_leaving(c: Cursor) -> bool:
    """Go past ``exit on``, ``out``, ``low``; True where one of them says that a position is left."""
    start = c.at
    while (token := c.peek()) is not None and (_leaves(token) or token.text in ("on", "with", "a", "the")):
        if token.text == "on" and c.at > start and not c.is_number(1):
            break  # "10 day exit on gld"
        c.take()
    return any(_leaves(token) for token in c.tokens[start : c.at])


def _leaves(token: Token) -> bool:
    return token.text in LEAVES or (token.tag == "action" and token.data[0] == "exit" and token.text.startswith("exit"))


def _length(c: Cursor) -> Span | None:
    """``20``, ``20 day``, ``55d``; no hours, which are a timeframe."""
    token = c.peek()
    if token is None:
        return None
    if token.kind == "span" and token.data.unit in ("bar", "day", "week", "month"):
        return Span(c.take().value or 0.0, token.data.unit)
    if not c.is_number() or token.value is None or token.value != int(token.value) or not 2 <= token.value <= 500:
        return None
    if c.is_tag("percent", "times", "atr", "tf", "market", ahead=1):
        return None
    c.take()
    return Span(token.value, c.take().data) if c.is_tag("unit") else Span(token.value)


def _broken(entry: Span, leaving: Span, when: When) -> tuple[Condition, Condition]:
    """A close beyond the highest high of one span, and below the lowest low of the other."""
    upper, lower = (Series("donchian", (("length", span),)) for span in (entry, leaving))
    return (
        Compare(when, CLOSE, replace(upper, output="upper")),
        Compare("lt", CLOSE, replace(lower, output="lower")),
    )
