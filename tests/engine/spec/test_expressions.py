"""Operands: the grammar, its refusals with their positions, and the canonical text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spec.expressions import (
    Binary,
    Call,
    Expr,
    ExpressionError,
    Number,
    Series,
    Unary,
    format_operand,
    parse_operand,
    series_in,
)

CLOSE = Series("close")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ema_fast", Series("ema_fast")),
        ("bb.lower", Series("bb", "lower")),
        ("bb.lower[3]", Series("bb", "lower", 3)),
        ("close[0]", CLOSE),
        ("time.hour", Series("time", "hour")),
        ("70", Number(70.0)),
        ("-70", Number(-70.0)),
        ("1e3", Number(1000.0)),
        (".5", Number(0.5)),
        ("-close", Unary("-", CLOSE)),
        ("+close", CLOSE),
        ("close * 1.02", Binary("*", CLOSE, Number(1.02))),
        ("1 - 2 - 3", Binary("-", Binary("-", Number(1), Number(2)), Number(3))),
        ("1 - (2 - 3)", Binary("-", Number(1), Binary("-", Number(2), Number(3)))),
        ("1 + 2 * 3", Binary("+", Number(1), Binary("*", Number(2), Number(3)))),
        ("-close * 2", Binary("*", Unary("-", CLOSE), Number(2))),
        ("ema_50 - 2 * atr_14", Binary("-", Series("ema_50"), Binary("*", Number(2), Series("atr_14")))),
        ("abs(close - open)", Call("abs", (Binary("-", CLOSE, Series("open")),))),
        ("max(high[1], high[2], 5)", Call("max", (Series("high", None, 1), Series("high", None, 2), Number(5)))),
        ("min", Series("min")),
    ],
)
def test_an_operand_is_read_with_the_usual_precedence(text: str, expected: Expr) -> None:
    assert parse_operand(text) == expected


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "expected a number"),
        ("   ", 3, "expected a number"),
        ("close >", 6, "unexpected '>'"),
        ("close close", 6, "after a complete operand"),
        ("2close", 1, "after 2"),
        ("1..2", 2, "after 1."),
        ("close close[1]", 6, "after a complete operand"),
        ("close[-1]", 6, "whole number from 0"),
        ("close[1.5]", 6, "whole number from 0"),
        ("close[5001]", 6, "0 to 5000"),
        ("close[1", 7, "expected ']'"),
        ("(close", 6, "expected ')'"),
        ("(close)[1]", 7, "belongs to a name"),
        ("bb.", 3, "output name"),
        ("sqrt(close)", 0, "no function"),
        ("abs(close, open)", 0, "takes one argument, not 2"),
        ("max(close)", 0, "takes 2 to 8"),
        ("__import__('os')", 11, "unexpected"),
        ("close ** 2", 7, "expected a number"),
        ("1e999", 0, "too large"),
        ("(" * 17 + "close" + ")" * 17, 16, "nested deeper"),
        ("-" * 400 + "close", 16, "nested deeper"),
        ("1+" * 300 + "1", 500, "at most 500"),
    ],
)
def test_what_is_no_operand_is_refused_with_its_position(text: str, position: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_operand(text)

    assert words in str(caught.value)
    assert caught.value.position == position


names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
series = st.builds(Series, names, st.none() | names, st.integers(0, 5_000))
numbers = st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: Number(x + 0.0))


def _grow(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    # the parser folds a minus sign into a number, so a tree holds no Unary over a Number
    signed = inner.filter(lambda expr: not isinstance(expr, Number)).map(lambda expr: Unary("-", expr))
    pairs = st.tuples(inner, inner)
    return (
        signed
        | st.builds(Binary, st.sampled_from("+-*/"), inner, inner)
        | st.builds(Call, st.just("abs"), st.tuples(inner))
        | st.builds(Call, st.sampled_from(["min", "max"]), pairs)
    )


@settings(max_examples=150)
@given(st.recursive(series | numbers, _grow, max_leaves=8))
def test_the_canonical_text_reads_back_as_the_same_tree(expr: Expr) -> None:
    text = format_operand(expr)

    assert parse_operand(text) == expr
    assert format_operand(parse_operand(text)) == text


@settings(max_examples=300)
@given(st.text(alphabet="abcx_019.[]()+-*/ ,e\t\n>é", max_size=40) | st.text(max_size=40))
def test_any_text_is_read_or_refused_within_its_length(text: str) -> None:
    position = 0
    try:
        parse_operand(text)
    except ExpressionError as error:
        position = error.position

    assert 0 <= position <= len(text)


def test_every_series_of_an_operand_is_listed_from_left_to_right() -> None:
    found = series_in(parse_operand("max(bb.lower, -close[2]) / open + 3"))

    assert list(found) == [Series("bb", "lower"), Series("close", None, 2), Series("open")]
