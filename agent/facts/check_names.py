"""Assets, timeframes and indicators of the words against a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.facts.draft import FACT_CHANGED, FACT_MISSING, Draft, same_asset
from agent.facts.fact import WHERE
from agent.facts.indicator_names import LINES, kin
from engine.spec.problems import Problem

if TYPE_CHECKING:
    from agent.facts.fact import Fact
    from agent.facts.held import Held


def asset_problem(fact: Fact, draft: Draft) -> Problem | None:
    """Return what is wrong when an asset of the words is not traded."""
    symbols = next(one.symbols for one in draft.said.assets if one.start == fact.start)
    if _trades(symbols, draft.held):
        return None
    earlier = draft.gone(fact)
    if earlier is not None and _trades(symbols, earlier):
        return None
    assets = ", ".join(map(str, draft.held.spec["universe"]["assets"]))
    message = f"'{fact.words}' is not among the assets: {assets}"
    return Problem(WHERE["asset"], FACT_MISSING, message, suggestion=symbols[0])


def _trades(symbols: tuple[str, ...], held: Held) -> bool:
    return any(same_asset(symbol, str(asset)) for symbol in symbols for asset in held.spec["universe"]["assets"])


def timeframe_problem(fact: Fact, draft: Draft) -> Problem | None:
    """Return what is wrong when a timeframe of the words is neither the draft's nor an indicator's."""
    held, own = draft.held, {one.timeframe for one in draft.held.used.values() if one.timeframe}
    if fact.value == held.timeframe:
        return None
    spoken = {one.name for one in draft.said.timeframes}
    earlier = draft.gone(fact)
    if earlier is not None and fact.value in (earlier.timeframe, *own):
        return None
    if fact.value in own and (held.timeframe in spoken or draft.before is not None):
        return None
    if held.timeframe in spoken and fact.value in ("1d", "1w") and _asks_the_time(held):
        return None  # every day at nine, on hourly bars
    message = f"'{fact.words}' is not in the spec: universe.timeframe is {held.timeframe}"
    return Problem(WHERE["timeframe"], FACT_CHANGED, message, suggestion=str(fact.value))


def _asks_the_time(held: Held) -> bool:
    return any(series.name == "time" for leaf in held.leaves for series in leaf.left.series)


def indicator_problem(fact: Fact, draft: Draft) -> Problem | None:
    """Return what is wrong when no rule reads an indicator of the words."""
    if _reads(str(fact.value), fact.subject, draft.held):
        return None
    earlier = draft.gone(fact)
    if earlier is not None and _reads(str(fact.value), fact.subject, earlier):
        return None
    used = ", ".join(sorted(draft.held.types())) or "none"
    return Problem(WHERE["indicator"], FACT_MISSING, f"'{fact.words}' is in no rule of the spec; it reads: {used}")


def _reads(name: str, line: str | None, held: Held) -> bool:
    """Tell whether a spec reads an indicator, or what it may be written as."""
    types = held.types()
    found = bool(types & set(kin(name)))
    if name == "atr":
        return found or any(slot.unit == "atr" for slot in held.slots) or held.spec["sizing"].get("mode") == "atr_risk"
    if line is not None:
        outputs = {series.output for leaf in held.leaves for side in leaf.sides for series in side.series}
        averages = line == "middle" and types & set(kin("ma"))
        return bool(outputs & set(LINES[line]) or types & {"stdev", "highest", "lowest"} or averages)
    if name in ("highest", "lowest") and held.role("trail"):
        return True  # ten per cent off the highest close since the entry
    if name in ("highest", "lowest", "donchian") and not found:
        return any(series.lag for leaf in held.leaves for side in leaf.sides for series in side.series)
    if name == "roc" and not found:
        return any(leaf.lagged for leaf in held.leaves)
    return found
