"""Specs that a person writes: checked whole, and held to the limits the person has set for every strategy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.errors import SpecError
from engine.spec.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.spec.meaning.universe import DataCatalog
    from engine.spec.models import StrategySpec
    from storage.unit_of_work import UnitOfWork

PAST_DEFAULTS = "PAST_RISK_DEFAULTS"


@dataclass(frozen=True, slots=True)
class Written:
    """A spec that can be kept, and what its owner has to be told about it."""

    spec: StrategySpec
    warnings: tuple[Problem, ...]


def checked(spec: Mapping[str, Any], at: str = "$.spec", *, catalog: DataCatalog | None = None) -> Written:
    """Return a spec that passed its checks; problems are placed where it stands in the body.

    A ticker that the directory does not have is known where ``catalog`` has candles of it.

    Raises
    ------
    SpecError
        All its errors.
    """
    from engine.spec import check

    found = check(spec)
    if any(one.code == "UNKNOWN_ASSET" for one in found.problems):
        found = check(spec, catalog=catalog)
    if found.spec is None:
        wrong = [one for one in found.problems if one.severity == "error"]
        raise SpecError([replace(one, path=one.path.replace("$", at, 1)) for one in wrong])
    return Written(found.spec, warnings(found.spec, found.problems, at))


def warnings(spec: StrategySpec, problems: Iterable[Problem], at: str = "$.spec") -> tuple[Problem, ...]:
    """Return what is told of a spec that has no errors: the warnings of its check, and that nothing here is live."""
    from agent.live_intent import CODE, LIVE_RUNS_AS_PAPER

    live = Problem("$.execution.mode", CODE, LIVE_RUNS_AS_PAPER, "warning", allowed=("paper",))
    told = (*problems, live) if spec.execution.mode == "live" else tuple(problems)
    return tuple(replace(one, path=one.path.replace("$", at, 1)) for one in told)


def refuse_past_defaults(
    work: UnitOfWork, owner: str, spec: Mapping[str, Any], *, before: Mapping[str, Any] | None, at: str = "$"
) -> None:
    """Refuse limits that are looser than the owner's risk defaults, or gone where the version before had them.

    Raises
    ------
    SpecError
        Every such limit, with the loosest value that may stand there.
    """
    found = past_defaults(work, owner, spec, before=before, at=at)
    if found:
        raise SpecError(found)


def past_defaults(
    work: UnitOfWork, owner: str, spec: Mapping[str, Any], *, before: Mapping[str, Any] | None, at: str = "$"
) -> list[Problem]:
    """Return a problem for every limit that `refuse_past_defaults` refuses."""
    from agent.authority import hold_limits

    settings = work.users.get(owner).settings
    stored = None if settings is None or settings.risk_defaults is None else settings.risk_defaults
    if stored is None:
        return []
    limits = stored.model_dump(exclude_none=True)
    _, held = hold_limits(spec, before=spec if before is None else before, granted=spec, stored=limits)
    return [
        Problem(f"{at}.{one.path}", PAST_DEFAULTS, _words(one.proposed, one.kept), allowed=(f"{one.kept:g}",))
        for one in held
        if one.path.rpartition(".")[2] in limits
    ]


def _words(proposed: float | None, most: float) -> str:
    wanted = "no limit" if proposed is None else f"{proposed:g}"
    return f"{wanted} is past your risk defaults, which allow {most:g} at most: change those first, in /api/me"
