"""Tiered maintenance margin: the level is where equity meets the margins, on every table and on either side."""

import numpy as np
import pytest
from numba import njit

from engine.backtest.config import Config
from engine.backtest.rules import decimal, rules_of
from engine.backtest.simulate import new_state
from engine.errors import EngineInputError
from engine.kernels import layout, levels, margin
from engine.spec.venue_rules import AssetRules, MarginTier


@njit
def on_grid(value, step, divisor, up):
    return levels.on_grid(value, step, divisor, up)


@njit
def liquidation_level(state, rules, a, open_):
    return margin.liquidation_level(state, rules, a, open_)


@njit
def margin_is_gone(state, rules):
    return margin.margin_is_gone(state, rules)


@njit
def margin_of(rules, a, notional):
    return margin.margin_of(rules, a, notional)


def random_table(rng, leaping):
    floors = np.r_[0.0, np.sort(rng.uniform(100.0, 20_000.0, int(rng.integers(0, 5))))]
    rates = np.sort(rng.uniform(0.002, 0.3, floors.size))
    deductions = np.zeros(floors.size)
    if not leaping:
        for k in range(1, floors.size):
            deductions[k] = deductions[k - 1] + floors[k] * (rates[k] - rates[k - 1])
    return tuple(MarginTier(*map(float, tier)) for tier in zip(floors, rates, deductions, strict=True))


def account(seed, leaping):
    """An account of two positions that is above water, and the rules it lives by."""
    rng = np.random.default_rng(seed)
    tables = {name: random_table(rng, leaping) for name in "AB"}
    config = Config(market_type="perp", venue={name: AssetRules(margin_tiers=table) for name, table in tables.items()})
    rules, state = rules_of(config, "AB"), new_state(config, 2)
    while True:
        state.book[:, layout.MARK] = rng.uniform(10.0, 200.0, 2)
        state.book[:, layout.QUANTITY] = rng.choice((-1.0, 1.0), 2) * rng.uniform(1.0, 150.0, 2)
        value = state.book[:, layout.MARK] * state.book[:, layout.QUANTITY]
        state.account[layout.CASH] = rng.uniform(0.05, 0.6) * np.abs(value).sum() - value.sum()
        if not margin_is_gone(state, rules):
            return state, rules


def margin_by_hand(rules, a, notional):
    """The margin of a notional, read from the table as it is printed: the last tier whose floor it reaches."""
    rows = slice(rules.tier_first[a], rules.tier_first[a + 1])
    tiers = zip(rules.tier_floor[rows], rules.tier_rate[rows], rules.tier_deduction[rows], strict=True)
    return [rate * notional - deduction for floor, rate, deduction in tiers if floor <= notional][-1]


def spare(state, rules, price):
    """Equity above the margins with the first asset at ``price``."""
    held, marks = state.book[:, layout.QUANTITY], (price, state.book[1, layout.MARK])
    value = [quantity * mark for quantity, mark in zip(held, marks, strict=True)]
    return state.account[layout.CASH] + sum(value) - sum(margin_by_hand(rules, a, abs(value[a])) for a in range(2))


@pytest.mark.no_cover
@pytest.mark.parametrize("leaping", [False, True])
def test_the_level_is_the_first_price_on_the_way_to_ruin_without_spare_equity(leaping):
    for seed in range(150):
        state, rules = account(seed, leaping)
        price, long = state.book[0, layout.MARK], state.book[0, layout.QUANTITY] > 0

        level = liquidation_level(state, rules, 0, price)

        path = np.linspace(price, max(level, 0.0) if long else level, 60)[1:-1]
        assert all(spare(state, rules, one) > 0 for one in path), seed
        if level > 0:
            beyond = level * (1 - 1e-9 if long else 1 + 1e-9)
            assert spare(state, rules, beyond) <= 1e-9 * abs(state.account[layout.CASH]), seed
        if level > 0 and not leaping:
            assert spare(state, rules, level) == pytest.approx(0.0, abs=1e-8 * abs(state.account[layout.CASH])), seed


def test_a_notional_at_a_floor_lies_in_the_tier_that_begins_there():
    tiers = (MarginTier(0.0, 0.01, 0.0), MarginTier(1_000.0, 0.05, 0.0))
    rules = rules_of(Config(market_type="perp", venue={"A": AssetRules(margin_tiers=tiers)}), "A")

    assert [margin_of(rules, 0, notional) for notional in (999.0, 1_000.0)] == pytest.approx([9.99, 50.0])


def test_one_tier_gives_the_level_of_the_plain_rate():
    plain = Config(market_type="perp", maintenance_fraction=0.01)
    tiered = Config(market_type="perp", venue={"A": AssetRules(margin_tiers=(MarginTier(0.0, 0.01, 0.0),))})
    for quantity in (3.0, -3.0):
        state = new_state(plain, 1)
        state.account[layout.CASH] = 120.0 - 100.0 * quantity
        state.book[0, [layout.QUANTITY, layout.MARK]] = quantity, 100.0
        levels = [liquidation_level(state, rules_of(config, "A"), 0, 100.0) for config in (plain, tiered)]
        assert levels[0] == pytest.approx(levels[1], rel=1e-15)


@pytest.mark.parametrize(
    ("value", "step", "up", "expected"),
    [
        (0.3, 0.1, False, 0.3),
        (0.30000000000000004, 0.1, False, 0.3),
        (0.35, 0.1, False, 0.3),
        (100.1, 0.1, True, 100.1),
        (1e-7 + 1e-8, 1e-8, True, 1.1e-7),
        (0.35, 0.1, True, 0.4),
        (7.0, 0.0, True, 7.0),
        (1234.5678, 0.01, False, 1234.56),
        (1e9 + 0.5, 1.0, True, 1e9 + 1.0),
    ],
)
def test_figures_move_to_the_grid_and_stay_where_they_lie_on_it(value, step, up, expected):
    assert on_grid(value, *decimal(step), up) == expected


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"partial_exits": ((0.02, 0.5), (0.01, 0.5))}, "nearest first"),
        ({"partial_exits": ((0.01, 0.7), (0.02, 0.5))}, "at most 1 together"),
        ({"breakeven_at": 0.0}, "breakeven_at is 0.0"),
        ({"breakeven_offset": -1.0}, "breakeven_offset is -1.0"),
        ({"session_minutes": (0, 1_440)}, "0 to 1439"),
        ({"cooldown_bars": 0}, "cooldown_bars is 0"),
        ({"maintenance_fraction": -0.001}, "maintenance_fraction is -0.001"),
        ({"maintenance_fraction": 1.0}, "maintenance_fraction is 1.0"),
        ({"max_daily_loss_fraction": 0.0}, "max_daily_loss_fraction is 0.0"),
        ({"venue": {"A": AssetRules(price_tick=-1.0)}}, "venue['A'].price_tick is -1.0"),
        ({"venue": {"A": AssetRules(margin_tiers=(MarginTier(5.0, 0.1, 0.0),))}}, "the first at 0"),
        ({"venue": {"A": AssetRules(margin_tiers=(MarginTier(0.0, 1.0, 0.0),))}}, "fractions in [0, 1)"),
    ],
)
def test_a_config_that_makes_no_sense_is_refused(given, told):
    with pytest.raises(EngineInputError) as refused:
        Config(**given)
    assert told in str(refused.value)
