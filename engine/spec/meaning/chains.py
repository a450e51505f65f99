"""Indicators that read indicators: no circles, and chains of a length that can be followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.expressions import Series
    from engine.spec.findings import Findings
    from engine.spec.meaning.indicators import Written
    from engine.spec.place import Place

MAX_CHAIN = 8


def check_chains(sources: Mapping[str, Mapping[str, Series]], read: Mapping[str, Written], findings: Findings) -> None:
    """Check that no indicator reads itself and that no chain of them is too long; ``sources`` is by key and input."""
    told: set[str] = set()
    depths: dict[str, int] = {}
    for key in sources:
        circle = _circle_from(key, sources)
        if circle and told.isdisjoint(circle):
            told.update(circle)
            chain = " -> ".join((*circle, key))
            findings.error(
                _place_of(key, circle[1 % len(circle)], sources, read),
                "CYCLE",
                f"indicators read each other in a circle: {chain}",
            )
    for key in sources:
        depth = _chain_length(key, sources, depths, ())
        if depth > MAX_CHAIN:
            deepest = max(sources[key].values(), key=lambda series: depths.get(series.name, 1)).name
            message = f"a chain of {depth} indicators: at most {MAX_CHAIN} may read each other"
            findings.error(_place_of(key, deepest, sources, read), "TOO_DEEP", message)


def _place_of(key: str, other: str, sources: Mapping[str, Mapping[str, Series]], read: Mapping[str, Written]) -> Place:
    """Return the place of the input with which an indicator reads another."""
    name = next(name for name, series in sources[key].items() if series.name == other)
    return ("indicators", key, "inputs", read[key].spelled.get(name, name))


def _circle_from(key: str, sources: Mapping[str, Mapping[str, Series]]) -> tuple[str, ...]:
    """Return the shortest way by which an indicator reads itself, beginning with it; empty when it does not."""
    ways: dict[str, tuple[str, ...]] = {key: (key,)}
    waiting = [key]
    for one in waiting:
        for series in sources.get(one, {}).values():
            if series.name == key:
                return ways[one]
            if series.name not in ways:
                ways[series.name] = (*ways[one], series.name)
                waiting.append(series.name)
    return ()


def _chain_length(
    key: str, sources: Mapping[str, Mapping[str, Series]], known: dict[str, int], trail: tuple[str, ...]
) -> int:
    """Return how many indicators read each other from one on; 0 where the chain runs into a circle."""
    if key in trail:
        return 0
    if key not in known:
        lengths = [_chain_length(one.name, sources, known, (*trail, key)) for one in sources.get(key, {}).values()]
        known[key] = 0 if lengths and min(lengths) == 0 else 1 + max(lengths, default=0)
    return known[key]
