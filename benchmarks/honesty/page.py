"""docs/honesty.md, written whole from the records: it says whatever came out."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.honesty import cells
from benchmarks.honesty.cells import Cell, full_cells
from benchmarks.honesty.claims import Claim, claims_told
from benchmarks.honesty.markets import NULL_SEED, PLANTED_SEED, TRAP_SEED
from benchmarks.honesty.ours import NAME
from benchmarks.honesty.sessions import JUDGES
from benchmarks.honesty.tables import Count, Record, by_cell, most_by_chance, validated

TEXT = Path(__file__).with_name("honesty.md")
LIMITS = Path(__file__).with_name("limits.md")
"""What the benchmark is, and what it can not show: the parts of the page that no run changes."""


@dataclass(frozen=True, slots=True)
class Run:
    """Where the figures of a page come from.

    ``base`` is the number of the first market of each cell; ``seconds`` None: nothing was played in this call. ``note``
    is what whoever called it says of the machine.
    """

    commit: str
    changed: bool
    base: int
    jobs: int
    seconds: float | None
    seat: str
    note: str = ""


def page_of(
    run: Run,
    asked: Sequence[Cell],
    records: Sequence[Record],
    truths: Mapping[str, float],
    claims: Sequence[Claim],
    picture: str,
) -> str:
    """Return the page as Markdown."""
    parts = [
        TEXT.read_text("utf-8").rstrip(),
        _origin(run, asked, records),
        _verdict(claims),
        _sizes(asked, records),
        _free(asked, records),
        f"## Power\n\n![Share of sessions validated by true Sharpe ratio](images/{picture})",
        _powers(asked, records),
        _intervals(asked, records, truths),
        _drawn(asked, records),
        _not_played(records),
        LIMITS.read_text("utf-8").rstrip(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _origin(run: Run, asked: Sequence[Cell], records: Sequence[Record]) -> str:
    played = [one for one in records if "skipped" not in one]
    skipped = len(records) - len(played)
    spent = sum(one["seconds"] for one in played)
    state = ", with changes that are not committed" if run.changed else ""
    drawn = f"{run.base:,} from the commit + a thousand-fold of the line's own" if run.base else "0"
    reasons = ", ".join(sorted({one["skipped"] for one in records if "skipped" in one}))
    left_out = f" {skipped:,} were skipped: {reasons}." if skipped else ""
    wanted = sum(cell.count for cell in asked)
    broken_off = f" of {wanted:,} that were asked for, then it was broken off" if len(records) < wanted else ""
    clock = "" if run.seconds is None else f", {run.seconds / 60:,.0f} minutes by the clock in the last call"
    note = f" {run.note}" if run.note else ""
    return (
        f"Written by `make honesty` at commit `{run.commit[:12]}`{state}, {platform.machine()}, Python "
        f"{platform.python_version()}, {run.jobs} processes. {len(played):,} sessions{broken_off}; {spent / 60:,.0f} "
        f"minutes in one process{clock}.{note}{left_out} The judge in the seat: {run.seat}. Seeds {NULL_SEED:,}, "
        f"{PLANTED_SEED:,} and {TRAP_SEED:,} + {drawn} + the number of the session."
    )


def _verdict(claims: Sequence[Claim]) -> str:
    failed = [one for one in claims if not one.holds]
    head = f"**{len(claims) - len(failed)} of {len(claims)} claims hold.**"
    rows = [
        f"| {one.line} | {one.text} | {one.measured} | {one.asked} | {'yes' if one.holds else '**no**'} |"
        for one in claims
    ]
    table = ["| line | claim | measured | asked | holds |", "| --- | --- | --- | --- | --- |", *rows]
    return "\n".join(["## What was asked and what came out", "", head, "", *table])


def _sizes(asked: Sequence[Cell], records: Sequence[Record]) -> str:
    chosen = [cell for cell in asked if cell.kind in (cells.SIZE, cells.BUDGET)]
    return _counts("## Noise: sessions in which something was validated", chosen, records, bound=True)


def _free(asked: Sequence[Cell], records: Sequence[Record]) -> str:
    """Return the same of sessions without fees: nothing holds noise back there."""
    chosen = [cell for cell in asked if cell.kind == cells.SIZE]
    free = [one for one in records if one.get("fee") == 0.0]
    return _counts("## The same where trading costs nothing", chosen, free, bound=True)


def _powers(asked: Sequence[Cell], records: Sequence[Record]) -> str:
    chosen = [cell for cell in asked if cell.kind == cells.POWER]
    text = (
        "`inside`: a grid that holds the true rule; `outside`: related rules without it; `P-random` and `P-greedy` "
        "search five families. The Sharpe ratio planted is that of the true rule free of costs."
    )
    return text + "\n\n" + _counts("", chosen, records, bound=False)


def _counts(head: str, chosen: Sequence[Cell], records: Sequence[Record], *, bound: bool) -> str:
    found = by_cell(records)
    names = list(JUDGES)
    columns = [
        "market",
        "proposer",
        *(() if bound else ("Sharpe", "years", "fee")),
        *names,
        *(("bound",) if bound else ()),
    ]
    rows = []
    for cell in chosen:
        several = found.get(cell.name, [])
        if not several:
            continue
        counts = [validated(several, name) for name in names]
        what = [cell.market, cell.proposer]
        if not bound:
            fee = "0 and 5 bps" if cell.fee_rate is None else f"{cell.fee_rate * 1e4:g} bps"
            what += [f"{cell.sharpe:g}", str(cell.years), fee]
        most = most_by_chance(len(several))
        told = [_told(count, most if bound else count.of) for count in counts]
        rows.append(f"| {' | '.join([*what, *told, *([str(most)] if bound else [])])} |")
    if not rows:
        return ""
    table = [f"| {' | '.join(columns)} |", f"| {' | '.join('---' for _ in columns)} |", *rows]
    return "\n".join([*([head, ""] if head else []), *table])


def _told(count: Count, most: int) -> str:
    return str(count) if count.found <= most else f"**{count}**"


def _intervals(asked: Sequence[Cell], records: Sequence[Record], truths: Mapping[str, float]) -> str:
    found = by_cell(records)
    rows = []
    for cell in asked:
        told = claims_told([(cell, found.get(cell.name, []))], truths)
        if cell.kind == cells.POWER and told:
            n = len(told)
            means = [
                sum(values) / n for values in zip(*((f["measured"], f["claimed"], t) for f, t in told), strict=True)
            ]
            covered = Count(sum(figures["low"] <= truth <= figures["high"] for figures, truth in told), n)
            rows.append(
                f"| {cell.market} | {cell.proposer} | {cell.sharpe:g} | {cell.years} | {n} | "
                + " | ".join(f"{value:.2f}" for value in means)
                + f" | {covered.share:.0%} |"
            )
    if not rows:
        return ""
    head = (
        "## What is claimed of validated strategies\n\nAnnual Sharpe ratios, means: as measured, as claimed, and the "
        "true one of the same rule; the share of 90 % intervals that hold the true one."
    )
    columns = "market|proposer|planted|years|validated|measured|claimed|true|covered".split("|")
    return "\n".join([head, "", f"| {' | '.join(columns)} |", f"| {' | '.join('---' for _ in columns)} |", *rows])


def _drawn(asked: Sequence[Cell], records: Sequence[Record]) -> str:
    """Return what the verdicts on the same submissions were, did trials that nobody had planned count as planned."""
    found = by_cell(records)
    groups: dict[str, list[Record]] = {}
    for cell in asked:
        if cell.kind == cells.SIZE:
            groups.setdefault(cell.proposer, []).extend(found.get(cell.name, []))
    groups = {proposer: several for proposer, several in groups.items() if several}
    rows = []
    for proposer, several in groups.items():
        drawn = sum(any(one.get("verdict_drawn") == "VALIDATED" for one in record["ours"]) for record in several)
        counts = validated(several, NAME), Count(drawn, len(several))
        most = most_by_chance(len(several))
        rows.append(f"| {proposer} | {' | '.join(_told(count, most) for count in counts)} | {most} |")
    if not rows:
        return ""
    head = (
        "## What counting tries one by one changes\n\nSessions of noise with something validated: as it is, and on the "
        "same submissions with the p of the search from days drawn again alone, as if all of it had been planned."
    )
    return "\n".join(
        [head, "", "| proposer | ours | days drawn again alone | bound |", "| --- | --- | --- | --- |", *rows]
    )


def _not_played(records: Sequence[Record]) -> str:
    """Return what the whole benchmark has that these records have not."""
    found = {name: len(several) for name, several in by_cell(records).items()}
    whole: dict[tuple[str, str], int] = {}
    played: dict[tuple[str, str], int] = {}
    for cell in full_cells():
        key = cell.kind, cell.proposer
        whole[key] = whole.get(key, 0) + cell.count
        played[key] = played.get(key, 0) + min(found.get(cell.name, 0), cell.count)
    rows = [
        f"| {kind} | {proposer} | {played[kind, proposer]:,} | {count:,} |"
        for (kind, proposer), count in whole.items()
        if played[kind, proposer] < count
    ]
    if not rows:
        return ""
    head = "## What was not played\n\nSessions of the whole benchmark (`make honesty`) that this page has fewer of."
    return "\n".join([head, "", "| kind | proposer | played | whole |", "| --- | --- | --- | --- |", *rows])
