"""What changed between two versions of a spec, one line a change, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.json_patch import same
from agent.overridden import overridden
from agent.spec_words import LEVELS, NONE, any_of, condition_words, indicator_words, part_words
from engine.report.inert import one_line

LABELS = {
    "universe.assets": "assets",
    "universe.timeframe": "timeframe",
    "universe.quote": "quote currency",
    "universe.venue": "venue",
    "universe.market_type": "market",
    "signals.opposite_entry": "an entry of the other side while in a position",
    "sizing.max_positions": "open positions at most",
    "risk.max_leverage": "leverage at most",
    "risk.max_position_pct": "one position at most, of equity",
    "risk.max_total_exposure_pct": "all positions at most, of equity",
    "risk.max_drawdown_pct": "drawdown that ends trading",
    "risk.stop_loss": "stop loss",
    "risk.take_profit": "take profit",
    "risk.trailing_stop": "trailing stop",
    "risk.trailing_take": "trailing target",
    "risk.breakeven": "break-even",
    "risk.partial_exits": "partial exits",
    "risk.time_limit": "time limit",
    "risk.checks": "checks of an entry",
    "execution.mode": "mode",
    "execution.fill": "orders fill",
    "execution.fees": "fee rates",
    "execution.slippage": "slippage figures",
    "execution.slippage_model": "slippage model",
    "execution.entry_order": "entry order",
    "execution.max_orders_per_hour": "entries in an hour at most",
    "execution.allowed_venues": "venues allowed",
}
"""What people call the fields of a spec."""

ANCHORS = (" from the entry price", " behind the best price")
"""What a stop or a target is measured from, and a trailing one: not said where only the distance changes."""

SIDES = {
    ("entry",): "entry (long)",
    ("exit",): "exit (long)",
    ("short", "entry"): "entry (short)",
    ("short", "exit"): "exit (short)",
}


TOLD = frozenset(
    {
        *("id", "name", "version", "description", "universe", "indicators", "signals", "sizing", "risk"),
        *("execution", "variants", "metadata"),
    }
)
"""Members of a spec that have words of their own, or that no edit changes."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the dotted path of what changed, and a line for people."""

    path: str
    text: str


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the changes from one spec to another, in the order of a spec's sections; identity and version aside."""
    return tuple(
        change
        for section in (_head, _universe, _indicators, _signals, _sizing, _risk, _execution, _tail)
        for change in section(before, after)
    )


def _head(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    if before.get("name") != after.get("name"):
        old, new = (f'"{one_line(str(spec.get("name", "")), 120)}"' for spec in (before, after))
        yield Change("name", f"name: {old} -> {new}")
    if before.get("description") != after.get("description"):
        yield Change("description", "the description is worded differently")


def _universe(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    yield from _fields("universe", before, after)


def _indicators(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _section(before, "indicators"), _section(after, "indicators")
    for key in [*new, *(key for key in old if key not in new)]:
        place, name = f"indicators.{key}", one_line(key, 64)
        if key not in old:
            yield Change(place, f"new indicator {name}: {part_words(('indicators', key), new[key], after)}")
        elif key not in new:
            yield Change(place, f"indicator {name} is gone: {part_words(('indicators', key), old[key], before)}")
        elif not same(old[key], new[key]):
            yield from _inputs(key, old[key], new[key])


def _inputs(key: str, old: Any, new: Any) -> Iterator[Change]:
    place, name = f"indicators.{key}", one_line(key, 64)
    one, other = (_section(indicator, "inputs") for indicator in (old, new))
    if not isinstance(old, Mapping) or not isinstance(new, Mapping) or old.get("type") != new.get("type"):
        yield Change(place, f"{name}: {_indicator(old)} -> {_indicator(new)}")
        return
    for field in dict.fromkeys([*one, *other]):
        if not same(one.get(field), other.get(field)):
            path = ("indicators", key, "inputs", field)
            texts = (part_words(path, inputs.get(field), {}) for inputs in (one, other))
            yield Change(".".join(path), f"{name} {one_line(field, 64)}: {' -> '.join(texts)}")


def _indicator(value: Any) -> str:
    return indicator_words(value) if isinstance(value, Mapping) and "inputs" in value else part_words(("?",), value, {})


def _signals(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _section(before, "signals"), _section(after, "signals")
    for way, label in SIDES.items():
        one, other = (_conditions(signals, way) for signals in (old, new))
        place = ".".join(("signals", *way))
        if not same(one, other):
            yield from (Change(place, f"{label}{text}") for text in _rule_changes(one, other))
    yield from _fields("signals", {"signals": _others(old)}, {"signals": _others(new)})


def _others(signals: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in signals.items() if name not in ("entry", "exit", "short")}


def _conditions(signals: Mapping[str, Any], way: Sequence[str]) -> list[Any]:
    found: Any = signals
    for step in way:
        found = found.get(step) if isinstance(found, Mapping) else None
    return list(found) if isinstance(found, list | tuple) else []


def _rule_changes(old: list[Any], new: list[Any]) -> Iterator[str]:
    """Yield what changed in a list of alternatives, to be read behind the name of the list."""
    if len(old) == len(new) == 1:
        yield from _condition_changes(old[0], new[0])
        return
    gone = [one for one in old if not any(same(one, other) for other in new)]
    come = [one for one in new if not any(same(one, other) for other in old)]
    if old and new and len(gone) == len(come) == 1:
        yield from _condition_changes(gone[0], come[0])
    elif not old or not new or not (gone or come):
        yield f": {any_of(old)} -> {any_of(new)}"
    else:
        yield from (f" is no longer triggered when: {condition_words(one)}" for one in gone)
        yield from (f" is also triggered when: {condition_words(one)}" for one in come)


def _condition_changes(old: Any, new: Any) -> Iterator[str]:
    required, now = _required(old), _required(new)
    if required is not None and now is not None:
        gone = [one for one in required if not any(same(one, other) for other in now)]
        come = [one for one in now if not any(same(one, other) for other in required)]
        kept = len(required) - len(gone)
        if len(gone) == len(come) == 1:
            yield f": {condition_words(gone[0])} -> {condition_words(come[0])}"
            return
        if kept and (gone or come):
            yield from (f" no longer requires: {condition_words(one)}" for one in gone)
            yield from (f" also requires: {condition_words(one)}" for one in come)
            return
    yield f": {condition_words(old)} -> {condition_words(new)}"


def _required(condition: Any) -> list[Any] | None:
    """Return what must all be true for a condition, None when it looks at several bars."""
    if not isinstance(condition, Mapping) or "for_bars" in condition or "within_bars" in condition:
        return None
    core = {name: value for name, value in condition.items() if name != "filters"}
    filters = list(condition.get("filters") or ())
    if core.get("when") == "and":
        return [*core.get("conditions", ()), *filters]
    return [core, *filters]


def _sizing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _section(before, "sizing"), _section(after, "sizing")
    one, other = ({name: value for name, value in sizing.items() if name != "max_positions"} for sizing in (old, new))
    if not same(one, other):
        texts = [part_words(("sizing",), sizing or None, {}) for sizing in (one, other)]
        if texts[0] == texts[1]:  # a parameter of Kelly sizing that the words leave out
            yield from _fields("sizing", {"sizing": one}, {"sizing": other})
        else:
            yield Change(_place("sizing", one, other), f"size: {' -> '.join(texts)}")
    limits = [{"sizing": {"max_positions": sizing.get("max_positions")}} for sizing in (old, new)]
    yield from _fields("sizing", limits[0], limits[1])


def _risk(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    yield from _fields("risk", before, after)


def _execution(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    yield from _fields("execution", before, after)


def _tail(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    yield from _variants(before, after)
    if not same(before.get("metadata"), after.get("metadata")):
        yield Change("metadata", "the notes in metadata differ")
    for field in dict.fromkeys([*before, *after]):
        if field not in TOLD and not same(before.get(field), after.get(field)):
            texts = (part_words((field,), spec.get(field), {}) for spec in (before, after))
            yield Change(field, f"{one_line(field, 64)}: {' -> '.join(texts)}")


def _variants(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    if same(before.get("variants") or [], after.get("variants") or []):
        return
    old, new = (_overrides(spec) for spec in (before, after))
    lines = []
    for name in [*new, *(name for name in old if name not in new)]:
        if name not in old:
            lines.append(f"new variant {name}: {new[name]}")
        elif name not in new:
            lines.append(f"variant {name} is gone")
        elif old[name] != new[name]:
            lines.append(f"variant {name}: {old[name]} (before) -> {new[name]}")
    yield from (Change("variants", line) for line in lines or ["the list of variants differs"])


def _overrides(spec: Mapping[str, Any]) -> dict[str, str]:
    """Return what each variant of a spec sets, in words, by its name."""
    variants = spec.get("variants")
    listed = [one for one in variants if isinstance(one, Mapping)] if isinstance(variants, list | tuple) else []
    return {one_line(str(one.get("id", "?")), 60): _set_by(spec, one.get("overrides")) for one in listed}


def _set_by(spec: Mapping[str, Any], overrides: Any) -> str:
    plain = {name: part for name, part in spec.items() if name != "variants"}
    told = [one.text for one in changes(plain, overridden(spec, overrides))] if isinstance(overrides, Mapping) else []
    return "; ".join(told) or part_words(("?",), overrides, {})


def _fields(section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _section(before, section), _section(after, section)
    for field in dict.fromkeys([*old, *new]):
        one, other = old.get(field), new.get(field)
        if same(one, other):
            continue
        path = f"{section}.{field}"
        texts = [part_words((section, field), value, spec) for value, spec in ((one, before), (other, after))]
        if field in LEVELS and NONE not in texts:
            texts = [text.removesuffix(ANCHORS[field.startswith("trailing")]) for text in texts]
        label = LABELS.get(path, one_line(field, 64).replace("_", " "))
        yield Change(_place(path, one, other), f"{label}: {' -> '.join(texts)}")


def _place(path: str, one: Any, other: Any) -> str:
    """Return the path of the one member that differs, or of the whole."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        differ = [name for name in dict.fromkeys([*one, *other]) if not same(one.get(name), other.get(name))]
        if len(differ) == 1:
            return f"{path}.{differ[0]}"
    return path


def _section(spec: Any, name: str) -> Mapping[str, Any]:
    found = spec.get(name) if isinstance(spec, Mapping) else None
    return found if isinstance(found, Mapping) else {}
