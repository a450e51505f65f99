"""The normal form of a spec: one spelling for what can be written in several ways.

Fields are snake_case, types, inputs and outputs bear the catalog's own names, operands their canonical text.
Values stay as the author wrote them, and nothing is filled in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spec.expressions import format_operand
from engine.spec.findings import Findings
from engine.spec.meaning.conditions import read_operand
from engine.spec.meaning.levels import LEVELS, resolve_level
from engine.spec.models import Condition, Indicator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.meaning.indicators import Written
    from engine.spec.meaning.names import Names
    from engine.spec.models import Risk, Side, Signals, StrategySpec


def normal_form(spec: StrategySpec, names: Names, read: Mapping[str, Written]) -> StrategySpec:
    """Return a spec without errors in its normal form; ``read`` holds its indicators as they were understood."""
    indicators = {
        key: Indicator.model_construct(type=read[key].entry.name, inputs=dict(read[key].inputs))
        for key in spec.indicators
    }
    return spec.model_copy(
        update={
            "indicators": indicators,
            "signals": _signals(spec.signals, names),
            "risk": _risk(spec.risk, names),
        }
    )


def _signals(signals: Signals, names: Names) -> Signals:
    update: dict[str, Any] = _entry_and_exit(signals, names)
    if signals.short is not None:
        update["short"] = signals.short.model_copy(update=_entry_and_exit(signals.short, names))
    return signals.model_copy(update=update)


def _entry_and_exit(side: Signals | Side, names: Names) -> dict[str, Any]:
    return {
        "entry": tuple(_condition(condition, names) for condition in side.entry),
        "exit": tuple(_condition(condition, names) for condition in side.exit),
    }


def _condition(condition: Condition, names: Names) -> Condition:
    update: dict[str, Any] = {}
    for name in ("left", "right", "low", "high"):
        written = getattr(condition, name)
        if isinstance(written, str):
            expr = read_operand(written, (), names, Findings())
            if expr is not None:
                update[name] = format_operand(expr)
    for name in ("conditions", "filters"):
        inner = getattr(condition, name)
        if inner is not None:
            update[name] = tuple(_condition(part, names) for part in inner)
    return condition.model_copy(update=update)


def _risk(risk: Risk, names: Names) -> Risk:
    update: dict[str, Any] = {}
    for name in LEVELS:
        level = getattr(risk, name)
        series = None if level is None else resolve_level(level, (), names, Findings())
        if series is not None:
            update[name] = level.model_copy(update={"indicator": format_operand(series)})
    return risk.model_copy(update=update)
