"""What an entry needs beside its condition, so that an order is placed and can fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.proofs.satisfiability.formula import Comparison, Formula, Session
from engine.spec import defaults
from engine.spec.venues.rules import asset_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.proofs.satisfiability.formula import Formulas
    from engine.spec.models import Condition, StrategySpec

Side = Literal["long", "short"]
SIDES: tuple[Side, ...] = ("long", "short")


@dataclass(frozen=True, slots=True)
class Demand:
    """Something an entry needs beside its own condition, and what it means that it cannot be had."""

    formula: Formula
    otherwise: str


def entry_of(spec: StrategySpec, side: Side) -> tuple[Condition, ...]:
    """Return the alternatives that open a position of a side."""
    short = spec.signals.short
    return spec.signals.entry if side == "long" else () if short is None else short.entry


def exit_of(spec: StrategySpec, side: Side) -> tuple[Condition, ...]:
    """Return the alternatives that close a position of a side."""
    short = spec.signals.short
    return spec.signals.exit if side == "long" else () if short is None else short.exit


def session_minutes(spec: StrategySpec) -> tuple[int, int] | None:
    """Return the minutes of the UTC day in which entries may be placed, [start, end); None where all day."""
    hours = None if spec.risk.checks is None else spec.risk.checks.session_hours
    return None if hours is None else (_minute(hours.start), _minute(hours.end))


def demands(spec: StrategySpec, side: Side, formulas: Formulas) -> Iterator[Demand]:
    """Yield what an entry needs beside its own condition, one after the other.

    Only a clear entry is placed: the same side's exit is not true with it, nor the other side's entry.
    """
    minutes = session_minutes(spec)
    if minutes is not None:
        text = f"a close from {_clock(minutes[0])} to before {_clock(minutes[1])} UTC"
        yield Demand(Session(*minutes, text), "risk.checks.session_hours rejects every entry")
    if exit_of(spec, side):
        yield Demand(
            formulas.none_true(exit_of(spec, side)),
            f"whenever it is true the {side} exit is true as well, and such an entry is ignored",
        )
    other: Side = "short" if side == "long" else "long"
    if entry_of(spec, other):
        yield Demand(
            formulas.none_true(entry_of(spec, other)),
            f"whenever it is true the {other} entry is true as well, and then neither is taken",
        )
    yield from _levels(spec, side, formulas)


def never_sized(spec: StrategySpec, side: Side) -> str | None:
    """Return why no entry of a side is ever sized and filled, whatever its condition; None when one may be.

    What the validator refuses (a Kelly fraction of nothing, a notional below the smallest order, a limit behind the
    stop) is not asked again.
    """
    return None if _in_ticks(spec) else _stop_behind_slippage(spec, side)


def _stop_behind_slippage(spec: StrategySpec, side: Side) -> str | None:
    """The stop is anchored on the fill, slippage included: with more slippage than that it lies beyond the price."""
    stop = spec.risk.stop_loss
    if stop is None or stop.type != "percent" or spec.execution.entry_order is not None:
        return None
    base, s = defaults.slippage_of(spec).base, 1.0 if side == "long" else -1.0
    reach = (1.0 + s * base) * (1.0 - s * stop.value)
    if (reach >= 1.0 + 1e-9) if side == "long" else (reach <= 1.0 - 1e-9):
        return (
            f"slippage of {base:g} is more than the stop's {stop.value:g}: the stop would stand at or beyond the price "
            "at every entry (LEVEL_BEYOND_ENTRY)"
        )
    return None


def _levels(spec: StrategySpec, side: Side, formulas: Formulas) -> Iterator[Demand]:
    """A fixed stop or target must not lie behind the close the entry fills at."""
    if defaults.fill_of(spec) != "close" or spec.execution.entry_order is not None or _in_ticks(spec):
        return
    close, _ = formulas.operands.read("close")
    for name, level, above in (
        ("stop", spec.risk.stop_loss, side == "long"),
        ("target", spec.risk.take_profit, side == "short"),
    ):
        if level is None or level.type != "price":
            continue
        price, shown = formulas.operands.read(level.value)
        low, high = (price, close) if above else (close, price)
        text = f"close {'>' if above else '<'} {shown} (the {name})"
        yield Demand(
            Comparison(low, high, "<", text),
            f"the {name} at {shown} lies at or beyond the close at every entry (LEVEL_BEYOND_ENTRY)",
        )


def _in_ticks(spec: StrategySpec) -> bool:
    """Tell whether a venue's price tick moves stops and targets away from the entry, by more than slippage perhaps."""
    return any(rules.price_tick > 0.0 for rules in asset_rules(spec).values())


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    return 60 * int(hour) + int(minute)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
