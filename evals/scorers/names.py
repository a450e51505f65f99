"""One name for everything a case file and a spec may call differently: types, inputs, outputs, assets, timeframes."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, TypeGuard

from engine.indicators.catalog import CATALOG

if TYPE_CHECKING:
    from collections.abc import Mapping

PRICE_FIELDS = frozenset({"open", "high", "low", "close", "volume", "hl2", "hlc3", "ohlc4"})
TIME_FIELDS = frozenset({"time.hour", "time.minute", "time.weekday", "time.day", "time.month"})

TYPES = {
    name: kind
    for kind, names in {
        "awesome_oscillator": "ao",
        "bbands": "bb bollinger bollinger_bands",
        "donchian": "dc",
        "highest": "max",
        "keltner": "kc",
        "lowest": "min",
        "momentum": "mom",
        "psar": "sar parabolic_sar",
        "return": "rocp",
        "rma": "wilder smma",
        "stdev": "std stddev",
        "stoch": "stochastic",
        "williams_r": "willr",
    }.items()
    for name in names.split()
}
"""Other names of indicator types."""

INPUTS = {
    name: own
    for own, names in {
        "length": "timeperiod period window n",
        "multiplier": "mult std nbdev nbdevup stddev",
        "smooth": "k_smooth",
        "fast": "fastperiod fast_length",
        "slow": "slowperiod slow_length",
        "signal": "signalperiod signal_length",
        "k": "k_length fastk_period",
        "d": "d_length fastd_period",
        "step": "acceleration",
        "max": "maximum",
    }.items()
    for name in names.split()
}
"""Other names of inputs; ``multiplier`` is called ``stddev`` in Bollinger bands (`input_name`)."""

OUTPUTS = {
    name: own
    for own, names in {
        "middle": "mid basis middleband",
        "hist": "histogram macdhist",
        "line": "macd",
        "signal": "macdsignal signal_line",
        "k": "slowk fastk",
        "d": "slowd fastd",
        "direction": "dir trend",
        "plus_di": "pdi",
        "minus_di": "mdi",
        "upper": "upperband",
        "lower": "lowerband",
        "width": "bandwidth",
    }.items()
    for name in names.split()
}
"""Other names of outputs."""

MAIN_OUTPUT = {
    "macd": "line",
    "adx": "adx",
    "supertrend": "line",
    **dict.fromkeys(("bbands", "stoch", "stochf", "stochrsi", "keltner", "donchian", "aroon", "opening_range")),
}
"""Types with several outputs, and the one a case file means when it names none."""

WITHOUT_SOURCE = frozenset([
    "cci", "williams_r", "mfi", "adx", "plus_di", "minus_di", "dx", "atr", "natr", "aroon", "stoch", "stochf", "obv",
    "donchian", "supertrend", "psar", "keltner", "realized_vol", "volume_sma", "vwap",
])  # fmt: skip
"""Types whose price is fixed: a source of ``close`` or ``hlc3`` written there says nothing."""

COMPLETED = frozenset([
    "sma", "ema", "wma", "hma", "rma", "zscore", "stdev", "highest", "lowest", "rsi", "roc", "momentum", "cmo", "cci",
    "williams_r", "mfi", "adx", "plus_di", "minus_di", "dx", "atr", "natr", "aroon", "dema", "tema", "trima", "kama",
    "macd", "bbands", "stoch", "stochf", "stochrsi", "realized_vol", "keltner", "donchian", "supertrend", "psar", "obv",
    "volume_sma",
])  # fmt: skip
"""Types whose inputs may be left out: they take the catalog's defaults. Others have to be written out."""

BEYOND_THE_CATALOG: Mapping[str, Mapping[str, Any]] = {
    "return": {"length": 14, "source": "close"},
    "awesome_oscillator": {"fast": 5, "slow": 34},
    "ichimoku": {"tenkan": 9, "kijun": 26, "senkou": 52},
}

CURRENCIES = frozenset(["EUR", "GBP", "AUD", "NZD", "CAD", "CHF", "JPY", "XAU", "XAG"])
QUOTES = ("USDT", "USDC", "BUSD", "USD")

SPOKEN_TIMEFRAMES = {"daily": "1d", "d": "1d", "hourly": "1h", "weekly": "1w", "w": "1w"}
MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080}


def type_name(written: Any) -> str:
    """Return the one name of an indicator type.

    >>> type_name("Bollinger")
    'bbands'
    """
    name = str(written).lower()
    return TYPES.get(name, name)


def input_name(kind: str, written: Any) -> str:
    """Return the one name of an input of a type.

    >>> input_name("bbands", "nbdev"), input_name("keltner", "mult"), input_name("stoch", "period")
    ('stddev', 'multiplier', 'k')
    """
    name = str(written).lower()
    name = INPUTS.get(name, name)
    if name == "multiplier" and kind == "bbands":
        return "stddev"
    return "k" if name == "length" and kind == "stoch" else name


@cache
def defaults_of(kind: str) -> Mapping[str, Any]:
    """Return the inputs a type has when none is written, empty for a type that has to be written out."""
    if kind in BEYOND_THE_CATALOG:
        return BEYOND_THE_CATALOG[kind]
    if kind not in COMPLETED:
        return {}
    unsaid = {"source"} if kind in WITHOUT_SOURCE or kind == "stochrsi" else set()
    return {one.name: one.default for one in CATALOG[kind].inputs if one.name not in unsaid}


def is_number(value: Any) -> TypeGuard[float]:
    """Tell whether a JSON value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def asset_name(asset: Any, quote: Any = None) -> str:
    """Return an asset without its quote currency; a currency alone becomes a pair.

    >>> asset_name("btc/usdt"), asset_name("ETH-PERP"), asset_name("EUR"), asset_name("EURUSD")
    ('BTC', 'ETH', 'EURUSD', 'EURUSD')
    """
    name = re.sub(r"[^A-Z0-9]", "", re.sub(r"-?PERP$", "", str(asset).upper()))
    if name in CURRENCIES:
        return name + str(quote or "USD").upper()
    for tail in QUOTES:
        base = name.removesuffix(tail)
        if base not in ("", name) and base not in CURRENCIES:
            return base.replace("XBT", "BTC")
    return name.replace("XBT", "BTC")


def timeframe_name(written: Any) -> str | None:
    """Return a timeframe as number and unit; what is no timeframe stays as it is.

    >>> timeframe_name("60 min"), timeframe_name("Daily"), timeframe_name("24h"), timeframe_name("soon")
    ('1h', '1d', '1d', 'soon')
    """
    if written is None:
        return None
    text = str(written).strip().lower()
    text = SPOKEN_TIMEFRAMES.get(text, text)
    found = re.fullmatch(r"(\d*)\s*(m|min|mins|minutes?|h|hr|hours?|d|days?|w|weeks?)", text)
    if not found:
        return text
    count, unit = int(found[1] or 1), found[2][0]
    if unit == "m" and count % 60 == 0:
        count, unit = count // 60, "h"
    return "1d" if (count, unit) == (24, "h") else f"{count}{unit}"


def timeframe_minutes(written: Any) -> int | None:
    """Return the minutes of a bar, None for what is no timeframe.

    >>> timeframe_minutes("4h"), timeframe_minutes("soon")
    (240, None)
    """
    found = re.fullmatch(r"(\d+)([mhdw])", timeframe_name(written) or "")
    return int(found[1]) * MINUTES[found[2]] if found else None
