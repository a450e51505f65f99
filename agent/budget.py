"""What a turn may spend: seconds until its deadline, tokens until its limit."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from agent.language.port import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.ports import Clock

COUNTED = tuple(one.name for one in fields(Usage) if one.name != "cost_microdollars")


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """What one turn may spend: seconds and tokens of reading, rounds of repair, candidates of a search."""

    reading_seconds: float = 60.0
    tokens: int = 60_000
    repairs: int = 3
    candidates: int = 64
    message_characters: int = 8_000


class TurnBudget:
    """The budget of one turn (`agent.language.port.Budget`); ``spent`` is what was used so far.

    The deadline is counted on the clock's `monotonic` from the moment the budget is made; ``ran_out`` tells that it
    passed and somebody asked. ``kept`` is what a model was asked and answered, by the digest of each document
    (`agent.language.kept`), in the order it happened.
    """

    def __init__(self, clock: Clock, limits: TurnLimits) -> None:
        self._clock = clock
        self._tokens = limits.tokens
        self._deadline = clock.monotonic() + limits.reading_seconds
        self.spent = Usage()
        self.kept: dict[str, dict[str, Any]] = {}
        self.ran_out = False

    def seconds_left(self) -> float:
        """Return the seconds until the deadline, at least 0."""
        left = max(0.0, self._deadline - self._clock.monotonic())
        self.ran_out = self.ran_out or left == 0
        return left

    def tokens_left(self) -> int:
        """Return the tokens that may still be used, at least 0."""
        return max(0, self._tokens - self.spent.input_tokens - self.spent.output_tokens)

    def spend(self, usage: Usage) -> None:
        """Note what a call used."""
        self.spent = added(self.spent, usage)

    def keep(self, document: Mapping[str, Any]) -> None:
        """Note what a model was asked and answered."""
        from agent.language.kept import digest_of

        self.kept[digest_of(document)] = dict(document)

    def take_up(self, kept: Mapping[str, dict[str, Any]]) -> None:
        """Go on with what a killed process had noted of the same turn."""
        self.kept = {**kept, **self.kept}


def added(left: Usage, right: Usage) -> Usage:
    """Return the sum of two usages; a price is known when either is.

    >>> added(Usage(calls=1, input_tokens=10), Usage(calls=1, cost_microdollars=5)).cost_microdollars
    5
    """
    costs = [one.cost_microdollars for one in (left, right) if one.cost_microdollars is not None]
    counts = {name: getattr(left, name) + getattr(right, name) for name in COUNTED}
    return Usage(**counts, cost_microdollars=sum(costs) if costs else None)
