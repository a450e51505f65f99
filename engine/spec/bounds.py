"""The bounds that the models' fields declare, checked and put into words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import annotated_types

from engine.spec.jcs import number_text
from engine.spec.models import FRACTION

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic.fields import FieldInfo

    from engine.spec.findings import Findings
    from engine.spec.place import Place


def check_bounds(info: FieldInfo, value: Any, place: Place, findings: Findings) -> None:
    """Report a number, text or list outside the bounds its field declares, as OUT_OF_BOUNDS."""
    if not info.metadata:
        return
    rules = [_rule(rule, info) for rule in info.metadata]
    if all(holds(value) for _, holds in rules):
        return
    wanted = " and ".join(words for words, _ in rules)
    if isinstance(value, (tuple, dict)):
        findings.error(place, "OUT_OF_BOUNDS", f"holds {len(value)} entries, must hold {wanted}")
    elif isinstance(value, str):
        shown = f"'{value}'" if len(value) <= 40 else "the text"
        findings.error(place, "OUT_OF_BOUNDS", f"{shown} ({len(value)} characters) must have {wanted}")
    else:
        hint = " (a fraction: 0.15 is 15 %)" if FRACTION in str(info.description) else ""
        findings.error(place, "OUT_OF_BOUNDS", f"{number_text(value)} must be {wanted}{hint}")


def _rule(rule: Any, info: FieldInfo) -> tuple[str, Callable[[Any], bool]]:
    if isinstance(rule, annotated_types.Gt):
        return f"above {rule.gt:g}", lambda value: value > rule.gt
    if isinstance(rule, annotated_types.Ge):
        return f"at least {rule.ge:g}", lambda value: value >= rule.ge
    if isinstance(rule, annotated_types.Lt):
        return f"below {rule.lt:g}", lambda value: value < rule.lt
    if isinstance(rule, annotated_types.Le):
        return f"at most {rule.le:g}", lambda value: value <= rule.le
    if isinstance(rule, annotated_types.MinLen):
        return f"at least {rule.min_length}", lambda value: len(value) >= rule.min_length
    if isinstance(rule, annotated_types.MaxLen):
        return f"at most {rule.max_length}", lambda value: len(value) <= rule.max_length
    return f"the form {info.description}", lambda value: re.fullmatch(rule.pattern, value) is not None
