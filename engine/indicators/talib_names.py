"""TA-Lib's functions by name: which are core types already, which keep their name, which patterns say what."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

COVERED: Mapping[str, str] = MappingProxyType(
    {
        **{name.upper(): name for name in (
            "sma", "ema", "wma", "hma", "rma", "dema", "tema", "trima", "kama", "vwma", "linearreg", "rsi", "roc",
            "cci", "cmo", "trix", "macd", "ultosc", "atr", "natr", "adx", "dx", "plus_di", "minus_di", "aroon",
            "supertrend", "percentile", "obv", "mfi", "cmf",
        )},
        "MOM": "momentum", "WILLR": "williams_r", "STDDEV": "stdev", "MAX": "highest", "MIN": "lowest",
        "SAR": "psar",
    }
)  # fmt: skip
"""Function -> the core type that computes the same under TA-Lib's name or its own, so that it needs no second entry."""

RENAMED: Mapping[str, str] = MappingProxyType({
    "BBANDS": "bbands has one reach for both bands and always a simple average",
    "DONCHIAN": "donchian leaves out the current bar, so that a bar can break it",
    "KC": "keltner averages the close, TA-Lib's the typical price",
    "MA": "ma is another name of sma",
    "PPO": "ppo has exponential averages alone",
    "STOCH": "stoch has simple averages alone",
    "STOCHF": "stochf has simple averages alone",
    "STOCHRSI": "stochrsi smooths k and has one length for the RSI and its range",
    "VWAP": "vwap begins anew with each session or rolls",
})  # fmt: skip
"""Functions whose name is a core type's that means something else, with the difference: they are ``talib_<name>``."""

BULLISH = frozenset((
    "CDL3STARSINSOUTH", "CDL3WHITESOLDIERS", "CDLCONCEALBABYSWALL", "CDLDOJI", "CDLDRAGONFLYDOJI", "CDLGRAVESTONEDOJI",
    "CDLHAMMER", "CDLHOMINGPIGEON", "CDLINVERTEDHAMMER", "CDLLADDERBOTTOM", "CDLLONGLEGGEDDOJI", "CDLMATCHINGLOW",
    "CDLMATHOLD", "CDLMORNINGDOJISTAR", "CDLMORNINGSTAR", "CDLPIERCING", "CDLRICKSHAWMAN", "CDLSTICKSANDWICH",
    "CDLTAKURI", "CDLUNIQUE3RIVER",
))  # fmt: skip
"""Patterns that say 100 or nothing (the dojis of no direction among them)."""

BEARISH = frozenset((
    "CDL2CROWS", "CDL3BLACKCROWS", "CDLADVANCEBLOCK", "CDLDARKCLOUDCOVER", "CDLEVENINGDOJISTAR", "CDLEVENINGSTAR",
    "CDLHANGINGMAN", "CDLIDENTICAL3CROWS", "CDLINNECK", "CDLONNECK", "CDLSHOOTINGSTAR", "CDLSTALLEDPATTERN",
    "CDLTHRUSTING", "CDLUPSIDEGAP2CROWS",
))  # fmt: skip
"""Patterns that say -100 or nothing."""

CONFIRMED = frozenset(("CDLHIKKAKE", "CDLHIKKAKEMOD"))
"""Patterns that say 200 or -200 once later bars confirm them."""

PARTIAL = frozenset(("CDLENGULFING", "CDLHARAMI", "CDLHARAMICROSS"))
"""Patterns that say 80 or -80 where the two bodies share an end."""


def type_name(function: str) -> str:
    """Return the name of the type that stands for a TA-Lib function, core or not.

    >>> type_name("MOM"), type_name("BBANDS"), type_name("CDLDOJI")
    ('momentum', 'talib_bbands', 'cdldoji')
    """
    lowered = function.lower()
    return COVERED.get(function) or (f"talib_{lowered}" if function in RENAMED else lowered)
