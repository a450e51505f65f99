"""Hours and days: when nothing is entered (``no trades on weekends``) and when alone (``only 8 to 12 utc``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from agent.language.builtin.calendar import calendar_condition
from agent.language.builtin.conditions import condition
from agent.language.builtin.contraries import CONTRARY
from agent.language.builtin.rules import Compare, Field, Not, Number, joined, leaves
from agent.language.builtin.scanner.progress import enters

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition
    from agent.language.builtin.scanner.progress import Progress

EXCLUDING = frozenset(
    (*"avoid avoiding skip skipping except excluding exclude outside excepting dont don't".split(), "outside of")
)
"""Words that shut a time out when they stand in front of it."""

ENTERING = frozenset(
    "trade trades trading entry entries enter entering take taking any new on of the at in buy buying open opening "
    "it long longs during position positions signals signal but for new fresh".split()
)
"""Words between one of those and the time it shuts out: what is not done then is to enter."""

LACKING = ("without", "w/o")
"""Words that deny the rule behind them: ``without adx over 30``."""

NO_SIDE = {"no longs": "long", "no long": "long", "no shorts": "short", "no short": "short"}

MOST_WORDS_BETWEEN = 6


def read_only_then(so_far: Progress) -> bool:
    """``only 8 to 12 utc``, ``only on mondays``: a filter of the entries, whatever it stands beside."""
    c, start = so_far.c, so_far.c.at
    if not c.accept_text("only", "just"):
        return False
    while enters(c.peek()) or c.is_text(*ENTERING):
        c.take()
    found = calendar_condition(c)
    if found is None and c.is_tag("compare"):
        found = condition(c)  # "only above the 200 day"
    if found is None:
        c.at = start
        return False
    return _add_filter(so_far, "only", found, start)


def read_excluded_time(so_far: Progress) -> bool:
    """``no trades on weekends``, ``never on fridays``, ``outside of 8 to 16 utc``: when nothing is entered."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if token.text == "sell" and c.is_text("in", ahead=1) and c.is_text("may", ahead=2):
        return _sold_in_may(so_far)
    if token.tag in ("weekday", "weekend", "month_name"):
        found = calendar_condition(c)
        if found is not None and c.accept_text("excluded", "excepted", "skipped", "off"):
            return _add_filter(so_far, "excluded", Not(found), start)
        c.at = start
    if token.tag == "only" and token.text in NO_SIDE and c.is_tag("when", "while", ahead=1):
        return _no_side_when(so_far)
    nothing = token.text in ("nothing", "never") and c.is_text("outside", "outside of", ahead=1)
    if token.tag not in ("no", "not", "unless") and token.text not in EXCLUDING and not nothing:
        return False
    denied_twice = False
    c.take()
    for _ in range(MOST_WORDS_BETWEEN):
        denied_twice = denied_twice or c.is_text("outside", "outside of")
        between = c.is_tag("no", "not", "size", "positions") or c.is_text(*ENTERING, *EXCLUDING)
        if not between and not enters(c.peek()):
            break
        c.take()
    found = calendar_condition(c)
    if found is None and (named := _in_brackets(c)) is not None:
        return _add_filter(so_far, "excluded", _denied(named), start)
    if found is None and any(map(enters, c.tokens[start : c.at])) and c.accept_tag("when", "while"):
        denied = _run(so_far)  # "don't buy when adx is below 20"
        if denied is not None:
            return _add_filter(so_far, "excluded", _denied(denied), start)
    if found is None and token.text in LACKING and c.at == start + 1:
        denied = condition(c)
        if isinstance(denied, Compare) and denied.when in CONTRARY:
            return _add_filter(so_far, "excluded", _denied(denied), start)
    if found is None:
        c.at = start
        return False
    if denied_twice:
        return _add_filter(so_far, "only", found, start)  # "no trades outside 8 to 16 utc"
    return _add_filter(so_far, "excluded", Not(_run(so_far, found)), start)


def _sold_in_may(so_far: Progress) -> bool:
    """``sell in may and go away``: held from november to april, unless the message names its months itself."""
    c, start = so_far.c, so_far.c.at
    ruled = any(token.tag in ("month_name", "indicator", "average", "compare") for token in c.tokens)
    if ruled and not c.is_text(":", "=", ahead=3):
        return False
    c.at += 3
    c.skip("and", "go", "away")
    if ruled:
        return True  # a title: the months behind it say the same
    month = Field("time.month")
    so_far.add("action", ("hold", "long"), start)
    winter = joined("or", [Compare("gte", month, Number(11.0)), Compare("lte", month, Number(4.0))])
    return so_far.add("condition", winter, start)


def _in_brackets(c: Cursor) -> Condition | None:
    """``(except in) a downtrend (close < sma 200)``: what a state that is shut out is, spelled out behind its name."""
    start = c.at
    for _ in range(MOST_WORDS_BETWEEN):
        token = c.peek()
        if token is None or token.kind != "word" or token.tag in ("action", "stop", "target", "trail", "size"):
            break
        c.take()
    if c.at > start and c.accept_text("("):
        found = condition(c)
        if found is not None and c.accept_text(")"):
            return found
    c.at = start
    return None


@overload
def _run(so_far: Progress, found: Condition) -> Condition: ...
@overload
def _run(so_far: Progress, found: None = None) -> Condition | None: ...
def _run(so_far: Progress, found: Condition | None = None) -> Condition | None:
    """Take a condition and those joined to it by ``or`` and ``and`` alone: all of it is denied."""
    c = so_far.c
    found = found or condition(c)
    while found is not None and c.is_tag("or", "and") and not c.is_text("then", "and then"):
        here = c.at
        op: Literal["and", "or"] = "or" if c.take().tag == "or" else "and"
        c.accept_tag("when")
        following = condition(c)
        if following is None or c.is_tag("action"):
            c.at = here
            break
        found = joined(op, [found, following])
    return found


def _no_side_when(so_far: Progress) -> bool:
    """``no longs when the close is under the 200 sma``: a filter of that side."""
    c, start = so_far.c, so_far.c.at
    side = NO_SIDE[c.take().text]
    c.take()
    denied = _run(so_far)
    if denied is None:
        c.at = start
        return False
    return so_far.add("sided", (side, _denied(denied)), start)


def _denied(rule: Condition) -> Condition:
    """What has to hold where a rule must not: ``adx below 20`` denied is 20 or more."""
    if isinstance(rule, Compare) and rule.when in CONTRARY:
        return Compare(CONTRARY[rule.when], rule.left, rule.right)
    return Not(rule)


def is_a_time(rule: Condition) -> bool:
    """True for a rule about the calendar alone: ``8 to 12 utc on mondays``."""
    return all(
        isinstance(leaf, Compare) and isinstance(leaf.left, Field) and leaf.left.name.startswith("time.")
        for leaf in leaves(rule)
    )


def is_a_span_of_time(rule: Condition) -> bool:
    """True for a season, days in a row or the first days of a month: over when it ends (``long friday to monday``)."""
    spans = all(isinstance(leaf, Compare) and leaf.when in ("gte", "lte") for leaf in leaves(rule))
    return spans and is_a_time(rule) and not any("hour" in str(leaf) for leaf in leaves(rule))


def _add_filter(so_far: Progress, words: str, rule: Condition, start: int) -> bool:
    so_far.add("filter", words, start)
    return so_far.add("condition", rule, start)
