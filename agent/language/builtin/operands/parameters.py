"""The numbers of an indicator: what they are called, in which order people write them, what they fill."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.language.builtin.rules import Span

if TYPE_CHECKING:
    from agent.language.builtin.rules import Series

PARAMETERS: dict[str, tuple[str, ...]] = {
    "macd": ("fast", "slow", "signal"),
    "ppo": ("fast", "slow"),
    "bbands": ("length", "stddev"),
    "keltner": ("length", "multiplier"),
    "supertrend": ("length", "multiplier"),
    "stoch": ("k", "d", "smooth"),
    "stochf": ("k", "d"),
    "stochrsi": ("length", "k", "d"),
    "psar": ("step", "max"),
    "obv": (),
    "vwap": (),
    "opening_range": (),
    "ultosc": ("fast", "middle", "slow"),
}
"""Numbers behind the name of an indicator, in the order people write them; all others have one length."""

AVERAGES = ("sma", "ema", "wma", "hma", "rma", "dema", "tema", "trima", "kama", "vwma", "linearreg")
SCALED = (
    "rsi", "stoch", "stochf", "stochrsi", "mfi", "williams_r", "cci", "adx", "dx", "cmo", "aroon", "ultosc", "zscore",
    "roc",
)  # fmt: skip
"""Indicators on a scale of their own, the same for every price."""

WHOLE = {"length", "fast", "slow", "signal", "k", "d", "smooth", "middle", "atr_length"}
"""Inputs that count bars."""


def parameters(series: Series) -> tuple[str, ...]:
    """Return the names of an indicator's numbers, in the order people write them."""
    return PARAMETERS.get(series.type, ("length",))


def unsaid_parameters(series: Series) -> list[str]:
    """Return the names of those numbers that nothing was said about yet."""
    return [name for name in parameters(series) if series.input(name) is None]


def with_numbers(series: Series, numbers: list[Span]) -> Series:
    """Return the series with its open inputs filled in order; a negative number counts deviations.

    >>> from agent.language.builtin.rules import Series
    >>> with_numbers(Series("macd", bare=True), [Span(12), Span(26)]).inputs
    (('fast', Span(n=12, unit='bar')), ('slow', Span(n=26, unit='bar')))
    """
    if not numbers:
        return series
    names = parameters(series)
    inputs: dict[str, Any] = dict(series.inputs)
    free = [name for name in names if name not in inputs]
    for span in numbers:
        if span.n < 0 and "stddev" in names:
            inputs["stddev"] = -span.n
            free = [name for name in free if name != "stddev"]
        elif free:
            inputs[free[0]] = as_input(free[0], span)
            free = free[1:]
    wide = "stddev" if series.type == "bbands" else "multiplier"
    length = inputs.get("length")
    if wide in inputs and isinstance(length, Span) and length.n < 5 <= inputs[wide]:
        inputs["length"], inputs[wide] = Span(inputs[wide]), length.n  # "bb (2, 20)"
    return replace(series, inputs=tuple(inputs.items()), bare=not inputs)


def as_input(name: str, span: Span) -> Any:
    """Return a number as the input it is: a span where it counts bars, else the plain number."""
    return span if name in WHOLE else span.n
