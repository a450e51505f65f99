"""A backtest from end to end: a checked spec and market data in, a judged result out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.backtest.ambiguity import least_ambiguous_range
from engine.backtest.annualise import yearly_periods
from engine.backtest.columns import AssetColumns
from engine.backtest.data_remarks import data_notices
from engine.backtest.finer import simulate_decided
from engine.backtest.market import align
from engine.backtest.plan import config_of, intents_of
from engine.backtest.reading import data_digest, find_window, read_market, sources_of
from engine.backtest.remarks import simulation_notices
from engine.backtest.result import BacktestResult
from engine.backtest.spec_remarks import spec_notices
from engine.backtest.window import Window, coverage_notices, window_notices
from engine.errors import SpecError
from engine.identity import engine_hash
from engine.indicators.store import ColumnStore
from engine.metrics.benchmark import buy_and_hold
from engine.metrics.summary import summarise
from engine.spec import check
from engine.spec.canonical import spec_hash
from engine.spec.models import StrategySpec
from engine.spec.venues import asset_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.backtest.config import Config
    from engine.backtest.finer import Decided
    from engine.backtest.reading import Reading
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
    finer: bool = True,
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
    finer
        Let finer stored candles decide bars that touch both a stop and a target; without them the stop is first.

    Raises
    ------
    SpecError
        The spec has problems; all of them are in ``problems``.
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
    checked = checked_spec(spec, data)
    read = read_market(checked, data, start=start, end=end, full_window=full_window)
    config, window = config_of(checked, initial_equity, asset_rules(checked)), read.window
    perpetual = config.market_type == "perp"
    market = align(read.bars, window.start, window.end, read.funding, perpetual, close_fill=read.close_fill)
    columns = {asset: AssetColumns(ColumnStore(one), checked.indicators) for asset, one in read.bars.items()}
    least_range = least_ambiguous_range(checked) if finer else None
    decided = simulate_decided(intents_of(checked, market, columns), market, config, read.finer, least_range)
    return judged_result(checked, data, read, columns, decided, config, finer=finer)


def judged_result(
    spec: StrategySpec,
    data: MarketData,
    read: Reading,
    columns: Mapping[str, AssetColumns],
    decided: Decided,
    config: Config,
    *,
    finer: bool,
) -> BacktestResult:
    """Judge a simulation and put all that is to be told of it together; ``finer`` as in `backtest`."""
    simulation, market, window = decided.simulation, decided.market, read.window
    sources = sources_of(read)
    benchmark = buy_and_hold(
        market.tables.open, market.tables.close, initial_equity=config.initial_equity, fee_rate=config.taker_fee
    )
    judged = summarise(simulation, periods_per_year=yearly_periods(spec, market), benchmark=benchmark)
    return BacktestResult(
        spec=spec,
        spec_hash=spec_hash(spec),
        data_hash=data_digest(sources),
        engine_hash=engine_hash(),
        data_name=data.name,
        data_generated=data.generated,
        symbols=tuple(one.symbol for one in read.found),
        start=window.start,
        end=window.end,
        holdout=window.holdout,
        simulation=simulation,
        benchmark=benchmark,
        bars={asset: one.between(window.start, window.end) for asset, one in read.bars.items()},
        summary=judged.summary,
        statistics=judged.statistics,
        notices=(
            *simulation_notices(simulation, market, config),
            *window_notices(window),
            *coverage_notices(read.found, window, *read.asked),
            *data_notices(spec, data, read, columns, decided, finer=finer),
            *spec_notices(spec),
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
    return find_window(spec, data, start=start, end=end, full_window=full_window)[1]


def checked_spec(spec: StrategySpec | Mapping[str, object] | str | bytes, data: MarketData) -> StrategySpec:
    """Return a spec that passed the checks on this data, itself where it is one already.

    Raises
    ------
    SpecError
        It has problems; all of them are in ``problems``.
    """
    checked = check(spec, catalog=data)
    if checked.spec is None:
        raise SpecError([problem for problem in checked.problems if problem.severity == "error"])
    return spec if isinstance(spec, StrategySpec) else checked.spec
