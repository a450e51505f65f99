"""Answers that are half of something: ``at 70`` where it was asked when to sell, ``3%`` where the stop was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ACTS = re.compile(
    r"^(?:(?:please|pls|ok|okay|well|just|then|and|maybe|i would|i'd|you should|it should)[ ,]+)*"
    r"(?:buy|sell|enter|exit|go|get|close|cover|long|short|leave|take)\b",
    re.IGNORECASE,
)
PRICE = re.compile(
    r"^(?:(?:when|if|once|a|the|on) )*close (?:is |goes |gets )?(?:above|below|over|under|cross\w*|[<>])", re.IGNORECASE
)
"""The close of a bar, and no order to close."""

BARE_LEVEL = re.compile(r"^\d+(?:\.\d+)?$")
CONDITION = re.compile(
    r"^(?:when|if|once|as soon as|whenever|after|at|on|above|below|over|under|never|in)\b", re.IGNORECASE
)
LEADS = {"exit": ("sell", "exit"), "entry": ("buy", "enter")}


DISTANCE = re.compile(
    r"^(?:(?:please|pls|ok|okay|well|just|then|maybe|say|make it|about|around|roughly|at|let's say|use|take|go with) )*"
    r"(?P<distance>\d+(?:[.,]\d+)?(?: ?(?:%|percent|per cent|pct)| ?x?(?: times)?(?: the)? ?atrs?))"
    r"(?: (?:please|pls|away|below(?: entry)?|from (?:the )?entry|is fine|i guess|maybe))*$",
    re.IGNORECASE,
)
"""A distance and nothing else."""

LEVELS = {
    "stop_loss": "stop",
    "take_profit": "take profit",
    "trailing_stop": "trailing stop",
    "sizing": "size",
    "max_position_pct": "size",
    "max_drawdown_pct": "max drawdown",
    "max_total_exposure_pct": "max total exposure",
}


def with_its_name(answer: str, missing: Sequence[str]) -> str:
    """Return an answer that is only a distance with the name of the one level that was asked for; others as they are.

    >>> with_its_name("maybe 3%", ["stop_loss"]), with_its_name("3%", ["stop_loss", "take_profit"])
    ('stop 3%', '3%')
    """
    found = DISTANCE.match(" ".join(answer.strip().strip(".!").split()))
    asked = {path.removeprefix("risk.") for path in missing}
    if found is None or len(asked) != 1 or not asked <= LEVELS.keys():
        return answer
    return f"{LEVELS[asked.pop()]} {found['distance']}"


def as_rule_change(answer: str, missing: Sequence[str]) -> str | None:
    """Return a bare condition as the new rule that was asked for, None where something else was asked or is said.

    >>> as_rule_change("close below ema 20", ["signals.exit"]), as_rule_change("sell at 70", ["signals.exit"])
    ('change the exit to close below ema 20', None)
    """
    asked = [path.removeprefix("signals.") for path in missing]
    bare = answer.strip().strip(".!")
    acts = ACTS.match(bare) is not None and PRICE.match(bare) is None
    if len(asked) != 1 or asked[0] not in LEADS or acts or not bare:
        return None
    rule = re.sub(r"^(?:(?:when|if|once|ok|well|then)\b[ ,]*)+", "", bare, flags=re.IGNORECASE)
    return f"change the {asked[0]} to {rule}"


def completed(asked: str, answer: str, missing: Sequence[str]) -> Iterator[str]:
    """Yield a request with an answer that lacks its verb, in the wordings that may have been meant.

    Nothing where the answer has a verb of its own, or where more than a rule of one side was asked for.

    >>> list(completed("buy btc when rsi 14 is under 30", "at 70", ["exit"]))[0]
    'buy btc when rsi 14 is under 30. sell at 70'
    >>> list(completed("buy btc", "sell at 70", ["exit"]))
    []
    """
    sides = [side for side in LEADS if any(path == side or path.endswith(f".{side}") for path in missing)]
    bare = answer.strip().strip(".!")
    if len(sides) != 1 or not bare or ACTS.match(bare):
        return
    begun = asked.strip().rstrip(".")
    for lead in LEADS[sides[0]]:
        if BARE_LEVEL.match(bare):
            yield f"{begun}. {lead} at {bare}"
        elif CONDITION.match(bare):
            yield f"{begun}. {lead} {bare}"
        else:
            yield f"{begun}. {lead} when {bare}"
            yield f"{begun}. {lead} {bare}"
