"""Indicators that read indicators: what a name stands for, and how many bars a chain needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.errors import EngineInputError
from engine.indicators.catalog import CATALOG, find_type, nearest_type, resolve_inputs
from engine.indicators.fields import FIELD_NAMES
from engine.indicators.indicator_type import IndicatorType
from engine.market.timeframe import DURATION_MS
from engine.spec.problems import nearest

if TYPE_CHECKING:
    from engine.indicators.indicator_type import Inputs

Definition: TypeAlias = tuple[IndicatorType | str, Mapping[str, Any]]
"""An indicator as a spec writes it: its type (an entry or any of its names) and its inputs."""

APART = ("source", "offset", "timeframe")


@dataclass(frozen=True, slots=True)
class Column:
    """What a name stands for: a bar field (``node`` None), or one output of a node, ``offset`` bars back."""

    name: str
    node: Node | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """A computation by its content: equal nodes give equal columns on the same bars, whatever their keys.

    ``inputs`` are the resolved ones but source, offset and timeframe, in the catalog's order.
    """

    type_name: str
    inputs: tuple[tuple[str, Any], ...]
    source: Column | None
    timeframe: str | None
    second: Column | None = None

    @property
    def sources(self) -> tuple[Column, ...]:
        """What it reads beside the bars' own fields: its source and, for a type of two series, the second."""
        return tuple(column for column in (self.source, self.second) if column is not None)

    @property
    def entry(self) -> IndicatorType:
        """Its entry in the catalog."""
        return CATALOG[self.type_name]

    @property
    def named_inputs(self) -> Inputs:
        """Its inputs as the computation reads them; ``source`` is a field's name, empty for another node."""
        field = self.source.name if self.source is not None and self.source.node is None else ""
        return {**dict(self.inputs), "source": field}


def find_column(name: str, indicators: Mapping[str, Definition]) -> Column:
    """Return what an operand or a source names: a bar field, an indicator's key, or ``key.output``.

    Raises
    ------
    EngineInputError
        Nothing has that name, an output is missing or unknown, a definition has problems, or indicators
        read each other in a circle. The spec's checks find all of these before a run; here they guard direct use.

    Examples
    --------
    >>> find_column("trend", {"trend": ("ema", {"length": 50})}).node.type_name
    'ema'
    """
    return _column(name, indicators, ())


def node_of(
    key: str, definition: Definition, indicators: Mapping[str, Definition], trail: tuple[str, ...] = ()
) -> tuple[Node, int]:
    """Return the node of one definition and its offset; ``trail`` holds the keys that led here."""
    entry = _entry(key, definition[0])
    resolved = resolve_inputs(entry, definition[1])
    if resolved.problems:
        raise EngineInputError(f"indicator '{key}': " + "; ".join(problem.message for problem in resolved.problems))
    values = resolved.inputs
    return Node(
        type_name=entry.name,
        inputs=tuple((name, value) for name, value in values.items() if name not in (*APART, entry.second_source)),
        source=_column(values["source"], indicators, (*trail, key)) if entry.takes_source else None,
        timeframe=values["timeframe"],
        second=_column(values[entry.second_source], indicators, (*trail, key)) if entry.second_source else None,
    ), values["offset"]


def warmups(indicators: Mapping[str, Definition], timeframe: str | None = None) -> dict[str, int]:
    """Return, per key, the bars before its first defined value, those of its sources included.

    ``timeframe`` is that of the bars they are computed on: a higher one counts as many of them as it takes to
    end its bars, where none are missing. Without it each key is counted in bars of its own timeframe.

    >>> warmups({"fast": ("rsi", {"length": 2}), "smooth": ("sma", {"length": 5, "source": "fast"})})
    {'fast': 2, 'smooth': 6}
    >>> warmups({"trend": ("sma", {"length": 20, "timeframe": "4h"})}, "1h")
    {'trend': 79}
    """
    return {
        key: _warmup_of(Column("", *node_of(key, definition, indicators)), timeframe, timeframe)
        for key, definition in indicators.items()
    }


def longest_warmup(indicators: Mapping[str, Definition], timeframe: str | None = None) -> int:
    """Return the bars before every indicator is defined, 0 without any; ``timeframe`` as for `warmups`.

    >>> longest_warmup({"trend": ("sma", {"length": 200}), "rsi": ("rsi", {})})
    199
    """
    return max(warmups(indicators, timeframe).values(), default=0)


def _warmup_of(column: Column, base: str | None, reader: str | None) -> int:
    """Return the bars of ``reader`` that come before a column's first value."""
    if column.node is None:
        return 0
    frame = column.node.timeframe or base
    first = column.node.entry.first_value(column.node.named_inputs) + column.offset
    first += max((_warmup_of(source, base, frame) for source in column.node.sources), default=0)
    if frame is None or reader is None:
        return first
    return -(-(first + 1) * DURATION_MS[frame] // DURATION_MS[reader]) - 1


def _column(name: str, indicators: Mapping[str, Definition], trail: tuple[str, ...]) -> Column:
    if name in FIELD_NAMES:
        return Column(name)
    key, _, output = name.partition(".")
    if key in trail:
        circle = " -> ".join((*trail[trail.index(key) :], key))
        raise EngineInputError(f"indicators read each other in a circle: {circle}")
    if key not in indicators:
        raise EngineInputError(
            f"'{name}' is no bar field and no indicator's key{_hint(key, (*indicators, *FIELD_NAMES))}"
        )
    node, offset = node_of(key, indicators[key], indicators, trail)
    return Column(_output(node.entry, key, output), node, offset)


def _output(entry: IndicatorType, key: str, output: str) -> str:
    names = ", ".join(f"{key}.{name}" for name in entry.outputs)
    if not output:
        if len(entry.outputs) > 1:
            raise EngineInputError(f"'{key}' has several outputs; allowed: {names}")
        return entry.outputs[0]
    found = entry.find_output(output)
    if found is None:
        raise EngineInputError(f"'{key}' has no output '{output}'; allowed: {names}{_hint(output, entry.outputs)}")
    return found


def _entry(key: str, wanted: IndicatorType | str) -> IndicatorType:
    if isinstance(wanted, IndicatorType):
        return wanted
    entry = find_type(wanted)
    if entry is None:
        near = nearest_type(wanted)
        hint = f" (did you mean '{near}'?)" if near else ""
        raise EngineInputError(f"indicator '{key}': there is no type '{wanted}'{hint}")
    return entry


def _hint(word: str, allowed: tuple[str, ...]) -> str:
    near = nearest(word, allowed)
    return f" (did you mean '{near}'?)" if near else ""
