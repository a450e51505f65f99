"""A search over candidates that make a run read different candles: one window, one set of candles for all."""

from __future__ import annotations

import numpy as np
import pytest

from engine.market.bars import Bars, make_bars
from engine.market.memory import MemoryMarket
from engine.market.resample import resample
from engine.search.batches import Batches
from engine.search.evaluate import evaluate
from engine.search.plan import plan_search
from engine.spec import check
from engine.spec.examples import SMA_CROSS

MINUTE, START = 60_000, 1_609_459_200_000


def minutes_of(n_days: int) -> Bars:
    rng = np.random.default_rng(3)
    close = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 0.002, n_days * 1_440)))
    open_ = np.concatenate(([100.0], close[:-1]))
    high, low = np.maximum(open_, close), np.minimum(open_, close)
    time = START + MINUTE * np.arange(close.size)
    return make_bars("BTCUSDT", "1m", time, open_, high, low, close, np.ones(close.size))


@pytest.fixture(scope="module")
def market() -> MemoryMarket:
    minutes = minutes_of(12)
    return MemoryMarket([resample(minutes, "1h").bars, minutes.between(START + 5 * 86_400_000, 2**60)])


def plan_over(space, market):
    document = {**SMA_CROSS, "universe": {"assets": ["BTC"], "quote": "USDT", "timeframe": "1h"}}
    document["risk"] = {"stop_loss": {"type": "percent", "value": 0.01}}
    spec = check(document, catalog=market).spec
    found = plan_search(spec, market, objectives=["net_profit"], space=space)
    assert found.plan is not None, found.problems
    return found.plan


def test_candidates_that_need_finer_candles_have_the_candles_of_the_others(market):
    plan = plan_over({"risk.take_profit": [{"type": "percent", "value": 0.01}, {"type": "atr", "value": 0.5}]}, market)

    measured = [evaluate(plan, plan.proposal(number), market) for number in range(3)]

    assert [one.outcome.status for one in measured] == ["evaluated"] * 3
    assert len({one.data_hash for one in measured}) == 1


def test_a_candidate_that_minutes_cover_in_part_only_is_not_compared_with_the_others(market):
    plan = plan_over({"execution.fill": ["next_open", "close", "vwap"]}, market)

    outcomes = [one.outcome for one in Batches(plan, market).measure([plan.proposal(at) for at in range(4)])]

    assert [one.status for one in outcomes] == ["evaluated", "evaluated", "evaluated", "failed"]
    assert "cover 2021-01-06 00:00 to 2021-01-13 00:00 only: not the window of the others" in outcomes[3].reason


def test_an_objective_that_has_no_value_on_so_few_days_is_refused_before_work(market):
    spec = plan_over({"sizing.value": [0.1]}, market).spec

    [problem] = plan_search(spec, market, space={"sizing.value": [0.1]}).problems

    assert (problem.code, problem.path) == ("UNDEFINED_OBJECTIVE", "$.objectives[0]")
