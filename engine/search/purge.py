"""How far a strategy reaches over a cut of the data: what it looks back on, and how long it may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import EngineInputError
from engine.market.timeframe import DAY_MS, DURATION_MS, MINUTE_MS
from engine.spec import defaults
from engine.spec.expressions import parse_operand, series_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.spec.models import Condition, StrategySpec

CROSSES = ("crosses_above", "crosses_below")
VOLUME_BARS = 24
"""Bars of the volume that slippage may depend on; its ATR has fewer."""


def lookback_bars(spec: StrategySpec) -> int:
    """Return the bars before a decision that it can depend on: those of indicators, conditions, levels and sizes.

    An average that never forgets (an EMA, a Wilder smoothing) counts with its warm-up.

    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> lookback_bars(check(SMA_CROSS).spec)                  # 49 before an average of 50, and one for the cross
    50
    """
    from engine.indicators.graph import longest_warmup

    chains = {key: (one.type, one.inputs) for key, one in spec.indicators.items()}
    signals = spec.signals
    short = () if signals.short is None else (*signals.short.entry, *signals.short.exit)
    conditions = (*signals.entry, *signals.exit, *short)
    seen = longest_warmup(chains, spec.universe.timeframe) + max(map(_bars_back, conditions), default=0)
    return max(seen, *_own_lengths(spec))


def holding_ms(spec: StrategySpec) -> int | None:
    """Return how long a position can be held, milliseconds; None without a time limit."""
    limit = spec.risk.time_limit
    if limit is None:
        return None
    if limit.bars is not None:
        return limit.bars * DURATION_MS[spec.universe.timeframe]
    return (limit.minutes or 0) * MINUTE_MS


def purge_days(specs: Iterable[StrategySpec]) -> int:
    """Return the whole days to leave out between what strategies are chosen on and what judges them.

    The longest look back, the longest holding where there is a time limit, and a day more, of whichever needs most.

    Raises
    ------
    EngineInputError
        No spec.

    Examples
    --------
    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> purge_days([check(SMA_CROSS).spec])                   # 50 hours are three days begun
    4
    """
    reach = [lookback_bars(one) * DURATION_MS[one.universe.timeframe] + (holding_ms(one) or 0) for one in specs]
    if not reach:
        raise EngineInputError("specs is empty: a purge is that of at least one")
    return -(-max(reach) // DAY_MS) + 1


def _bars_back(condition: Condition) -> int:
    operands = (condition.left, condition.right, condition.low, condition.high)
    lags = [series.lag for one in operands if isinstance(one, str) for series in series_in(parse_operand(one))]
    own = max(lags, default=0) + (condition.when in CROSSES) + (condition.bars or 0)
    parts = (*(condition.conditions or ()), *(condition.filters or ()))
    deepest = max([own, *map(_bars_back, parts)])
    return deepest + (condition.for_bars or 1) - 1 + (condition.within_bars or 1) - 1


def _own_lengths(spec: StrategySpec) -> Iterator[int]:
    """Yield the lengths that stand in levels, sizes and slippage themselves, no indicator of the spec."""
    risk, slippage = spec.risk, defaults.slippage_of(spec)
    for level in (risk.stop_loss, risk.take_profit, risk.trailing_stop, risk.trailing_take):
        yield defaults.atr_length_of(level) if level is not None and level.type == "atr" else 0
    yield defaults.sizing_length_of(spec) if spec.sizing.mode in ("volatility_target", "atr_risk") else 0
    yield VOLUME_BARS if slippage.kv or slippage.kp else 0
