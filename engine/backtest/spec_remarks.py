"""What a result has to tell about its spec: what was assumed, and what is written there and changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.notices import Notice
from engine.spec import defaults
from engine.spec.expressions import parse_operand, series_in
from engine.spec.venues import find_venue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spec.models import Condition, Indicator, StrategySpec

UNSAID = ("offset", "timeframe")
"""Inputs whose absence assumes nothing: no bars back, the run's own timeframe."""


def spec_notices(spec: StrategySpec) -> list[Notice]:
    """Return the notices about a checked spec: intents that are not carried out, fields without effect, defaults."""
    notices = list(without_effect(spec))
    if spec.execution.mode == "live":
        message = "execution.mode is live: that is an intent, everything here is simulated and no order is routed"
        notices.insert(0, Notice("LIVE_RUNS_AS_PAPER", message))
    return [*notices, *defaults.assumed(spec), *indicator_defaults(spec)]


def without_effect(spec: StrategySpec) -> Iterator[Notice]:
    """Yield a note for every field that is written and changes nothing in this simulation."""
    universe, short = spec.universe, spec.signals.short
    if universe.venue is not None and find_venue(universe.venue) is None:
        yield _inert("universe.venue", f"no fees or rules are known of {universe.venue}: the usual ones hold")
    if spec.execution.allowed_venues is not None:
        yield _inert("execution.allowed_venues", "no order is routed")
    sides = bool(spec.signals.entry) + bool(short is not None and short.entry)
    if spec.signals.opposite_entry is not None and sides < 2:
        yield _inert("signals.opposite_entry", "only one side is ever entered")
    leverage = spec.risk.max_leverage
    if leverage is not None and leverage > defaults.leverage_of(spec):
        yield _inert("risk.max_leverage", f"spot trades without leverage, {leverage:g} counts as 1")
    used = used_indicators(spec)
    for key in sorted(spec.indicators):
        if key not in used:
            yield _inert(f"indicators.{key}", "no condition, stop or other indicator reads it")


def indicator_defaults(spec: StrategySpec) -> Iterator[Notice]:
    """Yield a note for every indicator that leaves inputs to the catalog."""
    from engine.indicators.catalog import find_type
    from engine.indicators.resolve import resolve_inputs

    for key, one in sorted(spec.indicators.items()):
        entry = find_type(one.type)
        if entry is None:
            continue
        written = {name.lower() for name in one.inputs}
        complete = resolve_inputs(entry, one.inputs).inputs
        taken = {
            each.name: complete[each.name]
            for each in entry.accepted
            if each.name not in UNSAID
            and complete[each.name] is not None
            and written.isdisjoint((each.name, *each.aliases))
        }
        if taken:
            values = ", ".join(
                f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in taken.items()
            )
            field = f"indicators.{key}.inputs"
            yield Notice(
                "DEFAULT_ASSUMED", f"{key} ({entry.name}) takes {values}", "note", {"field": field, "value": taken}
            )


def used_indicators(spec: StrategySpec) -> set[str]:
    """Return the keys of the indicators that something reads, directly or through another indicator."""
    signals = spec.signals
    sides = [
        *signals.entry,
        *signals.exit,
        *(() if signals.short is None else (*signals.short.entry, *signals.short.exit)),
    ]
    risk = spec.risk
    protections = (risk.stop_loss, risk.take_profit, risk.trailing_stop, risk.trailing_take)
    levels = (level.indicator for level in protections if level is not None)
    names = {name for condition in sides for name in _read_by(condition)}
    names |= {level.partition(".")[0] for level in levels if level is not None}
    reached: set[str] = set()
    while names:
        key = names.pop()
        if key in spec.indicators and key not in reached:
            reached.add(key)
            names |= _sources_of(spec.indicators[key])
    return reached


def _sources_of(one: Indicator) -> set[str]:
    """Return the names an indicator reads: its source and, for a type of two series, the second."""
    from engine.indicators.catalog import find_type

    entry = find_type(one.type)
    second = None if entry is None else entry.second_source
    read = (value for name, value in one.inputs.items() if name.lower() in ("source", second))
    return {value.partition(".")[0] for value in read if isinstance(value, str)}


def _read_by(condition: Condition) -> Iterator[str]:
    for operand in (condition.left, condition.right, condition.low, condition.high):
        if isinstance(operand, str):
            yield from (series.name for series in series_in(parse_operand(operand)))
    for part in (*(condition.conditions or ()), *(condition.filters or ())):
        yield from _read_by(part)


def _inert(field: str, why: str) -> Notice:
    return Notice("NO_EFFECT", f"without effect in this run: {field} ({why})", "note", {"field": field})
