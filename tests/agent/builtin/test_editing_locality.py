"""What was not asked for does not move: sentences from templates over generated strategies."""

from __future__ import annotations

import copy
from typing import Any

from editing_specs import MULTI, PERP, SPOT, read
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.edits import edited
from engine.spec import check


def flatten(value: Any, path: str = "") -> dict[str, Any]:
    """Return the leaves of plain data by their dotted paths."""
    if isinstance(value, dict):
        return {
            key: leaf for name, one in value.items() for key, leaf in flatten(one, f"{path}.{name}".strip(".")).items()
        }
    if isinstance(value, list):
        return {key: leaf for at, one in enumerate(value) for key, leaf in flatten(one, f"{path}.{at}").items()}
    return {path: value}


def set_at(spec: dict[str, Any], path: str, value: Any) -> None:
    here: Any = spec
    *way, last = path.split(".")
    for step in way:
        here = here[int(step)] if isinstance(here, list) else here[step]
    here[last] = value


tenths = st.integers(10, 190).map(lambda n: n / 10)
lengths = st.integers(5, 90)
BASES = {"spot": SPOT, "perp": PERP, "multi": MULTI}


@st.composite
def strategies(draw: st.DrawFn, *names: str) -> dict[str, Any]:
    """Draw a strategy: one of the bases with other figures."""
    name = draw(st.sampled_from(names or tuple(BASES)))
    spec = copy.deepcopy(BASES[name])
    spec["sizing"]["value"] = draw(tenths) / 100
    spec["universe"]["timeframe"] = draw(st.sampled_from(("15m", "1h", "4h", "1d")))
    if name == "spot":
        spec["risk"]["stop_loss"]["value"] = draw(tenths) / 100
        spec["risk"]["take_profit"]["value"] = draw(tenths) / 100
        spec["indicators"]["ema_100"]["inputs"]["length"] = draw(st.integers(91, 300))
    if name == "perp":
        spec["indicators"]["ema_fast"]["inputs"]["length"] = draw(st.integers(5, 40))
        spec["indicators"]["ema_slow"]["inputs"]["length"] = draw(st.integers(100, 200))
    return spec


def moved(spec: dict[str, Any], text: str) -> dict[str, Any]:
    """Return the leaves that an edit changed, the version aside."""
    reading = read(spec, text)
    if reading.intent == "ask":
        assert reading.question is not None and "already" in reading.question.text, reading.question
        return {}
    after = edited(spec, reading.patch)
    assert check(after).valid
    before, now = flatten(spec), flatten(after)
    return {
        path: now.get(path)
        for path in before.keys() | now.keys()
        if before.get(path) != now.get(path) and path != "version"
    }


PERCENT = {
    "risk.stop_loss.value": (
        "stop {}%",
        "set the stop loss to {} percent",
        "sl: {}%",
        "{}% stop please",
        "could you use a {}% stop",
        "move the stop to {} %",
        "i'd like the stop at {}%",
    ),
    "risk.take_profit.value": (
        "target {}%",
        "tp {} percent",
        "take profit at {}%",
        "change the take profit to {}%",
        "let it take {}% profit",
    ),
    "sizing.value": (
        "size {}%",
        "position size {} percent",
        "{}% of equity per trade",
        "use {}% of the account each trade",
        "change the size to {}%",
    ),
}


@settings(max_examples=60)
@given(strategies("spot"), st.sampled_from(sorted(PERCENT)), st.data())
def test_a_figure_in_per_cent_moves_alone(spec: dict[str, Any], path: str, data: st.DataObject) -> None:
    figure = data.draw(tenths)
    text = data.draw(st.sampled_from(PERCENT[path])).format(f"{figure:g}")

    changed = moved(spec, text)

    wanted = round(figure / 100, 10)
    assert changed == ({} if flatten(spec)[path] == wanted else {path: wanted}), text


LENGTHS = {
    "indicators.ema_fast.inputs.length": (
        "fast ema {}",
        "change the fast ema to {}",
        "make the faster one {}",
        "the fast length should be {}",
    ),
    "indicators.ema_slow.inputs.length": (
        "slow ema {}",
        "set the slow average to {}",
        "slow length {}",
        "use {} for the slow ema",
    ),
    "indicators.rsi_14.inputs.length": (
        "rsi length {}",
        "rsi with period {}",
        "change the rsi length to {}",
        "use a {} period rsi",
    ),
}


@settings(max_examples=60)
@given(strategies("perp"), st.sampled_from(sorted(LENGTHS)), st.data())
def test_a_length_moves_alone_and_keeps_its_key(spec: dict[str, Any], path: str, data: st.DataObject) -> None:
    length = data.draw(st.integers(50, 90) if "slow" in path else st.integers(41, 49) if "fast" in path else lengths)
    text = data.draw(st.sampled_from(LENGTHS[path])).format(length)

    changed = moved(spec, text)

    assert changed == ({} if flatten(spec)[path] == length else {path: length}), text


@settings(max_examples=40)
@given(
    strategies(),
    st.sampled_from(("5m", "30m", "2h", "6h", "12h")),
    st.sampled_from(("use {}", "{} candles", "switch to {}", "make it {}", "timeframe {}")),
)
def test_a_timeframe_moves_alone(spec: dict[str, Any], frame: str, template: str) -> None:
    assert moved(spec, template.format(frame)) == {"universe.timeframe": frame}


@settings(max_examples=40)
@given(
    strategies(),
    st.sampled_from(("LTC", "XRP", "DOGE")),
    st.sampled_from(("add {}", "also trade {}", "{} too", "include {} as well")),
)
def test_a_further_asset_joins_the_others(spec: dict[str, Any], asset: str, template: str) -> None:
    changed = moved(spec, template.format(asset))

    assert changed == {f"universe.assets.{len(spec['universe']['assets'])}": asset}


@settings(max_examples=40)
@given(
    strategies("spot", "perp"),
    st.integers(5, 95),
    st.sampled_from(("only buy if mfi(14) is below {}", "require mfi below {}", "add a filter: mfi below {}")),
)
def test_a_further_condition_leaves_the_others_in_place(spec: dict[str, Any], level: int, template: str) -> None:
    reading = read(spec, template.format(level))

    after = edited(spec, reading.patch)
    held = spec["signals"]["entry"][0]["conditions"]
    assert after["signals"]["entry"][0]["conditions"][: len(held)] == held
    assert after["signals"]["entry"][0]["conditions"][len(held) :] == [{"when": "lt", "left": "mfi_14", "value": level}]
    assert after["signals"]["exit"] == spec["signals"]["exit"]
    assert {key: after["indicators"][key] for key in spec["indicators"]} == spec["indicators"]


@settings(max_examples=40)
@given(
    strategies("spot"),
    st.sampled_from(("stop", "target", "size")),
    st.sampled_from(("double the {}", "halve the {}", "half the {}", "{} 25% bigger")),
)
def test_a_relative_change_is_worked_out_on_what_there_is(spec: dict[str, Any], name: str, template: str) -> None:
    path = {"stop": "risk.stop_loss.value", "target": "risk.take_profit.value", "size": "sizing.value"}[name]
    factor = {"d": 2.0, "h": 0.5, "{": 1.25}[template[0]]
    spec["risk"] |= {"max_position_pct": 1, "max_total_exposure_pct": 1}

    changed = moved(spec, template.format(name))

    assert changed == {path: round(flatten(spec)[path] * factor, 10)}
