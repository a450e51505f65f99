"""The table of venues: that it can be read whole, that it agrees with its sources, what a spec gets of it."""

from __future__ import annotations

import itertools
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from reference.spec_edits import GONE, edited

import engine.spec.venues
from engine.spec import check, defaults
from engine.spec.models import StrategySpec, Universe
from engine.spec.venue_rules import AssetRules, MarginTier
from engine.spec.venues import asset_rules, find_venue, largest_leverage, nearest_venue, rates_of, venue_names
from engine.spec.venues.table import margin_tiers

FOLDER = Path(engine.spec.venues.__file__).parent
PERP = {"universe.market_type": "perp"}

MARKET_KEYS = {"maker", "taker", "says", "assets", "other"}
ASSET_KEYS = {"quantity_step", "smallest_notional", "price_tick", "largest_leverage", "leverage", "maintenance"}


def spec_of(changes: dict[str, Any]) -> StrategySpec:
    spec = check(edited(changes)).spec
    assert spec is not None
    return spec


def universe(*assets: str, **fields: Any) -> Universe:
    return Universe(assets=assets, timeframe="1h", **fields)


# --- the files


@pytest.mark.parametrize("key", venue_names())
def test_a_file_says_what_the_table_reads_and_nothing_else(key: str) -> None:
    document = tomllib.loads((FOLDER / f"{key}.toml").read_text("utf-8"))

    assert set(document) <= {"name", "aliases", "as_of", "markets"}
    assert isinstance(document["as_of"], date)
    for name, market in document["markets"].items():
        assert name in ("spot", "perp", "stock", "fx", "metal")
        assert set(market) <= MARKET_KEYS, name
        assert market["taker"] > 0
        assert -0.01 < market.get("maker", 0) <= market["taker"]
        for facts in (*market.get("assets", {}).values(), market.get("other", {})):
            assert set(facts) <= ASSET_KEYS


@pytest.mark.parametrize("key", venue_names())
def test_every_margin_table_begins_at_nothing_rises_and_never_jumps(key: str) -> None:
    venue = find_venue(key)
    assert venue is not None
    for market in venue.markets.values():
        for facts in (*market.assets.values(), *([market.other] if market.other else [])):
            tiers = facts.rules.margin_tiers
            assert (tiers[0].floor_quote, tiers[0].deduction_quote) == (0.0, 0.0)
            for before, after in itertools.pairwise(tiers):
                assert after.floor_quote > before.floor_quote
                assert after.rate > before.rate
                ends = before.rate * after.floor_quote - before.deduction_quote
                assert after.rate * after.floor_quote - after.deduction_quote == pytest.approx(ends, rel=1e-12)


@pytest.mark.parametrize("key", venue_names())
def test_the_first_margin_leaves_room_for_the_largest_leverage(key: str) -> None:
    venue = find_venue(key)
    assert venue is not None
    for market in venue.markets.values():
        for facts in market.assets.values():
            if facts.largest_leverage is not None:
                assert facts.rules.margin_tiers[0].rate < 1 / facts.largest_leverage


@pytest.mark.parametrize(
    ("venue", "asset", "published"),
    [
        # deductions as the venues publish them; the table computes its own from the rates
        ("binance", "BTC", [0, 50, 950, 11450, 131450, 481450, 2981450, 14481450, 26481450, 41481450, 121481450,
                            421481450]),
        ("binance", "ETH", [0, 50, 950, 11450, 131450, 381450, 2006450, 9506450, 17506450, 27506450, 80506450,
                            280506450]),
        ("binance", "DOGE", [0, 20, 170, 7670, 11670, 51670, 451670, 851670, 3351670, 13351670]),
        ("binance", "DOT", [0, 35, 535, 15535, 115535, 240535, 415535, 1415535, 8915535]),
        ("bybit", "BTC", [0, 1200, 3020, 4300, 5820, 8460, 15460, 20500, 46000, 66000, 80000, 160000, 300000, 452000,
                          502000, 777000, 837000, 967000, 1107000, 1482000]),
    ],
)  # fmt: skip
def test_the_deductions_are_those_the_venue_publishes(venue: str, asset: str, published: list[float]) -> None:
    rules = asset_rules(spec_of({**PERP, "universe.venue": venue, "universe.assets": [asset]}))[asset]

    assert [tier.deduction_quote for tier in rules.margin_tiers] == published


def test_half_the_initial_margin_is_the_rule_of_hyperliquid() -> None:
    rules = asset_rules(spec_of({**PERP, "universe.venue": "hyperliquid", "universe.assets": ["BTC"]}))["BTC"]

    assert rules.margin_tiers == (MarginTier(0.0, 0.0125, 0.0), MarginTier(150e6, 0.025, 150e6 * 0.0125))


def test_every_venue_is_named_in_the_sources() -> None:
    text = (FOLDER / "SOURCES.md").read_text("utf-8")

    for key in venue_names():
        venue = find_venue(key)
        assert venue is not None
        assert f"| {venue.name} |" in text
        assert f"{venue.as_of:%Y-%m-%d}" in text


def test_no_two_venues_share_a_name() -> None:
    names: list[str] = []
    for key in venue_names():
        document = tomllib.loads((FOLDER / f"{key}.toml").read_text("utf-8"))
        names += {"".join(filter(str.isalnum, name.lower())) for name in (key, *document["aliases"])}

    assert len(names) == len(set(names))


def test_a_tier_without_a_rise_deducts_nothing() -> None:
    assert margin_tiers([(0, 0.01)]) == (MarginTier(0.0, 0.01, 0.0),)


# --- finding a venue


@pytest.mark.parametrize(
    ("written", "key"),
    [("binance", "binance"), ("Binance", "binance"), ("gate.io", "gateio"), ("Gate", "gateio"), ("OKEx", "okx"),
     ("Interactive Brokers", "ibkr"), ("dYdX", "dydx"), ("coinbase-pro", "coinbase"), ("nowhere", None), (None, None)],
)  # fmt: skip
def test_a_venue_is_found_by_any_of_its_names(written: str | None, key: str | None) -> None:
    venue = find_venue(written)

    assert (None if venue is None else venue.key) == key


@pytest.mark.parametrize(
    ("written", "key"), [("binanse", "binance"), ("hyperliqid", "hyperliquid"), ("krakn", "kraken"), ("x", None)]
)
def test_the_nearest_venue(written: str, key: str | None) -> None:
    assert nearest_venue(written) == key


# --- rules of a spec's assets


def test_assets_keep_the_names_the_spec_gives_them() -> None:
    changes = {"universe.venue": "binance", "universe.assets": ["BTC/USDC", "ETHUSDT"], "universe.quote": GONE}

    assert asset_rules(spec_of(changes)) == {
        "BTC/USDC": AssetRules(quantity_step=0.00001, smallest_notional_quote=5, price_tick=0.01),
        "ETHUSDT": AssetRules(quantity_step=0.0001, smallest_notional_quote=5, price_tick=0.01),
    }


def test_rules_in_money_hold_for_dollars_alone() -> None:
    assert asset_rules(spec_of({"universe.venue": "binance", "universe.assets": ["ETH/BTC"]})) == {}


@pytest.mark.parametrize("venue", [GONE, "nowhere", "orderly"])
def test_without_a_table_for_the_market_there_are_no_rules(venue: Any) -> None:
    assert asset_rules(spec_of({"universe.venue": venue} if venue is not GONE else {})) == {}


def test_an_asset_the_venue_does_not_list_takes_the_rules_of_the_others() -> None:
    rules = asset_rules(spec_of({**PERP, "universe.venue": "binance", "universe.assets": ["SOL", "DOT"]}))

    assert rules["SOL"].margin_tiers == rules["DOT"].margin_tiers
    assert rules["SOL"].price_tick == 0.0


def test_shares_come_whole_at_a_broker() -> None:
    changes = {"universe.venue": "ibkr", "universe.assets": ["AAPL"], "universe.quote": GONE}

    assert asset_rules(spec_of(changes))["AAPL"].quantity_step == 1.0


@pytest.mark.parametrize(
    ("venue", "asset", "leverage"),
    [("hyperliquid", "BTC", 40), ("bybit", "LTC", 50), ("binance", "SHIB", 125), ("dydx", "ETH", None),
     ("nowhere", "BTC", None), (None, "BTC", None)],
)  # fmt: skip
def test_the_largest_leverage_of_an_asset(venue: str | None, asset: str, leverage: float | None) -> None:
    assert largest_leverage(universe(asset, venue=venue, market_type="perp"), asset) == leverage


# --- fees


@pytest.mark.parametrize(
    ("assets", "fields", "rates"),
    [
        (["BTC"], {}, (0.001, 0.001)),
        (["BTC"], {"market_type": "perp"}, (0.0002, 0.0005)),
        (["BTC"], {"venue": "kraken"}, (0.0025, 0.004)),
        (["BTC"], {"venue": "bybit", "market_type": "perp"}, (0.0002, 0.00055)),
        (["BTC"], {"venue": "gate.io", "market_type": "perp"}, (0.0002, 0.0005)),
        (["BTC"], {"venue": "nowhere"}, (0.001, 0.001)),
        (["BTC"], {"venue": "orderly"}, (0.001, 0.001)),
        (["MYCOIN"], {}, (0.001, 0.001)),
        (["AAPL", "SPY"], {}, (0.0001, 0.0001)),
        (["AAPL"], {"venue": "nowhere"}, (0.0001, 0.0001)),
        (["AAPL"], {"market_type": "perp"}, (0.0002, 0.0005)),
        (["EURUSD", "USDJPY"], {}, (0.00002, 0.00002)),
        (["XAUUSD"], {}, (0.00015, 0.00015)),
        (["EURUSD", "XAUUSD"], {}, (0.00015, 0.00015)),
        (["AAPL", "BTC"], {}, (0.001, 0.001)),
    ],
)
def test_the_fees_of_a_universe(assets: list[str], fields: dict[str, Any], rates: tuple[float, float]) -> None:
    found = rates_of(universe(*assets, **fields))

    assert (found.maker, found.taker) == rates


def test_a_fee_that_is_written_goes_before_the_table() -> None:
    spec = spec_of({"universe.venue": "kraken", "execution.fees": {"taker": 0.002}})

    assert defaults.fees_of(spec) == defaults.FeeRates(0.0025, 0.002)


def told(changes: dict[str, Any], field: str) -> list[str]:
    return [note.message for note in defaults.assumed(spec_of(changes)) if note.detail["field"] == field]


def test_the_venue_and_the_day_of_its_table_are_told_with_the_fees() -> None:
    assert told({"universe.venue": "kraken"}, "execution.fees.taker") == [
        "market and stop fills pay a fee of 0.4 % (Kraken spot, table of 2026-11-21)"
    ]
    assert told({}, "execution.fees.taker") == ["market and stop fills pay a fee of 0.1 %"]
    assert told({"universe.assets": ["AAPL"], "universe.quote": "USD"}, "execution.fees.maker") == [
        "limit fills pay a fee of 0.01 % (Interactive Brokers stock, table of 2026-11-21, USD 0.005 a share of USD 50)"
    ]


def test_what_is_known_of_which_asset_at_the_venue_is_told() -> None:
    changes = {**PERP, "universe.venue": "okx"}

    assert told(changes, "universe.venue") == [
        "quantities and prices of BTC follow OKX's rules; OKX's rules for ETH are not known (table of 2026-11-21)"
    ]
    assert told({**PERP, "universe.venue": "hyperliquid"}, "universe.venue") == [
        "quantities and margins of BTC, ETH follow Hyperliquid's rules (table of 2026-11-21)"
    ]
    assert told({}, "universe.venue") == told({"universe.venue": "nowhere"}, "universe.venue") == []
