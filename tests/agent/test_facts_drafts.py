"""The facts check over generated requests with their right drafts, and over drafts with one thing wrong in each."""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from agent.facts import check_facts
from agent.language.port import Reading, Request
from engine.spec import check

Spec = dict[str, Any]
Condition = dict[str, Any]

NOW = "2026-01-01T00:00:00Z"
BUILD = Reading("build", "builtin")
RIGHT, WRONG = 300, 400

ASSETS = [("BTC", ["BTC"]), ("ethereum", ["ETH"]), ("SOL and AVAX", ["SOL", "AVAX"]), ("AAPL, MSFT", ["AAPL", "MSFT"]),
          ("EUR/USD", ["EURUSD"]), ("ADA/USDT", ["ADA"])]  # fmt: skip
TIMEFRAMES = [
    ("4h", "4h"),
    ("hourly", "1h"),
    ("on the 15 minute chart", "15m"),
    ("daily bars", "1d"),
    ("2 hour candles", "2h"),
]
LAYOUTS = [
    "{asset} {timeframe}: buy when {entry}. sell when {exit}. {rest}",
    "{timeframe}, {asset}. go long if {entry}, exit when {exit}. {rest}",
    "{rest}. {asset} {timeframe}, enter long once {entry}; get out when {exit}",
]


@dataclass(frozen=True)
class Rule:
    """A condition in words and in a spec, with the indicators it reads."""

    words: str
    conditions: tuple[Condition, ...]
    indicators: dict[str, Any]


def cross(rng: random.Random, up: bool, name: str, fast: int, slow: int) -> Rule:
    words = {True: ["crosses above", "crosses over"], False: ["crosses below", "crosses under"]}[up]
    text = rng.choice(["the {f} {n} {c} the {s} {n}", "{n}{f} {c} {n}{s}", "{n}({f}) {c} {n}({s})"])
    when = "crosses_above" if up else "crosses_below"
    keys = f"{name}_{fast}", f"{name}_{slow}"
    indicators = {key: {"type": name, "inputs": {"length": n}} for key, n in zip(keys, (fast, slow), strict=True)}
    condition = {"when": when, "left": keys[0], "right": keys[1]}
    return Rule(text.format(f=fast, s=slow, n=name, c=rng.choice(words)), (condition,), indicators)


def level(rng: random.Random, up: bool, kind: str, length: int, value: float) -> Rule:
    word = rng.choice(["is above", "is over", ">"] if up else ["is below", "is under", "<", "drops below"])
    name = rng.choice([f"{kind}({length})", f"{kind} {length}", f"the {length} period {kind}"])
    key = f"{kind}_{length}"
    output = {"adx": f"{key}.adx"}.get(kind, key)
    condition = {"when": "gt" if up else "lt", "left": output, "value": value}
    return Rule(f"{name} {word} {value:g}", (condition,), {key: {"type": kind, "inputs": {"length": length}}})


def trend(rng: random.Random, up: bool, length: int) -> Rule:
    word = rng.choice(["is above", "closes above"] if up else ["is below", "closes under"])
    words = rng.choice([f"price {word} the {length} sma", f"the close is {word.split()[1]} the {length} bar sma"])
    condition = {"when": "gt" if up else "lt", "left": "close", "right": f"sma_{length}"}
    return Rule(words, (condition,), {f"sma_{length}": {"type": "sma", "inputs": {"length": length}}})


def breakout(rng: random.Random, up: bool, length: int) -> Rule:
    kind, end = ("highest", "high") if up else ("lowest", "low")
    words = rng.choice([f"the close {'is above' if up else 'is below'} the {length} bar {end}",
                        f"close {'>' if up else '<'} {kind} {end} of the last {length} bars"])  # fmt: skip
    key = f"{kind}_{length}"
    condition = {"when": "gt" if up else "lt", "left": "close", "right": key}
    inputs = {"length": length, "source": end, "offset": 1}
    return Rule(words, (condition,), {key: {"type": kind, "inputs": inputs}})


def band(rng: random.Random, up: bool, length: int, width: float) -> Rule:
    line = "upper" if up else "lower"
    words = rng.choice([f"price closes {'above' if up else 'below'} the {line} bollinger band ({length}, {width:g})",
                        f"close {'>' if up else '<'} the {line} bb ({length}, {width:g})"])  # fmt: skip
    condition = {"when": "gt" if up else "lt", "left": "close", "right": f"bb.{line}"}
    return Rule(words, (condition,), {"bb": {"type": "bbands", "inputs": {"length": length, "stddev": width}}})


def macd(rng: random.Random, up: bool) -> Rule:
    words = f"the macd line {'crosses above' if up else 'crosses below'} the signal line"
    condition = {"when": "crosses_above" if up else "crosses_below", "left": "macd.line", "right": "macd.signal"}
    inputs = {"fast": 12, "slow": 26, "signal": 9}
    return Rule(words, (condition,), {"macd": {"type": "macd", "inputs": inputs}})


def entry_rule(rng: random.Random) -> Rule:
    fast = rng.choice([5, 8, 9, 12])
    return rng.choice([
        lambda: cross(rng, True, rng.choice(["ema", "sma", "wma"]), fast, rng.choice([21, 34, 50])),
        lambda: level(rng, False, rng.choice(["rsi", "mfi"]), rng.choice([7, 14, 21]), rng.choice([18, 24, 32])),
        lambda: breakout(rng, True, rng.choice([15, 30, 45])),
        lambda: band(rng, False, rng.choice([18, 25]), rng.choice([1.5, 2.5])),
        lambda: macd(rng, True),
    ])()  # fmt: skip


def exit_rule(rng: random.Random) -> Rule:
    return rng.choice([
        lambda: level(rng, True, "cci", rng.choice([11, 19]), rng.choice([90, 140])),
        lambda: breakout(rng, False, rng.choice([6, 11])),
        lambda: trend(rng, False, rng.choice([17, 33])),
        lambda: macd(rng, False),
    ])()  # fmt: skip


def filter_rule(rng: random.Random) -> Rule:
    return rng.choice([
        lambda: trend(rng, True, rng.choice([120, 200])),
        lambda: level(rng, True, "adx", rng.choice([10, 16]), rng.choice([22, 28])),
    ])()  # fmt: skip


def protections(rng: random.Random) -> tuple[list[str], Spec, Spec]:
    """Return what the words say of stops and sizes, the risk part and the sizing part."""
    words, risk, sizing = [], dict[str, Any](), {"mode": "percent_equity", "value": 0.1}
    numbers = rng.sample([2, 3.5, 4, 6, 7.5, 9, 13], 4)
    tightest = numbers.pop(numbers.index(min(numbers)))  # a trailing stop wider than the stop might never act
    unit = rng.choice(["%", " percent"])
    shape = rng.choice(["{r} {n}{u}", "{n}{u} {r}"])
    for role, field in (("stop", "stop_loss"), ("take profit", "take_profit"), ("trailing stop", "trailing_stop")):
        if rng.random() < (0.75 if field == "stop_loss" else 0.4):
            value = tightest if field == "trailing_stop" else numbers.pop()
            words.append(shape.format(r=role, n=f"{value:g}", u=unit))
            risk[field] = {"type": "percent", "value": value / 100}
    if rng.random() < 0.7:
        value = numbers.pop()
        words.append(rng.choice([f"{value:g}{unit} of equity", f"position size {value:g}{unit}"]))
        sizing["value"] = value / 100
    elif rng.random() < 0.5:
        words.append("$2,500 per trade")
        sizing = {"mode": "fixed_notional", "value": 2500}
    if rng.random() < 0.25:
        words.append("sell after 36 bars")
        risk["time_limit"] = {"bars": 36}
    return words, risk, sizing


def draft(seed: int) -> tuple[str, Spec]:
    """Return a request and its right spec."""
    rng = random.Random(seed)
    (asset, assets), (said, timeframe) = rng.choice(ASSETS), rng.choice(TIMEFRAMES)
    entry, leave = entry_rule(rng), exit_rule(rng)
    conditions, entry_words = list(entry.conditions), entry.words
    indicators = entry.indicators | leave.indicators
    if rng.random() < 0.6:
        extra = filter_rule(rng)
        conditions += extra.conditions
        entry_words += f" and {extra.words}"
        indicators |= extra.indicators
    rest, risk, sizing = protections(rng)
    text = rng.choice(LAYOUTS).format(
        asset=asset, timeframe=said, entry=entry_words, exit=leave.words, rest=", ".join(rest)
    )
    whole = conditions[0] if len(conditions) == 1 else {"when": "and", "conditions": conditions}
    signals = {"entry": [whole], "exit": list(leave.conditions)}
    universe = {"assets": assets, "timeframe": timeframe}
    return text, {"id": "a", "name": "a", "version": "1.0", "universe": universe, "indicators": indicators,
                  "signals": signals, "sizing": sizing, "risk": risk, "execution": {"mode": "paper"}}  # fmt: skip


FLIPS = {"gt": "lt", "lt": "gt", "crosses_above": "crosses_below", "crosses_below": "crosses_above"}


def leaves(spec: Spec) -> Iterator[Condition]:
    for section in ("entry", "exit"):
        for one in spec["signals"][section]:
            yield from one.get("conditions", [one])


def set_level(spec: Spec, name: str, factor: float) -> None:
    spec["risk"][name]["value"] *= factor


def swap_levels(spec: Spec) -> None:
    risk = spec["risk"]
    risk["stop_loss"], risk["take_profit"] = risk["take_profit"], risk["stop_loss"]


def drop_one_condition(spec: Spec, at: int) -> None:
    both = spec["signals"]["entry"][0]["conditions"]
    spec["signals"]["entry"] = [both[1 - at]]


def to_short(spec: Spec) -> None:
    signals = spec["signals"]
    signals["short"] = {"entry": signals["entry"], "exit": signals["exit"]}
    signals["entry"], signals["exit"] = [], []
    spec["universe"]["market_type"] = "perp"


def swap_sections(spec: Spec) -> None:
    signals = spec["signals"]
    signals["entry"], signals["exit"] = signals["exit"], signals["entry"]


def size_into_risk(spec: Spec) -> None:
    spec["risk"]["max_position_pct"] = spec["sizing"]["value"]
    spec["sizing"]["value"] = 0.05


def swap_lengths(spec: Spec) -> None:
    both = list(spec["indicators"].values())[:2]
    first, second = (one["inputs"] for one in both)
    first["length"], second["length"] = second["length"], first["length"]


def mutations(spec: Spec) -> Iterator[tuple[str, Callable[[Spec], Any]]]:
    """Yield every way to put one thing wrong in a draft."""
    risk = spec["risk"]
    if {"stop_loss", "take_profit"} <= set(risk):
        yield "stop and target swapped", swap_levels
    elif "stop_loss" in risk:
        yield "stop as target", lambda one: one["risk"].update(take_profit=one["risk"].pop("stop_loss"))
        if "trailing_stop" not in risk:
            yield "stop as trailing stop", lambda one: one["risk"].update(trailing_stop=one["risk"].pop("stop_loss"))
    for name in ("stop_loss", "take_profit", "trailing_stop"):
        if name in risk:
            yield f"{name} dropped", lambda one, name=name: one["risk"].pop(name)
            yield f"{name} times 100", lambda one, name=name: set_level(one, name, 100)
            yield f"{name} changed", lambda one, name=name: set_level(one, name, 1.5)
        else:
            level = {"type": "percent", "value": 0.031}
            yield f"{name} invented", lambda one, name=name, level=level: one["risk"].update({name: level})
    if "time_limit" in risk:
        yield "holding time dropped", lambda one: one["risk"].pop("time_limit")
    if spec["sizing"] != {"mode": "percent_equity", "value": 0.1}:
        yield "size changed", lambda one: one["sizing"].update(value=one["sizing"]["value"] * 0.7)
    if spec["sizing"]["mode"] == "percent_equity" and spec["sizing"]["value"] != 0.1:
        yield "size moved into a limit", size_into_risk
        yield "size at risk", lambda one: one["sizing"].update(mode="risk_per_trade")
    for at, leaf in enumerate(leaves(spec)):
        yield (
            "comparison turned",
            lambda one, at=at: list(leaves(one))[at].update(when=FLIPS[list(leaves(one))[at]["when"]]),
        )
        if "value" in leaf:
            yield (
                "threshold changed",
                lambda one, at=at: list(leaves(one))[at].update(value=list(leaves(one))[at]["value"] + 3),
            )
    if "conditions" in spec["signals"]["entry"][0]:
        yield "first condition dropped", lambda one: drop_one_condition(one, 0)
        yield "filter dropped", lambda one: drop_one_condition(one, 1)
    yield "exit dropped", lambda one: one["signals"].update(exit=[])
    yield "entry and exit swapped", swap_sections
    yield "long stored as short", to_short
    if len(spec["universe"]["assets"]) > 1:
        yield "asset dropped", lambda one: one["universe"]["assets"].pop()
    yield "asset changed", lambda one: one["universe"]["assets"].__setitem__(0, "DOGE")
    yield "timeframe changed", lambda one: one["universe"].update(timeframe="6h")
    for key, indicator in spec["indicators"].items():
        for name in ("length", "stddev", "fast"):
            if name in indicator["inputs"]:
                yield (
                    f"{name} changed",
                    lambda one, key=key, name=name: one["indicators"][key]["inputs"].update({name: 37}),
                )
    entry = next(leaves(spec))
    if entry["when"] == "crosses_above" and entry["left"] != "macd.line":
        yield "fast and slow swapped", swap_lengths


def wrong_drafts() -> Iterator[tuple[str, str, Spec]]:
    for seed in itertools.count():
        text, spec = draft(seed)
        ways = list(mutations(spec))
        for what, change in random.Random(seed).sample(ways, min(4, len(ways))):
            changed = copy.deepcopy(spec)
            change(changed)
            yield text, what, changed


def test_no_right_draft_is_refused() -> None:
    refused = []
    for seed in range(RIGHT):
        text, spec = draft(seed)
        assert check(spec).valid, (text, check(spec).problems)
        found = check_facts(Request(text, NOW), BUILD, spec)
        if found:
            refused.append((text, [str(one) for one in found]))

    assert refused == []


def test_every_draft_with_one_thing_wrong_is_caught() -> None:
    passed = []
    for text, what, spec in itertools.islice(wrong_drafts(), WRONG):
        if not check_facts(Request(text, NOW), BUILD, spec):
            passed.append((what, text))

    assert passed == []


@pytest.mark.long
def test_every_way_to_put_something_wrong_is_caught() -> None:
    passed = []
    for seed in range(RIGHT, RIGHT + 100):
        text, spec = draft(seed)
        for what, change in mutations(spec):
            changed = copy.deepcopy(spec)
            change(changed)
            if not check_facts(Request(text, NOW), BUILD, changed):
                passed.append((what, text))

    assert passed == []
