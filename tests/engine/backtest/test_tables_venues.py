"""Steps, ticks, smallest notionals and margin tiers of a venue, and fills at a minute price: tables worked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from reference.case import Level, Trail, Venue
from reference.sentences import says
from reference.tables import QUIET, asset_from, case_from, changes, parts, stages, told

if TYPE_CHECKING:
    from reference.tables import Simulate


# -- quantities -------------------------------------------------------------------------------


@says("**Venue rules**")
@pytest.mark.parametrize(("step", "quantity"), [(3.0, 9.0), (0.7, 9.8), (2.0, 10.0), (0.1, 10.0)])
def test_a_quantity_is_cut_down_to_a_multiple_of_the_step(simulate: Simulate, step: float, quantity: float) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0], venue=Venue(quantity_step=step))))

    assert result.fills[0].quantity == pytest.approx(quantity)
    assert stages(result) == {"entry_true": 1, "placed": 1, "filled": 1}  # rounding to a step is no cut


def test_a_part_is_cut_down_to_a_multiple_of_the_step_and_the_rest_closes_whole(simulate: Simulate) -> None:
    table = QUIET.replace("2   100  100  100  100", "2   100  105  100  100")
    asset = asset_from(table, enter_long=[0], exit_long=[2], venue=Venue(quantity_step=2.0))

    result = simulate(case_from(asset, partial_exits=[(0.05, 0.5)]))

    assert parts(result) == [(2, 4.0, 105.0, "partial"), (3, 6.0, 100.0, "signal")]


@pytest.mark.parametrize(
    ("rules", "stage"),
    [
        ({"size_value": 0.3}, "filled"),  # 300
        ({"size_value": 0.29}, "rejected_too_small"),
        ({"max_position_fraction": 0.2}, "rejected_max_position_pct"),
        ({"sizing": "fixed_notional", "size_value": 299.99}, "rejected_too_small"),
    ],
)
def test_an_order_below_the_smallest_notional_is_rejected(
    simulate: Simulate, rules: dict[str, Any], stage: str
) -> None:
    result = simulate(case_from(asset_from(QUIET, enter_long=[0], venue=Venue(smallest_notional=300.0)), **rules))

    assert stages(result) == {"entry_true": 1, "placed": 1, stage: 1}


@pytest.mark.parametrize("step", [4.0, 11.0])
def test_the_smallest_notional_is_asked_of_what_the_step_leaves(simulate: Simulate, step: float) -> None:
    venue = Venue(quantity_step=step, smallest_notional=900.0)

    result = simulate(case_from(asset_from(QUIET, enter_long=[0], venue=venue)))

    assert stages(result) == {"entry_true": 1, "placed": 1, "rejected_too_small": 1}  # 8 units, or none


def test_closing_is_never_too_small(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100  20    20
               2    20   20  20    20"""
    asset = asset_from(table, enter_long=[0], exit_long=[1], venue=Venue(smallest_notional=900.0))

    assert told(simulate(case_from(asset)))[1:] == [(2, "open", "sell", 20.0, "signal")]


# -- prices -----------------------------------------------------------------------------------

FROM_100_3 = """t  open high low close
                0   100.3  100.3 100.3 100.3
                1   100.3  100.3 100.3 100.3
                2   100.3  {high} {low} 100.3
                3   100.3  100.3 100.3 100.3"""


@says("stops, targets, partial exits and limits are moved to a multiple of the price tick")
@pytest.mark.parametrize(
    ("side", "low", "high", "rules", "price"),
    [
        ("long", 95, 101, {"stop": Level("percent", 0.05)}, 95.0),  # 95.285 goes down
        ("long", 95.1, 101, {"stop": Level("percent", 0.05)}, None),
        ("long", 100, 106, {"target": Level("percent", 0.05)}, 105.5),  # 105.315 goes up
        ("long", 100, 105.4, {"target": Level("percent", 0.05)}, None),
        ("long", 100, 106, {"partial_exits": [(0.05, 1.0)]}, 105.5),
        ("long", 94, 101, {"stop": Level("price", 95.3)}, 95.0),
        ("short", 100, 106, {"stop": Level("percent", 0.05)}, 105.5),
        ("short", 94, 101, {"target": Level("percent", 0.05)}, 95.0),  # 95.285 goes down
        ("short", 94, 101, {"partial_exits": [(0.05, 1.0)]}, 95.0),
        ("long", 95, 101, {"trailing_stop": Trail("percent", 0.05)}, 95.0),
        ("short", 100, 106, {"trailing_stop": Trail("percent", 0.05)}, 105.5),
    ],
)
def test_levels_are_moved_to_a_tick_on_the_side_that_is_harder(
    simulate: Simulate, side: str, low: float, high: float, rules: dict[str, Any], price: float | None
) -> None:
    table = FROM_100_3.format(low=low, high=high)
    asset = asset_from(table, venue=Venue(price_tick=0.5), **{f"enter_{side}": [0]})

    result = simulate(case_from(asset, perp=True, **rules))

    assert [fill.price for fill in result.fills[1:]] == ([] if price is None else [price])


@says("A multiple is the decimal figure")
@pytest.mark.parametrize(
    ("side", "tick", "price", "rules"),
    [
        ("long", 0.1, 100.1, {"target": Level("price", 100.1)}),  # 1001 x 0.1 would be 100.10000000000001
        ("long", 0.1, 100.1, {"partial_exits": [(0.001, 1.0)]}),
        ("long", 0.01, 100.07, {"target": Level("percent", 0.0007)}),
        ("long", 0.00001, 100.00003, {"target": Level("price", 100.00003)}),
        ("long", 0.3, 100.2, {"target": Level("price", 100.1)}),
        ("long", 2.5, 102.5, {"target": Level("price", 101)}),
        ("short", 0.1, 100.1, {"stop": Level("price", 100.1)}),
        ("short", 0.01, 100.07, {"stop": Level("percent", 0.0007)}),
    ],
)
def test_a_candle_that_shows_the_level_touches_it(
    simulate: Simulate, side: str, tick: float, price: float, rules: dict[str, Any]
) -> None:
    table = f"""t  open high low close
                0   100  100 100   100
                1   100  100 100   100
                2   100  {price} 100 100
                3   120  120 120   120"""
    asset = asset_from(table, venue=Venue(price_tick=tick), **{f"enter_{side}": [0]})

    result = simulate(case_from(asset, perp=True, size_value=0.1, **rules))

    assert [(fill.bar, fill.price) for fill in result.fills[1:]] == [(2, price)]


@says("A multiple is the decimal figure")
@pytest.mark.parametrize(("step", "size", "quantity"), [(0.1, 0.03, 0.3), (0.1, 0.0399, 0.3), (0.001, 0.0071, 0.071)])
def test_a_quantity_in_steps_is_the_decimal_figure(
    simulate: Simulate, step: float, size: float, quantity: float
) -> None:
    asset = asset_from(QUIET, enter_long=[0], venue=Venue(quantity_step=step))

    assert simulate(case_from(asset, size_value=size)).fills[0].quantity == quantity


@pytest.mark.parametrize(("side", "low", "high", "limit"), [("long", 98, 101, 98.0), ("short", 100, 102.5, 102.5)])
def test_a_limit_is_moved_away_from_the_market(
    simulate: Simulate, side: str, low: float, high: float, limit: float
) -> None:
    asset = asset_from(FROM_100_3.format(low=low, high=high), venue=Venue(price_tick=0.5), **{f"enter_{side}": [0]})

    result = simulate(case_from(asset, perp=True, limit_offset=0.02))

    assert [fill.price for fill in result.fills] == [limit]  # 98.294 and 102.306


def test_a_trailing_stop_above_the_entry_goes_down_to_its_tick_too(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100   100 100
               1   100  110.2 100 110
               2   110  110   104 105"""
    asset = asset_from(table, enter_long=[0], venue=Venue(price_tick=0.5))

    result = simulate(case_from(asset, trailing_stop=Trail("percent", 0.05, 0.05)))

    assert told(result)[1:] == [(2, "inside", "sell", 104.5, "trailing_stop")]  # 110.2 x 0.95 = 104.69


@says("A figure within one part in 10^12")
@pytest.mark.parametrize("percent", range(1, 31))
def test_a_level_that_is_a_multiple_but_for_rounding_stays_where_it_is(simulate: Simulate, percent: int) -> None:
    table = f"""t  open high low close
                0   100  100 100   100
                1   100  100 100   100
                2   100  {100 + percent} 100 100"""
    asset = asset_from(table, enter_long=[0], venue=Venue(price_tick=0.1, quantity_step=0.1))

    result = simulate(case_from(asset, target=Level("percent", percent / 100)))

    assert parts(result) == [(2, 10.0, 100.0 + percent, "take_profit")]


# -- margins ----------------------------------------------------------------------------------

TENFOLD = {"perp": True, "leverage": 10.0, "sizing": "fixed_notional", "size_value": 10_000.0}
SINKING = """t  open high low close
             0   100  100 100   100
             1   100  100 100   100
             2    95   96  80   95
             3    95   95  95   95"""


@says("**Margin tiers**")
@pytest.mark.parametrize(
    ("tiers", "level"),
    [
        # 1,000 + 100 (x - 100) = rate x 100 x - deduction
        ([(0.0, 0.005, 0.0), (5_000.0, 0.01, 25.0)], 8_975 / 99),  # 90.66: a notional of 9,066, in the second
        ([(0.0, 0.005, 0.0), (9_500.0, 0.02, 142.5)], 9_000 / 99.5),  # 90.45: 9,045 has left the second
        ([(0.0, 0.02, 0.0)], 9_000 / 98),
    ],
)
def test_the_liquidation_level_is_that_of_the_tier_it_lies_in(
    simulate: Simulate, tiers: list[tuple[float, float, float]], level: float
) -> None:
    asset = asset_from(SINKING, enter_long=[0], venue=Venue(tiers=tiers))

    result = simulate(case_from(asset, **TENFOLD))

    assert told(result)[1:] == [(2, "inside", "sell", pytest.approx(level), "liquidation")]


@says("A notional equal to a floor")
@pytest.mark.parametrize(("opens", "liquidated"), [(104.99, False), (105.0, True)])
def test_a_notional_equal_to_a_floor_lies_in_the_tier_that_begins_there(
    simulate: Simulate, opens: float, liquidated: bool
) -> None:
    table = f"""t  open high low close
                0   100  100 100   100
                1   100  100 100   100
                2   {opens} {opens} {opens} {opens}"""
    tiers = [(0.0, 0.005, 0.0), (10_500.0, 0.5, 0.0)]
    asset = asset_from(table, enter_short=[0], venue=Venue(tiers=tiers))

    result = simulate(case_from(asset, **TENFOLD))

    assert result.liquidated == liquidated  # 500 of equity against 0.5 % or half of the notional
    assert told(result)[1:] == ([(2, "open", "buy", 105.0, "liquidation")] if liquidated else [])


def test_each_asset_has_its_own_tiers(simulate: Simulate) -> None:
    calm = SINKING.replace("80", "95")
    tiers = [(0.0, 0.01, 0.0)]
    case = case_from(
        asset_from(SINKING, name="A", enter_long=[0]),
        asset_from(calm, name="B", enter_long=[0], venue=Venue(tiers=tiers)),
        **{**TENFOLD, "size_value": 5_000.0},
    )

    result = simulate(case)

    # B stands at its open of 95: 1,000 - 250 + 50 (x - 100) = 0.005 x 50 x + 0.01 x 4,750
    assert [(f.asset, f.reference) for f in result.fills[2:]] == [
        ("A", pytest.approx(4_297.5 / 49.75)),
        ("B", 95.0),
    ]


# -- fills at a minute price ------------------------------------------------------------------


@says("`fill: vwap`: as `fill: close`")
def test_a_vwap_fill_is_at_the_minute_price_of_the_deciding_close_and_marked_at_the_close(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[0], exit_long=[3], close_fill=[99, 100, 100, 101, 100, 100])

    result = simulate(case_from(asset, fill="vwap", perp=True, size_value=0.495))

    assert told(result) == [(0, "close", "buy", 99.0, "entry"), (3, "close", "sell", 101.0, "signal")]
    assert result.equity[0] == pytest.approx(1005)  # five units bought at 99 are worth 100 each


@says("An order for which these five minutes are not all stored")
def test_without_its_minutes_an_entry_is_rejected_and_an_exit_waits(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[0, 1], exit_long=[2], close_fill=[None, 100, None, None, 98, 97])

    result = simulate(case_from(asset, fill="vwap"))

    assert told(result) == [(1, "close", "buy", 100.0, "entry"), (4, "close", "sell", 98.0, "signal")]
    assert stages(result) == {"entry_true": 2, "placed": 2, "rejected_no_price": 1, "filled": 1}
    assert changes(result)[:2] == [(0, "scheduled", "entry"), (0, "rejected", "no_price")]


def test_an_exit_that_waited_for_a_price_pays_the_slippage_of_its_deciding_bar(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[0], exit_long=[2], close_fill=[100, 100, None, 100, 100, 100])
    asset.atr_ratio = [0.0, 0.0, 0.02, 0.04, 0.04, 0.04]

    result = simulate(case_from(asset, fill="vwap", slippage_kv=0.5))

    assert told(result)[1:] == [(3, "close", "sell", pytest.approx(99.0), "signal")]


def test_a_stop_ends_a_position_whose_exit_waits_for_a_price(simulate: Simulate) -> None:
    table = QUIET.replace("3   100  100  100  100", "3   100  100   94  100")
    asset = asset_from(table, enter_long=[0], exit_long=[2], close_fill=[100, 100, None, 100, 100, 100])

    result = simulate(case_from(asset, fill="vwap", stop=Level("percent", 0.05)))

    assert told(result)[1:] == [(3, "inside", "sell", 95.0, "stop_loss")]


@says("Orders decided at the last close")
def test_an_exit_decided_before_the_last_close_may_find_its_price_there(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[0], exit_long=[4], close_fill=[100, 100, 100, 100, None, 97])

    result = simulate(case_from(asset, fill="vwap"))

    assert told(result)[1:] == [(5, "close", "sell", 97.0, "signal")]
