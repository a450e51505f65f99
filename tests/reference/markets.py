"""Random markets that are hard on a simulator: jumps, holes, late listings, early ends, silence, odd funding.

Everything comes from one `random.Random`, so a seed is a market. Prices are full floats, so that two simulators
that round differently still agree which side of a level a price lies on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp
from typing import TYPE_CHECKING

from reference.case import Bar

if TYPE_CHECKING:
    from random import Random

START_MS = 1_704_067_200_000
"""2024-01-01T00:00Z, a Monday."""

INTERVALS_MS = {
    "1m": 60_000,
    "5m": 300_000,
    "15m": 900_000,
    "1h": 3_600_000,
    "4h": 14_400_000,
    "8h": 28_800_000,
    "1d": 86_400_000,
}
NAMES = ("BTC", "ETH", "SOL", "ADA", "XRP")


@dataclass
class RandomMarket:
    """Bars by asset name, in the order of the universe, and what is stored beside them.

    ``finer`` are bars of ``finer_timeframe`` under the others, ``minutes`` one-minute bars before closes.
    """

    timeframe: str
    bars: dict[str, list[Bar]]
    funding: dict[str, list[tuple[int, float]]]
    finer_timeframe: str = ""
    finer: dict[str, list[Bar]] = field(default_factory=dict)
    minutes: dict[str, list[Bar]] = field(default_factory=dict)

    @property
    def interval_ms(self) -> int:
        return INTERVALS_MS[self.timeframe]

    @property
    def finer_ms(self) -> int:
        return INTERVALS_MS[self.finer_timeframe] if self.finer_timeframe else 0


def random_market(
    rng: Random, *, n_assets: int, n_bars: int, timeframe: str, gap_chance: float, wild: float
) -> RandomMarket:
    """Return a market of ``n_assets`` over ``n_bars`` periods; ``wild`` is the usual size of a bar's move."""
    interval = INTERVALS_MS[timeframe]
    start = START_MS + rng.randrange(0, 24) * interval
    market = RandomMarket(timeframe, {}, {})
    for name in rng.sample(NAMES, n_assets):
        market.bars[name] = random_bars(rng, n_bars, start, interval, gap_chance, wild)
    if n_assets > 1 and rng.random() < 0.5:
        for bars in list(market.bars.values())[1:]:
            _shorten(rng, bars)
    for name in market.bars:
        series = random_funding(rng, start, start + n_bars * interval)
        if series:
            market.funding[name] = series
    return market


def random_bars(rng: Random, n_bars: int, start: int, interval: int, gap_chance: float, wild: float) -> list[Bar]:
    """Return one asset's candles: a walk with fat tails, gaps between close and open, and missing bars."""
    price = exp(rng.uniform(-2.0, 9.0))
    liquidity = exp(rng.uniform(0.0, 12.0)) / price
    silent = rng.random() < 0.15
    bars = []
    missing = 0
    for t in range(n_bars):
        jump = 6.0 if rng.random() < 0.03 else 1.0
        open_ = price * exp(rng.gauss(0.0, wild * (0.15 if rng.random() < 0.8 else 1.5)))
        close = open_ * exp(rng.gauss(0.0, wild * jump))
        high = max(open_, close) * exp(abs(rng.gauss(0.0, wild / 2)))
        low = min(open_, close) * exp(-abs(rng.gauss(0.0, wild / 2)))
        volume = 0.0 if silent or rng.random() < 0.05 else liquidity * exp(rng.gauss(0.0, 1.0))
        price = close
        if missing == 0 and rng.random() < gap_chance:
            missing = rng.choice((1, 1, 1, 2, 3, 8))
        if missing and bars:
            missing -= 1
            continue
        bars.append(Bar(start + t * interval, open_, high, low, close, volume))
    return bars


def _shorten(rng: Random, bars: list[Bar]) -> None:
    """List the asset later, or take it off earlier, or both."""
    if rng.random() < 0.6:
        del bars[: rng.randrange(1, max(2, len(bars) // 2))]
    if rng.random() < 0.4 and len(bars) > 10:
        del bars[-rng.randrange(1, len(bars) // 3) :]


def random_funding(rng: Random, start: int, end: int) -> list[tuple[int, float]]:
    """Return a stored series: none, whole, or covering only a part; on its grid or at odd minutes."""
    kind = rng.choice(("none", "whole", "whole", "partial", "odd"))
    if kind == "none":
        return []
    if kind == "partial":
        length = end - start
        start, end = start + rng.randrange(length // 2), end - rng.randrange(length // 3)
    step = rng.choice((1, 4, 8)) * 3_600_000
    shift = rng.choice((0, 0, 60_000 * rng.randrange(1, 60))) if kind == "odd" else 0
    first = -(-start // step) * step + shift
    return [(time, rng.gauss(0.0001, 0.001)) for time in range(first, end, step)]


def random_minutes(rng: Random, bars: list[Bar], interval_ms: int, chance: float, keep: range) -> list[Bar]:
    """Return the last five minutes before each close; some are missing, but not of bars outside ``keep``."""
    made = []
    for t, bar in enumerate(bars):
        close = bar.time + interval_ms
        gone = rng.randrange(1, 6) if t in keep and rng.random() < chance else 0
        for back in range(5, 0, -1):
            if back == gone:
                continue
            prices = sorted(rng.uniform(bar.low, bar.high) for _ in range(4))
            volume = rng.choice((0.0, bar.volume / 60))
            made.append(Bar(close - back * 60_000, prices[1], prices[3], prices[0], prices[2], volume))
    return made
