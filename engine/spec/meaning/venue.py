"""The venue of a spec: whether it is known, trades such a market, and offers the leverage that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spec.jcs import number_text
from engine.spec.meaning.sizing import full_size
from engine.spec.meaning.text import hidden_character
from engine.spec.models import MAX_ASSETS
from engine.spec.venue_rules import SLIPPAGE_CAP, AssetRules
from engine.spec.venues import find_venue, largest_leverage, nearest_venue, venue_names
from engine.spec.venues.rules import rules_at, section_of

if TYPE_CHECKING:
    from engine.spec.findings import Findings
    from engine.spec.models import Risk, Sizing, Universe
    from engine.spec.place import Place

PLACE: Place = ("universe", "venue")


def check_venue(universe: Universe, findings: Findings) -> None:
    """Warn of a venue of which nothing is known, or nothing of the kind of market."""
    if universe.venue is None or hidden_character(universe.venue) is not None:
        return  # a text that hides something is told already
    venue = find_venue(universe.venue)
    if venue is None:
        known = ", ".join(venue_names())
        message = f"nothing is known of venue '{universe.venue[:64]}': the usual fees hold; known are {known}"
        findings.warning(PLACE, "UNKNOWN_VENUE", message, suggestion=nearest_venue(universe.venue))
        return
    sections = dict.fromkeys(section_of(asset, universe) for asset in universe.assets[:MAX_ASSETS])
    absent = [name for name in sections if name not in venue.markets]
    if absent:
        known = f"{venue.name} is known for {', '.join(venue.markets)}, not for {', '.join(absent)}"
        message = f"{known}: the usual fees hold there"
        findings.warning(PLACE, "VENUE_WITHOUT_MARKET", message)


def check_leverage(universe: Universe, risk: Risk, sizing: Sizing | None, findings: Findings) -> None:
    """Refuse a leverage that the venue offers on none of the assets, or not on one that could come to use it.

    Exposure adds up over the assets, so the account's leverage is held against the asset with the most; a single
    position is held against its own asset, as large as its limits and its size let it become.
    """
    asked, venue = risk.max_leverage, find_venue(universe.venue)
    if asked is None or asked <= 1 or venue is None or universe.market_type != "perp":
        return
    offered = {asset: largest_leverage(universe, asset) for asset in universe.assets[:MAX_ASSETS]}
    known = {asset: most for asset, most in offered.items() if most is not None}
    size = None if sizing is None else full_size(sizing)
    position = min(limit for limit in (asked, risk.max_position_pct, size) if limit is not None)
    most = max(known.values(), default=asked)
    below = next((asset for asset, one in known.items() if position > one), None)
    if len(known) == len(offered) and asked > most:
        best = next(asset for asset, one in known.items() if one == most)
    elif below is not None:
        best, most = below, known[below]
    else:
        return
    message = (
        f"{venue.name} offers a leverage of at most {number_text(most)} on {best}, {number_text(asked)} is asked for"
    )
    allowed = (f"at most {number_text(most)}",)
    findings.error(("risk", "max_leverage"), "LEVERAGE_NOT_OFFERED", message, allowed=allowed)


def check_smallest_order(universe: Universe, sizing: Sizing, findings: Findings) -> None:
    """Tell of a fixed notional that is no larger than the smallest order of an asset.

    The quantity is bought at a price that slippage worsens and cut to the venue's step, both taken off the notional
    that is compared; only a short's slippage can add to it, by what a fill may be worsened at most.
    """
    if sizing.mode != "fixed_notional":
        return
    rules = {asset: rules_at(universe, asset) or AssetRules() for asset in universe.assets[:MAX_ASSETS]}
    smallest = {asset: one.smallest_notional_quote for asset, one in rules.items()}
    below = {asset: least for asset, least in smallest.items() if sizing.value <= least}
    if not below:
        return
    venue = find_venue(universe.venue)
    whose = "that is traded" if venue is None else f"{venue.name} takes"
    figures = ", ".join(f"{number_text(least)} of {asset}" for asset, least in below.items())
    message = f"an order of {number_text(sizing.value)} is not above the smallest {whose}: {figures}"
    place: Place = ("sizing", "value")
    if all(sizing.value < (1 - SLIPPAGE_CAP) * least for least in smallest.values()):
        allowed = (f"more than {number_text(min(smallest.values()))}",)
        findings.error(place, "BELOW_SMALLEST_ORDER", f"{message}; every entry would be rejected", allowed=allowed)
    else:
        message = f"{message}; entries that slippage or the quantity step take below it are rejected"
        findings.warning(place, "BELOW_SMALLEST_ORDER", message)
