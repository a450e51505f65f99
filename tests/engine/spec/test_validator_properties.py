"""Properties of the validator: it never raises, accepts what it wrote, and reads both spellings alike."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference.spec_edits import MINIMAL, edited

from engine.spec import Problem, behaviour_hash, check, spec_hash, spec_json
from engine.spec.canonical import plain
from engine.spec.models import SpecModel
from engine.spec.place import camel_case

# --- specs that are valid, or nearly so

KEYS = ["fast", "slow", "rsi_14", "bb"]
INDICATORS: dict[str, Any] = {
    "fast": {"type": "ema", "inputs": {"length": 9}},
    "slow": {"type": "SMA", "inputs": {"period": 30, "source": "hlc3"}},
    "rsi_14": {"type": "rsi", "inputs": {"length": 14, "source": "fast"}},
    "bb": {"type": "bollinger", "inputs": {"mult": 2.5}},
}
operands = st.sampled_from(
    ["close", "fast", "slow", "bb.upper", "bb.mid", "bb.lowerband", "close*1.02", "( fast - 2*slow )", "rsi_14 [2]",
     "max(high[1],high[2])", "volume", "time.hour", "-close", "0.5*(high+low)"]
)  # fmt: skip
numbers = st.integers(-100, 100) | st.floats(-1e6, 1e6, allow_subnormal=False)
extras = st.fixed_dictionaries({}, optional={"for_bars": st.integers(1, 9), "within_bars": st.integers(1, 9)})


def with_extras(kind: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda condition, more: condition | more, kind, extras)


comparisons = st.sampled_from(["gt", "gte", "lt", "lte", "eq", "crosses_above", "crosses_below"])
leaves = with_extras(
    st.fixed_dictionaries({"when": comparisons, "left": operands, "right": operands})
    | st.fixed_dictionaries({"when": comparisons, "left": operands, "value": numbers})
    | st.fixed_dictionaries({"when": st.just("between"), "left": operands, "low": numbers | operands, "high": operands})
    | st.fixed_dictionaries(
        {"when": st.sampled_from(["rising", "falling"]), "left": operands, "bars": st.integers(1, 9)}
    )
)
conditions = st.recursive(
    leaves,
    lambda inner: with_extras(
        st.fixed_dictionaries(
            {"when": st.sampled_from(["and", "or"]), "conditions": st.lists(inner, min_size=2, max_size=3)}
        )
        | st.fixed_dictionaries({"when": st.just("not"), "conditions": st.lists(inner, min_size=1, max_size=1)})
        | st.builds(lambda leaf, more: leaf | {"filters": more}, leaves, st.lists(inner, max_size=2))
    ),
    max_leaves=5,
)
levels = (
    st.fixed_dictionaries({"type": st.just("percent"), "value": st.floats(0.001, 0.9)})
    | st.fixed_dictionaries(
        {"type": st.just("atr"), "value": st.integers(1, 5)}, optional={"length": st.integers(1, 50)}
    )
    | st.fixed_dictionaries({"type": st.just("atr"), "value": st.floats(0.5, 5), "indicator": st.just("bb.bandwidth")})
)
sides = st.fixed_dictionaries(
    {"entry": st.lists(conditions, min_size=1, max_size=2), "exit": st.lists(conditions, max_size=2)}
)
universes = st.fixed_dictionaries(
    {
        "assets": st.sampled_from([["BTC"], ["BTC", "ETH/USDC"], ["EURUSD"]]),
        "timeframe": st.sampled_from(["1h", "1d"]),
        "market_type": st.just("perp"),
    },
    optional={"quote": st.just("USDT"), "venue": st.just("orderly")},
)
specs = st.fixed_dictionaries(
    {
        "id": st.just("s"),
        "name": st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=10),
        "version": st.sampled_from(["1.0", "12.34"]),
        "universe": universes,
        "indicators": st.just(INDICATORS),
        "signals": st.builds(
            lambda long, more: long | more,
            sides,
            st.fixed_dictionaries({}, optional={"short": sides, "opposite_entry": st.just("reverse")}),
        ),
        "sizing": st.fixed_dictionaries(
            {"mode": st.just("percent_equity"), "value": st.floats(0.01, 1)},
            optional={"max_positions": st.integers(1, 5)},
        ),
        "risk": st.fixed_dictionaries(
            {},
            optional={"max_leverage": st.integers(1, 5), "max_position_pct": st.floats(0.01, 1),
                      "max_drawdown_pct": st.floats(0.01, 1), "stop_loss": levels, "take_profit": levels},
        ),
        "execution": st.fixed_dictionaries(
            {"mode": st.sampled_from(["paper", "live"])},
            optional={"slippage_model": st.sampled_from(["basic", "conservative"]), "fill": st.just("close"),
                      "fees": st.just({"maker": 0, "taker": 1e-4}), "max_orders_per_hour": st.integers(1, 9)},
        ),
    },
    optional={
        "description": st.just("text"),
        "metadata": st.just({"maxLeverage": None, "x": [1, 2.5, {"y": 1e17}]}),
        "variants": st.just([{"id": "v", "overrides": {"indicators.fast.inputs.timeperiod": 12}}]),
    },
)  # fmt: skip

quick = settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def in_camel_case(data: Any, kind: Any) -> Any:
    """Respell the fields of a spec, told apart from an author's own keys by the models."""
    from typing import get_args

    if isinstance(data, dict) and isinstance(kind, type) and issubclass(kind, SpecModel):
        fields = kind.model_fields
        return {camel_case(name): in_camel_case(value, fields[name].annotation) for name, value in data.items()}
    inner = [arg for option in (kind, *get_args(kind)) for arg in (option, *get_args(option))]
    models = [arg for arg in inner if isinstance(arg, type) and issubclass(arg, SpecModel)]
    if not models:
        return data
    if isinstance(data, list):
        return [in_camel_case(item, models[0]) for item in data]
    if "dict" in str(kind):
        return {key: in_camel_case(value, models[0]) for key, value in data.items()}
    return in_camel_case(data, models[0])


def is_sound(problems: tuple[Problem, ...]) -> bool:
    """Tell whether problems are such as a person can read: a path, a code, printable words, errors first."""
    severities = [problem.severity for problem in problems]
    return severities == sorted(severities) and all(
        problem.path.startswith("$") and re.fullmatch("[A-Z0-9_]+", problem.code) and problem.message
        for problem in problems
    )


@pytest.mark.no_cover
@quick
@given(specs)
def test_what_was_accepted_is_accepted_again_with_the_same_hash(document: dict[str, Any]) -> None:
    checked = check(document)
    assert is_sound(checked.problems)
    if checked.spec is None:
        return

    again = check(spec_json(checked.spec))

    assert again.spec == checked.spec
    assert again.spec is not None
    assert spec_json(again.spec) == spec_json(checked.spec)
    assert check(checked.spec).spec == checked.spec
    assert [(p.path, p.code) for p in again.problems] == [(p.path, p.code) for p in checked.problems]


@pytest.mark.no_cover
@quick
@given(specs)
def test_both_spellings_are_one_spec(document: dict[str, Any]) -> None:
    from engine.spec import StrategySpec

    snake, camel = check(document), check(json.dumps(in_camel_case(document, StrategySpec)))

    assert snake.spec == camel.spec
    assert [(p.code, p.message) for p in snake.problems] == [(p.code, p.message) for p in camel.problems]
    if snake.spec is not None and camel.spec is not None:
        assert spec_hash(snake.spec) == spec_hash(camel.spec)


@settings(max_examples=60)
@given(specs)
def test_most_drawn_specs_are_valid_or_refused_for_what_they_say(document: dict[str, Any]) -> None:
    meant = {"CONTRADICTION", "CONSTANT_CONDITION", "IMPOSSIBLE_SIZE", "OUT_OF_BOUNDS", "PRICE_LEVEL_SCOPE"}

    errors = {problem.code for problem in check(document).problems if problem.severity == "error"}

    assert errors <= meant


def places(data: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in items:
        yield from places(value, (*place, step))


rubbish = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        1e300,
        10**15,
        "",
        "x",
        "close",
        "\u202e",
        [],
        {},
        [[]],
        {"": ""},
        {"when": "and"},
        [None],
        "a.b[1]",
    ]
)


@pytest.mark.no_cover
@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(specs, st.data())
def test_a_spec_damaged_anywhere_is_judged_and_never_raises(document: dict[str, Any], data: st.DataObject) -> None:
    damaged = copy.deepcopy(document)
    for _ in range(data.draw(st.integers(1, 3))):
        *steps, last = data.draw(st.sampled_from([place for place in places(damaged) if place]))
        at: Any = damaged
        for step in steps:
            at = at[step]
        if data.draw(st.booleans()) or isinstance(at, list):
            at[last] = data.draw(rubbish)
        elif isinstance(at, dict):
            at[data.draw(st.sampled_from(["stopLoss", "inputs", "x", "when", "é", str(last).upper()]))] = at.pop(last)

    checked = check(damaged)

    assert is_sound(checked.problems)
    assert checked.valid == all(problem.severity == "warning" for problem in checked.problems)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=80)
@given(st.dictionaries(st.sampled_from([*MINIMAL, "variants", "metadata", "marketType"]), json_values))
def test_garbage_under_known_names_never_raises(document: dict[str, Any]) -> None:
    checked = check(document)

    assert not checked.valid
    assert is_sound(checked.problems)


# --- the canonical form


def hashes(changes: dict[str, Any]) -> tuple[str, str]:
    spec = check(edited(changes)).spec
    assert spec is not None
    return spec_hash(spec), behaviour_hash(spec)


@pytest.mark.parametrize(
    "changes",
    [
        {"indicators.sma_fast": {"type": "sma", "inputs": {"timeperiod": 20, "src": "close"}}},
        {"indicators.sma_fast": {"type": "Simple Moving Average", "inputs": {"length": 20, "source": "close"}}},
        {"signals.entry.0.left": " ( sma_fast )[0]".replace(")[0]", "[0])")},
        {"risk.max_leverage": 1.0},
        {"sizing.value": 0.1000},
    ],
)
def test_what_means_the_same_has_the_same_hash(changes: dict[str, Any]) -> None:
    assert hashes(changes) == hashes({})


@pytest.mark.parametrize(
    "changes",
    [{"id": "x"}, {"name": "x"}, {"version": "1.1"}, {"description": "x"}, {"metadata": {}},
     {"variants": [{"id": "v", "overrides": {"sizing.value": 0.05}}]}],
)  # fmt: skip
def test_a_name_changes_the_spec_and_not_its_behaviour(changes: dict[str, Any]) -> None:
    assert hashes(changes)[0] != hashes({})[0]
    assert hashes(changes)[1] == hashes({})[1]


@pytest.mark.parametrize(
    "changes",
    [{"sizing.value": 0.11}, {"universe.timeframe": "4h"}, {"universe.assets": ["ETH", "BTC"]},
     {"indicators.sma_fast.inputs.length": 21}, {"execution.fill": "close"}, {"risk.max_drawdown_pct": 0.5}],
)  # fmt: skip
def test_what_a_spec_does_changes_both_hashes(changes: dict[str, Any]) -> None:
    assert hashes(changes)[0] != hashes({})[0]
    assert hashes(changes)[1] != hashes({})[1]


def test_the_canonical_form_holds_what_was_written_and_nothing_else() -> None:
    spec = check(edited()).spec

    assert plain(spec) == edited()


def test_aliases_of_outputs_take_the_catalogs_names() -> None:
    spec = edited({"signals.exit": [{"when": "lt", "left": "close", "right": "bb.mid*2"}]})
    spec["indicators"] |= {"bb": {"type": "bb", "inputs": {}}, "on_bb": {"type": "ema", "inputs": {"source": "bb.mid"}}}

    checked = check(spec).spec

    assert checked is not None
    assert checked.signals.exit[0].right == "bb.middle * 2"
    assert checked.indicators["bb"].type == "bbands"
    assert checked.indicators["on_bb"].inputs == {"source": "bb.middle"}
