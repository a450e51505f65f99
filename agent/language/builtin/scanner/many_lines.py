"""A price compared with several averages at once: ``above the 20, 50 and 200 ema``, ``over both the 50 and 200``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import Compare, Field, Series, Span, joined
from agent.language.builtin.scanner.statements import add_condition

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
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
