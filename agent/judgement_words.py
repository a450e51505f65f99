"""A judgement in short words: its figures are placeholders, which `agent.grounding` quotes from the stored card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.workspace import iso, milliseconds
from engine.report.claims import claim_on_card
from engine.report.honesty import MEANING, is_of_later_days, may_be_looked_into, was_looked_into

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

JUDGEMENT, LOOK = "judgement", "look"
"""The names under which a reply quotes the judgement of its turn, and the look that could be taken."""

TRIES = "tries"
"""The count of distinct candidates in the ledger, where there is no judgement to quote it from."""

TAKE_LOOK = (
    "It would be look {number} of {of} that this holdout has, at the days from {start} to {last}. It may take luck for "
    "an edge with probability {alpha}; every further look may err with less. It is spent whatever comes of it and "
    "cannot be taken back. Shall I take it?"
)
TAKE_LATER_LOOK = (
    "Days have come in since it was validated, from {start} to {last}: a look at them would be number {number} of "
    "{of}. It may take luck for an edge with probability {alpha}. It is spent whatever comes of it and cannot be taken "
    "back. Shall I take it?"
)
"""The one question before a look: it names what a yes would spend."""

OTHER_LOOK = "That look is no longer the one I asked about, so none was taken; this is how it stands now."
NOT_TAKEN = "No look was taken, and none is spent."
HOW_TO_LOOK = 'Only a look at the holdout can validate it: say "validate it", and I tell what one costs first.'
KEPT_BACK = "No look could validate it as it stands: what the selection part holds against it would remain."
NONE_LEFT = "no look is left: only later data can validate"
NOT_POSSIBLE = "no look can be had now: only later data can validate"
NOT_JUDGED = "It was not judged: "
NO_LOOK = "No look can be had: "
NO_JUDGE = "no ledger stands behind this conversation, and without one nothing is judged"
GENERATED = "The candles are generated, not traded: whatever it earns on them proves nothing about a market."
RING = "What was measured for it, the strategies around it too, is in the ledger now; a repetition is counted once."


def sources_of_judgement(record: Mapping[str, Any] | None, look: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the records that a reply about a judgement quotes; a Sharpe ratio only as a whole claim."""
    found: dict[str, Any] = {}
    if record is not None:
        card = {name: value for name, value in record["card"].items() if name != "sharpe"}
        found[JUDGEMENT] = {**card, "claim": str(claim_on_card(record["card"])), "createdAt": record.get("createdAt")}
    if look is not None:
        found[LOOK] = {**look, "lastDay": _last_day(look)}
    return found


def _last_day(window: Mapping[str, Any]) -> str:
    """Return the last moment inside a window, whose ``end`` is not."""
    return iso(milliseconds(str(window["end"])) - 1)


def judgement_reply(record: Mapping[str, Any], *, again: bool) -> str:
    """Return what a judgement says, and what a look could still do; ``again`` when it was made before."""
    card = record["card"]
    lines = [f"{_quoted('verdict', 'text')}: {MEANING[card['verdict']]}.", *_figures(card), *_against(card)]
    if any(one["code"] == "GENERATED_DATA" and not one["holds"] for one in card["findings"]):
        lines.append(GENERATED)
    if again:
        span = f"{_quoted('window.start', 'date')} to {_quoted('window.end', 'date')}"
        made = f"It was judged on {_quoted('createdAt', 'date')}, its selection part is {span}"
        lines.append(f"{made}, and of other candles it says nothing; no look was spent now.")
    else:
        lines.append(RING)
    if not was_looked_into(card) and may_be_looked_into(card):
        lines.append(KEPT_BACK if _is_kept_back(card) else HOW_TO_LOOK)
    return "\n".join(lines)


def look_question(look: Mapping[str, Any]) -> str:
    """Return what a look costs, and the question whether it is to be taken."""
    text = TAKE_LATER_LOOK if look["later"] else TAKE_LOOK
    quoted = {
        "number": "number|int",
        "of": "of|int",
        "alpha": "alpha|.4f",
        "start": "start|date",
        "last": "lastDay|date",
    }
    return text.format(**{name: f"{{{{run:{LOOK}.{what}}}}}" for name, what in quoted.items()})


def refusal_reply(said: str, *, of_look: bool) -> str:
    """Return a refusal as one sentence."""
    return f"{NO_LOOK if of_look else NOT_JUDGED}{said.rstrip('.')}."


def tries_line(assets: str) -> str:
    """Return how many candidates the ledger holds today, where no judgement of today tells it."""
    return f"The ledger counts {{{{count:{TRIES}}}}} distinct candidates by now that you tried on {assets}."


def _figures(card: Mapping[str, Any]) -> Iterator[str]:
    families = " and ".join(card["trials"]["families"])
    independent = _quoted("trials.effective", ".1f")
    total = _quoted("trials.total", "int")
    tried = f"- tried on {families}: {total} distinct candidates, worth {independent} independent ones"
    if card["trials"].get("unplanned"):
        tried += f"; {_quoted('trials.unplanned', 'int')} of them in no planned search"
    yield tried
    yield f"- luck alone, the best of all of them, looks as good with p {_quoted('search.p', '.4f')}"
    yield f"- Sharpe ratio, less what choosing the best adds: {_quoted('claim', 'text')}"
    later = is_of_later_days(card)
    looked = was_looked_into(card)
    if looked:
        days = "days after it was validated" if later else "holdout"
        seen = f"- {days}, look {_quoted('holdout.look', 'int')}: p {_quoted('holdout.p', '.4f')} beyond the market"
        if not later:
            seen += f"; search and holdout together p {_quoted('holdout.pCombined', '.4f')}"
        yield f"{seen}, allowed {_quoted('holdout.alpha', '.4f')}"
    left = f"the next may err with probability {_quoted('looks.nextAlpha', '.4f')}"
    taken = f"{_quoted('looks.taken', 'int')} of {_quoted('looks.of', 'int')}"
    where = "such days" if later else "its holdout"
    if not card["looks"]["nextAlpha"]:
        left = NONE_LEFT
    elif not looked and not may_be_looked_into(card):
        left = NOT_POSSIBLE
    yield f"- looks taken at {where}: {taken}; {left}"


def _is_kept_back(card: Mapping[str, Any]) -> bool:
    """Return whether the selection part alone keeps it from being validated, whatever a look would show."""
    return any(one["gate"] and not one["holds"] and one["code"] != "NO_LOOK" for one in card["findings"])


def _against(card: Mapping[str, Any]) -> Iterator[str]:
    """Yield why the verdict is no better, and what speaks against the choice."""
    for gate, label in ((True, "why it is no better"), (False, "to mind")):
        found = [at for at, one in enumerate(card["findings"]) if one["gate"] is gate and not one["holds"]]
        told = [at for at in found if card["findings"][at]["code"] != "GENERATED_DATA"]
        if told:
            yield f"- {label}: {'; '.join(_quoted(f'findings.{at}.message', 'text') for at in told)}"


def _quoted(path: str, form: str) -> str:
    return f"{{{{run:{JUDGEMENT}.{path}|{form}}}}}"
