"""A Keltner channel by what it is made of: ``keltner: 20 ema with 2.5 x atr(10)``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.levels import distance
from agent.language.builtin.rules import Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.progress import Progress


def read_keltner_parts(so_far: Progress) -> bool:
    """Give a Keltner channel that was named without settings the average and the multiple of ATR said here."""
    c, start, mentions = so_far.c, so_far.c.at, so_far.c.mind.mentions
    if not any(_lacks_settings(one) for one in mentions):
        return False
    while c.is_text("channel", "bands", "band", "is", "of", "=", "with", "on", "a", "the", "(", "lines"):
        c.take()
    length = _ema_length(c)
    if length is None:
        c.at = start
        return False
    while c.is_text(
        "with", "bands", "at", "plus", "minus", "+", "-", "/", "±", "and", ",", "&", "by", "+/-"
    ) or c.is_tag("postfixed", "with", "and"):
        c.take()
    found = distance(c, bare=False)
    if found is None or found.type != "atr":
        c.at = start
        return False
    c.skip("wide", "away", ")", "bands", "envelope")
    inputs = {"length": Span(length), "multiplier": found.value}
    if found.length is not None:
        inputs["atr_length"] = Span(found.length)
    for place, one in enumerate(mentions):
        if _lacks_settings(one):
            mentions[place] = replace(one.having(**inputs), bare=False)
    mentions.append(Series("ema", (("length", Span(length)),)))
    c.mind.topic = Series("keltner", tuple(inputs.items()))
    return so_far.add("mention", c.mind.topic, start)


def _lacks_settings(series: Series) -> bool:
    return series.type == "keltner" and series.input("length") is None


def _ema_length(c: Cursor) -> float | None:
    """Take ``20 ema``, ``ema 20`` or ``ema(20)`` and return the length."""
    start = c.at
    if c.is_number() and _is_ema(c, ahead=1):
        length = c.take().value
        c.take()
        return length
    if _is_ema(c):
        c.take()
        bracket = c.accept_text("(")
        if c.is_number():
            length = c.take().value
            if bracket:
                c.accept_text(")")
            return length
    c.at = start
    return None


def _is_ema(c: Cursor, *, ahead: int = 0) -> bool:
    token = c.peek(ahead)
    return token is not None and token.tag == "indicator" and token.data.type == "ema"
