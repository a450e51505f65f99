"""Going back: the version before, an earlier one by its number, or one part as it was before."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.edits import undoing
from agent.language.builtin.draft import name_of
from agent.language.builtin.editing.naming import is_made_name
from agent.language.builtin.editing.topics import topic_in
from agent.language.port import Question, Reading
from agent.version_path import VersionPath

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.language.port import Request

READER = "builtin"
UNDO = re.compile(
    r"^(?:please |pls |ok |okay |no,? |actually,? |hmm,? |wait,? |oh,? |and |then |now |can you |could you |let'?s |"
    r"i want to |i'd like to |nah,? |sorry,? )*(?:"
    r"undo|un-do|revert|roll(?:ing)? ?back|rollback|take (?:that|it|this) back|scratch (?:that|it)|go(?:ing)? "
    r"back(?! to (?:the )?\d+\s*(?:%|bars?|h\b|m\b|d\b))|"
    r"back to (?:the )?(?:version|v ?\d|previous|last|old|original|first|earlier|before)|restore|(?:put (?:it|"
    r"that) back|"
    r"change (?:it|that) back|switch back)(?! (?:up |down )?to (?:the )?\d)|"
    r"(?:use |load |bring back |give me |return to )?(?:the )?(?:previous|last|prior|old|earlier|original|first|"
    r"initial) (?:version|one|strategy|spec|state)(?: again| back| please)?$|"
    r"(?:use|load|bring back|return to|reset to) (?:the )?(?:version|v) ?\d|never ?mind (?:that|the last|this)|"
    r"cancel (?:that|the last|my last)|reset (?:it|everything|to)|"
    r"forget (?:that|the last|my last) (?:change|edit)|as it was(?: before)?$|"
    r"(?:drop|remove|lose|delete|scrap|kill|ditch|take out) (?:that|this)(?: one)?(?: again| back out)?$|"
    r"take (?:that|it) "
    r"(?:back )?out again$"
    r")\b",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"\b(?:version|v|ver\.?|revision)\s*\.?(?P<number>\d{1,6}(?:\.\d{1,6})?)\b", re.IGNORECASE)
BARE_NUMBER = re.compile(r"\bto (?P<number>\d{1,6}\.\d{1,6})\b")
VERSION_ALONE = re.compile(
    r"^(?:use |version |load )*v ?(?P<number>\d{1,6}\.\d{1,6})(?: again| "
    r"please)?$",
    re.IGNORECASE,
)
BACK_TO_NUMBER = re.compile(
    r"^(?:please |ok |can you |could you )*(?:go |switch |change it |get )?back to "
    r"(?P<number>\d{1,6}\.\d{1,6})[ .!]*(?:please)?$",
    re.IGNORECASE,
)
STEPS = re.compile(
    r"\b(?:last|previous|past)?\s*(?P<count>two|three|four|five|2|3|4|5|\d{1,2}) (?:last )?(?:changes|edits|steps|"
    r"versions|times)\b|\btwice\b|\bthe last (?P<last>two|three|four|five|[2-9])(?: again)?$|^undo both\b|"
    r"^undo (?:the )?(?:last )?(?P<bare>\d)$",
    re.IGNORECASE,
)
FIRST = re.compile(
    r"\b(?:everything|all (?:of )?(?:it|that|my changes|the changes|changes)|original|first|initial|"
    r"very beginning|start(?:ing point)?|beginning|from scratch)\b",
    re.IGNORECASE,
)
REDO = re.compile(
    r"^(?:please |pls |ok |okay |no,? |actually,? |wait,? |and |then |now |can you |could you |let'?s )*(?:"
    r"re-?do(?: (?:it|that|this|the (?:last )?(?:change|edit)|what i undid))?|un-?undo(?: (?:it|that))?|"
    r"undo (?:the|that|my|your|this) (?:last )?undo|do (?:it|that) again|bring (?:it|that|the change) back|"
    r"put (?:it|that|the change) back in)(?: again| please| pls| now)*[ .!]*$",
    re.IGNORECASE,
)
BROUGHT = re.compile(
    r"^(?:please |ok |and |can you |no,? |actually,? )*(?:(?:put|bring|take|get|switch) (?:the |my |"
    r"its )?(?:old |previous )?"
    r"(?:shorts?|longs?|short side|long side|entr(?:y|ies)|exits?|rules?)(?: rules?)? back(?: in| on)?|"
    r"bring back (?:the |my )?"
    r"(?:old |previous )?(?:shorts?|longs?|short side|long side|entr(?:y|ies)|exits?|rules?)(?: rules?)?)[ .!]*$",
    re.IGNORECASE,
)
"""``put the shorts back``: the rules as they were."""

COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a message wants back: a version by number, so many steps, the first, one part of the strategy, or what was
    undone."""

    number: str | None = None
    steps: int = 1
    first: bool = False
    part: str | None = None
    redo: bool = False


def wish_in(text: str) -> Wish | None:
    """Return what a message wants back, None when it wants nothing back.

    >>> wish_in("undo it"), wish_in("go back to version 1.1").number, wish_in("exit when rsi goes back to 50")
    (Wish(number=None, steps=1, first=False, part=None, redo=False), '1.1', None)
    """
    if REDO.match(text.strip()) is not None:
        return Wish(redo=True)
    named = VERSION_ALONE.match(text.strip())
    if named is not None:
        return Wish(named.group("number"))
    bare_number = BACK_TO_NUMBER.match(text.strip())
    if bare_number is not None:
        return Wish(bare_number.group("number"))
    if UNDO.match(text.strip()) is None and BROUGHT.match(text.strip()) is None:
        return None
    brought = BROUGHT.match(text.strip())
    if brought is not None:
        return Wish(part="signals")
    numbered = NUMBERED.search(text) or BARE_NUMBER.search(text)
    if numbered is not None:
        return Wish(numbered.group("number"))
    stepped = STEPS.search(text)
    if stepped is not None:
        word = (stepped.group("count") or stepped.group("bare") or stepped.group("last") or "2").lower()
        return Wish(steps=COUNTS.get(word) or int(word))
    if FIRST.search(text):
        return Wish(first=True)
    topic = topic_in(text)
    if topic is not None and re.search(
        r"\b(?:the|my|that) .*\b(?:change|edit)\b|\bchange (?:of|to|in) the\b|\bto (?:what|how|where) it was\b",
        text,
        re.IGNORECASE,
    ):
        return Wish(part=topic.path)
    return Wish()


def read_history(wish: Wish, request: Request) -> Reading:
    """Return the undo, the patch back to an earlier version, or the question which version is meant."""
    versions = request.versions
    if wish.redo and versions:
        return _redone(request)
    if len(versions) < 2:
        if versions and wish.number == versions[-1].version:
            return _ask(f"Version {wish.number} is the current one already, and the only one: what should change?")
        return _ask(
            f"There is nothing to undo: the strategy has a single version ({versions[-1].version}). Which version do "
            f"you mean, or what should change?"
            if versions
            else "There is nothing to undo: there is no strategy yet. What should it trade?"
        )
    listed = ", ".join(one.version for one in versions[:-1])
    if wish.part is not None:
        return _part_back(wish.part, request)
    if wish.first:
        return _back_to(versions[0].spec, request)
    if wish.number is not None:
        found = _numbered(wish.number, request)
        if found is None and wish.number == versions[-1].version:
            return _ask(f"Version {wish.number} is the current one already: what should change?")
        if found is None:
            return _ask(
                f"There is no earlier version {wish.number}: there are {listed}, and {versions[-1].version} is the "
                f"current one. Which version do you mean?"
            )
        return _back_to(found, request)
    if wish.steps == 1:
        return Reading("undo", READER)
    if wish.steps >= len(versions):
        return _ask(
            f"There are only {len(versions) - 1} earlier versions ({listed}): which version should it go back to?"
        )
    return _back_to(versions[-1 - wish.steps].spec, request)


def _redone(request: Request) -> Reading:
    """Bring back what was undone last."""
    undone = VersionPath.of(request.versions).after
    if undone is None:
        return _ask("There is nothing to redo: the last change was not an undo. What should change?")
    return _back_to(undone, request)


def _numbered(number: str, request: Request) -> Mapping[str, Any] | None:
    """The version of that number; a bare 2 is the second one where no version is called so."""
    earlier = request.versions[:-1]
    exact = next((one.spec for one in earlier if one.version == number), None)
    if exact is not None or "." in number:
        return exact
    alike = [one.spec for one in earlier if one.version.split(".")[0] == number]
    if len(alike) == 1 and request.versions[-1].version.split(".")[0] != number:
        return alike[0]
    at = int(number) - 1
    return earlier[at].spec if 0 <= at < len(earlier) else None


def _back_to(older: Mapping[str, Any], request: Request) -> Reading:
    current = request.spec or {}
    patch = undoing(current, older)
    if not patch:
        return _ask("That is how the strategy stands now, rule for rule: what should change?")
    return Reading("edit", READER, patch=patch)


def _part_back(path: str, request: Request) -> Reading:
    """One part of the strategy as it was in the newest version in which it was different."""
    current: Any = request.spec
    now = _at(current, path)
    for one in reversed(request.versions[:-1]):
        if _at(one.spec, path) == now:
            continue
        after = copy.deepcopy(dict(current))
        *way, last = path.split(".")
        parent = after
        for step in way:
            parent = parent.setdefault(step, {})
        before = _at(one.spec, path)
        if before is None:
            parent.pop(last, None)
        else:
            parent[last] = copy.deepcopy(before)
        if is_made_name(current) and not is_made_name(after):
            after["name"] = name_of(after)
        return _back_to({**after, "version": current["version"]}, request)
    return _ask(f"{path} never was anything else: what should change?")


def _at(spec: Any, path: str) -> Any:
    for step in path.split("."):
        spec = spec.get(step) if hasattr(spec, "get") else None
    return spec


def _ask(text: str) -> Reading:
    return Reading("ask", READER, question=Question(text, ("version",)))
