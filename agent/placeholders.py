"""Placeholders: where a figure belongs in an answer, and from which record it comes.

::

    {{run:<id>.<path>|<format>}}      a BacktestRun record; the path from its top, its results or its statistics
    {{spec:<path>|<format>}}          the current spec; {{spec@1.0:<path>|<format>}} an older version
    {{diff:1.0..1.1}}                 what changed between two versions, a line a change
    {{catalog:<type>}}                what an indicator is, from the catalog
    {{count:<name>}} {{date:<name>}}  counts and dates that the caller gives

Formats: ``.2f`` (``+.2f`` with sign), ``pct1`` (``+pct1``; a fraction as per cent), ``int``, ``money``, ``date``,
``text``, ``words`` (a part of a spec in words), ``raw`` (as recorded). A fraction is always
shown as per cent, and nothing else is. A figure without a value says why. The id ``latest`` is the newest run. An
annual Sharpe ratio always brings its interval, the count of trials and the verdict (`engine.report.claims`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from agent.changes import changes
from agent.spec_words import as_written, is_fraction, part_words, per_cent, plain_number
from engine.indicators.catalog import find_type
from engine.report.claims import NO_INTERVAL, as_recorded, claim_in
from engine.report.figures import money, number, percent
from engine.report.inert import one_line
from engine.spec.problems import nearest

if TYPE_CHECKING:
    from agent.grounding import Sources

PLACEHOLDER = re.compile(
    r"\{\{\s*(?P<kind>[a-z]+)(?:@(?P<version>[\d.]+))?:(?P<ref>[^{}|]+?)(?:\|(?P<form>[^{}|]*?))?\s*\}\}"
)
FORMAT = re.compile(r"(?P<sign>\+?)(?:\.(?P<digits>[0-6])f|pct(?P<pct>[0-4])|(?P<word>int|money|date|text|words|raw))")
FORMATS = (".2f", "+.2f", "pct1", "+pct1", "int", "money", "date", "text", "words", "raw")

SUMMARY = (
    *("netProfit", "returnsPct", "sharpeRatio", "sharpeDaily", "maxDrawdownPct", "winRatePct", "tradeCount"),
    *("profitFactor", "avgSlippage", "feesPaid"),
)
"""Figures of a PerformanceSummary record; one that is left out has no value."""

SHARES = ("Pct", "Fraction", "Share", "share")
SHARE_NAMES = frozenset({"avgSlippage", "probabilityPositive"})
"""Endings and names of the record fields that hold a fraction."""

RATIOS = frozenset({"sharpeRatio", "sharpeDaily", "dailyRatio"})
"""Names under which a record holds an annual Sharpe ratio."""

COUNTED_BY_LIMIT = frozenset({"funnel", "limits"})
"""Parts of a record where fields named after a limit count what it cut."""

NOT_RECORDED = "not recorded"


class PlaceholderError(ValueError):
    """A placeholder that cannot be filled; the message says why and what would do."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled placeholder: its text, the path in its record, the value, and whether that is a fraction."""

    shown: str
    path: str
    value: Any
    share: bool = False


def fill(match: re.Match[str], sources: Sources) -> Filled:
    """Return what a placeholder stands for.

    Raises
    ------
    PlaceholderError
        Unknown kind, record, path or format, or a format that does not fit the figure.
    """
    kind, ref, form = match["kind"], match["ref"].strip(), (match["form"] or "").strip()
    if form and FORMAT.fullmatch(form) is None:
        raise PlaceholderError(f"'{form}' is no format; allowed: {', '.join(FORMATS)}")
    fillers = {"run": _run, "diff": _diff, "catalog": _catalog, "count": _count, "date": _date}
    if kind == "spec":
        return _spec(ref, form, match["version"], sources)
    if kind not in fillers:
        raise PlaceholderError(f"'{kind}' is no source; allowed: {', '.join(sorted((*fillers, 'spec')))}")
    return fillers[kind](ref, form, sources)


def is_share(path: str) -> bool:
    """Return whether a field of a run record holds a fraction; counts named after a limit do not.

    >>> is_share("results.maxDrawdownPct"), is_share("evidence.funnel.0.cutMaxPositionPct")
    (True, False)
    """
    *above, name = path.split(".")
    return (name.endswith(SHARES) or name in SHARE_NAMES) and not COUNTED_BY_LIMIT.intersection(above)


def is_ours(record: Mapping[str, Any]) -> bool:
    """Return whether a record keeps the units of our own.

    One that holds the figures of a summary itself, instead of under ``results``, comes from elsewhere: whether its
    ``...Pct`` are fractions cannot be known.
    """
    return "results" in record or not any(name in record for name in SUMMARY)


# ---------------------------------------------------------------- sources


def _run(ref: str, form: str, sources: Sources) -> Filled:
    run_id, _, path = ref.partition(".")
    record = sources.record(run_id)
    if record is None:
        known = ", ".join(sources.runs) or "none"
        raise PlaceholderError(f"there is no run '{run_id}'; there are: {known}")
    found = _in_record(record, path)
    if found is None:
        return Filled(_absent(record, path), path, None)
    share = is_share(path) and is_ours(record)
    if isinstance(found, int | float) and is_share(path) and not is_ours(record) and form not in ("", "raw"):
        raise PlaceholderError(f"the unit of '{path}' in this record is not known; allowed: raw")
    shown = _shown(found, form, share=share, sources=sources, path=path)
    if isinstance(found, int | float) and is_ratio(path, record):
        shown = _claimed(record, path, form, shown)
    return Filled(shown, path, found, share)


def is_ratio(path: str, record: Mapping[str, Any]) -> bool:
    """Return whether a field of a record is an annual Sharpe ratio; in one from elsewhere, whatever bears that name.

    >>> is_ratio("results.sharpeRatio", {"results": {}}), is_ratio("sharpe_ratio", {"feesPaid": 3})
    (True, True)
    >>> is_ratio("evidence.statistics.sharpe.probabilityPositive", {"results": {}})
    False
    """
    name = path.rsplit(".", 1)[-1]
    return name in RATIOS if is_ours(record) else "sharpe" in name.lower()


def _claimed(record: Mapping[str, Any], path: str, form: str, shown: str) -> str:
    """Return an annual Sharpe ratio with what it may not be shown without; none where it has no interval."""
    if not is_ours(record):
        return as_recorded(shown)
    claim = claim_in(record, path.rsplit(".", 1)[-1])
    if claim is None:
        return f"not shown ({NO_INTERVAL})"
    found = FORMAT.fullmatch(form or "raw")
    digits, signed = (None, False) if found is None else (found["digits"], found["sign"] == "+")
    return _unparted(claim.words(2 if digits is None else int(digits), signed=signed))


def _in_record(record: Mapping[str, Any], path: str) -> Any:
    statistics = _part(record, ["evidence", "statistics"])
    for start in (record, record.get("results"), statistics):
        found = _part(start, path.split("."))
        if found is not None:
            return found
    return None


def _absent(record: Mapping[str, Any], path: str) -> str:
    """Return the words for a figure without a value, or refuse a path that names none."""
    bare = path.removeprefix("results.").removeprefix("evidence.statistics.")
    reasons = _part(record, ["evidence", "statistics", "undefined"])
    reason = reasons.get(bare) if isinstance(reasons, Mapping) else None
    if reason is not None:
        return f"not defined ({one_line(str(reason), 200)})"
    if bare in SUMMARY:
        return "not defined"
    if path.startswith("evidence.") and _part(record, path.split(".")[:2]) is None:
        return NOT_RECORDED
    names = [*_paths(record, ""), *SUMMARY]
    last = bare.rsplit(".", 1)[-1]
    guess = nearest(bare, names) or nearest(last, [name.rsplit(".", 1)[-1] for name in names])
    raise PlaceholderError(f"the run has no '{path}'" + (f" (did you mean '{guess}'?)" if guess else ""))


def _spec(ref: str, form: str, version: str | None, sources: Sources) -> Filled:
    spec = sources.spec_of(version)
    if spec is None:
        known = ", ".join(sources.known_versions) or "none"
        raise PlaceholderError(f"there is no version '{version or 'current'}' of a strategy; there are: {known}")
    path = tuple(ref.split("."))
    found = _part(spec, list(path))
    if found is None:
        guess = nearest(ref, _paths(spec, ""))
        raise PlaceholderError(f"the spec has no '{ref}'" + (f" (did you mean '{guess}'?)" if guess else ""))
    share = isinstance(found, int | float) and is_fraction(path, spec)
    if form == "words" or (not form and not isinstance(found, int | float | str)):
        return Filled(part_words(path, found, spec), ref, found, share)
    return Filled(_shown(found, form, share=share, sources=sources, path=ref), ref, found, share)


def _diff(ref: str, form: str, sources: Sources) -> Filled:
    before, _, after = ref.partition("..")
    specs = [sources.spec_of(version.strip()) for version in (before, after)]
    if specs[0] is None or specs[1] is None:
        known = ", ".join(sources.known_versions) or "none"
        raise PlaceholderError(f"there is no version '{before}' or '{after}'; there are: {known}")
    lines = [f"- {change.text} ({one_line(change.path, 120)})" for change in changes(specs[0], specs[1])]
    return Filled("\n".join(lines) or "- nothing", ref, None)


def _catalog(ref: str, form: str, sources: Sources) -> Filled:
    entry = find_type(ref)
    if entry is None:
        raise PlaceholderError(f"the catalog has no indicator '{ref}'")
    return Filled(entry.summary, ref, entry.name)


def _count(ref: str, form: str, sources: Sources) -> Filled:
    if ref not in sources.counts:
        raise PlaceholderError(f"there is no count '{ref}'; there are: {', '.join(sources.counts) or 'none'}")
    return Filled(f"{sources.counts[ref]:,}", ref, sources.counts[ref])


def _date(ref: str, form: str, sources: Sources) -> Filled:
    if ref not in sources.dates:
        raise PlaceholderError(f"there is no date '{ref}'; there are: {', '.join(sources.dates) or 'none'}")
    return Filled(_day(sources.dates[ref]), ref, sources.dates[ref])


# ---------------------------------------------------------------- formats


def _shown(value: Any, form: str, *, share: bool, sources: Sources, path: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        if form == "date":
            return _day(value)
        if form not in ("", "text", "raw"):
            raise PlaceholderError(f"'{path}' is no figure and cannot be shown as '{form}'; allowed: text, date")
        return as_written(value)
    if not math.isfinite(value):
        raise PlaceholderError(f"'{path}' is {value}, which no record may hold")
    found = FORMAT.fullmatch(form or ("pct1" if share else "raw"))
    assert found is not None  # checked by `fill`
    signed = found["sign"] == "+"
    if (found["pct"] is not None and not share) or (share and found["word"] in ("money", "date")):
        unit = "a fraction, shown as pct1" if share else "no fraction, and has no per cent"
        raise PlaceholderError(f"'{path}' is {unit}; '{form}' does not fit")
    digits = found["pct"] or found["digits"]
    if found["pct"] == "1" and round(float(value) * 100, 9).is_integer():
        digits = "0"  # 58 %, of which nothing is rounded away
    if digits is not None:
        return _unparted((percent if share else number)(float(value), int(digits), signed=signed))
    if found["word"] == "int":
        return percent(float(value), 0) if share else str(round(value))
    if found["word"] == "money":
        return _unparted(money(float(value), sources.currency, signed=signed))
    if found["word"] == "date":
        return _day(value)
    if found["word"] == "raw" and not share:
        return f"{value:.12g}"
    return per_cent(value) if share else plain_number(value)


def _unparted(figure: str) -> str:
    """Return a figure without separators of thousands: answers are read in languages where a comma begins decimals."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", figure)


def _day(value: Any) -> str:
    """Return the UTC date of ISO 8601 text or of milliseconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%d")
    text = str(value)
    if re.match(r"\d{4}-\d{2}-\d{2}", text) is None:
        raise PlaceholderError(f"'{one_line(text, 40)}' is no date")
    return text[:10]


def _part(value: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list | tuple) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _paths(value: Any, at: str) -> Iterator[str]:
    """Yield the dotted paths of all members of plain data, lists aside."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            place = f"{at}.{key}" if at else str(key)
            yield place
            yield from _paths(item, place)
