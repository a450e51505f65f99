"""Operands as a shared graph of terms: equal terms are one, so that what is known of one is known of all.

A term stands for the float64 the engine computes, rounding included. Only rewritings that leave every
result as it is are made: commuted sums and products, constants, ``-(a - b)`` as ``b - a`` and ``abs(a)`` as
``max(a, -a)``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from engine.spec.jcs import number_text

if TYPE_CHECKING:
    from engine.proofs.satisfiability.leaves import Leaf

ARITHMETIC = ("+", "-", "*", "/")


class Term(NamedTuple):
    """``op`` is ``number``, ``leaf``, ``neg``, ``min``, ``max`` or one of ``+ - * /``."""

    op: str
    args: tuple[int, ...] = ()
    value: float = 0.0
    leaf: Leaf | None = None


def passed_on(term: Term) -> tuple[bool, ...]:
    """Tell of each part whether the whole is infinite or unknown where it is infinite.

    A part of a minimum is not, nor a divisor: ``min(1 / 0, 5)`` is 5.
    """
    kept = term.op not in ("min", "max")
    return tuple(kept and not (term.op == "/" and place == 1) for place in range(len(term.args)))


class Terms:
    """All terms of one spec, by number, in an order in which parts come before the whole."""

    def __init__(self) -> None:
        self.all: list[Term] = []
        self.text: dict[int, str] = {}
        self._ids: dict[Term, int] = {}

    def number(self, value: float) -> int:
        """Return the term of a constant; there is one zero."""
        return self._intern(Term("number", value=value + 0.0))

    def leaf(self, leaf: Leaf) -> int:
        """Return the term of a value that is read."""
        return self._intern(Term("leaf", leaf=leaf))

    def negative(self, a: int) -> int:
        """Return ``-a``."""
        term = self.all[a]
        if term.op == "number":
            return self.number(-term.value)
        if term.op == "-":
            return self.binary("-", term.args[1], term.args[0])
        return term.args[0] if term.op == "neg" else self._intern(Term("neg", (a,)))

    def binary(self, op: str, a: int, b: int) -> int:
        """Return ``a op b``."""
        known = self._folded(op, a, b)
        if known is not None:
            return known
        if op in "+*" and a > b:
            a, b = b, a
        return self._intern(Term(op, (a, b)))

    def call(self, name: str, args: list[int]) -> int:
        """Return ``abs``, ``min`` or ``max``, of several arguments one after the other as the engine takes them."""
        if name == "abs":
            return self._extreme("max", args[0], self.negative(args[0]))
        out = args[0]
        for arg in args[1:]:
            out = self._extreme(name, out, arg)
        return out

    def say(self, term: int, text: str) -> int:
        """Name a term as its author wrote it, where it has no name yet."""
        self.text.setdefault(term, text)
        return term

    def shown(self, number: int) -> str:
        """Return a term in words."""
        if number in self.text:
            return self.text[number]
        term = self.all[number]
        if term.op == "number":
            return number_text(term.value)
        if term.leaf is not None:
            return _leaf_text(term.leaf)
        parts = [self.shown(arg) for arg in term.args]
        if term.op == "neg":
            return f"-({parts[0]})"
        if term.op in ARITHMETIC:
            return f"({parts[0]} {term.op} {parts[1]})"
        return f"{term.op}({', '.join(parts)})"

    def _intern(self, term: Term) -> int:
        found = self._ids.get(term)
        if found is None:
            found = self._ids[term] = len(self.all)
            self.all.append(term)
        return found

    def _folded(self, op: str, a: int, b: int) -> int | None:
        """Return what constants make of it, None where nothing; a sum with 0 and a product with 1 change no value.

        ``x - x`` is left standing: where there is no x it is unknown, and 0 never is."""
        left, right = self.all[a], self.all[b]
        if left.op == "number" and right.op == "number":
            return self._constant(op, left.value, right.value)
        if right.op == "number" and ((op in "+-" and right.value == 0.0) or (op in "*/" and right.value == 1.0)):
            return a
        if left.op == "number" and ((op == "+" and left.value == 0.0) or (op == "*" and left.value == 1.0)):
            return b
        return None

    def _constant(self, op: str, left: float, right: float) -> int | None:
        if op == "/" and right == 0.0:
            return None
        value = (
            left + right if op == "+" else left - right if op == "-" else left * right if op == "*" else left / right
        )
        return self.number(value) if math.isfinite(value) else None

    def _extreme(self, name: str, a: int, b: int) -> int:
        left, right = self.all[a], self.all[b]
        if a == b:
            return a
        if left.op == "number" and right.op == "number":
            return a if (left.value < right.value) == (name == "min") else b
        return self._intern(Term(name, (min(a, b), max(a, b))))


def _leaf_text(leaf: Leaf) -> str:
    series = leaf.base.series
    if isinstance(series, str):
        name = series
    elif series.node is None:
        name = series.name
    else:
        lengths = ", ".join(str(value) for _, value in series.node.inputs)
        name = f"{series.node.type_name}({lengths})" + ("" if series.name == "value" else f".{series.name}")
    back = f"[{leaf.first}]" if leaf.first else ""
    if leaf.kind in ("at", "time"):
        return f"{name}{back}"
    what = {"max": "the highest", "min": "the lowest", "rank": "a percentile"}[leaf.kind]
    return f"{what} {name} of {leaf.length} bars{' before' if leaf.first else ''}"
