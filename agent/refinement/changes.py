"""Changes one could make to a strategy, as data: other parameters, a filter, a side less, another stop or target.

Nothing here can reach a limit, the size, the execution or the assets: there is no change for them.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from agent.refinement.trade_facts import AVERAGE_BARS, RANK_BARS, VOLATILITY_BARS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.models import StrategySpec

Side = Literal["long", "short"]
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Overridden:
    """Other parameters: dotted path -> value, for `engine.spec.apply_overrides`."""

    label: str
    overrides: Mapping[str, Any]

    @property
    def touches(self) -> frozenset[str]:
        """What it changes; two changes of one thing do not go together."""
        return frozenset(self.overrides)


@dataclass(frozen=True, slots=True)
class Filtered:
    """A further condition on every entry of a side, and the indicators it reads."""

    label: str
    sides: tuple[Side, ...]
    condition: Mapping[str, Any]
    subject: str
    indicators: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def touches(self) -> frozenset[str]:
        """What it changes; two changes of one thing do not go together."""
        return frozenset(f"filter.{self.subject}.{side}" for side in self.sides)

    def applied(self, data: Data) -> Data:
        """Return a spec with the condition required as well."""
        out = copy.deepcopy(data)
        for key, definition in self.indicators.items():
            out["indicators"].setdefault(key, copy.deepcopy(dict(definition)))
        for side in self.sides:
            holder = out["signals"] if side == "long" else out["signals"].get("short", {})
            if "entry" in holder:
                holder["entry"] = [_required(condition, self.condition) for condition in holder["entry"]]
        return out


@dataclass(frozen=True, slots=True)
class SideDropped:
    """No entries of one side any more."""

    label: str
    side: Side

    @property
    def touches(self) -> frozenset[str]:
        """What it changes; two changes of one thing do not go together."""
        return frozenset({"side", f"filter.trend.{self.side}"})

    def applied(self, data: Data) -> Data:
        """Return a spec that never opens the side."""
        out = copy.deepcopy(data)
        out["signals"].pop("opposite_entry", None)
        if self.side == "short":
            out["signals"].pop("short", None)
        else:
            out["signals"] |= {"entry": [], "exit": []}
        return out


@dataclass(frozen=True, slots=True)
class LevelSet:
    """A stop or a target of another kind, or where there was none."""

    label: str
    name: Literal["stop_loss", "take_profit"]
    level: Mapping[str, Any]

    @property
    def touches(self) -> frozenset[str]:
        """What it changes; two changes of one thing do not go together."""
        return frozenset({f"risk.{self.name}.value"})

    def applied(self, data: Data) -> Data:
        """Return a spec with the level set."""
        out = copy.deepcopy(data)
        out["risk"][self.name] = dict(self.level)
        return out


Structural = Filtered | SideDropped | LevelSet
Change = Overridden | Structural


def _required(condition: Data, further: Mapping[str, Any]) -> Data:
    """Return a condition that asks for another one too; a plain ``and`` grows, anything else is wrapped."""
    extended = {"filters", "for_bars", "within_bars"}
    if condition.get("when") == "and" and not extended & set(condition):
        return {**condition, "conditions": [*condition["conditions"], copy.deepcopy(dict(further))]}
    return {"when": "and", "conditions": [condition, copy.deepcopy(dict(further))]}


def sides_of(spec: StrategySpec) -> tuple[Side, ...]:
    """Return the sides a spec enters."""
    sides: list[Side] = ["long"] if spec.signals.entry else []
    if spec.signals.short is not None and spec.signals.short.entry:
        sides.append("short")
    return tuple(sides)


def without_session(spec: StrategySpec, first: int, end: int) -> Filtered:
    """Return the filter that keeps out entries decided from hour ``first`` to before ``end``, UTC."""
    inside = {"when": "between", "left": "time.hour", "low": first, "high": end - 1}
    label = f"no entries from {first:02d}:00 to {end:02d}:00 UTC"
    return Filtered(label, sides_of(spec), {"when": "not", "conditions": [inside]}, f"session {first}")


def without_weekday(spec: StrategySpec, day: int, name: str) -> Filtered:
    """Return the filter that keeps out entries decided on a UTC weekday (1 is Monday)."""
    on_day = {"when": "eq", "left": "time.weekday", "value": day}
    condition = {"when": "not", "conditions": [on_day]}
    return Filtered(f"no entries on a {name}", sides_of(spec), condition, f"weekday {day}")


def volatility_filter(spec: StrategySpec, keep: Literal["above", "below"], percentile: int) -> Filtered:
    """Return the filter that enters only when realised volatility is above or below a percentile of its last 500."""
    level = {"type": "realized_vol", "inputs": {"length": VOLATILITY_BARS}}
    key = indicator_key(spec, f"volatility_{VOLATILITY_BARS}", level)
    rank = {"type": "percentile", "inputs": {"length": RANK_BARS, "q": percentile, "source": key}}
    rank_key = indicator_key(spec, f"volatility_{VOLATILITY_BARS}_p{percentile}", rank)
    condition = {"when": "gt" if keep == "above" else "lt", "left": key, "right": rank_key}
    label = f"entries only in volatility {keep} its percentile {percentile} of {RANK_BARS} bars"
    return Filtered(label, sides_of(spec), condition, "volatility", {key: level, rank_key: rank})


def trend_filter(spec: StrategySpec, side: Side, keep: Literal["above", "below"], bars: int = AVERAGE_BARS) -> Filtered:
    """Return the filter that enters a side only above or below a long average."""
    average = {"type": "sma", "inputs": {"length": bars, "source": "close"}}
    key = indicator_key(spec, f"trend_sma_{bars}", average)
    condition = {"when": "gt" if keep == "above" else "lt", "left": "close", "right": key}
    label = f"{side} entries only {keep} the average of {bars} bars"
    return Filtered(label, (side,), condition, "trend", {key: average})


def indicator_key(spec: StrategySpec, wanted: str, definition: Mapping[str, Any]) -> str:
    """Return a key that is free in the spec, or stands there for exactly this definition already."""
    for count in range(1, len(spec.indicators) + 2):
        key = wanted if count == 1 else f"{wanted}_{count}"
        there = spec.indicators.get(key)
        if there is None or (there.type == definition["type"] and there.inputs == definition["inputs"]):
            return key
    raise AssertionError("more keys were tried than there are indicators")
