"""An explanation is prose with placeholders over the fields that were given; one that is not is asked for again."""

from __future__ import annotations

import asyncio
import copy
import re
from typing import Any

import pytest
from model_replies import SPEC, ScriptedModel, a_budget, asks

from agent.errors import ModelGarbled
from agent.grounding import Sources, ground
from agent.language.explaining import explanation_message
from agent.language.model import ModelLanguage, ModelSettings
from agent.language.port import Reading, Repair, Request, Version

RUN: dict[str, Any] = {
    "id": "run-1",
    "timeframe": {"start": "2022-01-01T00:00:00Z", "end": "2024-01-01T00:00:00Z"},
    "results": {"sharpeRatio": 0.8123, "maxDrawdownPct": 0.21, "tradeCount": 40, "netProfit": 1234.5},
    "evidence": {"verdict": "UNPROVEN", "statistics": {"drawdown": {"lengthMs": 5, "peakBar": 7}, "byYear": [1, 2]}},
    "diagnostics": {"warnings": ["a warning"], "notes": ["a note"]},
    "trades": [{"profit": 1}],
    "specHash": "ab" * 32,
}


def explains(model: ScriptedModel, request: Request) -> Reading:
    return asyncio.run(ModelLanguage(model, ModelSettings("m")).read(request, a_budget()))


def test_every_figure_of_the_run_is_offered_as_a_placeholder() -> None:
    text = explanation_message(asks("how did it do?", SPEC, run=RUN))

    for placeholder in (
        "{{run:run-1.results.sharpeRatio|.2f}} = 0.8123",
        "{{run:run-1.results.maxDrawdownPct|pct1}} = 0.21",
        "{{run:run-1.results.tradeCount|int}} = 40",
        "{{run:run-1.results.netProfit|money}} = 1234.5",
        "{{run:run-1.timeframe.start|date}} = 2022-01-01T00:00:00Z",
        "{{spec:risk.stop_loss.value|pct1}} = 0.04",
        "{{spec:indicators.ema_20.inputs.length|int}} = 20",
    ):
        assert placeholder in text
    assert "a warning" in text
    for hidden in ("lengthMs", "peakBar", "specHash", "trades", "set execution.mode"):
        assert hidden not in text


@pytest.mark.parametrize(
    "run", [RUN, {"sharpeRatio": 1.2, "winRatePct": 55, "tradeCount": 9, "inSample": {"sharpe": 1}}]
)
def test_every_placeholder_that_is_offered_can_be_filled(run: dict[str, Any]) -> None:
    text = explanation_message(asks("how did it do?", SPEC, run=run))
    offered = re.findall(r"^(\{\{.*\}\}) = ", text, re.MULTILINE)

    for placeholder in offered:
        grounded = ground(f"It is {placeholder} then.", Sources(runs={run.get("id", "r"): run}, spec=SPEC))
        assert grounded.problems == ()
        assert "{{" not in grounded.text
    assert len(offered) >= 9


def test_what_changed_between_versions_is_told() -> None:
    later = copy.deepcopy(SPEC)
    later["version"] = "1.3"
    later["risk"]["stop_loss"]["value"] = 0.05
    request = Request("what changed?", "2026-01-01T00:00:00Z", versions=(Version("1.2", SPEC), Version("1.3", later)))

    assert "version 1.2 to 1.3: stop loss" in explanation_message(request)


def test_an_explanation_is_a_second_answer_in_prose() -> None:
    model = ScriptedModel(
        {"intent": "explain", "language": "de"}, "Der Wert ist {{run:run-1.results.sharpeRatio|.2f}}."
    )

    reading = explains(model, asks("wie war es?", SPEC, run=RUN))

    assert reading.reply == "Der Wert ist {{run:run-1.results.sharpeRatio|.2f}}."
    assert (reading.intent, reading.language, reading.usage.calls) == ("explain", "de", 2)
    assert reading.prompts == ("read@2", "explain@1")
    assert "response_format" not in model.asked[1]
    assert "wie war es?" not in model.said(1, "system")
    assert "run-1" not in model.said(0, "user")


def test_an_ungrounded_explanation_is_written_again() -> None:
    model = ScriptedModel({"intent": "explain"}, "It made 300.", "It made {{run:run-1.results.netProfit|money}}.")
    language = ModelLanguage(model, ModelSettings("m"))
    request, budget = asks("how did it do?", SPEC, run=RUN), a_budget()
    problem = {"path": "reply", "code": "UNGROUNDED", "message": "300 has no source"}

    async def turn() -> Reading:
        first = await language.read(request, budget)
        return await language.repair(request, Repair(first, (problem,)), budget)

    reading = asyncio.run(turn())

    assert reading.reply == "It made {{run:run-1.results.netProfit|money}}."
    assert model.asked[2]["messages"][-2]["content"] == "It made 300."
    assert "300 has no source" in model.asked[2]["messages"][-1]["content"]
    assert len(reading.replies) == 3


def test_an_empty_explanation_ends_clearly() -> None:
    with pytest.raises(ModelGarbled, match="empty"):
        explains(ScriptedModel({"intent": "explain"}, "  "), asks("why?", SPEC, run=RUN))


def test_the_bare_model_says_that_it_would_explain_and_no_more() -> None:
    model = ScriptedModel({"intent": "explain"})

    reading = asyncio.run(ModelLanguage(model, ModelSettings("m")).bare().read(asks("why?"), a_budget()))

    assert (reading.intent, reading.reply, len(model.asked)) == ("explain", "", 1)
