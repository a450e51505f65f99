"""A comparison of strategies as a document, and as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rich.console import RenderableType

    from api.fitted_tables import FittedTable
    from engine.report.claims import SharpeClaim
    from engine.search.compare import Comparison, Pair, Ranked

METRIC_WORDS = {
    "sharpe": "Sharpe ratio of whole days",
    "net_profit": "net profit",
    "drawdown": "deepest drawdown, the smaller the better",
    "profit_factor": "profit factor",
}
TESTED_WORDS = {"sharpe": "annual Sharpe ratio", "mean": "mean daily return, a year"}
RATIO_ALONE = "sharpe_ratio"
"""Left out of a comparison's figures: an annual ratio is told with its interval or not at all."""


def comparison_document(found: Comparison, files: Mapping[str, str]) -> dict[str, Any]:
    """Return a comparison as JSON data; ``files`` gives where each name was read from. What has no value is left out.

    Shares are fractions, times ISO 8601, ends of intervals 95 %.
    """
    from engine.market.quality import iso

    return {
        "metric": found.metric,
        "tested": found.tested,
        "timeframe": {"start": iso(found.start), "end": iso(found.end)},
        "firstDay": iso(found.first_day),
        "dayCount": found.n_days,
        "blockDays": found.block_days,
        "resamples": found.resamples,
        "ranking": [_place(one, files) for one in found.ranking],
        "pairs": [_pair(one) for one in found.pairs],
        "groups": [list(group) for group in found.groups],
        "beyondHolding": list(found.beyond_holding),
        "caution": caution(len(found.ranking)),
        "notices": [
            {"code": one.code, "message": one.message, "kind": one.kind, "detail": dict(one.detail)}
            for one in found.notices
        ],
    }


def caution(n_compared: int) -> str:
    """Return what the p-values of a comparison are corrected for, and what not.

    >>> caution(3)
    'p-values are corrected for the 3 that are compared; what was tried before is not counted: kek judge does that'
    """
    return (
        f"p-values are corrected for the {n_compared} that are compared; what was tried before is not counted: "
        "kek judge does that"
    )


def _place(one: Ranked, files: Mapping[str, str]) -> dict[str, Any]:
    from engine.spec.place import camel_case
    from storage.results import plain

    result = one.result
    told: dict[str, Any] = {"place": one.place, "name": one.name, "file": files[one.name], "specHash": result.spec_hash}
    told |= {"reason": one.reason} if one.value is None else {"value": one.value}
    claim = _claim(one)
    if claim is not None:
        told["sharpe"] = {"value": claim.value, "low95": claim.low, "high95": claim.high, "verdict": claim.verdict}
        told["sharpe"] |= {} if result.tally is None else {"trials": plain(result.tally)}
    if one.beyond is not None:
        told["beyondHolding"] = {
            "yearly": one.beyond.yearly,
            "low95": one.beyond.low,
            "high95": one.beyond.high,
            "pStepwise": one.beyond.p,
            "shown": one.beyond.shown,
        }
    figures = {camel_case(name): value for name, value in result.summary.defined().items() if name != RATIO_ALONE}
    return {**told, "results": figures, "data": {"name": result.data_name, "generated": result.data_generated}}


def _claim(one: Ranked) -> SharpeClaim | None:
    """Return the ratio of whole days with what it may not be shown without."""
    from engine.report.claims import SharpeClaim

    tally = one.result.tally
    if one.sharpe is None:
        return None
    return SharpeClaim(one.sharpe.value, one.sharpe.low, one.sharpe.high, trials=None if tally is None else tally.total)


def _pair(one: Pair) -> dict[str, Any]:
    return {
        "better": one.better,
        "other": one.other,
        "difference": one.difference,
        "low95": one.low,
        "high95": one.high,
        "p": one.p,
        "pHolm": one.p_holm,
        "toldApart": one.told_apart,
    }


def comparison_tables(found: Comparison) -> RenderableType:
    """Return a comparison for a terminal: the ranking, each strategy against holding and against the best.

    Names alone fold where there is little room: eighty columns hold every figure.
    """
    from rich.console import Group
    from rich.text import Text

    from engine.market.quality import utc

    best, window = found.ranking[0], f"{utc(found.start)} to {utc(found.end)}"
    lines = [
        Text(f"{len(found.ranking)} strategies by {METRIC_WORDS[found.metric]}", "bold"),
        Text(
            f"{_clean(best.result.data_name)}, {window}, {found.n_days:,} whole days; the holdout stays closed", "dim"
        ),
        _ranking(found),
        Text(""),
        _ratios(found),
        *_holding(found),
        Text(f"\nAgainst {_clean(best.name)}: {TESTED_WORDS[found.tested]}", "bold"),
        _against(found),
        *_groups(found),
    ]
    return Group(*lines)


def _ranking(found: Comparison) -> FittedTable:
    from engine.report.figures import count, number, percent

    rows = []
    for one in found.ranking:
        (place, name), summary = _place_and_name(one), one.result.summary
        rows.append(
            (
                place,
                name + (f" ({one.reason})" if one.reason else ""),
                percent(summary.returns_pct),
                percent(summary.max_drawdown_pct),
                count(summary.trade_count),
                number(summary.profit_factor),
            )
        )
    return _table(("", "Strategy", "Return", "Drawdown", "Trades", "Profit factor"), rows)


def _ratios(found: Comparison) -> FittedTable:
    from engine.report.figures import number

    rows = []
    for one in found.ranking:
        claim = _claim(one)
        cells = (number(None), "", "") if claim is None else (number(claim.value), claim.interval, claim.standing)
        rows.append((*_place_and_name(one), *cells))
    return _table(("", "Strategy", "Sharpe", "95 % interval", "Trials"), rows)


def _holding(found: Comparison) -> Iterator[RenderableType]:
    """Yield who earns something beyond holding, when all that are compared are counted."""
    from rich.text import Text

    from engine.report.figures import percent

    n_compared, rows = len(found.ranking), []
    yield Text("\nBeyond holding what each trades", "bold")
    for one in found.ranking:
        beyond = one.beyond
        if beyond is None:
            rows.append((*_place_and_name(one), percent(None), "", "", "trades too little"))
            continue
        ends = " to ".join(percent(end, signed=True) for end in (beyond.low, beyond.high))
        shown = "shown" if beyond.shown else "not shown"
        rows.append((*_place_and_name(one), percent(beyond.yearly, signed=True), ends, f"{beyond.p:.4f}", shown))
    yield _table(("", "Strategy", "A year", "95 % interval", "p, corrected", ""), rows)
    if found.beyond_holding:
        names = "; ".join(map(_clean, found.beyond_holding))
        yield Text(f"Beyond holding, all {n_compared} counted: {names}. That validates nothing.")
    else:
        yield Text(f"None of the {n_compared} is shown to earn anything beyond holding.")
    yield Text(
        "What its own beta times holding its assets earned is taken off; the interval is that of the strategy alone. "
        f"One-sided (StepM), shown at 0.05: {caution(n_compared)}.",
        "dim",
    )


def _against(found: Comparison) -> FittedTable:
    from engine.report.figures import number, percent

    written = number if found.tested == "sharpe" else percent
    ranked, rows = {one.name: one for one in found.ranking}, []
    for pair in found.pairs:
        if pair.better != found.ranking[0].name:
            continue
        rows.append(
            (
                *_place_and_name(ranked[pair.other]),
                written(pair.difference),
                f"{written(pair.low)} to {written(pair.high)}",
                f"{pair.p:.4f}",
                f"{pair.p_holm:.4f}",
                "apart" if pair.told_apart else "not apart",
            )
        )
    return _table(("", "Strategy", "Behind by", "95 % interval", "p", "p, corrected", ""), rows)


def _groups(found: Comparison) -> Iterator[RenderableType]:
    from rich.text import Text

    several = [group for group in found.groups if len(group) > 1]
    yield Text("\nNot told apart" if several else "\nAll are told apart", "bold")
    for group in several:
        yield Text(f"- {'; '.join(map(_clean, group))}")
    pairs = len(found.pairs)
    yield Text(
        f"Days drawn again {found.resamples:,} times in blocks of {found.block_days} on average, for all alike; "
        f"p-values corrected for {'the pair' if pairs == 1 else f'all {pairs:,} pairs'} (Holm), apart at 0.05. "
        "The first of several looks better than it is: a place in a ranking proves nothing.",
        "dim",
    )


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> FittedTable:
    """Return a table of which names alone fold."""
    from api.fitted_tables import Column, FittedTable

    return FittedTable([Column(name, text=name == "Strategy") for name in columns], [tuple(row) for row in rows])


def _place_and_name(one: Ranked) -> tuple[str, str]:
    """Return how a strategy is told in every table: who has no value has no place."""
    return "-" if one.value is None else str(one.place), _clean(one.name)


def _clean(text: str) -> str:
    from api import console

    return console.clean(text)
