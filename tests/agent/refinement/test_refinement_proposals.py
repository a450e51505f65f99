"""Every proposal answers a weakness, and no candidate gets at a limit, the size, the execution or the assets."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.markets import random_market
from reference.specs import random_spec

from agent.json_patch import apply
from agent.refinement.candidates import (
    MOST_CANDIDATES,
    Grid,
    Overreach,
    candidates,
    combined,
    refuse_overreach,
)
from agent.refinement.propose import ANSWERS, propose
from agent.refinement.weaknesses import Diagnosis, Weakness
from engine.spec import apply_overrides, behaviour_hash, check
from engine.spec.canonical import plain

if TYPE_CHECKING:
    from engine.spec.models import StrategySpec

LIMITS = ("max_leverage", "max_position_pct", "max_total_exposure_pct", "max_drawdown_pct")


def weakness(code: str, **evidence: Any) -> Weakness:
    return Weakness(code, str(evidence.get("side", "")), "", evidence, 0.5)


EVERY_WEAKNESS = (
    weakness("NEVER_FIRES"),
    weakness("TOO_FEW_TRADES"),
    weakness("HALTED"),
    weakness("COSTS_DOMINATE"),
    weakness("LOSES_BEFORE_COSTS"),
    weakness("LOSING_SIDE", side="long"),
    weakness("LOSING_SIDE", side="short"),
    weakness("LOSING_SESSION", fromHour=8, toHour=12),
    weakness("LOSING_WEEKDAY", weekday=7, name="Sunday"),
    weakness("LOSING_VOLATILITY", volatility="high"),
    weakness("LOSING_TREND", side="long", place="below"),
    weakness("LOSING_TREND", side="short", place="above"),
    weakness("LOSING_EXITS"),
    weakness("STOP_TOO_TIGHT"),
    weakness("STOP_TOO_WIDE"),
    weakness("TARGET_TOO_NEAR"),
    weakness("PROFITS_GIVEN_BACK"),
    weakness("LOSERS_HELD_LONGER"),
    weakness("LOSS_TAIL", winnersAdverseFraction=0.0213),
    weakness("NOTHING_STANDS_OUT"),
    weakness("ENTRIES_REJECTED"),
)


def spec_of_seed(seed: int) -> StrategySpec:
    """Return a random spec of the reference generator that the check accepts."""
    rng = Random(seed)
    while True:
        market = random_market(rng, n_assets=rng.choice((1, 2)), n_bars=60, timeframe="1h", gap_chance=0.0, wild=0.01)
        found = check(random_spec(rng, market)).spec
        if found is not None:
            return found


def grid_of(spec: StrategySpec, *codes: str) -> Grid:
    some = tuple(one for one in EVERY_WEAKNESS if not codes or one.code in codes)
    return candidates(spec, propose(spec, Diagnosis(100, some)))


def test_every_weakness_is_tried_here() -> None:
    assert {one.code for one in EVERY_WEAKNESS} == {*ANSWERS, "ENTRIES_REJECTED"}


SOME = st.lists(st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=3)


@given(st.integers(0, 10_000), SOME)
@settings(max_examples=15)
def test_a_candidate_changes_nothing_a_search_may_not(seed: int, codes: list[str]) -> None:
    spec = spec_of_seed(seed)
    before = plain(spec)

    grid = grid_of(spec, *codes)

    for candidate in grid.candidates:
        after = plain(candidate.spec)
        for part in ("id", "name", "version", "universe", "sizing", "execution"):
            assert after[part] == before[part]
        for limit in LIMITS:
            was, now = before["risk"].get(limit), after["risk"].get(limit)
            assert was == now
        assert check(after).valid


@given(st.integers(0, 10_000))
@settings(max_examples=6)
def test_a_stop_that_decides_the_size_never_comes_nearer(seed: int) -> None:
    data = plain(spec_of_seed(seed))
    data["sizing"] = {"mode": "risk_per_trade", "value": 0.01}
    data["risk"]["stop_loss"] = {"type": "percent", "value": 0.02}
    spec = check(data).spec
    assert spec is not None

    for candidate in grid_of(spec, "STOP_TOO_TIGHT", "STOP_TOO_WIDE", "LOSS_TAIL", "HALTED").candidates:
        stop = candidate.spec.risk.stop_loss
        assert stop is not None
        assert stop.type == "percent"
        assert stop.value >= 0.02


@given(st.integers(0, 10_000), SOME)
@settings(max_examples=6)
def test_a_grid_is_bounded_without_repeats_and_always_the_same(seed: int, codes: list[str]) -> None:
    spec = spec_of_seed(seed)

    grid, again = grid_of(spec, *codes), grid_of(spec, *codes)

    assert grid == again
    assert len(grid.candidates) <= MOST_CANDIDATES
    assert [one.number for one in grid.candidates] == list(range(len(grid.candidates)))
    assert grid.candidates[0].spec == spec
    hashes = [one.behaviour_hash for one in grid.candidates]
    assert len(set(hashes)) == len(hashes)
    assert hashes == [behaviour_hash(one.spec) for one in grid.candidates]
    assert all(one.weaknesses and one.label for one in grid.candidates[1:])


@given(st.integers(0, 10_000), SOME)
@settings(max_examples=6)
def test_what_changed_is_given_as_overrides_and_as_a_patch(seed: int, codes: list[str]) -> None:
    spec = spec_of_seed(seed)
    before = plain(spec)

    for candidate in grid_of(spec, *codes).candidates[1:]:
        assert apply(before, candidate.patch) == plain(candidate.spec)
        if candidate.structural:
            assert candidate.overrides == {}
        else:
            assert apply_overrides(spec, candidate.overrides).spec == candidate.spec


def test_everything_that_could_be_combined_is_accounted_for(cross: Any) -> None:
    spec = cross()
    proposals = propose(spec, Diagnosis(100, EVERY_WEAKNESS))

    grid = candidates(spec, proposals, limit=20)

    tried = len(grid.candidates) - 1 + grid.left_out + grid.repeats + len(grid.refused)
    assert len(grid.candidates) == 20
    assert tried == sum(1 for _ in combined(proposals))


def test_the_most_important_weakness_is_answered_first_and_each_gets_a_turn(cross: Any) -> None:
    some = (weakness("LOSING_SIDE", side="short"), weakness("COSTS_DOMINATE"))

    grid = candidates(cross(), propose(cross(), Diagnosis(100, some)))

    labels = [one.label for one in grid.candidates]
    assert labels[1] == "no short side"
    assert {"LOSING_SIDE", "COSTS_DOMINATE"} == {one.weaknesses[0].split(":")[0] for one in grid.candidates[1:5]}


def test_a_dropped_side_leaves_the_other_as_it_was(cross: Any) -> None:
    spec = cross()

    without_long = next(one for one in grid_of(spec, "LOSING_SIDE").candidates if one.label == "no long side").spec
    without_short = next(one for one in grid_of(spec, "LOSING_SIDE").candidates if one.label == "no short side").spec

    assert without_long.signals.entry == ()
    assert without_long.signals.short == spec.signals.short
    assert without_short.signals.short is None
    assert without_short.signals.entry == spec.signals.entry


def test_one_side_alone_is_never_dropped(read_spec: Any) -> None:
    from engine.spec.examples import SMA_CROSS

    spec = read_spec(SMA_CROSS)

    assert propose(spec, Diagnosis(100, (weakness("LOSING_SIDE", side="long"),))) == ()


def test_a_filter_is_required_beside_the_entry_and_its_time_rules(cross: Any) -> None:
    entry = [
        {"when": "crosses_above", "left": "sma_fast", "right": "sma_slow", "within_bars": 3},
        {
            "when": "and",
            "conditions": [
                {"when": "gt", "left": "close", "right": "sma_slow"},
                {"when": "lt", "left": "close", "right": "sma_fast"},
            ],
        },
    ]
    spec = cross(signals={"entry": entry, "exit": [{"when": "falling", "left": "close", "bars": 3}]})

    made = plain(grid_of(spec, "LOSING_WEEKDAY").candidates[1].spec)["signals"]["entry"]

    sunday = {"when": "not", "conditions": [{"when": "eq", "left": "time.weekday", "value": 7}]}
    assert made[0] == {"when": "and", "conditions": [entry[0], sunday]}
    assert made[1] == {"when": "and", "conditions": [*entry[1]["conditions"], sunday]}


def test_an_indicator_of_a_filter_takes_a_free_name(cross: Any) -> None:
    data = plain(cross())
    data["indicators"]["trend_sma_200"] = {"type": "rsi", "inputs": {"length": 14}}
    data["signals"]["exit"].append({"when": "gt", "left": "trend_sma_200", "value": 80})
    spec = check(data).spec
    assert spec is not None

    made = grid_of(spec, "LOSING_TREND").candidates[1].spec

    assert made.indicators["trend_sma_200"].type == "rsi"
    assert made.indicators["trend_sma_200_2"].type == "sma"


def test_a_shift_of_the_data_moves_parameters_alone(cross: Any) -> None:
    for one in EVERY_WEAKNESS:
        grid = candidates(cross(), propose(cross(), Diagnosis(100, (one,)), ranges_only=True))
        assert all(candidate.structural == 0 for candidate in grid.candidates)
        if one.code in ("LOSING_SIDE", "LOSING_TREND", "LOSS_TAIL"):
            assert len(grid.candidates) > 10


def test_a_grid_wanders_into_no_spec_that_is_warned_of(cross: Any) -> None:
    grid = grid_of(cross(), "LOSES_BEFORE_COSTS")

    for candidate in grid.candidates:
        lengths = {key: one.inputs["length"] for key, one in candidate.spec.indicators.items()}
        assert lengths["sma_fast"] < lengths["sma_slow"]


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("risk.max_leverage", 5, "risk.max_leverage was 2.0 and would become 5.0"),
        ("risk.max_position_pct", None, "risk.max_position_pct was 0.2 and would become None"),
        ("sizing.value", 0.5, "sizing was"),
        ("execution.mode", "live", "execution was"),
        ("universe.assets", ["ETH"], "universe was"),
    ],
)
def test_a_change_beyond_a_search_is_a_fault(cross: Any, path: str, value: Any, told: str) -> None:
    data = plain(cross())
    section, name = path.split(".")
    if value is None:
        del data[section][name]
    else:
        data[section][name] = value
    changed = check(data).spec
    assert changed is not None

    with pytest.raises(Overreach, match=told):
        refuse_overreach(cross(), changed)
