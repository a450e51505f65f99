"""Kinds of series that the readers of conditions tell apart, and which of them lie on the price chart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import Field, Math, Series

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand

CLOSE = Field("close")
CHANNELS = ("bbands", "keltner", "donchian")
RANGES = (*CHANNELS, "opening_range")
EXTREMES = ("highest", "lowest")
STOCHASTICS = ("stoch", "stochf", "stochrsi")
FLIPPING = ("supertrend", "psar")
"""Lines that change the side of the price they lie on."""

SIZES = ("atr", "natr", "realized_vol", "stdev", "volume_sma")

CHARTED = (*AVERAGES, *RANGES, *EXTREMES, *FLIPPING, "vwap")
DRAWN = (*AVERAGES, *FLIPPING, "bbands", "keltner", "vwap")


def is_series(operand: Operand | Condition | None, types: tuple[str, ...]) -> TypeGuard[Series]:
    """True for an indicator of one of the catalog types.

    >>> is_series(Series("psar"), FLIPPING), is_series(CLOSE, FLIPPING)
    (True, False)
    """
    return isinstance(operand, Series) and operand.type in types


def is_volume(operand: Operand | None) -> TypeGuard[Field]:
    """True for the volume of a bar."""
    return isinstance(operand, Field) and operand.name == "volume"


def is_size(operand: Operand | None) -> bool:
    """True for what has a size and no path: volume, ranges, widths, deviations, and averages of them.

    >>> is_size(Series("atr")), is_size(Series("bbands", output="width")), is_size(CLOSE)
    (True, True, False)
    """
    if isinstance(operand, Series):
        source = operand.input("source")
        return operand.type in SIZES or operand.output == "width" or source == "volume" or is_size_source(source)
    return is_volume(operand)


def is_size_source(source: object) -> bool:
    """True for an average's source that is itself a size."""
    return isinstance(source, Series) and source.type in SIZES


def price_scaled(operand: Operand) -> bool:
    """True for what lies on the price chart: prices, averages, bands, extremes, and arithmetic with them.

    >>> price_scaled(Series("ema")), price_scaled(Series("rsi")), price_scaled(Series("bbands", output="width"))
    (True, False, False)
    """
    if isinstance(operand, Field):
        return operand.name != "volume" and not operand.name.startswith("time.")
    if isinstance(operand, Math) and operand.op == "-" and price_scaled(operand.left) and price_scaled(operand.right):
        return False  # the width between two lines
    if isinstance(operand, Math):
        return price_scaled(operand.left) or price_scaled(operand.right)
    if isinstance(operand, Series):
        source = operand.input("source")
        if isinstance(source, Series) or source == "volume" or operand.output in ("width", "percent", "direction"):
            return False
        return operand.type in CHARTED
    return False


def drawn_line(series: Series) -> bool:
    """True for a line that moves with the price and is compared bar by bar."""
    return series.type in DRAWN and series.timeframe is None


def channel_in_mind(c: Cursor) -> Series | None:
    """Return the channel last spoken of: what a break without an object breaks."""
    for series in reversed(c.mind.mentions):
        if series.type in RANGES and series.output in (None, "width"):
            return replace(series, output=None)
    return None


def charted_mentions(c: Cursor) -> list[Series]:
    """Return the lines of the price chart spoken of so far, the last one last."""
    return [one for one in c.mind.mentions if price_scaled(one)]
