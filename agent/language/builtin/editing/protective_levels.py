"""Writing stops, targets, trailing, parts and time limits over what stands there: what was not said stays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.language.builtin.draft import words_of
from agent.language.builtin.editing.topics import topic_at
from agent.language.builtin.writing import Writer, plain_number
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet
    from agent.language.builtin.levels import Distance, Level
    from agent.language.builtin.rules import Span

LEVELS = ("risk.stop_loss", "risk.take_profit", "risk.trailing_stop")
DEFAULT_ATR = 14
ALIKE = 2.0
"""A bare number up to so many times the multiple there was is taken in ATRs as well."""


def apply_level(level: Level, clause: Clause, sheet: Worksheet) -> None:
    """Write one protection into the strategy as it is to be."""
    path = f"risk.{level.kind}"
    if level.span is not None:
        if level.kind == "cooldown":
            put_cooldown(level.span, sheet)
        else:
            sheet.put("risk.time_limit", _time_limit(level.span, sheet))
    elif level.kind in ("breakeven", "partial"):
        _profit(level, clause, sheet)
    elif level.distance is not None and level.distance.upto is not None:
        ends = f"{words_of(level.distance)} and {words_of(replace(level.distance, value=level.distance.upto))}"
        sheet.ask(path, f"the {topic_at(path).name} lies between {ends}: which distance is it?")
    elif level.distance is not None and level.distance.type == "r":
        multiple = level.distance
        sheet.later.append(lambda: _by_risk(multiple, path, sheet))
    elif level.distance is not None:
        sheet.put(path, _written(level.distance, level.activate, path, sheet))
    if level.side is not None and sheet.at("signals.short") is not None and sheet.at("signals.entry"):
        sheet.assume(
            path, None, "a spec has one stop and one target for both sides: the change holds for longs and shorts"
        )
    sheet.waiting = None


def put_cooldown(span: Span, sheet: Worksheet) -> None:
    """Wait so long after an exit before the next entry."""
    sheet.put("risk.checks.cooldown_bars", _bars(span, "risk.checks.cooldown_bars", sheet))


def _written(said: Distance, activate: Distance | None, path: str, sheet: Worksheet) -> dict[str, Any]:
    """A level as the spec writes it, over the one that stands there."""
    held = sheet.at(path) if isinstance(sheet.at(path), dict) else {}
    name = topic_at(path).name
    kind, value = said.type, said.value
    if said.unsaid and held.get("type") in ("atr", "price"):
        number = said.value * 100
        if held["type"] == "atr" and not held["value"] / ALIKE <= number <= held["value"] * ALIKE:
            sheet.ask(
                f"{path}.value", f"is {number:g} meant in ATRs or in per cent? The {name} is {held['value']:g} ATR now"
            )
        kind, value = held["type"], number
        sheet.assume(f"{path}.value", number, f"the {name} of {number:g} is taken in the unit it had ({kind})")
    elif said.unsaid:
        sheet.assume(f"{path}.value", value, f"the {name} of {value * 100:g} is taken in per cent")
    kept = dict(held) if held.get("type") == kind else {}
    level = {**kept, "type": kind, "value": plain_number(round(value, 10))}
    if kind == "atr" and said.length is not None:
        level["length"] = int(said.length)
        level.pop("indicator", None)
    elif kind == "atr" and "length" not in level and "indicator" not in level:
        sheet.assume(f"{path}.length", DEFAULT_ATR, f"the {name} uses ATR({DEFAULT_ATR}), the usual length")
    if activate is not None:
        if activate.type != kind:
            sheet.ask(
                f"{path}.activate_at",
                f"the {name} is in {kind} and is to start at {words_of(activate)}: both are in one unit, which one?",
            )
        level["activate_at"] = plain_number(round(activate.value, 10))
    return level


def _by_risk(multiple: Distance, path: str, sheet: Worksheet) -> None:
    """A level in multiples of the stop, when the stop is settled."""
    stop, name = sheet.at("risk.stop_loss"), topic_at(path).name
    if stop is None or stop["type"] == "price":
        sheet.ask(
            "risk.stop_loss",
            f"a {name} of {multiple.value:g} times the risk needs a stop: how far away is it, in per cent or ATRs?",
        )
        return
    value = plain_number(round(stop["value"] * multiple.value, 10))
    sheet.put(path, {**stop, "value": value})
    sheet.assume(path, value, f"the {name} is {multiple.value:g} times the distance of the stop")


def compare_later(fraction: float, sheet: Worksheet) -> None:
    """``a 2R target, i.e. 10 percent``: the same said twice; where it is not the same, ask."""

    def compare() -> None:
        for path in ("risk.take_profit", "risk.stop_loss", "risk.trailing_stop"):
            level = sheet.at(path)
            if isinstance(level, dict) and level != sheet.was(path) and level["type"] == "percent":
                if abs(level["value"] - fraction) > 1e-9:
                    shown = f"{level['value'] * 100:g} % by the first figure and {fraction * 100:g} % by the second"
                    sheet.ask(path, f"the {topic_at(path).name} comes to {shown}: which holds?")
                return

    sheet.later.append(compare)


def _profit(level: Level, clause: Clause, sheet: Worksheet) -> None:
    """Break-even and partial exits stand at a profit, a fraction of the entry price."""
    said, stop = level.distance, sheet.at("risk.stop_loss")
    path = "risk.breakeven" if level.kind == "breakeven" else "risk.partial_exits"
    if said is None or said.type in ("price", "atr"):
        unit = said.type if said is not None else "words"
        sheet.ask(path, f"at which profit in per cent? A {topic_at(path).name} in {unit} cannot be written")
        return
    if said.type == "r" and (stop is None or stop["type"] != "percent"):
        sheet.ask(path, "at which profit in per cent? Multiples of the risk need a stop in per cent")
        return
    at = plain_number(round(said.value * (stop["value"] if said.type == "r" else 1), 10))
    if level.kind == "breakeven":
        sheet.put("risk.breakeven", {**(sheet.at("risk.breakeven") or {}), "at": at})
        return
    fraction = plain_number(round(level.fraction if level.fraction is not None else 0.5, 6))
    parts = list(sheet.at("risk.partial_exits") or [])
    alike = [one for one in parts if one["fraction"] == fraction] if len(parts) > 1 else parts
    same = [one for one in parts if one["fraction"] == fraction]
    if (
        len(same) == 1
        and not clause.also
        and clause.verb != "add"
        and "another" not in clause.text
        and not _is_new(same[0], sheet)
    ):
        sheet.assume("risk.partial_exits", at, "the partial exit of that size moves; say 'also' for a further one")
        alike, parts = same, [{"at": at, "fraction": fraction} if one is same[0] else one for one in parts]
    elif (clause.verb == "set" or clause.instead) and len(alike) == 1:
        parts = [{"at": at, "fraction": fraction} if one is alike[0] else one for one in parts]
    else:
        parts.append({"at": at, "fraction": fraction})
    sheet.put("risk.partial_exits", parts)


def _is_new(part: dict[str, Any], sheet: Worksheet) -> bool:
    """True for a partial exit that this message added."""
    return part not in (sheet.was("risk.partial_exits") or [])


def _bars(span: Span, path: str, sheet: Worksheet) -> int:
    writer = Writer(sheet.after["universe"]["timeframe"], True)
    n = writer.bars(span, path)
    for one in writer.assumptions:
        sheet.assume(one.path, one.value, one.text)
    return n


def _time_limit(span: Span, sheet: Worksheet) -> dict[str, int]:
    """Bars where the span is whole bars, minutes where it is not."""
    minutes = {"minute": 1, "hour": 60}.get(span.unit)
    if minutes is not None:
        bar = DURATION_MS[sheet.after["universe"]["timeframe"]] // 60_000
        total = span.n * minutes
        return {"bars": int(total // bar)} if total >= bar and total % bar == 0 else {"minutes": int(total)}
    return {"bars": _bars(span, "risk.time_limit", sheet)}
