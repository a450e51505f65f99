"""Documents that the command line and HTTP both answer: one shape, made in one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.market.bars import MarketData
    from engine.spec import Checked
    from storage.candle_files import StoredSeries
    from storage.paging import Page
    from storage.records import Record


def page_document(page: Page[Any]) -> dict[str, Any]:
    """Return a page of records: its ``items``, and ``nextCursor`` where another page follows."""
    items: list[Record] = list(page.items)
    document: dict[str, Any] = {"items": [one.as_json() for one in items]}
    return document if page.following is None else {**document, "nextCursor": page.following}


def validation(checked: Checked, *, proofs: bool = False) -> dict[str, Any]:
    """Return what the check of a spec found; with ``proofs`` also what is proven of a valid one, without candles.

    >>> from engine.spec import check
    >>> validation(check({}))["valid"]
    False
    """
    document: dict[str, Any] = {
        "valid": checked.valid,
        "problems": [problem.as_dict() for problem in checked.problems],
        "skipped": list(checked.skipped),
    }
    if proofs and checked.spec is not None:
        from engine.proofs import prove

        document["proofs"] = prove(checked.spec).as_dict()
    return document


def indicator_list() -> dict[str, Any]:
    """Return every indicator a spec can name.

    >>> indicator_list()["indicators"][0]["name"]
    'sma'
    """
    from engine.indicators.catalog import CATALOG
    from engine.indicators.describe import describe

    return {"indicators": [describe(entry) for entry in CATALOG.values()]}


def stored_series(market: MarketData) -> Sequence[StoredSeries]:
    """Return what candles there are; of the demo market only names, since its bars are made when asked for."""
    from storage.candle_files import StoredSeries
    from storage.candles import CandleStore

    if isinstance(market, CandleStore):
        return market.stored_series()
    pairs = [(name, frame) for name in market.symbols() for frame in market.timeframes(name)]
    return [StoredSeries(name, frame, None, None, None, 0) for name, frame in pairs]


def candle_list(market: MarketData) -> dict[str, Any]:
    """Return what candles there are: symbol, timeframe, bars, start and end (closed-open) of each series."""
    return {
        "data": market.name,
        "generated": market.generated,
        "series": [_series(one) for one in stored_series(market)],
    }


def _series(series: StoredSeries) -> dict[str, Any]:
    from engine.market.quality import iso

    out: dict[str, Any] = {"symbol": series.symbol, "timeframe": series.timeframe}
    if series.n_bars is not None:
        out["bars"] = series.n_bars
    if series.start is not None and series.end is not None:
        out |= {"start": iso(series.start), "end": iso(series.end)}
    if series.problem is not None:
        out["problem"] = series.problem
    return out
