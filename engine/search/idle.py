"""Which specs can close no trade, known before any run: then there is nothing to rank by, whatever is asked for.

A candidate without a closed trade has no value of any objective (`engine.search.objectives.rank`). What is said here
is certain; that a spec may trade is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.indicators.graph import warmups
from engine.market.lookup import locate
from engine.market.quality import utc
from engine.market.timeframe import DURATION_MS
from engine.spec import defaults
from engine.spec.expressions import parse_operand, series_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.market.bars import MarketData
    from engine.proofs.satisfiability import Firing
    from engine.spec.models import Condition, StrategySpec
    from engine.spec.passes import Checked


def why_idle(checked: Checked, market: MarketData, end: int) -> str | None:
    """Return why a valid spec closes no trade before ``end`` (UTC ms), None where it may.

    Examples
    --------
    >>> from engine import DemoMarket, check
    >>> from engine.spec.examples import SMA_CROSS
    >>> wrong = {"entry": [{"when": "gt", "left": "close", "right": "high"}], "exit": []}
    >>> checked = check({**SMA_CROSS, "signals": wrong})
    >>> why_idle(checked, DemoMarket(), 1_700_000_000_000)
    'the long entry can never fire: it needs close > high, but close is never above high'
    >>> why_idle(check(SMA_CROSS), DemoMarket(), 1_700_000_000_000) is None
    True
    """
    spec = checked.spec
    if spec is None:
        return None
    return _never_true(checked, spec) or _no_room(spec, market, end) or _never_fires(spec, market)


def _never_true(checked: Checked, spec: StrategySpec) -> str | None:
    """Return the first of what the checks told of entries, where they told it of all."""
    short = spec.signals.short
    entries = {f"$.signals.entry[{at}]" for at in range(len(spec.signals.entry))}
    entries |= {f"$.signals.short.entry[{at}]" for at in range(0 if short is None else len(short.entry))}
    told = [one for one in checked.problems if one.code == "NEVER_TRUE" and one.path in entries]
    return f"{told[0].path}: {told[0].message}" if {one.path for one in told} == entries else None


def _no_room(spec: StrategySpec, market: MarketData, end: int) -> str | None:
    """Say by how much the indicators begin too late, where no entry is defined before the end on any asset."""
    universe, short = spec.universe, spec.signals.short
    needed = _warmups(spec)
    entries = (*spec.signals.entry, *(() if short is None else short.entry))
    least = min((_least_warmup(one, needed) for one in entries), default=0)
    longest = 0
    for asset in universe.assets:
        found = locate(market, asset, universe.quote, defaults.market_type_of(spec), universe.timeframe)
        span = None if found is None else market.span(found.symbol, found.stored)
        if span is not None:
            longest = max(longest, -(-(end - span[0]) // DURATION_MS[universe.timeframe]))
    if longest > least + 1:  # the bar of the signal, and one to be filled or closed on
        return None
    bars = f"at most {longest:,} bars of {universe.timeframe} are stored before {utc(end)}"
    return f"{bars}, the indicators need {least:,} to begin"


def _warmups(spec: StrategySpec) -> dict[str, int]:
    """Return the bars before the first value of each indicator; 0 for one of another timeframe.

    Its candles may be stored by themselves, and begin earlier.
    """
    own = warmups({key: (one.type, one.inputs) for key, one in spec.indicators.items()}, spec.universe.timeframe)
    return {key: 0 if spec.indicators[key].inputs.get("timeframe") else bars for key, bars in own.items()}


def _least_warmup(condition: Condition, needed: Mapping[str, int]) -> int:
    """Return the bars before which a condition cannot be true, as far as the indicators it reads decide that."""
    parts = [_least_warmup(one, needed) for one in condition.conditions or ()]
    filters = [_least_warmup(one, needed) for one in condition.filters or ()]
    own = [needed.get(name, 0) for name in _names_in(condition)]
    if condition.when == "or":
        own.append(min(parts, default=0))
    elif condition.when == "and":
        own += parts
    return max((*own, *filters), default=0)


def _names_in(condition: Condition) -> Iterator[str]:
    for operand in (condition.left, condition.right, condition.low, condition.high):
        if isinstance(operand, str):
            yield from (series.name for series in series_in(parse_operand(operand)))


def _never_fires(spec: StrategySpec, market: MarketData) -> str | None:
    """Return the proof that no entry can fire, or that nothing closes what one opens."""
    from engine.proofs.satisfiability import can_fire

    if _proof(spec, can_fire(spec)) is None:
        return None
    return _proof(spec, can_fire(spec, market))  # the candles say whether bars open where the proof takes them to


def _proof(spec: StrategySpec, fired: Firing) -> str | None:
    live = [side for side, one in fired.entry.items() if one.verdict != "impossible"]
    if not live:
        return next(note for note in fired.notes if "entry can never fire" in note)
    liquidated = defaults.market_type_of(spec) == "perp"
    if liquidated or spec.risk.partial_exits or any(fired.way_out[side] for side in live):
        return None
    return f"a {live[0]} position has no way out, and one that is open at the end is no closed trade"
