"""Conditions that a proposed space gets by itself: of two lengths that are compared the fast one stays the shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.indicators.catalog import find_type, resolve_inputs
from engine.spec.meaning.conditions import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.spec.models import StrategySpec


def fast_before_slow(spec: StrategySpec, space: Mapping[str, Sequence[Any]]) -> list[list[str]]:
    """Return conditions ``[fast, "<", slow]`` between the paths of a space that `neighbours` proposes for a spec.

    Fast and slow are the inputs of those names of one indicator, and the lengths of two indicators of one type that a
    condition sets against each other. Where the spec itself has them the other way round there is no condition, and
    none where every combination keeps it.

    Examples
    --------
    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> fast, slow = (f"indicators.{key}.inputs.length" for key in ("sma_fast", "sma_slow"))
    >>> fast_before_slow(check(SMA_CROSS).spec, {fast: [20, 30], slow: [25, 50]})
    [['indicators.sma_fast.inputs.length', '<', 'indicators.sma_slow.inputs.length']]
    """
    inputs = {key: _inputs(spec, key) for key in sorted(spec.indicators)}
    found: dict[tuple[str, str], None] = {}
    for (one, first), (other, second) in _compared(spec, inputs):
        own, its = inputs[one].get(first), inputs[other].get(second)
        if not isinstance(own, (int, float)) or not isinstance(its, (int, float)) or own == its:
            continue
        paths = f"indicators.{one}.inputs.{first}", f"indicators.{other}.inputs.{second}"
        fast, slow = paths if own < its else paths[::-1]
        if fast in space and slow in space and max(space[fast]) >= min(space[slow]):
            found[fast, slow] = None
    return [[fast, "<", slow] for fast, slow in found]


def _compared(
    spec: StrategySpec, inputs: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Yield pairs of (indicator, input) that are meant to be one faster than the other."""
    for key, own in inputs.items():
        if "fast" in own and "slow" in own and own["fast"] < own["slow"]:
            yield (key, "fast"), (key, "slow")
    signals = spec.signals
    short = () if signals.short is None else (*signals.short.entry, *signals.short.exit)
    for condition in (*signals.entry, *signals.exit, *short):
        for _, one in walk(condition, ()):
            left, right = one.left, one.right
            if left in inputs and right in inputs and _type(spec, str(left)) == _type(spec, str(right)):
                yield (str(left), "length"), (str(right), "length")


def _type(spec: StrategySpec, key: str) -> str:
    entry = find_type(spec.indicators[key].type)
    return spec.indicators[key].type if entry is None else entry.name


def _inputs(spec: StrategySpec, key: str) -> Mapping[str, Any]:
    entry = find_type(spec.indicators[key].type)
    return {} if entry is None else resolve_inputs(entry, spec.indicators[key].inputs).inputs
