"""What the facts check doubts, put to the person in plain words: what was written, and what was read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.facts.draft import FACT_CHANGED, FACT_MISPLACED, FACT_MISSING, NOT_ASKED_FOR
from engine.report.inert import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.spec.problems import Problem

FACT_CODES = frozenset({FACT_CHANGED, FACT_MISPLACED, FACT_MISSING, NOT_ASKED_FOR})

LABELS = {
    "universe": ("Market",),
    "signals": ("Go long when", "Leave a long when", "Go short when", "Leave a short when"),
    "sizing": ("Size of a position",),
    "sizing.max_positions": ("Open positions at most", "Positions at most"),
    "risk.stop_loss": ("Stop loss",),
    "risk.take_profit": ("Take profit",),
    "risk.trailing_stop": ("Trailing stop",),
    "risk.trailing_take": ("Trailing target",),
    "risk.breakeven": ("Break-even",),
    "risk.partial_exits": ("Partial exits",),
    "risk.time_limit": ("Time limit",),
    "risk.checks": (
        *("Open at the same time at most", "Wait after an exit", "Entries only"),
        "No entry for the rest of the day",
    ),
    "risk.checks.max_concurrent": ("Open at the same time at most",),
    "risk.checks.cooldown_bars": ("Wait after an exit",),
    "risk.checks.session_hours": ("Entries only",),
    "risk.checks.max_daily_loss_pct": ("No entry for the rest of the day",),
    "risk.max_leverage": ("Leverage at most",),
    "risk.max_position_pct": ("One position at most",),
    "risk.max_total_exposure_pct": ("All positions at most",),
    "execution.entry_order": ("Entry order",),
    "execution.fill": ("Orders fill",),
}
"""Paths of a spec, and how the lines begin that tell what is there (`agent.replies.understood`)."""

NEVER = ": never"
"""How a line ends that tells of a side without rules."""

_WORDS = re.compile(r"'(.+?)'(?= (?:is|stands|was|are)\b)")


def is_doubt(problem: Mapping[str, Any]) -> bool:
    """Return whether a problem is one of words against a draft, not one of the draft itself."""
    return problem["code"] in FACT_CODES


def is_plainly_wrong(problem: Problem) -> bool:
    """Return whether a doubt is of a number that stands where another was written: that is asked, never shown beside.

    Which rule a comparison belongs to, and whether a side or a protection was meant, two readers of the same words
    judge differently: there the reading is shown beside the words, for the person to look at.
    """
    return problem.code in (FACT_CHANGED, FACT_MISPLACED) and not problem.path.startswith("$.signals")


def doubt_words(problem: Mapping[str, Any], lines: Sequence[str]) -> str:
    """Return a doubt for people.

    Parameters
    ----------
    problem : mapping
        A Problem document of the facts check.
    lines : sequence of str
        What the draft does, one line a subject (`agent.replies.understood`).

    Examples
    --------
    >>> problem = {"path": "$.signals.exit[0]", "message": "'rsi over 70' is not in the spec: ...", "code": ""}
    >>> doubt_words(problem, ["Go long when: close is above ema_20", "Leave a long when: rsi_14 is below 70"])
    'you wrote "rsi over 70"; I read: go long when close is above ema_20; leave a long when rsi_14 is below 70'
    """
    path, message = str(problem["path"]).removeprefix("$").strip("."), str(problem["message"])
    read = "; ".join(_plain(line) for line in _lines_at(path, lines))
    said = _WORDS.match(message)
    if said is not None:
        words = f'you wrote "{one_line(said[1], 200)}"'
        return f"{words}; I read: {read}" if read else f"{words}, and found no place for it"
    return (
        f"I read: {read}; your words do not clearly say that" if read else "a part that your words do not clearly say"
    )


def _lines_at(path: str, lines: Sequence[str]) -> list[str]:
    """Return the lines that tell what stands at a path, or in the part of the spec that it belongs to."""
    steps = re.sub(r"\[\d+\]", "", path).split(".")
    if steps[0] == "indicators" and len(steps) > 1:
        return [line for line in lines if line.startswith(f"{steps[1]}:")]
    for length in range(len(steps), 0, -1):
        labels = LABELS.get(".".join(steps[:length]))
        if labels is not None:
            found = [line for line in lines if line.partition(":")[0] in labels]
            return [line for line in found if not line.endswith(NEVER)] or found
    return []


def _plain(line: str) -> str:
    """Return a line of a list as a part of a sentence.

    >>> _plain("Go long when: close is above ema_20"), _plain("Stop loss: 5.00 % from the entry price")
    ('go long when close is above ema_20', 'stop loss: 5.00 % from the entry price')
    """
    label, _, rest = line.partition(": ")
    begin = label if "_" in label else label[:1].lower() + label[1:]
    return f"{begin} {rest}" if label.endswith("when") else f"{begin}: {rest}"
