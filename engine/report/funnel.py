"""What became of every close on which an entry was true: the answer to "why no trades?"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.kernels.codes import CANCELLED_EXPIRED, ENTRY_TRUE, FILLED, FUNNEL_STAGES, PLACED
from engine.report.figures import count, plural
from engine.report.inert import one_line
from engine.report.sheets import Sheet

if TYPE_CHECKING:
    from engine.backtest.result import Simulation

TITLE = "What became of the entries"
FEW_TRADES = 10

WORDS = {
    "entry_true": "entry was true",
    "in_position": "already in a position",
    "exit_also_true": "the exit was true as well",
    "both_sides_true": "both sides were true",
    "opposite_ignored": "the other side was held",
    "order_waiting": "an order was waiting",
    "halted": "trading had ended",
    "rejected_size_undefined": "size not defined yet",
    "rejected_stop_undefined": "stop or target not defined yet",
    "rejected_max_positions": "rejected: max_positions",
    "rejected_max_concurrent": "rejected: max_concurrent",
    "rejected_cooldown_bars": "rejected: cooldown_bars",
    "rejected_session_hours": "rejected: session_hours",
    "rejected_max_daily_loss_pct": "rejected: max_daily_loss_pct",
    "rejected_max_orders_per_hour": "rejected: max_orders_per_hour",
    "placed": "order placed",
    "rejected_no_price": "rejected: no price to fill at",
    "rejected_level_beyond_entry": "rejected: already beyond stop or target",
    "rejected_positions_full": "rejected at the fill: max_positions",
    "rejected_max_concurrent_at_fill": "rejected at the fill: max_concurrent",
    "rejected_max_position_pct": "rejected: max_position_pct",
    "rejected_max_total_exposure_pct": "rejected: max_total_exposure_pct",
    "rejected_max_leverage": "rejected: leverage",
    "rejected_cash": "rejected: no free cash",
    "rejected_too_small": "rejected: too small to trade",
    "cancelled": "cancelled with the end of trading or of an exit",
    "cancelled_expired": "cancelled: expired",
    "cancelled_stop_touched": "cancelled: the stop was touched first",
    "cancelled_max_daily_loss": "cancelled: max_daily_loss_pct",
    "never_filled": "left over at the end",
    "filled": "filled",
    "filled_late": "of these late",
    "cut_max_position_pct": "of these cut by max_position_pct",
    "cut_max_total_exposure_pct": "of these cut by max_total_exposure_pct",
    "cut_max_leverage": "of these cut by leverage",
    "cut_cash": "of these cut by free cash",
}
MILESTONES = (ENTRY_TRUE, PLACED, FILLED)


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One stage over all assets and sides: its count, and ``share`` of the closes with a true entry in per cent."""

    label: str
    count: str
    share: float
    lost: bool


@dataclass(frozen=True, slots=True)
class Funnel:
    """The stages that occurred, over all; ``each`` holds them by asset and side. ``telling`` when entries were lost."""

    title: str
    rows: tuple[FunnelRow, ...]
    note: str
    each: Sheet
    telling: bool


def funnel(run: Simulation) -> Funnel:
    """Return what became of the entries of a run; stages that never occurred are left out."""
    counts = run.funnel.sum(axis=(0, 1))
    shown = [stage for stage in range(len(FUNNEL_STAGES)) if counts[stage] or stage in MILESTONES]
    true, placed, filled = (int(counts[stage]) for stage in MILESTONES)
    rows = tuple(
        FunnelRow(
            _words(stage), count(int(counts[stage])), min(100.0, 100.0 * counts[stage] / max(true, 1)), _lost(stage)
        )
        for stage in shown
    )
    return Funnel(
        TITLE, rows, _note(run, true, placed, filled), _each(run, shown), filled < placed or filled < FEW_TRADES
    )


def _note(run: Simulation, true: int, placed: int, filled: int) -> str:
    if true == 0:
        return f"No entry was true at any of {plural(run.n_bars, 'close')}, so nothing was traded."
    text = f"An entry was true at {plural(true, 'close')}; {plural(placed, 'order was', 'orders were')} placed, "
    text += f"{count(filled)} filled."
    expired = int(run.funnel[:, :, CANCELLED_EXPIRED].sum())
    return f"{text} {plural(expired, 'limit order', 'limit orders')} expired." if expired else text


def _each(run: Simulation, shown: list[int]) -> Sheet:
    rows = []
    for asset, side in np.argwhere(run.funnel.any(axis=2)).tolist():
        name = f"{one_line(run.assets[asset])} {('long', 'short')[side]}"
        rows.append((name, *(count(int(run.funnel[asset, side, stage])) for stage in shown)))
    return Sheet("By asset and side", ("Asset", *(_words(stage) for stage in shown)), tuple(rows))


def _words(stage: int) -> str:
    name = FUNNEL_STAGES[stage]
    return WORDS.get(name, name.replace("_", " "))


def _lost(stage: int) -> bool:
    return stage not in MILESTONES and stage < FILLED
