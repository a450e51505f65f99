"""Measure one turn of a conversation up to its backtest, in a warm process and without a model."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

TURNS, WARM_UP = 200, 20

ONE_MESSAGE = (
    "buy BTC on 4h bars when rsi 14 crosses above 30, sell when it is above 65, stop 4%, 10% of equity a trade"
)

MESSAGES = (
    "{asset} {timeframe}: buy when the {fast} ema crosses above the {slow} ema, sell on the cross back, stop {stop}%",
    "long {asset} on the {timeframe} when rsi {length} is below {low} and the close is above the {slow} sma, out above "
    "{high}. {stop}% stop, {target}% target, {size}% of equity",
    "on {timeframe} {asset} candles go long when macd crosses above its signal while adx {length} is over {low}, exit "
    "when it crosses below, risk {stop}% per trade with a 2 atr stop",
    "{asset} {timeframe}, close under the lower bollinger band ({fast}, 2) buys, close over the middle band sells, "
    "stop loss {stop} percent, never more than {size}% in a position",
    "short {asset} perp {timeframe} when it closes below the lowest low of the last {slow} bars, cover above the "
    "highest high of the last {fast} bars, trail {stop}%",
    "please build this: {asset} daily, entry: the {fast} day average is above the {slow} day average and volume is "
    "above its {length} day average, exit: close below the {slow} day average, allocate {size}% of the account",
)
ASSETS = ("BTC", "ETH", "SOL", "bitcoin", "ether", "AAPL", "SPY")
TIMEFRAMES = ("15m", "1h", "4 hour", "hourly", "4h", "daily", "30 min")


@dataclass(frozen=True, slots=True)
class Turns:
    """Seconds that turns took."""

    median_seconds: float
    p95_seconds: float


def messages(count: int, seed: int = 5) -> list[str]:
    """Return so many different messages."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        fast = rng.randrange(5, 40)
        low = rng.randrange(15, 40)
        words = rng.choice(MESSAGES).format(
            asset=rng.choice(ASSETS),
            timeframe=rng.choice(TIMEFRAMES),
            fast=fast,
            slow=fast + rng.randrange(20, 160),
            length=rng.randrange(7, 25),
            low=low,
            high=low + rng.randrange(20, 45),
            stop=rng.randrange(1, 9),
            target=rng.randrange(9, 30),
            size=rng.randrange(5, 20),
        )
        found[words] = None
    return list(found)


def measure_turns() -> Turns:
    """Read messages one after the other, each as the first of a conversation; the first ones warm the process up."""
    seconds = asyncio.run(_read(messages(TURNS + WARM_UP)))[WARM_UP:]
    seconds.sort()
    return Turns(seconds[len(seconds) // 2], seconds[round(len(seconds) * 0.95)])


async def _read(texts: list[str]) -> list[float]:
    from agent.language.port import Request
    from api.compose import listener
    from api.settings import read_settings

    conversation = listener(read_settings({}))
    seconds = []
    for text in texts:
        began = time.perf_counter()
        await conversation.understand(Request(text, now="2026-01-01T00:00:00Z"))
        seconds.append(time.perf_counter() - began)
    return seconds
