"""Placing a rule in a strategy: beside what is there, within it, or in its place, on the sides that are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from agent.language.builtin.contraries import mirrored, reversed_signal
from agent.language.builtin.editing.lookup import Role, Side, rules_of
from agent.language.builtin.editing.rewriting import NoRule, SpecWriter, rule_of
from agent.language.builtin.roles import directed
from agent.language.builtin.rules import Condition, Opposite, joined, leaves

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.language.builtin.editing.worksheet import Worksheet

Mode = Literal["and", "or", "replace"]
"""``and`` narrows what is there, ``or`` stands beside it, ``replace`` takes its place."""

WAYS_OUT = ("stop_loss", "take_profit", "trailing_stop", "trailing_take", "time_limit")


def place(rule: Condition, mode: Mode, role: Role, side: Side | None, sheet: Worksheet) -> None:
    """Write a rule into the entries or exits of one side, or of every side that is traded, mirrored for shorts."""
    writer = writer_for(sheet)
    sides = [one for _, at, one in rules_of(sheet.after) if at == role and sheet.at(f"{home(one)}.entry")]
    if side is not None and side not in sides and mode == "and" and role == "entry":
        sheet.ask(
            f"{home(side)}.entry",
            f"the {side} side is not traded, so there is nothing to narrow: when should it enter?",
        )
        return
    if side is not None and side not in sides:
        _new_side(rule, role, side, writer, sheet)
        return
    chosen = [one for one in sides if side is None or one == side]
    for one in chosen:
        turned = mirrored(rule) if one == "short" and side is None and len(chosen) > 1 else rule
        if turned != rule:
            sheet.assume("signals.short", None, "on the short side the new condition is mirrored")
        entry = entry_of(sheet, one)
        placed = _without_opposite(directed(turned, one, role, entry), entry)
        if placed is None:
            sheet.ask(
                f"signals.{role}", "what is the opposite of the entry: which condition should close the position?"
            )
            return
        path = f"{home(one)}.{role}"
        sheet.put(path, _combined(list(sheet.at(path) or []), writer.condition(placed), mode, role, sheet))
    sheet.assumptions += [one for one in writer.assumptions if one not in sheet.assumptions]


def home(side: Side) -> str:
    """Return where the rules of a side stand."""
    return "signals" if side == "long" else "signals.short"


def entry_of(sheet: Worksheet, side: Side) -> Condition | None:
    """Return the entry of a side as one rule, None where it has none the grammar can say."""
    held = sheet.at(f"{home(side)}.entry") or []
    try:
        return joined("or", [rule_of(one, sheet.after["indicators"]) for one in held]) if held else None
    except NoRule:
        return None


def _without_opposite(rule: Condition, entry: Condition | None) -> Condition | None:
    if not any(isinstance(leaf, Opposite) for leaf in leaves(rule)):
        return rule
    return reversed_signal(entry) if entry is not None else None


def _combined(held: list[Any], written: dict[str, Any], mode: Mode, role: Role, sheet: Worksheet) -> list[Any]:
    """Join a new condition to a list of alternatives."""
    alternatives = list(written["conditions"]) if _is_bare(written, "or") else [written]
    if mode == "replace" or not held:
        return alternatives
    if mode == "or":
        new = [one for one in alternatives if one not in held]
        if role == "exit" and new:
            text = "the new exit stands beside the one there was: whichever comes first closes"
            sheet.assume("signals.exit", None, text)
        return [*held, *new]
    return [_narrowed(one, written) for one in held]


def _narrowed(held: Mapping[str, Any], written: dict[str, Any]) -> dict[str, Any]:
    """``held and written``: into the group that is there, without a group in a group."""
    more = list(written["conditions"]) if _is_bare(written, "and") else [written]
    parts = list(held["conditions"]) if _is_bare(held, "and") else [dict(held)]
    return {"when": "and", "conditions": [*parts, *(one for one in more if one not in parts)]}


def _is_bare(condition: Mapping[str, Any], when: str) -> bool:
    """True for a group of a kind that nothing else is said of."""
    return bool(condition["when"] == when) and set(condition) == {"when", "conditions"}


def _new_side(rule: Condition, role: Role, side: Side, writer: SpecWriter, sheet: Worksheet) -> None:
    """A rule of a side that was not traded: ``also go short when ...``."""
    if role == "exit":
        sheet.ask(f"{home(side)}.entry", f"the {side} side is not traded: when should it enter?")
        return
    opened = directed(rule, side, role, None)
    if any(isinstance(leaf, Opposite) for leaf in leaves(opened)):
        other = entry_of(sheet, "long" if side == "short" else "short")
        if other is None or not isinstance(opened, Opposite):
            sheet.ask(f"{home(side)}.entry", f"what is the opposite of the entry: when should the {side} side enter?")
            return
        opened = mirrored(other)
        sheet.assume(f"{home(side)}.entry", None, f"the {side} side enters by the entry of the other side, mirrored")
    if side == "short" and sheet.at("signals.short") is None:
        sheet.put("signals.short", {"entry": [], "exit": []})
    path = home(side)
    sheet.put(f"{path}.entry", [writer.condition(opened)])
    sheet.assumptions += writer.assumptions
    if side == "short":
        need_perp(sheet)
    if not sheet.at(f"{path}.exit"):
        if any("cross" in str(one) for one in [sheet.at(f"{path}.entry")]):
            sheet.put(f"{path}.exit", [writer.condition(reversed_signal(opened))])
            sheet.assume(f"{path}.exit", None, f"no exit was named for the {side} side: out when its cross turns back")
        elif any(sheet.at(f"risk.{name}") for name in WAYS_OUT):
            sheet.assume(
                f"{path}.exit", [], f"no exit was named for the {side} side: it is closed by the stop and the target"
            )
        else:
            sheet.ask(f"{path}.exit", f"when should the {side} side exit (a rule, a stop, a target or a time limit)?")


def need_perp(sheet: Worksheet) -> None:
    """Short positions need perpetual futures: change the market, and say so."""
    if sheet.at("universe.market_type") != "perp":
        sheet.put("universe.market_type", "perp")
        text = "short positions need perpetual futures: the market changes from spot to perp"
        sheet.assume("universe.market_type", "perp", text)


def writer_for(sheet: Worksheet) -> SpecWriter:
    """Return a writer that adds its indicators to the strategy as it is to be."""
    writer = SpecWriter(sheet.after["universe"]["timeframe"], True)
    writer.indicators = sheet.after["indicators"]
    return writer
