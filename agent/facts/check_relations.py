"""Comparisons of the words against the conditions of a draft."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.facts.compared import contrary, standing
from agent.facts.draft import FACT_CHANGED, FACT_MISPLACED, FACT_MISSING, Draft
from agent.facts.landing import near
from engine.spec.problems import Problem

if TYPE_CHECKING:
    from agent.facts.fact import Relation
    from agent.facts.held import Held

_PLAIN_SIDES = (("entry", "short.exit"), ("short.entry", "exit"), ("short.exit", "entry"))
"""Sections of actions that name one side; the other is where a reversing system may have it."""


def relation_problem(relation: Relation, draft: Draft) -> Problem | None:
    """Return what is wrong when a comparison of the words is in no condition, or in the wrong part of the signals."""
    held = draft.held
    if not held.leaves:
        return None  # a spec without rules fails the spec check
    if relation.faint and not _has_number(relation, held):
        return None  # its number is missed as a number
    found, wanted = standing(relation, held), _sections(relation, held)
    if found and (not wanted or draft.before is not None or any(leaf.section in wanted for leaf in found)):
        return None
    if found:
        return Problem(f"$.signals.{wanted[0]}", FACT_MISPLACED, f"'{relation.words}' stands in {found[0].path[2:]}")
    if any(standing(relation, one) for one in draft.varied):
        return None
    earlier = draft.gone(relation)
    if earlier is not None and standing(relation, earlier):
        return None
    other = contrary(relation, held)
    if other:
        message = f"'{relation.words}' is not in the spec: {other[0].path[2:]} is {_told(held, other[0].path)}"
        return Problem(other[0].path, FACT_CHANGED, message)
    return Problem("$.signals", FACT_MISSING, f"'{relation.words}' is in no rule of the spec")


def _has_number(relation: Relation, held: Held) -> bool:
    number = relation.right.numbers[0]
    return any(near(number, value) for leaf in held.leaves for value in leaf.right.constants)


def _sections(relation: Relation, held: Held) -> tuple[str, ...]:
    """Return where a comparison has to stand: the side that the words name, where the spec has that side."""
    wanted = relation.sections
    if wanted in _PLAIN_SIDES and any(leaf.section == wanted[0] for leaf in held.leaves):
        return wanted[:1]
    return wanted


def _told(held: Held, path: str) -> str:
    """Return the condition at a path in words."""
    from agent.spec_words import condition_words

    part: Any = held.spec
    for name, place in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        part = part[name] if name else part[int(place)]
    return condition_words(part)
