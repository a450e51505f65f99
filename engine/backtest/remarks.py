"""What a finished simulation has to tell: everything that was cut, rejected, late, assumed or lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.kernels import codes
from engine.market.quality import utc
from engine.notices import Notice

if TYPE_CHECKING:
    from engine.backtest.config import Config
    from engine.backtest.market import AlignedMarket
    from engine.backtest.result import Simulation

REJECTIONS = {
    codes.REJECTED_SIZE_UNDEFINED: (
        "SIZE_UNDEFINED",
        "the size was not defined yet (warm-up, no volatility, or no equity)",
    ),
    codes.REJECTED_STOP_UNDEFINED: ("STOP_UNDEFINED", "the stop or target was not defined yet, and none goes without"),
    codes.REJECTED_MAX_POSITIONS: ("MAX_POSITIONS", "as many positions as allowed were open or waiting"),
    codes.REJECTED_MAX_ORDERS_PER_HOUR: (
        "MAX_ORDERS_PER_HOUR",
        "as many entries as allowed were placed within the hour",
    ),
    codes.REJECTED_POSITIONS_FULL: (
        "MAX_POSITIONS",
        "as many positions as allowed were open when the order would have filled",
    ),
    codes.REJECTED_LEVEL_BEYOND_ENTRY: (
        "LEVEL_BEYOND_ENTRY",
        "the entry would have been at or beyond its stop or target",
    ),
    codes.REJECTED_MAX_POSITION_PCT: ("MAX_POSITION_PCT", "max_position_pct left nothing to trade"),
    codes.REJECTED_MAX_TOTAL_EXPOSURE_PCT: ("MAX_TOTAL_EXPOSURE_PCT", "max_total_exposure_pct left nothing to trade"),
    codes.REJECTED_MAX_LEVERAGE: ("MAX_LEVERAGE", "leverage left nothing to trade"),
    codes.REJECTED_CASH: ("NO_FREE_CASH", "there was no free cash left to trade"),
    codes.REJECTED_TOO_SMALL: ("ORDER_TOO_SMALL", "the order was below a tradable size"),
}
CUTS = {
    codes.CUT_MAX_POSITION_PCT: "max_position_pct",
    codes.CUT_MAX_TOTAL_EXPOSURE_PCT: "max_total_exposure_pct",
    codes.CUT_MAX_LEVERAGE: "max_leverage",
    codes.CUT_CASH: "free cash",
}


def simulation_notices(simulation: Simulation, market: AlignedMarket, config: Config) -> list[Notice]:
    """Return the notices of a run, most serious first."""
    return [
        *_ending(simulation, config),
        *_without_trades(simulation),
        *_rejections(simulation),
        *_cuts(simulation),
        *_late_fills(simulation),
        *_funding(market),
        *_volume(simulation, market, config),
        *_left_over(simulation),
    ]


def _ending(simulation: Simulation, config: Config) -> list[Notice]:
    if simulation.halted_bar is None:
        return []
    when = utc(int(simulation.close_time[simulation.halted_bar]))
    detail = {"bar": simulation.halted_bar, "equity": float(simulation.equity[simulation.halted_bar])}
    if simulation.liquidated:
        message = (
            f"the account was liquidated on {when}: equity fell to the maintenance margin; nothing was traded after"
        )
        return [Notice("LIQUIDATED", message, detail=detail)]
    limit = config.max_drawdown_fraction or 0.0
    message = f"the drawdown guard ({limit:.1%}) closed everything on {when}; nothing opened again in this run"
    return [Notice("DRAWDOWN_GUARD", message, detail=detail)]


def _without_trades(simulation: Simulation) -> list[Notice]:
    if len(simulation.fills):
        return []
    true = int(simulation.funnel[:, :, codes.ENTRY_TRUE].sum())
    if true == 0:
        message = f"no trade: no entry condition was true at any of {simulation.n_bars} closes"
    else:
        lost = simulation.funnel.sum(axis=(0, 1))
        stages = {
            name: int(n)
            for name, n in zip(codes.FUNNEL_STAGES, lost, strict=True)
            if n and name not in ("entry_true", "placed")
        }
        message = f"no trade: an entry was true at {true} closes, and none became a fill ({_listed(stages)})"
    return [Notice("NOTHING_TRADED", message, detail={"entryTrue": true})]


def _rejections(simulation: Simulation) -> list[Notice]:
    out = []
    for stage, (code, reason) in REJECTIONS.items():
        for a, row in np.argwhere(simulation.funnel[:, :, stage] > 0):
            n = int(simulation.funnel[a, row, stage])
            first = int(simulation.funnel_first[a, row, stage])
            asset, side = simulation.assets[a], ("long", "short")[row]
            when = utc(int(simulation.close_time[first]))
            message = (
                f"{asset}: {n} {side} {'entry was' if n == 1 else 'entries were'} rejected, first on {when}: {reason}"
            )
            detail = {"asset": asset, "side": side, "count": n, "firstBar": first, "stage": codes.FUNNEL_STAGES[stage]}
            out.append(Notice(code, message, detail=detail))
    return out


def _cuts(simulation: Simulation) -> list[Notice]:
    out = []
    fills = simulation.fills.columns
    kept = fills["quantity"] / np.where(fills["wanted_quantity"] > 0, fills["wanted_quantity"], 1.0)
    for stage, limit in CUTS.items():
        for a, row in np.argwhere(simulation.funnel[:, :, stage] > 0):
            n, entries = int(simulation.funnel[a, row, stage]), int(simulation.funnel[a, row, codes.FILLED])
            asset, side = simulation.assets[a], ("long", "short")[row]
            mine = (fills["asset"] == a) & (fills["reason"] == codes.ENTRY) & (fills["side"] == (1, -1)[row])
            least = float(kept[mine].min())
            message = (
                f"{asset}: {n} of {entries} {side} entries were cut by {limit}; "
                f"the smallest kept {least:.2%} of the size asked for"
            )
            detail = {"asset": asset, "side": side, "count": n, "limit": limit, "leastKeptFraction": least}
            out.append(Notice("SIZE_CUT", message, detail=detail))
    return out


def _late_fills(simulation: Simulation) -> list[Notice]:
    late = simulation.funnel[:, :, codes.FILLED_LATE].sum(axis=1)
    return [
        Notice(
            "LATE_FILLS",
            f"{simulation.assets[a]}: {int(late[a])} entries filled late, at the first candle after a gap",
            detail={"asset": simulation.assets[a], "count": int(late[a])},
        )
        for a in np.flatnonzero(late)
    ]


def _funding(market: AlignedMarket) -> list[Notice]:
    return [
        Notice(
            "FUNDING_ASSUMED",
            f"{asset}: no stored funding at {n} of its times; "
            "0.01 % per 8 h was charged to longs and not credited to shorts",
            detail={"asset": asset, "events": n},
        )
        for asset, n in market.assumed_funding.items()
        if n
    ]


def _volume(simulation: Simulation, market: AlignedMarket, config: Config) -> list[Notice]:
    if config.slippage_kp == 0.0:
        return []
    silent = [asset for asset, bars in market.bars.items() if not bars.volume.any()]
    return [
        Notice(
            "NO_VOLUME",
            f"{asset}: the candles carry no volume, so slippage leaves out the size of the order",
            detail={"asset": asset},
        )
        for asset in silent
    ]


def _left_over(simulation: Simulation) -> list[Notice]:
    out = []
    never = int(simulation.funnel[:, :, codes.NEVER_FILLED].sum())
    if never:
        message = f"{never} entries decided at the last close were left, since no candle follows"
        out.append(Notice("NEVER_FILLED", message, "note", {"count": never}))
    open_ = int((~simulation.trades.closed).sum())
    if open_:
        held = "position is" if open_ == 1 else "positions are"
        message = f"{open_} {held} still open at the end and marked at the last close, without exit costs"
        out.append(Notice("OPEN_AT_END", message, "note", {"count": open_}))
    return out


def _listed(stages: dict[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in stages.items())
