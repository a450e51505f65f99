"""Whether a bar can leave open which of two levels came first, and which bars of a series could."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spec import defaults

if TYPE_CHECKING:
    from engine.spec.models import StrategySpec

ROUNDING = 1e-9
"""Bars this little narrower than needed are kept: levels are computed in floating point."""


def least_ambiguous_range(spec: StrategySpec) -> float | None:
    """Return the least high / low of a bar that could be ambiguous, None when no bar of this spec can be.

    A bar is ambiguous when an adverse and a favourable level of one position lie in it, or the limit of an
    entry and a favourable level (docs/semantics.md, step 6). Where all of them are fixed fractions of the entry
    price, the bar must reach from one to the other; a level that moves, or that hangs on the ATR, on a price or on the
    margin, may lie anywhere: 1.

    Examples
    --------
    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> least_ambiguous_range(check(SMA_CROSS).spec) is None
    True
    """
    risk = spec.risk
    gains = [part.at for part in risk.partial_exits or ()]
    if risk.take_profit is not None:
        gains.append(risk.take_profit.value if risk.take_profit.type == "percent" else 0.0)
    if not gains:
        return None
    gain = min(gains)
    moving = any(level is not None for level in (risk.trailing_stop, risk.trailing_take, risk.breakeven))
    margin = defaults.market_type_of(spec) == "perp"
    ranges = []
    if moving or margin or (risk.stop_loss is not None and risk.stop_loss.type != "percent"):
        ranges.append(1.0)
    elif risk.stop_loss is not None:
        ranges.append((1.0 + gain) / (1.0 - min(risk.stop_loss.value, 1.0 - ROUNDING)))
    if spec.execution.entry_order is not None:
        ranges.append(1.0 if margin else 1.0 + gain)
    return min(ranges) * (1.0 - ROUNDING) if ranges else None
