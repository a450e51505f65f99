"""Each sentence of the specification's sections on fills, sizing and risk, as a table worked by hand.

Every test runs through the engine and through the naive simulator: the expected figures are written out here,
so neither is the other's judge. Tables are hourly and begin on Monday 2024-01-01 00:00 UTC; without other wishes
an account of 1,000 quote trades free of costs and puts everything into one position.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reference.case import HOUR_MS, Level
from reference.engine_side import simulate_with_engine
from reference.naive import simulate_naive
from reference.tables import MIDNIGHT_MS, asset_from, case_from

if TYPE_CHECKING:
    from collections.abc import Callable

    from reference.case import Case, NaiveResult

    Simulate = Callable[[Case], NaiveResult]

QUIET = """t  open high low close
           0   100  100  100  100
           1   100  100  100  100
           2   100  100  100  100
           3   100  100  100  100
           4   100  100  100  100
           5   100  100  100  100"""


@pytest.fixture(params=[simulate_with_engine, simulate_naive], ids=["engine", "naive"])
def simulate(request: pytest.FixtureRequest) -> Simulate:
    return request.param


def told(result: NaiveResult) -> list[tuple[int, str, str, object, str]]:
    """Return what happened, in short: bar, moment, side, price, reason."""
    return [(f.bar, f.moment, f.side, pytest.approx(f.price, rel=1e-12), f.reason) for f in result.fills]


def stages(result: NaiveResult, asset: str = "A", side: str = "long") -> dict[str, int]:
    """Return what became of an asset's entries of one side."""
    return result.funnel.get((asset, side), {})


# -- when a signal fills ----------------------------------------------------------------------


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


def test_a_stop_gapped_through_fills_at_the_open(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  101  99   100
               1   100  103 100   102
               2    90   92  88    91"""

    result = simulate(case_from(asset_from(table, enter_long=[0]), stop=Level("percent", 0.05)))

    assert told(result)[1] == (2, "open", "sell", 90.0, "stop_loss")  # open 90, not stop 95


def test_a_target_gapped_through_fills_at_the_open(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  101  99   100
               1   100  103 100   102
               2   112  113 111   112"""

    result = simulate(case_from(asset_from(table, enter_long=[0]), target=Level("percent", 0.05)))

    assert told(result)[1] == (2, "open", "sell", 112.0, "take_profit")


def test_an_open_exactly_at_the_stop_is_a_gap(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  101  99   100
               1   100  103 100   102
               2    95   97  94    96"""

    result = simulate(case_from(asset_from(table, enter_long=[0]), stop=Level("percent", 0.05)))

    assert told(result)[1] == (2, "open", "sell", 95.0, "stop_loss")


def test_exits_of_all_assets_fill_before_entries_at_the_same_open(simulate: Simulate) -> None:
    first = asset_from(QUIET, name="A", enter_long=[1])  # first in the universe, pays with what B sets free
    second = asset_from(QUIET, name="B", enter_long=[0], exit_long=[1])

    result = simulate(case_from(first, second))

    assert [(f.bar, f.asset, f.side, f.quantity) for f in result.fills] == [
        (1, "B", "buy", 10.0),
        (2, "B", "sell", 10.0),
        (2, "A", "buy", 10.0),
    ]


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


def test_entries_fill_in_the_order_of_the_universe(simulate: Simulate) -> None:
    case = case_from(
        asset_from(QUIET, name="B", enter_long=[0]), asset_from(QUIET, name="A", enter_long=[0]), size_value=0.7
    )

    result = simulate(case)

    assert [(f.asset, f.quantity) for f in result.fills] == [("B", 7.0), ("A", pytest.approx(3.0))]
    assert stages(result, "A")["cut_cash"] == 1


def test_inside_the_bar_the_stop_wins_where_both_are_touched(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2   100  111  94   108"""
    case = case_from(asset_from(table, enter_long=[0]), stop=Level("percent", 0.05), target=Level("percent", 0.10))

    assert told(simulate(case))[1] == (2, "inside", "sell", 95.0, "stop_loss")


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


@pytest.mark.parametrize("fill", ["next_open", "close"])
def test_orders_decided_at_the_last_close_never_fill(simulate: Simulate, fill: str) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[5]), fill=fill))

    assert result.fills == []
    assert stages(result) == {"entry_true": 1, "placed": 1, "never_filled": 1}


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


# -- the clock --------------------------------------------------------------------------------


def test_an_absent_asset_does_not_trade_and_is_marked_at_its_last_close(simulate: Simulate) -> None:
    holes = """t  open high low close
               0   100  100 100   100
               1   100  102 100   102
               4   107  107 105   106
               5   106  106 106   106"""
    case = case_from(asset_from(holes, name="A", enter_long=[0]), asset_from(QUIET, name="B"))

    assert simulate(case).equity == pytest.approx([1000, 1020, 1020, 1020, 1060, 1060])


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


# -- levels -----------------------------------------------------------------------------------

DROP_AND_RISE = """t  open high low close
                   0   100  100 100   100
                   1   100  100 100   100
                   2   100  150  50   100"""


def test_a_percent_stop_is_anchored_on_the_fill_price_with_slippage(simulate: Simulate) -> None:
    case = case_from(asset_from(DROP_AND_RISE, enter_long=[0]), slippage_base=0.01, stop=Level("percent", 0.05))

    result = simulate(case)

    assert result.fills[0].price == pytest.approx(101)
    assert result.fills[1].reference == pytest.approx(101 * 0.95)
    assert result.fills[1].price == pytest.approx(101 * 0.95 * 0.99)  # a stop pays slippage as well


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


def test_an_atr_stop_keeps_the_atr_of_the_deciding_close(simulate: Simulate) -> None:
    asset = asset_from(DROP_AND_RISE, enter_long=[0])
    asset.stop_atr = [4.0, 9.0, 20.0]

    result = simulate(case_from(asset, slippage_base=0.01, stop=Level("atr", 2.5)))

    assert result.fills[1].reference == pytest.approx(101 - 2.5 * 4.0)


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


def test_an_entry_whose_slippage_alone_reaches_its_level_is_rejected(simulate: Simulate) -> None:
    case = case_from(asset_from(QUIET, enter_long=[0]), slippage_base=0.01, target=Level("price", 101.0))

    assert stages(simulate(case))["rejected_level_beyond_entry"] == 1


# -- costs ------------------------------------------------------------------------------------


def test_slippage_is_base_plus_range_times_a_part_of_volatility_and_a_part_of_size(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[0], exit_long=[2], atr_ratio=0.02, quote_volume=40_000.0)
    case = case_from(
        asset,
        perp=True,
        slippage_base=0.0005,
        slippage_kv=0.05,
        slippage_kp=1.0,
        sizing="fixed_notional",
        size_value=400.0,
    )

    entry, exit_ = simulate(case).fills

    bought = 0.0005 + 0.02 * (0.05 + (400 / 40_000) ** 0.5)  # 0.0035: 400 is 1/100 of the volume
    assert entry.price == pytest.approx(100 * (1 + bought))
    worth = 400 / (100 * (1 + bought)) * 100  # quantity x close of the deciding bar
    sold = 0.0005 + 0.02 * (0.05 + (worth / 40_000) ** 0.5)
    assert exit_.price == pytest.approx(100 * (1 - sold))


def test_slippage_is_that_of_the_deciding_bar(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[1])
    asset.atr_ratio = [0.01, 0.02, 0.04, 0.04, 0.04, 0.04]

    (entry,) = simulate(case_from(asset, slippage_kv=0.5)).fills

    assert entry.price == pytest.approx(100 * 1.01)


def test_a_stops_slippage_is_that_of_the_last_closed_bar(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2   100  100  90   100"""
    asset = asset_from(table, enter_long=[0])
    asset.atr_ratio = [0.0, 0.02, 0.5]

    result = simulate(case_from(asset, slippage_kv=0.5, stop=Level("percent", 0.05)))

    assert result.fills[1].price == pytest.approx(95 * (1 - 0.5 * 0.02))


def test_slippage_is_at_most_five_per_cent(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[0], atr_ratio=0.5, quote_volume=1.0)

    (entry,) = simulate(case_from(asset, slippage_kv=1.0, slippage_kp=9.0)).fills

    assert entry.price == pytest.approx(105)


def test_without_volume_the_part_of_size_is_zero_and_an_unknown_range_counts_as_zero(simulate: Simulate) -> None:
    silent = asset_from(QUIET, enter_long=[0], atr_ratio=0.02, quote_volume=0.0)
    young = asset_from(QUIET, enter_long=[0], atr_ratio=None, quote_volume=5.0)
    rules = {"slippage_base": 0.001, "slippage_kv": 0.1, "slippage_kp": 1.0}

    assert simulate(case_from(silent, **rules)).fills[0].price == pytest.approx(100 * (1.001 + 0.02 * 0.1))
    assert simulate(case_from(young, **rules)).fills[0].price == pytest.approx(100 * 1.001)


def test_net_profit_is_gross_less_slippage_fees_and_funding(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2   110  110 110   110
               3   120  120 120   120
               4   120  120 120   120"""
    asset = asset_from(table, enter_long=[0], exit_long=[2], funding=[(2, 0.001)])
    case = case_from(asset, perp=True, taker=0.002, slippage_base=0.01, sizing="fixed_notional", size_value=505.0)

    result = simulate(case)

    (trade,) = result.trades
    assert trade.quantity == pytest.approx(5.0)  # 505 at 101
    assert trade.gross == pytest.approx(5 * (120 - 100))
    assert trade.slippage == pytest.approx(5 * 1.0 + 5 * 1.2)
    assert trade.fees == pytest.approx(0.002 * (5 * 101 + 5 * 118.8))
    assert trade.funding == pytest.approx(5 * 110 * 0.001)
    assert trade.net == pytest.approx(100 - 11 - 2.198 - 0.55)
    assert result.equity[-1] == pytest.approx(1000 + trade.net)


def test_excursions_count_what_is_known_to_come_before_the_exit(simulate: Simulate) -> None:
    stopped = """t  open high low close
                 0   100  100 100   100
                 1   100  104  98   102
                 2   103  120  90   100"""
    result = simulate(case_from(asset_from(stopped, enter_long=[0]), stop=Level("percent", 0.05)))
    assert (result.trades[0].mae, result.trades[0].mfe) == (pytest.approx(0.05), pytest.approx(0.04))

    paid = simulate(case_from(asset_from(stopped, enter_long=[0]), target=Level("percent", 0.15)))
    assert (paid.trades[0].mae, paid.trades[0].mfe) == (pytest.approx(0.10), pytest.approx(0.15))


# -- funding and liquidation ------------------------------------------------------------------

FALLING_QUIETLY = """t  open high low close
                     0   100  100 100   100
                     1   100  100 100   100
                     2   100  100  90    90
                     3    90   90  80    80
                     4    80   80  80    80"""


@pytest.mark.parametrize(("side", "sign"), [("long", 1), ("short", -1)])
def test_longs_pay_positive_funding_and_shorts_receive_it(simulate: Simulate, side: str, sign: int) -> None:
    asset = asset_from(FALLING_QUIETLY, **{f"enter_{side}": [0]}, funding=[(3, 0.01)])

    result = simulate(case_from(asset, perp=True, size_value=0.5))

    assert result.trades[0].funding == pytest.approx(sign * 5 * 90 * 0.01)  # quantity x price at the event's open


def test_funding_at_the_open_is_on_the_quantity_before_that_bars_fills(simulate: Simulate) -> None:
    entering = asset_from(QUIET, enter_long=[0], funding=[(1, 0.01)])
    leaving = asset_from(QUIET, enter_long=[0], exit_long=[1], funding=[(2, 0.01)])

    assert simulate(case_from(entering, perp=True, size_value=0.5)).trades[0].funding == 0.0
    assert simulate(case_from(leaving, perp=True, size_value=0.5)).trades[0].funding == pytest.approx(5.0)


def test_funding_inside_the_bar_is_on_the_quantity_at_its_close(simulate: Simulate) -> None:
    held = asset_from(FALLING_QUIETLY, enter_long=[0], funding=[(2.5, 0.01)])
    entering = asset_from(QUIET, enter_long=[0], funding=[(1.5, 0.01)])
    stopped = asset_from(FALLING_QUIETLY, enter_long=[0], funding=[(2.01, 0.01)])

    assert simulate(case_from(held, perp=True, size_value=0.5)).trades[0].funding == pytest.approx(5 * 90 * 0.01)
    assert simulate(case_from(entering, perp=True, size_value=0.5)).trades[0].funding == pytest.approx(5.0)
    free = simulate(case_from(stopped, perp=True, size_value=0.5, stop=Level("percent", 0.05)))
    assert (free.trades[0].reason, free.trades[0].funding) == ("stop_loss", 0.0)


def test_funding_that_falls_into_a_gap_is_charged_at_the_next_open(simulate: Simulate) -> None:
    holes = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               4   120  130 120   130
               5   130  130 130   130"""
    asset = asset_from(holes, enter_long=[0], funding=[(2.5, 0.01)])

    assert simulate(case_from(asset, perp=True, size_value=0.5)).trades[0].funding == pytest.approx(5 * 120 * 0.01)


@pytest.mark.parametrize(("side", "owed"), [("long", 2 * 5 * 100 * 0.0001), ("short", 0.0)])
def test_without_a_series_longs_pay_the_assumed_rate_and_shorts_receive_nothing(
    simulate: Simulate, side: str, owed: float
) -> None:
    table = "t open high low close\n" + "\n".join(f"{t} 100 100 100 100" for t in range(18))
    asset = asset_from(table, **{f"enter_{side}": [0]}, funding=None)  # 08:00 and 16:00 lie inside

    result = simulate(case_from(asset, perp=True, size_value=0.5))

    assert result.trades[0].funding == pytest.approx(owed)


def test_spot_pays_no_funding(simulate: Simulate) -> None:
    table = "t open high low close\n" + "\n".join(f"{t} 100 100 100 100" for t in range(18))

    assert simulate(case_from(asset_from(table, enter_long=[0], funding=None))).trades[0].funding == 0.0


TENFOLD = {"perp": True, "leverage": 10.0, "sizing": "fixed_notional", "size_value": 10_000.0}
"""100 units at 100 on 1,000: liquidated where 1,000 + 100 (x - 100) = 0.005 x 100 x, at 9,000 / 99.5 = 90.4523."""

LONG_RUIN = 9_000 / 99.5
SHORT_RUIN = 11_000 / 100.5


def test_a_long_is_liquidated_where_equity_equals_the_maintenance_margin(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100  91   95
               2    95   96  90   95
               3    95   95  95   95"""
    case = case_from(asset_from(table, enter_long=[0, 2]), taker=0.0, **TENFOLD)

    result = simulate(case)

    assert told(result)[1:] == [(2, "inside", "sell", pytest.approx(LONG_RUIN), "liquidation")]
    assert result.equity[-1] == pytest.approx(0.005 * 100 * LONG_RUIN)  # the maintenance margin is what is left
    assert stages(result)["halted"] == 1  # trading has ended for good
    assert (result.halted_bar, result.liquidated) == (2, True)


def test_a_short_is_liquidated_above(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  109 100   105
               2   105  110 100   105"""

    result = simulate(case_from(asset_from(table, enter_short=[0]), **TENFOLD))

    assert told(result)[1:] == [(2, "inside", "buy", pytest.approx(SHORT_RUIN), "liquidation")]


def test_a_liquidation_pays_taker_and_slippage(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2    95   96  80   95"""
    asset = asset_from(table, enter_long=[0])
    asset.atr_ratio = [0.0, 0.02, 0.02]  # the entry is free of slippage, the liquidation pays 1 %
    case = case_from(asset, taker=0.001, slippage_kv=0.5, **{**TENFOLD, "size_value": 9_000.0})

    fill = simulate(case).fills[1]

    level = (90 * 100 - (1000 - 9)) / (90 * 0.995)  # 9 of fee is gone
    assert (fill.reason, fill.reference) == ("liquidation", pytest.approx(level))
    assert fill.price == pytest.approx(level * 0.99)
    assert fill.fee == pytest.approx(0.001 * 90 * level * 0.99)


@pytest.mark.parametrize(("stop", "price", "reason"), [(0.08, 92.0, "stop_loss"), (0.2, LONG_RUIN, "liquidation")])
def test_inside_a_bar_the_adverse_level_nearer_the_open_acts_first(
    simulate: Simulate, stop: float, price: float, reason: str
) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2    95   96  70   95"""

    result = simulate(case_from(asset_from(table, enter_long=[0]), stop=Level("percent", stop), **TENFOLD))

    assert told(result)[1] == (2, "inside", "sell", pytest.approx(price), reason)


def test_an_open_beyond_the_liquidation_level_liquidates_at_the_open(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2    85   86  84   85"""

    result = simulate(case_from(asset_from(table, enter_long=[0]), **TENFOLD))

    assert told(result)[1] == (2, "open", "sell", 85.0, "liquidation")
    assert result.equity[-1] == pytest.approx(1000 - 1500)  # a gap can take more than there was


def test_funding_can_liquidate_at_the_close(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[0], funding=[(2.5, 0.0951)])

    result = simulate(case_from(asset, **TENFOLD))

    assert told(result)[1] == (2, "close", "sell", 100.0, "liquidation")  # 1,000 - 951 is under 50


def test_margin_is_cross_and_a_liquidation_closes_everything(simulate: Simulate) -> None:
    falling = """t  open high low close
                 0   100  100 100   100
                 1   100  100 100   100
                 2    95   96  80   95"""
    calm = """t  open high low close
              0   50  50  50  50
              1   50  50  50  50
              2   50  51  49  51"""
    case = case_from(
        asset_from(calm, name="A", enter_long=[0]),
        asset_from(falling, name="B", enter_long=[0]),
        **{**TENFOLD, "size_value": 5_000.0},
    )

    result = simulate(case)

    level = (5000 - 1000 + 0.005 * 5000) / (50 * 0.995)  # A at its open of 50 neither helps nor hurts
    assert [(f.asset, f.reason, f.moment, f.reference) for f in result.fills[2:]] == [
        ("A", "liquidation", "inside", 50.0),
        ("B", "liquidation", "inside", pytest.approx(level)),
    ]


# -- sizing -----------------------------------------------------------------------------------


def test_the_target_uses_the_equity_at_the_deciding_close_once_for_all_orders_of_it(simulate: Simulate) -> None:
    rising = """t  open high low close
                0   100  100 100   100
                1   100  120 100   120
                2   160  160 160   160"""
    flat = """t  open high low close
              0   10   10  10   10
              1   10   10  10   10
              2   10   10  10   10"""
    case = case_from(
        asset_from(rising, name="A", enter_long=[0]),
        asset_from(flat, name="B", enter_long=[1]),
        asset_from(flat, name="C", enter_long=[1]),
        size_value=0.2,
    )

    result = simulate(case)

    wanted = 0.2 * (1000 + 2 * 20)  # equity at the close of bar 1, not at the open of bar 2
    assert [f.quantity for f in result.fills] == [2.0, pytest.approx(wanted / 10), pytest.approx(wanted / 10)]


def test_the_quantity_is_the_target_over_the_fill_price_with_slippage(simulate: Simulate) -> None:
    table = QUIET.replace("1   100  100  100  100", "1   125  125  125  125")

    (entry,) = simulate(case_from(asset_from(table, enter_long=[0]), slippage_base=0.02, size_value=0.5)).fills

    assert entry.quantity == pytest.approx(500 / (125 * 1.02))


def test_on_spot_notional_and_fee_fit_the_cash_and_the_fee_alone_is_no_cut(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0]), taker=0.001))

    assert result.fills[0].quantity == pytest.approx(1000 / (100 * 1.001))
    assert stages(result) == {"entry_true": 1, "placed": 1, "filled": 1}


def test_on_spot_a_notional_above_the_cash_is_cut_to_it(simulate: Simulate) -> None:
    table = QUIET.replace("1   100  100  100  100", "1   125  125  125  125")  # does not matter for the notional
    case = case_from(asset_from(table, enter_long=[0]), sizing="fixed_notional", size_value=1500.0, taker=0.001)

    result = simulate(case)

    assert result.fills[0].quantity == pytest.approx(1000 / (125 * 1.001))
    assert stages(result)["cut_cash"] == 1


def test_fixed_notional_is_the_value(simulate: Simulate) -> None:
    case = case_from(asset_from(QUIET, enter_long=[0]), sizing="fixed_notional", size_value=250.0)

    assert simulate(case).fills[0].quantity == 2.5


def test_volatility_target_is_equity_times_value_over_volatility(simulate: Simulate) -> None:
    case = case_from(asset_from(QUIET, enter_long=[0], volatility=0.8), sizing="volatility_target", size_value=0.2)

    assert simulate(case).fills[0].quantity == pytest.approx(1000 * 0.2 / 0.8 / 100)


@pytest.mark.parametrize(
    ("stop", "distance"), [(Level("percent", 0.05), 5.0), (Level("atr", 2.0), 8.0), (Level("price", 96.0), 4.0)]
)
def test_risk_per_trade_loses_the_value_when_the_stop_is_hit(simulate: Simulate, stop: Level, distance: float) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2   100  100  80   100"""
    case = case_from(asset_from(table, enter_long=[0], atr=4.0), sizing="risk_per_trade", size_value=0.01, stop=stop)

    result = simulate(case)

    assert result.fills[0].quantity == pytest.approx(0.01 * 1000 / distance)
    assert result.equity[-1] == pytest.approx(990)


def test_atr_risk_sizes_by_a_multiple_of_the_atr(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[0], atr=4.0)

    result = simulate(case_from(asset, sizing="atr_risk", size_value=0.01, size_multiple=2.5))

    assert result.fills[0].quantity == pytest.approx(0.01 * 1000 / (2.5 * 4.0))


@pytest.mark.parametrize("volatility", [None, 0.0])
def test_an_unknown_or_zero_volatility_is_no_reason_to_go_without(simulate: Simulate, volatility: float | None) -> None:
    asset = asset_from(QUIET, enter_long=[0], volatility=volatility)

    result = simulate(case_from(asset, sizing="volatility_target", size_value=0.2))

    assert stages(result) == {"entry_true": 1, "rejected_size_undefined": 1}


def test_an_unknown_atr_stop_is_no_reason_to_go_without(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0], atr=None), stop=Level("atr", 2.0)))

    assert stages(result) == {"entry_true": 1, "rejected_stop_undefined": 1}


# -- limits -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "value", "stage", "quantity"),
    [
        ("max_position_fraction", 0.2, "cut_max_position_pct", 2.0),
        ("max_exposure_fraction", 0.3, "cut_max_total_exposure_pct", 3.0),
        ("leverage", 0.4, "cut_max_leverage", 4.0),
    ],
)
def test_an_order_above_a_limit_is_cut_to_it(
    simulate: Simulate, limit: str, value: float, stage: str, quantity: float
) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0]), **{limit: value}))

    assert result.fills[0].quantity == pytest.approx(quantity)
    assert stages(result) == {"entry_true": 1, "placed": 1, "filled": 1, stage: 1}


def test_the_last_limit_that_cut_is_the_one_reported(simulate: Simulate) -> None:
    case = case_from(asset_from(QUIET, enter_long=[0]), max_position_fraction=0.5, leverage=0.25, perp=True)

    result = simulate(case)

    assert result.fills[0].quantity == pytest.approx(2.5)
    assert stages(result) == {"entry_true": 1, "placed": 1, "filled": 1, "cut_max_leverage": 1}


def test_limits_are_measured_at_the_fill_bars_opens(simulate: Simulate) -> None:
    doubling = """t  open high low close
                  0   100  100 100   100
                  1   100  100 100   100
                  2   200  200 200   200"""
    flat = """t  open high low close
              0   10   10  10   10
              1   10   10  10   10
              2   10   10  10   10"""
    case = case_from(
        asset_from(doubling, name="A", enter_long=[0]),
        asset_from(flat, name="B", enter_long=[1]),
        size_value=0.4,
        max_exposure_fraction=0.6,
    )

    result = simulate(case)

    assert result.fills[1].quantity == pytest.approx((0.6 * 1400 - 800) / 10)  # 4 x 200 held, equity 1,400


def test_a_limit_never_forces_a_sale(simulate: Simulate) -> None:
    doubling = """t  open high low close
                  0   100  100 100   100
                  1   100  200 100   200
                  2   400  400 400   400"""

    result = simulate(case_from(asset_from(doubling, enter_long=[0]), size_value=0.3, max_position_fraction=0.3))

    assert len(result.fills) == 1
    assert stages(result) == {"entry_true": 1, "placed": 1, "filled": 1}


def test_an_order_that_a_limit_leaves_nothing_of_is_rejected_by_it(simulate: Simulate) -> None:
    case = case_from(
        asset_from(QUIET, name="A", enter_long=[0]),
        asset_from(QUIET, name="B", enter_long=[1]),
        perp=True,
        size_value=0.5,
        max_exposure_fraction=0.5,
    )

    assert stages(simulate(case), "B") == {"entry_true": 1, "placed": 1, "rejected_max_total_exposure_pct": 1}


def test_an_order_below_a_tradable_size_is_rejected(simulate: Simulate) -> None:
    case = case_from(asset_from(QUIET, enter_long=[0]), sizing="fixed_notional", size_value=0.009)

    assert stages(simulate(case)) == {"entry_true": 1, "placed": 1, "rejected_too_small": 1}


def test_an_entry_without_cash_left_is_rejected_for_it(simulate: Simulate) -> None:
    case = case_from(
        asset_from(QUIET, name="A", enter_long=[0]), asset_from(QUIET, name="B", enter_long=[1]), taker=0.001
    )

    assert stages(simulate(case), "B") == {"entry_true": 1, "placed": 1, "rejected_cash": 1}


def test_the_drawdown_guard_closes_everything_and_ends_trading(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  120 100   120
               2   120  120 108   108
               3   107  107 100   100
               4   100  100 100   100"""
    case = case_from(asset_from(table, enter_long=[0, 3]), max_drawdown_fraction=0.10)

    result = simulate(case)

    assert told(result)[1:] == [(3, "open", "sell", 107.0, "drawdown_guard")]  # 1,080 is 10 % below 1,200
    assert (result.halted_bar, result.liquidated) == (2, False)
    assert stages(result)["halted"] == 1


def test_the_drawdown_guard_cancels_waiting_entries(simulate: Simulate) -> None:
    falling = """t  open high low close
                 0   100  100 100   100
                 1   100  100 100   100
                 2   100  100  80   80
                 3    80   80  80   80
                 4    80   80  80   80"""
    holes = """t  open high low close
               0   10   10  10   10
               1   10   10  10   10
               4   10   10  10   10"""
    case = case_from(
        asset_from(falling, name="A", enter_long=[0]),
        asset_from(holes, name="B", enter_long=[1]),
        size_value=0.5,
        max_drawdown_fraction=0.05,
    )

    result = simulate(case)

    assert [(f.bar, f.asset, f.reason) for f in result.fills] == [(1, "A", "entry"), (3, "A", "drawdown_guard")]
    assert stages(result, "B") == {"entry_true": 1, "placed": 1, "cancelled": 1}


def test_max_orders_per_hour_counts_entries_and_drops_what_it_holds_back(simulate: Simulate) -> None:
    quarter = 900_000
    table = "t open high low close\n" + "\n".join(f"{t} 100 100 100 100" for t in range(10))
    case = case_from(
        asset_from(table, name="A", enter_long=[0], exit_long=[1], interval_ms=quarter),
        asset_from(table, name="B", enter_long=[2], exit_long=[3], interval_ms=quarter),
        asset_from(table, name="C", enter_long=[3, 4, 7], interval_ms=quarter),
        interval_ms=quarter,
        max_orders_per_hour=2,
    )

    result = simulate(case)

    # at close 3 two entries are within the hour; at close 4 the first is exactly 3,600 s old and counts no longer
    assert stages(result, "C") == {
        "entry_true": 3,
        "rejected_max_orders_per_hour": 1,
        "placed": 1,
        "filled": 1,
        "in_position": 1,
    }
    assert [f.bar for f in result.fills if f.reason == "signal"] == [2, 4]  # exits are never held back


def test_max_positions_counts_open_positions_and_waiting_entries(simulate: Simulate) -> None:
    case = case_from(
        asset_from(QUIET, name="A", enter_long=[0]),
        asset_from(QUIET, name="B", enter_long=[0, 2]),
        size_value=0.3,
        max_positions=1,
    )

    result = simulate(case)

    assert stages(result, "B") == {"entry_true": 2, "rejected_max_positions": 2}  # A waiting, then A open


def test_max_positions_holds_at_the_last_close_too(simulate: Simulate) -> None:
    case = case_from(
        asset_from(QUIET, name="A", enter_long=[5]), asset_from(QUIET, name="B", enter_long=[5]), max_positions=1
    )

    assert stages(simulate(case), "B") == {"entry_true": 1, "rejected_max_positions": 1}


def test_a_position_on_its_way_out_makes_room_for_the_next(simulate: Simulate) -> None:
    case = case_from(
        asset_from(QUIET, name="A", enter_long=[0], exit_long=[2]),
        asset_from(QUIET, name="B", enter_long=[2]),
        max_positions=1,
    )

    assert [(f.bar, f.asset, f.side) for f in simulate(case).fills] == [
        (1, "A", "buy"),
        (3, "A", "sell"),
        (3, "B", "buy"),
    ]


def test_an_entry_finds_the_book_full_while_an_exit_waits_for_its_assets_next_bar(simulate: Simulate) -> None:
    holes = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               4   100  100 100   100"""
    case = case_from(
        asset_from(holes, name="A", enter_long=[0], exit_long=[1]),
        asset_from(QUIET, name="B", enter_long=[1]),
        size_value=0.3,
        max_positions=1,
    )

    assert stages(simulate(case), "B") == {"entry_true": 1, "placed": 1, "rejected_positions_full": 1}


# -- competing signals ------------------------------------------------------------------------


def test_a_same_side_entry_while_holding_is_ignored_and_counted(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0, 1, 2])))

    assert len(result.fills) == 1
    assert stages(result)["in_position"] == 2


def test_flat_an_entry_is_ignored_when_the_same_sides_exit_is_true_too(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[1], exit_long=[1])))

    assert stages(result) == {"entry_true": 1, "exit_also_true": 1}


def test_flat_both_sides_entries_are_ignored_together(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[1], enter_short=[1]), perp=True))

    assert result.fills == []
    assert stages(result) == stages(result, side="short") == {"entry_true": 1, "both_sides_true": 1}


def test_holding_an_opposite_entry_alone_is_ignored(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0], enter_short=[2]), perp=True))

    assert len(result.fills) == 1
    assert stages(result, side="short") == {"entry_true": 1, "opposite_ignored": 1}


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
