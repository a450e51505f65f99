"""No operand sees past its bar: the proof by construction, operand by operand.

A spec can only name what has a statement: bar fields, the clock of the close, catalog entries, operators and fields of
the specification. Lags are never negative, a higher bar is read once it has ended, and orders fill no earlier than
the next open, or at the deciding close itself where the spec says so. `engine.proofs.truncation` checks the same on
data.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.indicators.graph import Column, find_column
from engine.market.timeframe import DURATION_MS
from engine.proofs.memory import memory_of
from engine.proofs.statements import (
    AT_CLOSE,
    BAR_FIELDS,
    CLOCK,
    CONSTANT,
    FINER_BARS,
    FUNDING,
    OPERATORS,
    statement_of,
)
from engine.spec import defaults
from engine.spec.expressions import Series, format_operand, parse_operand, series_in
from engine.spec.models import SpecModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.indicators.graph import Definition
    from engine.proofs.differences import Truncation
    from engine.spec.models import Condition, ProtectiveLevel, StrategySpec

SLIPPAGE_BARS = 24
"""Bars behind the mean quote volume of a slippage model that weighs the order's size."""


@dataclass(frozen=True, slots=True)
class Known:
    """What one operand or input knows.

    ``known_at`` is the newest of the asset's own bars it reads, counted from the deciding one: 0 is the deciding bar
    itself, read at its close, -1 the one before; None where nothing proves that it is not a later one.
    ``lookback_bars`` is the oldest, counted back; None for every bar so far. ``because`` says why.
    """

    operand: str
    known_at: int | None
    lookback_bars: int | None
    because: str

    @property
    def holds(self) -> bool:
        """True when it is proven to read no bar after the deciding one."""
        return self.known_at is not None and self.known_at <= 0

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON data; what is None is left out."""
        found: dict[str, object] = {
            "operand": self.operand,
            "knownAt": self.known_at,
            "lookbackBars": self.lookback_bars,
        }
        return {name: value for name, value in found.items() if value is not None} | {"because": self.because}


@dataclass(frozen=True, slots=True)
class Causality:
    """Whether a spec decides with closed bars alone: what each operand knows, and what a check on data found."""

    operands: tuple[Known, ...]
    checked: Truncation | None = None

    @property
    def holds(self) -> bool:
        """True when every operand is proven, and no check on data says otherwise."""
        return all(one.holds for one in self.operands) and (self.checked is None or self.checked.holds is not False)

    @property
    def by(self) -> str:
        """How it was proven."""
        truncated = self.checked is not None and self.checked.holds is not None
        return "construction and truncation" if truncated else "construction"

    def as_dict(self) -> dict[str, object]:
        """Return the proof as JSON data; ``checked`` only where there was data to check on."""
        out: dict[str, object] = {
            "holds": self.holds,
            "by": self.by,
            "operands": [one.as_dict() for one in self.operands],
        }
        return out if self.checked is None else {**out, "checked": self.checked.as_dict()}


def causality(spec: StrategySpec) -> Causality:
    """Return what each operand and input of a checked spec knows, by construction.

    Examples
    --------
    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> proof = causality(check(SMA_CROSS).spec)
    >>> proof.holds, [(one.operand, one.known_at, one.lookback_bars) for one in proof.operands][:2]
    (True, [('sma_fast', 0, 20), ('sma_slow', 0, 50)])
    """
    return Causality((*_operands(spec), *_inputs(spec), *_unstated(spec)))


def operand_texts(spec: StrategySpec) -> dict[str, int]:
    """Return every operand of the spec's conditions in its canonical form, with the bars its conditions look back.

    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> operand_texts(check(SMA_CROSS).spec)
    {'sma_fast': 1, 'sma_slow': 1}
    """
    reach: dict[str, int] = {}
    for text, back in _read(spec):
        reach[text] = max(back, reach.get(text, 0))
    return reach


def definitions(spec: StrategySpec) -> dict[str, Definition]:
    """Return the spec's indicators as the column store takes them."""
    return {key: (one.type, one.inputs) for key, one in spec.indicators.items()}


# -- operands of conditions -----------------------------------------------------------------------


def _operands(spec: StrategySpec) -> Iterator[Known]:
    for text, back in operand_texts(spec).items():
        read = [_series(spec, one) for one in series_in(parse_operand(text))]
        if read:
            yield _joined(text, read, back)


def _read(spec: StrategySpec) -> Iterator[tuple[str, int]]:
    """Yield each operand of the conditions, every one of them as often as it is read, numbers left out."""
    signals = spec.signals
    roots = [*signals.entry, *signals.exit]
    if signals.short is not None:
        roots += [*signals.short.entry, *signals.short.exit]
    waiting = deque((root, 0) for root in roots)
    while waiting:
        condition, outer = waiting.popleft()
        back = outer + (condition.for_bars or 1) - 1 + (condition.within_bars or 1) - 1
        waiting += [(inner, back) for inner in (*(condition.conditions or ()), *(condition.filters or ()))]
        own = back + OPERATORS[condition.when][0] + (condition.bars or 0)
        yield from ((format_operand(parse_operand(text)), own) for text in _texts(condition))


def _texts(condition: Condition) -> Iterator[str]:
    for operand in (condition.left, condition.right, condition.low, condition.high):
        if isinstance(operand, str):
            yield operand


def _series(spec: StrategySpec, series: Series) -> Known:
    """Return what a bar field, a part of the clock or an indicator's output knows, its lag included."""
    name = series.name if series.output is None else f"{series.name}.{series.output}"
    if series.name == "time":
        return Known(name, -series.lag, series.lag, CLOCK)
    if series.name in BAR_FIELDS:
        return Known(name, -series.lag, series.lag, BAR_FIELDS[series.name])
    column = find_column(name, definitions(spec))
    timeframe = spec.universe.timeframe
    far, why = _reach(column, timeframe, timeframe)
    if why is None:
        unknown = column.node.type_name if column.node is not None else name
        return Known(name, None, None, f"no causality statement for indicator type '{unknown}'")
    known_at = -series.lag - column.offset * _ratio(column, timeframe, timeframe)
    return Known(name, known_at, None if far is None else far + series.lag, why)


def _reach(column: Column, base: str, reader: str) -> tuple[int | None, str | None]:
    """Return how many bars of ``reader`` back a column reads (None: all), and why no further on (None: unproven)."""
    node = column.node
    if node is None:
        return 0, BAR_FIELDS[column.name]
    memory = memory_of(node.entry, node.named_inputs)
    if memory is None:
        return None, None
    frame = node.timeframe or base
    reaches = [(memory.bars, memory.why)]
    for source in node.sources:
        inner, why = _reach(source, base, frame)
        if why is None:
            return None, None
        reaches.append((inner, why))
    bars = [reach for reach, _ in reaches if reach is not None]
    far = bars[0] + max(bars[1:], default=0) + column.offset if len(bars) == len(reaches) else None
    ratio = _ratio(column, base, reader)
    if ratio == 1:
        return far, memory.why
    back = None if far is None else (far + 2) * ratio - 2
    return back, f"{memory.why}; a {frame} bar is read once it has ended"


def _ratio(column: Column, base: str, reader: str) -> int:
    frame = base if column.node is None else column.node.timeframe or base
    return DURATION_MS[frame] // DURATION_MS[reader]


def _joined(text: str, read: list[Known], back: int) -> Known:
    """Return what an expression over several series knows, in conditions that look ``back`` bars further."""
    unproven = next((one for one in read if one.known_at is None), None)
    if unproven is not None:
        return Known(text, None, None, unproven.because)
    newest = max(one.known_at for one in read if one.known_at is not None)
    reaches = [one.lookback_bars for one in read]
    oldest = None if None in reaches else max(far for far in reaches if far is not None) + back
    return Known(text, newest, oldest, "; ".join(dict.fromkeys(one.because for one in read)))


# -- what else reads the market: levels, sizes, costs, orders ----------------------------------------


def _inputs(spec: StrategySpec) -> Iterator[Known]:
    for name in ("stop_loss", "take_profit", "trailing_stop", "trailing_take"):
        level: ProtectiveLevel | None = getattr(spec.risk, name)
        if level is not None:
            yield _level(spec, f"risk.{name}", level)
    yield _size(spec)
    yield _slippage(spec)
    order = spec.execution.entry_order
    if order is not None:
        yield Known("execution.entry_order", 0, 0, _told("execution.entry_order"))
    yield _fill(spec)
    favourable = spec.risk.take_profit is not None or bool(spec.risk.partial_exits)
    if favourable or order is not None:
        yield Known("finer bars", 0, 0, FINER_BARS)
    if defaults.market_type_of(spec) == "perp":
        yield Known("funding", 0, 0, FUNDING)


def _level(spec: StrategySpec, path: str, level: ProtectiveLevel) -> Known:
    why = _told(path)
    if level.type != "atr":
        return Known(path, 0, 0, why)
    if level.indicator is None:
        return Known(path, 0, None, f"{why}; ATR({defaults.atr_length_of(level)}) of the deciding close")
    series = parse_operand(level.indicator)
    read = [_series(spec, one) for one in series_in(series)]
    return _joined(path, [*read, Known(path, 0, 0, why)], 0)


def _size(spec: StrategySpec) -> Known:
    mode, stop = spec.sizing.mode, spec.risk.stop_loss
    path = f"sizing.{mode}"
    if mode == "fixed_notional":
        return Known(path, 0, 0, CONSTANT)
    if mode == "volatility_target":
        length = defaults.sizing_length_of(spec)
        return Known(path, 0, length, f"equity and volatility of {length} bars, {AT_CLOSE}")
    if mode == "atr_risk":
        return Known(path, 0, None, f"equity and ATR({defaults.sizing_length_of(spec)}), {AT_CLOSE}")
    if mode == "risk_per_trade" and stop is not None:
        distance = _level(spec, path, stop)
        return Known(path, distance.known_at, distance.lookback_bars, f"equity and distance to the stop, {AT_CLOSE}")
    return Known(path, 0, 0, f"equity, {AT_CLOSE}")


def _slippage(spec: StrategySpec) -> Known:
    rates, why = defaults.slippage_of(spec), _told("execution.slippage")
    if rates.kv > 0.0 or rates.kp > 0.0:
        return Known("execution.slippage", 0, None, f"ATR(14) and the mean volume of {SLIPPAGE_BARS} bars: {why}")
    return Known("execution.slippage", 0, 0, CONSTANT)


def _fill(spec: StrategySpec) -> Known:
    fill = defaults.fill_of(spec)
    because = {
        "next_open": "the open of a later bar than the deciding one; no decision reads it",
        "close": "the deciding close itself; protections act from the next bar on",
        "vwap": "the five one-minute bars that have closed by the deciding close; a reference price",
    }[fill]
    return Known(f"execution.fill {fill}", 0, 0, because)


def _unstated(spec: StrategySpec) -> Iterator[Known]:
    """Yield a hole in the proof for every field that is written and has no statement."""
    for path in dict.fromkeys(_written(spec, "")):
        if statement_of(path) is None:
            yield Known(path, None, None, "no causality statement for this field")


def _written(part: Any, path: str) -> Iterator[str]:
    if isinstance(part, SpecModel):
        for name in type(part).model_fields:
            value = getattr(part, name)
            if value is not None:
                yield from _written(value, f"{path}.{name}" if path else name)
    elif path:
        yield path


def _told(path: str) -> str:
    return statement_of(path) or ""
