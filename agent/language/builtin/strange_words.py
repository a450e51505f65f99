"""Words of a rule that no reader used: beside a rule that was read, they may change what it means, and are named."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from agent.language.builtin.scanner.times import is_a_time
from agent.language.port import LeftOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.language.builtin.scanner import Item

LOOSE_TAGS = (None, "multiple", "size")
"""Tags of words that mean something of their own where no reader took them with the rule beside them."""

TALK = frozenset(
    """moment next anyway anyways always both wrong effect b c d stacked quiet wise mate boss bro bruh man dude sir
    folks lol haha yeah yep nope thanks cheers btw imho tbh fyi obviously finally suddenly ideally clearly normally
    usually basically essentially hopefully certainly definitely generally typically exactly precisely mechanically
    automatically naturally overall together though however instead otherwise because since meaning means namely
    respectively example examples note notes remember important super pretty damn hell bloody freaking fucking
    boring dumb stupid easy sweet nice cool great awesome perfect favourite favorite famous popular known proven
    trusty lovely beautiful strict strictly religiously blindly whatsoever possible possibly sure surely confirmation
    confirmations confirming signal signalling signaling screen chart charts anything everything nothing years part
    case cases event events point points situation situations comes come came kind thing things side whichever happens
    version variant way ways itself themselves matter keeping grab grabs ride rides link means buyers sellers put
    order counting counted body sharp lot lots bag money stuff all true position positions possition trade trades
    entry entries exit exits
    step stage phase leg alright right ok okay bitcoin""".split()
)
"""Words of talk: they say nothing about when a rule holds."""

BREAKS = ("comma", "stop", "arrow")
ENDING = ("and", "or", "comma", "stop", "action", "arrow")
"""What ends a clause."""

NO_RULE = "I could not tell which rule this is"
NEAR = 16
"""Characters between a rule and a word that still belongs to it: a few fillers."""

WHY = "I could not tell what this changes about the rule beside it"


def strange_words(items: Sequence[Item], text: str) -> list[LeftOut]:
    """Return the runs of words right behind a condition, or between an order and its rule, that no reader could use."""
    found = []
    for at, item in enumerate(items):
        behind = list(takewhile(_is_loose, items[at + 1 :]))
        if item.kind == "action" and not _led_by_when(items, at + 1 + len(behind)):
            continue
        if item.kind not in ("condition", "action") or (item.kind == "condition" and is_a_time(item.data)):
            continue
        if (
            behind
            and behind[0].start - item.end <= NEAR
            and not _bracketed(item, behind[0], text)
            and any(map(_tells, behind))
        ):
            found.append(LeftOut(" ".join(one.words for one in behind), "NOT_UNDERSTOOD", WHY))
    return found + _strange_clauses(items)


def _strange_clauses(items: Sequence[Item]) -> list[LeftOut]:
    """Return clauses beside a rule that hold words nobody could use, and none: ``when squeeze ends and ...``."""
    found = []
    for at, item in enumerate(items):
        ending = {"when": ("and",), "or": ENDING}.get(item.kind)
        if ending is None or (item.kind == "or" and " " not in item.words.strip()):
            continue
        clause = list(takewhile(lambda one: one.kind in ("unread", "mention"), items[at + 1 :]))
        end = at + 1 + len(clause)
        ended = items[end].kind in ending if end < len(items) else item.kind == "or"
        telling = [one for one in clause if _is_loose(one) and one.words.lower() not in TALK and len(one.words) > 3]
        if ended and telling:
            found.append(LeftOut(" ".join(one.words for one in clause), "NOT_UNDERSTOOD", NO_RULE))
    return found


def _led_by_when(items: Sequence[Item], at: int) -> bool:
    """``buy on a doji when ...``: what stands between an order and the word that leads its rule is part of it."""
    return at < len(items) and items[at].kind == "when"


def _bracketed(item: Item, behind: Item, text: str) -> bool:
    """True for a remark in brackets, and across the end of a line."""
    return bool({"(", "\n", '"'} & set(text[item.end : behind.start]))


def _is_loose(item: Item) -> bool:
    return item.kind == "unread" and getattr(item.data, "kind", None) == "word"


def _tells(item: Item) -> bool:
    """True for a word that is none of talk."""
    word = item.words.lower()
    return item.data.tag in LOOSE_TAGS and word not in TALK and len(word) > 1 and "'" not in word
