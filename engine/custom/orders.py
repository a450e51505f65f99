"""What a custom strategy may return at a close."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.errors import EngineInputError

Action = Literal["enter_long", "exit_long", "enter_short", "exit_short"]
ACTIONS: tuple[Action, ...] = ("enter_long", "exit_long", "enter_short", "exit_short")

FIGURES = ("size", "stop", "target", "trail", "take", "limit")
"""What an entry may say for itself, each in the unit in which the frame says it for all."""


def is_finite(value: object) -> bool:
    """Tell whether ``value`` is a number an order can carry."""
    return isinstance(value, (int, float, np.floating)) and not isinstance(value, bool) and math.isfinite(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An intent as of a close: it is what a spec's signal would be, and passes the same rules.

    ``size``, ``stop``, ``target``, ``trail``, ``take`` and ``limit`` replace, for this entry, what the frame's
    ``sizing``, ``risk`` and ``execution.entry_order`` give. Their unit is the frame's: ``size`` a fraction of equity
    (quote currency for ``fixed_notional``); a ``percent`` level a fraction of the price, an ``atr`` level a distance in
    quote currency, a ``price`` level the price (of a trailing level: a distance); ``limit`` a fraction of the close
    where the frame's order has an ``offset``, else the price. None leaves the frame's.

    Raises
    ------
    EngineInputError
        An action that is none, a figure on an exit, or one that is not finite and above zero.

    Examples
    --------
    >>> Order(asset="BTC", action="enter_long", stop=0.02).stop
    0.02
    >>> Order(asset="BTC", action="buy")
    Traceback (most recent call last):
    engine.errors.EngineInputError: action is 'buy'; allowed: enter_long, exit_long, enter_short, exit_short
    """

    asset: str
    action: Action
    size: float | None = None
    stop: float | None = None
    target: float | None = None
    trail: float | None = None
    take: float | None = None
    limit: float | None = None

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise EngineInputError(f"action is {self.action!r}; allowed: {', '.join(ACTIONS)}")
        for name, value in self.figures.items():
            if not self.action.startswith("enter"):
                raise EngineInputError(f"{name} means nothing for {self.action}: an exit closes the whole position")
            if not is_finite(value):
                raise EngineInputError(f"{name} is {value!r}: it must be a finite number")
            if value < 0.0 or (value == 0.0 and name != "limit"):
                raise EngineInputError(f"{name} is {value!r}: it must be above zero")

    @property
    def figures(self) -> dict[str, float]:
        """What this order says for itself, by name."""
        return {name: value for name in FIGURES if (value := getattr(self, name)) is not None}
