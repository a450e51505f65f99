"""Cases written by hand: a table of bars that fits on the screen, and what is wanted at which close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference.case import HOUR_MS, LONG, SHORT, Asset, Bar, Case, Settings
from reference.columns import funding_events

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

MIDNIGHT_MS = 1_704_067_200_000
"""2024-01-01T00:00Z, a Monday: bar 0 of every table."""


def bars_from(text: str, interval_ms: int = HOUR_MS, start: int = MIDNIGHT_MS) -> list[Bar]:
    """Read ``t open high low close [volume]`` rows; a ``t`` that is left out is a bar the asset does not have."""
    head, *rows = (line.split() for line in text.strip().splitlines())
    named = [dict(zip(head, row, strict=True)) for row in rows]
    return [
        Bar(
            start + int(row["t"]) * interval_ms,
            *(float(row[name]) for name in ("open", "high", "low", "close")),
            float(row.get("volume", 0.0)),
        )
        for row in named
    ]


def asset_from(
    text: str,
    *,
    name: str = "A",
    enter_long: Collection[int] = (),
    exit_long: Collection[int] = (),
    enter_short: Collection[int] = (),
    exit_short: Collection[int] = (),
    atr: float | None = None,
    atr_ratio: float | None = None,
    quote_volume: float = 0.0,
    volatility: float | None = None,
    funding: Iterable[tuple[float, float]] | None = (),
    interval_ms: int = HOUR_MS,
) -> Asset:
    """Return an asset whose signals are true at the closes of the listed bars of the table.

    ``funding`` holds (t, rate) events, t counting bars and fractions of them; None is "no series stored".
    """
    bars = bars_from(text, interval_ms)
    ticks = [(bar.time - MIDNIGHT_MS) // interval_ms for bar in bars]

    def at(wanted: Collection[int]) -> list[bool]:
        return [tick in wanted for tick in ticks]

    known = len(bars)
    stored = None
    if funding is not None:
        edges = [(MIDNIGHT_MS - interval_ms, 0.0), (bars[-1].time + 99 * interval_ms, 0.0)]
        given = [(MIDNIGHT_MS + round(t * interval_ms), rate) for t, rate in funding]
        stored = sorted(edges + given)
    return Asset(
        name=name,
        bars=bars,
        entry={LONG: at(enter_long), SHORT: at(enter_short)},
        exit={LONG: at(exit_long), SHORT: at(exit_short)},
        atr_ratio=[atr_ratio] * known,
        quote_volume=[quote_volume] * known,
        stop_atr=[atr] * known,
        target_atr=[atr] * known,
        size_atr=[atr] * known,
        volatility=[volatility] * known,
        funding=funding_events(stored, MIDNIGHT_MS, bars[-1].time + interval_ms),
        stored_funding=stored,
    )


def case_from(*assets: Asset, **settings: Any) -> Case:
    """Return a case; without other wishes an account of 1,000 quote that trades free of costs."""
    return Case(list(assets), Settings(**{"initial_equity": 1_000.0, **settings}))
