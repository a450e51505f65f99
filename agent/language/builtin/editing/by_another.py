"""A level by another one: a target at twice the stop, a stop half as far as the target."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.editing.protective_levels import LEVELS
from agent.language.builtin.editing.topics import Topic, topic_at, topic_in
from agent.language.builtin.writing import plain_number

if TYPE_CHECKING:
    from agent.language.builtin.editing.worksheet import Worksheet

_TIMES = r"(?P<times>twice|double|triple|three times|four times|half|same|equal|(?:\d+(?:\.\d+)?)\s*(?:x|times))"
_LEVEL = r"stop(?:[ -]?loss)?(?: distance)?|sl|risk|target|take[ -]?profit|tp|trailing stop"
OF_ANOTHER = re.compile(
    rf"\b{_TIMES}\b[^\d]*?\b(?:(?:the |my |its |our |as |than )*(?P<other>{_LEVEL})|(?P<that>that|"
    rf"it))\s*$",
    re.IGNORECASE,
)
AS_ANOTHER = re.compile(
    rf"\b{_TIMES}\s+(?:of )?(?:the |my |its |our )?(?P<other>{_LEVEL})\s+(?:as|for|is)\s+(?:the |my |a "
    rf")?(?P<one>{_LEVEL})\s*$",
    re.IGNORECASE,
)
TIMES = {"twice": 2.0, "double": 2.0, "triple": 3.0, "three times": 3.0, "four times": 4.0, "half": 0.5}


def by_another(topic: Topic, text: str, sheet: Worksheet) -> bool:
    """Set a level as a multiple of another, once that one is settled; False when the text does not say so."""
    found = AS_ANOTHER.search(text) or OF_ANOTHER.search(text)
    if found is None:
        return False
    named = found.groupdict()
    written = (topic_in(str(named["one"])) if named.get("one") else None) or topic
    measured = _measured(named, written)
    if measured is None or measured.path == written.path or measured.path not in LEVELS:
        return False
    said = found.group("times").lower()
    word = re.sub(r"\s*(?:x|times)$", "", said)
    times = TIMES.get(said, float(word) if word[0].isdigit() else 1.0)

    def change() -> None:
        level = sheet.at(measured.path)
        if level is None or level["type"] == "price":
            question = f"that needs a {measured.name} to measure by: how far away is it, in per cent or ATRs?"
            sheet.ask(measured.path, question)
            return
        kept = {name: value for name, value in level.items() if name != "activate_at"}
        sheet.put(written.path, {**kept, "value": plain_number(round(level["value"] * times, 10))})
        sheet.assume(written.path, None, f"the {written.name} is {times:g} times the distance of the {measured.name}")

    sheet.later.append(change)
    return True


def _measured(named: dict[str, str | None], written: Topic) -> Topic | None:
    """The level that the other is measured by; ``that`` is the other one of stop and target."""
    if named.get("that"):
        return topic_at("risk.stop_loss" if written.path == "risk.take_profit" else "risk.take_profit")
    other = str(named["other"])
    return topic_at("risk.stop_loss") if other.lower() == "risk" else topic_in(other)
