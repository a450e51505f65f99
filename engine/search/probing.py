"""A few candidates checked as specs before work starts: a space that holds nothing worth trying is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.search.idle import why_idle
from engine.search.samplers import SAMPLERS
from engine.search.space import PLACE

if TYPE_CHECKING:
    from engine.market.bars import MarketData
    from engine.search.plan import Plan
    from engine.spec.findings import Findings
    from engine.spec.problems import Problem

PROBED = 16
"""Candidates that are checked, evenly spread over those that would be tried."""


def some_are_worth_trying(plan: Plan, market: MarketData, findings: Findings) -> bool:
    """Tell whether one of `PROBED` candidates is a spec that may trade; where none is, what is wrong with the first."""
    listed = plan.places or tuple(SAMPLERS["random"](plan.space, PROBED, plan.seed))
    probed = sorted({at * (len(listed) - 1) // max(1, PROBED - 1) for at in range(PROBED)})
    looked = "none" if len(probed) == plan.count else f"none of {len(probed)} that were looked at"
    refused: tuple[Problem, ...] = ()
    idle: str | None = None
    for at in probed:
        checked = plan.candidate_at(listed[at], market)
        if checked.valid:
            never = why_idle(checked, market, plan.window.end)
            if never is None:
                return True
            idle = idle or never
        refused = refused or tuple(one for one in checked.problems if one.severity == "error")
    if idle is not None:
        names = " and ".join((", ".join(plan.objectives[:-1]), plan.objectives[-1])).removeprefix(" and ")
        has = "has" if len(plan.objectives) == 1 else "have"
        message = f"{names} {has} no value: of {plan.count:,} candidates {looked} can close a trade; the first: {idle}"
        findings.error(PLACE, "TOO_FEW_TRADES", message)
    else:
        message = f"of {plan.count:,} candidates {looked} is a valid spec; the first: {refused[0].path}: "
        findings.error(PLACE, "NO_VALID_CANDIDATE", message + refused[0].message)
    return False
