"""Stops that follow the price, and stops moved to the entry: tables worked by hand.

Everything enters at 100 with 1,000 quote: ten units. "Best" is the most favourable price since the entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reference.case import Level, Trail
from reference.sentences import says
from reference.tables import asset_from, case_from, changes, stages, told

if TYPE_CHECKING:
    from reference.tables import Simulate

UP_TO_110 = """t  open high low close
               0   100  100 100   100
               1   100  104 100   103
               2   103  110 103   108
               3   108  109 105   106
               4   106  107 100   101"""


# -- a trailing stop --------------------------------------------------------------------------


@says("*best* the most favourable price", "`trailing_stop`: without `activate_at` always", "Every change is an event")
def test_a_trailing_stop_follows_the_best_price_of_the_closed_bars(simulate: Simulate) -> None:
    asset = asset_from(UP_TO_110, enter_long=[0])

    result = simulate(case_from(asset, trailing_stop=Trail("price", 4.5)))

    # 95.5 at the entry, 104 - 4.5 = 99.5 after bar 1, 110 - 4.5 = 105.5 after bar 2: bar 3 touches it
    assert told(result)[1:] == [(3, "inside", "sell", 105.5, "trailing_stop")]
    assert changes(result) == [
        (0, "scheduled", "entry"),
        (1, "opened", "entry"),
        (1, "active", "trailing_stop"),
        (2, "active", "trailing_stop"),
        (3, "closed", "trailing_stop"),
    ]


@says("A trailing distance is, for `percent`", "`activate_at` is in the same unit", "with it once s x (best - E)")
@pytest.mark.parametrize(
    ("trail", "price"),
    [
        (Trail("percent", 0.05, 0.08), 104.5),  # 5 % of the best price, 110
        (Trail("atr", 1.5, 2.0), 104.0),  # 1.5 x 4
        (Trail("price", 5.25, 8.0), 104.75),
    ],
)
def test_a_trailing_distance_is_a_fraction_an_atr_multiple_or_an_amount(
    simulate: Simulate, trail: Trail, price: float
) -> None:
    asset = asset_from(UP_TO_110, enter_long=[0], atr=4.0)

    result = simulate(case_from(asset, trailing_stop=trail))

    assert told(result)[1:] == [(4, "inside", "sell", pytest.approx(price), "trailing_stop")]
    assert changes(result)[2:3] == [(2, "active", "trailing_stop")]  # a gain of 8 is needed: 104 was too little


@says("**What was frozen at the deciding close**")
def test_a_trailing_distance_in_atrs_keeps_the_atr_of_the_deciding_close(simulate: Simulate) -> None:
    asset = asset_from(UP_TO_110, enter_long=[0])
    asset.trail_atr = [4.0, 1.0, 1.0, 1.0, 1.0]

    result = simulate(case_from(asset, trailing_stop=Trail("atr", 1.5)))

    assert told(result)[1:] == [(4, "inside", "sell", 104.0, "trailing_stop")]


def test_a_shorts_trailing_stop_lies_above_its_lowest_price(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100  90    92
               2    92   96  91    95"""

    result = simulate(case_from(asset_from(table, enter_short=[0]), perp=True, trailing_stop=Trail("percent", 0.05)))

    assert told(result)[1:] == [(2, "inside", "buy", pytest.approx(94.5), "trailing_stop")]


@says("**Protections move at closes only**", "A level that ends up beyond the market")
def test_nothing_moves_a_stop_inside_a_bar_and_one_beyond_the_market_is_a_gap_at_the_next_open(
    simulate: Simulate,
) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  110  99   101
               2   101  103 100   102"""

    result = simulate(case_from(asset_from(table, enter_long=[0]), trailing_stop=Trail("price", 5.0)))

    # 110 - 5 = 105 is reckoned at the close of bar 1, above its close of 101: out at the next open
    assert told(result)[1:] == [(2, "open", "sell", 101.0, "trailing_stop")]


@says("A bar in which the position was opened at its close")
def test_the_bar_of_an_entry_at_its_close_does_not_count_for_the_best_price(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  150  90   100
               1   100  102  97   100
               2   100  100  96    97"""

    result = simulate(case_from(asset_from(table, enter_long=[0]), fill="close", trailing_stop=Trail("price", 5.0)))

    assert told(result)[1:] == [(2, "inside", "sell", 97.0, "trailing_stop")]  # 102 - 5, not 150 - 5


@says("A `trailing_stop` without `activate_at` already stands")
@pytest.mark.parametrize(
    ("stop", "price", "reason"),
    [(None, 95, "trailing_stop"), (0.10, 95, "trailing_stop"), (0.05, 95, "stop_loss"), (0.03, 97, "stop_loss")],
)
def test_a_trailing_stop_stands_at_the_entry_where_it_is_nearer_than_the_stop_loss(
    simulate: Simulate, stop: float | None, price: float, reason: str
) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100  94   100
               2   100  100 100   100"""
    level = None if stop is None else Level("percent", stop)

    result = simulate(case_from(asset_from(table, enter_long=[0]), stop=level, trailing_stop=Trail("price", 5.0)))

    assert told(result)[1:] == [(1, "inside", "sell", pytest.approx(price), reason)]


@says("LEVEL_BEYOND_ENTRY looks at the stop in force then")
def test_an_entry_whose_slippage_reaches_beyond_its_trailing_stop_is_rejected(simulate: Simulate) -> None:
    asset = asset_from(UP_TO_110, enter_long=[0])

    result = simulate(case_from(asset, slippage_base=0.02, trailing_stop=Trail("price", 1.5)))

    assert stages(result)["rejected_level_beyond_entry"] == 1  # bought at 102, the stop at 100.5 is above the market
    assert changes(result) == [(0, "scheduled", "entry"), (1, "rejected", "level_beyond_entry")]


@says("An unknown distance of a trailing level")
@pytest.mark.parametrize("which", ["trailing_stop", "trailing_take"])
def test_an_unknown_trailing_distance_rejects_the_entry(simulate: Simulate, which: str) -> None:
    asset = asset_from(UP_TO_110, enter_long=[0], atr=None)

    result = simulate(case_from(asset, **{which: Trail("atr", 2.0)}))

    assert stages(result) == {"entry_true": 1, "rejected_stop_undefined": 1}
    assert changes(result) == [(0, "rejected", "stop_undefined")]


@says("All of them fill as stops do")
def test_a_trailing_stop_fills_as_a_stop_does(simulate: Simulate) -> None:
    asset = asset_from(UP_TO_110, enter_long=[0])
    asset.atr_ratio = [0.0, 0.0, 0.02, 0.5, 0.5]  # the entry is free of slippage; bar 2 is the last closed one
    case = case_from(asset, slippage_kv=0.5, taker=0.003, maker=0.001, trailing_stop=Trail("price", 4.5))

    exit_ = simulate(case).fills[1]

    assert exit_.price == pytest.approx(105.5 * 0.99)
    assert exit_.fee == pytest.approx(0.003 * exit_.quantity * exit_.price)


# -- breakeven --------------------------------------------------------------------------------


@says("`breakeven {at, offset}`")
@pytest.mark.parametrize(("offset", "price"), [(0.0, 100.0), (0.01, 101.0), (-0.02, 98.0)])
def test_breakeven_moves_the_stop_to_the_entry_once_the_gain_was_reached(
    simulate: Simulate, offset: float, price: float
) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  104  97   103
               2   103  105 103   104
               3   104  104  96    98"""
    rules = {"stop": Level("percent", 0.05), "breakeven_at": 0.05, "breakeven_offset": offset}

    result = simulate(case_from(asset_from(table, enter_long=[0]), **rules))

    assert told(result)[1:] == [(3, "inside", "sell", pytest.approx(price), "breakeven")]
    assert changes(result)[2:] == [(2, "active", "breakeven"), (3, "closed", "breakeven")]


def test_a_shorts_breakeven_lies_below_its_entry_by_the_offset(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  101  90    92
               2    92  100  92    99"""
    rules = {"perp": True, "breakeven_at": 0.05, "breakeven_offset": 0.02}

    result = simulate(case_from(asset_from(table, enter_short=[0]), **rules))

    assert told(result)[1:] == [(2, "inside", "buy", pytest.approx(98.0), "breakeven")]


@says("In this order, a new level replaces the stop")
@pytest.mark.parametrize(
    ("offset", "moved", "price"),
    [
        (0.02, ["breakeven", "trailing_stop"], 104),  # 102, then 110 - 6 = 104 is nearer
        (0.04, ["breakeven"], 104),  # both 104: the second is not strictly more protective
        (0.05, ["breakeven"], 105),
    ],
)
def test_a_new_level_replaces_the_stop_only_where_it_is_strictly_more_protective(
    simulate: Simulate, offset: float, moved: list[str], price: float
) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  110 100   108
               2   108  109 100   101"""
    rules = {"breakeven_at": 0.1, "breakeven_offset": offset, "trailing_stop": Trail("price", 6.0, 10.0)}

    result = simulate(case_from(asset_from(table, enter_long=[0]), **rules))

    assert [reason for _, state, reason in changes(result) if state == "active"] == moved
    assert told(result)[1:] == [(2, "inside", "sell", pytest.approx(price), moved[-1])]


# -- a trailing take --------------------------------------------------------------------------


@says("`trailing_take`: armed once")
def test_a_trailing_take_follows_from_its_own_gain_on(simulate: Simulate) -> None:
    asset = asset_from(UP_TO_110, enter_long=[0])

    result = simulate(case_from(asset, trailing_take=Trail("price", 4.5, 10.0)))

    assert told(result)[1:] == [(3, "inside", "sell", 105.5, "trailing_take")]
    assert changes(result)[2:3] == [(2, "active", "trailing_take")]


@says("Without `activate_at`: with a `take_profit`")
def test_with_a_target_a_trailing_take_is_armed_there_and_the_target_does_not_close(simulate: Simulate) -> None:
    asset = asset_from(UP_TO_110, enter_long=[0])

    result = simulate(case_from(asset, target=Level("percent", 0.09), trailing_take=Trail("price", 4.5)))

    assert told(result)[1:] == [(3, "inside", "sell", 105.5, "trailing_take")]  # 109 was reached in bar 2 and kept


def test_with_a_gain_of_its_own_a_trailing_take_leaves_the_target_as_it_is(simulate: Simulate) -> None:
    asset = asset_from(UP_TO_110, enter_long=[0])

    result = simulate(case_from(asset, target=Level("percent", 0.09), trailing_take=Trail("price", 4.5, 3.0)))

    assert told(result)[1:] == [(2, "inside", "sell", pytest.approx(109), "take_profit")]


@says("armed at a gain equal to its own value")
@pytest.mark.parametrize(
    ("take", "price"),
    [(Trail("percent", 0.06), 103.4), (Trail("atr", 2.0), 102.0), (Trail("price", 7.0), 103.0)],
)
def test_without_a_target_a_trailing_take_is_armed_at_a_gain_of_its_own_value(
    simulate: Simulate, take: Trail, price: float
) -> None:
    asset = asset_from(UP_TO_110, enter_long=[0], atr=4.0)

    result = simulate(case_from(asset, trailing_take=take))

    assert told(result)[1:] == [(4, "inside", "sell", pytest.approx(price), "trailing_take")]
    assert changes(result)[2:3] == [(2, "active", "trailing_take")]  # a best of 104 did not arm it
