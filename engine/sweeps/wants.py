"""What the entries of a family's candidates want: sizes, stops and targets, as factors of columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.plan import config_of, range_of, size_of
from engine.spec import defaults
from engine.spec.venues import asset_rules
from engine.sweeps.candidates import ACCOUNT
from engine.sweeps.columns import LEVEL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.backtest.columns import AssetColumns
    from engine.backtest.config import Config
    from engine.kernels.sweep_long import Wants
    from engine.spec.models import ProtectiveLevel, StrategySpec
    from engine.sweeps.arena import OneAsset
    from engine.sweeps.candidates import Family
    from engine.sweeps.columns import FamilyColumns

    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """The rules of one variant of the account, and what its entries want."""

    spec: StrategySpec
    config: Config
    base: float


def account_of(spec: StrategySpec, initial_equity: float) -> Account:
    return Account(spec, config_of(spec, initial_equity, asset_rules(spec)), defaults.slippage_of(spec).base)


def has_levels(config: Config) -> bool:
    """Tell whether positions have a stop or a target."""
    return config.stop != "none" or config.target != "none"


def wants_of(
    family: Family,
    members: IntArray,
    accounts: dict[int, Account],
    base: float,
    asset: OneAsset,
    columns: FamilyColumns,
) -> Wants:
    from engine.kernels.sweep_long import Wants

    chosen = np.array(family.chosen[ACCOUNT], dtype=np.int64)[members]
    factor, column = np.full((3, members.shape[0]), np.nan), np.full((3, members.shape[0]), LEVEL)
    for at in np.unique(chosen).tolist():
        mine, spec = np.flatnonzero(chosen == at), accounts[at].spec
        for row, want in enumerate((_size_want, _stop_want, _target_want)):
            factor[row, mine], column[row, mine] = want(spec, members[mine], asset, columns)
    slippage = defaults.slippage_of(accounts[int(chosen[0])].spec)
    read = columns.reader({})
    range_column = columns.kept.number_of(read.range_ratio()) if slippage.kv > 0.0 or slippage.kp > 0.0 else LEVEL
    volume_column = columns.kept.number_of(read.mean_quote_volume()) if slippage.kp > 0.0 else LEVEL
    every = np.append(column.reshape(-1), [range_column, volume_column])
    used = np.unique(every[every != LEVEL])
    rows = np.where(every == LEVEL, LEVEL, np.searchsorted(used, every))
    size_number, stop_number, target_number = rows[:-2].reshape(3, -1)
    return Wants(
        size_factor=factor[0],
        size_column=size_number.copy(),
        stop_factor=factor[1],
        stop_column=stop_number.copy(),
        target_factor=factor[2],
        target_column=target_number.copy(),
        addresses=columns.kept.addresses(used),
        slippage_base=base,
        range_column=int(rows[-2]),
        volume_column=int(rows[-1]),
    )


def _size_want(
    spec: StrategySpec, members: IntArray, asset: OneAsset, columns: FamilyColumns
) -> tuple[float, IntArray]:
    names = _level_names(spec.risk.stop_loss) if spec.sizing.mode == "risk_per_trade" else ()
    plain: list[float] = []

    def number(read: AssetColumns) -> int:
        size = size_of(spec, asset, {asset.asset: read})
        if isinstance(size, np.ndarray) and size.shape[0] > 1:
            return columns.kept.number_of(np.ascontiguousarray(size[:, 0]))
        plain.append(float(size) if not isinstance(size, np.ndarray) else float(size[0, 0]))
        return LEVEL

    found = columns.by_variant(names, members, number)
    return (plain[0] if plain else 1.0), found


def _stop_want(
    spec: StrategySpec, members: IntArray, asset: OneAsset, columns: FamilyColumns
) -> tuple[float, IntArray]:
    return _level_want(spec.risk.stop_loss, members, columns)


def _target_want(
    spec: StrategySpec, members: IntArray, asset: OneAsset, columns: FamilyColumns
) -> tuple[float, IntArray]:
    return _level_want(spec.risk.take_profit, members, columns)


def _level_want(level: ProtectiveLevel | None, members: IntArray, columns: FamilyColumns) -> tuple[float, IntArray]:
    if level is None or level.type != "atr":
        return np.nan if level is None else level.value, np.full(members.shape[0], LEVEL)
    found = columns.by_variant(_level_names(level), members, lambda read: columns.kept.number_of(range_of(read, level)))
    return level.value, found


def _level_names(level: ProtectiveLevel | None) -> tuple[str, ...]:
    return () if level is None or level.indicator is None else (level.indicator.partition(".")[0],)
