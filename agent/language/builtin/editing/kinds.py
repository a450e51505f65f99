"""Another kind of indicator in the place of one: averages for averages, oscillators of one range for each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.language.builtin.cursor import Cursor
from agent.language.builtin.editing.mentions import mentioned
from agent.language.builtin.editing.thresholds import number_in
from agent.language.builtin.operands import AVERAGES, operand
from agent.language.builtin.rules import Series, Span, bounds_of
from agent.language.builtin.tokens import clean, tokenize
from agent.language.builtin.writing import Writer, plain_number
from engine.indicators.catalog import CATALOG

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet


def read_kind(clause: Clause, sheet: Worksheet) -> bool:
    """``switch the sma to ema``, ``use emas instead``: another type, the inputs kept."""
    new_text = clause.new if clause.new is not None else clause.body
    new = first_named(new_text)
    if new is None or (new.unsaid == "kind" and new.type == "sma"):
        return False
    old_text = clause.old or (clause.lead if clause.new is not None else "")
    olds = mentioned(old_text, sheet.after) if old_text else []
    if not olds and old_text and (number := number_in(old_text)) is not None:
        olds = [key for key, one in sheet.after["indicators"].items() if number in one["inputs"].values()]
        olds = [key for key in olds if _exchangeable(sheet.after["indicators"][key]["type"], new.type)]
    if not olds and (clause.instead or clause.verb == "set"):
        olds = [
            key
            for key, one in sheet.after["indicators"].items()
            if one["type"] != new.type and _exchangeable(one["type"], new.type)
        ]
        same = [key for key, one in sheet.after["indicators"].items() if one["type"] == new.type]
        olds = [] if same or not _of_a_kind(new_text, clause) else olds
    olds = [key for key in olds if sheet.after["indicators"][key]["type"] != new.type]
    if not olds:
        return False
    if not all(_exchangeable(sheet.after["indicators"][key]["type"], new.type) for key in olds):
        sheet.ask(
            "indicators",
            f"{new.type} has other levels and outputs than "
            f"{' and '.join(sheet.after['indicators'][key]['type'] for key in olds)}: "
            "which condition should it be in instead (crossing or beyond which level)?",
        )
        return True
    said = said_inputs(new, sheet)
    if said and len(olds) > 1:
        sheet.ask("indicators", f"which one should become {new.type.upper()} with that length: {' or '.join(olds)}?")
        return True
    for key in olds:
        definition = sheet.after["indicators"][key]
        allowed = {one.name for one in CATALOG[new.type].inputs} | {"timeframe", "offset"}
        kept = {name: value for name, value in definition["inputs"].items() if name in allowed}
        sheet.after["indicators"][key] = {**definition, "type": new.type, "inputs": {**kept, **said}}
    if len(olds) > 1:
        sheet.assume("indicators", new.type, f"all of {', '.join(olds)} become {new.type.upper()}")
    return True


def _of_a_kind(text: str, clause: Clause) -> bool:
    """True for words that name a kind of average for those there are: ``emas``, ``exponential averages``."""
    return clause.instead or re.search(r"(?:mas|averages)\b", text, re.IGNORECASE) is not None


def _exchangeable(one: str, other: str) -> bool:
    """True for types that can stand in each other's conditions: averages, or oscillators of one range."""
    if one in AVERAGES and other in AVERAGES:
        return True
    bounds = [bounds_of(Series(kind)) for kind in (one, other)]
    single = all(len(CATALOG[kind].outputs) == 1 for kind in (one, other))
    return single and bounds[0] is not None and bounds[0] == bounds[1]


def first_named(text: str) -> Series | None:
    """The first indicator a text names, with its numbers."""
    c = Cursor(tokenize(clean(text)))
    while c.peek() is not None:
        start = c.at
        found = operand(c)
        if isinstance(found, Series):
            return found
        c.at = max(c.at, start) if found is None else c.at
        if c.at == start:
            c.take()
    return None


def said_inputs(series: Series, sheet: Worksheet) -> dict[str, Any]:
    """Return the inputs that were stated, in bars of the strategy, or of the longer timeframe they name (200 day "
    "...)."""
    writer = Writer(sheet.after["universe"]["timeframe"], True)
    settled = writer.settled(series)
    if not isinstance(settled, Series):
        return {}
    said: dict[str, Any] = {}
    for name, value in settled.inputs:
        if isinstance(value, Span):
            said[name] = writer.bars(value)
        elif isinstance(value, int | float):
            said[name] = plain_number(float(value))
    if said and settled.timeframe is not None:
        said["timeframe"] = settled.timeframe
    sheet.assumptions += writer.assumptions
    return said
