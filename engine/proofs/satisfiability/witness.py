"""Bars at which a side's entry and exit are true, found in stored candles by the engine's own conditions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.columns import AssetColumns
from engine.indicators.store import ColumnStore
from engine.market.resample import period_starts
from engine.market.timeframe import DAY_MS, MINUTE_MS
from engine.proofs.satisfiability.entries import entry_of, exit_of, session_minutes
from engine.proofs.satisfiability.firing import Witness
from engine.signals.conditions import Conditions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from engine.market.bars import Bars
    from engine.proofs.satisfiability.entries import Side
    from engine.spec.models import Condition, StrategySpec

    BoolArray = NDArray[np.bool_]


class Tape:
    """The conditions of a spec over the bars of each of its assets."""

    def __init__(self, spec: StrategySpec, bars: Mapping[str, Bars]) -> None:
        self.spec, self.bars = spec, bars
        self.conditions = {
            asset: Conditions(AssetColumns(ColumnStore(one), spec.indicators)) for asset, one in bars.items()
        }

    @property
    def n_bars(self) -> int:
        """Number of bars of all assets."""
        return sum(one.n_bars for one in self.bars.values())

    @property
    def on_grid(self) -> bool:
        """True when every bar opens where a period of its timeframe begins."""
        return all(bool((period_starts(one.time, one.timeframe) == one.time).all()) for one in self.bars.values())

    def first(self, alternatives: Sequence[Condition]) -> Witness | None:
        """Return the earliest bar at which any alternative is true."""
        return self._first({asset: one.any_true(alternatives) for asset, one in self.conditions.items()})

    def first_entry(self, side: Side) -> Witness | None:
        """Return the earliest bar at which a side's entry is clear: no exit of the side, no entry of the other."""
        return self._first({asset: self._clear(asset, side) for asset in self.bars})

    def _clear(self, asset: str, side: Side) -> BoolArray:
        conditions = self.conditions[asset]
        other: Side = "short" if side == "long" else "long"
        true = conditions.any_true(entry_of(self.spec, side)) & ~conditions.any_true(exit_of(self.spec, side))
        true &= ~conditions.any_true(entry_of(self.spec, other))
        session = session_minutes(self.spec)
        if session is None:
            return true
        start, end = session
        bars = self.bars[asset]
        minute = (bars.time + bars.interval_ms) % DAY_MS // MINUTE_MS
        inside = (minute >= start) & (minute < end) if start < end else (minute >= start) | (minute < end)
        return true & inside

    def _first(self, true: Mapping[str, BoolArray]) -> Witness | None:
        found = [
            (int(self.bars[asset].time[bar]), at, asset, bar)
            for at, (asset, flags) in enumerate(true.items())
            if flags.any()
            for bar in (int(np.argmax(flags)),)
        ]
        if not found:
            return None
        time, _, asset, bar = min(found)
        return Witness(asset, datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), bar)
