"""What a turn says, composed from data: figures are placeholders, which `agent.grounding` fills from the records."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from agent.doubtful import doubt_words, is_doubt
from agent.edits import describe
from agent.language.builtin.editing.naming import is_made_name
from agent.language.builtin.languages import frame
from agent.live_intent import CODE, LIVE_RUNS_AS_PAPER
from agent.path_words import problem_place, without_paths
from agent.result_lines import figure_lines
from agent.spec_words import part_words
from agent.stale_keys import stale_keys, with_figures
from engine.report.inert import one_line
from engine.report.rules import rules
from engine.spec import check
from engine.spec.canonical import plain
from engine.spec.problems import SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from agent.language.builtin.languages.frames import ReplyFrame
    from agent.ports import Persona

NO_EDGE_CLAIMED = "Verdict UNPROVEN: a backtest that looks good is no evidence of an edge."
GENERATED = "The candles are generated, not traded: the figures show how the rules behave, not what they earn."
NO_HOLDOUT = "The data are too short to hold a part back, so nothing is left to validate with."
LOCKED = "The newest part of the data, the holdout, stays locked."
SEEN = "The holdout was opened for this test: it validates nothing any more, only later data can."
SEEN_AGAIN = (
    "This window reaches into the holdout, which a test of yours opened on {opened}: it validates nothing any more, "
    "only data from {until} on can."
)
SEEN_BEFORE = (
    "This is the selection part. A test of yours opened the holdout on {opened}: it can no longer validate, only data "
    "from {until} on can."
)
NO_TRADES = "It never traded in that window; ask why and I will show where the entries were lost."
NOT_TESTED = "It was not tested: "
OPEN_HOLDOUT = (
    "The window you asked for, {window}, reaches into the holdout, which is kept for one honest look. Opening it "
    "spends it for good: only later data could validate this strategy then. Shall I open it?"
)
"""The one question before the holdout opens: it names what a yes would measure."""

WHICH_STRATEGY = "What should be bought, when, and when should it be sold again?"

NOT_SURE = "I am not sure that I read this as you meant it:"
LOOK_AT = "Please look at this before you trust it, I am not sure that I read it as you meant it"
SAY_IT_AGAIN = "How is it meant? Say that part again in other words; the rest I keep."

SAID_ANYWAY = frozenset({"GENERATED_DATA", "HOLDOUT_SEEN", CODE})
"""Warnings of a test that every reply says in words of its own."""

WARNINGS = 4
TRADES = "evidence.statistics.trades"

WHICH_SUBJECTS = {
    "universe": "the market",
    "indicators": "an indicator",
    "signals": "the rules of entry and exit",
    "sizing": "the size",
    "risk": "the stop, target or limits",
    "execution": "the execution",
}


def understood(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a spec does, one line a subject; none for what does not pass the checks."""
    return _understood(json.dumps(spec))


@lru_cache(maxsize=64)
def _understood(document: str) -> tuple[str, ...]:
    """Several steps of a turn ask for the lines of the same spec, and a check takes milliseconds."""
    checked = check(document)
    if checked.spec is None:
        return ()
    universe = checked.spec.universe
    traded = ", ".join(one_line(asset) for asset in universe.assets)
    kind = "perpetuals" if universe.market_type == "perp" else "spot"
    lines = [f"Market: {traded} ({kind}), bars of {universe.timeframe}"]
    lines += [f"{term.label}: {term.value}" for term in rules(checked.spec)]
    stale = stale_keys(plain(checked.spec))
    fill = checked.spec.execution.fill
    if fill is not None:
        lines.append(f"Orders fill: {part_words(('execution', 'fill'), fill, {})}")
    return tuple(with_figures(line, stale) for line in lines)


def draft_reply(
    spec: Mapping[str, Any],
    reading: Mapping[str, Any],
    *,
    before: Mapping[str, Any] | None,
    problems: Sequence[Mapping[str, Any]],
) -> str:
    """Return the part of a reply that is about the strategy: understood (or changed), assumed, left out, warned of.

    Headings are in the language of the message.
    """
    words = frame(reading["language"])
    if before is None:
        parts = [heading(spec, changed=False), _listed(words.understood, understood(spec))]
    else:
        parts = [heading(spec, changed=True), _listed(words.changed, _changed(before, spec))]
    parts.append(_listed(words.assumed, (str(one["text"]) for one in reading["assumptions"])))
    parts.append(left_out_reply(reading["left_out"], words))
    if reading.get("unread"):
        parts.append(f"{words.unknown_words}: {', '.join(one_line(word, 60) for word in reading['unread'])}")
    parts.append(doubted_reply(problems, spec))
    parts.append(_listed("To mind", (problem_words(one) for one in problems if not is_doubt(one))))
    return joined(parts)


def doubted_reply(problems: Sequence[Mapping[str, Any]], spec: Mapping[str, Any]) -> str:
    """Return what a second reading of the words finds otherwise than the draft, for the person to look at."""
    lines = understood(spec)
    return _listed(LOOK_AT, (doubt_words(one, lines) for one in problems if is_doubt(one)))


def _changed(before: Mapping[str, Any], spec: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what changed, a line a change; a name that only follows the strategy stands in the heading already."""
    lines = describe(before, spec)
    follows = is_made_name(before) and is_made_name(spec)
    return tuple(line for line in lines if not (follows and line.startswith("name: ")))


def heading(spec: Mapping[str, Any], *, changed: bool) -> str:
    """Return the first line of a reply about a strategy: its name, as data, and its version."""
    name, version = inert(one_line(str(spec["name"]))), spec["version"]
    return f"{name} is now version {version}." if changed else f"{name}, version {version}."


def left_out_reply(left_out: Sequence[Mapping[str, Any]], words: ReplyFrame) -> str:
    """Return what a spec does not carry of the request, each part named as it was written."""
    return _listed(words.left_out, (left_out_line(one) for one in left_out))


def result_reply(
    run_id: str,
    record: Mapping[str, Any],
    words: ReplyFrame,
    before: Mapping[str, Any] | None = None,
    persona: Persona | None = None,
) -> str:
    """Return what a test showed, in placeholders, told to a persona.

    ``before`` is the run of the version that was changed.
    """

    def quoted(path: str, form: str, run: str = run_id) -> str:
        return f"{{{{run:{run}.{path}|{form}}}}}"

    evidence, results = record.get("evidence", {}), record.get("results", {})
    span = f"from {quoted('timeframe.start', 'date')} to {quoted('timeframe.end', 'date')}"
    lines = [f"{words.result}, tested {span}, after fees and slippage:"]
    if not results.get("tradeCount") and not record.get("openPositions"):
        lines.append(NO_TRADES)
    else:
        lines += [*figure_lines(record, quoted, persona), *_not_realised(record, quoted)]
    if before is not None and before.get("timeframe") == record.get("timeframe"):
        old = str(before["id"])
        lines.append(
            f"- the version before: return {quoted('results.returnsPct', 'pct1', old)}, largest drawdown "
            f"{quoted('results.maxDrawdownPct', 'pct1', old)}, Sharpe ratio {quoted('results.sharpeRatio', '.2f', old)}"
        )
    lines += _warned(record, quoted)
    lines.append(_of_holdout(record, quoted))
    if any(notice.get("code") == CODE for notice in evidence.get("notices", ())):
        lines.append(LIVE_RUNS_AS_PAPER)
    if evidence.get("dataGenerated"):
        lines.append(GENERATED)
    return "\n".join(lines)


def _of_holdout(record: Mapping[str, Any], quoted: Callable[[str, str], str]) -> str:
    """Return the line on the holdout: locked, opened for this test, or opened before it, and on what that leaves."""
    evidence = record.get("evidence", {})
    holdout = evidence.get("holdout")
    if holdout is None:
        return f"{NO_HOLDOUT} {NO_EDGE_CLAIMED}"
    if not holdout.get("seen"):
        return f"{LOCKED} {NO_EDGE_CLAIMED}"
    if holdout.get("openedAt", record.get("createdAt")) == record.get("createdAt"):
        return SEEN
    dates = {
        "opened": quoted("evidence.holdout.openedAt", "date"),
        "until": quoted("evidence.holdout.seenUntil", "date"),
    }
    if record["timeframe"]["end"] > holdout["start"]:
        return SEEN_AGAIN.format(**dates)
    return f"{SEEN_BEFORE.format(**dates)} {NO_EDGE_CLAIMED}"


def _warned(record: Mapping[str, Any], quoted: Callable[[str, str], str]) -> Iterator[str]:
    """Yield what the test warns of: sizes that were cut, entries rejected, rates assumed."""
    notices = record.get("evidence", {}).get("notices", ())
    told = [k for k, one in enumerate(notices) if one.get("kind") == "warning" and one.get("code") not in SAID_ANYWAY]
    yield from (f"- to mind: {quoted(f'evidence.notices.{k}.message', 'text')}" for k in told[:WARNINGS])
    if len(told) > WARNINGS:
        yield "- there are more warnings: ask for the data of the test"


def _not_realised(record: Mapping[str, Any], quoted: Callable[[str, str], str]) -> Iterator[str]:
    """Yield what of the return is an open position: it is in no closed trade, in no win and in no profit factor."""
    trades = record.get("evidence", {}).get("statistics", {}).get("trades", {})
    if trades.get("openCount") and "openProfitFraction" in trades:
        count = "one position" if trades["openCount"] == 1 else f"{quoted(f'{TRADES}.openCount', 'int')} positions"
        gain = quoted(f"{TRADES}.openProfitFraction", "+pct1")
        yield f"- of the return unrealised {gain}, in {count} still open at the end"


def problems_question(
    problems: Sequence[Mapping[str, Any]], spec: Mapping[str, Any] | None = None
) -> tuple[str, tuple[str, ...]]:
    """Return the one question that the errors of a draft ``spec`` come to, and the paths it is about."""
    wrong = [one for one in problems if one["severity"] == "error"]
    if not wrong:
        return WHICH_STRATEGY, ("entry", "exit", "universe.assets")
    paths = tuple(dict.fromkeys(str(one["path"]).removeprefix("$.") for one in wrong))
    if all(map(is_doubt, wrong)):
        lines = understood(spec or {})
        doubted = "\n".join(f"- {doubt_words(one, lines)}" for one in wrong)
        return f"{NOT_SURE}\n{doubted}\n{SAY_IT_AGAIN}", paths
    subjects = dict.fromkeys(WHICH_SUBJECTS.get(path.split(".")[0].split("[")[0], "a detail") for path in paths)
    said = "\n".join(f"- {problem_words(one)}" for one in wrong)
    about = " and ".join(subjects) or "a detail"
    return f"I cannot build that yet; it is about {about}:\n{said}\nWhat did you mean there?", paths


def problem_words(problem: Mapping[str, Any]) -> str:
    """Return a problem as a line for people: where it is, what is wrong, what is allowed, what was probably meant.

    >>> problem_words({"path": "$.universe.timeframe", "message": "'7h' is not known here", "allowed": ["6h", "8h"]})
    "timeframe: '7h' is not known here; allowed: 6h, 8h"
    """
    place = problem_place(str(problem["path"]), str(problem["message"]))
    line = without_paths(f"{place}: {problem['message']}" if place else str(problem["message"]))
    if problem.get("allowed"):
        line += f"; allowed: {', '.join(problem['allowed'][:SHOWN])}"
    return f"{line} (did you mean {problem['suggestion']}?)" if problem.get("suggestion") else line


def left_out_line(one: Mapping[str, Any]) -> str:
    """Return what is said of a part that was left out: its words, the reason, what would do instead."""
    text = f'"{one_line(str(one["words"]), 200)}": {one["reason"]}'
    return f"{text.rstrip('.')}. Instead: {one['instead']}" if one.get("instead") else text


def inert(text: str) -> str:
    """Return text of a person as data: nothing in it can be taken for a placeholder.

    >>> inert("{{run:latest.sharpeRatio}}")
    '{ {run:latest.sharpeRatio} }'
    """
    return text.replace("{{", "{ {").replace("}}", "} }")


def joined(parts: Iterable[str]) -> str:
    """Return the parts of a reply with a blank line between them, empty ones left out."""
    return "\n\n".join(part for part in parts if part)


def _listed(title: str, lines: Iterable[str]) -> str:
    """Return a list of lines that code and people wrote: they hold no placeholders."""
    shown = "\n".join(f"- {inert(line)}" for line in lines)
    return f"{title}:\n{shown}" if shown else ""
