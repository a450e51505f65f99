"""The settings that variants change, and the values they take: lists, ranges, and settings that follow another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.language.builtin.editing.lookup import labelled, leaves_of
from agent.language.builtin.editing.mentions import mentioned
from agent.language.builtin.editing.thresholds import LEVEL
from agent.language.builtin.editing.topics import topic_in
from agent.language.builtin.writing import plain_number
from agent.spec_words import is_fraction
from engine.spec.models import MAX_VARIANTS

if TYPE_CHECKING:
    from agent.language.builtin.editing.worksheet import Worksheet

WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twice": 2,
    "double": 2,
    "triple": 3,
    "thrice": 3,
    "half": 0.5,
}
COUNT = "|".join(word for word in WORDS if word not in ("twice", "double", "triple", "thrice", "half"))
NUMBER = r"\d+(?:\.\d+)?(?:\s*(?:%|percent|per cent|pct))?"
LIST = re.compile(
    rf"{NUMBER}(?:\s*(?:,\s*(?:and|or)?|/|;|\band\b|\bor\b|&|\bvs\.?\b|\bversus\b|\bthen\b)?\s*(?:at |of |with |to |"
    rf"a |an )?{NUMBER})+",
    re.IGNORECASE,
)
RANGE = re.compile(
    r"(?:from |between )?(?P<low>\d+(?:\.\d+)?)\s*(?:%|percent)?\s*(?:to|-|through|and|"
    r"\.\.)\s*(?P<high>\d+(?:\.\d+)?)\s*(?P<unit>%|percent|pct)?\s*,?\s*(?:in |with |by |at )?(?:a )?(?:steps?(?: "
    r"size)?|increments?|by|every)\s*(?:of |size )?(?P<step>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
LINKED = re.compile(
    rf"\b(?P<label>fast|slow|signal|short|long)(?:er)?\b[^\d,;]{{0,24}}?\b(?P<times>twice|double|triple|thrice|half|"
    rf"(?:\d+(?:\.\d+)?|{COUNT})\s*(?:x|times))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Axis:
    """One setting and the values it takes; ``name`` for people."""

    path: str
    values: tuple[Any, ...]
    name: str


def values_in(listed: str) -> list[float]:
    """Return the figures of a list of values, in order."""
    return [float(found) for found in re.findall(r"\d+(?:\.\d+)?", listed)]


def axes_in(text: str, sheet: Worksheet) -> list[Axis]:
    """The settings with their values, in the order of the text."""
    followers = [found.span() for found in LINKED.finditer(text)]
    axes: list[Axis] = []
    end = 0
    spans = [
        (found.start(), found.end(), _range(found), found.group("unit") is not None) for found in RANGE.finditer(text)
    ]
    for found in LIST.finditer(text):
        if all(found.end() <= start or found.start() >= stop for start, stop, *_ in spans):
            spans.append(
                (
                    found.start(),
                    found.end(),
                    values_in(found.group()),
                    re.search(r"%|percent|pct", found.group()) is not None,
                )
            )
    for start, stop, values, percent in sorted(spans):
        if any(begin < stop and start < over for begin, over in followers):
            continue
        label = text[end:start]
        words = (
            label
            if mentioned(label, sheet.after) or topic_in(label) or re.search(r"\b(?:fast|slow)", label, re.IGNORECASE)
            else text[stop:]
        )
        axis = _axis(words, values, percent, sheet)
        if axis is not None:
            axes.append(axis)
        end = stop
    return axes


def _range(found: re.Match[str]) -> list[float]:
    low, high, step = (float(found.group(name)) for name in ("low", "high", "step"))
    if step <= 0 or high < low or (high - low) / step > MAX_VARIANTS:
        return [low, high]
    return [round(low + at * step, 10) for at in range(int((high - low) / step + 1e-9) + 1)]


def _axis(words: str, values: list[float], percent: bool, sheet: Worksheet) -> Axis | None:
    path = _path(words, values, sheet)
    if path is None:
        return None
    level = sheet.at(path.rsplit(".", 1)[0]) if path.startswith("risk.") else None
    if isinstance(level, dict) and level.get("type") == "atr" and percent:
        sheet.ask(
            path,
            f"{path.split('.')[1].replace('_', ' ')} is in ATRs, and a variant keeps the unit: which multiples, or "
            f"should it change to per cent first?",
        )
        return None
    fraction = is_fraction(tuple(path.split(".")), sheet.after) and (percent or max(values) >= 1)
    whole = isinstance(value_at(path, sheet), int) and all(value == int(value) for value in values)
    scaled = [round(value / 100, 10) if fraction else int(value) if whole else value for value in values]
    return Axis(path, tuple(plain_number(value) for value in dict.fromkeys(scaled)), path)


def _path(words: str, values: list[float], sheet: Worksheet) -> str | None:
    """The dotted path of the setting that words name, None when they name none an override reaches."""
    label = re.search(r"\b(fast|slow)(?:er)?\b(?!.*\b(?:fast|slow)(?:er)?\b)", words, re.IGNORECASE)
    if label is not None and (key := labelled(sheet.after, label.group(1).lower())) is not None:  # type: ignore[arg-type]
        return f"indicators.{key}.inputs.length"
    keys = mentioned(words, sheet.after)
    topic = topic_in(words)
    if topic is not None and topic.path in ("universe.timeframe", "universe.assets"):
        sheet.ask(
            "variants", "a variant changes settings, not the timeframe or the assets: which setting should it change?"
        )
        return None
    if topic is not None and (not keys or topic.path.startswith("risk.")):
        if sheet.at(topic.figure) is None:
            sheet.ask(topic.path, f"there is no {topic.name} to vary: what should it be to begin with?")
            return None
        return topic.figure
    if not keys:
        return None
    if len(keys) > 1:
        sheet.ask("variants", f"which one should the variants change: {' or '.join(keys)}?")
        return None
    if LEVEL.search(words):
        for leaf in leaves_of(sheet.after):
            if leaf.condition.get("left", "").split(".")[0] == keys[0] and isinstance(
                leaf.condition.get("value"), int | float
            ):
                return ".".join(str(step) for step in (*leaf.place, "value"))
    inputs = sheet.after["indicators"][keys[0]]["inputs"]
    name = next((one for one in ("length", "k", "fast") if one in inputs), None)
    if re.search(r"\b(?:std\w*|deviations?|sigma)\b", words, re.IGNORECASE):
        name = "stddev" if "stddev" in inputs else name
    if re.search(r"\b(?:multipl\w+|factor)\b", words, re.IGNORECASE):
        name = "multiplier" if "multiplier" in inputs else name
    return f"indicators.{keys[0]}.inputs.{name}" if name is not None else None


def linked(text: str, overrides: dict[str, Any], base: Axis, sheet: Worksheet) -> dict[str, Any]:
    """``the slow one twice as long``: a setting that follows the first one."""
    found = LINKED.search(text)
    if found is None:
        return {}
    label = {"short": "fast", "long": "slow"}.get(found.group("label").lower(), found.group("label").lower())
    key = labelled(sheet.after, label) if label in ("fast", "slow") else None  # type: ignore[arg-type]
    path = f"indicators.{key}.inputs.length"
    if key is None or path == base.path:
        return {}
    word = re.sub(r"\s*(?:x|times)$", "", found.group("times").lower())
    times = float(WORDS[word]) if word in WORDS else float(word)
    return {path: max(1, round(float(overrides[base.path]) * times))}


def value_at(path: str, sheet: Worksheet) -> Any:
    """Return what stands at a dotted path as overrides write it: list items by their number."""
    found: Any = sheet.after
    for step in path.split("."):
        found = found[int(step)] if isinstance(found, list) else found.get(step) if isinstance(found, dict) else None
    return found
