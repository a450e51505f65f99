"""A backtest from end to end: a checked spec and market data in, a judged result out."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.backtest.annualise import yearly_periods
from engine.backtest.columns import AssetColumns
from engine.backtest.market import AlignedMarket, align
from engine.backtest.plan import config_of, intents_of
from engine.backtest.remarks import simulation_notices
from engine.backtest.result import BacktestResult, Source
from engine.backtest.simulate import simulate
from engine.backtest.spec_remarks import spec_notices, used_indicators
from engine.backtest.window import Window, choose_window, coverage_notices, window_notices
from engine.errors import SpecError
from engine.identity import engine_hash
from engine.indicators.store import ColumnStore
from engine.market.lookup import FoundBars, candidate_symbols, find_market
from engine.market.quality import notices_for
from engine.metrics.benchmark import buy_and_hold
from engine.metrics.summary import summarise
from engine.notices import Notice
from engine.spec import check, defaults
from engine.spec.canonical import spec_hash
from engine.spec.findings import NOT_YET_SIMULATED
from engine.spec.models import StrategySpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.market.bars import MarketData

INITIAL_EQUITY = 10_000.0


def backtest(
    spec: StrategySpec | Mapping[str, object] | str | bytes,
    data: MarketData,
    *,
    start: int | None = None,
    end: int | None = None,
    initial_equity: float = INITIAL_EQUITY,
    full_window: bool = False,
) -> BacktestResult:
    """Test a spec on market data.

    Parameters
    ----------
    spec
        A checked spec, or one as JSON text or data, which is checked first.
    data
        Where the candles come from; the result names it.
    start, end
        The measured window, UTC milliseconds, closed-open; default the selection part of the data.
        Indicators run from the first stored bar; no bar from ``end`` on is read.
    initial_equity
        Quote currency.
    full_window
        Open the holdout as well; it then counts as seen and validates nothing any more.

    Raises
    ------
    SpecError
        The spec has problems, or says what cannot be simulated yet; all of them are in ``problems``.
    DataError
        Candles of an asset are missing or broken.
    HoldoutLocked
        The window reaches into the holdout without ``full_window``.

    Examples
    --------
    >>> from engine import DemoMarket
    >>> from engine.spec.examples import SMA_CROSS
    >>> result = backtest(SMA_CROSS, DemoMarket())
    >>> result.summary.trade_count > 100, result.data_generated
    (True, True)
    """
    checked = _checked(spec, data)
    found = _found(checked, data)
    window = choose_window(found, start, end, full_window, _histories(checked, data))
    config = config_of(checked, initial_equity)
    perpetual = config.market_type == "perp"
    bars = {one.asset: one.bars.between(-(2**62), window.end) for one in found}
    funding = {one.asset: one.funding for one in found if one.funding is not None}
    market = align(bars, window.start, window.end, funding, perpetual)
    columns = {asset: AssetColumns(ColumnStore(one), checked.indicators) for asset, one in bars.items()}
    per_year = yearly_periods(checked, market)
    simulation = simulate(intents_of(checked, market, columns), market, config)
    benchmark = buy_and_hold(
        market.tables.open, market.tables.close, initial_equity=initial_equity, fee_rate=config.taker_fee
    )
    judged = summarise(simulation, periods_per_year=per_year, benchmark=benchmark)
    sources = tuple(_source(one, window) for one in found)
    return BacktestResult(
        spec=checked,
        spec_hash=spec_hash(checked),
        data_hash=_data_hash(sources),
        engine_hash=engine_hash(),
        data_name=data.name,
        data_generated=data.generated,
        symbols=tuple(one.symbol for one in found),
        start=window.start,
        end=window.end,
        holdout=window.holdout,
        simulation=simulation,
        benchmark=benchmark,
        bars={asset: one.between(window.start, window.end) for asset, one in bars.items()},
        summary=judged.summary,
        statistics=judged.statistics,
        notices=(
            *simulation_notices(simulation, market, config),
            *window_notices(window),
            *coverage_notices(found, window, start, end),
            *_data_notices(data, found, window),
            *_warmup_notices(checked, market),
            *spec_notices(checked),
            *judged.notices,
        ),
        sources=sources,
    )


def window_of(
    spec: StrategySpec, data: MarketData, *, start: int | None = None, end: int | None = None, full_window: bool = False
) -> Window:
    """Return the window `backtest` would measure, without running it.

    Raises
    ------
    HoldoutLocked
        It reaches into the holdout without ``full_window``.
    """
    return choose_window(_found(spec, data), start, end, full_window, _histories(spec, data))


def _checked(spec: StrategySpec | Mapping[str, object] | str | bytes, data: MarketData) -> StrategySpec:
    checked = check(spec) if isinstance(spec, StrategySpec) else check(spec, catalog=data)
    if checked.spec is None:
        raise SpecError([problem for problem in checked.problems if problem.severity == "error"])
    unsimulated = [problem for problem in checked.problems if problem.code == NOT_YET_SIMULATED]
    if unsimulated:
        raise SpecError([replace(problem, severity="error") for problem in unsimulated])
    return spec if isinstance(spec, StrategySpec) else checked.spec


def _found(spec: StrategySpec, data: MarketData) -> list[FoundBars]:
    universe = spec.universe
    return find_market(data, universe.assets, universe.quote, defaults.market_type_of(spec), universe.timeframe)


def _histories(spec: StrategySpec, data: MarketData) -> dict[str, tuple[int, int]]:
    """Return when the candles of each asset begin and end, over every timeframe and its spot and perpetual market."""
    histories = {}
    for asset in spec.universe.assets:
        spans = [
            span
            for symbol in candidate_symbols(asset, spec.universe.quote, "perp")
            for timeframe in data.timeframes(symbol)
            if (span := data.span(symbol, timeframe)) is not None
        ]
        if spans:
            histories[asset] = min(span[0] for span in spans), max(span[1] for span in spans)
    return histories


def _source(found: FoundBars, window: Window) -> Source:
    bars_hash = found.bars.between(-(2**62), window.end).data_hash()
    funding = found.funding
    if funding is None:
        return Source(found.symbol, bars_hash)
    span = (int(funding.time[0]), int(funding.time[-1])) if funding.time.shape[0] else None
    return Source(found.symbol, bars_hash, funding.symbol, funding.data_hash(), span)


def _data_hash(sources: Iterable[Source]) -> str:
    """Return the SHA-256 of every candle and funding event the run could read."""
    digest = hashlib.sha256()
    for one in sources:
        digest.update(one.bars_hash.encode())
        if one.funding_hash is not None:
            digest.update(one.funding_hash.encode())
    return digest.hexdigest()


def _data_notices(data: MarketData, found: list[FoundBars], window: Window) -> list[Notice]:
    notices = [notice for one in found for notice in (*one.notices, *notices_for(one.bars, window.start, window.end))]
    if data.generated:
        message = (
            f"candles are generated ({data.name}): they hold no edge, and no figure says anything about a real market"
        )
        notices.insert(0, Notice("GENERATED_DATA", message))
    return notices


def _warmup_notices(spec: StrategySpec, market: AlignedMarket) -> list[Notice]:
    """Tell how many bars at the window's start some indicator has no value yet, for want of earlier bars."""
    from engine.indicators.graph import warmups

    used = used_indicators(spec)
    every = warmups({key: (one.type, one.inputs) for key, one in spec.indicators.items()})
    needed = max((bars for key, bars in every.items() if key in used), default=0)
    flat = {asset: max(0, needed - market.first[asset]) for asset in market.assets}
    return [
        Notice(
            "WARMUP_INSIDE_WINDOW",
            f"{asset}: the first {bars} bars of the window warm the indicators up; the unknown triggers nothing",
            "note",
            {"asset": asset, "bars": bars},
        )
        for asset, bars in flat.items()
        if bars
    ]
