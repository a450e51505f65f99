"""A spec's four rules as trees: entry and exit of each side, with time limits and reversal as exits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evals.scorers.conditions import any_of
from evals.scorers.names import is_number, timeframe_minutes
from evals.scorers.trees import BarsHeld, Tree, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evals.scorers.terms import Terms

OTHER_SIDE = {"long": "short", "short": "long"}


def spec_trees(spec: Mapping[str, Any], terms: Terms, *, open_constants: bool = False) -> dict[str, Tree | None]:
    """Return ``entry.long`` and so on of a spec as trees, None where it has no such rule."""
    signals = spec.get("signals") or {}
    short = signals.get("short") or {}
    written = {"long": signals, "short": short}
    trees = {
        f"{part}.{side}": any_of(alternatives(rules.get(part)), terms, open_constants=open_constants)
        for side, rules in written.items()
        for part in ("entry", "exit")
    }
    held = _longest_holding(spec)
    for side, other in OTHER_SIDE.items():
        entry, opposite = trees[f"entry.{side}"], trees[f"entry.{other}"]
        if entry is None:
            trees[f"exit.{side}"] = None  # nothing to leave
            continue
        more: list[Tree] = [] if held is None else [BarsHeld(held)]
        if signals.get("opposite_entry") == "reverse" and opposite is not None:
            more.append(opposite)
        if more:
            own = trees[f"exit.{side}"]
            trees[f"exit.{side}"] = joined("or", [*([] if own is None else [own]), *more])
    return trees


def alternatives(written: Any) -> list[Any]:
    """Return a list of conditions, also where a single one stands for it.

    >>> alternatives({"when": "always"}), alternatives(None)
    ([{'when': 'always'}], [])
    """
    if isinstance(written, list):
        return written
    return [written] if isinstance(written, dict) else []


def _longest_holding(spec: Mapping[str, Any]) -> int | None:
    """Return the bars after which a position is closed, None without such a limit."""
    limit = (spec.get("risk") or {}).get("time_limit") or {}
    bars, minutes = limit.get("bars"), limit.get("minutes")
    bar_minutes = timeframe_minutes((spec.get("universe") or {}).get("timeframe"))
    if bars is None and is_number(minutes) and bar_minutes:
        bars = minutes / bar_minutes
    return int(bars) if is_number(bars) else None
