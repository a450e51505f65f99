"""The content of a report, once: what the terminal, the Markdown text and the page all say.

Everything here is text to show, already inert (`engine.report.inert`), in the words and units of people: the faces only
lay it out and escape it for their medium.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.report.claims import NO_INTERVAL, claim_of
from engine.report.figures import NONE, count, day, money, number, percent, plural, span
from engine.report.funnel import Funnel, funnel
from engine.report.inert import one_line
from engine.report.rules import rules
from engine.report.sheets import MONTHS, Sheet, Term, Year, group_sheet, month_years, trade_sheet, year_sheet
from engine.report.terms import DEFAULT_ASSUMED, assumptions, details, hashes, quote_of
from engine.spec import defaults
from engine.spec.venues import find_venue

if TYPE_CHECKING:
    from engine.backtest.result import BacktestResult

LISTED_ENDS = 25
"""Trades shown from either end of the list where the list is not searchable."""

GENERATED = "These candles were made up by a program. Nothing in them can be predicted, so a profit here is luck."

TOLD_ELSEWHERE = frozenset({DEFAULT_ASSUMED, "GENERATED_DATA", "HOLDOUT_LOCKED", "HOLDOUT_SEEN", "NO_HOLDOUT"})
"""Codes of notices whose content has a place of its own in the report."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: its value, what to see beside it, and whether it is ``good``, ``bad`` or neither."""

    label: str
    value: str
    beside: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """All that a report says, in the order in which it says it."""

    name: str
    description: str
    quote: str
    facts: tuple[Term, ...]
    headline: str
    part: str
    generated: str
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    figures: tuple[Figure, ...]
    bridge: Sheet
    funnel: Funnel
    years: Sheet
    months: tuple[Year, ...]
    month_names: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    trades: Sheet
    rules: tuple[Term, ...]
    assumptions: tuple[Term, ...]
    details: tuple[Term, ...]
    hashes: tuple[Term, ...]


def digest(result: BacktestResult) -> Digest:
    """Return the content of the report of ``result``."""
    spec, figures, bar_ms = result.spec, result.statistics, result.simulation.interval_ms
    return Digest(
        name=one_line(spec.name),
        description=one_line(spec.description or ""),
        quote=quote_of(result),
        facts=_facts(result),
        headline=_headline(result),
        part=_part(result),
        generated=GENERATED if result.data_generated else "",
        warnings=_remarks(result, "warning"),
        notes=_remarks(result, "note"),
        figures=_figures(result),
        bridge=_bridge(result),
        funnel=funnel(result.simulation),
        years=year_sheet(result),
        months=month_years(result),
        month_names=(*MONTHS, "Year"),
        sheets=(
            group_sheet("By asset", "Asset", figures.by_asset, bar_ms),
            group_sheet("By side", "Side", figures.by_side, bar_ms),
            group_sheet("By close reason", "Reason", figures.by_reason, bar_ms),
        ),
        trades=trade_sheet(result, LISTED_ENDS),
        rules=rules(spec),
        assumptions=assumptions(result),
        details=details(result),
        hashes=hashes(result),
    )


def _facts(result: BacktestResult) -> tuple[Term, ...]:
    universe, length = result.spec.universe, span(result.end - result.start)
    return (
        Term("Assets", ", ".join(one_line(asset) for asset in universe.assets)),
        Term("Timeframe", universe.timeframe),
        Term("Market", _market(result)),
        Term(
            "Window", f"{day(result.start)} to {day(result.end)} ({length}, {plural(result.simulation.n_bars, 'bar')})"
        ),
        Term("Data", one_line(result.data_name)),
    )


def _market(result: BacktestResult) -> str:
    kind, venue = defaults.market_type_of(result.spec), find_venue(result.spec.universe.venue)
    return kind if venue is None else f"{kind} on {venue.name}"


def _headline(result: BacktestResult) -> str:
    first, last = result.simulation.initial_equity, result.simulation.initial_equity + result.summary.net_profit
    quote, length = quote_of(result), span(result.end - result.start)
    assets = [one_line(asset) for asset in result.spec.universe.assets]
    held = " and ".join(assets) if len(assets) <= 2 else f"the {len(assets)} assets"
    passive = percent(result.statistics.benchmark.return_fraction, signed=True)
    beside = f"Buying and holding {held} would have made {passive}."
    if not len(result.trades):
        return f"No position was ever opened: {money(first, quote)} stayed as it was for {length}. {beside}"
    made = percent(result.summary.returns_pct, signed=True)
    return f"{money(first, quote)} became {money(last, quote)} in {length}: {made} after all costs. {beside}"


def _part(result: BacktestResult) -> str:
    holdout = result.holdout
    if holdout is None:
        return "No part of the data was set aside as a holdout, so nothing is left to check these figures against."
    place = f"{day(holdout.start)} to {day(holdout.end)}"
    if result.end > holdout.start:
        seen = "which counts as seen for good: only later data can validate."
        return f"This window reaches into the holdout ({place}), {seen}"
    if holdout.look is not None:
        told = f"was looked into on {day(holdout.look.time)}, up to {day(holdout.look.until)}"
        return f"Selection part only. The holdout ({place}) {told}: only data after that can validate."
    if holdout.seen:
        return f"Selection part only. The holdout ({place}) has been seen before: only later data can validate."
    return f"Selection part only. The holdout ({place}) is locked and was not looked at."


def _remarks(result: BacktestResult, kind: str) -> tuple[str, ...]:
    """Return the notices of one kind as sentences, each once.

    What has a place of its own is left out: figures without a value (the details), defaults (the assumptions), the
    origin of generated candles and the part of the data that was measured (the head).
    """
    notices = (notice for notice in result.notices if notice.kind == kind and notice.code not in TOLD_ELSEWHERE)
    texts = (one_line(notice.message) for notice in notices if "figures" not in notice.detail)
    return tuple(dict.fromkeys(text[:1].upper() + text[1:] for text in texts))


def _figures(result: BacktestResult) -> tuple[Figure, ...]:
    summary, figures, quote = result.summary, result.statistics, quote_of(result)
    benchmark, costs, exposure = figures.benchmark, figures.costs, figures.exposure
    spent = costs.slippage_quote + costs.fees + costs.funding
    trades = f"{percent(summary.win_rate_pct)} won" if summary.win_rate_pct is not None else "none closed"
    if figures.trades.open_count:
        trades += f", {figures.trades.open_count:,} still open"
    return (
        Figure(
            "Net return",
            percent(summary.returns_pct, signed=True),
            f"buy and hold {percent(benchmark.return_fraction, signed=True)}",
            _tone(summary.returns_pct),
        ),
        Figure(
            "Return a year",
            percent(figures.growth.cagr_fraction, signed=True),
            _why(result, "growth.cagr_fraction", f"volatility {percent(figures.growth.volatility_fraction)}"),
            _tone(figures.growth.cagr_fraction),
        ),
        Figure(
            "Deepest drawdown",
            percent(summary.max_drawdown_pct),
            f"buy and hold {percent(benchmark.max_drawdown_fraction)}",
        ),
        _sharpe(result),
        Figure("Closed trades", count(summary.trade_count), trades),
        Figure(
            "Profit factor",
            number(summary.profit_factor),
            _why(result, "profit_factor", f"mean trade {percent(figures.trades.expectancy_fraction, 2, signed=True)}"),
        ),
        Figure("Costs paid", money(spent, quote), _bears(result)),
        Figure(
            "Time in the market",
            percent(exposure.bars_in_market_fraction),
            f"mean exposure {percent(exposure.mean_fraction)}",
        ),
    )


def _sharpe(result: BacktestResult) -> Figure:
    """Return the annual Sharpe ratio with all that belongs to it; without an interval there is no figure."""
    claim = claim_of(result)
    if claim is None:
        path = "sharpe_ratio" if result.summary.sharpe_ratio is None else "sharpe.low_95"
        return Figure("Sharpe ratio a year", NONE, _why(result, path, NO_INTERVAL))
    return Figure("Sharpe ratio a year", number(claim.value), claim.beside())


def _bridge(result: BacktestResult) -> Sheet:
    costs, initial = result.statistics.costs, result.simulation.initial_equity
    amounts = (
        ("Gross profit", costs.gross_profit),
        ("Slippage", -costs.slippage_quote),
        ("Fees", -costs.fees),
        ("Funding", -costs.funding),
        ("Net profit", costs.net_profit),
    )
    rows = tuple(
        (label, money(amount, signed=True), percent(amount / initial, 2, signed=True)) for label, amount in amounts
    )
    return Sheet("From gross to net profit", ("", quote_of(result), "of the start"), rows, _bears_fully(result))


def _bears(result: BacktestResult) -> str:
    costs = result.statistics.costs
    if costs.break_even_cost_fraction is None:
        return ""
    if costs.break_even_cost_fraction > 0:
        return f"bears {percent(costs.break_even_cost_fraction, 3)} more a fill"
    return f"gross profit {money(costs.gross_profit, signed=True)}"


def _bears_fully(result: BacktestResult) -> str:
    break_even = result.statistics.costs.break_even_cost_fraction
    if break_even is None:
        return ""
    if break_even <= 0:
        gross = result.statistics.costs.gross_profit
        return "Costs took more than the trades earned." if gross > 0 else "The trades lost money before any cost."
    return f"Nothing would be left if every fill had cost {percent(break_even, 3)} of its value more."


def _why(result: BacktestResult, path: str, otherwise: str) -> str:
    """Return why a figure has no value, or ``otherwise`` when it has one."""
    return result.statistics.undefined.get(path, otherwise)


def _tone(value: float | None) -> str:
    return "" if not value else "good" if value > 0 else "bad"
