"""Cases written by hand: a table of bars that fits on the screen, and what is wanted at which close.

Every table runs through the engine and through the naive simulator: the expected figures are written out, so neither
is the other's judge. Tables are hourly and begin on Monday 2024-01-01 00:00 UTC; without other wishes an account of
1,000 quote trades free of costs and puts everything into one position.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pytest
from reference.case import HOUR_MS, LONG, SHORT, Asset, Bar, Case, NaiveResult, Settings, Venue
from reference.columns import funding_events

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Simulate = Callable[[Case], NaiveResult]

MIDNIGHT_MS = 1_704_067_200_000
"""2024-01-01T00:00Z, a Monday: bar 0 of every table."""

QUIET = """t  open high low close
           0   100  100  100  100
           1   100  100  100  100
           2   100  100  100  100
           3   100  100  100  100
           4   100  100  100  100
           5   100  100  100  100"""


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
    close_fill: Sequence[float | None] | None = None,
    quarters: str | None = None,
    venue: Venue | None = None,
    interval_ms: int = HOUR_MS,
) -> Asset:
    """Return an asset whose signals are true at the closes of the listed bars of the table.

    ``funding`` holds (t, rate) events, t counting bars and fractions of them; None is "no series stored".
    ``quarters`` is a table of bars of a quarter of the length, whose t counts quarters: those of bar 2 are 8 to 11.
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
        trail_atr=[atr] * known,
        take_atr=[atr] * known,
        close_fill=None if close_fill is None else list(close_fill),
        finer=[] if quarters is None else bars_from(quarters, interval_ms // 4),
        venue=venue or Venue(),
    )


def case_from(*assets: Asset, **settings: Any) -> Case:
    """Return a case; without other wishes an account of 1,000 quote that trades free of costs."""
    case = Case(list(assets), Settings(**{"initial_equity": 1_000.0, **settings}))
    if any(asset.finer for asset in assets):
        case.settings.finer_ms = case.settings.interval_ms // 4
    return case


def told(result: NaiveResult) -> list[tuple[int, str, str, object, str]]:
    """Return what happened, in short: bar, moment, side, price, reason."""
    return [(f.bar, f.moment, f.side, pytest.approx(f.price, rel=1e-12), f.reason) for f in result.fills]


def parts(result: NaiveResult) -> list[tuple[int, object, object, str]]:
    """Return bar, quantity, price and reason of what closed."""
    closing = [fill for fill in result.fills if fill.reason != "entry"]
    return [(f.bar, pytest.approx(f.quantity, rel=1e-12), pytest.approx(f.price, rel=1e-12), f.reason) for f in closing]


def changes(result: NaiveResult, asset: str = "A") -> list[tuple[int, str, str]]:
    """Return the events of an asset, in short: bar, state, reason."""
    return [(event.bar, event.state, event.reason) for event in result.events if event.asset == asset]


def stages(result: NaiveResult, asset: str = "A", side: str = "long") -> dict[str, int]:
    """Return what became of an asset's entries of one side."""
    return result.funnel.get((asset, side), {})
