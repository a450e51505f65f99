"""Ways out that are no plain word of action: ``close when ...``, ``till rsi > 70``, ``the rest when ...``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.rules import Compare, Number, Opposite
from agent.language.builtin.scanner.progress import clause_ends

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.progress import Progress

UNTIL = ("till", "until", "til")
REST = ("rest", "remainder")


def read_closing(so_far: Progress) -> bool:
    """Take words that close the position that was entered."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if (
        (token.text == "home" and c.is_text("at", "on", "when", "if", ahead=1))
        or (token.text == "closes" and so_far.follows("condition") and clause_ends(c, ahead=1))
        or (token.text == "close" and _ends_its_rule(so_far))
        or (token.text in ("both", "either") and _both_sides_return(so_far))
    ):
        c.take()
    elif token.text in ("close", "closes", "closed") and _is_the_verb(c) and not _is_price_at_a_line(so_far):
        c.take()
        c.accept_text("the", "my", "our", "it", "out", "everything", "all")
        c.accept_text("position", "positions", "trade", "it")
        c.accept_tag("size", "positions")
    elif token.tag == "stop" and _on_a_turn(c):
        return _stopped_by_a_turn(so_far)
    elif token.text in REST and _rides_until(c):
        c.at += 3
    elif token.text == "other" and c.is_text("half", ahead=1) and c.is_tag("when", ahead=2):
        c.at += 2
    elif (
        (token.text in REST and _leaves_by_a_rule(c))
        or (token.text in UNTIL and so_far.last_action() in ("enter", "hold"))
        or (token.text == "nothing" and c.is_tag("compare", ahead=1) and so_far.last_action() in ("enter", "hold"))
    ):
        c.take()
    else:
        return False
    return so_far.add("action", ("exit", None), start)


def _both_sides_return(so_far: Progress) -> bool:
    """``long under the lower, short over the upper, both back to the mid``: where both are closed."""
    back = so_far.c.is_text("back to", "back at", "back in", "back", ahead=1)
    return back and so_far.follows("comma", "stop", "and") and so_far.last_action() == "enter"


def _ends_its_rule(so_far: Progress) -> bool:
    """``rsi < 30 buy, rsi > 70 close``: behind a level, once something was entered, and nothing else in the clause."""
    c = so_far.c
    if not so_far.follows("condition") or not clause_ends(c, ahead=1) or so_far.last_action() not in ("enter", "hold"):
        return False
    rule = so_far.items[-1].data
    begins = len(so_far.items) > 1 and so_far.items[-2].kind in ("comma", "stop", "arrow", "and")
    levelled = isinstance(rule, Compare) and isinstance(rule.right, Number) and c.is_number(-1)
    return begins and levelled


def _stopped_by_a_turn(so_far: Progress) -> bool:
    """Take ``stop on the flip``; what the turn is called behind ``opposite`` is left to its own reader."""
    c, start = so_far.c, so_far.c.at
    c.take()
    so_far.add("action", ("exit", None), start)
    here = c.at
    c.skip("on", "at", "with", "the", "a", "an", "its")
    if not c.is_tag("opposite"):
        c.take()
        so_far.add("condition", Opposite(), here)
    return True


def _on_a_turn(c: Cursor) -> bool:
    """``stop on the flip``, ``stop at an opposite cross``: out when the signal turns, no distance."""
    at = c.at
    c.take()
    led = c.tokens[at].text.endswith(" at") or c.is_text("on", "at", "with")
    c.skip("on", "at", "with", "the", "a", "an", "its")
    found = led and (c.is_tag("opposite") or c.is_text("flip", "flips", "reversal"))
    c.at = at
    return found


def _leaves_by_a_rule(c: Cursor) -> bool:
    """``the rest when ...``, ``rest on rsi over 70``, ``rest rsi over 70``."""
    ahead = 2 if c.is_text("on", "at", "off", "out", ahead=1) else 1
    return c.is_tag("when", "compare", "indicator", "line", "extreme", "setup", "opposite", ahead=ahead)


def _rides_until(c: Cursor) -> bool:
    """``the rest rides until ...``."""
    rides = c.is_tag("verb", ahead=1) or c.is_text("rides", "runs", "stays", ahead=1)
    return rides and c.is_text(*UNTIL, ahead=2)


def _is_price_at_a_line(so_far: Progress) -> bool:
    """``adx under 20 and close at the lower band: buy``: joined to a rule before anything was entered, a price."""
    entered = any(item.kind == "action" and item.data[0] in ("enter", "hold") for item in so_far.items)
    ahead = 2 if so_far.c.is_text("at", ahead=1) else 0
    ahead += 1 if so_far.c.is_text("the", ahead=ahead) else 0
    return bool(ahead) and not entered and so_far.follows("and") and so_far.c.is_tag("line", "indicator", ahead=ahead)


def _is_the_verb(c: Cursor) -> bool:
    """``close when ...``, ``close at ...``, ``close the position``: the verb, not the price."""
    if clause_ends(c, ahead=1) and c.is_text("->", "=>", "-->", "→", "=", ahead=-1):
        return True
    if c.is_tag("weekday", ahead=-1):
        return False  # "sell friday close on btc"
    if c.is_tag("when", ahead=1):
        return True
    if c.is_text("at", ahead=1):
        return not c.is_tag("compare", "field", ahead=2)
    if c.is_text("on", "it", "half", "everything", "if", "once", "out", "all", ahead=1):
        return True
    if c.is_text("the", "my", "our", ahead=1) and (
        c.is_tag("size", "positions", ahead=2) or c.is_text("position", "trade", ahead=2)
    ):
        return True
    return c.is_tag("size", "positions", "opposite", ahead=1) or c.is_text("profit", "with", ahead=1)
