"""Everything a spec holds that words can state, collected from its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.facts.held import Held
from agent.facts.spec_rules import add_rules, use

if TYPE_CHECKING:
    from collections.abc import Mapping

ATR_LENGTH = 14
LEVELS = {"stop_loss": "stop", "take_profit": "target", "trailing_stop": "trail", "trailing_take": "trail_take"}
LEVEL_UNITS = {"percent": "percent", "atr": "atr", "price": "quote"}
LIMITS = {
    "max_leverage": ("leverage", "x"),
    "max_position_pct": ("limit", "percent"),
    "max_total_exposure_pct": ("limit", "percent"),
    "max_drawdown_pct": ("drawdown", "percent"),
}
CHECKS: dict[str, tuple[str, str | None]] = {
    "max_concurrent": ("positions", None),
    "cooldown_bars": ("cooldown", "bar"),
    "max_daily_loss_pct": ("daily_loss", "percent"),
}
SIZING: dict[str, tuple[str, str | None]] = {
    "max_positions": ("positions", None),
    "length": ("length", None),
    "multiple": ("risk_distance", "atr"),
    "win_rate": ("kelly", "percent"),
    "payoff": ("kelly", None),
    "kelly_multiplier": ("kelly", "percent"),
}
RISK_MODES = ("risk_per_trade", "atr_risk", "kelly")


def held_by(spec: Mapping[str, Any]) -> Held:
    """Return what a spec (plain data that passed the shape check) holds.

    >>> spec = {"universe": {"assets": ["BTC"], "timeframe": "1h"},
    ...         "indicators": {"r": {"type": "rsi", "inputs": {"length": 14}}},
    ...         "signals": {"entry": [{"when": "lt", "left": "r", "value": 30}], "exit": []},
    ...         "sizing": {"mode": "percent_equity", "value": 0.1}, "risk": {}}
    >>> [(slot.role, slot.value, slot.path) for slot in held_by(spec).slots]  # doctest: +NORMALIZE_WHITESPACE
    [('length', 14.0, '$.indicators.r.inputs.length'), ('threshold', 30.0, '$.signals.entry[0].value'),
     ('size', 0.1, '$.sizing.value')]
    """
    held = Held(spec, str(spec.get("universe", {}).get("timeframe", "1h")))
    add_rules(held)
    risk = spec.get("risk", {})
    for name, role in LEVELS.items():
        if risk.get(name):
            _level(held, name, role, risk[name])
    for name, (role, unit) in LIMITS.items():
        held.add(role, risk.get(name), unit, f"$.risk.{name}")
    _life(held, risk)
    _checks(held, risk.get("checks") or {})
    _sizing(held, spec.get("sizing", {}))
    _execution(held, spec.get("execution", {}))
    for at, variant in enumerate(spec.get("variants") or ()):
        for name, value in variant.get("overrides", {}).items():
            held.add("variant", value, None, f"$.variants[{at}].overrides.{name}")
    return held


def _level(held: Held, name: str, role: str, level: Mapping[str, Any]) -> None:
    path, unit = f"$.risk.{name}", LEVEL_UNITS.get(level.get("type", ""))
    held.add(role, level.get("value"), unit, f"{path}.value")
    held.add("activate", level.get("activate_at"), unit, f"{path}.activate_at")
    if unit == "atr" and level.get("indicator"):
        use(held, str(level["indicator"]))
    elif unit == "atr":
        held.add("length", level.get("length") or ATR_LENGTH, None, f"{path}.length", ("atr",))


def _life(held: Held, risk: Mapping[str, Any]) -> None:
    breakeven, limit = risk.get("breakeven") or {}, risk.get("time_limit") or {}
    for name in ("at", "offset"):
        held.add("breakeven", breakeven.get(name), "percent", f"$.risk.breakeven.{name}")
    for at, part in enumerate(risk.get("partial_exits") or ()):
        held.add("partial", part.get("at"), "percent", f"$.risk.partial_exits[{at}].at")
        held.add("part", part.get("fraction"), "percent", f"$.risk.partial_exits[{at}].fraction")
    held.add("hold", limit.get("bars"), "bar", "$.risk.time_limit.bars")
    held.add("hold", limit.get("minutes"), "minute", "$.risk.time_limit.minutes")


def _checks(held: Held, checks: Mapping[str, Any]) -> None:
    for name, (role, unit) in CHECKS.items():
        held.add(role, checks.get(name), unit, f"$.risk.checks.{name}")
    for name, written in (checks.get("session_hours") or {}).items():
        held.add("clock", int(written[:2]), "hour", f"$.risk.checks.session_hours.{name}")


def _sizing(held: Held, sizing: Mapping[str, Any]) -> None:
    mode = sizing.get("mode")
    role = "risk" if mode in RISK_MODES else "volatility" if mode == "volatility_target" else "size"
    held.add(role, sizing.get("value"), "quote" if mode == "fixed_notional" else "percent", "$.sizing.value")
    for name, (part, unit) in SIZING.items():
        types = ("atr", "realized_vol") if name == "length" else ()
        held.add(part, sizing.get(name), unit, f"$.sizing.{name}", types)


def _execution(held: Held, execution: Mapping[str, Any]) -> None:
    for part, role in (("fees", "cost"), ("slippage", "cost"), ("entry_order", "order")):
        for name, value in (execution.get(part) or {}).items():
            unit = "bar" if name == "expires_bars" else "quote" if name == "price" else "percent"
            held.add(role, value, unit, f"$.execution.{part}.{name}")
    held.add("orders", execution.get("max_orders_per_hour"), None, "$.execution.max_orders_per_hour")
