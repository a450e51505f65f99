"""Every indicator of the catalog by hand: plain Python from the published definitions, nothing from the engine.

Slow and readable. A series is a list, None where it is not defined. Where conventions differ these are
TA-Lib's: Wilder's smoothing, averages seeded with a simple mean, population deviation.
Wilder, J. W. (1978), New Concepts in Technical Trading Systems: RSI, ATR, ADX, SAR. Appel: MACD, PPO. Lane:
stochastic. Lambert: CCI. Chande: CMO, Aroon, StochRSI (with Kroll). Kaufman: KAMA. Mulloy: DEMA, TEMA. Hull: HMA.
Williams: %R, ultimate oscillator. Hutson: TRIX. Bollinger: bands. Seban: supertrend. Granville: OBV. Quong and
Soudack: MFI. Chaikin: CMF.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil, floor, fsum, log, sqrt
from typing import Any
from zoneinfo import ZoneInfo

Series = list[float | None]
MINUTES = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240, "1d": 1440}


class Candles:
    """Bars as plain lists."""

    def __init__(self, bars: Any) -> None:
        for name in ("time", "open", "high", "low", "close", "volume"):
            setattr(self, name, getattr(bars, name).tolist())
        self.n = len(self.time)
        self.timeframe: str = bars.timeframe
        self.interval_ms = MINUTES[bars.timeframe] * 60_000

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def source(self, name: str) -> list[float]:
        rows = list(zip(self.open, self.high, self.low, self.close, strict=True))
        if name == "hl2":
            return [(h + low) / 2 for _, h, low, _ in rows]
        if name == "hlc3":
            return [(h + low + c) / 3 for _, h, low, c in rows]
        if name == "ohlc4":
            return [(o + h + low + c) / 4 for o, h, low, c in rows]
        return list(getattr(self, name))


def windowed(values: Series, n: int, figure: Callable[[list[float]], float | None]) -> Series:
    """Return ``figure`` of each full window of defined values."""
    out: Series = []
    for t in range(len(values)):
        window = values[t - n + 1 : t + 1] if t >= n - 1 else [None]
        out.append(None if None in window else figure(window))  # type: ignore[arg-type]
    return out


def join(figure: Callable[..., float | None], *series: Series) -> Series:
    """Return ``figure`` bar by bar where all series are defined."""
    return [None if None in row else figure(*row) for row in zip(*series, strict=True)]


def on_defined(values: Series, figure: Callable[[list[float]], Series]) -> Series:
    """Apply ``figure`` to what comes after the leading gap."""
    first = next((t for t, value in enumerate(values) if value is not None), len(values))
    return [None] * first + figure(values[first:])  # type: ignore[arg-type]


def mean(window: list[float]) -> float:
    return window[0] if min(window) == max(window) else fsum(window) / len(window)


def deviation(window: list[float], ddof: int = 0) -> float:
    middle = mean(window)
    return sqrt(fsum((value - middle) ** 2 for value in window) / (len(window) - ddof))


def sma(values: Series, n: int) -> Series:
    return windowed(values, n, mean)


def wma(values: Series, n: int) -> Series:
    return windowed(values, n, lambda w: fsum((k + 1) * x for k, x in enumerate(w)) / (n * (n + 1) / 2))


def smoothed(values: list[float], n: int, share: float) -> Series:
    """Exponential smoothing seeded with the simple mean of the first ``n``."""
    out: Series = [None] * min(n - 1, len(values))
    for t in range(n - 1, len(values)):
        last = out[-1] if out else None
        out.append(mean(values[:n]) if t == n - 1 else last + share * (values[t] - last))  # type: ignore[operator]
    return out


def ema(values: Series, n: int) -> Series:
    return on_defined(values, lambda defined: smoothed(defined, n, 2 / (n + 1)))


def rma(values: Series, n: int) -> Series:
    return on_defined(values, lambda defined: smoothed(defined, n, 1 / n))


def hma(values: Series, n: int) -> Series:
    half, whole = wma(values, max(n // 2, 1)), wma(values, n)
    return wma(join(lambda a, b: 2 * a - b, half, whole), floor(sqrt(n)))


def dema(values: Series, n: int) -> Series:
    one = ema(values, n)
    return join(lambda a, b: 2 * a - b, one, ema(one, n))


def tema(values: Series, n: int) -> Series:
    one = ema(values, n)
    two = ema(one, n)
    return join(lambda a, b, c: 3 * a - 3 * b + c, one, two, ema(two, n))


def trima(values: Series, n: int) -> Series:
    return sma(sma(values, (n + 1) // 2), n // 2 + 1)


def kama(values: list[float], n: int) -> Series:
    out: Series = [None] * min(n, len(values))
    last = values[n - 1] if len(values) >= n else 0.0
    for t in range(n, len(values)):
        path = fsum(abs(b - a) for a, b in pairwise(values[t - n : t + 1]))
        way = abs(values[t] - values[t - n])
        efficiency = 1.0 if path <= way else way / path
        share = (efficiency * (2 / 3 - 2 / 31) + 2 / 31) ** 2
        last += share * (values[t] - last)
        out.append(last)
    return out


def weighted(values: Series, weights: list[float], n: int) -> Series:
    flow: Series = [value * weight for value, weight in zip(values, weights, strict=True)]  # type: ignore[operator]
    return join(lambda a, b: a / b if b else None, windowed(flow, n, fsum), windowed(list(weights), n, fsum))


def line_end(window: list[float]) -> float:
    n = len(window)
    middle = (n - 1) / 2
    slope = fsum((k - middle) * x for k, x in enumerate(window)) / fsum((k - middle) ** 2 for k in range(n))
    return mean(window) + slope * (n - 1 - middle)


def gains_and_losses(values: list[float], n: int) -> tuple[Series, Series]:
    """Wilder's averages of upward and downward moves, first defined at bar n."""
    moves = [b - a for a, b in pairwise(values)]
    up = [None, *rma([max(move, 0.0) for move in moves], n)]
    down = [None, *rma([max(-move, 0.0) for move in moves], n)]
    return up[: len(values)], down[: len(values)]


def rsi(values: list[float], n: int) -> Series:
    return join(lambda up, down: 100 * up / (up + down) if up + down else 0.0, *gains_and_losses(values, n))


def cmo(values: list[float], n: int) -> Series:
    return join(lambda up, down: 100 * (up - down) / (up + down) if up + down else 0.0, *gains_and_losses(values, n))


def lagged(values: Series, n: int, figure: Callable[[float, float], float | None]) -> Series:
    return join(figure, values, ([None] * n + values)[: len(values)])


def cci(values: list[float], n: int) -> Series:
    def figure(window: list[float]) -> float:
        spread = mean([abs(value - mean(window)) for value in window])
        return (window[-1] - mean(window)) / (0.015 * spread) if spread else 0.0

    return windowed(list(values), n, figure)


def stochastic(high: Series, low: Series, close: Series, n: int, standstill: float = 0.0) -> Series:
    top, bottom = windowed(high, n, max), windowed(low, n, min)
    return join(lambda c, h, low_: 100 * (c - low_) / (h - low_) if h - low_ > standstill else 0.0, close, top, bottom)


def macd(values: list[float], fast: int, slow: int, signal: int) -> dict[str, Series]:
    """Both averages begin so that they are first defined at the same bar, the longer one's."""
    late = abs(slow - fast)
    quick, tardy = values[late:] if fast < slow else values, values[late:] if slow < fast else values
    pad = [None] * min(late, len(values))
    a = (pad if fast < slow else []) + smoothed(quick, fast, 2 / (fast + 1))
    b = (pad if slow < fast else []) + smoothed(tardy, slow, 2 / (slow + 1))
    line = join(lambda x, y: x - y, a, b)
    smooth = ema(line, signal)
    line = join(lambda x, _: x, line, smooth)
    return {"line": line, "signal": smooth, "hist": join(lambda x, y: x - y, line, smooth)}


def true_ranges(bars: Candles) -> Series:
    rows = zip(bars.high[1:], bars.low[1:], bars.close, strict=False)
    return [None] * min(bars.n, 1) + [max(h, before) - min(low, before) for h, low, before in rows]


def atr(bars: Candles, n: int) -> Series:
    return rma(true_ranges(bars), n)


def directional(bars: Candles, n: int) -> dict[str, Series]:
    """Wilder's system as TA-Lib starts it: sums of the first n - 1 moves, smoothed from the n-th on."""
    plus: list[float] = []
    minus: list[float] = []
    for t in range(1, bars.n):
        up, down = bars.high[t] - bars.high[t - 1], bars.low[t - 1] - bars.low[t]
        plus.append(up if up > 0 and up > down else 0.0)
        minus.append(down if down > 0 and down > up else 0.0)
    sums = [0.0, 0.0, 0.0]
    out: dict[str, Series] = {name: [None] * min(n, bars.n) for name in ("plus_di", "minus_di", "dx")}
    for t, row in enumerate(zip(plus, minus, true_ranges(bars)[1:], strict=True), 1):
        if t < n:
            sums = [total + x for total, x in zip(sums, row, strict=True)]  # type: ignore[operator]
            continue
        sums = [total - total / n + x for total, x in zip(sums, row, strict=True)]  # type: ignore[operator]
        p, m = (100 * x / sums[2] if sums[2] else 0.0 for x in sums[:2])
        out["plus_di"].append(p)
        out["minus_di"].append(m)
        out["dx"].append(100 * abs(p - m) / (p + m) if p + m else 0.0)
    out["adx"] = rma(out["dx"], n)
    return out


def aroon(bars: Candles, n: int) -> dict[str, Series]:
    def age(window: list[float], extreme: Callable[..., float]) -> float:
        wanted = extreme(window)
        latest = max(k for k, value in enumerate(window) if value == wanted)
        return 100 * latest / n

    up = windowed(bars.high, n + 1, lambda w: age(w, max))
    down = windowed(bars.low, n + 1, lambda w: age(w, min))
    return {"up": up, "down": down, "oscillator": join(lambda a, b: a - b, up, down)}


def supertrend(bars: Candles, n: int, multiplier: float) -> dict[str, Series]:
    """Bands only tighten while the close stays inside; a close beyond the band turns the trend. It starts upward."""
    line: Series = []
    direction: Series = []
    upper = lower = 0.0
    trend = 0
    for t, swing in enumerate(atr(bars, n)):
        if swing is None:
            line.append(None)
            direction.append(None)
            continue
        middle = (bars.high[t] + bars.low[t]) / 2
        top, bottom = middle + multiplier * swing, middle - multiplier * swing
        before, close = bars.close[t - 1], bars.close[t]
        if trend == 0:
            upper, lower, trend = top, bottom, 1
        else:
            upper = top if top < upper or before > upper else upper
            lower = bottom if bottom > lower or before < lower else lower
            if trend == 1 and close < lower:
                trend = -1
            elif trend == -1 and close > upper:
                trend = 1
        line.append(lower if trend == 1 else upper)
        direction.append(float(trend))
    return {"line": line, "direction": direction}


def psar(bars: Candles, step: float, limit: float) -> Series:
    if bars.n < 2:
        return [None] * bars.n
    up, down = bars.high[1] - bars.high[0], bars.low[0] - bars.low[1]
    long = not (down > 0 and down > up)
    extreme, sar = (bars.high[1], bars.low[0]) if long else (bars.low[1], bars.high[0])
    pace = step
    out: Series = [None]
    for t in range(1, bars.n):
        earlier = t - 1 if t > 1 else 1
        highs, lows = (bars.high[earlier], bars.high[t]), (bars.low[earlier], bars.low[t])
        turned = lows[1] <= sar if long else highs[1] >= sar
        if turned:
            long, sar = not long, extreme
            sar = min(sar, *lows) if long else max(sar, *highs)
            out.append(sar)
            pace, extreme = step, highs[1] if long else lows[1]
        else:
            out.append(sar)
            if (long and highs[1] > extreme) or (not long and lows[1] < extreme):
                extreme, pace = highs[1] if long else lows[1], min(pace + step, limit)
        sar += pace * (extreme - sar)
        sar = min(sar, *lows) if long else max(sar, *highs)
    return out


def bands(middle: Series, reach: Series) -> dict[str, Series]:
    return {
        "upper": join(lambda m, r: m + r, middle, reach),
        "middle": join(lambda m, r: m, middle, reach),
        "lower": join(lambda m, r: m - r, middle, reach),
    }


def bbands(values: list[float], n: int, width: float) -> dict[str, Series]:
    out = bands(sma(list(values), n), windowed(list(values), n, lambda w: width * deviation(w)))
    out["width"] = join(lambda u, m, low: (u - low) / m if m else None, out["upper"], out["middle"], out["lower"])
    out["percent"] = join(
        lambda x, u, low: (x - low) / (u - low) if u > low else None, list(values), out["upper"], out["lower"]
    )
    return out


def realized_vol(bars: Candles, n: int) -> Series:
    yearly = sqrt(365 * 24 * 60 / MINUTES[bars.timeframe])
    returns: Series = [None] * min(bars.n, 1) + [log(b / a) for a, b in pairwise(bars.close)]
    return windowed(returns, n, lambda w: deviation(w, ddof=1) * yearly)


def donchian(bars: Candles, n: int) -> dict[str, Series]:
    upper = [None, *windowed(bars.high, n, max)][: bars.n]
    lower = [None, *windowed(bars.low, n, min)][: bars.n]
    return {
        "upper": upper,
        "lower": lower,
        "middle": join(lambda a, b: (a + b) / 2, upper, lower),
        "width": join(lambda a, b: a - b, upper, lower),
    }


def percentile(values: list[float], n: int, q: float) -> Series:
    return windowed(list(values), n, lambda w: sorted(w)[max(ceil(q * n / 100), 1) - 1])


def obv(bars: Candles) -> Series:
    out: list[float] = []
    for t in range(bars.n):
        change = bars.close[t] - bars.close[t - 1] if t else 1.0
        out.append((out[-1] if out else 0.0) + bars.volume[t] * ((change > 0) - (change < 0)))
    return list(out)


def vwap(bars: Candles, session: str, n: int | None) -> Series:
    typical = bars.source("hlc3")
    if session == "rolling":
        return weighted(list(typical), bars.volume, n or 0)
    days = [datetime.fromtimestamp(time / 1000, UTC).date() for time in bars.time]
    marks = days if session == "day" else [day - timedelta(days=day.weekday()) for day in days]
    out: Series = []
    for t in range(bars.n):
        rows = [k for k in range(t + 1) if marks[k] == marks[t]]
        volume = fsum(bars.volume[k] for k in rows)
        out.append(fsum(typical[k] * bars.volume[k] for k in rows) / volume if volume else None)
    return out


def mfi(values: list[float], volume: list[float], n: int) -> Series:
    rows = list(zip(values, values[1:], volume[1:], strict=False))
    pad = [None] * min(len(values), 1)
    up = windowed(pad + [b * v if b > a else 0.0 for a, b, v in rows], n, fsum)
    down = windowed(pad + [b * v if b < a else 0.0 for a, b, v in rows], n, fsum)
    return join(lambda a, b: 100 * a / (a + b) if a + b else None, up, down)


def cmf(bars: Candles, n: int) -> Series:
    places = []
    for h, low, c in zip(bars.high, bars.low, bars.close, strict=True):
        places.append(((c - low) - (h - c)) / (h - low) if h > low else 0.0)
    return weighted(list(places), bars.volume, n)


def ultimate(bars: Candles, lengths: tuple[int, int, int]) -> Series:
    pad: Series = [None] * min(bars.n, 1)
    floors = [min(low, before) for low, before in zip(bars.low[1:], bars.close, strict=False)]
    pressure = pad + [c - bottom for c, bottom in zip(bars.close[1:], floors, strict=True)]
    swings = true_ranges(bars)
    parts = []
    for n in lengths:
        bought, moved = windowed(pressure, n, fsum), windowed(swings, n, fsum)
        parts.append(join(lambda b, m: b / m if m else 0.0, bought, moved))
    return join(lambda a, b, c: 100 * (4 * a + 2 * b + c) / 7, *parts)


def opening_range(bars: Candles, start: str, end: str, tz: str) -> dict[str, Series]:
    zone = ZoneInfo(tz)

    def moment(day: datetime, clock: str) -> float:
        hour, minute = (int(part) for part in clock.split(":"))
        return day.replace(hour=hour, minute=minute).timestamp() * 1000

    out: dict[str, Series] = {"high": [], "low": []}
    for t in range(bars.n):
        closed = bars.time[t] + bars.interval_ms
        today = datetime.fromtimestamp(closed / 1000, zone).replace(hour=0, minute=0, second=0, microsecond=0)
        days = [(today + timedelta(days=shift)).replace(fold=0) for shift in (1, 0, -1, -2)]
        day = next(day for day in days if moment(day, start) < closed)
        first, last = moment(day, start), moment(day, end)
        rows = [k for k in range(t + 1) if bars.time[k] >= first and bars.time[k] + bars.interval_ms <= last]
        known = bool(rows) and closed + bars.interval_ms > last
        out["high"].append(max(bars.high[k] for k in rows) if known else None)
        out["low"].append(min(bars.low[k] for k in rows) if known else None)
    return out


def stoch(raw: Series, smooth: int, d: int) -> dict[str, Series]:
    k = sma(raw, smooth)
    return {"k": k, "d": sma(k, d)}


def stochrsi(values: list[float], n: int, k: int, d: int) -> dict[str, Series]:
    strength = rsi(values, n)
    return stoch(stochastic(strength, strength, strength, n, standstill=1e-9), k, d)


def keltner(bars: Candles, n: int, multiplier: float, atr_length: int) -> dict[str, Series]:
    return bands(ema(bars.close, n), join(lambda x: multiplier * x, atr(bars, atr_length)))


def williams(bars: Candles, values: list[float], n: int) -> Series:
    top, bottom = windowed(bars.high, n, max), windowed(bars.low, n, min)
    return join(lambda x, h, low: -100 * (h - x) / (h - low) if h > low else 0.0, list(values), top, bottom)


def trix(values: list[float], n: int) -> Series:
    return lagged(ema(ema(ema(list(values), n), n), n), 1, lambda now, then: 100 * (now / then - 1))


def ppo(values: list[float], fast: int, slow: int) -> Series:
    return join(lambda a, b: 100 * (a - b) / b, ema(list(values), fast), ema(list(values), slow))


Formula = Callable[[Candles, list[float], dict[str, Any]], Any]

FORMULAS: dict[str, Formula] = {
    "sma": lambda bars, x, p: sma(x, p["length"]),
    "ema": lambda bars, x, p: ema(x, p["length"]),
    "wma": lambda bars, x, p: wma(x, p["length"]),
    "hma": lambda bars, x, p: hma(x, p["length"]),
    "rma": lambda bars, x, p: rma(x, p["length"]),
    "dema": lambda bars, x, p: dema(x, p["length"]),
    "tema": lambda bars, x, p: tema(x, p["length"]),
    "trima": lambda bars, x, p: trima(x, p["length"]),
    "kama": lambda bars, x, p: kama(x, p["length"]),
    "vwma": lambda bars, x, p: weighted(x, bars.volume, p["length"]),
    "linearreg": lambda bars, x, p: windowed(x, p["length"], line_end),
    "rsi": lambda bars, x, p: rsi(x, p["length"]),
    "cmo": lambda bars, x, p: cmo(x, p["length"]),
    "roc": lambda bars, x, p: lagged(x, p["length"], lambda a, b: 100 * (a - b) / b if b else None),
    "momentum": lambda bars, x, p: lagged(x, p["length"], lambda a, b: a - b),
    "cci": lambda bars, x, p: cci(x, p["length"]),
    "williams_r": lambda bars, x, p: williams(bars, x, p["length"]),
    "trix": lambda bars, x, p: trix(x, p["length"]),
    "macd": lambda bars, x, p: macd(x, p["fast"], p["slow"], p["signal"]),
    "ppo": lambda bars, x, p: ppo(x, p["fast"], p["slow"]),
    "stoch": lambda bars, x, p: stoch(stochastic(bars.high, bars.low, bars.close, p["k"]), p["smooth"], p["d"]),
    "stochf": lambda bars, x, p: stoch(stochastic(bars.high, bars.low, bars.close, p["k"]), 1, p["d"]),
    "stochrsi": lambda bars, x, p: stochrsi(x, p["length"], p["k"], p["d"]),
    "ultosc": lambda bars, x, p: ultimate(bars, (p["fast"], p["middle"], p["slow"])),
    "adx": lambda bars, x, p: directional(bars, p["length"]),
    "dx": lambda bars, x, p: directional(bars, p["length"])["dx"],
    "plus_di": lambda bars, x, p: directional(bars, p["length"])["plus_di"],
    "minus_di": lambda bars, x, p: directional(bars, p["length"])["minus_di"],
    "aroon": lambda bars, x, p: aroon(bars, p["length"]),
    "supertrend": lambda bars, x, p: supertrend(bars, p["length"], p["multiplier"]),
    "psar": lambda bars, x, p: psar(bars, p["step"], p["max"]),
    "stdev": lambda bars, x, p: windowed(x, p["length"], deviation),
    "zscore": lambda bars, x, p: windowed(
        x, p["length"], lambda w: (w[-1] - mean(w)) / deviation(w) if max(w) > min(w) else None
    ),
    "atr": lambda bars, x, p: atr(bars, p["length"]),
    "natr": lambda bars, x, p: join(lambda a, c: 100 * a / c, atr(bars, p["length"]), bars.close),
    "realized_vol": lambda bars, x, p: realized_vol(bars, p["length"]),
    "bbands": lambda bars, x, p: bbands(x, p["length"], p["stddev"]),
    "keltner": lambda bars, x, p: keltner(bars, p["length"], p["multiplier"], p["atr_length"]),
    "highest": lambda bars, x, p: windowed(x, p["length"], max),
    "lowest": lambda bars, x, p: windowed(x, p["length"], min),
    "donchian": lambda bars, x, p: donchian(bars, p["length"]),
    "percentile": lambda bars, x, p: percentile(x, p["length"], p["q"]),
    "opening_range": lambda bars, x, p: opening_range(bars, p["start"], p["end"], p["tz"]),
    "volume_sma": lambda bars, x, p: sma(bars.volume, p["length"]),
    "obv": lambda bars, x, p: obv(bars),
    "vwap": lambda bars, x, p: vwap(bars, p["session"], p["length"]),
    "mfi": lambda bars, x, p: mfi(x, bars.volume, p["length"]),
    "cmf": lambda bars, x, p: cmf(bars, p["length"]),
}
"""Type name -> its formula of candles, source values and resolved inputs; a series, or one per output."""


def by_hand(name: str, bars: Any, inputs: dict[str, Any]) -> dict[str, Series]:
    """Return every output of an indicator by its formula, all starting where the last of them is defined."""
    candles = Candles(bars)
    found = FORMULAS[name](candles, candles.source(inputs.get("source") or "close"), inputs)
    return found if isinstance(found, dict) else {"value": found}
