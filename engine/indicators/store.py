"""The column store of one series of bars: every distinct indicator is computed once."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any

from engine.errors import EngineInputError
from engine.indicators.evaluate import evaluate, shifted
from engine.indicators.fields import fields
from engine.indicators.frames import Frames, seen_at
from engine.indicators.graph import Column, Definition, Node, find_column, node_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.indicators.indicator_type import FloatArray
    from engine.market.bars import Bars

BYTE_BUDGET = 64 * 2**20
"""About a hundred columns of eight years of hours."""


class ColumnStore:
    """Columns of one series of bars, kept by what they are and not by what a spec calls them.

    Two keys with the same type, inputs and source share one computation, within a spec and across all specs that
    use the store. An indicator on a higher timeframe is computed and kept on the bars of that timeframe, and read at
    each close of the store's bars as the value of the last higher bar that has ended. Once the columns held
    exceed ``byte_budget`` bytes the longest unused ones are let go (and computed again when asked for). Safe to
    use from several threads.

    Examples
    --------
    >>> from engine.market.bars import make_bars
    >>> prices = [1.0, 2.0, 3.0]
    >>> bars = make_bars("BTC", "1h", [0, 3_600_000, 7_200_000], prices, prices, prices, prices, [5, 5, 5])
    >>> ColumnStore(bars).column("mean", {"mean": ("sma", {"length": 2})}).tolist()
    [nan, 1.5, 2.5]
    """

    def __init__(self, bars: Bars, byte_budget: int = BYTE_BUDGET) -> None:
        self.bars = bars
        self.frames = Frames(bars)
        self.byte_budget = byte_budget
        self.computations = 0
        self.held_bytes = 0
        self._held: OrderedDict[Node, tuple[FloatArray, ...]] = OrderedDict()
        self._computing: dict[Node, Lock] = {}
        self._lock = Lock()

    def column(self, name: str, indicators: Mapping[str, Definition]) -> FloatArray:
        """Return the column of a bar field, an indicator's key or ``key.output``.

        Parameters
        ----------
        name
            What an operand names.
        indicators
            Key to (type, inputs), as in a spec.

        Returns
        -------
        array of float64, shape (n_bars,)
            Read-only. Value t is known at the close of bar t; NaN is unknown.

        Raises
        ------
        EngineInputError
            The name or a definition behind it is not usable, its timeframe is no whole multiple of the bars' own, or
            its source is on a lower one.
        """
        return self._values(find_column(name, indicators))

    def computed(self, type_name: str, inputs: Mapping[str, Any], output: str | None = None) -> FloatArray:
        """Return one column by type and inputs, without a key; the source is a bar field.

        Raises
        ------
        EngineInputError
            As `column`, and when ``output`` is left out for a type that has several.
        """
        name = type_name if output is None else f"{type_name}.{output}"
        return self._values(find_column(name, {type_name: (type_name, inputs)}))

    def columns(self, indicators: Mapping[str, Definition]) -> dict[tuple[str, str], FloatArray]:
        """Return every output of every indicator, by (key, canonical output name)."""
        found: dict[tuple[str, str], FloatArray] = {}
        for key, definition in indicators.items():
            node, offset = node_of(key, definition, indicators)
            for output in node.entry.outputs:
                found[key, output] = self._values(Column(output, node, offset))
        return found

    def warmups(self, indicators: Mapping[str, Definition]) -> dict[str, int]:
        """Return, per key, how many of the bars come before its first value can be defined, gaps and all.

        `engine.indicators.graph.warmups` says the same of bars without gaps; n_bars or more where they do not suffice.
        """
        return {
            key: self._first_seen(Column("", *node_of(key, definition, indicators)), self.bars.timeframe)
            for key, definition in indicators.items()
        }

    def _values(self, column: Column, reader: str | None = None) -> FloatArray:
        """Return a column as it is known at the closes of ``reader``, the bars' own timeframe when left out."""
        reader = reader or self.bars.timeframe
        if column.node is None:
            return fields(self.frames.bars_on(reader), column.name)
        frame = self._frame_of(column.node)
        outputs = self._outputs(column.node)
        values = shifted(outputs[column.node.entry.outputs.index(column.name)], column.offset)
        return values if frame == reader else seen_at(values, self.frames.known(frame, reader))

    def _outputs(self, node: Node) -> tuple[FloatArray, ...]:
        with self._lock:
            held = self._found(node)
            if held is not None:
                return held
            computing = self._computing.setdefault(node, Lock())
        with computing:  # whoever else asks for this one waits, others compute theirs
            with self._lock:
                held = self._found(node)
            return self._compute(node) if held is None else held

    def _found(self, node: Node) -> tuple[FloatArray, ...] | None:
        held = self._held.get(node)
        if held is not None:
            self._held.move_to_end(node)
        return held

    def _compute(self, node: Node) -> tuple[FloatArray, ...]:
        frame = self._frame_of(node)
        source, second = (None if one is None else self._values(one, frame) for one in (node.source, node.second))
        outputs = evaluate(node.entry, self.frames.bars_on(frame), source, node.named_inputs, second)
        with self._lock:
            self.computations += 1
            self._keep(node, outputs)
            self._computing.pop(node, None)
        return outputs

    def _frame_of(self, node: Node) -> str:
        return node.timeframe or self.bars.timeframe

    def _first_seen(self, column: Column, reader: str) -> int:
        """Return the first bar of ``reader`` at which a column can be defined."""
        if column.node is None:
            return 0
        frame = self._frame_of(column.node)
        first = column.node.entry.first_value(column.node.named_inputs) + column.offset
        first += max((self._first_seen(source, frame) for source in column.node.sources), default=0)
        return first if frame == reader else int(self.frames.known(frame, reader).searchsorted(first))

    def _keep(self, node: Node, outputs: tuple[FloatArray, ...]) -> None:
        self._held[node] = outputs
        self.held_bytes += sum(column.nbytes for column in outputs)
        while self.held_bytes > self.byte_budget and self._held:
            _, dropped = self._held.popitem(last=False)
            self.held_bytes -= sum(column.nbytes for column in dropped)


def compute_columns(
    bars: Bars, indicators: Mapping[str, Definition], store: ColumnStore | None = None
) -> dict[tuple[str, str], FloatArray]:
    """Compute all indicators of a spec on one asset's bars.

    Parameters
    ----------
    bars
        All stored bars of the asset, from the first on.
    indicators
        Key to (type, inputs); an input ``source`` may name another key or ``key.output``.
    store
        Where columns are kept between calls; must be of the same bars. A new one when left out.

    Returns
    -------
    dict
        (key, output) to a read-only float64 column of shape (n_bars,); the output of a type with one is ``value``.
        Value t knows bars <= t; NaN is unknown (warm-up, or as the type's ``unknown`` says).

    Raises
    ------
    EngineInputError
        A definition is not usable, indicators read each other in a circle, or the store is of other bars.
    """
    if store is not None and store.bars is not bars:
        raise EngineInputError(f"the store holds columns of other bars ({store.bars.symbol} {store.bars.timeframe})")
    return (store or ColumnStore(bars)).columns(indicators)
