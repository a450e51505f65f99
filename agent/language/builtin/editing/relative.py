"""Relative changes: double the target, halve the size, a stop 10% wider."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.editing.level_changes import move_levels
from agent.language.builtin.editing.limits import hold_limit
from agent.language.builtin.editing.lookup import lengths, side_in
from agent.language.builtin.editing.mentions import mentioned
from agent.language.builtin.editing.thresholds import LENGTH, LEVEL
from agent.language.builtin.editing.topics import Topic, topic_at, topic_in
from agent.language.builtin.writing import plain_number
from agent.spec_words import is_fraction, part_words

if TYPE_CHECKING:
    from agent.language.builtin.editing.factors import Factor
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

TWINS = {"risk.stop_loss": "risk.take_profit", "risk.take_profit": "risk.stop_loss"}
AS_FAR = re.compile(r"\bas (?:far|wide|big|large|close|tight)\b", re.IGNORECASE)
WHOLE = (
    "risk.time_limit.bars",
    "risk.time_limit.minutes",
    "risk.checks.cooldown_bars",
    "sizing.max_positions",
    "execution.max_orders_per_hour",
)


def read_relative(clause: Clause, sheet: Worksheet) -> bool:
    """Multiply what a clause names by its factor; False when it names no figure."""
    factor = clause.factor
    if factor is None:
        return False
    keys = mentioned(clause.body, sheet.after)
    topic = topic_in(clause.body)
    if topic is not None and topic.path == "universe.timeframe":
        return False
    if keys and (topic is None or topic.path not in ("risk.stop_loss", "risk.take_profit", "risk.trailing_stop")):
        if LEVEL.search(clause.text) and LENGTH.search(clause.text) is None:
            value, points = factor.value, factor.points or 0.0
            return move_levels(
                keys, lambda held: held * value if value is not None else held + points, clause.text, sheet
            )
        return _lengths(keys, factor, clause, sheet)
    if topic is None:
        return False
    other = TWINS.get(topic.path)
    if other is not None and AS_FAR.search(clause.text) and sheet.at(other) != sheet.was(other):
        sheet.ask(topic.path, f"as far as it was, or as the {topic_at(other).name} that changes too?")
        return True
    if side_in(clause.text) == "short" and sheet.at("signals.short") is None and topic.path.startswith("risk."):
        sheet.ask(topic.path, f"no shorts are traded: should the {topic.name} of longs change?")
        return True
    path = _figure(topic, sheet)
    if path is None:
        sheet.ask(topic.path, f"there is no {topic.name} to change: what should it be?")
        return True
    _change(path, factor, topic_at(topic.path), sheet)
    return True


def _figure(topic: Topic, sheet: Worksheet) -> str | None:
    """The path of the one figure of a topic; a stop that only trails is the stop."""
    paths = [topic.figure]
    if topic.path == "risk.stop_loss":
        paths.append("risk.trailing_stop.value")
    if topic.path == "risk.time_limit":
        paths.append("risk.time_limit.minutes")
    return next((path for path in paths if isinstance(sheet.at(path), int | float)), None)


def _change(path: str, factor: Factor, topic: Topic, sheet: Worksheet) -> None:
    value = float(sheet.at(path))
    if factor.unit == "atr" and sheet.at(f"{topic.path}.type") not in (None, "atr"):
        sheet.ask(topic.path, f"the {topic.name} is no multiple of ATR now: what should it be, in per cent or in ATRs?")
        return
    fraction = is_fraction(tuple(path.split(".")), sheet.after)
    if factor.unit == "pp" and not fraction:
        sheet.ask(topic.path, f"the {topic.name} is not in per cent now: what should it be, in the unit it has?")
        return
    if factor.either:
        factor = _part_or_points(value, fraction, factor)
        if factor.either:
            points = factor.points or 0.0
            shown = part_words(tuple(path.split(".")), round(abs(points), 10), sheet.after)
            sheet.ask(
                topic.path,
                f"the {topic.name} is {part_words(tuple(path.split('.')), value, sheet.after)}: is {shown} meant as "
                f"a part of that, "
                "or as percentage points? Say the value it should have.",
            )
            return
    new = (
        value * factor.value
        if factor.value is not None
        else value + (factor.points or 0.0) / (100 if fraction and not factor.percent else 1)
    )
    new = max(1, round(new)) if path in WHOLE else plain_number(round(new, 10))
    if new <= 0:
        sheet.ask(topic.path, f"that leaves no {topic.name}: should it be removed, or what should it be?")
        return
    old_words, new_words = (part_words(tuple(path.split(".")), one, sheet.after) for one in (sheet.at(path), new))
    sheet.put(path, new)
    sheet.assume(path, new, f"{topic.name}: {old_words} becomes {new_words}")
    if path == "risk.max_leverage":
        hold_limit("leverage", float(new), path, sheet)


def _part_or_points(value: float, fraction: bool, factor: Factor) -> Factor:
    """``by 20%`` of a figure in per cent: the reading that is left where only one makes sense."""
    points = factor.points or 0.0
    if fraction and abs(points) >= value:
        return replace(factor, points=None, either=False)
    return factor


def _lengths(keys: list[str], factor: Factor, clause: Clause, sheet: Worksheet) -> bool:
    """Change the length of what is named, of each one when several are."""
    if len(keys) > 1 and not clause.body.rstrip().endswith("s") and "both" not in clause.body:
        sheet.ask("indicators", f"which one should change: {' or '.join(keys)}?")
        return True
    done = False
    for key in keys:
        inputs = sheet.after["indicators"][key]["inputs"]
        for name, value in lengths(sheet.after["indicators"][key]):
            if name in ("length", "fast", "slow", "k") and isinstance(value, int):
                new = value * factor.value if factor.value is not None else value + (factor.points or 0.0)
                inputs[name] = max(1, round(new))
                done = True
                if name == "length" or name == "k":
                    break
    return done
