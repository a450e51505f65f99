"""Our judge in the seat of the benchmark: `engine.judging` over the ledger of a session, one look for each champion."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING, Any

from benchmarks.honesty.loop import Ruling
from benchmarks.honesty.rules import rule_text
from engine.evidence.combined import LOOKS
from engine.evidence.verdict import judge
from engine.judging.look import look_into, look_window
from engine.judging.past import PastTrial
from engine.judging.selection import NothingToJudge, selection_case
from engine.metrics.sharpe import DAYS_PER_YEAR
from engine.search.outcome import Days
from engine.spec import check
from engine.spec.canonical import behaviour_hash
from engine.spec.overrides import apply_overrides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.honesty.loop import Submission
    from benchmarks.honesty.rules import Overrides
    from engine.evidence.verdict import HoldoutEvidence, Judgement
    from engine.judging.selection import SelectionCase
    from engine.spec.models import StrategySpec

YEAR = sqrt(DAYS_PER_YEAR)
NAME = "ours"


@dataclass(frozen=True, slots=True)
class Ours:
    """The verdict of the product. Every champion that is handed in has a look, however hopeless it is.

    On generated candles nothing is ever VALIDATED; ``as_if_real`` leaves that rule out, for the markets made here.
    """

    name: str = NAME
    looks: int | None = LOOKS
    as_if_real: bool = True

    def ruling(self, handed: Submission) -> Ruling:
        """Judge a champion; what is told besides the bit is the p-value of the holdout."""
        try:
            case = case_of(handed)
        except NothingToJudge:
            return Ruling(validated=False, p=1.0, figures={"verdict": "REJECTED", "look": handed.look})
        looked = look_into(case, handed.arena.data, look_window(case), look=handed.look, arena=handed.arena)
        evidence = replace(case.evidence, generated=False) if self.as_if_real else case.evidence
        judged = judge(evidence, looked)
        return Ruling(
            validated=judged.verdict == "VALIDATED",
            p=looked.p,
            figures=figures_of(case, looked, judged)
            | {"verdict_drawn": judge(replace(evidence, p_search=case.p_drawn), looked).verdict},
            tried={f"behaviour {one.behaviour_hash}": one.days.returns for one in case.tried[1:]},
        )


def case_of(handed: Submission) -> SelectionCase:
    """Return what the selection part says of a champion among all trials of its family.

    Raises
    ------
    NothingToJudge
        It never traded.
    """
    spec = champion(handed.spec, handed.rule)
    return selection_case(spec, handed.arena.data, list(past_trials(handed, spec)), arena=handed.arena)


def champion(base: Any, rule: Overrides) -> StrategySpec:
    """Return a rule as a spec of its own."""
    checked = check(base).spec
    changed = None if checked is None else apply_overrides(checked, rule).spec
    if changed is None:
        raise ValueError(f"{rule_text(rule)} is no valid spec")
    return changed


def past_trials(handed: Submission, spec: StrategySpec) -> Iterator[PastTrial]:
    """Yield the ledger as the judge reads it.

    The judge measures a champion and its ring anew and leaves out what behaves the same. A trial that differs from the
    champion in more than lengths can not be one of these and has no need of its behaviour hash, which takes longer than
    a sweep: its text stands for it. What was measured around an earlier champion was chosen by nobody.
    """
    own, base = _without_lengths(handed.rule), json.dumps(handed.spec)
    planned = handed.trials.planned
    for name, returns in handed.trials:
        known, around = name, name.startswith("behaviour ")
        if name == rule_text(handed.rule):
            known = behaviour_hash(spec)
        elif around:
            known = name.removeprefix("behaviour ")
        elif _without_lengths(json.loads(name)) == own:
            known = _behaviour(base, name)
        yield PastTrial(known, Days(handed.first_day, returns), planned=name in planned, around=around)


@lru_cache(maxsize=10_000)
def _behaviour(base: str, rule: str) -> str:
    """Return the behaviour hash of a rule; grids try the same ones on every market."""
    return behaviour_hash(champion(json.loads(base), json.loads(rule)))


def figures_of(case: SelectionCase, looked: HoldoutEvidence, judged: Judgement) -> dict[str, Any]:
    """Return what the record keeps of a judgement; ratios are annual, ``p_drawn`` is the p of the days drawn again."""
    found = case.evidence
    return {
        "verdict": judged.verdict,
        "look": looked.look,
        "p_search": found.p_search,
        "p_drawn": case.p_drawn,
        "p_holdout": looked.p,
        "p_plain": looked.p_plain,
        "p_combined": judged.p_combined,
        "against": [one.code for one in judged.reasons],
        "days": found.days,
        "holdout_days": looked.days,
        "trials": case.n_trials,
        "unplanned": case.n_unplanned,
        "effective": case.search.effective_trials.prudent,
        "overfitting": found.overfitting,
        "plateau": found.plateau,
        "stressed_return": found.stressed_return,
        "least_days": found.least_days,
        "measured": case.sharpe.measured * YEAR,
        "claimed": case.sharpe.corrected * YEAR,
        "low": case.sharpe.low * YEAR,
        "high": case.sharpe.high * YEAR,
    }


def _without_lengths(value: Any) -> Any:
    """Return a rule with a blank for every length of an indicator."""
    if isinstance(value, dict):
        return {key: "" if key.endswith("length") else _without_lengths(one) for key, one in value.items()}
    return value
