"""The columns and numbers that the candidates of a family read, each found once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.signals.operands import evaluate, lagged
from engine.spec.expressions import Binary, Call, Expr, Number, Series, Unary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.backtest.columns import AssetColumns
    from engine.spec.models import Indicator
    from engine.sweeps.arena import OneAsset
    from engine.sweeps.candidates import Family
    from engine.sweeps.program import Operand

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

LEVEL = -1
"""The column of a number."""


@dataclass(slots=True, eq=False)
class Found:
    """What an operand is for each candidate of a family: a column's number, or `LEVEL` and a number."""

    column: IntArray
    level: FloatArray


class FamilyColumns:
    """Finds the columns of a family's operands, by content: equal ones have one number."""

    def __init__(self, family: Family, asset: OneAsset) -> None:
        self.family = family
        self.asset = asset
        self.columns: list[FloatArray] = []
        self._named: list[FloatArray] = []
        self._numbers: dict[int, int] = {}
        self._readers: dict[tuple[tuple[str, int], ...], AssetColumns] = {}
        self._reads = {key: _keys_read(key, family.spec.indicators) for key in family.spec.indicators}

    def number_of(self, column: FloatArray) -> int:
        """Return the number of a column, which is kept."""
        known = self._numbers.get(id(column))
        if known is None:
            known = self._numbers[id(column)] = len(self.columns)
            self._named.append(column)  # what an id names has to live
            self.columns.append(np.ascontiguousarray(column, dtype=np.float64))
        return known

    def operand(self, operand: Operand, members: IntArray) -> Found:
        """Return what an operand is for the family's ``members`` (places among its candidates)."""
        if isinstance(operand.expr, Number):
            return Found(np.full(members.shape[0], LEVEL), np.full(members.shape[0], operand.expr.value))
        numbers = self.by_variant(_names(operand.expr), members, lambda read: self.number_of(_column(operand, read)))
        return Found(numbers, np.full(members.shape[0], np.nan))

    def by_variant(self, names: Sequence[str], members: IntArray, find: Any) -> IntArray:
        """Return ``find(columns)`` for each member, called once for each variant of the indicators ``names`` reach."""
        keys = sorted({key for name in names if name in self._reads for key in self._reads[name]})
        if not keys:
            return np.full(members.shape[0], find(self.reader({})), dtype=np.int64)
        chosen = np.array([self.family.chosen[f"indicators.{key}"] for key in keys], dtype=np.int64)[:, members]
        different, which = np.unique(chosen, axis=1, return_inverse=True)
        found = [find(self.reader(dict(zip(keys, variant, strict=True)))) for variant in different.T.tolist()]
        return np.array(found, dtype=np.int64)[which.reshape(-1)]

    def reader(self, variant: Mapping[str, int]) -> AssetColumns:
        """Return the columns of the asset under one variant of some indicators."""
        key = tuple(sorted(variant.items()))
        if key not in self._readers:
            changed = {name: self.family.variants[f"indicators.{name}"][at].indicator for name, at in variant.items()}
            whole = {**self.family.spec.indicators, **{name: one for name, one in changed.items() if one is not None}}
            self._readers[key] = self.asset.columns(whole)
        return self._readers[key]

    def addresses(self, numbers: IntArray) -> IntArray:
        """Return where columns lie in memory, shape (len(numbers),); they stay there as long as this object."""
        return np.array([self.columns[number].ctypes.data for number in numbers.tolist()], dtype=np.int64)


def _column(operand: Operand, read: AssetColumns) -> FloatArray:
    return lagged(evaluate(operand.expr, read), operand.lag)


def _names(expr: Expr) -> tuple[str, ...]:
    return tuple(_walk(expr))


def _walk(expr: Expr) -> Iterator[str]:
    if isinstance(expr, Series):
        yield expr.name
    elif isinstance(expr, Unary):
        yield from _walk(expr.operand)
    elif isinstance(expr, Binary):
        yield from _walk(expr.left)
        yield from _walk(expr.right)
    elif isinstance(expr, Call):
        for arg in expr.args:
            yield from _walk(arg)


def _keys_read(key: str, indicators: Mapping[str, Indicator]) -> frozenset[str]:
    """Return an indicator's key and those of all indicators it is computed from."""
    read, to_do = set(), [key]
    while to_do:
        at = to_do.pop()
        if at in read:
            continue
        read.add(at)
        texts = [value for value in indicators[at].inputs.values() if isinstance(value, str)]
        to_do += [name for name in (text.partition(".")[0] for text in texts) if name in indicators]
    return frozenset(read)
