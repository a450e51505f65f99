"""A Keltner channel by what it is made of: ``keltner: 20 ema with 2.5 x atr(10)``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.levels import distance
from agent.language.builtin.rules import Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.progress import Progress


CHANNELS = ("channel", "channels", "band", "bands", "envelope", "envelopes")


def read_keltner_parts(so_far: Progress) -> bool:
    """Give a Keltner channel that was named without settings the average and the multiple of ATR said here."""
    c, start, mentions = so_far.c, so_far.c.at, so_far.c.mind.mentions
    if not any(_lacks_settings(one) for one in mentions):
        return _unnamed(so_far)
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


def _unnamed(so_far: Progress) -> bool:
    """``2 atr channel around the 20 ema``, ``channel: 30 ema, 1.2 x atr14 wide``, ``ema 20 +/- 2 atr``: never named."""
    c, start = so_far.c, so_far.c.at
    length: float | None = None
    away = distance(c, bare=False) if c.is_number() else None
    if away is not None and away.type == "atr":
        named = c.accept_text(*CHANNELS)
        around = c.accept_text("around", "about", "on", "of", "off", "over", "from", "round")
        c.skip("the", "a")
        length = _ema_length(c) if named and around else None
    else:
        c.at = start
        led = c.accept_text(*CHANNELS)
        marked = bool(led) and c.accept_text(":", "=", "is", "of", "made") is not None
        c.skip("of", "the", "a")
        length = _ema_length(c) if marked or led is None else None
        between = c.accept_text("+/-", "±", "+-", "plus/minus") or (marked and c.accept_text(",", "with", "and", "&"))
        if not between and c.accept_text("+", "plus"):
            between = c.accept_text("/", "or", "and") and c.accept_text("-", "minus")
        away = distance(c, bare=False) if length is not None and between else None
        c.skip("wide", "away", *CHANNELS)
    if length is None or away is None or away.type != "atr":
        c.at = start
        return False
    inputs = {"length": Span(length), "multiplier": away.value}
    if away.length is not None:
        inputs["atr_length"] = Span(away.length)
    c.mind.topic = c.mention(Series("keltner", tuple(inputs.items())))
    c.mention(Series("ema", (("length", Span(length)),)))
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
