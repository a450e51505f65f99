"""What is stored beside the candles a spec trades on: one-minute candles for vwap fills, whole funding series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from engine.errors import DataError
from engine.market.funding_gaps import funding_gaps
from engine.market.lookup import PERP, candidate_symbols, locate, no_data_message
from engine.spec.models import MAX_ASSETS

if TYPE_CHECKING:
    from engine.market.bars import FundingSeries
    from engine.spec.findings import Findings
    from engine.spec.meaning.universe import DataCatalog
    from engine.spec.models import Universe
    from engine.spec.place import Place

MINUTE = "1m"


@runtime_checkable
class StoresFunding(Protocol):
    """A data catalog that holds the funding series of perpetuals as well."""

    def funding(self, symbol: str) -> FundingSeries | None:
        """The funding series of a perpetual, None when not stored."""


def check_stored(
    universe: Universe, fill: str | None, catalog: DataCatalog, findings: Findings, *, funding: bool
) -> None:
    """Warn of what a run would miss: it does without, and says how often. ``funding`` False reads no series."""
    kind = universe.market_type or "spot"
    for at, asset in enumerate(universe.assets[:MAX_ASSETS]):
        place: Place = ("universe", "assets", at)
        if locate(catalog, asset, universe.quote, kind, universe.timeframe) is None:
            continue  # told as NO_DATA, or as unknown
        if fill == "vwap" and locate(catalog, asset, universe.quote, kind, MINUTE) is None:
            message = no_data_message(catalog, asset, universe.quote, kind, MINUTE)
            findings.warning(
                ("execution", "fill"), "VWAP_NEEDS_MINUTES", f"vwap is a price of one-minute candles: {message}"
            )
        if funding and kind == "perp" and isinstance(catalog, StoresFunding):
            _check_funding(catalog, asset, universe.quote, place, findings)


def _check_funding(catalog: StoresFunding, asset: str, quote: str | None, place: Place, findings: Findings) -> None:
    symbols = [symbol for symbol in candidate_symbols(asset, quote, "perp") if symbol.endswith(PERP)]
    try:
        series = next((found for symbol in symbols if (found := catalog.funding(symbol)) is not None), None)
    except DataError:
        return  # a file that cannot be read is what a run tells
    if series is None or series.time.shape[0] == 0:
        return
    gaps = funding_gaps(series, int(series.time[0]), int(series.time[-1]))
    if gaps is not None:
        holes = "gap" if gaps.gaps == 1 else "gaps"
        message = (
            f"the stored funding of {series.symbol} has {gaps.gaps} {holes}: about {gaps.events} events are missing, "
            "and nothing is charged for them"
        )
        findings.warning(place, "FUNDING_GAPS", message)
