"""No answer shows an annual Sharpe ratio without its interval, the trials made on the data and the verdict."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from reference.bare_ratios import bare_ratios, whole_ratios
from reference.drawn import drawn_run, drawn_spec
from scripted_agent import MARKET, OWNER, MemoryStore, Scripted, agent, build, edit, record, say

from agent.grounding import Sources, ground, sources_of
from agent.language.builtin.explain import explain
from agent.language.builtin.languages import frame
from agent.language.port import Operation, Reading, Request, Version
from agent.replies import result_reply
from agent.result_lines import counts_of
from agent.tally import as_counted, with_tally
from engine.backtest.run import backtest
from engine.report.claims import claim_in

TRADED = 4
"""Seed of a run that has a ratio and an interval."""

STOP = Operation("add", "/risk/stop_loss", {"type": "percent", "value": 0.02})


QUESTIONS = (
    "how did it do?",
    "what's the sharpe",
    "sharpe and drawdown?",
    "is a sharpe like that good?",
    "is it overfit?",
    "could it be luck",
    "would you trade this?",
    "why is it losing so much money",
    "did it beat buy and hold",
    "what does it do?",
    "how many trades were there",
    "what is the sortino ratio and the calmar?",
)


def drawn(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a spec and a run of it, with or without a count of trials, an interval, a verdict and a p-value."""
    spec, rng = drawn_spec(seed), Random(seed)
    run = drawn_run(seed, spec)
    evidence = run["evidence"]
    if rng.random() < 0.7:
        evidence["trials"] = {"family": "BTC", "total": rng.randrange(1, 30_000)}
    if rng.random() < 0.2:
        del evidence["statistics"]["sharpe"]["low95"]
    evidence["statistics"]["sharpe"]["dailyRatio"] = rng.uniform(-2, 3)
    evidence["verdict"] = rng.choice(["UNPROVEN", "REJECTED", "VALIDATED"])
    return spec, run


@pytest.mark.parametrize("seed", range(12))
def test_no_explanation_shows_a_ratio_alone(seed: int) -> None:
    spec, run = drawn(seed)
    request = Request("", "2026-01-01T00:00:00Z", versions=(Version(str(spec["version"]), spec),), run=run)
    shown = 0
    for text in QUESTIONS:
        asked = Request(text, request.now, versions=request.versions, run=run)
        found = ground(explain(asked).reply, sources_of(asked))
        assert found.problems == (), (text, found.problems)
        assert bare_ratios(found.text) == [], text
        shown += len(whole_ratios(found.text))
    assert (shown > 0) == (claim_in(run) is not None)


@pytest.mark.parametrize("persona", [None, "retail", "quant", "investor"])
@pytest.mark.parametrize("seed", range(12))
def test_no_result_shows_a_ratio_alone_nor_does_the_version_before(seed: int, persona: Any) -> None:
    spec, run = drawn(seed)
    before = {**drawn(seed + 100)[1], "id": "older", "timeframe": run["timeframe"]}
    template = result_reply("run_1", {**run, "id": "run_1"}, frame("en"), before, persona)

    found = ground(template, Sources(runs={"older": before, "run_1": run}, spec=spec, counts=counts_of(run)))

    assert found.problems == ()
    assert bare_ratios(found.text) == []


@pytest.mark.parametrize("words", ["Sharpe ratio {{run:r.sharpeRatio|.2f}}", "A Sharpe of {{run:r.sharpeRatio|+.3f}}."])
def test_what_a_model_writes_brings_all_that_belongs_to_a_ratio(words: str) -> None:
    spec, run = drawn(TRADED)
    found = ground(words, Sources(runs={"r": run}, spec=spec))

    assert found.problems == ()
    assert bare_ratios(found.text) == [] and len(whole_ratios(found.text)) == 1
    assert found.quoted[0].value == run["results"]["sharpeRatio"]


def test_a_ratio_without_an_interval_is_not_shown() -> None:
    spec, run = drawn(TRADED)
    del run["evidence"]["statistics"]["sharpe"]["high95"]

    found = ground("Sharpe ratio {{run:r.sharpeRatio|.2f}}", Sources(runs={"r": run}, spec=spec))

    assert found.text == "Sharpe ratio not shown (its error cannot be estimated)"


def test_a_record_from_elsewhere_is_told_to_have_neither_interval_nor_count() -> None:
    sources = Sources(runs={"x": {"run_id": "x", "returnsPct": 12.7, "sharpe_ratio": 0.9}})

    assert ground("{{run:x.sharpe_ratio|raw}}", sources).text == (
        "0.9 (as recorded, without an interval; trials not counted, not validated)"
    )


def test_a_conversation_tells_how_many_trials_there_are_and_never_too_few() -> None:
    store = MemoryStore()
    talk = agent(
        Scripted(build(), edit(STOP), Reading("explain", "", reply="Sharpe ratio {{run:latest.sharpeRatio|.2f}}")),
        store=store,
    )

    first, second, third = say(talk, "buy it", "add a 2 % stop", "and the sharpe?")

    assert first.backtest["evidence"]["trials"] == {"family": "BTC", "total": 1}
    assert "; 1 trial, not validated)" in first.reply
    assert second.backtest["evidence"]["trials"]["total"] == 2
    assert second.reply.count("trials, not validated)") + second.reply.count("1 trial, not validated)") == 2
    assert "; 2 trials, not validated)" in third.reply
    assert all(bare_ratios(answer.reply) == [] for answer in (first, second, third))


def test_an_older_record_is_counted_as_of_today() -> None:
    store = MemoryStore()
    [answer] = say(agent(Scripted(build()), store=store), "buy it")
    old = {**answer.backtest, "evidence": {**answer.backtest["evidence"], "trials": {"family": "BTC", "total": 40}}}

    known = as_counted(old, answer.spec, store, OWNER)

    assert known is not None and known["evidence"]["trials"] == {"family": "BTC", "total": 1}
    assert as_counted(old, {"universe": {"assets": ["ETH"]}}, store, OWNER) is old
    assert as_counted(None, answer.spec, store, OWNER) is None


def test_a_repeated_run_is_not_counted_again() -> None:
    store = MemoryStore()
    [answer] = say(agent(Scripted(build()), store=store), "buy it")
    again = backtest(answer.spec, MARKET)

    counted = with_tally(again, lambda assets, trials: store.trial_count(OWNER, assets, trials))

    assert counted.tally is not None and counted.tally.total == 1
    assert claim_in(record(counted, "r", "2026-01-01T00:00:00Z")) == claim_in(answer.backtest)
