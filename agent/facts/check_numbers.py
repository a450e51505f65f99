"""Numbers of the words against the numbers of a draft."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.facts.draft import FACT_CHANGED, FACT_MISPLACED, FACT_MISSING, Draft
from agent.facts.fact import UNDIRECTED, WHERE
from agent.facts.held import Slot
from agent.facts.indicator_names import kin
from agent.facts.landing import ROLES, lands, lands_anywhere, near
from agent.facts.steps import is_relative, is_step, stop_distance
from agent.facts.timeframes import BY_MINUTES, MINUTES
from engine.spec.problems import Problem

if TYPE_CHECKING:
    from agent.facts.fact import Fact
    from agent.facts.held import Held

_SWAPPABLE = (
    "stop", "target", "trail", "profit", "size", "risk", "drawdown", "daily_loss", "limit", "leverage", "positions",
    "hold", "volatility",
)  # fmt: skip
"""Roles whose numbers are easily put in the place of one another."""


_AT_MOST = re.compile(
    r"\b(?:max(?:imum)?(?:\s+of)?|at\s+most|(?:never|no|not)\s+(?:more|above|over|larger|bigger|beyond)(?:\s+than)?|up\s+to"
    r"|cap(?:ped)?(?:\s+(?:it\s+)?at)?|limit(?:ed)?(?:\s+(?:it\s+)?to)?)\W*$",
    re.IGNORECASE,
)
"""In front of a size: what a position may reach and need not be."""

_ASSETS = re.compile(
    r"\s+(?:\w+\s+){0,2}(?:etfs?|coins?|assets?|stocks?|shares|names|pairs?|markets?|tickers?|funds?|symbols?|majors|alts)\b",
    re.IGNORECASE,
)


def number_problem(fact: Fact, draft: Draft) -> Problem | None:
    """Return what is wrong when a number of the words is not where its role belongs."""
    if fact.role in ("window", "capital"):
        return _around(fact, draft)
    if fact.role == "ratio":
        return _ratio(fact, draft.held)
    if fact.role == "clock":
        return None if _asks_the_time(draft.held) else _missing(fact, "no rule asks for the time")
    if fact.role == UNDIRECTED and (fact.unit == "part" or _is_timeframe(fact, draft.held)):
        return None
    if fact.role == UNDIRECTED and fact.unit is None and _counts_the_assets(fact, draft):
        return None
    held, base = draft.held, stop_distance(draft.held)
    slots = _slots_for(fact, draft)
    if draft.before is not None and is_step(fact, draft.said.text):
        return None if is_relative(fact, draft, draft.before) else _misfit(fact, held, slots, base)
    if lands_anywhere(fact, slots, held.timeframe, base=base):
        return None
    equity = draft.reading.initial_equity
    if equity is not None and fact.unit in ("quote", None) and near(float(fact.value), equity):
        return None
    if draft.before is not None and is_relative(fact, draft, draft.before):
        return None
    return _misfit(fact, held, slots, base)


def _is_timeframe(fact: Fact, held: Held) -> bool:
    """Tell whether a span nothing else is said of is that of the bars: ``a 30m momentum system``."""
    minutes = MINUTES.get(fact.unit or "")
    return minutes is not None and BY_MINUTES.get(round(float(fact.value) * minutes)) == held.timeframe


def _counts_the_assets(fact: Fact, draft: Draft) -> bool:
    """Tell whether a number only says how many assets are named: ``these 3 coins``."""
    assets = draft.held.spec["universe"]["assets"]
    return fact.value == len(assets) and _ASSETS.match(draft.said.text[fact.end :]) is not None


def _slots_for(fact: Fact, draft: Draft) -> list[Slot]:
    held = draft.held
    if fact.role == UNDIRECTED:
        if fact.value == 0 and any(leaf.lagged for leaf in held.leaves):
            return [Slot("threshold", 0.0, None, "$.signals")]  # a change of zero is written as a comparison
        limits = fact.unit != "percent" or "limit" in draft.said.roles
        return [slot for slot in held.slots if limits or slot.role != "limit"]
    if fact.role != "length":
        own = held.role(*ROLES[fact.role]) + _varied(fact, held)
        if fact.role == "trail" and fact.words.lower().startswith("chandelier"):
            own += [slot for slot in held.slots if slot.path.startswith("$.risk.trailing_stop")]  # its bars
        if fact.role != "size":
            return own
        replaced = any(one.role == "risk" and draft.gone(one) for one in draft.said.facts)
        own += held.role("risk") if "risk" in draft.said.roles and not replaced else []
        return own + held.role("limit") if _AT_MOST.search(draft.said.text[: fact.start]) else own
    family = set(kin(fact.subject or ""))
    own = [slot for slot in held.slots if set(slot.types) & family]
    if fact.subject == "atr":
        own += [slot for slot in held.slots if slot.unit == "atr"]
    if fact.subject in ("highest", "lowest", "donchian"):
        own += held.role("lag", "bars", "hold")
    return own + held.role("variant")


def _varied(fact: Fact, held: Held) -> list[Slot]:
    """Return what the variants of a spec put in the place of the number of a fact, each in the unit of that place."""
    places = {slot.path: slot.unit for slot in held.slots if slot.role in ROLES[fact.role]}
    found = []
    for slot in held.role("variant"):
        path = f"$.{slot.path.partition('.overrides.')[2]}"
        if path in places:
            found.append(replace(slot, unit=places[path]))
    return found


def _around(fact: Fact, draft: Draft) -> Problem | None:
    """Return what is wrong with the span or the money of a test, which the reading carries beside the spec."""
    if fact.role == "capital":
        equity = draft.reading.initial_equity
        if (equity is not None and near(equity, float(fact.value))) or _is_anywhere(fact, draft.held):
            return None
        return _missing(fact, "it is not taken as the initial equity")
    if draft.reading.window is not None or (fact.unit is not None and _is_anywhere(fact, draft.held)):
        return None
    return _missing(fact, "it is not taken as the span to test")


def _is_anywhere(fact: Fact, held: Held) -> bool:
    return lands_anywhere(fact, held.slots, held.timeframe)


def _ratio(fact: Fact, held: Held) -> Problem | None:
    ratio = float(fact.value)
    stops, targets = held.role("stop", "trail"), held.role("target", "partial")
    if any(near(target.value / stop.value, ratio) for stop in stops for target in targets if stop.unit == target.unit):
        return None
    if any(near(slot.value, ratio) for slot in held.slots):
        return None
    return _missing(fact, "the target is not that multiple of the stop")


def _asks_the_time(held: Held) -> bool:
    return bool(held.role("clock")) or any(one.name == "time" for leaf in held.leaves for one in leaf.left.series)


def _misfit(fact: Fact, held: Held, slots: list[Slot], base: float | None) -> Problem:
    """Return the problem of a number that is not in its place: where it stands instead, or what stands there."""
    if fact.role in _SWAPPABLE:
        for slot in held.role(*_SWAPPABLE, "activate", "partial"):
            if lands(fact, slot, held.timeframe, base=base):
                message = f"'{fact.words}' is not in the spec: {slot.path[2:]} holds {_shown(slot)}"
                return Problem(WHERE[fact.role], FACT_MISPLACED, message)
    own = [slot for slot in slots if slot.role == fact.role or fact.role in ("profit", "length")]
    if own and fact.role != UNDIRECTED:
        message = f"'{fact.words}' is not in the spec: {own[0].path[2:]} is {_shown(own[0])}"
        return Problem(own[0].path, FACT_CHANGED, message)
    return _missing(fact)


def _missing(fact: Fact, why: str = "") -> Problem:
    message = f"'{fact.words}' is not in the spec" + (f": {why}" if why else "")
    return Problem(WHERE.get(fact.role, "$"), FACT_MISSING, message)


def _shown(slot: Slot) -> str:
    if slot.unit == "percent":
        return f"{slot.value * 100:.6g} %"
    unit = {"atr": " ATR", "bar": " bars", "minute": " minutes"}.get(slot.unit or "", "")
    return f"{slot.value:.10g}{unit}"
