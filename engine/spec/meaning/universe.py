"""The universe of a spec: assets that exist, candles that are there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from engine.market.lookup import candidate_symbols, locate, no_data_message
from engine.market.timeframe import DURATION_MS
from engine.spec.models import MAX_ASSETS
from engine.spec.tickers import ASSET, DOLLARS, asset_quote, find_ticker, nearest_ticker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.spec.findings import Findings
    from engine.spec.place import Place

QUOTE = re.compile(r"[A-Z0-9]{1,20}")


class DataCatalog(Protocol):
    """Which candles are stored; `engine.market.bars.MarketData` is one."""

    def symbols(self) -> Sequence[str]:
        """All symbols with candles."""

    def timeframes(self, symbol: str) -> Sequence[str]:
        """Stored timeframes of a symbol; empty when unknown."""


@runtime_checkable
class CountsBars(Protocol):
    """A data catalog that can also tell how many bars are stored without reading them."""

    def n_bars(self, symbol: str, timeframe: str) -> int:
        """Number of stored bars, 0 when none."""


def check_assets(
    assets: Sequence[str], quote: str | None, market_type: str | None, catalog: DataCatalog | None, findings: Findings
) -> None:
    """Check the form of each asset, that it is known, and that it is named once."""
    if quote is not None and not QUOTE.fullmatch(quote):
        message = f"'{quote[:40]}' is no quote currency: upper-case letters and digits, 20 at most"
        guess = quote.strip().upper()
        findings.error(
            ("universe", "quote"), "BAD_QUOTE", message, suggestion=guess if QUOTE.fullmatch(guess) else None
        )
    seen: dict[tuple[str, str | None], str] = {}
    quotes: dict[str, str] = {}
    for at, asset in enumerate(assets[:MAX_ASSETS]):  # more are refused by their number
        place: Place = ("universe", "assets", at)
        if not ASSET.fullmatch(asset):
            message = f"'{asset[:40]}' is no asset: upper-case letters and digits, with /QUOTE where it has its own"
            findings.error(place, "BAD_ASSET", message, suggestion=nearest_ticker(asset))
            continue
        ticker = find_ticker(asset, quote)
        if ticker is None and not _is_stored(asset, quote, market_type, catalog):
            message = f"asset '{asset}' is not known"
            findings.error(place, "UNKNOWN_ASSET", message, suggestion=nearest_ticker(asset))
            continue
        money = asset_quote(asset, quote)
        identity = (ticker.symbol if ticker else asset.partition("/")[0], money)
        if identity in seen:
            findings.error(place, "DUPLICATE_ASSET", f"'{asset}' is the same asset as '{seen[identity]}'")
        seen[identity] = asset
        quotes.setdefault("USD" if money in DOLLARS else money, asset)
    if len(quotes) > 1:
        shown = ", ".join(f"{asset} in {money}" for money, asset in quotes.items())
        message = f"one account holds assets in several currencies ({shown}): profits are added up as if they were one"
        findings.warning(("universe", "assets"), "MIXED_QUOTES", message)


def check_candles(
    assets: Sequence[str],
    quote: str | None,
    market_type: str | None,
    timeframe: str,
    warmup: int,
    catalog: DataCatalog,
    findings: Findings,
) -> None:
    """Warn of assets without candles on the timeframe, and of fewer bars than the indicators' ``warmup`` needs."""
    kind = market_type or "spot"
    for at, asset in enumerate(assets[:MAX_ASSETS]):
        if not ASSET.fullmatch(asset):
            continue
        place: Place = ("universe", "assets", at)
        found = locate(catalog, asset, quote, kind, timeframe)
        if found is None and find_ticker(asset, quote) is None:
            continue  # reported as unknown: candles are not what is missing
        if found is None:
            message = no_data_message(catalog, asset, quote, kind, timeframe)
            findings.warning(place, "NO_DATA", message)
            continue
        if found.spot_for_perp:
            message = f"no candles of the perpetual are stored: those of spot {found.symbol} stand in"
            findings.warning(place, "SPOT_CANDLES_FOR_PERP", message)
        if isinstance(catalog, CountsBars):
            stored = catalog.n_bars(found.symbol, found.stored)
            bars = stored * DURATION_MS[found.stored] // DURATION_MS[timeframe]
            if bars <= warmup:
                message = f"{found.symbol} has about {bars} bars of {timeframe}, the indicators need {warmup} to begin"
                findings.warning(place, "WARMUP_EXCEEDS_DATA", message)


def _is_stored(asset: str, quote: str | None, market_type: str | None, catalog: DataCatalog | None) -> bool:
    if catalog is None:
        return False
    return any(catalog.timeframes(symbol) for symbol in candidate_symbols(asset, quote, market_type or "spot"))
