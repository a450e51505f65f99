"""Run tasks in vectorbt: ``python with_vectorbt.py ANSWER.json TASK.npz ...``.

A task is what `engine.verify.task` writes. vectorbt fills an order on the bar of its signal, at the price it is
told: for fills at the next open it gets the opens and every signal one bar later.
"""

from __future__ import annotations

import json
import sys
from typing import Any

MISSING = 3
"""Exit status: the library is not installed."""


def run(task: dict[str, Any], terms: dict[str, Any]) -> list[list[float]]:
    """Return the trades of a task: entry bar, exit bar (-1 open), prices, signed size, fees, net profit."""
    import numpy as np
    import pandas as pd
    import vectorbt
    from vectorbt.portfolio.enums import OppositeEntryMode

    late = 0 if terms["fill"] == "close" else 1
    price = task["close"] if late == 0 else task["open"]
    later = {name: delayed(task[name], late) for name in ("leave_long", "leave_short", "go_long", "go_short")}
    reverses = (later["leave_long"] & later["go_short"]) | (later["leave_short"] & later["go_long"])
    side = np.where(later["go_short"], -1.0, 1.0)
    filled = price * (1.0 + side * terms["slippage"])
    stops = {}
    for name, kind, away in (("stop", terms["stop"], -side), ("target", terms["target"], side)):
        value = delayed(task[name], late, np.nan)
        part = {"fraction": value, "distance": value / filled, "price": away * (value / filled - 1.0)}
        stops[name] = np.where(later["go_long"] | later["go_short"], part.get(kind, np.nan), np.nan)
    index = pd.to_datetime(task["time"], unit="ms")
    portfolio = vectorbt.Portfolio.from_signals(
        pd.Series(task["close"], index=index),
        entries=later["go_long"],
        exits=later["leave_long"],
        short_entries=later["go_short"],
        short_exits=later["leave_short"],
        price=price,
        size=terms["units"],
        size_type="amount",
        fees=terms["fee"],
        slippage=terms["slippage"],
        init_cash=terms["cash"],
        upon_opposite_entry=np.where(reverses, OppositeEntryMode.Reverse, OppositeEntryMode.Ignore),
        open=task["open"],
        high=task["high"],
        low=task["low"],
        sl_stop=stops["stop"],
        tp_stop=stops["target"],
        stop_entry_price="fillprice",
        stop_exit_price="stopmarket" if terms["stops_slip"] else "stoplimit",
        freq=pd.Timedelta(int(task["time"][1] - task["time"][0]), unit="ms"),
    )
    rows = []
    for one in portfolio.trades.records.itertuples():
        size = one.size if one.direction == 0 else -one.size
        is_open = one.status == 0
        bars = [one.entry_idx, -1 if is_open else one.exit_idx]
        money = [0.0, 0.0] if is_open else [one.entry_fees + one.exit_fees, one.pnl]
        rows.append([float(value) for value in (*bars, one.entry_price, one.exit_price, size, *money)])
    return rows


def delayed(values: Any, bars: int, fill: Any = 0) -> Any:
    """Return a column ``bars`` later, the first ones filled."""
    import numpy as np

    values = np.asarray(values)
    if bars == 0:
        return values
    return np.concatenate((np.full(bars, fill, dtype=values.dtype), values[:-bars]))


def main(answer_file: str, *task_files: str) -> int:
    """Read the tasks, run them, write one answer; return the exit status."""
    try:
        import numpy as np
        import vectorbt
    except ImportError as missing:
        print(missing, file=sys.stderr)  # noqa: T201 - a program of its own
        return MISSING
    trades = []
    for task_file in task_files:
        with np.load(task_file) as stored:
            task = {name: stored[name] for name in stored.files if name != "terms"}
            trades.append(run(task, json.loads(str(stored["terms"]))))
    with open(answer_file, "w", encoding="utf-8") as written:
        json.dump({"engine": "vectorbt", "version": vectorbt.__version__, "trades": trades}, written)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
