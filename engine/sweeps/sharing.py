"""Candidates of several spot assets that share one purse, through the kernel that jumps from event to event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.plan import config_of, level_of, size_of
from engine.backtest.rules import rules_of
from engine.spec import defaults
from engine.spec.expressions import Number
from engine.spec.venues import asset_rules
from engine.sweeps.columns import LEVEL, KeptColumns, column_of
from engine.sweeps.program import program_of
from engine.sweeps.wants import has_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.backtest.columns import AssetColumns
    from engine.kernels.sweep_portfolio import AssetWants
    from engine.spec.models import StrategySpec
    from engine.sweeps.arena import Clock

    FloatArray = NDArray[np.float64]
    WordTable = NDArray[np.uint64]


def figures_by_sharing(spec: StrategySpec, clock: Clock, initial_equity: float) -> tuple[FloatArray, FloatArray] | None:
    """Return the figures of a checked spec and its values at midnights; None where its account came to nothing."""
    from engine.kernels.event_path import N_PATH
    from engine.kernels.sweep_long import N_FIGURES
    from engine.kernels.sweep_portfolio import N_COUNTS, N_HELD, N_TIMES, Desk, sweep_portfolio

    config = config_of(spec, initial_equity, asset_rules(spec))
    lanes, columns = clock.lanes(levels=has_levels(config)), clock.columns(spec.indicators)
    enter, leave = _sides(spec, list(columns.values()))
    n_assets = len(columns)
    desk = Desk(
        enter=enter,
        leave=leave,
        enter_any=np.bitwise_or.reduce(enter, axis=0),
        own=np.empty(n_assets, dtype=np.int64),
        counts=np.empty(N_COUNTS, dtype=np.int64),
        held=np.empty((n_assets, N_HELD)),
        times=np.empty((n_assets, N_TIMES), dtype=np.int64),
        path=np.empty(N_PATH),
        levels=np.empty(lanes.midnights.shape[0]),
    )
    figures, wanted = np.empty(N_FIGURES), EntryWants()
    wants, rules = wanted.of(spec, columns), rules_of(config, clock.assets)
    if not sweep_portfolio(clock.first, lanes, rules, wants, initial_equity, desk, figures):
        return None
    return figures, desk.levels


def _sides(spec: StrategySpec, columns: Sequence[AssetColumns]) -> tuple[WordTable, WordTable]:
    """Return the words of entries alone and of exits, shape (n_assets, n_words)."""
    from engine.kernels.sweep_signals import Pairs, fill_sides

    program, n_bars = program_of(spec.signals), columns[0].n_bars
    n_assets, n_pairs, n_words = len(columns), len(program.pairs), -(-n_bars // 64)
    kept = KeptColumns()
    left, right = np.full((2, n_assets, n_pairs), LEVEL)
    level = np.full((n_assets, n_pairs), np.nan)
    for a, read in enumerate(columns):
        for pair, (one, other) in enumerate(program.pairs):
            left[a, pair] = kept.number_of(column_of(one, read))
            if isinstance(other.expr, Number):
                level[a, pair] = other.expr.value
            else:
                right[a, pair] = kept.number_of(column_of(other, read))
    enter, leave = np.empty((2, n_assets, n_words), dtype=np.uint64)
    fill_sides(
        Pairs(kept.addresses(), n_bars, left.reshape(-1), right.reshape(-1), level.reshape(-1)),
        np.array(program.rows, dtype=np.int64).reshape(-1, 4),
        np.arange(n_assets * n_pairs).reshape(n_assets, n_pairs),
        program.enter,
        program.leave,
        np.empty((n_assets * n_pairs, 3, n_words), dtype=np.uint64),
        np.empty((max(1, program.registers), 2, n_words), dtype=np.uint64),
        enter,
        leave,
    )
    return enter, leave


@dataclass(frozen=True, slots=True)
class _One:
    """One asset on its own bars."""

    asset: str

    @property
    def assets(self) -> tuple[str, ...]:
        return (self.asset,)

    def spread(self, columns: list[FloatArray]) -> FloatArray:
        (column,) = columns
        return column.reshape(-1, 1)


class EntryWants:
    """What entries of every asset want, as the kernel reads it."""

    def __init__(self) -> None:
        self._kept = KeptColumns()

    def of(self, spec: StrategySpec, columns: dict[str, AssetColumns]) -> AssetWants:
        """Return the wants of a spec; their columns live as long as this object."""
        from engine.kernels.sweep_portfolio import AssetWants

        slippage = defaults.slippage_of(spec)
        ranges, volumes = slippage.kv > 0.0 or slippage.kp > 0.0, slippage.kp > 0.0
        factor, column = np.empty((3, len(columns))), np.empty((5, len(columns)), dtype=np.int64)
        for a, (asset, read) in enumerate(columns.items()):
            one = {asset: read}
            for row, want in enumerate(
                (
                    size_of(spec, _One(asset), one),
                    level_of(spec.risk.stop_loss, _One(asset), one),
                    level_of(spec.risk.take_profit, _One(asset), one),
                )
            ):
                factor[row, a], column[row, a] = self._factor(want)
            column[3, a] = self._kept.number_of(read.range_ratio()) if ranges else LEVEL
            column[4, a] = self._kept.number_of(read.mean_quote_volume()) if volumes else LEVEL
        return AssetWants(
            size_factor=factor[0],
            size_column=column[0],
            stop_factor=factor[1],
            stop_column=column[1],
            target_factor=factor[2],
            target_column=column[2],
            range_column=column[3],
            volume_column=column[4],
            addresses=self._kept.addresses(),
            slippage_base=slippage.base,
        )

    def _factor(self, want: FloatArray | float) -> tuple[float, int]:
        if not isinstance(want, np.ndarray):
            return float(want), LEVEL
        if want.shape[0] == 1:
            return float(want[0, 0]), LEVEL
        return 1.0, self._kept.number_of(want[:, 0])
