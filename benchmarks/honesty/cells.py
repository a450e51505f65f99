"""What is measured: cells of the benchmark, each a kind of market, a proposer and a number of sessions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchmarks.honesty.edges import EDGES
from benchmarks.honesty.markets import NULLS
from benchmarks.honesty.proposers import PROPOSERS

SIZE, POWER, CANARY, FLIP, BUDGET, LEDGER, DEMO = "size", "power", "canary", "flip", "budget", "ledger", "demo"
INSIDE, OUTSIDE = "inside", "outside"
"""Proposers of planted edges: grids that hold the true rule, and that do not (`benchmarks.honesty.spaces`)."""
CROWD = "P-crowd"
FREE, PAID = 0.0, 0.0005


@dataclass(frozen=True, slots=True)
class Cell:
    """Sessions that are counted together.

    ``market`` is a generator or an edge, ``sharpe`` that of the edge. ``fee_rate`` None: free in every other session.
    """

    kind: str
    market: str
    proposer: str
    count: int
    sharpe: float = 0.0
    years: int = 3
    fee_rate: float | None = None

    @property
    def name(self) -> str:
        """What tells it from other cells; the number of sessions does not."""
        fee = "both" if self.fee_rate is None else f"{self.fee_rate:g}"
        return f"{self.kind}/{self.market}/{self.proposer}/SR {self.sharpe:g}/{self.years} y/fee {fee}"


def full_cells() -> list[Cell]:
    """Return the whole benchmark: of every generator 230 sessions, shared by the proposers."""
    sizes = {"P-grid": 60, "P-zoom": 30, "P-random": 40, "P-greedy": 40, "P-restart": 30, "P-patient": 30}
    found = [Cell(SIZE, market, proposer, sizes[proposer]) for proposer in PROPOSERS for market in NULLS]
    found += [Cell(BUDGET, "G1", CROWD, 400, fee_rate=FREE)]
    for edge in EDGES:
        planted, fewer = Cell(POWER, edge, INSIDE, 60, fee_rate=FREE), Cell(POWER, edge, INSIDE, 30, fee_rate=FREE)
        found += [replace(planted, sharpe=sharpe) for sharpe in (2.0, 3.0)]
        found += [replace(planted, sharpe=2.0, years=6)]
        found += [replace(fewer, sharpe=sharpe) for sharpe in (1.0, 4.0)]
        found += [replace(fewer, sharpe=3.0, fee_rate=PAID)]
        found += [replace(fewer, sharpe=sharpe, proposer=OUTSIDE) for sharpe in (2.0, 3.0)]
        found += [replace(fewer, sharpe=3.0, proposer=proposer) for proposer in ("P-random", "P-greedy")]
    found += [Cell(CANARY, "canary", proposer, 40, fee_rate=FREE) for proposer in ("P-random", "P-greedy")]
    found += [Cell(FLIP, "G1", proposer, 20) for proposer in ("P-grid", "P-greedy")]
    found += [Cell(LEDGER, "G1", "P-random", 20)]
    found += [Cell(DEMO, "demo", proposer, 1) for proposer in PROPOSERS]
    return found


def brief_cells() -> list[Cell]:
    """Return less than an hour of it: 112 sessions of every generator, the goals of power, 100 holdouts of 10 looks."""
    sizes = {"P-grid": 60, "P-zoom": 12, "P-greedy": 16, "P-patient": 12, "P-random": 8, "P-restart": 4}
    found = [Cell(SIZE, market, proposer, sizes[proposer]) for proposer in PROPOSERS for market in NULLS]
    for edge in EDGES:
        planted = Cell(POWER, edge, INSIDE, 60, fee_rate=FREE)
        found += [replace(planted, sharpe=sharpe, years=years) for sharpe, years in ((2.0, 3), (3.0, 3), (2.0, 6))]
        found += [replace(planted, sharpe=sharpe, count=20) for sharpe in (1.0, 4.0)]
        found += [replace(planted, sharpe=3.0, proposer=OUTSIDE, count=30)]
    found += [Cell(BUDGET, "G1", CROWD, 100, fee_rate=FREE), Cell(CANARY, "canary", "P-greedy", 20, fee_rate=FREE)]
    found += [Cell(FLIP, "G1", "P-grid", 10), Cell(LEDGER, "G1", "P-random", 4)]
    return [*found, *(Cell(DEMO, "demo", proposer, 1) for proposer in PROPOSERS)]


def nightly_cells() -> list[Cell]:
    """Return the benchmark with 200 sessions wherever a generator meets a proposer."""
    return [replace(one, count=200) if one.kind == SIZE else one for one in full_cells()]


def small_cells() -> list[Cell]:
    """Return some minutes of it: every kind once, few sessions."""
    found = [Cell(SIZE, market, "P-grid", 12) for market in ("G1", "G2", "G3", "G4", "G6")]
    found += [Cell(SIZE, "G1", proposer, 4) for proposer in ("P-random", "P-greedy", "P-patient")]
    found += [Cell(POWER, edge, INSIDE, 6, sharpe=4.0, fee_rate=FREE) for edge in EDGES]
    found += [Cell(BUDGET, "G1", CROWD, 4, fee_rate=FREE), Cell(CANARY, "canary", "P-greedy", 3, fee_rate=FREE)]
    found += [Cell(FLIP, "G1", "P-grid", 2), Cell(LEDGER, "G1", "P-random", 1), Cell(DEMO, "demo", "P-grid", 1)]
    return found
