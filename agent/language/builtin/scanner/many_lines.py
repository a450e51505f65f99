"""A price compared with several averages at once: ``above the 20, 50 and 200 ema``, ``over both the 50 and 200``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.directions import UP
from agent.language.builtin.conditions.stacks import chain
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import Compare, Field, Series, Span, joined
from agent.language.builtin.scanner.statements import add_condition

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition
    from agent.language.builtin.scanner.progress import Progress

CLOSES = ("price", "close", "closes", "closing", "is", "trades", "trading", "it", "holds", "stays", "daily")
LED_BY = ("both", "all", "the", "its", "of", "each", "three", "two", "my", "a", "also")
BETWEEN = (",", "and", "&", "/", "+", "and the", "and also")
SIDES = ("gt", "gte", "lt", "lte")
BEHIND = ("compare", "verb", "sign", "trend", "percent", "times", "unit")


def read_many_lines(so_far: Progress) -> bool:
    """Take the comparison with each of them; one average alone is left to the reader of conditions."""
    c, start = so_far.c, so_far.c.at
    c.skip(*CLOSES)
    sign = c.accept_tag("compare")
    lines = _lines(c) if sign is not None and sign.data in SIDES else []
    if sign is None or len(lines) < 2:
        c.at = start
        return False
    for line in lines:
        c.mention(line)
    return add_condition(so_far, joined("and", [Compare(sign.data, Field("close"), line) for line in lines]), start)


def read_named_lines(so_far: Progress) -> bool:
    """``20/50/200 sma``, ``ema 8, 13 and 21``: three averages or more that are only named here."""
    c, start = so_far.c, so_far.c.at
    lines = _lines(c) if c.is_number() else _behind_their_kind(c)
    if len(lines) < 3 or not (c.is_text(",", ":", ".", ";") or c.peek() is None):
        c.at = start
        return False
    for line in lines:
        c.mention(line)
    c.mind.stack = tuple(lines)
    c.mind.stacked = chain(c.mind.stack, UP)
    return so_far.add("mention", lines[-1], start)


def read_all_of_them(so_far: Progress) -> bool:
    """``price over all three``, ``below any of them``: the averages that were named."""
    c, start = so_far.c, so_far.c.at
    c.skip(*CLOSES)
    sign = c.accept_tag("compare")
    every = c.accept_text("all", "every", "each") if sign is not None and sign.data in SIDES else None
    some = c.accept_text("any", "one", "either") if every is None else None
    lines = list(dict.fromkeys(one for one in c.mind.mentions if one.type in AVERAGES and not one.bare))
    if sign is None or sign.data not in SIDES or (every is None and some is None) or len(lines) < 3:
        c.at = start
        return False
    c.skip("of", "them", "the", "these", "those", "three", "four", "five", "lines", "averages", "mas", "smas", "emas")
    rules: list[Condition] = [Compare(sign.data, Field("close"), line) for line in lines]
    return add_condition(so_far, joined("and" if every is not None else "or", rules), start)


def _behind_their_kind(c: Cursor) -> list[Series]:
    """``ema 8, 13 and 21``: the lengths behind the name."""
    token = c.peek()
    if token is None or token.tag != "indicator" or token.data.type not in AVERAGES:
        return []
    kind, lengths = str(c.take().data.type), list[float]()
    while c.is_number() and 2 <= (c.tokens[c.at].value or 0) <= 500:
        lengths.append(c.take().value or 0.0)
        end = c.at
        c.skip(*BETWEEN)
        if not c.is_number():
            c.at = end
    return [Series(kind, (("length", Span(length)),)) for length in lengths]


def _lines(c: Cursor) -> list[Series]:
    """The averages of a list; those without a name of their own are of the kind that is named behind them."""
    said: list[tuple[Span, str | None]] = []
    while True:
        c.skip(*LED_BY)
        token = c.peek()
        if token is None or not (c.is_number() or token.kind == "span") or not 2 <= (token.value or 0) <= 500:
            break
        span = token.data if token.kind == "span" else Span(token.value or 0.0)
        c.take()
        if c.is_tag("unit"):
            span = Span(span.n, c.take().data)
        said.append((span, _average(c)))
        end = c.at
        c.skip(*BETWEEN)
        if c.at == end or not _goes_on(c):
            c.at = end
            break
    kinds = [kind for _, kind in said if kind is not None]
    if not kinds or said[-1][1] is None or c.is_tag(*BEHIND) or any(one.unit in ("minute", "hour") for one, _ in said):
        return []
    return [Series(kind or kinds[-1], (("length", span),)) for span, kind in said]


def _average(c: Cursor) -> str | None:
    """Take the name of an average: ``ema``, ``day sma``, ``moving averages``."""
    token = c.peek()
    if token is not None and token.tag == "indicator" and token.data.type in AVERAGES and not c.is_number(1):
        return str(c.take().data.type)
    if c.accept_tag("average") or c.accept_text("ma", "mas", "day"):
        return "sma"
    return None


def _goes_on(c: Cursor) -> bool:
    """True where another average follows, no rule of its own: ``above the 20 ema and 50 sma > 200 sma``."""
    ahead = 0
    while c.is_text(*LED_BY, ahead=ahead):
        ahead += 1
    if not c.is_number(ahead):
        return False
    ahead += 1
    while c.is_tag("unit", "indicator", "average", ahead=ahead):
        ahead += 1
    return not c.is_tag(*BEHIND, ahead=ahead) and not c.is_text("%", ahead=ahead)
