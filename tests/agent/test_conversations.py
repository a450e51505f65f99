"""Whole conversations with the built-in interpreter: talk, half answers, going back, tests of other spans."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, cast

import pytest
from scripted_agent import MemoryStore, Scripted, agent, say

from agent.language.builtin.interpreter import BuiltinLanguage

RULE = "buy BTC on daily bars when RSI 9 is below 35, sell when RSI 9 is above 60, stop 6%"
WHEN_TO_BUY = "when should it buy"


def talk(*texts: str, store: MemoryStore | None = None) -> list[Any]:
    return say(agent(cast("Scripted", BuiltinLanguage()), store=store), *texts)


@pytest.mark.parametrize("strategy", [(), (RULE,)])
@pytest.mark.parametrize(
    "words",
    ["hello", "Good morning!", "thanks", "ok", "yes", "no", "bye", "thanks, bye", "make me rich", "improve it", "undo",
     "redo", "show me the spec", "show the trades", "lovely weather today"],
)  # fmt: skip
def test_what_says_nothing_of_a_rule_is_not_asked_for_a_rule_to_buy_by(strategy: tuple[str, ...], words: str) -> None:
    if strategy and words == "improve it":
        pytest.skip("there it searches")
    store = MemoryStore()

    *_, answer = talk(*strategy, words, store=store)

    assert WHEN_TO_BUY not in answer.reply and answer.spec is None
    assert "left out here" not in answer.reply
    assert len([turn for turn in store.turns() if turn.version is not None]) == len(strategy)


@pytest.mark.parametrize("words", ["hi there", "improve it", "show me the report", "redo", "asdf qwer"])
def test_without_a_strategy_the_answer_says_what_is_needed_and_gives_an_example(words: str) -> None:
    [answer] = talk(words)

    assert answer.disposition == "explain"
    assert "what to trade" in answer.reply and 'For example: "buy BTC' in answer.reply


def test_a_question_in_between_leaves_the_question_that_waits() -> None:
    asked, explained, nothing, built = talk(
        "buy BTC when RSI 9 is below 35", "what is rsi?", "yes", "when it is over 60"
    )

    assert asked.disposition == "ask" and explained.disposition == "explain"
    assert nothing.disposition == "explain" and asked.question in nothing.reply
    assert built.disposition == "build"
    assert built.spec["signals"]["exit"] == [{"when": "gt", "left": "rsi_9", "value": 60}]


@pytest.mark.parametrize(
    ("answer", "condition"),
    [
        ("at 70", {"when": "gte", "left": "rsi_9", "value": 70}),
        ("70", {"when": "gte", "left": "rsi_9", "value": 70}),
        ("when rsi 9 is over 55", {"when": "gt", "left": "rsi_9", "value": 55}),
        ("above 65", {"when": "gt", "left": "rsi_9", "value": 65}),
    ],
)
def test_half_a_rule_answers_when_to_sell(answer: str, condition: dict[str, Any]) -> None:
    asked, built = talk("buy BTC when RSI 9 is below 35", answer)

    assert asked.missing == ("exit",)
    assert built.spec["signals"]["exit"] == [condition]


def test_a_value_answers_what_a_change_was_asked_for() -> None:
    _, asked, changed = talk(RULE, "tighter stop", "4%")

    assert asked.missing == ("risk.stop_loss",)
    assert changed.disposition == "edit" and changed.spec["risk"]["stop_loss"]["value"] == 0.04


def test_a_question_about_a_change_that_is_passed_over_binds_no_later_change() -> None:
    _, asked, other, third = talk(RULE, "tighter stop", "take profit 12%", "target 15%")

    assert asked.disposition == "ask"
    assert other.disposition == "edit" and other.spec["risk"]["take_profit"]["value"] == 0.12
    assert third.spec["risk"]["take_profit"]["value"] == 0.15


def test_never_mind_drops_the_question_and_changes_nothing() -> None:
    _, asked, dropped, unclear = talk(RULE, "tighter stop", "never mind", "4%")

    assert asked.disposition == "ask" and dropped.disposition == "explain"
    assert unclear.disposition == "ask"


def test_going_back_by_number_undo_and_redo_keep_the_rules_of_the_version_meant() -> None:
    answers = talk(
        RULE, "stop 4%", "take profit 9%", "go back to version 1.0", "undo", "undo", "redo", "go back to 1.1"
    )

    rules = [{**one.spec, "version": ""} for one in answers]
    first, second, third = rules[:3]
    assert rules[3:] == [first, third, second, third, second]
    assert [one.version for one in answers] == [f"1.{minor}" for minor in range(8)]


def test_when_all_is_undone_the_versions_are_listed() -> None:
    *_, answer = talk(RULE, "stop 4%", "undo", "undo")

    assert answer.disposition == "ask"
    assert "nothing to undo any more" in answer.reply and "1.0, 1.1, 1.2" in answer.reply


def test_redo_without_an_undo_says_so() -> None:
    *_, answer = talk(RULE, "stop 4%", "redo")

    assert "nothing to redo" in answer.reply


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("test it from 2018 to 2019", "2018-01-01", "2020-01-01"),
        ("run it again on 2019", "2019-01-01", "2020-01-01"),
        ("how would it have done in 2019?", "2019-01-01", "2020-01-01"),
        ("backtest it in march 2019", "2019-03-01", "2019-04-01"),
        ("test it until 2020", "2018-01-01", "2020-01-01"),
    ],
)
def test_a_span_of_the_selection_part_is_measured_on_the_version_there_is(words: str, start: str, end: str) -> None:
    store = MemoryStore()

    first, again = talk(RULE, words, store=store)

    assert again.disposition == "explain" and again.spec is None and again.version == first.version
    assert again.backtest["timeframe"]["start"].startswith(start)
    assert again.backtest["timeframe"]["end"].startswith(end)
    assert [turn.version is None for turn in store.turns()] == [False, True]
    assert [trial.origin for trial in store.trials()] == ["build", "backtest"]


def test_a_span_inside_the_holdout_is_told_and_asked_about_once() -> None:
    first, asked, declined, after = talk(RULE, "test it on the holdout", "no", "yes")

    assert asked.opens is not None and "Shall I open it?" in asked.reply
    assert "stays locked" in declined.reply and declined.opens is None
    assert after.backtest is None and after.version == first.version


def test_an_account_of_another_size_is_measured() -> None:
    _, again = talk(RULE, "test it with 50000 dollars")

    assert again.backtest["initialEquity"] == 50_000


@pytest.mark.parametrize("name", ["Harry 2.7 (v3)", "{{run:latest.sharpeRatio}} and 40 % a month", "3 times faster"])
def test_a_name_is_shown_as_it_is_and_is_no_placeholder(name: str) -> None:
    _, renamed = talk(RULE, f'call it "{name}"')

    if renamed.disposition == "edit":
        shown = name.replace("{{", "{ {").replace("}}", "} }")
        assert renamed.reply.startswith(f"{shown} is now version 1.1.")
    assert "left out here" not in renamed.reply


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("best trade?", "Best closed trade:"),
        ("what was the worst trade", "Worst closed trade:"),
        ("how many trades were stopped out?", "stop losses:"),
        ("how many hit the target", "targets: none"),
        ("show the trades", "/report"),
        ("equity curve", "/report"),
    ],
)
def test_questions_about_trades_are_answered_with_figures_of_the_run(words: str, told: str) -> None:
    _, answer = talk(RULE, words)

    assert answer.disposition == "explain" and told in answer.reply


@pytest.mark.parametrize(
    ("words", "shut"),
    [
        ("never on fridays", 5),
        ("don't trade on weekends", 6),
        ("not on mondays", 1),
        ("no trades on wednesdays", 3),
        ("nothing on sundays", 7),
        ("do not buy on saturdays", 6),
    ],
)
def test_days_that_are_ruled_out_are_out(words: str, shut: int) -> None:
    _, changed = talk(RULE, words)

    assert changed.disposition == "edit"
    [entry] = changed.spec["signals"]["entry"]
    days = [day for day in range(1, 8) if all(on_day(one, day) for one in [entry, *entry.get("filters", ())])]
    assert shut not in days and len(days) in (5, 6)


def on_day(condition: dict[str, Any], day: int) -> bool:
    """Whether a condition lets a weekday pass; what is not about weekdays does."""
    if condition["when"] == "not":
        [inner] = condition["conditions"] if "conditions" in condition else [condition["condition"]]
        return not on_day(inner, day)
    if condition["when"] in ("and", "or"):
        return (all if condition["when"] == "and" else any)(on_day(one, day) for one in condition["conditions"])
    if condition.get("left") != "time.weekday":
        return True
    level = condition["value"]
    ways = {"eq": day == level, "lt": day < level, "lte": day <= level, "gt": day > level, "gte": day >= level}
    return ways[condition["when"]]


def test_a_stated_size_raises_the_limit_that_was_assumed_and_asks_about_one_that_was_stated() -> None:
    _, ours, again = talk(RULE, "use 25% per trade", "size 40%")
    _, stated = talk(f"{RULE}, at most 20% per position", "use 25% per trade")

    for changed, size in ((ours, 0.25), (again, 0.4)):
        assert changed.disposition == "edit" and changed.spec["risk"]["max_position_pct"] == size
        assert any(one["path"] == "risk.max_position_pct" for one in changed.assumptions)
    assert stated.disposition == "ask" and stated.missing == ("risk.max_position_pct",)


def test_a_sum_of_money_alone_is_asked_about_and_a_size_that_is_cut_is_told() -> None:
    _, asked, cut = talk(RULE, "with 50000 dollars", "use 50000 dollars per trade")

    assert asked.disposition == "ask" and "account" in asked.question
    assert cut.spec["sizing"]["value"] == 50_000 and "entries were cut" in cut.reply


def test_leverage_that_nothing_uses_is_told() -> None:
    *_, changed = talk(f"{RULE}, on perpetual futures", "3x leverage")

    assert any("changes nothing by itself" in one["text"] for one in changed.assumptions)


def test_a_short_strategy_gives_the_long_side_up() -> None:
    _, changed = talk(RULE, "make it a short strategy")

    assert changed.spec["signals"]["entry"] == [] and changed.spec["signals"]["short"]["entry"]


@pytest.mark.parametrize(
    ("answer", "path", "value"), [("the account", "max_drawdown_pct", 0.2), ("each position", "stop_loss", None)]
)
def test_a_loss_that_sells_everything_is_asked_about(answer: str, path: str, value: float | None) -> None:
    _, asked, changed = talk(RULE, "sell everything if I lose 20%", answer)

    assert asked.disposition == "ask" and "account" in asked.question and "stop loss" in asked.question
    assert changed.spec["risk"][path] == (value or {"type": "percent", "value": 0.2})


@pytest.mark.parametrize(
    ("words", "answer", "path", "value"),
    [
        ("3x leverage", "perp", "max_leverage", 3),
        ("3x leverage", "on perps please", "max_leverage", 3),
        ("sell everything if I lose 20%", "position", "stop_loss", {"type": "percent", "value": 0.2}),
        ("limit each position to 3%", "use a size of 3%", "max_position_pct", 0.03),
    ],
)
def test_a_choice_answers_what_the_change_asked_for(words: str, answer: str, path: str, value: Any) -> None:
    _, asked, changed = talk(RULE, words, answer)

    assert asked.disposition == "ask" and changed.disposition == "edit"
    assert changed.spec["risk"][path] == value


def test_what_is_so_already_leaves_nothing_open_for_the_next_message() -> None:
    _, already, asked = talk(RULE, "stop 6%", "sell everything if I lose 20%")

    assert "already" in already.reply and not already.reply.startswith("Before I change")
    assert asked.disposition == "ask" and "account" in asked.question


def test_a_limit_is_raised_by_it_only_where_a_size_is_above_it() -> None:
    _, asked, raised, unclear = talk(f"{RULE}, at most 20% per position", "use 40% per trade", "raise it", "raise it")

    assert asked.missing == ("risk.max_position_pct",)
    assert raised.spec["risk"]["max_position_pct"] == 0.4 and raised.spec["sizing"]["value"] == 0.4
    assert unclear.disposition == "ask"


@pytest.mark.parametrize("words", ["what does weekday mean", "how does the exit work", "why is the stop so wide?"])
def test_a_question_about_a_part_changes_nothing(words: str) -> None:
    _, filtered, answer = talk(RULE, "no weekends", words)

    assert answer.disposition == "explain" and answer.version == filtered.version


def test_an_amount_of_money_raises_the_limits_that_were_assumed() -> None:
    _, changed = talk(RULE, "use 6000 dollars per trade")

    assert changed.spec["risk"]["max_position_pct"] == 0.6 and changed.spec["risk"]["max_total_exposure_pct"] == 0.6
    assert "left out here" not in changed.reply and "to fit the amount you state" in changed.reply


def test_the_account_of_a_test_is_the_one_that_limits_are_fitted_to() -> None:
    from agent.language.builtin.editing.limits import STARTS_WITH
    from engine.backtest.run import INITIAL_EQUITY

    assert STARTS_WITH == INITIAL_EQUITY


def test_a_name_made_from_the_strategy_follows_it_and_a_given_one_stays() -> None:
    _, moved, named, kept = talk(RULE, "use ETH on 4h", 'call it "Night owl"', "use 1h")

    assert moved.spec["name"] == "RSI on ETH 4h" and moved.reply.startswith("RSI on ETH 4h is now")
    assert "name:" not in moved.reply and "name:" in named.reply
    assert named.spec["name"] == "Night owl" and kept.spec["name"] == "Night owl"


PATH = re.compile(r"\b(?:risk|sizing|signals|universe|execution|indicators)\.\w")


@pytest.mark.parametrize(
    "words",
    ["3x leverage", "limit each position to 3%", "hold at most 5 days", "trail it by 3%", "stop 150%", "go all in",
     "set the leverage to 90", "raise it", "use the 7h chart", "the moon", "fast and slow at 10"],
)  # fmt: skip
def test_no_answer_to_a_change_shows_a_path(words: str) -> None:
    _, answer = talk(RULE, words)

    assert not PATH.search(answer.reply), answer.reply


def test_words_that_the_question_repeats_are_not_listed_again() -> None:
    _, asked = talk(RULE, "raise it")

    assert asked.reply.count("raise it") == 1 and [one["words"] for one in asked.left_out] == ["raise it"]


def offer(store: MemoryStore) -> None:
    """Let the newest answer be one of a search that found something."""
    [kept] = store.threads.values()
    kept.view = replace(kept.view, last_answer={**(kept.view.last_answer or {}), "offers": [OFFER]})


OFFER = {"op": "replace", "path": "/risk/stop_loss/value", "value": 0.03}


@pytest.mark.parametrize("words", ["take it", "yes", "OK, use that variant", "go with it please"])
def test_a_variant_that_was_found_becomes_the_next_version_when_it_is_taken(words: str) -> None:
    store = MemoryStore()
    first, _ = talk(RULE, "thanks", store=store)
    offer(store)

    [taken] = say(agent(cast("Scripted", BuiltinLanguage()), store=store), words, thread_id=first.thread_id)

    assert taken.disposition == "edit" and taken.spec["risk"]["stop_loss"]["value"] == 0.03
    assert taken.offers == () and taken.version == "1.1"


def test_an_offer_outlives_questions_and_no_change() -> None:
    store = MemoryStore()
    first, _ = talk(RULE, "thanks", store=store)
    offer(store)
    again = agent(cast("Scripted", BuiltinLanguage()), store=store)

    asked, changed, late = say(again, "what is rsi?", "stop 5%", "take it", thread_id=first.thread_id)

    assert asked.offers == (OFFER,) and changed.offers == ()
    assert late.spec is None


RISKED = (
    "buy BTC daily when macd crosses up and rsi 9 is over 50, sell when macd crosses down, risk 1% a trade, stop 8%"
)


def test_a_name_follows_whatever_the_order_its_indicators_are_kept_in() -> None:
    from agent.language.builtin.editing.naming import is_made_name

    [first] = talk(RISKED)
    turned = {**first.spec, "indicators": dict(reversed(first.spec["indicators"].items()))}

    assert is_made_name(first.spec) and is_made_name(turned)
    assert not is_made_name({**turned, "name": "Two lines on BTC 1d"})


def test_a_size_of_a_strategy_that_sizes_by_risk_is_a_risk() -> None:
    _, smaller, larger, whole = talk(RISKED, "smaller size: 0.5%", "risk 2% per trade", "10% of equity per position")

    assert smaller.spec["sizing"] == {"mode": "risk_per_trade", "value": 0.005}
    assert larger.spec["risk"]["max_position_pct"] == 0.25, "two per cent over a stop of eight"
    assert whole.spec["sizing"]["mode"] == "percent_equity"


def test_who_answers_is_said_once_and_not_with_every_change() -> None:
    built, changed = talk(RULE, "make the stop 4%")

    assert "not a language model" in built.reply
    assert changed.disposition == "edit" and "not a language model" not in changed.reply


def test_what_is_asked_about_is_not_left_out() -> None:
    [answer] = talk("buy ETH when the 20 day ema crosses over the 50 day ema, with a snug stop")

    assert answer.disposition == "ask" and "how far away is the stop" in answer.reply
    assert "could not tell" not in answer.reply
