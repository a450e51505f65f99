"""The life of a strategy: which status may follow which.

``draft -> generated -> validated <-> paper_trading <-> monitoring -> ready_for_deploy``, ``archived`` from any. A new
version starts again: at ``generated`` when the agent wrote it, at ``draft`` when the user did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import RecordConflict

if TYPE_CHECKING:
    from storage.strategy_records import StrategyStatus, VersionOrigin

FIRST: dict[VersionOrigin, StrategyStatus] = {"agent": "generated", "user": "draft"}
"""Where a version starts, by who wrote it."""

NEXT: dict[StrategyStatus, tuple[StrategyStatus, ...]] = {
    "draft": ("generated", "validated", "archived"),
    "generated": ("validated", "archived"),
    "validated": ("paper_trading", "archived"),
    "paper_trading": ("validated", "monitoring", "archived"),
    "monitoring": ("paper_trading", "ready_for_deploy", "archived"),
    "ready_for_deploy": ("monitoring", "archived"),
    "archived": (),
}
"""A user's own draft needs nobody to generate it: the checks of ``validated`` are the same for both."""


def check_step(before: StrategyStatus, after: StrategyStatus) -> None:
    """Refuse a change of status that the life of a strategy does not know.

    Raises
    ------
    RecordConflict
        The message says what may follow.

    Examples
    --------
    >>> check_step("generated", "validated")
    >>> check_step("generated", "monitoring")
    Traceback (most recent call last):
    storage.errors.RecordConflict: a 'generated' strategy cannot become 'monitoring'; allowed: validated, archived
    """
    if after not in NEXT[before]:
        allowed = ", ".join(NEXT[before]) or "nothing but a new version"
        raise RecordConflict(f"a '{before}' strategy cannot become '{after}'; allowed: {allowed}")
