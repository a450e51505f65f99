"""When a signal fills, at which price, and what absent bars change: tables worked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reference.case import HOUR_MS, Level
from reference.sentences import says
from reference.tables import MIDNIGHT_MS, QUIET, asset_from, case_from, stages, told

if TYPE_CHECKING:
    from reference.tables import Simulate


# -- when a signal fills -----------------------------------------------------------------------
@says(
    "**Waiting exits** of present", "A market entry fills at the open", "the held side's exit true", "Equity of the bar"
)
def test_a_signal_is_read_at_the_close_and_fills_at_the_next_open(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  101  99   100
               1   102  104 101   103
               2   105  106 104   105
               3   104  105 103   104"""

    result = simulate(case_from(asset_from(table, enter_long=[0], exit_long=[2])))

    assert told(result) == [(1, "open", "buy", 102.0, "entry"), (3, "open", "sell", 104.0, "signal")]
    assert [f.time for f in result.fills] == [MIDNIGHT_MS + HOUR_MS, MIDNIGHT_MS + 3 * HOUR_MS]
    shares = 1000 / 102
    assert result.equity == pytest.approx([1000, shares * 103, shares * 105, shares * 104])


@says("With `fill: close` the orders of this close fill now")
def test_fill_close_fills_at_the_deciding_close_and_protections_act_from_the_next_bar(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  120  80   100
               1   100  101  94   96
               2    96   97  95   96"""

    result = simulate(case_from(asset_from(table, enter_long=[0]), fill="close", stop=Level("percent", 0.05)))

    assert told(result) == [(0, "close", "buy", 100.0, "entry"), (1, "inside", "sell", 95.0, "stop_loss")]
    assert result.fills[0].time == MIDNIGHT_MS + HOUR_MS  # the close of bar 0, whose low of 80 came before


def test_a_waiting_signal_exit_fills_before_a_stop_that_the_open_gaps_through(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100  99   99
               2    90   92  88   91"""

    case = case_from(asset_from(table, enter_long=[0], exit_long=[1]), stop=Level("percent", 0.05))
    result = simulate(case)

    assert told(result)[1] == (2, "open", "sell", 90.0, "signal")


@says("**Gaps**")
def test_a_stop_gapped_through_fills_at_the_open(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  101  99   100
               1   100  103 100   102
               2    90   92  88    91"""

    result = simulate(case_from(asset_from(table, enter_long=[0]), stop=Level("percent", 0.05)))

    assert told(result)[1] == (2, "open", "sell", 90.0, "stop_loss")  # open 90, not stop 95


@says("**Gaps**")
def test_a_target_gapped_through_fills_at_the_open(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  101  99   100
               1   100  103 100   102
               2   112  113 111   112"""

    result = simulate(case_from(asset_from(table, enter_long=[0]), target=Level("percent", 0.05)))

    assert told(result)[1] == (2, "open", "sell", 112.0, "take_profit")


@says("**Gaps**")
def test_an_open_exactly_at_the_stop_is_a_gap(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  101  99   100
               1   100  103 100   102
               2    95   97  94    96"""

    result = simulate(case_from(asset_from(table, enter_long=[0]), stop=Level("percent", 0.05)))

    assert told(result)[1] == (2, "open", "sell", 95.0, "stop_loss")


@says("**Waiting exits** of present")
def test_exits_of_all_assets_fill_before_entries_at_the_same_open(simulate: Simulate) -> None:
    first = asset_from(QUIET, name="A", enter_long=[1])  # first in the universe, pays with what B sets free
    second = asset_from(QUIET, name="B", enter_long=[0], exit_long=[1])

    result = simulate(case_from(first, second))

    assert [(f.bar, f.asset, f.side, f.quantity) for f in result.fills] == [
        (1, "B", "buy", 10.0),
        (2, "B", "sell", 10.0),
        (2, "A", "buy", 10.0),
    ]


@says("each sees the cash and positions")
def test_a_gapped_stop_sets_free_the_cash_of_an_entry_at_the_same_open(simulate: Simulate) -> None:
    falling = """t  open high low close
                 0   100  100 100   100
                 1   100  100 100   100
                 2    80   80  80    80"""
    case = case_from(
        asset_from(QUIET, name="A", enter_long=[1]),
        asset_from(falling, name="B", enter_long=[0]),
        stop=Level("percent", 0.1),
    )

    result = simulate(case)

    assert [(f.bar, f.asset, f.side) for f in result.fills] == [(1, "B", "buy"), (2, "B", "sell"), (2, "A", "buy")]
    assert result.fills[2].quantity == pytest.approx(8.0)  # 10 x 80 of cash, cut from the 1,000 wanted


@says('"In order" always means', "each sees the cash and positions")
def test_entries_fill_in_the_order_of_the_universe(simulate: Simulate) -> None:
    case = case_from(
        asset_from(QUIET, name="B", enter_long=[0]), asset_from(QUIET, name="A", enter_long=[0]), size_value=0.7
    )

    result = simulate(case)

    assert [(f.asset, f.quantity) for f in result.fills] == [("B", 7.0), ("A", pytest.approx(3.0))]
    assert stages(result, "A")["cut_cash"] == 1


@says("So a stop wins where both")
def test_inside_the_bar_the_stop_wins_where_both_are_touched(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2   100  111  94   108"""
    case = case_from(asset_from(table, enter_long=[0]), stop=Level("percent", 0.05), target=Level("percent", 0.10))

    assert told(simulate(case))[1] == (2, "inside", "sell", 95.0, "stop_loss")


@says("Touched is enough")
@pytest.mark.parametrize(
    ("low", "high", "price", "reason"), [(95, 124, 95, "stop_loss"), (96, 125, 125, "take_profit")]
)
def test_a_touch_counts(simulate: Simulate, low: int, high: int, price: float, reason: str) -> None:
    table = f"""t  open high low close
                0   100  100 100   100
                1   100  100 100   100
                2   100  {high} {low} 100"""
    case = case_from(asset_from(table, enter_long=[0]), stop=Level("percent", 0.05), target=Level("percent", 0.25))

    assert told(simulate(case))[1:] == [(2, "inside", "sell", pytest.approx(price), reason)]


@pytest.mark.parametrize("percent", range(1, 31))
def test_a_round_percentage_of_a_round_price_is_touched_exactly_there(simulate: Simulate, percent: int) -> None:
    table = f"""t  open high low close
                0   100  100 100   100
                1   100  100 100   100
                2   100  {100 + percent} 100 100"""
    case = case_from(asset_from(table, enter_long=[0]), target=Level("percent", percent / 100))

    assert told(simulate(case))[1:] == [(2, "inside", "sell", 100.0 + percent, "take_profit")]


@says("Protections are live on the entry bar")
def test_protections_are_live_on_the_entry_bar_from_its_open(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  101  94   100
               2   100  100 100   100"""

    result = simulate(case_from(asset_from(table, enter_long=[0]), stop=Level("percent", 0.05)))

    assert told(result) == [(1, "open", "buy", 100.0, "entry"), (1, "inside", "sell", 95.0, "stop_loss")]


def test_without_entry_bar_stops_protections_begin_with_the_next_bar(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  101  94   100
               2   100  100  95   100"""

    result = simulate(case_from(asset_from(table, enter_long=[0]), stop=Level("percent", 0.05), entry_bar_stops=False))

    assert told(result)[1] == (2, "inside", "sell", 95.0, "stop_loss")


def test_with_stop_beats_signal_a_touched_stop_wins_over_a_waiting_signal_exit(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2    99   99  94    98"""
    asset = asset_from(table, enter_long=[0], exit_long=[1])

    usual = simulate(case_from(asset, stop=Level("percent", 0.05)))
    other = simulate(case_from(asset, stop=Level("percent", 0.05), stop_beats_signal=True))

    assert told(usual)[1] == (2, "open", "sell", 99.0, "signal")
    assert told(other)[1] == (2, "inside", "sell", 95.0, "stop_loss")


@says("Orders decided at the last close")
@pytest.mark.parametrize("fill", ["next_open", "close"])
def test_orders_decided_at_the_last_close_never_fill(simulate: Simulate, fill: str) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[5]), fill=fill))

    assert result.fills == []
    assert stages(result) == {"entry_true": 1, "placed": 1, "never_filled": 1}


@says("A position still open is marked")
def test_a_position_open_at_the_end_is_marked_and_not_sold(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2   100  112 100   110"""

    result = simulate(case_from(asset_from(table, enter_long=[0], exit_long=[2]), taker=0.01))

    (trade,) = result.trades
    shares = 1000 / 101  # 1,000 of cash pays for the shares and one per cent of fee
    assert (trade.exit_bar, trade.reason, trade.exit_price) == (None, None, 110.0)
    assert trade.fees == pytest.approx(shares * 100 * 0.01)  # of the entry alone
    assert trade.net == pytest.approx(result.equity[-1] - 1000)
    assert result.equity[-1] == pytest.approx(shares * 110)


# -- the clock ---------------------------------------------------------------------------------
@says("an asset's latest known price", "Marks of present assets move to their closes")
def test_an_absent_asset_does_not_trade_and_is_marked_at_its_last_close(simulate: Simulate) -> None:
    holes = """t  open high low close
               0   100  100 100   100
               1   100  102 100   102
               4   107  107 105   106
               5   106  106 106   106"""
    case = case_from(asset_from(holes, name="A", enter_long=[0]), asset_from(QUIET, name="B"))

    assert simulate(case).equity == pytest.approx([1000, 1020, 1020, 1020, 1060, 1060])


@says("A late fill is one")
def test_a_waiting_order_fills_at_the_assets_next_bar_and_is_counted_as_late(simulate: Simulate) -> None:
    holes = """t  open high low close
               0   100  100 100   100
               3   105  105 105   105
               4   105  105 105   105"""
    case = case_from(asset_from(holes, name="A", enter_long=[0]), asset_from(QUIET, name="B"))

    result = simulate(case)

    assert told(result) == [(3, "open", "buy", 105.0, "entry")]
    assert stages(result)["filled_late"] == 1


def test_a_waiting_exit_of_an_absent_asset_fills_at_its_next_open(simulate: Simulate) -> None:
    holes = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               4    90   90  90    90"""
    case = case_from(asset_from(holes, name="A", enter_long=[0], exit_long=[1]), asset_from(QUIET, name="B"))

    assert told(simulate(case))[1] == (4, "open", "sell", 90.0, "signal")


# -- levels ------------------------------------------------------------------------------------
DROP_AND_RISE = """t  open high low close
                   0   100  100 100   100
                   1   100  100 100   100
                   2   100  150  50   100"""


@says("stop and target from the fill price")
def test_a_percent_stop_is_anchored_on_the_fill_price_with_slippage(simulate: Simulate) -> None:
    case = case_from(asset_from(DROP_AND_RISE, enter_long=[0]), slippage_base=0.01, stop=Level("percent", 0.05))

    result = simulate(case)

    assert result.fills[0].price == pytest.approx(101)
    assert result.fills[1].reference == pytest.approx(101 * 0.95)
    assert result.fills[1].price == pytest.approx(101 * 0.95 * 0.99)  # a stop pays slippage as well


@says("Limit fill (a target)")
def test_a_percent_target_is_a_limit_fill_maker_and_without_slippage(simulate: Simulate) -> None:
    case = case_from(
        asset_from(DROP_AND_RISE, enter_long=[0]),
        slippage_base=0.01,
        taker=0.003,
        maker=0.002,
        target=Level("percent", 0.10),
    )

    result = simulate(case)

    exit_ = result.fills[1]
    assert (exit_.price, exit_.reference) == (pytest.approx(101 * 1.1), pytest.approx(101 * 1.1))
    assert exit_.fee == pytest.approx(0.002 * exit_.quantity * exit_.price)
    assert result.fills[0].fee == pytest.approx(0.003 * exit_.quantity * 101)


@says("stop and target from the fill price")
def test_an_atr_stop_keeps_the_atr_of_the_deciding_close(simulate: Simulate) -> None:
    asset = asset_from(DROP_AND_RISE, enter_long=[0])
    asset.stop_atr = [4.0, 9.0, 20.0]

    result = simulate(case_from(asset, slippage_base=0.01, stop=Level("atr", 2.5)))

    assert result.fills[1].reference == pytest.approx(101 - 2.5 * 4.0)


@says("stop and target from the fill price")
def test_a_price_stop_is_the_level_itself(simulate: Simulate) -> None:
    case = case_from(asset_from(DROP_AND_RISE, enter_long=[0]), slippage_base=0.01, stop=Level("price", 93.0))

    assert simulate(case).fills[1].reference == 93.0


def test_a_shorts_stop_lies_above_and_its_target_below(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  104  96   100
               2   100  100  90   92
               3    92   92  92   92"""
    rules = {"perp": True, "size_value": 0.5, "stop": Level("percent", 0.05), "target": Level("percent", 0.08)}

    won = simulate(case_from(asset_from(table, enter_short=[0]), **rules))
    lost = simulate(case_from(asset_from(table.replace("104", "105"), enter_short=[0]), **rules))

    assert told(won) == [(1, "open", "sell", 100.0, "entry"), (2, "inside", "buy", 92.0, "take_profit")]
    assert told(lost)[1] == (1, "inside", "buy", 105.0, "stop_loss")


@says("Rejected (LEVEL_BEYOND_ENTRY)")
@pytest.mark.parametrize(
    ("opens_at", "rule"),
    [(94, "stop"), (95, "stop"), (106, "target"), (105, "target")],
)
def test_an_entry_at_or_beyond_its_stop_or_target_is_rejected(simulate: Simulate, opens_at: int, rule: str) -> None:
    table = f"""t  open high low close
                0   100  100 100   100
                1    {opens_at}  {opens_at} {opens_at} {opens_at}
                2   100  100 100   100"""
    level = {"stop": Level("price", 95.0), "target": Level("price", 105.0)}[rule]

    result = simulate(case_from(asset_from(table, enter_long=[0]), **{rule: level}))

    assert result.fills == []
    assert stages(result) == {"entry_true": 1, "placed": 1, "rejected_level_beyond_entry": 1}


@says("Rejected (LEVEL_BEYOND_ENTRY)")
def test_an_entry_whose_slippage_alone_reaches_its_level_is_rejected(simulate: Simulate) -> None:
    case = case_from(asset_from(QUIET, enter_long=[0]), slippage_base=0.01, target=Level("price", 101.0))

    assert stages(simulate(case))["rejected_level_beyond_entry"] == 1
