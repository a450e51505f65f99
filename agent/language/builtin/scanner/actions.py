"""Words that open, close or hold a position: ``buy``, ``go short``, ``close the trade``, ``hold till``, ``X at 50``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions import condition
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.scanner.closings import read_closing
from agent.language.builtin.scanner.progress import clause_ends
from agent.language.builtin.scanner.times import is_a_time
from agent.language.builtin.sizes import Size

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.language.builtin.scanner.progress import Progress
    from agent.language.builtin.tokens import Token

LETTER_ACTIONS = {"L": ("enter", "long"), "S": ("enter", "short"), "X": ("exit", None)}
"""A quant's shorthand."""

ENTRY_NOUNS = ("entry", "entries")
BOTH_ENDS = ("short exit", "long exit", "short exits", "long exits")


def read_action(so_far: Progress) -> bool:
    """Take what is done with a position."""
    if so_far.token.tag == "action":
        return any(reader(so_far) for reader in ACTION_WORDS)
    return any(reader(so_far) for reader in OTHER_WORDS)


def _side_of_an_average(so_far: Progress) -> bool:
    """``short ema over long ema``, ``long term``, ``short of``: an adjective."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    following = c.peek(1)
    if token.text not in ("short", "long", "out", "cash") or following is None:
        return False
    if token.text in ("short", "long") and _is_average(following):
        found = condition(c)
        if found is not None:
            return so_far.add("condition", found, start)
    if following.text in ("term", "run", "of") and token.text != "out":
        c.at += 2
        return True
    return False


def _is_average(token: Token) -> bool:
    return token.tag == "average" or (token.tag == "indicator" and token.data.type in AVERAGES)


def _money(so_far: Progress) -> bool:
    """``5k cash``: cash is a way out only where something leads there."""
    if so_far.token.text != "cash" or so_far.follows("else", "arrow", "comma", "condition"):
        return False
    if so_far.follows("and", "or") and so_far.c.is_tag("compare", "when", ahead=1):
        return False  # "long over the 55 ema and cash below it"
    so_far.c.take()
    return True


def _hold_until(so_far: Progress) -> bool:
    """``hold till rsi > 70``: what follows closes the position."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if token.data[0] != "hold" or not c.is_text("till", "until", ahead=1):
        return False
    c.at += 2
    return so_far.add("action", ("exit", token.data[1]), start)


def _entry_hours(so_far: Progress) -> bool:
    """``8-16 utc entries``: the hours of entries named before, no entry of its own."""
    items = so_far.items
    if so_far.token.text not in ENTRY_NOUNS or not so_far.follows("condition") or not is_a_time(items[-1].data):
        return False
    if not any(item.kind == "action" and item.data[0] == "enter" for item in items):
        return False
    so_far.c.take()
    items.insert(-1, replace(items[-1], kind="filter", data="only", end=items[-1].start, words=""))
    return True


def _noun(so_far: Progress) -> bool:
    """``rsi under 50 at entry``, ``the position``: a thing that is spoken of, nothing that is done."""
    c, token = so_far.c, so_far.token
    moment = token.text in ENTRY_NOUNS and c.is_text(
        "at", "on", "from", "of", "per", "my", "since", "after", "each", ahead=-1
    )
    if moment or (token.text in ("position", "trigger") and not so_far.starts_clause()):
        c.take()
        return True
    return False


def _act(so_far: Progress) -> bool:
    """The word as an action, with the size or the ``when`` that is part of it: ``all in``, ``buy when``."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    c.take()
    c.mind.acted = True
    if token.text in BOTH_ENDS and so_far.follows("condition"):
        so_far.add("action", ("enter", token.data[1]), start)
        return so_far.add("action", ("exit", None), start)  # "< -2 long > 2 short exit at 0"
    so_far.add("action", token.data, start)
    if token.text.endswith((" when", " if")):
        so_far.add("when", token.text, start)
    if token.text == "all in":
        so_far.add("size", Size("percent_equity", 1.0), start)
    while c.is_text(":", "=", "-") or (c.is_text("is", "are") and c.is_tag("when", ahead=1)):
        c.take()
    return True


ACTION_WORDS: tuple[Callable[[Progress], bool], ...] = (
    _side_of_an_average,
    _money,
    _hold_until,
    _entry_hours,
    _noun,
    _act,
)
"""What a word of action is, the other meanings first."""


def _signal(so_far: Progress) -> bool:
    """``buy signal: rsi < 30``."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if token.tag != "verb" or token.text not in ("buy signal", "sell signal") or not so_far.starts_clause():
        return False
    c.take()
    c.accept_text(":", "=")
    return so_far.add("action", ("enter", "long") if token.text == "buy signal" else ("exit", "long"), start)


def _letter(so_far: Progress) -> bool:
    """``rsi < 30 L``, ``L: C > ema``, ``X at 50``: L, S and X of a quant's shorthand."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    following = c.peek(1)
    if token.raw not in LETTER_ACTIONS:
        return False
    if following is not None and (following.text == "(" or (following.glued and following.kind == "number")):
        return False
    led = (
        not so_far.items
        or c.is_text(")", ahead=-1)
        or so_far.follows(
            "condition", "comma", "stop", "arrow", "opaque", "timeframe", "asset", "level", "size", "dangling"
        )
    )
    if not led and not c.is_text(":", "=", ahead=1):
        return False
    c.take()
    while c.is_text(":", "="):
        c.take()
    return so_far.add("action", LETTER_ACTIONS[token.raw], start)


def _in(so_far: Progress) -> bool:
    """``rsi < 30 in, > 70 out``, ``in at mondays open``: in, enter or into at the end of a clause or before a day."""
    c, start = so_far.c, so_far.c.at
    led = not so_far.items or so_far.follows(
        "condition", "arrow", "asset", "timeframe", "comma", "stop", "opaque", "setup"
    )
    if not c.is_text("in", "enter", "into") or not led:
        return False
    ended = clause_ends(c, ahead=1, marks=(",", ".", ";", "/", ")"))
    dated = c.is_tag("weekday", ahead=1) or c.is_text("at", "on", "every", ahead=1)
    turned = so_far.follows("condition", "comma") and c.is_tag("compare", ahead=1) and c.is_text("out", ahead=2)
    if not (ended and so_far.items) and not dated and not turned:
        return False
    c.take()
    return so_far.add("action", ("enter", "long"), start)


OTHER_WORDS: tuple[Callable[[Progress], bool], ...] = (_signal, _letter, read_closing, _in)
"""Readers of words that are an action only where they stand so."""
