"""Inputs of TA-Lib's functions: their names here, bounds, words. The bounds were probed once; a test probes them again.

TA-Lib's metadata has names and defaults but no bounds: it refuses a bad whole number at the call, and takes any
double.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.indicators.indicator_type import MAX_LENGTH, InputSpec
from engine.indicators.input_specs import LENGTH_ALIASES

if TYPE_CHECKING:
    from collections.abc import Mapping

AVERAGES = (
    "sma", "ema", "wma", "dema", "tema", "trima", "kama", "mama", "t3", "hma", "none", None, "zlema", "rma",
)  # fmt: skip
"""Kinds of averages by TA-Lib's number; 11, "the function's own default", is what leaving ``matype`` out says."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An input of some functions: its name here, what it is, and its bounds."""

    name: str
    description: str
    low: float
    high: float = MAX_LENGTH
    aliases: tuple[str, ...] = ()


PARAMETERS: Mapping[str, Parameter] = {
    "timeperiod": Parameter("length", "Bars in the window.", 2, aliases=LENGTH_ALIASES),
    "fastperiod": Parameter("fast", "Bars of the fast average.", 2, aliases=("fastperiod", "fast_length")),
    "slowperiod": Parameter("slow", "Bars of the slow average.", 2, aliases=("slowperiod", "slow_length")),
    "signalperiod": Parameter("signal", "Bars of the signal's average.", 1, aliases=("signalperiod", "signal_length")),
    "wmaperiod": Parameter("wmaperiod", "Bars of the weighted average.", 1),
    "roc1period": Parameter("roc1period", "Bars back of the first rate of change.", 1),
    "roc2period": Parameter("roc2period", "Bars back of the second rate of change.", 1),
    "rocperiod": Parameter("rocperiod", "Bars back of the rate of change.", 1),
    "leftbars": Parameter("leftbars", "Bars before the extreme that stay inside it.", 1, aliases=("left", "left_bars")),
    "rightbars": Parameter("rightbars", "Bars after it, which confirm it.", 1, aliases=("right", "right_bars")),
    "fastk_period": Parameter("fastk_period", "Bars of the range.", 1),
    "slowk_period": Parameter("slowk_period", "Bars of the average of the fast line.", 1),
    "slowd_period": Parameter("slowd_period", "Bars of the average of k.", 1),
    "fastd_period": Parameter("fastd_period", "Bars of the average of k.", 1),
    "firstperiod": Parameter("firstperiod", "Bars of the first smoothing.", 2),
    "secondperiod": Parameter("secondperiod", "Bars of the second smoothing.", 2),
    "stddevperiod": Parameter("stddevperiod", "Bars of the deviation.", 2),
    "minperiod": Parameter("minperiod", "Shortest length that is used.", 1),
    "maxperiod": Parameter("maxperiod", "Longest length that is used.", 2),
    "atrperiod": Parameter("atr_length", "Bars of the ATR.", 1, aliases=("atrperiod", "atr_period")),
    "nbdev": Parameter("nbdev", "Distance from the middle, in multiples of the ATR.", 0.01, 100.0),
    "nbdevup": Parameter("nbdevup", "Deviations from the middle to the upper band.", 0.01, 100.0),
    "nbdevdn": Parameter("nbdevdn", "Deviations from the middle to the lower band.", 0.01, 100.0),
    "fastlimit": Parameter("fastlimit", "Upper limit of the smoothing factor.", 0.01, 0.99),
    "slowlimit": Parameter("slowlimit", "Lower limit of the smoothing factor.", 0.01, 0.99),
    "vfactor": Parameter("vfactor", "Volume factor: 0 is an EMA of EMAs, 1 a DEMA of DEMAs.", 0.0, 1.0),
    "penetration": Parameter(
        "penetration", "How far into the first body the last one closes, as a fraction.", 0.0, 1.0
    ),
    "startvalue": Parameter(
        "startvalue", "Price at which it starts: above 0 long, below 0 short, 0 by the first bars.", -1e12, 1e12
    ),
    "offsetonreverse": Parameter("offsetonreverse", "Fraction added to the stop at a reversal.", 0.0, 1.0),
    "accelerationinitlong": Parameter("accelerationinitlong", "Acceleration at the start of a long.", 0.0001, 1.0),
    "accelerationlong": Parameter("accelerationlong", "Acceleration at each new high.", 0.0001, 1.0),
    "accelerationmaxlong": Parameter("accelerationmaxlong", "Highest acceleration of a long.", 0.0001, 1.0),
    "accelerationinitshort": Parameter("accelerationinitshort", "Acceleration at the start of a short.", 0.0001, 1.0),
    "accelerationshort": Parameter("accelerationshort", "Acceleration at each new low.", 0.0001, 1.0),
    "accelerationmaxshort": Parameter("accelerationmaxshort", "Highest acceleration of a short.", 0.0001, 1.0),
}
"""TA-Lib's name of an input -> what it is called here and may be."""

ONE_BAR = frozenset((
    "ADR", "BETA", "CORREL", "EFI", "ERI", "MA", "MINUS_DM", "PLUS_DM", "QSTICK", "ROCP", "ROCR", "ROCR100", "RVI",
    "RVOL", "T3", "VAR", "VORTEX", "ZLEMA",
))  # fmt: skip
"""Functions whose ``timeperiod`` may be 1."""

TWO_BARS = frozenset(("AC", "SMI"))
"""Functions whose ``signalperiod`` may not be 1."""

KINDS_OF = {
    "matype": "the averages",
    "fastmatype": "the fast average",
    "slowmatype": "the slow average",
    "signalmatype": "the signal's average",
    "slowk_matype": "the average of the fast line",
    "slowd_matype": "the average of k",
    "fastd_matype": "the average of k",
}


def parameter_input(function: str, name: str, default: float) -> InputSpec:
    """Return one parameter of a function as an input."""
    if name in KINDS_OF:
        return InputSpec(
            name=name,
            kind="choice",
            default=AVERAGES[int(default)],
            choices=tuple(kind for kind in AVERAGES if kind),
            description=f"Kind of {KINDS_OF[name]}.",
            aliases=("ma_type",) if name == "matype" else (),
        )
    known = PARAMETERS[name]
    low = known.low
    if name == "timeperiod" and function in ONE_BAR:
        low = 1
    elif name == "signalperiod" and function in TWO_BARS:
        low = 2
    return InputSpec(
        name=known.name,
        kind="int" if isinstance(default, int) else "float",
        default=default,
        low=low,
        high=known.high,
        description=known.description,
        aliases=known.aliases,
    )
