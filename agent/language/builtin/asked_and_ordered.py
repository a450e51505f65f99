"""A question and a change in one message: ``what does the stop do, and make it 5%``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.explain import asks_something, explain, is_question_about
from agent.language.builtin.screening import screen
from agent.language.port import Assumption, LeftOut

if TYPE_CHECKING:
    from agent.language.port import Reading, Request

ORDER = (
    r"(?:add|make|set|change|drop|remove|delete|ditch|use|put|raise|lower|tighten|widen|loosen|swap|replace|"
    r"switch|move|"
    r"increase|decrease|reduce|halve|double|trade|go|turn|cut|take)\b"
)
LED = r"(?:(?:and|then|also|so|but|please|pls|ok|now|just|lets|let's)[ ,]+)*"
WISHED = re.compile(
    rf"{LED}(?:is it possible|can|could|would|will|may|how about|what about|what if|why not|why "
    rf"do)\b",
    re.IGNORECASE,
)
"""Changes in the form of a question."""

IT = re.compile(
    r"^(?P<verb>make|set|put|change|raise|lower|use)\s+(?:it|that|this)(?:\s+(?:to|at|"
    r"be))?\s+(?=\d)",
    re.IGNORECASE,
)
CUT = re.compile(rf"(?:\?+[ ,;.]*{LED}|[,;.]\s*{LED}|\s+(?:and|then|also)[ ,]+{LED})(?={ORDER})", re.IGNORECASE)


def parts(text: str) -> tuple[str, str] | None:
    """Return the question and the order of a message that has both in this order, None for every other.

    >>> parts("how is the exit decided, and add a 4% stop")
    ('how is the exit decided', 'add a 4% stop')
    >>> parts("set the stop to 4% and drop the target") is None
    True
    """
    for joint in CUT.finditer(text):
        asked, order = text[: joint.start()].strip(), text[joint.end() :].strip()
        if (
            asked
            and order
            and not WISHED.match(asked)
            and asks_something(f"{asked}?" if "?" in joint.group() else asked)
        ):
            return asked, order
    return None


def read_both(request: Request, text: str) -> Reading | None:
    """Return the change of a message that asks something as well, None when it has not both.

    The change is made and the question named as one to be asked by itself; where the order cannot be read, the question
    is answered and the order named as left out. Neither is dropped in silence.
    """
    found = parts(text)
    if found is None or request.spec is None:
        return None
    from agent.language.builtin.editing import is_edit, read_edit
    from agent.language.builtin.editing.topics import topic_in

    asked, order = found
    topic = topic_in(asked)
    if topic is not None:
        order = IT.sub(rf"\g<verb> the {topic.name} to ", order)  # "why is the stop 4%? make it 3%"
    has_run = request.run is not None
    screened = screen(order, has_spec=True, has_run=has_run)
    if screened.refusal is not None or not is_edit(screened.text, has_spec=True, has_run=has_run):
        return None
    changed = read_edit(request, screened.text, screened)
    if changed.intent == "edit" and not any(one.code == "NOT_UNDERSTOOD" for one in changed.left_out):
        told = Assumption("reply", None, f"the change is made; ask '{asked}?' by itself and I answer that as well")
        return replace(changed, assumptions=(*changed.assumptions, told))
    if not is_question_about(asked, True, has_run):
        return None
    reason = "I could not tell what this changes: say it by itself"
    left = LeftOut(order, "NOT_UNDERSTOOD", reason)
    return replace(explain(replace(request, text=asked)), left_out=(left,))
