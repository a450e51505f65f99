"""Closing a part of a signal by command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.verify.backtest_kit.version import KitError, sign_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.verify.backtest_kit.version import Position


@dataclass(frozen=True, slots=True)
class KitPartial:
    """A part closed at a price: ``percent`` of the first size (1.10) or of the basis left (18.7).

    ``basis`` is the money still in when it was closed and ``entries`` how many entries had been made (18.7); None:
    all that was put in.
    """

    kind: Literal["profit", "loss"]
    percent: float
    price: float
    basis: float | None = None
    entries: int | None = None


def close_part(
    position: Position, price_open: float, partials: Sequence[KitPartial], part: KitPartial
) -> tuple[KitPartial, ...]:
    """Return the parts after one more command of version 1.10; what would close more than all is left out silently.

    Raises
    ------
    KitError
        ``percent_not_positive``, ``percent_above_100``, ``price_on_wrong_side`` (a profit has to be one, strictly).

    Examples
    --------
    >>> close_part("long", 100.0, (), KitPartial("profit", 30.0, 104.0))[0].price
    104.0
    """
    if not part.percent > 0.0:
        raise KitError("percent_not_positive", f"percent is {part.percent}: it must be above 0")
    if part.percent > 100.0:
        raise KitError("percent_above_100", f"percent is {part.percent}: it must be at most 100")
    gain = sign_of(position) * (part.price - price_open)
    if (gain if part.kind == "profit" else -gain) <= 0.0:
        raise KitError("price_on_wrong_side", f"{part.price} is no {part.kind} of a {position} from {price_open}")
    if sum(earlier.percent for earlier in partials) + part.percent > 100.0:
        return tuple(partials)
    return (*partials, part)
