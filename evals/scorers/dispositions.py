"""Was it right to build, ask, refuse, or build in part? A piece counts as built when the spec really uses it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from evals.scorers.names import timeframe_name
from evals.scorers.spec_rules import alternatives
from evals.scorers.terms import definitions_of, mapping
from evals.scorers.wording import names_piece, said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OPERAND = re.compile(r'"(?:left|right|low|high)": "([^"]+)"')


def disposition_is_right(case: Mapping[str, Any], answer: Mapping[str, Any]) -> bool:
    """Tell whether an answer does what its case expects.

    Where a part of the request cannot be carried, an answer is right that builds the rest and says so, that asks or
    refuses by naming what is missing, or that builds all of it after all.
    """
    want, got = case["disposition"], answer.get("disposition")
    if want == "build_or_ask":
        return got in ("build", "partial", "ask")
    if want != "partial":
        return bool(got == want)
    if got in ("ask", "refuse"):
        refused = case["fields"]["refuse"]
        if refused:
            return all(names_piece(piece, said(answer)) for piece in refused)
        return any(names_piece(piece, said(answer)) for piece in [*needs_of(case), *case["fields"]["ask"]])
    if got in ("build", "edit") and isinstance(answer.get("spec"), dict):
        needs = needs_of(case)
        return bool(needs) and all(expresses(need, answer["spec"]) for need in needs)
    return bool(got == "partial")


def needs_of(case: Mapping[str, Any]) -> list[str]:
    """Return the capabilities that the whole request uses, by name."""
    refused = case["fields"]["refuse"]
    return case["expected"].get("needs") or ["short_side" if "short" in str(one) else str(one) for one in refused]


def expresses(need: str, spec: Mapping[str, Any]) -> bool:
    """Tell whether a spec really uses a capability.

    >>> expresses("time_exit", {"risk": {"time_limit": {"bars": 5}}})
    True
    """
    test = TESTS.get(need)
    return test is not None and test(_Used(spec))


class _Used:
    """What a spec uses, read once."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.signals, self.risk, self.sizing = (mapping(spec.get(one)) for one in ("signals", "risk", "sizing"))
        self.variants = spec.get("variants")
        self.timeframe = timeframe_name(mapping(spec.get("universe")).get("timeframe"))
        definitions = definitions_of(spec)
        self.keys = set(definitions)
        self.types = [kind for kind, _ in definitions.values()]
        self.inputs = [inputs for _, inputs in definitions.values()]
        self.text = json.dumps([spec.get("signals"), spec.get("indicators")], ensure_ascii=False)
        self.operands = OPERAND.findall(self.text)

    def reads(self, pattern: str) -> bool:
        return any(re.search(pattern, operand) for operand in self.operands)

    def says(self, *words: str) -> bool:
        return any(f'"{word}"' in self.text for word in words)


def _has_short_side(used: _Used) -> bool:
    return bool(alternatives(mapping(used.signals.get("short")).get("entry")))


def _looks_back(used: _Used) -> bool:
    lagged = used.reads(r"\[\d+\]") or any(one.get("offset") for one in used.inputs)
    return lagged or "donchian" in used.types or used.says("rising", "falling")


def _keeps_hours(used: _Used) -> bool:
    by_clock = "opening_range" in used.types or used.reads(r"time\.(hour|minute)")
    return by_clock or bool(mapping(used.risk.get("checks")).get("session_hours"))


def _reads_volume(used: _Used) -> bool:
    by_source = "volume" in [one.get("source") for one in used.inputs]
    return by_source or used.reads(r"\bvolume\b") or "volume_sma" in used.types


def _reads_higher_timeframe(used: _Used) -> bool:
    return any(timeframe_name(one.get("timeframe")) not in (None, used.timeframe) for one in used.inputs)


def _nests(used: _Used) -> bool:
    return any(str(one.get("source", "close")).split(".")[0] in used.keys for one in used.inputs)


TESTS: Mapping[str, Callable[[_Used], bool]] = {
    "calendar": lambda used: used.reads(r"time\."),
    "lag_operand": _looks_back,
    "mtf": _reads_higher_timeframe,
    "nested_indicator": _nests,
    "partial_exit": lambda used: bool(used.risk.get("partial_exits")),
    "ratio_operand": lambda used: used.reads(r"/"),
    "risk_sizing": lambda used: used.sizing.get("mode") in ("risk_per_trade", "atr_risk"),
    "scaled_operand": lambda used: used.reads(r"[*+/]|\s-\s"),
    "search_space": lambda used: bool(used.variants),
    "session_filter": _keeps_hours,
    "short_side": _has_short_side,
    "slope_operand": lambda used: used.reads(r"\[\d+\]") or used.says("rising", "falling"),
    "stateful_count": lambda used: used.says("for_bars"),
    "time_exit": lambda used: bool(used.risk.get("time_limit")),
    "trailing_stop": lambda used: bool(used.risk.get("trailing_stop")),
    "volume_operand": _reads_volume,
}
"""Capability: how to see it in a spec."""
