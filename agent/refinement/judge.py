"""Which candidate would replace the original, or none: the default is to leave it.

Two things are tested on daily returns. Whether a candidate is better: its returns over their deviation less the
original's, day by day, so that a larger position is no improvement. And whether it earns anything: what is left of its
returns beyond holding the market at its own mean exposure, so that more of a rising market is no merit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from agent.refinement.bootstrap import DRAWS, resampled_means, superiority
from agent.refinement.weaknesses import FEWEST_TRADES
from engine.market.timeframe import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from agent.refinement.search import Evaluated, Searched

    FloatArray = NDArray[np.float64]

ALPHA = 0.05
"""Chance, over all trials an owner ever made on the data, that something without merit replaces the original."""
FEWEST_DAYS = 90
"""Days below which nothing is told from luck: even a true Sharpe ratio of 4 needs half a year."""
BLOCKS, BLOCKS_BETTER = 4, 3
"""The window is cut into four parts; a replacement must be better in three."""
STRESS = 2.0
"""Times the costs under which it must still be better than the original and earn something."""
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
}
"""Why a candidate does not replace the original: all that apply are told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the statistics say of one candidate.

    ``ratio`` and ``beyond`` are mean over deviation times root 365: of its daily returns, and of those beyond the
    market; ``improvement`` is ``ratio`` less the original's. ``*_t`` and ``*_p`` are of the corrected tests. ``level``
    is the p-value it needed. ``failed`` are the gates it did not pass; a replacement has none.
    """

    number: int
    ratio: float
    improvement: float
    improvement_t: float
    improvement_p: float
    beyond: float
    beyond_t: float
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
            "improvement": {"ratio": self.improvement, "t": self.improvement_t, "p": self.improvement_p},
            "beyondMarket": {"ratio": self.beyond, "t": self.beyond_t, "p": self.beyond_p},
            "blocksBetter": self.blocks_better,
            "atTwiceTheCosts": {"improvement": self.stressed_improvement, "beyondMarket": self.stressed_beyond},
            "level": self.level,
            "failed": list(self.failed),
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of a search: which candidate would replace the original, None to leave it.

    ``why`` is the gate nobody passed when it is left: CANCELLED, NOTHING_TO_TRY, SHORT_WINDOW, or the gate that kept
    ``nearest``, the candidate that came nearest, out. ``alpha`` is this search's share of the 5 % that all trials
    have together. The verdict is UNPROVEN whatever happens: what selects never judges.
    """

    decision: Literal["variant", "leave it"]
    chosen: int | None
    nearest: int | None
    why: str
    tried: int
    alpha: float
    findings: tuple[Finding, ...]
    verdict: Literal["UNPROVEN"] = "UNPROVEN"

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


def judge(searched: Searched, *, seed: int, trials: int = 0, draws: int = DRAWS) -> Judgement:
    """Decide between the original and what was searched.

    A candidate replaces the original only when it passes all gates: trades enough; better than the original by the
    corrected test of the paired daily differences (p at most its share of 5 %, a part of it for every change of
    structure); earning beyond the market by the corrected test against zero; better in three of four parts of the
    window; no reversal at twice the costs; no much deeper fall. Of several the one with the smallest p, then the one
    with the simplest change.

    Parameters
    ----------
    searched : Searched
        The original first.
    seed : int
        Of the resampling; the same seed gives the same judgement.
    trials : int
        Distinct candidates ever tried on these data, the original and these included, each once: all but the original
        have the same share of the 5 %, old or new. A search that is repeated has the shares it had.
    draws : int
        Resamples.
    """
    others = searched.evaluated[1:]
    alpha = ALPHA * len(others) / max(1, len(others), trials - 1)
    early = _undecided(searched)
    if early is not None:
        return Judgement("leave it", None, None, early, len(others), alpha, ())
    findings = _findings(searched, alpha, seed, draws)
    passed = sorted((one for one in findings if not one.failed), key=lambda one: _rank(searched, one))
    if passed:
        number = passed[0].number
        return Judgement("variant", number, number, "PASSED", len(others), alpha, findings)
    nearest = min(findings, key=lambda one: (len(one.failed), _rank(searched, one)))
    why = next(gate for gate in GATES if gate in nearest.failed)
    return Judgement("leave it", None, nearest.number, why, len(others), alpha, findings)


def beyond_market(returns: FloatArray, exposure: float, market: FloatArray) -> FloatArray:
    """Return daily returns less those of holding the market at a constant exposure, shape (n_days,)."""
    return returns - exposure * market


def _undecided(searched: Searched) -> str | None:
    if searched.cancelled:
        return "CANCELLED"
    if len(searched.evaluated) < 2:
        return "NOTHING_TO_TRY"
    return "SHORT_WINDOW" if searched.market.size < FEWEST_DAYS else None


def _findings(searched: Searched, alpha: float, seed: int, draws: int) -> tuple[Finding, ...]:
    original, others = searched.evaluated[0], searched.evaluated[1:]
    none = np.zeros_like(searched.market)
    better = _columns(others, none) - _scaled(original, none)[:, None]
    beyond = _columns(others, searched.market)
    block = mean_block(searched)
    means = resampled_means(np.hstack((better, beyond)), mean_block=block, draws=draws, seed=seed)
    improved = superiority(better, means[:, : len(others)])
    earned = superiority(beyond, means[:, len(others) :])
    stressed_better = _columns(others, none, STRESS) - _scaled(original, none, STRESS)[:, None]
    stressed_beyond = _columns(others, searched.market, STRESS)
    year = math.sqrt(365.0)
    findings = []
    for k, one in enumerate(others):
        parts = [float(part.mean()) for part in np.array_split(better[:, k], BLOCKS)]
        finding = Finding(
            number=one.candidate.number,
            ratio=float(_scaled(one, none).mean()) * year,
            improvement=float(better[:, k].mean()) * year,
            improvement_t=float(improved.statistic[k]),
            improvement_p=float(improved.p[k]),
            beyond=float(beyond[:, k].mean()) * year,
            beyond_t=float(earned.statistic[k]),
            beyond_p=float(earned.p[k]),
            blocks_better=sum(part > 0 for part in parts),
            stressed_improvement=float(stressed_better[:, k].mean()) * year,
            stressed_beyond=float(stressed_beyond[:, k].mean()) * year,
            level=alpha / (1 + one.candidate.structural),
            failed=(),
        )
        findings.append(_gated(finding, one, original))
    return tuple(findings)


def mean_block(searched: Searched) -> float:
    """Return the mean length of the blocks that are resampled, in days: the cube root of the window, and at least twice
    the mean holding of a trade, so that no block breaks what belongs together; at most a tenth of the window."""
    n_days = searched.market.size
    held = max(one.held_bars for one in searched.evaluated) * searched.interval_ms / DAY_MS
    return float(max(1.0, min(max(n_days ** (1 / 3), 2.0 * held), n_days / 10)))


def _columns(several: Sequence[Evaluated], market: FloatArray, cost_factor: float = 1.0) -> FloatArray:
    return np.column_stack([_scaled(one, market, cost_factor) for one in several])


def _scaled(one: Evaluated, market: FloatArray, cost_factor: float = 1.0) -> FloatArray:
    """Return what was earned beyond ``market`` each day over its deviation; zeros when it does not vary.

    The deviation is that at the costs as they are: more cost is less earned, not less risk.
    """
    beyond = beyond_market(one.returns, one.exposure, market)
    deviation = float(beyond.std(ddof=1))
    if not deviation > 1e-12:
        return np.zeros_like(beyond)
    return (beyond - (cost_factor - 1.0) * one.costs) / deviation


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
    }
    return replace(finding, failed=tuple(gate for gate in GATES if fails[gate]))


def _rank(searched: Searched, finding: Finding) -> tuple[float, int, float, int]:
    candidate = searched.evaluated[finding.number].candidate
    worst = max(finding.improvement_p, finding.beyond_p)
    return worst, candidate.structural + candidate.changes, -finding.improvement_t, finding.number
