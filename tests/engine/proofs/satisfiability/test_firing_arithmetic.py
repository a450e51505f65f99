"""Comparisons that are true of numbers, as float64 computes them, are never refuted, whatever the rounding."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from engine.proofs.satisfiability.formula import Comparison
from engine.proofs.satisfiability.leaves import Base, Leaf
from engine.proofs.satisfiability.operands import Operands
from engine.proofs.satisfiability.system import Systems
from engine.spec.expressions import Binary, Call, Number, Series, Unary, parse_operand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.expressions import Expr

CONSTANTS = (0.0, 1.0, 2.0, 3.0, 0.5, 0.1, 100.0, -1.0, -0.3, 1.02, 0.98, 1.0 + 2.0**-52, 1.0 - 2.0**-53, 7.0)
BACKS = (0, 1)


def random_bar(rng: Random) -> dict[str, float]:
    """Return the prices of a bar: a few bits apart, or worlds."""
    kind, scale = rng.randrange(4), 10.0 ** rng.choice((0, 0, 0, -9, 12, -60, 60))
    if kind == 0:
        prices = [1.0 + rng.randrange(-3, 4) * 2.0**-52 for _ in range(4)]
    elif kind == 1:
        prices = [rng.choice((1.0, 2.0, 3.0, 1.1)) for _ in range(4)]
    elif kind == 2:
        prices = [rng.uniform(0.5, 2.0)] * 4
    else:
        prices = [10.0 ** rng.uniform(-4, 4) for _ in range(4)]
    low, *between, high = sorted(price * scale for price in prices)
    rng.shuffle(between)
    return {
        "open": between[0],
        "high": high,
        "low": low,
        "close": between[1],
        "volume": rng.choice((0.0, 1.0, rng.uniform(0.0, 1e9))),
        "hl2": (high + low) / 2.0,
        "hlc3": (high + low + between[1]) / 3.0,
        "ohlc4": (between[0] + high + low + between[1]) / 4.0,
    }


def random_operand(rng: Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.2:
        if rng.random() < 0.25:
            return repr(rng.choice(CONSTANTS))
        name = rng.choice(("open", "high", "low", "close", "close", "volume", "hl2", "hlc3", "ohlc4"))
        return name + rng.choice(("", "", "[1]"))
    left, right = random_operand(rng, depth - 1), random_operand(rng, depth - 1)
    form = rng.random()
    if form < 0.8:
        return f"({left} {rng.choice('++---**/')} {right})"
    return (
        f"abs({left})"
        if form < 0.87
        else f"-({left})"
        if form < 0.9
        else f"{rng.choice(('min', 'max'))}({left}, {right})"
    )


def value(expr: Expr, bars: Mapping[tuple[str, int], float]) -> float:
    """Return an operand's value; NaN where it has none, as in the engine."""
    match expr:
        case Number(value=number):
            return number
        case Series(name=name, lag=lag):
            return bars[name, lag]
        case Unary(operand=inner):
            return -value(inner, bars)
        case Call(name=name, args=args):
            values = [value(arg, bars) for arg in args]
            if any(one != one for one in values):
                return float("nan")
            return abs(values[0]) if name == "abs" else min(values) if name == "min" else max(values)
        case Binary(op=op, left=left, right=right):
            a, b = value(left, bars), value(right, bars)
            if op == "/":
                return a / b if b else float("nan") if a == 0.0 or a != a else float("inf")
            return a + b if op == "+" else a - b if op == "-" else a * b
    raise AssertionError(expr)


def true_comparisons(rng: Random, operands: Operands) -> list[Comparison]:
    """Return comparisons of random operands as they happen to stand on a random pair of bars."""
    bars = {(name, back): price for back in BACKS for name, price in random_bar(rng).items()}
    texts = [random_operand(rng, rng.choice((0, 1, 1, 2, 3))) for _ in range(rng.randrange(2, 6))]
    texts += rng.sample(("open", "high", "low", "close", "0.0", "1.0"), 2)
    found = []
    for _ in range(rng.randrange(2, 7)):
        left, right = rng.sample(texts, 2)
        a, b = value(parse_operand(left), bars), value(parse_operand(right), bars)
        if not abs(a) < 1e250 or not abs(b) < 1e250:
            continue  # unknown, or near the end of what can be held
        if a > b:
            left, right, a, b = right, left, b, a
        sign = rng.choice(("<", "<=") if a < b else ("=", "<="))
        found.append(Comparison(operands.read(left)[0], operands.read(right)[0], sign, f"{left} {sign} {right}"))  # type: ignore[arg-type]
    return found


def check_seeds(seeds: range) -> None:
    for seed in seeds:
        operands = Operands({}, "1h")
        literals = true_comparisons(Random(f"bits {seed}"), operands)
        way = Systems(operands).refuted(literals, deep=True) if literals else None
        assert way is None, (seed, [one.text for one in literals], way)


@pytest.mark.no_cover
def test_what_is_true_of_numbers_is_not_refuted() -> None:
    check_seeds(range(300))


@pytest.mark.long
@pytest.mark.parametrize("block", range(4))
def test_what_is_true_of_many_numbers_is_not_refuted(block: int) -> None:
    check_seeds(range(1_000 + 1_500 * block, 1_000 + 1_500 * (block + 1)))


def test_the_highest_of_one_bar_is_the_bar_itself() -> None:
    operands = Operands({"top": ("highest", {"length": 1, "source": "high"})}, "1h")

    assert operands.read("top")[0] == operands.read("high")[0]
    assert operands.terms.all[operands.read("top[2]")[0]].leaf == Leaf("at", Base("high"), 2)
