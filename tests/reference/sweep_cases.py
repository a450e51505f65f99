"""Random sweeps: a spec of every rule, and candidates that change its numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp
from random import Random
from typing import Any

from reference.engine_side import engine_bars, engine_funding
from reference.markets import RandomMarket, random_market
from reference.specs import random_spec

from engine.market.memory import MemoryMarket

Json = dict[str, Any]

TIMEFRAMES = ("15m", "1h", "4h", "1d")
CHANGED = ("indicators", "signals", "sizing", "risk")


@dataclass(frozen=True)
class SweepCase:
    """A spec as JSON data, the market it is for, and its candidates."""

    data: MemoryMarket
    spec: Json
    candidates: tuple[Json, ...]


def sweep_case(seed: int, *, narrow: bool, assets: int | None = None) -> SweepCase:
    """Return the case of a seed; a ``narrow`` one asks for nothing that the kernels of spot accounts do not know."""
    rng = Random(f"sweep {seed}")
    timeframe = rng.choice(TIMEFRAMES)
    drawn = random_market(
        rng,
        n_assets=assets or (1 if narrow else rng.choice((1, 2, 3))),
        n_bars=rng.choice((40, 63, 64, 65, 128, 300, 700)),
        timeframe=timeframe,
        gap_chance=0.0 if assets else rng.choice((0.0, 0.03)),
        wild=exp(rng.uniform(-6.5, -2.5)),
    )
    if assets:
        _make_whole(drawn)
    spec = random_spec(rng, drawn)
    if spec["execution"].get("fill") == "vwap":
        del spec["execution"]["fill"]  # these markets have no minutes
    if narrow:
        _narrow(spec, rng)
    _turn_round(spec["signals"], Random(f"turned {seed}"))
    stored = [
        replace(engine_bars(asset, timeframe, rows), symbol=f"{asset}{suffix}")
        for asset, rows in drawn.bars.items()
        for suffix in ("USDT", "USDT-PERP")
    ]
    funding = [engine_funding(f"{asset}USDT-PERP", rates) for asset, rates in drawn.funding.items() if rates]
    candidates = ({}, *(_overrides(rng, spec) for _ in range(6)))
    return SweepCase(MemoryMarket(stored, funding), spec, candidates)


def _turn_round(part: Any, rng: Random) -> None:
    """Write the number of some comparisons on their left."""
    if isinstance(part, dict) and "value" in part and part["when"] != "eq" and rng.random() < 0.3:
        part["left"], part["right"] = repr(float(part.pop("value"))), part["left"]
    for inside in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _turn_round(inside, rng)


def _make_whole(market: RandomMarket) -> None:
    """Leave only the bars that every asset has."""
    times = set.intersection(*({bar.time for bar in bars} for bars in market.bars.values()))
    for asset, bars in market.bars.items():
        market.bars[asset] = [bar for bar in bars if bar.time in times]


def _narrow(spec: Json, rng: Random) -> None:
    spec["universe"]["market_type"] = "spot"
    spec["signals"] = {name: spec["signals"][name] for name in ("entry", "exit")}
    spec["risk"] = {
        name: value
        for name, value in spec["risk"].items()
        if name in ("max_leverage", "max_position_pct", "max_total_exposure_pct", "stop_loss", "take_profit")
    }
    if rng.random() < 0.3:
        spec["universe"]["venue"] = "binance"
    for name in ("fill", "entry_order", "max_orders_per_hour"):
        spec["execution"].pop(name, None)


def _overrides(rng: Random, spec: Json) -> Json:
    """Return one to three numbers of the spec, changed; now and then to what no spec may say."""
    leaves = [(path, value) for name in CHANGED for path, value in _numbers(spec.get(name), name)]
    chosen = rng.sample(leaves, min(len(leaves), rng.randrange(1, 4)))
    out: Json = {}
    for path, value in chosen:
        if isinstance(value, int):
            out[path] = max(1, value + rng.randrange(-3, 8)) if rng.random() < 0.9 else rng.choice((0, -5, 2.5, 10**7))
        else:
            out[path] = value * rng.uniform(0.5, 1.6) if rng.random() < 0.9 else rng.choice((0.0, -1.0, 1e9))
    return out


def _numbers(part: Any, path: str) -> list[tuple[str, int | float]]:
    if isinstance(part, bool):
        return []
    if isinstance(part, (int, float)):
        return [(path, part)]
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [leaf for name, value in inside for leaf in _numbers(value, f"{path}.{name}")]
