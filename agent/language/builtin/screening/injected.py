"""Cutting what is no word about a strategy out of a message: quoted material, and orders to the reader."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.language.builtin.screening.findings import Injected
from agent.language.builtin.screening.folded import fold
from agent.language.builtin.screening.gone_live import leverage_gone_live
from agent.language.builtin.screening.phrases import compiled
from agent.language.builtin.screening.quoted import ROLE, quoted_spans
from agent.language.builtin.screening.tables.labels import MIDWAY_AS_ROLE, STARTS_AS_ROLE
from agent.language.builtin.screening.tables.orders_companion import COMPANIONS
from agent.language.builtin.screening.tables.orders_reach import REACH_ORDERS
from agent.language.builtin.screening.tables.orders_role import ROLE_ORDERS
from agent.language.builtin.screening.trade_words import RULES
from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.language.builtin.screening.folded import Folded
    from agent.language.builtin.screening.order import Kind, Order
    from agent.language.builtin.screening.phrases import Expression
    from agent.language.builtin.screening.spelling import Spelling

ORDERS = (*ROLE_ORDERS, *REACH_ORDERS)
HARD = frozenset(".;?!¶")
_BREAKS = ".,;:!?"
SOFT = frozenset(
    {",", ":", "-", "|", "&", "and", "then", "but", "also", "plus", "now", "next", "after", "finally", "so", ")", "("}
)
_LEADING = (
    "please also and now but then btw oh hey hi hello kindly you your should must need to i id want would like can "
    "could just first next finally so ok okay let lets the a an we urgent important note ps yes sorry wait actually "
    "instead before that is it do this anything else"
)
LEADING = frozenset(_LEADING.split()) | frozenset(',:-([*#>"')
"""Words that lead to an order and go with it."""

PART_WORDS = (
    *RULES,
    "(buy|buying|sell|selling|long|short|enter|exit|stop loss|target|take profit|backtest|crossover|breakout|fade|"
    "strategy for|scalp)",
    "(1m|3m|5m|15m|30m|1h|2h|4h|6h|8h|12h|1d|3d|1w|hourly|daily|weekly) ..6 (strategy|system|bot|#)",
    "stop ..2 #",
    "(why did|how did|how does|what is|what was|what changed|explain|undo|improve)",
)
"""Words that make a part of a sentence one about a strategy, so that an order in front of it ends there."""

INTRODUCTION = (
    "(article|news|headline|email|e mail|mail|message|note|memo|tweet|post|page|website|document|report|comment|"
    "transcript|result|output|response|newsletter|blog|chat|letter|quote|story|text|file|following|attached|below|"
    "says|said|read|reads|context)",
)
"""Words that only introduce quoted material."""

_TIMEFRAME = re.compile(r"\d+(?:m|min|h|d|w)|daily|hourly|weekly")
_CODE_TAIL = re.compile(r"(?:\s*[;)\]}']+|\s*--+|\.\w+\(\)?)*")
"""What may trail a piece of code: brackets, quotes, a call, an SQL comment."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A message without its injected passages; ``kinds`` are those of the orders in them, ``quoted`` for material."""

    text: str
    injected: tuple[Injected, ...]
    kinds: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class _Passage:
    start: int
    end: int
    kind: Kind
    reason: str


def cut_injected(text: str, spelling: Spelling) -> Cut:
    """Return a message without quoted material and orders to its reader, every other character as it was."""
    whole = fold(text, spelling)
    passages = [_Passage(_lead_in(whole, start), end, "quoted", reason) for start, end, reason in quoted_spans(whole)]
    rest = fold(_blanked(text, passages), spelling)
    passages += _ordered(rest, ORDERS)
    passages += _roles(rest)
    passages += [_Passage(*span, COMPANIONS.kind, COMPANIONS.reason) for span in leverage_gone_live(rest)]
    if passages:
        passages += _companions(fold(_blanked(text, passages), spelling))
    merged = _merged(passages, text)
    if not merged:
        return Cut(text, (), frozenset())
    found = tuple(Injected(text[one.start : one.end].strip(), one.reason) for one in merged)
    return Cut(_without(text, merged), found, frozenset(one.kind for one in passages))


def _lead_in(folded: Folded, start: int) -> int:
    """Return where the words begin that only introduce quoted material (``here is an article to base it on:``)."""
    last = bisect_left(folded.starts, start)
    first = last
    while first > 0 and folded.tokens[first - 1] not in HARD:
        first -= 1
    introduces = first < last and compiled(INTRODUCTION).search(folded.between(first, last)) is not None
    return folded.starts[first] if introduces and not _about_strategy(folded, first, last) else start


def _ordered(folded: Folded, orders: tuple[Order, ...]) -> list[_Passage]:
    return [
        _passage(folded, match, order.kind, order.reason)
        for order in orders
        for match in folded.matches(compiled(order.phrases))
    ]


def _companions(folded: Folded) -> Iterator[_Passage]:
    """Yield orders in sentences that say nothing else: in the sentence of a strategy they are the person's own wish."""
    for match in folded.matches(compiled(COMPANIONS.phrases)):
        begin, end = folded.index(match.start()), folded.index(match.end() - 1)
        while begin > 0 and folded.tokens[begin - 1] not in HARD:
            begin -= 1
        while end + 1 < len(folded.tokens) and folded.tokens[end + 1] not in HARD:
            end += 1
        if not any(_about_strategy(folded, *part) for part in _parts(folded, begin, end + 1)):
            yield _Passage(folded.starts[begin], folded.ends[end], COMPANIONS.kind, COMPANIONS.reason)


def _parts(folded: Folded, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a sentence, each with the comma or conjunction in front of it."""
    while begin < end:
        stop = begin + 1
        while stop < end and folded.tokens[stop] not in SOFT:
            stop += 1
        yield begin, stop
        begin = stop


def _role_label() -> Expression:
    return compiled((f"{STARTS_AS_ROLE} (:|>|- >)",))


def _roles(folded: Folded) -> Iterator[_Passage]:
    """Yield sentences that begin with the label of another role (``assistant:``); ``system:`` may be a heading."""
    for match in folded.matches(_role_label()):
        first = folded.index(match.start())
        if first == 0 or folded.tokens[first - 1] in HARD | SOFT | {
            "[",
            "]",
            "#",
            "*",
            '"',
            ">",
            "%",
            "/",
            "=",
            "~",
            "please",
        }:
            yield _passage(folded, match, "role", ROLE)
    for match in folded.matches(compiled((f"{MIDWAY_AS_ROLE} :",))):
        first = folded.index(match.start())
        if first > 0 and folded.tokens[first - 1] in HARD and _about_strategy(folded, 0, first):
            yield _passage(folded, match, "role", ROLE)


def _passage(folded: Folded, match: re.Match[str], kind: Kind, reason: str) -> _Passage:
    """Return the sentence part that an order takes up: from the words that lead to it to where a strategy goes on."""
    first, last = folded.index(match.start()), folded.index(match.end() - 1)
    addressed = kind == "role" and folded.tokens[last + 1 : last + 2] == (":",) and _about_strategy(folded, 0, first)
    first, last = _begin(folded, first), _sentence_end(folded, last) if addressed else _end(folded, last)
    end = folded.ends[last]
    if kind == "code":
        end = _CODE_TAIL.match(folded.source, end).end()  # type: ignore[union-attr]
    return _Passage(folded.starts[first], end, kind, reason)


def _begin(folded: Folded, first: int) -> int:
    while first > 0 and folded.tokens[first - 1] in LEADING:
        first -= 1
    sentence = first
    while sentence > 0 and folded.tokens[sentence - 1] not in HARD:
        sentence -= 1
    return first if _about_strategy(folded, sentence, first) else sentence


def _end(folded: Folded, last: int) -> int:
    """Return the last token of an order: in front of the next part of its sentence that speaks of a strategy."""
    end = _sentence_end(folded, last)
    for part in _parts(folded, last + 1, end + 1):
        if _about_strategy(folded, *part):
            return part[0] - 1
        behind = _behind_companion(folded, *part)
        if behind < part[1] and _about_strategy(folded, behind, part[1]):
            return behind - 1  # "... and trade live BTC 4h donchian 20/10"
    return end


def _behind_companion(folded: Folded, begin: int, end: int) -> int:
    """Return the token behind an order of a part that is one beside an injected one; the part's end without it."""
    found = compiled(COMPANIONS.phrases).search(folded.between(begin, end))
    return end if found is None else begin + len(folded.between(begin, end)[: found.end()].split())


def _sentence_end(folded: Folded, last: int) -> int:
    """Return the last token of a sentence: what is addressed to another role, behind a strategy, is all for it."""
    end = last + 1
    while end < len(folded.tokens) and folded.tokens[end] not in HARD:
        end += 1
    return end - 1


def _about_strategy(folded: Folded, begin: int, end: int) -> bool:
    """True when tokens speak of a strategy and are not an order beside an injected one."""
    part = folded.between(begin, end)
    if compiled(COMPANIONS.phrases).search(part):
        return False
    return compiled(PART_WORDS).search(part) is not None or _names_asset(folded, begin, end)


def _names_asset(folded: Folded, begin: int, end: int) -> bool:
    """True for a ticker with its timeframe, and for one in capitals among words that are not: shouts name nothing."""
    for at in range(begin, end - 1):
        if _TIMEFRAME.fullmatch(folded.tokens[at + 1]) and find_ticker(folded.tokens[at].upper()) is not None:
            return True
    words = [folded.source[folded.starts[i] : folded.ends[i]] for i in range(begin, end)]
    around = [folded.source[folded.starts[i] : folded.ends[i]] for i in range(max(0, begin - 3), end)]
    shouted = sum(word.isupper() for word in around) * 2 > sum(word.isalpha() for word in around) > 1
    return not shouted and any(word.isupper() and len(word) > 2 and find_ticker(word) is not None for word in words)


def _blanked(text: str, passages: list[_Passage]) -> str:
    for one in passages:
        text = text[: one.start] + ".".ljust(one.end - one.start) + text[one.end :]
    return text


def _merged(passages: list[_Passage], text: str) -> list[_Passage]:
    """Return passages in order, those that touch or overlap as one with the reason of the first."""
    out: list[_Passage] = []
    for one in sorted(passages, key=lambda passage: (passage.start, -passage.end)):
        if out and (one.start < out[-1].end or not text[out[-1].end : one.start].strip(" \t")):
            last = out[-1]
            out[-1] = _Passage(last.start, max(last.end, one.end), last.kind, last.reason)
        else:
            out.append(one)
    return out


def _without(text: str, passages: list[_Passage]) -> str:
    """Return the text without passages; a full stop keeps the clauses on both sides of one apart."""
    kept, at = [], 0
    for one in passages:
        kept.append(text[at : one.start])
        at = one.end
    kept.append(text[at:])
    out = kept[0]
    for piece in kept[1:]:
        before, behind = out.rstrip()[-1:], piece.lstrip()[:1]
        apart = before and behind and before not in _BREAKS and behind not in _BREAKS
        out = f"{out.rstrip(' ')}. {piece.lstrip(' ')}" if apart else f"{out} {piece}"
    return out.strip().lstrip(".,;:!?-) ")
