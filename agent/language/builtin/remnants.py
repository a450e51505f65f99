"""What stands alone after scanning: a lone share of equity, settings repeated, numbers that say nothing new."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.operands import PARAMETERS, WHOLE
from agent.language.builtin.rules import Series, Span
from agent.language.builtin.sizes import POSITION_SIZES, Size

if TYPE_CHECKING:
    from agent.language.builtin.scanner import Item

BREAKS = ("stop", "comma", "arrow", "and")
SETTINGS = ("default", "defaults", "standard", "settings", "usual", "classic", "normal", "set", "std")


def settled(items: list[Item]) -> list[Item]:
    """Return the items with those remnants read that can mean one thing only."""
    return _lone_share(_repeated_settings(items))


PAIRED = ("bbands", "keltner", "supertrend", "macd", "stoch", "stochrsi", "donchian", "psar")


def with_loose_settings(items: list[Item], mentions: list[Series]) -> list[Item]:
    """``bollinger fade sol 15m 20/2``: a list of numbers far from the one indicator that lacks its settings."""
    lacking = [one for one in mentions if one.bare and one.type in PAIRED]
    if not lacking or any(not one.bare and one.type == lacking[-1].type for one in mentions):
        return items
    units = _with_units(items, lacking[-1])
    if units is not None:
        mentions.append(units[1])
        return units[0]
    at = 0
    while at < len(items):
        run = at
        while run < len(items) and items[run].kind == "dangling" and items[run].data.kind == "number":
            run += 1
        numbers = [one.data.value for one in items[at:run]]
        names = PARAMETERS.get(lacking[-1].type, ("length",))
        if 2 <= len(numbers) <= len(names):
            values = {name: Span(n) if name in WHOLE else n for name, n in zip(names, numbers, strict=False)}
            mentions.append(replace(lacking[-1].having(**values), bare=False))
            return [*items[:at], *(replace(one, kind="unread") for one in items[at:run]), *items[run:]]
        at = max(run, at + 1)
    return items


def _with_units(items: list[Item], series: Series) -> tuple[list[Item], Series] | None:
    """``bb fade 15m, 30 bars 2.2 dev``: numbers whose units say which setting they are."""
    names = PARAMETERS.get(series.type, ("length",))
    found: dict[str, object] = {}
    taken: list[int] = []
    for at in range(len(items) - 1):
        number, unit = items[at], items[at + 1]
        if number.kind != "dangling" or number.data.kind != "number" or unit.kind not in ("dangling", "unread"):
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
    out = list(items)
    for at, item in enumerate(items):
        if item.kind != "dangling" or item.data.kind != "number":
            continue
        if at + 1 < len(items) and items[at + 1].kind == "dangling" and items[at + 1].data.tag == "percent":
            continue
        around = [one.words.lower() for one in items[max(0, at - 3) : at + 4] if one.kind == "unread"]
        known = {
            value.n if isinstance(value, Span) else value
            for one in items
            for series in _series(one)
            for _, value in series.inputs
        }
        if item.data.value in known or any(word in SETTINGS for word in around):
            out[at] = replace(item, kind="unread")
    return out


def _series(item: Item) -> list[Series]:
    from agent.language.builtin.rules import series_of

    if item.kind in ("condition", "mention"):
        return series_of(item.data)
    return list(item.data) if item.kind == "pair" else []


def _lone_share(items: list[Item]) -> list[Item]:
    """``BTC 1d, stop 3%, 10%``: a per cent that stands alone is the size, when no other is named."""
    if any(item.kind == "size" and item.data.kind in POSITION_SIZES for item in items):
        return items
    found: list[int] = []
    for at in range(len(items) - 1):
        number, percent = items[at], items[at + 1]
        if (
            number.kind != "dangling"
            or number.data.kind != "number"
            or percent.kind != "dangling"
            or percent.data.tag != "percent"
        ):
            continue
        before = items[at - 1] if at else None
        after = items[at + 2] if at + 2 < len(items) else None
        alone_before = before is None or before.kind in (*BREAKS, "asset", "timeframe", "level", "mention")
        if alone_before and (after is None or after.kind in BREAKS):
            found.append(at)
    if len(found) != 1 or not 0 < (items[found[0]].data.value or 0.0) <= 100:
        return items
    at = found[0]
    number = items[at]
    size = replace(
        number, kind="size", data=Size("percent_equity", number.data.value / 100, unsaid=True),
        end=items[at + 1].end, words=f"{number.words}%",
    )  # fmt: skip
    return [*items[:at], size, *items[at + 2 :]]
