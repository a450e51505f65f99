"""`kek verify` on thirteen strategies: both other engines agree with ours, every trade explained."""

from __future__ import annotations

import importlib.util
import json
import math
import sys
from dataclasses import replace

import pytest
from reference import verify_cases as cases

from engine.backtest.run import backtest
from engine.verify import PEERS, PeerError, verify
from engine.verify.compared import UNEXPLAINED
from engine.verify.peer import Answer, ask
from engine.verify.trades import TOLERANCE

STORED = json.loads(cases.TRADES.read_text())
MARKET = cases.stored_market()


def found(name, peer, ask_peer=None):
    ask_peer = ask_peer or cases.answer_of(STORED[f"{name} {peer}"])
    return verify(cases.checked_spec(name, MARKET), MARKET, peer=peer, python=sys.executable, ask_peer=ask_peer)


@pytest.mark.parametrize(("name", "peer"), cases.CASES)
def test_every_difference_to_another_engine_is_explained(name, peer):
    result = found(name, peer)

    assert result.explained
    for one in result.assets:
        assert one.largest_gap <= TOLERANCE
        assert one.theirs
        assert not any(row.unexplained for row in one.differences)
        assert all(row.causes for row in one.differences)


@pytest.mark.parametrize(("name", "peer"), cases.CASES)
def test_the_steps_lead_from_the_profit_as_said_to_the_profit_of_the_peer(name, peer):
    for one in found(name, peer).assets:
        moves = [step.net_profit_after - step.net_profit_before for step in one.steps]
        said = math.fsum(trip.net_profit for trip in one.as_said)
        closed = math.fsum(trip.net_profit for trip in one.theirs)
        still_open = math.fsum(trip.net_profit for trip in one.as_peer if trip.exit_time is None)

        assert said + math.fsum(moves) - still_open == pytest.approx(closed, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("name", cases.SPECS)
def test_our_run_is_the_backtest_of_the_spec(name):
    ours, alone = found(name, "backtesting").ours, backtest(cases.checked_spec(name, MARKET), MARKET)

    assert ours.simulation.equity.tobytes() == alone.simulation.equity.tobytes()
    assert ours.benchmark.tobytes() == alone.benchmark.tobytes()
    for part in ("spec_hash", "data_hash", "start", "end", "holdout", "summary", "statistics", "notices", "sources"):
        assert getattr(ours, part) == getattr(alone, part), part


def test_the_cases_cover_every_step_but_those_nothing_can_follow():
    causes = {step.cause for name, peer in cases.CASES for one in found(name, peer).assets for step in one.steps}

    assert causes >= {
        "alone",
        "funding",
        "max_drawdown",
        "max_orders_per_hour",
        "size",
        "fees",
        "slippage_model",
        "slippage",
        "fill",
        "entry_bar",
        "stop_beats_signal",
        "stop_before_gapped_target",
    }


@pytest.mark.parametrize(("column", "change"), [(1, 1.0), (2, 0.5), (3, -0.5), (5, 0.01), (6, 2.0)])
def test_a_trade_that_the_peer_has_otherwise_is_not_explained(column, change):
    stored = STORED["average_cross_at_close backtesting"]
    [rows] = stored["trades"]
    wrong = [list(row) for row in rows]
    wrong[3][column] += change

    result = found("average_cross_at_close", "backtesting", cases.answer_of({**stored, "trades": [wrong]}))

    assert not result.explained
    if column in (1, 2, 3):
        assert [row.number for row in result.assets[0].differences if UNEXPLAINED in row.causes] == [4]


def test_a_trade_that_the_peer_lacks_is_not_explained():
    stored = STORED["average_cross_at_close backtesting"]
    [rows] = stored["trades"]

    [one] = found(
        "average_cross_at_close", "backtesting", cases.answer_of({**stored, "trades": [rows[:-2] + rows[-1:]]})
    ).assets

    assert not one.equal
    assert math.isinf(one.largest_gap)
    assert "largestGap" not in one.as_dict()


def test_a_task_holds_the_bars_of_the_window_and_no_entry_without_its_stop():
    [task] = cases.tasks_of("levels_of_price", "backtesting", MARKET)

    decided = task.columns["go_long"][:-1] == 1
    assert task.withheld > 0
    assert decided.any()
    assert (task.bars.open[1:][decided] > 28_000).all()
    assert (task.bars.open[1:][decided] < 36_000).all()
    assert task.terms.units == float(int(task.terms.units))


def test_a_peer_that_is_not_installed_is_told_with_how_to_get_it(tmp_path):
    tasks = cases.tasks_of("average_cross_at_close", "backtesting", MARKET)
    lacking = tmp_path / "python"
    lacking.write_text("#!/bin/sh\necho \"No module named 'backtesting'\" >&2\nexit 3\n")
    lacking.chmod(0o755)

    with pytest.raises(PeerError, match=r"not installed for .*kek-mix\[verify\].*--python"):
        ask(PEERS["backtesting"], tasks, str(lacking))


def test_a_peer_that_fails_or_is_not_there_is_told(tmp_path):
    tasks = cases.tasks_of("average_cross_at_close", "backtesting", MARKET)
    failing = tmp_path / "python"
    failing.write_text("#!/bin/sh\necho 'the last line' >&2\nexit 9\n")
    failing.chmod(0o755)

    with pytest.raises(PeerError, match="exit status 9: the last line"):
        ask(PEERS["backtesting"], tasks, str(failing))
    with pytest.raises(PeerError, match="cannot be started"):
        ask(PEERS["backtesting"], tasks, str(tmp_path / "nowhere"))


@pytest.mark.long
@pytest.mark.parametrize("peer", PEERS)
def test_the_peer_itself_still_answers_as_it_did(peer):
    if importlib.util.find_spec(peer) is None:
        pytest.skip(f"needs the extra verify: {peer} is not installed")
    names = ["dip_with_bracket", "channel_both_ways"]
    tasks = {name: cases.tasks_of(name, peer, MARKET) for name in names}

    answer = ask(PEERS[peer], [task for each in tasks.values() for task in each], sys.executable)

    rows = iter(answer.trades)
    for name, each in tasks.items():
        mine = tuple(next(rows) for _ in each)
        assert found(name, peer, lambda *_, mine=mine: Answer(answer.version, mine)).explained


def test_a_peer_that_cannot_be_told_apart_is_refused():
    with pytest.raises(KeyError):
        found("always_in", "another")


def test_the_document_of_a_comparison_holds_numbers_that_json_knows():
    document = found("dip_with_bracket", "vectorbt").as_dict()

    text = json.dumps(document, allow_nan=False)
    assert json.loads(text)["explained"] is True
    assert document["assets"][0]["trades"]["theirs"] == 9


def test_a_changed_price_is_a_difference_and_a_changed_size_is_none():
    [one] = found("average_cross_at_close", "vectorbt").assets
    trip = one.as_said[0]

    from engine.verify.trades import moved

    assert moved(trip, replace(trip, entry_price=trip.entry_price * 1.001))
    assert not moved(trip, replace(trip, quantity=trip.quantity * 2, net_profit=0.0))
