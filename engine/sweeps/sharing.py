"""Candidates of several spot assets that share one purse, through the kernel that jumps from event to event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.plan import config_of, level_of, size_of
from engine.backtest.rules import rules_of
from engine.signals.conditions import Conditions
from engine.spec import defaults
from engine.spec.venues import asset_rules
from engine.sweeps.jumping import has_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.backtest.columns import AssetColumns
    from engine.kernels.sweep_portfolio import AssetWants
    from engine.spec.models import StrategySpec
    from engine.sweeps.arena import Clock

    FloatArray = NDArray[np.float64]

NO_COLUMN = -1


def figures_by_sharing(spec: StrategySpec, clock: Clock, initial_equity: float) -> FloatArray | None:
    """Return the row of figures of a checked spec; None where its account came to nothing."""
    from engine.kernels.event_path import N_PATH
    from engine.kernels.sweep_long import N_FIGURES
    from engine.kernels.sweep_portfolio import N_HELD, N_TIMES, Desk, sweep_portfolio

    config = config_of(spec, initial_equity, asset_rules(spec))
    lanes, columns = clock.lanes(levels=has_levels(config)), clock.columns(spec.indicators)
    n_assets, n_words = len(columns), -(-lanes.n_bars // 64)
    enter, leave = np.empty((2, n_assets, n_words), dtype=np.uint64)
    for a, read in enumerate(columns.values()):
        conditions = Conditions(read)
        leave[a] = conditions.any_true_words(spec.signals.exit)
        np.bitwise_and(conditions.any_true_words(spec.signals.entry), ~leave[a], out=enter[a])
    desk = Desk(
        enter=enter,
        leave=leave,
        held=np.empty((n_assets, N_HELD)),
        times=np.empty((n_assets, N_TIMES), dtype=np.int64),
        path=np.empty(N_PATH),
        levels=np.empty(lanes.midnights.shape[0]),
    )
    figures, wanted = np.empty(N_FIGURES), _Wanted()
    wants, rules = wanted.of(spec, columns), rules_of(config, clock.assets)
    if not sweep_portfolio(clock.first, lanes, rules, wants, initial_equity, desk, figures):
        return None
    return figures


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


class _Wanted:
    """Collects what entries read; keeps the columns alive while a kernel reads them by their address."""

    def __init__(self) -> None:
        self.kept: list[FloatArray] = []

    def of(self, spec: StrategySpec, columns: dict[str, AssetColumns]) -> AssetWants:
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
            column[3, a] = self._column(read.range_ratio()) if ranges else NO_COLUMN
            column[4, a] = self._column(read.mean_quote_volume()) if volumes else NO_COLUMN
        return AssetWants(
            size_factor=factor[0],
            size_column=column[0],
            stop_factor=factor[1],
            stop_column=column[1],
            target_factor=factor[2],
            target_column=column[2],
            range_column=column[3],
            volume_column=column[4],
            addresses=np.array([one.ctypes.data for one in self.kept], dtype=np.int64),
            slippage_base=slippage.base,
        )

    def _factor(self, want: FloatArray | float) -> tuple[float, int]:
        if not isinstance(want, np.ndarray):
            return float(want), NO_COLUMN
        if want.shape[0] == 1:
            return float(want[0, 0]), NO_COLUMN
        return 1.0, self._column(want[:, 0])

    def _column(self, values: FloatArray) -> int:
        self.kept.append(np.ascontiguousarray(values, dtype=np.float64))
        return len(self.kept) - 1
