"""Hand-written entries: what can never be true is proven so, what is merely odd is left standing."""

from __future__ import annotations

import pytest
from reference.firing_cases import IMPOSSIBLE, IMPOSSIBLE_TIMES, POSSIBLE
from reference.firing_side import decided

from engine.proofs.satisfiability.search import Open, Refuted
from engine.proofs.satisfiability.words import reason_of


@pytest.mark.parametrize("rule", IMPOSSIBLE)
def test_an_impossible_entry_is_proven_impossible(rule: str) -> None:
    found = decided(rule)

    assert isinstance(found, Refuted)
    assert reason_of(found.ways).startswith(("it needs", "each way"))


@pytest.mark.parametrize(("timeframe", "rule"), IMPOSSIBLE_TIMES)
def test_a_close_that_no_bar_has_is_proven_impossible(timeframe: str, rule: str) -> None:
    assert isinstance(decided(rule, timeframe), Refuted)


@pytest.mark.parametrize("rule", POSSIBLE)
def test_an_odd_entry_is_not_rejected(rule: str) -> None:
    assert isinstance(decided(rule), Open)


REASONS = [
    ("rsi_14 > 100", "it needs rsi_14 > 100, but rsi_14 is never above 100"),
    ("close <= 0", "it needs close <= 0, but close is always above 0"),
    ("close > high", "it needs close > high, but close is never above high"),
    ("ema_20 > close & close > ema_20", "it needs ema_20 > close and close > ema_20 at once, which exclude each other"),
    ("rsi_14 x^ 30 & rsi_14 < 20", "it needs rsi_14 > 30 and rsi_14 < 20 at once, which exclude each other"),
    ("time.hour = 3", "it needs time.hour = 3, but bars of 4h close at 00:00, 04:00, 08:00, 12:00, 16:00, 20:00 UTC"),
    ("st.direction = 0", "it needs st.direction = 0, but st.direction is -1 or 1"),
    (
        "(close > ema_20 | close > ema_50) & close < ema_20 & close < ema_50",
        "each way to be true fails: (1) it needs close > ema_20 and close < ema_20 at once, which exclude each other; "
        "(2) it needs close > ema_50 and close < ema_50 at once, which exclude each other",
    ),
]


@pytest.mark.parametrize(("rule", "reason"), REASONS)
def test_the_reason_names_what_excludes_each_other(rule: str, reason: str) -> None:
    found = decided(rule)

    assert isinstance(found, Refuted)
    shown = reason_of(found.ways)
    assert set(shown.replace(",", "").split()) == set(reason.replace(",", "").split()), shown


def test_a_mean_of_three_equal_prices_may_lie_above_them() -> None:
    """Why hlc3 > high is left standing: the sum of three prices is rounded before it is divided."""
    prices = [1.9 + k * 2.0**-52 for k in range(64)]

    assert any((price + price + price) / 3.0 > price for price in prices)
    assert isinstance(decided("hlc3 > high"), Open)
    assert isinstance(decided("hlc3 > high * 1.0001"), Refuted)
