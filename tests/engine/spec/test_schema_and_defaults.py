"""The JSON Schema against the validator; the defaults and how they are told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from reference.json_schema import schema_errors
from reference.spec_edits import GONE, edited

from engine.indicators.catalog import CATALOG
from engine.spec import check, defaults, json_schema
from engine.spec.models import SpecModel, StrategySpec
from engine.spec.tickers import ASSET, asset_quote, find_ticker, nearest_ticker

SCHEMA = json_schema()


def spec_of(changes: dict[str, Any]) -> StrategySpec:
    spec = check(edited(changes)).spec
    assert spec is not None
    return spec


# --- schema


def test_the_schema_is_plain_json_of_the_2020_dialect() -> None:
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_field_of_every_part_is_described() -> None:
    for name, part in {"StrategySpec": SCHEMA, **SCHEMA["$defs"]}.items():
        assert part["description"], name
        assert part["additionalProperties"] is False, name
        for field, description in part["properties"].items():
            assert description.get("description"), f"{name}.{field}"


def test_every_fraction_says_that_it_is_one() -> None:
    fields = SCHEMA["$defs"]["Risk"]["properties"]

    for name in ("max_position_pct", "max_total_exposure_pct", "max_drawdown_pct"):
        assert "0.15 is 15 %" in fields[name]["description"]


def test_every_indicator_of_the_catalog_is_in_the_schema() -> None:
    assert SCHEMA["$defs"]["Indicator"]["properties"]["type"]["enum"] == list(CATALOG)


def test_what_a_price_means_is_said_of_fixed_and_trailing_levels() -> None:
    parts = SCHEMA["$defs"]

    assert "price: the level" in parts["ProtectiveLevel"]["properties"]["value"]["description"]
    assert "amount of quote currency" in parts["TrailingLevel"]["properties"]["type"]["description"]


@pytest.mark.parametrize("name", CATALOG)
def test_an_indicator_with_its_defaults_fits_the_schema_and_the_validator(name: str) -> None:
    entry = CATALOG[name]
    inputs = {spec.name: spec.default for spec in entry.inputs if spec.default is not None} | dict(entry.example)
    spec = edited({"indicators.x": {"type": name, "inputs": dict(entry.example)}})
    full = edited({"indicators.x": {"type": name, "inputs": inputs}})

    assert list(schema_errors(SCHEMA, spec)) == []
    assert check(spec).valid
    if entry.settle is None:
        assert list(schema_errors(SCHEMA, full)) == []
        assert check(full).valid


@pytest.mark.parametrize(
    "changes",
    [
        {"name": GONE},
        {"name": ""},
        {"version": "1"},
        {"extra": 1},
        {"universe.timeframe": "7m"},
        {"universe.assets": []},
        {"universe.assets": ["btc"]},
        {"universe.quote": None},
        {"sizing.value": "0.1"},
        {"sizing.value": 0},
        {"sizing.mode": "all_in"},
        {"risk.max_drawdown_pct": 15},
        {"risk.stop_loss": {"type": "percent"}},
        {"indicators.close": {"type": "sma", "inputs": {}}},
        {"indicators.Fast": {"type": "sma", "inputs": {}}},
        {"indicators.x": {"type": "moon", "inputs": {}}},
        {"indicators.x": {"type": "sma", "inputs": {"length": 0}}},
        {"indicators.x": {"type": "sma", "inputs": {"lenght": 9}}},
        {"signals.entry.0.right": GONE},
        {"signals.entry.0.value": 1},
        {"signals.entry.0.low": 1},
        {"signals.entry.0.when": "and"},
        {"signals.entry.0": {"when": "not", "conditions": []}},
        {"variants": [{"id": "v", "overrides": {"universe.assets": []}}]},
    ],
)
def test_what_the_schema_refuses_the_validator_refuses(changes: dict[str, Any]) -> None:
    spec = edited(changes)

    assert list(schema_errors(SCHEMA, spec)) != []
    assert not check(spec).valid


# --- defaults


def test_a_silent_spec_means_what_the_documents_say() -> None:
    spec = spec_of({"risk": {}, "universe.quote": GONE})

    assert defaults.market_type_of(spec) == "spot"
    assert defaults.quote_of(spec) == "USDT"
    assert defaults.leverage_of(spec) == 1.0
    assert defaults.fees_of(spec) == defaults.FeeRates(0.001, 0.001)
    assert defaults.slippage_of(spec) == defaults.SlippageRates(0.0005, 0.0, 0.0)
    assert defaults.fill_of(spec) == "next_open"
    assert defaults.opposite_entry_of(spec) == "ignore"


def test_perpetuals_have_fees_and_leverage_of_their_own() -> None:
    spec = spec_of({"universe.market_type": "perp", "risk": {"max_leverage": 3}})

    assert defaults.fees_of(spec) == defaults.FeeRates(0.0002, 0.0005)
    assert defaults.leverage_of(spec) == 3.0


def test_what_is_written_is_what_holds() -> None:
    execution = {
        "mode": "paper",
        "fees": {"taker": 0.0004},
        "slippage_model": "custom",
        "slippage": {"base": 0.001, "kp": 2},
        "fill": "close",
    }
    spec = spec_of({"execution": execution, "risk.max_leverage": 0.5})

    assert defaults.fees_of(spec) == defaults.FeeRates(0.001, 0.0004)
    assert defaults.slippage_of(spec) == defaults.SlippageRates(0.001, 0.0, 2.0)
    assert defaults.fill_of(spec) == "close"
    assert defaults.leverage_of(spec) == 0.5


def test_the_conservative_slippage_is_that_of_the_documents() -> None:
    spec = spec_of({"execution.slippage_model": "conservative"})

    assert defaults.slippage_of(spec) == defaults.SlippageRates(0.0005, 0.05, 1.0)


def test_spot_has_no_leverage_whatever_is_written() -> None:
    assert defaults.leverage_of(spec_of({"risk.max_leverage": 5})) == 1.0


@pytest.mark.parametrize(
    ("asset", "quote", "expected"),
    [
        ("BTC", None, "USDT"),
        ("BTC", "USDC", "USDC"),
        ("BTC/EUR", "USDC", "EUR"),
        ("BTCUSDT", "USDC", "USDT"),
        ("AAPL", None, "USD"),
        ("EURUSD", None, "USD"),
        ("USDJPY", "USD", "JPY"),
        ("XAUUSD", None, "USD"),
        ("MYCOIN", None, "USDT"),
    ],
)
def test_the_quote_of_an_asset(asset: str, quote: str | None, expected: str) -> None:
    assert asset_quote(asset, quote) == expected


def assumed_fields(changes: dict[str, Any]) -> list[object]:
    notices = defaults.assumed(spec_of(changes))
    assert all(notice.kind == "note" and notice.code == "DEFAULT_ASSUMED" for notice in notices)
    return [notice.detail["field"] for notice in notices]


def test_every_default_that_was_assumed_is_told() -> None:
    assert assumed_fields({"risk": {"stop_loss": {"type": "atr", "value": 2}}, "universe.quote": GONE}) == [
        "universe.market_type",
        "universe.quote",
        "risk.max_leverage",
        "risk.stop_loss.length",
        "risk",
        "execution.fees.maker",
        "execution.fees.taker",
        "execution.slippage_model",
        "execution.fill",
    ]


def test_a_spec_that_says_everything_leaves_nothing_to_tell() -> None:
    changes = {
        "universe.market_type": "perp",
        "sizing.max_positions": 2,
        "risk.max_leverage": 1,
        "risk.max_position_pct": 0.5,
        "risk.max_total_exposure_pct": 1,
        "risk.max_drawdown_pct": 0.3,
        "execution": {
            "mode": "paper",
            "max_orders_per_hour": 5,
            "fees": {"maker": 0, "taker": 0},
            "slippage_model": "custom",
            "slippage": {"base": 0, "kv": 0, "kp": 0},
            "fill": "next_open",
        },
    }

    assert assumed_fields(changes) == []


def test_the_lengths_of_sizing_are_told() -> None:
    changes = {"sizing": {"mode": "volatility_target", "value": 0.2}}

    assert "sizing.length" in assumed_fields(changes)
    assert defaults.sizing_length_of(spec_of(changes)) == 30
    assert defaults.sizing_length_of(spec_of({"sizing": {"mode": "atr_risk", "value": 0.01, "multiple": 2}})) == 14


def test_the_multiple_of_atr_risk_has_no_default() -> None:
    assert defaults.atr_multiple_of(spec_of({"sizing": {"mode": "atr_risk", "value": 0.01, "multiple": 2.5}})) == 2.5
    with pytest.raises(ValueError, match="has no multiple"):
        defaults.atr_multiple_of(spec_of({}))


def test_the_length_of_an_atr_stop_is_14_where_silent() -> None:
    silent = spec_of({"risk.stop_loss": {"type": "atr", "value": 2}}).risk.stop_loss
    written = spec_of({"risk.stop_loss": {"type": "atr", "value": 2, "length": 5}}).risk.stop_loss

    assert silent is not None
    assert written is not None
    assert (defaults.atr_length_of(silent), defaults.atr_length_of(written)) == (14, 5)


def test_what_a_silent_life_of_a_position_means_is_told() -> None:
    changes = {
        "risk.trailing_stop": {"type": "atr", "value": 3},
        "risk.trailing_take": {"type": "percent", "value": 0.02},
        "risk.breakeven": {"at": 0.03},
        "execution.entry_order": {"type": "limit", "offset": 0.01},
    }
    notes = {note.detail["field"]: note for note in defaults.assumed(spec_of(changes))}

    assert notes["risk.trailing_stop.length"].detail["value"] == 14
    assert "from the entry on" in notes["risk.trailing_stop.activate_at"].message
    assert "a profit equal to its own value" in notes["risk.trailing_take.activate_at"].message
    assert notes["risk.breakeven.offset"].detail["value"] == 0.0
    assert "waits until it fills" in notes["execution.entry_order.expires_bars"].message


def test_a_target_that_arms_the_trailing_take_is_told() -> None:
    changes = {
        "risk.take_profit": {"type": "percent", "value": 0.05},
        "risk.trailing_take": {"type": "percent", "value": 0.02},
    }
    notes = {note.detail["field"]: note for note in defaults.assumed(spec_of(changes))}

    assert notes["risk.trailing_take.activate_at"].detail["value"] == "take_profit"


def test_a_life_that_says_everything_leaves_nothing_to_tell() -> None:
    changes = {
        "risk.trailing_stop": {"type": "atr", "value": 3, "length": 10, "activate_at": 1},
        "risk.trailing_take": {"type": "percent", "value": 0.02, "activate_at": 0.04},
        "risk.breakeven": {"at": 0.03, "offset": 0.01},
        "execution.entry_order": {"type": "limit", "offset": 0.01, "expires_bars": 3},
    }

    assert set(assumed_fields(changes)) == set(assumed_fields({}))


def test_the_share_of_the_kelly_fraction_is_told_when_silent() -> None:
    sizing = {"mode": "kelly", "value": 0.2, "win_rate": 0.5, "payoff": 2}

    assert "sizing.kelly_multiplier" in assumed_fields({"sizing": sizing})
    assert defaults.kelly_multiplier_of(spec_of({"sizing": sizing}).sizing) == 0.25
    assert defaults.kelly_multiplier_of(spec_of({"sizing": {**sizing, "kelly_multiplier": 0.5}}).sizing) == 0.5


def test_the_offset_of_breakeven_is_0_where_silent() -> None:
    assert defaults.breakeven_offset_of(spec_of({"risk.breakeven": {"at": 0.02}})) == 0.0
    assert defaults.breakeven_offset_of(spec_of({"risk.breakeven": {"at": 0.02, "offset": -0.01}})) == -0.01


def test_the_weights_of_a_custom_slippage_are_told_when_silent() -> None:
    execution = {"mode": "paper", "slippage_model": "custom", "slippage": {"base": 0.001}}

    assert {"execution.slippage.kv", "execution.slippage.kp"} <= set(assumed_fields({"execution": execution}))


# --- tickers


@pytest.mark.parametrize(
    ("asset", "kind", "quote"),
    [
        ("BTC", "crypto", "USDT"),
        ("ETH/BTC", "crypto", "BTC"),
        ("SOLUSDC", "crypto", "USDC"),
        ("AAPL", "stock", "USD"),
        ("SPY", "etf", "USD"),
        ("SPX", "index", "USD"),
        ("EURUSD", "fx", "USD"),
        ("EUR/JPY", "fx", "JPY"),
        ("XAUUSD", "metal", "USD"),
        ("WTI", "commodity", "USD"),
    ],
)
def test_the_directory_knows_what_an_asset_is(asset: str, kind: str, quote: str) -> None:
    ticker = find_ticker(asset)

    assert ticker is not None
    assert (ticker.kind, ticker.quote) == (kind, quote)


@pytest.mark.parametrize("asset", ["ZZZZ", "USDUSD", "USDT", "BTCBTCBTC", "A/B", "XXXUSD"])
def test_the_directory_does_not_know_everything(asset: str) -> None:
    assert find_ticker(asset) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [("btc", "BTC"), ("BTC-USDT", "BTC/USDT"), ("ethereum", "ETH"), ("APPL", "AAPL"), ("TSLAA", "TSLA"), ("??", None)],
)
def test_the_nearest_ticker(written: str, meant: str | None) -> None:
    assert nearest_ticker(written) == meant


def test_every_ticker_is_an_asset_and_finds_itself() -> None:
    from engine.spec.tickers import _tickers

    assert len(_tickers()) > 400
    for symbol, ticker in _tickers().items():
        assert ASSET.fullmatch(symbol)
        assert find_ticker(symbol) == ticker


def test_the_parts_of_a_spec_cannot_be_changed() -> None:
    spec = spec_of({})

    with pytest.raises(ValueError, match="frozen"):
        spec.sizing.value = 0.5  # type: ignore[misc]
    assert issubclass(StrategySpec, SpecModel)


def test_limits_that_are_not_set_are_named() -> None:
    (note,) = [
        one for one in defaults.assumed(spec_of({"risk.max_drawdown_pct": 0.3})) if one.detail["field"] == "risk"
    ]

    assert "the number of positions" in note.message
    assert "drawdown" not in note.message
