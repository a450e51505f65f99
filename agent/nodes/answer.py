"""Answer: compose the reply, with placeholders where figures belong; one small step for each kind of answer."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING

from agent.judgement_words import OTHER_LOOK, judgement_reply, look_question, refusal_reply, tries_line
from agent.language.builtin.building import NAME as BUILTIN
from agent.language.builtin.languages import frame
from agent.language.port import Reading
from agent.nodes.backtest import tested
from agent.nodes.improve import refined
from agent.nodes.judge import JUDGING, judged
from agent.nodes.steps import Desk, tell
from agent.path_words import without_paths
from agent.replies import (
    NOT_TESTED,
    OPEN_HOLDOUT,
    draft_reply,
    inert,
    joined,
    left_out_reply,
    problems_question,
    result_reply,
)
from agent.state import Span, TurnState
from agent.variant_offer import HOW_TO_TAKE
from agent.workspace import iso

if TYPE_CHECKING:
    from agent.workspace import Workspace


async def answer(state: TurnState, runtime: Desk) -> TurnState:
    """Compose the answer of a build, an edit, a refinement, a judgement, or the holdout's opening."""
    work = runtime.context
    tell(runtime, "answer", "putting the answer together")
    await tested(state, work)
    if state["intent"] in JUDGING:
        return await judgement_part(state, work)
    found = await refined(state, work)
    if found is not None:
        offers = found.report["judgement"]["decision"] == "variant" and state["thread_id"]
        reply = f"{found.reply}\n{HOW_TO_TAKE}" if offers else found.reply
        return {"template": joined([unread_part(state), reply])}
    parts = [draft_part(state, work) if state["disposition"] != "explain" else unread_part(state)]
    parts.append(result_part(state, work))
    opens = state.get("opens")
    question = None if opens is None else OPEN_HOLDOUT.format(window=in_dates(opens))
    missing = ["window"] if question is not None else []
    return {"template": joined([*parts, question or ""]), "question": question, "missing": missing}


async def judgement_part(state: TurnState, work: Workspace) -> TurnState:
    """Compose what was judged, why nothing was, and the question before a look."""
    record, refusal, look = await judged(state, work), state["unjudged"], state["offered_look"]
    parts = [unread_part(state)]
    if look is not None and state["intent"] == "take_look":
        parts.append(OTHER_LOOK)
    if record is not None:
        parts.append(judgement_reply(record, again=state["judged_again"]))
    if refusal is not None:
        parts.append(refusal_reply(without_paths(refusal["text"]), of_look=record is not None))
    if state.get("ledger_count") is not None:
        parts.append(tries_line(", ".join(work.request.versions[-1].spec["universe"]["assets"])))
    question = None if look is None else look_question(look)
    return {"template": joined([*parts, question or ""]), "question": question, "missing": ["look"] if question else []}


async def ask(state: TurnState, runtime: Desk) -> TurnState:
    """Ask the one question: the reading's own, or what the errors of its draft come to."""
    asked = state.get("question")
    if asked is not None:
        return {"disposition": "ask", "template": asked, "spec": None, "waits": False}
    reading = Reading.from_dict(state["reading"])
    if state["intent"] == "ask" and reading.question is not None:
        template, text, missing = words_of(reading), own_words(reading), reading.question.missing
    else:
        text, missing = problems_question(state.get("problems", []), state.get("spec"))
        text = inert(text)
        template = joined([text, left_out_reply(state["reading"]["left_out"], frame(reading.language))])
    asked_now: TurnState = {"question": text, "missing": list(missing), "spec": None, "waits": True}
    return {"disposition": "ask", "template": template, **asked_now}


async def explain(state: TurnState, runtime: Desk) -> TurnState:
    """Give the reading's explanation."""
    tell(runtime, "explain", "looking it up in the results")
    return {"disposition": "explain", "template": words_of(Reading.from_dict(state["reading"]))}


async def refuse(state: TurnState, runtime: Desk) -> TurnState:
    """Give the reading's refusal, and name what else it left."""
    return {"disposition": "refuse", "template": words_of(Reading.from_dict(state["reading"]))}


def words_of(reading: Reading) -> str:
    """Return a reader's own words: its question, explanation or refusal, and what it leaves out of the request.

    The built-in interpreter explains in English; its heading is in the language of the message.
    """
    words = frame(reading.language)
    own = own_words(reading)
    heading = {"ask": words.question, "refuse": words.refused}.get(reading.intent)
    named = [one for one in reading.left_out if reading.intent != "ask" or not asks_about(own, one.words)]
    if heading is not None and reading.reader == BUILTIN and reading.language != "en":
        own = f"{heading}:\n{own}"
    return joined([own, left_out_reply([asdict(one) for one in named], words)])


def asks_about(question: str, words: str) -> bool:
    """Return whether a question is about words of the request: they are not left out then.

    >>> asks_about("How far away is the stop, in per cent?", "stop"), asks_about("Which asset?", "stop")
    (True, False)
    """
    return f"'{words}'" in question or re.search(rf"\bthe {re.escape(words)}\b", question) is not None


def own_words(reading: Reading) -> str:
    """Return a reader's question, explanation or refusal; what the interpreter asks or refuses quotes no record."""
    text = reading.question.text if reading.intent == "ask" and reading.question is not None else reading.reply
    return inert(text) if reading.reader == BUILTIN and reading.intent in ("ask", "refuse") else text


def draft_part(state: TurnState, work: Workspace) -> str:
    """Return what is said about the strategy itself."""
    reading = state["reading"]
    before, untested = work.request.spec if state["diff"] else None, state.get("untested")
    said_below = untested["code"] if untested is not None else None
    problems = [one for one in state["problems"] if one["code"] != said_below]
    text = draft_reply(state["spec"] or {}, reading, before=before, problems=problems)
    introduced = before is not None and reading["language"] == "en"  # said when it was built
    says_who = reading["reader"] == BUILTIN and not introduced
    return joined([text, frame(reading["language"]).no_model]) if says_who else text


def unread_part(state: TurnState) -> str:
    """Return what is said of the parts of a request that went nowhere, where no strategy is written down beside it."""
    reading = state.get("reading")
    return "" if reading is None else left_out_reply(reading["left_out"], frame(reading["language"]))


def in_dates(window: Span) -> str:
    """Return a window as a person reads it, its end not in it.

    >>> in_dates({"start": 1609459200000, "end": None})
    '2021-01-01 to the end of the data'
    """
    start, end = (None if one is None else iso(one)[:10] for one in (window["start"], window["end"]))
    return f"{start or 'the beginning'} to {end or 'the end of the data'}"


def result_part(state: TurnState, work: Workspace) -> str:
    """Return what is said about the test, or why there was none."""
    untested = state.get("untested")
    if untested is not None:
        return f"{NOT_TESTED}{without_paths(untested['text'])}"
    if work.record is None:
        return ""
    before = work.request.run if state["disposition"] == "edit" else None
    words = frame(state["reading"]["language"] if "reading" in state else "en")
    return result_reply(state["run_id"], work.record, words, before, work.persona)
