"""``scratch that, use 3%``: a step back and a change in one message."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

from agent.edits import apply
from agent.language.builtin.editing.clauses import SOFT, begins_change
from agent.language.builtin.editing.history import UNDO, Wish, read_history, wish_in
from agent.language.builtin.editing.last_change import IT_IS
from agent.language.builtin.editing.verbs import POLITE
from agent.version_path import VersionPath

if TYPE_CHECKING:
    from agent.language.builtin.editing.worksheet import Worksheet
    from agent.language.port import Reading, Request

JOINT = re.compile(rf"\s*[;.:]\s+|\s+-+\s+|{SOFT.pattern}", re.IGNORECASE)
LOOSE = re.compile(r"\b(?:scratch|never ?mind|forget|cancel)\b", re.IGNORECASE)
"""Words that take back what was said, whether or not it became a version."""

TELLING = re.compile(
    r"\d|^(?:now |then |just |instead )*(?:add|use|remove|drop|require|make|double|halve|trade|no|only|without|change|"
    r"switch|set|put|try|go)\b",
    re.IGNORECASE,
)


def step_and_change(text: str) -> tuple[str, str] | None:
    """Return the step back a message begins with and the change behind it, None where it is not both.

    >>> step_and_change("undo that and make the size 5%"), step_and_change("undo the stop and target changes")
    (('undo that', 'make the size 5%'), None)
    """
    begun = UNDO.match(text.strip())
    if begun is None:
        return None
    for joint in JOINT.finditer(text.strip(), begun.end()):
        rest = text.strip()[joint.end() :].strip()
        if (
            TELLING.search(rest)
            and wish_in(rest) is None
            and (begins_change(rest) or IT_IS.match(POLITE.sub("", rest)))
        ):
            return text.strip()[: joint.start()], rest
    return None


def step_back(head: str, sheet: Worksheet, request: Request) -> Reading | None:
    """Bring a sheet to the version a step back leads to; the question where it leads nowhere."""
    wish = wish_in(head) or Wish()
    reading = read_history(wish, request)
    current = sheet.before
    if reading.intent == "undo":
        older = VersionPath.of(request.versions).before
    elif reading.intent == "edit":
        older = apply(current, reading.patch)
    else:
        older = None
    if older is None:
        loose = LOOSE.search(head) is not None
        return None if loose else read_history(wish, request)
    sheet.after = {**copy.deepcopy(dict(older)), **{name: current[name] for name in ("version",) if name in current}}
    sheet.begun = copy.deepcopy(sheet.after)
    return None
