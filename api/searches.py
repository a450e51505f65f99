"""A search that has ended, as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from storage.run_records import OptimizationRun

FRONT_LINES = 20
"""Lines of a front that are shown; the document has all of them."""


def search_tables(record: OptimizationRun, overrides: Mapping[str, Mapping[str, Any]]) -> RenderableType:
    """Return a completed search for a terminal: the best with the ground around them, the front, what it proves.

    ``overrides`` gives those of each variant by its id.
    """
    from rich.console import Group

    return Group(*_parts(record, overrides))


def changes_text(overrides: Mapping[str, Any]) -> str:
    """Return overrides in short.

    >>> changes_text({"indicators.sma_fast.inputs.length": 5, "risk.stop_loss.value": 0.05})
    'sma_fast.length 5, risk.stop_loss.value 0.05'
    """
    if not overrides:
        return "as it is"
    return ", ".join(f"{_short(path)} {_shown(value)}" for path, value in overrides.items())


def _parts(record: OptimizationRun, overrides: Mapping[str, Mapping[str, Any]]) -> Iterator[RenderableType]:
    from rich.text import Text

    evidence = record.evidence or {}
    counts, window = evidence["candidates"], evidence["window"]
    tried = f"{record.method} over {counts['planned'] + counts.get('aroundTheBest', 0):,} candidates"
    yield Text(f"{tried}, ranked by {evidence['scoring']}", "bold")
    yield Text(f"{window['start'][:10]} to {window['end'][:10]}, the selection part; the holdout was not read", "dim")
    if record.best_variants:
        yield _best(record, overrides)
        yield from _order(evidence)
    else:
        yield Text("\nNo candidate closed a trade.")
    yield from _original(evidence)
    front = evidence.get("front", ())
    if front:
        yield Text("\nThe front: none of these is beaten in everything", "bold")
        yield _front(record.objectives, front)
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


def _best(record: OptimizationRun, overrides: Mapping[str, Mapping[str, Any]]) -> Table:
    from rich.text import Text

    from engine.report.figures import count, number, percent

    evidence = record.evidence or {}
    table = _table(
        ("", "Candidate", "Score", "Ground", "Sharpe, 95 % interval", "Return", "Drawdown", "Trades", "Profit factor")
    )
    for place, (one, ground) in enumerate(zip(record.best_variants, evidence["plateaus"], strict=True), start=1):
        summary, sharpe = one.summary, ground.get("sharpe")
        cells = [
            str(place),
            changes_text(overrides.get(one.variant_id, {})),
            number(one.score),
            number(ground.get("robustScore")),
            "" if sharpe is None else _ratio(sharpe, evidence),
            percent(summary.returns_pct),
            percent(summary.max_drawdown_pct),
            count(summary.trade_count),
            number(summary.profit_factor),
        ]
        table.add_row(*(Text(_clean(cell)) for cell in cells))
    return table


def _ratio(sharpe: Mapping[str, float], evidence: Mapping[str, Any]) -> str:
    from engine.report.claims import SharpeClaim

    trials = evidence["trials"]["total"]
    claim = SharpeClaim(sharpe["value"], sharpe["low95"], sharpe["high95"], trials=max(1, trials))
    return f"{claim.value:.2f} ({claim.interval}; {trials:,} trials)"


def _order(evidence: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Say by what the best are in order, and how many closed trades one needs to stand before the others."""
    from rich.text import Text

    words = (
        "In order of the ground they stand on: the lowest fifth of the scores around them. Sharpe ratios are as "
        "measured; what choosing the best adds is taken off on the card below alone."
    )
    asked = evidence.get("minTrades")
    if asked is not None:
        why = f" ({asked['reason']})" if "reason" in asked else ""
        words += f" Those with fewer than {asked['count']} closed trades come after the others, most trades first{why}."
    yield Text(words, "dim")


def _original(evidence: Mapping[str, Any]) -> Iterator[RenderableType]:
    from rich.text import Text

    original = evidence["original"]
    if "rank" in original:
        from engine.report.figures import number

        yield Text(
            f"\nThe strategy as it is would rank {original['rank']:,} of {original['of']:,}, "
            f"with a score of {number(original['score'])}."
        )
    else:
        yield Text("\nThe strategy as it is closed no trade, or does what a candidate does.")


def _front(objectives: Sequence[str], front: Sequence[Mapping[str, Any]]) -> Table:
    from rich.text import Text

    from engine.report.figures import number

    table = _table(("Candidate", *objectives))
    for one in front[:FRONT_LINES]:
        values = [number(one["values"].get(name)) for name in objectives]
        table.add_row(*(Text(_clean(cell)) for cell in (changes_text(one["overrides"]), *values)))
    return table


def _table(columns: Sequence[str]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for column in columns:
        table.add_column(column, justify="left" if column in ("", "Candidate") else "right", overflow="fold")
    return table


def _short(path: str) -> str:
    room, *rest = path.split(".")
    return ".".join(one for one in rest if one != "inputs") if room == "indicators" else path


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _clean(text: str) -> str:
    from api import console

    return console.clean(text)
