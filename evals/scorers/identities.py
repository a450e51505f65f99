"""Series that are equal by definition, folded into one notation.

MACD's histogram is its line less its signal, a Bollinger band an average and a number of deviations, a channel the
highest high of earlier bars, and so on.
"""

from __future__ import annotations

from typing import Any

from evals.scorers.forms import Form, atom, constant, divided, lagged, leaf, minus, plus, shown, times
from evals.scorers.names import PRICE_FIELDS

BAND = {"upper": 1, "middle": 0, "lower": -1}
BANDS_OF_ATR = {"keltner": "ema", "ema_atr_band": "ema", "sma_atr_band": "sma"}
READ_BY_ANOTHER = {("stoch", "k"): "d", ("stochrsi", "k"): "d", ("macd", "line"): "signal"}
"""An output, and the input that does not change it."""


def expanded(kind: str, inputs: dict[str, Any], output: str | None, *, roc_in_percent: bool) -> Form:
    """Return an indicator's output in the one notation of equal series.

    ``inputs`` bear their own names and are complete. ``roc_in_percent`` says how a rate of change is written: a
    spec's is in per cent, a case file's a fraction.
    """
    elsewhere = {name: value for name, value in inputs.items() if name in ("timeframe", "offset")}
    length, source = inputs.get("length"), inputs.get("source", "close")

    def series(name: str, part: str | None = None, **given: Any) -> Form:
        return leaf(name, {**given, **elsewhere}, part)

    def same(name: str, part: str | None, given: dict[str, Any]) -> Form:
        return expanded(name, given, part, roc_in_percent=roc_in_percent)

    if kind == "volume_sma":
        return series("sma", length=length, source="volume")
    if kind == "macd" and output == "hist":
        return minus(same(kind, "line", inputs), same(kind, "signal", inputs))
    if kind == "bbands" and output in BAND:
        deviations = BAND[output] * float(inputs["stddev"])
        average = series("sma", length=length, source=source)
        return plus(average, series("stdev", length=length, source=source), deviations)
    if kind in BANDS_OF_ATR and output in BAND:
        ranges = BAND[output] * float(inputs["multiplier"])
        average = series(BANDS_OF_ATR[kind], length=length, source="close")
        return plus(average, series("atr", length=inputs["atr_length"]), ranges)
    if kind == "donchian" and not elsewhere and output in ("upper", "middle", "lower", "width"):
        return _channel(output, length)
    if kind == "ichimoku" and output in ("tenkan", "kijun"):
        high = series("highest", length=inputs[output], source="high")
        return times(plus(high, series("lowest", length=inputs[output], source="low")), constant(0.5))
    if kind == "awesome_oscillator":
        fast = series("sma", length=inputs["fast"], source="hl2")
        return minus(fast, series("sma", length=inputs["slow"], source="hl2"))
    if kind == "aroon" and output == "oscillator":
        return minus(series("aroon", "up", length=length), series("aroon", "down", length=length))
    if kind == "adx" and output in ("plus_di", "minus_di"):
        return series(output, length=length)
    if kind == "stochf":
        return same("stoch", output, {"k": inputs["k"], "d": inputs["d"], "smooth": 1, **elsewhere})
    if kind == "dema" and source in PRICE_FIELDS:
        once = series("ema", length=length, source=source)
        return minus(times(once, constant(2)), series("ema", length=length, source=f"<{shown(once)}>"))
    if kind in ("roc", "return", "momentum") and source in PRICE_FIELDS and not elsewhere:
        return _change(kind, source, int(inputs["length"]), 100 if kind == "roc" and roc_in_percent else 1)
    idle = READ_BY_ANOTHER.get((kind, output or ""))
    return leaf(kind, {name: value for name, value in inputs.items() if name != idle}, output)


def _channel(output: str, length: Any) -> Form:
    """Return a channel of the bars before this one."""
    high = lagged(leaf("highest", {"length": length, "source": "high"}), 1)
    low = lagged(leaf("lowest", {"length": length, "source": "low"}), 1)
    if output == "middle":
        return times(plus(high, low), constant(0.5))
    return {"upper": high, "lower": low}.get(output) or minus(high, low)


def _change(kind: str, source: str, length: int, unit: int) -> Form:
    now, then = atom(source), atom(source, length)
    if kind == "momentum":
        return minus(now, then)
    return times(minus(divided(now, then), constant(1)), constant(unit))
