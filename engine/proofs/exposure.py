"""How far in the account can get: the largest leverage and the largest position a spec can reach at a fill.

Leverage, exposure: gross notional over equity; a position's part: its notional over equity. Both as the limits read
them (docs/semantics.md, "A fill"): at the marks of the moment, the order at its reference price, before its own
costs. A bound holds whatever prices do, so it is not what the orders ask for: between the deciding close and the fill
equity can fall, and what is held drifts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spec import defaults
from engine.spec.meaning.sizing import full_size
from engine.spec.venue_rules import SLIPPAGE_CAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.spec.models import StrategySpec


@dataclass(frozen=True, slots=True)
class Bound:
    """A largest value and the rule that sets it, as a path of the spec or in words."""

    value: float
    rule: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a spec can reach right after an entry fills; fractions of equity.

    ``leverage`` is gross notional (SPEC section 5: leverage and exposure are one figure), ``position`` a single one.
    ``order`` is what an order asks for of the equity at its deciding close, None where only the market says.
    ``positions`` is how many can be held at once. ``note`` says what may grow after the fill.
    """

    leverage: Bound
    position: Bound
    positions: int
    order: Bound | None
    note: str

    def as_dict(self) -> dict[str, object]:
        """Return the bound as JSON data."""
        out: dict[str, object] = {
            "leverage": self.leverage.value,
            "exposure": self.leverage.value,
            "position": self.position.value,
            "positions": self.positions,
        }
        binding = {"leverage": self.leverage.rule, "position": self.position.rule}
        if self.order is not None:
            out["order"] = self.order.value
            binding["order"] = self.order.rule
        return {**out, "binding": binding, "note": self.note}


def exposure_bound(spec: StrategySpec) -> Exposure:
    """Return the largest leverage and position a checked spec can reach at a fill, whatever prices do.

    Examples
    --------
    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> perp = {**SMA_CROSS["universe"], "market_type": "perp"}
    >>> bound = exposure_bound(check({**SMA_CROSS, "universe": perp, "risk": {"max_leverage": 3}}).spec)
    >>> bound.leverage
    Bound(value=3.0, rule='risk.max_leverage')
    """
    positions = positions_at_once(spec)
    shared = _shared_limits(spec)
    order = order_bound(spec)
    own = list(shared)
    if spec.risk.max_position_pct is not None:
        own.append(Bound(spec.risk.max_position_pct, "risk.max_position_pct"))
    if defaults.market_type_of(spec) == "spot":
        own.append(Bound(_of_cash(spec), "cash"))
    if order is not None and _flat_until_filled(spec):
        own.append(Bound(order.value * _worse_reference(spec), order.rule))
    position = _tightest(own)
    gross = list(shared)
    if defaults.market_type_of(spec) == "spot":
        gross.append(Bound(max(1.0, _of_cash(spec)), "cash"))
    if positions == 1:
        gross.append(position)
    return Exposure(_tightest(gross), position, positions, order, _note(spec, order))


def positions_at_once(spec: StrategySpec) -> int:
    """Return how many positions can be open at the same time: one an asset, and what counts them."""
    checks = spec.risk.checks
    counted = (spec.sizing.max_positions, None if checks is None else checks.max_concurrent)
    return min(
        len(spec.universe.assets), *(limit for limit in (*counted, len(spec.universe.assets)) if limit is not None)
    )


def order_bound(spec: StrategySpec) -> Bound | None:
    """Return what an order asks for at most, of the equity at its deciding close; None where no figure bounds it.

    ``fixed_notional`` is an amount whatever the equity; the others divide by a volatility or a distance that can
    be as small as the market likes.
    """
    sizing, stop = spec.sizing, spec.risk.stop_loss
    size = full_size(sizing)
    if size is not None:
        return Bound(size, "sizing.value" if size == sizing.value else "sizing.win_rate")
    if sizing.mode == "risk_per_trade" and stop is not None and stop.type == "percent":
        return Bound(sizing.value / stop.value, "sizing.value / risk.stop_loss.value")
    return None


def _shared_limits(spec: StrategySpec) -> list[Bound]:
    """Return the limits on gross notional, which a single position cannot pass either."""
    written = spec.risk.max_leverage
    limits = []
    if defaults.market_type_of(spec) == "perp" or defaults.leverage_of(spec) < 1.0:
        rule = "no leverage (default)" if written is None else "risk.max_leverage"
        limits.append(Bound(defaults.leverage_of(spec), rule))
    if spec.risk.max_total_exposure_pct is not None:
        limits.append(Bound(spec.risk.max_total_exposure_pct, "risk.max_total_exposure_pct"))
    return limits


def _of_cash(spec: StrategySpec) -> float:
    """Return the notional at the reference price that one unit of free cash buys, slippage and fee paid."""
    fees = defaults.fees_of(spec)
    if spec.execution.entry_order is not None:
        return 1.0 / (1.0 + fees.maker)
    return 1.0 / ((1.0 + min(SLIPPAGE_CAP, defaults.slippage_of(spec).base)) * (1.0 + fees.taker))


def _flat_until_filled(spec: StrategySpec) -> bool:
    """Tell whether nothing is held from the deciding close to the fill, so that equity is the same at both.

    One asset and one side: an entry is ordered only while flat. With more assets, or an opposite entry that closes and
    opens at one price, something may be held, and move, in between.
    """
    return len(spec.universe.assets) == 1 and (spec.signals.short is None or not spec.signals.entry)


def _worse_reference(spec: StrategySpec) -> float:
    """Return reference over fill price at most: a quantity is set at the fill price, its notional at the reference."""
    if spec.execution.entry_order is not None:
        return 1.0
    rates = defaults.slippage_of(spec)
    least = min(SLIPPAGE_CAP, rates.base)
    if spec.signals.short is None or not spec.signals.short.entry:
        return 1.0 / (1.0 + least)
    most = SLIPPAGE_CAP if rates.kv > 0.0 or rates.kp > 0.0 else least
    return 1.0 / (1.0 - most)


def _tightest(bounds: Sequence[Bound]) -> Bound:
    return min(bounds, key=lambda bound: bound.value)


def _note(spec: StrategySpec, order: Bound | None) -> str:
    spot = defaults.market_type_of(spec) == "spot"
    said = [
        "Limits bind when an order adds exposure; nothing is sold to meet one, so a position may grow past"
        " its part of equity after the fill."
    ]
    if spot:
        said.append("On spot the account holds what it has paid for: gross notional never exceeds equity.")
    else:
        said.append(
            "On perpetuals a loss raises leverage after the fill, up to liquidation where equity equals the maintenance"
            " margins; funding is paid out of equity."
        )
    if order is None:
        said.append(f"What an order of {spec.sizing.mode} asks for depends on the market; the limits bound it.")
    elif not _flat_until_filled(spec):
        said.append(
            "Where equity falls between an order and its fill, the position is a larger part of it than ordered."
        )
    return " ".join(said)
