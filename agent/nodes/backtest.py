"""Backtest: the draft on the selection part, or on the window asked for; the holdout opens only when agreed to.

The simulation is loaded when there is something to test: most messages of a conversation need none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.background import in_background
from agent.holdout import looks_of, with_looks
from agent.language.port import Reading
from agent.nodes.steps import Desk, on_first_use, tell
from agent.state import Span, TurnState, Untested
from agent.tally import counted
from agent.workspace import iso, milliseconds
from engine.errors import DataError, EngineInputError, SpecError
from engine.evidence.same_candles import prints_of_result
from engine.spec import check

if TYPE_CHECKING:
    from agent.workspace import Workspace
    from engine.backtest.result import BacktestResult
    from engine.spec.models import StrategySpec

OPEN_ENDED: Span = {"start": None, "end": None}


async def backtest(state: TurnState, runtime: Desk) -> TurnState:
    """Test the draft, or the current version again, once: one build turn costs one trial."""
    work = runtime.context
    opened = state["intent"] == "open"
    again = opened or state["intent"] == "retest"
    spec = dict(work.request.spec or {}) if again else state["spec"]
    if work.recorder is None:
        return {"spec": spec, "disposition": "explain"} if again else {"spec": spec}
    tell(runtime, "backtest", on_first_use("testing it"), spec=spec)
    planned: TurnState = {"spec": spec, "window": state["window"] if opened else _window(state), "opens": None}
    try:
        if not opened:
            planned.update(await in_background(lambda: _within_selection(planned, state["owner"], work)))
        if planned.get("untested") is None:
            await tested({**state, **planned}, work)
    except SpecError as refusal:
        planned["untested"] = {
            "code": refusal.problems[0].code,
            "text": "; ".join(one.message for one in refusal.problems),
        }
    except DataError as failure:
        planned["untested"] = {"code": "NO_DATA", "text": str(failure)}
    except EngineInputError as failure:
        planned["untested"] = {"code": failure.code, "text": str(failure)}
    if again:
        planned["disposition"] = "explain"
    return planned


async def tested(state: TurnState, work: Workspace) -> BacktestResult | None:
    """Return the turn's result; one that was lost with a killed process is computed again, bit for bit."""
    if work.recorder is None or state.get("untested") is not None or "window" not in state:
        return None
    if work.result is None:
        result = await in_background(lambda: _run(state, work))
        work.record = work.recorder(result, state["run_id"], iso(state["now_ms"]))
        work.result = result
    return work.result


def _run(state: TurnState, work: Workspace) -> BacktestResult:
    from engine.backtest.run import INITIAL_EQUITY, backtest

    reading = state.get("reading")
    equity = reading["initial_equity"] if reading is not None else None
    window = state["window"]
    spec = _spec(state, work)
    result = backtest(
        spec,
        work.market,
        start=window["start"],
        end=window["end"],
        initial_equity=equity or INITIAL_EQUITY,
        full_window=state["intent"] == "open" or state.get("spent", False),
    )
    known = with_looks(result, looks_of(work.store, state["owner"], state["spec"] or {}, prints_of_result(result)))
    return counted(known, work.store, state["owner"])


def _within_selection(planned: TurnState, owner: str, work: Workspace) -> TurnState:
    """Keep the window out of the holdout: what was asked for beyond it is remembered, and asked about.

    Nobody is asked twice: what was looked at before can be measured again, there is nothing left to spend.
    """
    from engine.backtest.run import window_of
    from engine.backtest.window import HoldoutLocked

    spec, window = _spec(planned, work), planned["window"]
    try:
        window_of(spec, work.market, start=window["start"], end=window["end"])
    except HoldoutLocked as locked:
        begin, end = max(window["start"] or locked.start, locked.start), min(window["end"] or locked.end, locked.end)
        if work.store is not None and work.store.has_seen(owner, spec.universe.assets, begin, end):
            return {"spent": True}
        kept: Span = {"start": window["start"], "end": None}
        if window["start"] is not None and window["start"] >= locked.start:
            untested: Untested = {"code": "HOLDOUT_LOCKED", "text": str(locked)}
            return {"opens": window, "untested": untested}
        return {"opens": window, "window": kept}
    return {}


def _spec(state: TurnState, work: Workspace) -> StrategySpec:
    checked = check(state["spec"] or {}, catalog=work.market)
    if checked.spec is None:
        raise SpecError([one for one in checked.problems if one.severity == "error"])
    return checked.spec


def _window(state: TurnState) -> Span:
    asked = Reading.from_dict(state["reading"]).window
    if asked is None:
        return OPEN_ENDED
    ends: list[Any] = [None if one is None else milliseconds(one) for one in (asked.start, asked.end)]
    return {"start": ends[0], "end": ends[1]}
