"""A strategy under what is not in its favour: twice the costs, and prices that are a little different."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.evidence.price_noise import NOISE_RUNS, noise_outcome, noisy_bars
from engine.market.timeframe import DURATION_MS
from engine.spec import defaults

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.evidence.price_noise import NoiseOutcome
    from engine.market.bars import Bars, FundingSeries, MarketData
    from engine.market.lookup import FoundBars
    from engine.spec.models import StrategySpec

COST_FACTOR = 2.0
HIGHEST_FEE, HIGHEST_SLIPPAGE = 0.1, 0.05
"""As far as a spec may go (SPEC.md, section 4)."""

MOST_NOISY_BARS = 4_000_000
"""Bars of all noisy runs together; where a market has more, fewer runs are made, and the outcome tells how many."""
FEWEST_RUNS = 20


def at_twice_the_costs(spec: StrategySpec) -> dict[str, Any]:
    """Return the overrides that double what a spec pays in fees and slippage; a rebate is not doubled but taken away.

    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> at_twice_the_costs(check(SMA_CROSS).spec)["execution.fees"]
    {'maker': 0.002, 'taker': 0.002}
    """
    fees, slippage = defaults.fees_of(spec), defaults.slippage_of(spec)
    return {
        "execution.fees": {
            "maker": min(HIGHEST_FEE, max(0.0, COST_FACTOR * fees.maker)),
            "taker": min(HIGHEST_FEE, COST_FACTOR * fees.taker),
        },
        "execution.slippage_model": "custom",
        "execution.slippage": {
            "base": min(HIGHEST_SLIPPAGE, COST_FACTOR * slippage.base),
            "kv": COST_FACTOR * slippage.kv,
            "kp": COST_FACTOR * slippage.kp,
        },
    }


@dataclass(frozen=True, slots=True)
class NoiseTest:
    """How a Sharpe ratio did on ``runs`` versions of the market with noisy prices."""

    runs: int
    outcome: NoiseOutcome


def noise_test(
    spec: StrategySpec,
    data: MarketData,
    score: float,
    *,
    start: int,
    end: int,
    initial_equity: float,
    seed: int,
    runs: int = NOISE_RUNS,
) -> NoiseTest:
    """Run a spec on versions of the market whose prices are moved by noise, on [start, end) (UTC ms).

    The bars of the spec's own timeframe are moved, however finely candles are stored. Where these would be more than
    `MOST_NOISY_BARS` over all runs, fewer runs are made.

    Parameters
    ----------
    score : float
        Its Sharpe ratio without noise, above 0.
    seed : int
        Of the noise.

    Raises
    ------
    EngineInputError
        ``score`` is not above 0.
    """
    from engine.backtest.reading import find_window
    from engine.sweeps.run import sweep

    found, _, _ = find_window(spec, data, start=start, end=end)
    n_bars = sum(one.bars.between(start, end).n_bars for one in found)
    wanted = max(FEWEST_RUNS, min(runs, MOST_NOISY_BARS // max(1, n_bars)))
    scores = []
    for run in range(wanted):
        noisy = NoisyMarket(data, found, seed + run)
        swept = sweep(spec, noisy, start=start, end=end, initial_equity=initial_equity)
        scores.append(float(swept.sharpe_daily[0]))
    return NoiseTest(wanted, noise_outcome(score, np.nan_to_num(scores)))


class NoisyMarket:
    """A market whose every bar is moved by noise (`engine.evidence.price_noise.noisy_bars`), the same for one seed.

    It has the bars ``found`` for a spec on the spec's own timeframe, also where finer ones are stored: of these the
    noise would cancel out as they are put together.
    """

    def __init__(self, data: MarketData, found: Iterable[FoundBars], seed: int) -> None:
        self._data = data
        self._found = {(one.symbol, one.bars.timeframe): one for one in found}
        self._seed = seed

    @property
    def name(self) -> str:
        """As of the market itself, which is moved."""
        return f"{self._data.name}, moved by noise (seed {self._seed})"

    @property
    def generated(self) -> bool:
        """As of the market itself."""
        return self._data.generated

    def symbols(self) -> Sequence[str]:
        """As of the market itself."""
        return self._data.symbols()

    def timeframes(self, symbol: str) -> Sequence[str]:
        """Those of the market itself, and the spec's own."""
        own = {timeframe for name, timeframe in self._found if name == symbol}
        return sorted(own.union(self._data.timeframes(symbol)), key=DURATION_MS.__getitem__)

    def bars(self, symbol: str, timeframe: str) -> Bars | None:
        """Bars of the market itself, moved."""
        found = self._found.get((symbol, timeframe))
        bars = self._data.bars(symbol, timeframe) if found is None else found.bars
        return None if bars is None or bars.n_bars == 0 else noisy_bars(bars, seed=self._seed)

    def span(self, symbol: str, timeframe: str) -> tuple[int, int] | None:
        """As of the candles themselves."""
        found = self._found.get((symbol, timeframe))
        stored = None if found is None else found.resampled_from
        return self._data.span(symbol, stored or timeframe)

    def funding(self, symbol: str) -> FundingSeries | None:
        """As of the market itself."""
        return self._data.funding(symbol)
