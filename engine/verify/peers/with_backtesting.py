"""Run tasks in backtesting.py: ``python with_backtesting.py ANSWER.json TASK.npz ...``.

A task is what `engine.verify.task` writes. The strategy below does with the signals what a user of the library
would: it reads them at a bar's close, places orders that fill at the next open (or at this close), and sets stop
and target once it knows the price of its entry.
"""

from __future__ import annotations

import json
import sys
from typing import Any

MISSING = 3
"""Exit status: the library is not installed."""


def run(task: dict[str, Any], terms: dict[str, Any]) -> list[list[float]]:
    """Return the trades of a task: entry bar, exit bar (-1 open), prices, signed size, fees, net profit."""
    import pandas as pd
    from backtesting import Backtest, Strategy

    closes = [float(price) for price in task["close"]]
    at_close = terms["fill"] == "close"
    units = int(terms["units"])

    class Signals(Strategy):  # type: ignore[misc]
        def init(self) -> None:
            self.held: dict[int, Held] = {}

        def next(self) -> None:
            t = len(self.data) - 2
            size = self.position.size
            leave = bool(task["leave_long"][t] if size > 0 else task["leave_short"][t])
            for trade in self.trades:
                leave |= self.live_on(trade, t)
            if size != 0 and leave:
                self.position.close()
            free = size == 0 or leave
            if free and size <= 0 and task["go_long"][t]:
                self.buy(size=units, **(levels(terms, task, t, 1.0, closes[t]) if at_close else {}))
            elif free and size >= 0 and task["go_short"][t]:
                self.sell(size=units, **(levels(terms, task, t, -1.0, closes[t]) if at_close else {}))

        def live_on(self, trade: Any, t: int) -> bool:
            """Set the levels of a new trade, move those of an old one; tell whether its time is up."""
            entered = trade.entry_bar - 1
            side = 1.0 if trade.size > 0 else -1.0
            if entered not in self.held:
                decided = entered if at_close else entered - 1
                known = levels(terms, task, decided, side, trade.entry_price)
                self.held[entered] = Held(side, trade.entry_price, decided, known.get("sl", float("nan")))
                if not at_close:
                    for name, level in known.items():
                        setattr(trade, name, level)
            held = self.held[entered]
            stop = held.stop
            held.move(terms, task, float(task["high"][t] if side > 0 else task["low"][t]))
            if held.stop != stop and held.stop > 0.0:
                trade.sl = held.stop
            return time_is_up(terms, task, entered, t)

    frame = pd.DataFrame(
        {name.title(): [task[name][0], *task[name]] for name in ("open", "high", "low", "close", "volume")},
        index=pd.to_datetime([2 * task["time"][0] - task["time"][1], *task["time"]], unit="ms"),
    )  # the strategy is first asked at the second bar, so one is put before the first
    frame.loc[frame.index[0], ["Open", "High", "Low", "Close"]] = task["open"][0]
    test = Backtest(
        frame,
        Signals,
        cash=terms["cash"],
        commission=terms["fee"],
        trade_on_close=at_close,
        finalize_trades=False,
    )
    found = test.run()
    rows = [
        [entry - 1, exit_ - 1, bought, sold, size, fees, net]
        for entry, exit_, bought, sold, size, fees, net in found["_trades"][
            ["EntryBar", "ExitBar", "EntryPrice", "ExitPrice", "Size", "Commission", "PnL"]
        ].itertuples(index=False)
    ]
    for trade in found["_strategy"].trades:
        rows.append([trade.entry_bar - 1, -1, trade.entry_price, closes[-1], trade.size, 0.0, 0.0])
    return [[float(value) for value in row] for row in rows]


class Held:
    """The stop of one trade as it moves: breakeven, trailing stop, trailing take, each at closes and only tighter."""

    def __init__(self, side: float, entry: float, decided: int, stop: float) -> None:
        self.side, self.entry, self.decided, self.stop = side, entry, decided, stop
        self.best = entry

    def move(self, terms: dict[str, Any], task: dict[str, Any], seen: float) -> None:
        """Take the favourable extreme ``seen`` of one more bar into account."""
        side, entry = self.side, self.entry
        self.best = side * max(side * self.best, side * seen)
        gain = side * (self.best - entry)
        if terms["breakeven_at"] is not None and gain >= terms["breakeven_at"] * entry:
            self.tighten(entry + side * (terms["breakeven_offset"] * entry))
        for name in ("trail", "take"):
            if terms[name] != "none" and self.follows(terms, task, name, gain):
                self.tighten(self.best - side * distance(terms[name], self.best, task[name][self.decided]))

    def follows(self, terms: dict[str, Any], task: dict[str, Any], name: str, gain: float) -> bool:
        """Tell whether the trailing stop or take has come into force."""
        start = float(task[f"{name}_from"][self.decided])
        if start == start:  # an activation is named
            return gain >= distance(terms[name], self.entry, start)
        if name == "trail":
            return True
        if terms["target"] == "none":
            return gain >= distance(terms["take"], self.entry, task["take"][self.decided])
        target = level_of(terms["target"], self.entry, float(task["target"][self.decided]), self.side)
        return self.side * self.best >= self.side * target

    def tighten(self, level: float) -> None:
        """Take a level where it is strictly more protective."""
        if not self.side * level <= self.side * self.stop:
            self.stop = level


def distance(kind: str, price: float, value: float) -> float:
    """Return a distance given as a fraction of ``price`` or as an amount."""
    return price * value if kind == "fraction" else value


def level_of(kind: str, price: float, value: float, away: float) -> float:
    """Return a level given as a price or by its distance from ``price``."""
    return value if kind == "price" else price + away * distance(kind, price, value)


def time_is_up(terms: dict[str, Any], task: dict[str, Any], entered: int, t: int) -> bool:
    """Tell at the close of bar ``t`` whether a position entered at bar ``entered`` has lived its time."""
    at_close, interval = terms["fill"] == "close", terms["interval_ms"]
    lived = t - entered + (0 if at_close else 1)
    began = task["time"][entered] + (interval if at_close else 0)
    minutes = (task["time"][t] + interval - began) / 60_000
    return (terms["time_limit_bars"] is not None and lived >= terms["time_limit_bars"]) or (
        terms["time_limit_minutes"] is not None and minutes >= terms["time_limit_minutes"]
    )


def levels(terms: dict[str, Any], task: dict[str, Any], t: int, side: float, price: float) -> dict[str, float]:
    """Return stop and target of an entry at ``price`` decided at bar ``t``; what is not above zero is never touched."""
    found = {}
    for name, column, away in (("sl", "stop", -side), ("tp", "target", side)):
        suspended = column == "target" and terms["take"] != "none" and task["take_from"][t] != task["take_from"][t]
        if terms[column] != "none" and not suspended:
            level = level_of(terms[column], price, float(task[column][t]), away)
            if level > 0.0:
                found[name] = level
    return found


def main(answer_file: str, *task_files: str) -> int:
    """Read the tasks, run them, write one answer; return the exit status."""
    try:
        import backtesting
        import numpy as np
    except ImportError as missing:
        print(missing, file=sys.stderr)  # noqa: T201 - a program of its own
        return MISSING
    trades = []
    for task_file in task_files:
        with np.load(task_file) as stored:
            task = {name: stored[name].tolist() for name in stored.files if name != "terms"}
            trades.append(run(task, json.loads(str(stored["terms"]))))
    with open(answer_file, "w", encoding="utf-8") as written:
        json.dump({"engine": "backtesting.py", "version": backtesting.__version__, "trades": trades}, written)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
