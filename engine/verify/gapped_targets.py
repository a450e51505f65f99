"""Bars that open beyond a target and fall to the stop later: we sell at the open, others at the stop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.verify.setting import Setting
    from engine.verify.trades import Key, RoundTrip


def stops_before_gapped_targets(setting: Setting, trips: dict[Key, RoundTrip]) -> dict[Key, RoundTrip]:
    """Return the trades with an exit at the stop where it was at an open beyond the target and the bar touches both.

    Either way the position ends in that bar, and with a size of fixed units nothing after it changes: so the trades are
    rewritten, and the simulation is not. ``setting`` is that of one asset, without slippage.
    """
    market, config = setting.market.tables, setting.config
    bar_of = {int(time): bar for bar, time in enumerate(market.open_time)}
    rewritten = dict(trips)
    for key, trip in trips.items():
        if trip.exit_time is None:
            continue
        side = 1.0 if trip.quantity > 0.0 else -1.0
        bar, entered = bar_of[trip.exit_time], bar_of[trip.entry_time]
        decided = entered if config.fill == "close" else entered - 1
        stop, target = _levels(setting, trip.entry_price, decided, side)
        opened = float(market.open[bar, 0])
        worst = float(market.low[bar, 0] if side > 0.0 else market.high[bar, 0])
        gapped = side * opened >= side * target and trip.exit_price == opened
        if gapped and side * worst <= side * stop and entered < bar:
            size = abs(trip.quantity)
            fees = config.taker_fee * size * (trip.entry_price + stop)
            net = trip.quantity * (stop - trip.entry_price) - fees
            rewritten[key] = replace(trip, exit_price=stop, fees=fees, net_profit=net)
    return rewritten


def _levels(setting: Setting, price: float, decided: int, side: float) -> tuple[float, float]:
    found = []
    for kind, table, away in (
        (setting.config.stop, setting.intents.stop, -side),
        (setting.config.target, setting.intents.target, side),
    ):
        value = float(np.broadcast_to(table[:, 0], setting.market.n_bars)[decided])
        move = price * value if kind == "fraction" else value
        found.append(value if kind == "price" else price + away * move)
    return found[0], found[1]
