"""The whole of TA-Lib as entries of the catalog, made from its own metadata when the first of them is asked for.

TA-Lib itself is loaded when a column, or the warm-up of a type, is.
"""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from engine.indicators.indicator_type import Compute, Context, IndicatorType, InputProblem, Inputs, InputSpec
from engine.indicators.input_specs import source
from engine.indicators.talib_inputs import AVERAGES, parameter_input
from engine.indicators.talib_instead import INSTEAD
from engine.indicators.talib_loader import load_talib
from engine.indicators.talib_metadata import talib_functions
from engine.indicators.talib_names import BEARISH, BULLISH, CONFIRMED, COVERED, PARTIAL, type_name
from engine.indicators.talib_rows import ROWS, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from engine.indicators.indicator_type import FloatArray
    from engine.indicators.talib_metadata import Function

OUTPUTS = {
    "real": "value", "integer": "value", "upperband": "upper", "middleband": "middle", "lowerband": "lower",
    "macd": "line", "macdsignal": "signal", "macdhist": "hist", "slowk": "k", "slowd": "d", "fastk": "k",
    "fastd": "d", "smi": "line", "smisignal": "signal", "plusvi": "plus", "minusvi": "minus", "bullpower": "bull",
    "bearpower": "bear", "haopen": "open", "hahigh": "high", "halow": "low", "haclose": "close",
}  # fmt: skip
"""TA-Lib's name of an output -> the catalog's; the others keep theirs. TA-Lib's stays an alias."""

WITHOUT_EFFECT = frozenset({("VAR", "nbdev")})
"""Parameters that TA-Lib takes and never reads."""


@cache
def talib_types() -> Mapping[str, IndicatorType]:
    """Return every TA-Lib function that no core type covers, by name.

    Examples
    --------
    >>> talib_types()["linearreg_slope"].outputs
    ('value',)
    """
    functions = (function for name, function in talib_functions().items() if name not in COVERED)
    entries = sorted((_entry(function) for function in functions), key=lambda entry: (entry.group, entry.name))
    return MappingProxyType({entry.name: entry for entry in entries})


def _entry(told: Function) -> IndicatorType:
    function, names = told.name, told.inputs
    row = ROWS[function] if function in ROWS else _pattern(function, told.shown)
    sources, second = _sources(names)
    outputs = tuple(OUTPUTS.get(name, name) for name in told.outputs)
    specs = {
        name: parameter_input(function, name, default)
        for name, default in told.parameters.items()
        if (function, name) not in WITHOUT_EFFECT
    }
    required = [spec.name for spec in sources if spec.required]
    return IndicatorType(
        name=type_name(function),
        group=row.group,
        summary=row.summary,
        inputs=(*specs.values(), *sources),
        compute=INSTEAD.get(function) or _compute(function, specs, names),
        first_value=_first_value(function, specs),
        outputs=outputs,
        aliases=row.aliases,
        output_aliases={own: name for own, name in zip(told.outputs, outputs, strict=True) if own != name}
        if len(outputs) > 1
        else {},
        needs=tuple(names.get("prices", ())),
        scale=row.scale or ("price" if told.same_scale else "oscillator"),
        bounds=dict.fromkeys(outputs, row.bounds) if isinstance(row.bounds, tuple) else row.bounds or {},
        unknown=row.unknown,
        settle=_shortest_first if function == "MAVP" else None,
        example=dict.fromkeys(required, "volume"),
        core=False,
        second_source=second,
        talib=function,
    )


def _pattern(function: str, shown: str) -> Row:
    """Return the row of a candlestick pattern."""
    name = shown.replace("Kicking - bull/bear determined by the longer marubozu", "Kicking by length")
    name = re.sub(r" \(.*\)| Pattern| Candle", "", name)
    if function in BULLISH:
        says, bounds = "100 where a bar completes it", (0.0, 100.0)
    elif function in BEARISH:
        says, bounds = "-100 where a bar completes it", (-100.0, 0.0)
    elif function in CONFIRMED:
        says, bounds = "100 bullish, -100 bearish, 200 or -200 once confirmed", (-200.0, 200.0)
    elif function in PARTIAL:
        says, bounds = "100 or 80 where it is bullish, -100 or -80 bearish", (-100.0, 100.0)
    else:
        says, bounds = "100 where it is bullish, -100 bearish", (-100.0, 100.0)
    alias = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    summary = f"{name[:1].upper()}{name[1:]}, a candlestick pattern: {says}, else 0."
    return Row("candlesticks", summary, (alias,), bounds, "direction")


def _sources(names: Mapping[str, Any]) -> tuple[tuple[InputSpec, ...], str]:
    """Return the inputs that name a series, and which of them is the second."""
    if "price0" in names:
        first, other = source(names["price0"]), _second("source2", "Second series", names["price1"])
        return (first, other), other.name
    if "periods" in names:
        lengths = _second("periods", "Series of lengths, whole bars after rounding down", None)
        return (source(names["price"]), lengths), lengths.name
    return ((source(names["price"]),) if "price" in names else ()), ""


def _second(name: str, what: str, default: str | None) -> InputSpec:
    aliases = ("second", "second_source", "price1") if default else ("lengths",)
    return InputSpec(
        name=name,
        kind="source",
        default=default,
        required=default is None,
        description=f"{what}: a bar field or another indicator.",
        aliases=aliases,
    )


def _compute(function: str, specs: Mapping[str, InputSpec], names: Mapping[str, Any]) -> Compute:
    """Return the computation of one function; its arrays come in the order of TA-Lib's own inputs."""

    def compute(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
        arrays: list[FloatArray | None] = []
        for name, field in names.items():
            if name == "prices":
                arrays.extend(getattr(context.bars, one) for one in field)
            else:
                arrays.append(context.second if name in ("price1", "periods") else context.source)
        found = getattr(load_talib(), function)(*arrays, **_written_as_talib(specs, inputs))
        return tuple(column.astype("float64") for column in (found if isinstance(found, tuple) else (found,)))

    return compute


def _first_value(function: str, specs: Mapping[str, InputSpec]) -> Callable[[Inputs], int]:
    """Return the rule of the first value: TA-Lib's own lookback, which every output of it shares."""
    return lambda inputs: lookback(function, tuple(_written_as_talib(specs, inputs).items()))


@cache
def lookback(function: str, parameters: tuple[tuple[str, float], ...]) -> int:
    """Return how many bars a function needs before its first value.

    >>> lookback("TSF", (("timeperiod", 14),))
    13
    """
    bars: int = load_talib().abstract.Function(function, **dict(parameters)).lookback
    return bars


def _written_as_talib(specs: Mapping[str, InputSpec], inputs: Inputs) -> dict[str, Any]:
    values = {own: inputs[spec.name] for own, spec in specs.items()}
    return {own: AVERAGES.index(value) if isinstance(value, str) else value for own, value in values.items()}


def _shortest_first(given: Mapping[str, Any], inputs: dict[str, Any]) -> Iterable[InputProblem]:
    low, high = inputs["minperiod"], inputs["maxperiod"]
    if low > high:
        message = f"'minperiod' is {low} and 'maxperiod' {high}: the shortest length may not exceed the longest"
        yield InputProblem("minperiod" if "minperiod" in given else "maxperiod", "INPUT_CONFLICT", message)
