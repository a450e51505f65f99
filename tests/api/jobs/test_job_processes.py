"""Processes: candidates measured in one of their own, and one service at a time that works on a database."""

from __future__ import annotations

import os
import signal

import pytest
from job_desk import SPACE, run, sma_cross
from job_markets import daily_market, no_market

from api.jobs.evaluators import EvaluatorBroken, ProcessEvaluator, _Broken
from api.jobs.holding import HeldLock
from api.jobs.optimizations import request_optimization
from engine.search.batches import Batches
from engine.search.plan import plan_search
from engine.spec import check
from storage.records import LOCAL_USER


@pytest.fixture(scope="module")
def plan(market):
    return plan_search(check(sma_cross(), catalog=market).spec, market, space=SPACE).plan


def test_a_process_measures_the_same_and_is_replaced_when_it_dies(plan, market):
    evaluator = ProcessEvaluator(plan, daily_market)

    async def steps():
        measured = [*await evaluator.measure([plan.proposal(0)])]
        first = evaluator.process_id
        os.kill(first, signal.SIGKILL)
        measured += await evaluator.measure([plan.proposal(1), plan.proposal(2)])
        measured += await evaluator.whole([plan.proposal(1)])
        second = evaluator.process_id
        await evaluator.close()
        return measured, first, second

    measured, first, second = run(steps())

    batches = Batches(plan, market)
    expected = batches.measure([plan.proposal(number) for number in range(3)])
    assert measured == [*expected, *batches.whole([plan.proposal(1)])]
    assert first != second and evaluator.process_id is None


@pytest.mark.long
def test_a_candidate_that_takes_too_long_has_failed_and_counts(plan):
    evaluator = ProcessEvaluator(plan, daily_market, candidate_seconds=0.0)

    [measured] = run(evaluator.measure([plan.proposal(1)]))

    assert (measured.outcome.status, measured.outcome.is_trial) == ("failed", True)
    assert len(measured.outcome.behaviour_hash) == 64 and "broken off after 0 s" in measured.outcome.reason


def test_a_candidate_that_ends_its_process_fails_alone(plan, market):
    class Fragile(ProcessEvaluator):
        async def _measured(self, proposals, *, whole):
            if any(one.number in (2, 5) for one in proposals):
                raise _Broken("the process that measured it ended")
            return Batches(plan, market).measure(proposals)

    several = [plan.proposal(number) for number in range(10)]
    found = [one.outcome for one in run(Fragile(plan, daily_market).measure(several))]

    assert [one.number for one in found] == list(range(10))
    assert [one.number for one in found if one.status == "failed" and one.is_trial] == [2, 5]
    assert found[5].reason == "the process that measured it ended" and len(found[5].behaviour_hash) == 64


def test_without_candles_nothing_can_be_measured_and_the_reason_is_told(plan):
    with pytest.raises(EvaluatorBroken, match="there is no folder of candles"):
        run(ProcessEvaluator(plan, no_market).measure([plan.proposal(1)]))


def test_one_service_works_and_the_next_takes_over_when_it_is_gone(database, open_again, desk):
    other_database = open_again()
    taken_over = []

    async def note():
        taken_over.append(True)

    async def steps():
        async with desk.dispatching(lock=HeldLock(other_database), taken_over=note) as second:
            async with desk.dispatching(lock=HeldLock(database)) as first:
                held = (first.jobs.holds_lock, second.jobs.holds_lock)
                waits = first if second.jobs.holds_lock else second
                record = await request_optimization(waits, LOCAL_USER, desk.strategy, space=SPACE)
                await desk.ended(waits, record.id)  # the one that holds the lock finds it
                numbers = sorted(desk.numbers)
            return held, numbers, desk.optimization(record.id).status

    held, numbers, status = run(steps())

    assert held == (False, True) and numbers == list(range(10)) and status == "completed" and taken_over == [True]


def test_a_lock_that_is_given_back_is_taken_by_who_waits(database, open_again, desk):
    async def steps():
        async with desk.dispatching(lock=HeldLock(database)) as second:
            first = HeldLock(open_again())
            refused = first.try_hold()
        held = first.try_hold()
        first.release()
        return second.jobs.holds_lock, refused, held

    assert run(steps()) == (False, False, True)
