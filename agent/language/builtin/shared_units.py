"""Units that a stop and a target share: ``stop 20 points target 40``, ``2 atr stop, 4 target``, ``sl 2 tp 4 (atr)``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.levels import KINDS, Distance, Level
from agent.language.builtin.rules import Series, Span
from agent.language.port import LeftOut

if TYPE_CHECKING:
    from agent.language.builtin.scanner import Item

ABSOLUTE = "fixed_distance"
"""The element of distances in points, ticks and money."""

MONEY = ("$", "usd", "dollar", "bucks", "€", "eur")
UNITS_ASKED = "per cent or ATRs"
"""Words of a level whose bare number may be meant in two units."""


def with_shared_units(items: list[Item]) -> list[Item]:
    """Return the items with bare numbers of levels in the unit their sibling names."""
    return _in_points(_in_ranges(_beside_places(items)))


def _beside_places(items: list[Item]) -> list[Item]:
    """``target the swing high``: the word of a level in front of a place no spec knows goes with it."""
    out = list(items)
    for at, item in enumerate(items[:-1]):
        if item.kind == "dangling" and item.data.tag in KINDS and _is_element(items[at + 1]):
            out[at] = replace(item, kind="unread")
    return out


def _is_element(item: Item) -> bool:
    return item.kind == "opaque" and not item.data.vague and hasattr(item.data.finding, "element")


def _in_points(items: list[Item]) -> list[Item]:
    """Levels beside one in points or money are as far in the same unit: left out like that one."""
    fixed = [item.data.finding for item in items if _is_element(item) and item.data.finding.element == ABSOLUTE]
    fixed += [item.data for item in items if item.kind == "unsayable" and item.data.path.endswith(".distance")]
    if not fixed:
        return items
    money = any(one in fixed[0].words.lower() for one in MONEY)

    def left_out(words: str) -> LeftOut:
        return LeftOut(words, fixed[0].code, fixed[0].reason, fixed[0].path, fixed[0].instead)

    out: list[Item] = []
    for item in items:
        level = item.data if item.kind == "level" else None
        far = level.distance if isinstance(level, Level) else None
        before = out[-1] if out else None
        if far is not None and (far.unsaid or (money and far.type == "price")):
            out.append(replace(item, kind="unsayable", data=left_out(item.words)))
        elif before is not None and _name_of_number(before, item):
            words = f"{before.words} {item.words}"
            out[-1] = replace(before, kind="unsayable", data=left_out(words), end=item.end, words=words)
        else:
            out.append(item)
    return out


def _name_of_number(number: Item, name: Item) -> bool:
    """``1000 target``: a number nobody could read and the level it belongs to."""
    return (
        number.kind == name.kind == "dangling" and number.data.kind == "number" and name.data.tag in ("stop", "target")
    )


def _in_ranges(items: list[Item]) -> list[Item]:
    """Bare numbers beside ATRs: the sibling's unit, that of ``(atr)`` right behind, or a question."""
    bare = [at for at, item in enumerate(items) if _far(item) is not None and _far(item).unsaid]  # type: ignore[union-attr]
    if not bare:
        return items
    ranged = [far for item in items if (far := _far(item)) is not None and far.type == "atr"]
    spoken = [at for at, item in enumerate(items) if item.kind == "mention" and _is_atr(item.data)]
    length = ranged[0].length if ranged else None
    told = bool(ranged) or any(at + 1 in spoken for at in bare)
    if not told and not spoken:
        return items
    if spoken and not ranged and isinstance(span := items[spoken[0]].data.input("length"), Span):
        length = span.n
    out = list(items)
    for at in bare:
        far = _far(items[at])
        assert far is not None
        level = items[at].data
        if told:
            level = replace(level, distance=Distance("atr", round(far.value * 100, 10), length))
        else:
            level = replace(level, words=UNITS_ASKED)
        out[at] = replace(items[at], data=level)
    return out


def _far(item: Item) -> Distance | None:
    far = item.data.distance if item.kind == "level" else None
    return far if isinstance(far, Distance) else None


def _is_atr(operand: object) -> bool:
    return isinstance(operand, Series) and operand.type == "atr"
