"""Finding what a message speaks of in a spec: its indicators, its conditions, what uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from agent.language.builtin.operands import AVERAGES
from engine.spec.expressions import ExpressionError, Series, parse_operand, series_in

Role = Literal["entry", "exit"]
Side = Literal["long", "short"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A simple condition of a spec: where it stands (steps from the top), whose rule it is, and the condition "
    "itself."""

    place: tuple[str | int, ...]
    role: Role
    side: Side
    condition: Mapping[str, Any]


def rules_of(spec: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Role, Side]]:
    """Yield the lists of rules a spec has: their place, role and side."""
    signals = spec["signals"]
    yield ("signals", "entry"), "entry", "long"
    yield ("signals", "exit"), "exit", "long"
    if signals.get("short") is not None:
        yield ("signals", "short", "entry"), "entry", "short"
        yield ("signals", "short", "exit"), "exit", "short"


def leaves_of(spec: Mapping[str, Any]) -> list[Leaf]:
    """Return every simple condition of a spec in order, filters included."""
    return [
        Leaf((*place, *way), role, side, condition)
        for place, role, side in rules_of(spec)
        for at, rule in enumerate(part_at(spec, place))
        for way, condition in _simple(rule, (at,))
    ]


def _simple(
    rule: Mapping[str, Any], place: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    if rule["when"] in ("and", "or", "not"):
        for at, part in enumerate(rule["conditions"]):
            yield from _simple(part, (*place, "conditions", at))
    else:
        yield place, rule
    for at, part in enumerate(rule.get("filters") or ()):
        yield from _simple(part, (*place, "filters", at))


def part_at(spec: Any, place: tuple[str | int, ...]) -> Any:
    """Return what stands at a place that is there."""
    for step in place:
        spec = spec[step]
    return spec


def names_in(condition: Mapping[str, Any]) -> list[str]:
    """Return the series a simple condition reads: indicator keys, fields, ``time.hour``; left to right."""
    found: list[str] = []
    for field in ("left", "right", "low", "high"):
        text = condition.get(field)
        if isinstance(text, str):
            try:
                read = list(series_in(parse_operand(text)))
            except ExpressionError:
                continue
            found += [f"time.{one.output}" if one.name == "time" else one.name for one in read]
    return found


def used_keys(spec: Mapping[str, Any]) -> set[str]:
    """Return the keys of the indicators that anything in a spec reads, directly or through another."""
    keys = set(spec["indicators"])
    used = {name for leaf in leaves_of(spec) for name in names_in(leaf.condition) if name in keys}
    for level in spec["risk"].values():
        if isinstance(level, Mapping) and level.get("indicator"):
            used.add(str(level["indicator"]).split(".")[0])
    for variant in spec.get("variants") or ():
        used |= {path.split(".")[1] for path in variant["overrides"] if path.startswith("indicators.")}
    open_keys = list(used & keys)
    while open_keys:
        for value in spec["indicators"][open_keys.pop()]["inputs"].values():
            source = value.split(".")[0] if isinstance(value, str) else None
            if source is not None and source in keys and source not in used:
                used.add(source)
                open_keys.append(source)
    return used & keys


def first_series(text: str) -> Series | None:
    """Return the first series of an operand of a spec."""
    try:
        return next(iter(series_in(parse_operand(text))), None)
    except ExpressionError:
        return None


def lengths(indicator: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Return the numbers among an indicator's inputs, by name."""
    return [
        (name, value)
        for name, value in indicator["inputs"].items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]


def length_of(indicator: Mapping[str, Any]) -> float:
    """Return the length by which averages are told apart, 0 without one."""
    return float(dict(lengths(indicator)).get("length", 0))


def labelled(spec: Mapping[str, Any], label: Literal["fast", "slow"], keys: list[str] | None = None) -> str | None:
    """Return the key of the fast or the slow one of a spec's averages, None when there are not two to tell apart.

    A key that bears the name wins; then the two that stand in one condition; then the shortest and the longest.
    """
    averages = [
        key
        for key, one in spec["indicators"].items()
        if one["type"] in AVERAGES and one["inputs"].get("source") != "volume"
    ]
    averages = [key for key in averages if keys is None or key in keys]
    named = [key for key in averages if label in key.split("_")]
    if len(named) == 1:
        return str(named[0])
    for leaf in leaves_of(spec):
        pair = [name for name in dict.fromkeys(names_in(leaf.condition)) if name in averages]
        if len(pair) == 2:
            averages = pair
            break
    if len(averages) < 2:
        return None
    ordered = sorted(averages, key=lambda key: length_of(spec["indicators"][key]))
    return str(ordered[0] if label == "fast" else ordered[-1])


def role_in(text: str) -> Role | None:
    """Return the part of a strategy that words name: its entry or its exit.

    >>> role_in("the rsi threshold for buying"), role_in("the exit level"), role_in("rsi")
    ('entry', 'exit', None)
    """
    if re.search(
        r"\b(?:exit\w*|sell\w*|selling|clos(?:e|ing) (?:the )?(?:position|trade)s?|getting out|leav\w+|take profit "
        r"level|cover\w*|overbought)\b",
        text,
        re.IGNORECASE,
    ):
        return "exit"
    if re.search(
        r"\b(?:entr\w+|enter\w*|buy\w*|opening|getting in|go(?:ing)? (?:long|short)|oversold)\b", text, re.IGNORECASE
    ):
        return "entry"
    return None


def side_in(text: str) -> Side | None:
    """Return the one side that words name, None where they name both or neither."""
    if re.search(
        r"\blongs?\b.*\bshorts?\b|\bshorts?\b.*\blongs?\b|\bboth (?:sides|directions|"
        r"ways)\b",
        text,
        re.IGNORECASE,
    ):
        return None
    if re.search(
        r"\b(?:shorts?|short side|shorting|cover\w*)\b(?! (?:ma|ema|sma|average|moving|term|one|line|length|period))",
        text,
        re.IGNORECASE,
    ):
        return "short"
    if re.search(r"\b(?:longs|long side|long (?:entr\w+|exits?|trades?|positions?)|for long)\b", text, re.IGNORECASE):
        return "long"
    return None
