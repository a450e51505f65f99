"""Reading a request for a new strategy: from its words to a draft or to a question."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.answering import answers, completing
from agent.language.builtin.doubting.doubt import Heard
from agent.language.builtin.doubts import doubts
from agent.language.builtin.draft import Draft, Said, compose
from agent.language.builtin.frames import bound, completed
from agent.language.builtin.remnants import settled, with_loose_settings
from agent.language.builtin.roles import SIDES, Rules, assign
from agent.language.builtin.rules import Series, Span
from agent.language.builtin.scanner import Item, Opaque, scan
from agent.language.builtin.tokens import tokenize
from agent.language.port import LeftOut, Question, Reading, Window

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from agent.language.builtin.screening.findings import Screening, Unsupported, Vague

NAME = "builtin"


def build(
    text: str,
    *,
    now: str,
    screening: Screening | None = None,
    known: Collection[str] = (),
    risk_defaults: Mapping[str, float] | None = None,
    language: str = "en",
    pending: Screening | None = None,
) -> Reading:
    """Return the reading of a request for a new strategy: a draft, a question, or both what is clear and what is not.

    ``pending`` is an earlier request that was answered with a question: what it said and the new message does not say
    anew still holds.
    """
    findings = [*_opaque(screening), *deferred(text)]
    before: list[Item] = []
    mind = None
    if pending is not None:
        silent = [*_opaque(pending), *deferred(pending.text)]
        before, earlier = scan(pending.text, tokenize(pending.text), now=now, known=known, opaque=silent)
        mind = earlier.mind
    items, cursor = scan(text, tokenize(text), now=now, known=known, opaque=findings, mind=mind)
    vague = list(screening.vague) if screening is not None else []
    if pending is not None:
        vague = [
            one for one in pending.vague if not _told(one, before, pending.text) and not answers(items, one)
        ] + vague
        items = completing(before, items)
    words = frozenset(token.text for token in cursor.tokens if token.kind == "word") | frozenset(
        part for token in cursor.tokens if token.kind == "word" for part in token.text.split()
    )
    items = settled(with_loose_settings(items, cursor.mind.mentions))
    items, loose_frames = bound(items)
    said = Said.of(items)
    said.loose_frames = loose_frames
    rules = assign(items, cursor.mind, words)
    for held in (rules.entry, rules.exit):
        for side in SIDES:
            rule = held[side]
            held[side] = None if rule is None else completed(rule)
    _reverse_without_exit(rules, said)
    entered = any(rules.entry[side] is not None for side in SIDES)
    draft = compose(rules, said, cursor.mind, risk_defaults) if entered else None
    vague = [one for one in vague if not _told(one, items, text)]
    buy_and_hold = {"buy", "hold"} <= words and "and" in words
    asked = doubts(rules, said, draft, vague, buy_and_hold=buy_and_hold, heard=Heard(text, items))
    left_out = _left_out(items, screening, draft)
    window = next((item.data for item in items if item.kind == "window"), None)
    equity = said.size("initial_equity")
    common = {
        "reader": NAME,
        "language": language,
        "left_out": tuple(left_out),
        "window": window if isinstance(window, Window) else None,
        "initial_equity": equity.value if equity is not None else None,
        "unread": tuple(dict.fromkeys(item.words for item in items if item.kind == "unread" and item.words.isalpha())),
    }
    if asked:
        question = _question([doubt.ask for doubt in asked], [doubt.path for doubt in asked], left_out)
        return Reading("ask", question=question, spec=draft.spec if draft else None, **common)  # type: ignore[arg-type]
    assert draft is not None
    return Reading("build", spec=draft.spec, assumptions=tuple(draft.assumptions), **common)  # type: ignore[arg-type]


def _told(finding: Vague, items: Sequence[Item], text: str) -> bool:
    """True where the clause with a vague word holds a rule after all: ``it very often bounces`` behind a full rule."""
    measured = [
        item
        for item in items
        if item.kind in ("level", "size") and item.start < finding.end and item.end > finding.start
    ]
    if measured:
        return True  # "never hold longer than 48h"
    if finding.field.split(".")[0] not in ("entry", "exit"):
        return False
    begin = max(text.rfind(mark, 0, finding.start) for mark in (",", ".", ";", "\n", " and ", " or ", ":")) + 1
    ends = [at for mark in (",", ".", ";", "\n", " and ", " or ") if (at := text.find(mark, finding.end)) >= 0]
    end = min(ends, default=len(text))
    clause = [item for item in items if item.start < end and item.end > begin]
    if any(item.kind == "condition" for item in clause):
        return True
    return not any(item.kind == "action" for item in clause) and any(item.kind == "condition" for item in items)


def _opaque(screening: Screening | None) -> Sequence[Opaque]:
    if screening is None:
        return ()
    found = [Opaque(one.start, one.end, one, False) for one in screening.unsupported]
    found += [
        Opaque(one.start, one.end, one, True)
        for one in screening.vague
        if not one.conventional and one.field.split(".")[0] in ("indicators", "universe")
    ]
    return sorted(found, key=lambda one: one.start)


FURTHER = re.compile(
    r"\b(maybe|also|perhaps|later)\s+(a\s+)?(2nd|second|another)\s+([a-z-]+\s+){0,2}one\b[^.;\n]*"
    r"|\b(2nd|second|3rd|third|another|an alternative|alternate|extra|additional|other)\s+"
    r"([a-z-]+\s+){0,2}(version|variant|variation)s?\b[^.;\n]*",
    re.IGNORECASE,
)


def deferred(text: str) -> list[Opaque]:
    """Return the passages that describe a further version beside the one that is built."""
    return [Opaque(match.start(), match.end(), "deferred", False) for match in FURTHER.finditer(text)]


def _reverse_without_exit(rules: Rules, said: Said) -> None:
    """Two sides and no exit at all: the opposite entry turns the position, as assumed and told."""
    both = all(rules.entry[side] is not None for side in SIDES)
    ways = ("time_limit", "take_profit", "trailing_stop")
    other_way = any(one.kind in ways and not one.none for one in said.levels)
    for side, other in ((SIDES[0], SIDES[1]), (SIDES[1], SIDES[0])):
        if (
            both
            and rules.exit[side] is None
            and rules.exit[other] is not None
            and rules.exit[other] == rules.entry[side]
        ):
            rules.exit[side] = rules.entry[other]  # said for one side: it turns from one into the other
    if both and not other_way and all(rules.exit[side] is None for side in SIDES):
        rules.reverse = True
        rules.assumed.append(
            ("signals.opposite_entry", "no exit was named: an entry of the other side closes and reverses the position")
        )


def _left_out(items: list[Item], screening: Screening | None, draft: Draft | None) -> list[LeftOut]:
    """Everything of the message that no part of the spec carries."""
    found: list[LeftOut] = []
    if screening is not None:
        for one in screening.injected:
            found.append(LeftOut(one.words, "INJECTED", one.reason))
        for element in screening.unsupported:
            found.append(_unsupported(element))
    if draft is not None:
        found += [LeftOut(words, "UNSUPPORTED", reason, path) for words, path, reason in draft.unwritten]
    found += [
        LeftOut(item.words, "DEFERRED", "a further version is made from this one: ask for it once this one stands")
        for item in items
        if item.kind == "opaque" and item.data.finding == "deferred"
    ]
    if draft is not None:
        found += _unused(items, draft)
    run: list[Item] = []
    for item in [*items, None]:
        if item is not None and item.kind == "dangling":
            run.append(item)
            continue
        if item is not None and run and item.kind == "unread" and item.start - run[-1].end <= 2:
            run.append(item)
            continue
        if run:
            words = " ".join(one.words for one in run)
            found.append(LeftOut(words, "NOT_UNDERSTOOD", "I could not tell what this asks for"))
            run = []
    return found


CHANNELS = ("donchian", "highest", "lowest")
"""Three names of the extremes of a span of bars."""

DESCRIBING = ("sma", "stdev")
"""What a z-score is made of."""


def _unused(items: list[Item], draft: Draft) -> list[LeftOut]:
    """Indicators that were named with settings of their own and stand nowhere in the draft."""
    written = [(one["type"], one.get("inputs", {}).get("length")) for one in draft.spec["indicators"].values()]
    found = []
    for at, item in enumerate(items):
        titled = at + 1 < len(items) and items[at + 1].kind == "stop" and items[at + 1].words == ":"
        if item.kind != "mention" or titled or not isinstance(item.data, Series):
            continue
        length = item.data.input("length")
        if item.data.type in DESCRIBING and any(one["type"] == "zscore" for one in draft.spec["indicators"].values()):
            continue  # "z score, 20 sma / 20 stdev": how it is made
        if item.data.bare or not isinstance(length, Span) or item.data.type in ("atr", "stdev"):
            continue
        kinds = CHANNELS if item.data.type in CHANNELS else (item.data.type,)
        if not any(kind in kinds and (said is None or said == length.n) for kind, said in written):
            found.append(LeftOut(item.words, "NOT_UNDERSTOOD", "I could not tell what part this has in the strategy"))
    return found


def _unsupported(element: Unsupported) -> LeftOut:
    return LeftOut(element.words, element.code, element.reason, element.path, element.instead)


def _question(asks: Sequence[str], paths: Sequence[str], left_out: Sequence[LeftOut]) -> Question:
    """One question that holds everything."""
    if len(asks) == 1:
        text = f"Before I build this I need to know: {asks[0]}"
    else:
        text = "Before I build this I need to know: " + " ".join(f"({at}) {ask}" for at, ask in enumerate(asks, 1))
    return Question(text, tuple(dict.fromkeys(paths)))
