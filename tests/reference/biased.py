"""Indicators that look ahead on purpose: a check that does not catch them proves nothing."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.indicators import catalog
from engine.indicators.indicator_type import IndicatorType
from engine.indicators.input_specs import after, length, source

if TYPE_CHECKING:
    import pytest


def _next_close(context: Any, inputs: Any) -> tuple[np.ndarray, ...]:
    """The close of the next bar, its own where there is no next: the look ahead of a shift by the wrong sign."""
    return (np.append(context.source[1:], context.source[-1]),)


def _scaled_by_all(context: Any, inputs: Any) -> tuple[np.ndarray, ...]:
    """Distance to the mean of the whole sample, in its deviations: the look ahead of scaling before splitting."""
    return ((context.source - context.source.mean()) / max(context.source.std(), 1e-12),)


def _centred_mean(context: Any, inputs: Any) -> tuple[np.ndarray, ...]:
    """A mean around its bar: the look ahead of a smoother that is no filter."""
    kernel = np.ones(2 * inputs["length"] + 1)
    return (np.convolve(context.source, kernel, "same") / np.convolve(np.ones_like(context.source), kernel, "same"),)


def _final_high(context: Any, inputs: Any) -> tuple[np.ndarray, ...]:
    """1 where the highest high of all is still to come: it changes seldom, and only then can it be seen."""
    peak = int(np.argmax(context.bars.high))
    return ((np.arange(context.bars.n_bars) < peak).astype(np.float64),)


BIASED = {
    compute.__name__.strip("_"): IndicatorType(
        name=compute.__name__.strip("_"),
        group="maths",
        summary="Looks ahead.",
        inputs=(length(3), source()),
        compute=compute,
        first_value=after(-1),
    )
    for compute in (_next_close, _scaled_by_all, _centred_mean, _final_high)
}
"""Name -> type; none of them is in the catalog until a test puts it there."""


def put_into_catalog(monkeypatch: pytest.MonkeyPatch, entry: IndicatorType) -> None:
    """Let specs name ``entry`` for the length of a test."""
    monkeypatch.setattr(catalog, "OWN", MappingProxyType({**catalog.OWN, entry.name: entry}))
    monkeypatch.setitem(catalog._OWN_BY_ANY_NAME, entry.name, entry)


def biased_spec(name: str) -> dict[str, Any]:
    """Return a strategy that buys on a biased indicator."""
    return {
        "id": "biased",
        "name": "Knows tomorrow",
        "version": "1.0",
        "universe": {"assets": ["BTC"], "timeframe": "1h"},
        "indicators": {"oracle": {"type": name, "inputs": {}}, "trend": {"type": "ema", "inputs": {"length": 5}}},
        "signals": {
            "entry": [{"when": "gt", "left": "oracle", "right": "trend"}],
            "exit": [{"when": "lt", "left": "oracle", "right": "trend"}],
        },
        "sizing": {"mode": "percent_equity", "value": 0.5},
        "risk": {},
        "execution": {"mode": "paper"},
    }
