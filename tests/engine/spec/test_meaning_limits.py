"""The second pass over universe, sides, sizing, risk, execution and texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from reference.spec_edits import GONE, edited

from engine import MemoryMarket, make_bars, run_backtest
from engine.market.timeframe import MONDAY_MS
from engine.spec import check

PERP = {"universe.market_type": "perp"}
SHORT = {
    **PERP,
    "signals.short": {
        "entry": [{"when": "crosses_below", "left": "close", "right": "sma_slow"}],
        "exit": [{"when": "crosses_above", "left": "close", "right": "sma_slow"}],
    },
}
SHORT_ONLY = {**SHORT, "signals.entry": [], "signals.exit": []}
ONE_ASSET = {"universe.assets": ["BTC"]}


def findings(changes: dict[str, Any], **catalog: Any) -> list[tuple[str, str, str]]:
    problems = check(edited(changes), **catalog).problems
    return [(problem.path, problem.code, problem.severity) for problem in problems]


def errors(changes: dict[str, Any]) -> list[tuple[str, str]]:
    return [(path, code) for path, code, severity in findings(changes) if severity == "error"]


class Stored:
    """A data catalog: symbol -> timeframe -> number of bars."""

    def __init__(self, counts: dict[str, dict[str, int]]) -> None:
        self.counts = counts

    def symbols(self) -> list[str]:
        return sorted(self.counts)

    def timeframes(self, symbol: str) -> list[str]:
        return list(self.counts.get(symbol, {}))


class Counted(Stored):
    """One that can count its bars."""

    def n_bars(self, symbol: str, timeframe: str) -> int:
        return self.counts[symbol][timeframe]


# --- universe


@pytest.mark.parametrize(
    ("assets", "at", "code", "suggestion"),
    [
        (["BTC", "ETX"], 1, "UNKNOWN_ASSET", "ETH"),
        (["BCT"], 0, "UNKNOWN_ASSET", "BTC"),
        (["BITCOIN"], 0, "UNKNOWN_ASSET", "BTC"),
        (["ZZZZZZZZ"], 0, "UNKNOWN_ASSET", None),
        (["btc"], 0, "BAD_ASSET", "BTC"),
        (["BTC-USDT"], 0, "BAD_ASSET", "BTC/USDT"),
        (["BTC-PERP"], 0, "BAD_ASSET", "BTC"),
        (["../../etc/passwd"], 0, "BAD_ASSET", None),
        (["BTC/USD/T"], 0, "BAD_ASSET", "BTC"),
        ([""], 0, "BAD_ASSET", None),
        (["BTC", "BTC"], 1, "DUPLICATE_ASSET", None),
        (["BTC", "BTC/USDT"], 1, "DUPLICATE_ASSET", None),
        (["BTC", "BTCUSDT"], 1, "DUPLICATE_ASSET", None),
    ],
)
def test_an_asset_that_is_none_is_refused(assets: list[str], at: int, code: str, suggestion: str | None) -> None:
    (problem,) = check(edited({"universe.assets": assets})).problems

    assert (problem.path, problem.code, problem.suggestion) == (f"$.universe.assets[{at}]", code, suggestion)


@pytest.mark.parametrize(
    "assets",
    [["BTC"], ["BTC/USDC", "ETH/USDC"], ["BTCUSDT", "ETHUSDT"], ["1000PEPE"], ["BTC", "BTC/USDC"], ["AAPL", "SPY"]],
)
def test_known_assets_are_accepted_in_every_form(assets: list[str]) -> None:
    assert findings({"universe.assets": assets}) == []


@pytest.mark.parametrize("assets", [["EURUSD", "XAUUSD"], ["EUR/USD"], ["AAPL", "MSFT"], ["NDX"]])
def test_an_asset_that_is_no_crypto_needs_no_quote(assets: list[str]) -> None:
    assert findings({"universe.assets": assets, "universe.quote": GONE}) == []


def test_assets_in_several_currencies_are_warned_of() -> None:
    changes = {"universe.assets": ["BTC", "ETH/BTC"]}

    assert findings(changes) == [("$.universe.assets", "MIXED_QUOTES", "warning")]


@pytest.mark.parametrize(("quote", "suggestion"), [("usdt", "USDT"), ("US$", None), ("", None)])
def test_a_quote_that_is_none_is_refused(quote: str, suggestion: str | None) -> None:
    problem = check(edited({"universe.quote": quote})).problems[0]

    assert (problem.path, problem.code, problem.suggestion) == ("$.universe.quote", "BAD_QUOTE", suggestion)


def test_without_a_data_catalog_the_checks_that_need_one_are_listed_as_skipped() -> None:
    assert [text.split(":")[0] for text in check(edited()).skipped] == ["candles of each asset (NO_DATA)"]


def test_an_asset_without_candles_is_warned_of_with_what_to_do() -> None:
    checked = check(edited(), catalog=Counted({"BTCUSDT": {"1h": 1000}}))

    (problem,) = checked.problems
    assert (problem.path, problem.code, problem.severity) == ("$.universe.assets[1]", "NO_DATA", "warning")
    assert "kek data import" in problem.message
    assert checked.valid
    assert checked.skipped == ()


def test_a_finer_timeframe_that_is_stored_will_do() -> None:
    catalog = Counted({"BTCUSDT": {"15m": 4000}, "ETHUSDT": {"1m": 60_000}})

    assert findings({}, catalog=catalog) == []


def test_a_timeframe_that_no_stored_one_makes_is_warned_of() -> None:
    catalog = Counted({"BTCUSDT": {"4h": 1000}, "ETHUSDT": {"1h": 1000}})

    assert findings({}, catalog=catalog) == [("$.universe.assets[0]", "NO_DATA", "warning")]


def test_an_asset_nobody_knows_is_known_when_its_candles_are_stored() -> None:
    catalog = Counted({"MYCOINUSDT": {"1h": 1000}})

    assert findings({"universe.assets": ["MYCOIN"]}, catalog=catalog) == []


def test_spot_candles_that_stand_in_for_a_perpetual_are_warned_of() -> None:
    catalog = Counted({"BTCUSDT": {"1h": 1000}, "ETHUSDT-PERP": {"1h": 1000}})

    assert findings(PERP, catalog=catalog) == [("$.universe.assets[0]", "SPOT_CANDLES_FOR_PERP", "warning")]


def test_a_warm_up_longer_than_the_candles_is_warned_of() -> None:
    catalog = Counted({"BTCUSDT": {"1h": 50}, "ETHUSDT": {"30m": 90}})  # an SMA of 50 begins at the 50th bar

    assert findings({}, catalog=catalog) == [("$.universe.assets[1]", "WARMUP_EXCEEDS_DATA", "warning")]


def test_a_catalog_that_cannot_count_skips_the_warm_up() -> None:
    checked = check(edited(), catalog=Stored({"BTCUSDT": {"1h": 1}, "ETHUSDT": {"1h": 1}}))

    assert checked.problems == ()
    assert "WARMUP_EXCEEDS_DATA" in checked.skipped[0]


# --- sides


def test_shorts_need_a_perpetual() -> None:
    assert errors({**SHORT, "universe.market_type": "spot"}) == [("$.signals.short", "SHORT_NEEDS_PERP")]
    assert errors({"signals.short": SHORT["signals.short"]}) == [("$.signals.short", "SHORT_NEEDS_PERP")]
    assert findings(SHORT) == []
    assert findings(SHORT_ONLY) == []


def test_a_spec_that_never_enters_is_refused() -> None:
    assert errors({"signals.entry": []}) == [("$.signals.entry", "NO_ENTRY")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"signals.exit": []}, ["$.signals.exit"]),
        ({"signals.exit": [], "risk.stop_loss": {"type": "percent", "value": 0.1}}, []),
        ({"signals.exit": [], "risk.take_profit": {"type": "percent", "value": 0.1}}, []),
        ({**SHORT, "signals.exit": []}, ["$.signals.exit"]),
        ({**SHORT, "signals.exit": [], "signals.opposite_entry": "reverse"}, []),
    ],
)
def test_a_side_without_a_way_out_is_warned_of(changes: dict[str, Any], expected: list[str]) -> None:
    assert findings(changes) == [(path, "NO_EXIT", "warning") for path in expected]


def test_an_entry_that_is_an_exit_as_well_is_warned_of() -> None:
    condition = {"when": "gt", "left": "close", "right": "sma_slow"}

    assert findings({"signals.entry": [condition], "signals.exit": [condition]}) == [
        ("$.signals.entry[0]", "NEVER_TRUE", "warning")
    ]


# --- sizing


@pytest.mark.parametrize(
    ("sizing", "path", "code"),
    [
        ({"mode": "percent_equity", "value": 1.01}, "value", "IMPOSSIBLE_SIZE"),
        ({"mode": "percent_equity", "value": 10}, "value", "IMPOSSIBLE_SIZE"),
        ({"mode": "percent_equity", "value": 0.1, "length": 30}, "length", "NO_MEANING"),
        ({"mode": "fixed_notional", "value": 100, "multiple": 2}, "multiple", "NO_MEANING"),
        ({"mode": "volatility_target", "value": 20}, "value", "IMPOSSIBLE_SIZE"),
        ({"mode": "volatility_target", "value": 0.2, "length": 1}, "length", "OUT_OF_BOUNDS"),
        ({"mode": "risk_per_trade", "value": 0.01}, "mode", "NEEDS_STOP"),
        ({"mode": "atr_risk", "value": 0.01}, "multiple", "MISSING_FIELD"),
        ({"mode": "atr_risk", "value": 2, "multiple": 2}, "value", "IMPOSSIBLE_SIZE"),
    ],
)
def test_a_size_that_cannot_be_is_refused(sizing: dict[str, Any], path: str, code: str) -> None:
    assert errors({"sizing": sizing}) == [(f"$.sizing.{path}", code)]


@pytest.mark.parametrize(
    "sizing",
    [
        {"mode": "percent_equity", "value": 0.2},
        {"mode": "fixed_notional", "value": 5_000, "max_positions": 2},
        {"mode": "volatility_target", "value": 0.3, "length": 60},
        {"mode": "risk_per_trade", "value": 0.01},
        {"mode": "atr_risk", "value": 0.01, "multiple": 2, "length": 20},
    ],
)
def test_every_mode_that_is_simulated_is_valid(sizing: dict[str, Any]) -> None:
    assert findings({"sizing": sizing, "risk.stop_loss": {"type": "atr", "value": 2}}) == []


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({"sizing.value": 0.3}, "risk.max_position_pct 0.2"),
        ({"sizing.value": 0.2, "risk": {"max_total_exposure_pct": 0.15}}, "risk.max_total_exposure_pct 0.15"),
        ({"sizing.value": 0.8, "risk": {"max_leverage": 0.5}}, "risk.max_leverage 0.5"),
    ],
)
def test_a_size_above_a_limit_is_warned_of(changes: dict[str, Any], limit: str) -> None:
    (problem,) = check(edited(changes)).problems

    assert (problem.path, problem.code, problem.severity) == ("$.sizing.value", "SIZE_CUT", "warning")
    assert limit in problem.message


# --- risk


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"risk.max_position_pct": 20}, "max_position_pct", "OUT_OF_BOUNDS"),
        ({"risk.max_total_exposure_pct": 1.5}, "max_total_exposure_pct", "OUT_OF_BOUNDS"),
        ({"risk.stop_loss": {"type": "percent", "value": 2}}, "stop_loss.value", "OUT_OF_BOUNDS"),
        ({"risk.stop_loss": {"type": "percent", "value": 1}}, "stop_loss.value", "OUT_OF_BOUNDS"),
        ({"risk.take_profit": {"type": "percent", "value": 400}}, "take_profit.value", "OUT_OF_BOUNDS"),
        ({**SHORT, "risk.take_profit": {"type": "percent", "value": 1}}, "take_profit.value", "OUT_OF_BOUNDS"),
        ({"risk.stop_loss": {"type": "atr", "value": 101}}, "stop_loss.value", "OUT_OF_BOUNDS"),
        ({"risk.stop_loss": {"type": "percent", "value": 0.1, "length": 14}}, "stop_loss.length", "NO_MEANING"),
        ({"risk.stop_loss": {"type": "percent", "value": 0.1, "indicator": "sma_fast"}}, "stop_loss.indicator",
         "NO_MEANING"),
        ({"risk.stop_loss": {"type": "atr", "value": 2, "length": 14, "indicator": "sma_fast"}}, "stop_loss.indicator",
         "NO_MEANING"),
        ({"risk.stop_loss": {"type": "atr", "value": 2, "indicator": "sma_fats"}}, "stop_loss.indicator",
         "UNKNOWN_REFERENCE"),
        ({"risk.stop_loss": {"type": "atr", "value": 2, "indicator": "close"}}, "stop_loss.indicator",
         "UNKNOWN_REFERENCE"),
        ({"risk.stop_loss": {"type": "atr", "value": 2, "indicator": "sma_fast[1]"}}, "stop_loss.indicator",
         "UNKNOWN_REFERENCE"),
        ({"risk.stop_loss": {"type": "price", "value": 9}}, "stop_loss.type", "PRICE_LEVEL_SCOPE"),
        ({**SHORT, **ONE_ASSET, "risk.take_profit": {"type": "price", "value": 9}}, "take_profit.type",
         "PRICE_LEVEL_SCOPE"),
        ({**ONE_ASSET, "risk.stop_loss": {"type": "price", "value": 9},
          "risk.take_profit": {"type": "price", "value": 8}}, "stop_loss.value", "CONTRADICTION"),
        ({**ONE_ASSET, **SHORT_ONLY, "risk.stop_loss": {"type": "price", "value": 8},
          "risk.take_profit": {"type": "price", "value": 9}}, "stop_loss.value", "CONTRADICTION"),
    ],
)  # fmt: skip
def test_a_risk_that_cannot_be_is_refused(changes: dict[str, Any], path: str, code: str) -> None:
    assert errors(changes) == [(f"$.risk.{path}", code)]


@pytest.mark.parametrize(
    "changes",
    [
        {"risk": {}},
        {**PERP, "risk": {"max_leverage": 3, "max_total_exposure_pct": 3, "max_position_pct": 1.5}},
        {
            "indicators.range": {"type": "atr", "inputs": {}},
            "risk.stop_loss": {"type": "atr", "value": 2, "indicator": "range"},
        },
        {
            **ONE_ASSET,
            "risk.stop_loss": {"type": "price", "value": 8},
            "risk.take_profit": {"type": "price", "value": 9},
        },
        {**ONE_ASSET, **SHORT_ONLY, "risk.stop_loss": {"type": "price", "value": 9}},
        {"risk.max_drawdown_pct": 1},
    ],
)
def test_a_risk_that_can_be_is_accepted(changes: dict[str, Any]) -> None:
    assert findings(changes) == []


HOURS = MONDAY_MS + 3_600_000 * np.arange(300)
WAVES = 100.0 + 10.0 * np.sin(np.arange(300) / 12.0)
TWO_MARKETS = MemoryMarket(
    [
        make_bars(symbol, "1h", HOURS, WAVES, WAVES + 1.0, WAVES - 1.0, WAVES, np.full(300, 1e4))
        for symbol in ("BTCUSDT", "ETHUSDT")
    ]
)


@pytest.mark.parametrize(
    "changes",
    [
        {"sizing": {"mode": "kelly", "value": 0.2, "win_rate": 0.5, "payoff": 2}},
        {"risk.trailing_stop": {"type": "percent", "value": 0.1}},
        {"risk.trailing_take": {"type": "atr", "value": 2, "activate_at": 1}},
        {"risk.breakeven": {"at": 0.02, "offset": 0.001}},
        {"risk.partial_exits": [{"at": 0.02, "fraction": 0.5}]},
        {"risk.time_limit": {"bars": 10}},
        {"risk.checks": {"cooldown_bars": 3, "session_hours": {"start": "22:00", "end": "20:00"}}},
        {"execution": {"mode": "paper", "entry_order": {"type": "limit", "offset": 0.001}}},
        {"universe.venue": "binance"},
    ],
)
def test_whatever_a_spec_may_say_is_simulated(changes: dict[str, Any]) -> None:
    assert findings(changes) == []
    assert run_backtest(edited(changes), TWO_MARKETS).fills


def test_a_target_of_more_than_the_price_is_doubted() -> None:
    changes = {"risk.take_profit": {"type": "percent", "value": 4}}

    assert findings(changes) == [("$.risk.take_profit.value", "LOOKS_LIKE_PERCENT", "warning")]


def test_leverage_on_spot_is_warned_of() -> None:
    assert findings({"risk.max_leverage": 2}) == [("$.risk.max_leverage", "SPOT_LEVERAGE", "warning")]
    assert findings({**PERP, "risk.max_leverage": 2}) == []


# --- execution


@pytest.mark.parametrize(
    ("execution", "path", "code"),
    [
        ({"slippage_model": "custom"}, "$.execution.slippage", "MISSING_FIELD"),
        ({"slippage": {"base": 0.001}}, "$.execution.slippage", "NO_MEANING"),
        ({"slippage_model": "basic", "slippage": {"base": 0.001}}, "$.execution.slippage", "NO_MEANING"),
        ({"fees": {}}, "$.execution.fees", "MISSING_FIELD"),
        ({"allowed_venues": ["binance"]}, "$.universe.venue", "VENUE_NOT_ALLOWED"),
    ],
)
def test_an_execution_that_cannot_be_is_refused(execution: dict[str, Any], path: str, code: str) -> None:
    changes = {"execution": {"mode": "paper", **execution}, "universe.venue": "orderly"}

    assert errors(changes) == [(path, code)]


@pytest.mark.parametrize(
    "execution",
    [
        {"slippage_model": "custom", "slippage": {"base": 0, "kv": 0.1, "kp": 2}},
        {"fees": {"taker": 0.0004}},
        {"fees": {"maker": -0.0001, "taker": 0}},
        {"fill": "close"},
        {"fill": "next_open", "max_orders_per_hour": 1},
    ],
)
def test_an_execution_that_can_be_is_accepted(execution: dict[str, Any]) -> None:
    assert findings({"execution": {"mode": "paper", **execution}}) == []


# --- texts

HIDDEN = ["\u0007", "\u001b[31m", "\n", "\u0085", "\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u2028",
          "\U000e0041", "\u00ad", "\ue000"]  # fmt: skip


@pytest.mark.parametrize("char", HIDDEN)
@pytest.mark.parametrize("field", ["id", "name", "description", "universe.venue"])
def test_a_text_that_hides_something_is_refused(field: str, char: str) -> None:
    (problem,) = check(edited({field: f"a{char}b"})).problems

    assert (problem.path, problem.code) == (f"$.{field}", "BAD_TEXT")
    assert f"U+{ord(char[0]):04X} at position 1" in problem.message
    assert problem.message.isprintable()


@pytest.mark.parametrize(
    "text", ["Gold & Öl — 5 %", "비트코인 전략", "купить", "買い", "emoji 🚀", "<b>bold</b>", "{{x}}"]
)
def test_any_plain_text_may_be_a_name(text: str) -> None:
    assert findings({"name": text, "description": text}) == []


def test_a_blank_name_is_refused() -> None:
    assert errors({"name": "   "}) == [("$.name", "BAD_TEXT")]


def test_metadata_is_free_within_its_size_and_without_hidden_characters() -> None:
    assert findings({"metadata": {"tags": ["a", None, 1.5, {"b": True}], "notes": "several\nlines\tof text"}}) == []
    assert errors({"metadata": {"notes": "x" * 8_200}}) == [("$.metadata", "OUT_OF_BOUNDS")]
    assert errors({"metadata": {"notes": ["x", "\u202e"]}}) == [("$.metadata.notes[1]", "BAD_TEXT")]
    assert errors({"metadata": {"a\u200b": 1}}) == [('$.metadata["a\\u200b"]', "BAD_TEXT")]
