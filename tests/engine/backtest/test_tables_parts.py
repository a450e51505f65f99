"""Partial exits and time limits: tables worked by hand. Everything enters at 100 with 1,000 quote: ten units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from reference.case import Level, Venue
from reference.sentences import says
from reference.tables import QUIET, asset_from, case_from, changes, parts, stages, told

if TYPE_CHECKING:
    from reference.tables import Simulate

RISING = """t  open high low close
            0   100  100 100   100
            1   100  102  99   101
            2   101  106 101   104
            3   104  111 103   108
            4   108  108 107   107
            5   107  107 107   107"""

TWO_PARTS = [(0.05, 0.5), (0.10, 0.25)]


# -- partial exits ----------------------------------------------------------------------------


@says("**Partial exits**", "A round trip is one trade", "`quantity` is the first quantity")
def test_each_part_closes_once_at_its_level_and_the_round_trip_is_one_trade(simulate: Simulate) -> None:
    case = case_from(asset_from(RISING, enter_long=[0], exit_long=[3]), partial_exits=TWO_PARTS)

    result = simulate(case)

    assert parts(result) == [(2, 5.0, 105.0, "partial"), (3, 2.5, 110.0, "partial"), (4, 2.5, 108.0, "signal")]
    (trade,) = result.trades
    assert (trade.quantity, trade.entry_bar, trade.exit_bar, trade.reason) == (10.0, 1, 4, "signal")
    assert trade.exit_price == pytest.approx((5 * 105 + 2.5 * 110 + 2.5 * 108) / 10)
    assert trade.net == pytest.approx(5 * 5 + 2.5 * 10 + 2.5 * 8)
    assert changes(result) == [
        (0, "scheduled", "entry"),
        (1, "opened", "entry"),
        (2, "active", "partial"),
        (3, "active", "partial"),
        (3, "active", "exit_ordered"),
        (4, "closed", "signal"),
    ]


def test_a_part_is_a_limit_fill_of_the_first_quantity(simulate: Simulate) -> None:
    rules = {"slippage_base": 0.01, "maker": 0.002, "taker": 0.003, "perp": True, "size_value": 0.5}

    result = simulate(case_from(asset_from(RISING, enter_long=[0]), partial_exits=[(0.04, 0.5)], **rules))

    part = result.fills[1]
    assert part.price == part.reference == pytest.approx(101 * 1.04)  # E is 101, with slippage
    assert part.quantity == pytest.approx(500 / 101 / 2)
    assert part.fee == pytest.approx(0.002 * part.quantity * part.price)


def test_a_shorts_parts_lie_below_its_entry(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100  94    96"""

    result = simulate(case_from(asset_from(table, enter_short=[0]), perp=True, partial_exits=[(0.05, 0.4)]))

    assert parts(result) == [(1, 4.0, 95.0, "partial")]


@says("If no adverse level is touched, touched partial exits fill")
def test_touched_parts_fill_nearest_first_and_then_the_target_closes_the_rest(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  101  99   100
               2   100  116  99   115"""
    asset = asset_from(table, enter_long=[0])

    result = simulate(case_from(asset, partial_exits=TWO_PARTS, target=Level("percent", 0.15)))

    assert parts(result) == [
        (2, 5.0, 105.0, "partial"),
        (2, 2.5, pytest.approx(110.0), "partial"),
        (2, 2.5, pytest.approx(115.0), "take_profit"),
    ]
    assert result.trades[0].reason == "take_profit"


@says("a partial exit further from the entry than a target")
@pytest.mark.parametrize(("opens", "price"), [(100, 105.0), (121, 121.0)])
def test_a_part_beyond_the_target_is_never_reached(simulate: Simulate, opens: int, price: float) -> None:
    table = f"""t  open high low close
                0   100  100 100   100
                1   100  101  99   100
                2   {opens} 125 100 122"""
    asset = asset_from(table, enter_long=[0])

    result = simulate(case_from(asset, partial_exits=[(0.2, 0.5)], target=Level("percent", 0.05)))

    assert parts(result) == [(2, 10.0, pytest.approx(price), "take_profit")]


@says("**Gaps**")
@pytest.mark.parametrize(
    ("opens", "wanted"),
    [
        (104, []),
        (105, [(2, 5.0, 105.0, "partial")]),
        (112, [(2, 5.0, 112.0, "partial"), (2, 2.5, 112.0, "partial")]),
        (116, [(2, 5.0, 116.0, "partial"), (2, 2.5, 116.0, "partial"), (2, 2.5, 116.0, "take_profit")]),
    ],
)
def test_parts_gapped_over_fill_at_the_open(simulate: Simulate, opens: int, wanted: list[Any]) -> None:
    table = f"""t  open high low close
                0   100  100 100   100
                1   100  101  99   100
                2   {opens} {opens} {opens} {opens}"""
    asset = asset_from(table, enter_long=[0])

    result = simulate(case_from(asset, partial_exits=TWO_PARTS, target=Level("percent", 0.15)))

    assert parts(result) == wanted
    assert {fill.moment for fill in result.fills[1:]} <= {"open"}


@says("So a stop wins where both")
def test_a_stop_wins_over_a_part_touched_in_the_same_bar(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  101  99   100
               2   100  106  94   100"""

    result = simulate(
        case_from(asset_from(table, enter_long=[0]), partial_exits=TWO_PARTS, stop=Level("percent", 0.05))
    )

    assert parts(result) == [(2, 10.0, 95.0, "stop_loss")]


@says("A position that ends by its last part", "less than one part in 10^9")
@pytest.mark.parametrize("last", [0.5, 0.5 - 1e-11])
def test_a_position_that_its_parts_use_up_ends_by_the_last(simulate: Simulate, last: float) -> None:
    case = case_from(asset_from(RISING, enter_long=[0]), partial_exits=[(0.05, 0.5), (0.10, last)])

    result = simulate(case)

    assert parts(result) == [(2, 5.0, 105.0, "partial"), (3, 5.0, pytest.approx(110.0), "partial")]
    assert changes(result)[-2:] == [(2, "active", "partial"), (3, "closed", "partial")]
    assert (result.trades[0].reason, result.trades[0].exit_bar) == ("partial", 3)


@says("or less than is tradable (the smallest notional")
@pytest.mark.parametrize(("smallest", "closed"), [(50.0, 9.5), (53.0, 10.0)])
def test_what_would_be_left_below_the_smallest_notional_is_closed_with_the_part(
    simulate: Simulate, smallest: float, closed: float
) -> None:
    asset = asset_from(RISING, enter_long=[0], venue=Venue(smallest_notional=smallest))

    result = simulate(case_from(asset, partial_exits=[(0.05, 0.95)]))

    assert parts(result)[0] == (2, closed, 105.0, "partial")  # half a unit at 105 is worth 52.5


@says("A part that the step size cuts to nothing")
def test_a_part_that_the_step_cuts_to_nothing_is_passed_over(simulate: Simulate) -> None:
    asset = asset_from(RISING, enter_long=[0], venue=Venue(quantity_step=4.0))

    result = simulate(case_from(asset, partial_exits=[(0.05, 0.4), (0.10, 0.6)]))

    # 10 units are cut to 8; 0.4 of them are 3.2, less than a step; the two parts together are all of it
    assert parts(result) == [(3, 8.0, pytest.approx(110.0), "partial")]


@says("quantities of parts are cut down together")
@pytest.mark.parametrize(
    ("step", "size", "exits", "closed"),
    [
        # 3 units, halves of 1.5: one step, then all that is left
        (1.0, 0.3, [(0.05, 0.5), (0.10, 0.5)], [(2, 1.0, 105.0), (3, 2.0, 110.0)]),
        # one step: the first half is nothing, the second all of it
        (1.0, 0.1, [(0.05, 0.5), (0.10, 0.5)], [(3, 1.0, 110.0)]),
        # 10 units, quarters of 2.5: 2.5, 5 and 7.5 come to 2, 5 and 7
        (1.0, 1.0, [(0.05, 0.25), (0.06, 0.25), (0.10, 0.25)], [(2, 2.0, 105.0), (2, 3.0, 106.0), (3, 2.0, 110.0)]),
        # 0.3 units in steps of 0.1, ten tenths of which none but every third and a bit is a step
        (0.1, 0.03, [(0.01 * n, 0.1) for n in range(1, 11)], [(2, 0.1, 104.0), (3, 0.1, 107.0), (3, 0.1, 110.0)]),
        # without a step
        (0.0, 1.0, [(0.05, 0.3), (0.06, 0.3), (0.10, 0.4)], [(2, 3.0, 105.0), (2, 3.0, 106.0), (3, 4.0, 110.0)]),
    ],
)
def test_parts_are_cut_to_the_step_together_and_all_of_them_close_the_position(
    simulate: Simulate, step: float, size: float, exits: Any, closed: Any
) -> None:
    asset = asset_from(RISING, enter_long=[0], venue=Venue(quantity_step=step))

    result = simulate(case_from(asset, size_value=size, partial_exits=exits))

    assert parts(result) == [
        (bar, pytest.approx(quantity), pytest.approx(price), "partial") for bar, quantity, price in closed
    ]
    (trade,) = result.trades
    assert (trade.reason is not None) == (sum(fraction for _, fraction in exits) > 0.99)


def test_an_open_position_with_a_part_gone_is_one_open_row(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(RISING, enter_long=[0]), partial_exits=[(0.05, 0.5)]))

    (trade,) = result.trades
    assert (trade.quantity, trade.exit_bar, trade.reason) == (10.0, None, None)
    assert trade.exit_price == pytest.approx(106.0)  # half at 105, half marked at 107
    assert trade.net == pytest.approx(5 * 5 + 5 * 7) == pytest.approx(result.equity[-1] - 1000)


def test_a_protective_stop_closes_what_the_parts_left(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  105 100   101
               2   101  101  94    95"""

    result = simulate(
        case_from(asset_from(table, enter_long=[0]), partial_exits=[(0.05, 0.3)], stop=Level("percent", 0.05))
    )

    assert parts(result) == [(1, 3.0, 105.0, "partial"), (2, 7.0, 95.0, "stop_loss")]
    assert result.trades[0].exit_price == pytest.approx(98.0)  # 0.3 x 105 + 0.7 x 95


# -- time limits ------------------------------------------------------------------------------


@says("**Time limit**", "when the position has lived through so many own closes")
@pytest.mark.parametrize(
    ("fill", "exit_"),
    [
        ("next_open", (3, "open")),  # entered at the open of 1: closes 1 and 2, out at the open of 3
        ("close", (2, "close")),  # entered at the close of 0: closes 1 and 2, out at the second
    ],
)
def test_a_time_limit_in_bars_counts_the_closes_lived_through(
    simulate: Simulate, fill: str, exit_: tuple[int, str]
) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0]), fill=fill, time_limit_bars=2))

    (last,) = result.fills[1:]
    assert (last.bar, last.moment, last.reason) == (*exit_, "time_expired")
    assert result.trades[0].reason == "time_expired"


def test_the_bar_a_limit_entry_filled_inside_counts_as_lived_through(simulate: Simulate) -> None:
    table = QUIET.replace("1   100  100  100  100", "1   100  100   98   99")

    result = simulate(case_from(asset_from(table, enter_long=[0]), limit_offset=0.02, time_limit_bars=1))

    assert told(result) == [(1, "inside", "buy", 98.0, "entry"), (2, "open", "sell", 100.0, "time_expired")]


def test_a_time_limit_in_bars_counts_the_assets_own(simulate: Simulate) -> None:
    holes = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               4   100  100 100   100
               5   100  100 100   100"""
    case = case_from(asset_from(holes, enter_long=[0]), asset_from(QUIET, name="B"), time_limit_bars=2)

    assert told(simulate(case))[1:] == [(5, "open", "sell", 100.0, "time_expired")]


@says("when close time - entry time is as much or more")
@pytest.mark.parametrize(("minutes", "bar"), [(119, 3), (120, 3), (121, 4)])
def test_a_time_limit_in_minutes_runs_from_the_entry(simulate: Simulate, minutes: int, bar: int) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0]), time_limit_minutes=minutes))

    # entered at 01:00; the close of bar 2 is at 03:00, 120 minutes later
    assert told(result)[1:] == [(bar, "open", "sell", 100.0, "time_expired")]


@says("where the exit condition is true at the same close")
def test_where_the_exit_is_true_at_the_same_close_the_reason_is_the_signal(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0], exit_long=[2]), time_limit_bars=2))

    assert told(result)[1:] == [(3, "open", "sell", 100.0, "signal")]


@says("It counts as leaving, as the drawdown guard does")
def test_a_time_limit_counts_as_leaving_for_an_opposite_entry(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[0], enter_short=[1, 2])

    result = simulate(case_from(asset, perp=True, time_limit_bars=2))

    assert told(result)[1:3] == [(3, "open", "sell", 100.0, "time_expired"), (3, "open", "sell", 100.0, "entry")]
    assert stages(result, side="short") == {"entry_true": 2, "opposite_ignored": 1, "placed": 1, "filled": 1}


@says("(A clear opposite entry alone, with `reverse`")
def test_a_reversal_at_the_same_close_leaves_the_reason_to_the_time_limit(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[0], enter_short=[2])

    result = simulate(case_from(asset, perp=True, reverse=True, time_limit_bars=2))

    assert told(result)[1:3] == [(3, "open", "sell", 100.0, "time_expired"), (3, "open", "sell", 100.0, "entry")]
