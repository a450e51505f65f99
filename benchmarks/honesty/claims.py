"""What must hold of a judge, checked against the records: size, power, intervals, leaks, the ledger, looks.

The bounds are those of the protocol: 5 % with its 99 % binomial margin for noise, the shares asked for where there is
an edge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.honesty import cells
from benchmarks.honesty.cells import Cell
from benchmarks.honesty.ours import NAME
from benchmarks.honesty.suite import truth_key
from benchmarks.honesty.tables import Count, Record, by_cell, fewest_by_chance, interval, most_by_chance, validated

GOALS = {(2.0, 3): 0.55, (3.0, 3): 0.85, (2.0, 6): 0.80}
"""Annual Sharpe ratio and years -> share of planted edges that must be found."""
COVERED = (0.85, 0.95)
LARGEST_BIAS = 0.3
LEAST_KS = 0.01
LOOKS = 5
DRAWS_ERROR = 0.03
"""By how much a p of 1,000 drawn histories may differ by the draws alone: three errors at 0.1."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One line of the protocol: what must hold, what was measured, whether it holds."""

    line: str
    text: str
    measured: str
    asked: str
    holds: bool

    def __str__(self) -> str:
        return f"{'holds' if self.holds else 'FAILS'}  {self.line}  {self.text}: {self.measured} ({self.asked})"


def claims_of(
    asked: Sequence[Cell], records: Sequence[Record], truths: Mapping[str, float], *, seat: str = NAME
) -> list[Claim]:
    """Return every claim that the records can tell of, in the order of the protocol."""
    found = by_cell(records)
    have = [(cell, found[cell.name]) for cell in asked if cell.name in found]
    claims = [*_sizes(have, seat), *_powers(have, seat)]
    if seat == NAME:
        claims += [*_intervals(have, truths), *_null_p(have)]
    return [*claims, *_canaries(have), *_flips(have), *_ledgers(have), *_budgets(have, seat), *_demos(have, seat)]


def claim_of_size(text: str, count: Count) -> Claim:
    """Return the claim that so many validated sessions of noise are what 5 % may come to."""
    most = most_by_chance(count.of)
    return Claim("L1", text, f"{count} = {count.share:.1%}", f"at most {most}/{count.of}", count.found <= most)


def _sizes(have: Sequence[tuple[Cell, Sequence[Record]]], seat: str) -> Iterator[Claim]:
    sizes = [(cell, several) for cell, several in have if cell.kind == cells.SIZE]
    for cell, several in sizes:
        yield claim_of_size(f"validated on {cell.market} by {cell.proposer}", validated(several, seat))
    yield from _together(sizes, seat, lambda cell: f"on {cell.market} by all proposers")
    yield from _together(sizes, seat, lambda cell: f"by {cell.proposer} on all noise")
    yield from _together(sizes, seat, lambda cell: "on all noise")
    free = [(cell, [one for one in several if one["fee"] == 0.0]) for cell, several in sizes]
    yield from _together(free, seat, lambda cell: "on all noise free of fees")


def _together(
    sizes: Sequence[tuple[Cell, Sequence[Record]]], seat: str, group: Callable[[Cell], str]
) -> Iterator[Claim]:
    """Yield the claim of size of each group of cells."""
    found: dict[str, list[Record]] = {}
    for cell, several in sizes:
        found.setdefault(group(cell), []).extend(several)
    for text, several in found.items():
        if several:
            yield claim_of_size(f"validated {text}", validated(several, seat))


def _powers(have: Sequence[tuple[Cell, Sequence[Record]]], seat: str) -> Iterator[Claim]:
    """Hold all edges of a size together to the goal, and each of them to what chance leaves of it."""
    for (sharpe, years), goal in GOALS.items():
        every = []
        for cell, several in have:
            inside = cell.kind == cells.POWER and cell.proposer == cells.INSIDE and cell.fee_rate == cells.FREE
            if inside and (cell.sharpe, cell.years) == (sharpe, years):
                every += several
                count = validated(several, seat)
                least = fewest_by_chance(count.of, goal)
                text = f"{cell.market} of Sharpe ratio {sharpe:g} found in {years} years"
                yield Claim("L2", text, _share(count), f"at least {least}/{count.of}", count.found >= least)
        if every:
            count = validated(every, seat)
            text = f"every edge of Sharpe ratio {sharpe:g} in {years} years"
            yield Claim("L2", text, _share(count), f"at least {goal:.0%}", count.share >= goal)


def _share(count: Count) -> str:
    low, high = interval(count)
    return f"{count} = {count.share:.0%} ({low:.0%} to {high:.0%})"


def claims_told(have: Sequence[tuple[Cell, Sequence[Record]]], truths: Mapping[str, float]) -> list[tuple[Any, float]]:
    """Return the figures of every validated planted edge of the power cells, each with the rule's true ratio."""
    return [
        (one["ours"][one["proven"]], truths[truth_key(one)])
        for cell, several in have
        if cell.kind == cells.POWER
        for one in several
        if "rule" in one and truth_key(one) in truths
    ]


def _intervals(have: Sequence[tuple[Cell, Sequence[Record]]], truths: Mapping[str, float]) -> Iterator[Claim]:
    told = claims_told(have, truths)
    if not told:
        return
    covered = Count(sum(one["low"] <= truth <= one["high"] for one, truth in told), len(told))
    least, most = COVERED
    n = covered.of
    inside = fewest_by_chance(n, least) <= covered.found <= most_by_chance(n, most)
    yield Claim(
        "L3",
        "90 % intervals of validated strategies that hold the true Sharpe ratio",
        f"{covered} = {covered.share:.0%}",
        f"{least:.0%} to {most:.0%}, {fewest_by_chance(n, least)} to {most_by_chance(n, most)} with its margin",
        inside,
    )
    bias = sum(one["claimed"] - truth for one, truth in told) / n
    yield Claim(
        "L3",
        "mean of the Sharpe ratio claimed less the true one",
        f"{bias:+.2f} a year",
        f"at most {LARGEST_BIAS:g}",
        bias <= LARGEST_BIAS,
    )


def _null_p(have: Sequence[tuple[Cell, Sequence[Record]]]) -> Iterator[Claim]:
    """Compare the p of first looks at noise free of fees with uniform ones; an average of a grid is always active."""
    from scipy.stats import kstest

    values = [
        one["ours"][0]["p_holdout"]
        for cell, several in have
        if cell.kind == cells.SIZE and cell.proposer == "P-grid"
        for one in several
        if one["fee"] == 0.0 and one["ours"] and "p_holdout" in one["ours"][0]
    ]
    if len(values) < 2:
        return
    p = float(kstest(values, "uniform").pvalue)
    text = f"p of {len(values)} first looks at noise are uniform (Kolmogorov-Smirnov)"
    yield Claim("L3", text, f"p = {p:.3f}", f"above {LEAST_KS:g}", p > LEAST_KS)


def _canaries(have: Sequence[tuple[Cell, Sequence[Record]]]) -> Iterator[Claim]:
    for cell, several in have:
        if cell.kind == cells.CANARY:
            n = len(several)
            singing, silent = (sum(one["exploits"][name] for one in several) for name in ("singing", "silent"))
            most = most_by_chance(n, max(silent, 1) / n)
            yield Claim(
                "L4",
                f"champions of {cell.proposer} that live on an edge inside the holdout",
                f"{singing}/{n}",
                f"at most {most}: without it {silent} would",
                singing <= most,
            )


def _flips(have: Sequence[tuple[Cell, Sequence[Record]]]) -> Iterator[Claim]:
    for cell, several in have:
        if cell.kind == cells.FLIP:
            same = Count(sum(one["same"] for one in several), len(several))
            text = f"sessions of {cell.proposer} told the same to the bit with the holdout turned over"
            yield Claim("L4", text, str(same), "all", same.found == same.of)


def _ledgers(have: Sequence[tuple[Cell, Sequence[Record]]]) -> Iterator[Claim]:
    for cell, several in have:
        if cell.kind != cells.LEDGER:
            continue
        again = Count(sum(one["counts"][1] == one["counts"][0] for one in several), len(several))
        yield Claim("L6", "repeated searches that count no trial twice", str(again), "all", again.found == again.of)
        twice = Count(sum(one["counts"][2] > 1.9 * one["counts"][0] for one in several), len(several))
        yield Claim("L6", "searches with other draws that double the count", str(twice), "all", twice.found == twice.of)
        falls = max(max(one["p"][0] - one["p"][1], one["p"][0] - one["p"][2]) for one in several)
        text = "largest fall of a champion's p by more searching"
        yield Claim("L6", text, f"{max(falls, 0.0):.3f}", f"at most {DRAWS_ERROR:g}", falls <= DRAWS_ERROR)


def _budgets(have: Sequence[tuple[Cell, Sequence[Record]]], seat: str) -> Iterator[Claim]:
    for cell, several in have:
        if cell.kind == cells.BUDGET:
            count = validated(several, seat)
            most = most_by_chance(count.of)
            text = "ten champions of noise handed in for one holdout, any validated"
            yield Claim("L7", text, f"{count} = {count.share:.1%}", f"at most {most}", count.found <= most)
            spent = Count(sum(one["refused"] == one["handed"] - LOOKS for one in several), len(several))
            yield Claim("L7", "sessions whose sixth look was refused", str(spent), "all", spent.found == spent.of)


def _demos(have: Sequence[tuple[Cell, Sequence[Record]]], seat: str) -> Iterator[Claim]:
    several = [one for cell, records in have if cell.kind == cells.DEMO for one in records]
    if several:
        count = validated(several, seat)
        yield Claim("-", "proposers validated on the generated demo market", str(count), "none", count.found == 0)
