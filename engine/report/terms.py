"""What a run assumed and the figures beyond the first look, each as a name and its value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kernels.codes import CANCELLED_EXPIRED, PARTIAL, PLACED
from engine.report.figures import count, day, exact_percent, money, number, percent, plural, span
from engine.report.inert import one_line
from engine.report.sheets import Term
from engine.spec import defaults
from engine.spec.venues import asset_rules, find_venue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.backtest.result import BacktestResult
    from engine.spec.models import StrategySpec
    from engine.spec.venue_rules import AssetRules

DEFAULT_ASSUMED = "DEFAULT_ASSUMED"
"""Code of the notices that tell a default which the spec left to us."""

FILLS = {
    "next_open": "at the open of the bar after the signal",
    "close": "at the close that gave the signal",
    "vwap": "at the volume-weighted price of the last five minutes (a reference, not an executable price)",
}


def assumptions(result: BacktestResult) -> tuple[Term, ...]:
    """Return under which assumptions the figures came out."""
    spec, run = result.spec, result.simulation
    fees, slippage = defaults.fees_of(spec), defaults.slippage_of(spec)
    perp = defaults.market_type_of(spec) == "perp"
    slipped = f"{percent(slippage.base, 3)} of the price"
    if slippage.kv or slippage.kp:
        slipped += f", plus ATR(14) / close x ({slippage.kv:g} + {slippage.kp:g} x root of order over bar volume)"
    lines = [
        Term("Start with", money(run.initial_equity, quote_of(result))),
        Term("Orders fill", _fills(spec)),
        Term("Fees", f"{percent(fees.taker, 3)} taker, {percent(fees.maker, 3)} maker"),
        Term("Slippage of market and stop fills", slipped),
        Term("Leverage", f"at most {defaults.leverage_of(spec):g} x"),
        Term("Market", "perpetual, cross margin, funding charged" if perp else "spot, long only"),
        Term("Bars a year", f"{result.statistics.periods_per_year:,.10g}"),
        Term("Buy and hold", "bought at the first open in equal parts, same fee, never sold"),
        Term("Candles", ", ".join(one_line(symbol) for symbol in result.symbols)),
        *_venue(spec),
    ]
    if run.halted_bar is not None:
        ends = {"ended by the drawdown guard": run.halted_bar, "liquidated": run.liquidated_bar}
        if run.liquidated_bar == run.halted_bar:
            ends.pop("ended by the drawdown guard")
        told = [f"{how} on {day(int(run.close_time[bar]))}" for how, bar in ends.items() if bar is not None]
        lines.append(Term("Trading", ", ".join(told)))
    silent = [one_line(notice.message) for notice in result.notices if notice.code == DEFAULT_ASSUMED]
    if silent:
        lines.append(Term("Of these, not said by the strategy", "; ".join(silent)))
    return tuple(lines)


def _fills(spec: StrategySpec) -> str:
    """Return where orders fill; entries at a limit apart from exits."""
    where = FILLS[defaults.fill_of(spec)]
    if spec.execution.entry_order is None:
        return where
    return f"entries at their limit, from the bar after the signal on; exits {where}"


def _venue(spec: StrategySpec) -> Iterator[Term]:
    """Yield what the venue of a spec demands of orders and positions, as far as its table says."""
    venue = find_venue(spec.universe.venue)
    if venue is None:
        return
    perp = defaults.market_type_of(spec) == "perp"
    for asset, rules in asset_rules(spec).items():
        yield Term(f"{venue.name}'s rules for {one_line(asset)}", _rules(rules, perp=perp))


def _rules(rules: AssetRules, *, perp: bool) -> str:
    parts = [
        f"{words} {figure:.10g}"
        for words, figure in (
            ("quantities in steps of", rules.quantity_step),
            ("prices in steps of", rules.price_tick),
            ("no order below", rules.smallest_notional_quote),
        )
        if figure
    ]
    if perp:
        tiers = rules.margin_tiers
        margin = f"maintenance margin {exact_percent(tiers[0].rate)} of the position"
        if len(tiers) > 1:
            margin += f", rising to {exact_percent(tiers[-1].rate)} in {len(tiers)} tiers"
        parts.append(margin)
    return ", ".join(parts)


def details(result: BacktestResult) -> tuple[Term, ...]:
    """Return the figures beyond the key ones; those without a value stand together at the end, with the reason."""
    rows = [*_of_growth(result), *_of_days(result), *_of_trades(result), *_of_life(result), *_of_market(result)]
    undefined = result.statistics.undefined
    missing: dict[str, list[str]] = {}
    for label, _, path in rows:
        if path in undefined:
            missing.setdefault(undefined[path], []).append(label)
    shown = tuple(Term(label, value) for label, value, path in rows if path not in undefined)
    return (*shown, *(Term(f"No value, since {why}", ", ".join(labels)) for why, labels in missing.items()))


Row = tuple[str, str, str]
"""Label, value, and the path under which the statistics tell why there is none."""


def _of_growth(result: BacktestResult) -> list[Row]:
    growth, fall, sharpe = result.statistics.growth, result.statistics.drawdown, result.statistics.sharpe
    needed = sharpe.min_track_record_days
    return [
        ("Volatility a year", percent(growth.volatility_fraction), "growth.volatility_fraction"),
        ("Sortino ratio", number(growth.sortino_ratio), "growth.sortino_ratio"),
        ("Calmar ratio", number(growth.calmar_ratio), "growth.calmar_ratio"),
        (
            "Chance that the true Sharpe ratio is above zero",
            percent(sharpe.probability_positive),
            "sharpe.probability_positive",
        ),
        (
            "Record needed to be 95 % sure of that",
            span(None if needed is None else needed * 86_400_000),
            "sharpe.min_track_record_days",
        ),
        ("Longest time under water", span(fall.longest_ms), ""),
        ("Bars under water", percent(fall.under_water_fraction), ""),
        ("Recovery from the deepest point", span(fall.recovery_ms), "drawdown.recovery_ms"),
        ("Under water at the end", percent(fall.final_fraction), ""),
    ]


def _of_days(result: BacktestResult) -> list[Row]:
    daily = result.statistics.daily
    return [
        ("Days of returns", count(daily.day_count), ""),
        ("Best day", percent(daily.best_fraction, 2, signed=True), "daily.best_fraction"),
        ("Worst day", percent(daily.worst_fraction, 2, signed=True), "daily.worst_fraction"),
        (
            "Loss exceeded on one day in twenty (VaR 95 %)",
            percent(daily.value_at_risk_95_fraction, 2),
            "daily.value_at_risk_95_fraction",
        ),
        (
            "Mean loss on such days (ES 95 %)",
            percent(daily.expected_shortfall_95_fraction, 2),
            "daily.expected_shortfall_95_fraction",
        ),
        ("Skewness of daily returns", number(daily.skewness), "daily.skewness"),
        ("Kurtosis of daily returns (normal: 3)", number(daily.kurtosis), "daily.kurtosis"),
    ]


def _of_trades(result: BacktestResult) -> list[Row]:
    trades, quote, bar_ms = result.statistics.trades, quote_of(result), result.simulation.interval_ms

    def held(bars: float | None) -> str:
        return span(None if bars is None else bars * bar_ms)

    return [
        ("Average win", money(trades.average_win_quote, quote), "trades.average_win_quote"),
        ("Average loss", money(trades.average_loss_quote, quote), "trades.average_loss_quote"),
        ("Average win over average loss", number(trades.payoff_ratio), "trades.payoff_ratio"),
        ("Median trade", money(trades.median_quote, quote, signed=True), "trades.median_quote"),
        ("Best trade", percent(trades.best_fraction, 2, signed=True), "trades.best_fraction"),
        ("Worst trade", percent(trades.worst_fraction, 2, signed=True), "trades.worst_fraction"),
        ("Longest run of wins", count(trades.longest_win_streak), ""),
        ("Longest run of losses", count(trades.longest_loss_streak), ""),
        ("Winners held", held(trades.average_bars_held_winners), "trades.average_bars_held_winners"),
        ("Losers held", held(trades.average_bars_held_losers), "trades.average_bars_held_losers"),
    ]


def _of_life(result: BacktestResult) -> list[Row]:
    """Return what happened to positions and orders on the way: where nothing of the kind did, nothing is told."""
    run, rows = result.simulation, []
    reasons = run.fills.columns["reason"]
    parts = int((reasons == PARTIAL).sum())
    if parts:
        rows.append(("Parts of positions closed on the way", count(parts), ""))
    counts = run.funnel.sum(axis=(0, 1))
    placed, expired = int(counts[PLACED]), int(counts[CANCELLED_EXPIRED])
    if expired:
        rows.append(("Limit entries that expired", f"{expired:,} of {placed:,} ({percent(expired / placed)})", ""))
    seen = run.ambiguous.values()
    bars, undecided = sum(one.bars for one in seen), sum(one.undecided for one in seen)
    if bars:
        own = sum(result.bars[asset].n_bars for asset in run.ambiguous if asset in result.bars) or run.n_bars
        told = f"{plural(undecided, 'bar')} ({percent(undecided / own, 2)}), the worse was assumed"
        rows.append(("Bars that left open what came first", told if undecided else "none", ""))
        if bars > undecided:
            rows.append(("Bars that finer candles decided", count(bars - undecided), ""))
    return rows


def _of_market(result: BacktestResult) -> list[Row]:
    costs, exposure, beside = result.statistics.costs, result.statistics.exposure, result.statistics.benchmark
    over = costs.turnover_per_year
    matched = beside.exposure_matched_excess_fraction
    return [
        ("Largest exposure", percent(exposure.largest_fraction), "exposure.largest_fraction"),
        ("Traded", money(costs.traded_notional, quote_of(result)), ""),
        ("Account turned over a year", f"{number(over, 1)} x", "costs.turnover_per_year"),
        ("Average slippage of a fill", percent(result.summary.avg_slippage, 3), "avg_slippage"),
        ("Excess over buy and hold", percent(beside.excess_return_fraction, signed=True), ""),
        (
            "Excess a year over the same exposure to the market",
            percent(matched, signed=True),
            "benchmark.exposure_matched_excess_fraction",
        ),
        ("Correlation with buy and hold", number(beside.correlation), "benchmark.correlation"),
        ("Beta to buy and hold", number(beside.beta), "benchmark.beta"),
    ]


def hashes(result: BacktestResult) -> tuple[Term, ...]:
    """Return what identifies the run: spec, data and engine."""
    return (
        Term("Strategy", f"{one_line(result.spec.id)}, version {one_line(result.spec.version)}"),
        Term("Spec", result.spec_hash),
        Term("Data", result.data_hash),
        Term("Engine", result.engine_hash),
    )


def quote_of(result: BacktestResult) -> str:
    """Return the currency the account is kept in."""
    return one_line(defaults.quote_of(result.spec))
