"""The facts check over the development set: its hand-made references are right drafts, their mutations are wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.facts import check_facts
from agent.language.port import Reading, Request, Version
from engine.spec import check
from engine.spec.canonical import plain

Spec = dict[str, Any]

DATASETS = Path(__file__).parents[2] / "evals" / "datasets"
FEWEST = 100
FALSE_ALARMS = 0.03
CAUGHT = 0.95
"""Of the mutations of a reference: what the words leave open (an exit nobody stated) cannot be missed in a draft."""

FLIPS = {
    "gt": "lt",
    "lt": "gt",
    "gte": "lte",
    "lte": "gte",
    "crosses_above": "crosses_below",
    "crosses_below": "crosses_above",
}


def cases(*dispositions: str) -> list[dict[str, Any]]:
    lines = [
        line for name in ("intents-dev", "strangers") for line in (DATASETS / f"{name}.jsonl").read_text().splitlines()
    ]
    found = [json.loads(line) for line in lines]
    return [one for one in found if one.get("reference") and one["disposition"] in dispositions]


def problems(case: dict[str, Any], spec: Spec) -> tuple[Any, ...]:
    context = case.get("context") or {}
    versions = [Version(one["version"], one["spec"]) for one in context.get("versions", [])]
    if not versions and context.get("spec"):
        versions = [Version(context["spec"]["version"], context["spec"])]
    intent = "edit" if case["disposition"] == "edit" else "build"
    reading = Reading(intent, "reference", language=case["language"])
    return check_facts(Request(case["text"], case["now"], versions=tuple(versions)), reading, spec)


def reference(case: dict[str, Any]) -> Spec:
    checked = check(case["reference"])
    assert checked.spec is not None, case["id"]
    return plain(checked.spec)


def leaves(conditions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in conditions:
        yield from leaves([*one.get("conditions", []), *one.get("filters", [])])
        if "conditions" not in one:
            yield one


def sections(spec: Spec) -> Iterator[list[dict[str, Any]]]:
    short = spec["signals"].get("short") or {}
    for part in (spec["signals"], short):
        for name in ("entry", "exit"):
            if part.get(name):
                yield part[name]


def changed(spec: Spec, change: Callable[[Spec], Any]) -> Spec:
    other = copy.deepcopy(spec)
    change(other)
    return other


def mutations(spec: Spec) -> Iterator[Spec]:
    """Yield drafts with one thing wrong that the words of a request state."""
    risk, universe = spec["risk"], spec["universe"]
    stop, target = risk.get("stop_loss"), risk.get("take_profit")
    if stop and target and stop != target:
        yield changed(spec, lambda one: one["risk"].update(stop_loss=target, take_profit=stop))
    for name in ("stop_loss", "take_profit", "trailing_stop"):
        if risk.get(name):
            yield changed(spec, lambda one, name=name: one["risk"].pop(name))
            yield changed(spec, lambda one, name=name: one["risk"][name].update(value=one["risk"][name]["value"] * 100))
    for at, whole in enumerate(sections(spec)):
        for k, leaf in enumerate(leaves(whole)):
            if leaf["when"] in FLIPS:
                when = FLIPS[leaf["when"]]
                yield changed(
                    spec, lambda one, at=at, k=k, when=when: list(leaves(list(sections(one))[at]))[k].update(when=when)
                )
            if "value" in leaf and leaf["when"] != "eq":
                value = leaf["value"] + 7
                yield changed(
                    spec,
                    lambda one, at=at, k=k, value=value: list(leaves(list(sections(one))[at]))[k].update(value=value),
                )
    for at, rule in enumerate(spec["signals"]["entry"]):
        for k in range(len(rule["conditions"]) if rule["when"] == "and" else 0):
            yield changed(spec, lambda one, at=at, k=k: one["signals"]["entry"][at]["conditions"].pop(k))
    if len(universe["assets"]) > 1:
        yield changed(spec, lambda one: one["universe"]["assets"].pop())
    yield changed(spec, lambda one: one["universe"].update(timeframe="3m"))
    for key, indicator in spec["indicators"].items():
        if "length" in indicator["inputs"]:
            length = indicator["inputs"]["length"] + 3
            yield changed(
                spec, lambda one, key=key, length=length: one["indicators"][key]["inputs"].update(length=length)
            )


def test_references_are_not_refused() -> None:
    right = cases("build", "build_or_ask", "edit")
    refused = [case["id"] for case in right if "undo" not in case["text"] and problems(case, reference(case))]

    assert len(right) >= FEWEST
    assert len(refused) / len(right) < FALSE_ALARMS, refused


@pytest.mark.long
def test_references_with_one_thing_wrong_are_caught() -> None:
    caught = tried = 0
    for case in cases("build"):
        for spec in mutations(reference(case)):
            tried += 1
            caught += bool(problems(case, spec))

    assert tried > 800
    assert caught / tried > CAUGHT
