"""Results told to whom they are for: other words and another order, and every figure out of the record."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

import pytest
from scripted_agent import DAILY, MARKET, MemoryStore, Scripted, agent, build, record, say

from agent.grounding import Sources, ground
from agent.language.builtin.languages import frame
from agent.ports import Persona
from agent.replies import result_reply
from agent.result_lines import DAY_MS, WHAT_A_DRAWDOWN_IS, counts_of, figure_lines
from engine.backtest.run import backtest
from engine.report.claims import claim_in
from engine.spec import check

PERSONAS: tuple[Persona, ...] = get_args(Persona)

CHANGES: dict[str, dict[str, Any]] = {
    "as it is": {},
    "four hours": {"universe": {"assets": ["BTC"], "timeframe": "4h"}},
    "always in": {
        "signals": {"entry": [{"when": "gt", "left": "close", "value": 0}], "exit": []},
        "indicators": {},
    },
    "never in": {"signals": {"entry": [{"when": "lt", "left": "close", "value": 0}], "exit": []}, "indicators": {}},
    "two assets": {"universe": {"assets": ["BTC", "ETH"], "timeframe": "1d"}},
}


@cache
def run_of(name: str, start: int | None = None, end: int | None = None) -> dict[str, Any]:
    checked = check({"id": "told", "version": "1.0", **DAILY, **CHANGES[name]})
    assert checked.spec is not None, checked.problems
    return dict(record(backtest(checked.spec, MARKET, start=start, end=end), "run_1", "2024-01-01T00:00:00.000Z"))


def told(run: dict[str, Any], persona: Persona | None) -> str:
    template = result_reply("run_1", run, frame("en"), None, persona)
    spec = {"id": "told", "version": "1.0", **DAILY}
    grounded = ground(template, Sources(runs={"run_1": run}, spec=spec, counts=counts_of(run)))
    assert not grounded.problems, (grounded.problems, template)
    return grounded.text


@pytest.mark.parametrize("persona", [None, *PERSONAS])
@pytest.mark.parametrize("name", CHANGES)
def test_every_figure_told_to_anybody_is_one_of_the_record(name: str, persona: Persona | None) -> None:
    whole, short = run_of(name), run_of(name, 1_577_836_800_000, 1_579_046_400_000)

    for run in (whole, short):
        text = told(run, persona)
        assert "{{" not in text and "not recorded" not in text, text


def test_who_has_not_said_is_told_as_ever() -> None:
    run = run_of("as it is")

    lines = told(run, None).splitlines()

    assert [line.split(" ")[1] for line in lines[1:5]] == ["return", "largest", "Sharpe", "closed"]


def test_a_person_is_told_in_plain_words_what_the_figure_that_hurts_means() -> None:
    run = run_of("as it is")

    text = told(run, "retail")

    assert "Sharpe" not in text and "profit factor" not in text and text.count(WHAT_A_DRAWDOWN_IS) == 1
    outcome = "made money" if run["results"]["netProfit"] > 0 else "lost money"
    assert f"- it {outcome}: {_shown(run['results']['returnsPct'])} on what it began with" in text
    assert f"{_shown(run['results']['maxDrawdownPct'])} below its best so far (the drawdown)" in text


def test_a_quant_is_told_what_the_evidence_has() -> None:
    run = run_of("as it is")
    sharpe, exposure = (run["evidence"]["statistics"][name] for name in ("sharpe", "exposure"))

    text = told(run, "quant")

    assert f"Sharpe ratio {claim_in(run)}, profit factor" in text
    assert f"Sharpe ratio on whole days {claim_in(run, 'dailyRatio')}; probability" in text
    assert f"95 % interval {sharpe['low95']:.2f} to {sharpe['high95']:.2f}; trials not counted, not validated" in text
    assert f"(PSR) {_shown(sharpe['probabilityPositive'])}, not corrected for tries" in text
    assert f"exposure on average {_shown(exposure['meanFraction'])}" in text


def test_a_quant_is_told_why_a_figure_has_no_value() -> None:
    text = told(run_of("always in", 1_577_836_800_000, 1_579_046_400_000), "quant")

    assert "Sharpe ratio on whole days not defined (fewer than 30 days were measured)" in text
    assert "PSR" not in text and "interval" not in text


@pytest.mark.parametrize("name", ["as it is", "always in", "four hours"])
def test_an_investor_is_told_first_of_doing_nothing_and_of_time_under_water(name: str) -> None:
    run = run_of(name)
    statistics = run["evidence"]["statistics"]
    held, depth = statistics["benchmark"], statistics["drawdown"]

    first, second = told(run, "investor").splitlines()[1:3]

    side = "ahead" if run["results"]["returnsPct"] > held["returnFraction"] else "behind"
    assert first.endswith(f"buy and hold {_shown(held['returnFraction'])}: it came out {side}")
    assert second.startswith(f"- largest drawdown {_shown(depth['maxFraction'])}, buy and hold")
    end = "until it was made good" if "recoveryBars" in depth else "and was not made good by the end"
    assert f"; it lasted {round(depth['lengthMs'] / DAY_MS):,} days {end}" in second


@pytest.mark.parametrize("persona", PERSONAS)
def test_what_is_honest_is_told_to_everybody(persona: Persona) -> None:
    anybody, somebody = (told(run_of("as it is"), one).splitlines() for one in (None, persona))

    assert anybody[0] == somebody[0] and anybody[-2:] == somebody[-2:]
    assert "UNPROVEN" in somebody[-2] and "generated" in somebody[-1]


def test_a_drawdown_that_never_was_has_no_length() -> None:
    record = {"evidence": {"statistics": {"drawdown": {"maxFraction": 0.0, "lengthMs": 0}}}}

    [line] = [one for one in figure_lines(record, lambda path, form: path, "investor") if "largest" in one]

    assert "lasted" not in line


@pytest.mark.parametrize("persona", [None, *PERSONAS])
def test_a_turn_is_told_to_its_owner_s_persona(persona: Persona | None) -> None:
    store = MemoryStore()
    store.told_to = persona

    answers = say(agent(Scripted(build()), store=store), "buy it")

    assert ("it began with" in answers[0].reply) == (persona == "retail")
    assert ("(PSR)" in answers[0].reply) == (persona == "quant")
    assert ("it lasted" in answers[0].reply) == (persona == "investor")
    assert store.turns()[0].provenance.get("persona") == persona
    assert answers[0].backtest["results"] == run_of("as it is")["results"]


def _shown(fraction: float) -> str:
    percent = 100 * fraction
    return f"{percent:.0f} %" if round(percent, 9).is_integer() else f"{percent:.1f} %"
