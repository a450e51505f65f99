"""The events of a run as its log keeps them: their names, and what of a turn goes into each.

A turn's log is ``run.started``, then ``step`` and ``reply.delta`` in any order, then ``answer`` and ``run.completed``;
or ``run.failed`` or ``run.cancelled`` at the end. The texts of all ``reply.delta``, one after the other, are the
reply of the answer. ``reply.restarted`` stands where they begin again: only a turn that was broken off with its
process and came to other words can need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Written = tuple[str, Mapping[str, Any]]

STARTED, STEP, DELTA, RESTARTED, ANSWER = "run.started", "step", "reply.delta", "reply.restarted", "answer"
COMPLETED, FAILED, CANCELLED = "run.completed", "run.failed", "run.cancelled"

ENDS = frozenset((COMPLETED, FAILED, CANCELLED))
"""One of these is the last event of a run."""

PROGRESS_SECONDS = 0.2
"""How often a step tells how far it is, at most."""

PIECES = 8
"""Deltas that the rest of a reply is cut into, at most."""

UNDERSTOOD = "this is what was understood"
"""The text of the step that shows the draft: its words are the beginning of the reply, and come as that."""


class TurnEvents:
    """Turns what the agent tells about one turn into the events of its log.

    ``shown`` is the reply as far as the log of the run has it; ``monotonic`` gives seconds. What the agent shows before
    its answer is a beginning of the reply, and is passed on at once.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.shown = ""
        self._monotonic = monotonic
        self._told: dict[str, float] = {}

    def of_step(self, event: Mapping[str, Any]) -> list[Written]:
        """Return the events of one step as the agent tells it; none where it told the like a moment ago."""
        name, text = str(event["name"]), str(event["text"])
        if "total" in event:
            return self._progress(name, text, int(event["done"]), int(event["total"]))
        if name != "echo":
            return [(STEP, {"name": name, "text": text})]
        step: Written = (STEP, {"name": name, "text": UNDERSTOOD})
        if self.shown or not text:
            return [step]
        self.shown = text
        return [step, (DELTA, {"text": text})]

    def of_answer(self, answer: Mapping[str, Any]) -> list[Written]:
        """Return the rest of the reply, the answer document, and the end of a run that was answered."""
        events: list[Written] = []
        reply = str(answer["reply"])
        if not reply.startswith(self.shown):
            events.append((RESTARTED, {}))
            self.shown = ""
        events += ((DELTA, {"text": piece}) for piece in pieces(reply[len(self.shown) :]))
        return [*events, (ANSWER, answer), (COMPLETED, {})]

    def _progress(self, name: str, text: str, done: int, total: int) -> list[Written]:
        now, before = self._monotonic(), self._told.get(name)
        if before is not None and done < total and now - before < PROGRESS_SECONDS:
            return []
        self._told[name] = now
        return [(STEP, {"name": name, "text": text, "done": done, "total": total})]


def shown_in(events: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Return the reply as far as the events of a run show it.

    >>> shown_in([("reply.delta", {"text": "Done"}), ("step", {"name": "check"}), ("reply.delta", {"text": "."})])
    'Done.'
    """
    shown = ""
    for kind, data in events:
        shown = "" if kind == RESTARTED else shown + str(data["text"]) if kind == DELTA else shown
    return shown


def pieces(text: str) -> Iterator[str]:
    """Yield a text in a few pieces, cut before the blank lines between its paragraphs.

    >>> list(pieces("One.\\n\\nTwo.\\nThree."))
    ['One.', '\\n\\nTwo.\\nThree.']
    """
    first, *others = text.split("\n\n")
    paragraphs = [one for one in (first, *(f"\n\n{other}" for other in others)) if one]
    each = -(-len(paragraphs) // PIECES) or 1
    for start in range(0, len(paragraphs), each):
        yield "".join(paragraphs[start : start + each])
