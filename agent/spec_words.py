"""Parts of a spec in words, from plain data: what an answer, an echo and a diff say of them.

Fractions are shown as per cent, as short as they are exact. Data may be a part of a spec, or one that no check has
passed yet: what cannot be put into words is shown as it is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from engine.report.figures import exact_percent
from engine.report.inert import one_line

NONE = "none"

PER_CENT_FIELDS = frozenset({"at", "offset", "fraction", "maker", "taker", "base", "win_rate", "kelly_multiplier"})
"""Fields beside ``*_pct`` that hold a fraction wherever they stand."""

FRACTION_SIZES = frozenset({"percent_equity", "volatility_target", "risk_per_trade", "atr_risk", "kelly"})
"""Sizing modes whose value is a fraction."""

LEVELS = ("stop_loss", "take_profit", "trailing_stop", "trailing_take")
LIFE = ("trailing_stop", "trailing_take", "breakeven", "partial_exits", "time_limit")

FILLS = {
    "next_open": "at the open of the bar after the signal",
    "close": "at the close that gave the signal",
    "vwap": "at the volume-weighted price of the last five minutes of the bar that gave the signal",
}


def per_cent(fraction: float) -> str:
    """Write a fraction as per cent, as short as it is exact.

    >>> per_cent(0.04), per_cent(0.025), per_cent(0.07)
    ('4 %', '2.5 %', '7 %')
    """
    return exact_percent(fraction)


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
        "kelly": lambda: f"a Kelly fraction, up to {per_cent(value)} of equity",
    }[sizing["mode"]]()


def level_words(level: Mapping[str, Any]) -> str:
    """Return a stop or a target: how far from the entry."""
    value = level["value"]
    if level["type"] == "percent":
        text = per_cent(value)
    elif level["type"] == "price":
        text = f"at a price of {plain_number(value)}"
    else:
        source = one_line(level["indicator"]) if level.get("indicator") else f"ATR({level.get('length') or 14})"
        text = f"{plain_number(value)} x {source}"
    return text if level["type"] == "price" else f"{text} from the entry price"


def life_words(field: str, value: Any) -> str:
    """Return a rule on a position's life as `engine.report.life_words` words it.

    >>> life_words("trailing_stop", {"type": "percent", "value": 0.05})
    '5 % behind the best price'
    """
    from pydantic import TypeAdapter

    from engine.report import life_words as words
    from engine.spec import models

    kinds: dict[str, tuple[Any, Callable[[Any], str]]] = {
        "trailing_stop": (models.TrailingLevel, words.trailing_words),
        "trailing_take": (models.TrailingLevel, words.trailing_words),
        "breakeven": (models.Breakeven, words.breakeven_words),
        "partial_exits": (tuple[models.PartialExit, ...], words.partial_words),
        "time_limit": (models.TimeLimit, words.time_limit_words),
        "checks": (models.Checks, words.checks_words),
        "session_hours": (models.SessionHours, words.session_words),
        "entry_order": (models.EntryOrder, words.entry_order_words),
    }
    kind, written = kinds[field]
    return written(TypeAdapter(kind).validate_json(json.dumps(value))) or NONE


def rates_words(rates: Mapping[str, Any]) -> str:
    """Return fee rates or the figures of custom slippage."""
    return ", ".join(
        f"{name} {per_cent(value) if name in PER_CENT_FIELDS else plain_number(value)}" for name, value in rates.items()
    )


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
    "execution.fees": rates_words,
    "execution.slippage": rates_words,
    "execution.fill": lambda name: FILLS.get(name, one_line(str(name))),
    **{f"risk.{field}": partial(life_words, field) for field in LIFE},
    "risk.checks": partial(life_words, "checks"),
    "risk.checks.session_hours": partial(life_words, "session_hours"),
    "execution.entry_order": partial(life_words, "entry_order"),
}
