"""Over HTTP: a run tells the interval, the trials and the verdict beside its Sharpe ratio, whoever asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kept_strategies import keep_strategy, on_market
from reference.bare_ratios import bare_ratios, cells, whole_ratios
from scripted_agent import MARKET
from starlette.testclient import TestClient

DAILY = {"universe": {"assets": ["BTC"], "quote": "USDT", "timeframe": "1d"}}
BUILD = "buy BTC on daily bars when the 20 day average crosses above the 50 day average, sell on the opposite"


@pytest.fixture
def http() -> Iterator[TestClient]:
    with on_market(MARKET) as opened:
        yield opened


def test_a_run_is_kept_with_its_trials_and_its_report_counts_those_of_today(http: TestClient) -> None:
    strategy = keep_strategy(http, **DAILY)["id"]
    runs = f"/api/strategies/{strategy}/backtests"

    first = http.post(runs, json={}).json()
    second = http.post(runs, json={"end": "2020-06-01"}).json()
    again = http.post(runs, json={}).json()

    assert [one["evidence"]["trials"]["total"] for one in (first, second, again)] == [1, 2, 2]
    assert all({"low95", "high95"} <= one["evidence"]["statistics"]["sharpe"].keys() for one in (first, second))
    assert http.get(f"/api/backtests/{first['id']}").json()["evidence"]["trials"] == {"family": "BTC", "total": 1}
    for kind, lines in (("text/html", cells), ("text/markdown", str)):
        page = lines(http.get(f"/api/backtests/{first['id']}/report", headers={"accept": kind}).text)
        assert bare_ratios(page) == []
        assert "; 2 trials, not validated" in whole_ratios(page)[0]


def test_answers_of_threads_and_of_the_chat_interface(http: TestClient) -> None:
    thread = http.post("/api/threads", json={}).json()["id"]
    said = [
        http.post(f"/api/threads/{thread}/messages", json={"text": text}).json()["reply"]
        for text in (BUILD, "what is the sharpe?", "improve it", "add a 5% stop")
    ]
    asked = {"model": "kek", "messages": [{"role": "user", "content": BUILD}]}
    said.append(http.post("/v1/chat/completions", json=asked).json()["choices"][0]["message"]["content"])

    assert all(bare_ratios(reply) == [] for reply in said)
    assert all(whole_ratios(reply) for reply in said)
    assert "p of the search" in said[2] and "not validated" in said[2]
