"""The life of a strategy: which status may follow which, and what each asks for.

``draft -> generated -> validated <-> paper_trading <-> monitoring -> ready_for_deploy``, ``archived`` from any. A new
version starts again: at ``generated`` when the agent wrote it, at ``draft`` when the user did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.errors import RecordConflict
from storage.times import milliseconds_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from storage.records import BacktestRun
    from storage.strategy_records import StrategyStatus, Verdict, VersionOrigin

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

DEPLOYABLE: tuple[Verdict, ...] = ("VALIDATED", "FORWARD")
"""Verdicts that ``ready_for_deploy`` asks for."""


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


def validates(run: BacktestRun) -> bool:
    """Tell whether a run is what ``validated`` asks for: one on the selection part, with a closed trade.

    A run that reaches into the holdout of its data is none; where the data have no holdout, all of them are the
    selection part. That a version's spec has no errors is made sure when the version is stored.
    """
    holdout = (run.evidence or {}).get("holdout")
    inside = holdout is None or _time(run.timeframe.end) <= _time(str(holdout["start"]))
    return inside and (run.results.trade_count or 0) > 0


def sees_ahead(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what of a stored spec is not proven to read closed bars alone, a line each; nothing for a causal one.

    The proof is that by construction (`engine.proofs.causality`): it needs no candles and takes milliseconds.

    Raises
    ------
    RecordConflict
        This engine's checks do not take the spec any more.
    """
    from engine.proofs.causality import causality
    from engine.spec import check
    from engine.spec.any_candles import AnyCandles

    checked = check(dict(spec), catalog=AnyCandles())
    if checked.spec is None:
        raise RecordConflict(f"the spec has {len(checked.problems)} problems now: make a version without them")
    return tuple(f"{one.operand}: {one.because}" for one in causality(checked.spec).operands if not one.holds)


def check_validated(version: str, spec: Mapping[str, Any], runs: Iterable[BacktestRun]) -> None:
    """Refuse ``validated`` for a version that may see past its bar, or without a run that shows it trades.

    Raises
    ------
    RecordConflict
        The message says what is missing.
    """
    ahead = sees_ahead(spec)
    if ahead:
        raise RecordConflict(f"version {version} is not proven to read closed bars alone: {'; '.join(ahead)}")
    if not any(validates(run) for run in runs):
        raise RecordConflict(
            f"version {version} has no backtest on the selection part with a closed trade:"
            " run one before the strategy becomes 'validated'"
        )


def check_deployable(version: str, verdict: Verdict, open_drift: tuple[str, ...]) -> None:
    """Refuse ``ready_for_deploy`` without evidence, or while a severe drift is open.

    ``open_drift`` holds the ids of open drift events of high severity.

    Raises
    ------
    RecordConflict
        The message says what is missing.

    Examples
    --------
    >>> check_deployable("1.2", "VALIDATED", ())
    >>> check_deployable("1.2", "UNPROVEN", ())
    Traceback (most recent call last):
    storage.errors.RecordConflict: version 1.2 is UNPROVEN: 'ready_for_deploy' needs the verdict VALIDATED or FORWARD
    """
    if verdict not in DEPLOYABLE:
        needed = " or ".join(DEPLOYABLE)
        raise RecordConflict(f"version {version} is {verdict}: 'ready_for_deploy' needs the verdict {needed}")
    if open_drift:
        named = ", ".join(f"'{one}'" for one in open_drift[:3])
        message = f"drift of high severity is open ({named})"
        raise RecordConflict(f"{message}: refine the strategy or close it before it becomes 'ready_for_deploy'")


def _time(text: str) -> int:
    return milliseconds_of(text, field="time")
