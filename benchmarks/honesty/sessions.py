"""One session of each kind of cell, as the record that is kept of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchmarks.honesty import cells
from benchmarks.honesty.judges import NAIVE, sharpe
from benchmarks.honesty.loop import Submission, Table, days_of, hold, holdout_window
from benchmarks.honesty.markets import (
    CANDLES,
    FEE_RATES,
    assets_of,
    canary_market,
    flipped,
    null_market,
    planted_market,
)
from benchmarks.honesty.ours import NAME, YEAR, Ours, case_of
from benchmarks.honesty.proposers import PROPOSERS, crowd, every, play, random_rules
from benchmarks.honesty.rules import base_spec
from benchmarks.honesty.spaces import INSIDE, OUTSIDE
from engine.market.demo import DemoMarket
from engine.sweeps.run import sweep

if TYPE_CHECKING:
    from benchmarks.honesty.cells import Cell
    from benchmarks.honesty.loop import Held, Judge
    from benchmarks.honesty.proposers import Batch, Session
    from benchmarks.honesty.rules import Overrides
    from engine.market.bars import MarketData

JUDGES: dict[str, Judge] = {NAME: Ours(), **{judge.name: judge for judge in NAIVE}}
EXPLOITED = 3.0
"""Annual Sharpe ratio that the canary must add to a champion in the holdout for it to be said to exploit it."""
LEDGER_RULES = 200


def record_of(cell: Cell, number: int, seat: str = NAME) -> dict[str, Any]:
    """Return the record of a session: the market ``number`` of a cell before the judge ``seat``, the others listening.

    Where the real candles that a market is made of are not there, the record says so.
    """
    started = time.perf_counter()
    record: dict[str, Any] = {"cell": cell.name, "number": number, "seat": seat}
    if cell.market.startswith("G5") and not os.environ.get(CANDLES):
        return record | {"skipped": f"{CANDLES} is not set"}
    found = KINDS[cell.kind](cell, number, JUDGES[seat])
    return record | found | {"seconds": round(time.perf_counter() - started, 3)}


def fee_of(cell: Cell, number: int) -> float:
    """Return the fee of a session's trades, a fraction."""
    return FEE_RATES[number % 2] if cell.fee_rate is None else cell.fee_rate


def _searched(market: MarketData, sessions: tuple[Session, ...], seat: Judge, fee_rate: float) -> Held:
    listeners = [judge for judge in JUDGES.values() if judge.name != seat.name]
    return hold(market, base_spec(assets_of(market), fee_rate=fee_rate), sessions, seat, listeners)


def _told(held: Held, seat: Judge, fee_rate: float) -> dict[str, Any]:
    return {
        "fee": fee_rate,
        "validated": {name: held.validated(name) for name in held.rulings},
        "handed": len(held.handed),
        "refused": sum(one.refused for one in held.rulings[seat.name]),
        "asked": held.asked,
        "trials": held.trials,
        "ours": [dict(one.figures) for one in held.rulings[NAME] if not one.refused],
    }


def _size(cell: Cell, number: int, seat: Judge) -> dict[str, Any]:
    fee_rate = fee_of(cell, number)
    market = null_market(cell.market, number, years=cell.years)
    return _told(_searched(market, PROPOSERS[cell.proposer](number), seat, fee_rate), seat, fee_rate)


def _power(cell: Cell, number: int, seat: Judge) -> dict[str, Any]:
    fee_rate = fee_of(cell, number)
    market = planted_market(cell.market, number, sharpe=cell.sharpe, years=cell.years)
    held = _searched(market, _sessions(cell, number), seat, fee_rate)
    record = _told(held, seat, fee_rate)
    proven = [at for at, one in enumerate(held.rulings[NAME]) if one.validated]
    if proven:
        record |= {"proven": proven[0], "edge": [cell.market, cell.sharpe], "rule": held.handed[proven[0]]}
    return record


def _sessions(cell: Cell, number: int) -> tuple[Session, ...]:
    grids = {cells.INSIDE: INSIDE, cells.OUTSIDE: OUTSIDE}
    if cell.proposer in grids:
        return (every(grids[cell.proposer][cell.market]()),)
    return PROPOSERS[cell.proposer](number)


def _budget(cell: Cell, number: int, seat: Judge) -> dict[str, Any]:
    fee_rate = fee_of(cell, number)
    market = null_market(cell.market, number, years=cell.years)
    return _told(_searched(market, crowd(number), seat, fee_rate), seat, fee_rate)


def _canary(cell: Cell, number: int, seat: Judge) -> dict[str, Any]:
    """Search the market with the canary and the same noise without; see whose champion would gain by the canary."""
    fee_rate, sessions = fee_of(cell, number), PROPOSERS[cell.proposer](number)
    singing, silent = (canary_market(number, years=cell.years, **kind) for kind in ({}, {"sharpe": 0.0}))
    found = {}
    for name, market in (("singing", singing), ("silent", silent)):
        held = _searched(market, sessions, seat, fee_rate)
        found[name] = held.champion
    exploits = {
        name: champion is not None
        and _in_holdout(singing, champion, fee_rate) - _in_holdout(silent, champion, fee_rate) >= EXPLOITED
        for name, champion in found.items()
    }
    return {"fee": fee_rate, "same": found["singing"] == found["silent"], "exploits": exploits}


def _in_holdout(market: MarketData, rule: Overrides, fee_rate: float) -> float:
    start, end = holdout_window(market)
    spec = base_spec(assets_of(market), fee_rate=fee_rate)
    swept = sweep(spec, market, [rule], start=start, end=end, full_window=True, daily_returns=True)
    return sharpe(days_of(swept)[0][0]) * YEAR


def _flip(cell: Cell, number: int, seat: Judge) -> dict[str, Any]:
    """Search a market and the one with the other holdout up to the first look; all that was told must be the same."""
    fee_rate = fee_of(cell, number)
    market = null_market(cell.market, number, years=cell.years)
    told = []
    for one in (market, flipped(market)):
        table = Table(one, base_spec(assets_of(one), fee_rate=fee_rate), seat)
        seen: list[Any] = []

        def measure(batch: Batch, table: Table = table, seen: list[Any] = seen) -> Any:
            figures = table.measure(replace(batch, submitted=None))
            seen.append(figures)
            if batch.submitted is None:
                return figures
            seen.append(_of_the_selection(table.handed(batch.candidates[batch.submitted], 1)))
            raise _LookTakenError

        with suppress(_LookTakenError):
            play(PROPOSERS[cell.proposer](number), measure)
        told.append(seen)
    return {"fee": fee_rate, "steps": len(told[0]), "same": repr(told[0]) == repr(told[1])}


class _LookTakenError(Exception):
    """Ends a session at its first look."""


def _of_the_selection(handed: Submission) -> list[Any]:
    case = case_of(handed)
    return [case.evidence, case.sharpe, case.search, case.deflated, case.overfitting, case.plateau, case.n_trials]


def _ledger(cell: Cell, number: int, seat: Judge) -> dict[str, Any]:
    """Search once, the same again, and then with other draws; the same champion is judged after each."""
    fee_rate = fee_of(cell, number)
    market = null_market(cell.market, number, years=cell.years)
    table = Table(market, base_spec(assets_of(market), fee_rate=fee_rate), seat)
    asked, counts, values = 0, [], []
    champion: Overrides | None = None
    for draws in (number, number, number + 1_000_000):
        searched = random_rules(draws, LEDGER_RULES)
        played = play([searched], lambda batch: table.measure(replace(batch, submitted=None)))
        asked += played.asked
        champion = played.champion if champion is None else champion
        counts.append(len(table.trials))
        values.append(1.0 if champion is None else case_of(table.handed(champion, 1)).evidence.p_search)
    return {"fee": fee_rate, "asked": asked, "counts": counts, "p": values}


def _demo(cell: Cell, number: int, seat: Judge) -> dict[str, Any]:
    market = DemoMarket()
    judge: Judge = Ours(as_if_real=False) if seat.name == NAME else seat
    held = hold(market, demo_spec(), PROPOSERS[cell.proposer](number), judge)
    return {"validated": {judge.name: held.validated(judge.name)}, "handed": len(held.handed), "trials": held.trials}


def demo_spec() -> dict[str, Any]:
    """Return the base strategy on spot candles of the demo market."""
    spec = base_spec(["BTC"], fee_rate=0.0)
    spec["universe"] = {"assets": ["BTC"], "quote": "USDT", "timeframe": "1h", "market_type": "spot"}
    spec["signals"] = {name: conditions for name, conditions in spec["signals"].items() if name != "short"}
    spec["risk"] = {}
    return spec


KINDS: dict[str, Callable[[Cell, int, Judge], dict[str, Any]]] = {
    cells.SIZE: _size,
    cells.POWER: _power,
    cells.CANARY: _canary,
    cells.FLIP: _flip,
    cells.BUDGET: _budget,
    cells.LEDGER: _ledger,
    cells.DEMO: _demo,
}
