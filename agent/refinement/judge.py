"""Which candidate would replace the original, or none: the default is to leave it.

Two things are tested on daily returns, by the engine's test of superior ability (`engine.evidence.superior`) among all
candidates and all trials the owner ever made on the data. Whether a candidate is better: its returns over their
deviation less the original's, day by day, so that a larger position is no improvement. And whether it earns anything:
what is left of its returns beyond the market (`engine.evidence.beyond`), so that more of a rising market is no merit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from agent.refinement.weaknesses import FEWEST_TRADES
from engine.evidence.beyond import beyond_market
from engine.evidence.bootstrap import family_block_length
from engine.evidence.combined import sidak_p
from engine.evidence.superior import trial_p_values
from engine.judging.past import others as others_of
from engine.judging.past import returns_of
from engine.metrics.sharpe import DAYS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from agent.refinement.search import Evaluated, Searched
    from engine.judging.past import PastTrial

    FloatArray = NDArray[np.float64]

ALPHA = 0.05
"""Chance that something without merit replaces the original; the p-values know of all trials made on the data."""
FEWEST_DAYS = 90
"""Days below which nothing is told from luck: even a true Sharpe ratio of 4 needs half a year."""
BLOCKS, BLOCKS_BETTER = 4, 3
"""The window is cut into four parts; a replacement must be better in three."""
DEEPER = 1.25
"""Its deepest fall may be a quarter deeper than the original's, not more."""

GATES = {
    "RUN_FAILED": "could not be run",
    "SAME_TRADES": "does the same as the original",
    "FEW_TRADES": "closed too few trades",
    "NOT_BETTER": "is not better than the original beyond the luck of that many tries",
    "NOTHING_EARNED": "earned nothing beyond the market's own move that luck could not explain",
    "NOT_LASTING": "was better in too few parts of the window",
    "COSTS_REVERSE_IT": "is no improvement any more at twice the costs",
    "DEEPER_DRAWDOWN": "falls deeper than the original",
    "REJECTED": "is rejected by the evidence of all trials on these data",
}
"""Why a candidate does not replace the original: all that apply are told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the statistics say of one candidate.

    ``ratio`` and ``beyond`` are mean over deviation times root 365: of its daily returns, and of those beyond the
    market; ``improvement`` is ``ratio`` less the original's. ``*_p`` are corrected for all trials. ``stressed_*`` are
    the same at twice the costs. ``level`` is the p-value it needed. ``failed`` are the gates it did not pass; a
    replacement has none.
    """

    number: int
    ratio: float
    improvement: float
    improvement_p: float
    beyond: float
    beyond_p: float
    blocks_better: int
    stressed_improvement: float
    stressed_beyond: float
    level: float
    failed: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as JSON data."""
        return {
            "ratio": self.ratio,
            "improvement": {"ratio": self.improvement, "p": self.improvement_p},
            "beyondMarket": {"ratio": self.beyond, "p": self.beyond_p},
            "blocksBetter": self.blocks_better,
            "atTwiceTheCosts": {"improvement": self.stressed_improvement, "beyondMarket": self.stressed_beyond},
            "level": self.level,
            "failed": list(self.failed),
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of a search: which candidate would replace the original, None to leave it.

    ``why`` is the gate nobody passed when it is left: CANCELLED, NOTHING_TO_TRY, SHORT_WINDOW, or the gate that kept
    ``nearest``, the candidate that came nearest, out. ``alpha`` is the p-value that a change of parameters needs.
    ``verdict`` is that on the candidate that was chosen, or on the original: at best UNPROVEN, for what
    selects never judges.
    """

    decision: Literal["variant", "leave it"]
    chosen: int | None
    nearest: int | None
    why: str
    tried: int
    alpha: float
    findings: tuple[Finding, ...]
    verdict: str = "UNPROVEN"

    def given(self, verdict: str) -> Judgement:
        """Return the judgement with a verdict: what is rejected replaces nothing."""
        if verdict != "REJECTED" or self.chosen is None:
            return replace(self, verdict=verdict)
        findings = tuple(
            replace(one, failed=(*one.failed, "REJECTED")) if one.number == self.chosen else one
            for one in self.findings
        )
        return replace(self, decision="leave it", chosen=None, why="REJECTED", verdict=verdict, findings=findings)

    def as_dict(self) -> dict[str, Any]:
        """Return the judgement as JSON data, without the findings, which stand with their candidates."""
        out: dict[str, Any] = {
            "decision": self.decision,
            "why": self.why,
            "tried": self.tried,
            "alpha": self.alpha,
            "verdict": self.verdict,
        }
        named = {"chosen": self.chosen, "nearest": self.nearest}
        return out | {name: number for name, number in named.items() if number is not None}


def judge(searched: Searched, *, seed: int, past: Sequence[PastTrial] = ()) -> Judgement:
    """Decide between the original and what was searched.

    A candidate replaces the original only when it passes all gates: trades enough; better than the original by the
    corrected test of the paired daily differences (p at most 5 %, a part of that for every change of structure);
    earning beyond the market by the corrected test against zero; better in three of four parts of the window; no
    reversal at twice the costs; no much deeper fall. Of several the one with the smallest p, then the one with the
    simplest change.

    Parameters
    ----------
    searched : Searched
        The original first.
    seed : int
        Of the resampling; the same seed gives the same judgement.
    past : sequence of PastTrial
        Every trial ever made on these data: each might have been chosen, so that p-values are those of the best of
        them too. A search that is repeated is judged as it was.
    """
    others = searched.evaluated[1:]
    early = _undecided(searched)
    if early is not None:
        return Judgement("leave it", None, None, early, len(others), ALPHA, ())
    findings = _findings(searched, seed, past)
    passed = sorted((one for one in findings if not one.failed), key=lambda one: _rank(searched, one))
    if passed:
        number = passed[0].number
        return Judgement("variant", number, number, "PASSED", len(others), ALPHA, findings)
    nearest = min(findings, key=lambda one: (len(one.failed), _rank(searched, one)))
    why = next(gate for gate in GATES if gate in nearest.failed)
    return Judgement("leave it", None, nearest.number, why, len(others), ALPHA, findings)


def _undecided(searched: Searched) -> str | None:
    if searched.cancelled:
        return "CANCELLED"
    if len(searched.evaluated) < 2:
        return "NOTHING_TO_TRY"
    return "SHORT_WINDOW" if searched.market.size < FEWEST_DAYS else None


def _findings(searched: Searched, seed: int, past: Sequence[PastTrial]) -> tuple[Finding, ...]:
    original, others = searched.evaluated[0], searched.evaluated[1:]
    returns = np.stack([one.returns for one in searched.evaluated])
    stressed = np.stack([one.stressed for one in searched.evaluated])
    ratios = _over_deviation(returns, returns)
    better, left = ratios[1:] - ratios[0], _beyond(returns[1:], searched)
    beyond = _over_deviation(left, left)
    improved, earned = _p_values(searched, better, left, ratios[0], seed, past)
    dear = _over_deviation(stressed, returns)
    dear_beyond = _over_deviation(_beyond(stressed[1:], searched), left)
    year = math.sqrt(DAYS_PER_YEAR)
    findings = []
    for k, one in enumerate(others):
        parts = [float(part.mean()) for part in np.array_split(better[k], BLOCKS)]
        finding = Finding(
            number=one.candidate.number,
            ratio=float(ratios[1 + k].mean()) * year,
            improvement=float(better[k].mean()) * year,
            improvement_p=improved[k],
            beyond=float(beyond[k].mean()) * year,
            beyond_p=earned[k],
            blocks_better=sum(part > 0 for part in parts),
            stressed_improvement=float((dear[1 + k] - dear[0]).mean()) * year,
            stressed_beyond=float(dear_beyond[k].mean()) * year,
            level=ALPHA / (1 + one.candidate.structural),
            failed=(),
        )
        findings.append(_gated(finding, one, original))
    return tuple(findings)


def _p_values(
    searched: Searched,
    better: FloatArray,
    left: FloatArray,
    original: FloatArray,
    seed: int,
    past: Sequence[PastTrial],
) -> tuple[list[float], list[float]]:
    """Return the p-values of each candidate for both tests: how often luck alone, the best of all trials, does as well.

    ``original`` are the original's returns over their deviation. Trials that left no returns are counted like the
    others (Sidak).
    """
    rest = others_of(past, (one.candidate.behaviour_hash for one in searched.evaluated))
    known = _known_returns(rest, searched)
    n_trials = len(searched.evaluated) + len(rest)
    scale = n_trials / (n_trials - sum(one.days is None for one in rest))

    def corrected(own: FloatArray, theirs: NDArray[Any]) -> list[float]:
        rows = np.vstack([own.astype(np.float32), theirs])
        p_values = trial_p_values(rows, block_length=family_block_length(rows), seed=seed)[: len(own)]
        return [sidak_p(min(1.0, float(p)), scale) for p in p_values]

    improved = corrected(better, _over_deviation(known, known) - original.astype(np.float32))
    return improved, corrected(left, _beyond(known, searched))


def _known_returns(trials: Sequence[PastTrial], searched: Searched) -> NDArray[np.float32]:
    """Return the daily returns that trials left, on the days of a search, shape (n_with_returns, n_days)."""
    days = searched.evaluated[0].days
    if days is None:
        return np.zeros((0, searched.market.size), dtype=np.float32)
    return returns_of(trials, days.first_day_ms, searched.market.size)


def _beyond(rows: NDArray[Any], searched: Searched) -> NDArray[Any]:
    return beyond_market(rows, searched.market) if len(rows) else rows


def _over_deviation(rows: NDArray[Any], measured: NDArray[Any]) -> NDArray[Any]:
    """Return each row over the deviation of the same row of ``measured``; zeros where that does not vary.

    The deviation is that at the costs as they are: more cost is less earned, not less risk.
    """
    deviations = measured.std(axis=1, ddof=1, keepdims=True)
    scaled: NDArray[Any] = np.divide(rows, deviations, out=np.zeros_like(rows), where=deviations > 1e-12)
    return scaled


def _gated(finding: Finding, one: Evaluated, original: Evaluated) -> Finding:
    same = np.array_equal(one.returns, original.returns)
    deeper = one.max_drawdown > DEEPER * original.max_drawdown and original.trade_count > 0
    fails = {
        "RUN_FAILED": one.failure is not None,
        "SAME_TRADES": one.failure is None and same,
        "FEW_TRADES": one.trade_count < FEWEST_TRADES,
        "NOT_BETTER": finding.improvement_p > finding.level,
        "NOTHING_EARNED": finding.beyond_p > finding.level,
        "NOT_LASTING": finding.blocks_better < BLOCKS_BETTER,
        "COSTS_REVERSE_IT": min(finding.stressed_improvement, finding.stressed_beyond) <= 0,
        "DEEPER_DRAWDOWN": deeper,
        "REJECTED": False,  # by `Judgement.given`, once the verdict is known
    }
    return replace(finding, failed=tuple(gate for gate in GATES if fails[gate]))


def _rank(searched: Searched, finding: Finding) -> tuple[float, int, float, int]:
    candidate = searched.evaluated[finding.number].candidate
    worst = max(finding.improvement_p, finding.beyond_p)
    return worst, candidate.structural + candidate.changes, -finding.improvement, finding.number
