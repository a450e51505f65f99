"""What a language model can do wrong: each ends in a clear answer within the deadline, and nothing is half-stored."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest
from scripted_agent import (
    DAILY,
    OWNER,
    MemoryStore,
    Scripted,
    agent,
    ask,
    build,
    cost,
    edit,
    forever,
    model,
    say,
)

from agent.budget import TurnBudget, TurnLimits
from agent.errors import (
    LanguageError,
    ModelGarbled,
    ModelRefused,
    ModelUnreachable,
    NotKept,
    OutOfBudget,
    OutOfTime,
)
from agent.language.port import Operation, Reading, Request

WRONG: dict[str, Any] = {**DAILY, "universe": {"assets": ["BTC"], "timeframe": "7h"}}
WORSE: dict[str, Any] = {**WRONG, "sizing": {"mode": "percent_equity", "value": 7.0}}
SMALLER = Operation("replace", "/sizing/value", 0.05)


@pytest.mark.parametrize("failure", [ModelRefused, ModelUnreachable, ModelGarbled, OutOfTime, OutOfBudget])
def test_without_a_usable_reading_the_interpreter_s_is_taken_and_the_answer_says_so(
    failure: type[LanguageError],
) -> None:
    store = MemoryStore()

    [answer] = say(agent(Scripted(build()), model(failure("it did not work")), store=store), "buy it")

    assert answer.disposition == "build" and answer.reader == "builtin"
    assert failure.code in answer.notes[0] and "it did not work" in answer.reply and len(store.turns()) == 1


def test_the_reason_of_a_failure_is_told_and_a_server_s_own_words_stand_in_no_reply() -> None:
    seen: list[Any] = []
    language = model(ModelUnreachable("the model at example refused the request (422)", "your Sharpe ratio is 97531"))

    [answer] = say(agent(Scripted(build()), language), "buy it", on_event=seen.append)

    assert "refused the request (422)" in answer.reply and "97531" not in str(answer.as_dict())
    assert any("97531" in event["text"] for event in seen)


def test_a_model_that_hangs_is_left_at_the_deadline() -> None:
    limits = TurnLimits(reading_seconds=0.05)
    began = time.perf_counter()

    [answer] = say(agent(Scripted(build()), model(forever), limits=limits), "buy it")

    assert answer.reader == "builtin" and "OUT_OF_TIME" in answer.notes[0]
    assert time.perf_counter() - began < 5


def test_a_draft_with_problems_is_mended_told_all_of_them_at_once() -> None:
    language = model(build(WORSE, usage=cost()), build(usage=cost()))

    [answer] = say(agent(Scripted(build()), language), "buy it")

    assert answer.reader == "model:scripted" and answer.disposition == "build"
    [failed] = language.repairs
    assert {str(one["path"]) for one in failed.problems} == {"$.universe.timeframe", "$.sizing.value"}
    assert answer.usage["calls"] == 2


def test_the_same_mistake_twice_ends_the_repairs() -> None:
    language = model(build(WRONG))

    [answer] = say(agent(Scripted(build()), language), "buy it")

    assert len(language.repairs) == 1
    assert answer.reader == "builtin" and answer.disposition == "build" and "did not pass" in answer.notes[0]


def test_ever_new_mistakes_end_after_three_repairs() -> None:
    wrong = [build({**DAILY, "universe": {"assets": ["BTC"] * number, "timeframe": "7h"}}) for number in range(1, 7)]
    language = model(*wrong)

    [answer] = say(agent(Scripted(build()), language), "buy it")

    assert len(language.repairs) == 3
    assert answer.reader == "builtin" and answer.disposition == "build"


def test_when_neither_reader_can_build_it_one_question_names_what_is_wrong() -> None:
    store = MemoryStore()

    [answer] = say(agent(Scripted(build(WRONG)), model(build(WRONG)), store=store), "buy it")

    assert answer.disposition == "ask" and "timeframe" in (answer.question or "")
    assert store.turns()[0].version is None


def test_a_patch_that_does_not_fit_is_a_problem_to_mend() -> None:
    language = model(build(), edit(Operation("replace", "/risk/stop_los/value", 0.02)), edit(SMALLER))

    answers = say(agent(Scripted(build()), language), "buy it", "5 % only")

    assert [str(one["code"]) for one in language.repairs[0].problems] == ["PATCH"]
    assert answers[1].disposition == "edit" and answers[1].spec["sizing"]["value"] == 0.05


def test_what_a_model_proposes_beyond_a_first_version_is_named_once_however_often_it_is_mended() -> None:
    tried = {"tight": {"risk.stop_loss.value": 0.01}}
    language = model(build({**WORSE, "variants": tried}), build({**DAILY, "variants": tried}))

    [answer] = say(agent(Scripted(build()), language), "buy it")

    assert "variants" not in answer.spec and len(language.repairs) == 1
    assert [note for note in answer.notes if "Variants were proposed" in note] == [answer.notes[-1]]


@pytest.mark.parametrize(
    "reading",
    [
        Reading("build", "", spec=None),
        Reading("build", "", spec={}),
        Reading("build", "", spec={"universe": 7, "signals": None, "execution": "live", "name": 3, "risk": []}),
        Reading("build", "", spec={"universe": {"assets": "BTC"}}),
        Reading("edit", "", patch=()),
        Reading("edit", "", patch=(Operation("replace", "", {}), Operation("remove", "/"))),
        Reading("ask", ""),
    ],
)
def test_a_reading_that_makes_no_sense_ends_in_an_answer(reading: Reading) -> None:
    [answer] = say(agent(Scripted(build()), model(reading)), "buy it")

    assert answer.disposition in ("build", "ask") and answer.reply


@pytest.mark.parametrize("kind", ["explain", "refuse", "ask"])
def test_an_invented_figure_is_asked_away_once_and_then_not_said(kind: str) -> None:
    def saying(text: str) -> Reading:
        return replace(ask(text), reply="") if kind == "ask" else Reading(kind, "", reply=text)  # type: ignore[arg-type]

    plain = saying("I say no figure.")
    mended = model(saying("It earned 98.76 %."), saying("It earned something."))
    stubborn = model(saying("It earned 98.76 %."))

    [first] = say(agent(Scripted(plain), mended), "how did it do")
    [second] = say(agent(Scripted(plain), stubborn), "how did it do")

    assert first.reply == "It earned something." and len(mended.repairs) == 1
    assert second.reply.startswith("I say no figure.") and len(stubborn.repairs) == 1
    assert "98.76" not in str(first.as_dict()) + str(second.as_dict())


def test_a_failing_store_leaves_nothing_and_is_told() -> None:
    store = MemoryStore()
    store.fails = NotKept("the disk is full")

    with pytest.raises(NotKept, match="disk is full"):
        say(agent(Scripted(build()), store=store), "buy it")

    assert store.threads == {}


def test_a_cancelled_turn_ends_within_a_second_and_keeps_nothing() -> None:
    store = MemoryStore()

    async def cancelled() -> float:
        reading = asyncio.Event()

        async def asked(request: Request) -> Reading:
            reading.set()
            return await forever(request)

        turn = asyncio.ensure_future(agent(Scripted(build()), model(asked), store=store).turn(OWNER, "buy it"))
        await reading.wait()
        began = time.perf_counter()
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        return time.perf_counter() - began

    assert asyncio.run(cancelled()) < 1
    assert store.threads == {}


def test_a_budget_counts_tokens_and_seconds() -> None:
    class Clock:
        seconds = 0.0

        def now_ms(self) -> int:
            return 0

        def monotonic(self) -> float:
            return self.seconds

    clock = Clock()
    budget = TurnBudget(clock, TurnLimits(reading_seconds=10, tokens=500))
    budget.spend(cost(tokens=200))
    clock.seconds = 7.0

    assert (budget.tokens_left(), budget.seconds_left()) == (100, 3.0)

    budget.spend(cost(tokens=200))
    clock.seconds = 20.0

    assert (budget.tokens_left(), budget.seconds_left()) == (0, 0.0)
    assert budget.spent.calls == 2
