"""From a spec's JSON and stored candles to a case of the naive simulator: the engine's pipeline, by hand.

Defaults are those of the specification. Indicators come from `indicator_formulas`, also plain Python.
"""

from __future__ import annotations

from array import array
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from reference.case import LONG, SHORT, Asset, Case, Level, Settings
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

    from reference.case import Bar
    from reference.conditions import Column
    from reference.markets import RandomMarket

    Json = Mapping[str, Any]

FEES = {"spot": (0.0010, 0.0010), "perp": (0.0002, 0.0005)}
SLIPPAGE = {None: (0.0005, 0.0, 0.0), "basic": (0.0005, 0.0, 0.0), "conservative": (0.0005, 0.05, 1.0)}


def case_of_spec(spec: Json, market: RandomMarket, start: int, end: int, initial_equity: float) -> Case:
    """Return what a spec means on a market in the window [start, end)."""
    settings = settings_of(spec, market.interval_ms, initial_equity)
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
    )


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
    )


def _atr_of(level: Json, bars: Sequence[Bar], columns: Mapping[str, Column]) -> Column:
    """Return what a stop or target multiplies: an indicator's column, or the ATR of its length."""
    return columns[level["indicator"]] if "indicator" in level else average_true_range(bars, level.get("length", 14))


def columns_of(spec: Json, bars: Sequence[Bar], market: RandomMarket) -> dict[str, Column]:
    """Return every column an operand can name: fields, the calendar, the indicators and their outputs."""
    arrays = {
        name: array("d", [getattr(bar, name) for bar in bars]) for name in ("open", "high", "low", "close", "volume")
    }
    times = array("q", [bar.time for bar in bars])
    candles = Candles(SimpleNamespace(time=times, timeframe=market.timeframe, **arrays))
    columns: dict[str, Column] = {
        name: candles.source(name) for name in ("open", "high", "low", "close", "volume", "hl2", "hlc3", "ohlc4")
    }
    columns |= time_columns([bar.time + market.interval_ms for bar in bars])
    waiting = dict(spec["indicators"])
    while waiting:
        key = next(k for k, one in waiting.items() if one["inputs"].get("source", "close") in columns)
        one = waiting.pop(key)
        inputs = one["inputs"]
        found = FORMULAS[one["type"]](candles, columns[inputs.get("source", "close")], inputs)
        offset = inputs.get("offset", 0)
        for output, values in found.items() if isinstance(found, dict) else [("", found)]:
            shifted = [None] * offset + list(values)
            columns[f"{key}.{output}" if output else key] = shifted[: len(bars)]
    return columns
