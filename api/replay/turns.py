"""One past turn made again: the same words at the same moment, read by the same reader, compared in all it left."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from pydantic.alias_generators import to_camel

from agent.budget import TurnLimits
from agent.conversation import Conversation
from agent.language.kept import KeptCompletions
from agent.language.recorded import kept_language
from agent.provenance import prompts_now
from api.compose import interpreter, run_record
from api.replay.differences import ABSENT, Difference, differences
from api.replay.judge_then import JudgeThen
from api.replay.ledger_then import identity_of, identity_of_line
from api.replay.market_then import MarketThen, candle_changes
from api.replay.report import Digest, distinct
from api.replay.runs import compared_records
from api.replay.store_then import ClockThen, IdsThen, StoreThen
from storage.results import backtest_run
from storage.trial_chain import NO_TRIALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agent.language.model import ModelLanguage
    from agent.ports import Trial, Turn
    from api.replay.past_turns import PastTurn
    from engine.market.bars import MarketData
    from storage.strategy_records import TrialRecord

NO_DEADLINE = 3_600.0
"""Seconds a turn may take to be made again; its model answers at once."""

UNPRICED = "costMicrodollars"
"""What a model costs is not kept with its reply."""

WITHOUT_FIGURES = ("disposition", "spec", "version", "diff", "assumptions", "leftOut", "missing")
"""What of an answer is the same on other candles."""

REPLIES_NOT_KEPT = "it was read by {reader}, and what the model replied was not kept"


@dataclass(frozen=True, slots=True)
class TurnAgain:
    """What came of making a turn again; ``missing`` tells why it could not be, or what was not known of it."""

    differences: tuple[Difference, ...]
    engine: Digest
    data: Digest
    missing: tuple[str, ...] = ()
    pending: str | None = None
    was_made: bool = True


async def turn_again(past: PastTurn, market: MarketData, lines: Sequence[TrialRecord]) -> TurnAgain:
    """Make a past turn again on ``market`` and compare; ``lines`` are the owner's whole ledger.

    Raises
    ------
    AgentError
        The turn cannot be made any more.
    """
    nothing = Digest(None, None)
    if past.was_read_by_a_model and not past.documents:
        why = REPLIES_NOT_KEPT.format(reader=past.answer["reader"])
        return TurnAgain((), nothing, nothing, (why,), was_made=False)
    made, then = past.made, MarketThen(market, past.made)
    kept = KeptCompletions(past.documents, time_ran_out=bool(made.data.get("outOfTime")))
    store, judged = StoreThen(past), JudgeThen(past, then)
    talk = Conversation(
        _language(past, kept),
        interpreter(),
        store,
        then,
        ClockThen(made.now_ms),
        IdsThen(past.answer),
        _limits(made.data.get("limits", {})),
        None,
        run_record,
        judged,
    )
    answer = await talk.turn(past.view.owner, past.text, thread_id=past.view.thread_id, message_id=past.id)
    if store.turn is None:
        raise RuntimeError("the turn ended without being kept")
    new = store.turn
    data = Digest(_data_hash(past), new.provenance.get("dataHash"))
    engine = _engine(past, new, judged)
    found = [*past.tampered, *_asked_otherwise(past, kept)]
    if data.changed:
        found.append(Difference("dataHash", data.then, data.now))
        found += candle_changes(made, market, new.provenance.get("sources", {}))
        found += _answers(past, answer.as_dict(), only=WITHOUT_FIGURES)
    else:
        found += [*_left(past, store, lines), *_answers(past, answer.as_dict())]
    return TurnAgain(distinct(found), engine, data, pending=new.pending)


def _language(past: PastTurn, kept: KeptCompletions) -> ModelLanguage | None:
    name = past.made.data.get("model")
    return None if name is None else kept_language(kept, past.documents, name)


def _limits(kept: Mapping[str, Any]) -> TurnLimits:
    known = {to_camel(one.name): one.name for one in fields(TurnLimits)}
    given = {known[name]: value for name, value in kept.items() if name in known}
    return TurnLimits(**{**given, "reading_seconds": NO_DEADLINE})


def _data_hash(past: PastTurn) -> str | None:
    if past.run is not None:
        return past.run.data_hash
    found: str | None = past.made.data.get("dataHash")
    return found


def _engine(past: PastTurn, turn: Turn, judged: JudgeThen) -> Digest:
    """Return the engines that computed what the turn left: its run, or the card that was made in it."""
    if judged.card is not None and past.judgement is not None:
        return Digest(past.judgement.card["strategy"]["engineHash"], judged.card["strategy"]["engineHash"])
    now = None if turn.result is None else turn.result.engine_hash
    return Digest(None if past.run is None else past.run.engine_hash, now)


def _asked_otherwise(past: PastTurn, kept: KeptCompletions) -> Iterator[Difference]:
    """Yield the prompts that are others now, and the requests that a model was never asked."""
    today = prompts_now(past.made.prompts)
    for key, digest in past.made.prompts.items():
        if today.get(key) != digest:
            name = key.partition("@")[0]
            now = next((one for one in today if one.partition("@")[0] == name), None)
            yield Difference(
                f"prompts.{name}", _prompt(key, digest), ABSENT if now is None else _prompt(now, today[now])
            )
    for then, request in kept.strangers:
        yield Difference("requests", ABSENT if then is None else then, request)


def _prompt(key: str, digest: str) -> str:
    return f"{key} ({digest[:12]})"


def _answers(past: PastTurn, new: Mapping[str, Any], only: Sequence[str] | None = None) -> Iterator[Difference]:
    """Yield where the answers differ; the reply stands in the thread as well."""
    then, now = (_comparable(one, past, only) for one in (past.answer, new))
    yield from differences(then, now, "answer")
    if past.shown != past.answer.get("reply"):
        yield from differences(past.shown, new.get("reply", ""), "message.text")


def _comparable(answer: Mapping[str, Any], past: PastTurn, only: Sequence[str] | None) -> dict[str, Any]:
    kept = {name: value for name, value in answer.items() if only is None or name in only}
    if "usage" in kept:
        kept["usage"] = {name: value for name, value in kept["usage"].items() if name != UNPRICED}
    if isinstance(kept.get("judgement"), dict):
        card = kept["judgement"]["card"]
        strategy = {name: value for name, value in card["strategy"].items() if name != "engineHash"}
        kept["judgement"] = {**kept["judgement"], "card": {**card, "strategy": strategy}}
    if isinstance(kept.get("backtest"), dict):
        unlike = {"engineHash"} if past.made.is_whole else {"engineHash", "createdAt"}
        kept["backtest"] = {name: value for name, value in kept["backtest"].items() if name not in unlike}
    return kept


def _left(past: PastTurn, store: StoreThen, lines: Sequence[TrialRecord]) -> Iterator[Difference]:
    """Yield where the version, run, trials and job that a turn left differ from what it leaves now."""
    turn = store.turn
    if turn is None:
        return
    yield from differences(_version_then(past), _version_now(turn), "version")
    yield from _runs(past, turn)
    outcome = store.outcome
    searched = () if outcome is None else outcome.trials
    yield from _trials((*turn.trials, *searched), lines)
    if past.job is not None or outcome is not None:
        yield from differences(_job_then(past), _job_now(store), "job")


def _runs(past: PastTurn, turn: Turn) -> Iterator[Difference]:
    if past.run is None or turn.result is None:
        yield from differences(
            ABSENT if past.run is None else past.run.id, ABSENT if turn.result is None else turn.run_id, "run.id"
        )
        return
    record = backtest_run(
        turn.result,
        run_id=past.run.id,
        created_at=past.run.created_at,
        strategy_record_id=past.run.strategy_record_id,
    )
    for one in compared_records(past.run, record):
        yield one.below("run")


def _version_then(past: PastTurn) -> Any:
    one = past.version
    if one is None:
        return ABSENT
    return {"spec": one.spec, "diff": one.diff or [], "why": one.why, "origin": one.origin}


def _version_now(turn: Turn) -> Any:
    one = turn.version
    if one is None:
        return ABSENT
    return {"spec": one.spec, "diff": list(one.diff), "why": one.why, "origin": one.origin}


def _trials(trials: Sequence[Trial], lines: Sequence[TrialRecord]) -> Iterator[Difference]:
    """Yield trials that are not in the ledger, or stand there with other figures."""
    known = {identity_of_line(one): one for one in lines if one.origin not in NO_TRIALS}
    for at, trial in enumerate(trials):
        line = known.get(identity_of(trial))
        if line is None:
            yield Difference(f"trials[{at}].behaviourHash", ABSENT, trial.behaviour_hash)
        else:
            yield from differences(line.summary.as_json(), dict(trial.summary), f"trials[{at}].summary")


def _job_then(past: PastTurn) -> Any:
    job = past.job
    if job is None:
        return ABSENT
    return {
        "status": job.record.status,
        "notes": None if job.record.outputs is None else job.record.outputs.notes,
        "report": job.report,
        "variants": [
            {
                "parentVersion": one.parent_version,
                "overrides": one.overrides,
                "spec": one.spec,
                "origin": one.origin,
                "summary": None if one.summary is None else one.summary.as_json(),
                "note": one.note or "",
            }
            for one in job.variants
        ],
    }


def _job_now(store: StoreThen) -> Any:
    outcome = store.outcome
    if outcome is None:
        return ABSENT
    return {
        "status": outcome.status,
        "notes": outcome.notes,
        "report": outcome.report,
        "variants": [
            {
                "parentVersion": one.parent_version,
                "overrides": dict(one.overrides),
                "spec": one.spec,
                "origin": one.origin,
                "summary": dict(one.summary),
                "note": one.note,
            }
            for one in outcome.variants
        ],
    }
