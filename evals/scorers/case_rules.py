"""A case's rules as one or more trees: some say what specs can write in several right ways."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

from evals.scorers.conditions import tree_of
from evals.scorers.names import is_number
from evals.scorers.trees import Tree, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evals.scorers.terms import Terms

MONTHS = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
]  # fmt: skip
OF_A_MONTH = re.compile("_of_(" + "|".join(MONTHS) + ")$")


def accepted_trees(conditions: list[dict[str, Any]] | None, terms: Terms) -> list[Tree | None]:
    """Return every tree that is right for one side of a case; ``[None]`` where nothing is expected."""
    if not conditions:
        return [None]
    choices = product(*[list(readings(one)) for one in conditions])
    return [joined("or", [tree_of(one, terms) for one in chosen]) for chosen in choices]


def readings(condition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a case's condition as the conditions of a spec that mean it."""
    when = condition.get("when")
    if when in ("and", "or", "not"):
        for children in product(*[list(readings(one)) for one in condition["conditions"]]):
            yield {**condition, "conditions": list(children)}
    elif when in ("turns_up", "turns_down"):
        yield from _turns(condition["left"], upward=when == "turns_up")
    elif when == "calendar":
        yield from _dates(condition)
    else:
        yield condition


def _turns(series: str, *, upward: bool) -> Iterator[dict[str, Any]]:
    """Yield a turning point: a cross of the bar before, or two steps in opposite directions."""
    now, before, earlier = series, f"{series}[1]", f"{series}[2]"
    onward, back = ("gt", "lt") if upward else ("lt", "gt")
    yield {"when": "crosses_above" if upward else "crosses_below", "left": now, "right": before}
    step = {"when": onward, "left": now, "right": before}
    for turn in (back, f"{back}e"):
        yield {"when": "and", "conditions": [step, {"when": turn, "left": before, "right": earlier}]}


def _dates(condition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a date as parts of the deciding close; a daily bar of the 1st closes when the 2nd begins."""
    rule, value = condition.get("rule", ""), condition.get("value")
    month = OF_A_MONTH.search(rule)
    if rule == "hour_utc":
        yield _at(hour=value)
    elif rule == "weekday":
        yield _at(weekday=value)
    elif rule.endswith("_of_year") or month:
        for day in (1, 2):
            yield _at(month=MONTHS.index(month[1]) + 1 if month else 1, day=day)
    elif rule.startswith("first_"):
        yield _at(day=1)
        yield _at(day=2)
    elif rule.startswith("last_"):
        yield _at(day=1)
    elif is_number(value):
        yield _at(day=value)
        yield _at(day=value + 1)
    else:
        yield condition


def _at(**parts: Any) -> dict[str, Any]:
    tests = [{"when": "eq", "left": f"time.{name}", "value": value} for name, value in parts.items()]
    return tests[0] if len(tests) == 1 else {"when": "and", "conditions": tests}
