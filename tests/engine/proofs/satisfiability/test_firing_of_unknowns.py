"""What has no value proves nothing: divisors that may be 0, warm-ups, results too large to be held."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from reference.adversarial_markets import adversarial_market
from reference.firing_cases import INDICATORS
from reference.firing_side import condition, decided, models, spec_of
from reference.rules_in_short import rule

from engine.backtest.columns import AssetColumns
from engine.indicators.store import ColumnStore
from engine.market.bars import Bars, make_bars
from engine.proofs.satisfiability import can_fire
from engine.proofs.satisfiability.formula import Comparison, Missing
from engine.proofs.satisfiability.known import Known
from engine.proofs.satisfiability.operands import Operands
from engine.proofs.satisfiability.search import Open, Refuted
from engine.proofs.satisfiability.witness import Tape
from engine.signals.conditions import Conditions

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = 120
LEAVES = ("volume", "volume", "close", "open", "rsi_5", "mom_5", "close[1]", "volume[1]", "0", "1", "5")


@pytest.mark.parametrize(
    "text",
    [
        "volume <= 0 & (close / volume > 1 | close > 5)",
        "volume <= 0 & (close > 5 | close / volume > 1)",
        "volume <= 0 & (close - 3 / (volume * 2) > 1 | close > 5)",
        "volume <= 0 & (close / volume - close > open | close > open)",
        "volume <= 0 & (abs(close / volume) >= 1 | volume >= 0)",
        "(close / volume > 1 | close > 5) & volume <= 0 & (open / volume > 1 | close < 50)",
        "volume <= 0 & min(close / volume, 5) >= 5",
        "volume <= 0 & 1 / (close / volume) <= 0",
    ],
)
def test_a_divisor_is_other_than_zero_only_where_its_quotient_is_read(text: str) -> None:
    assert isinstance(decided(text), Open)


@pytest.mark.parametrize("text", ["volume <= 0 & close / volume > 1", "volume <= 0 & 3 - close / volume < 1"])
def test_a_quotient_by_zero_is_true_of_nothing(text: str) -> None:
    assert isinstance(decided(text), Refuted)


@pytest.mark.parametrize(
    "text",
    [
        "min(1 / time.hour, 5) >= 5 & time.hour = 0",
        "1 / (1 / time.hour) <= 0 & time.hour = 0",
        "max(1 / time.hour, 5) <= 5 & time.hour > 0",
    ],
)
def test_a_part_of_a_minimum_may_be_infinite_at_an_hour(text: str) -> None:
    assert isinstance(decided(text), Open)


@pytest.mark.parametrize("text", ["1 / time.hour > 5 & time.hour = 0", "min(0 / time.hour, 5) >= 0 & time.hour = 0"])
def test_a_quotient_by_the_hour_has_no_value_at_midnight(text: str) -> None:
    assert isinstance(decided(text), Refuted)


@pytest.mark.parametrize(
    "leave",
    [
        "rsi_14 - rsi_14 >= 0",
        "close - close[3] - (close - close[3]) >= 0",
        "min(rsi_14, rsi_14) >= 0",
        "abs(rsi_14 - rsi_14) <= 0",
        "max(rsi_14, close) > 0",
        "close[2] > 0",
        "close / (close - open) > 0 | close / (close - open) <= 0",
        "close / volume >= 0",
        "volume / volume = 1",
        "close * 1e200 * 1e200 > 0",
        "for(3, close > 0)",
        "rising(close, 2) | not rising(close, 2)",
        "close x^ open | not close x^ open",
        "ema_lagged > 0",
        "day_hh > 0",
        "time.hour[1] >= 0",
        "1 / time.hour >= 0 | time.hour > 0",
    ],
)
def test_an_exit_that_may_be_unknown_holds_no_entry_back(leave: str) -> None:
    assert can_fire(spec_of("close > 5", leave)).entry["long"].verdict == "unknown"


@pytest.mark.parametrize("leave", ["close - close >= 0", "within(9, close > 0)", "close / close > 0", "close * 2 > 0"])
def test_an_exit_that_is_always_true_lets_no_entry_in(leave: str) -> None:
    assert can_fire(spec_of("close > 5", leave)).entry["long"].verdict == "impossible"


def test_results_below_the_smallest_number_are_not_reckoned_with() -> None:
    assert isinstance(decided("close * 5e-324 <= 0"), Open)


class RulesOfUnknowns:
    """Draws conditions full of quotients and of values that are missing at first."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def condition(self, depth: int = 3) -> dict[str, Any]:
        rng = self.rng
        form = rng.random()
        if depth and form < 0.75:
            when = "and" if form < 0.3 else "or" if form < 0.65 else "not"
            count = 1 if when == "not" else rng.randrange(2, 4)
            return {"when": when, "conditions": [self.condition(depth - 1) for _ in range(count)]}
        when = rng.choice(("gt", "gte", "lt", "lte", "eq", "crosses_above"))
        return {"when": when, "left": self._operand(), "right": self._operand()}

    def _operand(self, depth: int = 2) -> str:
        rng = self.rng
        form = rng.random()
        if depth == 0 or form < 0.35:
            return rng.choice(LEAVES)
        left, right = self._operand(depth - 1), self._operand(depth - 1)
        if form < 0.65:
            return f"({left} / {right})"
        if form < 0.78:
            return f"({left} - {rng.choice((left, right))})"
        if form < 0.84:
            return f"({left} * {right})"
        return f"abs({left})" if form < 0.9 else f"{rng.choice(('min', 'max'))}({left}, {right})"


def readable(data: dict[str, Any]) -> bool:
    """Tell whether every operand reads a column: the validator refuses one that does not."""
    parts = data.get("conditions")
    if parts is not None:
        return all(readable(part) for part in parts)
    return any(letter.isalpha() for letter in data["left"] + data["right"])


def markets() -> Iterator[Bars]:
    """Yield short markets: flat, silent and odd ones, cut off in the warm-up."""
    for seed in range(13):
        yield adversarial_market(seed, 24)
    hours = [k * 4 * 3_600_000 for k in range(64)]
    rng = np.random.default_rng(5)
    for prices in ((1.0, 5.0, 6.0), (0.2, 1.0, 1.0)):
        open_, close = rng.choice(prices, 64), rng.choice(prices, 64)
        high, low = np.maximum(open_, close), np.minimum(open_, close)
        yield make_bars("BTC", "4h", hours, open_, high, low, close, rng.choice((0.0, 0.0, 1.0, 5.0), 64))


def turned(rng: Random, data: dict[str, Any]) -> dict[str, Any]:
    """Return a condition with the parts of every `and` and `or` in another order."""
    parts = data.get("conditions")
    if parts is None:
        return data
    return {**data, "conditions": [turned(rng, part) for part in rng.sample(parts, len(parts))]}


def check_rules(seeds: range) -> int:
    """Hold random conditions against markets and against themselves in another order; return how many were refuted."""
    tapes = [Conditions(AssetColumns(ColumnStore(bars), models())) for bars in markets()]
    refuted = 0
    for seed in seeds:
        rng = Random(f"unknown {seed}")
        data = RulesOfUnknowns(rng).condition()
        if not readable(data):
            continue
        found = decided(data)
        again = decided(turned(rng, data))
        if isinstance(found, Refuted) != isinstance(again, Refuted):
            given_up = (isinstance(one, Open) and one.exhausted for one in (found, again))
            assert any(given_up), data
        if isinstance(found, Refuted) or isinstance(again, Refuted):
            refuted += 1
            assert not any(tape.truth(condition(data)).true.any() for tape in tapes), data
    return refuted


@pytest.mark.no_cover
def test_random_quotients_that_are_refuted_fire_on_no_market() -> None:
    assert check_rules(range(RULES)) > RULES / 12


@pytest.mark.long
@pytest.mark.parametrize("block", range(4))
def test_many_random_quotients_that_are_refuted_fire_on_no_market(block: int) -> None:
    check_rules(range(1_000 + 500 * block, 1_000 + 500 * (block + 1)))


SIMPLE = ("close > 5", "rsi_14 < 30", "volume > 0", "close > open[1]", "mom_5 > 0", "close / volume > 1")
EXITS = (
    "rsi_14 - rsi_5 > 0 | rsi_14 - rsi_5 <= 0",
    "close / volume >= 0 | volume > 0",
    "mom_5 > 0 | mom_5 <= 0",
    "volume / volume >= 1 | volume <= 0",
    "close - close[1] >= 0 | close - close[1] < 0",
    "rsi_14 >= 0",
    "open - open[1] - (open - open[1]) >= 0",
    "volume >= 0",
)


def test_entries_said_to_be_swallowed_by_their_exit_are_clear_on_no_market() -> None:
    swallowed = 0
    for entry in SIMPLE:
        for leave in EXITS:
            spec = spec_of(entry, leave)
            if can_fire(spec).entry["long"].verdict == "impossible":
                swallowed += 1
                for bars in markets():
                    assert Tape(spec, {"BTC": bars}).first_entry("long") is None, (entry, leave)
    assert swallowed > len(SIMPLE)


OUTPUTS = {"bb": ("upper", "percent", "width"), "kc": ("upper", "middle"), "dc": ("upper", "middle", "width"),
           "stoch": ("k", "d"), "macd": ("line", "signal", "hist"), "adx": ("adx", "plus_di"),
           "aroon": ("up", "oscillator"), "st": ("line", "direction"), "bb_wide": ("lower",), "dc_55": ("lower",),
           "orb": ("high",), "day_bb": ("upper",)}  # fmt: skip
NAMES = tuple(f"{key}.{output}" if output else key for key in INDICATORS for output in OUTPUTS.get(key, ("",)))


@pytest.mark.no_cover
def test_a_value_taken_for_known_is_there_on_every_market_and_one_that_is_there_had_its_bars() -> None:
    """Both ways: whenever `close[k]` is there so is what is sure of it, and a value that is there reaches back."""
    stores = [ColumnStore(adversarial_market(seed, 120)) for seed in range(0, 39, 3)]
    columns = [Conditions(AssetColumns(store, models())) for store in stores]
    operands = Operands({key: (it["type"], it["inputs"]) for key, it in INDICATORS.items()}, "4h")
    known = Known(operands)
    zero = operands.read(0.0)[0]

    def surely(missing: tuple[int, int], read: int) -> bool:
        return known.surely(Missing(missing, 0, ""), [Comparison(zero, read, "<=", "")])

    sure = 0
    for name in NAMES:
        term = operands.read(name)[0]
        there = [tape.truth(condition(rule(f"{name} >= 0 | {name} < 0"))).true for tape in columns]
        for back in range(100):
            price = operands.read("close", back)[0]
            if surely((term, term), price):
                sure += 1
                assert all(one[back:].all() for one in there), (name, back)
            if back and surely((price, price), term):
                assert not any(one[:back].any() for one in there), (name, back)
    assert sure > 500
