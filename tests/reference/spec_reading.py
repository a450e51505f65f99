"""From a spec's JSON and stored candles to a case of the naive simulator: the engine's pipeline, by hand.

Defaults are those of the specification. Indicators come from `indicator_formulas`, also plain Python.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import groupby
from math import fsum
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from reference.case import LONG, SHORT, Asset, Bar, Case, Level, Settings, Trail
from reference.columns import (
    annual_volatility,
    atr_ratio,
    average_true_range,
    funding_events,
    mean_quote_volume,
)
from reference.conditions import evaluate_alternatives, time_columns
from reference.indicator_formulas import FORMULAS, Candles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reference.conditions import Column
    from reference.markets import RandomMarket

    Json = Mapping[str, Any]

FEES = {"spot": (0.0010, 0.0010), "perp": (0.0002, 0.0005)}
HIGHER_MS = {"30m": 1_800_000, "1h": 3_600_000, "4h": 14_400_000, "1d": 86_400_000}
SLIPPAGE = {None: (0.0005, 0.0, 0.0), "basic": (0.0005, 0.0, 0.0), "conservative": (0.0005, 0.05, 1.0)}


def case_of_spec(spec: Json, market: RandomMarket, start: int, end: int, initial_equity: float) -> Case:
    """Return what a spec means on a market in the window [start, end)."""
    settings = settings_of(spec, market.interval_ms, initial_equity)
    settings.finer_ms = market.finer_ms
    assets = [asset_of(spec, settings, market, name, start, end) for name in spec["universe"]["assets"]]
    return Case(assets, settings)


def settings_of(spec: Json, interval_ms: int, initial_equity: float) -> Settings:
    """Return the rules of the account, the specification's defaults applied."""
    kind = spec["universe"].get("market_type", "spot")
    risk, sizing, execution = spec["risk"], spec["sizing"], spec["execution"]
    maker, taker = FEES[kind]
    fees = execution.get("fees", {})
    if execution.get("slippage_model") == "custom":
        custom = execution["slippage"]
        base, kv, kp = custom["base"], custom.get("kv", 0.0), custom.get("kp", 0.0)
    else:
        base, kv, kp = SLIPPAGE[execution.get("slippage_model")]
    leverage = risk.get("max_leverage", 1.0)
    return Settings(
        interval_ms=interval_ms,
        initial_equity=initial_equity,
        perp=kind == "perp",
        maker=fees.get("maker", maker),
        taker=fees.get("taker", taker),
        slippage_base=base,
        slippage_kv=kv,
        slippage_kp=kp,
        fill=execution.get("fill", "next_open"),
        sizing=sizing["mode"],
        size_value=sizing["value"],
        size_multiple=sizing.get("multiple", 1.0),
        stop=_level(risk.get("stop_loss")),
        target=_level(risk.get("take_profit")),
        leverage=leverage if kind == "perp" else min(1.0, leverage),
        max_position_fraction=risk.get("max_position_pct"),
        max_exposure_fraction=risk.get("max_total_exposure_pct"),
        max_positions=sizing.get("max_positions"),
        max_orders_per_hour=execution.get("max_orders_per_hour"),
        max_drawdown_fraction=risk.get("max_drawdown_pct"),
        reverse=spec["signals"].get("opposite_entry") == "reverse",
        win_rate=sizing.get("win_rate", 0.5),
        payoff=sizing.get("payoff", 1.0),
        kelly_multiplier=sizing.get("kelly_multiplier", 0.25),
        **_life_of(risk, execution),
    )


def _life_of(risk: Json, execution: Json) -> dict[str, Any]:
    """Return what may happen to a position, with the specification's words for it."""
    breakeven, limit = risk.get("breakeven", {}), risk.get("time_limit", {})
    order, checks = execution.get("entry_order", {}), risk.get("checks", {})
    hours = checks.get("session_hours")
    return {
        "trailing_stop": _trail(risk.get("trailing_stop")),
        "trailing_take": _trail(risk.get("trailing_take")),
        "breakeven_at": breakeven.get("at"),
        "breakeven_offset": breakeven.get("offset", 0.0),
        "partial_exits": [(part["at"], part["fraction"]) for part in risk.get("partial_exits", [])],
        "time_limit_bars": limit.get("bars"),
        "time_limit_minutes": limit.get("minutes"),
        "limit_offset": order.get("offset"),
        "limit_price": order.get("price"),
        "expires_bars": order.get("expires_bars"),
        "max_concurrent": checks.get("max_concurrent"),
        "cooldown_bars": checks.get("cooldown_bars"),
        "session_minutes": (_minute_of(hours["start"]), _minute_of(hours["end"])) if hours else None,
        "max_daily_loss_fraction": checks.get("max_daily_loss_pct"),
    }


def _minute_of(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _trail(written: Json | None) -> Trail | None:
    return None if written is None else Trail(written["type"], written["value"], written.get("activate_at"))


def _level(written: Json | None) -> Level | None:
    return None if written is None else Level(written["type"], written["value"])


def asset_of(spec: Json, settings: Settings, market: RandomMarket, name: str, start: int, end: int) -> Asset:
    """Return one asset's columns inside the window; they are computed over all bars stored before its end."""
    bars = [bar for bar in market.bars[name] if bar.time < end]
    columns = columns_of(spec, bars, market)
    inside = [i for i, bar in enumerate(bars) if bar.time >= start]

    def within(values: Sequence[Any]) -> list[Any]:
        return [values[i] for i in inside]

    def triggers(conditions: Sequence[Json]) -> list[bool]:
        return within(evaluate_alternatives(conditions, columns, len(bars)))

    signals, risk, sizing = spec["signals"], spec["risk"], spec["sizing"]
    short = signals.get("short", {"entry": [], "exit": []})
    stored = market.funding.get(name) if settings.perp else None
    window = within(bars)
    due = (
        funding_events(stored, window[0].time, window[-1].time + market.interval_ms) if settings.perp and window else []
    )
    return Asset(
        name=name,
        bars=window,
        entry={LONG: triggers(signals["entry"]), SHORT: triggers(short["entry"])},
        exit={LONG: triggers(signals["exit"]), SHORT: triggers(short["exit"])},
        atr_ratio=within(atr_ratio(bars)),
        quote_volume=within(mean_quote_volume(bars)),
        stop_atr=within(_atr_of(risk.get("stop_loss", {}), bars, columns)),
        target_atr=within(_atr_of(risk.get("take_profit", {}), bars, columns)),
        size_atr=within(average_true_range(bars, sizing.get("length", 14))),
        volatility=within(annual_volatility(bars, sizing.get("length", 30), market.interval_ms)),
        funding=due,
        stored_funding=stored,
        trail_atr=within(_atr_of(risk.get("trailing_stop", {}), bars, columns)),
        take_atr=within(_atr_of(risk.get("trailing_take", {}), bars, columns)),
        close_fill=within(_minute_prices(bars, market, name)) if settings.fill == "vwap" else None,
        finer=[small for small in market.finer.get(name, []) if start <= small.time < end],
    )


def _minute_prices(bars: Sequence[Bar], market: RandomMarket, name: str) -> Column:
    """Return the volume-weighted typical price of the five minutes before each close, None where one is missing."""
    minutes = {minute.time: minute for minute in market.minutes[name]}
    prices: Column = []
    for bar in bars:
        close = bar.time + market.interval_ms
        last = [minutes.get(close - back * 60_000) for back in range(5, 0, -1)]
        known = [minute for minute in last if minute is not None]
        volume = fsum(minute.volume for minute in known)
        if len(known) < len(last):
            prices.append(None)
        elif volume > 0:
            prices.append(fsum((m.high + m.low + m.close) / 3 * m.volume for m in known) / volume)
        else:
            prices.append(fsum(minute.close for minute in known) / 5)
    return prices


def _atr_of(level: Json, bars: Sequence[Bar], columns: Mapping[str, Column]) -> Column:
    """Return what a stop or target multiplies: an indicator's column, or the ATR of its length."""
    return columns[level["indicator"]] if "indicator" in level else average_true_range(bars, level.get("length", 14))


def columns_of(spec: Json, bars: Sequence[Bar], market: RandomMarket) -> dict[str, Column]:
    """Return every column an operand can name: fields, the calendar, the indicators and their outputs."""
    candles = _candles(bars, market.timeframe)
    columns: dict[str, Column] = {
        name: candles.source(name) for name in ("open", "high", "low", "close", "volume", "hl2", "hlc3", "ohlc4")
    }
    columns |= time_columns([bar.time + market.interval_ms for bar in bars])
    waiting = dict(spec["indicators"])
    while waiting:
        key = next(k for k, one in waiting.items() if one["inputs"].get("source", "close") in columns)
        one = waiting.pop(key)
        inputs = one["inputs"]
        source = inputs.get("source", "close")
        higher = inputs.get("timeframe", market.timeframe)
        if higher == market.timeframe:
            read, values = candles, columns[source]
        else:  # such an indicator reads a field of its own bars
            read = _candles(higher_bars(bars, HIGHER_MS[higher]), higher)
            values = read.source(source)
        found = FORMULAS[one["type"]](read, values, inputs)
        offset = inputs.get("offset", 0)
        for output, column in found.items() if isinstance(found, dict) else [("", found)]:
            shifted = ([None] * offset + list(column))[: len(column)]
            if read is not candles:
                ends = [time + HIGHER_MS[higher] for time in read.time]
                shifted = [_last_known(shifted, ends, bar.time + market.interval_ms) for bar in bars]
            columns[f"{key}.{output}" if output else key] = shifted
    return columns


def _candles(bars: Sequence[Bar], timeframe: str) -> Candles:
    arrays = {
        name: array("d", [getattr(bar, name) for bar in bars]) for name in ("open", "high", "low", "close", "volume")
    }
    return Candles(SimpleNamespace(time=array("q", [bar.time for bar in bars]), timeframe=timeframe, **arrays))


def higher_bars(bars: Sequence[Bar], length_ms: int) -> list[Bar]:
    """Put bars together to longer ones on the grid of UTC."""
    groups = groupby(bars, key=lambda bar: bar.time // length_ms * length_ms)
    return [
        Bar(
            time,
            parts[0].open,
            max(part.high for part in parts),
            min(part.low for part in parts),
            parts[-1].close,
            fsum(part.volume for part in parts),
        )
        for time, parts in ((time, list(group)) for time, group in groups)
    ]


def _last_known(values: Column, ends: Sequence[int], close: int) -> float | None:
    """Return the value of the last bar that has ended by a close."""
    known = bisect_right(ends, close)
    return values[known - 1] if known else None
