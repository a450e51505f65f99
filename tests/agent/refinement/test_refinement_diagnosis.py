"""What a diagnosis finds is what was planted, and it finds nothing in a handful of trades."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from agent.placeholders import SHARES
from agent.refinement.diagnose import diagnose
from agent.refinement.losing_groups import difference_t
from agent.refinement.trade_facts import RANK_BARS, VOLATILITY_BARS, trade_facts
from agent.refinement.weaknesses import FEWEST_TRADES, slots_of
from engine import DemoMarket, run_backtest
from engine.spec.examples import SMA_CROSS

CLOCK_SPEC: dict[str, Any] = {
    "id": "clock",
    "name": "Two hours at a time",
    "version": "1.0",
    "universe": {"assets": ["BTC"], "timeframe": "1h"},
    "indicators": {},
    "signals": {
        "entry": [{"when": "eq", "left": "time.hour", "value": hour} for hour in range(0, 24, 4)],
        "exit": [{"when": "eq", "left": "time.hour", "value": hour} for hour in range(2, 24, 4)],
    },
    "sizing": {"mode": "percent_equity", "value": 0.1},
    "risk": {},
    "execution": {"mode": "paper", "fees": {"maker": 0, "taker": 0}},
}
"""Long for two hours out of every four, whatever the price."""


def codes_of(diagnosis: Any) -> list[str]:
    return [weakness.key for weakness in diagnosis.weaknesses]


def test_a_losing_short_side_is_found(shorts_lose: Any, cross: Any) -> None:
    diagnosis = diagnose(run_backtest(cross(), shorts_lose))

    weakness = diagnosis.weaknesses[0]
    assert weakness.key == "LOSING_SIDE:short"
    assert weakness.evidence["meanFraction"] < 0 < weakness.evidence["restMeanFraction"]
    assert weakness.evidence["trades"] >= FEWEST_TRADES


def test_losing_hours_are_found(planted: Any, read_spec: Any) -> None:
    hour = np.arange(3_000) % 24
    drift = np.where((hour >= 8) & (hour < 12), -0.004, 0.001)

    diagnosis = diagnose(run_backtest(read_spec(CLOCK_SPEC), planted(1, n_bars=3_000, timeframe="1h", drift=drift)))

    assert "LOSING_SESSION:08-12" in codes_of(diagnosis)
    assert "entries decided from 08:00 to 12:00 UTC lose: " in " ".join(one.text for one in diagnosis.weaknesses)
    assert [key for key in codes_of(diagnosis) if key.startswith("LOSING_SESSION")] == ["LOSING_SESSION:08-12"]


def test_a_losing_weekday_is_found(planted: Any, read_spec: Any) -> None:
    day = np.arange(6_000) // 24 % 7  # the first day is a Wednesday
    drift = np.where(day == 4, -0.003, 0.001)

    diagnosis = diagnose(run_backtest(read_spec(CLOCK_SPEC), planted(2, n_bars=6_000, timeframe="1h", drift=drift)))

    assert "LOSING_WEEKDAY:sunday" in codes_of(diagnosis)


def test_costs_that_eat_what_is_earned_are_found(cross: Any, no_edge: Any) -> None:
    dear = cross(execution={"mode": "paper", "fees": {"maker": 0.01, "taker": 0.01}})

    weakness = diagnose(run_backtest(dear, no_edge)).weaknesses[0]

    assert weakness.code == "COSTS_DOMINATE"
    assert weakness.evidence["costMeanFraction"] > 0.02


def test_a_stop_that_prices_come_back_from_is_too_tight(along: Any, read_spec: Any) -> None:
    random = np.random.Generator(np.random.PCG64(4))
    level = np.zeros(6_001)
    for t in range(1, level.shape[0]):
        level[t] = 0.8 * level[t - 1] + random.normal(0.0, 0.004)
    stopped = {**CLOCK_SPEC, "risk": {"stop_loss": {"type": "percent", "value": 0.008}}}

    diagnosis = diagnose(run_backtest(read_spec(stopped), along({"BTC": 100 * np.exp(level)}, "1h", wick=0.001)))

    tight = next(weakness for weakness in diagnosis.weaknesses if weakness.code == "STOP_TOO_TIGHT")
    assert tight.evidence["regrettedShare"] > 0.6


def test_a_stop_in_a_walk_is_rarely_called_tight_nor_a_target_near(planted: Any, read_spec: Any) -> None:
    levels = {"stop_loss": {"type": "percent", "value": 0.004}, "take_profit": {"type": "percent", "value": 0.004}}
    spec, found = read_spec({**CLOCK_SPEC, "risk": levels}), []
    for seed in range(20):
        market = planted(300 + seed, n_bars=3_000, timeframe="1h", deviation=0.004)
        found += [one.code for one in diagnose(run_backtest(spec, market)).weaknesses]

    wrong = found.count("STOP_TOO_TIGHT") + found.count("TARGET_TOO_NEAR")
    assert wrong <= 6  # 40 tests at 5 %: 2 expected, 7 or more once in 300


def test_an_entry_that_is_never_true_is_found(cross: Any, no_edge: Any) -> None:
    signals = {"entry": [{"when": "gt", "left": "close", "value": 1e9}], "exit": []}

    diagnosis = diagnose(run_backtest(cross(signals=signals), no_edge))

    assert codes_of(diagnosis) == ["NEVER_FIRES"]
    assert diagnosis.weaknesses[0].evidence["entryTrue"] == 0


def test_nothing_is_said_of_the_parts_of_few_trades(cross: Any, planted: Any) -> None:
    diagnosis = diagnose(run_backtest(cross(), planted(9, n_bars=500)))

    assert diagnosis.trade_count < FEWEST_TRADES
    assert codes_of(diagnosis) == ["TOO_FEW_TRADES"]
    assert diagnosis.tables["side"]
    assert diagnosis.notes


def test_parts_of_a_walk_rarely_stand_out(planted: Any, read_spec: Any) -> None:
    found = []
    for seed in range(20):
        market = planted(200 + seed, n_bars=2_000, timeframe="1h")
        found += codes_of(diagnose(run_backtest(read_spec(CLOCK_SPEC), market)))

    parts = [key for key in found if key.startswith(("LOSING_SE", "LOSING_W"))]
    assert len(parts) <= 6  # two tables, a chance of 5 % each: 2 of 40 expected, 7 or more once in 300


def test_every_weakness_can_be_said_and_stored(cross: Any, no_edge: Any, shorts_lose: Any) -> None:
    for result in (run_backtest(cross(), no_edge), run_backtest(cross(), shorts_lose), demo_run()):
        diagnosis = diagnose(result)
        severities = [weakness.severity for weakness in diagnosis.weaknesses]
        assert severities == sorted(severities, reverse=True)
        for weakness in diagnosis.weaknesses:
            assert 0.0 <= weakness.severity <= 1.0
            assert {name for name, _ in slots_of(weakness.template)} <= set(weakness.evidence)
            assert "{" not in weakness.text
            assert all(("pct" in form) == name.endswith(SHARES) for name, form in slots_of(weakness.template))
        json.dumps(diagnosis.as_dict(), allow_nan=False)


def demo_run() -> Any:
    return run_backtest(SMA_CROSS, DemoMarket())


def test_the_regime_of_a_trade_is_what_was_known_when_it_was_decided(cross: Any, no_edge: Any) -> None:
    result = run_backtest(cross(), no_edge)
    facts = trade_facts(result)
    bars = result.bars["BTC"]
    known = bars.time + bars.interval_ms
    entries = result.trades.columns["entry_time"][result.trades.closed]

    for trade in range(0, facts.count, 7):
        t = int(np.flatnonzero(known <= entries[trade])[-1])
        closes = bars.close[: t + 1]
        expected = -1 if t < 199 else int(closes[-1] > np.mean(closes[-200:]))
        assert facts.trend[trade] == expected
        assert facts.volatility[trade] == third_of(closes)


def third_of(closes: np.ndarray) -> int:
    """Return the third the last volatility lies in, from the definition; -1 while there are too few bars."""
    moves = np.diff(np.log(closes))
    if moves.shape[0] < VOLATILITY_BARS + RANK_BARS - 1:
        return -1
    last = [
        np.std(moves[end - VOLATILITY_BARS : end], ddof=1)
        for end in range(moves.shape[0] - RANK_BARS + 1, moves.shape[0] + 1)
    ]
    low, high = (sorted(last)[math.ceil(q * RANK_BARS / 100) - 1] for q in (33, 67))
    if last[-1] < low * (1 - 1e-12):
        return 0
    return 2 if last[-1] > high * (1 + 1e-12) else 1


def test_welch_agrees_with_scipy() -> None:
    from scipy.stats import ttest_ind

    random = np.random.Generator(np.random.PCG64(1))
    one, other = random.normal(0, 1, 40), random.normal(0.2, 2, 70)

    assert difference_t(one, other) == pytest.approx(ttest_ind(one, other, equal_var=False).statistic, rel=1e-12)
