"""Whatever was changed behind the program's back is found and named: figures, specs, words, candles, the engine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from kept_talk import RULE, KeptTalk, paths
from scripted_agent import MARKET

from api.replay.report import Replayed, in_words
from engine.backtest import run as engine_run
from engine.errors import DataError
from engine.market.bars import Bars, make_bars
from engine.market.demo import DemoMarket
from engine.market.memory import MemoryMarket
from storage.records import LOCAL_USER

DAYS = 1_400
DAY = 86_400_000


def daily(symbol: str = "BTCUSDT", seed: int = 3, n: int = DAYS) -> Bars:
    """Days of a random walk; a longer one begins with the same days."""
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.03, 2 * DAYS)))[:n]
    opens = np.concatenate(([100.0], close[:-1]))
    high, low = np.maximum(opens, close) * 1.01, np.minimum(opens, close) * 0.99
    return make_bars(
        symbol, "1d", np.arange(n) * DAY + 1_500_000_000_000 // DAY * DAY, opens, high, low, close, np.ones(n)
    )


def market(*bars: Bars) -> MemoryMarket:
    return MemoryMarket(bars or [daily()], name="walk")


def changed(bars: Bars, at: int) -> Bars:
    """The same bars with one volume changed."""
    volume = bars.volume.copy()
    volume[at] += 1.0
    return replace(bars, volume=volume)


def told(talk: KeptTalk) -> tuple[str, str]:
    [answer, _] = talk.say(RULE, "why so few trades?")
    return answer.thread_id, str(answer.run_id)


@pytest.fixture(scope="module")
def talk() -> KeptTalk:
    """One owner; each test changes what it has said itself."""
    return KeptTalk(market())


@pytest.fixture(scope="module")
def kept(talk: KeptTalk) -> tuple[str, str]:
    """A thread and its run that nobody changes."""
    return told(talk)


def column(talk: KeptTalk, table: str, name: str, key: str) -> Any:
    with talk.database.engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT {name} FROM {table} WHERE id = '{key}'").scalar()
    return json.loads(found) if isinstance(found, str) and found.startswith("{") else found


def test_a_stored_figure_that_was_changed_is_found_in_the_run_and_in_the_thread(talk: KeptTalk) -> None:
    thread, run = told(talk)
    record = column(talk, "backtest_runs", "record", run)
    record["results"]["sharpeRatio"] = np.nextafter(record["results"]["sharpeRatio"], 9)
    talk.sql("UPDATE backtest_runs SET record = :text WHERE id = :run", text=json.dumps(record), run=run)

    assert paths(talk.replay(run)) == ["results.sharpeRatio"]
    assert "turns[0].run.results.sharpeRatio" in paths(talk.replay(thread))


def test_a_stored_answer_that_was_changed_is_found(talk: KeptTalk) -> None:
    thread, _ = told(talk)
    with talk.database.read() as work:
        [_, said, *_] = work.threads.messages(LOCAL_USER, thread)
    answer = {**(said.answer or {}), "assumptions": [], "reply": said.text.replace("What I understood", "As you said")}
    talk.sql("UPDATE messages SET answer = :text WHERE id = :id", text=json.dumps(answer), id=said.id)

    found = paths(talk.replay(thread))

    assert "turns[0].answer.assumptions, length" in found
    assert any(path.startswith("turns[0].answer.reply, line ") for path in found)


def test_words_that_were_changed_in_the_thread_alone_are_found(talk: KeptTalk) -> None:
    thread, _ = told(talk)
    talk.sql("UPDATE messages SET text = 'It made you rich.' WHERE role = 'assistant' AND thread_id = :id", id=thread)

    assert any("message.text" in path for path in paths(talk.replay(thread)))


def test_a_message_that_was_changed_comes_out_otherwise(talk: KeptTalk) -> None:
    thread, _ = told(talk)
    talk.sql(
        "UPDATE messages SET text = :text WHERE text = :rule AND thread_id = :id",
        text=RULE.replace("35", "30"),
        rule=RULE,
        id=thread,
    )

    found = paths(talk.replay(thread))

    assert any(path.startswith("turns[0].version.spec.signals.entry") for path in found)


def test_a_spec_that_was_changed_is_found_with_or_without_its_hash() -> None:
    import hashlib

    talk = KeptTalk()
    thread, run = told(talk)
    with talk.database.engine.connect() as connection:
        spec = str(connection.exec_driver_sql("SELECT spec FROM strategy_versions").scalar())
    other = spec.replace('"value":35', '"value":36')
    talk.sql("UPDATE strategy_versions SET spec = :spec", spec=other)

    for what in (thread, run):
        [first, *_] = talk.replay(what).differences
        assert "stored spec was changed" in first.now

    talk.sql("UPDATE strategy_versions SET spec_hash = :hash", hash=hashlib.sha256(other.encode()).hexdigest())

    assert "specHash" in paths(talk.replay(run))
    assert any(path.startswith("turns[0].version.spec.signals") for path in paths(talk.replay(thread)))


def test_a_trial_that_was_changed_is_found() -> None:
    talk = KeptTalk()
    thread, _ = told(talk)
    talk.sql("UPDATE trials SET summary = :text", text='{"tradeCount":1}')

    assert "turns[0].trials[0].summary.tradeCount" in paths(talk.replay(thread))


def test_a_job_that_was_changed_is_found(talk: KeptTalk) -> None:
    [_, answer] = talk.say(RULE, "improve it")
    talk.sql("UPDATE refinement_jobs SET status = 'failed' WHERE id = :id", id=answer.refinement["jobId"])

    assert paths(talk.replay(answer.thread_id)) == ["turns[1].job.status"]


def test_another_engine_is_told_and_differs_though_every_figure_is_equal(
    talk: KeptTalk, kept: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    thread, run = kept
    monkeypatch.setattr(engine_run, "engine_hash", lambda: "f" * 64)

    for what in (thread, run):
        replayed = talk.replay(what)
        assert paths(replayed) == ["engineHash"] and not replayed.equal
        assert replayed.engine.now == "f" * 64 and "every figure equal" in next(iter(in_words(replayed)))


def test_another_engine_s_figures_are_told_one_by_one(
    talk: KeptTalk, kept: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, run = kept
    monkeypatch.setattr(engine_run, "engine_hash", lambda: "f" * 64)
    summarise = engine_run.summarise

    def other(*given: Any, **named: Any) -> Any:
        judged = summarise(*given, **named)
        return replace(judged, summary=replace(judged.summary, sharpe_ratio=9.0))

    monkeypatch.setattr(engine_run, "summarise", other)

    replayed = talk.replay(run)

    assert paths(replayed) == ["engineHash", "results.sharpeRatio"] and replayed.differences[1].now == 9.0


def test_a_changed_candle_is_told_and_no_figure_is_compared(talk: KeptTalk, kept: tuple[str, str]) -> None:
    thread, run = kept
    now = market(changed(daily(), 500))

    alone, whole = talk.replay(run, now), talk.replay(thread, now)

    assert paths(alone) == ["dataHash", "candles.BTCUSDT"] and alone.data.changed and alone.compared == ()
    assert paths(whole) == ["turns[0].dataHash", "turns[0].candles.BTCUSDT"] and not whole.equal
    assert any("other candles" in line for line in in_words(alone))


def test_candles_that_were_added_since_change_nothing(talk: KeptTalk, kept: tuple[str, str]) -> None:
    thread, run = kept
    hours = replace(daily(n=30), timeframe="4h")
    more = market(daily(n=DAYS + 200), daily("ETHUSDT", seed=4), daily("BTCUSDT-PERP", seed=5), hours)

    assert talk.replay(run, more).equal
    assert talk.replay(thread, more).equal


def test_candles_that_were_taken_away_are_told_from_where_to_where(talk: KeptTalk, kept: tuple[str, str]) -> None:
    _, run = kept
    later = daily().between(1_500_000_000_000 + 100 * DAY, 2**62)

    replayed = talk.replay(run, market(later))

    [span] = [one for one in replayed.differences if one.path == "candles.BTCUSDT.1d"]
    assert span.then.startswith("2017-07-14") and span.now.startswith("2017-10-23")


def test_candles_that_are_gone_cannot_be_computed_with(talk: KeptTalk, kept: tuple[str, str]) -> None:
    _, run = kept

    with pytest.raises(DataError, match="BTC has no candles"):
        talk.replay(run, market(daily("ETHUSDT")))


def test_of_several_assets_the_one_whose_candles_changed_is_named() -> None:
    talk = KeptTalk(market(daily(), daily("ETHUSDT", seed=4)))
    [answer] = talk.say("buy BTC and ETH on daily bars when RSI 9 is below 35, sell when RSI 9 is above 60")

    replayed = talk.replay(str(answer.run_id), market(daily(), changed(daily("ETHUSDT", seed=4), 7)))

    assert paths(replayed) == ["dataHash", "candles.ETHUSDT"]


def test_a_folder_that_was_moved_is_the_same_market(talk: KeptTalk, kept: tuple[str, str]) -> None:
    thread, run = kept
    moved = MemoryMarket([daily()], name="candles elsewhere")

    assert talk.replay(run, moved).equal and talk.replay(thread, moved).equal


def test_perpetuals_replay_equal_when_funding_was_added_since() -> None:
    talk = KeptTalk(MARKET)
    text = "on perpetual BTC, daily bars: short when RSI 9 is above 65 and cover when RSI 9 is below 45, 2x leverage"
    [answer] = talk.say(text)
    assert answer.spec["universe"]["market_type"] == "perp"
    longer = DemoMarket(seed=7, end_ms=1_656_633_600_000, minutes_from_ms=1_640_995_200_000)

    replayed = talk.replay(str(answer.run_id), longer)

    assert replayed.equal, replayed.differences[:3]
    assert talk.replay(answer.thread_id, longer).equal


OLD: Mapping[str, Any] = {"reader": "builtin", "prompts": [], "replies": []}


def of_an_earlier_release(talk: KeptTalk, provenance: Mapping[str, Any] = OLD) -> None:
    """Take away what earlier releases did not keep."""
    talk.sql("UPDATE messages SET provenance = :text WHERE role = 'assistant'", text=json.dumps(provenance))
    talk.sql("UPDATE backtest_runs SET provenance = :text", text=json.dumps(provenance))
    talk.sql("DELETE FROM model_replies")


def test_what_an_earlier_release_kept_replays_as_far_as_it_goes_and_says_what_is_missing() -> None:
    talk = KeptTalk(market())
    answers = talk.say("buy BTC when RSI 9 is below 35", "when it is over 60", "stop 5%", "undo", "what is the return?")
    of_an_earlier_release(talk)

    replayed = talk.replay(answers[0].thread_id, market(daily(n=DAYS + 200)))
    runs = [talk.replay(str(one.run_id), market(daily(n=DAYS + 200))) for one in answers if one.run_id is not None]

    assert runs and all(one.equal for one in runs), [one.differences[:3] for one in runs]
    assert len(replayed.missing) >= 5 and "earlier release" in replayed.missing[0]
    found = [path for path in paths(replayed) if "holdout" not in path and "dataHash" not in path]
    assert [path for path in found if path.endswith((".disposition", ".version", ".question"))] == []


def test_a_turn_that_a_model_read_before_replies_were_kept_is_named_and_left_out() -> None:
    from agent.errors import AgentError

    talk = KeptTalk(market())
    [answer] = talk.say(RULE)
    with talk.database.read() as work:
        [_, said] = work.threads.messages(LOCAL_USER, answer.thread_id)
    read = {**(said.answer or {}), "reader": "model:m"}
    of_an_earlier_release(talk, {**OLD, "reader": "model:m", "replies": ["ab12"]})
    talk.sql("UPDATE messages SET answer = :text WHERE id = :id", text=json.dumps(read), id=said.id)

    with pytest.raises(AgentError, match="what the model replied was not kept"):
        talk.replay(answer.thread_id)


def test_the_document_has_every_difference_and_the_words_the_first_ones() -> None:
    from api.replay.differences import Difference
    from api.replay.report import Digest

    many = tuple(Difference(f"results.figure{at}", at, at + 1) for at in range(50))
    replayed = Replayed("run_1", "run", Digest("a", "a"), Digest("b", "b"), many, ("the record",))

    lines = list(in_words(replayed))

    assert len(replayed.as_dict()["differences"]) == 50 and lines[-1].strip().startswith("and 30 more")
    assert lines[0] == "run run_1: 50 differences"
