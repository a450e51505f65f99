"""The life of a position: protections that move, parts and time limits, and whether they can act beside each other.

Profits compare where they have one unit: fractions of the entry price, or multiples of one ATR. A target that closes
the whole position ends what would have needed a larger profit: at a close no position is left that reached it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.market.timeframe import DURATION_MS, MINUTE_MS
from engine.spec.defaults import atr_length_of
from engine.spec.jcs import number_text
from engine.spec.meaning.levels import check_gain
from engine.spec.models import MAX_ASSETS
from engine.spec.venues.rules import rules_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.spec.findings import Findings
    from engine.spec.models import PartialExit, ProtectiveLevel, Risk, TimeLimit, TrailingLevel, Universe
    from engine.spec.place import Place

PERCENT = "percent"
ROUNDING = 1e-9
"""What sums of decimal fractions may be off by."""


@dataclass(frozen=True, slots=True)
class _Gain:
    """A profit: ``unit`` is ``percent`` (fractions of the entry price) or names the ATR it counts."""

    unit: str
    value: float

    def reaches(self, other: _Gain) -> bool:
        """Tell whether this profit is as large as another one in the same unit."""
        return self.unit == other.unit and self.value >= other.value


def check_life(
    risk: Risk,
    universe: Universe | None,
    sides: tuple[str, ...] | None,
    findings: Findings,
    *,
    limit_entry: bool,
) -> None:
    """Check what happens to a position after its entry.

    A limit entry may fill inside a bar that goes on to the target, which then counts from the next bar on; and where a
    venue has a price tick the target lies up to one beyond its profit. What is then merely unlikely is a warning.
    """
    reach = _Reach(
        _closers(risk), findings, certain=not limit_entry, on_grid=universe is not None and on_grid(universe)
    )
    for name in ("trailing_stop", "trailing_take"):
        level: TrailingLevel | None = getattr(risk, name)
        if level is not None and level.activate_at is not None:
            gain = _in_unit(level, level.activate_at)
            reach.check(gain, ("risk", name, "activate_at"), f"the {name} is armed at a profit of")
    _check_trailing_width(risk, sides, reach, findings)
    _check_trailing_pair(risk, findings)
    _check_breakeven(risk, sides, reach, findings)
    _check_parts(risk, sides, findings)
    if risk.time_limit is not None:
        _check_time_limit(risk.time_limit, universe, findings)


def on_grid(universe: Universe) -> bool:
    """Tell whether the venue moves the levels of an asset to a price tick."""
    rules = (rules_at(universe, asset) for asset in universe.assets[:MAX_ASSETS])
    return any(one is not None and one.price_tick > 0 for one in rules)


@dataclass(frozen=True, slots=True)
class _Reach:
    """Profits that no position lives to see: by what closes the whole of it, and at which profit."""

    closers: tuple[tuple[str, _Gain], ...]
    findings: Findings
    certain: bool
    on_grid: bool
    """Levels move to a price tick: one that is due at the same profit may act first."""

    def check(self, gain: _Gain | None, place: Place, what: str) -> bool:
        """Report a profit that something forestalls; return whether it is one."""
        for name, closed in self.closers:
            if gain is None or not gain.reaches(closed):
                continue
            message = f"{what} {_shown(gain)}, but the {name} closes the position at {_shown(closed)}"
            if self.certain and not (self.on_grid and gain.value <= closed.value * (1 + ROUNDING)):
                self.findings.error(place, "NEVER_ACTS", f"never acts: {message}")
            else:
                self.findings.warning(place, "NEVER_ACTS", f"hardly ever acts: {message}")
            return True
        return False


def _closers(risk: Risk) -> tuple[tuple[str, _Gain], ...]:
    """Return what closes a whole position at a profit, and at which."""
    target, parts = _closing_target(risk), risk.partial_exits
    found = [] if target is None else [("take_profit", target)]
    if parts and closes_whole(parts):
        found.append(("last partial exit", _Gain(PERCENT, max(part.at for part in parts))))
    return tuple(found)


def closes_whole(parts: Sequence[PartialExit]) -> bool:
    """Tell whether partial exits close the whole position together; ten tenths do, whatever their sum in binary."""
    return sum(part.fraction for part in parts) >= 1 - ROUNDING


def _closing_target(risk: Risk) -> _Gain | None:
    """Return the profit at which a target closes everything, None where none does or its unit cannot be compared."""
    arms = risk.trailing_take is not None and risk.trailing_take.activate_at is None
    target = risk.take_profit
    return None if target is None or arms else _in_unit(target, target.value)


def _in_unit(level: ProtectiveLevel, value: float) -> _Gain | None:
    """Return a profit in the unit of a level; None for prices, which compare with nothing."""
    if level.type == "price":
        return None
    return _Gain(PERCENT if level.type == "percent" else _atr_of(level), value)


def _atr_of(level: ProtectiveLevel) -> str:
    return level.indicator if level.indicator is not None else f"ATR({atr_length_of(level)})"


def _shown(gain: _Gain) -> str:
    """Write a profit for people.

    >>> _shown(_Gain("percent", 0.025)), _shown(_Gain("ATR(14)", 2.0))
    ('2.5 %', '2 x ATR(14)')
    """
    return f"{gain.value * 100:.4g} %" if gain.unit == PERCENT else f"{gain.value:.4g} x {gain.unit}"


def _check_trailing_width(risk: Risk, sides: tuple[str, ...] | None, reach: _Reach, findings: Findings) -> None:
    """Warn of a trailing stop farther away than the stop-loss, which stands until the price has moved far enough."""
    stop, trailing = risk.stop_loss, risk.trailing_stop
    if stop is None or trailing is None:
        return
    near, far = _in_unit(stop, stop.value), _in_unit(trailing, trailing.value)
    if near is None or far is None or near.unit != far.unit or far.value <= near.value:
        return
    if far.unit == PERCENT and far.value >= 1:
        return  # told by its bound
    needed = _Gain(far.unit, _takes_over(near.value, far.value, far.unit, sides))
    place: Place = ("risk", "trailing_stop", "value")
    distances = f"the trailing_stop ({_shown(far)}) is wider than the stop_loss ({_shown(near)})"
    wider = f"{distances} and takes over at a profit of"
    if not reach.check(needed, place, wider):
        first = _Gain(far.unit, max(needed.value, trailing.activate_at or 0.0))
        message = f"{wider} {_shown(first)}; until then the stop_loss stands"
        findings.warning(place, "TRAILING_WIDER_THAN_STOP", message)


def _takes_over(near: float, far: float, unit: str, sides: tuple[str, ...] | None) -> float:
    """Return the profit at which a trailing level is as near as a stop: of the side that needs least."""
    if unit != PERCENT:
        return far - near
    long, short = (1 - near) / (1 - far) - 1, 1 - (1 + near) / (1 + far)
    return min({"long": long, "short": short}[side] for side in (sides or ("long", "short")))


def _check_trailing_pair(risk: Risk, findings: Findings) -> None:
    """Warn of a trailing take that a trailing stop always outruns."""
    stop, take = risk.trailing_stop, risk.trailing_take
    if stop is None or take is None:
        return
    near, far = _in_unit(stop, stop.value), _in_unit(take, take.value)
    if near is None or far is None or near.unit != far.unit or far.value < near.value:
        return
    first = take.activate_at
    if first is None:
        first = take.value if risk.take_profit is None else None
    if stop.activate_at is None or (first is not None and first >= stop.activate_at):
        message = f"never closes a position: the trailing_stop is always as near ({_shown(near)})"
        findings.warning(("risk", "trailing_take", "value"), "NEVER_ACTS", message)


def _check_breakeven(risk: Risk, sides: tuple[str, ...] | None, reach: _Reach, findings: Findings) -> None:
    breakeven, stop = risk.breakeven, risk.stop_loss
    if breakeven is None:
        return
    place: Place = ("risk", "breakeven")
    check_gain(breakeven.at, (*place, "at"), "a breakeven", sides, findings)
    offset = breakeven.offset or 0.0
    if offset >= breakeven.at:
        message = (
            f"a profit of {_shown(_Gain(PERCENT, breakeven.at))} moves the stop to one of "
            f"{_shown(_Gain(PERCENT, offset))}, beyond the price: at must be larger than offset"
        )
        findings.error((*place, "offset"), "CONTRADICTION", message)
    if stop is not None and stop.type == PERCENT and -offset >= stop.value:
        message = f"never acts: the stop_loss is as near ({_shown(_Gain(PERCENT, stop.value))}) already"
        findings.error((*place, "offset"), "NEVER_ACTS", message)
    reach.check(_Gain(PERCENT, breakeven.at), (*place, "at"), "breakeven moves the stop at a profit of")


def _check_parts(risk: Risk, sides: tuple[str, ...] | None, findings: Findings) -> None:
    parts, target = risk.partial_exits or (), _closing_target(risk)
    place: Place = ("risk", "partial_exits")
    whole = sum(part.fraction for part in parts)
    if whole > 1 + ROUNDING:
        message = f"the fractions add up to {number_text(round(whole, 9))}, more than the whole position"
        findings.error(place, "PARTS_EXCEED_WHOLE", message)
    for at, part in enumerate(parts):
        check_gain(part.at, (*place, at, "at"), "a partial exit", sides, findings)
        if at and part.at <= parts[at - 1].at:
            message = f"{number_text(part.at)} is not beyond the exit before it, at {number_text(parts[at - 1].at)}"
            findings.error((*place, at, "at"), "PARTS_OUT_OF_ORDER", message)
        _check_part_against_target(part, (*place, at, "at"), target, findings)
    if target is None or target.unit != PERCENT or abs(whole - 1) > ROUNDING or parts[-1].at >= target.value:
        return
    message = f"never acts: the partial exits close the whole position at {_shown(_Gain(PERCENT, parts[-1].at))}"
    findings.warning(("risk", "take_profit", "value"), "NEVER_ACTS", message)


def _check_part_against_target(part: PartialExit, place: Place, target: _Gain | None, findings: Findings) -> None:
    if target is None or not _Gain(PERCENT, part.at).reaches(target):
        return
    if part.at > target.value:
        message = f"never acts: the take_profit closes the position at {_shown(target)}"
        findings.error(place, "NEVER_ACTS", message)
    else:
        message = f"changes nothing: the take_profit closes the rest at {_shown(target)} as well"
        findings.warning(place, "NEVER_ACTS", message)


def _check_time_limit(limit: TimeLimit, universe: Universe | None, findings: Findings) -> None:
    place: Place = ("risk", "time_limit")
    if limit.bars is None and limit.minutes is None:
        findings.error(place, "MISSING_FIELD", "give 'bars' or 'minutes'")
    elif limit.bars is not None and limit.minutes is not None:
        findings.error((*place, "minutes"), "NO_MEANING", "write 'bars' or 'minutes', not both")
    elif limit.minutes is not None and universe is not None:
        bar = DURATION_MS[universe.timeframe] // MINUTE_MS
        if limit.minutes < bar:
            message = f"{limit.minutes} minutes are less than a bar of {universe.timeframe}: it acts at the first close"
            findings.warning((*place, "minutes"), "TIME_LIMIT_BELOW_BAR", message)
