"""What a refinement says: a report as JSON data, and an answer whose every figure is one of the report's."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from agent.live_intent import CODE, LIVE_RUNS_AS_PAPER
from agent.refinement.judge import BLOCKS, GATES
from agent.refinement.weaknesses import FEWEST_TRADES, filled, placed, slots_of
from engine.market.quality import iso
from engine.report.claims import claim_of, claim_on_card

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent.ports import TrialCount
    from agent.refinement.candidates import Candidate, Grid
    from agent.refinement.judge import Judgement
    from agent.refinement.propose import Proposal
    from agent.refinement.reasons import Reason
    from agent.refinement.search import Evaluated, Searched
    from agent.refinement.verdict import Weighed
    from agent.refinement.weaknesses import Diagnosis
    from engine.backtest.result import BacktestResult, Holdout

MOST_SAID = 3
"""Weaknesses named in the answer; the report has them all."""

SOURCE = "refinement"
"""Name under which the answer's placeholders quote the report: ``{{run:refinement.figures.tried|int}}``."""

LOOKED_INTO = (
    "A test of yours looked into the holdout on {openedAt|date}, so it can no longer validate what is found here: "
    "only data from {seenUntil|date} on can."
)

UNDECIDED = {
    "CANCELLED": "The search was stopped before its end, so nothing was decided: it stays as it is.",
    "NOTHING_TO_TRY": "There is nothing within the rules that would answer this: leave it as it is.",
    "SHORT_WINDOW": "The window has only {days|int} whole days, too few to tell anything from luck: leave it as it is.",
}


@dataclass(frozen=True, slots=True)
class Story:
    """Everything a refinement found out, before it is put into words.

    ``weighed`` has the honesty card of what it came to; None where the search was cancelled.
    """

    reason: Reason
    result: BacktestResult
    diagnosis: Diagnosis
    proposals: tuple[Proposal, ...]
    grid: Grid
    searched: Searched
    judgement: Judgement
    seed: int
    trials: TrialCount
    weighed: Weighed | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not done or does not fit, in words."""
        notes = [*self.diagnosis.notes, *(self.reason.event.notes if self.reason.event is not None else ())]
        if self.grid.left_out:
            notes.append(f"{self.grid.left_out} combinations beyond the limit were not tried")
        if self.grid.repeats:
            notes.append(f"{self.grid.repeats} combinations came out as a spec that was tried already")
        notes += [f"not tried: {label}, because {why}" for label, why in self.grid.refused]
        if self.weighed is not None and self.weighed.why:
            notes.append(f"no honesty card: {self.weighed.why}")
        return tuple(notes)

    @property
    def card(self) -> Mapping[str, Any] | None:
        """The honesty card, where there is one."""
        return None if self.weighed is None else self.weighed.card


def report_of(story: Story) -> dict[str, Any]:
    """Return the report as JSON data: camelCase, fractions of one, figures without a value left out."""
    result = story.result
    report: dict[str, Any] = {
        **story.reason.as_dict(),
        "window": {"start": iso(result.start), "end": iso(result.end), "days": int(story.searched.market.size)},
        "dataset": {"provider": result.data_name, "generated": result.data_generated, "symbols": list(result.symbols)},
        "seed": story.seed,
        "diagnosis": story.diagnosis.as_dict(),
        "proposals": [proposal.as_dict() for proposal in story.proposals],
        "candidates": _table(story),
        "judgement": story.judgement.as_dict(),
        "trials": {"family": story.trials.family, "before": story.trials.known, "after": story.trials.total},
        "notes": list(story.notes),
        "figures": figures_of(story),
    }
    if story.weighed is not None and story.weighed.card is not None:
        report["judged"] = {"number": story.weighed.number, "around": len(story.weighed.around)}
        report["honestyCard"] = dict(story.weighed.card)
    if result.holdout is not None:
        report["holdout"] = {
            "start": iso(result.holdout.start),
            "end": iso(result.holdout.end),
            **_seen(result.holdout),
        }
    return report


def _seen(holdout: Holdout) -> dict[str, Any]:
    """Return what runs before this search have seen of the holdout; the search itself sees nothing of it."""
    if holdout.look is None:
        return {"seen": holdout.seen}
    return {"seen": True, "openedAt": iso(holdout.look.time), "seenUntil": iso(holdout.look.until)}


def _table(story: Story) -> list[dict[str, Any]]:
    findings = {one.number: one for one in story.judgement.findings}
    rows = []
    for one in story.searched.evaluated:
        row = described(one.candidate) | {"summary": dict(one.summary)}
        if one.failure is not None:
            row["failure"] = one.failure
        if one.candidate.number in findings:
            row |= findings[one.candidate.number].as_dict()
        rows.append(row)
    return rows


def described(candidate: Candidate) -> dict[str, Any]:
    """Return what a candidate changes as JSON data."""
    return {
        "number": candidate.number,
        "label": candidate.label,
        "behaviourHash": candidate.behaviour_hash,
        "weaknesses": list(candidate.weaknesses),
        "overrides": dict(candidate.overrides),
        "patch": [
            {name: value for name, value in asdict(one).items() if name != "value" or one.op != "remove"}
            for one in candidate.patch
        ],
        "structuralChanges": candidate.structural,
    }


def figures_of(story: Story) -> dict[str, Any]:
    """Return every figure the answer quotes, by name."""
    judgement = story.judgement
    figures: dict[str, Any] = {
        "tried": judgement.tried,
        "family": story.trials.family,
        "trialsAfter": story.trials.total,
        "days": int(story.searched.market.size),
        "start": iso(story.result.start),
        "end": iso(story.result.end),
        "alpha": judgement.alpha,
        "blocks": BLOCKS,
        "fewestTrades": FEWEST_TRADES,
    }
    if story.result.holdout is not None and story.result.holdout.look is not None:
        seen = _seen(story.result.holdout)
        figures |= {"openedAt": seen["openedAt"], "seenUntil": seen["seenUntil"]}
    if story.reason.event is not None:
        figures |= {f"drift_{name}": value for name, value in story.reason.event.figures.items()}
    for at, weakness in enumerate(story.diagnosis.weaknesses[:MOST_SAID], start=1):
        figures |= {f"w{at}_{name}": weakness.evidence[name] for name, _ in slots_of(weakness.template)}
    if judgement.nearest is not None:
        figures |= _of_nearest(story.searched.evaluated, judgement)
    return figures | _of_verdict(story)


def _of_verdict(story: Story) -> dict[str, Any]:
    """Return what is said of the verdict; an annual Sharpe ratio only with all that belongs to it."""
    figures: dict[str, Any] = {}
    original = claim_of(story.result)
    if original is not None:
        figures["originalSharpe"] = str(original)
    if story.weighed is None or story.card is None:
        return figures
    judged = story.searched.evaluated[story.weighed.number].candidate
    return figures | {
        "verdict": story.card["verdict"],
        "judged": "the strategy as it is" if judged.number == 0 else judged.label,
        "searchP": story.card["search"]["p"],
        "weighedTrials": story.card["trials"]["total"],
        "around": len(story.weighed.around),
        "sharpe": str(claim_on_card(story.card)),
    }


def _of_nearest(evaluated: Sequence[Evaluated], judgement: Judgement) -> dict[str, Any]:
    finding = next(one for one in judgement.findings if one.number == judgement.nearest)
    candidate = evaluated[finding.number].candidate
    return {
        "change": candidate.label,
        "improvementP": finding.improvement_p,
        "beyondP": finding.beyond_p,
        "blocksBetter": finding.blocks_better,
        "level": finding.level,
    }


def answer_of(story: Story) -> str:
    """Return the answer as a template with slots ``{name|format}`` for `figures_of`."""
    said = []
    for at, weakness in enumerate(story.diagnosis.weaknesses[:MOST_SAID], start=1):
        said.append(_renamed(weakness.template, f"w{at}_"))
    intro = (
        "Where it loses" if story.diagnosis.weaknesses[0].severity > 0 else "Where it loses is nowhere in particular"
    )
    event = story.reason.event
    lines = [] if event is None else [_renamed(event.template, "drift_")]
    lines.append(f"{intro}: {'; '.join(said)}.")
    if story.judgement.tried:
        locked = "; the holdout was not looked at" if story.result.holdout is not None else ""
        tries = "change" if story.judgement.tried == 1 else "changes"
        lines.append(
            f"I tried {{tried|int}} {tries} on the selection part ({{start|date}} to {{end|date}}), "
            f"all with the same costs{locked}."
        )
    lines.append(_decision(story))
    if story.result.holdout is not None and story.result.holdout.look is not None:
        lines.append(LOOKED_INTO)
    repeated = "; none of these was new" if story.trials.total == story.trials.known else ""
    lines += _verdict(story)
    lines.append(
        "What a search selects it cannot prove, and every try counts against the next "
        f"({{trialsAfter|int}} trials on {{family|text}} so far{repeated})."
    )
    if any(notice.code == CODE for notice in story.result.notices):
        lines.append(LIVE_RUNS_AS_PAPER)
    if story.result.data_generated:
        lines.append("The candles are generated and hold no edge; the figures say nothing about a real market.")
    return "\n".join(lines)


def _renamed(template: str, prefix: str) -> str:
    return placed(template, lambda name, form: f"{{{prefix}{name}|{form}}}")


def _verdict(story: Story) -> list[str]:
    """Return the verdict, with the p-value of all trials and what the Sharpe ratio is worth, where it was weighed."""
    if story.card is None:
        return ["The verdict stays UNPROVEN, not validated."]
    around = ", {around|int} of them settings around it"
    return [
        "Verdict on {judged|text}: {verdict|text}, not validated. Among {weighedTrials|int} trials"
        f"{around if story.weighed is not None and story.weighed.around else ''}, luck alone would do as well with a "
        "chance of {searchP|.4f}.",
        "Its Sharpe ratio, corrected for the choice among them: {sharpe|text}.",
    ]


def _decision(story: Story) -> str:
    judgement = story.judgement
    if judgement.why in UNDECIDED:
        return UNDECIDED[judgement.why]
    if judgement.decision == "variant":
        original = (
            "" if claim_of(story.result) is None else "\nThe original has a Sharpe ratio of {originalSharpe|text}."
        )
        return (
            "A variant is worth watching: {change|text}. Luck alone, the best of that many tries, would beat the "
            "original as clearly with a chance of {improvementP|.4f}, and would earn as much beyond the market's own "
            "move with {beyondP|.4f}. It was better in {blocksBetter|int} of {blocks|int} parts of the window and "
            f"still is at twice the costs.{original}"
        )
    return (
        f"Leave it as it is. The nearest change ({{change|text}}) {GATES[judgement.why]}: the chance of luck is "
        "{improvementP|.3f} for beating the original and {beyondP|.3f} for earning anything, and each would have to be "
        "at most {level|.3f}."
    )


def in_words(template: str, figures: Mapping[str, Any]) -> str:
    """Return an answer with its figures written out."""
    return filled(template, figures)


def quoting(template: str) -> str:
    """Return an answer whose slots are placeholders that quote the report's ``figures``.

    >>> quoting("I tried {tried|int} changes: {change|text}")
    'I tried {{run:refinement.figures.tried|int}} changes: {{run:refinement.figures.change}}'
    """

    def quoted(name: str, form: str) -> str:
        return f"{{{{run:{SOURCE}.figures.{name}" + ("}}" if form == "text" else f"|{form}}}}}")

    return placed(template, quoted)
