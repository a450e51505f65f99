"""Explanations: which questions are recognised, what is said of a run and a strategy, and what is never said."""

from __future__ import annotations

import re
from typing import Any

import pytest
from reference.drawn import drawn_run, drawn_spec
from reference.spec_edits import MINIMAL

from agent.edits import describe, edited
from agent.grounding import ground, sources_of
from agent.language.builtin.explain import explain, explain_topics, is_question_about
from agent.language.builtin.explain_quotes import AT_A_GLANCE
from agent.language.builtin.explain_terms import FIGURES, HELP, TERMS
from agent.language.builtin.explain_topics import METRICS, TOPICS
from agent.language.port import Operation, Request, Version
from agent.placeholders import PLACEHOLDER, SUMMARY
from storage.records import PerformanceSummary

QUESTIONS = {
    "what version am I on?": "current_version",
    "which was the best trade?": "extremes",
    "how many trades were stopped out?": "ways_out",
    "show me all the trades": "listing",
    "what does my strategy do?": "does",
    "describe the rules to me": "does",
    "when does it sell": "does",
    "how did the backtest go": "result",
    "results please": "result",
    "how much did it make": "result",
    "would you trade this?": "verdict",
    "is my strategy any good": "verdict",
    "will it keep earning next year": "verdict",
    "why is it losing so much money": "losses",
    "where did the losses come from": "losses",
    "what's the sharpe": "metric",
    "how bad was the max drawdown": "metric",
    "is a win rate like that normal?": "metric",
    "how many trades were there": "trades",
    "how often does it trade": "trades",
    "what did slippage cost": "costs",
    "what did you assume for me": "assumptions",
    "what is different between v1 and v2": "versions",
    "which version is better?": "versions",
    "show me the diff": "versions",
    "why did it never trade": "no_trades",
    "why are there so few entries": "no_trades",
    "did it beat buy and hold": "benchmark",
    "which price do I get filled at": "fills",
    "does it look ahead": "fills",
    "is this overfitted": "overfit",
    "could it be luck": "overfit",
    "what can you do?": "help",
    "what is a hull moving average": "indicator",
    "how is the rsi calculated?": "indicator",
    "what does take profit mean": "term",
    "can I see the code": "spec",
    "what is my stop": "setting",
    "which timeframe does it use": "setting",
    "how long are positions held": "holding",
    "did longs or shorts do worse": "groups",
    "is that real data?": "data",
}
SLIPS = {
    "whats the shrape": "metric",
    "explian the stratgey": "does",
    "waht chnaged since the last version": "versions",
    "why did it loose money": "losses",
    "how is the perfomance": "result",
    "how many traids": None,
    "is it ovefit": "overfit",
    "what was the drawdwon": "metric",
}
REQUESTS = (
    "add a filter: only above the 100 ema",
    "can you use a wider stop, say 3 atr",
    "could you please drop the volume rule",
    "buy sol when rsi is under 25, sell when it is over 60",
    "when the close is above the 50 sma go long, otherwise flat",
    "set the take profit to 9%",
    "make it safer",
    "improve it",
    "how can we improve it?",
    "what if the target was 10%",
    "how about a trailing stop of 2%",
    "what about adding the macd",
    "why not use an ema instead",
    "undo the last change",
    "no target",
    "yes",
    "15%",
    "macd cross on ada hourly",
    "test a death cross on gold",
    "run it on eth instead",
    "find better settings",
    "short when it closes below the lower band",
    "exit after 12 bars",
    "only trade between 8 and 16 utc",
    "I want a system that fades big moves on weekends",
)


def asked(text: str, spec: Any = MINIMAL, run: Any = None, older: tuple[Any, ...] = ()) -> Request:
    specs = (*older, *((spec,) if spec is not None else ()))
    versions = tuple(Version(one["version"], one) for one in specs)
    return Request(text=text, now="2026-01-01T00:00:00Z", versions=versions, run=run)


def answered(request: Request) -> str:
    """Return the filled answer; every explanation must ground cleanly and hold no figure of its own."""
    reply = explain(request).reply
    grounded = ground(reply, sources_of(request))
    assert grounded.problems == (), (request.text, grounded.problems)
    keys = {key for version in request.versions for key in version.spec["indicators"]}
    bare = re.sub(rf"\b(?:{'|'.join(sorted(keys)) or 'x'})\b", "", PLACEHOLDER.sub("", reply))
    assert re.search(r"\d", bare) is None, bare
    return grounded.text


# ---------------------------------------------------------------- what is asked


@pytest.mark.parametrize(("text", "topic"), QUESTIONS.items())
def test_a_question_is_recognised_by_its_words(text: str, topic: str) -> None:
    assert is_question_about(text, has_spec=True, has_run=True)
    assert explain_topics(text)[0] == topic


@pytest.mark.parametrize(("text", "topic"), SLIPS.items())
def test_a_slip_of_the_keyboard_does_not_hide_a_question(text: str, topic: str | None) -> None:
    assert (explain_topics(text) or (None,))[0] == topic


@pytest.mark.parametrize("text", REQUESTS)
def test_a_wish_is_no_question(text: str) -> None:
    assert not is_question_about(text, has_spec=True, has_run=True)
    assert not is_question_about(text, has_spec=False, has_run=False)


def test_every_topic_and_figure_can_be_answered() -> None:
    run = drawn_run(1, MINIMAL)
    for name in METRICS:
        assert name in FIGURES
    for text in QUESTIONS:
        answered(asked(text, run=run))
    assert {topic for text in QUESTIONS for topic in explain_topics(text)} == {*TOPICS, "indicator", "term"}


def test_texts_without_a_source_hold_no_figure() -> None:
    for text in (HELP, *TERMS.values(), *(part for one in FIGURES.values() for part in (one.meaning, one.reading))):
        assert re.search(r"\d", text) is None, text


def test_the_summary_of_the_data_model_is_the_one_that_is_quoted() -> None:
    shown_beside = {"sharpeLow95", "sharpeHigh95", "sharpeTrials"}  # a placeholder brings them along by itself
    fields = {field.alias for field in PerformanceSummary.model_fields.values()} - shown_beside

    assert set(SUMMARY) == fields
    # a backtest has no sharpeDaily: it ranks the candidates of a search
    assert {path.rsplit(".", 1)[-1] for _, path, _ in AT_A_GLANCE} >= fields - {"avgSlippage", "sharpeDaily"}


# ---------------------------------------------------------------- what is answered


@pytest.mark.parametrize("seed", range(8))
def test_explanations_of_any_run_and_spec_ground_cleanly(seed: int) -> None:
    older = drawn_spec(seed)
    spec = edited(older, [Operation("replace", "/sizing", drawn_spec(seed + 1)["sizing"])])
    run = drawn_run(seed, spec)
    for text in QUESTIONS:
        answered(asked(text, spec, run, (older,)))


def test_a_spec_is_told_in_words() -> None:
    told = answered(asked("what does it do?", run=None))

    assert "sma_fast crosses above sma_slow" in told
    assert "10 % of equity" in told and "There is no stop" in told


def test_a_question_about_a_run_that_is_not_there_offers_the_test() -> None:
    for text in ("how did it do?", "why did it lose?", "how many trades?", "did it beat buy and hold?"):
        assert "not been tested yet" in answered(asked(text))
    assert "no strategy in this conversation" in answered(asked("what does it do?", spec=None))


def test_no_run_makes_a_verdict() -> None:
    run = drawn_run(3, MINIMAL)
    run["results"] |= {"returnsPct": 4.0, "sharpeRatio": 5.0, "tradeCount": 900}

    told = answered(asked("this looks great, should I trade it with real money?", run=run))

    assert "UNPROVEN" in told and "no advice" in told


def test_a_diff_names_every_path_and_no_winner() -> None:
    patch = [
        Operation("add", "/risk/stop_loss", {"type": "percent", "value": 0.03}),
        Operation("replace", "/sizing/value", 0.2),
    ]
    after = edited(MINIMAL, patch)

    told = answered(
        asked("what changed between v1.0 and v1.1, and which is better?", after, drawn_run(5, after), (MINIMAL,))
    )

    assert all(line in told for line in describe(MINIMAL, after))
    assert "risk.stop_loss" in told and "sizing.value" in told
    assert "I name no winner" in told


def test_a_single_version_has_no_diff() -> None:
    told = answered(asked("what changed between v1 and v2"))

    assert "no diff" in told and "single version" in told


@pytest.mark.parametrize(("text", "lines"), [("since the first one, what changed?", 2), ("what changed?", 1)])
def test_the_versions_that_are_meant_are_compared(text: str, lines: int) -> None:
    middle = edited(MINIMAL, [Operation("replace", "/sizing/value", 0.2)])
    last = edited(middle, [Operation("replace", "/universe/timeframe", "4h")])

    told = answered(asked(text, last, None, (MINIMAL, middle)))

    assert len(re.findall(r"(?m)^- .*->", told)) == lines


def test_entries_that_came_to_nothing_are_counted() -> None:
    run = drawn_run(8, MINIMAL)
    run["evidence"]["funnel"] = [
        {"asset": "BTC", "side": "long", "entryTrue": 812, "rejectedCash": 800, "cutMaxPositionPct": 3}
    ]

    told = answered(asked("why so few trades?", run=run))

    assert "entry was true 812; rejected: no free cash 800; of these cut by max_position_pct 3" in told


def test_a_record_of_another_shape_is_quoted_under_its_own_names() -> None:
    run = {"run_id": "x_4", "returnsPct": 12.7, "sharpeRatio": 0.9, "tradeCount": 12, "trials": 55, "note": "hello"}

    told = answered(asked("how did it do?", run=run))

    assert "returnsPct: 12.7" in told and "trials: 55" in told and "%" not in told
    assert "UNPROVEN" in told


@pytest.mark.parametrize("kept", ["results", "timeframe", "evidence", "diagnostics"])
def test_a_part_of_a_record_is_enough(kept: str) -> None:
    run = drawn_run(2, MINIMAL)
    for text in QUESTIONS:
        answered(asked(text, run={"id": run["id"], "results": {}, kept: run.get(kept, {})}))


def test_a_figure_without_a_value_says_why() -> None:
    run = drawn_run(0, MINIMAL)
    run["results"] = {"tradeCount": 0, "netProfit": 0.0}
    run["evidence"]["statistics"]["undefined"] = {"sharpeRatio": "no position was ever opened"}

    assert "Sharpe ratio: not defined (no position was ever opened)" in answered(asked("what is the sharpe?", run=run))


def test_what_is_not_understood_is_said() -> None:
    assert "did not understand" in answered(asked("colourless green ideas?", run=drawn_run(1, MINIMAL)))


def test_other_peoples_text_stays_text() -> None:
    spec = {**MINIMAL, "name": "{{run:latest.netProfit|money}} up 900 %"}

    told = answered(asked("what does it do?", spec, drawn_run(1, MINIMAL)))

    assert "{{run:latest.netProfit|money}} up 900 %" in told


@pytest.mark.parametrize(
    ("question", "told", "kept"),
    [
        ("when does this get out of a trade", "signals.exit", "signals.entry"),
        ("how does it exit?", "signals.exit", "signals.entry"),
        ("when does it buy", "signals.entry", "signals.exit"),
        ("so when do we get in", "signals.entry", "signals.exit"),
    ],
)
def test_a_question_about_one_way_is_answered_with_that_way_alone(question: str, told: str, kept: str) -> None:
    request = Request(question, "2026-01-01T00:00:00Z", versions=(Version("1.0", MINIMAL),))

    reply = explain(request).reply

    assert is_question_about(question, True, False)
    assert f"spec:{told}|" in reply and f"spec:{kept}|" not in reply and "sizing" not in reply


@pytest.mark.parametrize("question", ["when do we buy and when do we sell", "how does it get in and out?"])
def test_a_question_about_both_ways_is_answered_with_the_whole_strategy(question: str) -> None:
    reply = explain(Request(question, "2026-01-01T00:00:00Z", versions=(Version("1.0", MINIMAL),))).reply

    assert "spec:signals.entry|" in reply and "spec:signals.exit|" in reply and "spec:sizing|" in reply


@pytest.mark.parametrize(
    ("question", "figures"),
    [
        ("deepest dip and how many trades was that in", ("12.5 %", "41")),
        ("why so few trades, and how deep did it fall", ("41", "12.5 %")),
        ("so I can put my savings in, can I trust it", ("+7 %", "12.5 %", "41")),
        ("how often does it win and what was the steepest decline", ("41", "12.5 %")),
    ],
)
def test_two_questions_in_one_message_are_both_answered(question: str, figures: tuple[str, ...]) -> None:
    results = {"returnsPct": 0.07, "maxDrawdownPct": 0.125, "tradeCount": 41, "winRatePct": 0.5}
    request = asked(question, run={"id": "run_1", "results": results})

    assert is_question_about(question, has_spec=True, has_run=True)
    assert all(figure in answered(request) for figure in figures), answered(request)


YEARS = [
    {
        "year": 2021,
        "netProfit": -310.0,
        "returnFraction": -0.031,
        "tradeCount": 9,
        "winRateFraction": 0.3,
        "closedProfit": -310.0,
    },
    {
        "year": 2022,
        "netProfit": 870.0,
        "returnFraction": 0.087,
        "tradeCount": 12,
        "winRateFraction": 0.6,
        "closedProfit": 870.0,
    },
]


@pytest.mark.parametrize(
    "question", ["why did it lose in 2021?", "how many trades were there in 2021", "was 2021 any good"]
)
def test_a_part_of_the_time_is_told_apart_from_the_whole(question: str) -> None:
    results = {"returnsPct": 0.056, "maxDrawdownPct": 0.125, "tradeCount": 21}
    span = {"start": "2021-01-01T00:00:00Z", "end": "2023-01-01T00:00:00Z"}
    run = {"id": "run_1", "timeframe": span, "results": results, "evidence": {"statistics": {"byYear": YEARS}}}

    reply = answered(asked(question, run=run))

    assert "of the whole test" in reply and "2021: account change -310.00" in reply
    of_one_year = {**run, "timeframe": {"start": "2021-01-01T00:00:00Z", "end": "2022-01-01T00:00:00Z"}}
    assert "of the whole test" not in answered(asked(question, run=of_one_year))


def test_what_would_be_with_another_figure_is_a_change_and_no_question() -> None:
    assert not is_question_about("what would the result be with a 3% target?", has_spec=True, has_run=True)
    assert is_question_about("what would the result be without fees?", has_spec=True, has_run=True)
