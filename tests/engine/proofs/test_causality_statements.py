"""Every part of a spec has a causality statement, and the statements about memory are true of the columns."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import BaseModel
from reference.engine_side import engine_bars
from reference.markets import START_MS, random_bars

from engine.indicators.catalog import CATALOG, OWN, IndicatorType
from engine.indicators.evaluate import evaluate
from engine.indicators.fields import FIELD_NAMES, fields
from engine.indicators.resolve import resolve_inputs
from engine.market.bars import Bars, make_bars
from engine.proofs.memory import memory_of
from engine.proofs.statements import BAR_FIELDS, FIELDS, OPERATORS, statement_of
from engine.spec.expressions import FIELDS as OPERAND_FIELDS
from engine.spec.models import Condition, Indicator, StrategySpec, Variant, When

ONE_REASON = {Condition: "see OPERATORS", Indicator: "see the catalog", Variant: "a spec of its own"}
"""Models whose parts are stated elsewhere."""


def field_paths(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """Yield the dotted path of every field that holds a figure, a word or a list, down to the last."""
    for name, info in model.model_fields.items():
        inner = f"{path}.{name}".strip(".")
        parts = [one for one in inside(info.annotation) if one not in ONE_REASON]
        if parts:
            for part in parts:
                yield from field_paths(part, inner)
        else:
            yield inner


def inside(annotation: Any) -> list[type[BaseModel]]:
    """Return the models an annotation holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in inside(part)]


PATHS = sorted(set(field_paths(StrategySpec)))


@pytest.mark.parametrize("path", PATHS)
def test_every_field_of_a_spec_says_why_it_sees_no_later_bar(path: str) -> None:
    assert statement_of(path), f"{path} has no causality statement"


def test_no_statement_is_left_of_a_field_that_is_gone() -> None:
    sections = {".".join(path.split(".")[:n]) for path in PATHS for n in range(1, path.count(".") + 2)}

    assert set(FIELDS) - sections == set()


def test_every_operator_and_every_bar_field_has_a_statement() -> None:
    assert set(OPERATORS) == set(get_args(When))
    assert set(BAR_FIELDS) == set(FIELD_NAMES) == set(OPERAND_FIELDS)


@pytest.mark.parametrize("name", list(CATALOG))
def test_every_entry_of_the_catalog_has_a_statement(name: str) -> None:
    entry = CATALOG[name]

    memory = memory_of(entry, resolve_inputs(entry, entry.example).inputs)

    assert memory is not None, f"{name} has no causality statement"
    assert memory.why


def test_a_type_nobody_has_stated_has_no_statement() -> None:
    stranger = IndicatorType(
        name="stranger", group="maths", summary="", inputs=(), compute=lambda *_: (), first_value=lambda _: 0
    )

    assert memory_of(stranger, {}) is None


# -- a window forgets: bars before it may be anything -----------------------------------------------

REMEMBERED = [
    name
    for name in OWN
    if (found := memory_of(OWN[name], resolve_inputs(OWN[name], OWN[name].example).inputs)) and found.bars is not None
]


def some_bars(seed: int, n_bars: int) -> Bars:
    return engine_bars("BTC", "1h", random_bars(Random(seed), n_bars, START_MS, 3_600_000, 0.0, 0.01))


def with_another_past(bars: Bars, first: int) -> Bars:
    """Return the bars with all before ``first`` twice as dear and with three times the volume."""
    factor = np.where(np.arange(bars.n_bars) < first, 2.0, 1.0)
    prices = [getattr(bars, name) * factor for name in ("open", "high", "low", "close")]
    return make_bars(bars.symbol, bars.timeframe, bars.time, *prices, bars.volume * (2.0 * factor - 1.0))


@pytest.mark.parametrize("name", REMEMBERED)
def test_a_window_depends_on_no_bar_before_it(name: str) -> None:
    entry = OWN[name]
    inputs = resolve_inputs(entry, entry.example).inputs
    memory = memory_of(entry, inputs)
    assert memory is not None and memory.bars is not None
    bars, last = some_bars(7, 160), 159
    other = with_another_past(bars, last - memory.bars)

    one, two = (
        evaluate(entry, series, fields(series, inputs["source"]) if entry.takes_source else None, inputs)
        for series in (bars, other)
    )

    for column, changed in zip(one, two, strict=True):
        np.testing.assert_allclose(changed[last], column[last], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("name", REMEMBERED)
def test_the_oldest_bar_of_a_window_matters_somewhere(name: str) -> None:
    entry = OWN[name]
    inputs = resolve_inputs(entry, entry.example).inputs
    memory = memory_of(entry, inputs)
    assert memory is not None and memory.bars is not None

    for seed in range(12):
        bars = some_bars(seed, 160)
        # everything up to the oldest bar of the window is another, the rest of it is not
        other = with_another_past(bars, 160 - memory.bars)
        one, two = (
            evaluate(entry, series, fields(series, inputs["source"]) if entry.takes_source else None, inputs)
            for series in (bars, other)
        )
        if any(abs(a[-1] - b[-1]) > 1e-9 for a, b in zip(one, two, strict=True)):
            return
    pytest.fail(f"{name} never read the oldest of its {memory.bars} bars")
