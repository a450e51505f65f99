"""How large an order is, and what limits leave of it: tables worked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reference.case import Level, Venue
from reference.sentences import says
from reference.tables import QUIET, asset_from, case_from, stages, told

if TYPE_CHECKING:
    from reference.tables import Simulate


# -- sizing ------------------------------------------------------------------------------------
@says("The target notional is fixed", "All marks of present assets move to their opens")
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


@says("quantity = target / fill price")
def test_the_quantity_is_the_target_over_the_fill_price_with_slippage(simulate: Simulate) -> None:
    table = QUIET.replace("1   100  100  100  100", "1   125  125  125  125")

    (entry,) = simulate(case_from(asset_from(table, enter_long=[0]), slippage_base=0.02, size_value=0.5)).fills

    assert entry.quantity == pytest.approx(500 / (125 * 1.02))


@says("Spot: quantity x fill price + fee")
def test_on_spot_notional_and_fee_fit_the_cash_and_the_fee_alone_is_no_cut(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0]), taker=0.001))

    assert result.fills[0].quantity == pytest.approx(1000 / (100 * 1.001))
    assert stages(result) == {"entry_true": 1, "placed": 1, "filled": 1}


@says("Spot: quantity x fill price + fee")
def test_on_spot_a_notional_above_the_cash_is_cut_to_it(simulate: Simulate) -> None:
    table = QUIET.replace("1   100  100  100  100", "1   125  125  125  125")  # does not matter for the notional
    case = case_from(asset_from(table, enter_long=[0]), sizing="fixed_notional", size_value=1500.0, taker=0.001)

    result = simulate(case)

    assert result.fills[0].quantity == pytest.approx(1000 / (125 * 1.001))
    assert stages(result)["cut_cash"] == 1


@says("The target notional is fixed")
def test_fixed_notional_is_the_value(simulate: Simulate) -> None:
    case = case_from(asset_from(QUIET, enter_long=[0]), sizing="fixed_notional", size_value=250.0)

    assert simulate(case).fills[0].quantity == 2.5


@says("The target notional is fixed")
def test_volatility_target_is_equity_times_value_over_volatility(simulate: Simulate) -> None:
    case = case_from(asset_from(QUIET, enter_long=[0], volatility=0.8), sizing="volatility_target", size_value=0.2)

    assert simulate(case).fills[0].quantity == pytest.approx(1000 * 0.2 / 0.8 / 100)


@says("A percent stop's distance", "The target notional is fixed")
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


@says("The target notional is fixed")
def test_atr_risk_sizes_by_a_multiple_of_the_atr(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[0], atr=4.0)

    result = simulate(case_from(asset, sizing="atr_risk", size_value=0.01, size_multiple=2.5))

    assert result.fills[0].quantity == pytest.approx(0.01 * 1000 / (2.5 * 4.0))


@says("Zero or unknown is undefined")
@pytest.mark.parametrize("volatility", [None, 0.0])
def test_an_unknown_or_zero_volatility_is_no_reason_to_go_without(simulate: Simulate, volatility: float | None) -> None:
    asset = asset_from(QUIET, enter_long=[0], volatility=volatility)

    result = simulate(case_from(asset, sizing="volatility_target", size_value=0.2))

    assert stages(result) == {"entry_true": 1, "rejected_size_undefined": 1}


def test_an_unknown_atr_stop_is_no_reason_to_go_without(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0], atr=None), stop=Level("atr", 2.0)))

    assert stages(result) == {"entry_true": 1, "rejected_stop_undefined": 1}


# -- limits ------------------------------------------------------------------------------------
@says("Limits, each with equity and gross notional", "A quantity above a limit is cut")
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


@says("A quantity above a limit is cut")
def test_the_last_limit_that_cut_is_the_one_reported(simulate: Simulate) -> None:
    case = case_from(asset_from(QUIET, enter_long=[0]), max_position_fraction=0.5, leverage=0.25, perp=True)

    result = simulate(case)

    assert result.fills[0].quantity == pytest.approx(2.5)
    assert stages(result) == {"entry_true": 1, "placed": 1, "filled": 1, "cut_max_leverage": 1}


@says("Limits, each with equity and gross notional")
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


@says("Limits bind only when")
def test_a_limit_never_forces_a_sale(simulate: Simulate) -> None:
    doubling = """t  open high low close
                  0   100  100 100   100
                  1   100  200 100   200
                  2   400  400 400   400"""

    result = simulate(case_from(asset_from(doubling, enter_long=[0]), size_value=0.3, max_position_fraction=0.3))

    assert len(result.fills) == 1
    assert stages(result) == {"entry_true": 1, "placed": 1, "filled": 1}


@says("Nothing left (under")
def test_an_order_that_a_limit_leaves_nothing_of_is_rejected_by_it(simulate: Simulate) -> None:
    case = case_from(
        asset_from(QUIET, name="A", enter_long=[0]),
        asset_from(QUIET, name="B", enter_long=[1]),
        perp=True,
        size_value=0.5,
        max_exposure_fraction=0.5,
    )

    assert stages(simulate(case), "B") == {"entry_true": 1, "placed": 1, "rejected_max_total_exposure_pct": 1}


@says("Nothing left (under")
def test_an_order_below_a_tradable_size_is_rejected(simulate: Simulate) -> None:
    case = case_from(asset_from(QUIET, enter_long=[0]), sizing="fixed_notional", size_value=0.009)

    assert stages(simulate(case)) == {"entry_true": 1, "placed": 1, "rejected_too_small": 1}


def test_an_entry_without_cash_left_is_rejected_for_it(simulate: Simulate) -> None:
    case = case_from(
        asset_from(QUIET, name="A", enter_long=[0]), asset_from(QUIET, name="B", enter_long=[1]), taker=0.001
    )

    assert stages(simulate(case), "B") == {"entry_true": 1, "placed": 1, "rejected_cash": 1}


@says("**Drawdown guard**")
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


@says("**Drawdown guard**")
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


@says("When an entry is to be placed")
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


@says("When an entry is to be placed")
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


@says("max_positions again")
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


# -- kelly, and what is left ------------------------------------------------------------------


@says("The target notional is fixed")
@pytest.mark.parametrize(
    ("value", "quantity"),
    [(0.5, 1.0), (0.08, 0.8)],  # 0.6 - 0.4 / 2 = 0.4, a quarter of it is 0.1 of the equity, or the value if less
)
def test_kelly_takes_its_share_of_the_edge_up_to_the_value(simulate: Simulate, value: float, quantity: float) -> None:
    rules = {"sizing": "kelly", "win_rate": 0.6, "payoff": 2.0, "kelly_multiplier": 0.25, "size_value": value}

    result = simulate(case_from(asset_from(QUIET, enter_long=[0]), **rules))

    assert result.fills[0].quantity == pytest.approx(quantity)


@says("so is a target that is not above zero")
def test_kelly_without_an_edge_is_no_size(simulate: Simulate) -> None:
    rules = {"sizing": "kelly", "win_rate": 0.3, "payoff": 1.5, "kelly_multiplier": 0.25}

    result = simulate(case_from(asset_from(QUIET, enter_long=[0]), **rules))

    assert stages(result) == {"entry_true": 1, "rejected_size_undefined": 1}


@says("from the equity of step 10 (before any fill of `fill: close`)")
def test_with_fill_close_a_size_does_not_know_the_costs_of_that_close(simulate: Simulate) -> None:
    case = case_from(
        asset_from(QUIET, name="A", enter_long=[0], exit_long=[2]),
        asset_from(QUIET, name="B", enter_long=[2]),
        fill="close",
        size_value=0.5,
        taker=0.01,
    )

    result = simulate(case)

    # 1,000 less 5 of the first entry; the 5 of the exit are paid at the same close
    assert result.fills[2].quantity == pytest.approx(0.5 * 995 / 100)


@says("An entry, at its fill, in this order")
@pytest.mark.parametrize(
    ("waived", "stage"),
    [(0, "level_beyond_entry"), (1, "positions_full"), (2, "max_concurrent_at_fill"), (3, "max_position_pct")],
)
def test_the_questions_of_a_fill_are_asked_in_their_order(simulate: Simulate, waived: int, stage: str) -> None:
    holes = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               4   100  100 100   100"""
    falling = QUIET.replace("2   100  100  100  100", "2    90   90   90   90")
    every = {
        "stop": Level("price", 95.0),  # B opens at 90
        "max_positions": 1,
        "max_concurrent": 1,
        "max_position_fraction": 0.25,
    }
    venue = Venue(smallest_notional=300.0)  # a quarter of the account is too little
    case = case_from(
        asset_from(holes, name="A", enter_long=[0], exit_long=[1]),  # still there, as its exit waits for bar 4
        asset_from(falling, name="B", enter_long=[1], venue=venue),
        perp=True,
        size_value=0.5,
        leverage=2.0,
        **dict(list(every.items())[waived:]),
    )
    assert stages(simulate(case), "B") == {"entry_true": 1, "placed": 1, f"rejected_{stage}": 1}
