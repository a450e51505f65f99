"""Random strategy specs as JSON data: every operator, sizing mode, limit, stop and fill that is simulated.

A spec is drawn for a market: its assets and its timeframe. Comparisons are drawn between figures of one kind
(prices with prices, oscillators with numbers of their range), so that most conditions are neither always
nor never true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference.spec_lives import add_life

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from reference.markets import RandomMarket

    Json = dict[str, Any]

HIGHER = {"15m": ("30m", "1h"), "1h": ("4h", "1d"), "4h": ("1d",), "1d": ("1d",)}
"""Timeframes an indicator may be computed on; the last is no higher one, and allowed as well."""

PRICE_FIELDS = ("open", "high", "low", "close", "hl2", "hlc3", "ohlc4")


def random_spec(rng: Random, market: RandomMarket) -> Json:
    """Return a spec for the assets of a market."""
    perp = rng.random() < 0.6
    signals = _Signals(rng, market.timeframe)
    long = {"entry": signals.alternatives(), "exit": signals.ways_out()}
    spec: Json = {
        "id": "random",
        "name": "A random strategy",
        "version": "1.0",
        "universe": {
            "assets": list(market.bars),
            "timeframe": market.timeframe,
            "market_type": "perp" if perp else "spot",
        },
        "indicators": signals.indicators,
        "signals": long,
        "sizing": random_sizing(rng),
        "risk": random_risk(rng, signals, perp=perp),
        "execution": random_execution(rng),
    }
    if perp and rng.random() < 0.7:
        long["short"] = {"entry": signals.alternatives(), "exit": signals.ways_out()}
        if rng.random() < 0.5:
            long["opposite_entry"] = rng.choice(("reverse", "ignore"))
    if spec["sizing"]["mode"] == "risk_per_trade" and "stop_loss" not in spec["risk"]:
        spec["risk"]["stop_loss"] = {"type": "percent", "value": rng.uniform(0.005, 0.05)}
    _one_sided_price_level(rng, market, spec)
    add_life(rng, spec, market)
    return spec


def random_sizing(rng: Random) -> Json:
    mode = rng.choice(
        (
            *("percent_equity", "percent_equity", "fixed_notional", "volatility_target", "risk_per_trade", "atr_risk"),
            "kelly",
        )
    )
    low, high = {
        "percent_equity": (0.05, 1.0),
        "fixed_notional": (200.0, 15_000.0),
        "volatility_target": (0.05, 0.5),
        "risk_per_trade": (0.002, 0.03),
        "atr_risk": (0.002, 0.03),
        "kelly": (0.02, 0.8),
    }[mode]
    sizing: Json = {"mode": mode, "value": rng.uniform(low, high)}
    if mode == "kelly":
        sizing |= {"win_rate": rng.uniform(0.45, 0.7), "payoff": rng.uniform(1.3, 3.0)}
        if rng.random() < 0.5:
            sizing["kelly_multiplier"] = rng.uniform(0.1, 1.0)
    if mode == "atr_risk":
        sizing["multiple"] = rng.uniform(0.5, 4.0)
    if mode in ("atr_risk", "volatility_target") and rng.random() < 0.5:
        sizing["length"] = rng.randrange(3, 20)
    if rng.random() < 0.3:
        sizing["max_positions"] = rng.randrange(1, 4)
    return sizing


def random_risk(rng: Random, signals: _Signals, *, perp: bool) -> Json:
    risk: Json = {}
    if rng.random() < 0.5:
        risk["max_leverage"] = rng.uniform(0.5, 5.0) if perp else rng.uniform(0.4, 2.0)
    if rng.random() < 0.3:
        risk["max_position_pct"] = rng.uniform(0.05, 1.0)
    if rng.random() < 0.3:
        risk["max_total_exposure_pct"] = rng.uniform(0.1, 1.0)
    if rng.random() < 0.2:
        risk["max_drawdown_pct"] = rng.uniform(0.02, 0.3)
    for name, chance in (("stop_loss", 0.55), ("take_profit", 0.45)):
        if rng.random() < chance:
            risk[name] = random_protection(rng, signals)
    return risk


def random_protection(rng: Random, signals: _Signals) -> Json:
    if rng.random() < 0.6:
        return {"type": "percent", "value": rng.uniform(0.004, 0.08)}
    level: Json = {"type": "atr", "value": rng.uniform(0.5, 4.0)}
    source = rng.choice((None, "length", "indicator"))
    if source == "length":
        level["length"] = rng.randrange(2, 20)
    if source == "indicator":
        level["indicator"] = signals.key("atr", {"length": rng.randrange(3, 15)})
    return level


def _one_sided_price_level(rng: Random, market: RandomMarket, spec: Json) -> None:
    """Sometimes turn the stop into a price, which needs one asset and one side."""
    if len(market.bars) == 1 and "short" not in spec["signals"] and "stop_loss" in spec["risk"] and rng.random() < 0.5:
        (bars,) = market.bars.values()
        lows = sorted(bar.low for bar in bars)
        spec["risk"]["stop_loss"] = {"type": "price", "value": lows[int(rng.uniform(0.0, 0.3) * len(lows))]}


def random_execution(rng: Random) -> Json:
    execution: Json = {"mode": "paper"}
    if rng.random() < 0.5:
        execution["fill"] = rng.choice(("next_open", "close", "close"))
    if rng.random() < 0.4:
        execution["fees"] = {"maker": rng.uniform(0.0, 0.001), "taker": rng.uniform(0.0, 0.002)}
    model = rng.choice((None, "basic", "conservative", "conservative", "custom"))
    if model is not None:
        execution["slippage_model"] = model
    if model == "custom":
        execution["slippage"] = {
            "base": rng.choice((0.0, 0.001)),
            "kv": rng.choice((0.0, 0.2)),
            "kp": rng.choice((0.0, 2.0)),
        }
    if rng.random() < 0.2:
        execution["max_orders_per_hour"] = rng.randrange(1, 4)
    return execution


class _Signals:
    """Draws conditions and, beside them, the indicators they read."""

    def __init__(self, rng: Random, timeframe: str) -> None:
        self.rng, self.timeframe = rng, timeframe
        self.indicators: dict[str, Json] = {}

    def alternatives(self) -> list[Json]:
        return [self.condition(depth=2) for _ in range(self.rng.choice((1, 1, 2)))]

    def ways_out(self) -> list[Json]:
        """Return exits: mostly events, as a lasting exit would keep every entry away."""
        events = [self.cross() if self.rng.random() < 0.75 else self.condition(depth=1)]
        return events + [self.cross() for _ in range(self.rng.choice((0, 0, 1)))]

    def condition(self, depth: int) -> Json:
        """Return a condition with at most ``depth`` levels of logic above its comparisons."""
        rng = self.rng
        kinds: list[Callable[[], Json]] = [self.cross, self.comparison, self.range, self.run, self.calendar]
        if depth > 0 and rng.random() < 0.35:
            when = rng.choice(("and", "or", "not"))
            count = 1 if when == "not" else rng.randrange(2, 4)
            condition: Json = {"when": when, "conditions": [self.condition(depth - 1) for _ in range(count)]}
        else:
            (kind,) = rng.choices(kinds, weights=(5, 4, 2, 2, 2))
            condition = kind()
        if depth > 0 and rng.random() < 0.12:
            condition["filters"] = [self.condition(0)]
        if rng.random() < 0.08:
            condition["for_bars"] = rng.randrange(2, 4)
        if rng.random() < 0.08:
            condition["within_bars"] = rng.randrange(2, 6)
        return condition

    def cross(self) -> Json:
        when = self.rng.choice(("crosses_above", "crosses_below"))
        if self.rng.random() < 0.3:
            key, low, high = self.oscillator()
            return {"when": when, "left": key, "value": self.rng.uniform(low, high)}
        return {"when": when, "left": self.price(), "right": self.average()}

    def comparison(self) -> Json:
        when = self.rng.choice(("gt", "gte", "lt", "lte"))
        if self.rng.random() < 0.4:
            key, low, high = self.oscillator()
            return {"when": when, "left": key, "value": self.rng.uniform(low, high)}
        if self.rng.random() < 0.2:
            return {"when": when, "left": "volume", "right": "volume[1] * 1.2"}
        return {"when": when, "left": self.price(), "right": self.average()}

    def range(self) -> Json:
        key, low, high = self.oscillator()
        middle = self.rng.uniform(low, high)
        if self.rng.random() < 0.3:
            return {
                "when": "between",
                "left": "close",
                "low": f"low[1] * {self.rng.uniform(0.98, 1.0)!r}",
                "high": "high[1]",
            }
        return {"when": "between", "left": key, "low": (low + middle) / 2, "high": (high + middle) / 2}

    def run(self) -> Json:
        when = self.rng.choice(("rising", "falling"))
        return {
            "when": when,
            "left": self.rng.choice((self.average(), "close", "high")),
            "bars": self.rng.randrange(1, 4),
        }

    def calendar(self) -> Json:
        if self.timeframe == "1d":
            return {"when": "lte", "left": "time.weekday", "value": float(self.rng.randrange(2, 6))}
        if self.rng.random() < 0.5:
            return {"when": "eq", "left": "time.hour", "value": float(self.rng.randrange(0, 24, 4))}
        first = float(self.rng.randrange(0, 12))
        return {"when": "between", "left": "time.hour", "low": first, "high": first + 10.0}

    # -- operands ---------------------------------------------------------------------------

    def price(self) -> str:
        lag = self.rng.choice(("", "", "", "[1]", "[2]"))
        return self.rng.choice((f"close{lag}", f"close{lag}", f"{self.rng.choice(PRICE_FIELDS)}{lag}", self.average()))

    def average(self) -> str:
        """Return an operand that is a price: an average, a band, an extreme, or arithmetic over them."""
        rng = self.rng
        kind = rng.choice(("sma", "ema", "wma", "highest", "lowest", "bbands", "donchian"))
        if kind == "bbands":
            key = self.key(kind, {"length": rng.randrange(5, 20), "stddev": rng.uniform(0.5, 2.0)})
            return f"{key}.{rng.choice(('upper', 'middle', 'lower'))}"
        if kind == "donchian":
            return f"{self.key(kind, {'length': rng.randrange(3, 15)})}.{rng.choice(('upper', 'middle', 'lower'))}"
        inputs: Json = {"length": rng.randrange(2, 20)}
        if rng.random() < 0.4:
            inputs["source"] = rng.choice(PRICE_FIELDS)
        if rng.random() < 0.1:
            inputs["offset"] = rng.randrange(1, 4)
        if rng.random() < 0.15:
            inputs |= {"timeframe": rng.choice(HIGHER[self.timeframe]), "length": rng.randrange(2, 6)}
        key = self.key(kind, inputs)
        form = rng.random()
        if form < 0.7:
            return key
        if form < 0.8:
            return f"{key} * {rng.uniform(0.99, 1.01)!r}"
        if form < 0.9:
            atr = self.key("atr", {"length": rng.randrange(3, 15)})
            return f"{key} - {rng.uniform(-1.0, 1.0)!r} * {atr}"
        return f"({key} + max({key}[1], close[1])) / 2"

    def oscillator(self) -> tuple[str, float, float]:
        """Return an operand with the range its values usually lie in."""
        rng = self.rng
        kind = rng.choice(("rsi", "rsi", "roc", "smoothed rsi", "macd"))
        if kind == "macd":
            key = self.key(
                "macd", {"fast": rng.randrange(3, 8), "slow": rng.randrange(9, 20), "signal": rng.randrange(3, 9)}
            )
            return f"{key}.hist / close * 1000", -1.0, 1.0
        rsi = self.key("rsi", {"length": rng.randrange(3, 15)})
        if kind == "rsi":
            return rsi, 30.0, 70.0
        if kind == "roc":
            return self.key("roc", {"length": rng.randrange(1, 10)}), -1.5, 1.5
        return self.key(rng.choice(("sma", "ema")), {"length": rng.randrange(2, 8), "source": rsi}), 40.0, 60.0

    def key(self, kind: str, inputs: Json) -> str:
        """Define an indicator, or find the one that is the same, and return its key."""
        for key, known in self.indicators.items():
            if known == {"type": kind, "inputs": inputs}:
                return key
        key = f"{kind}_{len(self.indicators)}"
        self.indicators[key] = {"type": kind, "inputs": inputs}
        return key
