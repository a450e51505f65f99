"""One session of the honesty benchmark: a market, a proposer that searches it, and a judge of what it hands in.

The ledger of the data's family is kept in memory: every candidate that was ever asked for with its daily returns, and
how many looks into the holdout there were. A proposer is told figures of the selection part and, of what it hands in,
what the judge in the seat says. Other judges may listen: they rule on the same, and nobody is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from benchmarks.honesty.proposers import P_VALUE, REVEALED, play
from benchmarks.honesty.rules import rule_text
from engine.evidence.split import split_assets
from engine.sweeps.run import Arena

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.honesty.proposers import Batch, Figures, Session
    from benchmarks.honesty.rules import Overrides
    from engine.market.bars import MarketData
    from engine.sweeps.swept import Swept

    Days = NDArray[np.float32]

VALIDATED = "validated"
"""Name of the bit that is told of what was handed in, 1 or 0."""


class Trials:
    """Every trial of a family by a text that names it, with its daily returns; none is counted twice."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._parts: list[Days] = []
        self._plans: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, name: str, daily_returns: Days, plan: str | None = None) -> None:
        """Count a trial that is new; ``plan`` names the sweep it was decided in beforehand."""
        if name not in self._rows:
            self._rows[name] = len(self._rows)
            self._parts.append(daily_returns[None])
            if plan is not None:
                self._plans.setdefault(plan, []).append(name)

    def row(self, name: str) -> int:
        """Return the number of a trial."""
        return self._rows[name]

    @property
    def planned(self) -> frozenset[str]:
        """The trials of the plan that has the most, the first of equals: as the ledger of the product is read."""
        return frozenset(max(self._plans.values(), key=len, default=[]))

    def __iter__(self) -> Iterator[tuple[str, Days]]:
        """Yield the trials in the order they were made."""
        return zip(self._rows, self.returns, strict=True) if self._rows else iter(())

    @property
    def returns(self) -> Days:
        """Daily returns of all of them over the selection part, shape (n_trials, n_days)."""
        if len(self._parts) > 1:
            self._parts = [np.concatenate(self._parts)]
        return self._parts[0]


@dataclass(frozen=True)
class Submission:
    """A champion that was handed in, and all that a judge may know.

    ``trials`` are those of the family so far, ``first_day`` (UTC ms) is the first of their days. ``look`` counts what
    the family has handed in, this included.
    """

    arena: Arena
    spec: Mapping[str, Any]
    rule: Overrides
    trials: Trials
    first_day: int
    look: int

    @property
    def returns(self) -> Days:
        """Daily returns of every trial of the family over the selection part."""
        return self.trials.returns

    @property
    def row(self) -> int:
        """Which of them is the champion's."""
        return self.trials.row(rule_text(self.rule))

    @property
    def selection(self) -> Days:
        """Daily returns of the champion over the selection part."""
        days: Days = self.returns[self.row]
        return days

    @cached_property
    def holdout(self) -> Days:
        """Daily returns of the champion over the holdout."""
        start, end = holdout_window(self.arena.data)
        swept = self.arena.sweep(self.spec, [self.rule], start=start, end=end, full_window=True, daily_returns=True)
        return days_of(swept)[0][0]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a judge says: the bit, the p-value that it tells if it tells one, and figures for the record.

    ``refused``: it would not even look. ``tried`` are strategies that it measured itself to find its verdict, by name.
    """

    validated: bool
    p: float | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = False
    tried: Mapping[str, Days] = field(default_factory=dict)


class Judge(Protocol):
    """Rules on what is handed in; ``looks``, how often one family may ask, None for any number."""

    @property
    def name(self) -> str: ...

    @property
    def looks(self) -> int | None: ...

    def ruling(self, handed: Submission) -> Ruling: ...


@dataclass(frozen=True, slots=True)
class Held:
    """What came of a session: what was handed in, and the rulings on it judge by judge, in order."""

    champion: Overrides | None
    handed: tuple[Overrides, ...]
    asked: int
    trials: int
    rulings: Mapping[str, tuple[Ruling, ...]]

    def validated(self, judge: str) -> bool:
        """Tell whether a judge has validated anything."""
        return any(one.validated for one in self.rulings[judge])


class Table:
    """Where a proposer asks: measures its candidates, keeps the ledger, and lets the judges rule."""

    def __init__(
        self, market: MarketData, spec: Mapping[str, Any], seat: Judge, listeners: Sequence[Judge] = ()
    ) -> None:
        self._arena, self._spec = Arena(market), spec
        self._seat, self._judges = seat, (seat, *listeners)
        self._told: dict[str, dict[str, float]] = {}
        self._first_day = 0
        self._looks = 0
        self.trials = Trials()
        self.rulings: dict[str, list[Ruling]] = {judge.name: [] for judge in self._judges}

    def measure(self, batch: Batch) -> list[Figures]:
        """Return what is revealed of each candidate: the figures of the selection part, and of one handed in more.

        What was asked before is not measured again.
        """
        self._sweep({rule_text(rule): rule for rule in batch.candidates}, batch.plan)
        told = [dict(self._told[rule_text(rule)]) for rule in batch.candidates]
        if batch.submitted is not None and told[batch.submitted]:
            ruling = self._ruled(batch.candidates[batch.submitted])
            told[batch.submitted] |= {VALIDATED: float(ruling.validated)}
            told[batch.submitted] |= {} if ruling.p is None else {P_VALUE: ruling.p}
        return list(told)

    def _sweep(self, rules: Mapping[str, Overrides], plan: str | None) -> None:
        new = {name: rule for name, rule in rules.items() if name not in self._told}
        if not new:
            return
        swept = self._arena.sweep(self._spec, list(new.values()), daily_returns=True)
        days, self._first_day = days_of(swept)
        for at, (name, figures) in enumerate(zip(new, revealed(swept), strict=True)):
            self._told[name] = {} if at in swept.problems else figures
            if at not in swept.problems:
                self.trials.add(name, days[at], plan)

    def handed(self, rule: Overrides, look: int) -> Submission:
        """Return a rule that was measured as it is handed in for a look; none is taken by that."""
        return Submission(self._arena, self._spec, rule, self.trials, self._first_day, look)

    def _ruled(self, rule: Overrides) -> Ruling:
        self._looks += 1
        handed = self.handed(rule, self._looks)
        for judge in self._judges:
            spent = judge.looks is not None and self._looks > judge.looks
            self.rulings[judge.name].append(Ruling(validated=False, refused=True) if spent else judge.ruling(handed))
        for judge in self._judges:
            for name, days in self.rulings[judge.name][-1].tried.items():
                self.trials.add(name, days)
        return self.rulings[self._seat.name][-1]


def hold(
    market: MarketData,
    spec: Mapping[str, Any],
    sessions: Sequence[Session],
    seat: Judge,
    listeners: Sequence[Judge] = (),
) -> Held:
    """Let a proposer search a market, one conversation after the other, before one judge and some listeners."""
    table = Table(market, spec, seat, listeners)
    played = play(sessions, table.measure)
    rulings = {name: tuple(several) for name, several in table.rulings.items()}
    return Held(played.champion, played.submitted, played.asked, len(table.trials), rulings)


def revealed(swept: Swept) -> list[dict[str, float]]:
    """Return the figures of each candidate that have a value, by name."""
    columns = {name: getattr(swept, name).tolist() for name in REVEALED}
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return [{name: value for name, value in row.items() if np.isfinite(value)} for row in rows]


def holdout_window(market: MarketData) -> tuple[int, int]:
    """Return where the holdout of all assets of a market begins and ends, UTC ms."""
    spans = {}
    for symbol in market.symbols():
        bars = market.bars(symbol, "1h")
        if bars is not None:
            spans[symbol] = int(bars.time[0]), int(bars.time[-1]) + bars.interval_ms
    holdout = split_assets(spans).holdout
    if holdout is None:
        raise ValueError(f"{market.name} has no holdout: it is too short")
    return holdout.start, holdout.end


def days_of(swept: Swept) -> tuple[Days, int]:
    """Return the daily returns of a sweep that was asked for them, and their first day (UTC ms)."""
    if swept.daily_returns is None or swept.first_day is None:
        raise ValueError("the sweep has no whole day")
    return swept.daily_returns, swept.first_day
