"""A search that has ended, as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.shown_scores import objective_heading, score_meaning, shown_score, shown_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from api.fitted_tables import Column
    from storage.run_records import OptimizationRun

FRONT_LINES = 20
"""Lines of a front that are shown; the document has all of them."""


def search_tables(record: OptimizationRun, overrides: Mapping[str, Mapping[str, Any]]) -> RenderableType:
    """Return a completed search for a terminal: the best with the ground around them, the front, what it proves.

    ``overrides`` gives those of each variant by its id.
    """
    from rich.console import Group

    return Group(*_parts(record, overrides))


def _parts(record: OptimizationRun, overrides: Mapping[str, Mapping[str, Any]]) -> Iterator[RenderableType]:
    from rich.text import Text

    from api.fitted_tables import legend
    from engine.report.parameters import short_names

    evidence = record.evidence or {}
    counts, window = evidence["candidates"], evidence["window"]
    tried = f"{record.method} over {counts['planned'] + counts.get('aroundTheBest', 0):,} candidates"
    yield Text(f"{tried}, ranked by a score: {score_meaning(record.objectives)}", "bold")
    yield Text(f"{window['start'][:10]} to {window['end'][:10]}, the selection part; the holdout was not read", "dim")
    front = evidence.get("front", ())
    names = short_names([*(path for one in overrides.values() for path in one), *_paths(front)])
    if record.best_variants:
        yield _best(record, overrides, names)
        yield from legend(names)
        yield from _order(evidence)
    else:
        yield Text("\nNo candidate closed a trade.")
    yield from _original(record)
    if front:
        yield Text("\nThe front: none of these is beaten in everything", "bold")
        yield _front(record.objectives, front, names)
        if len(front) > FRONT_LINES:
            yield Text(f"and {len(front) - FRONT_LINES:,} more (--json has them all)", "dim")
    for name, words in (("invalid", "were no valid specs"), ("failed", "failed"), ("withoutTrades", "never traded")):
        if counts.get(name):
            yield Text(f"{counts[name]:,} candidates {words}.", "dim")
    trials = evidence["trials"]
    yield Text(
        f"\n{evidence['verdict']}: {trials['total']:,} distinct trials were made on {_clean(trials['family'])} so far, "
        f"these among them. {evidence['caution']}"
    )
    if "honestyCard" in evidence:
        from shutil import get_terminal_size

        from engine.report.honesty import card_lines

        yield Text("\nThe best, judged among all of them", "bold")
        for line in card_lines(evidence["honestyCard"], get_terminal_size().columns):
            yield Text(_clean(line))
    elif "notJudged" in evidence:
        yield Text(f"\nThe best was not judged: {_clean(evidence['notJudged'])}")


def _best(
    record: OptimizationRun, overrides: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]
) -> RenderableType:
    from api.fitted_tables import FittedTable
    from engine.report.figures import count, number, percent
    from engine.report.parameters import changes_text

    evidence, rows = record.evidence or {}, []
    for place, (one, ground) in enumerate(zip(record.best_variants, evidence["plateaus"], strict=True), start=1):
        summary = one.summary
        cells = (
            str(place),
            changes_text(overrides.get(one.variant_id, {}), names),
            shown_score(record.objectives, one.score),
            shown_score(record.objectives, ground.get("robustScore")),
            percent(summary.returns_pct),
            percent(summary.max_drawdown_pct),
            count(summary.trade_count),
            number(summary.profit_factor),
        )
        rows.append([_clean(cell) for cell in cells])
    return FittedTable(_best_columns(), rows)


def _best_columns() -> Sequence[Column]:
    from api.fitted_tables import Column

    return (
        Column(""),
        Column("Candidate", text=True),
        Column("Score"),
        Column("Ground", use=5),
        Column("Return", use=4),
        Column("Drawdown", use=3),
        Column("Trades", use=2),
        Column("Profit factor", use=1),
    )


def _order(evidence: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Say by what the best are in order, and how many closed trades one needs to stand before the others."""
    from rich.text import Text

    trials = evidence["trials"]["total"]
    words = (
        "In order of the ground they stand on: the lowest fifth of the scores around them. Scores and figures are as "
        f"measured, not corrected for {trials:,} trials; the card below says what is left of the best."
    )
    asked = evidence.get("minTrades")
    if asked is not None:
        why = f" ({asked['reason']})" if "reason" in asked else ""
        words += f" Those with fewer than {asked['count']} closed trades come after the others, most trades first{why}."
    yield Text(words, "dim")


def _original(record: OptimizationRun) -> Iterator[RenderableType]:
    from rich.text import Text

    original = (record.evidence or {})["original"]
    if "rank" in original:
        score = shown_score(record.objectives, original["score"])
        yield Text(
            f"\nThe strategy as it is would rank {original['rank']:,} of {original['of']:,}, with a score of {score}."
        )
    else:
        yield Text("\nThe strategy as it is closed no trade, or does what a candidate does.")


def _front(objectives: Sequence[str], front: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> RenderableType:
    from api.fitted_tables import Column, FittedTable
    from engine.report.parameters import changes_text

    columns = [Column("Candidate", text=True), *(Column(objective_heading(name)) for name in objectives)]
    rows = []
    for one in front[:FRONT_LINES]:
        values = [shown_value(name, one["values"].get(name)) for name in objectives]
        rows.append([_clean(cell) for cell in (changes_text(one["overrides"], names), *values)])
    return FittedTable(columns, rows)


def _paths(front: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    return (path for one in front for path in one["overrides"])


def _clean(text: str) -> str:
    from api import console

    return console.clean(text)
