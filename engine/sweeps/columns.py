"""The columns and numbers that the candidates of a family read, each found once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from engine.signals.operands import evaluate, lagged
from engine.spec.expressions import Number, series_in

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

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


class KeptColumns:
    """Numbers columns, and keeps them alive while a kernel reads them by their address."""

    def __init__(self) -> None:
        self._columns: list[FloatArray] = []
        self._named: list[FloatArray] = []
        self._numbers: dict[int, int] = {}

    def number_of(self, column: FloatArray) -> int:
        """Return the number of a column, the same one each time."""
        known = self._numbers.get(id(column))
        if known is None:
            known = self._numbers[id(column)] = len(self._columns)
            self._named.append(column)  # what an id names has to live
            self._columns.append(np.ascontiguousarray(column, dtype=np.float64))
        return known

    def addresses(self, numbers: IntArray | None = None) -> IntArray:
        """Return where columns lie in memory, all of them or those of ``numbers``."""
        chosen = self._columns if numbers is None else [self._columns[number] for number in numbers.tolist()]
        return np.array([one.ctypes.data for one in chosen], dtype=np.int64)


class LaterColumns:
    """Numbers columns before they are computed: the thread that needs one first computes it, and it is kept."""

    def __init__(self) -> None:
        self._makers: list[Callable[[], FloatArray]] = []
        self._numbers: dict[Hashable, int] = {}
        self._made: dict[int, FloatArray] = {}

    def number_of(self, key: Hashable, make: Callable[[], FloatArray]) -> int:
        """Return the number of the column that ``key`` stands for and ``make`` computes."""
        if key not in self._numbers:
            self._numbers[key] = len(self._makers)
            self._makers.append(make)
        return self._numbers[key]

    def addresses(self, numbers: IntArray, first: int) -> IntArray:
        """Return where columns lie in memory; those that are not there yet are computed, from place ``first`` on.

        Threads that need the same ones begin at different places, so that they do not wait for each other.
        """
        for number in np.roll(numbers, -first).tolist():
            if number not in self._made:
                column = np.ascontiguousarray(self._makers[number](), dtype=np.float64)
                self._made.setdefault(number, column)  # the first one stays: a kernel may read it already
        return np.array([self._made[number].ctypes.data for number in numbers.tolist()], dtype=np.int64)


class FamilyColumns:
    """Finds the columns of a family: ``kept`` are those of sizes and levels, ``operands`` what conditions compare."""

    def __init__(self, family: Family, asset: OneAsset) -> None:
        self.family = family
        self.asset = asset
        self.kept = KeptColumns()
        self.operands = LaterColumns()
        self._readers: dict[tuple[tuple[str, int], ...], AssetColumns] = {}
        self._reads = {key: _keys_read(key, family.spec.indicators) for key in family.spec.indicators}

    def operand(self, operand: Operand, members: IntArray) -> Found:
        """Return what an operand is for the family's ``members`` (places among its candidates)."""
        if isinstance(operand.expr, Number):
            return Found(np.full(members.shape[0], LEVEL), np.full(members.shape[0], operand.expr.value))
        return Found(self.column(operand, members), np.full(members.shape[0], np.nan))

    def column(self, operand: Operand, members: IntArray) -> IntArray:
        """Return the number among ``operands`` of the column that an operand, a number too, is for each member."""
        names = tuple(series.name for series in series_in(operand.expr))

        def number(read: AssetColumns) -> int:
            return self.operands.number_of((operand, id(read)), partial(column_of, operand, read))

        return self.by_variant(names, members, number)

    def by_variant(self, names: Sequence[str], members: IntArray, number: Callable[[AssetColumns], int]) -> IntArray:
        """Return ``number(columns)`` for each member, once for each variant of the indicators ``names`` reach."""
        keys = sorted({key for name in names if name in self._reads for key in self._reads[name]})
        chosen = [self.family.chosen[f"indicators.{key}"] for key in keys]
        of_members = list(zip(*([one[k] for k in members.tolist()] for one in chosen), strict=True))
        different = dict.fromkeys(of_members) if keys else {(): None}
        numbers = {variant: number(self.reader(dict(zip(keys, variant, strict=True)))) for variant in different}
        if len(numbers) == 1:
            return np.full(members.shape[0], next(iter(numbers.values())), dtype=np.int64)
        return np.array([numbers[variant] for variant in of_members], dtype=np.int64)

    def reader(self, variant: Mapping[str, int]) -> AssetColumns:
        """Return the columns of the asset under one variant of some indicators."""
        key = tuple(sorted(variant.items()))
        if key not in self._readers:
            changed = {name: self.family.variants[f"indicators.{name}"][at].indicator for name, at in variant.items()}
            whole = {**self.family.spec.indicators, **{name: one for name, one in changed.items() if one is not None}}
            self._readers[key] = self.asset.columns(whole)
        return self._readers[key]


def column_of(operand: Operand, read: AssetColumns) -> FloatArray:
    """Return an operand at every own bar of an asset, shape (n_bars,)."""
    return lagged(evaluate(operand.expr, read), operand.lag)


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
