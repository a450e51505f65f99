"""Funding and margin of perpetuals: tables worked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reference.case import Level
from reference.sentences import says
from reference.tables import QUIET, asset_from, case_from, changes, stages, told

if TYPE_CHECKING:
    from reference.tables import Simulate

FALLING_QUIETLY = """t  open high low close
                     0   100  100 100   100
                     1   100  100 100   100
                     2   100  100  90    90
                     3    90   90  80    80
                     4    80   80  80    80"""


@says("**Funding due at the open**", "`q` is a signed quantity")
@pytest.mark.parametrize(("side", "sign"), [("long", 1), ("short", -1)])
def test_longs_pay_positive_funding_and_shorts_receive_it(simulate: Simulate, side: str, sign: int) -> None:
    asset = asset_from(FALLING_QUIETLY, **{f"enter_{side}": [0]}, funding=[(3, 0.01)])

    result = simulate(case_from(asset, perp=True, size_value=0.5))

    assert result.trades[0].funding == pytest.approx(sign * 5 * 90 * 0.01)  # quantity x price at the event's open


@says("**Funding due at the open**")
def test_funding_at_the_open_is_on_the_quantity_before_that_bars_fills(simulate: Simulate) -> None:
    entering = asset_from(QUIET, enter_long=[0], funding=[(1, 0.01)])
    leaving = asset_from(QUIET, enter_long=[0], exit_long=[1], funding=[(2, 0.01)])

    assert simulate(case_from(entering, perp=True, size_value=0.5)).trades[0].funding == 0.0
    assert simulate(case_from(leaving, perp=True, size_value=0.5)).trades[0].funding == pytest.approx(5.0)


@says("**Funding due inside the bar**")
def test_funding_inside_the_bar_is_on_the_quantity_at_its_close(simulate: Simulate) -> None:
    held = asset_from(FALLING_QUIETLY, enter_long=[0], funding=[(2.5, 0.01)])
    entering = asset_from(QUIET, enter_long=[0], funding=[(1.5, 0.01)])
    stopped = asset_from(FALLING_QUIETLY, enter_long=[0], funding=[(2.01, 0.01)])

    assert simulate(case_from(held, perp=True, size_value=0.5)).trades[0].funding == pytest.approx(5 * 90 * 0.01)
    assert simulate(case_from(entering, perp=True, size_value=0.5)).trades[0].funding == pytest.approx(5.0)
    free = simulate(case_from(stopped, perp=True, size_value=0.5, stop=Level("percent", 0.05)))
    assert (free.trades[0].reason, free.trades[0].funding) == ("stop_loss", 0.0)


@says("An event that falls where the asset has no bar")
def test_funding_that_falls_into_a_gap_is_charged_at_the_next_open(simulate: Simulate) -> None:
    holes = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               4   120  130 120   130
               5   130  130 130   130"""
    asset = asset_from(holes, enter_long=[0], funding=[(2.5, 0.01)])

    assert simulate(case_from(asset, perp=True, size_value=0.5)).trades[0].funding == pytest.approx(5 * 120 * 0.01)


@says("Funding: the stored series")
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


@says("The liquidation level of an asset is", "Maintenance margin 0.005")
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


@says("Only the first end of trading")
def test_a_guarded_account_that_is_liquidated_later_ended_at_the_guard(simulate: Simulate) -> None:
    falling = """t  open high low close
                 0   100  100 100  100
                 1   100  100 100  100
                 2   100  100  95   95
                 3  84.9 84.9 84.9 84.9"""
    absent = """t  open high low close
                0   100  100 100   100
                1   100  100 100   100
                2   100  100  95    95
                5    95   95  95    95"""
    rules = {**TENFOLD, "size_value": 5_000.0, "max_drawdown_fraction": 0.4}

    result = simulate(
        case_from(asset_from(falling, enter_long=[0]), asset_from(absent, name="B", enter_long=[0]), **rules)
    )

    # at the close of 2 500 of 1,000 are left; A leaves with 505 less at the open of 3, B has no bar to leave at
    assert told(result)[2:] == [(3, "open", "sell", 84.9, "drawdown_guard"), (3, "open", "sell", 95.0, "liquidation")]
    assert (result.halted_bar, result.liquidated) == (2, True)
    assert changes(result, "B")[2:] == [(2, "active", "exit_ordered"), (3, "closed", "liquidation")]


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


@says("the one nearer the open acts first")
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


@says("**Liquidation at the open**")
def test_an_open_beyond_the_liquidation_level_liquidates_at_the_open(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2    85   86  84   85"""

    result = simulate(case_from(asset_from(table, enter_long=[0]), **TENFOLD))

    assert told(result)[1] == (2, "open", "sell", 85.0, "liquidation")
    assert result.equity[-1] == pytest.approx(1000 - 1500)  # a gap can take more than there was


@says("**Liquidation at the close**")
def test_funding_can_liquidate_at_the_close(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[0], funding=[(2.5, 0.0951)])

    result = simulate(case_from(asset, **TENFOLD))

    assert told(result)[1] == (2, "close", "sell", 100.0, "liquidation")  # 1,000 - 951 is under 50


@says(
    "The liquidation level of an asset is", "When it is touched, every position is closed", "Maintenance margin 0.005"
)
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
