"""The names of one strategy and what they stand for, in a case file's notation or in a spec's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evals.scorers.forms import Form, atom, constant, divided, lagged, leaf, shown
from evals.scorers.identities import expanded
from evals.scorers.names import (
    MAIN_OUTPUT,
    OUTPUTS,
    PRICE_FIELDS,
    TIME_FIELDS,
    WITHOUT_SOURCE,
    defaults_of,
    input_name,
    is_number,
    timeframe_name,
    type_name,
)
from evals.scorers.operands import OperandReader

if TYPE_CHECKING:
    from collections.abc import Mapping

DEEPEST = 8
"""Indicators of indicators that are followed."""

NO_SERIES = (LookupError, ValueError, TypeError, ArithmeticError)
"""What reading an operand of a wrong shape can raise."""


class Terms:
    """Resolves the operands of one strategy.

    ``definitions`` maps a key to its type and inputs. ``of_case`` takes the case file's notation: a channel of earlier
    bars is a donchian with offset 1, a rate of change is a fraction, an indicator with several outputs has a main one,
    and a ``ratio`` of two operands is an indicator. ``used`` collects the keys that were read.
    """

    def __init__(self, definitions: Mapping[str, tuple[Any, Any]], timeframe: Any, *, of_case: bool = False) -> None:
        self.definitions = definitions
        self.timeframe = timeframe_name(timeframe)
        self.of_case = of_case
        self.used: set[str] = set()

    def operand(self, written: Any, depth: int = 0) -> Form:
        """Return the form of an operand; one that cannot be read is a series whose name begins with ``?``."""
        if is_number(written):
            return constant(written)
        if not isinstance(written, str):
            return atom(f"?operand {written!r}")
        try:
            return OperandReader(written, lambda name: self._named(name, depth)).whole()
        except NO_SERIES:
            return atom(f"?{written}")

    def inputs_of(self, key: str, depth: int = 0) -> tuple[str, dict[str, Any], int]:
        """Return an indicator's type, its completed inputs, and how many bars back it is read."""
        written_type, given = self.definitions[key]
        kind = type_name(written_type)
        inputs = dict(defaults_of(kind))
        lag = 0
        for written, value in (given or {}).items():
            name = input_name(kind, written)
            if name == "offset":
                lag = int(value) if is_number(value) else 0
            elif name == "timeframe":
                if timeframe_name(value) != self.timeframe:
                    inputs["timeframe"] = timeframe_name(value)
            elif name != "nbdevdn" and value is not None:
                if name != "source" or kind not in WITHOUT_SOURCE or value not in ("close", "hlc3"):
                    inputs[name] = value
        source = inputs.get("source")
        if isinstance(source, str) and source not in PRICE_FIELDS:
            inputs["source"] = f"<{shown(self.operand(source, depth + 1))}>"
        if "timeframe" in inputs:
            # a lag there counts bars of the higher timeframe; a case's lag of 1 only says "completed bar"
            if lag and not self.of_case:
                inputs["offset"] = lag
            lag = 0
        if self.of_case and kind == "donchian":
            lag = max(0, lag - 1)  # a spec's channel leaves out the current bar by itself
        return kind, inputs, lag

    def signature(self, key: str) -> str:
        """Return the text that two keys of the same indicator share."""
        kind, inputs, lag = self.inputs_of(key)
        return shown(lagged(leaf(kind, inputs), lag))

    def _named(self, name: str, depth: int) -> Form:
        if name in PRICE_FIELDS or name in TIME_FIELDS:
            return atom(name)
        if name.startswith("$"):
            return atom("$")
        key, _, output = (name, "", "") if name in self.definitions else name.partition(".")
        if key not in self.definitions:
            return atom(f"?{name}")
        self.used.add(key)
        return self._series(key, output or None, depth)

    def _series(self, key: str, output: str | None, depth: int) -> Form:
        if depth > DEEPEST:
            return atom("?cycle")
        kind, inputs, lag = self.inputs_of(key, depth)
        if kind == "ratio" and self.of_case:
            above, below = self.operand(inputs["num"], depth + 1), self.operand(inputs["den"], depth + 1)
            return lagged(divided(above, below), lag)
        output = None if output is None else OUTPUTS.get(output, output)
        if output is None and kind in MAIN_OUTPUT:
            if not self.of_case:
                return atom(f"?{key} has several outputs, name one")
            output = MAIN_OUTPUT[kind]
        if output == kind and kind not in MAIN_OUTPUT:
            output = None
        return lagged(expanded(kind, inputs, output, roc_in_percent=not self.of_case), lag)


def terms_of_case(expected: Mapping[str, Any], timeframe: Any) -> Terms:
    """Return the terms of what a case expects; ``timeframe`` serves where it names none."""
    definitions = {one["key"]: (one["type"], one["params"]) for one in expected["indicators"]}
    return Terms(definitions, expected["timeframe"] or timeframe, of_case=True)


def terms_of_spec(spec: Mapping[str, Any], timeframe: Any = None) -> Terms:
    """Return the terms of a spec, whatever its shape."""
    return Terms(definitions_of(spec), timeframe)


def definitions_of(spec: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the indicators of a spec as key to type and inputs; ``?`` where there is no type."""
    return {
        key: (mapping(one).get("type", "?"), mapping(mapping(one).get("inputs")))
        for key, one in mapping(spec.get("indicators")).items()
    }


def mapping(value: Any) -> dict[str, Any]:
    """Return a JSON object, an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}
