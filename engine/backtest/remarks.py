"""What a finished simulation has to tell: everything that was cut, rejected, late, assumed or lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.columns import SLIPPAGE_ATR_LENGTH, SLIPPAGE_VOLUME_BARS
from engine.kernels import codes
from engine.market.quality import utc
from engine.notices import Notice

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
ENTRY_WORDS, EXIT_WORDS = ("entry", "entries"), ("exit", "exits")
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
        *_slippage(simulation, market, config),
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
    """Tell per asset and side how many entries each limit cut, and the most that was cut away."""
    out = []
    fills = simulation.fills.columns
    kept = fills["quantity"] / np.where(fills["wanted_quantity"] > 0, fills["wanted_quantity"], 1.0)
    for a, row in np.argwhere(simulation.funnel[:, :, list(CUTS)].sum(axis=2) > 0):
        by_limit = {limit: n for stage, limit in CUTS.items() if (n := int(simulation.funnel[a, row, stage]))}
        count, entries = sum(by_limit.values()), int(simulation.funnel[a, row, codes.FILLED])
        asset, side = simulation.assets[a], ("long", "short")[row]
        mine = (fills["asset"] == a) & (fills["reason"] == codes.ENTRY) & (fills["side"] == (1, -1)[row])
        least = float(kept[mine].min())
        limits = ", ".join(f"{n} by {limit}" for limit, n in by_limit.items())
        message = (
            f"{asset}: {count} of {entries} {side} entries {'was' if count == 1 else 'were'} cut ({limits}); "
            f"the smallest kept {least:.2%} of the size asked for"
        )
        detail = {"asset": asset, "side": side, "count": count, "limits": by_limit, "leastKeptFraction": least}
        out.append(Notice("SIZE_CUT", message, detail=detail))
    return out


def _late_fills(simulation: Simulation) -> list[Notice]:
    """Tell the orders that waited for their asset's next candle beyond the bar after their decision."""
    fills = simulation.fills.columns
    late = fills["time"] > simulation.close_time[fills["decided_bar"]]
    entered = fills["reason"] == codes.ENTRY
    out = []
    for a, asset in enumerate(simulation.assets):
        mine = late & (fills["asset"] == a)
        entries, exits = int((mine & entered).sum()), int((mine & ~entered).sum())
        parts = [f"{n} {name[n > 1]}" for n, name in ((entries, ENTRY_WORDS), (exits, EXIT_WORDS)) if n]
        if parts:
            message = f"{asset}: {' and '.join(parts)} filled late, at the first candle after a gap"
            out.append(Notice("LATE_FILLS", message, detail={"asset": asset, "entries": entries, "exits": exits}))
    return out


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


def _slippage(simulation: Simulation, market: AlignedMarket, config: Config) -> list[Notice]:
    """Tell where slippage had to leave out a term: before the ATR is known, and without volume."""
    if config.slippage_kv == 0.0 and config.slippage_kp == 0.0:
        return []
    out = []
    for a, (asset, bars) in enumerate(market.bars.items()):
        seen = _bars_behind(simulation, market, a)
        early = int((seen <= SLIPPAGE_ATR_LENGTH).sum())
        if early:
            message = f"{asset}: {_fills(early)} came before ATR(14) was known: the slippage there is the base alone"
            out.append(Notice("SLIPPAGE_WARMUP", message, detail={"asset": asset, "count": early}))
        if config.slippage_kp == 0.0:
            continue
        traded = np.concatenate(([0], np.cumsum(bars.volume > 0.0)))
        silent = int((traded[seen] == traded[np.maximum(seen - SLIPPAGE_VOLUME_BARS, 0)]).sum())
        if not bars.volume.any():
            message = f"{asset}: the candles carry no volume, so slippage leaves out the size of the order"
        elif silent:
            message = f"{asset}: {_fills(silent)} came after 24 candles without volume: slippage leaves out their size"
        else:
            continue
        out.append(Notice("NO_VOLUME", message, detail={"asset": asset, "count": silent}))
    return out


def _bars_behind(simulation: Simulation, market: AlignedMarket, a: int) -> NDArray[np.int64]:
    """Return for each market fill of an asset how many of its own bars had closed when its slippage was fixed."""
    fills = simulation.fills.columns
    mine = (fills["asset"] == a) & (fills["reason"] != codes.TAKE_PROFIT)
    asset = market.assets[a]
    bar, rows = fills["bar"][mine], market.rows[asset]
    at_close = fills["moment"][mine] == codes.AT_CLOSE
    before = np.where(at_close, np.searchsorted(rows, bar, "right"), np.searchsorted(rows, bar, "left"))
    return np.asarray(market.first[asset] + before, dtype=np.int64)


def _fills(n: int) -> str:
    return f"{n} market fill{'' if n == 1 else 's'}"


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
