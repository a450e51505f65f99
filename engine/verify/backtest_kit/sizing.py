"""Quantities by three methods, and the limits on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.verify.backtest_kit.version import KitError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.verify.backtest_kit.version import Version

ATR_MULTIPLE = 2.0
KELLY_MULTIPLE = 0.25


@dataclass(frozen=True, slots=True)
class KitLimits:
    """Limits on a quantity, None where there is none; ``max_percent`` is of the balance, percent points."""

    max_percent: float | None = None
    smallest: float | None = None
    largest: float | None = None


def position_size(
    method: str, rules: Mapping[str, Any], given: Mapping[str, Any], limits: KitLimits, version: Version = "1.10"
) -> float:
    """Return the quantity of an entry.

    Parameters
    ----------
    method
        ``fixed-percentage`` (``risk_percent`` of the balance is lost at the stop), ``atr-based`` (at ``multiple``
        ranges) or ``kelly-criterion``.
    rules
        What the method is set to: ``risk_percent``, ``multiple``.
    given
        ``method`` it is asked by, ``balance``, ``price_open``, and ``stop``, ``atr`` or ``win_rate`` and ``payoff``.
    version
        Up to 1.10 a floor comes after the limit by percent and may exceed it; from 18.7 on the limits win.

    Raises
    ------
    KitError
        ``method_mismatch``, ``zero_stop_distance``, ``atr_not_positive``, ``win_rate_invalid`` or
        ``payoff_not_positive``.

    Examples
    --------
    >>> given = {"method": "fixed-percentage", "balance": 10_000.0, "price_open": 50_000.0, "stop": 49_000.0}
    >>> position_size("fixed-percentage", {"risk_percent": 2.0}, given, KitLimits())
    0.2
    """
    if given["method"] != method:
        raise KitError("method_mismatch", f"set up for {method}, asked for {given['method']}")
    balance, price = float(given["balance"]), float(given["price_open"])
    if method == "kelly-criterion":
        quantity = _kelly(rules, given) * balance / price
    else:
        distance = _stop_distance(price, given) if method == "fixed-percentage" else _range(rules, given)
        quantity = balance * float(rules["risk_percent"]) / 100.0 / distance
    most = None if limits.max_percent is None else balance * limits.max_percent / 100.0 / price
    if version == "1.10":
        quantity = _at_least(_at_most(quantity, most), limits.smallest)
    else:
        quantity = _at_most(_at_least(quantity, limits.smallest), most)
    return _at_most(quantity, limits.largest)


def _stop_distance(price: float, given: Mapping[str, Any]) -> float:
    distance = abs(price - float(given["stop"]))
    if distance == 0.0:
        raise KitError("zero_stop_distance", f"the stop is at the entry, {price}")
    return distance


def _range(rules: Mapping[str, Any], given: Mapping[str, Any]) -> float:
    if not float(given["atr"]) > 0.0:
        raise KitError("atr_not_positive", f"atr is {given['atr']}: it must be above 0")
    return float(given["atr"]) * float(rules.get("multiple", ATR_MULTIPLE))


def _kelly(rules: Mapping[str, Any], given: Mapping[str, Any]) -> float:
    """Return the fraction of the balance: K = (W R - (1 - W)) / R, nothing below zero, times the multiple."""
    wins, payoff = float(given["win_rate"]), float(given["payoff"])
    if not 0.0 < wins < 1.0:
        raise KitError("win_rate_invalid", f"win rate is {wins}: it must be between 0 and 1")
    if not payoff > 0.0:
        raise KitError("payoff_not_positive", f"payoff is {payoff}: it must be above 0")
    edge = (wins * payoff - (1.0 - wins)) / payoff
    return max(0.0, edge) * float(rules.get("multiple", KELLY_MULTIPLE))


def _at_most(quantity: float, limit: float | None) -> float:
    return quantity if limit is None else min(quantity, limit)


def _at_least(quantity: float, limit: float | None) -> float:
    return quantity if limit is None else max(quantity, limit)
