"""Scripted adversaries of the honesty benchmark: they look for whatever looks good in all that is revealed to them.

A proposer is a generator. It yields batches of candidates, is sent what the product reveals of each, and returns its
champion. It never sees a market: only figures, and the verdict on what it submitted.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from benchmarks.honesty.rules import average_pairs, neighbour, random_rule, rule_text
from benchmarks.honesty.zoomed import exits_around, pairs_around

if TYPE_CHECKING:
    from numpy.random import Generator as Random

    from benchmarks.honesty.rules import Overrides

Figures: TypeAlias = Mapping[str, float]
"""What is revealed of a candidate, by name; a figure without a value is left out, all are for an invalid spec."""

SHARPE, TRADES, P_VALUE = "sharpe_daily", "trade_count", "p_value"
"""Names of figures that are read here; a judge that tells a p-value of what was submitted tells it as ``p_value``."""
REVEALED = (SHARPE, TRADES, "net_profit", "returns", "max_drawdown", "win_rate", "profit_factor")
RANDOM_CANDIDATES, BATCH = 1_000, 100
CLIMB_ROUNDS, CLIMB_BATCH = 20, 25
SESSIONS = 5
CROWD, CROWD_CANDIDATES = 10, 30
NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Batch:
    """Candidates to be measured; ``submitted``, the number of the one to be judged as well, None for none.

    ``plan`` names the sweep they belong to where all of it was decided before any of it was seen.
    """

    candidates: tuple[Overrides, ...]
    submitted: int | None = None
    plan: str | None = None


Proposer: TypeAlias = Generator[Batch, Sequence[Figures], "Overrides | None"]
Session: TypeAlias = Callable[["Overrides | None"], Proposer]
"""A conversation: it is given the best of the one before and begins with everything else forgotten."""
Measure: TypeAlias = Callable[[Batch], Sequence[Figures]]


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a proposer: its last champion, what it asked for and what it submitted, in order."""

    champion: Overrides | None
    asked: int
    submitted: tuple[Overrides, ...]


def play(sessions: Sequence[Session], measure: Measure) -> Played:
    """Run the sessions of a proposer one after the other; ``measure`` tells of each candidate of a batch.

    Raises
    ------
    ValueError
        ``measure`` told of more or fewer candidates than there are in the batch.
    """
    champion: Overrides | None = None
    asked, submitted = 0, []
    for session in sessions:
        proposer = session(champion)
        try:
            batch = next(proposer)
            while True:
                told = measure(batch)
                if len(told) != len(batch.candidates):
                    raise ValueError(f"{len(told)} figures for a batch of {len(batch.candidates)} candidates")
                asked += len(batch.candidates)
                if batch.submitted is not None:
                    submitted.append(batch.candidates[batch.submitted])
                batch = proposer.send(told)
        except StopIteration as ended:
            champion = ended.value
    return Played(champion, asked, tuple(submitted))


def worth(figures: Figures) -> float:
    """Return how good a candidate looks: its Sharpe ratio, and the normal score of its p-value where one is told.

    A candidate that is invalid or never traded is worth nothing at all.
    """
    if not figures.get(TRADES) or SHARPE not in figures:
        return -np.inf
    p = figures.get(P_VALUE)
    return figures[SHARPE] + (0.0 if p is None else NORMAL.inv_cdf(1.0 - min(max(p, 1e-9), 1.0 - 1e-9)))


def every(rules: Sequence[Overrides], plan: str = "grid") -> Session:
    """Try every rule of a list once, as one plan, the best of them submitted."""

    def session(_: Overrides | None = None) -> Proposer:
        batches = [Batch(tuple(rules[at : at + BATCH]), plan=plan) for at in range(0, len(rules), BATCH)]
        best = yield from _best_of(batches)
        return (yield from _submitted(best))

    return session


def grid(_: Overrides | None = None) -> Proposer:
    """P-grid: the 105 pairs of averages, the best of them submitted."""
    return every(average_pairs())(None)


def random_rules(seed: int, count: int = RANDOM_CANDIDATES) -> Session:
    """P-random: so many rules of five families, the best of them submitted."""

    random = _random(seed)
    return every([random_rule(random) for _ in range(count)], f"draws {seed}")


def greedy(seed: int, rounds: int = CLIMB_ROUNDS) -> Session:
    """P-greedy: a random start, then so many rounds of neighbours of the best; each new best is submitted at once.

    What is told of a submitted one counts from then on: it climbs on the verdicts as well.
    """

    def session(known: Overrides | None = None) -> Proposer:
        random = _random(seed)
        start = [random_rule(random) for _ in range(CLIMB_BATCH)]
        first = Batch(tuple(start if known is None else [known, *start[1:]]), plan=f"start {seed}")
        top = yield from _climbed(first, NOWHERE)
        for _ in range(rounds):
            best = top.rule
            tried = tuple(random_rule(random) if best is None else neighbour(best, random) for _ in range(CLIMB_BATCH))
            top = yield from _climbed(Batch(tried), top)
        return top.rule

    return session


def patient(seed: int, rounds: int = CLIMB_ROUNDS, last: int = SESSIONS) -> Session:
    """P-patient: climbs by the figures alone and spends its looks at the end, on the best of all it has seen."""

    def session(known: Overrides | None = None) -> Proposer:
        random = _random(seed)
        tried = [random_rule(random) for _ in range(CLIMB_BATCH)]
        seen: dict[float, Overrides] = {}
        for at in range(rounds + 1):
            batch = Batch(tuple(tried), plan=None if at else f"start {seed}")
            for rule, figures in zip(tried, (yield batch), strict=True):
                seen.setdefault(worth(figures), rule)
            best = seen[max(seen)]
            tried = [neighbour(best, random) for _ in range(CLIMB_BATCH)] if at < rounds else []
        chosen: Overrides | None = None
        for value in sorted(seen, reverse=True)[:last]:
            if np.isfinite(value):
                [figures] = yield Batch((seen[value],), submitted=0)
                chosen = seen[value] if chosen is None else chosen
        return chosen

    return session


@dataclass(frozen=True, slots=True)
class Height:
    """How far a climb has come: its best rule, how good that looked, and how good it was with the verdict on it."""

    rule: Overrides | None
    looked: float
    judged: float


NOWHERE = Height(None, -np.inf, -np.inf)


def _climbed(batch: Batch, top: Height) -> Generator[Batch, Sequence[Figures], Height]:
    """Measure a batch, submit its best where it looks better than the top looked or was judged; go where that leads."""
    tried = batch.candidates
    values = [worth(one) for one in (yield batch)]
    at = int(np.argmax(values))
    if values[at] <= min(top.looked, top.judged):
        return top
    [figures] = yield Batch((tried[at],), submitted=0)
    judged = worth(figures)
    return Height(tried[at], values[at], judged) if judged > top.judged else top


def _best_of(
    batches: Sequence[Batch],
) -> Generator[Batch, Sequence[Figures], Overrides | None]:
    best: Overrides | None = None
    height = -np.inf
    for batch in batches:
        for one, figures in zip(batch.candidates, (yield batch), strict=True):
            if worth(figures) > height:
                best, height = one, worth(figures)
    return best


def _submitted(best: Overrides | None) -> Proposer:
    if best is not None:
        yield Batch((best,), submitted=0)
    return best


def zoom(_: Overrides | None = None) -> Proposer:
    """P-zoom: the grid of 105 pairs, then larger and finer grids around the best of all, each a plan of its own.

    Each of these ends in a look at the best that had none, and what it tells is known to the next.
    """
    seen: dict[str, tuple[float, Overrides]] = {}
    yield from _added(seen, average_pairs(), "zoom 0")
    handed: list[str] = []
    for number, around in enumerate(ZOOMS, 1):
        if (best := _highest(seen)) is None:
            return None
        yield from _added(seen, around(best), f"zoom {number}")
        if (best := _highest(seen, handed)) is not None:
            [figures] = yield Batch((best,), submitted=0)
            handed.append(rule_text(best))
            seen[handed[-1]] = worth(figures), best
    return _highest(seen)


ZOOMS = (pairs_around, exits_around, pairs_around)


def _added(
    seen: dict[str, tuple[float, Overrides]], rules: Sequence[Overrides], plan: str
) -> Generator[Batch, Sequence[Figures], None]:
    """Try rules as one plan; those that were seen before keep what they looked like."""
    for at in range(0, len(rules), BATCH):
        batch = Batch(tuple(rules[at : at + BATCH]), plan=plan)
        for rule, figures in zip(batch.candidates, (yield batch), strict=True):
            seen.setdefault(rule_text(rule), (worth(figures), rule))


def _highest(seen: Mapping[str, tuple[float, Overrides]], handed: Sequence[str] = ()) -> Overrides | None:
    """Return the best of what was seen and not handed in, None where nothing is worth anything."""
    left = [one for name, one in seen.items() if name not in handed and np.isfinite(one[0])]
    return max(left, key=lambda one: one[0])[1] if left else None


def _random(seed: int) -> Random:
    return np.random.Generator(np.random.PCG64(seed))


def restarts(seed: int, count: int = SESSIONS) -> tuple[Session, ...]:
    """P-restart: so many climbs over the same data, each one a new conversation that is given the best so far."""
    return tuple(greedy(seed + SESSIONS * 1_000 * number) for number in range(1, count + 1))


def crowd(seed: int, count: int = CROWD) -> tuple[Session, ...]:
    """P-crowd: so many conversations over the same data, each one hands in the best of a few rules of its own."""
    return tuple(random_rules(seed + CROWD * 1_000 * number, CROWD_CANDIDATES) for number in range(1, count + 1))


PROPOSERS: dict[str, Callable[[int], tuple[Session, ...]]] = {
    "P-grid": lambda _: (grid,),
    "P-zoom": lambda _: (zoom,),
    "P-random": lambda seed: (random_rules(seed),),
    "P-greedy": lambda seed: (greedy(seed),),
    "P-restart": restarts,
    "P-patient": lambda seed: (patient(seed),),
}
"""Name -> the sessions of a proposer from its seed."""
