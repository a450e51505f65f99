"""Conditions and operands as the spec writes them, and the indicators they need: ``close > sma_50``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from agent.language.builtin.calendar import WEEKDAY_CLOSE
from agent.language.builtin.lengths import in_bars
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import (
    Compare,
    Condition,
    Field,
    Group,
    Lasting,
    Math,
    Not,
    Number,
    Operand,
    Run,
    Series,
    Span,
)
from agent.language.builtin.writing.keys import key_for, parameters_of, plain_number
from agent.language.builtin.writing.settings import key_of
from agent.language.port import Assumption
from engine.indicators.catalog import CATALOG
from engine.market.timeframe import DURATION_MS
from engine.spec.jcs import number_text

USUAL: dict[str, dict[str, Any]] = {"cci": {"length": 20}}
"""Settings that charts and the indicator's author use where the catalog, which follows TA-Lib, has another default."""

FRAMES = {"day": "1d", "week": "1w"}
"""Units of which an average has bars of its own, where the strategy's are shorter."""

OF_ONE_BAR = ("sma", "highest", "lowest")
"""Indicators that over one bar are the price itself."""


@dataclass(slots=True)
class Writer:
    """Collects indicators under keys while conditions are written.

    ``settings`` are the inputs of each type that the message states once: a bare mention of the type means them.
    """

    timeframe: str
    around_the_clock: bool
    settings: dict[str, Series] = field(default_factory=dict)
    session: dict[str, Any] = field(default_factory=dict)
    indicators: dict[str, dict[str, Any]] = field(default_factory=dict)
    assumptions: list[Assumption] = field(default_factory=list)

    def condition(self, rule: Condition) -> dict[str, Any]:
        """Return a condition as the spec writes it."""
        if isinstance(rule, Group):
            between = self._between(rule)
            return between or {"when": rule.op, "conditions": [self.condition(part) for part in rule.parts]}
        if isinstance(rule, Not):
            return {"when": "not", "conditions": [self.condition(rule.part)]}
        if isinstance(rule, Lasting):
            inner = self.condition(rule.part)
            if rule.for_bars is not None and (n := self.bars(rule.for_bars)) > 1:
                inner = {**inner, "for_bars": n}
            if rule.within_bars is not None:
                inner = {**inner, "within_bars": self.bars(rule.within_bars)}
            return inner
        if isinstance(rule, Run):
            return {"when": rule.when, "left": self.operand(rule.left), "bars": rule.bars}
        if isinstance(rule, Compare):
            left, right = rule.left, rule.right
            if left == WEEKDAY_CLOSE and isinstance(right, Number):
                left, right = Field("time.weekday"), Number(right.value % 7 + 1)  # it closes as the next day begins
            written: dict[str, Any] = {"when": rule.when, "left": self.operand(left)}
            if isinstance(right, Number):
                written["value"] = plain_number(right.value)
            else:
                written["right"] = self.operand(right)
            return written
        raise TypeError(f"{type(rule).__name__} is no finished condition")

    def _between(self, rule: Group) -> dict[str, Any] | None:
        """``low <= x <= high`` in the spec's own operator."""
        if rule.op != "and" or len(rule.parts) != 2:
            return None
        low, high = rule.parts
        if (
            isinstance(low, Compare) and isinstance(high, Compare) and low.when == "gte" and high.when == "lte"
            and low.left == high.left and isinstance(low.right, Number) and isinstance(high.right, Number)
        ):  # fmt: skip
            return {
                "when": "between", "left": self.operand(low.left),
                "low": plain_number(low.right.value), "high": plain_number(high.right.value),
            }  # fmt: skip
        return None

    def operand(self, operand: Operand) -> str:
        """Return an operand as the spec writes it."""
        if isinstance(operand, Number):
            return number_text(operand.value)
        if isinstance(operand, Field):
            return operand.name + (f"[{operand.lag}]" if operand.lag else "")
        if isinstance(operand, Math):
            left, right = self.operand(operand.left), self.operand(operand.right)
            if isinstance(operand.left, Math) and operand.op in "*/" and operand.left.op in "+-":
                left = f"({left})"
            if isinstance(operand.right, Math) and (operand.op in "*/-"):
                right = f"({right})" if not (operand.op == "-" and operand.right.op in "*/") else right
            return f"{left} {operand.op} {right}"
        return self.series(operand)

    def series(self, series: Series) -> str:
        """Return the reference to an indicator, which is added when it is not there yet."""
        settled = self.settled(series)
        if isinstance(settled, Field):
            return self.operand(settled)
        inputs = self._inputs(settled)
        key = self._key(settled, inputs)
        output = self._output(settled)
        lag = f"[{settled.lag}]" if settled.lag else ""
        return key + (f".{output}" if output else "") + lag

    def settled(self, series: Series) -> Series | Field:
        """Return a series with what the rest of the message says of it."""
        known = self.settings.get(key_of(series))
        if series.bare and known is not None:
            source = series.input("source") if known.input("source") is None else None
            inputs = known.inputs if source is None else (*known.inputs, ("source", source))
            series = replace(series, inputs=inputs, bare=False, timeframe=series.timeframe or known.timeframe)
        if series.timeframe == self.timeframe:
            series = replace(series, timeframe=None)
        elif series.timeframe is not None and series.unsaid == "period" and series.lag:
            series = replace(series, lag=series.lag - 1)  # the last whole day is known already
        length = series.input("length")
        if series.timeframe is not None or not isinstance(length, Span):
            return series
        if length.n == 1 and series.type in OF_ONE_BAR:
            return Field(str(series.input("source") or "close"), series.lag)
        frame = self._longer_frame(length) if series.type in AVERAGES else None
        return series if frame is None else replace(series.having(length=Span(length.n)), timeframe=frame)

    def _longer_frame(self, length: Span) -> str | None:
        """``200 day average`` on hourly bars: the timeframe whose bars the length counts."""
        frame = FRAMES.get(length.unit)
        if frame is None or DURATION_MS[frame] <= DURATION_MS[self.timeframe]:
            return None
        return frame if DURATION_MS[frame] % DURATION_MS[self.timeframe] == 0 else None

    def bars(self, span: Span, path: str | None = None, *, frame: str | None = None) -> int:
        """Return a span in bars of a timeframe, the strategy's where none is named, the conversion noted."""
        found = in_bars(span, frame or self.timeframe, around_the_clock=self.around_the_clock)
        if found.note is not None:
            self.assume(path or "indicators", found.n, found.note)
        return found.n

    def assume(self, path: str, value: Any, text: str) -> None:
        """Note an assumption once."""
        if not any(one.path == path and one.text == text for one in self.assumptions):
            self.assumptions.append(Assumption(path, value, text))

    def _inputs(self, series: Series) -> dict[str, Any]:
        inputs: dict[str, Any] = {}
        for name, value in series.inputs:
            if isinstance(value, Span):
                inputs[name] = self.bars(value, frame=series.timeframe)
            elif isinstance(value, Series | Math | Field):
                inputs[name] = self.operand(value)
            elif isinstance(value, float):
                inputs[name] = plain_number(value)
            else:
                inputs[name] = value
        if series.type == "opening_range":
            inputs.update(self.session)
        if series.timeframe is not None:
            inputs["timeframe"] = series.timeframe
        defaults = {one.name: one.default for one in CATALOG[series.type].inputs} | USUAL.get(series.type, {})
        for name in parameters_of(series.type):
            if name not in inputs and defaults.get(name) is not None:
                inputs[name] = plain_number(defaults[name])
        if inputs.get("source") == "close":
            del inputs["source"]
        return inputs

    def _key(self, series: Series, inputs: dict[str, Any]) -> str:
        definition = {"type": series.type, "inputs": inputs}
        for key, held in self.indicators.items():
            if held == definition:
                return key
        key = key_for(series.type, inputs)
        while key in self.indicators:
            key += "_b"
        self.indicators[key] = definition
        self._note_defaults(series, inputs, key)
        return key

    def _note_defaults(self, series: Series, inputs: dict[str, Any], key: str) -> None:
        names = [name for name in parameters_of(series.type) if series.input(name) is None and name in inputs]
        if names and series.type != "opening_range":
            said = ", ".join(f"{name} {number_text(inputs[name])}" for name in names)
            self.assume(
                f"indicators.{key}.inputs",
                {name: inputs[name] for name in names},
                f"{series.type.upper()}: {said}, the usual setting",
            )
        if series.unsaid == "kind":
            self.assume(f"indicators.{key}.type", series.type, f"'average' is taken as a simple moving average ({key})")
        if series.unsaid == "line" and series.bare and series.type == "bbands":
            self.assume(f"indicators.{key}.type", series.type, "the bands are taken as Bollinger bands")

    def _output(self, series: Series) -> str | None:
        outputs = tuple(CATALOG[series.type].outputs)
        if len(outputs) == 1:
            return None
        return series.output or outputs[0]
