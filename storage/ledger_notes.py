"""What lines of the ledger say of how a candidate came to be tried; a verdict goes by it."""

from __future__ import annotations

import re

PLANNED = re.compile(r"candidate \d+ of \d+ by (?:grid|random) in optimization ([^\s;,]+)(?:, plan ([0-9a-f]+))?")
AROUND = re.compile(r"candidate \d+, beside the best,|around [0-9a-f]+, which was judged")


def search_note(number: int, count: int, method: str, record_id: str, plan: str) -> str:
    """Return what is said of a candidate of a search; of one that was decided beforehand it says so, and in which plan.

    ``plan`` is a digest of all that decides which candidates there are, in hexadecimal digits.

    >>> search_note(3, 200, "grid", "optimization_1", "4f1d")
    'candidate 3 of 200 by grid in optimization optimization_1, plan 4f1d'
    >>> search_note(201, 200, "grid", "optimization_1", "4f1d")
    'candidate 201, beside the best, in optimization optimization_1'
    """
    if number > count:
        return f"candidate {number}, beside the best, in optimization {record_id}"
    return f"candidate {number} of {count} by {method} in optimization {record_id}, plan {plan}"


def ring_note(behaviour_hash: str) -> str:
    """Return what is said of a neighbour of a strategy that was judged.

    >>> is_around(ring_note("0123456789abcdef"))
    True
    """
    return f"around {behaviour_hash[:12]}, which was judged"


def plan_in(note: str) -> str | None:
    """Return the plan of the grid or random search that a candidate was decided in beforehand, None for any other.

    The same plan carried out again is no other. A line from before plans were told has its search for one.

    >>> plan_in(search_note(3, 200, "grid", "optimization_1", "4f1d"))
    '4f1d'
    >>> plan_in("candidate 3 of 200 by grid in optimization optimization_1; it failed: no candles")
    'optimization_1'
    >>> plan_in(search_note(3, 200, "evolutionary", "optimization_1", "4f1d")) is None
    True
    """
    found = PLANNED.match(note)
    return None if found is None else found[2] or found[1]


def is_around(note: str) -> bool:
    """Tell whether a candidate was measured as the neighbour of another, and not because anybody chose it."""
    return AROUND.match(note) is not None
