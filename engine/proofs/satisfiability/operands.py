"""From operands to terms: what an indicator is by definition is written out, so that its parts are seen."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from engine.indicators.graph import Column, Node, find_column
from engine.proofs.satisfiability.leaves import Base, Leaf, window
from engine.proofs.satisfiability.terms import Terms
from engine.spec.expressions import Binary, Expr, Number, Series, Unary, format_operand, parse_operand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.indicators.graph import Definition


APART = 10_000_000
"""Bars back from which on bars lie apart from all others: nothing relates what is read there to what is read here."""


class Operands:
    """Reads the operands of one spec into terms, each seen from ``back`` bars before the deciding close."""

    def __init__(self, indicators: Mapping[str, Definition], timeframe: str) -> None:
        self.terms = Terms()
        self.indicators = indicators
        self.timeframe = timeframe
        self._columns: dict[str, Column] = {}
        self._read: dict[tuple[Expr, int], int] = {}
        self._parsed: dict[str | float, Expr] = {}
        self._texts: dict[tuple[str | float, int], tuple[int, str]] = {}

    def read(self, written: str | float, back: int = 0) -> tuple[int, str]:
        """Return the term of an operand and how it reads, ``back`` bars before the deciding close."""
        known = self._texts.get((written, back))
        if known is None:
            expr = self._parsed.get(written)
            if expr is None:
                expr = parse_operand(written) if isinstance(written, str) else Number(float(written))
                self._parsed[written] = expr
            known = self._texts[written, back] = self._term(expr, back), _text(expr, back)
        return known

    def column(self, name: str, back: int = 0) -> int:
        """Return the term of a field's or an indicator's value."""
        column = self._columns.get(name)
        if column is None:
            column = self._columns[name] = find_column(name, self.indicators)
        return self._column(column, back, self._own(column))

    def _term(self, expr: Expr, back: int) -> int:
        known = self._read.get((expr, back))
        if known is None:
            known = self._read[expr, back] = self._made(expr, back)
        return known

    def _made(self, expr: Expr, back: int) -> int:
        terms = self.terms
        if isinstance(expr, Number):
            return terms.number(expr.value)
        if isinstance(expr, Series):
            lag, text = expr.lag + back, _text(expr, back)
            if expr.name == "time":
                return terms.say(terms.leaf(Leaf("time", Base(str(expr.output)), lag)), text)
            name = expr.name if expr.output is None else f"{expr.name}.{expr.output}"
            return terms.say(self.column(name, lag), text)
        if isinstance(expr, Unary):
            return terms.negative(self._term(expr.operand, back))
        if isinstance(expr, Binary):
            made = terms.binary(expr.op, self._term(expr.left, back), self._term(expr.right, back))
        else:
            made = terms.call(expr.name, [self._term(arg, back) for arg in expr.args])
        return terms.say(made, _text(expr, back))

    def _own(self, column: Column) -> str | None:
        """Return the timeframe a column is computed on, None for the strategy's own."""
        asked = None if column.node is None else column.node.timeframe
        return None if asked == self.timeframe else asked

    def _column(self, column: Column, back: int, timeframe: str | None) -> int:
        """Return the term of a column read ``back`` bars back by a reader on ``timeframe``."""
        node = column.node
        if node is None:
            return self._at(column, back, timeframe)
        written_out = _WRITTEN_OUT.get(node.type_name)
        if written_out is None or (timeframe is not None and self._own(column) != timeframe):
            return self._at(column, back, timeframe)
        made = written_out(self, node, column, back, timeframe)
        return self._at(column, back, timeframe) if made is None else made

    def _at(self, column: Column, back: int, timeframe: str | None) -> int:
        base, first = self.base(column, back, timeframe)
        return self.terms.leaf(Leaf("at", base, first))

    def base(self, column: Column, back: int, timeframe: str | None) -> tuple[Base, int]:
        """Return the series of a column without its offset, and how many of its bars back it is read."""
        series: str | Column = column.name if column.node is None else Column(column.name, column.node)
        if timeframe is None:
            return Base(series), back + column.offset
        return Base(series, timeframe, back), column.offset

    # -- indicators by their definition -----------------------------------------------------------

    def _extreme(self, node: Node, column: Column, back: int, timeframe: str | None) -> int | None:
        """``highest`` and ``lowest``: the window's own values, whichever they are."""
        source, length = node.source, int(dict(node.inputs)["length"])
        if source is None or not self._same_clock(source, timeframe):
            return None
        base, first = self._source(source, column.offset, back, timeframe)
        return self.terms.leaf(window("max" if node.type_name == "highest" else "min", base, first, length))

    def _percentile(self, node: Node, column: Column, back: int, timeframe: str | None) -> int | None:
        source, inputs = node.source, dict(node.inputs)
        if source is None or not self._same_clock(source, timeframe):
            return None
        length = int(inputs["length"])
        rank = max(ceil(inputs["q"] * length / 100.0), 1) - 1
        base, first = self._source(source, column.offset, back, timeframe)
        if rank in (0, length - 1):
            return self.terms.leaf(window("min" if rank == 0 else "max", base, first, length))
        return self.terms.leaf(Leaf("rank", base, first, length, rank))

    def _donchian(self, node: Node, column: Column, back: int, timeframe: str | None) -> int:
        terms, length = self.terms, int(dict(node.inputs)["length"])
        (high, first), (low, _) = (
            self._source(Column(field), column.offset + 1, back, timeframe) for field in ("high", "low")
        )
        upper, lower = terms.leaf(window("max", high, first, length)), terms.leaf(window("min", low, first, length))
        if column.name == "middle":
            return terms.binary("/", terms.binary("+", upper, lower), terms.number(2.0))
        return upper if column.name == "upper" else lower if column.name == "lower" else terms.binary("-", upper, lower)

    def _bands(self, node: Node, column: Column, back: int, timeframe: str | None) -> int | None:
        """Bollinger bands and z-score: mean and deviation of one window, and what is made of them."""
        terms, source = self.terms, node.source
        if source is None or not self._same_clock(source, timeframe):
            return None
        inputs = dict(node.inputs)
        length = (("length", inputs["length"]),)
        mean = self._at(
            Column("middle", Node("bbands", length, source, node.timeframe), column.offset), back, timeframe
        )
        deviation = self._at(
            Column("value", Node("stdev", length, source, node.timeframe), column.offset), back, timeframe
        )
        value = self._column(Column(source.name, source.node, source.offset + column.offset), back, timeframe)
        if node.type_name == "zscore":
            return terms.binary("/", terms.binary("-", value, mean), deviation)
        if column.name == "middle":
            return mean
        reach = terms.binary("*", terms.number(float(inputs["stddev"])), deviation)
        upper, lower = terms.binary("+", mean, reach), terms.binary("-", mean, reach)
        if column.name in ("upper", "lower"):
            return upper if column.name == "upper" else lower
        width = terms.binary("-", upper, lower)
        if column.name == "width":
            return terms.binary("/", width, mean)
        return terms.binary("/", terms.binary("-", value, lower), width)

    def _keltner(self, node: Node, column: Column, back: int, timeframe: str | None) -> int:
        terms, inputs = self.terms, dict(node.inputs)
        ema = Node("ema", (("length", inputs["length"]),), Column("close"), node.timeframe)
        atr = Node("atr", (("length", inputs["atr_length"]),), None, node.timeframe)
        middle = self._at(Column("value", ema, column.offset), back, timeframe)
        if column.name == "middle":
            return middle
        swing = self._at(Column("value", atr, column.offset), back, timeframe)
        reach = terms.binary("*", terms.number(float(inputs["multiplier"])), swing)
        return terms.binary("+" if column.name == "upper" else "-", middle, reach)

    def _difference(self, node: Node, column: Column, back: int, timeframe: str | None) -> int | None:
        """``macd.hist`` and ``aroon.oscillator``: one output less another."""
        parts = {"hist": ("line", "signal"), "oscillator": ("up", "down")}.get(column.name)
        if parts is None:
            return None
        left, right = (self._at(Column(name, node, column.offset), back, timeframe) for name in parts)
        return self.terms.binary("-", left, right)

    def _change(self, node: Node, column: Column, back: int, timeframe: str | None) -> int | None:
        """``momentum`` and ``roc``: the source against itself some bars ago."""
        terms, source = self.terms, node.source
        if source is None or not self._same_clock(source, timeframe):
            return None
        length = int(dict(node.inputs)["length"])
        now, then = (
            self._column(Column(source.name, source.node, source.offset + column.offset + more), back, timeframe)
            for more in (0, length)
        )
        if node.type_name == "momentum":
            return terms.binary("-", now, then)
        share = terms.binary("-", terms.binary("/", now, then), terms.number(1.0))
        return terms.binary("*", share, terms.number(100.0))

    def _ppo(self, node: Node, column: Column, back: int, timeframe: str | None) -> int:
        terms, inputs = self.terms, dict(node.inputs)
        fast, slow = (
            self._at(
                Column("value", Node("ema", (("length", inputs[name]),), node.source, node.timeframe), column.offset),
                back,
                timeframe,
            )
            for name in ("fast", "slow")
        )
        share = terms.binary("/", terms.binary("-", fast, slow), slow)
        return terms.binary("*", share, terms.number(100.0))

    def _same_clock(self, source: Column, timeframe: str | None) -> bool:
        """Tell whether a source counts the same bars as its reader."""
        return source.node is None or self._own(source) == timeframe

    def _source(self, source: Column, offset: int, back: int, timeframe: str | None) -> tuple[Base, int]:
        base, first = self.base(source, back, timeframe)
        return base, first + offset


_WRITTEN_OUT = {
    "highest": Operands._extreme,
    "lowest": Operands._extreme,
    "percentile": Operands._percentile,
    "donchian": Operands._donchian,
    "bbands": Operands._bands,
    "zscore": Operands._bands,
    "keltner": Operands._keltner,
    "macd": Operands._difference,
    "aroon": Operands._difference,
    "momentum": Operands._change,
    "roc": Operands._change,
    "ppo": Operands._ppo,
}


def _text(expr: Expr, back: int) -> str:
    return format_operand(shifted(expr, back % APART))


def shifted(expr: Expr, back: int) -> Expr:
    """Return an operand as it was ``back`` bars before.

    >>> format_operand(shifted(parse_operand("close - ema[1]"), 2))
    'close[2] - ema[3]'
    """
    if back == 0 or isinstance(expr, Number):
        return expr
    if isinstance(expr, Series):
        return Series(expr.name, expr.output, expr.lag + back)
    if isinstance(expr, Unary):
        return Unary(expr.op, shifted(expr.operand, back))
    if isinstance(expr, Binary):
        return Binary(expr.op, shifted(expr.left, back), shifted(expr.right, back))
    return type(expr)(expr.name, tuple(shifted(arg, back) for arg in expr.args))
