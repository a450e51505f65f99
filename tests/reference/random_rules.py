"""Random conditions that often contradict themselves: few operands, much arithmetic, every operator and filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

    Json = dict[str, Any]

BARS = ("open", "high", "low", "close", "hl2", "hlc3", "ohlc4")
LINES = (
    "ema_20", "ema_same", "ema_lagged", "ema_50", "sma_20", "bb.upper", "bb.middle", "bb.lower", "bb_wide.upper",
    "bb_wide.lower", "kc.upper", "kc.middle", "kc.lower", "dc.upper", "dc.middle", "dc.lower", "dc_55.upper", "hh_10",
    "day_hh", "day_ll", "day_bb.upper", "day_bb.lower", "hh_20", "hc_20", "ll_20", "median", "p90", "vwap",
    "st.line", "orb.high", "orb.low",
)  # fmt: skip
OTHERS = (
    "rsi_14", "rsi_5", "sma_rsi", "hrsi", "stoch.k", "stoch.d", "adx.adx", "adx.plus_di", "aroon.up", "aroon.down",
    "aroon.oscillator", "wr", "mfi", "cmf", "macd.line", "macd.signal", "macd.hist", "mom_5", "roc_5", "z", "ppo",
    "bb.percent", "bb.width", "dc.width", "atr_14", "std_20", "vol", "volume", "vol_20", "st.direction",
)  # fmt: skip
CLOCK = ("time.hour", "time.minute", "time.weekday", "time.day", "time.month")
NUMBERS = (-100.0, -1.0, 0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 20.0, 30.0, 50.0, 100.0, 120.0)
SIGNS = ("gt", "gte", "lt", "lte", "eq", "crosses_above", "crosses_below")


class RandomRules:
    """Draws conditions over a handful of operands, so that they meet again."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        kind = rng.random()
        pool = [*BARS, *LINES] if kind < 0.6 else OTHERS if kind < 0.9 else [*CLOCK, "rsi_14"]
        self.names = rng.sample(list(pool), min(len(pool), rng.randrange(2, 5)))

    def condition(self, depth: int = 3) -> Json:
        """Return a condition, logic at most ``depth`` levels deep."""
        rng = self.rng
        made = self._logic(depth) if depth and rng.random() < 0.6 else self._comparison()
        if depth and rng.random() < 0.07:
            made["filters"] = [self.condition(0)]
        if rng.random() < 0.07:
            made["for_bars"] = rng.choice((2, 3, 10))
        if rng.random() < 0.07:
            made["within_bars"] = rng.choice((2, 3, 12))
        return made

    def _logic(self, depth: int) -> Json:
        when = self.rng.choice(("and", "and", "and", "or", "not"))
        count = 1 if when == "not" else self.rng.randrange(2, 4)
        return {"when": when, "conditions": [self.condition(depth - 1) for _ in range(count)]}

    def _comparison(self) -> Json:
        rng = self.rng
        if rng.random() < 0.1:
            return {"when": rng.choice(("rising", "falling")), "left": self._operand(), "bars": rng.randrange(1, 4)}
        if rng.random() < 0.1:
            return {"when": "between", "left": self._operand(), "low": self._right(), "high": self._right()}
        made: Json = {"when": rng.choice(SIGNS), "left": self._operand()}
        right = self._right()
        return {**made, ("value" if isinstance(right, float) else "right"): right}

    def _right(self) -> str | float:
        return self.rng.choice(NUMBERS) if self.rng.random() < 0.3 else self._operand()

    def _operand(self) -> str:
        rng = self.rng
        name = self._name()
        form = rng.random()
        if form < 0.55:
            return name
        if form < 0.65:
            return f"{name} * {rng.choice((1.0, 1.02, 0.5, 2.0, 0.98, -1.0))}"
        if form < 0.72:
            return f"{name} / {rng.choice((2.0, 3.0, 100.0))}"
        if form < 0.78:
            return f"{name} {rng.choice('+-')} {rng.choice(NUMBERS)}".replace("- -", "+ ").replace("+ -", "- ")
        if form < 0.9:
            return f"{name} {rng.choice('+--*/')} {self._name()}"
        if form < 0.95:
            return f"{rng.choice(('min', 'max'))}({name}, {self._name()})"
        return f"abs({name} - {self._name()})"

    def _name(self) -> str:
        lag = self.rng.choice(("", "", "", "", "[1]", "[2]"))
        return self.rng.choice(self.names) + lag
