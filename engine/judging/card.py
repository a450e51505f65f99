"""The honesty card: everything that was weighed in a judgement, as JSON data that is kept and shown with it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.evidence.combined import LOOKS
from engine.evidence.deflated import minimum_backtest_years
from engine.evidence.selected import CONFIDENCE
from engine.identity import engine_hash
from engine.judging.costs import assumed_costs, without_costs
from engine.judging.look import alpha_left
from engine.market.quality import iso
from engine.metrics.sharpe import DAYS_PER_YEAR
from engine.spec import defaults
from engine.spec.canonical import spec_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.evidence.verdict import Finding, Judgement
    from engine.judging.holdout_state import HoldoutState
    from engine.judging.look import LookResult, LookWindow
    from engine.judging.selection import Deflated, SelectionCase

YEAR = math.sqrt(DAYS_PER_YEAR)

BEST_OF_LUCK = 1.0
"""Annual Sharpe ratio below which the best of all trials should stay without any edge: MinBTL is told for it."""

ASSUMED = (
    "the days of the selection part are alike: their order, but for blocks of days, carries nothing",
    "without an edge the days looked at know nothing of the selection part: {purge} days between them are left out",
    "the market taken off is holding the assets in equal parts, with the strategy's own beta",
    "history that the author of the strategy knew beforehand is no evidence, and no figure here corrects for it",
    "the account begins with 10,000, whatever the strategy was tested with",
)
"""What the figures rest on, whatever the strategy."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A look that was taken: when, at what, and what it said."""

    window: LookWindow
    evidence: LookResult


def honesty_card(
    case: SelectionCase,
    judgement: Judgement,
    *,
    families: Sequence[str],
    total: int,
    looks_taken: int,
    looked: Looked | None = None,
    holdout: HoldoutState | None = None,
) -> dict[str, Any]:
    """Return the card of a judgement: camelCase, fractions of one, what has no value left out.

    Parameters
    ----------
    families : sequence of str
        The data families whose trials were counted.
    total : int
        Trials the ledger has on them, those of this judgement included.
    looks_taken : int
        Looks their holdout has had, this one included.
    looked : Looked, optional
        The look of this judgement; None where none was taken.
    holdout : HoldoutState, optional
        Without a look, what is known of the holdout: was it seen, and can a look be had.
    """
    found, shape = case.evidence, case.shape
    card: dict[str, Any] = {
        "verdict": judgement.verdict,
        "findings": [
            {"code": one.code, "holds": one.holds, "gate": one.gate, "message": _message(one, holdout)}
            for one in (*judgement.findings, *without_costs(case.spec))
        ],
        "strategy": {
            "specHash": spec_hash(case.spec),
            "behaviourHash": case.champion.behaviour_hash,
            "dataHash": case.data_hash,
            "engineHash": engine_hash(),
        },
        "window": {"start": iso(case.window.start), "end": iso(case.window.end), "days": case.n_days},
        "trials": {
            "families": list(families),
            "total": total,
            "effective": case.search.effective_trials.prudent,
            "galwey": case.search.effective_trials.galwey,
            "nyholt": case.search.effective_trials.nyholt,
            "unplanned": case.n_unplanned,
            **({"withoutReturns": case.n_without_returns} if case.n_without_returns else {}),
        },
        "search": {
            "p": found.p_search,
            "path": "counted" if case.p_counted > case.p_drawn else case.search.path,
            "drawn": case.p_drawn,
            "counted": case.p_counted,
        },
        "sharpe": {
            "measured": case.sharpe.measured * YEAR,
            "annual": case.sharpe.corrected * YEAR,
            "low": case.sharpe.low * YEAR,
            "high": case.sharpe.high * YEAR,
            "confidence": case.sharpe.confidence,
        },
        "shape": {"skewness": shape.skewness, "kurtosis": shape.kurtosis, "correlation": shape.correlation},
        "minimumBacktest": {
            "years": minimum_backtest_years(case.search.effective_trials.prudent, annual_sharpe=BEST_OF_LUCK),
            "annualSharpe": BEST_OF_LUCK,
            "measured": case.n_days / DAYS_PER_YEAR,
        },
        "beyondMarket": {"yearly": case.beyond_yearly},
        "costs": assumed_costs(case.spec),
        "looks": {"taken": looks_taken, "of": LOOKS, "nextAlpha": _next_alpha(looks_taken, holdout)},
        "assumed": _assumed(case, looked),
        "seed": case.seed,
    }
    optional: dict[str, Any] = {
        "leastDays": found.least_days,
        "overfitting": found.overfitting,
        "stressedReturn": found.stressed_return,
        "deflatedSharpe": _deflated(case.deflated),
    }
    card |= _without_none(optional)
    if case.beyond_interval is not None:
        low, high = case.beyond_interval
        card["beyondMarket"] |= {"low": low, "high": high, "confidence": CONFIDENCE}
    if case.beyond_psr is not None:
        card["beyondMarket"]["psr"] = case.beyond_psr
    if case.plateau is not None:
        card["plateau"] = {"around": case.around} | _without_none({"ratio": case.plateau.ratio})
    if case.noise is not None:
        outcome = case.noise.outcome
        card["noise"] = {
            "runs": case.noise.runs,
            "medianDrop": outcome.median_drop,
            "positiveShare": outcome.positive_share,
            "holds": outcome.holds,
        }
    if looked is not None:
        card["holdout"] = {
            "look": looked.evidence.look,
            "p": looked.evidence.p,
            "pPlain": looked.evidence.p_plain,
            "days": looked.evidence.days,
            "start": iso(looked.window.start),
            "end": iso(looked.window.end),
            **looked.evidence.measured,
            "purgeDays": looked.window.purge_days,
            **_without_none({"pCombined": judgement.p_combined, "alpha": judgement.alpha}),
        }
    elif holdout is not None:
        card["holdout"] = holdout.as_json()
    return card


def _message(finding: Finding, holdout: HoldoutState | None) -> str:
    """Return the words of a rule; of a look that was not taken those that fit the holdout."""
    return holdout.message if finding.code == "NO_LOOK" and holdout is not None else finding.message


def _assumed(case: SelectionCase, looked: Looked | None) -> list[str]:
    purge = None if looked is None else looked.window.purge_days
    words = [one.format(purge=purge) for one in ASSUMED if purge is not None or "{purge}" not in one]
    if case.n_without_returns:
        words.append(
            f"{case.n_without_returns} trials left no daily returns and are counted as tries like the others (Sidak)"
        )
    if case.search.path == "sidak":
        words.append("the trials are too many to draw them all again: the best is compared with as many effective ones")
    return [*words, *(notice.message for notice in defaults.assumed(case.spec))]


def _next_alpha(looks_taken: int, holdout: HoldoutState | None) -> float:
    """Return what the next look may err with: one that was broken off keeps its place among those taken."""
    number = None if holdout is None else holdout.number
    return alpha_left(looks_taken if number is None else number - 1)


def _deflated(scores: Deflated) -> dict[str, Any] | None:
    """Return the scores with what they are of: the shape of the returns stands beside them, under its own name."""
    found = _without_none({"of2014": scores.of_2014, "of2026": scores.of_2026})
    return found | {"trials": scores.n_trials, "variance": scores.variance} if found else None


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
