"""Readable keys and numbers: ``sma_50``, ``bbands_20_2``; 14.0 is written 14."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.language.builtin.operands import PARAMETERS
from engine.indicators.catalog import CATALOG
from engine.spec.jcs import number_text

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMED_WHEN_UNUSUAL = ("macd", "stoch", "stochrsi")
"""Indicators whose settings stand in the key only where they are not the usual ones."""

LONGEST_KEY = 60


def parameters_of(kind: str) -> tuple[str, ...]:
    """Return the settings of an indicator in the order people say them."""
    return PARAMETERS.get(kind, ("length",))


def key_for(kind: str, inputs: Mapping[str, Any]) -> str:
    """Return a readable key: ``sma_50``, ``bbands_20_2``, ``rsi_14_1d``, ``sma_20_volume``.

    >>> key_for("bbands", {"length": 10, "stddev": 0.674})
    'bbands_10_0_674'
    """
    parts = [kind]
    if kind not in NAMED_WHEN_UNUSUAL or _is_unusual(kind, inputs):
        said = [inputs[name] for name in parameters_of(kind) if name in inputs]
        parts += [number_text(value).replace(".", "_").replace("-", "m") for value in said]
    parts += [str(inputs[name]) for name in ("source", "timeframe") if name in inputs]
    return re.sub(r"[^a-z0-9_]", "_", "_".join(parts).lower())[:LONGEST_KEY]


def _is_unusual(kind: str, inputs: Mapping[str, Any]) -> bool:
    defaults = {one.name: one.default for one in CATALOG[kind].inputs}
    return any(inputs.get(name) != defaults.get(name) for name in PARAMETERS[kind])


def plain_number(value: Any) -> Any:
    """Return a whole float as an int, so that specs read as people write them.

    >>> plain_number(14.0), plain_number(0.5)
    (14, 0.5)
    """
    return int(value) if isinstance(value, float) and value == int(value) and abs(value) < 1e15 else value
