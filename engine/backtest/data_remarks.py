"""What a result has to tell about the data it was measured on: what is missing, made up, assumed, or decided by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.backtest.spec_remarks import used_indicators
from engine.indicators.graph import node_of
from engine.market.funding_gaps import funding_gaps
from engine.market.gaps import closed_slots, gaps_in
from engine.market.quality import iso, notices_for, utc
from engine.market.resample import period_starts
from engine.market.timeframe import DURATION_MS, MONDAY_MS
from engine.notices import Notice
from engine.spec import defaults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from engine.backtest.columns import AssetColumns
    from engine.backtest.finer import Decided
    from engine.backtest.market import AlignedMarket
    from engine.backtest.reading import Reading
    from engine.backtest.result import Ambiguous
    from engine.market.bars import Bars, MarketData
    from engine.spec.models import StrategySpec

WEEK_MS = 7 * 86_400_000


def data_notices(
    spec: StrategySpec,
    data: MarketData,
    read: Reading,
    columns: Mapping[str, AssetColumns],
    decided: Decided,
    *,
    finer: bool,
) -> list[Notice]:
    """Return the notices about what was read; ``finer`` tells whether finer candles were asked for."""
    window, market = read.window, decided.market
    return [
        *_generated(data),
        *read.notices,
        *(notice for one in read.found for notice in (*one.notices, *notices_for(one.bars, window.start, window.end))),
        *_prices_at_closes(spec, read, market),
        *_ambiguous(spec, decided, finer),
        *_disagreeing(decided),
        *_funding(read, perpetual=defaults.market_type_of(spec) == "perp"),
        *_warmup(spec, market, columns),
        *_higher_bars(spec, read, columns),
    ]


def _generated(data: MarketData) -> Iterator[Notice]:
    if data.generated:
        message = (
            f"candles are generated ({data.name}): they hold no edge, and no figure says anything about a real market"
        )
        yield Notice("GENERATED_DATA", message)


def _prices_at_closes(spec: StrategySpec, read: Reading, market: AlignedMarket) -> Iterator[Notice]:
    """Tell what a fill at the volume-weighted price is, and at how many closes there is none."""
    if defaults.fill_of(spec) != "vwap":
        return
    message = (
        "orders fill at the volume-weighted price of the last five minutes before the close: a reference price, "
        "not one that could have been traded at"
    )
    yield Notice("VWAP_IS_REFERENCE", message, detail={"fill": "vwap"})
    for asset, prices in read.close_fill.items():
        first, n_bars = market.first[asset], market.rows[asset].shape[0]
        none = int(np.isnan(prices[first : first + n_bars]).sum())
        if none:
            message = (
                f"{asset}: at {none} of {n_bars} closes not all five minutes before it are stored: no entry fills "
                "there, and an exit waits"
            )
            yield Notice("VWAP_PRICE_MISSING", message, detail={"asset": asset, "closes": none, "bars": n_bars})


def _ambiguous(spec: StrategySpec, decided: Decided, finer: bool) -> Iterator[Notice]:
    """Tell per asset how many bars could be read two ways, what decided them, and what was assumed of the rest."""
    n_bars = decided.simulation.n_bars
    limits = spec.execution.entry_order is not None
    touched = "a stop and a target of one position" + (", or a limit entry and its target" if limits else "")
    for asset, seen in decided.simulation.ambiguous.items():
        if not seen.bars:
            continue
        by = [one.timeframe for one in decided.deciding[asset].series] if asset in decided.deciding else []
        message = f"{asset}: {_of(seen.bars, n_bars)} bars ({seen.bars / n_bars * 100:.2f} %) touched both {touched}"
        detail = {
            "asset": asset,
            "bars": seen.bars,
            "decided": seen.decided,
            "undecided": seen.undecided,
            "undecidedFraction": seen.undecided / n_bars,
            "timeframes": by,
            "assumed": "the adverse level first",
        }
        kind: Literal["warning", "note"] = "warning" if seen.undecided else "note"
        yield Notice("AMBIGUOUS_BARS", f"{message}; {_what_decided(seen, by, finer)}", kind, detail)


def _what_decided(seen: Ambiguous, by: list[str], finer: bool) -> str:
    worse = "so the worse was taken to come first"
    if not finer:
        return f"finer candles were not asked for, {worse}"
    if not by:
        return f"no finer candles are stored that tell which came first, {worse}"
    if not seen.undecided:
        return f"{'it was' if seen.bars == 1 else 'all were'} decided by {' and '.join(by)} candles"
    share = f"{seen.decided} {'was' if seen.decided == 1 else 'were'} decided by {' and '.join(by)} candles"
    return f"{share}, {seen.undecided} could not be, {worse} there"


def _disagreeing(decided: Decided) -> Iterator[Notice]:
    for asset, finer in decided.deciding.items():
        if finer.disagreeing:
            message = (
                f"{asset}: {finer.disagreeing} bars have another open, high or low than the finer candles stored for "
                "them; those decide nothing there"
            )
            yield Notice("FINER_CANDLES_DISAGREE", message, detail={"asset": asset, "bars": finer.disagreeing})


def _funding(read: Reading, *, perpetual: bool) -> Iterator[Notice]:
    """Tell the events that lack inside a stored series."""
    for asset, series in read.funding.items() if perpetual else ():
        lacking = funding_gaps(series, read.window.start, read.window.end)
        if lacking is not None:
            holes = "gap" if lacking.gaps == 1 else "gaps"
            message = (
                f"{asset}: {lacking.events} funding events (one per 8 h) are missing inside the stored series of "
                f"{series.symbol}, in {lacking.gaps} {holes} from {utc(lacking.start)} to {utc(lacking.end)}; nothing "
                "was charged for them"
            )
            detail = {
                "asset": asset,
                "symbol": series.symbol,
                "events": lacking.events,
                "gaps": lacking.gaps,
                "start": iso(lacking.start),
                "end": iso(lacking.end),
            }
            yield Notice("FUNDING_GAPS", message, detail=detail)


def _warmup(spec: StrategySpec, market: AlignedMarket, columns: Mapping[str, AssetColumns]) -> Iterator[Notice]:
    """Tell how many bars at the window's start some indicator has no value yet, for want of earlier bars."""
    used = used_indicators(spec)
    for asset, one in columns.items():
        needed = max((bars for key, bars in one.store.warmups(one.indicators).items() if key in used), default=0)
        flat = min(needed - market.first[asset], market.rows[asset].shape[0])
        if flat > 0:
            message = (
                f"{asset}: the first {flat} bars of the window warm the indicators up; the unknown triggers nothing"
            )
            yield Notice("WARMUP_INSIDE_WINDOW", message, "note", {"asset": asset, "bars": flat})


def _higher_bars(spec: StrategySpec, read: Reading, columns: Mapping[str, AssetColumns]) -> Iterator[Notice]:
    """Tell the higher bars that indicators read and that lack parts, closing hours left out."""
    used = used_indicators(spec)
    for asset, one in columns.items():
        nodes = (node_of(key, one.indicators[key], one.indicators)[0] for key in sorted(used))
        higher = {node.timeframe for node in nodes if node.timeframe is not None} - {one.bars.timeframe}
        lacking = {}
        for timeframe in sorted(higher, key=DURATION_MS.__getitem__):
            bars = one.store.frames.bars_on(timeframe).between(read.window.start, read.window.end)
            holes = int(np.isin(bars.time, _periods_with_holes(one.bars, timeframe)).sum())
            if holes:
                lacking[timeframe] = holes, bars.n_bars
        if lacking:
            listed = ", ".join(f"{_of(*counts)} {timeframe}" for timeframe, counts in lacking.items())
            message = (
                f"{asset}: {listed} bars that indicators read lack some of their {one.bars.timeframe} parts; they are "
                "made of the rest"
            )
            counted = {timeframe: {"incomplete": n, "bars": of} for timeframe, (n, of) in lacking.items()}
            yield Notice("INCOMPLETE_HIGHER_BARS", message, "note", {"asset": asset, "timeframes": counted})


def _periods_with_holes(bars: Bars, timeframe: str) -> NDArray[np.int64]:
    """Return the opening times of the periods in which bars are missing outside closing hours."""
    step, closed = bars.interval_ms, closed_slots(bars)
    missing = [np.arange(gap.start, gap.end, step) for gap in gaps_in(bars)]
    times = np.concatenate(missing) if missing else np.empty(0, dtype=np.int64)
    if closed is not None:
        times = times[closed[(times - MONDAY_MS) % WEEK_MS // step] == 0]
    return np.unique(period_starts(times, timeframe))


def _of(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,}"
