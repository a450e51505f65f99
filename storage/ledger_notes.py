"""What lines of the ledger say of how a candidate came to be tried; a verdict goes by it."""

from __future__ import annotations

import re

PLANNED = re.compile(r"candidate \d+ of \d+ by (?:grid|random) in optimization ([^\s;]+)")
AROUND = re.compile(r"candidate \d+, beside the best,|around [0-9a-f]+, which was judged")


def search_note(number: int, count: int, method: str, record_id: str) -> str:
    """Return what is said of a candidate of a search; of one that was decided beforehand it says so.

    >>> search_note(3, 200, "grid", "optimization_1")
    'candidate 3 of 200 by grid in optimization optimization_1'
    >>> search_note(201, 200, "grid", "optimization_1")
    'candidate 201, beside the best, in optimization optimization_1'
    """
    what = f"candidate {number} of {count} by {method}" if number <= count else f"candidate {number}, beside the best,"
    return f"{what} in optimization {record_id}"


def ring_note(behaviour_hash: str) -> str:
    """Return what is said of a neighbour of a strategy that was judged.

    >>> is_around(ring_note("0123456789abcdef"))
    True
    """
    return f"around {behaviour_hash[:12]}, which was judged"


def planned_search(note: str) -> str | None:
    """Return the grid or random search that a candidate was planned in, None for any other.

    >>> planned_search(search_note(3, 200, "grid", "optimization_1"))
    'optimization_1'
    >>> planned_search(search_note(3, 200, "evolutionary", "optimization_1")) is None
    True
    """
    found = PLANNED.match(note)
    return None if found is None else found[1]


def is_around(note: str) -> bool:
    """Tell whether a candidate was measured as the neighbour of another, and not because anybody chose it."""
    return AROUND.match(note) is not None
