"""Names of indicators that state a length they no longer have: ``ema_200`` after its length became 100.

A key stays what it is when a figure changes, for rules, variants and patches refer to it; its words say what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

FIGURES = re.compile(r"(?:^|_)(\d+(?:_\d+)*)(?=_|$)")


def stale_keys(spec: Mapping[str, Any]) -> dict[str, str]:
    """Return each key that was made of its type and its figures and states others now, with what it holds.

    >>> stale_keys({"indicators": {"ema_200": {"type": "ema", "inputs": {"length": 100}}}})
    {'ema_200': 'now length 100'}
    >>> stale_keys({"indicators": {"ema_50": {"type": "ema", "inputs": {"length": 50}}}})
    {}
    """
    indicators = spec.get("indicators")
    found: dict[str, str] = {}
    for key, one in indicators.items() if isinstance(indicators, Mapping) else ():
        inputs = one.get("inputs") if isinstance(one, Mapping) else None
        if not isinstance(inputs, Mapping) or not str(key).startswith(f"{one.get('type')}_"):
            continue
        held = {name: value for name, value in inputs.items() if isinstance(value, int | float)}
        told = [int(figure) for group in FIGURES.findall(str(key)) for figure in group.split("_")]
        if told and held and not set(told[: len(held)]) <= {int(value) for value in held.values()}:
            found[str(key)] = "now " + ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in held.items())
    return found


def with_figures(line: str, stale: Mapping[str, str]) -> str:
    """Return a line about a strategy with the figures behind each key that states others.

    >>> with_figures("buy when close is above ema_200", {"ema_200": "now length 100"})
    'buy when close is above ema_200 (now length 100)'
    """
    for key, figures in stale.items():
        if re.match(rf"(?:new indicator |indicator )?{re.escape(key)}\b", line) is None:
            line = re.sub(rf"\b{re.escape(key)}\b(?:\.\w+|\[\d+\])*", rf"\g<0> ({figures})", line, count=1)
    return line
