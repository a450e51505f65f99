"""How far back a value of an indicator reaches: the causality statement of every catalog entry.

Value t of every entry depends on bars <= t alone; what differs is where its memory begins. An entry
that is neither named here nor made from TA-Lib's metadata has no statement, and a spec that uses it is not proven.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.indicators.indicator_type import IndicatorType, Inputs

Kind = Literal["window", "recursive", "session"]

WHY: Mapping[Kind, str] = {
    "window": "reads its own bar and the {bars} before it",
    "recursive": "carries the past along: every bar so far, its own the last",
    "session": "reads the bars of its session so far and of the one before, its own the last",
}

OF_TALIB = "TA-Lib writes the value of a bar from the bars up to it: {why}"
"""Statement of the entries made from TA-Lib's metadata; the tests cut the tail off under every one of them."""

MEMORIES: Mapping[str, Kind] = {
    "sma": "window",
    "ema": "recursive",
    "wma": "window",
    "hma": "window",
    "rma": "recursive",
    "dema": "recursive",
    "tema": "recursive",
    "trima": "window",
    "kama": "recursive",
    "vwma": "window",
    "linearreg": "window",
    "rsi": "recursive",
    "roc": "window",
    "momentum": "window",
    "cci": "window",
    "williams_r": "window",
    "cmo": "recursive",
    "trix": "recursive",
    "macd": "recursive",
    "ppo": "recursive",
    "stoch": "window",
    "stochf": "window",
    "stochrsi": "recursive",
    "ultosc": "window",
    "adx": "recursive",
    "dx": "recursive",
    "plus_di": "recursive",
    "minus_di": "recursive",
    "aroon": "window",
    "supertrend": "recursive",
    "psar": "recursive",
    "stdev": "window",
    "zscore": "window",
    "atr": "recursive",
    "natr": "recursive",
    "realized_vol": "window",
    "bbands": "window",
    "keltner": "recursive",
    "highest": "window",
    "lowest": "window",
    "donchian": "window",
    "percentile": "window",
    "opening_range": "session",
    "volume_sma": "window",
    "obv": "recursive",
    "vwap": "session",
    "mfi": "window",
    "cmf": "window",
    "ichimoku": "window",
    "choppiness": "window",
    "chandelier": "recursive",
    "pivots": "session",
    "anchored_vwap": "session",
}
"""Entry of the catalog -> how its memory begins."""


@dataclass(frozen=True, slots=True)
class Memory:
    """How far back a value reaches: ``bars`` before its own, None for every bar so far; ``why`` in words."""

    bars: int | None
    why: str


def memory_of(entry: IndicatorType, inputs: Inputs) -> Memory | None:
    """Return how far back a value of ``entry`` reaches with resolved ``inputs``, without its source and offset.

    None for a type that has no statement.

    >>> from engine.indicators.catalog import CATALOG
    >>> memory_of(CATALOG["sma"], {"length": 20}).bars
    19
    >>> memory_of(CATALOG["ema"], {"length": 20}).bars is None
    True
    """
    kind = MEMORIES.get(entry.name)
    if kind is None:
        return Memory(None, OF_TALIB.format(why=WHY["recursive"])) if entry.talib else None
    if kind == "session" and inputs.get("session") == "rolling":
        kind = "window"
    if kind == "window":
        bars = entry.first_value(inputs)
        return Memory(bars, WHY[kind].format(bars=bars))
    return Memory(None, WHY[kind])
