"""`kek ledger`: everything that was ever tried, and whether the record of it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api import console
from api.settings import read_settings

if TYPE_CHECKING:
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


@app.command()
def show(
    family: Annotated[
        str | None, typer.Option(metavar="ASSET", help="Only candidates that traded this asset; default: all.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="The newest lines, at most.")] = 20,
    db: Database = None,
    json: Json = False,
) -> None:
    """Show how many candidates were evaluated on each asset, the looks into holdouts, the verdicts, the newest lines.

    A holdout has five looks; each may err with less than the one before, and together with at most 5 %.
    """
    from api.compose import opened
    from api.look_budgets import look_budgets
    from api.same_markets import same_markets
    from engine.evidence.families import data_family, families_in
    from storage.records import LOCAL_USER

    wanted = None if family is None else data_family(family.upper())
    with opened(read_settings(database=db)) as database, database.read() as work:
        counts = work.trials.counts(LOCAL_USER)
        lines = work.trials.newest(LOCAL_USER, limit, family=wanted)
        markets = same_markets(work, LOCAL_USER, counts)
        budgets = look_budgets(work.trials.all_looks(LOCAL_USER), markets)
        budgets = tuple(one for one in budgets if wanted in (None, one.family))
        same = {tuple(sorted(names)): work.trials.count(LOCAL_USER, *names) for names in markets.values()}
        judged = [one for one in work.judgements.all(LOCAL_USER) if wanted is None or wanted in families_in(one.family)]
    if json:
        told = {
            "counts": counts,
            "sameCandles": [{"families": names, "total": total} for names, total in same.items() if len(names) > 1],
            "looks": [one.as_json() for one in budgets],
            "verdicts": [one.as_json() for one in judged],
            "lines": [one.as_json() for one in lines],
        }
        console.emit(told)
        return
    if not lines and not counts:
        console.say("Nothing was tried yet.", error=True)
        return
    for name, count in counts.items():
        console.say(f"{console.clean(name)}: {count:,} candidate{'' if count == 1 else 's'}")
    for names, total in same.items():
        if len(names) > 1:
            console.say(f"{console.clean(' and '.join(names))} have the same candles: {total:,} candidates together")
    for budget in budgets:
        console.say(budget_text(budget))
    for one_judged in judged[-limit:]:
        console.say(verdict_text(one_judged))
    if wanted is not None and not lines:
        console.say(f"None of them traded {console.clean(wanted)}.", error=True)
    for one in lines:
        console.say(line_text(one))


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
    """Return a line of the ledger as a line of text."""
    from storage.trial_chain import NO_TRIALS

    figures = line.summary
    told = [] if line.origin in NO_TRIALS else [f"{figures.trade_count or 0} trades"]
    if figures.returns_pct is not None:
        told.append(f"{figures.returns_pct:+.1%}")
    window = f"{line.start[:10]} to {line.end[:10]}"
    note = f"  {console.clean(line.note)}" if line.note else ""
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
