"""What must not matter: bars that come later, which way up the market is, the unit of its prices, running twice."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from reference.case import LONG, SHORT, Bar, Case, Level, Trail, Venue
from reference.cases import random_case
from reference.engine_side import simulate_with_engine
from reference.spec_side import SpecCase, random_spec_case

if TYPE_CHECKING:
    from engine.backtest.result import BacktestResult

pytestmark = pytest.mark.no_cover


def cut_at(case: SpecCase, time: int) -> SpecCase:
    """Return the case as somebody would have had it at ``time``: no bar and no funding from then on."""
    market = replace(
        case.market,
        bars={name: [bar for bar in bars if bar.time < time] for name, bars in case.market.bars.items()},
        funding={name: [event for event in series if event[0] < time] for name, series in case.market.funding.items()},
    )
    return replace(case, market=market, end=min(case.end, time))


def random_cut(case: SpecCase) -> int:
    """Return a bar's opening time after every asset has been listed."""
    listed = max(bars[0].time for bars in case.market.bars.values())
    times = {bar.time for bars in case.market.bars.values() for bar in bars}
    later = sorted(time for time in times if max(listed, case.start) + 5 * case.market.interval_ms < time < case.end)
    return Random(case.seed).choice(later)


def assert_same_before_the_cut(cut: BacktestResult, whole: BacktestResult) -> None:
    last = cut.simulation.n_bars - 1
    assert cut.simulation.time.tolist() == whole.simulation.time[: last + 1].tolist()

    # at its last close the shorter run decides, but nothing fills any more: those fills belong to what comes later
    def known(result: BacktestResult) -> list:
        return [fill for fill in result.fills if fill.bar < last or (fill.bar == last and fill.moment != "close")]

    assert known(cut) == known(whole)
    np.testing.assert_array_equal(cut.equity[:last], whole.equity[:last])
    if not any(fill.bar == last and fill.moment == "close" for fill in whole.fills):
        assert cut.equity[last] == whole.equity[last]


@pytest.mark.parametrize("seed", range(30))
def test_cutting_the_data_changes_no_fill_and_no_equity_before_the_cut(seed: int) -> None:
    case = random_spec_case(seed)

    assert_same_before_the_cut(cut_at(case, random_cut(case)).run(), case.run())


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1_000, 1_100))
def test_cutting_the_data_of_further_specs_changes_nothing_before_the_cut(seed: int) -> None:
    case = random_spec_case(seed)

    assert_same_before_the_cut(cut_at(case, random_cut(case)).run(), case.run())


@pytest.mark.parametrize("seed", range(8))
def test_an_earlier_end_reads_no_more_than_cut_data_does(seed: int) -> None:
    case = random_spec_case(seed)
    time = random_cut(case)

    assert_same_before_the_cut(replace(case, end=time).run(), cut_at(case, time).run())


@pytest.mark.parametrize("seed", range(8))
def test_the_same_spec_and_bars_give_the_same_bytes(seed: int) -> None:
    one, other = random_spec_case(seed).run(), random_spec_case(seed).run()

    assert one.equity.tobytes() == other.equity.tobytes()
    for name, column in one.fills.columns.items():
        assert column.tobytes() == other.fills.columns[name].tobytes(), name
    assert (one.spec_hash, one.data_hash, one.engine_hash) == (other.spec_hash, other.data_hash, other.engine_hash)
    assert one.notices == other.notices


def upside_down(case: Case) -> Case:
    """Reflect each asset's prices at the highest of them, and let longs and shorts change places."""
    mirrored = deepcopy(case)
    for asset in mirrored.assets:
        axis = 2 * max(bar.high for bar in asset.bars)
        asset.bars = [
            Bar(bar.time, axis - bar.open, axis - bar.low, axis - bar.high, axis - bar.close, bar.volume)
            for bar in asset.bars
        ]
        asset.entry = {LONG: asset.entry[SHORT], SHORT: asset.entry[LONG]}
        asset.exit = {LONG: asset.exit[SHORT], SHORT: asset.exit[LONG]}
    return mirrored


def distance_only(trail: Trail | None) -> Trail | None:
    """Return a trailing level that does not hang on the price itself: a fraction of it does."""
    return None if trail is None or trail.type == "percent" else trail


def without_sides(case: Case) -> Case:
    """Take away what treats the sides differently: costs, sizes and levels that hang on the price itself, funding.

    What risks a fraction of equity over a distance in quote holds the same quantity either way up.
    """
    rules = replace(
        case.settings,
        perp=True,
        maker=0.0,
        taker=0.0,
        slippage_base=0.0,
        slippage_kv=0.0,
        slippage_kp=0.0,
        fill="close",
        sizing="risk_per_trade",
        size_value=0.005,
        stop=Level("atr", 3.0),
        target=Level("atr", 5.0),
        leverage=1e6,
        max_position_fraction=None,
        max_exposure_fraction=None,
        trailing_stop=distance_only(case.settings.trailing_stop),
        trailing_take=distance_only(case.settings.trailing_take),
        breakeven_at=None,
        partial_exits=[],
        limit_offset=None,
        limit_price=None,
        finer_ms=0,
    )
    assets = []
    for asset in case.assets:
        both = {side: [a or b for a, b in zip(*asset.entry.values(), strict=True)] for side in (LONG, SHORT)}
        both[SHORT] = [False, *both[LONG][:-1]]
        edges = [(asset.bars[0].time - 1, 0.0), (asset.bars[-1].time + 10 * rules.interval_ms, 0.0)]
        assets.append(
            replace(
                asset,
                entry=both,
                exit={**asset.exit, SHORT: asset.exit[LONG][::-1]},
                stored_funding=edges,
                close_fill=None,
                finer=[],
                venue=Venue(),
            )
        )
    return Case(assets, rules)


@pytest.mark.parametrize("seed", range(30))
def test_a_mirrored_market_turns_longs_into_shorts(seed: int) -> None:
    case = without_sides(random_case(seed))

    up, down = simulate_with_engine(case), simulate_with_engine(upside_down(case))

    assert [(f.bar, f.asset, f.reason, f.moment) for f in up.fills] == [
        (f.bar, f.asset, f.reason, f.moment) for f in down.fills
    ]
    assert all(one.side != other.side for one, other in zip(up.fills, down.fills, strict=True))
    np.testing.assert_allclose([f.quantity for f in up.fills], [f.quantity for f in down.fills], rtol=1e-9)
    np.testing.assert_allclose(up.equity, down.equity, rtol=1e-9)


def test_the_mirrored_cases_trade() -> None:
    fills = [len(simulate_with_engine(without_sides(random_case(seed))).fills) for seed in range(30)]

    assert sum(n >= 10 for n in fills) >= 18


def scaled_bar(bar: Bar, unit: float) -> Bar:
    """Return the bar in another unit of the asset."""
    prices = (price * unit for price in (bar.open, bar.high, bar.low, bar.close))
    return Bar(bar.time, *prices, bar.volume / unit)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("power", [-7, 11])
def test_prices_times_a_power_of_two_divide_quantities_and_change_no_money(seed: int, power: int) -> None:
    case, unit = random_case(seed), 2.0**power
    scaled = deepcopy(case)
    for asset in scaled.assets:
        asset.bars, asset.finer = [scaled_bar(b, unit) for b in asset.bars], [scaled_bar(b, unit) for b in asset.finer]
        for name in ("stop_atr", "target_atr", "size_atr", "trail_atr", "take_atr", "close_fill"):
            column = getattr(asset, name)
            setattr(asset, name, column and [None if figure is None else figure * unit for figure in column])
        asset.venue.price_tick *= unit
        asset.venue.quantity_step /= unit
    rules = scaled.settings
    for level in (rules.stop, rules.target, rules.trailing_stop, rules.trailing_take):
        if level is not None and level.type == "price":
            level.value *= unit
            if isinstance(level, Trail) and level.activate_at is not None:
                level.activate_at *= unit
    if rules.limit_price is not None:
        rules.limit_price *= unit

    one, other = simulate_with_engine(case), simulate_with_engine(scaled)

    assert other.equity == one.equity
    assert other.funnel == one.funnel
    assert [(f.bar, f.reason, f.quantity * unit, f.price / unit, f.fee) for f in other.fills] == [
        (f.bar, f.reason, f.quantity, f.price, f.fee) for f in one.fills
    ]
