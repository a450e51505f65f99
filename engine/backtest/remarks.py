"""What a finished simulation has to tell: everything that was cut, rejected, late, assumed or lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.columns import SLIPPAGE_ATR_LENGTH, SLIPPAGE_VOLUME_BARS
from engine.backtest.entry_remarks import entry_notices
from engine.kernels import codes
from engine.market.quality import utc
from engine.notices import Notice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.backtest.config import Config
    from engine.backtest.market import AlignedMarket
    from engine.backtest.result import Simulation

ENTRY_WORDS, EXIT_WORDS = ("entry", "entries"), ("exit", "exits")


def simulation_notices(simulation: Simulation, market: AlignedMarket, config: Config) -> list[Notice]:
    """Return the notices of a run, most serious first."""
    return [
        *_ending(simulation, config),
        *_without_trades(simulation),
        *entry_notices(simulation, config),
        *_late_fills(simulation, config),
        *_funding(market),
        *_slippage(simulation, market, config),
        *_left_over(simulation, config),
    ]


def _ending(simulation: Simulation, config: Config) -> list[Notice]:
    """Tell the liquidation, and the drawdown guard where that had ended trading before."""
    out, ruined, halted = [], simulation.liquidated_bar, simulation.halted_bar
    if ruined is not None:
        message = (
            f"the account was liquidated on {utc(int(simulation.close_time[ruined]))}: equity fell to the maintenance "
            "margin; nothing was traded after"
        )
        out.append(Notice("LIQUIDATED", message, detail={"bar": ruined, "equity": float(simulation.equity[ruined])}))
    if halted is None or halted == ruined:
        return out
    when = utc(int(simulation.close_time[halted]))
    detail = {"bar": halted, "equity": float(simulation.equity[halted])}
    limit = config.max_drawdown_fraction or 0.0
    message = f"the drawdown guard ({limit * 100:.1f} %) closed everything on {when}; nothing opened again in this run"
    return [*out, Notice("DRAWDOWN_GUARD", message, detail=detail)]


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
        closes = "1 close" if true == 1 else f"{true} closes"
        message = f"no trade: an entry was true at {closes}, and none became a fill ({_listed(stages)})"
    return [Notice("NOTHING_TRADED", message, detail={"entryTrue": true})]


def _late_fills(simulation: Simulation, config: Config) -> list[Notice]:
    """Tell the orders that waited beyond the bar after their decision: for a candle, or for a price at a close.

    An entry that waits at its limit is not late.
    """
    fills = simulation.fills.columns
    late = fills["time"] > simulation.close_time[fills["decided_bar"]]
    entered = fills["reason"] == codes.ENTRY
    if config.entry_order != "market":
        late = late & ~entered
    until = "the first close with a price" if config.fill == "vwap" else "the first candle after a gap"
    out = []
    for a, asset in enumerate(simulation.assets):
        mine = late & (fills["asset"] == a)
        entries, exits = int((mine & entered).sum()), int((mine & ~entered).sum())
        parts = [f"{n} {name[n > 1]}" for n, name in ((entries, ENTRY_WORDS), (exits, EXIT_WORDS)) if n]
        if parts:
            message = f"{asset}: {' and '.join(parts)} filled late, at {until}"
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
        seen = _bars_behind(simulation, market, config, a)
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


def _bars_behind(simulation: Simulation, market: AlignedMarket, config: Config, a: int) -> NDArray[np.int64]:
    """Return for each market fill of an asset how many of its own bars had closed when its slippage was fixed."""
    fills = simulation.fills.columns
    limits = [codes.TAKE_PROFIT, codes.PARTIAL] + [codes.ENTRY] * (config.entry_order != "market")
    mine = (fills["asset"] == a) & ~np.isin(fills["reason"], limits)
    asset = market.assets[a]
    bar, rows = fills["bar"][mine], market.rows[asset]
    at_close = fills["moment"][mine] == codes.AT_CLOSE
    before = np.where(at_close, np.searchsorted(rows, bar, "right"), np.searchsorted(rows, bar, "left"))
    return np.asarray(market.first[asset] + before, dtype=np.int64)


def _fills(n: int) -> str:
    return f"{n} market fill{'' if n == 1 else 's'}"


def _left_over(simulation: Simulation, config: Config) -> list[Notice]:
    out = []
    never = int(simulation.funnel[:, :, codes.NEVER_FILLED].sum())
    if never and config.entry_order == "market":
        entries = (
            "1 entry decided at the last close was" if never == 1 else f"{never} entries decided at the last close were"
        )
        message = f"{entries} left, since no candle follows"
        out.append(Notice("NEVER_FILLED", message, "note", {"count": never}))
    open_ = int((~simulation.trades.closed).sum())
    if open_:
        held = "position is" if open_ == 1 else "positions are"
        message = f"{open_} {held} still open at the end and marked at the last close, without exit costs"
        out.append(Notice("OPEN_AT_END", message, "note", {"count": open_}))
    return out


def _listed(stages: dict[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in stages.items())
