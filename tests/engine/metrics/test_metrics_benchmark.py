"""Buy-and-hold, and the strategy beside it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EngineInputError
from engine.metrics.benchmark import buy_and_hold
from engine.metrics.summary import summarise

NAN = float("nan")
DAY = 86_400_000
cells = st.one_of(st.none(), st.tuples(st.floats(1.0, 100.0), st.floats(1.0, 100.0)))
markets = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=12)
)


@given(markets, st.floats(0.0, 0.01))
def test_buy_and_hold_is_cash_then_a_quantity_at_the_last_close(market, fee):
    table = np.array([[(NAN, NAN) if cell is None else cell for cell in row] for row in market])
    width = table.shape[1]
    quantity, cash, mark = [0.0] * width, [3000.0 / width] * width, [0.0] * width
    expected = []
    for row in market:
        for asset, cell in enumerate(row):
            if cell is None:
                continue
            if cash[asset]:
                quantity[asset] = cash[asset] / (cell[0] * (1.0 + fee))
                cash[asset] = 0.0
            mark[asset] = cell[1]
        expected.append(sum(cash) + sum(q * m for q, m in zip(quantity, mark, strict=True)))

    found = buy_and_hold(table[:, :, 0], table[:, :, 1], 3000.0, fee)

    np.testing.assert_allclose(found, expected, rtol=1e-12)


@given(markets, st.integers(1, 12))
def test_buy_and_hold_does_not_see_later_bars(market, cut):
    table = np.array([[(NAN, NAN) if cell is None else cell for cell in row] for row in market])

    whole = buy_and_hold(table[:, :, 0], table[:, :, 1], 1000.0, 0.001)
    early = buy_and_hold(table[:cut, :, 0], table[:cut, :, 1], 1000.0, 0.001)

    np.testing.assert_array_equal(early, whole[:cut])


def test_the_fee_is_paid_out_of_the_part():
    assert buy_and_hold([[100.0]], [[100.0]], 1000.0, 0.25).tolist() == [800.0]


@pytest.mark.parametrize(
    ("opens", "closes", "initial", "fee", "message"),
    [
        ([1.0], [1.0], 1.0, 0.0, r"opens has shape \(1,\), closes \(1,\): both must be the same \(n_bars, n_assets\)"),
        ([[1.0]], [[1.0, 2.0]], 1.0, 0.0, "both must be the same"),
        (np.empty((0, 2)), np.empty((0, 2)), 1.0, 0.0, "both must be the same"),
        ([[1.0, 0.0]], [[1.0, 1.0]], 1.0, 0.0, r"opens\[0, 1\] is 0.0: it must be finite and > 0"),
        ([[1.0], [1.0]], [[1.0], [NAN]], 1.0, 0.0, r"closes\[1, 0\] is nan"),
        ([[1.0]], [[1.0]], NAN, 0.0, "initial_equity is nan"),
        ([[1.0]], [[1.0]], 1.0, 1.0, r"fee_rate is 1.0: it must be in \[0, 1\)"),
    ],
)
def test_what_is_no_market_is_refused(opens, closes, initial, fee, message):
    with pytest.raises(EngineInputError, match=message):
        buy_and_hold(opens, closes, initial, fee)


def market_curve(seed: int, n: int) -> np.ndarray:
    return 10_000.0 * np.cumprod(1.0 + np.random.default_rng(seed).normal(0.001, 0.03, n))


def test_half_of_the_market_has_beta_one_half_and_no_matched_excess(make_account):
    market = market_curve(3, 200)
    returns = market / np.concatenate(([10_000.0], market[:-1])) - 1.0
    equity = 10_000.0 * np.cumprod(1.0 + 0.5 * returns)
    run = make_account(equity, interval_ms=DAY, exposure=np.full(200, 0.5), cash=equity / 2)

    found = summarise(run, periods_per_year=365.0, benchmark=market).statistics.benchmark

    assert found.beta == pytest.approx(0.5)
    assert found.correlation == pytest.approx(1.0)
    assert found.exposure_matched_excess_fraction == pytest.approx(0.0, abs=1e-12)
    assert found.excess_return_fraction == pytest.approx(equity[-1] / 1e4 - market[-1] / 1e4)


def test_the_market_beside_itself(make_account):
    market = market_curve(4, 100)
    judged = summarise(
        make_account(market, interval_ms=DAY, exposure=np.ones(100), cash=np.zeros(100)),
        periods_per_year=365.0,
        benchmark=market,
    )
    found = judged.statistics.benchmark

    assert found.return_fraction == judged.summary.returns_pct
    assert found.sharpe_ratio == judged.summary.sharpe_ratio
    assert found.max_drawdown_fraction == judged.summary.max_drawdown_pct
    assert (found.excess_return_fraction, found.beta) == (0.0, pytest.approx(1.0))


def test_a_short_market_is_matched_with_its_sign(make_account):
    market = market_curve(5, 120)
    returns = market / np.concatenate(([10_000.0], market[:-1])) - 1.0
    equity = 10_000.0 * np.cumprod(1.0 - returns)
    run = make_account(equity, interval_ms=DAY, exposure=np.ones(120), cash=2 * equity)

    found = summarise(run, periods_per_year=365.0, benchmark=market).statistics.benchmark

    assert found.beta == pytest.approx(-1.0)
    assert found.exposure_matched_excess_fraction == pytest.approx(0.0, abs=1e-12)


def test_a_market_that_does_not_move_has_no_beta(make_account):
    statistics = summarise(
        make_account(market_curve(6, 60), interval_ms=DAY), periods_per_year=365.0, benchmark=np.full(60, 1e4)
    ).statistics

    assert statistics.benchmark.beta is None
    assert statistics.benchmark.sharpe_ratio is None
    assert statistics.undefined["benchmark.beta"] == "buy-and-hold does not vary"
