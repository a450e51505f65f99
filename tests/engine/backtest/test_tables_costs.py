"""What a fill costs: slippage, fees, funding, and what each trade kept: tables worked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from reference.case import Level
from reference.sentences import says
from reference.tables import QUIET, asset_from, case_from

if TYPE_CHECKING:
    from reference.tables import Simulate


@says("Market fill price = reference", "Slippage = `min(", "`notional` is the target notional")
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


@says("Slippage = `min(")
def test_slippage_is_that_of_the_deciding_bar(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[1])
    asset.atr_ratio = [0.01, 0.02, 0.04, 0.04, 0.04, 0.04]

    (entry,) = simulate(case_from(asset, slippage_kv=0.5)).fills

    assert entry.price == pytest.approx(100 * 1.01)


@says("Slippage = `min(")
def test_a_stops_slippage_is_that_of_the_last_closed_bar(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2   100  100  90   100"""
    asset = asset_from(table, enter_long=[0])
    asset.atr_ratio = [0.0, 0.02, 0.5]

    result = simulate(case_from(asset, slippage_kv=0.5, stop=Level("percent", 0.05)))

    assert result.fills[1].price == pytest.approx(95 * (1 - 0.5 * 0.02))


@says("Slippage = `min(")
def test_slippage_is_at_most_five_per_cent(simulate: Simulate) -> None:
    asset = asset_from(QUIET, enter_long=[0], atr_ratio=0.5, quote_volume=1.0)

    (entry,) = simulate(case_from(asset, slippage_kv=1.0, slippage_kp=9.0)).fills

    assert entry.price == pytest.approx(105)


@says("An unknown `r` (warm-up)")
def test_without_volume_the_part_of_size_is_zero_and_an_unknown_range_counts_as_zero(simulate: Simulate) -> None:
    silent = asset_from(QUIET, enter_long=[0], atr_ratio=0.02, quote_volume=0.0)
    young = asset_from(QUIET, enter_long=[0], atr_ratio=None, quote_volume=5.0)
    rules = {"slippage_base": 0.001, "slippage_kv": 0.1, "slippage_kp": 1.0}

    assert simulate(case_from(silent, **rules)).fills[0].price == pytest.approx(100 * (1.001 + 0.02 * 0.1))
    assert simulate(case_from(young, **rules)).fills[0].price == pytest.approx(100 * 1.001)


@says("`net = gross at reference prices")
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


@says("**Excursions**")
def test_excursions_count_what_is_known_to_come_before_the_exit(simulate: Simulate) -> None:
    stopped = """t  open high low close
                 0   100  100 100   100
                 1   100  104  98   102
                 2   103  120  90   100"""
    result = simulate(case_from(asset_from(stopped, enter_long=[0]), stop=Level("percent", 0.05)))
    assert (result.trades[0].mae, result.trades[0].mfe) == (pytest.approx(0.05), pytest.approx(0.04))

    paid = simulate(case_from(asset_from(stopped, enter_long=[0]), target=Level("percent", 0.15)))
    assert (paid.trades[0].mae, paid.trades[0].mfe) == (pytest.approx(0.10), pytest.approx(0.15))


@says("The bar in which a target or a part fills counts with its whole adverse extreme")
@pytest.mark.parametrize("rules", [{"target": Level("percent", 0.10)}, {"partial_exits": [(0.10, 0.5), (0.10, 0.5)]}])
def test_the_bar_of_a_target_counts_with_its_whole_adverse_extreme(simulate: Simulate, rules: dict[str, Any]) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2   100  120  95   110"""

    (trade,) = simulate(case_from(asset_from(table, enter_long=[0]), **rules)).trades

    assert (trade.mae, trade.mfe) == (pytest.approx(0.05), pytest.approx(0.10))  # 120 came after the exit
