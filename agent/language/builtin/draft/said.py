"""Everything a message said beside its rules, sorted by kind: assets, timeframes, levels, sizes, market, fill."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from agent.language.builtin.levels import KINDS

if TYPE_CHECKING:
    from agent.language.builtin.costs import Cost
    from agent.language.builtin.levels import Level
    from agent.language.builtin.markets import Asset
    from agent.language.builtin.scanner import Item, ItemKind
    from agent.language.builtin.sizes import Size

FILLING = re.compile(r"(?:fill|execut)", re.IGNORECASE)

STOPS_OF_SCREEN = ("fixed_distance", "structural_stop")
"""Elements the screen finds that may be stops."""


@dataclass(slots=True)
class Said:
    """What was said beside the rules.

    ``unknown`` are assets nobody knows, ``loose_frames`` timeframes that belong to no rule, ``bare`` protections that
    were asked for without a distance (stop, trail, target), ``stop_elsewhere`` a stop that no spec can
    say; ``only`` is the side a message keeps to.
    """

    assets: list[Asset] = field(default_factory=list)
    unknown: list[Asset] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    market: str | None = None
    fill: str | None = None
    session: dict[str, Any] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    only: str | None = None
    limit: dict[str, float] | None = None
    loose_frames: list[str] = field(default_factory=list)
    bare: set[str] = field(default_factory=set)
    stop_elsewhere: bool = False
    costs: list[Cost] = field(default_factory=list)

    @staticmethod
    def of(items: list[Item]) -> Said:
        """Sort a message's items; of what can be said once only the last one holds."""
        return Said(
            assets=_distinct(_all(items, "asset")),
            unknown=_all(items, "unknown_asset"),
            frames=_all(items, "timeframe"),
            levels=_all(items, "level"),
            sizes=_all(items, "size"),
            market=_market(items),
            fill=_fill(items),
            session=_last(items, "session") or {},
            conflicts=_all(items, "conflict"),
            only=_last(items, "only"),
            limit=_last(items, "limit"),
            costs=_all(items, "cost"),
            stop_elsewhere=any(_is_unsayable_stop(item) for item in items),
            bare={item.data.tag for item in items if item.kind == "dangling" and item.data.tag in KINDS},
        )

    def size(self, *kinds: str) -> Size | None:
        """Return the last size of one of the kinds."""
        return next((one for one in reversed(self.sizes) if one.kind in kinds), None)


def _all(items: list[Item], kind: ItemKind) -> list[Any]:
    return [item.data for item in items if item.kind == kind]


def _last(items: list[Item], kind: ItemKind) -> Any:
    return next((item.data for item in reversed(items) if item.kind == kind), None)


def _distinct(assets: list[Asset]) -> list[Asset]:
    """Return the first asset of each symbol."""
    found: list[Asset] = []
    for asset in assets:
        if all(one.symbol != asset.symbol for one in found):
            found.append(asset)
    return found


def _market(items: list[Item]) -> str | None:
    """The market named last, by itself or by an asset of it: ``spot``, ``BTC-PERP``."""
    named = [
        item.data if item.kind == "market" else "perp"
        for item in items
        if item.kind == "market" or (item.kind == "asset" and item.data.perp)
    ]
    return named[-1] if named else None


def _is_unsayable_stop(item: Item) -> bool:
    """True for a stop that is left out: ``stop under the low``, ``stop 20 points``."""
    if item.kind == "opaque":
        element = getattr(item.data.finding, "element", None)
        return element in STOPS_OF_SCREEN and re.search(r"\b(?:stop|sl)", item.words, re.IGNORECASE) is not None
    return item.kind == "unsayable" and item.data.path.startswith("stop_loss")


def _fill(items: list[Item]) -> str | None:
    """The fill that was asked for: by its verb (``fill at close``), or right behind the action of an entry."""
    named = [item.data for item in items if item.kind == "fill" and FILLING.match(item.words)]
    if named:
        return None if named[-1] == "next_open" else str(named[-1])
    return "close" if any(_fills_at_close(*two) for two in pairwise(items)) else None


def _fills_at_close(before: Item, item: Item) -> bool:
    """``buy at the close``: the fill of an entry, right behind its action."""
    return item.kind == "fill" and item.data == "close" and before.kind == "action" and before.data[0] == "enter"
