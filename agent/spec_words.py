"""Parts of a spec in words, from plain data: what an answer, an echo and a diff say of them.

Fractions are shown as per cent, as short as they are exact. Data may be a part of a spec, or one that no check has
passed yet: what cannot be put into words is shown as it is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.report.figures import plural
from engine.report.inert import one_line

NONE = "none"

PER_CENT_FIELDS = frozenset({"at", "offset", "fraction", "maker", "taker", "base", "win_rate", "kelly_multiplier"})
"""Fields beside ``*_pct`` that hold a fraction wherever they stand."""

FRACTION_SIZES = frozenset({"percent_equity", "volatility_target", "risk_per_trade", "atr_risk", "kelly"})
"""Sizing modes whose value is a fraction."""

LEVELS = ("stop_loss", "take_profit", "trailing_stop", "trailing_take")

FILLS = {
    "next_open": "at the open of the bar after the signal",
    "close": "at the close that gave the signal",
    "vwap": "at the volume-weighted price of the last minutes before the signal",
}


def per_cent(fraction: float) -> str:
    """Write a fraction as per cent, as short as it is exact.

    >>> per_cent(0.04), per_cent(0.025), per_cent(0.07)
    ('4 %', '2.5 %', '7 %')
    """
    return f"{fraction * 100:.10g} %"


def plain_number(value: float) -> str:
    """Write a number without a needless decimal and without separators, which other languages read as decimals.

    >>> plain_number(1000.0), plain_number(0.674), plain_number(2)
    ('1000', '0.674', '2')
    """
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return text if text.strip("-0.,") or not value else f"{value:g}"


def is_fraction(path: Sequence[str], spec: Mapping[str, Any]) -> bool:
    """Return whether the number at a place of a spec is a fraction that people read as per cent."""
    name = path[-1]
    if name.endswith("_pct") or name in PER_CENT_FIELDS:
        return "inputs" not in path
    parent = part_at(spec, path[:-1])
    if not isinstance(parent, Mapping):
        return False
    if path[0] == "risk" and name in ("value", "activate_at"):
        return parent.get("type") == "percent"
    return tuple(path) == ("sizing", "value") and parent.get("mode") in FRACTION_SIZES


def part_at(spec: Any, path: Sequence[str]) -> Any:
    """Return what stands at a place of plain data, None when there is nothing."""
    for step in path:
        if isinstance(spec, Mapping):
            spec = spec.get(step)
        elif isinstance(spec, list | tuple) and step.isdecimal() and int(step) < len(spec):
            spec = spec[int(step)]
        else:
            return None
    return spec


def part_words(path: Sequence[str], value: Any, spec: Mapping[str, Any]) -> str:
    """Return the part of a spec that stands at ``path`` in words.

    >>> part_words(("risk", "stop_loss"), {"type": "atr", "value": 2.5}, {})
    '2.5 x ATR(14) from the entry price'
    >>> part_words(("signals", "exit"), [], {})
    'never'
    """
    if value is None:
        return NONE
    writer = _WRITERS.get(".".join(path)) or (_WRITERS.get(f"{path[0]}.*") if len(path) == 2 else None)
    try:
        if writer is not None:
            return writer(value)
        if path[0] == "signals" and path[-1] in ("entry", "exit") and isinstance(value, list | tuple):
            return any_of(value)
        if isinstance(value, Mapping) and "when" in value:
            return condition_words(value)
    except (KeyError, TypeError, ValueError, AttributeError):
        return as_written(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return per_cent(value) if is_fraction(path, spec) else plain_number(value)
    return as_written(value)


def condition_words(condition: Mapping[str, Any]) -> str:
    """Return a condition as a phrase; one that is no condition as it is written.

    >>> condition_words({"when": "lt", "left": "rsi_14", "value": 30})
    'rsi_14 is below 30'
    """
    from pydantic import ValidationError

    from engine.report.rules import condition_words as phrase
    from engine.spec.models import Condition

    try:
        return phrase(Condition.model_validate_json(json.dumps(condition)))
    except ValidationError:
        return as_written(condition)


def any_of(conditions: Sequence[Mapping[str, Any]]) -> str:
    """Return alternatives as a phrase; ``never`` when there are none."""
    phrases = [condition_words(one) for one in conditions]
    if len(phrases) > 1:
        phrases = [f"({text})" if " and " in text or " or " in text else text for text in phrases]
    return ", or ".join(phrases) if phrases else "never"


def indicator_words(indicator: Mapping[str, Any]) -> str:
    """Return an indicator with its inputs.

    >>> indicator_words({"type": "ema", "inputs": {"length": 20, "source": "close"}})
    'ema (length 20, source close)'
    """
    inputs = ", ".join(f"{one_line(str(name))} {as_written(value)}" for name, value in indicator["inputs"].items())
    kind = one_line(str(indicator["type"]))
    return f"{kind} ({inputs})" if inputs else kind


def size_words(sizing: Mapping[str, Any]) -> str:
    """Return how large a position is, without the number of positions."""
    value, length = sizing["value"], sizing.get("length")
    return {
        "percent_equity": lambda: f"{per_cent(value)} of equity",
        "fixed_notional": lambda: f"{plain_number(value)} in quote currency a trade",
        "volatility_target": lambda: f"equity scaled to {per_cent(value)} volatility a year ({length or 30} bars)",
        "risk_per_trade": lambda: f"{per_cent(value)} of equity at risk between entry and stop",
        "atr_risk": lambda: f"{per_cent(value)} of equity at risk over {sizing.get('multiple')} x ATR({length or 14})",
        "kelly": lambda: f"a Kelly fraction, at most {per_cent(value)} of equity",
    }[sizing["mode"]]()


def level_words(level: Mapping[str, Any]) -> str:
    """Return a stop or a target: how far from the entry, and from where on a trailing one follows."""
    value = level["value"]
    if level["type"] == "percent":
        text = per_cent(value)
    elif level["type"] == "price":
        text = f"at a price of {plain_number(value)}"
    else:
        source = one_line(level["indicator"]) if level.get("indicator") else f"ATR({level.get('length') or 14})"
        text = f"{plain_number(value)} x {source}"
    if level["type"] != "price":
        text += " from the entry price"
    if level.get("activate_at") is not None:
        start = per_cent(level["activate_at"]) if level["type"] == "percent" else plain_number(level["activate_at"])
        text += f", once {start} in profit"
    return text


def breakeven_words(rule: Mapping[str, Any]) -> str:
    """Return when the stop moves to the entry price."""
    text = f"the stop moves to the entry price at a profit of {per_cent(rule['at'])}"
    return f"{text}, offset {per_cent(rule['offset'])}" if rule.get("offset") is not None else text


def partial_words(parts: Sequence[Mapping[str, Any]]) -> str:
    """Return which parts of a position close at which profit."""
    return ", ".join(f"{per_cent(one['fraction'])} of the position at {per_cent(one['at'])} profit" for one in parts)


def time_limit_words(limit: Mapping[str, Any]) -> str:
    """Return how long a position is held at most."""
    if limit.get("bars") is not None:
        return f"after {plural(limit['bars'], 'bar')}"
    return f"after {plural(limit['minutes'], 'minute')}"


def checks_words(checks: Mapping[str, Any]) -> str:
    """Return the checks that may reject an entry."""
    texts = []
    for name, value in checks.items():
        if name == "session_hours":
            texts.append(f"entries from {one_line(value['start'])} to {one_line(value['end'])} UTC")
        else:
            texts.append(f"{name.replace('_', ' ')} {part_words(('risk', 'checks', name), value, {})}")
    return ", ".join(texts) or NONE


def rates_words(rates: Mapping[str, Any]) -> str:
    """Return fee rates or the figures of custom slippage."""
    return ", ".join(
        f"{name} {per_cent(value) if name in PER_CENT_FIELDS else plain_number(value)}" for name, value in rates.items()
    )


def entry_order_words(order: Mapping[str, Any]) -> str:
    """Return with which order a position is entered."""
    where = per_cent(order["offset"]) + " from the close" if order.get("offset") is not None else ""
    where = where or f"at {plain_number(order['price'])}"
    expires = order.get("expires_bars")
    return f"limit {where}" + (f", cancelled after {plural(expires, 'bar')}" if expires is not None else "")


def as_written(value: Any) -> str:
    """Return a value as text on one line, inert."""
    if isinstance(value, str):
        return one_line(value, 200)
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ", ".join(one_line(item, 60) for item in value)
    if isinstance(value, float):
        return plain_number(value)
    return one_line(json.dumps(value, ensure_ascii=False), 200)


_WRITERS: dict[str, Callable[[Any], str]] = {
    "indicators.*": indicator_words,
    "sizing": size_words,
    "risk.stop_loss": level_words,
    "risk.take_profit": level_words,
    "risk.trailing_stop": level_words,
    "risk.trailing_take": level_words,
    "risk.breakeven": breakeven_words,
    "risk.partial_exits": partial_words,
    "risk.time_limit": time_limit_words,
    "risk.checks": checks_words,
    "execution.fees": rates_words,
    "execution.slippage": rates_words,
    "execution.entry_order": entry_order_words,
    "execution.fill": lambda name: FILLS.get(name, one_line(str(name))),
}
