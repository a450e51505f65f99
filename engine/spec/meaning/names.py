"""The names a spec's operands may use: its indicators and their outputs, bar fields, parts of the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spec.expressions import FIELDS, TIME_PARTS, Binary, Call, Expr, Number, Series, Unary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.indicators.indicator_type import IndicatorType
    from engine.spec.findings import Findings
    from engine.spec.place import Place

SINGLE = ("value",)
"""The outputs of a type that has only one, which nobody needs to name."""

PRICES = tuple(field for field in FIELDS if field != "volume")


SMALL_PART = 0.5
"""A price times this or less is no price to be reached but a part of one: ``close * 0.02``."""


@dataclass(frozen=True, slots=True)
class Names:
    """What is declared: ``types`` maps each indicator key to its catalog entry, None when that is not known.

    ``sources`` maps a key to the series it reads, a bar field or another indicator, where one is written.
    """

    types: Mapping[str, IndicatorType | None]
    sources: Mapping[str, Series]

    def resolve(self, series: Series, place: Place, findings: Findings) -> Series | None:
        """Return a series under the catalog's own output name; None, with the problem added, when there is none."""
        if series.name == "time":
            return self._time(series, place, findings)
        if series.name in self.types:
            return self._output(series, place, findings)
        if series.name in FIELDS:
            if series.output is None:
                return series
            findings.error(place, "UNKNOWN_OUTPUT", f"'{series.name}' is a bar field and has no '.{series.output}'")
            return None
        words = (*self.types, *FIELDS, "time")
        message = f"indicator '{series.name}' is not defined"
        findings.error(place, "UNKNOWN_REFERENCE", message, allowed=self._all(), meant=series.name, words=words)
        return None

    def scale(self, expr: Expr) -> str | None:
        """Return what an operand is measured in (``price``, ``oscillator``, ...), None when that is not plain.

        What lies between two prices, and a small part of one, is a ``distance``: in money like a price, and as much
        an ATR or a MACD as they are.
        """
        if isinstance(expr, Series):
            return self._scale_of(expr, ())
        if isinstance(expr, Unary):
            return self.scale(expr.operand)
        if isinstance(expr, (Binary, Call)):
            parts = (expr.left, expr.right) if isinstance(expr, Binary) else expr.args
            numbers = [part.value for part in parts if isinstance(part, Number)]
            scales = {self.scale(part) for part in parts if not isinstance(part, Number)}
            if len(scales) != 1 or (isinstance(expr, Binary) and expr.op in "*/" and not numbers):
                return None
            scale = scales.pop()
            return "distance" if scale == "price" and isinstance(expr, Binary) and _parts_prices(expr) else scale
        return None

    def bounds(self, expr: Expr) -> tuple[float, float] | None:
        """Return the lowest and highest value an operand can have, where the catalog knows them."""
        if not isinstance(expr, Series):
            return None
        if expr.name == "time":
            return {"hour": (0, 23), "minute": (0, 59), "weekday": (1, 7), "day": (1, 31), "month": (1, 12)}.get(
                expr.output or ""
            )
        entry = self.types.get(expr.name)
        return None if entry is None else entry.bounds.get(expr.output or SINGLE[0])

    def _all(self) -> list[str]:
        """Return everything an operand may name."""
        indicators = [
            name
            for key, entry in self.types.items()
            for name in ([key] if entry is None or entry.outputs == SINGLE else [f"{key}.{o}" for o in entry.outputs])
        ]
        return [*indicators, *FIELDS, *(f"time.{part}" for part in TIME_PARTS)]

    def _time(self, series: Series, place: Place, findings: Findings) -> Series | None:
        if series.output in TIME_PARTS:
            return series
        allowed = [f"time.{part}" for part in TIME_PARTS]
        written = "time" if series.output is None else f"time.{series.output}"
        message = f"'{written}' is no part of the time"
        findings.error(place, "UNKNOWN_OUTPUT", message, allowed=allowed, meant=written)
        return None

    def _output(self, series: Series, place: Place, findings: Findings) -> Series | None:
        entry = self.types[series.name]
        if entry is None:
            return None  # its type is a problem of its own
        outputs = [f"{series.name}.{output}" for output in entry.outputs]
        if series.output is None:
            if entry.outputs == SINGLE:
                return series
            message = f"'{series.name}' ({entry.name}) has several outputs: name one"
            findings.error(place, "OUTPUT_REQUIRED", message, allowed=outputs)
            return None
        output = entry.find_output(series.output)
        if output is None:
            single = entry.outputs == SINGLE
            message = f"'{series.name}' ({entry.name}) has no output '{series.output}'"
            message += f": it is a single series, write '{series.name}'" if single else ""
            allowed = (series.name,) if single else outputs
            findings.error(place, "UNKNOWN_OUTPUT", message, allowed=allowed, meant=f"{series.name}.{series.output}")
            return None
        return Series(series.name, None if entry.outputs == SINGLE else output, series.lag)

    def _scale_of(self, series: Series, trail: tuple[str, ...]) -> str | None:
        if series.name in PRICES:
            return "price"
        if series.name in ("volume", "time"):
            return series.name
        entry = self.types.get(series.name)
        if entry is None or series.name in trail:
            return None
        scale = entry.scale_of(series.output or SINGLE[0])
        source = self.sources.get(series.name)
        return self._scale_of(source, (*trail, series.name)) if scale == "price" and source is not None else scale


def _parts_prices(expr: Binary) -> bool:
    """Tell whether arithmetic on prices leaves a distance: their difference, or a small part of one."""
    left, right = expr.left, expr.right
    if expr.op == "-":
        return not isinstance(left, Number) and not isinstance(right, Number)
    if expr.op == "*":
        return any(isinstance(part, Number) and abs(part.value) <= SMALL_PART for part in (left, right))
    return expr.op == "/" and isinstance(right, Number) and abs(right.value) * SMALL_PART >= 1
