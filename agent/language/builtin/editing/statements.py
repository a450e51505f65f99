"""Rules as changes state them: conditions joined by words, filters by name, an action at a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.language.builtin.conditions import condition
from agent.language.builtin.conditions.kinds import CLOSE
from agent.language.builtin.cursor import Cursor
from agent.language.builtin.operands import AVERAGES, SCALED, operand
from agent.language.builtin.rules import Compare, Condition, Field, Math, Not, Number, Operand, Series, joined, leaves
from agent.language.builtin.scanner.times import is_a_time
from agent.language.builtin.setups import averages
from agent.language.builtin.tokens import clean, tokenize

if TYPE_CHECKING:
    from agent.language.builtin.tokens import Token

JOINTS = {"and": "and", "or": "or", "unless": "unless", "filter": "and", "with": "and"}
SILENT = frozenset({"when", "while", "action", "only", "filler", "with", "current"})
OBLIGED = re.compile(r"\b(?:must|has to|have to|needs? to|should|ought to)(?: also)?(?: be)?\b", re.IGNORECASE)
NAMED_FILTER = re.compile(
    r"\b(?:trend |entry |additional |extra )?(?:filters?|conditions?|confirmations?|requirements?|checks?)\b"
    r"(?=\s*(?:of|at|with|:|being|that is|is)?\s*(?:above|below|over|under|at least|at most|greater|less|more|<|>|=|"
    r"rising|falling))",
    re.IGNORECASE,
)
AT = ("at", "on", "near", "around")
TIDIES = ("the", "a", "an", "my", "its")


@dataclass(frozen=True, slots=True)
class Statement:
    """A rule that was read from words; ``left`` are words with meaning that were not taken in.

    ``topic`` is what a following clause without a subject speaks of, ``line`` what it compares with;
    ``shapes`` are candle shapes taken by definition.
    """

    rule: Condition
    left: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    topic: Operand | None = None
    line: Operand | None = None


def rule_in(text: str, topic: Operand | None = None, line: Operand | None = None) -> Statement | None:
    """Return the rule a text states: conditions joined as it joins them, ``or`` binding weaker; None without any.

    >>> rule_in("rsi below 30 and volume above its 20 bar average").rule.op
    'and'
    >>> rule_in("the rsi must be above 50").rule.when, rule_in("exit at the 20 ema").rule.when
    ('gt', 'reach')
    """
    plain = NAMED_FILTER.sub(" ", OBLIGED.sub(" is ", clean(text)))
    c = Cursor(tokenize(plain))
    c.mind.topic, c.mind.other = topic, line
    reader = _Reader(c)
    while c.peek() is not None:
        reader.step()
    if not reader.groups[0]:
        return None
    shapes = tuple(note.partition(":")[2] for note in dict.fromkeys(c.mind.notes) if note.startswith("shape:"))
    rule = joined("or", [joined("and", group) for group in reader.groups if group])
    return Statement(rule, tuple(reader.left), shapes, _subject(rule), c.mind.other)


class _Reader:
    def __init__(self, c: Cursor) -> None:
        self.c = c
        self.groups: list[list[Condition]] = [[]]
        self.joint = "and"
        self.left: list[str] = []

    def step(self) -> None:
        """Read one condition, one word between them, or go past one token."""
        c = self.c
        token = c.tokens[c.at]
        at_line = self._at_line(token)
        if at_line is not None:
            self._take(at_line)
            return
        if token.tag in JOINTS and not (token.tag == "filter" and c.peek(1) is None):
            self.joint = JOINTS[str(token.tag)]
            c.take()
            return
        sided = token.tag == "action" and token.text in ("long", "short", "out", "cash")
        if token.text == "," or (token.tag in SILENT and not sided):
            c.take()
            return
        if token.tag == "setup":
            c.take()
            fast, slow = averages("sma", 50.0, 200.0)
            self._take(Compare("crosses_above" if token.data == "golden_cross" else "crosses_below", fast, slow))
            return
        found = self._shut(token) or condition(c)
        if found is not None:
            self._take(found)
            return
        c.take()
        if token.kind in ("number", "span") or token.tag in ("compare", "indicator", "line"):
            self.left.append(token.raw)

    def _take(self, found: Condition) -> None:
        if self.joint == "unless":
            found = Not(found)
        if self.joint == "or" and self.groups[-1]:
            self.groups.append([])
        self.groups[-1].append(found)
        self.joint = "and"

    def _shut(self, token: Token) -> Condition | None:
        """``..., no fridays``: a time that is shut out."""
        c, start = self.c, self.c.at
        if token.tag not in ("no", "not") and token.text not in ("never", "except", "skip"):
            return None
        c.take()
        c.skip("on", "in", "during", "the")
        denied = condition(c)
        if denied is not None and is_a_time(denied):
            return Not(denied)
        c.at = start
        return None

    def _at_line(self, token: Token) -> Condition | None:
        """``exit at the upper band``, ``take profit at the 50 sma``: an action where the price comes to a line."""
        c = self.c
        if token.tag not in ("action", "target") or not c.is_text(*AT, ahead=1):
            return None
        start = c.at
        c.at += 2
        line = operand(c)
        if isinstance(line, Series) and line.type in SCALED and c.is_number():
            return Compare("reach", line, Number(c.take().value or 0.0))
        if isinstance(line, Series | Math) or (isinstance(line, Field) and line.name in ("high", "low", "open")):
            if not (c.is_tag("verb", "compare", "sign") or (isinstance(line, Series) and line.type == "atr")):
                return Compare("reach", CLOSE, line)
        c.at = start
        return None


def _subject(rule: Condition) -> Operand | None:
    """The left side of the last simple condition."""
    last = leaves(rule)[-1]
    return getattr(last, "left", None)


def filter_by_name(text: str) -> tuple[Series, Condition | None] | None:
    """Return the indicator that a filter is named by, and its usual rule where it has one.

    The close above a moving average, a supertrend that points up; other indicators have no usual level.

    >>> filter_by_name("a 200 ema trend filter")[1].when, filter_by_name("an adx filter")[1] is None
    ('gt', True)
    """
    c = Cursor(tokenize(clean(text)))
    while c.peek() is not None:
        start = c.at
        found = operand(c)
        if isinstance(found, Series):
            return found, _usual(found)
        c.at = start + 1
    return None


def _usual(series: Series) -> Condition | None:
    if series.type in (*AVERAGES, "vwap", "psar") and series.input("source") is None:
        return Compare("gt", CLOSE, series) if not series.bare or series.type in ("vwap", "psar") else None
    if series.type == "supertrend":
        return Compare("eq", Series("supertrend", series.inputs, "direction", bare=series.bare), Number(1.0))
    return None
