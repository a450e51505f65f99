"""Changes of what protects a position: which stop, target, time or part a clause names, and how far or how long."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.editing.by_another import by_another
from agent.language.builtin.editing.distances import bare_distance, count_in, distances_in, span_in
from agent.language.builtin.editing.lookup import side_in
from agent.language.builtin.editing.protective_levels import LEVELS, apply_level, compare_later, put_cooldown
from agent.language.builtin.editing.topics import Topic, standing, topic_at, topic_in
from agent.language.builtin.editing.universe import read_assets_beside
from agent.language.builtin.levels import Level
from agent.language.builtin.shared_units import with_shared_units
from agent.language.builtin.tokens import clean, tokenize
from agent.language.builtin.writing import plain_number

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet
    from agent.language.builtin.scanner import Item

HELD = ("risk.time_limit", "risk.checks.cooldown_bars")
RESTATED = re.compile(
    r"^(?:ie|i\.e\.?|that is|that's|meaning|in other words|namely|so|=|which is)\b[ :,]*(?:a |an |at )?"
    r"(?P<value>[\d.]+)\s*(?:%|percent|per cent|pct)",
    re.IGNORECASE,
)
ACTIVATED = re.compile(
    r"\b(?:once|after|when|as soon as|if|starting|activat\w+|armed|from|beginning|only)\b(?P<rest>.*)$", re.IGNORECASE
)
STARTED = re.compile(
    r"\b(?:start|begin|activat|arm|kick|engag)\w*\b.*\b(?:trail|stop)|\btrail\w*\b.*\b(?:start|begin|activat|arm|"
    r"kick|engag)\w*|"
    r"^(?:only )?(?:from|after|once|starting at|beginning at|as of) \d+(?:\.\d+)?\s*%(?: of)? (?:profit|gain|up|"
    r"in profit)"
    r"(?: on| onwards?)?$|"
    r"\btrail\w*\b.*\bonly (?:after|once|when|from|at)\b|^only trail\b",
    re.IGNORECASE,
)
CONDITIONED = re.compile(r"\b(?:if|when|whenever|while|unless)\b", re.IGNORECASE)
COOLING = re.compile(
    r"\bre-?enter\w*\b.*\bafter\b.*\d|\b(?:wait|pause|cool\w*|no (?:new )?(?:trade|entry|entries|"
    r"trades))\b.*\b(?:after|between|before)\b.*\b(?:exit|"
    r"trades?|"
    r"entries|entry|loss|stop|again|re-?enter\w*|next|close|closing)",
    re.IGNORECASE,
)
ATR_LENGTH = re.compile(
    r"\batr (?:length|period|window|look ?back)\D{0,12}(?P<behind>\d+)|\batr ?\((?P<bracketed>\d+)\)|"
    r"\b(?P<before>\d+)[ -]?(?:bar|period|day|candle)s? atr\b",
    re.IGNORECASE,
)
MOVED_IN = re.compile(
    r"\b\d+(?:\.\d+)?\s*%\s+(?:in|within|over) (?:a|an|one|the last|\d+) ?(?:day|bar|candle|hour|h|"
    r"d|week)s?\b",
    re.IGNORECASE,
)
HOLDING = re.compile(
    r"\b(?:after|hold\w*|max\w*|limit|time|up to|within|longest|for|once|timeout|"
    r"stop)\b",
    re.IGNORECASE,
)
MUST_HOLD = re.compile(r"\b(?:must|should|has to|have to|needs? to|to|that) hold\b|\bholds\b", re.IGNORECASE)
LONGEST = re.compile(
    r"^hold\b.*\b(?:no longer than|at most|up to|maximum|max)\b.*\d|^(?:max(?:imum)?|at most|no more than) (?:of "
    r")?\d+ ?(?:bars?|candles?|days?|hours?|h|"
    r"d)$",
    re.IGNORECASE,
)
MULTIPLE = re.compile(r"^(?:the |use |set |change )*atr multiple\b|^\d+(?:\.\d+)?\s*x?\s*atrs?$", re.IGNORECASE)


def read_protection(clause: Clause, sheet: Worksheet) -> bool:
    """Set the protections a clause names; False when it names none."""
    restated = RESTATED.match(clause.text)
    if restated is not None:
        compare_later(float(restated.group("value")) / 100, sheet)
        return True
    text = clause.body if clause.old is not None else clause.text
    if re.search(r"\bconfirm", clause.text, re.IGNORECASE) and topic_in(clause.text) is None:
        return False  # a rule that has to last, no pause
    if COOLING.search(clause.text) and (span := span_in(clause.text)) is not None:
        put_cooldown(span, sheet)
        return True
    if LONGEST.match(clause.text) and (span := span_in(clause.text)) is not None:
        apply_level(Level("time_limit", span=span), clause, sheet)
        return True
    if _multiple(clause, sheet):
        return True
    items = with_shared_units(sheet.items(text))
    found = [item.data for item in items if item.kind == "level" and not item.data.none]
    found = [one for one in found if one.kind != "time_limit" or (HOLDING.search(text) and not MUST_HOLD.search(text))]
    if MOVED_IN.search(text) and topic_in(text) is None:
        return False  # a move of the market
    if not found and _is_rule_or_size(items, clause):
        return False
    topic = topic_in(clause.body) or topic_in(clause.all)
    limits = topic is not None and topic.path.startswith(("risk.max_", "risk.checks.max_", "execution"))
    if limits and not _also_protects(text):
        return False
    if STARTED.search(clause.text) and _activation(clause, topic, sheet):
        return True
    if (
        topic is not None
        and topic.path in LEVELS
        and (by_another(topic, text, sheet) or _atr_length(topic, text, found, sheet))
    ):
        return True
    if not found or (topic is not None and topic.path in LEVELS and all(one.distance is None for one in found)):
        named = _named(topic, text)
        found = [named] if named is not None else found
    found = [_meant(one, topic, clause, sheet) for one in found]
    found = [one for one in found if one.distance is not None or one.span is not None]
    if found:
        read_assets_beside(clause, sheet)
    trailed = [one for one in found if one.kind == "trailing_stop"]
    if trailed and clause.instead and clause.old is None and len(found) == 1 and sheet.after == sheet.begun:
        sheet.drop("risk.stop_loss")
    if found and clause.old is not None:
        _give_up(clause.old, topic_in(clause.body), sheet)
    for one in found:
        apply_level(one if one.side is not None else replace(one, side=side_in(text)), clause, sheet)
    return bool(found)


def _also_protects(text: str) -> bool:
    """True where a stop or a target is named beside a limit or a size."""
    return any(topic.words.search(text) for topic in (topic_at(path) for path in LEVELS))


def _multiple(clause: Clause, sheet: Worksheet) -> bool:
    """``atr multiple 3``: of the one protection that is measured in ATRs."""
    numbers = [token.value for token in tokenize(clean(clause.body)) if token.kind == "number"]
    measured = [path for path in LEVELS if isinstance(held := sheet.at(path), dict) and held["type"] == "atr"]
    if MULTIPLE.match(clause.text) is None or len(numbers) != 1 or len(measured) != 1 or numbers[0] is None:
        return False
    sheet.put(f"{measured[0]}.value", plain_number(numbers[0]))
    return True


def _give_up(old: str, new: Topic | None, sheet: Worksheet) -> None:
    """``a trailing stop instead of the target``: the one takes the place of the other."""
    topic = topic_in(old)
    if topic is not None and new is not None and topic.path != new.path and not re.search(r"\d", old):
        sheet.drop(topic.path)


def _is_rule_or_size(items: list[Item], clause: Clause) -> bool:
    """True for a clause that states a condition, or a size that shares a word with a protection."""
    kinds = {(item.kind, getattr(item.data, "kind", "")) for item in items}
    if ("size", "volatility_target") in kinds:
        return True
    return any(kind == "condition" for kind, _ in kinds) and CONDITIONED.search(clause.text) is not None


def _activation(clause: Clause, topic: Topic | None, sheet: Worksheet) -> bool:
    """``start trailing after 5% profit``: from which profit the stop follows; how far it follows stays."""
    distances = distances_in(clause.text)
    if len(distances) != 1 or (topic is not None and topic.path not in ("risk.trailing_stop", "risk.stop_loss")):
        return False
    held = sheet.at("risk.trailing_stop")
    if held is None:
        sheet.ask("risk.trailing_stop", "there is no trailing stop: how far behind the best price should it follow?")
    elif distances[0].type != held["type"]:
        sheet.ask(
            "risk.trailing_stop.activate_at",
            f"the trailing stop is in {held['type']}: from which profit in that unit should it follow?",
        )
    else:
        sheet.put("risk.trailing_stop.activate_at", plain_number(round(distances[0].value, 10)))
    return True


def _atr_length(topic: Topic, text: str, found: list[Level], sheet: Worksheet) -> bool:
    """``atr length 20 for the stop``: the ATR's bars, while the multiple stays."""
    held, length = sheet.at(topic.path), ATR_LENGTH.search(text)
    multiples = [one for one in distances_in(text) if one.type == "atr" and one.length is not None]
    if length is None or not isinstance(held, dict) or held.get("type") != "atr" or multiples:
        return False
    if re.search(r"\d+(?:\.\d+)?\s*(?:x|times|\*)", text, re.IGNORECASE) or len(re.findall(r"\d+(?:\.\d+)?", text)) > 1:
        return False
    sheet.put(
        f"{topic.path}.length", int(length.group("behind") or length.group("bracketed") or length.group("before"))
    )
    return True


def _named(topic: Topic | None, text: str) -> Level | None:
    """A level whose words stand in another order than the grammar expects: the topic, then how far or how long."""
    if topic is None:
        return None
    if topic.path in HELD:
        span = span_in(text) or count_in(text)
        return (
            Level("cooldown" if topic.path.endswith("cooldown_bars") else "time_limit", span=span)
            if span is not None
            else None
        )
    if topic.path == "risk.breakeven":
        found = next(iter(distances_in(text)), None)
        return Level("breakeven", found) if found is not None else None
    if topic.path not in LEVELS:
        return None
    activation = None
    if topic.path == "risk.trailing_stop" and (split := ACTIVATED.search(text)) is not None:
        behind, before = distances_in(split.group("rest")), distances_in(text[: split.start()])
        if behind and before:
            activation, text = behind[0], text[: split.start()]
    found = next(iter(distances_in(text)), None) or bare_distance(text)
    return Level(topic.path.rsplit(".", 1)[-1], found, activate=activation) if found is not None else None  # type: ignore[arg-type]


def _meant(level: Level, topic: Topic | None, clause: Clause, sheet: Worksheet) -> Level:
    """``tighten the stop to 3%`` of a strategy whose only stop trails is about that one."""
    changes = clause.verb == "set" or clause.instead or clause.old is not None
    trails_only = sheet.at("risk.stop_loss") is None and sheet.at("risk.trailing_stop") is not None
    if level.kind == "stop_loss" and changes and trails_only:
        return replace(level, kind="trailing_stop")
    if level.kind == "stop_loss" and topic is not None and topic.path == "risk.trailing_stop":
        return replace(level, kind="trailing_stop")
    return level


def ask_how_far(topic: Topic, sheet: Worksheet) -> None:
    """Ask for the figure of a part that was named without one."""
    now = standing(topic, sheet)
    there = f"it is {now} now" if now != "none" else "there is none now"
    sheet.waiting = topic.path
    sheet.ask(topic.path, f"what should the {topic.name} be ({there}; {topic.effect})?")
