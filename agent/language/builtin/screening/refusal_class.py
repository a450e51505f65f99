"""What one class of refusals is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.language.builtin.screening.findings import LeftOutCode, RefusalCode

OFFER = "Describe a concrete rule (what to trade, when to enter, when to leave) and I test it with costs."


@dataclass(frozen=True, slots=True)
class Beside:
    """What a refused wish is beside a rule that can be tested: an element that is left out, the rest is built."""

    element: str
    code: LeftOutCode
    path: str
    reason: str
    instead: str


@dataclass(frozen=True, slots=True)
class RefusalClass:
    """One class of refusals. ``unless`` are phrases that make a match harmless when they overlap it or follow at once;
    without ``beside`` the whole request is refused whatever else it says."""

    code: RefusalCode
    reply: str
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()
    beside: Beside | None = None
