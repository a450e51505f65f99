"""Candidates measured on a Dask cluster: the candles go to each worker once, figures and daily returns come back."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import pickle
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from agent.background import in_background
from api.jobs.cluster_measuring import ENGINE, HOLDOUT, Packed, engine_here, measure_here, unpack
from api.jobs.evaluators import AT_ONCE, CANDIDATE_SECONDS, MORE_CANDIDATES, EvaluatorBroken
from api.settings import cluster_address
from engine.backtest.window import HoldoutLocked
from engine.errors import EngineError, EngineInputError
from engine.identity import engine_hash
from engine.search.evaluate import broken_off
from engine.search.memo import Memo
from engine.search.outcome import HoldoutTouched, Measured

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from engine.market.bars import MarketData
    from engine.search.outcome import Outcome
    from engine.search.plan import Plan
    from engine.search.proposal import Proposal

WITHOUT_DASK = "a cluster needs Dask, which is not installed: install the extra 'cluster' of this package"
CONNECT_SECONDS = 15.0
SMALLEST = 8
"""Candidates of a part at least, so that sending them costs less than measuring them."""

PARTS = 2
"""Parts of a batch for each worker: one that is done early takes another."""

RETRIES = 2
"""How often a part is sent again that a worker raised on, which may not have had its parcel yet."""

log = logging.getLogger("kek.jobs")


class _Broken(Exception):
    """A part that took too long, or took its workers with it."""


class ClusterEvaluator:
    """Implements `api.jobs.evaluators.Evaluator` on a Dask cluster; used in one event loop.

    What a worker loses by its death another measures; the results are those of one process, to the last bit. The few
    candidates that are run whole at the end are run here, where the finer candles are.

    Parameters
    ----------
    plan, market
        What is measured, on which candles.
    address
        Of the scheduler: ``tcp://host:port``.
    candidate_seconds
        How long one candidate may take; a part has as much again for every `MORE_CANDIDATES`.

    Raises
    ------
    EngineInputError
        Dask is not installed.
    """

    def __init__(
        self, plan: Plan, market: MarketData, address: str, *, candidate_seconds: float = CANDIDATE_SECONDS
    ) -> None:
        self._distributed = require_dask()
        self._plan, self._market, self._address = plan, market, address
        self._candidate_seconds = candidate_seconds
        self._memo = Memo(plan)
        self._client: Any = None
        self._parcel: Any = None
        self._key = ""
        self._workers = 1
        self._threads = 1

    @property
    def at_once(self) -> int:
        """How many candidates may be measured together."""
        return AT_ONCE * self._workers

    def remember(self, outcomes: Iterable[Outcome]) -> None:
        """Take note of what is known."""
        self._memo.keep(outcomes)

    async def measure(self, proposals: Sequence[Proposal]) -> list[Measured]:
        """Measure candidates."""
        if self._client is None:
            await self._connect()
        names = self._memo.names(proposals)
        fresh = self._memo.fresh(proposals, names)
        told, left = self._memo.all_of(proposals, names, await self._shared(fresh, names))
        invalid = iter(await self._shared(left, names))
        return [next(invalid) if one is None else one for one in told]

    async def whole(self, proposals: Sequence[Proposal]) -> list[Measured]:
        """Run candidates whole, in a thread of this process."""
        from engine.search.evaluate import evaluate

        return await in_background(lambda: [evaluate(self._plan, one, self._market) for one in proposals])

    async def close(self) -> None:
        """Leave the cluster as it was found."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            if self._parcel is not None and _reaches(client):
                await asyncio.wait_for(client.unregister_worker_plugin(self._parcel.name), CONNECT_SECONDS)
        except Exception as failure:  # the cluster has gone, or a worker of it: nothing is left to be tidied there
            if _reaches(client):
                log.warning("the cluster could not be told that the search is over: %s", failure)
        await client.close(timeout=CONNECT_SECONDS)

    async def _connect(self) -> None:
        """Reach the cluster, compare its engine with ours, and send the candles."""
        try:
            self._client = await self._distributed.Client(
                self._address, asynchronous=True, timeout=CONNECT_SECONDS, set_as_default=False, name="kek"
            )
        except (OSError, TimeoutError, ValueError) as failure:
            raise EvaluatorBroken(f"no cluster is reached at {self._address}: {failure}") from failure
        with self._reaching():
            workers: dict[str, int] = await self._client.nthreads()
        if not workers:
            raise EvaluatorBroken(f"the cluster at {self._address} has no workers")
        self._workers, self._threads = len(workers), min(workers.values())
        try:
            engines: dict[str, str] = await self._client.run(engine_here)
        except Exception as failure:  # whatever a worker raises that cannot load us
            if not _reaches(self._client):
                raise self._lost(failure) from failure
            raise EvaluatorBroken(
                f"a worker at {self._address} cannot load this program: {type(failure).__name__}: {failure}"
            ) from failure
        for worker, engine in sorted(engines.items()):
            self._refuse_other_engine(worker, engine)
        try:
            payload = await in_background(self._payload)
        except HoldoutLocked as locked:
            raise HoldoutTouched(f"the candles have changed since the search was planned: {locked}") from locked
        except EngineError as failure:
            raise EvaluatorBroken(str(failure)) from failure
        self._key = hashlib.sha256(payload).hexdigest()
        from api.jobs.cluster_parcel import Parcel  # which needs Dask

        parcel = Parcel(self._key, payload)
        with self._reaching():
            await self._client.register_plugin(parcel, name=parcel.name)
        self._parcel = parcel

    def _payload(self) -> bytes:
        """Return the plan with what its candidates read of the market, pickled."""
        from engine.backtest.reading import read_market
        from engine.market.carried import carried
        from engine.spec.overrides import apply_overrides

        plan, start, end = self._plan, self._plan.window.start, self._plan.window.end
        fills = next((axis.values for axis in plan.space.axes if axis.path == "execution.fill"), ())
        others = [apply_overrides(plan.spec, {"execution.fill": fill}, catalog=self._market).spec for fill in fills]

        def read(market: MarketData) -> None:
            for spec in (plan.spec, *others):
                if spec is not None:
                    read_market(spec, market, start=start, end=end)

        return pickle.dumps((plan, carried(self._market, read)), protocol=5)

    async def _shared(self, proposals: Sequence[Proposal], names: dict[int, str | None]) -> list[Measured]:
        """Measure candidates in parts, on all workers at once."""
        size = max(SMALLEST, -(-len(proposals) // (PARTS * self._workers)))
        parts = [proposals[at : at + size] for at in range(0, len(proposals), size)]
        found = await asyncio.gather(*(self._apart(part, names) for part in parts))
        return [one for part in found for one in part]

    async def _apart(self, proposals: Sequence[Proposal], names: dict[int, str | None]) -> list[Measured]:
        """Measure a part; one that takes too long or kills its workers is halved, down to the candidate at fault."""
        try:
            return await self._measured(proposals, names)
        except _Broken as broken:
            log.warning("candidates %s to %s of a search: %s", proposals[0].number, proposals[-1].number, broken)
            if len(proposals) == 1:
                return [broken_off(self._plan, proposals[0], str(broken))]
        middle = len(proposals) // 2
        first = await self._apart(proposals[:middle], names)
        return [*first, *await self._apart(proposals[middle:], names)]

    async def _measured(self, proposals: Sequence[Proposal], names: dict[int, str | None]) -> list[Measured]:
        """Have a part measured by one worker."""
        seconds = self._candidate_seconds * (1.0 + (len(proposals) - 1) / MORE_CANDIDATES)
        asked = self._client.submit(
            measure_here, self._key, engine_hash(), list(proposals), self._threads, pure=False, retries=RETRIES
        )
        try:
            async with asyncio.timeout(seconds * (PARTS + 1)):  # parts wait for each other at a worker
                kind, made = await asked
        except TimeoutError as failure:
            await self._break_off(asked)
            raise _Broken(f"it was broken off after {seconds:g} s") from failure
        except self._distributed.KilledWorker as failure:
            raise _Broken("the workers that measured it ended") from failure
        except asyncio.CancelledError:
            await asked.cancel()
            raise
        except (OSError, self._distributed.CancelledError) as failure:
            raise self._lost(failure) from failure
        if kind == HOLDOUT:
            raise HoldoutTouched(made)
        if kind == ENGINE:
            self._refuse_other_engine("one that came later", made)
        return unpack(made, self._plan, proposals, names) if isinstance(made, Packed) else list(made)

    async def _break_off(self, asked: Any) -> None:
        """Restart the worker that hangs: what runs there cannot be stopped otherwise."""
        with self._reaching():
            busy = [worker for worker, keys in (await self._client.processing()).items() if asked.key in keys]
            await asked.cancel()
            if busy:
                await self._client.restart_workers(busy, raise_for_error=False)

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Tell that the cluster was lost where it cannot be reached any more."""
        try:
            yield
        except OSError as failure:
            raise self._lost(failure) from failure

    def _lost(self, failure: Exception) -> EvaluatorBroken:
        reason = " ".join(str(failure).split()) or type(failure).__name__
        if isinstance(failure, self._distributed.CancelledError):  # which names a task of ours, and seldom a reason
            reason = "its scheduler does not answer any more, or gave the work up"
        return EvaluatorBroken(f"the cluster at {self._address} was lost: {reason}")

    def _refuse_other_engine(self, worker: str, engine: str) -> None:
        if engine != engine_hash():
            raise EvaluatorBroken(
                f"worker {worker} of the cluster has engine {engine[:12]}, here it is {engine_hash()[:12]}: "
                "install the same release on both, for their results could not be compared"
            )


def _reaches(client: Any) -> bool:
    """Return whether a client is connected to its scheduler, as far as it knows."""
    return bool(client.status == "running")


@contextmanager
def quiet_dask() -> Iterator[None]:
    """Keep what Dask logs by itself from being shown for the length of a ``with`` block; errors are raised as ever.

    For a command that tells people in a sentence what became of the cluster.
    """
    require_dask()  # whose import sets the levels
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]
    levels = {logger: logger.level for logger in map(logging.getLogger, names)}
    for logger in levels:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in levels.items():
            logger.setLevel(level)


def require_dask() -> Any:
    """Return Dask's distributed package; raises EngineInputError where it is not installed."""
    try:
        return import_module("distributed")
    except ImportError as missing:
        raise EngineInputError(WITHOUT_DASK) from missing


def check_cluster(address: str) -> None:
    """Refuse what is no address of a cluster, and any where Dask is not installed.

    >>> check_cluster("localhost")
    Traceback (most recent call last):
    engine.errors.EngineInputError: --cluster is 'localhost': must be an address such as tcp://host:port
    """
    cluster_address("--cluster", address)
    require_dask()
