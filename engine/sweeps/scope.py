"""What the kernels of spot accounts know; every other account is led by the step itself from event to event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spec import defaults

if TYPE_CHECKING:
    from engine.spec.models import StrategySpec


SEVERAL = "several assets share the account"


def beyond_the_kernel(spec: StrategySpec) -> str | None:
    """Return in words what a spec asks for that the kernel of one asset does not know, None when it knows it all.

    Examples
    --------
    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> beyond_the_kernel(check(SMA_CROSS).spec)
    'several assets share the account'
    """
    return SEVERAL if len(spec.universe.assets) > 1 else beyond_the_kernels(spec)


def beyond_the_kernels(spec: StrategySpec) -> str | None:
    """Return the same of an account of any number of assets."""
    risk, execution = spec.risk, spec.execution
    reasons = {
        "a perpetual pays funding and can be liquidated": defaults.market_type_of(spec) != "spot",
        "orders fill at a close": defaults.fill_of(spec) != "next_open",
        "entries wait at a limit": execution.entry_order is not None,
        "entries in an hour are limited": execution.max_orders_per_hour is not None,
        "a drawdown ends trading": risk.max_drawdown_pct is not None,
        "the stop trails": risk.trailing_stop is not None or risk.trailing_take is not None,
        "the stop moves to breakeven": risk.breakeven is not None,
        "positions close in parts": bool(risk.partial_exits),
        "positions end by time": risk.time_limit is not None,
        "named checks stand before an entry": risk.checks is not None,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
