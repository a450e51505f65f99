"""Thirteen strategies beside other engines: their specs, the bars they run on, and what the others made of them.

The bars are those of ``golden/engine_reference.json``, the trades in ``golden/verify_trades.json`` were computed by the
other engines themselves. Run as a program with the interpreter that has them, this file writes the trades anew:
``python tests/reference/verify_cases.py PATH_OF_PYTHON``.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from engine import MemoryMarket, make_bars
from engine.market.timeframe import DURATION_MS
from engine.spec import check
from engine.verify import PEERS, verify
from engine.verify.peer import Answer, Peer, ask
from engine.verify.task import Task

GOLDEN = Path(__file__).parents[1] / "golden"
SPECS = {path.stem: path for path in sorted((GOLDEN / "verify").glob("*.json"))}
TRADES = GOLDEN / "verify_trades.json"
CASES = [(name, peer) for name in SPECS for peer in PEERS]
SCALES = {"BTC": ("SYN_A", 300.0), "ETH": ("SYN_B", 10.0)}
"""Which bars an asset has, and what their prices are multiplied by."""


def stored_market() -> MemoryMarket:
    """Return the market of the cases: the stored bars, spot and perpetual, on the timeframes the specs name."""
    datasets = json.loads((GOLDEN / "engine_reference.json").read_text())["datasets"]
    bars = []
    for asset, (dataset, scale) in SCALES.items():
        prices = [np.round(np.array(datasets[dataset][name]) * scale, 2) for name in ("open", "high", "low", "close")]
        for timeframe in ("1h", "4h", "1d"):
            time = 1_577_836_800_000 + np.arange(len(prices[0])) * DURATION_MS[timeframe]
            for symbol in (f"{asset}USDT", f"{asset}USDT-PERP"):
                bars.append(make_bars(symbol, timeframe, time, *prices, datasets[dataset]["volume"]))
    return MemoryMarket(bars, name="stored bars")


def checked_spec(name: str, market: MemoryMarket) -> Any:
    """Return the checked spec of a case."""
    checked = check(SPECS[name].read_bytes(), catalog=market)
    assert checked.valid, [str(problem) for problem in checked.problems]
    return checked.spec


def digest_of(tasks: Sequence[Task]) -> str:
    """Return what the answers to these tasks belong to: the digest of all that the peer is told."""
    digest = hashlib.sha256()
    for task in tasks:
        digest.update(json.dumps(asdict(task.terms), sort_keys=True).encode())
        for name in ("time", "open", "high", "low", "close"):
            digest.update(np.ascontiguousarray(getattr(task.bars, name)).tobytes())
        for _, column in sorted(task.columns.items()):
            digest.update(np.round(np.asarray(column, dtype=np.float64), 9).tobytes())
    return digest.hexdigest()


def answer_of(stored: dict[str, Any]) -> Callable[[Peer, Sequence[Task], str], Answer]:
    """Return a peer that answers with stored trades, and only to the tasks they belong to."""

    def ask_peer(peer: Peer, tasks: Sequence[Task], python: str) -> Answer:
        assert digest_of(tasks) == stored["digest"], (
            "the peer would be told other bars, signals or terms than when its trades were stored: "
            "write them anew (tests/reference/verify_cases.py)"
        )
        rows = tuple(tuple(tuple(row) for row in trades) for trades in stored["trades"])
        return Answer(stored["version"], rows)

    return ask_peer


def tasks_of(name: str, peer: str, market: MemoryMarket) -> list[Task]:
    """Return what the peer is told in a case."""
    told: list[Task] = []

    def listen(peer: Peer, tasks: Sequence[Task], python: str) -> Answer:
        told.extend(tasks)
        return Answer("", tuple(() for _ in tasks))

    verify(checked_spec(name, market), market, peer=peer, python="", ask_peer=listen)
    return told


def main(python: str) -> None:
    """Run every case in its peer, all of one peer in one process, and write what it answers."""
    market, written = stored_market(), {}
    for peer in PEERS.values():
        told: dict[str, list[Task]] = {}
        for name in SPECS:
            told[name] = tasks_of(name, peer.name, market)
        answer = ask(peer, [task for tasks in told.values() for task in tasks], python)
        trades = iter(answer.trades)
        for name, tasks in told.items():
            mine = [next(trades) for _ in tasks]
            written[f"{name} {peer.name}"] = {"version": answer.version, "digest": digest_of(tasks), "trades": mine}
    TRADES.write_text(json.dumps(written, separators=(",", ":")).replace('},"', '},\n"') + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
