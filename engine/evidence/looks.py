"""Who has looked into a holdout, and when: from then on it can no longer validate, only later data can."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from engine.evidence.families import families_in
from engine.market.quality import utc

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


@dataclass(frozen=True, slots=True)
class Look:
    """What an owner's runs have seen of a holdout, UTC milliseconds.

    ``time`` is when the first run that reached into it was made, ``until`` how far they reached: data from there on
    nobody has looked at.
    """

    time: int
    until: int


def all_seen(runs: Iterable[tuple[str, int, int]], families: Collection[str], start: int, end: int) -> bool:
    """Return whether runs have seen all of [start, end) of the data of every one of some families.

    A run is the families of its assets (`engine.evidence.families.family_text`), and its window, UTC ms, closed-open.

    >>> all_seen([("BTC+ETH", 0, 8), ("BTC", 6, 20)], {"BTC"}, 5, 15)
    True
    >>> all_seen([("BTC+ETH", 0, 8), ("BTC", 6, 20)], {"BTC", "ETH"}, 5, 15)
    False
    """
    seen_until = dict.fromkeys(families, start)
    for text, began, ended in sorted(runs, key=itemgetter(1)):
        for family in families_in(text) & seen_until.keys():
            if began <= seen_until[family]:
                seen_until[family] = max(seen_until[family], ended)
    return all(until >= end for until in seen_until.values())


def market_seen(runs: Iterable[tuple[str, int, int]], names: Collection[str], start: int, end: int) -> bool:
    """Return whether runs have seen all of [start, end) of one market, under whichever of its ``names``.

    >>> market_seen([("BTC+ETH", 0, 8), ("WALK", 6, 20)], {"BTC", "WALK"}, 5, 15)
    True
    """
    name = min(names)
    own = ((name, began, ended) for text, began, ended in runs if not families_in(text).isdisjoint(names))
    return all_seen(own, {name}, start, end)


def look_words(holdout_start: int, look: Look) -> str:
    """Return what an earlier look means for a holdout that opens at ``holdout_start`` (UTC ms).

    >>> look_words(1_700_000_000_000, Look(1_750_000_000_000, 1_720_000_000_000))
    'the holdout from 2023-11-14 22:13 was looked into on 2025-06-15 15:06, up to 2024-07-03 09:46: it is SEEN and \
validates nothing any more, only data after that can'
    """
    return (
        f"the holdout from {utc(holdout_start)} was looked into on {utc(look.time)}, up to {utc(look.until)}: it is "
        "SEEN and validates nothing any more, only data after that can"
    )
