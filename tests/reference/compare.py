"""Two results of one case, fill for fill: words exact, numbers to one part in 10^9."""

from __future__ import annotations

from dataclasses import fields, replace
from math import isclose
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reference.case import NaiveEvent, NaiveResult

RELATIVE = 1e-9


def differences(one: NaiveResult, other: NaiveResult, scale: float) -> list[str]:
    """Return what differs, nothing when the results agree; ``scale`` is the money that a sum may round against."""
    found = [*_rows("fill", one.fills, other.fills, scale)]
    found += _rows("trade", _sorted(one.trades), _sorted(other.trades), scale)
    found += _equity(one.equity, other.equity, scale)
    found += _events(one.events, other.events)
    tallies = [{name: tally for name, tally in result.ambiguous.items() if tally.bars} for result in (one, other)]
    if tallies[0] != tallies[1]:
        found.append(f"ambiguous {tallies[0]} | {tallies[1]}")
    if one.funnel != other.funnel:
        for key in sorted({*one.funnel, *other.funnel}):
            if one.funnel.get(key) != other.funnel.get(key):
                found.append(f"funnel {key}: {one.funnel.get(key)} | {other.funnel.get(key)}")
    if (one.halted_bar, one.liquidated) != (other.halted_bar, other.liquidated):
        found.append(f"halted {one.halted_bar} {one.liquidated} | {other.halted_bar} {other.liquidated}")
    return found


def _sorted(trades: Sequence) -> list:
    return sorted(trades, key=lambda trade: (trade.exit_bar is None, trade.asset, trade.entry_bar))


def _rows(what: str, ones: Sequence, others: Sequence, scale: float) -> Iterable[str]:
    if len(ones) != len(others):
        yield f"{len(ones)} {what}s | {len(others)}"
    for n, (a, b) in enumerate(zip(ones, others, strict=False)):
        for column in fields(a):
            x, y = getattr(a, column.name), getattr(b, column.name)
            slack = scale * RELATIVE if column.name in MONEY else 1e-12
            same = isclose(x, y, rel_tol=RELATIVE, abs_tol=slack) if isinstance(x, float) else x == y
            if not same:
                yield f"{what} {n} {column.name}: {x!r} | {y!r}\n   {a}\n   {b}"


def _events(ones: Sequence[NaiveEvent], others: Sequence[NaiveEvent]) -> Iterable[str]:
    """Compare what happened to each asset word for word; figures where the first of the two tells one."""
    ones, others = (sorted(events, key=lambda event: event.asset) for events in (ones, others))
    if len(ones) != len(others):
        yield f"{len(ones)} events | {len(others)}"
    for n, (a, b) in enumerate(zip(ones, others, strict=False)):
        same = replace(a, price=None, quantity=None) == replace(b, price=None, quantity=None)
        for x, y in ((a.price, b.price), (a.quantity, b.quantity)):
            same = same and (x is None or (y is not None and isclose(x, y, rel_tol=RELATIVE)))
        if not same:
            yield f"event {n}: {a}\n   {b}"
            return


MONEY = ("gross", "slippage", "fees", "funding", "net")


def _equity(ones: Sequence[float], others: Sequence[float], scale: float) -> Iterable[str]:
    if len(ones) != len(others):
        yield f"{len(ones)} bars | {len(others)}"
    for t, (x, y) in enumerate(zip(ones, others, strict=False)):
        if not isclose(x, y, rel_tol=RELATIVE, abs_tol=scale * RELATIVE):
            yield f"equity[{t}]: {x!r} | {y!r}"
            return
