"""A strategy's rules in words, from its spec alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.report.figures import money, number, percent, plural
from engine.report.inert import one_line
from engine.report.life_words import life_terms
from engine.report.sheets import Term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.spec.models import Condition, Indicator, ProtectiveLevel, Sizing, StrategySpec

COMPARED = {
    "crosses_above": "crosses above",
    "crosses_below": "crosses below",
    "gt": "is above",
    "gte": "is at or above",
    "lt": "is below",
    "lte": "is at or below",
    "eq": "equals",
}


def rules(spec: StrategySpec) -> tuple[Term, ...]:
    """Return what the strategy does, one line a subject: signals, indicators, size, life of a position, limits."""
    signals, risk = spec.signals, spec.risk
    lines = [
        Term("Go long when", _any(signals.entry)),
        Term("Leave a long when", _any(signals.exit)),
    ]
    if signals.short is not None:
        lines += [
            Term("Go short when", _any(signals.short.entry)),
            Term("Leave a short when", _any(signals.short.exit)),
        ]
    if signals.opposite_entry == "reverse":
        lines.append(Term("An entry of the other side", "closes the position and opens the other"))
    lines += [Term(one_line(key), _indicator(indicator)) for key, indicator in spec.indicators.items()]
    lines.append(Term("Size of a position", _size(spec.sizing)))
    if risk.stop_loss is not None:
        lines.append(Term("Stop loss", _level(risk.stop_loss)))
    if risk.take_profit is not None:
        lines.append(Term("Take profit", _level(risk.take_profit)))
    return (*lines, *life_terms(spec), *_limits(spec))


def condition_words(condition: Condition) -> str:
    """Return a condition as a phrase.

    >>> from engine.spec.models import Condition
    >>> condition_words(Condition(when="crosses_above", left="rsi_14", value=30.0))
    'rsi_14 crosses above 30'
    """
    words = _core(condition)
    if condition.filters:
        words += ", only if " + _joined(condition.filters, " and ")
    if condition.for_bars is not None:
        words += f", {condition.for_bars} bars in a row"
    if condition.within_bars is not None:
        words += f", at least once in the last {plural(condition.within_bars, 'bar')}"
    return words


def _core(condition: Condition) -> str:
    parts = condition.conditions or ()
    if condition.when in ("and", "or"):
        return _joined(parts, f" {condition.when} ")
    if condition.when == "not":
        return f"not ({_joined(parts, ' and ')})"
    left = one_line(condition.left or "")
    if condition.when == "between":
        return f"{left} is between {_operand(condition.low)} and {_operand(condition.high)}"
    if condition.when in ("rising", "falling"):
        return f"{left} is {condition.when} for {plural(condition.bars or 1, 'bar')}"
    other = condition.right if condition.right is not None else condition.value
    return f"{left} {COMPARED[condition.when]} {_operand(other)}"


def _joined(conditions: Sequence[Condition], word: str) -> str:
    phrases = [condition_words(condition) for condition in conditions]
    if len(phrases) == 1:
        return phrases[0]
    compound = [bool(one.conditions or one.filters or one.for_bars or one.within_bars) for one in conditions]
    return word.join(f"({text})" if wrap else text for text, wrap in zip(phrases, compound, strict=True))


def _any(conditions: Sequence[Condition]) -> str:
    return _joined(conditions, ", or ") if conditions else "never"


def _operand(value: float | str | None) -> str:
    return one_line(value) if isinstance(value, str) else f"{value:g}" if value is not None else "?"


def _indicator(indicator: Indicator) -> str:
    inputs = ", ".join(f"{one_line(str(name))} {one_line(str(value))}" for name, value in indicator.inputs.items())
    kind = one_line(indicator.type)
    return f"{kind} ({inputs})" if inputs else kind


def _size(sizing: Sizing) -> str:
    value, atr = sizing.value, f"ATR({sizing.length or 14})"
    texts = {
        "percent_equity": f"{percent(value)} of equity",
        "fixed_notional": f"{money(value)} in quote currency",
        "volatility_target": f"equity scaled to {percent(value)} volatility a year ({sizing.length or 30} bars)",
        "risk_per_trade": f"{percent(value, 2)} of equity at risk between entry and stop",
        "atr_risk": f"{percent(value, 2)} of equity at risk over {number(sizing.multiple, 1)} {atr}",
        "kelly": f"Kelly fraction, up to {percent(value)} of equity",
    }
    text = texts[sizing.mode]
    return f"{text}; at most {plural(sizing.max_positions, 'position')}" if sizing.max_positions else text


def _level(level: ProtectiveLevel) -> str:
    if level.type == "percent":
        return f"{percent(level.value, 2)} from the entry price"
    if level.type == "price":
        return f"at a price of {level.value:,g}"
    source = one_line(level.indicator) if level.indicator else f"ATR({level.length or 14})"
    return f"{level.value:g} x {source} from the entry price"


def _limits(spec: StrategySpec) -> list[Term]:
    risk = spec.risk
    out = []
    if risk.max_position_pct is not None:
        out.append(Term("One position at most", f"{percent(risk.max_position_pct)} of equity"))
    if risk.max_total_exposure_pct is not None:
        out.append(Term("All positions at most", f"{percent(risk.max_total_exposure_pct)} of equity"))
    if risk.max_leverage is not None:
        out.append(Term("Leverage at most", f"{risk.max_leverage:g} x"))
    if risk.max_drawdown_pct is not None:
        out.append(Term("Trading ends at a drawdown of", percent(risk.max_drawdown_pct)))
    if spec.execution.max_orders_per_hour is not None:
        out.append(Term("Entries in an hour at most", str(spec.execution.max_orders_per_hour)))
    return out
