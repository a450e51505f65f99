"""A run of cases: perfect answers score 1, none score 0, a failing case costs itself alone, recordings repeat."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from model_replies import wire_reply
from scripted_agent import MARKET, CountedIds, Scripted, TestClock, ask, build, edit

from agent.budget import TurnLimits
from agent.conversation import Conversation
from agent.errors import LanguageError, OutOfTime
from agent.language.model import ModelLanguage, ModelSettings
from agent.language.port import LeftOut, Operation
from agent.language.recorded import RecordingCompletions, recorded_language
from api.settings import read_settings
from evals.baseline import baseline_of, baseline_path, compared, read_baseline, write_baseline
from evals.cases import Case, read_cases
from evals.errors import CaseFileError, SuiteError
from evals.report import document, lines_of
from evals.requests import request_of
from evals.run import Run, run_cases
from evals.same_trades import compare_run, totals
from evals.solvers import BareModelSolver, ConversationSolver, Solved, as_answer, recorded_model, solver_named

DATASETS = Path(__file__).parents[2] / "evals" / "datasets"
CASES = read_cases(DATASETS / "intents-dev.jsonl")


class Frozen:
    """A clock that stands still."""

    def now_ms(self) -> int:
        return 0

    def monotonic(self) -> float:
        return 0.0


class Told:
    """A solver that answers as a function says."""

    name = "told"

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    async def solve(self, case: Mapping[str, Any]) -> Solved:
        return Solved({"id": case["id"], **self._answer(case)}, "told")


def run_of(answer: Any, cases: tuple[Case, ...] = CASES) -> Run:
    return run_cases(cases, Told(answer), Frozen().monotonic)


def perfect(case: Case) -> dict[str, Any]:
    """What the case asks for, in the words it asks for."""
    disposition = case["disposition"].removesuffix("_or_ask")
    lists, expected = case["fields"], case["expected"]
    named = [str(path).replace("_", " ").replace(".", " ") for path in (*lists["ask"], *lists["refuse"])]
    words = ", ".join([*named, *expected.get("must_mention", [])])
    has_spec = disposition in ("build", "edit", "partial")
    return {
        "disposition": disposition,
        "spec": case.get("reference") if has_spec else None,
        "reply": words,
        "question": words if disposition == "ask" else None,
    }


PERFECT = run_of(perfect)


def test_perfect_answers_score_one() -> None:
    overall = PERFECT.scored().as_dict(draws=0)["overall"]

    for name in ("disposition", "whole_strategy_exact", "fields_share", "must_mention_hits", "ask_recall"):
        assert overall[name]["share"] == 1.0, name
    assert {cell["share"] for cell in overall["fields"].values()} == {1.0}
    assert overall["must_not_violations"]["count"] == overall["needless_questions"]["count"] == 0


def test_no_answers_score_nothing() -> None:
    run = Run("silent", CASES, {})
    overall = run.scored().as_dict(draws=0)["overall"]

    assert overall["disposition"]["share"] == overall["whole_strategy_exact"]["share"] == 0.0
    assert overall["ask_recall"]["share"] == overall["must_mention_hits"]["share"] == 0.0
    assert "needless_questions" not in overall and "must_not_violations" not in overall
    assert run.scored().missing == tuple(case["id"] for case in CASES)


def test_asking_back_every_time_is_right_only_where_a_question_is() -> None:
    run = run_of(lambda case: {"disposition": "ask", "spec": None, "reply": "", "question": "What do you mean?"})
    overall = run.scored().as_dict(draws=0)["overall"]
    right = sum(case["disposition"] in ("ask", "build_or_ask") for case in CASES)
    built = [case for case in CASES if case["disposition"] == "build"]

    assert overall["disposition"]["right"] == right
    assert (overall["needless_questions"]["count"], overall["needless_questions"]["n"]) == (len(built), len(built))


def test_a_case_that_fails_costs_itself_alone() -> None:
    def answer(case: Case) -> dict[str, Any]:
        if case["id"] == CASES[1]["id"]:
            raise OutOfTime("the turn's time is up")
        return perfect(case)

    run = run_of(answer, CASES[:3])

    assert run.failed == {CASES[1]["id"]: "OUT_OF_TIME: the turn's time is up"}
    assert run.scored().missing == (CASES[1]["id"],)
    assert "no answer to dev-002: OUT_OF_TIME" in "\n".join(lines_of(document_of(run)))


def test_a_run_without_a_single_answer_is_a_failure() -> None:
    def answer(case: Case) -> dict[str, Any]:
        raise LanguageError("nobody is there")

    with pytest.raises(LanguageError, match="nobody is there"):
        run_of(answer, CASES[:3])


def document_of(run: Run) -> dict[str, Any]:
    return document(run, run.scored(), suite="intents", cases="intents-dev.jsonl", draws=50)


def test_a_report_names_what_is_wrong_and_why() -> None:
    def answer(case: Case) -> dict[str, Any]:
        right = perfect(case)
        if case["id"] != "dev-001":
            return right
        return {**right, "spec": {**right["spec"], "universe": {**right["spec"]["universe"], "timeframe": "1h"}}}

    result = document_of(run_of(answer))
    lines = "\n".join(lines_of(result, explain=True))

    assert [one["id"] for one in result["wrong"]] == ["dev-001"]
    assert result["worstFields"][0]["field"] == "timeframe"
    assert "timeframe: expected 4h, got 1h" in lines
    assert json.loads(json.dumps(result)) == result


def talk(reader: Scripted) -> ConversationSolver:
    limits = TurnLimits()
    conversation = Conversation(None, reader, None, MARKET, TestClock(), CountedIds(), limits, None, None)
    return ConversationSolver("builtin", conversation)


BUILT = next(case for case in CASES if case["id"] == "dev-001")
EDITED = next(case for case in CASES if case["id"] == "dev-edit-01")


def test_a_case_goes_through_the_conversation_as_a_message_would() -> None:
    reader = Scripted(build(BUILT["reference"]))

    run = run_cases([BUILT], talk(reader), Frozen().monotonic)

    assert reader.requests == [request_of(BUILT)]
    assert run.scored().verdicts[0].is_right, run.scored().verdicts[0].reasons
    assert run.readers == {"builtin": 1}


def test_an_edit_goes_through_the_conversation_from_the_spec_of_its_context() -> None:
    before, after = EDITED["context"]["spec"], EDITED["reference"]
    patch = [Operation("replace", f"/{part}", after[part]) for part in ("risk", "sizing", "signals", "universe")]

    run = run_cases([EDITED], talk(Scripted(edit(*patch))), Frozen().monotonic)

    assert before != after
    assert run.scored().verdicts[0].is_right, run.scored().verdicts[0].reasons


def test_an_answer_keeps_the_words_it_leaves_out() -> None:
    left = LeftOut("on full moons", "UNSUPPORTED", "there is no moon in the candles")
    case = {**BUILT, "disposition": "partial"}

    run = run_cases([case], talk(Scripted(build(BUILT["reference"], left_out=(left,)))), Frozen().monotonic)

    assert run.solved[case["id"]].left_out == ("on full moons",)
    assert run.answers[0]["disposition"] == "partial"


def test_a_bare_reading_becomes_an_answer() -> None:
    request = request_of(EDITED)
    changed = as_answer(edit(Operation("replace", "/sizing/value", 0.05)), request)
    left = LeftOut("on full moons", "UNSUPPORTED", "no moon")

    assert changed["disposition"] == "edit"
    assert changed["spec"]["sizing"]["value"] == 0.05
    assert as_answer(edit(Operation("remove", "/gone")), request)["spec"] is None
    assert as_answer(ask("Which asset?"), request)["question"] == "Which asset?"
    assert as_answer(build(BUILT["reference"], left_out=(left,)), request_of(BUILT))["disposition"] == "partial"
    assert as_answer(build({"universe": 3}), request_of(BUILT))["spec"]["universe"] == 3


class Replying:
    """A server that gives one reply to everything."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def complete(self, body: Mapping[str, Any], budget: Any) -> Mapping[str, Any]:
        message = {"role": "assistant", "content": self.text}
        usage = {"prompt_tokens": 100, "completion_tokens": 20}
        return {"object": "chat.completion", "choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}


def bare(language: ModelLanguage) -> BareModelSolver:
    return BareModelSolver(language, Frozen(), TurnLimits())


def test_recorded_replies_give_the_same_answers_again(tmp_path: Path) -> None:
    completions = RecordingCompletions(Replying(json.dumps(wire_reply())), tmp_path)
    live = run_cases(CASES[:2], bare(ModelLanguage(completions, ModelSettings("tiny"))), Frozen().monotonic)

    again = run_cases(CASES[:2], bare(recorded_language(tmp_path, recorded_model(tmp_path))), Frozen().monotonic)

    assert [one["disposition"] for one in live.answers] == ["build", "build"]
    assert again.answers == live.answers
    assert again.usage == live.usage == {"calls": 2, "inputTokens": 200, "outputTokens": 40}
    assert again.readers == {"recorded:tiny": 2}
    with pytest.raises(LanguageError, match="no reply of tiny is recorded for request"):
        run_cases(CASES[2:3], bare(recorded_language(tmp_path, "tiny")), Frozen().monotonic)


NO_MODEL = read_settings({})


@pytest.mark.parametrize(
    ("name", "options", "error", "complaint"),
    [
        ("model", {}, LanguageError, "no language model is configured: set KEK_MODEL"),
        ("bare-model", {}, LanguageError, "no language model is configured: set KEK_MODEL"),
        ("recorded", {}, LanguageError, "holds no recorded reply"),
        ("bultin", {}, SuiteError, "did you mean 'builtin'"),
        ("builtin", {"record_to": Path("x")}, SuiteError, "--record keeps the replies of a model"),
    ],
)
def test_a_solver_that_cannot_be_had_is_refused(
    name: str, options: dict[str, Any], error: type[Exception], complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=complaint):
        solver_named(name, NO_MODEL, Frozen(), recordings=tmp_path, **options)


def test_replies_that_are_not_recorded_are_not_taken_for_a_model_s(tmp_path: Path) -> None:
    settings = read_settings({"KEK_MODEL": "tiny"})
    with pytest.raises(LanguageError, match="holds no recorded reply"):
        solver_named("recorded", settings, Frozen(), recordings=tmp_path)

    completions = RecordingCompletions(Replying(json.dumps(wire_reply())), tmp_path)
    run_cases(CASES[:1], bare(ModelLanguage(completions, ModelSettings("large"))), Frozen().monotonic)

    with pytest.raises(LanguageError, match="holds replies of large, none of tiny"):
        solver_named("recorded", settings, Frozen(), recordings=tmp_path)
    assert solver_named("recorded", NO_MODEL, Frozen(), recordings=tmp_path).name == "recorded:large"


def test_what_a_model_costs_is_counted_where_the_settings_say_it(tmp_path: Path) -> None:
    completions = RecordingCompletions(Replying(json.dumps(wire_reply())), tmp_path)
    run_cases(CASES[:1], bare(ModelLanguage(completions, ModelSettings("tiny"))), Frozen().monotonic)
    settings = read_settings({"KEK_MODEL_PRICE": "2.50 10"})

    again = run_cases(CASES[:1], solver_named("recorded", settings, Frozen(), recordings=tmp_path), Frozen().monotonic)

    assert again.usage["costMicrodollars"] == again.usage["calls"] * (250 + 200)


def test_the_built_in_solver_never_asks_a_model() -> None:
    settings = read_settings({"KEK_MODEL": "tiny", "KEK_MODEL_BASE_URL": "http://localhost:1/v1"})

    assert solver_named("builtin", settings, Frozen()).name == "builtin"
    assert solver_named("model", settings, Frozen()).name == "model:tiny"
    assert solver_named("bare-model", settings, Frozen()).name == "bare-model:tiny"


def test_a_baseline_keeps_shares_and_shows_what_moved(tmp_path: Path) -> None:
    overall = PERFECT.scored().as_dict(draws=0)["overall"]
    worse = Run("told", CASES, {}).scored().as_dict(draws=0)["overall"]
    path = baseline_path(DATASETS / "intents-dev.jsonl", tmp_path)

    write_baseline(path, baseline_of("told", overall, {}))
    kept = read_baseline(path)

    assert kept is not None and set(kept["metrics"]["disposition"]) == {"n", "share", "se"}
    moved = compared(kept, baseline_of("told", worse, {}))["metrics"]
    assert moved["disposition"]["difference"] == -1.0
    assert "seconds" not in path.read_text("utf-8")
    assert read_baseline(tmp_path / "gone.json") is None
    path.write_text("[]", "utf-8")
    with pytest.raises(CaseFileError, match="is no baseline"):
        read_baseline(path)


def test_the_committed_baseline_is_of_the_development_set() -> None:
    kept = read_baseline(baseline_path(DATASETS / "intents-dev.jsonl"))

    assert kept is not None and kept["solver"] == "builtin"
    assert kept["cases"] == len(CASES)


@pytest.mark.long
def test_references_trade_like_themselves() -> None:
    result = totals(compare_run(PERFECT))

    assert result["share"] == 1.0, result["different"]
    assert result["n"] >= 100
