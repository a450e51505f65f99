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
            self.levelled: set[int] = set()

        def next(self) -> None:
            t = len(self.data) - 2
            if not at_close:
                self.level_new_trades()
            size = self.position.size
            leave = task["leave_long"][t] if size > 0 else task["leave_short"][t]
            if size != 0 and leave:
                self.position.close()
                size = 0
            if size == 0 and task["go_long"][t]:
                self.buy(size=units, **(levels(terms, task, t, 1.0, closes[t]) if at_close else {}))
            elif size == 0 and task["go_short"][t]:
                self.sell(size=units, **(levels(terms, task, t, -1.0, closes[t]) if at_close else {}))

        def level_new_trades(self) -> None:
            for trade in self.trades:
                if trade.entry_bar not in self.levelled:
                    self.levelled.add(trade.entry_bar)
                    side = 1.0 if trade.size > 0 else -1.0
                    for name, level in levels(terms, task, trade.entry_bar - 2, side, trade.entry_price).items():
                        setattr(trade, name, level)

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


def levels(terms: dict[str, Any], task: dict[str, Any], t: int, side: float, price: float) -> dict[str, float]:
    """Return stop and target of an entry at ``price`` decided at bar ``t``; what is not above zero is never touched."""
    found = {}
    for name, kind, value, away in (
        ("sl", terms["stop"], float(task["stop"][t]), -side),
        ("tp", terms["target"], float(task["target"][t]), side),
    ):
        if kind != "none":
            move = price * value if kind == "fraction" else value
            level = value if kind == "price" else price + away * move
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
