"""Statements: actions, named setups and conditions (``buy when rsi < 30``, ``golden cross``, ``8 > 13 > 21``)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin import markets
from agent.language.builtin.conditions import condition
from agent.language.builtin.conditions.kinds import price_scaled
from agent.language.builtin.conditions.predicate import is_zone_passed
from agent.language.builtin.operands import AVERAGES, operand
from agent.language.builtin.rules import Compare, Field, Group, Lasting, Math, Not, Opposite, Run, Series, Span, joined
from agent.language.builtin.scanner.actions import read_action
from agent.language.builtin.scanner.named_setups import read_lengths_and_setup, read_setup
from agent.language.builtin.scanner.opaque import read_about_unknown, read_unknown_indicator
from agent.language.builtin.scanner.progress import clause_ends, enters

if TYPE_CHECKING:
    from agent.language.builtin.rules import Condition
    from agent.language.builtin.scanner.progress import Progress
    from agent.language.builtin.tokens import Token

OTHER = {"long": "short", "short": "long"}

REVERSING = ("reverse", "reverses", "reversing", "flip", "flips", "flipping", "swap", "switch")
"""Verbs of a trader who goes over to the other side."""

BARS_BY_LETTER = {"d": "1d", "w": "1w"}
"""Bars by their letter alone, right behind a market."""

DENYING = ("it isnt", "it is not", "its not", "it doesnt", "they arent")
"""Words by which a rule fails that deny what is said behind them."""

NAMING = ("regime", "filter", "gate")
"""Words by which a rule behind them is called later on: ``regime off``."""


def read_rule(so_far: Progress) -> bool:
    """Take an action, a condition, or what refers to one; a timeframe where it is none of them."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    stacked = _stack(so_far)
    if stacked is not None:
        return add_condition(so_far, stacked, start)
    if token.text in BARS_BY_LETTER and so_far.follows("asset") and not c.is_tag("compare", "verb", ahead=1):
        c.take()
        return so_far.add("timeframe", BARS_BY_LETTER[token.text], start)  # "tsla d: ..."
    zone = condition(c) if is_zone_passed(c) and c.mind.topic is not None else None
    if zone is not None:
        return add_condition(so_far, zone, start)
    if read_action(so_far) or _named_setup(so_far):
        return True
    if token.tag == "fails":
        c.take()
        denied = (
            condition(c) if token.text in DENYING and c.is_tag("compare", "sign", "between", "up", "down") else None
        )
        if denied is not None:
            return add_condition(so_far, Not(denied), start)  # "as long as it isn't below the 200 sma"
        return so_far.add("condition", Opposite(contrary=True), start)
    if _reverses(so_far):
        return True
    if token.tag == "opposite" and (token.text.startswith(("mirror", "same")) or "short" in token.text):
        return False
    if token.tag == "opposite" and _turns_to_entry(so_far):
        c.take()
        return True  # "reverse to short on ...": the action behind it says what happens
    if read_unknown_indicator(so_far) or read_about_unknown(so_far):
        return True
    mentions = list(c.mind.mentions)
    found = condition(c)
    if found is not None:
        return add_condition(so_far, found, start)
    c.mind.mentions = mentions  # what was looked at in vain is not spoken of
    frame = markets.timeframe(c)
    if frame is not None:
        return so_far.add("timeframe", frame, start)
    return False


def add_condition(so_far: Progress, found: Condition, start: int) -> bool:
    """Take a condition; one in brackets right behind another says the same more exactly."""
    opened = start > 0 and so_far.c.tokens[start - 1].text == "("
    added = isinstance(found, Lasting) and found.within_bars is not None
    if opened and so_far.follows("condition") and not added:
        said = so_far.c.tokens[start : so_far.c.at]
        if not any(map(_spells_out, said)) or isinstance(so_far.items[-1].data, Lasting | Run):
            return so_far.add("unread", said[0], start)
        so_far.items.pop()
    if so_far.follows("filter"):
        name = so_far.items[-1].words.lower().split()[:1]
        if name and name[0] in NAMING:
            so_far.c.mind.rules[name[0]] = found
    if so_far.follows("comma") and so_far.c.is_text("only") and clause_ends(so_far.c, ahead=1):
        so_far.items[-1] = replace(so_far.items[-1], kind="filter", data="only")
        so_far.add("condition", found, start)  # "exit over 90, above the 200 sma only"
        so_far.c.take()
        return True
    return so_far.add("condition", found, start)


def _spells_out(token: Token) -> bool:
    return token.tag in ("field", "indicator", "line", "compare") or token.kind == "number"


def read_sided_filter(so_far: Progress) -> bool:
    """``only longs above the 200 ema, shorts only below``: a filter of one side."""
    c, start = so_far.c, so_far.c.at
    if _denied_side(so_far):
        return True
    only = bool(c.accept_text("only"))
    side, restricts = _side_word(c.peek())
    if side is not None:
        c.take()
        only = bool(c.accept_text("only")) or only or restricts
        c.accept_tag("when", "filter")
        c.skip_fillers(also=("is", "price"))
        sign = c.accept_tag("compare")
        if only and sign is not None and sign.data in ("gt", "lt"):
            both = _both_lines(so_far)
            if both is not None:
                rule = joined("and", [Compare(sign.data, Field("close"), one) for one in both])
                return so_far.add("sided", (side, rule), start)
            line = _line_of_filter(so_far)
            if line is not None and not c.is_number():
                c.accept_text("it", "that")
                return so_far.add("sided", (side, Compare(sign.data, Field("close"), line)), start)
    c.at = start
    return False


def _denied_side(so_far: Progress) -> bool:
    """``no longs under the 200 sma``: what a side is not entered on."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if token.tag != "only" or not token.text.startswith("no ") or not c.is_tag("compare", ahead=1):
        return False
    c.take()
    topic = c.mind.topic
    if isinstance(topic, Series | Math) and price_scaled(topic):
        c.mind.topic = Field("close")  # what lies on one side of a line is the price
    found = condition(c)
    if found is None:
        c.at, c.mind.topic = start, topic
        return False
    return so_far.add("sided", (OTHER[str(token.data)], Not(found)), start)


def _side_word(token: Token | None) -> tuple[str | None, bool]:
    """The side a word names, and whether it says by itself that it is that side only: ``long only``, ``shorts``."""
    if token is None:
        return None, False
    if token.tag == "only":
        denied = token.text.startswith(("no ", "never", "without", "dont", "spot"))
        return (None if denied else str(token.data)), True
    if token.tag == "action" and token.text in ("long", "longs", "short", "shorts"):
        return str(token.data[1]), False
    return None, False


def _both_lines(so_far: Progress) -> list[Series] | None:
    """Take ``both``, of the two averages spoken of."""
    c = so_far.c
    averages = list(dict.fromkeys(one for one in c.mind.mentions if one.type in AVERAGES))
    return averages[-2:] if len(averages) > 1 and c.accept_text("both") else None


def _line_of_filter(so_far: Progress) -> Series | None:
    """The line behind ``above`` or ``below``; where none is said, the average mentioned last."""
    c = so_far.c
    right = operand(c) if not c.is_number() or c.is_tag("indicator", ahead=1) else None
    if right is not None:
        return right if isinstance(right, Series) else None
    averages = [one for one in c.mind.mentions if one.type in (*AVERAGES, "vwap")]
    return averages[-1] if averages else None


def _stack(so_far: Progress) -> Group | Compare | None:
    """``8>13>21`` beside a moving average without a length: the averages of these lengths, in order."""
    c, start = so_far.c, so_far.c.at
    heads = [one for one in c.mind.mentions if one.type in AVERAGES]
    if not heads or not c.is_number() or not c.is_tag("compare", ahead=1) or not c.is_number(2):
        return None
    parts: list[Condition] = []
    first = c.take().value or 0.0
    while c.is_tag("compare") and c.is_number(1):
        when = c.take().data
        second = c.take().value or 0.0
        lengths = (first, second)
        if any(value != int(value) or not 2 <= value <= 500 for value in lengths):
            c.at = start
            return None
        one, two = (c.mention(Series(heads[-1].type, (("length", Span(value)),))) for value in lengths)
        parts.append(Compare(when, one, two))
        first = second
    found = joined("and", parts)
    return found if isinstance(found, Group | Compare) else None


def _named_setup(so_far: Progress) -> bool:
    """A setup by its name, with what is said of it."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if token.tag != "setup":
        return read_lengths_and_setup(so_far)
    if so_far.in_brackets(start) and so_far.follows("condition"):
        c.take()  # "a < b (death cross)": a remark on the rule before it
        return so_far.add("unread", token, start)
    found = condition(c)
    if found is not None:
        return so_far.add("condition", found, start)
    crossing = read_setup(so_far)
    return True if crossing is None else add_condition(so_far, crossing, start)


def _reverses(so_far: Progress) -> bool:
    """``reverse when it crosses below -100``, ``flip on the opposite signal``: the other side is entered."""
    c, start = so_far.c, so_far.c.at
    entered = [item.data[1] for item in so_far.items if item.kind == "action" and item.data[0] in ("enter", "hold")]
    if not c.is_text(*REVERSING) or not entered or entered[-1] == "both" or so_far.follows("action"):
        return False
    c.take()
    c.skip("the", "my", "it", "position", "trade", "direction", "sides", "side", tags=("positions",))
    led = c.is_tag("when") or c.is_text("on", "upon") or (c.is_text("at") and c.is_tag("indicator", ahead=1))
    if not led:
        c.at = start
        return False
    c.take()
    so_far.add("action", ("enter", OTHER[entered[-1] or "long"]), start)
    c.skip("an", "a", "the")
    here = c.at
    if c.accept_tag("opposite"):
        c.skip("signal", "signals", "cross", "crossover", "condition", "one", "setup", "break", "side")
        return so_far.add("condition", Opposite(), here)
    return so_far.add("when", "when", here)


def _turns_to_entry(so_far: Progress) -> bool:
    """``reverse to short on ...``: the action behind says what happens; ``reverse short`` says what its rule is."""
    c = so_far.c
    led = c.is_text("to", "into", ahead=1)
    return enters(c.peek(2 if led else 1)) and (led or not clause_ends(c, ahead=2, marks=(",", ".", ";", "/", ")")))
