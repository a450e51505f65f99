"""Named setups and shorthand: what a strategy's name stands for, by the rules it was published with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.kinds import CLOSE
from agent.language.builtin.conditions.signs import LEVELS
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import Compare, Condition, Field, Number, Series, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agent.language.builtin.rules import Operand, When

FADES = frozenset(
    "fade fades fading mean reversion reversal revert bounce bounces dip dips contrarian rev snapback".split()
)
"""Words that mean an indicator against the move."""

BREAKS = frozenset("breakout breakouts break breaks momentum trend following follow breakdown".split())
"""Words that mean it with the move."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Entry and exit of the long side, in words too where the rule is a default of ours; the short side mirrors it."""

    entry: Condition
    exit: Condition
    words: str


def averages(kind: str, fast: float, slow: float, unsaid: str | None = None) -> tuple[Series, Series]:
    """Return two moving averages of a kind."""
    one, two = (Series(kind, (("length", Span(length)),), unsaid=unsaid) for length in (fast, slow))
    return one, two


def crossing(fast: Series, slow: Series) -> Setup:
    """Buy when the fast average crosses above the slow one, sell when it crosses below."""
    return _crossed(fast, slow, "in when the fast average crosses above the slow one, out when it crosses back below")


def _crossed(one: Operand, other: Operand, words: str) -> Setup:
    return Setup(Compare("crosses_above", one, other), Compare("crosses_below", one, other), words)


def named_cross(name: str, lengths: tuple[float, float] | None) -> Compare:
    """Return the cross a named setup stands for; 50 and 200 bars are those it is named for."""
    fast, slow = averages("sma", *(sorted(lengths) if lengths else (50.0, 200.0)))
    return Compare(direction_of(name), fast, slow)


def direction_of(name: str) -> When:
    """Return which way the fast average of a named cross goes."""
    return "crosses_above" if name == "golden_cross" else "crosses_below"


def shorthand(
    mentions: Sequence[Series],
    pairs: Sequence[tuple[Series, Series]],
    levels: tuple[float, float] | None,
    words: frozenset[str],
) -> Setup | None:
    """Return what a message without a rule means by the indicators it names, or None.

    ``pairs`` are two lengths of one average, ``levels`` two levels of an oscillator, ``words`` all of the message.
    """
    if pairs:
        return crossing(*sorted(pairs[0], key=lambda series: series.input("length").n))
    heads = [series for series in mentions if series.type != "atr" and _is_named(series, words)]
    if not heads:
        return None
    fading = bool(words & FADES)
    lengths = [series for series in heads if series.type in AVERAGES and not series.bare]
    distinct = sorted({series.input("length").n: series for series in lengths}.items())
    if len(distinct) == 2 and len({series.type for _, series in distinct}) == 1 and not fading:
        return crossing(distinct[0][1], distinct[1][1])
    for series in sorted(heads, key=lambda one: one.bare):
        found = _by_type(series, levels, fading, bool(words & BREAKS))
        if found is not None:
            return found
    return None


def _is_named(series: Series, words: frozenset[str]) -> bool:
    """False for a line called by a word of everyday use alone: ``signal on month end``, ``multiplier k``."""
    if series.output not in ("k", "d", "signal"):
        return True
    return any(word.startswith(("stoch", "srsi", "macd", "%", "slow", "fast")) for word in words)


def _by_type(series: Series, levels: tuple[float, float] | None, fading: bool, breaking: bool) -> Setup | None:
    """The usual rule of one indicator, by how the message means it: against a move, with a break, or neither."""
    if series.type in LEVELS or (series.type == "zscore" and levels is not None):
        return _between_levels(series, levels or LEVELS[series.type])
    if series.type in ("bbands", "keltner"):
        return _faded_bands(series) if fading else _broken_bands(series) if breaking else None
    if series.type == "vwap":
        return _faded_vwap(series) if fading else None
    usual = USUAL.get(series.type)
    return None if usual is None else usual(series)


def _between_levels(series: Series, levels: tuple[float, float]) -> Setup:
    low, high = levels
    if series.type in ("stoch", "stochf", "stochrsi"):
        series = replace(series, output=series.output or "k")
    return Setup(
        Compare("lt", series, Number(low)),
        Compare("gt", series, Number(high)),
        f"in below {low:g}, out above {high:g}",
    )


def _faded_bands(series: Series) -> Setup:
    return Setup(
        Compare("lt", CLOSE, replace(series, output="lower")),
        Compare("gte", CLOSE, replace(series, output="middle")),
        "in when the close is below the lower band, out when it is back at the middle band",
    )


def _broken_bands(series: Series) -> Setup:
    return Setup(
        Compare("crosses_above", CLOSE, replace(series, output="upper")),
        Compare("lt", CLOSE, replace(series, output="middle")),
        "in when the close crosses above the upper band, out when it is below the middle band",
    )


def _faded_vwap(series: Series) -> Setup:
    return Setup(Compare("lt", CLOSE, series), Compare("gt", CLOSE, series), "in below the VWAP, out above it")


def _macd(series: Series) -> Setup:
    line, signal = replace(series, output="line"), replace(series, output="signal")
    return _crossed(line, signal, "in when the line crosses above its signal, out when it crosses back below")


def _donchian(series: Series) -> Setup:
    return Setup(
        Compare("gt", CLOSE, replace(series, output="upper")),
        Compare("lt", CLOSE, replace(series, output="lower")),
        "in when the close is above the channel of the bars before, out when it is below it",
    )


def _supertrend(series: Series) -> Setup:
    direction = replace(series, output="direction")
    return Setup(
        Compare("eq", direction, Number(1.0)),
        Compare("eq", direction, Number(-1.0)),
        "in while the supertrend points up, out when it points down",
    )


def _psar(series: Series) -> Setup:
    return _crossed(CLOSE, series, "in when the close crosses above the parabolic SAR, out when it crosses below")


def _zscore(series: Series) -> Setup:
    return Setup(
        Compare("lt", series, Number(-2.0)), Compare("gte", series, Number(0.0)), "in below -2, out at the mean"
    )


USUAL: dict[str, Callable[[Series], Setup]] = {
    "macd": _macd,
    "donchian": _donchian,
    "supertrend": _supertrend,
    "psar": _psar,
    "zscore": _zscore,
}
"""Indicators with one rule they are known for, however they are spoken of."""


def channel_side(condition: Compare, *, up: bool) -> Compare:
    """Return an undirected break of a whole channel as the break of one of its lines."""
    right = condition.right
    if not isinstance(right, Series):
        return condition
    high, low = ("high", "low") if right.type == "opening_range" else ("upper", "lower")
    line = replace(right, output=high if up else low)
    if right.type == "opening_range":
        return Compare("gt" if up else "lt", Field("high" if up else "low"), line)
    if condition.when == "outside":
        return Compare("gt" if up else "lt", condition.left, line)
    return Compare("crosses_above" if up else "crosses_below", condition.left, line)


def is_whole_channel(condition: Condition) -> bool:
    """True for a break whose direction is still open."""
    return (
        isinstance(condition, Compare)
        and condition.when in ("cross", "outside")
        and isinstance(condition.right, Series)
        and condition.right.type in ("donchian", "bbands", "keltner", "opening_range")
        and condition.right.output is None
    )
