"""Random sections of a spec about the life of its positions: protections, parts, time limits, checks, orders."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

    from reference.markets import RandomMarket

    Json = dict[str, Any]

FREQUENT = {"15m": 15, "1h": 60, "4h": 240, "1d": 1_440}
"""Minutes of the timeframes a random market has."""


def add_life(rng: Random, spec: Json, market: RandomMarket) -> None:
    """Add some of what may happen to a position; gains stay below the target, as the validator asks."""
    risk, execution = spec["risk"], spec["execution"]
    target = risk.get("take_profit")
    reach = target["value"] if target and target["type"] == "percent" else 0.08
    if rng.random() < 0.25:
        risk["trailing_stop"] = _trailing(rng, market, reach)
    if rng.random() < 0.2:
        risk["trailing_take"] = _trailing(rng, market, reach)
    if rng.random() < 0.25:
        at = reach * rng.uniform(0.1, 0.7)
        risk["breakeven"] = {"at": at}
        if rng.random() < 0.5:
            risk["breakeven"]["offset"] = at * rng.uniform(0.0, 0.8)
    if rng.random() < 0.3:
        risk["partial_exits"] = _parts(rng, reach)
    if rng.random() < 0.25:
        minutes = FREQUENT[market.timeframe]
        risk["time_limit"] = rng.choice(
            ({"bars": rng.randrange(1, 15)}, {"minutes": round(minutes * rng.uniform(1.0, 12.0))})
        )
    if rng.random() < 0.3:
        risk["checks"] = _checks(rng, market)
    if rng.random() < 0.3:
        execution["entry_order"] = _entry_order(rng, spec, market)
    if rng.random() < 0.12:
        execution["fill"] = "vwap"


def _trailing(rng: Random, market: RandomMarket, reach: float) -> Json:
    kind = rng.choice(("percent", "percent", "atr", "price"))
    if kind == "price" and len(market.bars) > 1:
        kind = "percent"
    unit = {"percent": 1.0, "atr": 60.0, "price": next(iter(market.bars.values()))[0].close}[kind]
    level: Json = {"type": kind, "value": unit * exp(rng.uniform(-5.0, -3.2))}
    if rng.random() < 0.4:
        level["activate_at"] = unit * reach * rng.uniform(0.1, 0.8)
    if kind == "atr" and rng.random() < 0.4:
        level["length"] = rng.randrange(3, 20)
    return level


def _parts(rng: Random, reach: float) -> list[Json]:
    at, left, parts = reach * rng.uniform(0.1, 0.4), 1.0, []
    for _ in range(rng.randrange(1, 4)):
        fraction = round(left * rng.uniform(0.2, 0.7), 3)
        parts.append({"at": at, "fraction": fraction})
        left -= fraction
        at *= rng.uniform(1.05, 1.3)
    return parts


def _checks(rng: Random, market: RandomMarket) -> Json:
    checks: Json = {}
    if rng.random() < 0.5:
        checks["cooldown_bars"] = rng.randrange(1, 6)
    if rng.random() < 0.4:
        checks["max_concurrent"] = rng.randrange(1, 3)
    if rng.random() < 0.4 and market.timeframe != "1d":
        start, end = rng.randrange(24), rng.randrange(24)
        checks["session_hours"] = {"start": f"{start:02}:00", "end": f"{(end + 8) % 24:02}:00"}
    if rng.random() < 0.4 and market.timeframe != "1d":
        checks["max_daily_loss_pct"] = rng.uniform(0.003, 0.03)
    return checks or {"cooldown_bars": 2}


def _entry_order(rng: Random, spec: Json, market: RandomMarket) -> Json:
    order: Json = {"type": "limit"}
    if len(market.bars) == 1 and "short" not in spec["signals"] and rng.random() < 0.7:
        (bars,) = market.bars.values()
        order["price"] = sorted(bar.close for bar in bars)[int(rng.uniform(0.4, 0.8) * len(bars))]
        stop = spec["risk"].get("stop_loss", {})
        if stop.get("type") == "price":
            stop.update({"type": "percent", "value": rng.uniform(0.01, 0.05)})
    else:
        order["offset"] = rng.choice((0.0, rng.uniform(0.0005, 0.01)))
    if rng.random() < 0.7:
        order["expires_bars"] = rng.randrange(1, 8)
    return order
