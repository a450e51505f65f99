"""JSON Patches on specs: what is applied, what is refused, what is said of it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.drawn import drawn_spec
from reference.spec_edits import GONE, MINIMAL
from reference.spec_edits import edited as changed

from agent.edits import apply, describe, diff, edited, next_version, undoing
from agent.errors import PatchError
from agent.json_patch import same
from agent.language.port import Operation
from engine.spec import check
from engine.spec.canonical import plain

NUMBERS = st.integers(-5, 5) | st.floats(allow_nan=False, allow_infinity=False, width=32)
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(max_size=4)
KEYS = st.sampled_from(["a", "b", "type", "value", "a/b", "m~n", ""])
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)
DOCUMENTS = st.dictionaries(KEYS, JSON, max_size=5)


def replace(path: str, value: Any) -> Operation:
    return Operation("replace", path, value)


# ---------------------------------------------------------------- apply


def test_add_puts_a_condition_where_the_pointer_says_and_moves_nothing_else() -> None:
    condition = {"when": "gt", "left": "adx_14", "value": 25}

    after = apply(MINIMAL, [Operation("add", "/signals/entry/-", condition)])

    assert after["signals"]["entry"] == [*MINIMAL["signals"]["entry"], condition]
    assert {name: value for name, value in after.items() if name != "signals"} == {
        name: value for name, value in MINIMAL.items() if name != "signals"
    }


def test_operations_follow_one_another() -> None:
    operations = [Operation("add", "/list/0", "x"), Operation("remove", "/list/1"), replace("/list/0", "y")]

    assert apply({"list": [1, 2]}, operations) == {"list": ["y", 2]}


def test_names_with_slash_and_tilde_are_reached() -> None:
    assert apply({"a/b": {"m~n": 1}}, [replace("/a~1b/m~0n", 2)]) == {"a/b": {"m~n": 2}}


def test_neither_spec_nor_patch_is_changed_or_shared() -> None:
    before, value = copy.deepcopy(MINIMAL), {"type": "percent", "value": 0.02}

    after = apply(before, [Operation("add", "/risk/stop_loss", value)])
    after["risk"]["stop_loss"]["value"] = 9
    after["universe"]["assets"].append("DOGE")

    assert before == MINIMAL and value == {"type": "percent", "value": 0.02}


REFUSED = [
    (
        replace("/risk/max_levrage", 2),
        r"no 'max_levrage' in /risk; there are: max_leverage, .*did you mean 'max_leverage'",
    ),
    (replace("/signals/entry/3", {}), r"'3' is no place in the list /signals/entry; allowed: 0 to 0"),
    (Operation("add", "/signals/entry/2", {}), r"'2' is no place in the list /signals/entry; allowed: 0 to 1 or '-'"),
    (replace("/signals/entry/-", {}), r"'-' is no place"),
    (replace("/signals/entry/00", {}), r"'00' is no place"),
    (replace("/sizing/value/deep", 1), r"/sizing/value is 0.1 and has no members"),
    (replace("/sizing/value/deep/er", 1), r"/sizing/value is 0.1 and has no members"),
    (replace("", {}), r"JSON Pointer that begins with '/'"),
    (replace("risk/max_leverage", 1), r"JSON Pointer that begins with '/'"),
    (replace("/risk/~2", 1), r"'~' is written ~0"),
    (Operation("remove", "/risk/stop_loss"), r"there is no 'stop_loss' in /risk"),
    (Operation("move", "/risk", None), r"'move' is no operation; allowed: add, replace, remove"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("operation", "complaint"), REFUSED, ids=lambda one: getattr(one, "path", None))
def test_what_does_not_fit_is_refused_with_its_place(operation: Operation, complaint: str) -> None:
    with pytest.raises(PatchError, match=complaint):
        apply(MINIMAL, [operation])


# ---------------------------------------------------------------- diff


@given(before=DOCUMENTS, after=DOCUMENTS)
def test_a_diff_turns_one_document_into_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    operations = diff(before, after)

    assert same(apply(before, operations), after)
    assert (operations == ()) == same(before, after)
    assert operations == diff(copy.deepcopy(before), copy.deepcopy(after))


@pytest.mark.parametrize("seed", range(30))
def test_a_diff_of_specs_turns_one_into_the_other(seed: int) -> None:
    before, after = drawn_spec(seed), drawn_spec(seed + 1000)

    assert apply(before, diff(before, after)) == after


@pytest.mark.parametrize(
    ("changes", "operations"),
    [
        ({"risk.max_leverage": 1.0}, []),
        ({"sizing.value": 0.2}, [("replace", "/sizing/value")]),
        ({"risk.stop_loss": {"type": "percent", "value": 0.04}}, [("add", "/risk/stop_loss")]),
        ({"risk.max_leverage": GONE}, [("remove", "/risk/max_leverage")]),
        ({"universe.assets": ["ETH"]}, [("remove", "/universe/assets/0")]),
        ({"universe.assets": ["SOL", "BTC", "ETH"]}, [("add", "/universe/assets/0")]),
        ({"indicators.sma_fast.inputs.length": 10}, [("replace", "/indicators/sma_fast/inputs/length")]),
        ({"signals.entry.0.when": "crosses_below"}, [("replace", "/signals/entry/0/when")]),
        ({"signals.entry.0": {"when": "gt", "left": "close", "value": 1}}, [("replace", "/signals/entry/0")]),
    ],
)
def test_a_diff_is_as_small_as_the_change(changes: dict[str, Any], operations: list[tuple[str, str]]) -> None:
    found = diff(MINIMAL, changed(changes))

    assert [(operation.op, operation.path) for operation in found] == operations


def test_true_is_not_one() -> None:
    assert diff({"a": 1}, {"a": True}) == (replace("/a", True),)


# ---------------------------------------------------------------- versions


def test_an_edit_raises_the_minor_version_and_keeps_the_identity() -> None:
    after = edited(MINIMAL, [replace("/sizing/value", 0.2)])

    assert (after["id"], after["version"], after["sizing"]["value"]) == (MINIMAL["id"], "1.1", 0.2)
    assert check(after).valid


@pytest.mark.parametrize("path", ["/id", "/version", "/version/0"])
@pytest.mark.parametrize("op", ["add", "replace", "remove"])
def test_identity_and_version_cannot_be_patched(op: Any, path: str) -> None:
    with pytest.raises(PatchError, match="is set by the store and cannot be patched"):
        edited(MINIMAL, [Operation(op, path, "2.0")])


def test_versions_count_on() -> None:
    assert [next_version(version) for version in ("1.0", "1.9", "0.0", "3.999999")] == ["1.1", "1.10", "0.1", "4.0"]
    with pytest.raises(PatchError, match=r"'1\.0\.1' is not major\.minor"):
        next_version("1.0.1")


@pytest.mark.parametrize("seed", range(10))
def test_undoing_brings_the_older_content_back_under_a_new_version(seed: int) -> None:
    older, current = {**drawn_spec(seed), "version": "1.0"}, {**drawn_spec(seed + 50), "version": "1.7"}

    after = edited(current, undoing(current, older))

    assert after == {**older, "version": "1.8"}


# ---------------------------------------------------------------- in words


def also(*conditions: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"when": "and", "conditions": [*MINIMAL["signals"]["entry"], *conditions]}]


STOPPED = changed({"risk.stop_loss": {"type": "percent", "value": 0.04}})
SAID = [
    ({"risk.stop_loss.value": 0.025}, ("stop loss: 4 % -> 2.5 %",)),
    ({"risk.stop_loss": {"type": "atr", "value": 2}}, ("stop loss: 4 % -> 2 x ATR(14)",)),
    ({"risk.stop_loss": GONE}, ("stop loss: 4 % from the entry price -> none",)),
    ({"risk.take_profit": {"type": "price", "value": 30000.0}}, ("take profit: none -> at a price of 30000",)),
    ({"risk.max_position_pct": 0.6}, ("one position at most, of equity: 20 % -> 60 %",)),
    ({"risk.max_leverage": 2}, ("leverage at most: 1 -> 2",)),
    ({"sizing.value": 0.07}, ("size: 10 % of equity -> 7 % of equity",)),
    (
        {"sizing": {"mode": "fixed_notional", "value": 1500, "max_positions": 2}},
        ("size: 10 % of equity -> 1500 in quote currency a trade", "open positions at most: none -> 2"),
    ),
    ({"universe.timeframe": "4h", "universe.assets": ["BTC"]}, ("assets: BTC, ETH -> BTC", "timeframe: 1h -> 4h")),
    ({"indicators.sma_fast.inputs.length": 10}, ("sma_fast length: 20 -> 10",)),
    (
        {"indicators.sma_fast.type": "ema"},
        ("sma_fast: sma (length 20, source close) -> ema (length 20, source close)",),
    ),
    (
        {
            "indicators.adx_14": {"type": "adx", "inputs": {"length": 14}},
            "signals.entry": also({"when": "gt", "left": "adx_14.adx", "value": 25}),
        },
        ("new indicator adx_14: adx (length 14)", "entry (long) also requires: adx_14.adx is above 25"),
    ),
    (
        {"signals.entry.0.filters": [{"when": "lt", "left": "close", "value": 5}]},
        ("entry (long) also requires: close is below 5",),
    ),
    (
        {"signals.exit": [*MINIMAL["signals"]["exit"], {"when": "lt", "left": "close", "value": 5}]},
        ("exit (long) is also triggered when: close is below 5",),
    ),
    ({"signals.exit": []}, ("exit (long): sma_fast crosses below sma_slow -> never",)),
    (
        {"signals.short": {"entry": [{"when": "lt", "left": "close", "value": 5}], "exit": []}},
        ("entry (short): never -> close is below 5",),
    ),
    ({"execution.fees": {"taker": 0.0004}}, ("fee rates: none -> taker 0.04 %",)),
    ({"execution.fill": "close"}, ("orders fill: none -> at the close that gave the signal",)),
    ({"risk.time_limit": {"bars": 10}}, ("time limit: none -> after 10 bars",)),
    (
        {"risk.checks": {"cooldown_bars": 3, "max_daily_loss_pct": 0.05}},
        (
            "checks of an entry: none -> wait after an exit: 3 bars; "
            "no entry for the rest of the day: after a loss of 5 % in a UTC day",
        ),
    ),
    ({"name": "Other"}, ('name: "SMA Cross (BTC-ETH)" -> "Other"',)),
    (
        {"variants": [{"id": "quick", "overrides": {"sizing.value": 0.2}}]},
        ("new variant quick: size: 10 % of equity -> 20 % of equity",),
    ),
]


@pytest.mark.parametrize(("change", "said"), SAID, ids=lambda one: next(iter(one)) if isinstance(one, dict) else "")
def test_a_change_is_said_in_a_line(change: dict[str, Any], said: tuple[str, ...]) -> None:
    after = changed(change, STOPPED)

    assert describe(STOPPED, after) == said
    assert describe(STOPPED, diff(STOPPED, after)) == said


@pytest.mark.parametrize("seed", range(40))
def test_no_change_goes_unsaid(seed: int) -> None:
    before, after = drawn_spec(seed), drawn_spec(seed)
    path = ("sizing", "risk", "execution", "signals", "universe")[seed % 5]
    after[path] = drawn_spec(seed + 500)[path]

    assert bool(describe(before, after)) == (not same(before, after))
    assert describe(before, {**before, "id": "other", "version": "9.9"}) == ()


@settings(max_examples=40)
@given(data=st.data())
def test_words_are_found_for_data_that_no_check_has_passed(data: st.DataObject) -> None:
    section = data.draw(
        st.sampled_from(["universe", "indicators", "signals", "sizing", "risk", "execution", "variants"])
    )
    broken = {
        **MINIMAL,
        section: data.draw(JSON.filter(lambda value: section != "variants" or isinstance(value, list))),
    }

    lines = describe(MINIMAL, broken)

    assert all("\n" not in line for line in lines)
    if not same(broken[section], MINIMAL.get(section)):
        assert sorted(describe(MINIMAL, diff(MINIMAL, broken))) == sorted(lines)


def test_canonical_data_is_described_like_data_as_written() -> None:
    checked = check(changed({"risk.stop_loss": {"type": "percent", "value": 0.04}}))
    assert checked.spec is not None

    assert describe(MINIMAL, plain(checked.spec)) == ("stop loss: none -> 4 % from the entry price",)
