"""From tokens to items: one pass that asks each reader in turn what begins here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from agent.language.builtin import markets
from agent.language.builtin.calendar import calendar_condition
from agent.language.builtin.conditions import condition
from agent.language.builtin.cursor import Cursor, Mind
from agent.language.builtin.levels import KINDS, Level, armed, distance, duration, gain, level
from agent.language.builtin.lexicon import FILLERS
from agent.language.builtin.operands import AVERAGES, LETTERS, SCALED, operand, pair
from agent.language.builtin.rules import (
    Compare,
    Condition,
    Field,
    Group,
    Lasting,
    Math,
    Not,
    Number,
    Opposite,
    Run,
    Series,
    Span,
    When,
    contrary,
    joined,
    leaves,
)
from agent.language.builtin.sizes import Size, size
from agent.language.builtin.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


VAGUE_LEADS = frozenset(
    "then now also still again back which that whole big first price's its everything nothing all anything".split()
)
"""Unknown words in front of a verb that are no subject."""

EXCLUDING = frozenset("avoid avoiding skip skipping except excluding exclude outside excepting dont don't".split())
"""Words that shut a time out when they stand in front of it."""

ENTERING = frozenset(
    "trade trades trading entry entries enter entering take taking any new on of the at in buy buying open opening "
    "it long longs during position positions signals signal but for".split()
)
"""Words between one of those and the time it shuts out: what is not done then is to enter."""

COUNTED = frozenset(
    "etfs etf coins coin stocks stock assets asset pairs markets symbols versions version variants rules conditions "
    "filters indicators st nd rd th strategies emas smas mas supertrends lines signals things steps ways sets".split()
)

ItemKind = Literal[
    "condition", "action", "when", "while", "and", "or", "comma", "stop", "arrow", "filter", "unless", "else", "only",
    "level",
    "size", "asset", "unknown_asset", "timeframe", "window", "market", "mention", "pair", "levels", "setup",
    "opposite", "fill",
    "opaque", "unread", "dangling", "limit", "label", "session", "conflict", "sided", "titled",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of the message: what it is, its meaning, and where it stands in the text."""

    kind: ItemKind
    data: Any
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """A passage no reader may look into: an element the spec cannot say, or a quantity without a number."""

    start: int
    end: int
    finding: Any
    vague: bool


def scan(
    text: str,
    tokens: list[Token],
    *,
    now: str,
    known: Collection[str],
    opaque: Sequence[Opaque],
    mind: Mind | None = None,
) -> tuple[list[Item], Cursor]:
    """Return the items of a message in order, and the cursor with what it has in mind."""
    c = Cursor(_collapsed(tokens, opaque))
    if mind is not None:
        c.mind = mind
    scanner = _Scanner(text, c, now, known)
    while c.peek() is not None:
        scanner.step()
    return scanner.items, c


def _collapsed(tokens: list[Token], opaque: Sequence[Opaque]) -> list[Token]:
    """Replace the tokens of each opaque passage by one that no reader looks into."""
    out: list[Token] = []
    for token in tokens:
        covered = next((one for one in opaque if one.start <= token.start < one.end), None)
        if covered is None:
            out.append(token)
        elif out and out[-1].kind == "opaque" and out[-1].data is covered:
            out[-1] = replace(out[-1], end=token.end, raw=f"{out[-1].raw} {token.raw}")
        else:
            start, raw = token.start, token.raw
            while out and out[-1].kind == "number" and not covered.vague:
                number = out.pop()  # "the .618 fib": the number belongs to it
                start, raw = number.start, f"{number.raw} {raw}"
            out.append(Token("opaque", "", raw, start, token.end, None, covered))
    return out


class _Scanner:
    def __init__(self, text: str, c: Cursor, now: str, known: Collection[str]) -> None:
        self.text, self.c, self.now, self.known = text, c, now, known
        self.items: list[Item] = []

    def step(self) -> None:
        """Read one item, or go past one token."""
        c = self.c
        token = c.tokens[c.at]
        if token.kind == "opaque":
            start, covered = c.at, token.data
            c.take()
            self._add("opaque", covered, start)
            if c.is_text("(") and not covered.vague:
                while c.peek() is not None and not c.is_text(")"):
                    c.take()  # what it means, in brackets
            elif not covered.vague:
                self._predicate_of_opaque()
            return
        if self._connector(token):
            return
        for reader in (
            self._sided,
            self._armed_trail,
            self._excluded_time,
            self._only_then,
            self._keltner_parts,
            self._name_given,
            self._said_again,
            self._structure,
            self._attribute,
            self._rule,
            self._leftover,
        ):
            if reader():
                return

    def _predicate_of_opaque(self) -> None:
        """Go past what is said of an element no spec can hold: ``news sentiment turns positive``."""
        c = self.c
        start = c.at
        word = c.peek()
        if word is not None and word.kind == "word" and word.tag is None and word.text not in FILLERS:
            c.take()  # "twitter mood turns positive"
        if not c.is_tag("verb", "compare", "sign", "trend"):
            c.at = start
            return
        while c.is_tag("verb", "compare", "sign", "trend", "up", "down", "percent"):
            c.take()
            if c.is_number() and not c.is_tag("stop", "target", "unit", "indicator", ahead=2):
                c.take()

    def _add(self, kind: ItemKind, data: Any, start: int) -> bool:
        tokens = self.c.tokens[start : self.c.at]
        begin, end = (tokens[0].start, tokens[-1].end) if tokens else (0, 0)
        self.items.append(Item(kind, data, begin, end, self.text[begin:end]))
        return True

    def _connector(self, token: Token) -> bool:
        c, start = self.c, self.c.at
        kind: ItemKind | None = None
        if token.kind == "line" or token.text in (".", ";", "|"):
            kind = "stop"
        elif token.text in ("->", "=>", "-->", "→", "⇒") or (token.text == "=" and c.is_tag("action", ahead=1)):
            kind = "arrow"
        elif token.text == ":":
            kind = self._colon()
        elif token.text in ("||", "&&"):
            kind = "or" if token.text == "||" else "and"
        elif token.text == "," or (token.text == "/" and not token.glued and not c.is_number(1)):
            kind = "comma"
        elif token.kind == "number" and c.is_text(")", ahead=1) and (not self.items or self.items[-1].kind == "stop"):
            c.take()
            kind = "stop"
        if kind is None:
            return False
        c.take()
        return self._add(kind, None, start)

    def _colon(self) -> ItemKind | None:
        """``rsi < 30: buy`` points at an action; behind a title a colon ends it; behind an action it says nothing."""
        c = self.c
        said = []
        for item in reversed(self.items):
            if item.kind == "stop":
                break
            if item.kind != "when":
                said.append(item.kind)
        if c.is_tag("action", ahead=1) or c.is_text("in", ahead=1):
            following = c.peek(2)
            ruling = ("when", "while", "indicator", "field", "line", "average", "setup", "compare", "action", "verb")
            again = following is not None and (
                following.tag in ruling
                or following.kind == "number"
                or following.text in (":", "=", "on", "if", "once", "only")
            )
            if "condition" in said and not again:
                return "arrow"
        if "action" in said and said[0] != "action" and "condition" not in said:
            for at in range(len(self.items) - len(said), len(self.items)):
                if self.items[at].kind == "action":  # "15m entries with 4h trend:" is a title
                    self.items[at] = replace(self.items[at], kind="unread")
            return "stop"
        if not said or "action" in said or "filter" in said or "only" in said:
            return None
        for at in range(len(self.items) - len(said), len(self.items)):
            if self.items[at].kind == "condition" and "when" not in said:
                self.items[at] = replace(self.items[at], kind="titled")
        return "stop"

    def _armed_trail(self) -> bool:
        """``once its 3% up trail 1.5%``, before ``once`` is read as when."""
        start = self.c.at
        found = armed(self.c)
        if found is None:
            self.c.at = start
            return False
        return self._add("level", found, start)

    def _only_then(self) -> bool:
        """``only 8 to 12 utc``, ``only on mondays``: a filter of the entries, whatever it stands beside."""
        c, start = self.c, self.c.at
        if not c.accept_text("only", "just"):
            return False
        while (c.is_tag("action") and c.peek().data[0] == "enter") or c.is_text(*ENTERING):  # type: ignore[union-attr]
            c.take()
        found = calendar_condition(c)
        if found is None and c.is_tag("compare"):
            found = condition(c)  # "only above the 200 day"
        if found is None:
            c.at = start
            return False
        self._add("filter", "only", start)
        return self._add("condition", found, start)

    def _keltner_parts(self) -> bool:
        """``keltner: 20 ema with 2.5 x atr(10)``: a Keltner channel by what it is made of."""
        c, start = self.c, self.c.at
        bare = [one for one in c.mind.mentions if one.type == "keltner" and one.input("length") is None]
        if not bare:
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
        c.accept_text(")")
        inputs = {"length": Span(length), "multiplier": found.value}
        if found.length is not None:
            inputs["atr_length"] = Span(found.length)
        for place, one in enumerate(c.mind.mentions):
            if one.type == "keltner" and one.input("length") is None:
                c.mind.mentions[place] = replace(one.having(**inputs), bare=False)
        c.mind.mentions.append(Series("ema", (("length", Span(length)),)))
        c.mind.topic = Series("keltner", tuple(inputs.items()))
        return self._add("mention", c.mind.topic, start)

    def _excluded_time(self) -> bool:
        """``no trades on weekends``, ``never on fridays``, ``outside of 8 to 16 utc``: when nothing is entered."""
        c, start = self.c, self.c.at
        token = c.tokens[start]
        if token.tag in ("weekday", "weekend", "month_name"):
            found = calendar_condition(c)
            if found is not None and c.accept_text("excluded", "excepted", "skipped", "off"):
                self._add("filter", "excluded", start)
                return self._add("condition", Not(found), start)
            c.at = start
        if token.tag not in ("no", "not", "unless") and token.text not in EXCLUDING:
            return False
        c.take()
        for _ in range(6):
            if not (c.is_tag("no", "not", "size", "positions") or c.is_text(*ENTERING, *EXCLUDING)):
                entering = c.is_tag("action") and c.peek().data[0] == "enter"  # type: ignore[union-attr]
                if not entering:
                    break
            c.take()
        found = calendar_condition(c)
        if found is None:
            c.at = start
            return False
        self._add("filter", "excluded", start)
        return self._add("condition", Not(found), start)

    def _name_given(self) -> bool:
        """``mid = (high + low) / 2``: a name for a series, used further on."""
        c, start = self.c, self.c.at
        token = c.tokens[start]
        if (
            token.kind == "word"
            and c.is_text("=", ahead=1)
            and token.tag in (None, "line", "indicator")
            and token.text not in FILLERS
        ):
            c.at += 2
            found = operand(c)
            if isinstance(found, Series | Math | Field):
                c.mind.names[token.text] = found
                words = [one.text for one in c.tokens[max(0, start - 3) : start + 1] if one.kind == "word"]
                for begin in range(len(words) - 1):
                    initials = "".join(part[0] for word in words[begin:] for part in word.split())
                    c.mind.names.setdefault(initials, found)
                return True
            c.at = start
        return False

    def _structure(self) -> bool:
        """Words that hold a message together."""
        c, start = self.c, self.c.at
        token = c.tokens[start]
        if token.text == "plus" and token.tag == "postfixed":
            c.take()
            return self._add("and", "plus", start)
        if token.tag in ("when", "while", "and", "or", "filter", "unless", "else") and not (
            token.tag == "and" and token.text == "n"
        ):
            if token.text == "either":
                found = condition(c)
                if found is not None:
                    return self._condition(found, start)
            if token.tag == "else" and c.is_tag("action", ahead=1) is False and c.is_tag("when", ahead=1):
                return False
            if token.tag == "else" and c.is_text("dont", "don't", "not", "nothing", "stay", ahead=1):
                c.at += 2
                c.accept_text("out", "flat")
                self._add("action", ("exit", None), start)
                return self._add("else", "otherwise not", start)
            c.take()
            return self._add(token.tag, token.text, start)  # type: ignore[arg-type]
        if token.tag == "with":
            c.take()
            here = c.at
            c.skip_fillers()
            ahead = c.peek()
            c.at = here
            if ahead is not None and (
                ahead.tag in ("field", "indicator", "line", "average", "verb") or ahead.kind == "number"
            ):
                return self._add("and", "with", start)
            return True
        if token.tag == "but":
            c.take()
            return self._add("and" if self.items and self.items[-1].kind == "condition" else "comma", "but", start)
        if token.tag == "only":
            c.take()
            return self._add("only", token.data, start)
        if token.tag == "fill":
            c.take()
            return self._add("fill", token.data, start)
        return False

    def _attribute(self) -> bool:
        """Everything that is no rule: protections, sizes, markets, spans."""
        c, start = self.c, self.c.at
        token = c.tokens[start]
        if token.tag == "r" and c.is_text("=", ahead=1) and c.is_number(2) and c.is_tag("percent", ahead=3):
            c.at += 4  # "so 1R = 3%": the stop, said again
            return True
        touched = self._at_level()
        if touched is not None:
            return self._add("condition", touched, start)
        session = self._session()
        if session is not None:
            return self._add("session", session, start)
        window = markets.window(c, self.now)
        if window is not None:
            return self._add("window", window, start)
        after_entry = self.items and self.items[-1].kind == "action" and self.items[-1].data[0] == "enter"
        if after_entry and c.is_number() and c.is_tag("percent", ahead=1) and 0 < (token.value or 0) <= 100:
            ending = c.peek(2)
            if ending is None or ending.kind == "line" or ending.text in (",", ".", ";"):
                c.at += 2
                return self._add("size", Size("percent_equity", (token.value or 0) / 100, unsaid=True), start)
        if after_entry and c.is_number() and (token.value or 0) >= 20:
            c.take()
            here = c.at
            if markets.asset(c, self.known) is not None:
                c.at = here
                return self._add("size", Size("fixed_notional", token.value or 0.0), start)
            c.at = start
        if (
            token.tag == "compare"
            and token.data == "lte"
            and self.items
            and self.items[-1].kind in ("comma", "stop", "and")
        ):
            c.take()
            span = duration(c)
            ending = c.peek()
            ended = ending is None or ending.kind == "line" or ending.text in (",", ".", ";", "/")
            if span is not None and ended:
                return self._add("level", Level("time_limit", span=span), start)  # "no more than 40 bars"
            c.at = start
        timed = self._or_in_time()
        if timed is not None:
            return self._add("level", timed, start)
        if self.items and self.items[-1].kind == "or" and len(self.items) > 1:
            ruled = self.items[-2]
            if ruled.kind == "level" and ruled.data.none and token.tag in ("stop", "target", "trail"):
                c.take()  # "no stops or targets"
                return self._add("level", replace(ruled.data, kind=KINDS[str(token.tag)]), start)
        aimed = self._target_line(token)
        if aimed is not None:
            self._add("action", ("exit", None), start)
            return self._add("condition", aimed, start)
        protection = level(c)
        if protection is not None:
            if token.tag == "action" and token.data[0] == "exit" and protection.kind == "time_limit":
                self.items.append(Item("action", token.data, token.start, token.end, token.raw))
            return self._add("level", protection, start)
        if self.items and self._last_action() == "exit" and token.tag not in ("stop", "target"):
            found = gain(c)
            if found is not None:
                return self._add("level", found, start)
        if token.tag == "halt" and not c.is_text("for", "after", "if", "when", "at", ahead=1):
            c.take()
            return True
        amount = size(c)
        if amount is not None:
            return self._add("size", amount, start)
        named = markets.asset(c, self.known)
        if named is not None:
            exact = self._ticker_behind()
            if exact is not None:
                named = exact
            told_of = self.items and self.items[-1].kind in ("unread", "opaque")  # "... trends for bitcoin is rising"
            if c.is_tag("verb", "compare") and not told_of:
                c.mind.topic = Field("close")  # "if btc falls 5%"
            elif told_of:
                c.mind.topic = None
            return self._add("asset", named, start)
        if token.tag == "market":
            c.take()
            return self._add("market", token.data, start)
        if token.tag == "limit":
            return self._add("limit", self._limit_entry(), start)
        return False

    def _ticker_behind(self) -> markets.Asset | None:
        """``gold (GLD)``, ``crude oil etf USO``: the ticker that says which one is meant."""
        c, start = self.c, self.c.at
        bracket = c.accept_text("(")
        c.accept_text("oil", "futures")
        kind = c.accept_text("etf", "fund", "shares", "stock", "index", "etfs")
        token = c.peek()
        if (bracket or kind) and token is not None and token.raw.isupper():
            found = markets.asset(c, self.known)
            if found is not None and (not bracket or c.accept_text(")")):
                return found
        c.at = start
        return None

    def _target_line(self, token: Token) -> Compare | None:
        """``target mid``, ``tp at vwap``: a target that is a line of the chart."""
        c, start = self.c, self.c.at
        if token.tag == "target" and token.text not in ("gain", "profit", "profits", "take profits"):
            c.take()
            while c.is_text("at", "is", "=", ":", "the", "on", "back", "to", "a", "of") or c.is_tag("verb"):
                c.take()
            found = operand(c) if not c.is_number() else None
            placed = isinstance(found, Series) and found.type not in (*SCALED, "atr", "stdev", "volume_sma")
            if placed and not c.is_tag("verb", "compare", "trend"):
                return Compare("reach", Field("close"), found)  # type: ignore[arg-type]
        c.at = start
        return None

    def _limit_entry(self) -> dict[str, float] | None:
        """``limit buy 1% below the close, cancelled after 3 bars``; None where the price is not said."""
        c = self.c
        c.take()
        c.accept_tag("action")
        c.accept_text("order", "at", "for", "of")
        c.skip_fillers()
        start = c.at
        found: dict[str, float] | None = None
        if c.is_number() and c.is_tag("percent", ahead=1):
            value = (c.take().value or 0.0) / 100
            c.take()
            if c.accept_tag("compare", "down") or c.accept_text("below", "under"):
                c.skip_fillers()
                c.accept_tag("field")
                found = {"offset": value}
        if found is None:
            c.at = start
            return None
        here = c.at
        while c.peek() is not None and c.peek().text not in (".", ";") and not c.is_tag("action", "stop"):  # type: ignore[union-attr]
            if c.is_number() and c.is_tag("unit", ahead=1):
                found["expires_bars"] = c.take().value or 1.0
                c.take()
                return found
            c.take()
        c.at = here
        return found

    def _session(self) -> dict[str, str] | None:
        """``9:30-9:35 et``, ``from 09:30 to 10:00 new york``: the hours of an opening range."""
        c, start = self.c, self.c.at
        if not any(one.type == "opening_range" for one in c.mind.mentions) and not any(
            t.text in ("range", "orb") for t in c.tokens
        ):
            return None
        while c.is_text("range", "=", "from", "is", "of", "the", "between", ":") or c.is_tag("between"):
            c.take()
        first = c.peek()
        if first is not None and first.kind == "clock":
            c.take()
            if c.accept_text("-", "to", "until", "and", "till"):
                second = c.peek()
                if second is not None and second.kind == "clock":
                    c.take()
                    zone = c.accept_tag("zone")
                    clock = [f"{int(h):02d}:{m}" for h, m in (one.text.split(":") for one in (first, second))]
                    return {"start": clock[0], "end": clock[1], "tz": zone.data if zone is not None else "UTC"}
        c.at = start
        return None

    def _at_level(self) -> Compare | None:
        """``flat around 0``, ``buy at 30``: an action at a level of the oscillator under discussion."""
        c, start = self.c, self.c.at
        topic = c.mind.topic
        if not self.items or self.items[-1].kind != "action":
            return None
        line = self._at_line()
        if line is not None:
            return line
        if not isinstance(topic, Series) or (topic.type not in SCALED and topic.output != "percent"):
            return None
        while (
            c.is_text(
                "at", "around", "near", "on", "when", "back", "to", "the", "about", "if", "it", "is", "mean", "zero"
            )
            and not c.is_number()
        ):
            c.take()
        if topic.type == "zscore" and c.accept_tag("average"):
            return Compare("reach", topic, Number(0.0))
        if c.is_number() and c.is_tag("compare", ahead=1) and c.peek(1).data in ("gt", "lt"):  # type: ignore[union-attr]
            ending = c.peek(2)
            if ending is None or ending.kind == "line" or ending.text in (",", ".", ";", "/"):
                value, sign = c.take().value or 0.0, c.take().data  # "short 2.5 above, long 2.5 below"
                below = sign == "lt" and topic.type == "zscore"
                return Compare(sign, topic, Number(-abs(value) if below else value))
        if c.is_number() and not c.is_tag("percent", "unit", "each", "equity", "indicator", "times", ahead=1):
            following = c.peek(1)
            ended = (
                following is None
                or following.kind == "line"
                or following.text in (",", ".", ";", ")")
                or following.tag in ("action", "and", "or", "stop", "target")
            )
            if not c.is_text("$", "/", "-", ahead=1) and (c.at > start or ended):
                return Compare("reach", topic, Number(c.take().value or 0.0))
        c.at = start
        return None

    def _or_in_time(self) -> Level | None:
        """``out at vwap or in 5 days``, ``be out in 3 days``: a time limit beside another way out."""
        c, start = self.c, self.c.at
        if self._last_action() != "exit" or not self.items or self.items[-1].kind not in ("or", "action", "comma"):
            return None
        c.accept_text("in", "within")
        c.accept_tag("within", "after")
        span = duration(c)
        if span is not None and (
            c.accept_text("later", "on", "in", "pass", "passed", "elapsed") or c.accept_tag("after")
        ):
            return Level("time_limit", span=span)  # "sell 3 days later", "or 4 bars in"
        ending = c.peek()
        ended = ending is None or ending.kind == "line" or ending.text in (",", ".", ";") or ending.tag in ("or", "max")
        if span is not None and ended and (span.unit in ("bar", "day", "hour", "week") or c.at - start > 1):
            return Level("time_limit", span=span)
        c.at = start
        return None

    def _at_line(self) -> Compare | None:
        """``cover at vwap``, ``out at the middle band``: an action where the price comes to a line."""
        c, start = self.c, self.c.at
        if not c.is_text("at", "near", "around", "on", "back", "to", "the", "by"):
            return None
        while c.is_text("at", "near", "around", "on", "back", "to", "the", "by", "touch", "of", "a", "an"):
            c.take()
        counted = c.is_number() and c.is_tag("unit", "indicator", "average", ahead=1)
        found = operand(c) if not c.is_number() or counted or c.is_tag("previous") else None
        if isinstance(found, Series) and found.type in ("highest", "lowest") and found.timeframe is None:
            return Compare("reach", Field("close"), replace(found, lag=max(found.lag, 1)))
        if isinstance(found, Series) and found.type in SCALED and c.is_number() and not c.is_tag("percent", ahead=1):
            return Compare("reach", found, Number(c.take().value or 0.0))  # "exit at rsi 50"
        if (
            isinstance(found, Series)
            and found.type not in SCALED
            and found.type != "atr"
            and not c.is_tag("verb", "compare", "sign", "trend")
            and not c.is_text("pullback", "pullbacks", "retest", "retests", "touches", "support", "bounce")
        ):
            return Compare("reach", Field("close"), found)
        c.at = start
        return None

    def _last_action(self) -> str | None:
        """The kind of the action this clause stands under."""
        for item in reversed(self.items):
            if item.kind == "stop":
                return None
            if item.kind == "action":
                return str(item.data[0])
        return None

    def _sided(self) -> bool:
        """``only longs above the 200 ema, shorts only below``: a filter of one side."""
        c, start = self.c, self.c.at
        only = bool(c.accept_text("only"))
        token = c.peek()
        side: str | None = None
        if token is not None and token.tag == "only":
            side, only = str(token.data), True
            if token.text.startswith(("no ", "never", "without", "dont", "spot")):
                side = None
        elif token is not None and token.tag == "action" and token.text in ("long", "longs", "short", "shorts"):
            side = str(token.data[1])
        if side is not None:
            c.take()
            only = bool(c.accept_text("only")) or only
            c.accept_tag("when", "filter")
            c.skip_fillers(also=("is", "price"))
            sign = c.accept_tag("compare")
            if only and sign is not None and sign.data in ("gt", "lt"):
                right = operand(c) if not c.is_number() or c.is_tag("indicator", ahead=1) else None
                averages = [one for one in c.mind.mentions if one.type in (*AVERAGES, "vwap")]
                line = right if isinstance(right, Series) else (averages[-1] if averages and right is None else None)
                if line is not None and not c.is_number():
                    c.accept_text("it", "that")
                    return self._add("sided", (side, Compare(sign.data, Field("close"), line)), start)
        c.at = start
        return False

    def _stack(self) -> Group | Compare | None:
        """``8>13>21`` beside a moving average without a length: the averages of these lengths, in order."""
        c, start = self.c, self.c.at
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
            one, two = (Series(heads[-1].type, (("length", Span(value)),)) for value in lengths)
            parts.append(Compare(when, one, two))
            first = second
        found = joined("and", parts)
        return found if isinstance(found, Group | Compare) else None

    def _rule(self) -> bool:
        """Actions and conditions."""
        c, start = self.c, self.c.at
        token = c.tokens[start]
        stacked = self._stack()
        if stacked is not None:
            return self._condition(stacked, start)
        if self._action(token):
            return True
        if token.tag == "setup" and self._in_brackets(start) and self.items and self.items[-1].kind == "condition":
            c.take()  # "a < b (death cross)": a remark on the rule before it
            return self._add("unread", token, start)
        if token.tag == "setup":
            found = condition(c)
            if found is not None:
                return self._add("condition", found, start)
            c.take()
            crossing = self._setup_of_pair(str(token.data))
            if crossing is not None:
                return self._condition(crossing, start)
            both = None
            bracket = c.accept_text("(")
            both = pair_of_lengths(c)
            if bracket and both is None and self._contradicted(str(token.data)):
                return self._add("conflict", token.text, start)
            if bracket and not c.accept_text(")") and both is not None:
                both = None
            if both is None and bracket:
                c.at = start + 1
            return self._add("setup", (token.data, both), start)
        if token.tag == "fails":
            c.take()
            return self._add("condition", Opposite(contrary=True), start)
        if token.tag == "opposite" and token.text.startswith(("mirror", "same")):
            return False
        if token.tag == "opposite" and self._turns_to_entry():
            c.take()
            return True  # "reverse to short on ...": the action behind it says what happens
        if self._about_unknown(token):
            return True

        found = condition(c)
        if found is not None:
            return self._condition(found, start)
        frame = markets.timeframe(c)
        if frame is not None:
            return self._add("timeframe", frame, start)
        return False

    def _setup_of_pair(self, name: str) -> Compare | None:
        """``golden cross of 21/55 ema``, and a later ``death cross`` of the same two averages."""
        c, start = self.c, self.c.at
        c.accept_text("of", "on", "with", "between")
        both = pair(c)
        up = name == "golden_cross"
        if both is not None:
            fast, slow = sorted(both, key=lambda series: series.input("length").n)
            c.mind.crossing = Compare("crosses_above" if up else "crosses_below", fast, slow)
            return c.mind.crossing
        c.at = start
        before = c.mind.crossing
        if before is None or c.is_text("("):
            return None
        if not (is_average(before.left) and is_average(before.right)):
            return None
        return replace(before, when="crosses_above" if up else "crosses_below")

    def _condition(self, found: Any, start: int) -> bool:
        """Take a condition; one in brackets right behind another says the same more exactly."""
        opened = start > 0 and self.c.tokens[start - 1].text == "("
        if opened and self.items and self.items[-1].kind == "condition":
            said = self.c.tokens[start : self.c.at]
            spelled_out = any(
                one.tag in ("field", "indicator", "line", "compare") or one.kind == "number" for one in said
            )
            if not spelled_out or isinstance(self.items[-1].data, Lasting | Run):
                return self._add("unread", said[0], start)
            self.items.pop()
        before = self.items[-1] if self.items else None
        if (
            before is not None
            and before.kind == "filter"
            and before.words.lower().split()[:1]
            and before.words.lower().split()[0] in ("regime", "filter", "gate")
        ):
            self.c.mind.rules[before.words.lower().split()[0]] = found
        return self._add("condition", found, start)

    def _said_again(self) -> bool:
        """``regime off``, ``same volume filter``: a rule said before, by its name or its subject."""
        c, start = self.c, self.c.at
        if c.is_text("the") and c.is_text("same", ahead=1):
            c.take()
        token = c.tokens[c.at]
        named = c.mind.rules.get(token.text)
        if named is not None and c.peek(1) is not None:
            c.take()
            c.accept_tag("filter")
            c.skip_fillers(also=("is", "goes", "turns", "flips", "gets"))
            c.accept_tag("verb")
            if c.accept_text("off", "false", "gone", "lost", "broken", "over", "invalid") or c.accept_tag("fails"):
                return self._add("condition", contrary(named), start)
            if c.accept_text("on", "true", "ok", "valid", "intact"):
                return self._add("condition", named, start)
        elif c.is_text("same", "the same"):
            c.take()
            c.skip_fillers()
            about = operand(c)
            if about is None and c.peek() is not None and c.tokens[c.at].raw in LETTERS:
                about = Field(LETTERS[c.take().raw])
            ended = c.accept_tag("filter") or c.accept_text("rule", "condition", "check", "gate", "test")
            if about is not None and (ended or c.peek() is None or c.is_text(",", ".", ";")):
                for item in reversed(self.items):
                    said = leaves(item.data) if item.kind == "condition" else ()
                    for leaf in said:
                        if isinstance(leaf, Compare) and _same_subject(leaf.left, about):
                            return self._add("condition", leaf, start)
        c.at = start
        return False

    def _about_unknown(self, token: Token) -> bool:
        """``quux above 5``: what is said of a word nobody knows is said of nothing else."""
        c, start = self.c, self.c.at
        if token.tag not in ("compare", "verb") or not self.items or self.items[-1].kind != "unread":
            return False
        word = self.items[-1].data
        stranger = (
            word.kind == "word" and word.tag is None and word.end + 1 >= token.start and word.text not in VAGUE_LEADS
        )
        if not stranger or not (token.tag == "compare" or token.data[0] in ("cross", "event", "move", "state")):
            return False
        while c.is_tag("verb", "compare"):
            c.take()
        c.skip_fillers()
        if not c.is_number() and not c.is_tag("indicator", "field", "line"):
            c.at = start
            return False
        if c.is_number():
            c.take()
            c.accept_tag("percent")
        elif operand(c) is None:
            c.take()
        self.items.pop()
        words = self.text[word.start : c.tokens[c.at - 1].end]
        said = replace(word, raw=words, end=c.tokens[c.at - 1].end)
        self.items.append(Item("dangling", said, said.start, said.end, words))
        return True

    def _turns_to_entry(self) -> bool:
        """``reverse to short on ...``: the action behind says what happens."""
        ahead = self.c.peek(2 if self.c.is_text("to", "into", ahead=1) else 1)
        return ahead is not None and ahead.tag == "action" and ahead.data[0] == "enter"

    def _contradicted(self, name: str) -> bool:
        """``golden cross (50 under 200)``: a bracket that says the contrary of the name."""
        c, start = self.c, self.c.at
        if c.is_number():
            first = c.take().value or 0.0
            while c.is_tag("verb") or c.is_text("crosses", "crossing", "ma", "sma"):
                c.take()
            sign = c.accept_tag("compare")
            if sign is not None and c.is_number():
                second = c.take().value or 0.0
                c.accept_text(")")
                up = (sign.data in ("gt", "gte")) == (first < second)
                if up != (name == "golden_cross"):
                    return True
        c.at = start
        return False

    def _action(self, token: Token) -> bool:
        c, start = self.c, self.c.at
        if token.tag == "verb" and token.text in ("buy signal", "sell signal") and (self._at_clause_start()):
            c.take()
            c.accept_text(":", "=")
            return self._add("action", ("enter", "long") if token.text == "buy signal" else ("exit", "long"), start)
        if token.tag == "action":
            following = c.peek(1)
            if token.text in ("short", "long", "out", "cash") and following is not None:
                mean = following.tag == "average" or (following.tag == "indicator" and following.data.type in AVERAGES)
                if mean and token.text in ("short", "long"):
                    found = condition(c)
                    if found is not None:
                        return self._add("condition", found, start)
                if following.text in ("term", "run", "of") and token.text != "out":
                    c.at += 2
                    return True
            if token.text == "cash" and not (
                self.items and self.items[-1].kind in ("else", "arrow", "comma", "condition")
            ):
                c.take()
                return True
            if token.data[0] == "hold" and c.is_text("till", "until", ahead=1):
                c.at += 2
                return self._add("action", ("exit", token.data[1]), start)
            if token.text in ("entry", "entries") and self._is_entry_time():
                c.take()
                self.items.insert(
                    -1, replace(self.items[-1], kind="filter", data="only", end=self.items[-1].start, words="")
                )
                return True
            if token.text in ("entry", "entries") and c.is_text(
                "at", "on", "from", "of", "per", "my", "since", "after", "each", ahead=-1
            ):
                c.take()
                return True  # "rsi under 50 at entry"
            if token.text in ("position", "trigger") and not self._at_clause_start():
                c.take()
                return True
            c.take()
            c.mind.acted = True
            if (
                token.text in ("short exit", "long exit", "short exits", "long exits")
                and self.items
                and self.items[-1].kind == "condition"
            ):
                self._add("action", ("enter", token.data[1]), start)
                self._add("action", ("exit", None), start)
                return True  # "< -2 long > 2 short exit at 0"
            self._add("action", token.data, start)
            if token.text.endswith((" when", " if")):
                self._add("when", token.text, start)
            if token.text == "all in":
                self._add("size", Size("percent_equity", 1.0), start)
            while c.is_text(":", "=", "-") or (c.is_text("is", "are") and c.is_tag("when", ahead=1)):
                c.take()
            return True
        if token.text in ("close", "closes", "closed") and self._is_closing():
            c.take()
            c.accept_text("the", "my", "our", "it", "out", "everything", "all")
            c.accept_text("position", "positions", "trade", "it")
            c.accept_tag("size", "positions")
            return self._add("action", ("exit", None), start)
        if token.raw in ("L", "S", "X") and self._is_letter_action():
            c.take()
            while c.is_text(":", "="):
                c.take()
            return self._add(
                "action", {"L": ("enter", "long"), "S": ("enter", "short"), "X": ("exit", None)}[token.raw], start
            )
        if token.text == "nothing" and c.is_tag("compare", ahead=1) and self._last_action() in ("enter", "hold"):
            c.take()
            return self._add("action", ("exit", None), start)
        if token.text in ("rest", "remainder") and c.is_tag("verb", ahead=1) | c.is_text(
            "rides", "runs", "stays", ahead=1
        ):
            if c.is_text("till", "until", "til", ahead=2):
                c.at += 3
                return self._add("action", ("exit", None), start)
        if token.text in ("till", "until", "til") and self._last_action() in ("enter", "hold"):
            c.take()
            return self._add("action", ("exit", None), start)
        if token.text in ("rest", "remainder") and c.is_tag("when", ahead=1):
            c.take()
            return self._add("action", ("exit", None), start)
        if token.text in ("in", "enter", "into") and self._closes_clause():
            c.take()
            return self._add("action", ("enter", "long"), start)
        if token.text in ("buys", "sells") and token.tag is None:
            return False
        return False

    def _is_entry_time(self) -> bool:
        """``8-16 utc entries``: the hours of entries named before, no entry of its own."""
        if not self.items or self.items[-1].kind != "condition" or not _on_the_calendar(self.items[-1].data):
            return False
        return any(item.kind == "action" and item.data[0] == "enter" for item in self.items)

    def _is_letter_action(self) -> bool:
        """``rsi < 30 L``, ``L: C > ema``, ``X at 50``: L, S and X of a quant's shorthand."""
        c = self.c
        following = c.peek(1)
        if following is not None and (following.text == "(" or (following.glued and following.kind == "number")):
            return False
        led = (
            not self.items
            or c.is_text(")", ahead=-1)
            or self.items[-1].kind
            in (
                "condition",
                "comma",
                "stop",
                "arrow",
                "opaque",
                "timeframe",
                "asset",
                "level",
                "size",
                "dangling",
            )
        )
        return led or c.is_text(":", "=", ahead=1)

    def _at_clause_start(self) -> bool:
        return not self.items or self.items[-1].kind in ("stop", "comma", "arrow", "and", "or", "timeframe", "asset")

    def _is_closing(self) -> bool:
        """``close when ...``, ``close at ...``, ``close the position``: the verb, not the price."""
        c = self.c
        following = c.peek(1)
        ended = following is None or following.kind == "line" or following.text in (",", ".", ";", "/")
        if ended and c.is_text("->", "=>", "-->", "→", "=", ahead=-1):
            return True
        if c.is_tag("weekday", ahead=-1):
            return False  # "sell friday close on btc"
        if c.is_tag("when", ahead=1) or c.is_text(
            "at", "on", "it", "half", "everything", "if", "once", "out", "all", ahead=1
        ):
            return (
                c.is_tag("when", ahead=1) or not c.is_text("at", ahead=1) or not c.is_tag("compare", "field", ahead=2)
            )
        if c.is_text("the", "my", "our", ahead=1) and (
            c.is_tag("size", "positions", ahead=2) or c.is_text("position", "trade", ahead=2)
        ):
            return True
        if c.is_tag("size", "positions", ahead=1) or c.is_tag("opposite", ahead=1):
            return True
        return c.is_text("profit", "with", ahead=1)

    def _closes_clause(self) -> bool:
        following = self.c.peek(1)
        ended = following is None or following.kind == "line" or following.text in (",", ".", ";", "/", ")")
        led = bool(self.items) and self.items[-1].kind in (
            "condition",
            "arrow",
            "asset",
            "timeframe",
            "comma",
            "opaque",
            "setup",
        )
        return ended and led

    def _leftover(self) -> bool:
        c, start = self.c, self.c.at
        token = c.tokens[start]
        both = pair(c)
        if both is not None:
            return self._add("pair", both, start)
        if (
            isinstance(c.mind.topic, Series)
            and c.mind.topic.type in SCALED
            and c.is_number()
            and c.is_text("line", "level", "midline", ahead=1)
        ):
            c.mind.other = Number(c.take().value or 0.0)
            c.take()
            return self._add("unread", token, start)
        levels = self._two_levels()
        if levels is not None:
            return self._add("levels", levels, start)
        topic = c.mind.topic
        found = operand(c)
        if found is not None and self._points_at_exit(found):
            if isinstance(found, Series) and found.type in ("highest", "lowest"):
                beyond: When = "gt" if found.type == "highest" else "lt"
                before = replace(found, lag=max(found.lag, 1))
                return self._condition(Compare(beyond, Field("close"), before), start)  # "50 day high -> buy"
            return self._condition(Compare("reach", Field("close"), found), start)
        if found is not None:
            self._spoken_of(found, topic, start)
            return self._add("mention", found, start)
        unknown = markets.unknown_asset(c)
        if unknown is not None:
            return self._add("unknown_asset", unknown, start)
        c.take()
        if token.tag == "opposite":
            c.accept_text("it", "that", "this", "everything")
            if c.accept_text("for", "on") or c.accept_tag("for"):
                c.accept_text("the")
                c.accept_tag("action")
                c.accept_text("side", "too", "as")
            return self._add("opposite", None, start)
        if token.kind == "word" and (token.text in FILLERS or token.tag in ("filler", "no")):
            return True
        if token.kind == "mark" and token.tag is None:
            return True
        if self._in_brackets(start) or self._is_count(start) or (token.tag == "stop" and self._last_action() == "exit"):
            return self._add("unread", token, start)
        if token.tag == "indicator" and token.data.type == "ichimoku":
            return self._add("unread", token, start)
        if token.kind in ("number", "span", "clock", "date") or token.tag in (
            "compare",
            "percent",
            "indicator",
            "line",
            "stop",
            "target",
            "trail",
        ):
            return self._add("dangling", token, start)
        if token.kind == "word":
            return self._add("unread", token, start)
        return True

    def _points_at_exit(self, found: object) -> bool:
        """``mid band = sell``: a line of the chart that points at an exit is where the price has to come to."""
        c = self.c
        if not isinstance(found, Series):
            return False
        if found.type in ("highest", "lowest") and c.is_text("buys", "sells", "enters", "exits"):
            return True  # "20 day closing high buys, 10 day closing low sells"
        if not c.is_text("=", "->", "=>", "→", "-->"):
            return False
        following = c.peek(1)
        if following is None or following.tag != "action":
            return False
        return found.type in ("highest", "lowest") or (found.output is not None and following.data[0] == "exit")

    def _spoken_of(self, found: object, topic: object, start: int) -> None:
        """Take a series that stands alone as the topic, unless it only describes the one before."""
        c = self.c
        if not isinstance(found, Series) or self._in_brackets(start):
            return
        if isinstance(topic, Series) and topic.type == "zscore" and found.type in ("sma", "stdev"):
            if topic.bare and found.input("length") is not None:
                better = replace(topic.having(length=found.input("length")), bare=False)
                c.mind.topic = better
                c.mind.mentions.append(better)
            return
        if found.type == "atr":
            bands = [one for one in c.mind.mentions if one.type in ("supertrend", "keltner") and one.bare]
            if bands and c.accept_tag("mult", "times") and c.is_number():
                better = replace(bands[-1].having(multiplier=c.take().value), bare=False)
                if found.input("length") is not None and better.type == "supertrend":
                    better = better.having(length=found.input("length"))
                c.mind.mentions.append(better)
                c.mind.topic = better
            return
        c.mind.topic = found

    def _in_brackets(self, at: int) -> bool:
        depth = 0
        for token in self.c.tokens[:at]:
            depth += (token.text == "(") - (token.text == ")")
        return depth > 0

    def _is_count(self, at: int) -> bool:
        """``5 etfs``, ``2nd version``, ``3 rules``: numbers that count things of the talk."""
        following = self.c.tokens[at + 1] if at + 1 < len(self.c.tokens) else None
        return self.c.tokens[at].kind == "number" and following is not None and following.text in COUNTED

    def _two_levels(self) -> tuple[float, float] | None:
        """``30/70``, ``20-80``, ``30 and 70`` behind an oscillator."""
        c, start = self.c, self.c.at
        topic = c.mind.topic
        if not isinstance(topic, Series) or topic.type not in SCALED or not c.is_number():
            return None
        first = c.take().value or 0.0
        c.accept_tag("percent")
        if c.accept_text("/", "-", "and", "&", "to", "|") or c.is_number():
            if c.is_number():
                second = abs(c.take().value or 0.0)
                if first < second or topic.type in ("cci", "zscore", "williams_r"):
                    return first, second
        c.at = start
        return None


def pair_of_lengths(c: Cursor) -> tuple[float, float] | None:
    """Read two lengths behind a named cross: ``golden cross 20/50``, ``(50 under 200)`` is none."""
    start = c.at
    if c.is_number():
        first = c.take().value or 0.0
        if c.accept_text("/", "-", "&", "and", "over", "x", ",") and c.is_number():
            return first, c.take().value or 0.0
    c.at = start
    return None


def _ema_length(c: Cursor) -> float | None:
    """Take ``20 ema``, ``ema 20`` or ``ema(20)`` and return the length."""
    start = c.at
    if c.is_number() and c.is_tag("indicator", ahead=1) and c.peek(1).data.type == "ema":  # type: ignore[union-attr]
        length = c.take().value
        c.take()
        return length
    token = c.peek()
    if token is not None and token.tag == "indicator" and token.data.type == "ema":
        c.take()
        bracket = c.accept_text("(")
        if c.is_number():
            length = c.take().value
            if bracket:
                c.accept_text(")")
            return length
    c.at = start
    return None


def _same_subject(left: object, about: object) -> bool:
    if isinstance(left, Series) and isinstance(about, Series):
        return left.type == about.type and (left.output or left.type) == (about.output or about.type)
    return left == about


def _on_the_calendar(rule: Condition) -> bool:
    """True for a rule about the time alone."""
    return all(
        isinstance(leaf, Compare) and isinstance(leaf.left, Field) and leaf.left.name.startswith("time.")
        for leaf in leaves(rule)
    )


def is_average(series: object) -> bool:
    """True for a moving average."""
    return isinstance(series, Series) and series.type in AVERAGES


def is_simple(rule: object) -> bool:
    """True for a comparison."""
    return isinstance(rule, Compare)
