"""Inputs that many indicators share, written once so that their bounds and aliases stay the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.indicators.fields import FIELD_NAMES
from engine.indicators.indicator_type import MAX_LENGTH, Inputs, InputSpec

if TYPE_CHECKING:
    from collections.abc import Callable

LENGTH_ALIASES = ("timeperiod", "time_period", "period", "periods", "window", "n", "len")
WIDTH_ALIASES = ("mult", "std", "stdev", "std_dev", "stddev", "nbdev", "nbdevup", "multiplier", "factor")


def length(
    default: int, *, low: int = 1, description: str = "Bars in the window.", more: tuple[str, ...] = ()
) -> InputSpec:
    """Return the ``length`` input: bars, at least ``low`` and at most 5,000."""
    return bars_input("length", default, low=low, description=description, aliases=LENGTH_ALIASES + more)


def bars_input(name: str, default: int, *, low: int = 1, description: str, aliases: tuple[str, ...] = ()) -> InputSpec:
    """Return an input that counts bars under a name of its own."""
    return InputSpec(
        name=name, kind="int", default=default, low=low, high=MAX_LENGTH, description=description, aliases=aliases
    )


def source(default: str = "close", *, choices: tuple[str, ...] = ()) -> InputSpec:
    """Return the ``source`` input: a bar field, or another indicator where ``choices`` is empty."""
    what = f"One of {', '.join(choices)}." if choices else f"{', '.join(FIELD_NAMES)}, or another indicator."
    return InputSpec(
        name="source",
        kind="source",
        default=default,
        choices=choices,
        description=what,
        aliases=("src", "input", "price"),
    )


def band_width(name: str, default: float, what: str) -> InputSpec:
    """Return the input that says how far a band lies from its middle, in multiples of ``what``."""
    return InputSpec(
        name=name,
        kind="float",
        default=default,
        low=0.01,
        high=100.0,
        description=f"Distance from the middle, in multiples of {what}.",
        aliases=tuple(alias for alias in WIDTH_ALIASES if alias != name),
    )


def after(extra: int, per_length: int = 1) -> Callable[[Inputs], int]:
    """Return the rule "first value at bar ``per_length * length + extra``"."""
    return lambda inputs: per_length * int(inputs["length"]) + extra
