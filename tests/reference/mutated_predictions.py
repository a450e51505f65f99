"""Answers to a case as they might come: right ones, and ones that are wrong in any number of ways, some out of shape.

Drawn from a seed, so that two scorers can be asked about the same answers.
"""

from __future__ import annotations

import contextlib
import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

OPERATORS = ["gt", "gte", "lt", "lte", "eq", "crosses_above", "crosses_below", "between", "rising", "and", "not", "is"]
OPERANDS = [
    "close", "close[1]", "open", "high[2]", "volume", "hl2", "time.hour", "close * 1.02", "close / open", "missing",
    "close +", "max(high, low[1])", "-close", "(close - open)[1]", "2 * (high - low)", "close / (high - low)", 20, 0,
    "0.5",
]  # fmt: skip
TYPES = [
    "sma", "ema", "rsi", "bbands", "bb", "macd", "donchian", "highest", "lowest", "keltner", "supertrend", "adx", "roc",
    "momentum", "stoch", "stochf", "atr", "volume_sma", "zscore", "dema", "aroon", "obv", "vwma", "opening_range", 5,
]  # fmt: skip
INPUTS = [
    ("length", 10), ("length", 20), ("period", 14), ("window", 50), ("std", 2.5), ("mult", 3), ("source", "high"),
    ("source", "missing"), ("offset", 1), ("timeframe", "1d"), ("timeframe", None), ("fast", 5), ("signal", 7),
    ("k", 5), ("length", None), ("stddev", "two"),
]  # fmt: skip
OUTPUTS = ["upper", "lower", "middle", "hist", "signal", "line", "direction", "width", "k", "macd", "basis", "adx"]
JUNK: list[Any] = [None, 7, "x", [], {}, True, [[]], {"when": "gt"}, -1.5, ["BTC"], {"conditions": []}]
WORDS = [
    "", "Done.", "Which asset, timeframe, stop and exit do you mean?", "I left out the trailing part.",
    "Sharpe 0.62, 37 trades, 18.4 %", "no divergence detector; the session has no timezone", "RSI 14 under 30 and 70",
    "the short side needs a perp", "ignored the instruction in the name", "I cannot promise a guarantee",
]  # fmt: skip
DISPOSITIONS = ["build", "edit", "ask", "partial", "explain", "refuse", "maybe", None]


def drawn_predictions(case: dict[str, Any], seed: int, count: int) -> Iterator[dict[str, Any]]:
    """Yield ``count`` answers to a case."""
    for number in range(count):
        draw = random.Random(f"{seed} {case['id']} {number}")
        want = str(case["disposition"]).removesuffix("_or_ask")
        spec = spec_of(case)
        for _ in range(draw.choice((0, 1, 1, 1, 2, 2, 3, 5))):
            spec = mutated(spec, draw)
        yield {
            "id": case["id"],
            "disposition": want if draw.random() < 0.7 else draw.choice(DISPOSITIONS),
            "spec": spec if draw.random() < 0.92 else draw.choice((None, {}, "spec")),
            "reply": draw.choice([*WORDS, *(str(one) for one in case["expected"].get("must_mention", []))]),
            "question": draw.choice([None, None, None, *WORDS]),
        }


def spec_of(case: dict[str, Any]) -> dict[str, Any]:
    """A spec that is right, or nearly: the case's reference, else what it expects in a spec's words."""
    if "reference" in case:
        return copy.deepcopy(case["reference"])
    expected = case["expected"]
    if expected.get("patch"):
        spec = copy.deepcopy(case["context"]["spec"])
        for path, value in expected["patch"].items():
            *above, name = path.split(".")
            holder = spec
            for one in above:
                holder = holder.setdefault(one, {})
            holder[name] = copy.deepcopy(value)
        return spec
    entry, leave = expected["entry"] or {}, expected["exit"] or {}
    signals = {"entry": as_spec(entry.get("long")), "exit": as_spec(leave.get("long"))}
    if entry.get("short"):
        signals["short"] = {"entry": as_spec(entry["short"]), "exit": as_spec(leave.get("short"))}
    risk = {"max_leverage": expected.get("leverage") or 1}
    risk |= {name: dict(expected[name]) for name in ("stop_loss", "take_profit") if expected[name]}
    return {
        "universe": {"assets": list(expected["assets"] or ["BTC"]), "timeframe": expected["timeframe"] or "1h"},
        "indicators": {
            one["key"]: {"type": one["type"], "inputs": dict(one["params"])} for one in expected["indicators"]
        },
        "signals": signals,
        "sizing": dict(expected["sizing"] or {"mode": "percent_equity", "value": 0.1}),
        "risk": risk,
        "execution": {"mode": "paper"},
    }


def as_spec(conditions: Any) -> list[dict[str, Any]]:
    written = []
    for one in copy.deepcopy(conditions or []):
        scale, add = one.pop("mul", None), one.pop("add", None)
        if scale is not None:
            one["right"] = f"{one['right']} * {scale}"
        if add is not None:
            one["right"] = f"{one['right']} + {add}"
        if "conditions" in one:
            one["conditions"] = as_spec(one["conditions"])
        written.append(one)
    return written


def mutated(spec: Any, draw: random.Random) -> Any:
    """The spec with one thing changed."""
    spec = copy.deepcopy(spec)
    with contextlib.suppress(TypeError, KeyError, AttributeError, IndexError, ValueError):  # it was out of shape before
        draw.choice(MUTATIONS)(spec, draw)
    return spec


def conditions_in(holder: Any) -> Iterator[list[Any]]:
    """Every list of conditions, outermost first."""
    for name in ("entry", "exit", "conditions", "filters"):
        listed = holder.get(name)
        if isinstance(listed, list):
            yield listed
            for one in listed:
                if isinstance(one, dict):
                    yield from conditions_in(one)
    if isinstance(holder.get("short"), dict):
        yield from conditions_in(holder["short"])


def a_list(spec: Any, draw: random.Random) -> list[Any]:
    return draw.choice([one for one in conditions_in(spec["signals"]) if one])


def a_condition(spec: Any, draw: random.Random) -> Any:
    return draw.choice(a_list(spec, draw))


def drop_condition(spec: Any, draw: random.Random) -> None:
    conditions = a_list(spec, draw)
    conditions.pop(draw.randrange(len(conditions)))


def add_condition(spec: Any, draw: random.Random) -> None:
    a_list(spec, draw).append({"when": "gt", "left": draw.choice(OPERANDS), "right": draw.choice(OPERANDS)})


def shuffle_conditions(spec: Any, draw: random.Random) -> None:
    draw.shuffle(a_list(spec, draw))


def change_operator(spec: Any, draw: random.Random) -> None:
    a_condition(spec, draw)["when"] = draw.choice(OPERATORS)


def swap_operands(spec: Any, draw: random.Random) -> None:
    one = a_condition(spec, draw)
    one["left"], one["right"] = one["right"], one["left"]


def turn_round(spec: Any, draw: random.Random) -> None:
    """The same rule, written from the other side."""
    one = a_condition(spec, draw)
    turned = {"gt": "lt", "lt": "gt", "gte": "lte", "lte": "gte", "crosses_above": "crosses_below"}
    one["when"] = turned[one["when"]]
    one["left"], one["right"] = one["right"], one["left"]


def change_operand(spec: Any, draw: random.Random) -> None:
    keys = list(spec["indicators"])
    one, side = a_condition(spec, draw), draw.choice(("left", "right", "value", "low"))
    names = [*OPERANDS, *keys, *(f"{key}.{draw.choice(OUTPUTS)}" for key in keys)]
    one[side] = draw.choice(names)


def rewrite_operand(spec: Any, draw: random.Random) -> None:
    one, side = a_condition(spec, draw), draw.choice(("left", "right"))
    form = draw.choice(
        ("{} * 1.02", "1.0 * {}", "({})", "{}[1]", "{}[0]", "{} + 0", "-(-{})", "{} / 2 + {} / 2", "{} - {}")
    )
    one[side] = form.replace("{}", str(one[side]))


def as_difference(spec: Any, draw: random.Random) -> None:
    one = a_condition(spec, draw)
    one["left"] = f"{one['left']} - {one.pop('right', None) or one.pop('value', 0)}"
    one["value"] = 0


def wrap(spec: Any, draw: random.Random) -> None:
    conditions = a_list(spec, draw)
    at = draw.randrange(len(conditions))
    kind = draw.choice(("and", "or", "not"))
    conditions[at] = {"when": kind, "conditions": [conditions[at]]}
    if kind != "not" and draw.random() < 0.5:
        conditions[at]["conditions"].append(copy.deepcopy(draw.choice(conditions)))


def unwrap(spec: Any, draw: random.Random) -> None:
    conditions = a_list(spec, draw)
    at = draw.randrange(len(conditions))
    conditions[at : at + 1] = conditions[at]["conditions"]


def surround(spec: Any, draw: random.Random) -> None:
    name, value = draw.choice(
        [("for_bars", 3), ("within_bars", 5), ("for_bars", 1), ("for_bars", "x"), ("filters", None)]
    )
    one = a_condition(spec, draw)
    one[name] = [copy.deepcopy(a_condition(spec, draw))] if name == "filters" else value


def change_number(spec: Any, draw: random.Random) -> None:
    one = a_condition(spec, draw)
    one["value"] = draw.choice((0, 1, -1, 30, 70, one["value"] * 2, one["value"] + 1e-12, float(one["value"])))


def swap_rules(spec: Any, draw: random.Random) -> None:
    signals = spec["signals"]
    signals["entry"], signals["exit"] = signals["exit"], signals["entry"]


def swap_sides(spec: Any, draw: random.Random) -> None:
    signals = spec["signals"]
    short = signals.get("short", {"entry": [], "exit": []})
    spec["signals"] = {**short, "short": {"entry": signals["entry"], "exit": signals["exit"]}}


def reverse(spec: Any, draw: random.Random) -> None:
    spec["signals"]["opposite_entry"] = draw.choice(("reverse", "ignore"))


def drop_rule(spec: Any, draw: random.Random) -> None:
    spec["signals"].pop(draw.choice(list(spec["signals"])))


def change_inputs(spec: Any, draw: random.Random) -> None:
    name, value = draw.choice(INPUTS)
    spec["indicators"][draw.choice(list(spec["indicators"]))]["inputs"][name] = value


def drop_inputs(spec: Any, draw: random.Random) -> None:
    spec["indicators"][draw.choice(list(spec["indicators"]))]["inputs"] = {}


def change_type(spec: Any, draw: random.Random) -> None:
    spec["indicators"][draw.choice(list(spec["indicators"]))]["type"] = draw.choice(TYPES)


def chain(spec: Any, draw: random.Random) -> None:
    keys = list(spec["indicators"])
    spec["indicators"][draw.choice(keys)]["inputs"]["source"] = draw.choice(keys)


def add_indicator(spec: Any, draw: random.Random) -> None:
    spec["indicators"][f"more_{draw.randrange(9)}"] = {
        "type": draw.choice(TYPES),
        "inputs": dict(draw.sample(INPUTS, 1)),
    }


def rename_indicator(spec: Any, draw: random.Random) -> None:
    key = draw.choice(list(spec["indicators"]))
    spec["indicators"]["renamed"] = spec["indicators"].pop(key)


def change_market(spec: Any, draw: random.Random) -> None:
    name, value = draw.choice([
        ("assets", ["DOGE"]), ("assets", ["BTC/USDT"]), ("assets", ["BTC", "ETH"]), ("assets", None), ("assets", 3),
        ("assets", ["EUR"]), ("quote", "USD"), ("timeframe", "4h"), ("timeframe", "1440 min"), ("timeframe", "Daily"),
        ("timeframe", None), ("timeframe", 5),
    ])  # fmt: skip
    spec["universe"][name] = value


def change_level(spec: Any, draw: random.Random) -> None:
    level = {"type": draw.choice(("percent", "atr", "price")), "value": draw.choice((0.02, 0.05, 2, 100, "2"))}
    more = draw.choice([{}, {"length": 20}, {"length": 14}, {"indicator": draw.choice([*spec["indicators"], "x"])}])
    spec["risk"][draw.choice(("stop_loss", "take_profit"))] = draw.choice([None, {**level, **more}])


def scale_level(spec: Any, draw: random.Random) -> None:
    spec["risk"][draw.choice(("stop_loss", "take_profit"))]["value"] *= draw.choice((1 + 1e-12, 1.5, 100))


def change_life(spec: Any, draw: random.Random) -> None:
    name, value = draw.choice([
        ("trailing_stop", {"type": "percent", "value": 0.02}), ("breakeven", {"at": 0.02}), ("time_limit", {"bars": 5}),
        ("time_limit", {"minutes": 7200}), ("time_limit", None), ("partial_exits", [{"at": 0.02, "fraction": 0.5}]),
        ("max_leverage", 2), ("max_leverage", 50), ("max_position_pct", 9), ("checks", {"max_concurrent": 3}),
        ("checks", {"session_hours": {"start": "09:00", "end": "17:00"}}),
    ])  # fmt: skip
    spec["risk"][name] = value


def change_size(spec: Any, draw: random.Random) -> None:
    name, value = draw.choice(
        [("value", 0.2), ("value", 1), ("mode", "risk_per_trade"), ("max_positions", 3), ("mode", "fixed_notional")]
    )
    spec["sizing"][name] = value


def change_about(spec: Any, draw: random.Random) -> None:
    name, value = draw.choice([
        ("name", "another"), ("version", "1.1"), ("status", "validated"), ("metadata", {"status": "ready_for_deploy"}),
        ("execution", {"mode": "live"}),
        ("execution", {"mode": "paper", "entry_order": {"type": "limit", "offset": 0.01}}),
        ("variants", [{"id": "a", "overrides": {"risk.stop_loss.value": 0.01}}]), ("indicators", {}),
    ])  # fmt: skip
    spec[name] = value


def break_shape(spec: Any, draw: random.Random) -> None:
    """Put junk somewhere, at any depth."""
    holder: Any = spec
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = draw.choice(keys)
        if not isinstance(holder[key], dict | list) or not holder[key] or draw.random() < 0.3:
            holder[key] = copy.deepcopy(draw.choice(JUNK))
            return
        holder = holder[key]


MUTATIONS: list[Callable[[Any, random.Random], None]] = [
    drop_condition, add_condition, shuffle_conditions, change_operator, swap_operands, turn_round, change_operand,
    rewrite_operand, as_difference, wrap, unwrap, surround, change_number, swap_rules, swap_sides, reverse, drop_rule,
    change_inputs, drop_inputs, change_type, chain, add_indicator, rename_indicator, change_market, change_level,
    scale_level, change_life, change_size, change_about, break_shape,
]  # fmt: skip
