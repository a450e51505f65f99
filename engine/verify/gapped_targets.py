"""Bars that open beyond a target and come to the stop later: we sell at the open, others at the stop."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from engine.verify.peers.with_backtesting import Held, levels

if TYPE_CHECKING:
    from engine.verify.task import Task
    from engine.verify.trades import Key, RoundTrip


def stops_before_gapped_targets(task: Task, trips: dict[Key, RoundTrip]) -> dict[Key, RoundTrip]:
    """Return the trades with an exit at the stop where it was at an open beyond the target and the bar touches both.

    Either way the position ends in that bar, and with a size of fixed units nothing after it changes: so the trades are
    rewritten, and the simulation is not. ``task`` tells bars and levels of the asset; there is no slippage in it.
    """
    bars, fee = task.bars, task.terms.fee
    bar_of = {int(time): bar for bar, time in enumerate(bars.time)}
    rewritten = dict(trips)
    for key, trip in trips.items():
        if trip.exit_time is None or trip.exit_time == trip.entry_time:
            continue
        side, bar = (1.0 if trip.quantity > 0.0 else -1.0), bar_of[trip.exit_time]
        opened, worst = float(bars.open[bar]), float((bars.low if side > 0.0 else bars.high)[bar])
        if trip.exit_price != opened:
            continue
        stop, target = _levels_at(task, trip, bar_of[trip.entry_time], bar, side)
        if side * opened >= side * target and side * worst <= side * stop:
            size = abs(trip.quantity)
            fees = fee * size * (trip.entry_price + stop)
            net = trip.quantity * (stop - trip.entry_price) - fees
            rewritten[key] = replace(trip, exit_price=stop, fees=fees, net_profit=net)
    return rewritten


def _levels_at(task: Task, trip: RoundTrip, entered: int, bar: int, side: float) -> tuple[float, float]:
    """Return the stop in force in ``bar`` and the target; NaN where there is none."""
    terms, columns = asdict(task.terms), task.columns
    at_close = task.terms.fill == "close"
    decided = entered if at_close else entered - 1
    known = levels(terms, columns, decided, side, trip.entry_price)
    held = Held(side, trip.entry_price, decided, known.get("sl", float("nan")))
    favourable = task.bars.high if side > 0.0 else task.bars.low
    for t in range(entered + at_close, bar):
        held.move(terms, columns, float(favourable[t]))
    return held.stop, known.get("tp", float("nan"))
