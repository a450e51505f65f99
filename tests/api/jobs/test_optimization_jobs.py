"""Optimizations as jobs: refused before work, stored as they are measured, finished once, whatever happens between."""

from __future__ import annotations

import asyncio

import pytest
from job_desk import FAST, SPACE, run
from job_markets import daily_market

from api.jobs.optimizations import MOST_UNFINISHED, SearchRefused, TooManyJobs, request_optimization
from api.jobs.search_writes import ClaimedSearch
from api.owner_trials import past_trials
from engine import run_backtest, sweep
from engine.identity import engine_hash
from engine.search.objectives import OBJECTIVES as OBJECTIVE
from engine.search.plan import plan_search
from engine.search.run import search
from engine.spec import apply_overrides, check
from engine.spec.place import camel_case
from storage.errors import RecordConflict, RecordNotFound, StaleFence
from storage.records import LOCAL_USER

OBJECTIVES = ["sharpe", "drawdown"]


async def asked(service, desk, **named):
    return await request_optimization(
        service, LOCAL_USER, desk.strategy, **{"objectives": OBJECTIVES, "space": SPACE, **named}
    )


def carried_out(desk, **named):
    async def steps():
        async with desk.dispatching() as service:
            record = await asked(service, desk, **named)
            await desk.ended(service, record.id)
            return record.id

    return run(steps())


def paused_after(desk, number, **named):
    """Ask for a search and close the service in order when that candidate is about to be measured."""
    reached = asyncio.Event()

    async def before(at):
        if at == number:
            reached.set()
            await asyncio.Event().wait()

    async def steps():
        desk.before = before
        async with desk.dispatching() as service:
            record = await asked(service, desk, **named)
            await reached.wait()
        desk.before = None
        return record.id

    return run(steps())


def resumed(desk, record_id):
    async def steps():
        async with desk.dispatching() as service:
            return await desk.ended(service, record_id)

    return run(steps())


def best(record):
    return [(one.variant_id, one.score, one.summary) for one in record.best_variants]


def searched(desk):
    spec = check(desk.store.strategy(LOCAL_USER, desk.strategy)["spec"], catalog=desk.market).spec
    return search(plan_search(spec, desk.market, objectives=OBJECTIVES, space=SPACE).plan, desk.market)


def test_a_request_stores_a_queued_record_with_its_run_and_measures_nothing(desk):
    async def steps():
        async with desk.dispatching(at_once=0) as service:
            return await asked(service, desk, seed=3)

    record = run(steps())

    assert record == desk.optimization(record.id)
    assert (record.status, record.method, record.objectives) == ("queued", "grid", OBJECTIVES)
    assert (record.candidates_evaluated, record.best_variants, record.seed) == (0, [], 3)
    assert (record.progress.done, record.progress.total, record.space) == (0, 9, SPACE)
    assert (record.version, record.engine_hash, record.data_hash) == ("1.0", engine_hash(), None)
    assert record.evidence["verdict"] == "UNPROVEN" and record.evidence["part"] == "selection"
    assert record.evidence["window"]["end"] == record.evidence["holdout"]["start"]
    assert [kind for kind, _ in desk.events(record.id)] == ["run.started"]
    assert desk.run_of(record.id).kind == "optimization" and desk.numbers == [] and desk.trials() == ()


def test_a_search_ends_with_what_a_search_in_one_go_finds(desk):
    record = desk.optimization(carried_out(desk))
    expected = searched(desk)

    assert record.status == "completed" and record.candidates_evaluated == expected.evaluated == 9
    assert [one.score for one in record.best_variants] == [one.score for one in expected.best(5)]
    told = [one["robustScore"] for one in record.evidence["plateaus"]]
    assert told == [one.plateau.robust_score for one in expected.finalists()]
    assert [one.summary.as_json() for one in record.best_variants] == [
        dict(one.outcome.summary) for one in expected.best(5)
    ]
    assert (record.progress.done, record.progress.total) == (9, 9) and len(record.data_hash) == 64
    idle = sum(one.closed_trades == 0 for one in expected.outcomes[1:])
    counts = {"planned": 9, "evaluated": 9, "invalid": 0, "failed": 0, "withoutTrades": idle}
    assert record.evidence["candidates"] == counts
    assert record.evidence["original"]["summary"] == dict(expected.whole[0].summary)
    assert record.evidence["original"]["of"] == len(expected.ranked())


def test_the_best_are_stored_as_variants_that_backtest_to_their_summaries(desk):
    record = desk.optimization(carried_out(desk))
    variants = desk.variants()

    assert [one.id for one in variants] == [one.variant_id for one in record.best_variants]
    for one, kept in zip(variants, record.best_variants, strict=True):
        assert (one.origin, one.parent_version, one.summary) == ("optimizer", "1.0", kept.summary)
        spec = check(desk.store.strategy(LOCAL_USER, desk.strategy)["spec"]).spec
        again = run_backtest(apply_overrides(spec, one.overrides).spec, desk.market)
        expected = {camel_case(name): value for name, value in again.summary.defined().items()}
        assert kept.summary.as_json() == {**expected, "sharpeDaily": again.statistics.sharpe.daily_ratio}


def test_every_candidate_is_a_trial_once_and_the_evidence_counts_the_owners_ledger(desk):
    first = desk.optimization(carried_out(desk))
    again = desk.optimization(carried_out(desk))

    assert len(desk.tried()) == 10 and {one.origin for one in desk.trials()} == {"search"}
    assert first.evidence["trials"] == again.evidence["trials"] == {"family": "BTC", "total": len(desk.trials())}
    assert [score for _, score, _ in best(first)] == [score for _, score, _ in best(again)]
    assert {one for one, _, _ in best(first)}.isdisjoint(one for one, _, _ in best(again))


def test_the_best_has_an_honesty_card_that_counts_all_that_was_tried(desk):
    record = desk.optimization(carried_out(desk))
    with desk.database.read() as work:
        [judged] = work.judgements.all(LOCAL_USER)

    card = record.evidence["honestyCard"]
    assert card == judged.card and judged.look_seq is None and record.evidence["verdict"] == card["verdict"]
    assert card["trials"]["total"] == len(desk.trials()) > 10
    assert record.evidence["honestyCard"]["verdict"] in ("UNPROVEN", "REJECTED")


def test_of_all_that_was_tried_the_largest_grid_alone_was_planned(desk):
    smaller = {**SPACE, FAST: [5, 12]}
    carried_out(desk, **BREEDS)
    grid = desk.optimization(carried_out(desk))
    carried_out(desk, space=smaller)

    with desk.database.read() as work:
        past = past_trials(work, LOCAL_USER, ["BTC"])
    stored = {one.behaviour_hash for one in desk.candidates(grid.id) if 0 < one.number <= grid.progress.total}
    beside = {one.behaviour_hash for one in desk.trials() if one.note.startswith("around") or "beside" in one.note}
    planned = {one.behaviour_hash for one in past if one.planned}
    assert planned <= stored and len(planned) > 1
    assert {one.behaviour_hash for one in past if one.around} == beside and planned.isdisjoint(beside)
    assert {one.behaviour_hash for one in past} - planned - beside


def cancelled_after(desk, number, **named):
    record_id = paused_after(desk, number, **named)

    async def steps():
        async with desk.dispatching(at_once=0) as service:
            await service.jobs.cancel("optimization", LOCAL_USER, record_id)

    run(steps())
    return record_id


def test_a_search_that_was_cancelled_and_is_asked_for_again_is_planned_as_one(desk):
    cancelled_after(desk, 6, method="random", seed=3, limit=8)
    again = carried_out(desk, method="random", seed=3, limit=8)
    with desk.database.read() as work:
        past = past_trials(work, LOCAL_USER, ["BTC"])

    drawn = [one.behaviour_hash for one in desk.candidates(again) if 0 < one.number <= 8]
    assert [one.behaviour_hash for one in past if one.planned] == drawn and len(drawn) == 8


@pytest.mark.parametrize("other", [{"seed": 4}, {"limit": 9}, {"space": {**SPACE, FAST: [5, 12, 20]}}])
def test_another_draw_is_another_plan(desk, other):
    asked_first = {"method": "random", "seed": 3, "limit": 8}
    cancelled_after(desk, 4, **asked_first)
    again = desk.optimization(carried_out(desk, **asked_first | other))
    with desk.database.read() as work:
        planned = {one.behaviour_hash for one in past_trials(work, LOCAL_USER, ["BTC"]) if one.planned}

    assert planned < {one.behaviour_hash for one in desk.candidates(again.id)}


def test_every_trial_keeps_its_daily_returns_as_they_are_in_a_sweep(desk):
    carried_out(desk)
    spec = check(desk.store.strategy(LOCAL_USER, desk.strategy)["spec"]).spec
    plan = plan_search(spec, desk.market, space=SPACE).plan

    with desk.database.read() as work:
        kept = list(work.trials.returns(LOCAL_USER, "BTC"))[:10]  # after them come those around the best
    swept = sweep(spec, desk.market, [plan.overrides(number) for number in range(10)], daily_returns=True)

    assert [returns.first_day_ms for _, returns in kept] == [swept.first_day] * 10
    assert [returns.values.tolist() for _, returns in kept] == swept.daily_returns.tolist()


def test_the_run_tells_how_far_the_search_is_and_ends_with_it(desk):
    record_id = carried_out(desk)
    events = desk.events(record_id)
    done = [data["done"] for kind, data in events if kind == "step" and data["name"] == "measure"]

    assert events[0][0] == "run.started" and events[1][1]["name"] == "take_up"
    steps = [data for kind, data in events if kind == "step" and data["name"] == "measure"]
    lefts = [data["secondsLeft"] for data in steps if "secondsLeft" in data]
    assert "secondsLeft" not in steps[0] and len(lefts) > 1 and min(lefts) >= 0.0 and lefts[-1] <= lefts[0]
    assert done == sorted(done) and {data["total"] for data in steps} == {9}
    assert events[-2][1]["name"] == "judge"
    assert events[-1] == (
        "run.completed",
        {
            "optimizationId": record_id,
            "candidatesEvaluated": 9,
            "bestVariantIds": [one.variant_id for one in desk.optimization(record_id).best_variants],
        },
    )
    assert desk.run_of(record_id).status == "completed"


def test_the_time_left_is_told_at_the_rate_after_the_first_candidates_came_back():
    """The first wait for a process that loads engine and candles: 9 s for one of 101 would say 900 s are left."""
    search = ClaimedSearch("owner", None, {}, "run", 1, True, {})
    told = [search.seconds_left(9.0, 100)]

    for number, now in [(0, 9.0), (1, 9.5), (2, 10.0), (3, 10.0), (4, 11.0)]:
        search.outcomes[number] = None
        search.came_back(now)
        told.append(search.seconds_left(now, 100))

    assert told == [None, None, 49.5, 49.0, round(1.0 / 3 * 97, 1), 48.0]


def test_a_search_that_goes_on_does_not_count_what_was_known_before_into_its_rate():
    search = ClaimedSearch("owner", None, {}, "run", 2, True, dict.fromkeys(range(50)))
    before = search.seconds_left(3.0, 100)
    search.outcomes |= dict.fromkeys(range(50, 61))
    search.came_back(8.0)
    first = search.seconds_left(8.0, 100)
    search.outcomes |= dict.fromkeys(range(61, 81))
    search.came_back(10.0)

    assert (before, first, search.seconds_left(10.0, 100)) == (None, None, 2.0)


@pytest.mark.parametrize("number", [0, 1, 5, 9])
def test_a_search_that_was_laid_down_goes_on_and_ends_the_same(desk, number):
    whole = desk.optimization(carried_out(desk))
    desk.numbers.clear()

    record_id = paused_after(desk, number)
    left = desk.optimization(record_id)
    resumed(desk, record_id)
    record = desk.optimization(record_id)

    assert left.status == "running" and left.candidates_evaluated == max(0, number - 1)
    assert sorted(desk.numbers) == list(range(10))  # nothing is measured twice
    assert [one[1:] for one in best(record)] == [one[1:] for one in best(whole)]
    assert record.evidence == whole.evidence and record.data_hash == whole.data_hash
    assert len(desk.candidates(record_id)) == len(desk.tried()) == 10


BREEDS = {
    "method": "evolutionary",
    "objectives": ["sharpe"],
    "limit": 40,
    "seed": 2,
    "space": {FAST: {"min": 3, "max": 30, "step": 1}, "sizing.value": [0.1, 0.2, 0.3]},
}


@pytest.mark.parametrize("number", [3, 26])
def test_a_method_that_learns_goes_on_as_it_would_have(desk, number):
    whole = desk.optimization(carried_out(desk, **BREEDS))
    desk.numbers.clear()

    record_id = paused_after(desk, number, **BREEDS)
    resumed(desk, record_id)
    record = desk.optimization(record_id)

    around = record.evidence["candidates"].get("aroundTheBest", 0)
    assert desk.numbers == list(range(41 + around)) and record.candidates_evaluated == 40 + around
    assert [one[1:] for one in best(record)] == [one[1:] for one in best(whole)] and record.evidence == whole.evidence
    asked = record.evidence["minTrades"]
    assert asked["count"] < 30 and "the data is short" in asked["reason"]


def test_several_objectives_have_a_front_that_holds_the_best_in_each(desk):
    record = desk.optimization(carried_out(desk))
    front, asked = record.evidence["front"], record.evidence["minTrades"]["count"]

    tried = [row.summary for row in desk.candidates(record.id) if row.summary["tradeCount"] >= asked]
    for name in OBJECTIVES:
        values = [value for summary in tried if (value := OBJECTIVE[name](summary)) is not None]
        assert max(one["values"][name] for one in front) == max(values)
    assert [one["candidate"] for one in front] == sorted(one["candidate"] for one in front)


def test_candidates_that_are_no_specs_are_counted_and_told(desk):
    record = desk.optimization(carried_out(desk, space={FAST: [5, 10], "sizing.value": [0.5, 1.5]}))

    assert record.candidates_evaluated == 2 and record.progress.done == 4
    assert record.evidence["candidates"]["invalid"] == 2 and len(desk.tried()) == 3
    [first, _] = record.evidence["problems"]
    assert first["candidate"] == 2 and first["overrides"] == {FAST: 5, "sizing.value": 1.5}
    assert "more than percent_equity allows" in first["reason"]


def test_what_cannot_be_searched_is_refused_with_all_its_problems_and_nothing_is_stored(desk):
    async def steps():
        async with desk.dispatching() as service:
            await asked(service, desk, method="annealing", objectives=["sharp"], space={"universe.timeframe": ["1h"]})

    with pytest.raises(SearchRefused) as refused:
        run(steps())

    refusal = refused.value.refusal
    assert (refusal.status, refusal.code) == (422, "INVALID_SEARCH")
    assert [one.path for one in refusal.problems] == ["$.method", "$.objectives[0]", '$.space["universe.timeframe"]']
    with desk.database.read() as work:
        assert work.optimizations.unfinished(LOCAL_USER) == ()


def test_another_owners_strategy_is_not_there(desk):
    with desk.database.write() as work:
        work.users.add("eve", wallet_address="0x" + "1" * 40, now_ms=1)

    async def steps():
        async with desk.dispatching() as service:
            await request_optimization(service, "eve", desk.strategy, space=SPACE)

    with pytest.raises(RecordNotFound):
        run(steps())


def test_too_many_unfinished_jobs_are_refused(desk):
    async def steps():
        async with desk.dispatching(at_once=0) as service:
            for _ in range(MOST_UNFINISHED):
                await asked(service, desk)
            await asked(service, desk)

    with pytest.raises(TooManyJobs, match="20 of your jobs"):
        run(steps())


def test_what_is_to_be_kept_with_a_request_is_kept_with_it_or_not_at_all(desk):
    async def steps(also):
        async with desk.dispatching(at_once=0) as service:
            return await asked(service, desk, also=also)

    def refuse(work, record):
        raise RecordConflict("no")

    seen = []
    record = run(steps(lambda work, record: seen.append(work.optimizations.get(LOCAL_USER, record.id).id)))
    with pytest.raises(RecordConflict):
        run(steps(refuse))

    assert seen == [record.id]
    with desk.database.read() as work:
        assert work.optimizations.unfinished(LOCAL_USER) == (record.id,)


def test_a_cancelled_search_keeps_what_was_measured_and_its_trials(desk):
    reached = asyncio.Event()

    async def before(number):
        if number == 4:
            reached.set()
            await asyncio.Event().wait()

    async def steps():
        desk.before = before
        async with desk.dispatching() as service:
            record = await asked(service, desk)
            await reached.wait()
            await service.jobs.cancel("optimization", LOCAL_USER, record.id)
            with pytest.raises(RecordConflict):
                await service.works["optimization"].carry_out(LOCAL_USER, record.id)
            return record.id, await desk.ended(service, record.id)

    record_id, events = run(steps())
    record = desk.optimization(record_id)

    assert record.status == "cancelled" and record.candidates_evaluated == 3 and record.best_variants == []
    assert len(desk.trials()) == len(desk.candidates(record_id)) == 4 and desk.variants() == ()
    assert events[-1] == ("run.cancelled", {}) and desk.run_of(record_id).status == "cancelled" and desk.closed == 1


def test_a_waiting_search_can_be_cancelled_and_a_finished_one_cannot(desk):
    async def steps():
        async with desk.dispatching(at_once=0) as service:
            record = await asked(service, desk)
            await service.jobs.cancel("optimization", LOCAL_USER, record.id)
            return record.id

    waiting = run(steps())
    finished = carried_out(desk)

    async def cancel(record_id):
        async with desk.dispatching() as service:
            await service.jobs.cancel("optimization", LOCAL_USER, record_id)

    assert desk.optimization(waiting).status == "cancelled"
    with pytest.raises(RecordConflict, match="completed"):
        run(cancel(finished))
    with pytest.raises(RecordNotFound):
        run(cancel("optimization_of_nobody"))


def test_who_lost_the_claim_writes_nothing_more(desk):
    claimed, zombie = asyncio.Event(), asyncio.Event()

    async def before(number):
        if number == 3 and not claimed.is_set():
            claimed.set()
            await zombie.wait()

    async def steps():
        desk.before = before
        async with desk.dispatching(at_once=0) as one, desk.dispatching(at_once=0) as other:
            record = await asked(one, desk)
            first = asyncio.create_task(one.works["optimization"].carry_out(LOCAL_USER, record.id))
            await claimed.wait()
            await other.works["optimization"].carry_out(LOCAL_USER, record.id)
            whole = (desk.optimization(record.id), desk.trials(), desk.variants(), desk.events(record.id))
            zombie.set()
            with pytest.raises(StaleFence):
                await first
            assert (desk.optimization(record.id), desk.trials(), desk.variants(), desk.events(record.id)) == whole
            return whole[0]

    assert run(steps()).status == "completed"


def test_candles_that_were_changed_in_the_middle_end_the_search(desk):
    record_id = paused_after(desk, 5)
    desk.market = daily_market(seed=8)

    resumed(desk, record_id)
    record = desk.optimization(record_id)

    assert (record.status, record.error.code) == ("failed", "DATA_CHANGED") and desk.variants() == ()
    assert desk.run_of(record_id).error.code == "DATA_CHANGED" and len(desk.trials()) == 5


def test_an_engine_that_was_changed_in_the_middle_ends_the_search(desk, monkeypatch):
    record_id = paused_after(desk, 5)
    monkeypatch.setattr("api.jobs.optimization_work.engine_hash", lambda: "another")

    resumed(desk, record_id)

    assert desk.optimization(record_id).error.code == "ENGINE_CHANGED"


def test_work_that_breaks_off_every_time_is_given_up(desk):
    async def before(number):
        raise RuntimeError("a fault of ours")

    async def steps():
        desk.before = before
        async with desk.dispatching() as service:
            record = await asked(service, desk)
            return record.id, await desk.ended(service, record.id)

    record_id, events = run(steps())

    assert desk.optimization(record_id).error.code == "GAVE_UP"
    assert [data.get("name") for _, data in events[1:]] == ["take_up"] * 3 + [None] and events[-1][0] == "run.failed"


def test_being_laid_down_in_order_is_no_failed_attempt(desk):
    record_id = paused_after(desk, 0)
    for _ in range(4):
        reached = asyncio.Event()

        async def before(number, reached=reached):
            reached.set()
            await asyncio.Event().wait()

        async def steps(reached=reached, before=before):
            desk.before = before
            async with desk.dispatching():
                await reached.wait()

        run(steps())
    desk.before = None

    resumed(desk, record_id)

    assert desk.optimization(record_id).status == "completed"


def test_owners_take_turns(desk):
    with desk.database.write() as work:
        work.users.add("eve", wallet_address="0x" + "1" * 40, now_ms=1)
    begun = []

    class Work:
        def unfinished(self, work, owner):
            return ()

        async def carry_out(self, owner, record_id):
            begun.append(record_id)

    async def steps():
        async with desk.dispatching() as service:
            service.works["optimization"] = Work()
            for name in ("mine 1", "mine 2", "mine 3"):
                await service.jobs.submit("optimization", LOCAL_USER, name)
            await service.jobs.submit("optimization", "eve", "hers 1")
            while not service.jobs.idle:
                await asyncio.sleep(0)

    run(steps())

    assert begun == ["mine 1", "hers 1", "mine 2", "mine 3"]
