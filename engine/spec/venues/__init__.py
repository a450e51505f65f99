"""What venues charge and demand: a packaged, dated table of fees, margins, steps and ticks.

The facts lie in one TOML file a venue, their sources in SOURCES.md beside them. What could not be sourced is not
there, and the defaults of `engine.spec.defaults` and `engine.spec.venue_rules` hold instead.
"""

from engine.spec.venues.rules import Rates, asset_rules, largest_leverage, rates_of, unlisted_assets
from engine.spec.venues.table import Venue, find_venue, nearest_venue, venue_names

__all__ = [
    "Rates",
    "Venue",
    "asset_rules",
    "find_venue",
    "largest_leverage",
    "nearest_venue",
    "rates_of",
    "unlisted_assets",
    "venue_names",
]
