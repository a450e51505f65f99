"""The wire form loses nothing: every spec that check accepts comes back as the same canonical spec."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.markets import random_market
from reference.spec_edits import edited
from reference.specs import random_spec

from agent.language.wire.incoming import from_wire
from agent.language.wire.outgoing import to_wire
from agent.language.wire.places import steps_in, wire_path
from agent.language.wire.schema import reply_schema
from agent.language.wire.shape import shaped
from engine.spec import check, spec_json
from engine.spec.canonical import plain
from engine.spec.place import path_text

ROOT = Path(__file__).parents[3]
WHOLE = reply_schema()
FORM = {**WHOLE["$defs"]["StrategySpec"], "$defs": WHOLE["$defs"]}


def there_and_back(document: Any) -> bool:
    """Whether a spec survives the wire as JSON text; a document that is no valid spec counts as well."""
    checked = check(document)
    if checked.spec is None:
        return False
    spec = plain(checked.spec)
    wire = json.loads(json.dumps(to_wire(spec)))

    tidy, problems = shaped(wire, FORM)
    back = from_wire(tidy, spec)

    assert tidy == wire
    assert not problems
    assert not back.problems
    again = check(back.spec)
    assert again.spec is not None
    assert spec_json(again.spec) == spec_json(checked.spec)
    return True


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.json")), ids=lambda path: path.stem)
def test_every_example_survives_the_wire(path: Path) -> None:
    assert there_and_back(path.read_bytes())


@pytest.mark.parametrize("seed", range(40))
def test_random_specs_survive_the_wire(seed: int) -> None:
    rng = Random(seed)

    market = random_market(rng, n_assets=1 + seed % 3, n_bars=5, timeframe="1h", gap_chance=0.0, wild=0.01)

    assert there_and_back(random_spec(rng, market))


conditions = st.recursive(
    st.builds(
        lambda when, right: {"when": when, "left": "close", **right},
        st.sampled_from(["gt", "lt", "crosses_above", "crosses_below", "gte", "lte"]),
        st.just({"right": "sma_fast"}) | st.floats(1, 1e6).map(lambda value: {"value": value}),
    )
    | st.builds(lambda high: {"when": "between", "left": "close", "low": 5, "high": high}, st.just("sma_fast * 2"))
    | st.builds(lambda bars: {"when": "rising", "left": "sma_slow", "bars": bars}, st.integers(1, 9)),
    lambda inner: (
        st.builds(
            lambda when, parts: {"when": when, "conditions": parts},
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=2, max_size=3),
        )
        | st.builds(lambda part: {"when": "not", "conditions": [part]}, inner)
        | st.builds(
            lambda part, more: {**part, **more},
            inner,
            st.fixed_dictionaries(
                {},
                optional={
                    "filters": st.lists(inner, max_size=2),
                    "for_bars": st.integers(1, 5),
                    "within_bars": st.integers(1, 5),
                },
            ),
        )
    ),
    max_leaves=6,
)
levels = st.sampled_from(
    [
        {"type": "percent", "value": 0.05},
        {"type": "atr", "value": 2, "length": 10},
        {"type": "atr", "value": 1.5, "indicator": "sma_fast"},
        {"type": "price", "value": 900},
    ]
)
life = st.fixed_dictionaries(
    {},
    optional={
        "stop_loss": levels.filter(lambda level: level["type"] != "price"),
        "trailing_stop": levels.flatmap(lambda one: st.sampled_from([one, {**one, "activate_at": 0.02}])),
        "trailing_take": levels,
        "breakeven": st.sampled_from([{"at": 0.02}, {"at": 0.02, "offset": -0.001}]),
        "partial_exits": st.just([{"at": 0.02, "fraction": 0.5}, {"at": 0.04, "fraction": 0.25}]),
        "time_limit": st.sampled_from([{"bars": 10}, {"minutes": 90}, {"bars": 1, "minutes": 1}]),
        "checks": st.sampled_from(
            [{}, {"cooldown_bars": 3, "session_hours": {"start": "08:00", "end": "20:00"}}, {"max_concurrent": 2}]
        ),
    },
)
sizings = st.sampled_from(
    [
        {"mode": "percent_equity", "value": 0.1, "max_positions": 2},
        {"mode": "fixed_notional", "value": 500},
        {"mode": "volatility_target", "value": 0.2, "length": 40},
        {"mode": "atr_risk", "value": 0.01, "multiple": 2},
        {"mode": "kelly", "value": 0.2, "win_rate": 0.5, "payoff": 2, "kelly_multiplier": 0.5},
    ]
)
executions = st.sampled_from(
    [
        {"mode": "live", "allowed_venues": []},
        {"mode": "paper", "fees": {"maker": 0}, "fill": "vwap", "max_orders_per_hour": 5},
        {"mode": "paper", "slippage_model": "custom", "slippage": {"base": 0.001, "kp": 1}},
        {"mode": "paper", "entry_order": {"type": "limit", "offset": 0.01, "expires_bars": 3}},
    ]
)
overrides = st.sampled_from(
    [
        {},
        {"indicators.sma_fast.inputs.length": 12, "sizing.value": 0.05},
        {"risk.max_leverage": 0.5, "execution.fees": {"maker": 0.0, "taker": 0.0005}},
        {"indicators.sma_fast.inputs.source": "hl2"},
    ]
)


@settings(max_examples=60)
@given(st.lists(conditions, min_size=1, max_size=2), life, sizings, executions, overrides, st.booleans())
def test_what_the_form_can_say_survives_the_wire(
    entry: list[Any], risk: Any, sizing: Any, execution: Any, changed: Any, noted: bool
) -> None:
    spec = edited({"signals.entry": entry, "sizing": sizing, "execution": execution})
    spec["risk"] |= risk
    spec["variants"] = [{"id": "other", "overrides": changed}]
    if noted:
        spec |= {"description": "", "metadata": {"maxLeverage": None, "x": [1, {"y": 1e17}]}}
        spec["indicators"]["sma_fast"]["inputs"]["timeframe"] = None
        spec["indicators"]["range"] = {"type": "opening_range", "inputs": {"start": "09:30", "end": "10:00"}}

    there_and_back(spec)


def leaves(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None:
        yield place, value
    for step, inner in items or ():
        yield from leaves(inner, (*place, step))


def written_at(value: Any, path: str) -> Any:
    for step in steps_in(path):
        value = value[step]
    return value


@pytest.mark.parametrize("seed", range(20))
def test_the_place_of_every_part_of_a_spec_is_known_on_the_wire(seed: int) -> None:
    rng = Random(seed)
    market = random_market(rng, n_assets=1, n_bars=5, timeframe="1h", gap_chance=0.0, wild=0.01)
    document = next(one for one in iter(lambda: random_spec(rng, market), None) if check(one).valid)
    document["variants"] = [{"id": "v", "overrides": {"sizing.value": 0.01}}]
    entry = document["signals"]["entry"]
    busy = [{"when": "gte", "left": "volume", "value": 0.5}]
    entry[0] = {**entry[0], "within_bars": 2, "filters": [*entry[0].get("filters", []), *busy]}
    checked = check(document)
    assert checked.spec is not None
    spec = plain(checked.spec)
    wire = to_wire(spec)

    for place, value in leaves(spec):
        if place[0] in ("id", "version") or place == ("execution", "mode"):
            continue
        assert written_at({"spec": wire}, wire_path(path_text(place), spec, wire)) == value


def test_the_model_is_shown_nothing_that_is_the_services() -> None:
    spec = edited({"metadata": {"note": "secret"}, "id": "mine", "execution": {"mode": "live"}})

    wire = to_wire(spec)

    assert {"id", "version", "metadata"}.isdisjoint(wire)
    assert "mode" not in wire["execution"]


def test_a_new_spec_from_the_wire_is_paper_without_identity() -> None:
    spec = from_wire(to_wire(edited({"execution": {"mode": "live"}}))).spec

    assert spec["execution"] == {"mode": "paper"}
    assert {"id", "version", "metadata"}.isdisjoint(spec)


def test_names_given_twice_are_problems_of_the_wire() -> None:
    wire = to_wire(edited())
    wire["indicators"][1]["name"] = "sma_fast"

    assert [problem.path for problem in from_wire(wire).problems] == ["$.indicators[1].name"]
