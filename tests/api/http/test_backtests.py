"""Backtests over HTTP: run and kept like a turn's, read back in pages, drawn again from what is stored."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from kept_strategies import keep_strategy, on_market, service_of
from reference.kept import HOUR, small_market, spec_of
from scripted_agent import MARKET
from starlette.testclient import TestClient

from api.curves import thinned
from api.replay.runs import replay_run
from engine.backtest.run import backtest
from engine.evidence.tally import Tally
from engine.market.bars import Bars, MarketData, make_bars
from engine.market.memory import MemoryMarket
from engine.report import html, markdown
from storage.records import LOCAL_USER
from storage.results import backtest_run

DAILY = {"universe": {"assets": ["BTC"], "quote": "USDT", "timeframe": "1d"}}
OPENS = "2020-10-19"
"""When the holdout of `scripted_agent.MARKET` opens."""


class Changing:
    """A market that another one takes the place of."""

    def __init__(self, market: MarketData) -> None:
        self.market = market

    def __getattr__(self, name: str) -> Any:
        return getattr(self.market, name)


@pytest.fixture(scope="module")
def market() -> Changing:
    return Changing(small_market())


@pytest.fixture(scope="module")
def http(market: Changing) -> Iterator[TestClient]:
    with on_market(market) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture(scope="module")
def with_holdout() -> Iterator[TestClient]:
    with on_market(MARKET) as opened:
        yield opened


@pytest.fixture
def strategy(http: TestClient) -> str:
    return str(keep_strategy(http)["id"])


def run(http: TestClient, strategy: str, body: Any = None, **headers: str) -> Any:
    return http.post(f"/api/strategies/{strategy}/backtests", json=body or {}, headers=headers)


def ledger(http: TestClient) -> list[Any]:
    with service_of(http).database.read() as work:
        return list(work.trials.all(LOCAL_USER))


def test_a_run_is_kept_as_the_engine_made_it_and_validates_its_version(http: TestClient, strategy: str) -> None:
    made = run(http, strategy)

    record = made.json()
    assert made.status_code == 201 and made.headers["location"] == f"/api/backtests/{record['id']}"
    result = backtest(http.get(f"/api/strategies/{strategy}").json()["spec"], small_market())
    result = replace(result, tally=Tally("BTC", len(ledger(http))))
    alone = backtest_run(
        result, run_id=record["id"], created_at=record["createdAt"], strategy_record_id=strategy, with_trades=False
    )
    assert record == alone.as_json() and "trades" not in record
    assert http.get(made.headers["location"]).json() == record
    assert http.get(f"/api/strategies/{strategy}/backtests").json() == {"items": [record]}
    kept = http.get(f"/api/strategies/{strategy}").json()
    assert kept["status"] == "validated"
    step = http.get(f"/api/strategies/{strategy}/status").json()["items"][-1]
    assert step["actor"] == "system" and record["id"] in step["reason"]


def test_each_distinct_run_is_one_line_of_the_ledger(http: TestClient, strategy: str) -> None:
    run(http, strategy, {"initialEquity": 123})
    before = len(ledger(http))

    run(http, strategy, {"initialEquity": 123})
    run(http, strategy, {"end": "1970-01-20"})

    lines = ledger(http)
    assert len(lines) == before + 1 and lines[-1].origin == "backtest"
    with service_of(http).database.read() as work:
        days = [returns.values.shape[0] for _, returns in work.trials.returns(LOCAL_USER, "BTC") if returns is not None]
    assert len(days) == len(lines) and days[-1] == 19


def test_a_run_is_computed_again_bit_for_bit(http: TestClient, strategy: str) -> None:
    variant = http.post(f"/api/strategies/{strategy}/variants", json={"overrides": {"sizing.value": 0.1}}).json()["id"]
    bodies = ({}, {"start": "1970-01-05", "end": "2100-01-01"}, {"variantId": variant, "initialEquity": 500})
    service = service_of(http)

    for body in bodies:
        made = run(http, strategy, body).json()
        again = replay_run(service.database, service.market, LOCAL_USER, made["id"])

        assert again.equal and not again.missing, again
        assert made.get("variantId") == body.get("variantId")


def test_a_version_that_is_not_the_current_one_is_tested_and_validates_nothing(http: TestClient, strategy: str) -> None:
    patch = [{"op": "replace", "path": "/indicators/sma_fast/inputs/length", "value": 10}]
    http.post(f"/api/strategies/{strategy}/versions", json={"patch": patch})

    older = run(http, strategy, {"version": "1.0"}).json()

    assert older["version"] == "1.0" and http.get(f"/api/strategies/{strategy}").json()["status"] == "draft"
    assert run(http, strategy).json()["version"] == "1.1"
    assert http.get(f"/api/strategies/{strategy}").json()["status"] == "validated"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"version": "9.9"}, 404, "NOT_FOUND"),
        ({"variantId": "none"}, 404, "NOT_FOUND"),
        ({"version": "1.0", "variantId": "none"}, 422, "INVALID_BODY"),
        ({"start": "soon"}, 422, "INVALID_BODY"),
        ({"start": "0001-01-01T00:00:00+14:00"}, 422, "INVALID_BODY"),
        ({"end": "9999-12-31"}, 422, "INVALID_BODY"),
        ({"start": "2150-01-01"}, 422, "NO_DATA"),
        ({"start": "1970-01-10", "end": "1970-01-05"}, 422, "INVALID_WINDOW"),
        ({"initialEquity": 0}, 422, "INVALID_BODY"),
        ({"initialEquity": 1e300}, 422, "INVALID_BODY"),
        ({"fullWindow": "yes"}, 422, "INVALID_BODY"),
        ({"full_window": True, "fullWindow": True}, 422, "INVALID_BODY"),
    ],
)
def test_what_cannot_be_tested_is_refused_and_nothing_is_kept(
    http: TestClient, strategy: str, body: dict[str, Any], status: int, code: str
) -> None:
    lines = len(ledger(http))

    refused = run(http, strategy, body)

    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
    assert http.get(f"/api/strategies/{strategy}/backtests").json() == {"items": []} and len(ledger(http)) == lines


@pytest.mark.parametrize(
    ("window", "code"),
    [
        ({"start": "2020-12-01", "end": "2020-11-01"}, "INVALID_WINDOW"),
        ({"start": "2150-01-01", "end": "2151-01-01"}, "NO_DATA"),
    ],
)
def test_nobody_is_asked_to_open_a_holdout_for_a_window_with_nothing_in_it(
    with_holdout: TestClient, window: dict[str, str], code: str
) -> None:
    refused = run(with_holdout, keep_strategy(with_holdout, **DAILY)["id"], window)

    assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text


def test_candles_that_are_not_there_are_named(http: TestClient) -> None:
    other = keep_strategy(http, universe={"assets": ["ETH"], "quote": "USDT", "timeframe": "1h"})["id"]

    refused = run(http, other)

    assert (refused.status_code, refused.json()["code"]) == (422, "NO_DATA") and "ETH" in refused.json()["detail"]


def test_twenty_requests_with_one_key_keep_one_run(http: TestClient, strategy: str) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: run(http, strategy, **{"Idempotency-Key": f"twenty-{strategy}"}), range(20)))

    assert {one.status_code for one in answers} == {201} and len({one.content for one in answers}) == 1
    assert len({one.headers["location"] for one in answers}) == 1
    assert sum("idempotency-replayed" not in one.headers for one in answers) == 1
    assert len(http.get(f"/api/strategies/{strategy}/backtests").json()["items"]) == 1


def test_who_has_the_run_already_is_told_so(http: TestClient, strategy: str) -> None:
    made = run(http, strategy)

    again = http.get(made.headers["location"], headers={"if-none-match": made.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_the_holdout_stays_locked_until_somebody_says_that_it_may_be_opened(with_holdout: TestClient) -> None:
    http, strategy = with_holdout, keep_strategy(with_holdout, **DAILY)["id"]
    first = run(http, strategy).json()

    refused = run(http, strategy, {"start": "2019-01-01", "end": "2021-06-01"})
    before = len(ledger(http))
    opened = run(http, strategy, {"start": "2019-01-01", "end": "2021-06-01", "fullWindow": True})
    again = run(http, strategy, {"start": "2019-06-01", "end": "2021-05-01"})
    further = run(http, strategy, {"end": "2021-09-01"})
    closed = run(http, strategy).json()

    assert first["evidence"]["holdout"]["seen"] is False and first["timeframe"]["end"][:10] == OPENS
    assert (refused.status_code, refused.json()["code"]) == (409, "HOLDOUT_LOCKED")
    assert refused.json()["holdout"]["start"][:10] == OPENS and OPENS in refused.json()["detail"]
    holdout = opened.json()["evidence"]["holdout"]
    assert (opened.status_code, holdout["seen"], holdout["seenUntil"][:10]) == (201, True, "2021-06-01")
    assert len(ledger(http)) > before and ledger(http)[before].end[:10] == "2021-06-01"
    assert again.status_code == 201, "what was looked at can be measured again: there is nothing left to spend"
    assert further.json()["code"] == "HOLDOUT_LOCKED"
    assert closed["timeframe"] == first["timeframe"] and closed["evidence"]["holdout"]["seen"] is True
    assert closed["results"] == first["results"] | {"sharpeTrials": closed["evidence"]["trials"]["total"]}


def test_a_run_that_reaches_into_the_holdout_validates_nothing(with_holdout: TestClient) -> None:
    strategy = keep_strategy(with_holdout, **DAILY)["id"]

    made = run(with_holdout, strategy, {"fullWindow": True}).json()

    assert made["timeframe"]["end"][:10] == "2022-01-01" and made["results"]["tradeCount"] > 0
    assert with_holdout.get(f"/api/strategies/{strategy}").json()["status"] == "draft"


def test_trades_are_read_in_pages_and_as_one_file(http: TestClient, strategy: str) -> None:
    made = run(http, strategy).json()
    place = f"/api/backtests/{made['id']}/trades"
    with service_of(http).database.read() as work:
        stored = work.backtests.get(LOCAL_USER, made["id"]).as_json()

    found, query = [], "?limit=2"
    while query:
        page = http.get(f"{place}{query}").json()
        found += page["items"]
        query = f"?limit=2&cursor={page['nextCursor']}" if "nextCursor" in page else ""
    file = http.get(place, headers={"accept": "text/csv"})

    assert found == stored["trades"] and len(found) > 4
    assert file.headers["content-type"].startswith("text/csv") and "attachment" in file.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert [row["status"] for row in rows] == ["closed"] * len(found) + ["open"] * len(stored["openPositions"])
    assert [float(row["netProfit"]) for row in rows[: len(found)]] == [one["netProfit"] for one in found]
    assert [row["exitTime"] for row in rows[: len(found)]] == [one["exitTime"] for one in found]
    for accept in ("application/json", "*/*", "text/csv;q=0.1, application/json"):
        assert http.get(place, headers={"accept": accept}).headers["content-type"] == "application/json"


def test_a_cursor_of_other_trades_is_none(http: TestClient, strategy: str) -> None:
    one, other = (run(http, strategy).json()["id"] for _ in range(2))
    cursor = http.get(f"/api/backtests/{one}/trades?limit=1").json()["nextCursor"]

    refused = http.get(f"/api/backtests/{other}/trades?limit=1&cursor={cursor}")

    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_RECORD")


def test_events_are_read_in_pages_and_as_one_file(http: TestClient, strategy: str) -> None:
    made = run(http, strategy).json()
    place = f"/api/backtests/{made['id']}/events"
    events = backtest(spec_of(id=strategy), small_market()).simulation.events

    found, query = [], "?limit=7"
    while query:
        page = http.get(f"{place}{query}").json()
        found += page["items"]
        query = f"?limit=7&cursor={page['nextCursor']}" if "nextCursor" in page else ""
    rows = list(csv.DictReader(io.StringIO(http.get(place, headers={"accept": "text/csv"}).text)))

    assert [one["note"] for one in found] == [event.note for event in events] == [row["note"] for row in rows]
    assert [one["state"] for one in found if one["state"] == "closed"] == ["closed"] * made["results"]["tradeCount"]
    assert [one.get("price") for one in found] == [float(row["price"]) if row["price"] else None for row in rows]
    assert found[0]["time"] == rows[0]["time"] and found[0]["state"] == "scheduled"
    trades = http.get(f"/api/backtests/{made['id']}/trades?limit=1").json()["nextCursor"]
    assert http.get(f"{place}?cursor={trades}").status_code == 422


def test_the_equity_curve_is_the_run_s_own_and_loses_no_extreme(http: TestClient, strategy: str) -> None:
    made = run(http, strategy).json()
    result = backtest(spec_of(id=strategy), small_market())

    whole = http.get(f"/api/backtests/{made['id']}/equity").json()
    few = http.get(f"/api/backtests/{made['id']}/equity?points=20").json()

    assert whole["equity"] == result.equity.tolist() and whole["bars"] == len(whole["time"]) == 600
    assert whole["time"][1] == "1970-01-01T01:00:00Z" and whole["initialEquity"] == 10_000
    assert max(whole["drawdown"]) == made["results"]["maxDrawdownPct"] == max(few["drawdown"])
    assert 10 <= len(few["time"]) <= 20 and set(few["equity"]) <= set(whole["equity"])
    assert (min(few["equity"]), max(few["equity"])) == (min(whole["equity"]), max(whole["equity"]))
    assert (few["time"][0], few["time"][-1]) == (whole["time"][0], whole["time"][-1])
    assert http.get(f"/api/backtests/{made['id']}/equity?points=9").status_code == 422


@pytest.mark.parametrize("seed", range(20))
def test_a_thinned_curve_keeps_ends_and_extremes_within_its_points(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, points = int(rng.integers(1, 5_000)), int(rng.integers(10, 400))
    values = np.exp(np.cumsum(rng.normal(0, 0.02, n)))
    depth = 1 - values / np.maximum.accumulate(values)

    kept = thinned(values, depth, points)

    assert len(kept) <= points and np.all(np.diff(kept) > 0)
    assert {0, n - 1, int(values.argmax()), int(values.argmin()), int(depth.argmax())} <= set(kept.tolist())
    assert len(kept) == n or len(kept) >= points // 4


def test_the_report_is_one_page_that_loads_nothing(http: TestClient, strategy: str) -> None:
    made = run(http, strategy).json()
    result = backtest(spec_of(id=strategy), small_market())

    page = http.get(f"/api/backtests/{made['id']}/report", headers={"accept": "text/html,*/*;q=0.8"})
    text = http.get(f"/api/backtests/{made['id']}/report", headers={"accept": "text/markdown"})

    assert page.headers["content-type"] == "text/html; charset=utf-8" and page.text == html(result)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-") and "sandbox allow-scripts" in policy
    inside = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page.text)
    assert inside is not None and policy.startswith(inside[1].replace("&#39;", "'"))
    assert text.headers["content-type"] == "text/markdown; charset=utf-8" and text.text == markdown(result)


def test_a_run_whose_candles_changed_is_no_longer_drawn(http: TestClient, market: Changing, strategy: str) -> None:
    made = run(http, strategy).json()
    changed = small_market().bars("BTCUSDT", "1h")
    assert changed is not None
    close = changed.close.copy()
    close[30] = min(close[30] * 1.0001, changed.high[30])
    columns = (changed.time, changed.open, changed.high, changed.low, close, changed.volume)
    try:
        for other in (MemoryMarket([make_bars("BTCUSDT", "1h", *columns)], name="walk"), MemoryMarket([], name="walk")):
            market.market = other
            for part in ("equity", "events", "report"):
                refused = http.get(f"/api/backtests/{made['id']}/{part}")
                assert (refused.status_code, refused.json()["code"]) == (409, "DATA_CHANGED"), refused.text
    finally:
        market.market = small_market()
    assert http.get(f"/api/backtests/{made['id']}/equity").status_code == 200


def test_candles_that_came_since_change_nothing(http: TestClient, market: Changing, strategy: str) -> None:
    made = run(http, strategy).json()
    before = http.get(f"/api/backtests/{made['id']}/equity").json()
    try:
        market.market = MemoryMarket([longer(small_market().bars("BTCUSDT", "1h"))], name="walk")
        assert http.get(f"/api/backtests/{made['id']}/equity").json() == before
    finally:
        market.market = small_market()


def longer(bars: Bars | None) -> Bars:
    assert bars is not None
    grown = {name: np.append(getattr(bars, name), getattr(bars, name)[-1]) for name in ("open", "high", "low", "close")}
    time = np.append(bars.time, bars.time[-1] + HOUR)
    return make_bars("BTCUSDT", "1h", time, **grown, volume=np.append(bars.volume, 1.0))


def test_another_engine_that_comes_to_other_figures_is_told(
    http: TestClient, strategy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run(http, strategy).json()
    place = f"/api/backtests/{made['id']}/equity"
    monkeypatch.setattr("engine.backtest.run.engine_hash", lambda: "f" * 64)
    assert http.get(place).status_code == 200, "every figure is equal"

    monkeypatch.setattr(
        "engine.backtest.run.summarise", lambda *given, **named: _judged_otherwise(*given, **named), raising=True
    )
    refused = http.get(place)

    assert (refused.status_code, refused.json()["code"]) == (409, "ENGINE_CHANGED")
    assert "engineHash" in [one["path"] for one in refused.json()["differences"]]


def _judged_otherwise(*given: Any, **named: Any) -> Any:
    from engine.metrics.summary import summarise

    judged = summarise(*given, **named)
    return replace(judged, summary=replace(judged.summary, fees_paid=1.0))
