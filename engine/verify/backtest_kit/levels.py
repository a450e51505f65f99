"""Stops and targets that are moved by command: breakeven, trailing stop, trailing take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.verify.backtest_kit.profit import USUAL_COSTS, KitCosts
from engine.verify.backtest_kit.version import KitError, sign_of

if TYPE_CHECKING:
    from engine.verify.backtest_kit.version import Position, Version

BREAKEVEN_THRESHOLD_PERCENT = 0.2
"""Percent points of gain beyond the costs of both sides before a breakeven is due."""


@dataclass(frozen=True, slots=True)
class KitPosition:
    """A pending signal: its own stop and target, and where commands have moved them to (None: nowhere yet)."""

    position: Position
    price_open: float
    stop: float
    target: float
    moved_stop: float | None = None
    moved_target: float | None = None

    @property
    def stop_in_force(self) -> float:
        """The stop that closes the position."""
        return self.stop if self.moved_stop is None else self.moved_stop

    @property
    def target_in_force(self) -> float:
        """The target that closes the position."""
        return self.target if self.moved_target is None else self.moved_target


def breakeven_is_due(
    held: KitPosition,
    price: float,
    costs: KitCosts = USUAL_COSTS,
    threshold_percent: float = BREAKEVEN_THRESHOLD_PERCENT,
) -> bool:
    """Tell whether the package's ``getBreakeven`` says so: a gain of costs and threshold, the stop not at the entry.

    >>> breakeven_is_due(KitPosition("long", 100.0, 95.0, 110.0), 101.0)
    True
    """
    return _can_move(held, price, 2.0 * (costs.slippage_percent + costs.fee_percent) + threshold_percent)


def breakeven(
    held: KitPosition,
    price: float,
    version: Version = "1.10",
    costs: KitCosts = USUAL_COSTS,
    threshold_percent: float = BREAKEVEN_THRESHOLD_PERCENT,
) -> tuple[bool, KitPosition]:
    """Move the stop to the entry; return whether it counts as done, and the position after it.

    Version 1.10 forgets the threshold that `breakeven_is_due` adds to the costs, later ones do not. A moved stop that
    is in profit already counts as done and stays.

    >>> done, after = breakeven(KitPosition("short", 100.0, 105.0, 90.0), 99.599)
    >>> done, after.stop_in_force
    (True, 100.0)
    """
    beyond = 0.0 if version == "1.10" else threshold_percent
    if not _can_move(held, price, 2.0 * (costs.slippage_percent + costs.fee_percent) + beyond):
        return False, held
    if _locked_in(held) > 0.0:
        return True, held
    return True, replace(held, moved_stop=held.price_open)


def _can_move(held: KitPosition, price: float, gain_percent: float) -> bool:
    if held.moved_stop is not None and _locked_in(held) > 0.0:
        return True
    if held.stop_in_force == held.price_open:
        return False
    sign = sign_of(held.position)
    return sign * price >= sign * (held.price_open * (1.0 + sign * gain_percent / 100.0))


def _locked_in(held: KitPosition) -> float:
    """Return how far the stop in force lies in profit; negative: in loss."""
    return sign_of(held.position) * (held.stop_in_force - held.price_open)


def trailing_stop(held: KitPosition, shift: float, price: float) -> tuple[bool, KitPosition]:
    """Shift the stop by percent points of the entry, always counted from the signal's own stop.

    The first command may loosen it; later ones only tighten. Refused (False) where the price is beyond the new stop
    already, or the new stop beyond the target.

    Raises
    ------
    KitError
        ``shift_invalid``: zero or outside [-100, 100].

    Examples
    --------
    >>> done, after = trailing_stop(KitPosition("long", 100.0, 95.0, 110.0), -2.0, 102.0)
    >>> done, round(after.stop_in_force, 9)
    (True, 97.0)
    """
    sign = sign_of(held.position)
    new = _shifted(held.price_open, held.stop, _checked(shift), -sign)
    if sign * price < sign * new or sign * new > sign * held.target_in_force:
        return False, held
    if held.moved_stop is not None and sign * new <= sign * held.moved_stop:
        return False, held
    return True, replace(held, moved_stop=new)


def trailing_take(held: KitPosition, shift: float, price: float) -> tuple[bool, KitPosition]:
    """Shift the target by percent points of the entry, counted from the signal's own target; later ones only nearer.

    Refused (False) where the price is beyond the new target already, or the new target beyond the stop.

    Raises
    ------
    KitError
        ``shift_invalid``: zero or outside [-100, 100].

    Examples
    --------
    >>> done, after = trailing_take(KitPosition("long", 100.0, 95.0, 110.0), -3.0, 102.0)
    >>> done, round(after.target_in_force, 9)
    (True, 107.0)
    """
    sign = sign_of(held.position)
    new = _shifted(held.price_open, held.target, _checked(shift), sign)
    if sign * price > sign * new or sign * new < sign * held.stop_in_force:
        return False, held
    if held.moved_target is not None and sign * new >= sign * held.moved_target:
        return False, held
    return True, replace(held, moved_target=new)


def _shifted(price_open: float, level: float, shift: float, away: float) -> float:
    distance = abs(price_open - level) / price_open * 100.0
    return price_open * (1.0 + away * (distance + shift) / 100.0)


def _checked(shift: float) -> float:
    if not -100.0 <= shift <= 100.0 or shift == 0.0:
        raise KitError("shift_invalid", f"shift is {shift}: it must be in [-100, 100] and not 0")
    return shift
