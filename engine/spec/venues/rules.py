"""What the table of venues means for a spec: fees, the rules of its assets, the leverage it may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spec.tickers import DOLLARS, asset_quote, crypto_symbols, find_ticker
from engine.spec.venues.table import find_venue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.models import StrategySpec, Universe
    from engine.spec.venue_rules import AssetRules
    from engine.spec.venues.table import AssetFacts, Section, Venue

USUAL_BROKER = "ibkr"
"""Whose fees stand for those of shares, currencies and metals at a venue whose own are not known."""

SECTIONS: Mapping[str, Section] = {
    "crypto": "spot",
    "stock": "stock",
    "etf": "stock",
    "index": "stock",
    "commodity": "stock",
    "fx": "fx",
    "metal": "metal",
}


USUAL_RATES: Mapping[str, tuple[float, float]] = {"spot": (0.0010, 0.0010), "perp": (0.0002, 0.0005)}
"""Maker and taker fees of coins where no table says otherwise."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Fee rates of an account, fractions of notional; ``source`` says whose and of when, None for the usual ones."""

    maker: float
    taker: float
    source: str | None


def asset_rules(spec: StrategySpec) -> Mapping[str, AssetRules]:
    """Return the rules of the spec's assets at its venue, by the asset as the spec writes it.

    An asset without rules is left out: no venue, one that is not in the table, or nothing known of the asset there.
    Figures in money hold for assets quoted in dollars and dollar coins, so others are left out as well.

    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> universe = {**SMA_CROSS["universe"], "assets": ["BTC"], "venue": "binance"}
    >>> asset_rules(check({**SMA_CROSS, "universe": universe}).spec)["BTC"].smallest_notional_quote
    5.0
    """
    found = {asset: rules_at(spec.universe, asset) for asset in spec.universe.assets}
    return {asset: rules for asset, rules in found.items() if rules is not None}


def rules_at(universe: Universe, asset: str) -> AssetRules | None:
    """Return the rules of one asset at the universe's venue, None where nothing is known of them."""
    facts = _facts(universe, asset)
    return None if facts is None else facts.rules


def unlisted_assets(spec: StrategySpec) -> tuple[str, ...]:
    """Return the assets of which the table knows nothing but the fees at the spec's venue."""
    known = asset_rules(spec)
    return tuple(asset for asset in spec.universe.assets if asset not in known)


def largest_leverage(universe: Universe, asset: str) -> float | None:
    """Return the largest leverage the venue offers on an asset, None where that is not known."""
    facts = _facts(universe, asset)
    return None if facts is None else facts.largest_leverage


def rates_of(universe: Universe) -> Rates:
    """Return the fee rates of the venue a universe names; where the table has none, the usual ones of such a market.

    Usual for coins is what SPEC says, for shares, currencies and metals what the usual broker charges. One account
    has one pair of rates: of assets that are charged differently the dearer hold.

    >>> from engine.spec.models import Universe
    >>> rates_of(Universe(assets=("EURUSD",), timeframe="1h")).taker
    2e-05
    """
    sections = dict.fromkeys(section_of(asset, universe) for asset in universe.assets)
    found = [_rates(find_venue(universe.venue), section) for section in sections]
    sources = [rates.source for rates in found if rates.source is not None]
    return Rates(
        max(rates.maker for rates in found),
        max(rates.taker for rates in found),
        "; ".join(sources) if sources else None,
    )


def _rates(venue: Venue | None, section: Section) -> Rates:
    if venue is None or section not in venue.markets:
        venue = None if section in USUAL_RATES else find_venue(USUAL_BROKER)
    if venue is None:
        return Rates(*USUAL_RATES[section], None)
    market = venue.markets[section]
    usual = USUAL_RATES.get(section, (0.0, 0.0))
    return Rates(
        usual[0] if market.maker is None else market.maker,
        usual[1] if market.taker is None else market.taker,
        f"{venue.name} {section}, table of {venue.as_of:%Y-%m-%d}{f', {market.says}' if market.says else ''}",
    )


def section_of(asset: str, universe: Universe) -> Section:
    """Return the kind of market an asset trades on; what the directory of tickers does not know is a coin.

    >>> from engine.spec.models import Universe
    >>> universe = Universe(assets=("BTC", "AAPL", "EURUSD"), timeframe="1h")
    >>> [section_of(asset, universe) for asset in universe.assets]
    ['spot', 'stock', 'fx']
    """
    if universe.market_type == "perp":
        return "perp"
    ticker = find_ticker(asset, universe.quote)
    if ticker is None or ticker.symbol in crypto_symbols():
        return "spot"
    return SECTIONS[ticker.kind]


def _facts(universe: Universe, asset: str) -> AssetFacts | None:
    venue = find_venue(universe.venue)
    market = None if venue is None else venue.markets.get(section_of(asset, universe))
    if market is None or asset_quote(asset, universe.quote) not in DOLLARS:
        return None
    ticker = find_ticker(asset, universe.quote)
    return market.facts(asset.partition("/")[0] if ticker is None else ticker.symbol)
