"""Numbers behind an indicator's name, bare ones here: ``sma 50``, ``macd 12 26 9``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.operands.bracketed import bracketed
from agent.language.builtin.operands.parameters import PARAMETERS, SCALED, WHOLE, with_numbers
from agent.language.builtin.operands.worded import worded
from agent.language.builtin.rules import Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def numbers_behind(c: Cursor, series: Series) -> Series:
    """Take in the numbers behind an indicator's name."""
    changed = True
    while changed:
        changed = False
        for reader in (bracketed, worded, listed):
            further = reader(c, series)
            if further is not None:
                series, changed = further, True
                break
    return series


def listed(c: Cursor, series: Series) -> Series | None:
    """Bare numbers: ``macd 12 26 9``, ``bb 20 2``, ``sma 50``, ``rsi14``."""
    start = c.at
    names = PARAMETERS.get(series.type, ("length",))
    free = [name for name in names if series.input(name) is None]
    if not free:
        return None
    c.accept_text("of", "=", ":") if len(names) == 1 else None
    numbers: list[Span] = []
    while len(numbers) < len(free):
        here = c.at
        if numbers and not c.accept_text("/", ",", "-") and not c.is_number():
            break
        token = c.peek()
        if token is None or token.kind != "number" or token.value is None or token.value <= 0:
            c.at = here
            break
        after = c.peek(1)
        if after is not None and (after.tag in ("percent", "times", "equity", "row", "r") or after.text == "$"):
            c.at = here
            break
        if after is not None and after.tag == "unit" and c.is_tag("ago", ahead=2):
            c.at = here
            break
        if after is not None and after.tag == "unit" and after.data != "bar" and free[len(numbers)] != "length":
            c.at = here
            break
        if free[len(numbers)] in WHOLE and (token.value != int(token.value) or token.value > 5000):
            c.at = here
            break
        if (
            after is not None
            and after.tag == "indicator"
            and after.data.type != series.type
            and here > start
            and len(numbers) >= 1
        ):
            c.at = here
            break
        if numbers and after is not None and after.tag in ("indicator", "stop", "target", "unit", "line", "average"):
            c.at = here
            break
        c.take()
        numbers.append(Span(token.value))
    if not numbers:
        c.at = start
        return None
    if len(names) == 1 and series.type in SCALED and not _length_for_sure(c, start, numbers[0]):
        c.at = start
        return None
    if c.is_tag("unit") and c.peek().data == "bar":  # type: ignore[union-attr]
        c.take()
    return with_numbers(series, numbers)


def _length_for_sure(c: Cursor, start: int, span: Span) -> bool:
    """True when the number behind an oscillator is its length, not a level: ``rsi 14 < 30`` against ``rsi 30/70``."""
    number = c.tokens[c.at - 1]
    if start >= 2 and c.tokens[start - 2].text == "at" and _ended(c):
        return False  # "out at rsi 55"
    if number.glued or c.is_tag("compare", "verb", "sign") or c.is_text(":"):
        return True
    if c.tokens[start - 1].tag == "indicator" and c.tokens[start - 1].data.type in (
        "aroon",
        "cci",
        "williams_r",
        "zscore",
        "roc",
        "cmo",
    ):
        return True
    after = c.peek()
    if after is not None and after.text in ("/", "-", "and") and c.is_number(1):
        return False
    if after is not None and after.kind == "number":
        return True
    if after is not None and after.tag == "between":
        return True
    return span.n not in (20.0, 25.0, 30.0, 35.0, 40.0, 50.0, 60.0, 65.0, 70.0, 75.0, 80.0, 90.0, 100.0)


def _ended(c: Cursor) -> bool:
    token = c.peek()
    return (
        token is None or token.kind == "line" or token.text in (",", ".", ";", "/", ")") or token.tag in ("or", "and")
    )
