"""Reasons in the words of the trade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.proofs.satisfiability.formula import Missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.proofs.satisfiability.way import Way

MAX_WAYS_TOLD = 3


def reason_of(ways: Sequence[Way]) -> str:
    """Return why every way to be true fails, in one sentence.

    With several ways the first few are told.
    """
    texts = list(dict.fromkeys(text for way in ways if (text := _way_text(way))))
    if not texts:
        return "nothing can make it true"
    if len(texts) == 1:
        return texts[0]
    shown = "; ".join(f"({at}) {text}" for at, text in enumerate(texts[:MAX_WAYS_TOLD], 1))
    more = len(texts) - MAX_WAYS_TOLD
    return f"each way to be true fails: {shown}" + (f"; and {more} more" if more > 0 else "")


def _way_text(way: Way) -> str:
    needs = list(dict.fromkeys(one.text for one in way.needs if not isinstance(one, Missing)))
    facts = " and ".join(way.facts)
    if not needs:
        return facts
    joined = needs[0] if len(needs) == 1 else f"{', '.join(needs[:-1])} and {needs[-1]}"
    together = " at once" if len(needs) > 1 else ""
    because = f"but {facts}" if facts else "which exclude each other" if together else "which never happens"
    return f"it needs {joined}{together}, {because}"
