"""Draws what a position may live through: trailing levels, parts, limit entries, checks, venues, finer bars.

Each theme makes one rare thing common; the rest of a case is drawn by `cases`.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

from reference.case import Bar, Level, Trail, Venue
from reference.markets import INTERVALS_MS

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from reference.case import Asset, Settings
    from reference.markets import RandomMarket

FINER_MS = {
    INTERVALS_MS["15m"]: (180_000, 300_000),
    INTERVALS_MS["1h"]: (900_000, 1_800_000),
    INTERVALS_MS["4h"]: (3_600_000, 7_200_000),
    INTERVALS_MS["1d"]: (14_400_000, 28_800_000),
}


def draw_life(rng: Random, theme: str, market: RandomMarket, settings: Settings) -> None:
    """Give an account's rules what the theme is about, and now and then something else besides."""
    if theme in ("ruin", "gappy guard") and rng.random() < 0.3:
        settings.limit_offset = _distance(rng, -6.0, -4.0)
    drawn = [draw for name, draw in DRAWS.items() if theme == name or rng.random() < OTHERS.get(theme, 0.0)]
    for draw in drawn:
        draw(rng, market, settings)
    if drawn or settings.limit_entries:
        settings.entry_bar_stops, settings.stop_beats_signal = True, False


def _distance(rng: Random, low: float, high: float) -> float:
    return exp(rng.uniform(low, high))


def _trail(rng: Random, market: RandomMarket, *, activated: float) -> Trail:
    """Return a trailing level whose distances fit the market: a fraction, ATRs, or money where there is one asset."""
    kinds = ("percent", "atr", "price", "price") if len(market.bars) == 1 else ("percent", "atr")
    kind = rng.choice(kinds)
    scale = {"percent": 1.0, "atr": 120.0, "price": next(iter(market.bars.values()))[0].close}[kind]
    value = scale * _distance(rng, -5.5, -3.0)
    return Trail(kind, value, value * _distance(rng, -1.5, 0.7) if rng.random() < activated else None)


def trailing_stop(rng: Random, market: RandomMarket, settings: Settings) -> None:
    settings.trailing_stop = _trail(rng, market, activated=0.5)
    if rng.random() < 0.4 and settings.sizing != "risk_per_trade":
        settings.stop = None
    elif settings.stop is None:
        settings.stop = Level("percent", _distance(rng, -5.0, -3.0))


def trailing_take(rng: Random, market: RandomMarket, settings: Settings) -> None:
    settings.trailing_take = _trail(rng, market, activated=0.4)
    if rng.random() < 0.6:
        settings.target = Level("percent", _distance(rng, -5.5, -3.5))


def breakeven(rng: Random, market: RandomMarket, settings: Settings) -> None:
    settings.breakeven_at = _distance(rng, -6.0, -3.5)
    settings.breakeven_offset = rng.choice((0.0, 0.0, 0.5, -0.5, 1.2)) * settings.breakeven_at


def partial_exits(rng: Random, market: RandomMarket, settings: Settings) -> None:
    at, left = _distance(rng, -6.5, -4.0), 1.0
    settings.partial_exits = []
    for _ in range(rng.randrange(1, 4)):
        fraction = left if rng.random() < 0.4 else rng.choice((0.5, 0.25, rng.uniform(0.05, 0.6)))
        if not 0.0 < fraction <= left:
            break
        settings.partial_exits.append((at, fraction))
        left -= fraction
        at *= rng.uniform(1.1, 2.0)
    if rng.random() < 0.6:
        settings.stop = Level("percent", _distance(rng, -5.5, -3.5))
    if rng.random() < 0.6:
        settings.target = Level("percent", _distance(rng, -5.0, -3.0))


def time_limit(rng: Random, market: RandomMarket, settings: Settings) -> None:
    if rng.random() < 0.6:
        settings.time_limit_bars = rng.randrange(1, 8)
    if settings.time_limit_bars is None or rng.random() < 0.3:
        settings.time_limit_minutes = max(1, round(rng.uniform(0.5, 6.0) * market.interval_ms / 60_000))


def limit_entries(rng: Random, market: RandomMarket, settings: Settings) -> None:
    if len(market.bars) == 1 and rng.random() < 0.4:
        (bars,) = market.bars.values()
        settings.limit_offset = None
        settings.limit_price = sorted(bar.close for bar in bars)[int(rng.uniform(0.2, 0.8) * len(bars))]
        settings.limit_price *= exp(rng.gauss(0.0, 0.001))
        if settings.stop is not None and settings.stop.type == "price":
            settings.stop = Level("percent", _distance(rng, -5.0, -3.0))
    else:
        settings.limit_offset = rng.choice((0.0, _distance(rng, -7.0, -4.0), _distance(rng, -7.0, -4.0)))
        settings.limit_price = None
    settings.expires_bars = rng.choice((None, 1, 2, 3, 6))
    if rng.random() < 0.6:
        settings.stop = Level("percent", _distance(rng, -6.5, -4.0))
    if rng.random() < 0.5:
        settings.target = Level("percent", _distance(rng, -6.0, -4.0))


def finer(rng: Random, market: RandomMarket, settings: Settings) -> None:
    if settings.interval_ms not in FINER_MS:
        return
    settings.finer_ms = rng.choice(FINER_MS[settings.interval_ms])
    settings.stop = Level("percent", _distance(rng, -6.0, -4.0))
    settings.target = Level("percent", _distance(rng, -6.0, -4.0))
    if rng.random() < 0.4:
        partial_exits(rng, market, settings)


def finer_limits(rng: Random, market: RandomMarket, settings: Settings) -> None:
    finer(rng, market, settings)
    limit_entries(rng, market, settings)


def vwap(rng: Random, market: RandomMarket, settings: Settings) -> None:
    settings.fill = "vwap"


def checks(rng: Random, market: RandomMarket, settings: Settings) -> None:
    if rng.random() < 0.5:
        settings.max_concurrent = rng.randrange(1, 3)
    if rng.random() < 0.5:
        settings.cooldown_bars = rng.randrange(1, 8)
    if rng.random() < 0.5 and settings.interval_ms < INTERVALS_MS["1d"]:
        start, end = rng.randrange(1_440), rng.randrange(1_440)
        settings.session_minutes = (start // 60 * 60, end // 60 * 60) if rng.random() < 0.5 else (start, end)


def crowd(rng: Random, market: RandomMarket, settings: Settings) -> None:
    settings.max_concurrent, settings.max_positions = rng.choice((1, 1, 2)), rng.choice((None, None, 3))
    settings.stop = settings.target = settings.max_drawdown_fraction = None
    settings.sizing, settings.size_value = "percent_equity", 0.2


def day_lost(rng: Random, market: RandomMarket, settings: Settings) -> None:
    settings.max_daily_loss_fraction = _distance(rng, -6.0, -3.5)
    settings.sizing, settings.size_value = "percent_equity", rng.uniform(0.3, 1.0)
    settings.max_position_fraction = settings.max_exposure_fraction = None
    if rng.random() < 0.6:
        settings.limit_offset, settings.limit_price = _distance(rng, -5.0, -3.0), None
        settings.fill, settings.expires_bars = "next_open", rng.choice((None, 8))


def kelly(rng: Random, market: RandomMarket, settings: Settings) -> None:
    settings.sizing, settings.size_value = "kelly", rng.uniform(0.05, 0.6)
    settings.win_rate, settings.payoff = rng.uniform(0.3, 0.7), rng.uniform(0.6, 3.0)
    settings.kelly_multiplier = rng.choice((0.25, 0.5, 1.0))


def draw_venue(rng: Random, market: RandomMarket, name: str, settings: Settings) -> Venue:
    """Return steps, ticks and a smallest notional that an account of this size feels, or some of them."""
    price, money = market.bars[name][0].close, settings.initial_equity
    venue = Venue()
    if rng.random() < 0.7:
        venue.quantity_step = 0.3 * money / price / rng.uniform(2.0, 200.0)
    if rng.random() < 0.5:
        venue.smallest_notional = money * _distance(rng, -5.0, -1.0)
    if rng.random() < 0.7:
        venue.price_tick = price * _distance(rng, -9.0, -4.5)
    return venue


def draw_tiers(rng: Random, settings: Settings) -> list[tuple[float, float, float]]:
    """Return a margin table that is continuous, as venues' are."""
    tiers, floor, rate, deduction = [], 0.0, rng.uniform(0.002, 0.01), 0.0
    for _ in range(rng.randrange(1, 5)):
        tiers.append((floor, rate, deduction))
        floor = (floor or settings.initial_equity * rng.uniform(0.5, 4.0)) * rng.uniform(1.2, 2.0)
        higher = rate * rng.uniform(1.3, 3.0)
        deduction, rate = deduction + floor * (higher - rate), higher
    return tiers


def draw_asset_life(rng: Random, theme: str, market: RandomMarket, asset: Asset, settings: Settings) -> None:
    """Give an asset what its account's rules need: ATRs, prices at closes, finer bars, a venue."""
    asset.trail_atr, asset.take_atr = asset.stop_atr, asset.target_atr
    if settings.fill == "vwap":
        gaps = rng.choice((0.0, 0.1, 0.3))
        asset.close_fill = [
            None if rng.random() < gaps else rng.choice((bar.close, rng.uniform(bar.low, bar.high)))
            for bar in asset.bars
        ]
    if settings.finer_ms:
        asset.finer = random_finer(rng, asset.bars, settings.interval_ms, settings.finer_ms)
    if theme in ("venue", "everything"):
        asset.venue = draw_venue(rng, market, asset.name, settings)
    if settings.perp and (theme == "everything" or (theme == "ruin" and rng.random() < 0.5)):
        asset.venue.tiers = draw_tiers(rng, settings)


def random_finer(rng: Random, bars: list[Bar], interval_ms: int, finer_ms: int) -> list[Bar]:
    """Return finer bars that make up each bar, with holes in some of them."""
    count = interval_ms // finer_ms
    made = []
    for bar in bars:
        small = _on_a_way(rng, bar, count, finer_ms)
        if rng.random() < 0.15:
            del small[rng.randrange(count)]
        made += small
    return made


def _on_a_way(rng: Random, bar: Bar, count: int, length_ms: int) -> list[Bar]:
    """Walk from the open over both extremes to the close, in finer bars."""
    ends = [bar.low, bar.high]
    rng.shuffle(ends)
    places = [0.0, *sorted(rng.uniform(0.0, count) for _ in ends), float(count)]
    prices = [bar.open, *ends, bar.close]

    def price(at: float) -> float:
        k = max(n for n in range(3) if places[n] <= at)
        share = (at - places[k]) / (places[k + 1] - places[k]) if at < count else 1.0
        return prices[k] + share * (prices[k + 1] - prices[k])

    small: list[Bar] = []
    for k in range(count):
        first = price(k)
        if k and rng.random() < 0.3:
            first += rng.uniform(0.0, 0.3) * (rng.choice((bar.low, bar.high)) - first)  # a gap between finer bars
        on_the_way = [one for place, one in zip(places, prices, strict=True) if k <= place <= k + 1]
        seen = [first, price(k + 1), *on_the_way]
        small.append(Bar(bar.time + k * length_ms, first, max(seen), min(seen), price(k + 1)))
    return small


DRAWS: dict[str, Callable[[Random, RandomMarket, Settings], None]] = {
    "trailing stop": trailing_stop,
    "trailing take": trailing_take,
    "breakeven": breakeven,
    "parts": partial_exits,
    "time": time_limit,
    "limit entries": limit_entries,
    "finer": finer,
    "finer limits": finer_limits,
    "vwap": vwap,
    "checks": checks,
    "crowd": crowd,
    "day lost": day_lost,
    "kelly": kelly,
}

OTHERS = {"everything": 0.25, "finer": 0.08, "vwap": 0.08, "venue": 0.2}
"""How likely a theme draws each of the other things as well."""
