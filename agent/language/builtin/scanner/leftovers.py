"""What begins no rule: series that stand alone (``donchian 20/10``), levels (``30/70``), words nobody could read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin import markets
from agent.language.builtin.conditions.kinds import FLIPPING
from agent.language.builtin.conditions.subjects import spoken_of_later
from agent.language.builtin.lexicon import FILLERS
from agent.language.builtin.operands import SCALED, operand, pair
from agent.language.builtin.rules import Compare, Field, Number, Series
from agent.language.builtin.scanner.arrivals import EXTREMES, before_this_bar
from agent.language.builtin.scanner.counts import is_count
from agent.language.builtin.scanner.lines_alone import is_a_state, joins_a_rule, points_at_action, serves_as, state_of
from agent.language.builtin.scanner.punctuation import ARROWS
from agent.language.builtin.scanner.statements import add_condition

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.language.builtin.rules import Operand, When
    from agent.language.builtin.scanner.items import ItemKind
    from agent.language.builtin.scanner.progress import Progress
    from agent.language.builtin.tokens import Token

MEANT_AS_RULE = ("compare", "percent", "indicator", "line", "stop", "target", "trail")
"""Words of a rule or a protection: alone they ask for something that was not understood."""

STYLES = ("scalp",)
"""Words of a target that alone name a style of trading."""

POINTERS = ("=", *ARROWS[:3])


def read_leftover(so_far: Progress) -> bool:
    """Take whatever stands here: a series, levels, an asset nobody knows, or one word."""
    return any(reader(so_far) for reader in LEFTOVERS)


def _pair(so_far: Progress) -> bool:
    """``ema 20/50``: two lengths of one average."""
    start = so_far.c.at
    both = pair(so_far.c)
    return both is not None and so_far.add("pair", both, start)


def _middle_line(so_far: Progress) -> bool:
    """``the 50 line`` of an oscillator: what a cross without a right side means."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if not _oscillator(c.mind.topic) or not c.is_number() or not c.is_text("line", "level", "midline", ahead=1):
        return False
    c.mind.other = Number(c.take().value or 0.0)
    c.take()
    return so_far.add("unread", token, start)


def _two_levels(so_far: Progress) -> bool:
    """``30/70``, ``20-80``, ``30 and 70`` behind an oscillator."""
    c, start, topic = so_far.c, so_far.c.at, so_far.c.mind.topic
    if topic is None and c.is_number() and c.is_text("/", "-", ahead=1):
        topic = spoken_of_later(c)  # "30/70 means rsi"
    if not isinstance(topic, Series) or not _oscillator(topic) or not c.is_number():
        return False
    first = c.take().value or 0.0
    c.accept_tag("percent")
    if (c.accept_text("/", "-", "and", "&", "to", "|") or c.is_number()) and c.is_number():
        second = abs(c.take().value or 0.0)
        if first < second or topic.type in ("cci", "zscore", "williams_r"):
            return so_far.add("levels", (first, second), start)
    c.at = start
    return False


def _oscillator(topic: Operand | None) -> bool:
    return isinstance(topic, Series) and topic.type in SCALED


def _series_alone(so_far: Progress) -> bool:
    """A series no rule was made of: what points from it at an action is its rule, else it is spoken of."""
    c, start, topic = so_far.c, so_far.c.at, so_far.c.mind.topic
    found = operand(c)
    if found is None:
        return False
    if isinstance(found, Series) and is_a_state(so_far, found):
        return add_condition(so_far, state_of(so_far, found), start)
    serves = serves_as(so_far, found) if isinstance(found, Series) else None
    if isinstance(found, Series) and (serves is not None or points_at_action(so_far, found)):
        if found.type == "donchian" and found.output is None:
            rule = Compare("outside", Field("close"), found)  # "donchian 40 in, donchian 15 out"
        elif found.type in FLIPPING and serves == "exit":
            rule = Compare("beyond", Field("close"), found)
        elif found.type in EXTREMES or (found.type == "donchian" and found.output != "middle"):
            beyond: When = "gt" if found.type == "highest" or found.output == "upper" else "lt"
            rule = Compare(beyond, Field("close"), before_this_bar(found))  # "50 day high -> buy"
        else:
            rule = Compare("reach", Field("close"), found)
        return add_condition(so_far, rule, start)
    if isinstance(found, Series) and joins_a_rule(so_far, found, start):
        if so_far.follows("condition"):
            so_far.add("and", "at", start)  # "engulfing bar at the lower band"
        return add_condition(so_far, Compare("reach", Field("close"), found), start)
    if isinstance(found, Series) and not so_far.in_brackets(start):
        _spoken_of(so_far, found, topic)
    return so_far.add("mention", found, start)


def _spoken_of(so_far: Progress, found: Series, topic: Operand | None) -> None:
    """Take a series that stands alone as the topic, unless it only describes the one before."""
    c = so_far.c
    if isinstance(topic, Series) and topic.type == "zscore" and found.type in ("sma", "stdev"):
        if topic.bare and found.input("length") is not None:
            c.mind.topic = replace(topic.having(length=found.input("length")), bare=False)
            c.mind.mentions.append(c.mind.topic)
    elif found.type == "atr":
        _atr_of_bands(so_far, found)
    else:
        c.mind.topic = found


def _atr_of_bands(so_far: Progress, atr: Series) -> None:
    """``supertrend, atr 10 x 3``: the settings of the bands that were named without."""
    c = so_far.c
    bands = [one for one in c.mind.mentions if one.type in ("supertrend", "keltner") and one.bare]
    if bands and c.accept_tag("mult", "times") and c.is_number():
        better = replace(bands[-1].having(multiplier=c.take().value), bare=False)
        if atr.input("length") is not None and better.type == "supertrend":
            better = better.having(length=atr.input("length"))
        c.mind.mentions.append(better)
        c.mind.topic = better


def _unknown_asset(so_far: Progress) -> bool:
    """``on FOOBAR``: what looks like a symbol and is none that is known."""
    start = so_far.c.at
    unknown = markets.unknown_asset(so_far.c)
    return unknown is not None and so_far.add("unknown_asset", unknown, start)


def _opposite(so_far: Progress) -> bool:
    """``vice versa for the short side``."""
    c, start = so_far.c, so_far.c.at
    if so_far.token.tag != "opposite":
        return False
    c.take()
    c.accept_text("it", "that", "this", "everything")
    if c.accept_text("for", "on") or c.accept_tag("for"):
        c.accept_text("the")
        c.accept_tag("action")
        c.accept_text("side", "too", "as")
    return so_far.add("opposite", None, start)


def _one_word(so_far: Progress) -> bool:
    """Any token: it says nothing, or was not read, or asks for something that was not understood."""
    start, token = so_far.c.at, so_far.token
    so_far.c.take()
    kind = _kind_of_word(so_far, token, start)
    return True if kind is None else so_far.add(kind, token, start)


def _kind_of_word(so_far: Progress, token: Token, at: int) -> ItemKind | None:
    if token.kind == "word" and (token.text in FILLERS or token.tag in ("filler", "no")):
        return None
    if token.kind == "mark" and token.tag is None:
        return None
    if so_far.in_brackets(at) or is_count(so_far.c, token):
        return "unread"
    if token.tag == "stop" and so_far.last_action() == "exit":
        return "unread"
    if token.text in STYLES or (token.tag in MEANT_AS_RULE and so_far.c.is_text("style", "styled", "like")):
        return "unread"
    if token.tag == "indicator" and token.data.type == "ichimoku":
        return "unread"
    if token.kind in ("number", "span", "clock", "date") or token.tag in MEANT_AS_RULE:
        return "dangling"
    return "unread" if token.kind == "word" else None


LEFTOVERS: tuple[Callable[[Progress], bool], ...] = (
    _pair,
    _middle_line,
    _two_levels,
    _series_alone,
    _unknown_asset,
    _opposite,
    _one_word,
)
"""Who is asked, in this order; the last one takes any token."""
