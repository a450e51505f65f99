"""The event list: every asset's states in order, and nothing that happened without an event."""

from collections import Counter

import pytest
from reference.random_accounts import random_run

from engine.backtest.events import events_from
from engine.backtest.simulate import simulate
from engine.kernels.codes import FUNNEL_STAGES

SEEDS = range(40)


@pytest.fixture(scope="module")
def batch():
    return [simulate(run.intents, run.market, run.config) for run in map(random_run, SEEDS)]


def test_every_position_is_scheduled_opened_and_closed_in_that_order(batch):
    for done in batch:
        held, waiting = dict.fromkeys(done.assets), dict.fromkeys(done.assets)
        for event in done.events:
            asset = event.asset
            if event.state == "scheduled":
                assert waiting[asset] is None
                waiting[asset] = event.side
            elif event.state == "opened":
                assert (held[asset], waiting[asset]) == (None, event.side)
                held[asset], waiting[asset] = event.side, None
            elif event.state == "active":
                assert held[asset] == event.side
            elif event.state == "closed":
                assert held[asset] == event.side
                held[asset] = None
            elif event.state == "cancelled":
                assert waiting[asset] == event.side
                waiting[asset] = None
            elif event.reason in AT_THE_FILL and waiting[asset] == event.side:
                waiting[asset] = None
        assert waiting == dict.fromkeys(done.assets)
        still_open = {trade.asset for trade in done.trades if trade.reason is None}
        assert {asset for asset in done.assets if held[asset]} == still_open


AT_THE_FILL = {
    "no_price",
    "level_beyond_entry",
    "max_positions",
    "max_concurrent",
    "max_position_pct",
    "max_total_exposure_pct",
    "max_leverage",
    "cash",
    "too_small",
}


def test_events_are_in_the_order_of_time(batch):
    for done in batch:
        bars, times = done.events.columns["bar"], done.events.columns["time"]
        assert (bars[1:] >= bars[:-1]).all()
        assert (times[1:] >= times[:-1]).all()


def test_every_fill_has_its_event(batch):
    for done in batch:
        filled = {"opened", "closed"}
        told = [e for e in done.events if e.state in filled or (e.state, e.reason) == ("active", "partial")]
        key = [(e.bar, e.time, e.asset, e.reason, e.price, e.quantity) for e in told]
        assert key == [(f.bar, f.time, f.asset, f.reason, f.price, f.quantity) for f in done.fills]


def test_every_rejection_and_cancellation_is_counted_and_told(batch):
    for done in batch:
        told = Counter(event.state for event in done.events)
        totals = dict(zip(FUNNEL_STAGES, done.funnel.sum(axis=(0, 1)).tolist(), strict=True))
        assert told["rejected"] == sum(n for name, n in totals.items() if name.startswith("rejected"))
        ended = sum(n for name, n in totals.items() if name.startswith("cancelled"))
        assert told["cancelled"] == ended + totals["never_filled"]
        assert (told["scheduled"], told["opened"]) == (totals["placed"], totals["filled"])


def test_a_stop_that_moves_moves_to_the_safer_side_only(batch):
    for done in batch:
        for event in done.events.of("active"):
            if event.reason in ("breakeven", "trailing_stop", "trailing_take") and event.bound is not None:
                assert event.price > event.bound if event.side == "long" else event.price < event.bound


def test_every_note_is_a_sentence_with_its_figures(batch):
    for done in batch:
        for event in done.events:
            assert event.note.startswith(f"{event.asset}: ")
            assert "nan" not in event.note
            assert "None" not in event.note


def test_events_made_by_hand_read_as_they_were_written(batch):
    events = list(batch[5].events)

    assert list(events_from(events, batch[5].assets)) == events
