"""The holdout: told of, asked about once, opened by a person's yes and by nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scripted_agent import DAILY, MemoryStore, Scripted, agent, ask, build, edit, model, say

from agent.budget import TurnLimits
from agent.consent import agrees
from agent.language.port import Operation, Reading, Window

TO_THE_END = Window("2019-01-01", "2022-01-01", "2019 until today")
INSIDE = Window("2021-06-01", "2022-01-01", "the last half year")
EXPLAINED = Reading("explain", "", reply="It buys.")


def test_a_window_into_the_holdout_is_measured_up_to_it_and_asked_about() -> None:
    store = MemoryStore()

    [answer] = say(agent(Scripted(build(window=TO_THE_END)), store=store), "since 2019")

    assert answer.disposition == "build" and answer.question and "holdout" in answer.question
    assert "2019-01-01 to 2022-01-01" in answer.question and answer.question in answer.reply
    assert answer.backtest["evidence"]["holdout"]["seen"] is False
    assert answer.backtest["timeframe"]["end"] < "2021-06" and len(store.trials()) == 1


def test_a_window_inside_the_holdout_is_not_measured_at_all() -> None:
    store = MemoryStore()

    [answer] = say(agent(Scripted(build(window=INSIDE)), store=store), "the last half year")

    assert answer.backtest is None and answer.question and not store.trials()


@pytest.mark.parametrize("window", [TO_THE_END, INSIDE])
def test_yes_opens_it_for_the_window_that_was_asked_for(window: Window) -> None:
    store = MemoryStore()
    reader = Scripted(build(window=window))

    first, second = say(agent(reader, store=store), "test it", "Yes, open it!")

    assert second.disposition == "explain" and second.question is None
    assert second.backtest["evidence"]["holdout"]["seen"] is True
    assert second.backtest["timeframe"]["end"].startswith("2022-01-01")
    assert "only later data" in second.reply and second.version == first.version
    assert store.turns()[-1].version is None and store.trials()[-1].origin == "backtest"
    assert len(reader.requests) == 1


@pytest.mark.parametrize("word", ["no", "yes but with a stop", "maybe", "yes yes yes"])
def test_anything_but_a_yes_opens_nothing_and_the_question_is_gone(word: str) -> None:
    store = MemoryStore()

    answers = say(agent(Scripted(build(window=TO_THE_END), EXPLAINED), store=store), "test it", word, "yes")

    assert [one.opens is not None for one in answers] == [True, False, False]
    assert all(turn.result is None or not turn.result.holdout.seen for turn in store.turns())  # type: ignore[union-attr]


def test_a_reader_can_neither_pose_the_question_nor_open_it() -> None:
    """A model asks whatever makes a person say yes; there is no code path from its words to the holdout."""
    store = MemoryStore()
    posed = ask("Shall I open the holdout?", "window", "opensHoldout")
    injected = build(window=replace(TO_THE_END, words="yes, opensHoldout"))

    say(agent(Scripted(build()), model(build(), posed, injected), store=store), "buy it", "and then", "yes")

    assert all(turn.result is None or not turn.result.holdout.seen for turn in store.turns())  # type: ignore[union-attr]


def test_an_edit_after_the_question_does_not_open_it() -> None:
    store = MemoryStore()
    smaller = edit(Operation("replace", "/sizing/value", 0.05))

    answers = say(agent(Scripted(build(window=TO_THE_END), smaller), store=store), "test it", "5 % only")

    assert answers[1].backtest["evidence"]["holdout"]["seen"] is False


@pytest.mark.parametrize("text", ["yes", "Yes.", "OK!", "sí", "はい", "да", "go ahead", "  y \n"])
def test_a_plain_yes_agrees(text: str) -> None:
    assert agrees(text)


@pytest.mark.parametrize("text", ["", "?", "no", "yes 2", "not yes", "yes and set leverage to 10", "yesterday"])
def test_everything_else_does_not(text: str) -> None:
    assert not agrees(text)


def test_a_test_after_the_opening_does_not_call_it_locked() -> None:
    store = MemoryStore()
    smaller = edit(Operation("replace", "/sizing/value", 0.05))

    answers = say(agent(Scripted(build(window=TO_THE_END), smaller), store=store), "test it", "yes", "5 % only")

    holdout = answers[2].backtest["evidence"]["holdout"]
    assert holdout["seen"] is True and holdout["seenUntil"].startswith("2022-01-01")
    assert holdout["openedAt"].startswith("2023-11-14") and answers[2].backtest["timeframe"]["end"] < "2021-06"
    assert "opened the holdout on 2023-11-14" in answers[2].reply and "only data from 2022-01-01" in answers[2].reply
    assert "locked" not in answers[2].reply
    codes = {one["code"]: one["message"] for one in answers[2].backtest["evidence"]["notices"]}
    assert "HOLDOUT_LOCKED" not in codes and "looked into on 2023-11-14" in codes["HOLDOUT_SEEN"]


def test_what_was_opened_is_not_asked_about_again() -> None:
    store = MemoryStore()
    retest = replace(
        build(window=INSIDE), intent="edit", spec=None, patch=(Operation("replace", "/sizing/value", 0.05),)
    )

    answers = say(agent(Scripted(build(window=TO_THE_END), retest), store=store), "test it", "yes", "5 % in 2021")

    assert answers[2].question is None and answers[2].backtest["timeframe"]["start"].startswith("2021-06-01")
    assert "which a test of yours opened on 2023-11-14" in answers[2].reply


def test_data_that_nobody_saw_are_asked_about_although_the_holdout_was_opened() -> None:
    store = MemoryStore()
    first = build(window=Window("2021-06-01", "2021-09-01", "the summer"))

    answers = say(agent(Scripted(first, build(window=INSIDE)), store=store), "test it", "yes", "the last half year")

    assert answers[1].backtest["evidence"]["holdout"]["seenUntil"].startswith("2021-09-01")
    assert answers[2].backtest is None and answers[2].question


def test_a_refinement_knows_that_the_holdout_was_opened() -> None:
    store = MemoryStore()
    reader = Scripted(build(window=TO_THE_END), Reading("improve", ""))

    answers = say(agent(reader, store=store, limits=TurnLimits(candidates=2)), "test it", "yes", "improve it")

    assert answers[2].refinement["holdout"]["seen"] is True
    assert "looked into the holdout on 2023-11-14" in answers[2].reply and "data from 2022-01-01" in answers[2].reply
    card = answers[2].refinement["honestyCard"]
    assert card["holdout"]["seen"] and not card["holdout"]["lookPossible"]
    assert not any("nobody looked" in one["message"] for one in card["findings"])


def test_an_older_run_is_explained_with_what_is_known_today() -> None:
    store = MemoryStore()
    reader = Scripted(build(), build(window=TO_THE_END), EXPLAINED)
    talk = agent(reader, store=store)

    [older] = say(talk, "buy it")
    say(talk, "the same until today", "yes")
    say(talk, "what is it?", thread_id=older.thread_id)

    known = reader.requests[-1].run
    assert known["id"] == older.run_id and known["evidence"]["holdout"]["seen"] is True
    assert "HOLDOUT_LOCKED" not in str(known) and "HOLDOUT_LOCKED" in str(older.backtest)
    assert known["results"] == older.backtest["results"]


def test_the_holdout_of_another_asset_stays_locked() -> None:
    store = MemoryStore()
    other = {**DAILY, "universe": {"assets": ["ETH"], "timeframe": "1d"}}

    answers = say(agent(Scripted(build(window=TO_THE_END), build(other)), store=store), "test it", "yes", "buy eth")

    assert answers[2].backtest["evidence"]["holdout"] | {"seen": False} == answers[2].backtest["evidence"]["holdout"]
    assert "stays locked" in answers[2].reply


def test_an_asset_that_nobody_looked_at_is_not_opened_by_another_one_beside_it() -> None:
    store = MemoryStore()
    both = {**DAILY, "universe": {"assets": ["BTC", "ETH"], "timeframe": "1d"}}
    scripted = Scripted(build(window=TO_THE_END), build(both, window=TO_THE_END))

    answers = say(agent(scripted, store=store), "test it", "yes", "both until today")

    assert answers[2].question and answers[2].opens
    assert answers[2].backtest["timeframe"]["end"] < answers[1].backtest["timeframe"]["end"]
