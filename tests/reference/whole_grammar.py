"""Random specs over the whole grammar: every section, operator, operand, catalog entry and field, sensible or not.

`reference.specs` draws strategies somebody might trade. These are drawn to break proofs: conditions of any shape over
any operand, constants in and out of every range, limits that bind and limits that do not, every order and level.
Many are refused by the validator; those that pass must be proven rightly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.indicators.catalog import CATALOG
from engine.market.timeframe import DURATION_MS, nests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from engine.indicators.indicator_type import IndicatorType, InputSpec

    Json = dict[str, Any]

FIELDS = ("open", "high", "low", "close", "volume", "hl2", "hlc3", "ohlc4")
CLOCK = {"hour": (0, 24), "minute": (0, 60), "weekday": (1, 8), "day": (1, 32), "month": (1, 13)}
COMPARISONS = ("gt", "gte", "lt", "lte", "eq")
CROSSES = ("crosses_above", "crosses_below")
LONGEST = 24
"""Bars of a window: short enough that the small markets see values."""


class Grammar:
    """Draws specs for the assets of one market."""

    def __init__(
        self, rng: Random, assets: Sequence[str], timeframe: str, prices: Mapping[str, Sequence[float]]
    ) -> None:
        self.rng, self.assets, self.timeframe, self.prices = rng, tuple(assets), timeframe, prices
        self.indicators: dict[str, Json] = {}
        self.levels: tuple[str, ...] = ()

    def spec(self, *, vwap: bool) -> Json:
        """Return a spec; ``vwap`` where the market has minutes to price it by."""
        rng = self.rng
        perp = rng.random() < 0.55
        universe: Json = {"assets": list(self.assets), "timeframe": self.timeframe}
        if perp or rng.random() < 0.5:
            universe["market_type"] = "perp" if perp else "spot"
        if rng.random() < 0.2:
            universe["venue"] = rng.choice(("binance", "hyperliquid", "somewhere"))
        signals: Json = {"entry": self.alternatives(1), "exit": self.alternatives(0)}
        if perp and rng.random() < 0.6:
            signals["short"] = {"entry": self.alternatives(1), "exit": self.alternatives(0)}
            if rng.random() < 0.25:
                signals["entry"] = []
            if rng.random() < 0.5:
                signals["opposite_entry"] = rng.choice(("reverse", "ignore"))
        one_level = len(self.assets) == 1 and ("short" not in signals or not signals["entry"])
        self.levels = ("percent", "percent", "atr", *(("price",) if one_level or rng.random() < 0.02 else ()))
        spec: Json = {
            "id": "drawn",
            "name": "A drawn strategy",
            "version": "1.0",
            "universe": universe,
            "signals": signals,
            "sizing": self.sizing(),
            "risk": self.risk(perp=perp),
            "execution": self.execution(vwap=vwap),
            "indicators": self.indicators,
        }
        if spec["sizing"]["mode"] == "risk_per_trade" and rng.random() < 0.95:
            spec["risk"].setdefault("stop_loss", {"type": "percent", "value": rng.uniform(0.002, 0.1)})
        return spec

    # -- conditions ------------------------------------------------------------------------------

    def alternatives(self, least: int) -> list[Json]:
        return [
            self.condition(self.rng.choice((0, 0, 1, 1, 1, 2, 3)))
            for _ in range(max(least, self.rng.choice((0, 1, 1, 2))))
        ]

    def condition(self, depth: int) -> Json:
        rng = self.rng
        if depth > 0 and rng.random() < 0.6:
            when = rng.choice(("and", "and", "or", "not"))
            count = 1 if when == "not" else rng.randrange(2, 4)
            condition: Json = {"when": when, "conditions": [self.condition(depth - 1) for _ in range(count)]}
        else:
            condition = rng.choice(
                (self.comparison, self.comparison, self.comparison, self.between, self.run, self.clock)
            )()
        if rng.random() < 0.08:
            condition["filters"] = [self.condition(0)]
        if rng.random() < 0.08:
            condition["for_bars"] = rng.randrange(1, 5)
        if rng.random() < 0.08:
            condition["within_bars"] = rng.randrange(1, 7)
        return condition

    def comparison(self) -> Json:
        rng = self.rng
        left, scale = self.operand()
        when = rng.choice((*COMPARISONS, *CROSSES, *CROSSES))
        if rng.random() < 0.5:
            return {"when": when, "left": left, "value": self.number(scale)}
        return {"when": when, "left": left, "right": self.operand(scale)[0]}

    def between(self) -> Json:
        left, scale = self.operand()
        low, high = sorted((self.number(scale), self.number(scale)))
        if self.rng.random() < 0.3:
            return {"when": "between", "left": left, "low": self.operand(scale)[0], "high": self.operand(scale)[0]}
        return {"when": "between", "left": left, "low": low, "high": high}

    def run(self) -> Json:
        when = self.rng.choice(("rising", "falling"))
        return {"when": when, "left": self.operand()[0], "bars": self.rng.randrange(1, 4)}

    def clock(self) -> Json:
        part, (low, high) = self.rng.choice(tuple(CLOCK.items()))
        value = float(self.rng.randrange(low, high))
        return {"when": self.rng.choice(COMPARISONS), "left": f"time.{part}", "value": value}

    def operand(self, scale: str | None = None) -> tuple[str, str]:
        """Return an operand and its scale; of the scale asked for, most of the time."""
        rng = self.rng
        if rng.random() < 0.5 or (scale == "price" and rng.random() < 0.5):
            field = "volume" if scale == "volume" else rng.choice(FIELDS)
            text, found = field, "volume" if field == "volume" else "price"
        else:
            text, found = self.output(scale)
        if rng.random() < 0.2:
            text += f"[{rng.randrange(0, 4)}]"
        if rng.random() < 0.15:
            text = rng.choice(
                (
                    f"{text} * {rng.uniform(0.9, 1.1):.4f}",
                    f"abs({text})",
                    f"-{text}",
                    f"max({text}, {text}[1])" if not text.endswith("]") else f"min({text}, 1)",
                    f"{text} - {text} / 3",
                    f"{text} / {rng.choice(FIELDS)}",
                )
            )
        return text, found

    def output(self, scale: str | None) -> tuple[str, str]:
        """Return an output of a new or a known indicator."""
        rng = self.rng
        for _ in range(4):
            if self.indicators and rng.random() < 0.4:
                key = rng.choice(list(self.indicators))
            else:
                key = self.indicator()
            entry = CATALOG[self.indicators[key]["type"]]
            output = rng.choice(entry.outputs)
            if scale is None or entry.scale_of(output) == scale:
                break
        return key if len(entry.outputs) == 1 else f"{key}.{output}", entry.scale_of(output)

    def indicator(self) -> str:
        rng = self.rng
        entry = CATALOG[rng.choice(list(CATALOG))]
        inputs = {one.name: self.input(entry, one) for one in entry.inputs if one.required or rng.random() < 0.6}
        inputs = {name: value for name, value in inputs.items() if value is not None}
        for name, value in entry.example.items():
            inputs.setdefault(name, value)
        if rng.random() < 0.1:
            inputs["offset"] = rng.randrange(0, 4)
        if rng.random() < 0.1:
            inputs["timeframe"] = rng.choice([name for name in DURATION_MS if nests(self.timeframe, name)])
        key = f"x{len(self.indicators)}_{entry.name}"
        self.indicators[key] = {"type": entry.name, "inputs": inputs}
        return key

    def input(self, entry: IndicatorType, one: InputSpec) -> Any:
        rng = self.rng
        if one.kind == "int":
            low, high = int(one.low or 0), int(min(one.high or LONGEST, LONGEST))
            return rng.randrange(low, max(high, low) + 1)
        if one.kind == "float":
            low, high = float(one.low or 0.0), float(min(one.high or 5.0, 5.0))
            return round(rng.uniform(low, max(high, low)), 3)
        if one.kind == "choice":
            return rng.choice(one.choices)
        if one.kind == "source":
            single = [
                key
                for key, known in self.indicators.items()
                if len(CATALOG[known["type"]].outputs) == 1 and not one.choices
            ]
            return rng.choice((*(one.choices or FIELDS), *single))
        return entry.example.get(one.name, one.default)

    def number(self, scale: str) -> float:
        rng = self.rng
        if scale == "price":
            return float(rng.choice(self.prices[self.assets[0]])) * rng.choice((0.5, 0.98, 1.0, 1.0, 1.02, 2.0))
        if scale == "volume":
            return rng.choice((0.0, 1.0, 1e3, 1e6))
        return rng.choice((-100.0, -1.0, 0.0, 0.5, 1.0, 20.0, 30.0, 50.0, 70.0, 99.9, 100.0, 101.0, 1e6))

    # -- money -----------------------------------------------------------------------------------

    def sizing(self) -> Json:
        rng = self.rng
        mode = rng.choice(("percent_equity", "percent_equity", "fixed_notional", "volatility_target", "risk_per_trade",
                           "atr_risk", "kelly"))  # fmt: skip
        low, high = {"fixed_notional": (10.0, 30_000.0), "volatility_target": (0.05, 3.0)}.get(mode, (0.01, 1.0))
        sizing: Json = {"mode": mode, "value": rng.uniform(low, high)}
        if mode == "atr_risk":
            sizing["multiple"] = rng.uniform(0.2, 5.0)
        if mode in ("atr_risk", "volatility_target") and rng.random() < 0.5:
            sizing["length"] = rng.randrange(2, LONGEST)
        if mode == "kelly":
            sizing |= {"win_rate": rng.uniform(0.3, 0.9), "payoff": rng.uniform(0.5, 4.0)}
            if rng.random() < 0.5:
                sizing["kelly_multiplier"] = rng.uniform(0.05, 1.0)
        if rng.random() < 0.35:
            sizing["max_positions"] = rng.randrange(1, 4)
        return sizing

    def risk(self, *, perp: bool) -> Json:
        rng = self.rng
        risk: Json = {}
        if rng.random() < 0.6:
            risk["max_leverage"] = rng.choice((0.3, 1.0, 2.0, 5.0, 20.0)) if perp else rng.choice((0.4, 1.0, 2.0))
        for name, chance in (("max_position_pct", 0.3), ("max_total_exposure_pct", 0.3)):
            if rng.random() < chance:
                risk[name] = rng.uniform(0.05, 1.0)
        if rng.random() < 0.15:
            risk["max_drawdown_pct"] = rng.uniform(0.02, 0.5)
        for name, chance in (
            ("stop_loss", 0.5),
            ("take_profit", 0.4),
            ("trailing_stop", 0.25),
            ("trailing_take", 0.15),
        ):
            if rng.random() < chance:
                risk[name] = self.level(trailing=name.startswith("trailing"))
        if rng.random() < 0.2:
            risk["breakeven"] = {"at": rng.uniform(0.002, 0.05)}
            if rng.random() < 0.5:
                risk["breakeven"]["offset"] = rng.uniform(-0.01, 0.002)
        if rng.random() < 0.2:
            at = sorted(rng.uniform(0.002, 0.06) for _ in range(rng.randrange(1, 4)))
            risk["partial_exits"] = [{"at": each, "fraction": rng.uniform(0.1, 1.0 / len(at))} for each in at]
        if rng.random() < 0.2:
            risk["time_limit"] = rng.choice(({"bars": rng.randrange(1, 30)}, {"minutes": rng.randrange(30, 5_000)}))
        if rng.random() < 0.3:
            risk["checks"] = self.checks()
        return risk

    def level(self, *, trailing: bool) -> Json:
        rng = self.rng
        kind = rng.choice(self.levels)
        value = {"percent": rng.uniform(0.002, 0.1), "atr": rng.uniform(0.3, 5.0)}.get(kind, 0.0)
        if kind == "price":
            price = float(rng.choice(self.prices[self.assets[0]]))
            value = price * (rng.uniform(0.005, 0.1) if trailing else rng.uniform(0.8, 1.2))
        level: Json = {"type": kind, "value": value}
        if kind == "atr" and rng.random() < 0.5:
            level["length"] = rng.randrange(2, LONGEST)
        if trailing and rng.random() < 0.5:
            level["activate_at"] = value * rng.uniform(0.2, 2.0)
        return level

    def checks(self) -> Json:
        rng = self.rng
        checks: Json = {}
        if rng.random() < 0.5:
            checks["max_concurrent"] = rng.randrange(1, 4)
        if rng.random() < 0.5:
            checks["cooldown_bars"] = rng.randrange(1, 10)
        if rng.random() < 0.3:
            start = rng.randrange(24)
            checks["session_hours"] = {"start": f"{start:02}:00", "end": f"{(start + rng.randrange(4, 20)) % 24:02}:30"}
        if rng.random() < 0.3 and DURATION_MS[self.timeframe] < DURATION_MS["1d"]:
            checks["max_daily_loss_pct"] = rng.uniform(0.005, 0.2)
        return checks or {"cooldown_bars": 1}

    def execution(self, *, vwap: bool) -> Json:
        rng = self.rng
        execution: Json = {"mode": "paper"}
        if rng.random() < 0.6:
            execution["fill"] = rng.choice(("next_open", "close", "vwap" if vwap else "close"))
        if rng.random() < 0.4:
            execution["fees"] = {"maker": rng.choice((-0.0005, 0.0, 0.001)), "taker": rng.choice((0.0, 0.0005, 0.01))}
        model = rng.choice((None, "basic", "conservative", "custom"))
        if model is not None:
            execution["slippage_model"] = model
        if model == "custom":
            execution["slippage"] = {"base": rng.choice((0.0, 0.002, 0.05)), "kv": rng.choice((0.0, 0.5)), "kp": 0.0}
        if rng.random() < 0.25:
            order: Json = {"type": "limit"}
            if rng.random() < 0.7 or "price" not in self.levels:
                order["offset"] = rng.uniform(0.0, 0.02)
            else:
                order["price"] = float(rng.choice(self.prices[self.assets[0]])) * rng.uniform(0.97, 1.03)
            if rng.random() < 0.6:
                order["expires_bars"] = rng.randrange(1, 10)
            execution["entry_order"] = order
        if rng.random() < 0.15:
            execution["max_orders_per_hour"] = rng.randrange(1, 4)
        return execution
