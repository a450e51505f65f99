"""The strategies that are paraphrased: each rule as data, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from evals import paraphrase_words as words

if TYPE_CHECKING:
    from collections.abc import Callable

    from evals.paraphrase_words import Choose


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition as data, the indicators it reads (key, type, inputs), and how it is said."""

    condition: dict[str, Any]
    indicators: tuple[tuple[str, str, dict[str, Any]], ...]
    say: Callable[[Choose], str]


@dataclass(frozen=True, slots=True)
class Strategy:
    """A strategy as its parts; all rules of a list must hold. Stop, target and size are fractions."""

    name: str
    asset: str
    timeframe: str
    entry: tuple[Rule, ...]
    leave: tuple[Rule, ...] = ()
    stop: float | None = None
    target: float | None = None
    size: float | None = None
    side: Literal["long", "short"] = "long"


def averages_cross(kind: str, fast: int, slow: int, *, up: bool) -> Rule:
    """Return "the fast average crosses the slow one"."""
    keys = [f"{kind}_{length}" for length in (fast, slow)]
    condition = {"when": "crosses_above" if up else "crosses_below", "left": keys[0], "right": keys[1]}
    verbs = words.UP if up else words.DOWN
    return Rule(
        condition,
        tuple((key, kind, {"length": length}) for key, length in zip(keys, (fast, slow), strict=True)),
        lambda choose: f"{words.average(kind, fast, choose)} {choose(verbs)} {words.average(kind, slow, choose)}",
    )


def price_and_average(kind: str, length: int, *, up: bool, crossing: bool) -> Rule:
    """Return "the close is above (or crosses) an average"."""
    key = f"{kind}_{length}"
    when = ("crosses_above" if up else "crosses_below") if crossing else ("gt" if up else "lt")
    verbs = (words.UP if up else words.DOWN) if crossing else (words.OVER if up else words.UNDER)
    return Rule(
        {"when": when, "left": "close", "right": key},
        ((key, kind, {"length": length}),),
        lambda choose: f"{choose(words.PRICES)} {choose(verbs)} {words.average(kind, length, choose)}",
    )


def oscillator_level(name: str, length: int, level: float, *, up: bool, crossing: bool = False) -> Rule:
    """Return "RSI is above (or crosses) a level"."""
    key = f"{name.lower()}_{length}"
    output = ".adx" if name == "ADX" else ""
    when = ("crosses_above" if up else "crosses_below") if crossing else ("gt" if up else "lt")
    verbs = (words.UP if up else words.DOWN) if crossing else (words.OVER if up else words.UNDER)
    return Rule(
        {"when": when, "left": key + output, "value": level},
        ((key, name.lower(), {"length": length}),),
        lambda choose: f"{words.oscillator(name, length, choose)} {choose(verbs)} {words.whole(level, choose)}",
    )


def macd_cross(*, up: bool) -> Rule:
    """Return "MACD crosses its signal line", with the usual lengths."""
    verbs = words.UP if up else words.DOWN
    lines = ["its signal line", "the signal line", "its signal", "the MACD signal line"]
    return Rule(
        {"when": "crosses_above" if up else "crosses_below", "left": "macd.line", "right": "macd.signal"},
        (("macd", "macd", {"fast": 12, "slow": 26, "signal": 9}),),
        lambda choose: f"{choose(['MACD', 'the MACD line', 'the MACD', 'macd'])} {choose(verbs)} {choose(lines)}",
    )


def band_touch(band: str, *, up: bool) -> Rule:
    """Return "the close is beyond a Bollinger band", with the usual settings."""
    names = [f"the {band} Bollinger band (20, 2)", f"the {band} Bollinger Band", f"the {band} BB(20,2)"]
    names += [f"the {band} band of the Bollinger Bands", f"{band} bollinger band (20,2)"]
    verbs = words.OVER if up else words.UNDER
    return Rule(
        {"when": "gt" if up else "lt", "left": "close", "right": f"bb.{band}"},
        (("bb", "bbands", {"length": 20, "stddev": 2}),),
        lambda choose: f"{choose(words.PRICES)} {choose(verbs)} {choose(names)}",
    )


@cache
def strategies() -> tuple[Strategy, ...]:
    """Return the strategies that are paraphrased."""
    cross, price, level = averages_cross, price_and_average, oscillator_level
    fast_up, fast_down = cross("ema", 9, 21, up=True), cross("ema", 9, 21, up=False)
    golden, death = cross("sma", 50, 200, up=True), cross("sma", 50, 200, up=False)
    turned_up, turned_down = cross("ema", 12, 26, up=True), cross("ema", 12, 26, up=False)
    macd_up, macd_down = macd_cross(up=True), macd_cross(up=False)
    is_cheap, is_back = band_touch("lower", up=False), band_touch("middle", up=True)
    above_200, below_50 = price("sma", 200, up=True, crossing=False), price("ema", 50, up=False, crossing=False)
    over_100, under_100 = price("sma", 100, up=True, crossing=True), price("sma", 100, up=False, crossing=True)
    dip, recovered = level("RSI", 14, 30, up=False), level("RSI", 14, 70, up=True)
    deep, hot = level("RSI", 14, 25, up=False), level("RSI", 14, 75, up=True)
    quick_dip, quick_high = level("RSI", 2, 10, up=False), level("RSI", 2, 70, up=True)
    rebound, trend = level("RSI", 7, 30, up=True, crossing=True), price("ema", 200, up=True, crossing=False)
    cci_up, cci_high = level("CCI", 20, -100, up=True, crossing=True), level("CCI", 20, 100, up=True)
    mfi_low, mfi_high = level("MFI", 14, 20, up=False), level("MFI", 14, 80, up=True)
    strong, cooled = level("ADX", 14, 25, up=True), level("RSI", 14, 45, up=False)
    over_20 = price("ema", 20, up=True, crossing=True)
    return (
        Strategy("ema-cross", "BTC", "4h", (fast_up,), (fast_down,), stop=0.04, size=0.1),
        Strategy("sma-cross", "ETH", "1d", (golden,), (death,), size=0.25),
        Strategy("rsi-dip", "SOL", "1h", (dip,), (recovered,), stop=0.02, target=0.05),
        Strategy("rsi-trend", "BTC", "1d", (quick_dip, above_200), (quick_high,), stop=0.05),
        Strategy("macd", "ETH", "4h", (macd_up,), (macd_down,), stop=0.03, target=0.09, size=0.15),
        Strategy("macd-adx", "SOL", "4h", (macd_up, strong), (macd_down,), stop=0.05),
        Strategy("bands", "BTC", "1h", (is_cheap,), (is_back,), stop=0.025, size=0.05),
        Strategy("bands-rsi", "ETH", "15m", (is_cheap, deep), stop=0.01, target=0.02),
        Strategy("price-cross", "AAPL", "1d", (over_100,), (under_100,), size=0.5),
        Strategy("pullback", "SOL", "30m", (trend, rebound), stop=0.015, target=0.03, size=0.2),
        Strategy("cci", "BTC", "1h", (cci_up,), (cci_high,), stop=0.03),
        Strategy("short-cross", "BTC", "4h", (turned_down,), (turned_up,), stop=0.03, size=0.1, side="short"),
        Strategy("short-rsi", "ETH", "1h", (hot, below_50), (cooled,), stop=0.02, target=0.04, side="short"),
        Strategy("target-only", "BTC", "1d", (over_20,), stop=0.08, target=0.25, size=0.3),
        Strategy("mfi", "ETH", "4h", (mfi_low,), (mfi_high,), stop=0.06, size=0.12),
    )
