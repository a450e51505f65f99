"""The judges: the naive ones against their definitions written out, ours against the service with its real ledger."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import norm

from api.judging import Judging
from benchmarks.honesty.judges import NAIVE, SINGLE_SPLIT, certainty, deflated, walk_forward_efficiency
from benchmarks.honesty.loop import Submission, Table
from benchmarks.honesty.markets import assets_of, flipped, null_market, planted_market
from benchmarks.honesty.ours import Ours, champion
from benchmarks.honesty.proposers import Batch
from benchmarks.honesty.rules import average_pairs, base_spec, rule_text
from engine.market.memory import MemoryMarket
from engine.spec.canonical import behaviour_hash
from storage.database import open_database
from storage.ledger_notes import search_note
from storage.records import ZERO_ADDRESS
from storage.trial_chain import Candidate, DailyReturns

PAIRS = average_pairs()


@dataclass
class Fake:
    """A submission of returns that are given."""

    returns: np.ndarray
    row: int = 0
    holdout: np.ndarray | None = None

    @property
    def selection(self):
        return self.returns[self.row]


def noise(n_trials=30, n_days=500, seed=0):
    return np.random.default_rng(seed).normal(0.0, 0.01, (n_trials, n_days)).astype(np.float32)


def test_a_champion_that_lost_is_passed_by_nobody():
    lost = noise(n_trials=20)
    lost[0] -= lost[0].mean() + 0.001

    handed = Fake(lost, holdout=noise(1, 300)[0] + 1.0)

    assert not any(judge.ruling(handed).validated for judge in NAIVE)


def test_certainty_is_the_normal_score_of_the_ratio_where_days_do_not_follow_each_other():
    days = noise(1, 5_000)[0] + np.float32(0.0004)
    rho = max(0.0, np.corrcoef(days[1:], days[:-1])[0, 1])

    z = days.mean(dtype=float) / days.std(dtype=float, ddof=1) * (5_000 * (1 - rho) / (1 + rho)) ** 0.5
    assert certainty(days) == pytest.approx(norm.cdf(z), abs=1e-6)


def test_the_deflated_ratio_of_noise_is_small_and_of_an_edge_near_one():
    pool = noise(100, 700)
    best = int((pool.mean(axis=1) / pool.std(axis=1)).argmax())
    edge = pool.copy()
    edge[best] += 0.004

    assert deflated(Fake(pool, best)) < 0.95 < deflated(Fake(edge, best))


def test_efficiency_is_what_was_earned_after_over_what_was_earned_before():
    pool = noise(8, 600, seed=3) + np.float32(0.0005)

    earned, expected = [], []
    for k in range(5):
        begin, end = 300 + 60 * k, 360 + 60 * k
        train = pool[:, : begin - 10].astype(float)
        best = (train.mean(axis=1) / train.std(axis=1)).argmax()
        expected.append(train[best].mean())
        earned.append(pool[best, begin:end].astype(float).mean())

    assert walk_forward_efficiency(pool) == pytest.approx(np.mean(earned) / np.mean(expected), rel=1e-5)


def test_a_split_judges_by_the_holdout_alone():
    market = planted_market("trend", 3, sharpe=8.0, years=2)
    spec, pair = base_spec(assets_of(market), fee_rate=0.0), {f"indicators.{k}.inputs.length": n for k, n in AVERAGES}
    said = []
    for one in (market, flipped(market)):
        table = Table(one, spec, SINGLE_SPLIT)
        table.measure(Batch((pair,), submitted=0))
        said.append(table.rulings["single split"][0].validated)

    assert said[0] is True


AVERAGES = (("fast", 12), ("slow", 46))


class Clock:
    def __init__(self):
        self.now = 1_900_000_000_000

    def now_ms(self):
        self.now += 1
        return self.now

    def monotonic(self):
        return 0.0


class Ids:
    numbers = itertools.count(1)

    def new(self, kind):
        return f"{kind}_{next(self.numbers):08d}"


def as_real(market):
    """Return a market that does not say it is generated."""
    series = [market.bars(symbol, "1h") for symbol in market.symbols()]
    funding = [one for one in map(market.funding, market.symbols()) if one is not None]
    return MemoryMarket(series, funding, name=market.name, generated=False)


@pytest.mark.parametrize(("make", "verdict"), [(lambda: planted_market("trend", 2, sharpe=6.0, years=2), "VALIDATED"),
                                               (lambda: null_market("G1", 1, years=2), None)])  # fmt: skip
def test_the_service_with_its_ledger_says_the_same_as_the_judge_of_the_benchmark(make, verdict):
    market = as_real(make())
    spec = base_spec(assets_of(market), fee_rate=0.0)
    table = Table(market, spec, Ours())
    told = table.measure(Batch(tuple(PAIRS), plan="grid"))
    best = PAIRS[int(np.argmax([one["sharpe_daily"] for one in told]))]
    handed: Submission = table.handed(best, 1)

    expected = Ours().ruling(handed)

    database = open_database("sqlite://")
    with database.write() as work:
        work.users.ensure("ann", wallet_address=ZERO_ADDRESS, now_ms=1)
        returns = dict(handed.trials)
        measured = [
            (
                Candidate(
                    family="BTC",
                    behaviour_hash=behaviour_hash(champion(spec, pair)),
                    data_hash="d" * 64,
                    start_ms=handed.first_day,
                    end_ms=handed.first_day + 1,
                    summary={},
                    origin="search",
                    note=search_note(k, len(PAIRS), "grid", "optimization_1", "a" * 16),
                ),
                DailyReturns(handed.first_day, returns[rule_text(pair)]),
            )
            for k, pair in enumerate(PAIRS, 1)
        ]
        work.trials.add_all("ann", measured, now_ms=2)
    judged = Judging(database, market, Clock(), Ids(), noise_runs=0).judge("ann", champion(spec, best), look=True)
    database.close()

    card, figures = judged.record.card, expected.figures
    assert card["verdict"] == figures["verdict"] and (verdict is None or card["verdict"] == verdict)
    assert card["search"]["p"] == pytest.approx(figures["p_search"], abs=1e-12)
    assert card["holdout"]["p"] == figures["p_holdout"] == expected.p
    assert card["holdout"]["pCombined"] == pytest.approx(figures["p_combined"], rel=1e-9)
    assert card["trials"]["effective"] == pytest.approx(figures["effective"], rel=1e-9)
    assert card["trials"]["unplanned"] == figures["unplanned"] == 0
    assert card["sharpe"]["annual"] == pytest.approx(figures["claimed"], abs=1e-6)
