"""From a case to the request a reader of language sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.language.port import Request, Version
from evals.cases import NOW
from evals.scorers.names import is_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NEVER_ABOVE_ONE = ("maxDrawdownPct", "winRatePct")
"""Figures of a run that cannot be so large as fractions that they would pass `PER_CENT_FROM`."""

PER_CENT_FROM = 1.5


def request_of(case: Mapping[str, Any]) -> Request:
    """Return the request of a case: its text, with the strategy's versions and the run a person was looking at."""
    context = case.get("context") or {}
    run = context.get("run")
    return Request(
        text=case["text"],
        now=case.get("now") or NOW,
        versions=versions_of(context),
        run=None if run is None else run_in_fractions(run),
        pending=context.get("pending"),
        risk_defaults=context.get("risk_defaults"),
    )


def versions_of(context: Mapping[str, Any]) -> tuple[Version, ...]:
    """Return the versions of a context, oldest first; its ``spec`` is the current one."""
    specs = [one["spec"] for one in context.get("versions") or ()]
    current = context.get("spec")
    if current is not None and specs[-1:] != [current]:
        specs.append(current)
    return tuple(Version(str(spec.get("version", "1.0")), spec) for spec in specs)


def run_in_fractions(run: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run whose every ``...Pct`` is a fraction; one written in per cent is divided by 100 throughout.

    >>> run_in_fractions({"returnsPct": 18.0, "winRatePct": 41.0, "tradeCount": 37})
    {'returnsPct': 0.18, 'winRatePct': 0.41, 'tradeCount': 37}
    >>> run_in_fractions({"returnsPct": 18.0, "winRatePct": 0.41})
    {'returnsPct': 18.0, 'winRatePct': 0.41}
    """
    in_percent = any(abs(value) > PER_CENT_FROM for name, value in _figures(run) if name in NEVER_ABOVE_ONE)
    return {name: _in_fractions(name, value) for name, value in run.items()} if in_percent else dict(run)


def _figures(data: Any, name: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(data, dict):
        for inner, value in data.items():
            yield from _figures(value, inner)
    elif is_number(data):
        yield name, data


def _in_fractions(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {inner: _in_fractions(inner, one) for inner, one in value.items()}
    return value / 100 if name.endswith("Pct") and is_number(value) else value
