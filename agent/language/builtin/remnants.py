"""What stands alone after scanning: a lone share of equity, settings repeated, numbers that say nothing new."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.operands import PARAMETERS, WHOLE
from agent.language.builtin.rules import Series, Span, series_of
from agent.language.builtin.sizes import POSITION_SIZES, Size

if TYPE_CHECKING:
    from agent.language.builtin.scanner import Item

BREAKS = ("stop", "comma", "arrow", "and")
BEFORE_A_SHARE = (*BREAKS, "asset", "timeframe", "level", "mention")
PAIRED = ("bbands", "keltner", "supertrend", "macd", "stoch", "stochrsi", "donchian", "psar")
"""Indicators whose settings people write as a list of numbers: ``20/2``."""

CROSSES_BY_NAME = ("golden_cross", "death_cross")

ROUND = 100.0
"""What the two levels of an oscillator from 0 to 100 come to together."""

SETTINGS = ("default", "defaults", "standard", "settings", "usual", "classic", "normal", "set", "std")


def settled(items: list[Item]) -> list[Item]:
    """Return the items with those remnants read that can mean one thing only."""
    return _lone_share(_repeated_settings(_lengths_of_a_cross(items)))


def _lengths_of_a_cross(items: list[Item]) -> list[Item]:
    """``golden cross buy on eth daily, 20/100``: two numbers alone beside a named cross that has none."""
    crosses = [at for at, item in enumerate(items) if item.kind == "setup" and item.data[0] in CROSSES_BY_NAME]
    loose = [at for at, item in enumerate(items) if _is_number(item)]
    paired = len(loose) == 2 and loose[1] == loose[0] + 1 and items[loose[1]].start - items[loose[0]].end <= 3
    if not crosses or not paired or any(items[at].data[1] is not None for at in crosses):
        return items
    fast, slow = (items[at].data.value for at in loose)
    if not 2 <= fast < slow or slow != int(slow) or fast != int(fast) or _followed_by_a_unit(items, loose[1]):
        return items
    out = list(items)
    for at in crosses:
        out[at] = replace(items[at], data=(items[at].data[0], (fast, slow)))
    for at in loose:
        out[at] = replace(items[at], kind="unread")
    return out


def _followed_by_a_unit(items: list[Item], at: int) -> bool:
    return at + 1 < len(items) and items[at + 1].kind == "dangling"


def _two_levels(items: list[Item], mentions: list[Series]) -> list[Item]:
    """``rsi 30 70``: two levels as far from the middle as each other, and no length."""
    out = list(items)
    for at in range(len(items) - 1):
        named, other = items[at], items[at + 1]
        series = named.data if named.kind == "mention" and isinstance(named.data, Series) else None
        length = series.input("length") if series is not None and series.type == "rsi" else None
        if not isinstance(length, Span) or not _is_number(other):
            continue
        low, high = length.n, other.data.value
        if low < high and low + high == ROUND and not any(item.kind == "condition" for item in items):
            out[at] = replace(named, data=Series("rsi", bare=True))
            mentions[:] = [out[at].data if one == series else one for one in mentions]
            out[at + 1] = replace(other, kind="levels", data=(low, high))
    return out


def with_loose_settings(items: list[Item], mentions: list[Series]) -> list[Item]:
    """Return the items without the settings that stand far from their indicator, which ``mentions`` gets with them.

    ``bollinger fade sol 15m 20/2``: a list of numbers, and one indicator that lacks its settings.
    """
    items = _two_levels(items, mentions)
    lacking = [one for one in mentions if one.bare and one.type in PAIRED]
    if not lacking or any(not one.bare and one.type == lacking[-1].type for one in mentions):
        return items
    found = _with_units(items, lacking[-1]) or _in_order(items, lacking[-1])
    if found is None:
        return items
    mentions.append(found[1])
    return found[0]


def _in_order(items: list[Item], series: Series) -> tuple[list[Item], Series] | None:
    """``20/2``: a row of numbers as the settings, in the order people name them."""
    names = PARAMETERS.get(series.type, ("length",))
    at = 0
    while at < len(items):
        run = at
        while run < len(items) and _is_number(items[run]):
            run += 1
        if 2 <= run - at <= len(names):
            numbers = [one.data.value for one in items[at:run]]
            values = {name: Span(n) if name in WHOLE else n for name, n in zip(names, numbers, strict=False)}
            read = [replace(one, kind="unread") for one in items[at:run]]
            return [*items[:at], *read, *items[run:]], replace(series.having(**values), bare=False)
        at = max(run, at + 1)
    return None


def _with_units(items: list[Item], series: Series) -> tuple[list[Item], Series] | None:
    """``bb fade 15m, 30 bars 2.2 dev``: numbers whose units say which setting they are."""
    names = PARAMETERS.get(series.type, ("length",))
    found: dict[str, object] = {}
    taken: list[int] = []
    for at in range(len(items) - 1):
        number, unit = items[at], items[at + 1]
        if not _is_number(number) or unit.kind not in ("dangling", "unread"):
            continue
        tag = getattr(unit.data, "tag", None)
        if tag == "unit" and unit.data.data == "bar" and "length" in names:
            found["length"] = Span(number.data.value)
        elif tag == "sigma" and "stddev" in names:
            found["stddev"] = number.data.value
        else:
            continue
        taken += [at, at + 1]
    if not found:
        return None
    out = [replace(item, kind="unread") if at in taken else item for at, item in enumerate(items)]
    return out, replace(series.having(**found), bare=False)


def _repeated_settings(items: list[Item]) -> list[Item]:
    """``default 0.02/0.2 settings`` beside an indicator: its numbers, said again or said only here."""
    known = {
        value.n if isinstance(value, Span) else value
        for one in items
        for series in _series(one)
        for _, value in series.inputs
    }
    out = list(items)
    for at, item in enumerate(items):
        if not _is_number(item) or (at + 1 < len(items) and _is_percent(items[at + 1])):
            continue
        around = [one.words.lower() for one in items[max(0, at - 3) : at + 4] if one.kind == "unread"]
        if item.data.value in known or any(word in SETTINGS for word in around):
            out[at] = replace(item, kind="unread")
    return out


def _series(item: Item) -> list[Series]:
    """Every indicator that an item holds."""
    if item.kind in ("condition", "mention"):
        return series_of(item.data)
    return list(item.data) if item.kind == "pair" else []


def _lone_share(items: list[Item]) -> list[Item]:
    """``BTC 1d, stop 3%, 10%``: a per cent that stands alone is the size, when no other is named."""
    if any(item.kind == "size" and item.data.kind in POSITION_SIZES for item in items):
        return items
    found = [at for at in range(len(items) - 1) if _is_lone_share(items, at)]
    if len(found) != 1 or not 0 < (items[found[0]].data.value or 0.0) <= 100:
        return items
    at = found[0]
    number, percent = items[at], items[at + 1]
    share = Size("percent_equity", number.data.value / 100, unsaid=True)
    size = replace(number, kind="size", data=share, end=percent.end, words=f"{number.words}%")
    return [*items[:at], size, *items[at + 2 :]]


def _is_lone_share(items: list[Item], at: int) -> bool:
    """True for a number and its per cent sign between marks, with nothing they could belong to."""
    if not _is_number(items[at]) or not _is_percent(items[at + 1]):
        return False
    if at and items[at - 1].kind not in BEFORE_A_SHARE:
        return False
    return at + 2 >= len(items) or items[at + 2].kind in BREAKS


def _is_number(item: Item) -> bool:
    return item.kind == "dangling" and bool(item.data.kind == "number")


def _is_percent(item: Item) -> bool:
    return item.kind == "dangling" and bool(item.data.tag == "percent")
