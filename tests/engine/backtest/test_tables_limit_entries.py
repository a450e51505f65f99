"""Entries that wait at a limit: tables worked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from reference.case import Level, Trail
from reference.sentences import says
from reference.tables import QUIET, asset_from, case_from, changes, stages, told

if TYPE_CHECKING:
    from reference.tables import Simulate

DIP = """t  open high low close
         0   100  100  90   100
         1   100  101  99   100
         2   100  100  98    99
         3    99  100  99   100
         4   100  100 100   100
         5   100  100 100   100"""


@says("**Limit entries**", "The limit is close x (1 - s x offset)", "A limit entry still waiting whose limit")
@pytest.mark.parametrize("fill", ["next_open", "close"])
@pytest.mark.parametrize("rule", [{"limit_offset": 0.02}, {"limit_price": 98.0}])
def test_a_limit_entry_waits_from_the_next_bar_on_and_fills_at_its_limit(
    simulate: Simulate, fill: str, rule: dict[str, float]
) -> None:
    result = simulate(case_from(asset_from(DIP, enter_long=[0]), fill=fill, **rule))

    assert told(result) == [(2, "inside", "buy", 98.0, "entry")]  # bar 0 was at 90 before the order was placed
    assert changes(result) == [(0, "scheduled", "entry"), (2, "opened", "entry")]
    assert result.fills[0].time == result.fills[0].bar * 3_600_000 + 1_704_067_200_000  # the bar's opening time


def test_a_shorts_limit_lies_above_the_close(simulate: Simulate) -> None:
    table = QUIET.replace("2   100  100  100  100", "2   100  103  100  100")

    result = simulate(case_from(asset_from(table, enter_short=[0]), perp=True, limit_offset=0.02))

    assert told(result) == [(2, "inside", "sell", 102.0, "entry")]


@says("A limit entry whose open is at or beyond the stop", "The stop it would have is that")
@pytest.mark.parametrize(
    ("opens", "bar_1"),
    [
        (102, []),  # waits
        (100, [(1, "open", "buy", 100.0, "entry")]),
        (97, [(1, "open", "buy", 97.0, "entry")]),
        (95, None),  # the stop of an entry at 100 is 95
        (90, None),
    ],
)
def test_at_the_open_a_limit_entry_waits_or_fills_better_or_is_cancelled_beyond_its_stop(
    simulate: Simulate, opens: int, bar_1: list[Any] | None
) -> None:
    table = f"""t  open high low close
                0   104  104 104   104
                1   {opens} {opens} {opens} {opens}
                2   102  102 102   102"""
    asset = asset_from(table, enter_long=[0])

    result = simulate(case_from(asset, limit_price=100.0, stop=Level("percent", 0.05)))

    assert told(result) == (bar_1 or [])
    if bar_1 is None:
        assert changes(result) == [(0, "scheduled", "entry"), (1, "cancelled", "stop_touched")]
        assert stages(result) == {"entry_true": 1, "placed": 1, "cancelled_stop_touched": 1}


def test_a_trailing_stop_that_stands_at_the_entry_cancels_a_limit_entry_too(simulate: Simulate) -> None:
    table = """t  open high low close
               0   104  104 104   104
               1    97   97  97    97"""

    result = simulate(
        case_from(asset_from(table, enter_long=[0]), limit_price=100.0, trailing_stop=Trail("price", 3.0))
    )

    assert stages(result)["cancelled_stop_touched"] == 1


@says("its adverse levels act at once")
def test_the_bar_counts_against_an_entry_that_its_limit_filled(simulate: Simulate) -> None:
    table = """t  open high low close
               0   104  104 104   104
               1   103  107  94   102
               2   102  106 102   104"""
    rules: dict[str, Any] = {"limit_price": 100.0, "target": Level("percent", 0.06), "partial_exits": [(0.05, 0.5)]}
    asset = asset_from(table, enter_long=[0])

    stopped = simulate(case_from(asset, stop=Level("percent", 0.05), **rules))
    alone = simulate(case_from(asset, **rules))

    assert told(stopped) == [(1, "inside", "buy", 100.0, "entry"), (1, "inside", "sell", 95.0, "stop_loss")]
    assert told(alone) == [  # 107 of bar 1 may have come before the fill
        (1, "inside", "buy", 100.0, "entry"),
        (2, "inside", "sell", 105.0, "partial"),
        (2, "inside", "sell", 106.0, "take_profit"),
    ]


@says("`expires_bars`: at the close of the so-many-th", "While it waits, further entries", "time limits and expiries")
def test_a_limit_entry_expires_before_new_orders_of_that_close_are_placed(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[0, 1, 2], enter_short=[3])

    result = simulate(case_from(asset, perp=True, limit_offset=0.02, expires_bars=2))

    assert changes(result) == [
        (0, "scheduled", "entry"),
        (2, "cancelled", "expired"),
        (2, "scheduled", "entry"),
        (4, "cancelled", "expired"),
    ]
    assert stages(result) == {"entry_true": 3, "placed": 2, "order_waiting": 1, "cancelled_expired": 2}
    assert stages(result, side="short") == {"entry_true": 1, "order_waiting": 1}


def test_a_limit_entry_still_fills_inside_the_bar_at_whose_close_it_would_expire(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(DIP, enter_long=[0]), limit_offset=0.02, expires_bars=2))

    assert told(result) == [(2, "inside", "buy", 98.0, "entry")]


def test_expiry_counts_the_assets_own_bars(simulate: Simulate) -> None:
    holes = """t  open high low close
               0   100  100 100   100
               3   100  100 100   100
               5   100  100  98   100"""
    case = case_from(asset_from(holes, enter_long=[0]), asset_from(QUIET, name="B"), limit_offset=0.02, expires_bars=2)

    assert told(simulate(case)) == [(5, "inside", "buy", 98.0, "entry")]


@says("silent: it waits until filled or cancelled")
def test_a_limit_entry_without_an_expiry_waits_until_the_end(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0]), limit_offset=0.02))

    assert stages(result) == {"entry_true": 1, "placed": 1, "never_filled": 1}
    assert changes(result)[-1] == (5, "cancelled", "end_of_data")


@says("A limit fill pays maker and no slippage")
@pytest.mark.parametrize(("maker", "taker"), [(0.002, 0.05), (0.0, 0.05)])
def test_a_limit_fill_pays_maker_and_its_cash_is_reckoned_with_it(
    simulate: Simulate, maker: float, taker: float
) -> None:
    asset = asset_from(DIP, enter_long=[0])

    (fill,) = simulate(case_from(asset, limit_offset=0.02, maker=maker, taker=taker, slippage_base=0.01)).fills

    assert fill.price == fill.reference == 98.0
    assert fill.quantity == pytest.approx(1000 / (98 * (1 + maker)))
    assert fill.fee == pytest.approx(maker * fill.quantity * 98)


@says("A limit fill is never late")
def test_a_limit_fill_is_never_late(simulate: Simulate) -> None:
    holes = """t  open high low close
               0   100  100 100   100
               4    97   97  97    97"""
    case = case_from(asset_from(holes, enter_long=[0]), asset_from(QUIET, name="B"), limit_offset=0.02)

    result = simulate(case)

    assert told(result) == [(4, "open", "buy", 97.0, "entry")]
    assert stages(result) == {"entry_true": 1, "placed": 1, "filled": 1}


@says("of a bar in which a limit entry filled inside, the close alone counts")
def test_of_the_bar_a_limit_filled_in_the_close_alone_counts_for_the_best_price(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  110  98   101
               2   101  101  96    97"""

    result = simulate(
        case_from(asset_from(table, enter_long=[0]), limit_offset=0.02, trailing_stop=Trail("price", 5.0))
    )

    assert told(result)[1:] == [(2, "inside", "sell", 96.0, "trailing_stop")]  # 101 - 5, not 110 - 5


@says("**Excursions**")
def test_of_the_bar_a_limit_filled_in_the_adverse_extreme_and_the_close_are_excursions(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  150  96   101
               2   101  102 101   102"""

    (trade,) = simulate(case_from(asset_from(table, enter_long=[0]), limit_price=98.0)).trades

    assert (trade.mae, trade.mfe) == (pytest.approx(2 / 98), pytest.approx(4 / 98))  # 96 and 102, not 150


@says("Rejected (LEVEL_BEYOND_ENTRY)")
def test_a_limit_entry_that_opens_beyond_its_price_target_is_rejected_there(simulate: Simulate) -> None:
    table = """t  open high low close
               0   104  104 104   104
               1    99   99  99    99
               2    99   99  99    99"""
    asset = asset_from(table, enter_long=[0])

    result = simulate(case_from(asset, limit_price=100.0, target=Level("price", 99.0)))

    assert stages(result) == {"entry_true": 1, "placed": 1, "rejected_level_beyond_entry": 1}


@says("**Drawdown guard**")
def test_the_drawdown_guard_cancels_a_waiting_limit_entry(simulate: Simulate) -> None:
    falling = """t  open high low close
                 0   100  100 100   100
                 1   100  100  50    50
                 2    50   50  50    50"""
    above = """t  open high low close
               0   101  101 101   101
               1   101  101 101   101
               2   101  101 101   101"""
    case = case_from(
        asset_from(falling, enter_long=[0]),
        asset_from(above, name="B", enter_long=[0]),
        limit_price=100.0,
        size_value=0.5,
        max_drawdown_fraction=0.2,
    )

    result = simulate(case)

    assert told(result) == [(1, "open", "buy", 100.0, "entry"), (2, "open", "sell", 50.0, "drawdown_guard")]
    assert changes(result, "B") == [(0, "scheduled", "entry"), (1, "cancelled", "drawdown_guard")]
    assert stages(result, "B") == {"entry_true": 1, "placed": 1, "cancelled": 1}


@says("while the asset still holds a position (its exit waits for a price)")
def test_a_limit_entry_is_not_looked_at_while_the_exit_before_it_waits_for_a_price(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100  98   100
               2   100  100 100   100
               3   100  103 100   100
               4   100  102 100   100
               5   100  100 100   100"""
    asset = asset_from(table, enter_long=[0], exit_long=[2], enter_short=[2], close_fill=[100, 100, None, 99, 100, 100])

    result = simulate(case_from(asset, perp=True, fill="vwap", limit_offset=0.02))

    assert told(result) == [
        (1, "inside", "buy", 98.0, "entry"),
        (3, "close", "sell", 99.0, "signal"),  # no price at the close of 2
        (4, "inside", "sell", 102.0, "entry"),  # 103 of bar 3 was not looked at
    ]


def test_a_reversal_closes_at_the_market_and_waits_with_its_entry(simulate: Simulate) -> None:
    table = QUIET.replace("4   100  100  100  100", "4   100  102  100  100").replace(
        "1   100  100  100  100", "1   100  100   98  100"
    )
    asset = asset_from(table, enter_long=[0], enter_short=[2])

    result = simulate(case_from(asset, perp=True, reverse=True, limit_offset=0.02))

    assert told(result)[1:] == [(3, "open", "sell", 100.0, "signal"), (4, "inside", "sell", 102.0, "entry")]
