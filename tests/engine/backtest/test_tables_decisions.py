"""What is decided at a close, and which signals compete: tables worked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reference.case import HOUR_MS, Trail
from reference.sentences import says
from reference.tables import MIDNIGHT_MS, QUIET, asset_from, case_from, changes, stages, told

if TYPE_CHECKING:
    from reference.tables import Simulate


@says("The same side's entry is ignored", "One position per asset")
def test_a_same_side_entry_while_holding_is_ignored_and_counted(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0, 1, 2])))

    assert len(result.fills) == 1
    assert stages(result)["in_position"] == 2


@says("A clear entry: the entry is true", "Flat, only clear entries")
def test_flat_an_entry_is_ignored_when_the_same_sides_exit_is_true_too(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[1], exit_long=[1])))

    assert stages(result) == {"entry_true": 1, "exit_also_true": 1}


@says("A clear entry: the entry is true", "Flat, only clear entries")
def test_flat_both_sides_entries_are_ignored_together(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[1], enter_short=[1]), perp=True))

    assert result.fills == []
    assert stages(result) == stages(result, side="short") == {"entry_true": 1, "both_sides_true": 1}


@says("The opposite side's entry opens")
def test_holding_an_opposite_entry_alone_is_ignored(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0], enter_short=[2]), perp=True))

    assert len(result.fills) == 1
    assert stages(result, side="short") == {"entry_true": 1, "opposite_ignored": 1}


@says("The opposite side's entry opens")
@pytest.mark.parametrize(("exits", "reverse"), [([2], False), ([], True)])
def test_an_opposite_entry_acts_with_the_held_sides_exit_or_when_told_to_reverse(
    simulate: Simulate, exits: list[int], reverse: bool
) -> None:
    asset = asset_from(QUIET, enter_long=[0], enter_short=[2], exit_long=exits)

    result = simulate(case_from(asset, perp=True, reverse=reverse))

    assert told(result)[1:] == [(3, "open", "sell", 100.0, "signal"), (3, "open", "sell", 100.0, "entry")]


def test_a_level_still_true_after_an_exit_enters_again(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0, 1, 2, 3, 4], exit_long=[2])))

    assert [(f.bar, f.side) for f in result.fills] == [(1, "buy"), (3, "sell"), (4, "buy")]


@says("A position that the drawdown guard closes counts as leaving")
def test_an_opposite_entry_of_a_position_the_guard_closes_is_refused_as_trading_has_ended(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100  80    80
               2    80   80  80    80"""
    asset = asset_from(table, enter_long=[0], enter_short=[1])

    result = simulate(case_from(asset, perp=True, max_drawdown_fraction=0.1))

    assert told(result)[1:] == [(2, "open", "sell", 80.0, "drawdown_guard")]
    assert stages(result, side="short") == {"entry_true": 1, "halted": 1}
    assert changes(result)[2:] == [(1, "active", "exit_ordered"), (2, "closed", "drawdown_guard")]


@says("States of an asset", "*idle*; *scheduled*", "Every change is an event")
def test_every_change_of_an_asset_is_an_event_and_so_is_every_rejection(simulate: Simulate) -> None:
    table = QUIET.replace("2   100  100  100  100", "2   100  106  100  105")
    asset = asset_from(table, enter_long=[0, 1, 4, 5], exit_long=[2])

    result = simulate(case_from(asset, partial_exits=[(0.05, 0.5)], breakeven_at=0.05, max_orders_per_hour=1))

    assert changes(result) == [
        (0, "scheduled", "entry"),
        (1, "opened", "entry"),
        (2, "active", "partial"),
        (2, "active", "breakeven"),
        (2, "active", "exit_ordered"),
        (3, "closed", "signal"),
        (4, "scheduled", "entry"),
        (5, "opened", "entry"),
    ]
    late = simulate(case_from(asset_from(QUIET, enter_long=[5]), asset_from(QUIET, name="B", enter_long=[5])))
    assert changes(late) == [(5, "scheduled", "entry"), (5, "cancelled", "end_of_data")]
    held_back = simulate(
        case_from(asset_from(QUIET, enter_long=[1]), asset_from(QUIET, name="B", enter_long=[1]), max_orders_per_hour=1)
    )
    assert changes(held_back, "B") == [(1, "rejected", "max_orders_per_hour")]


def test_an_event_bears_the_time_and_the_figures_of_what_happened(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2   100  106 100   105
               3   105  105 103   103
               4   103  103 103   103"""
    asset = asset_from(table, enter_long=[0], exit_long=[3])

    events = simulate(case_from(asset, partial_exits=[(0.05, 0.4)], breakeven_at=0.05)).events

    hours = [(event.time - MIDNIGHT_MS) / HOUR_MS for event in events]
    assert hours == [1, 1, 2, 3, 4, 4]  # decided at closes, filled at opens, a part inside bears the bar's open
    assert [event.side for event in events] == ["long"] * 6
    assert [(e.price, e.quantity) for e in events if e.state == "opened"] == [(100.0, 10.0)]
    assert [(e.price, e.quantity) for e in events if e.reason == "partial"] == [(105.0, 4.0)]
    assert [e.price for e in events if e.reason == "breakeven"] == [100.0]
    assert [(e.price, e.quantity) for e in events if e.state == "closed"] == [(103.0, 6.0)]


@says("first the protections of all positions, then time limits and expiries, then the exits")
def test_a_stop_moved_at_a_close_does_not_hold_back_the_exit_of_that_close(simulate: Simulate) -> None:
    table = QUIET.replace("1   100  100  100  100", "1   100  110  100  100")
    asset = asset_from(table, enter_long=[0], exit_long=[1])

    result = simulate(case_from(asset, trailing_stop=Trail("price", 5.0)))

    # the stop at 105 lies above the open of 100: the waiting exit is filled first
    assert told(result)[1:] == [(2, "open", "sell", 100.0, "signal")]
    assert changes(result)[2:4] == [(1, "active", "trailing_stop"), (1, "active", "exit_ordered")]
