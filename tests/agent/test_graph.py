"""A turn from message to answer, by every way through the graph, with readers that say what the test wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from scripted_agent import DAILY, OTHER, OWNER, MemoryStore, Scripted, agent, ask, build, edit, model, say

from agent.budget import TurnLimits
from agent.conversation import Conversation
from agent.errors import MessageError, NotFound
from agent.language.port import Assumption, LeftOut, Operation, Reading, Request, Window
from agent.replies import LOOK_AT
from engine.search.day_returns import days_of

STOP = Operation("add", "/risk/stop_loss", {"type": "percent", "value": 0.02})
SMALLER = Operation("replace", "/sizing/value", 0.05)
DIVERGENCE = LeftOut("with divergence", "UNSUPPORTED", "it needs pivot points", "entry.divergence")


def steps_of(talk: Conversation, *texts: str, **named: Any) -> list[str]:
    seen: list[str] = []
    say(talk, *texts, on_event=lambda event: seen.append(str(event["name"])), **named)
    return seen


def test_a_strategy_is_checked_shown_tested_and_kept() -> None:
    store = MemoryStore()

    steps = steps_of(agent(Scripted(build()), store=store), "buy it")

    assert steps == ["understand", "draft", "check", "echo", "backtest", "answer", "store"]
    [turn] = store.turns()
    assert turn.version is not None and turn.version.spec["version"] == "1.0"
    assert turn.result is not None and turn.run_id is not None


def test_a_build_costs_exactly_one_trial_and_an_answer_without_a_test_none() -> None:
    store = MemoryStore()
    talk = agent(Scripted(build(), Reading("explain", "", reply="It buys."), ask()), store=store)

    say(talk, "buy it", "what does it do", "hm")

    [trial] = store.trials()
    assert (trial.origin, trial.family) == ("build", "BTC")
    result = store.turns()[0].result
    assert result is not None and trial.summary["tradeCount"] == result.summary.trade_count
    days = days_of(result)
    assert days is not None and trial.returns is not None
    assert (trial.returns.first_day_ms, trial.returns.returns.tobytes()) == (days.first_day_ms, days.returns.tobytes())


def test_the_document_has_the_promised_shape() -> None:
    [answer] = say(agent(Scripted(build())), "buy it")

    document = answer.as_dict()

    assert {"threadId", "disposition", "reply", "problems", "assumptions", "leftOut"} <= document.keys()
    assert document["disposition"] == "build"
    assert document["spec"]["universe"] == {"assets": ["BTC"], "timeframe": "1d"}
    assert document["backtest"]["results"]["tradeCount"] >= 1
    assert "trades" not in document["backtest"] and "question" not in document
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_the_strategy_is_shown_before_it_is_tested_and_the_reply_begins_with_it() -> None:
    seen: list[dict[str, Any]] = []
    reading = build(assumptions=(Assumption("sizing.value", 0.1, "10 % of equity per position"),))

    [answer] = say(agent(Scripted(reading)), "buy it", on_event=lambda event: seen.append(dict(event)))

    names = [event["name"] for event in seen]
    echo = seen[names.index("echo")]
    assert names.index("echo") < names.index("backtest")
    assert answer.reply.startswith(echo["text"]) and "10 % of equity per position" in echo["text"]
    assert echo["spec"]["signals"] == answer.spec["signals"]


def test_every_figure_of_the_result_is_quoted_from_the_run() -> None:
    [answer] = say(agent(Scripted(build())), "buy it")

    results = answer.backtest["results"]

    assert "{{" not in answer.reply
    assert f"{results['sharpeRatio']:.2f}" in answer.reply
    assert str(results["tradeCount"]) in answer.reply
    assert "UNPROVEN" in answer.reply and "generated" in answer.reply and "holdout" in answer.reply


@pytest.mark.parametrize(
    ("code", "disposition"),
    [
        ("UNSUPPORTED", "partial"),
        ("NOT_UNDERSTOOD", "partial"),
        ("NO_DATA", "partial"),
        ("INJECTED", "build"),
        ("OUT_OF_SCOPE", "build"),
    ],
)
def test_a_part_left_out_is_named_and_makes_a_build_partial_unless_it_was_injected(code: str, disposition: str) -> None:
    [answer] = say(agent(Scripted(build(left_out=(replace(DIVERGENCE, code=code),)))), "buy with divergence")

    assert answer.disposition == disposition
    assert "with divergence" in answer.reply and "pivot points" in answer.reply
    assert answer.as_dict()["leftOut"][0]["code"] == code


def test_an_edit_moves_nothing_else_and_says_what_it_moved() -> None:
    first, second = say(agent(Scripted(build(), edit(STOP))), "buy it", "add a 2 % stop")

    assert second.disposition == "edit" and second.version == "1.1"
    changed = {**first.spec, "version": "1.1", "risk": {**first.spec["risk"], "stop_loss": STOP.value}}
    assert second.spec == changed
    assert {"op": "add", "path": "/risk/stop_loss", "value": STOP.value} in second.diff
    assert "stop loss" in second.reply and "the version before" in second.reply


def test_undo_goes_back_step_by_step_and_each_step_is_a_version() -> None:
    back = Reading("undo", "")
    answers = say(
        agent(Scripted(build(), edit(STOP), edit(SMALLER), back, back, back)),
        "buy",
        "stop it",
        "less",
        "undo",
        "undo",
        "undo",
    )

    rules = [{**one.spec, "version": ""} for one in answers[:5]]
    assert rules[3] == rules[1] and rules[4] == rules[0]
    assert [one.version for one in answers[:5]] == ["1.0", "1.1", "1.2", "1.3", "1.4"]
    assert answers[5].disposition == "ask" and "nothing to undo" in answers[5].reply


@pytest.mark.parametrize("reading", [edit(STOP), Reading("undo", ""), Reading("improve", "")])
def test_without_a_strategy_there_is_something_to_ask(reading: Reading) -> None:
    store = MemoryStore()

    [answer] = say(agent(Scripted(reading), store=store), "change it")

    assert answer.disposition == "ask" and answer.question
    assert store.turns()[0].pending is None and answer.spec is None


def test_an_edit_that_changes_nothing_is_asked_about_and_makes_no_version() -> None:
    store = MemoryStore()
    same = Operation("replace", "/sizing/value", 0.10)

    answers = say(agent(Scripted(build(), edit(same)), store=store), "buy it", "10 % please")

    assert answers[1].disposition == "ask"
    assert [turn.version is None for turn in store.turns()] == [False, True]


def test_a_question_waits_with_all_that_was_said() -> None:
    store = MemoryStore()
    reader = Scripted(ask(), ask("Which bars?", "universe.timeframe"), build())

    first, second, third = say(agent(reader, store=store), "buy the cross", "btc", "daily")

    assert (first.question, second.question, third.question) == ("Which asset?", "Which bars?", None)
    assert second.missing == ("universe.timeframe",)
    assert [request.pending for request in reader.requests] == [None, "buy the cross", "buy the cross\nbtc"]
    assert store.turns()[-1].pending is None and third.disposition == "build"


def test_a_reader_is_told_the_thread_as_it_is() -> None:
    reader = Scripted(build(), Reading("explain", "", reply="It buys."))

    first, _ = say(agent(reader), "buy it", "why")

    request: Request = reader.requests[1]
    assert request.spec == first.spec and request.run is not None and request.run["id"] == first.run_id
    assert [message.role for message in request.history] == ["user", "assistant"]
    assert "BTCUSDT" in request.known_assets


def test_a_new_strategy_in_a_thread_starts_at_its_first_version() -> None:
    store = MemoryStore()

    first, second = say(agent(Scripted(build()), store=store), "buy it", "buy it too")

    assert second.version == "1.0" and second.spec["id"] != first.spec["id"]
    assert store.turns()[1].strategy_id is None


def test_a_refusal_says_why_and_keeps_nothing_but_the_words() -> None:
    store = MemoryStore()

    [answer] = say(agent(Scripted(Reading("refuse", "", reply="Nobody can promise that.")), store=store), "promise")

    assert (answer.disposition, answer.reply) == ("refuse", "Nobody can promise that.")
    assert store.turns()[0].version is None and not store.trials()


def test_an_asset_without_candles_is_built_and_the_reply_says_what_to_import() -> None:
    spec = {**DAILY, "universe": {"assets": ["AAPL"], "timeframe": "1d"}}

    [answer] = say(agent(Scripted(build(spec))), "buy apple")

    assert answer.disposition == "build" and answer.backtest is None
    assert "NO_DATA" in [problem["code"] for problem in answer.problems]
    assert "not tested" in answer.reply and "import" in answer.reply


def test_a_trailing_stop_is_built_tested_and_kept() -> None:
    store = MemoryStore()
    spec = {**DAILY, "risk": {**DAILY["risk"], "trailing_stop": {"type": "percent", "value": 0.05}}}

    [answer] = say(agent(Scripted(build(spec)), store=store), "trail it")

    assert answer.spec["risk"]["trailing_stop"] == {"type": "percent", "value": 0.05}
    assert answer.backtest is not None and "not tested" not in answer.reply
    assert store.turns()[0].version is not None and len(store.trials()) == 1


def test_the_built_in_reader_s_error_becomes_one_question_with_everything_wrong() -> None:
    wrong = {
        **DAILY,
        "sizing": {"mode": "percent_equity", "value": 7.0},
        "universe": {"assets": ["BTC"], "timeframe": "7h"},
    }
    store = MemoryStore()

    [answer] = say(agent(Scripted(build(wrong)), store=store), "buy it")

    assert answer.disposition == "ask" and answer.spec is None
    assert {"sizing.value", "universe.timeframe"} <= set(answer.missing)
    assert store.turns()[0].version is None and store.turns()[0].pending == "buy it"


def test_the_interpreter_s_question_may_quote_the_message_and_what_follows_from_it() -> None:
    text = "The size of 40 % is above the limit of 25 %.\nA stop of 2R at 1.5 % would be 3 %: which is meant?"

    [answer] = say(agent(Scripted(ask(text))), "40 % a trade, 25 % at most")

    assert answer.reply == text and answer.question == text


def test_a_refusal_of_the_interpreter_may_state_figures() -> None:
    text = "Nobody can promise 10 % a month: that would be 214 % a year."

    [answer] = say(agent(Scripted(Reading("refuse", "", reply=text))), "guarantee me 10 % a month")

    assert answer.reply == text


def test_variants_in_the_owner_s_own_words_are_kept_and_a_model_s_are_not() -> None:
    wider = {"id": "v1", "overrides": {"indicators.sma_fast.inputs.length": 5}}
    patch = edit(Operation("add", "/variants", [wider]))

    _, owned = say(agent(Scripted(build(), patch)), "buy it", "a variant with a fast average of 5")
    _, modelled = say(agent(Scripted(ask()), model(build(), patch)), "buy it", "a variant with a fast average of 5")

    assert owned.disposition == "edit" and owned.spec["variants"] == [wider]
    assert "variants" not in (modelled.spec or {})


def test_the_window_and_the_equity_asked_for_are_measured() -> None:
    window = Window("2018-06-01", "2019-06-01", "from june 2018 for a year")

    [answer] = say(agent(Scripted(build(window=window, initial_equity=50_000.0))), "buy it")

    assert answer.backtest["timeframe"]["start"].startswith("2018-06-01")
    assert answer.backtest["timeframe"]["end"].startswith("2019-06-01")
    assert answer.backtest["initialEquity"] == 50_000.0


def test_what_a_wish_for_a_test_or_for_something_better_leaves_out_is_named() -> None:
    window = Window("2018-06-01", "2019-06-01", "from june 2018 for a year")
    again = Reading("edit", "", window=window, left_out=(DIVERGENCE,))
    better = Reading("improve", "", left_out=(DIVERGENCE,))
    talk = agent(Scripted(build(), again, better), limits=TurnLimits(candidates=2))

    _, tested, improved = say(talk, "buy it", "june 2018 for a year with divergence", "improve it with divergence")

    assert tested.backtest is not None and "with divergence" in tested.reply
    assert improved.refinement is not None and "with divergence" in improved.reply


def test_a_message_of_somebody_else_s_thread_is_not_found() -> None:
    store = MemoryStore()
    [answer] = say(agent(Scripted(build()), store=store), "buy it")
    store.threads[OTHER, "thread_2"] = replace(store.threads[OWNER, answer.thread_id])

    with pytest.raises(NotFound):
        say(agent(Scripted(build()), store=store), "and now", thread_id="thread_2")


@pytest.mark.parametrize("text", ["", "  \n", "a" * 9_000, "buy\x00it", "buy \ud800"])
def test_what_is_no_message_is_refused_before_anything_is_opened(text: str) -> None:
    store = MemoryStore()

    with pytest.raises(MessageError):
        say(agent(Scripted(build()), store=store), text)

    assert not store.threads


def test_understanding_alone_tests_and_keeps_nothing() -> None:
    import asyncio

    store = MemoryStore()
    talk = agent(Scripted(build()), store=store)

    answer = asyncio.run(talk.understand(Request(text="buy it", now="2026-01-01T00:00:00Z")))

    assert answer.disposition == "build" and answer.spec is not None and answer.backtest is None
    assert not store.threads


def test_a_conversation_can_begin_with_a_spec() -> None:
    from engine.spec import check
    from engine.spec.canonical import plain
    from engine.spec.examples import SMA_CROSS

    reader = Scripted(edit(STOP))

    [answer] = say(agent(reader), "add a stop", spec=plain(check(SMA_CROSS).spec))

    assert answer.disposition == "edit" and answer.spec["id"] == "strat_001" and answer.version == "1.1"


def test_the_model_reads_and_the_interpreter_reads_beside_it() -> None:
    interpreter, language = Scripted(build()), model(build())

    [answer] = say(agent(interpreter, language), "buy it")

    assert answer.reader == "model:scripted"
    assert len(interpreter.requests) == len(language.requests) == 1
    assert "not a language model" not in answer.reply


def test_a_fact_the_interpreter_s_draft_lacks_is_named_and_one_it_misplaced_is_asked_about() -> None:
    misplaced = {**DAILY, "risk": {**DAILY["risk"], "take_profit": {"type": "percent", "value": 0.03}}}

    [lacking] = say(agent(Scripted(build())), "buy the cross on btc daily, stop loss 3%")
    [swapped] = say(agent(Scripted(build(misplaced))), "buy the cross on btc daily, stop loss 3%")

    assert lacking.disposition == "partial" and "3%" in lacking.left_out[0]["words"] and "3%" in lacking.reply
    assert swapped.disposition == "ask" and swapped.spec is None


def test_a_rule_of_the_interpreter_s_that_the_words_put_elsewhere_is_shown_beside_the_words() -> None:
    signals = DAILY["signals"]
    swapped = {**DAILY, "signals": {**signals, "entry": signals["exit"], "exit": signals["entry"]}}
    words = "btc daily, buy when the 20 sma crosses above the 50 sma, sell when the 20 sma crosses below the 50 sma"

    [right] = say(agent(Scripted(build())), words)
    [answer] = say(agent(Scripted(build(swapped))), words)

    assert LOOK_AT not in right.reply and not right.problems
    assert answer.disposition == "build" and answer.backtest is not None
    doubted = answer.reply.split(LOOK_AT)[1].split("\n\n")[0]
    for said, read in (("above", "leave a long when sma_fast crosses above sma_slow"), ("below", "go long when")):
        assert f'you wrote "sma crosses {said} the 50 sma"; I read: ' in doubted and read in doubted
    assert {one["severity"] for one in answer.problems if one["code"].startswith("FACT")} == {"warning"}


def test_headings_are_in_the_language_of_the_message() -> None:
    [answer] = say(agent(Scripted(replace(build(), language="de"))), "kaufen")

    assert answer.language == "de" and "Ergebnis" in answer.reply
