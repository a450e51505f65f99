"""The second pass over venues, leverage, and what a run needs beside candles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from reference.spec_edits import GONE, edited

from engine.errors import DataError
from engine.market.bars import FundingSeries
from engine.spec import apply_overrides, check

PERP = {"universe.market_type": "perp", "risk.max_position_pct": GONE, "risk.max_total_exposure_pct": GONE}
HOUR = 3_600_000


def findings(changes: dict[str, Any], **catalog: Any) -> list[tuple[str, str, str]]:
    problems = check(edited(changes), **catalog).problems
    return [(problem.path.removeprefix("$."), problem.code, problem.severity) for problem in problems]


class Stored:
    """A data catalog of one-hour candles, with minutes of some assets and with funding series."""

    def __init__(self, *symbols: str, minutes: tuple[str, ...] = (), funding: dict[str, list[int]] | None = None):
        self.by_symbol = {symbol: ("1m", "1h") if symbol in minutes else ("1h",) for symbol in symbols}
        self.hours = funding or {}
        self.broken: tuple[str, ...] = ()

    def symbols(self) -> list[str]:
        return sorted(self.by_symbol)

    def timeframes(self, symbol: str) -> tuple[str, ...]:
        return self.by_symbol.get(symbol, ())

    def n_bars(self, symbol: str, timeframe: str) -> int:
        return 10_000

    def funding(self, symbol: str) -> FundingSeries | None:
        if symbol in self.broken:
            raise DataError(f"{symbol} cannot be read")
        if symbol not in self.hours:
            return None
        time = np.array(self.hours[symbol], np.int64) * HOUR
        return FundingSeries(symbol, time, np.zeros(time.shape[0]))


# --- venues


@pytest.mark.parametrize("venue", ["binance", "Kraken", "gate.io"])
def test_a_known_venue_is_accepted(venue: str) -> None:
    assert findings({"universe.venue": venue}) == []


@pytest.mark.parametrize(("venue", "suggestion"), [("binanse", "binance"), ("my broker", None)])
def test_an_unknown_venue_is_a_warning_with_the_nearest(venue: str, suggestion: str | None) -> None:
    (problem,) = check(edited({"universe.venue": venue})).problems

    assert (problem.path, problem.code, problem.severity) == ("$.universe.venue", "UNKNOWN_VENUE", "warning")
    assert problem.suggestion == suggestion
    assert "the usual fees hold; known are binance, bitget," in problem.message


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({"universe.venue": "binance", "sizing.value": 3}, "error"),
        ({"universe.venue": "binance", "sizing.value": 5}, "warning"),
        ({"universe.venue": "binance", "sizing.value": 4.8}, "warning"),
        ({"sizing.value": 0.005}, "error"),
    ],
)
def test_a_notional_below_the_smallest_order_is_told_with_the_venues_figure(
    changes: dict[str, Any], severity: str
) -> None:
    (problem,) = check(edited({"sizing.mode": "fixed_notional", **changes})).problems

    assert (problem.path, problem.code, problem.severity) == ("$.sizing.value", "BELOW_SMALLEST_ORDER", severity)
    assert ("Binance takes: 5 of BTC, 5 of ETH" if "universe.venue" in changes else "0.01 of BTC") in problem.message


def test_a_notional_above_the_smallest_order_is_accepted() -> None:
    assert findings({"universe.venue": "binance", "sizing.mode": "fixed_notional", "sizing.value": 5.1}) == []
    assert findings({"sizing.mode": "fixed_notional", "sizing.value": 3}) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"universe.venue": "orderly"}, "Orderly is known for perp, not for spot"),
        ({"universe.venue": "ibkr"}, "Interactive Brokers is known for stock, fx, metal, not for spot"),
        ({"universe.venue": "binance", "universe.assets": ["BTC", "AAPL"], "universe.quote": "USD"},
         "Binance is known for spot, perp, not for stock"),
    ],
)  # fmt: skip
def test_a_venue_without_such_a_market_is_a_warning(changes: dict[str, Any], words: str) -> None:
    problem = check(edited(changes)).problems[0]

    assert (problem.path, problem.code, problem.severity) == ("$.universe.venue", "VENUE_WITHOUT_MARKET", "warning")
    assert words in problem.message


def test_the_specifications_own_universe_has_nothing_to_tell() -> None:
    assert findings({**PERP, "universe.venue": "orderly"}) == []


# --- leverage


@pytest.mark.parametrize(
    ("venue", "assets", "changes", "most"),
    [
        ("hyperliquid", ["BTC"], {"risk.max_leverage": 50}, "at most 40"),
        ("hyperliquid", ["DOGE"], {"risk.max_leverage": 20, "sizing.value": 1}, "at most 10"),
        ("hyperliquid", ["BTC", "DOGE"], {"risk.max_leverage": 41}, "at most 40"),
        ("hyperliquid", ["BTC", "DOGE"],
         {"risk.max_leverage": 20, "sizing": {"mode": "fixed_notional", "value": 1e6}}, "at most 10"),
        ("orderly", ["LTC"], {"risk.max_leverage": 11}, "at most 10"),
        ("binance", ["DOT"], {"risk.max_leverage": 100}, "at most 75"),
    ],
)  # fmt: skip
def test_a_leverage_the_venue_does_not_offer_is_refused(
    venue: str, assets: list[str], changes: dict[str, Any], most: str
) -> None:
    changes = {**PERP, "universe.venue": venue, "universe.assets": assets, **changes}
    (problem,) = [one for one in check(edited(changes)).problems if one.code != "SIZE_CUT"]

    assert (problem.path, problem.code, problem.severity) == ("$.risk.max_leverage", "LEVERAGE_NOT_OFFERED", "error")
    assert problem.allowed == (most,)


@pytest.mark.parametrize(
    ("venue", "assets", "changes"),
    [
        ("hyperliquid", ["BTC"], {"risk.max_leverage": 40}),
        # a position of a tenth of equity never comes near the 10 times of DOGE
        ("hyperliquid", ["BTC", "DOGE"], {"risk.max_leverage": 30}),
        ("hyperliquid", ["BTC", "MYSTERY"], {"risk.max_leverage": 5}),
        ("binance", ["SOL"], {"risk.max_leverage": 100}),
        ("dydx", ["ETH"], {"risk.max_leverage": 100}),
        ("my broker", ["BTC"], {"risk.max_leverage": 100}),
    ],
)
def test_a_leverage_that_is_offered_or_not_known_is_accepted(
    venue: str, assets: list[str], changes: dict[str, Any]
) -> None:
    changes = {**PERP, "universe.venue": venue, "universe.assets": assets, **changes}

    assert "LEVERAGE_NOT_OFFERED" not in [code for _, code, _ in findings(changes)]


def test_leverage_on_spot_is_no_matter_of_the_venue() -> None:
    changes = {"universe.venue": "binance", "risk.max_leverage": 100}

    assert findings(changes) == [("risk.max_leverage", "SPOT_LEVERAGE", "warning")]


# --- what is stored beside the candles


def test_vwap_fills_without_minutes_are_warned_of_for_each_asset() -> None:
    vwap = {"execution.fill": "vwap"}

    assert findings(vwap, catalog=Stored("BTCUSDT", "ETHUSDT", minutes=("BTCUSDT", "ETHUSDT"))) == []
    assert findings(vwap, catalog=Stored("BTCUSDT", "ETHUSDT", minutes=("BTCUSDT",))) == [
        ("execution.fill", "VWAP_NEEDS_MINUTES", "warning")
    ]
    assert findings({}, catalog=Stored("BTCUSDT", "ETHUSDT")) == []
    (problem,) = check(edited({**vwap, "universe.assets": ["BTC"]}), catalog=Stored("BTCUSDT")).problems[-1:]
    assert "BTC has no 1m candles" in problem.message
    assert "kek data" in problem.message


def test_an_asset_without_candles_is_told_once() -> None:
    catalog = Stored("BTCUSDT", minutes=("BTCUSDT",))

    assert findings({"execution.fill": "vwap"}, catalog=catalog) == [("universe.assets[1]", "NO_DATA", "warning")]


def test_gaps_in_a_stored_funding_series_are_warned_of() -> None:
    whole, broken = [0, 8, 16, 24], [0, 8, 32, 40]
    catalog = Stored("BTCUSDT-PERP", "ETHUSDT-PERP", funding={"BTCUSDT-PERP": whole, "ETHUSDT-PERP": broken})

    assert findings(PERP, catalog=catalog) == [("universe.assets[1]", "FUNDING_GAPS", "warning")]
    message = check(edited(PERP), catalog=catalog).problems[0].message
    assert message.startswith("the stored funding of ETHUSDT-PERP has 1 gap: about 2 events are missing")


@pytest.mark.parametrize("hours", [None, []])
def test_no_funding_series_has_no_gaps(hours: list[int] | None) -> None:
    funding = None if hours is None else {"BTCUSDT-PERP": hours}
    catalog = Stored("BTCUSDT-PERP", "ETHUSDT-PERP", funding=funding)

    assert findings(PERP, catalog=catalog) == []


def test_no_override_reads_a_funding_series_again() -> None:
    catalog = Stored("BTCUSDT-PERP", "ETHUSDT-PERP")
    spec = check(edited(PERP), catalog=catalog).spec
    assert spec is not None
    catalog.hours = {"BTCUSDT-PERP": [0, 80]}

    assert apply_overrides(spec, {"sizing.value": 0.05}, catalog=catalog).problems == ()


def test_a_funding_file_that_cannot_be_read_is_left_to_the_run() -> None:
    catalog = Stored("BTCUSDT-PERP", "ETHUSDT-PERP")
    catalog.broken = ("BTCUSDT-PERP",)

    assert findings(PERP, catalog=catalog) == []
