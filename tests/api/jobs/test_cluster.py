"""A search on a Dask cluster of processes comes to the same, byte for byte, also when a worker is killed on the way."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pickle
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from job_desk import FAST, SLOW, Desk, ThreadEvaluator, losing_shorts, run, sma_cross
from job_markets import daily_market, rising_market
from kept_strategies import keep_strategy, on_market
from serving import IN_MEMORY

from api.cli import main
from api.compose import service
from api.jobs import cluster as cluster_room
from api.jobs.cluster import ClusterEvaluator, check_cluster, quiet_dask
from api.jobs.cluster_measuring import measure_here, pack, unpack
from api.jobs.evaluators import EvaluatorBroken
from api.jobs.optimizations import request_optimization
from engine.backtest.reading import read_market
from engine.errors import DataError, EngineInputError
from engine.market.carried import carried
from engine.search.batches import Batches
from engine.search.memo import Memo
from engine.search.outcome import HoldoutTouched
from engine.search.plan import plan_search
from engine.spec import check
from storage.database import open_database
from storage.records import LOCAL_USER

ROOT = Path(__file__).parents[3]
SPACE = {FAST: {"min": 2, "max": 21, "step": 1}, SLOW: {"min": 30, "max": 69, "step": 2}}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
                      host="127.0.0.1", silence_logs=50) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@contextmanager
def a_cluster(tmp_path, **variables):
    """Start a cluster of two processes on this machine, and give its address."""
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "ignore", **variables},
    )
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("tcp://"), address
        yield address
    finally:
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with a_cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


@pytest.fixture(scope="module")
def market():
    return daily_market()


def planned(market, spec=None, **asked):
    checked = check(spec or sma_cross(), catalog=market).spec
    return plan_search(checked, market, **{"space": SPACE, "objectives": ["net_profit"], **asked}).plan


def proposals_of(plan):
    return [plan.proposal(number) for number in range(plan.count + 1)]


def same(found, expected):
    assert [pickle.dumps(one.outcome) for one in found] == [pickle.dumps(one.outcome) for one in expected]
    assert {one.data_hash for one in found} == {one.data_hash for one in expected}
    for one, other in zip(found, expected, strict=True):
        assert (one.days is None) == (other.days is None)
        if one.days is not None:
            assert one.days.first_day_ms == other.days.first_day_ms
            assert one.days.returns.tobytes() == other.days.returns.tobytes()


def measured_by(evaluator, proposals):
    async def steps():
        try:
            return await evaluator.measure(proposals)
        finally:
            await evaluator.close()

    return run(steps())


WEEKLY = sma_cross()
WEEKLY["indicators"]["trend"] = {"type": "sma", "inputs": {"length": 5, "timeframe": "1w"}}
WEEKLY["signals"]["entry"][0]["filters"] = [{"when": "gt", "left": "close", "right": "trend"}]


@pytest.mark.parametrize("spec", [sma_cross(), WEEKLY], ids=["one timeframe", "a higher one"])
def test_two_processes_come_to_what_one_thread_does(address, market, spec):
    plan = planned(market, spec)

    found = measured_by(ClusterEvaluator(plan, market, address), proposals_of(plan))

    same(found, Batches(plan, market).measure(proposals_of(plan)))


def test_a_perpetual_with_shorts_comes_to_the_same(address):
    market, lengths = rising_market(), {FAST: [5, 12, 20], SLOW: [46, 60]}
    plan = planned(market, losing_shorts(), space=lengths)

    found = measured_by(ClusterEvaluator(plan, market, address), proposals_of(plan))

    same(found, Batches(plan, market).measure(proposals_of(plan)))


def test_invalid_candidates_and_those_that_behave_alike_are_told_as_by_one_process(address, market):
    plan = planned(market, space={FAST: [5, 10, 20], SLOW: [20, 40], "sizing.value": [0.1, 0.25, 1.5]})
    proposals = [*proposals_of(plan), *(one._replace(number=one.number + 100) for one in proposals_of(plan)[1:])]

    found = measured_by(ClusterEvaluator(plan, market, address), proposals)

    same(found, Batches(plan, market).measure(proposals))
    assert {"invalid", "evaluated"} <= {one.outcome.status for one in found}


def searched(tmp_path, market, make, name):
    """Carry out a search as a job; return what is kept of it that no clock or random id is in."""
    database = open_database(f"sqlite:///{tmp_path / name}.db")
    desk = Desk(database, market)
    desk.at_once = 1_024
    desk.make_evaluator = lambda plan: make(desk, plan)

    async def steps():
        async with desk.dispatching() as service:
            asked = {"objectives": ["net_profit"], "space": SPACE}
            record = await request_optimization(service, LOCAL_USER, desk.strategy, **asked)
            await desk.ended(service, record.id)
            return record.id

    record = desk.optimization(run(steps()))
    trials = [(one.behaviour_hash, one.data_hash, one.returns_hash, one.summary) for one in desk.trials()]
    kept = record.status, record.best_variants, record.evidence, desk.candidates(record.id), trials
    database.close()
    return kept


def test_a_worker_that_is_killed_on_the_way_changes_nothing_of_what_is_kept(tmp_path, market):
    killed = []

    class Killing(ClusterEvaluator):
        async def measure(self, proposals):
            measuring = asyncio.ensure_future(super().measure(proposals))
            if len(proposals) > 10 and not killed:
                while not (self._client and self._key and any((await self._client.processing()).values())):
                    await asyncio.sleep(0)
                found = await self._client.run(os.getpid)
                killed.append(min(found.items()))
                os.kill(killed[0][1], signal.SIGKILL)
            return await measuring

    expected = searched(tmp_path, market, ThreadEvaluator, "thread")
    with a_cluster(tmp_path) as address:
        found = searched(tmp_path, market, lambda desk, plan: Killing(plan, market, address), "cluster")

    assert killed and found[0] == "completed"
    assert found == expected


def test_a_search_that_is_broken_off_leaves_the_cluster_as_it_was(address, market):
    plan = planned(market)

    async def steps():
        evaluator = ClusterEvaluator(plan, market, address)
        await evaluator.measure(proposals_of(plan)[:20])
        measuring = asyncio.ensure_future(evaluator.measure(proposals_of(plan)[20:]))
        await asyncio.sleep(0)
        measuring.cancel()
        await asyncio.wait([measuring])
        held = await evaluator._client.run(parcels)
        await evaluator.close()
        other = ClusterEvaluator(plan, market, address)
        await other._connect()
        client, key = other._client, other._key
        await client.unregister_worker_plugin(f"kek-{key}")
        left = await client.run(parcels)
        other._parcel = None
        await other.close()
        return measuring.cancelled(), held, left

    cancelled, held, left = run(steps())

    assert cancelled and set(held.values()) == {1} and set(left.values()) == {0}


def parcels():
    from api.jobs import cluster_measuring

    return len(cluster_measuring._parcels)


def test_about_a_hundred_bytes_a_candidate_come_back_beside_its_daily_returns(market):
    plan = planned(market)
    measured = Batches(plan, market).measure(proposals_of(plan))
    assert sum(one.days is None for one in measured) == 1  # behaves as the spec itself does

    packed = pack(measured)

    assert len(pickle.dumps(packed._replace(days=packed.days[:, :0]))) < 100 * len(measured)
    assert packed.days.dtype == "float32" and packed.days.shape[0] == len(measured)
    memo = Memo(plan)
    assert packed.figures.nbytes == 64 * len(measured)
    same(unpack(packed, plan, proposals_of(plan), memo.names(proposals_of(plan))), measured)


def test_what_is_asked_for_twice_has_its_daily_returns_both_times(address, market):
    plan = planned(market)

    async def steps():
        evaluator = ClusterEvaluator(plan, market, address)
        try:
            await evaluator._connect()
            names = evaluator._memo.names(proposals_of(plan))
            return [await evaluator._shared(proposals_of(plan)[:20], names) for _ in range(2)]
        finally:
            await evaluator.close()

    first, again = run(steps())

    same(first, again)
    assert all(one.days is not None for one in again)


def test_another_engine_is_refused(address, market, monkeypatch):
    monkeypatch.setattr(cluster_room, "engine_hash", lambda: "f" * 64)
    plan = planned(market)

    with pytest.raises(EvaluatorBroken, match=r"has engine \w{12}, here it is ffffffffffff"):
        measured_by(ClusterEvaluator(plan, market, address), proposals_of(plan))
    assert measure_here("key", "f" * 64, [], 1)[0] == "engine"


def test_where_no_cluster_is_reached_the_search_says_so(market, monkeypatch):
    monkeypatch.setattr(cluster_room, "CONNECT_SECONDS", 0.5)
    plan = planned(market)

    with pytest.raises(EvaluatorBroken, match=re.escape("no cluster is reached at tcp://127.0.0.1:1")):
        measured_by(ClusterEvaluator(plan, market, "tcp://127.0.0.1:1"), proposals_of(plan))


@pytest.fixture
def told_by_dask():
    """What Dask's loggers tell while nothing keeps them from it."""
    import distributed  # sets their levels

    told, logger = [], logging.getLogger(distributed.client.__name__)

    class Listening(logging.Handler):
        def emit(self, record):
            told.append(record.getMessage())

    listening = Listening()
    logger.addHandler(listening)
    yield told
    logger.removeHandler(listening)


def ends(client):
    """Kill the process of the scheduler; returns once the client has seen it."""

    async def steps():
        os.kill(await client.run_on_scheduler(os.getpid), signal.SIGKILL)
        while client.status == "running":
            await asyncio.sleep(0)

    return steps()


@pytest.mark.parametrize("stage", ["register_plugin", "run", "submit"])
def test_a_cluster_that_is_lost_is_told_in_one_sentence(tmp_path, market, monkeypatch, caplog, stage):
    monkeypatch.setattr(cluster_room, "CONNECT_SECONDS", 1.0)
    plan = planned(market)

    class Losing(ClusterEvaluator):
        async def _connect(self):
            import distributed

            asked = getattr(distributed.Client, stage)

            async def after_its_end(client, *given, **named):
                monkeypatch.setattr(distributed.Client, stage, asked)
                await ends(client)
                return await asked(client, *given, **named)

            monkeypatch.setattr(distributed.Client, stage, after_its_end)
            await super()._connect()

    with a_cluster(tmp_path) as address, pytest.raises(EvaluatorBroken, match=r"was lost: .") as lost, quiet_dask():
        measured_by(Losing(plan, market, address), proposals_of(plan))

    assert address in str(lost.value) and "\n" not in str(lost.value) and "cannot load" not in str(lost.value)
    assert "could not be told" not in caplog.text


def test_a_command_whose_scheduler_dies_on_the_way_says_so_and_nothing_else(
    tmp_path, market, monkeypatch, capfd, told_by_dask
):
    monkeypatch.setattr(cluster_room, "CONNECT_SECONDS", 1.0)
    monkeypatch.setenv("KEK_STATE_DIR", str(tmp_path / "state"))
    bars, file = market.bars("BTCUSDT", "1d"), tmp_path / "spec.json"
    columns = {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")}
    pq.write_table(pa.table({"timestamp": bars.time, **columns}), tmp_path / "BTCUSDT_1d.parquet")
    file.write_text(json.dumps(sma_cross()))
    measure = ClusterEvaluator.measure

    async def measures(self, proposals):
        found = await measure(self, proposals)
        if len(proposals) > 1:
            await ends(self._client)
        return found

    monkeypatch.setattr(ClusterEvaluator, "measure", measures)
    words = ["--data", str(tmp_path), "--objective", "net_profit", "--space", json.dumps(SPACE)]
    with a_cluster(tmp_path) as address:
        status = main(["optimize", str(file), *words, "--cluster", address])

    out, err = capfd.readouterr()
    told = [line for line in err.splitlines() if not line.startswith("warning $")]
    assert (status, out, len(told)) == (2, "", 1), err
    assert told[0].startswith(f"kek: the cluster at {address} was lost: ") and told[0].endswith("[NOT_MEASURED]")
    assert told_by_dask == [] and logging.getLogger("distributed.client").isEnabledFor(logging.ERROR)


def test_candles_that_have_changed_so_that_the_holdout_would_be_read_end_the_search(address, market):
    plan = planned(market)

    with pytest.raises(HoldoutTouched, match="candles have changed"):
        measured_by(ClusterEvaluator(plan, daily_market(700), address), proposals_of(plan))


def test_a_candidate_that_kills_its_workers_has_failed_alone(market):
    plan = planned(market, space={FAST: {"min": 2, "max": 17, "step": 1}})
    batches = Batches(plan, market)

    class Fragile(ClusterEvaluator):
        async def _connect(self):
            self._client = object()

        async def _measured(self, proposals, names):
            if any(one.number == 5 for one in proposals):
                raise cluster_room._Broken("the workers that measured it ended")
            return batches.measure(proposals)

    found = run(Fragile(plan, market, "tcp://127.0.0.1:1").measure(proposals_of(plan)))

    assert [one.outcome.number for one in found if one.outcome.status == "failed"] == [5]
    assert found[5].outcome.reason == "the workers that measured it ended" and found[5].outcome.is_trial


def test_a_service_that_has_a_cluster_measures_there(tmp_path, address, market, monkeypatch):
    monkeypatch.setattr("api.jobs.evaluators.ProcessEvaluator.measure", refuse_to_measure)
    asked = {"objectives": ["net_profit"], "space": SPACE}
    settings = replace(IN_MEMORY, searching=replace(IN_MEMORY.searching, cluster=address))
    with on_market(market, settings) as http:
        kept = keep_strategy(http, universe=sma_cross()["universe"])
        made = http.post(f"/api/strategies/{kept['id']}/optimizations", json=asked)
        assert made.status_code == 202, made.text
        events = http.get(f"/api/runs/{made.headers['x-kek-run']}/events").text
        found = http.get(made.headers["location"]).json()

    assert found["status"] == "completed" and found["candidatesEvaluated"] == 400, events[-500:]
    expected = searched(tmp_path, market, ThreadEvaluator, "thread")
    assert [one["score"] for one in found["bestVariants"]] == [one.score for one in expected[1]]


def test_a_service_without_dask_says_at_its_start_that_a_cluster_needs_it(monkeypatch, market):
    monkeypatch.setitem(sys.modules, "distributed", None)
    settings = replace(IN_MEMORY, searching=replace(IN_MEMORY.searching, cluster="tcp://127.0.0.1:1"))

    async def steps():
        async with service(settings, market=market):
            raise AssertionError("it came up")

    with pytest.raises(EngineInputError, match="extra 'cluster'"):
        run(steps())


def refuse_to_measure(self, proposals):
    raise AssertionError("measured on this machine")


def test_a_carried_market_has_what_was_read_and_refuses_the_rest(market):
    spec = check(sma_cross()).spec
    whole = rising_market()
    small = pickle.loads(pickle.dumps(carried(whole, lambda one: one.bars("BTCUSDT", "4h"))))
    days = carried(market, lambda one: read_market(spec, one))

    assert small.symbols() == ["BTCUSDT"] and small.span("BTCUSDT", "4h") == whole.span("BTCUSDT", "4h")
    assert small.bars("BTCUSDT", "4h").data_hash() == whole.bars("BTCUSDT", "4h").data_hash()
    assert days.n_bars("BTCUSDT", "1d") == market.n_bars("BTCUSDT", "1d") and days.bars("ETHUSDT", "1d") is None
    unread = carried(whole, lambda one: one.span("BTCUSDT", "4h"))
    with pytest.raises(DataError, match="did not come along"):
        unread.bars("BTCUSDT", "4h")


@pytest.mark.parametrize("address", ["localhost:8786", "http://a:1", "tcp://a", "tcp://a b:1"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(EngineInputError, match="must be an address such as tcp://host:port"):
        check_cluster(address)


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(EngineInputError, match="extra 'cluster'"):
        check_cluster("tcp://127.0.0.1:8786")
