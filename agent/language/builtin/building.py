"""Reading a request for a new strategy: from its words to a draft or to a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.language.builtin.answering import answers, completing
from agent.language.builtin.doubting.doubt import Heard
from agent.language.builtin.doubts import doubts
from agent.language.builtin.draft import Said, compose
from agent.language.builtin.frames import bound, completed
from agent.language.builtin.left_out import left_out_of
from agent.language.builtin.passages import closed_passages, is_told
from agent.language.builtin.remnants import settled, with_loose_settings
from agent.language.builtin.roles import SIDES, Rules, assign
from agent.language.builtin.scanner import Item, scan
from agent.language.builtin.shared_units import with_shared_units
from agent.language.builtin.tokens import tokenize
from agent.language.port import Question, Reading, Window

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from agent.language.builtin.cursor import Cursor, Mind
    from agent.language.builtin.doubting.doubt import Doubt
    from agent.language.builtin.screening.findings import Screening, Vague

NAME = "builtin"

OTHER_WAYS_OUT = ("time_limit", "take_profit", "trailing_stop")
"""Levels by which a position is left without a rule."""


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

    Parameters
    ----------
    text : str
        The message in English.
    now : str
        ISO 8601 UTC: what ``the last year`` is counted from.
    screening : Screening, optional
        What was found in the message that no spec can hold, or no number stands for.
    known : collection of str
        Symbols with stored candles, beside the packaged tickers.
    risk_defaults : mapping, optional
        The owner's stored limits.
    language : str
        The language the message was written in.
    pending : Screening, optional
        An earlier request that was answered with a question: what it said and the new message does not say anew still
        holds.
    """
    message = _heard(text, now, screening, known, pending)
    items = with_shared_units(settled(with_loose_settings(message.items, message.mind.mentions)))
    items, loose_frames = bound(items)
    said = Said.of(items)
    said.loose_frames = loose_frames
    rules = _rules(items, message, said)
    said.levels += [one for one in rules.levels if all(one.kind != other.kind for other in said.levels)]
    draft = compose(rules, said, message.mind, risk_defaults) if rules.entered() else None
    vague = [one for one in message.vague if not is_told(one, items, text)]
    buy_and_hold = {"buy", "hold", "and"} <= message.words
    asked = doubts(rules, said, draft, vague, buy_and_hold=buy_and_hold, heard=Heard(text, items))
    assert asked or draft is not None
    window = next((item.data for item in items if item.kind == "window"), None)
    equity = said.size("initial_equity")
    return Reading(
        "ask" if asked else "build",
        NAME,
        language=language,
        spec=draft.spec if draft is not None else None,
        assumptions=tuple(draft.assumptions) if draft is not None and not asked else (),
        left_out=tuple(left_out_of(items, screening, draft, text)),
        question=_question(asked) if asked else None,
        window=window if isinstance(window, Window) else None,
        initial_equity=equity.value if equity is not None else None,
        unread=tuple(dict.fromkeys(item.words for item in items if item.kind == "unread" and item.words.isalpha())),
    )


@dataclass(frozen=True, slots=True)
class _Message:
    """The pieces of a message and of the request it completes, its words, and the vague ones among them."""

    items: list[Item]
    mind: Mind
    words: frozenset[str]
    vague: list[Vague]


def _heard(
    text: str, now: str, screening: Screening | None, known: Collection[str], pending: Screening | None
) -> _Message:
    """Scan a message; one that answers a question is put together with the request."""

    def scanned(text: str, screening: Screening | None, mind: Mind | None) -> tuple[list[Item], Cursor]:
        opaque = closed_passages(text, screening)
        return scan(text, tokenize(text), now=now, known=known, opaque=opaque, mind=mind)

    vague = list(screening.vague) if screening is not None else []
    if pending is None:
        items, cursor = scanned(text, screening, None)
    else:
        before, earlier = scanned(pending.text, pending, None)
        answer, cursor = scanned(text, screening, earlier.mind)
        waiting = [one for one in pending.vague if not is_told(one, before, pending.text) and not answers(answer, one)]
        items, vague = completing(before, answer), waiting + vague
    written = [token.text for token in cursor.tokens if token.kind == "word"]
    words = frozenset(written) | frozenset(part for text in written for part in text.split())
    return _Message(items, cursor.mind, words, vague)


def _rules(items: list[Item], message: _Message, said: Said) -> Rules:
    """Entries and exits, each operand on its timeframe."""
    rules = assign(items, message.mind, message.words)
    for role in (rules.entry, rules.exit):
        for side, rule in role.items():
            role[side] = None if rule is None else completed(rule)
    if len(rules.entered()) == len(SIDES):
        _turn_at_opposite_entry(rules, said)
    return rules


def _turn_at_opposite_entry(rules: Rules, said: Said) -> None:
    """Two sides and no exit at all: the opposite entry turns the position, as assumed and told."""
    for side, other in (SIDES, SIDES[::-1]):
        if rules.exit[side] is None and rules.exit[other] is not None and rules.exit[other] == rules.entry[side]:
            rules.exit[side] = rules.entry[other]  # said for one side: it turns from one into the other
    other_way = any(one.kind in OTHER_WAYS_OUT and not one.none for one in said.levels)
    if not other_way and all(rules.exit[side] is None for side in SIDES):
        rules.reverse = True
        rules.assumed.append(
            ("signals.opposite_entry", "no exit was named: an entry of the other side closes and reverses the position")
        )


def _question(asked: Sequence[Doubt]) -> Question:
    """One question that holds everything."""
    asks = [doubt.ask for doubt in asked]
    if len(asks) > 1:
        asks = [f"({at}) {ask}" for at, ask in enumerate(asks, 1)]
    paths = tuple(dict.fromkeys(doubt.path for doubt in asked))
    return Question(f"Before I build this I need to know: {' '.join(asks)}", paths)
