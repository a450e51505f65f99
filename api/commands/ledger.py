"""`kek ledger`: everything that was ever tried, and whether the record of it is whole."""

from __future__ import annotations

import re
import sys
import textwrap
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from api import console
from api.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from api.look_budgets import LookBudget
    from storage.strategy_records import JudgementRecord, TrialRecord

app = typer.Typer(
    help="See the trial ledger: every candidate ever evaluated. Verdicts are corrected for all; none goes away.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Database = Annotated[
    str | None, typer.Option("--db", metavar="URL", help="Database; default: KEK_DATABASE_URL, else your own file.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

BELOW = " " * 9
"""What a line that goes on below begins with: the places of its number."""

FEWEST_COLUMNS = 40
Record = TypeVar("Record")

DIGEST = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{20,}\b")


@app.command()
def show(
    family: Annotated[
        str | None,
        typer.Option(metavar="ASSET", help="Only what traded this asset, under any name of its market; default: all."),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="The newest lines, at most.")] = 20,
    db: Database = None,
    json: Json = False,
) -> None:
    """Show how many candidates were evaluated on each asset, the looks into holdouts, the verdicts, the newest lines.

    A holdout has five looks; each may err with less than the one before, and together with at most 5 %. A ledger that
    is not as it was written is shown with what is wrong, and status 1.
    """
    from api.compose import opened
    from api.look_budgets import look_budgets
    from api.same_markets import same_markets
    from engine.evidence.families import data_family, families_in
    from storage.records import LOCAL_USER

    wanted = () if family is None else (data_family(family.upper()),)
    with opened(read_settings(database=db)) as database, database.read() as work:
        fault = work.trials.check(LOCAL_USER).fault
        every = work.trials.counts(LOCAL_USER)
        markets = same_markets(work, LOCAL_USER, {*every, *wanted})
        shown = frozenset().union(*(markets[one] for one in wanted)) if wanted else None
        counts = {name: count for name, count in every.items() if shown is None or name in shown}
        lines = _readable(lambda: work.trials.newest(LOCAL_USER, limit, families=shown), fault)
        budgets = look_budgets(_readable(lambda: work.trials.all_looks(LOCAL_USER), fault), markets)
        budgets = tuple(one for one in budgets if shown is None or one.family in shown)
        same = {tuple(sorted(markets[name])): work.trials.count(LOCAL_USER, *markets[name]) for name in wanted or every}
        judged = [
            one
            for one in _readable(lambda: work.judgements.all(LOCAL_USER), fault)
            if shown is None or not families_in(one.family).isdisjoint(shown)
        ]
    if json:
        told = {
            "counts": counts,
            "sameCandles": [{"families": names, "total": total} for names, total in same.items() if len(names) > 1],
            "looks": [one.as_json() for one in budgets],
            "verdicts": [one.as_json() for one in judged],
            "lines": [one.as_json() for one in lines],
            **({"fault": fault} if fault else {}),
        }
        console.emit(told)
    else:
        _show(wanted, every, counts, same, budgets, judged[-limit:], lines)
    if fault:
        if not json:
            console.say(f"The ledger was changed: {fault}. Nothing it shows counts.", error=True)
        raise typer.Exit(1)


def _readable(read: Callable[[], tuple[Record, ...]], fault: str | None) -> tuple[Record, ...]:
    """Return what reads back; of a ledger that has a fault nothing where a row does not."""
    from storage.errors import RecordDamaged

    try:
        return read()
    except RecordDamaged:
        if fault is None:
            raise
        return ()


def _show(
    wanted: Sequence[str],
    every: Mapping[str, int],
    counts: Mapping[str, int],
    same: Mapping[tuple[str, ...], int],
    budgets: Sequence[LookBudget],
    judged: Sequence[JudgementRecord],
    lines: Sequence[TrialRecord],
) -> None:
    if not lines and not every:
        console.say("Nothing was tried yet.", error=True)
        return
    for name, count in counts.items():
        _say(f"{console.clean(name)}: {count:,} candidate{'' if count == 1 else 's'}")
    for names, total in same.items():
        if len(names) > 1:
            _say(f"{console.clean(' and '.join(names))} have the same candles: {total:,} candidates together")
    for budget in budgets:
        _say(budget_text(budget))
    for verdict in judged:
        _say(verdict_text(verdict))
    if wanted and not lines:
        console.say(f"Nothing that was tried traded {console.clean(wanted[0])}.", error=True)
    for one in lines:
        _say(line_text(one))


def wrapped(line: str, width: int) -> list[str]:
    """Return a line in parts of at most ``width`` columns, words alone excepted, those below indented.

    >>> wrapped("      1  backtest  BTC  2020-01-01 to 2021-01-01  3 trades", 40)
    ['      1  backtest  BTC  2020-01-01 to', '         2021-01-01  3 trades']
    """
    return textwrap.wrap(
        line, max(width, FEWEST_COLUMNS), subsequent_indent=BELOW, break_long_words=False, break_on_hyphens=False
    )


def _say(line: str) -> None:
    for part in wrapped(line, get_terminal_size().columns) if sys.stdout.isatty() else [line]:
        console.say(part)


def budget_text(budget: LookBudget) -> str:
    """Return how many looks into a holdout are spent, and what is left, as a line of text."""
    spent = f"{console.clean(budget.family)}: {budget.spent} of {budget.of} looks into "
    spent += f"{budget.start[:10]} to {budget.end[:10]} spent"
    if budget.next_alpha is None:
        return f"{spent}: only later data can validate"
    return f"{spent}; the next is judged at {budget.next_alpha:.4f}, {budget.alpha_left:.4f} is left for all"


def verdict_text(judgement: JudgementRecord) -> str:
    """Return a verdict as a line of text."""
    look = "without a look" if judgement.look_seq is None else f"by the look of line {judgement.look_seq}"
    what = f"{console.clean(judgement.family)} {judgement.behaviour_hash[:12]}"
    return f"{(judgement.created_at or '')[:19]}  {judgement.verdict}  {what}  {look}"


def line_text(line: TrialRecord) -> str:
    """Return a line of the ledger as a line of text; of digests in its note the first 12 digits."""
    from storage.trial_chain import NO_TRIALS

    figures = line.summary
    told = [] if line.origin in NO_TRIALS else [f"{figures.trade_count or 0} trades"]
    if figures.returns_pct is not None:
        told.append(f"{figures.returns_pct:+.1%}")
    window = f"{line.start[:10]} to {line.end[:10]}"
    note = "  " + DIGEST.sub(r"\1", console.clean(line.note)) if line.note else ""
    parts = (f"{line.seq:>7}", line.created_at[:19], f"{line.origin:<8}", console.clean(line.family), window)
    figures_told = (", ".join(told),) if told else ()
    return "  ".join((*parts, *figures_told, line.behaviour_hash[:12])) + note


@app.command()
def verify(db: Database = None, json: Json = False) -> None:
    """Walk the chain of the whole ledger: each line is there, with returns or card, as it was written."""
    from api.compose import opened
    from storage.records import LOCAL_USER

    with opened(read_settings(database=db)) as database, database.read() as work:
        found = work.trials.check(LOCAL_USER)
    if json:
        console.emit({"whole": found.whole, "lines": found.length, **({"fault": found.fault} if found.fault else {})})
    elif found.whole:
        console.say(f"The ledger is whole: {found.length:,} line{'' if found.length == 1 else 's'}.")
    else:
        console.say(f"The ledger was changed: {found.fault}.", error=True)
    if not found.whole:
        raise typer.Exit(1)
