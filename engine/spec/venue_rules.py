"""What a venue demands of orders and positions in one asset, and what a fill costs at most: figures many read."""

from __future__ import annotations

from dataclasses import dataclass

MAINTENANCE_FRACTION = 0.005
"""Maintenance margin of a perpetual position, of its notional, where no table says otherwise."""

SLIPPAGE_CAP = 0.05
"""No fill is worsened by more than this fraction of its reference price (SPEC section 4)."""

SMALLEST_NOTIONAL_QUOTE = 0.01
"""An order worth less than this is not tradable, where no table says otherwise."""


@dataclass(frozen=True, slots=True)
class MarginTier:
    """One step of a margin table: from a notional of ``floor_quote`` on, rate x notional - deduction is kept.

    ``rate`` is a fraction of notional; ``deduction_quote`` makes the margin continue where the tier before ends.
    """

    floor_quote: float
    rate: float
    deduction_quote: float


@dataclass(frozen=True, slots=True)
class AssetRules:
    """The venue's rules for one asset; a step or tick of 0 is none.

    ``quantity_step`` counts units, ``price_tick`` and ``smallest_notional_quote`` quote currency. ``margin_tiers`` are
    in order of their floors and the first begins at 0.
    """

    quantity_step: float = 0.0
    smallest_notional_quote: float = SMALLEST_NOTIONAL_QUOTE
    price_tick: float = 0.0
    margin_tiers: tuple[MarginTier, ...] = (MarginTier(0.0, MAINTENANCE_FRACTION, 0.0),)
