"""Fetching from a venue: pages, retries, resuming, closed candles only; against a stand-in on this machine."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reference.venue import HOUR, LISTED, Venue, candle, funding, standing_in

from engine.errors import DataError
from storage.candles import CandleStore
from storage.sources.ccxt_source import PAGE, CcxtSource, FetchError, Progress, connect

ccxt = pytest.importorskip("ccxt", reason="the extra live-data is not installed")

HOURS = 2_500
NOW = LISTED + HOURS * HOUR + HOUR // 2
"""The last of the venue's candles is still open."""


@pytest.fixture
def venue() -> Iterator[Venue]:
    with standing_in(Venue(until=LISTED + (HOURS + 1) * HOUR)) as standing:
        yield standing


@pytest.fixture
def store(tmp_path: Path) -> CandleStore:
    return CandleStore(tmp_path / "candles", create=True)


def client_of(venue: Venue) -> Any:
    client = ccxt.binance(
        {"enableRateLimit": False, "timeout": 5_000, "options": {"fetchMarkets": {"types": ["spot", "linear"]}}}
    )
    client.session.trust_env = False
    for name, address in client.urls["api"].items():
        client.urls["api"][name] = venue.url + "/" + address.split("/", 3)[-1]
    return client


class Waits(list[float]):
    """Notes how long would have been waited."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def source_of(venue: Venue, store: CandleStore, waits: Waits | None = None, **more: Any) -> CcxtSource:
    return CcxtSource(client_of(venue), store, now=lambda: NOW, sleep=waits if waits is not None else Waits(), **more)


def assert_stored(store: CandleStore, hours: range, symbol: str = "BTCUSDT") -> None:
    bars = store.bars(symbol, "1h")
    assert bars is not None
    expected = [candle(LISTED + hour * HOUR) for hour in hours]
    assert bars.time.tolist() == [row[0] for row in expected]
    for at, name in enumerate(("open", "high", "low", "close", "volume"), start=1):
        np.testing.assert_array_equal(getattr(bars, name), [float(row[at]) for row in expected])


def test_all_pages_arrive_and_the_open_candle_does_not(venue: Venue, store: CandleStore) -> None:
    seen: list[Progress] = []
    fetched = source_of(venue, store, progress=seen.append).fetch_bars("BTCUSDT", "1h", LISTED)
    assert_stored(store, range(HOURS))
    assert (fetched.received, fetched.stored) == (HOURS, HOURS)
    assert len(venue.asked) == -(-HOURS // PAGE)
    assert [progress.received for progress in seen] == [1000, 2000, 2500]
    assert seen[-1].at == seen[-1].end


def test_a_second_fetch_asks_only_for_what_is_new(venue: Venue, store: CandleStore) -> None:
    source_of(venue, store).fetch_bars("BTCUSDT", "1h", LISTED, LISTED + 700 * HOUR)
    assert_stored(store, range(700))
    venue.asked.clear()
    fetched = source_of(venue, store).fetch_bars("BTCUSDT", "1h", LISTED)
    assert fetched.received == HOURS - 700
    assert int(venue.asked[0]["startTime"]) == LISTED + 700 * HOUR
    assert_stored(store, range(HOURS))
    venue.asked.clear()
    assert source_of(venue, store).fetch_bars("BTCUSDT", "1h", LISTED).received == 0
    assert venue.asked == []


def test_what_lies_before_the_stored_bars_is_fetched_too(venue: Venue, store: CandleStore) -> None:
    source_of(venue, store).fetch_bars("BTCUSDT", "1h", LISTED + 1_500 * HOUR)
    source_of(venue, store).fetch_bars("BTCUSDT", "1h", LISTED)
    assert_stored(store, range(HOURS))


def test_a_start_before_the_listing_begins_with_the_first_candle(venue: Venue, store: CandleStore) -> None:
    source_of(venue, store).fetch_bars("BTCUSDT", "1h", LISTED - 9_000 * HOUR)
    assert_stored(store, range(HOURS))


@pytest.mark.parametrize("fault", [429, 418, 503, "drop"])
def test_a_busy_or_broken_venue_is_asked_again(venue: Venue, store: CandleStore, fault: str | int) -> None:
    venue.faults = ["pass", fault, fault]
    waits = Waits()
    source_of(venue, store, waits).fetch_bars("BTCUSDT", "1h", LISTED)
    assert_stored(store, range(HOURS))
    assert len(waits) == 2
    assert waits[1] > waits[0] > 0


def test_an_interrupted_fetch_keeps_what_came_and_goes_on_from_there(venue: Venue, store: CandleStore) -> None:
    venue.faults = ["pass", *["drop"] * 20]
    waits = Waits()
    with pytest.raises(FetchError, match=r"binance does not answer .*tried 6 times; what came before is stored"):
        source_of(venue, store, waits).fetch_bars("BTCUSDT", "1h", LISTED)
    assert_stored(store, range(PAGE))
    venue.faults.clear()
    venue.asked.clear()
    source_of(venue, store).fetch_bars("BTCUSDT", "1h", LISTED)
    assert int(venue.asked[0]["startTime"]) == LISTED + PAGE * HOUR
    assert_stored(store, range(HOURS))


def test_a_person_who_interrupts_keeps_what_came(venue: Venue, store: CandleStore) -> None:
    def stop(progress: Progress) -> None:
        if progress.received > PAGE:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        source_of(venue, store, progress=stop).fetch_bars("BTCUSDT", "1h", LISTED)
    assert_stored(store, range(2 * PAGE))


def test_an_interruption_in_front_of_stored_bars_leaves_no_hole(venue: Venue, store: CandleStore) -> None:
    source_of(venue, store).fetch_bars("BTCUSDT", "1h", LISTED + 2_200 * HOUR)
    venue.faults = ["pass", *["drop"] * 20]
    with pytest.raises(FetchError):
        source_of(venue, store).fetch_bars("BTCUSDT", "1h", LISTED)
    assert_stored(store, range(2_200, HOURS))
    venue.faults.clear()
    source_of(venue, store).fetch_bars("BTCUSDT", "1h", LISTED)
    assert_stored(store, range(HOURS))


def test_an_empty_page_inside_is_an_outage_not_the_end(venue: Venue, store: CandleStore) -> None:
    venue.faults = ["empty"]
    source_of(venue, store).fetch_bars("BTCUSDT", "1h", LISTED - PAGE * HOUR)
    assert_stored(store, range(HOURS))


def test_an_outage_of_the_venue_stays_a_gap(venue: Venue, store: CandleStore) -> None:
    venue.gap = range(LISTED + 300 * HOUR, LISTED + 320 * HOUR, HOUR)
    fetched = source_of(venue, store).fetch_bars("BTCUSDT", "1h", LISTED)
    assert fetched.stored == HOURS - 20


def test_a_perpetual_brings_its_candles_and_its_funding(venue: Venue, store: CandleStore) -> None:
    source = source_of(venue, store)
    source.fetch_bars("btcusdt-perp", "1h", LISTED)
    assert_stored(store, range(HOURS), "BTCUSDT-PERP")
    fetched = source.fetch_funding("BTCUSDT-PERP", LISTED)
    series = store.funding("BTCUSDT-PERP")
    assert series is not None
    expected = [funding(time) for time in range(LISTED, NOW, 8 * HOUR)]
    assert series.time.tolist() == [event["fundingTime"] for event in expected]
    np.testing.assert_array_equal(series.rate, [float(event["fundingRate"]) for event in expected])
    assert fetched.received == len(expected)
    assert source.fetch_funding("BTCUSDT-PERP", LISTED).received == 0


def test_funding_resumes_and_fills_in_front(venue: Venue, store: CandleStore) -> None:
    source = source_of(venue, store)
    source.fetch_funding("BTCUSDT-PERP", LISTED + 800 * HOUR, LISTED + 1_600 * HOUR)
    venue.faults = ["drop"] * 20
    with pytest.raises(FetchError):
        source.fetch_funding("BTCUSDT-PERP", LISTED)
    venue.faults.clear()
    source.fetch_funding("BTCUSDT-PERP", LISTED)
    series = store.funding("BTCUSDT-PERP")
    assert series is not None
    assert series.time.tolist() == list(range(LISTED, NOW, 8 * HOUR))


def test_what_the_venue_does_not_have_is_refused_with_what_it_has(venue: Venue, store: CandleStore) -> None:
    source = source_of(venue, store)
    with pytest.raises(DataError, match=r"binance has no spot market BTXUSDT \(did you mean 'BTCUSDT'\?\)"):
        source.fetch_bars("BTXUSDT", "1h", LISTED)
    with pytest.raises(DataError, match=r"no perpetual DOGEUSDT-PERP"):
        source.fetch_bars("DOGEUSDT-PERP", "1h", LISTED)
    with pytest.raises(DataError, match=r"binance: no 7h candles; it has 1m"):
        source.fetch_bars("BTCUSDT", "7h", LISTED)
    with pytest.raises(DataError, match="is no perpetual"):
        source.fetch_funding("BTCUSDT", LISTED)
    assert store.symbols() == ()


def test_a_refusal_of_the_venue_is_told_once_and_not_repeated(venue: Venue, store: CandleStore) -> None:
    venue.faults = [400]
    waits = Waits()
    with pytest.raises(FetchError, match="binance refused: BadSymbol"):
        source_of(venue, store, waits).fetch_bars("BTCUSDT", "1h", LISTED)
    assert waits == []


def test_broken_candles_of_a_venue_are_refused(
    venue: Venue, store: CandleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = source_of(venue, store)
    monkeypatch.setattr(source._client, "fetch_ohlcv", lambda *_: [[LISTED, 1.0, 0.5, 0.4, 1.0, 1.0]])
    with pytest.raises(DataError, match="high"):
        source.fetch_bars("BTCUSDT", "1h", LISTED, LISTED + HOUR)
    monkeypatch.setattr(source._client, "fetch_ohlcv", lambda *_: [[LISTED, "much", 0.5, 0.4, 1.0, 1.0]])
    with pytest.raises(DataError, match="are broken"):
        source.fetch_bars("BTCUSDT", "1h", LISTED, LISTED + HOUR)
    assert store.symbols() == ()


def test_an_unknown_venue_is_refused_with_the_nearest_known() -> None:
    with pytest.raises(DataError, match=r"'binanse' is not known to ccxt \(did you mean 'binance'\?\)"):
        connect("binanse")
    assert connect("kraken").id == "kraken"


def test_without_ccxt_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name == "ccxt":
            raise ImportError(name)
        return real_import(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(FetchError, match=r"pip install 'kek-mix\[live-data\]'"):
        connect("binance")
