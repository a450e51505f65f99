"""Judging in a conversation: the card in short words, a look only after a yes, and nothing that makes one undone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from chat_clients import Chat, chat_service, openai_client
from kept_strategies import on_market, service_of
from kept_talk import KeptTalk
from scripted_agent import Scripted, ask, model
from starlette.testclient import TestClient

from agent.budget import TurnLimits
from agent.checkpoints import open_checkpoints
from agent.conversation import Conversation
from agent.errors import ModelUnreachable
from agent.judgement_words import NOT_TAKEN, OTHER_LOOK, judgement_reply, look_question, sources_of_judgement
from agent.language.builtin.interpreter import BuiltinLanguage
from agent.language.builtin.judging_wishes import NOTHING_IS_FORGOTTEN
from agent.language.port import Reading
from agent.placeholders import PLACEHOLDER
from api.agent_judge import AgentJudge
from api.compose import run_record
from engine.evidence.combined import look_alpha
from engine.market.timeframe import DAY_MS
from engine.report.claims import claim_on_card
from engine.spec import check
from storage.records import LOCAL_USER
from storage.trial_chain import Candidate
from tests.cheating.conftest import lengths
from tests.engine.judging.conftest import TREND, daily_market

JUDGE, LOOK = Reading("judge", ""), Reading("look", "")
TRENDING, AIMLESS = daily_market(5, 0.35), daily_market(11, 0.0)


@pytest.fixture
def talk() -> KeptTalk:
    return KeptTalk(TRENDING)


def spec(slow: int = 9, **sections: Any) -> dict[str, Any]:
    return {**TREND, **lengths(slow), **sections}


def ledger(talk: KeptTalk) -> tuple[int, int, int]:
    """How many trials, looks and judged looks there are."""
    with talk.database.read() as work:
        judged = [one for one in work.judgements.all(LOCAL_USER) if one.look_seq is not None]
        assert work.trials.check(LOCAL_USER).whole
        return work.trials.count(LOCAL_USER, "BTC"), len(work.trials.all_looks(LOCAL_USER)), len(judged)


def looks(talk: KeptTalk) -> int:
    return ledger(talk)[1]


@pytest.mark.parametrize(
    "words",
    [
        *("can I trust it?", "is this real or luck?", "judge it", "how many things have I tried?"),
        *("what is the verdict?", "show me the honesty card", "why is it unproven?"),
    ],
)
def test_a_question_of_worth_is_answered_with_the_card_and_takes_no_look(talk: KeptTalk, words: str) -> None:
    [answer] = talk.say(words, spec=spec())

    card = answer.judgement["card"]
    assert (answer.disposition, answer.question, answer.offered_look) == ("explain", None, None)
    assert answer.reply.startswith("UNPROVEN: nothing here shows an edge beyond luck.")
    assert f"{card['trials']['total']} distinct candidates" in answer.reply
    assert f"p {card['search']['p']:.4f}" in answer.reply and str(claim_on_card(card)) in answer.reply
    assert "looks taken at its holdout: 0 of 5; the next may err with probability 0.0304" in answer.reply
    assert "nobody looked into the holdout" in answer.reply and "validate it" in answer.reply
    assert looks(talk) == 0
    with talk.database.read() as work:
        assert work.judgements.get(LOCAL_USER, answer.judgement["id"]).card == card


def test_no_figure_of_a_judgement_is_written_and_no_sharpe_ratio_can_be_quoted_alone(talk: KeptTalk) -> None:
    [_, answer] = talk.say("validate it", "yes", spec=spec())
    record, look = answer.judgement, {"later": False}

    for again in (False, True):
        assert not re.search(r"\d", PLACEHOLDER.sub("", judgement_reply(record, again=again)))
    assert not re.search(r"\d", PLACEHOLDER.sub("", look_question(look) + look_question({"later": True})))
    assert "sharpe" not in sources_of_judgement(record, None)["judgement"]


def test_validating_is_answered_with_what_a_look_costs_and_a_plain_yes_takes_it(talk: KeptTalk) -> None:
    told, taken, again, card = talk.say("validate it", "Yes!", "validate it", "what is the verdict?", spec=spec())

    assert told.question is not None and told.question in told.reply
    for words in ("look 1 of 5", "probability 0.0304", "spent whatever comes of it", "cannot be taken back"):
        assert words in told.question
    assert taken.reply.startswith("VALIDATED") and "holdout, look 1: p " in taken.reply and taken.question is None
    assert taken.judgement["card"]["holdout"]["look"] == 1 and "looks taken at its holdout: 1 of 5" in taken.reply
    assert ledger(talk)[1:] == (1, 1)
    for one in (again, card):
        assert one.judgement["id"] == taken.judgement["id"] and one.question is None
        assert "no look was spent now" in one.reply and "by now that you tried on BTC" in one.reply
    with talk.database.read() as work:
        assert work.strategies.get(LOCAL_USER, str(taken.strategy_id)).verdict == "VALIDATED"


@pytest.mark.parametrize(
    "word", ["no", "yes but only a little", "maybe", "validate", "yes yes yes", "set the size to 5%"]
)
def test_anything_but_a_yes_takes_no_look_and_the_question_is_gone(talk: KeptTalk, word: str) -> None:
    _, answer, late = talk.say("take a look at the holdout", word, "yes", spec=spec())

    assert looks(talk) == 0 and answer.offered_look is None and late.judgement is None
    assert (answer.reply == NOT_TAKEN) == (word == "no")


def test_a_model_asks_for_judging_and_code_asks_before_a_look(talk: KeptTalk) -> None:
    reader = model(JUDGE, LOOK)

    judged, told, taken = talk.say("est-ce fiable ?", "vérifie", "oui", spec=spec(), language=reader)

    assert judged.reader == told.reader == "model:scripted" and judged.question is None
    assert told.question is not None and len(reader.requests) == 2
    assert taken.judgement["card"]["holdout"]["look"] == 1 and looks(talk) == 1


def test_a_model_can_neither_pose_the_question_nor_take_a_look(talk: KeptTalk) -> None:
    posed = ask("Shall I take it?", "look", "offersLook")

    talk.say("hello", "yes", spec=spec(), language=model(posed, LOOK))

    assert looks(talk) == 0


def test_without_its_model_the_built_in_reader_judges(talk: KeptTalk) -> None:
    [answer] = talk.say("can I trust it?", spec=spec(), language=model(ModelUnreachable("the model is away")))

    assert answer.reader == "builtin" and answer.judgement is not None


def test_the_sixth_look_is_refused_in_one_sentence_beside_the_card() -> None:
    talk = KeptTalk(AIMLESS)
    for number, slow in enumerate((13, 14, 15, 16, 17), start=1):
        told, taken = talk.say("validate it", "yes", spec=spec(slow, id=f"s{slow}"))
        assert told.offered_look["number"] == number and told.offered_look["alpha"] == look_alpha(number)
        assert taken.judgement["card"]["holdout"]["alpha"] == look_alpha(number)

    [refused] = talk.say("validate it", spec=spec(18, id="s18"))

    assert refused.question is None and "5 of 5; no look is left" in refused.reply
    assert "No look can be had: the holdout has had its 5 looks and is used up: only later data" in refused.reply
    assert ledger(talk)[1:] == (5, 5)


def test_a_yes_takes_the_look_that_was_described_or_none() -> None:
    talk = KeptTalk(AIMLESS)
    [told] = talk.say("validate it", spec=spec(13))
    talk.say("validate it", "yes", spec=spec(14, id="other"))

    stale, taken = talk.say("yes", "yes", thread=told.thread_id)

    assert OTHER_LOOK in stale.reply and stale.offered_look["number"] == 2 and "look 2 of 5" in str(stale.question)
    assert stale.judgement["card"]["looks"]["taken"] == 1 and taken.judgement["card"]["holdout"]["look"] == 2
    assert looks(talk) == 2


NEVER = {"entry": [{"when": "gt", "left": "fast", "right": "slow * 100"}], "exit": []}


@pytest.mark.parametrize(
    ("market", "sections", "said"),
    [
        (TRENDING, {"signals": NEVER}, "It was not judged: it closed no trade in the selection part: there is nothing"),
        (daily_market(5, 0.35, days=500), {}, "No look can be had: under 600 days of data nothing is held back"),
        (daily_market(5, 0.35, days=25), {}, "It was not judged: "),
    ],
)
def test_what_cannot_be_had_is_told_in_one_sentence_and_costs_no_look(market: Any, sections: Any, said: str) -> None:
    talk = KeptTalk(market)

    [answer] = talk.say("validate it", spec=spec(**sections))

    assert said in answer.reply and answer.question is None and looks(talk) == 0
    if answer.judgement is None:
        assert re.search(r"The ledger counts \d+ distinct candidates", answer.reply)


def test_a_ledger_that_was_changed_judges_nothing(talk: KeptTalk) -> None:
    talk.say("can I trust it?", spec=spec())
    talk.sql("UPDATE trials SET summary = '{}' WHERE seq = 1")

    [answer] = talk.say("validate it", spec=spec(14, id="other"))

    assert "It was not judged: the trial ledger is not as it was written" in answer.reply and answer.question is None


def test_without_candles_nothing_is_judged(talk: KeptTalk) -> None:
    gold = spec(universe={**TREND["universe"], "assets": ["ETH"]})

    [answer] = talk.say("can I trust it?", spec=gold)

    assert "It was not judged: " in answer.reply and "ETH" in answer.reply and ledger(talk)[:2] == (0, 0)


def test_without_a_strategy_there_is_something_to_ask(talk: KeptTalk) -> None:
    [answer] = talk.say("validate it")

    assert answer.disposition == "ask" and "no strategy yet that could be judged" in answer.reply


@pytest.mark.parametrize(
    "words", ["forget my earlier tries", "Reset the count.", "pretend it is validated", "mark it as validated"]
)
def test_asking_to_forget_is_answered_in_one_line_and_changes_nothing(talk: KeptTalk, words: str) -> None:
    [first] = talk.say("can I trust it?", spec=spec())
    before = ledger(talk)

    [answer] = talk.say(words, thread=first.thread_id)

    assert (answer.disposition, answer.reply) == ("refuse", NOTHING_IS_FORGOTTEN) and ledger(talk) == before
    with talk.database.read() as work:
        assert work.strategies.get(LOCAL_USER, str(first.strategy_id)).verdict == "UNPROVEN"


def test_owners_do_not_see_each_others_looks(talk: KeptTalk) -> None:
    checked = check(spec(), catalog=TRENDING).spec
    assert checked is not None
    with talk.database.write() as work:
        work.users.ensure("bob", wallet_address="0x1", now_ms=0)
    talk.judging().judge("bob", checked, look=True)

    [told] = talk.say("validate it", spec=spec())

    assert told.offered_look["number"] == 1 and told.judgement["card"]["looks"]["taken"] == 0


class Killed(BaseException):
    """The process is gone: nobody catches this."""


def turn(talk: KeptTalk, folder: Path, thread: str, message: str, text: str, on_event: Any = None) -> Any:
    """One message in a process of its own, as far as the agent can tell."""

    async def once() -> Any:
        async with open_checkpoints(folder / "c.db") as saver:
            given = (talk.store, talk.market, talk.clock, talk.ids, TurnLimits(), saver, run_record)
            agent = Conversation(None, BuiltinLanguage(), *given, AgentJudge(talk.judging, talk.database))
            return await agent.turn(LOCAL_USER, text, thread_id=thread, message_id=message, on_event=on_event)

    return asyncio.run(once())


def killing(step: str) -> Any:
    def listen(event: Mapping[str, Any]) -> None:
        if event["name"] == step:
            raise Killed

    return listen


def test_a_turn_that_is_killed_between_the_look_and_its_verdict_takes_that_look(
    talk: KeptTalk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [told] = talk.say("validate it", spec=spec())
    thread = told.thread_id

    def kill(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr("api.judging.look_into", kill)
        with pytest.raises(Killed):
            turn(talk, tmp_path, thread, "message", "yes")
    assert ledger(talk)[1:] == (1, 0)

    answer = turn(talk, tmp_path, thread, "message", "yes")

    assert answer.judgement["card"]["holdout"]["look"] == 1 and ledger(talk)[1:] == (1, 1)
    assert "no look was spent" not in answer.reply and talk.replay(thread).equal


@pytest.mark.parametrize("step", ["answer", "store"])
def test_a_turn_that_is_killed_after_the_verdict_tells_it_and_looks_no_second_time(
    talk: KeptTalk, tmp_path: Path, step: str
) -> None:
    [told] = talk.say("validate it", spec=spec())

    with pytest.raises(Killed):
        turn(talk, tmp_path, told.thread_id, "message", "yes", killing(step))
    assert ledger(talk)[1:] == (1, 1)
    answer = turn(talk, tmp_path, told.thread_id, "message", "yes")
    again = turn(talk, tmp_path, told.thread_id, "message", "yes")

    assert "holdout, look 1" in answer.reply and again.reply == answer.reply and ledger(talk)[1:] == (1, 1)


def test_a_conversation_with_judgements_is_made_again(talk: KeptTalk) -> None:
    said = ("can I trust it?", "validate it", "yes", "is it luck?", "forget my earlier tries", "validate it")
    answers = talk.say(*said, spec=spec())
    talk.say("validate it", "yes", spec=spec(20, id="other"))
    before = ledger(talk)

    replayed = talk.replay(answers[0].thread_id)

    assert replayed.equal, replayed.differences
    assert ledger(talk) == before


@pytest.mark.parametrize("left", [0, 100])
def test_a_holdout_that_was_opened_is_told_as_seen_and_never_twice_otherwise(talk: KeptTalk, left: int) -> None:
    daily = TRENDING.bars("BTCUSDT", "1d")
    assert daily is not None
    end = int(daily.time[-1]) + DAY_MS
    with talk.database.write() as work:
        work.users.ensure(LOCAL_USER, wallet_address="0x0", now_ms=0)
        opened = Candidate("BTC", "x", "d", end - 900 * DAY_MS, end - left * DAY_MS, {"tradeCount": 1}, "backtest")
        work.trials.add(LOCAL_USER, opened, now_ms=5)

    asked, told = talk.say("can I trust it?", "validate it", spec=spec())

    for answer in (asked, told):
        assert "the holdout is SEEN until" in answer.reply and "by runs of yours, the first on" in answer.reply
        assert "nobody looked into the holdout" not in answer.reply and "…" not in answer.reply
        known = answer.judgement["card"]["holdout"]
        assert known["lookPossible"] is (left == 100) and known["unseenDays"] == left
        invited = 'say "validate it"' in answer.reply
        assert ("the next may err" in answer.reply) is invited is (left == 100)
    if left:
        assert told.offered_look["start"] == asked.judgement["card"]["holdout"]["nextLook"]["start"]
    else:
        assert told.question is None and "No look can be had: " in told.reply
    replayed = talk.replay(asked.thread_id)
    assert replayed.equal, replayed.differences


def test_a_judgement_on_other_candles_is_told_as_such(talk: KeptTalk) -> None:
    answers = talk.say("validate it", "yes", spec=spec())

    replayed = talk.replay(answers[0].thread_id, AIMLESS)

    assert not replayed.equal and any(one.path.endswith("dataHash") for one in replayed.differences)


def test_a_card_that_was_changed_behind_our_back_shows_when_it_is_made_again(talk: KeptTalk) -> None:
    [answer] = talk.say("can I trust it?", spec=spec())
    talk.sql("UPDATE messages SET answer = replace(answer, '\"UNPROVEN\"', '\"VALIDATED\"') WHERE answer IS NOT NULL")

    replayed = talk.replay(answer.thread_id)

    assert "turns[0].answer.judgement.verdict" in [one.path for one in replayed.differences]


def test_a_reader_that_only_listens_judges_nothing() -> None:
    from scripted_agent import agent

    from agent.language.port import Request, Version

    request = Request("can I trust it?", "2026-01-01T00:00:00Z", versions=(Version("1.0", spec()),))

    answer = asyncio.run(agent(Scripted(JUDGE)).understand(request))

    assert answer.disposition == "explain" and "no ledger stands behind this conversation" in answer.reply


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with on_market(TRENDING) as opened:
        yield opened


def test_over_http_a_thread_is_judged_and_a_yes_takes_the_look(http: TestClient) -> None:
    thread = http.post("/api/threads").json()["id"]

    def say(text: str, **more: Any) -> dict[str, Any]:
        sent = http.post(f"/api/threads/{thread}/messages", json={"text": text, **more})
        assert sent.status_code == 200, sent.text
        answer: dict[str, Any] = sent.json()
        return answer

    judged = say("can I trust it?", spec=spec(id="over_http"))
    told = say("validate it", messageId="m1")
    taken, repeated = say("yes", messageId="m2"), say("yes", messageId="m2")

    assert judged["judgement"]["verdict"] == "UNPROVEN" and told["offersLook"]["number"] == 1
    assert taken["judgement"]["verdict"] == "VALIDATED" and repeated == taken
    place = f"/api/judgements/{taken['judgement']['id']}"
    assert http.get(place).json()["card"] == taken["judgement"]["card"]
    assert http.get(f"/api/strategies/{taken['strategyId']}").json()["verdict"] == "VALIDATED"
    with service_of(http).database.read() as work:
        assert len(work.trials.all_looks(LOCAL_USER)) == 1


def test_a_client_of_openai_is_judged_and_asked_before_a_look() -> None:
    rule = "buy BTC on daily bars when the 3 day average crosses above the 9 day average, sell on the opposite"
    with chat_service(market=AIMLESS) as address:
        chat = Chat(openai_client(address))
        chat.say(rule)
        judged, told = chat.say("is this real or luck?"), chat.say("validate it")
        declined, late = chat.say("no"), chat.say("yes")

    said = [one.choices[0].message.content for one in (judged, told, declined, late)]
    assert "distinct candidates" in said[0] and "Shall I take it?" in said[1] and said[2] == NOT_TAKEN
    assert "holdout, look" not in said[3]
