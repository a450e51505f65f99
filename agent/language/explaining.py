"""What a model is told to explain a strategy and its test: the fields it may quote, each as a placeholder.

The model is shown the figures so that it can say what they mean, and writes placeholders; the caller's grounding
(`agent.grounding`) fills them and refuses any figure that is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.edits import describe
from agent.language.prompting import as_json, conversation_blocks, marked
from agent.language.wire.outgoing import to_wire
from agent.placeholders import is_ours, is_share
from agent.spec_words import is_fraction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent.language.port import Request

LATEST_CHANGES = 5
MAX_FIELDS = 160

TOLD = ("timeframe", "results", "initialEquity", "evidence", "diagnostics")
"""Parts of a BacktestRun that are explained; the others are identity and provenance. Of a record from elsewhere, whose
units are not known, every figure is offered as it was recorded."""

NOT_FIGURES = ("Ms", "Bar", "periodsPerYear", "low95", "high95")
"""Endings of fields that mean nothing to a person, and of those that a Sharpe ratio brings with it."""

MONEY = ("netProfit", "grossProfit", "feesPaid", "fees", "funding", "Quote", "Equity", "Notional")
COUNTS = ("Count", "Bars", "Days", "Streak", "trials", "count", "total")


def explanation_message(request: Request) -> str:
    """Return the user message of an explanation: the strategy, what changed, the fields to quote, the question last."""
    blocks: dict[str, str] = {}
    if request.spec is not None:
        blocks["current_strategy"] = as_json(to_wire(request.spec))
    changes = "\n".join(_changes(request))
    if changes:
        blocks["changes"] = changes
    fields = dict(_fields_of_run(request.run))
    fields |= dict(_fields_of_spec(request.spec))
    blocks["fields"] = "\n".join(f"{placeholder} = {value}" for placeholder, value in list(fields.items())[:MAX_FIELDS])
    remarks = "\n".join(_remarks(request.run))
    if remarks:
        blocks["remarks"] = remarks
    blocks |= conversation_blocks(request)
    blocks["now"] = request.now
    blocks["message"] = request.text
    return marked(blocks)


def form_of(name: str, value: Any) -> str:
    """Return the format a figure is shown in, by the ending of its name.

    >>> [form_of(name, 1.0) for name in ("maxDrawdownPct", "tradeCount", "netProfit", "sharpeRatio")]
    ['pct1', 'int', 'money', '.2f']
    """
    if isinstance(value, str):
        return "date"
    if is_share(name):
        return "pct1"
    if name.endswith(COUNTS):
        return "int"
    return "money" if name.endswith(MONEY) else ".2f"


def _fields_of_run(run: Mapping[str, Any] | None) -> Iterator[tuple[str, Any]]:
    if run is None:
        return
    ours, run_id = is_ours(run), run.get("id", "latest")
    for path, value in _leaves({name: one for name, one in run.items() if name in TOLD or not ours}, ()):
        name = path[-1]
        date = path[0] == "timeframe" and name in ("start", "end")
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if date or (number and not name.endswith(NOT_FIGURES)):
            form = form_of(name, value) if ours else "raw"
            yield f"{{{{run:{run_id}.{'.'.join(path)}|{form}}}}}", value


def _fields_of_spec(spec: Mapping[str, Any] | None) -> Iterator[tuple[str, Any]]:
    for section in ("indicators", "sizing", "risk", "execution"):
        for path, value in _leaves((spec or {}).get(section, {}), (section,)):
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                form = "pct1" if is_fraction(path, spec or {}) else "int" if isinstance(value, int) else ".2f"
                yield f"{{{{spec:{'.'.join(path)}|{form}}}}}", value


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif not isinstance(value, list) and path:
        yield path, value


def _changes(request: Request) -> Iterator[str]:
    pairs = list(zip(request.versions, request.versions[1:], strict=False))
    for before, after in pairs[-LATEST_CHANGES:]:
        for line in describe(before.spec, after.spec):
            yield f"version {before.version} to {after.version}: {line}"


def _remarks(run: Mapping[str, Any] | None) -> Iterator[str]:
    told = (run or {}).get("diagnostics") or {}
    for kind in ("warnings", "notes"):
        yield from (f"{kind[:-1]}: {line}" for line in told.get(kind) or () if isinstance(line, str))
