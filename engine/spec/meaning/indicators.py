"""Indicators of a spec: keys, types, inputs, chains, timeframes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.indicators.catalog import find_type, nearest_type, resolve_inputs, type_names
from engine.market.timeframe import DURATION_MS, nests
from engine.spec.expressions import FIELDS, ExpressionError, Series, parse_operand
from engine.spec.meaning.chains import check_chains
from engine.spec.meaning.names import Names
from engine.spec.models import MAX_INDICATORS, MAX_INPUTS
from engine.spec.place import Place, snake_case

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from engine.indicators.indicator_type import IndicatorType
    from engine.spec.findings import Findings
    from engine.spec.models import Indicator

KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
RESERVED = (*FIELDS, "time")


@dataclass(frozen=True, slots=True)
class Written:
    """One indicator as it was understood: ``inputs`` under the catalog's names, only those the author wrote."""

    entry: IndicatorType
    inputs: dict[str, Any]
    resolved: dict[str, Any]
    spelled: dict[str, str]


def check_indicators(
    declared: Collection[str], indicators: Mapping[str, Indicator], timeframe: str | None, findings: Findings
) -> tuple[Names, dict[str, Written]]:
    """Check the indicators; return the names operands may use, and each indicator that could be read.

    ``declared`` holds every key of the document, those of badly shaped indicators too.
    """
    keys = tuple(declared)[:MAX_INDICATORS]  # more are refused by their number
    read: dict[str, Written] = {}
    for key in keys:
        _check_key(key, findings)
    for key in keys:
        written = _read(key, indicators[key], findings) if key in indicators else None
        if written is not None:
            read[key] = written
    types = {key: read[key].entry if key in read else None for key in declared}
    bare = Names(types, {})
    sources: dict[str, dict[str, Series]] = {}
    for key, written in read.items():
        place = ("indicators", key, "inputs")
        for name in _source_inputs(written):
            series = _source(written, name, (*place, written.spelled[name]), bare, findings)
            if series is not None:
                sources.setdefault(key, {})[name] = series
        _check_timeframe(written, place, timeframe, findings)
        _check_fast_and_slow(written, place, findings)
    _check_fast_and_slow_keys(read, findings)
    _check_source_timeframes(sources, read, timeframe, findings)
    check_chains(sources, read, findings)
    first = {key: found["source"] for key, found in sources.items() if "source" in found}
    return replace(bare, sources={**_fields_read(read), **first}), read


def _check_key(key: str, findings: Findings) -> None:
    place = ("indicators", key)
    if key in RESERVED:
        findings.error(
            place, "BAD_KEY", f"'{key}' is the name of a bar field or of the time: name the indicator otherwise"
        )
    elif not KEY.fullmatch(key):
        lowered = re.sub(r"[^a-z0-9_]+", "_", snake_case(key).lower()).strip("_")
        guess = lowered if KEY.fullmatch(lowered) and lowered not in RESERVED else None
        message = "an indicator's key is a lower-case letter, then up to 63 lower-case letters, digits or underscores"
        findings.error(place, "BAD_KEY", message, suggestion=guess)


def _read(key: str, indicator: Indicator, findings: Findings) -> Written | None:
    place: Place = ("indicators", key)
    if len(indicator.inputs) > MAX_INPUTS:
        return None  # refused by their number
    entry = find_type(indicator.type)
    if entry is None:
        findings.error(
            (*place, "type"),
            "UNKNOWN_INDICATOR",
            f"there is no indicator '{indicator.type[:60]}'",
            allowed=type_names(),
            suggestion=nearest_type(indicator.type),
        )
        return None
    canonical = {spec.name: spec.name for spec in entry.accepted}
    canonical |= {alias: spec.name for spec in entry.accepted for alias in spec.aliases}
    as_read: dict[str, Any] = {}
    spelled: dict[str, str] = {}
    for name, value in indicator.inputs.items():
        known = name if name.lower() in canonical else snake_case(name)
        if known in as_read:
            message = f"'{known}' is given in both spellings: write one"
            findings.error((*place, "inputs", name), "BOTH_SPELLINGS", message)
            continue
        as_read[known] = value
        spelled[known] = name
    resolved = resolve_inputs(entry, as_read)
    for problem in resolved.problems:
        findings.error(
            (*place, "inputs", spelled.get(problem.input, problem.input)),
            problem.code,
            problem.message,
            allowed=problem.allowed,
            suggestion=problem.suggestion,
        )
    inputs = {canonical[name.lower()]: value for name, value in as_read.items() if name.lower() in canonical}
    spelled = {canonical[name.lower()]: wrote for name, wrote in spelled.items() if name.lower() in canonical}
    return Written(entry, inputs, resolved.inputs, spelled)


def _source_inputs(written: Written) -> list[str]:
    return [spec.name for spec in written.entry.inputs if spec.kind == "source" and spec.name in written.inputs]


def _source(written: Written, name: str, place: Place, names: Names, findings: Findings) -> Series | None:
    """Return the indicator series an input reads, and write its output's canonical name back."""
    text = written.inputs[name]
    if not isinstance(text, str) or written.resolved.get(name) != text or text in FIELDS:
        return None  # a field, or a problem already told
    try:
        series = parse_operand(text)
    except ExpressionError:
        return None
    found = names.resolve(series, place, findings) if isinstance(series, Series) else None
    if found is None:
        return None
    if found.name == "time":
        findings.error(place, "UNKNOWN_REFERENCE", "a part of the time is no source of an indicator")
        return None
    written.inputs[name] = found.name if found.output is None else f"{found.name}.{found.output}"
    return found


def _fields_read(read: Mapping[str, Written]) -> dict[str, Series]:
    """Return the bar field that each indicator reads, where one is written."""
    return {
        key: Series(written.inputs[name])
        for key, written in read.items()
        for name in _source_inputs(written)
        if name == "source" and isinstance(written.inputs[name], str) and written.inputs[name] in FIELDS
    }


def _check_timeframe(written: Written, place: Place, base: str | None, findings: Findings) -> None:
    wanted = written.inputs.get("timeframe")
    if base is None or not isinstance(wanted, str) or wanted not in DURATION_MS or wanted == base:
        return
    where = (*place, written.spelled["timeframe"])
    if not nests(base, wanted):
        allowed = [name for name in DURATION_MS if nests(base, name)]
        message = f"{wanted} is no whole multiple of the strategy's {base}"
        findings.error(where, "BAD_TIMEFRAME", message, allowed=allowed)


def _check_source_timeframes(
    sources: Mapping[str, Mapping[str, Series]], read: Mapping[str, Written], base: str | None, findings: Findings
) -> None:
    """Refuse a source on a lower timeframe than its reader, whose closes would pass most of its values over."""
    for key, name, source in ((key, *one) for key, found in sources.items() for one in found.items()):
        if base not in DURATION_MS or source.name not in read:
            continue
        own, other = (read[one].resolved.get("timeframe") or base for one in (key, source.name))
        if DURATION_MS[other] < DURATION_MS[own]:
            place = ("indicators", key, "inputs", read[key].spelled.get(name, name))
            message = (
                f"'{key}' on {own} cannot read '{source.name}' on {other}: a source must be on the same or a higher "
                f'timeframe than its reader; write "timeframe": "{own}" into the inputs of \'{source.name}\''
            )
            findings.error(place, "BAD_TIMEFRAME", message)


def _check_fast_and_slow(written: Written, place: Place, findings: Findings) -> None:
    fast, slow = (written.resolved.get(name) for name in ("fast", "slow"))
    if fast is not None and slow is not None and fast >= slow:
        name = "fast" if "fast" in written.spelled else "slow"
        where = (*place, written.spelled.get(name, name))
        findings.warning(where, "FAST_NOT_FASTER", f"fast {fast} is not shorter than slow {slow}")


def _check_fast_and_slow_keys(read: Mapping[str, Written], findings: Findings) -> None:
    """Warn of two indicators of one type, named fast and slow, with their lengths the wrong way round."""
    for key, fast in read.items():
        other = key.replace("fast", "slow")
        slow = read.get(other)
        if other == key or slow is None or slow.entry is not fast.entry:
            continue
        shorter, longer = fast.resolved.get("length"), slow.resolved.get("length")
        if shorter is not None and longer is not None and shorter >= longer:
            place = ("indicators", key, "inputs", fast.spelled.get("length", "length"))
            message = f"'{key}' looks back over {shorter} bars, no fewer than the {longer} of '{other}'"
            findings.warning(place, "FAST_NOT_FASTER", message)
