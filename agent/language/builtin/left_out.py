"""Everything of a message that no part of the spec carries: named, with the reason, instead of dropped."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from agent.language.builtin.passages import DEFERRED
from agent.language.builtin.rules import Series, Span
from agent.language.builtin.strange_words import strange_words
from agent.language.port import LeftOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.language.builtin.draft import Draft
    from agent.language.builtin.scanner import Item
    from agent.language.builtin.screening.findings import Screening

CHANNELS = ("donchian", "highest", "lowest")
"""Three names of the extremes of a span of bars."""

DESCRIBING = ("sma", "stdev")
"""What a z-score is made of."""

OF_DISTANCES = ("atr", "stdev")
"""What levels and bands are measured in: named for those, it stands in no rule."""


LEVELS_BY_NAME = {
    "stop": "stop_loss", "stop loss": "stop_loss", "sl": "stop_loss", "target": "take_profit", "tp": "take_profit",
    "take profit": "take_profit", "profit target": "take_profit", "the target": "take_profit", "the stop": "stop_loss",
}  # fmt: skip
"""Names of levels: said without a figure beside one with it, they mean that one."""

ENDS = ("comma", "stop", "arrow")


def left_out_of(
    items: Sequence[Item], screening: Screening | None, draft: Draft | None, text: str = ""
) -> list[LeftOut]:
    """Return what was refused, what the spec cannot say, what is put off and what nobody understood."""
    found: list[LeftOut] = []
    if screening is not None:
        found += [LeftOut(one.words, "INJECTED", one.reason) for one in screening.injected]
        found += [LeftOut(one.words, one.code, one.reason, one.path, one.instead) for one in screening.unsupported]
    if draft is not None:
        found += [LeftOut(words, "UNSUPPORTED", reason, path) for words, path, reason in draft.unwritten]
    found += [item.data for item in items if item.kind == "unsayable"]
    found += [
        LeftOut(item.words, "DEFERRED", "a further version is made from this one: ask for it once this one stands")
        for item in items
        if item.kind == "opaque" and item.data.finding == DEFERRED
    ]
    if draft is not None:
        found += _unused(items, draft)
        found += _unread_exits(items, draft)
        found += strange_words(items, text)
    return found + _unread_filters(items) + _not_understood(items)


def _unread_filters(items: Sequence[Item]) -> list[LeftOut]:
    """``unless volume is low``: a filter was announced and nothing of it read."""
    found = []
    for at, item in enumerate(items):
        if item.kind != "unless":
            continue
        behind = [item]
        for one in items[at + 1 :]:
            if one.kind not in ("unread", "mention"):
                break
            behind.append(one)
        ended = at + len(behind) >= len(items) or items[at + len(behind)].kind in ("comma", "stop", "arrow")
        if ended and len(behind) > 1:
            words = " ".join(one.words for one in behind)
            found.append(LeftOut(words, "NOT_UNDERSTOOD", "I could not tell when this holds"))
    return found


def _unread_exits(items: Sequence[Item], draft: Draft) -> list[LeftOut]:
    """``out when the mood turns``: an exit was announced, nothing of it read, and there is no other one."""
    signals = draft.spec["signals"]
    if signals.get("exit") or signals.get("short", {}).get("exit") or signals.get("opposite_entry"):
        return []
    found = []
    for at, item in enumerate(items):
        if item.kind != "action" or item.data[0] != "exit":
            continue
        behind = list(takewhile(lambda one: one.kind in ("unread", "when"), items[at + 1 :]))
        ended = at + len(behind) + 1 >= len(items) or items[at + len(behind) + 1].kind in ENDS
        begins = at == 0 or items[at - 1].kind in (*ENDS, "and", "or", "then")
        if ended and begins and any(one.kind == "unread" for one in behind):
            words = " ".join(one.words for one in (item, *behind))
            found.append(LeftOut(words, "NOT_UNDERSTOOD", "I could not tell when this holds", "exit"))
    return found


def _not_understood(items: Sequence[Item]) -> list[LeftOut]:
    """Runs of words that ask for something nobody could tell, with the unread words between them."""
    runs: list[list[Item]] = []
    goes_on = False
    levels = {item.data.kind for item in items if item.kind == "level"}
    for item in items:
        begins = item.kind == "dangling" and LEVELS_BY_NAME.get(item.words) not in levels
        if begins and not goes_on:
            runs.append([])
        goes_on = begins or (goes_on and item.kind == "unread" and item.start - runs[-1][-1].end <= 2)
        if goes_on:
            runs[-1].append(item)
    return [
        LeftOut(" ".join(one.words for one in run), "NOT_UNDERSTOOD", "I could not tell what this asks for")
        for run in runs
    ]


def _unused(items: Sequence[Item], draft: Draft) -> list[LeftOut]:
    """Indicators that were named with settings of their own and stand nowhere in the draft."""
    written = [(one["type"], one.get("inputs", {}).get("length")) for one in draft.spec["indicators"].values()]
    scored = any(kind == "zscore" for kind, _ in written)
    found = []
    for at, item in enumerate(items):
        titled = at + 1 < len(items) and items[at + 1].kind == "stop" and items[at + 1].words == ":"
        if item.kind != "mention" or titled or not isinstance(item.data, Series):
            continue
        series, length = item.data, item.data.input("length")
        if series.bare or not isinstance(length, Span) or series.type in OF_DISTANCES:
            continue
        if scored and series.type in DESCRIBING:
            continue  # "z score, 20 sma / 20 stdev": how it is made
        kinds = CHANNELS if series.type in CHANNELS else (series.type,)
        lengths = [said for kind, said in written if kind in kinds]
        if not any(said is None or length.unit != "bar" or said == length.n for said in lengths):
            found.append(LeftOut(item.words, "NOT_UNDERSTOOD", "I could not tell what part this has in the strategy"))
    return found
