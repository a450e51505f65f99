"""Random markets and specs run from end to end: through `backtest`, and through the naive reading of the same spec."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from math import exp
from random import Random
from typing import TYPE_CHECKING, Any

from reference.engine_side import engine_bars, engine_funding
from reference.lives import random_finer
from reference.markets import RandomMarket, random_market, random_minutes
from reference.specs import random_spec

from engine.backtest.run import backtest
from engine.spec import check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference.case import Bar

    from engine.backtest.result import BacktestResult
    from engine.market.bars import Bars, FundingSeries

INITIAL_EQUITY = 10_000.0
FINER = {"15m": "5m", "1h": "15m", "4h": "1h", "1d": "4h"}


@dataclass
class StoredMarket:
    """A random market as the engine reads candles: `engine.market.bars.MarketData` in memory."""

    market: RandomMarket
    suffix: str
    name: str = "random market"
    generated: bool = True
    read: dict[tuple[str, str], Bars] = field(default_factory=dict)

    def symbols(self) -> Sequence[str]:
        return sorted(asset + self.suffix for asset in self.market.bars)

    def timeframes(self, symbol: str) -> Sequence[str]:
        return tuple(self._stored(symbol)) if symbol in self.symbols() else ()

    def bars(self, symbol: str, timeframe: str) -> Bars | None:
        if timeframe not in self.timeframes(symbol):
            return None
        if (symbol, timeframe) not in self.read:
            self.read[symbol, timeframe] = engine_bars(symbol, timeframe, self._stored(symbol)[timeframe])
        return self.read[symbol, timeframe]

    def _stored(self, symbol: str) -> dict[str, list[Bar]]:
        market, name = self.market, symbol.removesuffix(self.suffix)
        stored = {market.timeframe: market.bars[name]}
        if market.finer:
            stored[market.finer_timeframe] = market.finer[name]
        return stored | ({"1m": market.minutes[name]} if market.minutes else {})

    def span(self, symbol: str, timeframe: str) -> tuple[int, int] | None:
        bars = self.bars(symbol, timeframe)
        return None if bars is None else (int(bars.time[0]), int(bars.time[-1]) + bars.interval_ms)

    def funding(self, symbol: str) -> FundingSeries | None:
        stored = self.market.funding.get(symbol.removesuffix(self.suffix))
        return engine_funding(symbol, stored) if stored else None


@dataclass
class SpecCase:
    """A spec, a market and the window it is measured in; ``redrawn`` counts the specs refused before this one."""

    seed: int
    redrawn: int
    spec: dict[str, Any]
    market: RandomMarket
    start: int
    end: int

    @property
    def data(self) -> StoredMarket:
        suffix = "USDT-PERP" if self.spec["universe"]["market_type"] == "perp" else "USDT"
        return StoredMarket(self.market, suffix)

    def run(self) -> BacktestResult:
        """Return the engine's result."""
        return backtest(
            self.spec,
            self.data,
            start=self.start,
            end=self.end,
            initial_equity=INITIAL_EQUITY,
            full_window=True,
        )


def random_spec_case(seed: int, *, finer: bool = True) -> SpecCase:
    """Return the spec, market and window of a seed; a spec that contradicts itself is drawn again.

    Without ``finer`` the market stores nothing but its bars, for who reads the spec alone.
    """
    drawn = (_draw(seed, attempt) for attempt in count())
    case = next(case for case in drawn if check(case.spec).valid)
    if finer:
        _store_what_is_finer(Random(f"finer {seed}"), case.market, case.spec)
    return case


def _draw(seed: int, attempt: int) -> SpecCase:
    rng = Random(f"spec {seed} {attempt}")
    market = random_market(
        rng,
        n_assets=rng.choice((1, 1, 2, 3, 4)),
        n_bars=rng.randrange(150, 240),
        timeframe=rng.choice(("15m", "1h", "4h", "1d")),
        gap_chance=rng.choice((0.0, 0.02, 0.1)),
        wild=exp(rng.uniform(-5.5, -3.0)),
    )
    spec = random_spec(rng, market)
    first = min(bars[0].time for bars in market.bars.values())
    last = max(bars[-1].time for bars in market.bars.values()) + market.interval_ms
    warm = rng.choice((0, 0, 30)) * market.interval_ms
    short = rng.choice((0, 0, 17)) * market.interval_ms
    return SpecCase(seed, attempt, spec, market, first + warm, last - short)


def _store_what_is_finer(rng: Random, market: RandomMarket, spec: dict[str, Any]) -> None:
    """Store finer bars of some markets, and minutes before the closes where a spec fills at their price."""
    if rng.random() < 0.7:
        market.finer_timeframe = FINER[market.timeframe]
        market.finer = {
            name: random_finer(rng, bars, market.interval_ms, market.finer_ms) for name, bars in market.bars.items()
        }
    if spec["execution"].get("fill") == "vwap":
        market.minutes = {
            name: random_minutes(rng, bars, market.interval_ms, 0.15, range(40, len(bars) - 30))
            for name, bars in market.bars.items()
        }
