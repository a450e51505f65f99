"""From conditions, as a case file or a spec writes them, to trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from evals.scorers.forms import Form, cleared, constant, is_positive, lagged, minus, plus, shown, text_of, times
from evals.scorers.names import is_number
from evals.scorers.trees import ANY, Always, BarsHeld, Comparison, Counted, Malformed, Negated, Sign, Tree, joined

if TYPE_CHECKING:
    from evals.scorers.terms import Terms

COUNTS: tuple[Literal["for_bars", "within_bars"], ...] = ("for_bars", "within_bars")
AROUND = ("filters", *COUNTS)
"""Fields of a condition that stand around the rule itself."""

SIGNS: dict[str, tuple[Sign, bool]] = {
    "gt": ("gt", True),
    "gte": ("gte", True),
    "lt": ("gt", False),
    "lte": ("gte", False),
    "eq": ("eq", True),
    "crosses_above": ("cross", True),
    "crosses_below": ("cross", False),
}
"""Operator: its sign, and whether it is about ``left - right`` or the other way round."""

OPPOSITE: dict[Sign, Sign] = {"gt": "gte", "gte": "gt"}


def tree_of(condition: Any, terms: Terms, *, open_constants: bool = False, opposite: bool = False) -> Tree:
    """Return the tree of one condition; a ``not`` above it arrives as ``opposite``.

    ``open_constants`` takes every constant of a comparison as any value.
    """
    return _Reader(terms, open_constants).tree(condition, opposite)


def any_of(conditions: list[Any], terms: Terms, *, open_constants: bool = False) -> Tree | None:
    """Return the tree of a list of alternatives, None when there is none."""
    if not conditions:
        return None
    return joined("or", [tree_of(one, terms, open_constants=open_constants) for one in conditions])


class _Reader:
    def __init__(self, terms: Terms, open_constants: bool) -> None:
        self._terms = terms
        self._open = open_constants

    def tree(self, condition: Any, opposite: bool = False) -> Tree:
        if not isinstance(condition, dict):
            return Malformed(repr(condition))
        bare = {name: value for name, value in condition.items() if name not in AROUND}
        filters = condition.get("filters") or []
        filters = filters if isinstance(filters, list) else [filters]
        counts = [(name, int(n)) for name in COUNTS if is_number(n := condition.get(name)) and n > 1]
        if opposite and not counts:
            kind: Literal["and", "or"] = "or" if filters else "and"
            return joined(kind, [self._bare(bare, True), *(self.tree(one, True) for one in filters)])
        rule = joined("and", [self._bare(bare, False), *map(self.tree, filters)])
        for name, bars in counts:
            rule = Counted(name, bars, rule)
        return Negated(rule) if opposite else rule

    def _bare(self, condition: dict[str, Any], opposite: bool) -> Tree:
        when = condition.get("when")
        if when in ("and", "or"):
            if not condition.get("conditions"):
                return Malformed(f"{when} without conditions")
            kind: Literal["and", "or"] = "and" if (when == "and") != opposite else "or"
            return joined(kind, [self.tree(one, opposite) for one in condition["conditions"]])
        if when == "not":
            inner = condition.get("conditions") or condition.get("condition")
            return self.tree(inner[0] if isinstance(inner, list) else inner, not opposite)
        rule: Tree
        if when in ("between", "rising", "falling"):
            rule = self._several(condition)
        elif when == "always":
            rule = Always()
        elif when == "bars_since_entry_gte":
            rule = BarsHeld(int(condition["value"]))
        else:
            return self._simple(condition, opposite)
        return Negated(rule) if opposite else rule

    def _several(self, condition: dict[str, Any]) -> Tree:
        """Return between, rising and falling as the comparisons they stand for."""
        left = self._terms.operand(condition.get("left"))
        if condition["when"] == "between":
            low, high = (self._terms.operand(condition.get(name)) for name in ("low", "high"))
            return joined("and", [self._test("gte", minus(left, low)), self._test("gte", minus(high, left))])
        up = constant(1 if condition["when"] == "rising" else -1)
        steps = (minus(lagged(left, bar), lagged(left, bar + 1)) for bar in range(int(condition.get("bars") or 1)))
        return joined("and", [self._test("gt", times(step, up)) for step in steps])

    def _simple(self, condition: dict[str, Any], opposite: bool) -> Tree:
        when = condition.get("when")
        if "left" not in condition:
            return Malformed(f"{when} without left")
        left = self._terms.operand(condition["left"])
        right, value = condition.get("right"), condition.get("value")
        if (right is None) == (value is None):
            return Malformed(f"{when} needs exactly one of right and value")
        other = self._terms.operand(value if right is None else right)
        if is_number(condition.get("mul")):
            other = times(other, constant(condition["mul"]))
        if is_number(condition.get("add")):
            other = plus(other, constant(condition["add"]))
        if when not in SIGNS:
            return Malformed(f"unknown operator {when}")
        sign, left_first = SIGNS[when]
        form = minus(left, other) if left_first else minus(other, left)
        if opposite and sign in OPPOSITE:
            return self._test(OPPOSITE[sign], times(form, constant(-1)))
        rule = self._test(sign, form)
        return Negated(rule) if opposite else rule

    def _test(self, sign: Sign, form: Form) -> Tree:
        """Return the one tree of ``form`` against zero."""
        form, open_constant = cleared(form), self._open
        if any(name == "$" for monomial in form for (name, _), _ in monomial):
            form = {one: factor for one, factor in form.items() if one and one[0][0][0] != "$"}
            form[()] = 1.0
            open_constant = True
        free = sorted(monomial for monomial in form if monomial)
        if not free:
            return Comparison(sign, shown(form))
        if len(free) == 1 and sign != "cross":
            settled = _of_one_series(sign, form)
            if settled is not None:
                return settled
        scale = form[free[0]] if sign == "eq" else abs(form[free[0]])
        form = {monomial: factor / scale for monomial, factor in form.items()}
        text = shown({monomial: factor for monomial, factor in form.items() if monomial})
        if () in form:
            text += f" + {ANY if open_constant else text_of(form[()])}"
        return Comparison(sign, text)


def _of_one_series(sign: Sign, form: Form) -> Tree | None:
    """Return what a comparison of a single monomial comes to: a direction that is 1 or -1, or always true."""
    (monomial,) = (one for one in form if one)
    (name, _), power = monomial[0]
    level = form.get((), 0.0)
    if name.startswith("supertrend(") and name.endswith(".direction") and power == 1 and len(monomial) == 1:
        up, down = (_holds(sign, form[monomial] * direction + level) for direction in (1, -1))
        if up != down:
            return Comparison("gt", shown({monomial: 1.0 if up else -1.0}))
    above = sign in ("gt", "gte") and () not in form and form[monomial] > 0
    return Always() if above and all(is_positive(one) for (one, _), _ in monomial) else None


def _holds(sign: Sign, value: float) -> bool:
    return {"gt": value > 0, "gte": value >= 0, "eq": abs(value) < 1e-12}[sign]
