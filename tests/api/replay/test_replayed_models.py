"""A conversation that a model read is made again without the model: what it replied was kept with the turn."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from kept_talk import RULE, KeptTalk, made_from_of, model_over, paths
from model_replies import SPEC, ScriptedModel, wire_reply
from scripted_agent import DAILY
from scripted_server import ScriptedServer, answers, chat_reply, fails, says

from agent.budget import TurnBudget, TurnLimits
from agent.errors import TIME_IS_UP, ModelUnreachable, OutOfTime
from agent.language.completion import FormatRefused, LimitRefused
from agent.language.kept import KeptCompletions, ask_and_keep, digest_of
from agent.language.openai import openai_language
from agent.language.port import Budget
from storage.records import LOCAL_USER

KEY = "sk-very-secret-1234567890"
BUILT = {**DAILY, "id": "s1", "version": "1.0", "indicators": SPEC["indicators"], "signals": SPEC["signals"]}
TEXT = "buy BTC on daily bars when the 20 day EMA crosses above the 100 day EMA, sell when it crosses below"


@pytest.fixture(scope="module")
def talk() -> KeptTalk:
    """One owner, whose conversations have nothing to do with each other."""
    return KeptTalk()


def build(**more: Any) -> str:
    return json.dumps(wire_reply(BUILT, **more))


def explanation() -> list[str]:
    return [json.dumps(wire_reply(None, intent="explain")), "It follows a trend with two averages."]


def kept_documents(talk: KeptTalk, thread_id: str) -> list[Mapping[str, Any]]:
    names = [name for one in made_from_of(talk, thread_id) for name in one["replies"]]
    with talk.database.read() as work:
        return [work.replies.get(LOCAL_USER, name) for name in names]


def test_a_thread_that_a_model_read_replays_equal_when_its_server_is_gone(talk: KeptTalk) -> None:
    with ScriptedServer(says(build()), *map(says, explanation())) as server:
        language = openai_language(server.base_url, KEY, "m", clock=talk.clock)
        told = talk.say(TEXT, "how does it work?", language=language)
    assert [one.reader for one in told] == ["model:m", "model:m"] and told[0].disposition == "build"

    replayed = talk.replay(told[0].thread_id)

    assert replayed.equal, [one.as_dict() for one in replayed.differences[:3]]
    assert not replayed.missing and len(replayed.compared) == 2
    first, second = made_from_of(talk, told[0].thread_id)
    assert list(first["prompts"]) == ["read@2"] and len(second["replies"]) == 2 and first["model"] == "model:m"


def test_no_secret_is_kept_not_even_one_that_the_server_repeats(talk: KeptTalk) -> None:
    with ScriptedServer(answers({**chat_reply(build()), "system_fingerprint": f"you sent {KEY}"})) as server:
        told = talk.say(TEXT, language=openai_language(server.base_url, KEY, "m", clock=talk.clock))

    [document] = kept_documents(talk, told[0].thread_id)

    assert KEY not in json.dumps(document) and "***" in document["reply"]["system_fingerprint"]
    assert server.base_url not in json.dumps(document) and "authorization" not in json.dumps(document).lower()


@pytest.mark.parametrize(
    "replies",
    [
        [ModelUnreachable("the model at example cannot be reached")],
        [OutOfTime("the model did not answer within the turn's time")],
        [FormatRefused("no"), FormatRefused("no"), build()],
        [LimitRefused("no"), build()],
        ["this is no JSON", build()],
        [build(left_out=[{"words": "x"}]), build()],
        [chat_reply(None, refusal="I would rather not")],
        [chat_reply(build(), finish="length")],
        [""],
    ],
)
def test_what_went_wrong_with_a_model_goes_wrong_the_same_way_again(talk: KeptTalk, replies: list[Any]) -> None:
    told = talk.say(TEXT, language=model_over(ScriptedModel(*replies)))

    replayed = talk.replay(told[0].thread_id)

    assert replayed.equal, [one.as_dict() for one in replayed.differences[:3]]


def test_a_form_that_was_refused_in_an_earlier_turn_is_known_in_a_later_one(talk: KeptTalk) -> None:
    language = model_over(ScriptedModel(FormatRefused("no"), build(), *explanation()))

    told = talk.say(TEXT, "how does it work?", language=language)

    assert [one["form"] for one in kept_documents(talk, told[0].thread_id)][1:3] == ["json_schema", "json_schema"]
    assert talk.replay(told[0].thread_id).equal


def test_an_answer_that_came_too_late_comes_too_late_again(talk: KeptTalk) -> None:
    class Hanging:
        async def complete(self, body: Mapping[str, Any], budget: Budget) -> Mapping[str, Any]:
            await asyncio.Event().wait()
            raise AssertionError("nobody sets it")

    told = talk.say(TEXT, language=model_over(Hanging()), limits=TurnLimits(reading_seconds=0.05))

    assert told[0].reader == "builtin" and "OUT_OF_TIME" in told[0].notes[0]
    assert talk.replay(told[0].thread_id).equal


def test_a_model_that_there_was_no_time_to_ask_is_not_asked_again(talk: KeptTalk) -> None:
    told = talk.say(TEXT, language=model_over(ScriptedModel(build())), limits=TurnLimits(reading_seconds=0.0))

    assert TIME_IS_UP in told[0].reply and made_from_of(talk, told[0].thread_id)[0]["outOfTime"] is True
    assert talk.replay(told[0].thread_id).equal


def test_a_draft_that_had_to_be_mended_is_mended_again(talk: KeptTalk) -> None:
    wrong = json.dumps(wire_reply({**BUILT, "universe": {"assets": ["BTC"], "timeframe": "7h"}}))
    told = talk.say(TEXT, language=model_over(ScriptedModel(wrong, build())))

    assert told[0].reader == "model:m" and told[0].usage["calls"] == 2
    assert talk.replay(told[0].thread_id).equal


def test_a_reply_that_was_changed_is_named(talk: KeptTalk) -> None:
    told = talk.say(TEXT, language=model_over(ScriptedModel(build())))
    [name] = made_from_of(talk, told[0].thread_id)[0]["replies"]
    document = kept_documents(talk, told[0].thread_id)[0]
    text = json.dumps(document).replace("100", "90")
    talk.sql("UPDATE model_replies SET document = :text WHERE key = :name", text=text, name=name)

    replayed = talk.replay(told[0].thread_id)

    assert not replayed.equal and paths(replayed)[0] == "turns[0].replies[0]"
    assert "turns[0].answer.reader" in paths(replayed)  # what it says now does not pass the facts check


def test_a_reply_that_is_gone_is_named(talk: KeptTalk) -> None:
    told = talk.say(TEXT, language=model_over(ScriptedModel(build())))
    [name] = made_from_of(talk, told[0].thread_id)[0]["replies"]
    talk.sql("DELETE FROM model_replies WHERE key = :name", name=name)

    [difference] = talk.replay(told[0].thread_id).differences

    assert difference.path == "turns[0]" and name in difference.now


def test_another_prompt_is_named_and_the_rest_is_compared(talk: KeptTalk, monkeypatch: pytest.MonkeyPatch) -> None:
    from agent.language import model

    told = talk.say(TEXT, language=model_over(ScriptedModel(build())))
    monkeypatch.setattr(model, "read_system", lambda: "Read it otherwise.")

    replayed = talk.replay(told[0].thread_id)

    assert paths(replayed) == ["turns[0].requests"]


def test_a_model_asked_the_same_twice_may_answer_otherwise_and_both_are_kept() -> None:
    talk = KeptTalk()
    talk.clock.now_ms = lambda: 1_700_000_000_000  # type: ignore[method-assign]
    other = json.dumps(wire_reply({**BUILT, "sizing": {"mode": "percent_equity", "value": 0.2}}))

    first = talk.say(TEXT, language=model_over(ScriptedModel(build())))
    second = talk.say(TEXT, language=model_over(ScriptedModel(other)))

    requests = [kept_documents(talk, one[0].thread_id)[0]["request"] for one in (first, second)]
    assert requests[0] == requests[1] and first[0].spec != second[0].spec
    assert talk.replay(first[0].thread_id).equal and talk.replay(second[0].thread_id).equal


def test_a_killed_turn_keeps_what_the_model_had_answered(talk: KeptTalk, tmp_path: Path) -> None:
    """The reply is in the checkpoint, so the process that goes on with the turn asks nobody and keeps it all."""
    from agent.checkpoints import open_checkpoints
    from agent.conversation import Conversation
    from agent.language.builtin.interpreter import BuiltinLanguage
    from api.compose import run_record

    class Killed(BaseException):
        pass

    thread = talk.store.open_thread(LOCAL_USER, None).thread_id

    def kill(event: Mapping[str, Any]) -> None:
        if event["name"] == "check":
            raise Killed

    async def turn(language: Any, **named: Any) -> Any:
        async with open_checkpoints(tmp_path / "c.db") as saver:
            given = (talk.store, talk.market, talk.clock, talk.ids, TurnLimits(), saver, run_record)
            agent = Conversation(language, BuiltinLanguage(), *given)
            return await agent.turn(LOCAL_USER, TEXT, thread_id=thread, message_id="message", **named)

    with pytest.raises(Killed):
        asyncio.run(turn(model_over(ScriptedModel(build())), on_event=kill))
    gone = ScriptedModel(AssertionError("nobody is asked again"))
    answer = asyncio.run(turn(model_over(gone)))

    assert answer.reader == "model:m" and gone.asked == [] and len(kept_documents(talk, thread)) == 1
    assert talk.replay(thread).equal
    with closing(sqlite3.connect(tmp_path / "c.db")) as file:
        assert file.execute("SELECT count(*) FROM checkpoints").fetchone() == (0,)


async def asked(completions: Any, body: Mapping[str, Any], budget: TurnBudget) -> Any:
    return await ask_and_keep(completions, body, budget)


def test_a_kept_document_says_what_was_asked_and_nothing_of_how_long_the_answer_could_be(talk: KeptTalk) -> None:
    budget = TurnBudget(talk.clock, TurnLimits())
    body = {"model": "m", "messages": [], "seed": 3, "response_format": {"type": "json_object"}}

    for limit in (5, 6):
        asyncio.run(asked(ScriptedModel("hello"), {**body, "max_tokens": limit}, budget))

    [(name, document)] = budget.kept.items()
    assert name == digest_of(document) and document["with"] == {"model": "m", "seed": 3}
    assert document["form"] == "json_object" and document["reply"]["choices"]


def test_kept_replies_are_given_once_in_their_order(talk: KeptTalk) -> None:
    budget = TurnBudget(talk.clock, TurnLimits())
    bodies = [{"model": "m", "messages": [{"role": "user", "content": one}]} for one in "ab"]
    for body in bodies:
        asyncio.run(asked(ScriptedModel(body["messages"][0]["content"]), body, budget))
    kept = KeptCompletions(list(budget.kept.values()), time_ran_out=False)

    replies = [asyncio.run(kept.complete(body, budget)) for body in reversed(bodies)]

    assert [one["choices"][0]["message"]["content"] for one in replies] == ["b", "a"] and kept.strangers == []


def test_a_server_that_fails_keeps_no_address_and_no_words_of_its_own(talk: KeptTalk) -> None:
    with ScriptedServer(fails(401, f"bad key {KEY} of customer 42")) as server:
        told = talk.say(RULE, language=openai_language(server.base_url, KEY, "m", clock=talk.clock))

    [document] = kept_documents(talk, told[0].thread_id)

    assert document["failed"]["code"] == "MODEL_UNREACHABLE" and "customer" not in json.dumps(document)
    assert talk.replay(told[0].thread_id).equal
