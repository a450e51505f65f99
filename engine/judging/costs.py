"""The costs that a judgement rests on, and a warning where there are none that could be doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.evidence.verdict import Finding
from engine.spec import defaults

if TYPE_CHECKING:
    from engine.spec.models import StrategySpec


def assumed_costs(spec: StrategySpec) -> dict[str, Any]:
    """Return the fees and the slippage of a spec, written or assumed, as fractions (the formula is the backtest's).

    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> assumed_costs(check(SMA_CROSS).spec)
    {'fees': {'maker': 0.001, 'taker': 0.001}, 'slippage': {'base': 0.0005, 'kv': 0.0, 'kp': 0.0}}
    """
    fees, slippage = defaults.fees_of(spec), defaults.slippage_of(spec)
    return {
        "fees": {"maker": fees.maker, "taker": fees.taker},
        "slippage": {"base": slippage.base, "kv": slippage.kv, "kp": slippage.kp},
    }


def without_costs(spec: StrategySpec) -> tuple[Finding, ...]:
    """Return a warning where fees or slippage are zero, or less: twice that is no test. It is no gate.

    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> free = {**SMA_CROSS["execution"], "fees": {"maker": 0.0, "taker": 0.0}}
    >>> [one.message for one in without_costs(check({**SMA_CROSS, "execution": free}).spec)]
    ['zero fees assumed: twice nothing was tested there, and no market trades for nothing']
    """
    fees, slippage = defaults.fees_of(spec), defaults.slippage_of(spec)
    zero = [
        name
        for name, is_zero in (
            ("fees", max(fees.maker, fees.taker) <= 0.0),
            ("slippage", max(slippage.base, slippage.kv, slippage.kp) <= 0.0),
        )
        if is_zero
    ]
    if not zero:
        return ()
    message = f"zero {' and '.join(zero)} assumed: twice nothing was tested there, and no market trades for nothing"
    return (Finding("NO_COSTS", False, message, gate=False),)
