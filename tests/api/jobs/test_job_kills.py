"""Killed in the middle: what is stored is whole, nothing is measured into the ledger twice, the end is the same."""

from __future__ import annotations

import random

import pytest
from job_desk import SPACE, run, sma_cross
from job_killing import killing

from api.jobs import job_runs
from api.jobs.optimizations import request_optimization
from api.jobs.refinements import request_refinement
from engine.search.plan import plan_search
from engine.search.run import search
from engine.spec import check
from storage.records import LOCAL_USER

OBJECTIVES = ["net_profit", "drawdown"]
ENDS = ("run.completed", "run.failed", "run.cancelled")
MOMENTS = 420
"""Statements and commits of a whole search, before and after each."""
AT = random.Random(4).sample(range(1, MOMENTS), 30)


@pytest.fixture(scope="module")
def killer():
    with killing() as started:
        yield started


@pytest.fixture(scope="module")
def expected(market):
    spec = check(sma_cross(), catalog=market).spec
    return search(plan_search(spec, market, objectives=OBJECTIVES, space=SPACE).plan, market)


def asked_for(desk, request, **named):
    async def steps():
        async with desk.dispatching(at_once=0) as service:
            return (await request(service, LOCAL_USER, desk.strategy, **named)).id

    return run(steps())


def check_whole(desk, record_id):
    """Whatever moment it was: candidates with their trials, an end with its outputs, events without a gap."""
    record, stored = desk.optimization(record_id), desk.candidates(record_id)
    assert len(desk.tried()) == len(stored)
    assert record.candidates_evaluated == sum(one.number > 0 for one in stored)
    assert len(desk.variants()) == len(record.best_variants) == (5 if record.status == "completed" else 0)
    kinds = [kind for kind, _ in desk.events(record_id)]
    assert [kind for kind in kinds if kind in ENDS] == kinds[-1:] if record.status == "completed" else True
    assert (desk.run_of(record_id).status == "running") == (record.status in ("queued", "running"))


def check_end(desk, record_id, expected):
    record = desk.optimization(record_id)
    assert record.status == "completed" and record.candidates_evaluated == 9 and record.progress.done == 9
    assert [(one.score, one.summary.as_json()) for one in record.best_variants] == [
        (one.score, dict(one.outcome.summary)) for one in expected.best(5)
    ]
    assert [one.overrides for one in desk.variants()] == [dict(one.outcome.overrides) for one in expected.best(5)]
    assert [one.number for one in desk.candidates(record_id)] == list(range(10)) and len(desk.tried()) == 10


def tried_without_getting_further(desk, record_id):
    with desk.database.read() as work:
        return job_runs.attempts(work, LOCAL_USER, desk.run_of(record_id).id)


def killed_at(desk, killer, url, expected, moments):
    record_id = asked_for(desk, request_optimization, objectives=OBJECTIVES, space=SPACE)
    kills = 0
    for moment in moments:
        if tried_without_getting_further(desk, record_id) == job_runs.MOST_ATTEMPTS - 1:
            break  # on a busy machine those moments are early ones; another kill, and the search is given up by rule
        kills += killer.work(url, record_id, "optimization", **moment)
        check_whole(desk, record_id)
    killer.work(url, record_id, "optimization")
    check_whole(desk, record_id)
    check_end(desk, record_id, expected)
    return kills


@pytest.mark.parametrize("at", AT[:6] + [pytest.param(at, marks=pytest.mark.long) for at in AT[6:]])
def test_a_search_killed_at_any_moment_ends_as_if_it_had_not_been(desk, killer, database_url, expected, at):
    assert killed_at(desk, killer, database_url, expected, [{"statement": at}])


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 8))])
def test_a_search_killed_again_and_again_comes_to_its_end(desk, killer, database_url, expected, seed):
    dice = random.Random(seed)
    assert killed_at(desk, killer, database_url, expected, [{"statement": dice.randint(150, 260)} for _ in range(3)])


@pytest.mark.parametrize("at", [40, 60])
def test_a_refinement_killed_at_any_moment_leaves_its_variant_once(refining, killer, database_url, at):
    job_id = asked_for(refining, request_refinement)

    killer.work(database_url, job_id, "refinement", statement=at)
    left = refining.job(job_id)
    assert left.status == "completed" or (refining.variants() == () and refining.trials() == ())
    killer.work(database_url, job_id, "refinement")

    job = refining.job(job_id)
    assert job.status == "completed" and [one.id for one in refining.variants()] == job.outputs.new_variant_ids
    assert len(job.outputs.new_variant_ids) == 1 and refining.run_of(job_id).status == "completed"


@pytest.mark.long
@pytest.mark.parametrize("seed", range(12))
def test_a_search_killed_by_the_clock_comes_to_its_end(desk, killer, database_url, expected, seed):
    dice = random.Random(100 + seed)
    moments = [{"seconds": dice.uniform(0.15, 0.9)} for _ in range(2)] + [{"statement": dice.randint(1, MOMENTS)}]
    killed_at(desk, killer, database_url, expected, moments)


@pytest.mark.long
@pytest.mark.parametrize("at", range(1, 90, 3))
def test_a_refinement_killed_at_each_moment_leaves_its_variant_once(refining, killer, database_url, at):
    test_a_refinement_killed_at_any_moment_leaves_its_variant_once(refining, killer, database_url, at)
