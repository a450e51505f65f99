"""The strategies that the scripted adversaries of the honesty benchmark try: one base spec, and what may be changed."""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.errors import EngineInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.random import Generator

Overrides: TypeAlias = "Mapping[str, Any]"

LENGTHS = (4, 5, 7, 9, 12, 16, 21, 27, 35, 46, 60, 78, 102, 133, 173)
"""Lengths of averages, each 1.3 times the one before; 12 and 46 are those of the planted trend."""
AVERAGES = ("sma", "ema", "wma", "hma")
SHORTEST, LONGEST = 2, 400
HOURS = 24
FAST, SLOW = "indicators.fast", "indicators.slow"


def base_spec(assets: Sequence[str], *, fee_rate: float) -> dict[str, Any]:
    """Return the strategy every proposer begins with: long and short by two averages, equal parts of the equity.

    It trades perpetuals without slippage at ``fee_rate`` of the notional.

    Raises
    ------
    EngineInputError
        No asset.
    """
    if not assets:
        raise EngineInputError("assets is empty: a strategy trades at least one")
    return {
        "id": "honesty",
        "name": "Honesty benchmark",
        "version": "1.0",
        "universe": {"assets": list(assets), "quote": "USDT", "timeframe": "1h", "market_type": "perp"},
        "indicators": {"fast": _average("sma", 12), "slow": _average("sma", 46)},
        "signals": _sides(_beyond("fast", "slow"), _beyond("slow", "fast")),
        "sizing": {"mode": "percent_equity", "value": 1.0 / len(assets)},
        "risk": {"max_leverage": 2.0},
        "execution": {
            "mode": "paper",
            "fees": {"maker": fee_rate, "taker": fee_rate},
            "slippage_model": "custom",
            "slippage": {"base": 0.0, "kv": 0.0, "kp": 0.0},
        },
    }


def average_pairs() -> list[Overrides]:
    """Return the grid of the 105 pairs of simple averages, the fast one shorter."""
    return [{f"{FAST}.inputs.length": fast, f"{SLOW}.inputs.length": slow} for fast, slow in combinations(LENGTHS, 2)]


def rule_text(rule: Overrides) -> str:
    """Return a rule as one text: equal rules have equal ones."""
    return json.dumps(rule, sort_keys=True)


def random_rule(random: Generator) -> Overrides:
    """Return a strategy drawn from five families, some of them with a stop or a time limit."""
    rule = dict(FAMILIES[int(random.integers(len(FAMILIES)))](random))
    if random.random() < 0.25:
        rule["risk.stop_loss"] = {"type": "percent", "value": round(float(random.uniform(0.01, 0.1)), 4)}
    if random.random() < 0.25:
        rule["risk.time_limit"] = {"bars": int(random.integers(2, 200))}
    return rule


def neighbour(rule: Overrides, random: Generator) -> Overrides:
    """Return a rule with one of its numbers moved by up to a third, or one of its protections put in or out."""
    if random.random() < 0.15:
        return _protected_otherwise(rule, random)
    changed = {path: _copied(value) for path, value in rule.items()}
    places = list(_numbers(changed))
    if not places:
        return _protected_otherwise(rule, random)
    holder, key = places[int(random.integers(len(places)))]
    holder[key] = _moved(key, holder[key], random)
    return changed


def _protected_otherwise(rule: Overrides, random: Generator) -> Overrides:
    kept = {path: value for path, value in rule.items() if path != "risk.stop_loss"}
    if len(kept) == len(rule):
        kept["risk.stop_loss"] = {"type": "percent", "value": round(float(random.uniform(0.01, 0.1)), 4)}
    return kept


def _moved(key: str, value: Any, random: Generator) -> Any:
    factor = float(random.uniform(0.67, 1.5))
    if key.endswith(("length", "bars")):
        moved = max(SHORTEST, min(LONGEST, round(value * factor)))
        return moved if moved != value else min(LONGEST, value + 1)
    if key == "value" and isinstance(value, int):  # an hour of the day
        return (value + int(random.integers(1, HOURS))) % HOURS
    return round(value * factor, 6)


def _numbers(value: Any) -> list[tuple[Any, Any]]:
    """Return where the numbers of a rule stand: what holds each, and under which key."""
    found = []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        if isinstance(one, int | float):
            found.append((value, key))
        else:
            found += _numbers(one)
    return found


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value


def _crossing(random: Generator) -> Overrides:
    fast, slow = sorted(int(length) for length in random.choice(range(SHORTEST, LONGEST + 1), 2, replace=False))
    kind = AVERAGES[int(random.integers(len(AVERAGES)))]
    return {FAST: _average(kind, fast), SLOW: _average(kind, slow)}


def oversold_rule(length: int, low: float, high: float) -> Overrides:
    """Return the rule that buys with an RSI below ``low`` and sells with one above ``high``."""
    return {
        FAST: {"type": "rsi", "inputs": {"length": length}},
        **_signals([_level("lt", "fast", low)], [_level("gt", "fast", high)]),
    }


def breakout_rule(longer: int, shorter: int) -> Overrides:
    """Return the rule that buys above the channel of ``longer`` hours and sells below that of ``shorter``."""
    return {
        FAST: {"type": "donchian", "inputs": {"length": shorter}},
        SLOW: {"type": "donchian", "inputs": {"length": longer}},
        **_signals(_beyond("close", "slow.upper"), _beyond("fast.lower", "close")),
    }


def hour_rule(first: int, hours: int) -> Overrides:
    """Return the rule that is in the market for some hours of every day from the hour ``first`` (UTC) on.

    ``time.hour`` is that of a bar's close, which is when the order is filled.
    """
    return _signals([_level("eq", "time.hour", first)], [_level("eq", "time.hour", (first + hours) % HOURS)])


def momentum_rule(length: int, change: float, leave: float) -> Overrides:
    """Return the rule that buys beyond a change over so many hours, per cent, and sells beyond ``leave``.

    A change below 0 is a dip that is bought, above 0 a rise that is followed.
    """
    inwards, outwards = ("lt", "gt") if change < 0 else ("gt", "lt")
    return {
        FAST: {"type": "roc", "inputs": {"length": length}},
        **_signals([_level(inwards, "fast", change)], [_level(outwards, "fast", leave)]),
    }


def _oversold(random: Generator) -> Overrides:
    low = round(float(random.uniform(10, 40)), 1)
    high = round(float(random.uniform(50, 70)), 1)
    return oversold_rule(int(random.integers(2, 40)), low, high)


def _breakout(random: Generator) -> Overrides:
    longer, shorter = int(random.integers(20, LONGEST)), int(random.integers(5, 100))
    return breakout_rule(longer, shorter)


def _hours(random: Generator) -> Overrides:
    return hour_rule(int(random.integers(HOURS)), int(random.integers(1, HOURS)))


def _momentum(random: Generator) -> Overrides:
    change = round(float(random.uniform(0.1, 5.0)), 3)
    return momentum_rule(int(random.integers(2, LONGEST)), change, -change)


def _average(kind: str, length: int) -> dict[str, Any]:
    return {"type": kind, "inputs": {"length": length}}


def _beyond(left: str, right: str) -> list[dict[str, Any]]:
    return [{"when": "gt", "left": left, "right": right}]


def _level(when: str, left: str, value: float) -> dict[str, Any]:
    return {"when": when, "left": left, "value": value}


def _sides(long: list[dict[str, Any]], short: list[dict[str, Any]]) -> dict[str, Any]:
    """Return signals that are long by one rule and short by the other."""
    return {"entry": long, "exit": short, "short": {"entry": _copied(short), "exit": _copied(long)}}


def _signals(long: list[dict[str, Any]], leave: list[dict[str, Any]]) -> Overrides:
    """Return overrides of signals that only buy."""
    return {"signals.entry": long, "signals.exit": leave, "signals.short": {"entry": [], "exit": []}}


FAMILIES: tuple[Callable[[Generator], Overrides], ...] = (_crossing, _oversold, _breakout, _hours, _momentum)
"""Average crossings long and short; oversold, breakouts, hours of the day and momentum long only."""
