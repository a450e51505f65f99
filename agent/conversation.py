"""The face other rooms use: one message in, one answer out."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from agent.answers import Answer
from agent.background import in_background, to_the_end
from agent.budget import TurnBudget, TurnLimits
from agent.checkpoints import checkpoint_key
from agent.errors import AgentError, MessageError
from agent.graph import turn_graph, untracked_graph
from agent.holdout import as_known, looks_of, with_looks
from agent.language.port import Request, Version
from agent.nodes.improve import reason_of
from agent.nodes.store import job_of
from agent.ports import RefinementOutcome, ThreadView
from agent.tally import as_counted, counted
from agent.workspace import Workspace, iso
from engine.evidence.same_candles import prints_of_result

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from agent.graph import TurnGraph
    from agent.language.port import Language
    from agent.ports import Clock, FinishedJob, Ids, Judge, Persona, Store
    from agent.state import TurnState
    from agent.workspace import Recorder
    from engine.backtest.result import BacktestResult
    from engine.market.bars import MarketData

    Listener = Callable[[Mapping[str, Any]], None]

ADOPTED = "a spec of the owner's own"
"""Why a spec that a thread begins with is there."""

BROKEN_OFF = "It was broken off before its end, and nothing of it was kept; asked for again it begins afresh."
"""What a job says that did not come to its end."""

RECURSION_LIMIT = 50
"""Steps of a turn at most: the longest way, with every repair, has about twenty."""


class Conversation:
    """Answers messages, each in a thread of its owner.

    Parameters
    ----------
    language
        The language model, or None: then the built-in ``interpreter`` alone reads.
    store, recorder
        What is kept, and how a result is written down. Without a store only `understand` answers; without a
        recorder drafts are not tested.
    market
        The candles that drafts are tested on; a catalog of what there is.
    clock, ids, limits
        Time, identifiers, and what one turn may spend.
    checkpoints
        Where running turns are kept (`agent.checkpoints`); None where a killed turn need not go on.
    judge
        Tells what a strategy is worth; without one the agent says that it cannot.
    """

    def __init__(
        self,
        language: Language | None,
        interpreter: Language,
        store: Store | None,
        market: MarketData,
        clock: Clock,
        ids: Ids,
        limits: TurnLimits,
        checkpoints: BaseCheckpointSaver[str] | None,
        recorder: Recorder | None,
        judge: Judge | None = None,
    ) -> None:
        self._model = language if language is not None and language.is_model else None
        self._interpreter = interpreter
        self._store = store
        self._market = market
        self._clock = clock
        self._ids = ids
        self._limits = limits
        self._checkpoints = checkpoints
        self._recorder = recorder
        self._judge = judge
        self._graph = untracked_graph() if checkpoints is None else turn_graph(checkpoints)
        self._turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def turn(
        self,
        owner: str,
        text: str,
        *,
        thread_id: str | None = None,
        message_id: str | None = None,
        spec: Mapping[str, Any] | None = None,
        on_event: Listener | None = None,
    ) -> Answer:
        """Answer one message and keep the turn: whole, or, when it fails or is cancelled, not at all.

        A message that was answered before (the same ``message_id``) is answered the same again; one whose process was
        killed goes on where it was. ``spec`` is a checked spec for a thread without a strategy to begin with; it is
        kept whatever becomes of the message.

        Raises
        ------
        MessageError
            The message is empty, too long, or holds characters that are no text.
        NotFound
            The owner has no such thread.
        """
        checked_message(text, self._limits.message_characters)
        store = self._kept()
        if thread_id is None and spec is None:  # nothing is stored of a new thread before its first turn is
            begun = ThreadView(self._ids.new("thread"), owner, is_new=True)
            return await self._turn(text, begun, message_id, on_event)
        thread = await self.begin(owner, thread_id, spec)
        async with self._turns.setdefault((owner, thread.thread_id), asyncio.Lock()):
            if message_id is not None:
                known = await in_background(lambda: store.answer_to(owner, thread.thread_id, message_id))
                if known is not None:
                    return Answer.from_dict(known)
            current = await in_background(lambda: store.open_thread(owner, thread.thread_id))
            return await self._turn(text, current, message_id, on_event)

    async def _turn(self, text: str, thread: ThreadView, message_id: str | None, on_event: Listener | None) -> Answer:
        store, owner, now = self._kept(), thread.owner, self._clock.now_ms()
        limits, trials, persona, finished = await in_background(lambda: _found(store, thread))
        request = Request(
            text=text,
            now=iso(now),
            versions=thread.versions,
            run=await in_background(lambda: _run_as_known(thread, store)),
            pending=thread.pending,
            risk_defaults=limits,
            history=thread.messages,
            known_assets=tuple(self._market.symbols()),
        )
        work = self._workspace(request, thread)
        work.store, work.recorder, work.judge, work.trials = store, self._recorder, self._judge, trials
        work.persona, work.finished = persona, finished
        message = message_id or self._ids.new("message")
        begun = self._begun(owner, thread.thread_id, message, text, now)
        return await self._answered(begun, work, checkpoint_key(owner, thread.thread_id), on_event)

    async def refine(
        self,
        owner: str,
        strategy_id: str,
        *,
        job: Mapping[str, Any] | None = None,
        drift_event: Mapping[str, Any] | None = None,
        seed: int = 0,
        on_event: Listener | None = None,
    ) -> Answer:
        """Look for something better than a strategy's current version, and keep job, trials and variant.

        ``job`` is a RefinementJob, ``drift_event`` a DriftEvent (camelCase JSON); one of neither is a person's
        request. A job that is completed already is answered with what it found; one that cannot be carried out, or
        is broken off, has failed.

        Raises
        ------
        NotFound
            The owner has no such strategy.
        BadRecord
            The job or the event is not of its shape.
        """
        store, now = self._kept(), self._clock.now_ms()
        strategy = await in_background(lambda: store.strategy(owner, strategy_id))
        thread = ThreadView("", owner, strategy_id, (Version(str(strategy["version"]), strategy["spec"]),))
        work = self._workspace(Request(text="", now=iso(now), versions=thread.versions), thread)
        work.store, work.recorder, work.seed = store, self._recorder, seed
        work.job, work.drift_event, work.refines = job, drift_event, True
        reason_of(work)  # refused before anything is written
        begun = self._begun(owner, "", "", "", now)
        wanted = job_of(begun, work)
        known = await in_background(lambda: store.start_job(owner, wanted, drift_event))
        if known["status"] == "completed":
            return finished(known, work)
        try:
            return await self._answered(begun, work, checkpoint_key(owner, str(wanted["id"])), on_event)
        except (Exception, asyncio.CancelledError):
            broken_off = RefinementOutcome(str(wanted["id"]), "failed", BROKEN_OFF, {})
            with suppress(AgentError):  # what broke it off is raised
                await to_the_end(lambda: store.finish_job(owner, broken_off))
            raise

    async def thread(self, owner: str, thread_id: str) -> ThreadView:
        """Return a thread as it is: its strategy's versions, its messages, its newest run; raises NotFound."""
        store = self._kept()
        return await in_background(lambda: store.open_thread(owner, thread_id))

    async def known(self, owner: str, result: BacktestResult) -> BacktestResult:
        """Return a result with what the owner's runs have seen of its holdout, and how many there are."""
        store = self._kept()
        spec = {"universe": {"assets": result.spec.universe.assets}}
        looks = looks_of(store, owner, spec, prints_of_result(result))
        return await in_background(lambda: counted(with_looks(result, looks), store, owner))

    async def begin(self, owner: str, thread_id: str | None, spec: Mapping[str, Any] | None) -> ThreadView:
        """Open a thread, with a checked spec to work on where one is given; raises NotFound."""
        store = self._kept()
        thread = await in_background(lambda: store.open_thread(owner, thread_id))
        if spec is None or thread.versions:
            return thread
        return await in_background(lambda: store.adopt_spec(owner, thread.thread_id, spec, ADOPTED))

    async def understand(self, request: Request) -> Answer:
        """Answer a request without testing or keeping anything: what the message means, checked."""
        thread = ThreadView("none", "nobody", versions=request.versions, run=request.run, pending=request.pending)
        work = self._workspace(request, thread)
        begun = self._begun("nobody", "none", "none", request.text, self._clock.now_ms())
        return await self._run(untracked_graph(), begun, work, None, None)

    def _kept(self) -> Store:
        if self._store is None:
            raise RuntimeError("this conversation keeps nothing: it was made without a store")
        return self._store

    def _workspace(self, request: Request, thread: ThreadView) -> Workspace:
        return Workspace(
            request=request,
            thread=thread,
            model=self._model,
            interpreter=self._interpreter,
            market=self._market,
            clock=self._clock,
            ids=self._ids,
            budget=TurnBudget(self._clock, self._limits),
            limits=self._limits,
        )

    def _begun(self, owner: str, thread_id: str, message_id: str, text: str, now: int) -> TurnState:
        return {
            "owner": owner,
            "thread_id": thread_id,
            "message_id": message_id,
            "text": text,
            "now_ms": now,
            "run_id": self._ids.new("run"),
            "job_id": self._ids.new("job"),
            "spec_id": self._ids.new("strategy"),
        }

    async def _answered(self, begun: TurnState, work: Workspace, key: str, on_event: Listener | None) -> Answer:
        """Run the turn with checkpoints under ``key``: take up a killed one, and leave none behind."""
        saver = self._checkpoints
        if saver is None:
            return await self._run(self._graph, begun, work, None, on_event)
        config: RunnableConfig = {"configurable": {"thread_id": key}, "recursion_limit": RECURSION_LIMIT}
        left = await self._graph.aget_state(config)
        resumed = bool(left.next) and left.values.get("message_id") == begun["message_id"]
        if left.values and not resumed:
            await saver.adelete_thread(key)
        if resumed:  # it goes on as of the moment it began, with what a model has answered already
            work.request = replace(work.request, now=iso(left.values["now_ms"]))
            work.budget.take_up(left.values.get("kept", {}))
        try:
            answer = await self._run(self._graph, None if resumed else begun, work, config, on_event)
        except (Exception, asyncio.CancelledError):
            await asyncio.shield(saver.adelete_thread(key))
            raise
        await saver.adelete_thread(key)
        return answer

    async def _run(
        self,
        graph: TurnGraph,
        begun: TurnState | None,
        work: Workspace,
        config: RunnableConfig | None,
        on_event: Listener | None,
    ) -> Answer:
        config = config or {"recursion_limit": RECURSION_LIMIT}
        durability: Any = "sync" if "configurable" in config else None
        events: AsyncIterator[Any] = graph.astream(
            begun, config, context=work, stream_mode="custom", durability=durability
        )
        async for event in events:
            if on_event is not None:
                on_event(event)
        if work.answer is None:
            raise RuntimeError("the graph ended without an answer")
        return work.answer


def _found(
    store: Store, thread: ThreadView
) -> tuple[Mapping[str, float] | None, int, Persona | None, tuple[FinishedJob, ...]]:
    """Return what a turn goes by beside its thread: the owner's limits, the ledger's length, persona and news."""
    owner = thread.owner
    finished = () if thread.is_new else store.finished_since(owner, thread.thread_id)
    return store.risk_defaults(owner), store.ledger_length(owner), store.persona(owner), finished


def _run_as_known(thread: ThreadView, store: Store) -> Mapping[str, Any] | None:
    """Return the newest run of a thread with what is known today.

    Another conversation may have opened its holdout, or made more trials on its data.
    """
    if thread.run is None:
        return None
    spec = thread.versions[-1].spec
    return as_counted(as_known(thread.run, looks_of(store, thread.owner, spec)), spec, store, thread.owner)


def finished(job: Mapping[str, Any], work: Workspace) -> Answer:
    """Return the answer of a refinement that was completed before."""
    outputs = job.get("outputs", {})
    report = {"jobId": job["id"], "variantIds": outputs.get("newVariantIds", [])}
    reply = outputs.get("notes", "That refinement is completed.")
    name, strategy_id = work.interpreter.name, work.thread.strategy_id
    return Answer("", "explain", reply, name, refinement=report, strategy_id=strategy_id)


def checked_message(text: str, longest: int) -> None:
    """Refuse what is no message.

    Raises
    ------
    MessageError
        It is empty, longer than ``longest`` characters, or holds NUL or half a character.
    """
    if not text.strip():
        raise MessageError("the message is empty: say what to trade, when to buy and when to sell")
    if len(text) > longest:
        raise MessageError(f"the message has {len(text)} characters: at most {longest} are read at once")
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise MessageError("the message holds characters that are no text (NUL or half of a surrogate pair)")
