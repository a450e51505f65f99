"""A candidate as a method proposes it: its number and its place in the space."""

from __future__ import annotations

from typing import NamedTuple

Places = tuple[int, ...]
"""Which value each axis of a space takes."""


class Proposal(NamedTuple):
    """A candidate to be measured; number 0 is the spec as it is and has no place."""

    number: int
    places: Places = ()


AS_IT_IS = Proposal(0)
"""The spec as it is, which everything is compared with."""
