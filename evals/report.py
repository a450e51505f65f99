"""A result as a document, and as lines for people."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evals.run import Run
    from evals.scorers.summary import Scored
    from evals.scorers.verdict import Verdict

SHOWN_METRICS = {
    "disposition": "right disposition",
    "whole_strategy_exact": "whole strategy exact",
    "whole_strategy_but_for_boundaries": "  but for > and >=",
    "whole_strategy_exact_and_disposition": "  and built, where to build",
    "fields_share": "share of fields right",
    "must_not_violations": "must-not violations",
    "must_mention_hits": "must-mention hits",
    "needless_questions": "needless questions",
    "ask_recall": "asked where to ask",
    "ask_precision": "asked rightly",
    "ask_names_a_missing_field": "question names a missing piece",
    "partial_names_the_piece": "partial names the piece",
}
"""Metrics in the order they are shown, with their labels."""

BY_CATEGORY = ("disposition", "whole_strategy_exact", "whole_strategy_but_for_boundaries", "fields_share")
WORST = 6
TEXT = 100


def document(run: Run, scored: Scored, *, suite: str, cases: str, draws: int) -> dict[str, Any]:
    """Return a run and its scores as JSON data."""
    scores = scored.as_dict(draws)
    judged = zip(run.cases, scored.verdicts, strict=True)
    wrong = [wrong_case(case, verdict) for case, verdict in judged if not verdict.is_right]
    out: dict[str, Any] = {
        "suite": suite,
        "cases": cases,
        "solver": run.solver,
        "n": len(run.cases),
        "scores": scores,
        "worstFields": worst_fields(scores["overall"]),
        "wrong": wrong,
        "failed": dict(run.failed),
        "readers": run.readers,
        "seconds": times_of(run.seconds.values()),
    }
    out |= {"usage": run.usage} if run.usage else {}
    return out | ({"warnings": list(run.warnings)} if run.warnings else {})


def worst_fields(overall: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the fields with the most mistakes, worst first."""
    fields = overall.get("fields", {})
    wrong = [{"field": name, "wrong": cell["n"] - cell["right"], **cell} for name, cell in fields.items()]
    return sorted((one for one in wrong if one["wrong"]), key=lambda one: (-one["wrong"], one["field"]))[:WORST]


def wrong_case(case: Mapping[str, Any], verdict: Verdict) -> dict[str, Any]:
    """Return what is wrong about the answer to a case, and why."""
    return {
        "id": verdict.case_id,
        "category": verdict.category,
        "text": case["text"],
        "reasons": dict(verdict.reasons) or {"answer": "missing"},
        "leftOpen": list(verdict.left_open),
    }


def times_of(seconds: Iterable[float]) -> dict[str, float]:
    """Return total, median and 95th percentile of the seconds that cases took.

    >>> times_of([1.0, 2.0, 3.0])
    {'total': 6.0, 'median': 2.0, 'p95': 3.0}
    """
    ordered = sorted(seconds)
    if not ordered:
        return {"total": 0.0, "median": 0.0, "p95": 0.0}
    high = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return {"total": round(sum(ordered), 4), "median": round(statistics.median(ordered), 4), "p95": round(high, 4)}


def lines_of(result: Mapping[str, Any], *, explain: bool = False) -> Iterator[str]:
    """Yield a result of `document` as lines for people; ``explain`` says why each wrong case is wrong."""
    overall = result["scores"]["overall"]
    yield f"{result['cases']}, answered by {result['solver']}: {result['n']} cases"
    yield from (f"warning: {one}" for one in result.get("warnings", ()))
    yield ""
    rows = [(label, *cells(overall[name])) for name, label in SHOWN_METRICS.items() if name in overall]
    yield from table(("", "share", "95 %", "n"), rows)
    if overall.get("must_not_unchecked"):
        yield f"  {overall['must_not_unchecked']} must-not rules need the prompt's text and were not checked"
    yield ""
    yield from table(
        ("category", "n", *(SHOWN_METRICS[name].strip() for name in BY_CATEGORY)), list(category_rows(result))
    )
    if result["worstFields"]:
        yield ""
        worst = [(one["field"], f"{one['wrong']} of {one['n']}", *cells(one)[:2]) for one in result["worstFields"]]
        yield from table(("worst fields", "wrong", "share", "95 %"), worst)
    yield from closing_lines(result)
    if explain:
        yield from explained(result["wrong"])


def category_rows(result: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield one row a category: how many cases, and the shares that say most, with their intervals."""
    for name, scores in result["scores"]["by_category"].items():
        shares = (" ".join(cells(scores[metric])[:2]) if metric in scores else "-" for metric in BY_CATEGORY)
        yield (name, str(scores["cases"]), *shares)


def closing_lines(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield what there is to say beside the scores: failures, who read, what it cost, and how it was before."""
    yield ""
    for case_id, why in result["failed"].items():
        yield f"no answer to {case_id}: {why}"
    readers = ", ".join(f"{name} {count}" for name, count in result["readers"].items())
    seconds = result["seconds"]
    spent = f"{seconds['total']:.2f} s in all, {seconds['median']:.3f} s median, {seconds['p95']:.3f} s p95"
    yield f"read by {readers}; {spent}"
    if "usage" in result:
        used = result["usage"]
        cost = f", {used['costMicrodollars'] / 1e6:.4f} dollars" if "costMicrodollars" in used else ""
        tokens = f"{used.get('inputTokens', 0):,} tokens in, {used.get('outputTokens', 0):,} out"
        yield f"{used['calls']} model calls, {tokens}{cost}"
    if "baseline" in result:
        yield from baseline_lines(result["baseline"])


def baseline_lines(comparison: Mapping[str, Any]) -> Iterator[str]:
    """Yield the metrics that moved against the baseline."""
    moved = {name: one for name, one in comparison["metrics"].items() if one["difference"]}
    if not moved:
        yield f"as the baseline ({comparison['solver']}, {comparison['cases']} cases)"
        return
    yield f"against the baseline ({comparison['solver']}, {comparison['cases']} cases):"
    for name, one in moved.items():
        change = f"{one['difference']:+.3f}, standard error {one['se']:.3f}"
        yield f"  {name}: {one['was']:.3f} -> {one['is']:.3f} ({change})"


def explained(wrong: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield why each wrong case is wrong."""
    for one in wrong:
        text = " ".join(one["text"].split())
        yield ""
        yield f"{one['id']} ({one['category']}): {text if len(text) <= TEXT else text[: TEXT - 3] + '...'}"
        for name, reason in one["reasons"].items():
            yield f"  {name}: {reason}"


def cells(cell: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return a metric's share, interval and n as text."""
    spread = f"{cell['low']:.2f}-{cell['high']:.2f}" if "low" in cell else ""
    return f"{cell['share']:.3f}", spread, str(cell["n"])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows under a head, the first column to the left and the others to the right.

    >>> list(table(("what", "n"), [("cases", "12")]))
    ['what    n', 'cases  12']
    """
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        others = [text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join([row[0].ljust(widths[0]), *others]).rstrip()
