"""Size and limits of a draft: as stated, the rest by the owner's defaults or ours, raised to fit a stated size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.language.builtin.draft.sizing import sizing_of
from agent.language.builtin.writing import plain_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.language.builtin.draft.said import Said
    from agent.language.builtin.draft.sheet import Draft

DEFAULT_LIMITS = {"max_position_pct": 0.20, "max_total_exposure_pct": 0.50}
DEFAULT_LEVERAGE = {"spot": 1, "perp": 2}

STARTS_WITH = 10_000.0
"""Quote currency in the account of a test that names no other sum (`engine.backtest.run.INITIAL_EQUITY`, not loaded
here: it brings the simulation)."""

STATED = {
    "leverage": "max_leverage",
    "max_position": "max_position_pct",
    "max_exposure": "max_total_exposure_pct",
    "max_drawdown": "max_drawdown_pct",
}
"""Limits a message can state, and where the spec has them."""

OF_EQUITY = {
    "max_position_pct": "one position",
    "max_total_exposure_pct": "all positions together",
    "max_drawdown_pct": "drawdown",
}
"""What a share of equity limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits in force by their names in the spec, and of them those the message and the owner set."""

    values: dict[str, float]
    stated: Mapping[str, float]
    owned: Mapping[str, float]


def measure(said: Said, draft: Draft, risk_defaults: Mapping[str, float] | None) -> None:
    """Write ``sizing`` and the limits of ``risk`` and ``execution``."""
    spec, risk = draft.spec, draft.spec["risk"]
    n_assets = len(spec["universe"]["assets"])
    limits = _limits(said, spec["universe"]["market_type"], risk_defaults or {})
    sizing = spec["sizing"] = sizing_of(said, n_assets, draft, limits.owned.get("max_position_pct"))
    _keep_to_defaults(limits, risk_defaults or {}, draft)
    share = share_of(sizing, risk.get("stop_loss"), said)
    if share is not None:
        _fit(share, sizing, limits, n_assets, draft)
    _write_limits(limits, draft)
    orders = said.size("max_orders")
    if orders is not None:
        spec["execution"]["max_orders_per_hour"] = int(orders.value)
    daily = said.size("max_daily_loss")
    if daily is not None:
        risk.setdefault("checks", {})["max_daily_loss_pct"] = plain_number(daily.value)


def _keep_to_defaults(limits: Limits, defaults: Mapping[str, float], draft: Draft) -> None:
    """Ask where a message states a limit wider than the one its owner keeps: words alone never widen that."""
    for name, value in limits.stated.items():
        kept = defaults.get(name)
        if kept is not None and value > kept + 1e-9:
            wide, own = (limit_words(name, one) for one in (value, kept))
            draft.ask(f"risk.{name}", f"you say {wide}, and your settings allow {own}: which figure within them?")


def _limits(said: Said, market: str, owned: Mapping[str, float]) -> Limits:
    """Ours, over them the owner's, over them what the message states; spot has no leverage but what was asked for."""
    values: dict[str, float] = {"max_leverage": DEFAULT_LEVERAGE[market], **DEFAULT_LIMITS, **owned}
    if market == "spot":
        values["max_leverage"] = min(1, values["max_leverage"])
    stated = {name: size.value for kind, name in STATED.items() if (size := said.size(kind)) is not None}
    return Limits({**values, **stated}, stated, {**owned, **stated})


def _write_limits(limits: Limits, draft: Draft) -> None:
    """Write every limit, then tell those that nobody stated and that were not told already."""
    risk = draft.spec["risk"]
    written = [name for name in STATED.values() if name in limits.values]
    for name in written:
        risk[name] = plain_number(round(limits.values[name], 10))
    for name in written:
        told = any(one.path == f"risk.{name}" for one in draft.assumptions)
        if name not in limits.stated and not told:
            draft.assume(f"risk.{name}", risk[name], f"limit {limit_words(name, risk[name])}")


def limit_words(name: str, value: float) -> str:
    """Return a limit as an assumption says it.

    >>> limit_words("max_position_pct", 0.2)
    'one position at most 20 % of equity'
    """
    if name == "max_leverage":
        return f"leverage at most {value:g}"
    return f"{OF_EQUITY[name]} at most {round(value * 100, 2):g} % of equity"


def share_of(sizing: Mapping[str, Any], stop: Mapping[str, Any] | None, said: Said) -> float | None:
    """Return the share of equity a position of this size is at the start; None where the size does not tell."""
    value = float(sizing["value"])
    if sizing["mode"] == "percent_equity":
        return value
    if sizing["mode"] == "risk_per_trade" and stop is not None and stop["type"] == "percent":
        return value / float(stop["value"])
    if sizing["mode"] == "fixed_notional":
        equity = said.size("initial_equity")
        return value / (equity.value if equity is not None else STARTS_WITH)
    return None


def _fit(share: float, sizing: Mapping[str, Any], limits: Limits, n_assets: int, draft: Draft) -> None:
    """Raise our own limits to a stated size; against a limit the person set, ask where a share was stated."""
    held = int(sizing.get("max_positions") or n_assets)
    most = limits.values["max_leverage"]
    stated = sizing["mode"] == "percent_equity"
    needs = {
        "max_position_pct": share if stated else min(share, most),
        "max_total_exposure_pct": min(share * held, most),
    }
    for name, needed in needs.items():
        if name in limits.owned:
            total = share * held if name == "max_total_exposure_pct" else share
            above = stated and total > limits.owned[name] + 1e-9
            if above and (name == "max_position_pct" or name in limits.stated):
                settings = name not in limits.stated
                draft.ask(f"risk.{name}", _conflict_words(name, share, held, limits.owned[name], settings=settings))
        elif needed > limits.values[name] + 1e-9:
            limits.values[name] = needed
            text = f"limit raised to fit the size you named: {limit_words(name, needed)}"
            draft.assume(f"risk.{name}", plain_number(round(needed, 10)), text)


def _conflict_words(name: str, value: float, held: int, limit: float, *, settings: bool) -> str:
    if name == "max_position_pct" and settings:
        return (
            f"{value * 100:g} % per position is more than the limit of {limit * 100:g} % in your settings: which size "
            "within it?"
        )
    if name == "max_position_pct":
        return (
            f"{value * 100:g} % per position is more than the limit of {limit * 100:g} % "
            "(max_position_pct): which holds?"
        )
    return (
        f"{held} positions of {value * 100:g} % are {value * held * 100:g}% of equity, "
        f"more than the total exposure of {limit * 100:g}%: which holds?"
    )
