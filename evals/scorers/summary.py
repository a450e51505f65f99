"""Many verdicts as shares with their spread, over all cases and by category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evals.scorers.verdict import FIELDS, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DRAWS, SEED = 2000, 1
"""Bootstrap samples of the cases, and the seed they are drawn with."""

COUNTED_FAULTS = ("must_not_violations", "needless_questions")
"""Metrics that count what is wrong."""

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Scored:
    """The verdicts on a case file; ``unknown_ids`` are answers to no case."""

    verdicts: tuple[Verdict, ...]
    unknown_ids: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Ids of the cases without an answer."""
        return tuple(one.case_id for one in self.verdicts if one.missing)

    def as_dict(self, draws: int = DRAWS) -> dict[str, Any]:
        """Return the scores as JSON data: overall, by category, the missing and the unknown ids."""
        categories = sorted({one.category for one in self.verdicts})
        return {
            "overall": summary(self.verdicts, draws),
            "by_category": {
                name: summary([v for v in self.verdicts if v.category == name], draws) for name in categories
            },
            "missing": list(self.missing),
            "unknown_ids": list(self.unknown_ids),
        }


def score(
    cases: Iterable[Mapping[str, Any]],
    answers: Iterable[Mapping[str, Any]],
    *,
    predicted_only: bool = False,
    prompt: str | None = None,
) -> Scored:
    """Return the verdict on every case; one without an answer is wrong, or left out with ``predicted_only``."""
    by_id = {str(one["id"]): one for one in answers}
    known = list(cases)
    chosen = [one for one in known if one["id"] in by_id] if predicted_only else known
    unknown = sorted(by_id.keys() - {one["id"] for one in known})
    return Scored(tuple(judge(one, by_id.get(one["id"]), prompt) for one in chosen), tuple(unknown))


def summary(verdicts: Sequence[Verdict], draws: int = DRAWS) -> dict[str, Any]:
    """Return each metric's count, n, share, standard error and 95 % bootstrap interval over the cases.

    ``fields`` holds the metrics of single fields. The interval is left out without ``draws``.
    """
    names = sorted({name for verdict in verdicts for name in verdict.metrics})
    right = np.array([[_tally(one, name)[0] for name in names] for one in verdicts]).reshape(len(verdicts), len(names))
    of = np.array([[_tally(one, name)[1] for name in names] for one in verdicts]).reshape(len(verdicts), len(names))
    drawn = _drawn_shares(right, of, draws)
    out: dict[str, Any] = {"cases": len(verdicts)}
    fields: dict[str, Any] = {}
    for column, name in enumerate(names):
        if name == "must_not_unchecked":
            out[name] = int(right[:, column].sum())
        elif of[:, column].sum():
            cell = _cell(name, right[:, column], of[:, column], drawn[:, column])
            (fields if name.startswith("field:") else out)[name.removeprefix("field:")] = cell
    if fields:
        out["fields"] = {name: fields[name] for name in FIELDS if name in fields}
    return out


def _cell(name: str, right: Any, of: Any, drawn: Any) -> dict[str, Any]:
    total, n = float(right.sum()), int(of.sum())
    share = total / n
    cell: dict[str, Any] = {
        "count" if name in COUNTED_FAULTS else "right": int(total) if total == int(total) else round(total, DIGITS),
        "n": n,
        "share": round(share, DIGITS),
        "se": round(_standard_error(right, of), DIGITS),
    }
    known = drawn[~np.isnan(drawn)]
    if known.size:
        low, high = np.quantile(known, (0.025, 0.975))
        cell |= {"low": round(float(low), DIGITS), "high": round(float(high), DIGITS)}
    return cell


def _standard_error(right: Any, of: Any) -> float:
    """Return the standard error of a ratio of sums over cases (delta method), 0 for a single case."""
    counted = of > 0
    m, n = int(counted.sum()), float(of.sum())
    if m < 2:
        return 0.0
    residual = right[counted] - (right.sum() / n) * of[counted]
    return float(np.sqrt(m / (m - 1) * (residual**2).sum()) / n)


def _drawn_shares(right: Any, of: Any, draws: int) -> Any:
    """Return the shares of resampled cases, shape (draws, n_metrics), NaN where a sample says nothing."""
    cases = right.shape[0]
    if not draws or not cases:
        return np.full((0, right.shape[1]), np.nan)
    picked = np.random.default_rng(SEED).multinomial(cases, np.full(cases, 1 / cases), size=draws)
    n = picked @ of
    return np.divide(picked @ right, n, out=np.full(n.shape, np.nan), where=n > 0)


def _tally(verdict: Verdict, name: str) -> tuple[float, float]:
    tally = verdict.metrics.get(name)
    return (0.0, 0.0) if tally is None else (float(tally.right), float(tally.of))
