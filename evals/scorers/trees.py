"""Rules as trees that are equal when the rules are: nested and/or flattened, alternatives in one order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Sign = Literal["gt", "gte", "eq", "cross"]
SYMBOLS = {"gt": ">", "gte": ">=", "eq": "="}

ANY = "ANY"
"""Stands in a form for a constant that the case leaves open."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """``form > 0`` and the like; ``cross`` is the bar at which a form turns above zero."""

    sign: Sign
    form: str


@dataclass(frozen=True, slots=True)
class Always:
    """True at every bar."""


@dataclass(frozen=True, slots=True)
class BarsHeld:
    """True from so many bars after the entry on."""

    bars: int


@dataclass(frozen=True, slots=True)
class Malformed:
    """No rule at all; ``why`` says what is wrong."""

    why: str


@dataclass(frozen=True, slots=True)
class Negated:
    """True where ``rule`` is not."""

    rule: Tree


@dataclass(frozen=True, slots=True)
class Counted:
    """``for_bars`` in a row, or once ``within_bars``."""

    kind: Literal["for_bars", "within_bars"]
    bars: int
    rule: Tree


@dataclass(frozen=True, slots=True)
class Group:
    """All (``and``) or any (``or``) of its parts; made by `joined`."""

    kind: Literal["and", "or"]
    parts: tuple[Tree, ...]


Tree: TypeAlias = Comparison | Always | BarsHeld | Malformed | Negated | Counted | Group

IMPLIED: tuple[tuple[Sign, Sign], ...] = (("gte", "gt"), ("gte", "cross"), ("gt", "cross"))
"""Weak sign, strong sign: a cross of a form implies that it is > 0, which implies >= 0."""


def joined(kind: Literal["and", "or"], rules: Iterable[Tree]) -> Tree:
    """Return the one tree of all, or any, of some rules."""
    flat: list[Tree] = []
    for rule in rules:
        flat += rule.parts if isinstance(rule, Group) and rule.kind == kind else (rule,)
    if Always() in flat:
        if kind == "or":
            return Always()
        flat = [rule for rule in flat if rule != Always()] or [Always()]
    parts = sorted(_without_implied(kind, set(flat)), key=repr)
    return parts[0] if len(parts) == 1 else Group(kind, tuple(parts))


def negated(rule: Tree) -> Tree:
    """Return the opposite of a rule."""
    return Negated(rule)


def blurred(tree: Tree | None) -> Tree | None:
    """Return a tree that takes >= as >: they part only where two series are exactly equal."""
    return None if tree is None else _blurred(tree)


def in_words(tree: Tree | None) -> str:
    """Return a tree as text for people."""
    if tree is None:
        return "nothing"
    if isinstance(tree, Comparison):
        return f"[{tree.form} turns > 0]" if tree.sign == "cross" else f"[{tree.form} {SYMBOLS[tree.sign]} 0]"
    if isinstance(tree, Group):
        return f"{tree.kind}({', '.join(map(in_words, tree.parts))})"
    if isinstance(tree, Negated):
        return f"not {in_words(tree.rule)}"
    if isinstance(tree, Counted):
        return f"{tree.kind} {tree.bars} {in_words(tree.rule)}"
    if isinstance(tree, BarsHeld):
        return f"held for {tree.bars} bars"
    return "always" if isinstance(tree, Always) else f"malformed: {tree.why}"


def _without_implied(kind: str, rules: set[Tree]) -> set[Tree]:
    """Drop what adds nothing: the weak one of two in an ``and``, the strong one in an ``or``."""
    for weak, strong in IMPLIED:
        for rule in [rule for rule in rules if isinstance(rule, Comparison) and rule.sign == weak]:
            stronger = Comparison(strong, rule.form)
            if stronger in rules:
                rules = rules - {rule if kind == "and" else stronger}
    return rules


def _blurred(tree: Tree) -> Tree:
    if isinstance(tree, Group):
        return joined(tree.kind, map(_blurred, tree.parts))
    if isinstance(tree, Negated | Counted):
        return replace(tree, rule=_blurred(tree.rule))
    return Comparison("gt", tree.form) if isinstance(tree, Comparison) and tree.sign == "gte" else tree
