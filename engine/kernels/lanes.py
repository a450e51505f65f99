"""Sixty-four bars at once: LLVM's vector compares as numba intrinsics.

A compare of two vectors of 64 float64 gives 64 bits, which are one uint64 word: bit k is bar k of the stretch. The
compiler cuts it into what the machine has (AVX-512, AVX2, NEON). All predicates are *ordered*: with a NaN on
either side they are false. A side is a column, which must be one-dimensional and contiguous, or a level: one float64
for all bars. Nothing is checked against an array's bounds.
"""

from __future__ import annotations

from typing import Any

import numba.extending
from llvmlite import ir
from numba import types
from numba.core.errors import TypingError

LANES = 64
_BIT, _BYTE, _INDEX, _WORD = ir.IntType(1), ir.IntType(8), ir.IntType(32), ir.IntType(64)


def intrinsic(write: Any) -> Any:
    """Make an intrinsic; its callers leave out the first parameter, which a type checker would ask of them."""
    return numba.extending.intrinsic(write)


def _lanes_of(element):
    return ir.VectorType(element, LANES)


def _place(context, builder, array_type, array, bar, element):
    """Return a pointer to the 64 values of an array from ``bar`` on."""
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [bar]), _lanes_of(element).as_pointer())


def _spread(builder, value, element):
    """Return one value in all lanes."""
    empty = ir.Constant(_lanes_of(element), ir.Undefined)
    first = builder.insert_element(empty, value, ir.Constant(_INDEX, 0))
    return builder.shuffle_vector(first, empty, ir.Constant(_lanes_of(_INDEX), [0] * LANES))


def _need(array, dtype):
    """Refuse what the pointer arithmetic here would read wrongly, when the kernel is compiled."""
    if not (isinstance(array, types.Array) and array.ndim == 1 and array.layout == "C" and array.dtype == dtype):
        raise TypingError(f"64 bars at once need a contiguous column of {dtype}, not {array}")


def _need_a_side(side):
    if side != types.float64:
        _need(side, types.float64)


def _values(context, builder, side_type, side, bar):
    """Return the 64 values of a column from ``bar`` on, or the level 64 times."""
    if isinstance(side_type, types.Array):
        return builder.load(_place(context, builder, side_type, side, bar, ir.DoubleType()), align=8)
    return _spread(builder, side, ir.DoubleType())


def _compare(predicate):
    @intrinsic
    def compare(typing, left, left_bar, right, right_bar):
        _need_a_side(left)
        _need_a_side(right)

        def generate(context, builder, signature, values):
            one = _values(context, builder, signature.args[0], values[0], values[1])
            other = _values(context, builder, signature.args[2], values[2], values[3])
            return builder.bitcast(builder.fcmp_ordered(predicate, one, other), _WORD)

        return types.uint64(left, types.int64, right, types.int64), generate

    return compare


gt64, gte64, eq64, both_known64 = (_compare(predicate) for predicate in (">", ">=", "==", "ord"))
"""``gt64(left, left_bar, right, right_bar)``: the word of left[left_bar + k] > right[right_bar + k], k = 0 to 63."""


def _part(builder, vector, start, width):
    """Return some of the values of a vector."""
    places = ir.Constant(ir.VectorType(_INDEX, width), list(range(start, start + width)))
    return builder.shuffle_vector(vector, vector, places)


def _extreme(predicate):
    @intrinsic
    def extreme(typing, column, bar):
        _need(column, types.float64)

        def generate(context, builder, signature, values):
            best, width = _values(context, builder, signature.args[0], values[0], values[1]), LANES
            while width > 1:
                width //= 2
                one, other = (_part(builder, best, start, width) for start in (0, width))
                best = builder.select(builder.fcmp_ordered(predicate, one, other), one, other)
            return builder.extract_element(best, ir.Constant(_INDEX, 0))

        return types.float64(column, types.int64), generate

    return extreme


least64, greatest64 = _extreme("<"), _extreme(">")
"""``least64(column, bar)``: the least of column[bar + k], k = 0 to 63, which must all be numbers."""


@intrinsic
def value_at(typing, side, bar):
    """Return a column's value at a bar, or the level."""
    _need_a_side(side)

    def generate(context, builder, signature, values):
        if not isinstance(signature.args[0], types.Array):
            return values[0]
        data = context.make_array(signature.args[0])(context, builder, values[0]).data
        return builder.load(builder.gep(data, [values[1]]), align=8)

    return types.float64(side, types.int64), generate


@intrinsic
def mark64(typing, flags, bar, word, mark):
    """Or ``mark`` into the uint8 ``flags[bar + k]`` wherever bit k of ``word`` is set."""
    _need(flags, types.uint8)

    def generate(context, builder, signature, values):
        place = _place(context, builder, signature.args[0], values[0], values[1], _BYTE)
        wanted = builder.sext(builder.bitcast(values[2], _lanes_of(_BIT)), _lanes_of(_BYTE))
        marks = builder.and_(wanted, _spread(builder, values[3], _BYTE))
        builder.store(builder.or_(builder.load(place, align=1), marks), place, align=1)
        return context.get_dummy_value()

    return types.void(flags, types.int64, types.uint64, types.uint8), generate


@intrinsic
def lowest_bit(typing, word):
    """Return the index of the lowest bit that is set, 64 for a word of zeros."""
    return types.int64(types.uint64), lambda _, builder, __, values: builder.cttz(values[0], ir.Constant(_BIT, 0))


@intrinsic
def highest_bit(typing, word):
    """Return the index of the highest bit that is set, -1 for a word of zeros."""

    def generate(context, builder, signature, values):
        return builder.sub(ir.Constant(_WORD, LANES - 1), builder.ctlz(values[0], ir.Constant(_BIT, 0)))

    return types.int64(types.uint64), generate


@intrinsic
def count_bits(typing, word):
    """Return how many bits are set."""
    return types.int64(types.uint64), lambda _, builder, __, values: builder.ctpop(values[0])
