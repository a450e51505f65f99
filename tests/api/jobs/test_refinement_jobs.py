"""Refinements as jobs: carried out by the agent, taken up after a shutdown, kept once and by who claimed them."""

from __future__ import annotations

import asyncio
import threading

import pytest
from job_desk import run

from agent.refinement import loop
from api.jobs.refinements import CANCELLED, request_refinement
from storage.errors import RecordConflict, RecordInvalid, RecordNotFound
from storage.records import LOCAL_USER, read_record
from storage.strategy_records import DriftEvent

DRIFT = {
    "id": "drift_1",
    "detectedAt": "2026-01-31T12:00:00Z",
    "type": "performance_drop",
    "severity": "medium",
    "description": "the shorts have lost for months",
}


async def asked(service, desk, **named):
    return await request_refinement(service, LOCAL_USER, desk.strategy, **named)


def carried_out(desk, **named):
    async def steps():
        async with desk.dispatching() as service:
            job = await asked(service, desk, **named)
            return job.id, await desk.ended(service, job.id)

    return run(steps())


class Halting:
    """An agent that waits in the middle of each refinement until it is let go."""

    def __init__(self, desk):
        self._desk = desk
        self.inside, self.go = asyncio.Event(), asyncio.Event()
        self.begun = 0

    def __call__(self, store):
        talk, halting = self._desk.conversation(store), self

        class Talk:
            async def refine(self, *given, **named):
                halting.begun += 1
                halting.inside.set()
                await halting.go.wait()
                return await talk.refine(*given, **named)

        return Talk()


def test_a_request_stores_a_queued_job_with_its_run(desk):
    async def steps():
        async with desk.dispatching(at_once=0) as service:
            return await asked(service, desk)

    job = run(steps())

    assert job == desk.job(job.id) and (job.status, job.reason) == ("queued", "user_request")
    assert desk.run_of(job.id).kind == "refinement" and [kind for kind, _ in desk.events(job.id)] == ["run.started"]


def test_a_job_is_carried_out_by_the_agent_and_leaves_its_variant_once(refining):
    job_id, events = carried_out(refining)
    job, variants = refining.job(job_id), refining.variants()

    assert job.status == "completed" and "UNPROVEN" in job.outputs.notes
    assert [one.id for one in variants] == job.outputs.new_variant_ids and len(variants) == 1
    assert variants[0].origin == "agent" and len(refining.trials()) > 1
    assert events[-1] == ("run.completed", {"refinementJobId": job_id, "newVariantIds": [variants[0].id]})
    assert {"diagnose", "search", "judge"} <= {data.get("name") for _, data in events}
    with refining.database.read() as work:
        assert work.refinements.report(LOCAL_USER, job_id)["judgement"]["decision"] == "variant"


def test_the_drift_event_behind_a_job_is_told_and_closed(refining):
    with refining.database.write() as work:
        event = read_record(DriftEvent, {**DRIFT, "strategyRecordId": refining.strategy})
        work.refinements.add_drift_event(LOCAL_USER, event, now_ms=1)

    job_id, _ = carried_out(refining, drift_event_id="drift_1")

    assert (refining.job(job_id).reason, refining.job(job_id).drift_event_id) == ("drift_detected", "drift_1")
    with refining.database.read() as work:
        assert work.refinements.open_drift(LOCAL_USER, refining.strategy) == ()


@pytest.mark.parametrize(
    ("named", "refused"),
    [
        ({"reason": "boredom"}, RecordInvalid),
        ({"drift_event_id": "drift_of_nobody"}, RecordNotFound),
        ({"drift_event_id": 7}, RecordInvalid),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(desk, named, refused):
    with pytest.raises(refused):
        carried_out(desk, **named)
    with desk.database.read() as work:
        assert work.refinements.unfinished(LOCAL_USER) == ()


def test_a_service_that_closes_leaves_the_job_to_its_next_start(refining):
    halting = Halting(refining)
    refining.make_conversation = halting

    async def begin():
        async with refining.dispatching() as service:
            job = await asked(service, refining)
            await halting.inside.wait()
            return job.id

    job_id = run(begin())
    left = refining.job(job_id)
    refining.make_conversation = refining.conversation

    async def go_on():
        async with refining.dispatching() as service:
            return await refining.ended(service, job_id)

    events = run(go_on())

    assert left.status == "running" and left.outputs is None
    assert refining.job(job_id).status == "completed" and len(refining.variants()) == 1
    assert [data["name"] for kind, data in events if kind == "step"][:3] == ["take_up", "pause", "take_up"]


def test_a_refinement_that_is_broken_off_inside_the_agent_stays_unfinished(refining, monkeypatch):
    """Cancelled while it searches: what the agent says of a broken job is not written."""
    honest, searched = loop.refine, threading.Event()

    def until_cancelled(*given, cancelled, **named):
        found = honest(*given, cancelled=cancelled, **named)
        searched.set()
        cancelled.__self__.wait()  # the event it is asked of
        return found

    monkeypatch.setattr(loop, "refine", until_cancelled)

    async def steps():
        async with refining.dispatching() as service:
            job = await asked(service, refining)
            await asyncio.to_thread(searched.wait)
            return job.id

    job_id = run(steps())

    assert refining.job(job_id).status == "running" and refining.variants() == () and refining.trials() == ()


def test_a_cancelled_job_has_failed_and_says_so(refining):
    halting = Halting(refining)
    refining.make_conversation = halting

    async def steps():
        async with refining.dispatching() as service:
            job = await asked(service, refining)
            await halting.inside.wait()
            await service.jobs.cancel("refinement", LOCAL_USER, job.id)
            with pytest.raises(RecordConflict, match="nothing to cancel"):
                await service.jobs.cancel("refinement", LOCAL_USER, job.id)
            return job.id, await refining.ended(service, job.id)

    job_id, events = run(steps())

    assert (refining.job(job_id).status, refining.job(job_id).outputs.notes) == ("failed", CANCELLED)
    assert events[-1] == ("run.cancelled", {}) and refining.variants() == ()


def test_who_lost_the_claim_keeps_no_variant(refining):
    halting = Halting(refining)

    async def steps():
        async with refining.dispatching(at_once=0) as other:
            refining.make_conversation = halting
            async with refining.dispatching(at_once=0) as one:
                job = await asked(one, refining)
                first = asyncio.create_task(one.works["refinement"].carry_out(LOCAL_USER, job.id))
                await halting.inside.wait()
                await other.works["refinement"].carry_out(LOCAL_USER, job.id)
                whole = (refining.job(job.id), refining.variants(), refining.trials(), refining.events(job.id))
                halting.go.set()
                with pytest.raises(RecordConflict):
                    await first
                assert whole == (
                    refining.job(job.id),
                    refining.variants(),
                    refining.trials(),
                    refining.events(job.id),
                )
                return whole

    job, variants, _, _ = run(steps())

    assert job.status == "completed" and len(variants) == 1


def test_a_job_that_cannot_be_carried_out_has_failed_with_the_reason(desk):
    desk.market = type(desk.market)([])

    job_id, events = carried_out(desk)

    assert desk.job(job_id).status == "failed" and "BTC" in desk.job(job_id).outputs.notes
    assert events[-1][0] == "run.failed" and desk.run_of(job_id).error.message == desk.job(job_id).outputs.notes


def test_work_that_breaks_off_every_time_is_given_up(desk):
    class Broken:
        async def refine(self, *given, **named):
            raise RuntimeError("a fault of ours")

    desk.make_conversation = lambda store: Broken()

    job_id, events = carried_out(desk)

    assert desk.job(job_id).status == "failed" and "not tried again" in desk.job(job_id).outputs.notes
    assert events[-1][1]["code"] == "GAVE_UP" and len(events) == 5
