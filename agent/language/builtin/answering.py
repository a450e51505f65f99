"""An answer and the request it answers, put together: what the answer says anew replaces what was said before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels import KINDS
from agent.language.builtin.scanner import STATING, Item
from agent.language.builtin.sizes import POSITION_SIZES

if TYPE_CHECKING:
    from agent.language.builtin.screening.findings import Vague

RULES = (*STATING, "action", "mention", "titled", "sided", "gate", "conflict", "opposite")
JOINTS = ("when", "while", "and", "or", "filter", "unless", "else", "arrow")
"""What makes up the rules of a message: an answer with a rule of its own replaces those of the request."""

SAID_ONCE = ("asset", "timeframe", "window", "market", "fill", "only", "session", "limit")
"""What an answer replaces by anything of its kind."""


def completing(before: list[Item], answer: list[Item]) -> list[Item]:
    """Return the items of a request and of the answer to a question about it, each thing once."""
    ruled = any(item.kind in STATING for item in answer)
    entered = any(item.kind == "action" and item.data[0] != "exit" for item in answer)
    exits_alone = ruled and not entered and any(item.kind == "action" and item.data[0] == "exit" for item in answer)
    kept = [item for item in before if not _said_again(item, answer, ruled=ruled and not exits_alone)]
    if not ruled:
        answer = [item for item in answer if item.kind != "action"]  # "yes, buy it with a 2% stop" adds no rule
    return [*kept, Item("stop", None, 0, 0, "."), *answer]


def _said_again(item: Item, answer: list[Item], *, ruled: bool) -> bool:
    """True when the answer takes the place of an item of the request."""
    if item.kind == "opaque":
        return ruled and bool(item.data.vague)
    if item.kind in ("dangling", "unknown_asset", "conflict"):
        return _replaced(item, answer)
    if ruled and item.kind in (*RULES, *JOINTS):
        return True
    if item.kind in SAID_ONCE:
        return any(one.kind == item.kind for one in answer)
    if item.kind == "level":
        return any(one.kind == "level" and one.data.kind == item.data.kind for one in answer)
    if item.kind == "size":
        same = {one.data.kind for one in answer if one.kind == "size"}
        return item.data.kind in same or (item.data.kind in POSITION_SIZES and not same.isdisjoint(POSITION_SIZES))
    return False


def _replaced(item: Item, answer: list[Item]) -> bool:
    """What was not understood is answered by whatever the answer says of its kind."""
    if item.kind == "unknown_asset":
        return any(one.kind == "asset" for one in answer)
    if item.kind == "conflict":
        return any(one.kind in ("condition", "setup", "pair") for one in answer)
    wanted = KINDS.get(str(item.data.tag))
    return wanted is not None and any(one.kind == "level" and one.data.kind == wanted for one in answer)


def answers(answer: list[Item], finding: Vague) -> bool:
    """True when an answer puts a rule or an asset where the request was vague."""
    root = finding.field.split(".")[0]
    if root in ("entry", "exit", "indicators", "signals"):
        return any(item.kind in STATING for item in answer)
    if root == "universe":
        return any(item.kind in ("asset", "timeframe") for item in answer)
    return False
