"""The table of venues as it is packaged: one TOML file a venue, read when it is first asked for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from engine.spec.problems import nearest
from engine.spec.venue_rules import SMALLEST_NOTIONAL_QUOTE, AssetRules, MarginTier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

Section = Literal["spot", "perp", "stock", "fx", "metal"]
"""Kinds of market a venue charges differently: coins at spot, perpetuals, shares and funds, currencies, metals."""


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """What is known of one asset at a venue: its rules, and the largest leverage it offers (None where unknown)."""

    rules: AssetRules
    largest_leverage: float | None


@dataclass(frozen=True, slots=True)
class Market:
    """One kind of market at a venue.

    ``maker`` and ``taker`` are fractions of notional for an account without discounts, None where unknown.
    ``assets`` holds facts by the asset's symbol without quote; ``other`` those of all others, None where unknown.
    ``says`` completes a sentence about the fees where they need one.
    """

    maker: float | None
    taker: float | None
    assets: Mapping[str, AssetFacts]
    other: AssetFacts | None
    says: str | None

    def facts(self, symbol: str) -> AssetFacts | None:
        """Return what is known of an asset, by its symbol without quote."""
        return self.assets.get(symbol, self.other)


@dataclass(frozen=True, slots=True)
class Venue:
    """A venue: ``as_of`` is the day its facts were carried over from the sources that SOURCES.md names."""

    key: str
    name: str
    as_of: date
    markets: Mapping[str, Market]


def find_venue(written: str | None) -> Venue | None:
    """Return the venue a spec names, by its key or another of its names; None when the table does not know it.

    >>> find_venue("Gate.io").name, find_venue("nowhere"), find_venue(None)
    ('Gate', None, None)
    """
    key = None if written is None else _keys_by_name().get(_plain(written))
    return None if key is None else _venue(key)


def nearest_venue(written: str) -> str | None:
    """Return the known venue most like a name, None when none is close.

    >>> nearest_venue("binanse"), nearest_venue("my broker")
    ('binance', None)
    """
    guess = nearest(_plain(written), _keys_by_name())
    return None if guess is None else _keys_by_name()[guess]


def venue_names() -> tuple[str, ...]:
    """Return the keys of all venues, sorted.

    >>> "binance" in venue_names()
    True
    """
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.toml")))


def _plain(written: str) -> str:
    return "".join(char for char in written.casefold() if char.isalnum())


@cache
def _keys_by_name() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for key in venue_names():
        document = _document(key)
        known |= {_plain(name): key for name in (key, document["name"], *document.get("aliases", ()))}
    return known


@cache
def _document(key: str) -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / f"{key}.toml").read_text("utf-8"))


@cache
def _venue(key: str) -> Venue:
    document = _document(key)
    markets = {name: _market(table) for name, table in document["markets"].items()}
    return Venue(key, document["name"], document["as_of"], markets)


def _market(table: Mapping[str, Any]) -> Market:
    other = table.get("other")
    return Market(
        maker=table.get("maker"),
        taker=table.get("taker"),
        assets={symbol: _facts(facts) for symbol, facts in table.get("assets", {}).items()},
        other=None if other is None else _facts(other),
        says=table.get("says"),
    )


def _facts(facts: Mapping[str, Any]) -> AssetFacts:
    steps, rates = facts.get("leverage", ()), facts.get("maintenance", ())
    if steps and not rates:  # half the initial margin of the largest leverage a notional may have
        rates = [(floor, 0.5 / leverage) for floor, leverage in steps]
    rules = AssetRules(
        quantity_step=float(facts.get("quantity_step", 0.0)),
        smallest_notional_quote=float(facts.get("smallest_notional", SMALLEST_NOTIONAL_QUOTE)),
        price_tick=float(facts.get("price_tick", 0.0)),
        **({"margin_tiers": margin_tiers(rates)} if rates else {}),
    )
    largest = steps[0][1] if steps else facts.get("largest_leverage")
    return AssetFacts(rules, None if largest is None else float(largest))


def margin_tiers(rates: Sequence[tuple[float, float]]) -> tuple[MarginTier, ...]:
    """Return margin tiers from (notional from which, maintenance rate), each deduction as continuity demands.

    Deduction of a tier = that of the tier before + floor x (rate - rate before), the rule all venues state.

    >>> [tier.deduction_quote for tier in margin_tiers([(0, 0.01), (1_000, 0.02), (5_000, 0.05)])]
    [0.0, 10.0, 160.0]
    """
    tiers: list[MarginTier] = []
    for floor, rate in rates:
        before = tiers[-1] if tiers else MarginTier(0.0, float(rate), 0.0)
        deduction = before.deduction_quote + floor * (rate - before.rate)
        # rates are decimals of a few places: what the subtraction leaves beyond them is no money
        tiers.append(MarginTier(float(floor), float(rate), round(deduction, 6)))
    return tuple(tiers)
