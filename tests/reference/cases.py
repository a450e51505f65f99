"""Random cases below the level of a spec: markets, signals at closes, and the rules of an account.

A case has a theme, which makes one rare thing common, so that a batch of some hundred cases meets every close
reason, every cut and every rejection often. `test_against_naive` counts them.
"""

from __future__ import annotations

from math import exp
from random import Random
from typing import Any

from reference.case import LONG, SHORT, Asset, Bar, Case, Level, Settings
from reference.columns import atr_ratio, average_true_range, funding_events, mean_quote_volume
from reference.lives import draw_asset_life, draw_life
from reference.markets import RandomMarket, random_market

THEMES = (
    *("plain", "protected", "limits", "crowded", "crowded", "throttle", "guard", "ruin", "ruin"),
    *("gappy guard", "gappy guard", "crumbs", "unknown", "tight levels", "cash"),
    *("trailing stop", "trailing take", "trailing take", "breakeven", "parts", "time", "limit entries"),
    *("finer", "finer limits", "vwap", "checks", "crowd", "day lost", "day lost", "kelly", "venue", "everything"),
)

LENGTHS = {"day lost": (120, 160), "ruin": (40, 70), "guard": (60, 100), "crowded": (120, 160), "plain": (100, 140)}
"""Bars of a case, where a theme needs few of them or many."""


def random_case(seed: int) -> Case:
    """Return the case of a seed; its theme follows from the seed, the rest from a generator seeded with it."""
    rng, theme = Random(seed), THEMES[seed % len(THEMES)]
    crowd = theme in ("crowded", "crowd", "gappy guard", "limits", "cash", "crumbs", "ruin", "day lost")
    market = random_market(
        rng,
        n_assets=rng.randrange(3, 6) if crowd else rng.choice((1, 1, 2) if theme.startswith("trailing") else (1, 2, 3)),
        n_bars=rng.randrange(*LENGTHS.get(theme, (75, 130))),
        timeframe=rng.choice(("1m", "15m", "1h")) if theme == "throttle" else rng.choice(("15m", "1h", "4h", "1d")),
        gap_chance={"gappy guard": 0.5, "crowded": 0.5, "crowd": 0.5}.get(theme, rng.choice((0.0, 0.02, 0.1))),
        wild=rng.choice((0.03, 0.06))
        if theme in ("ruin", "guard", "gappy guard", "day lost")
        else exp(rng.uniform(-6.0, -3.0)),
    )
    perp = theme == "ruin" or (theme not in ("cash", "crumbs") and rng.random() < 0.65)
    settings = random_settings(rng, theme, perp=perp, interval_ms=market.interval_ms)
    draw_life(rng, theme, market, settings)
    _with_price_levels(rng, market, settings)
    assets = [random_asset(rng, market, name, settings, theme) for name in market.bars]
    return Case(assets, settings)


def random_settings(rng: Random, theme: str, *, perp: bool, interval_ms: int) -> Settings:
    """Return the rules of an account; each is drawn, and a theme presses on some of them."""
    modes = ("percent_equity", "fixed_notional", "volatility_target", "risk_per_trade", "atr_risk")
    sizing = rng.choice(modes)
    initial = exp(rng.uniform(4.0, 12.0))
    stop = random_level(rng, 0.75 if theme == "protected" or sizing == "risk_per_trade" else 0.4)
    if sizing == "risk_per_trade" and stop is None:
        stop = Level("percent", rng.uniform(0.005, 0.1))
    free = rng.random() < 0.25
    wanted: dict[str, Any] = {
        "interval_ms": interval_ms,
        "initial_equity": initial,
        "perp": perp,
        "maker": 0.0 if free else rng.uniform(-0.0001, 0.002),
        "taker": 0.0 if free else rng.uniform(0.0001, 0.003),
        "slippage_base": 0.0 if free else rng.choice((0.0, 0.0005, 0.002)),
        "slippage_kv": rng.choice((0.0, 0.05, 0.3)),
        "slippage_kp": rng.choice((0.0, 1.0, 3.0)),
        "fill": rng.choice(("next_open", "next_open", "close")),
        "sizing": sizing,
        "size_value": _size_value(rng, sizing, initial),
        "size_multiple": rng.uniform(0.5, 4.0),
        "stop": stop,
        "target": random_level(rng, 0.75 if theme == "protected" else 0.4),
        "leverage": rng.uniform(0.5, 8.0) if perp else rng.choice((1.0, 1.0, 0.6)),
        "reverse": perp and rng.random() < 0.4,
        "entry_bar_stops": rng.random() < 0.78,
        "stop_beats_signal": rng.random() < 0.2,
    }
    for name, value in _limits(rng, theme).items():
        wanted[name] = value
    if theme == "ruin":
        wanted |= {"sizing": "fixed_notional", "leverage": 60.0, "max_position_fraction": None, "stop": None}
        wanted |= {"max_exposure_fraction": None, "size_value": initial * rng.uniform(3.0, 12.0), "reverse": True}
    if theme == "gappy guard":
        wanted |= {"fill": "next_open", "max_positions": None, "sizing": "percent_equity", "size_value": 0.3}
        wanted |= {"max_orders_per_hour": None, "stop": None, "target": None}
    if theme == "tight levels":
        wanted |= {"slippage_base": 0.004, "fill": "next_open"}
        wanted["stop"] = Level("percent", rng.uniform(0.001, 0.006))
        wanted["target"] = rng.choice((None, Level("percent", rng.uniform(0.0005, 0.02))))
    if theme == "cash":
        wanted |= {"sizing": "percent_equity", "size_value": rng.uniform(0.3, 1.0), "slippage_base": 0.001}
        wanted["max_position_fraction"] = wanted["max_exposure_fraction"] = None
    if theme == "crumbs":
        tiny = exp(rng.uniform(-4.5, -3.0))
        wanted |= {"initial_equity": tiny, "sizing": "percent_equity", "size_value": rng.uniform(0.3, 0.9)}
        wanted |= {"slippage_base": 0.001, "leverage": 1.0}
        wanted |= {"max_position_fraction": rng.choice((None, 0.2)), "max_exposure_fraction": None}
    if theme == "crowded":
        wanted |= {"max_positions": rng.choice((1, 1, 2)), "fill": "next_open", "stop": None, "target": None}
        wanted |= {"sizing": "percent_equity", "size_value": 0.3, "max_drawdown_fraction": None}
    return Settings(**wanted)


def _size_value(rng: Random, sizing: str, initial: float) -> float:
    ranges = {
        "percent_equity": (0.1, 1.0),
        "fixed_notional": (0.05 * initial, 1.2 * initial),
        "volatility_target": (0.05, 0.6),
        "risk_per_trade": (0.002, 0.05),
        "atr_risk": (0.002, 0.05),
    }
    return rng.uniform(*ranges[sizing])


def _limits(rng: Random, theme: str) -> dict[str, float | int | None]:
    chance = 0.85 if theme == "limits" else 0.3
    return {
        "max_position_fraction": rng.uniform(0.05, 0.6) if rng.random() < chance else None,
        "max_exposure_fraction": rng.uniform(0.1, 1.0) if rng.random() < chance else None,
        "max_positions": rng.randrange(1, 4) if rng.random() < 0.25 else None,
        "max_orders_per_hour": rng.randrange(1, 4) if theme == "throttle" or rng.random() < 0.15 else None,
        "max_drawdown_fraction": rng.uniform(0.03, 0.12) if "guard" in theme or rng.random() < 0.1 else None,
    }


def random_level(rng: Random, chance: float) -> Level | None:
    """Return a stop or target of any type, or none."""
    if rng.random() > chance:
        return None
    kind = rng.choice(("percent", "percent", "percent", "atr", "atr", "price"))
    if kind == "atr":
        return Level("atr", rng.uniform(0.3, 4.0))
    return Level(kind, exp(rng.uniform(-6.0, -2.0)))


def _with_price_levels(rng: Random, market: RandomMarket, settings: Settings) -> None:
    """Put ``price`` levels among the prices of a single asset; a spec allows them for one asset only."""
    prices = sorted(bar.close for bar in next(iter(market.bars.values())))
    for rule, at in ((settings.stop, 0.1), (settings.target, 0.9)):
        if rule is not None and rule.type == "price" and len(market.bars) > 1:
            rule.type, rule.value = "percent", exp(rng.uniform(-6.0, -2.0))
        elif rule is not None and rule.type == "price":
            where = min(1.0, max(0.0, at + rng.uniform(-0.1, 0.1)))
            rule.value = prices[int(where * (len(prices) - 1))] * exp(rng.gauss(0.0, 0.002))


def random_asset(rng: Random, market: RandomMarket, name: str, settings: Settings, theme: str) -> Asset:
    """Return an asset with its columns and with signals drawn as events or as levels that last."""
    bars = market.bars[name]
    stored = market.funding.get(name) if settings.perp else None
    busy = rng.uniform(0.3, 0.5) if theme in ("crowded", "crowd", "gappy guard") else rng.uniform(0.15, 0.4)
    entry = {side: random_signal(rng, len(bars), busy) for side in (LONG, SHORT)}
    leave = {side: random_signal(rng, len(bars), busy / 1.5) for side in (LONG, SHORT)}
    if not settings.perp:
        entry[SHORT] = leave[SHORT] = [False] * len(bars)
    atr = average_true_range(bars, rng.choice((2, 5, 14)))
    volatility: list[float | None] = [rng.uniform(0.1, 2.0) for _ in bars]
    if theme == "unknown":
        atr = [value if rng.random() < 0.7 else None for value in atr]
        volatility = [rng.choice((None, 0.0, value)) for value in volatility]
    end = bars[-1].time + settings.interval_ms
    asset = Asset(
        name=name,
        bars=bars,
        entry=entry,
        exit=leave,
        atr_ratio=atr_ratio(bars),
        quote_volume=mean_quote_volume(bars),
        stop_atr=atr,
        target_atr=atr,
        size_atr=atr,
        volatility=volatility,
        funding=funding_events(stored, bars[0].time, end) if settings.perp else [],
        stored_funding=stored,
    )
    draw_asset_life(rng, theme, market, asset, settings)
    return asset


def random_signal(rng: Random, n_bars: int, chance: float) -> list[bool]:
    """Return events (true for one bar) or levels (true for a run of bars), at random."""
    lasting = 1 if rng.random() < 0.6 else rng.randrange(2, 12)
    signal = [False] * n_bars
    for t in range(n_bars):
        if rng.random() < chance / lasting:
            signal[t : t + lasting] = [True] * len(signal[t : t + lasting])
    return signal


def describe(bars: list[Bar]) -> str:
    """Return bars as the text of a table, for the message of a failing case."""
    return "\n".join(f"{b.time} {b.open!r} {b.high!r} {b.low!r} {b.close!r} {b.volume!r}" for b in bars)
