"""Who may decide what in a draft: fields that are the service's, limits that only the owner's words can loosen.

A reader of language proposes. Identifier, version and mode are set here whatever it wrote. A limit looser than the
current one (or, in a new strategy, than the default) stands only where the built-in interpreter reads the same
limit in the owner's own message, and never beyond the owner's stored defaults.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.report.inert import one_line
from engine.spec.models import MAX_DESCRIPTION, MAX_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.language.port import Operation

FIRST_VERSION = "1.0"
SERVICE_FIELDS = ("/id", "/version", "/execution/mode", "/metadata", "/variants")
"""JSON Pointers no model's patch can touch, with everything under them."""

OWNERS_FIELDS = ("/variants",)
"""Those of them that the owner's own words reach: the spec check holds every variant to what an override may do."""

DEFAULT_LIMITS = {"risk.max_position_pct": 0.20, "risk.max_total_exposure_pct": 0.50}
SPOT_LEVERAGE, PERP_LEVERAGE = 1.0, 2.0
LIMITS = (
    "risk.max_leverage",
    "risk.max_position_pct",
    "risk.max_total_exposure_pct",
    "risk.max_drawdown_pct",
    "risk.checks.max_concurrent",
    "risk.checks.max_daily_loss_pct",
    "sizing.max_positions",
    "execution.max_orders_per_hour",
)
"""Fields in which a larger number, or none, lets a strategy do more."""


@dataclass(frozen=True, slots=True)
class Held:
    """A limit that was not loosened: where, what was proposed (None: to drop it), what stands instead."""

    path: str
    proposed: float | None
    kept: float


def own_draft(proposed: Mapping[str, Any], spec_id: str) -> dict[str, Any]:
    """Return a first draft with the service's own fields: identifier, version 1.0, paper mode, a clean name."""
    draft = deepcopy(dict(proposed))
    for name in ("id", "version", "metadata", "variants"):
        draft.pop(name, None)
    execution = draft.get("execution")
    draft["execution"] = {**(execution if isinstance(execution, dict) else {}), "mode": "paper"}
    written = draft.get("name")
    name = one_line(written, MAX_NAME) if isinstance(written, str) else ""
    if isinstance(draft.get("description"), str):
        draft["description"] = one_line(draft["description"], MAX_DESCRIPTION)
    return {"id": spec_id, "version": FIRST_VERSION, **draft, "name": name or _title(draft)}


def own_operations(
    patch: tuple[Operation, ...], *, own_words: bool = False
) -> tuple[tuple[Operation, ...], tuple[Operation, ...]]:
    """Return a patch in two: the operations that may be applied, and those on the service's own fields.

    ``own_words`` tells that the built-in interpreter read the patch in the owner's message, and no model wrote it.
    """
    open_fields = OWNERS_FIELDS if own_words else ()
    barred = tuple(one for one in patch if _is_service_field(one.path) and not _is_within(one.path, open_fields))
    return tuple(one for one in patch if one not in barred), barred


def hold_limits(
    spec: Mapping[str, Any],
    *,
    before: Mapping[str, Any] | None,
    granted: Mapping[str, Any] | None,
    stored: Mapping[str, float] | None,
) -> tuple[dict[str, Any], tuple[Held, ...]]:
    """Return the spec with every limit within what its owner allowed, and the limits that were held.

    Parameters
    ----------
    before
        The current version, None for a new strategy, which starts from the defaults.
    granted
        What the built-in interpreter made of the owner's words, None when it made nothing of them.
    stored
        The owner's risk defaults (``max_leverage`` ...), the last word over every other; None when none are stored.

    Examples
    --------
    >>> spec, held = hold_limits({"risk": {"max_leverage": 100}}, before=None, granted=None, stored=None)
    >>> spec["risk"]["max_leverage"], held[0].proposed
    (1.0, 100)
    """
    safe = deepcopy(dict(spec))
    held = []
    for path in LIMITS:
        allowed = _allowed(path, spec, before, granted, stored)
        proposed = _at(spec, path)
        if allowed is None or (proposed is not None and not _looser(proposed, allowed)):
            continue
        _put(safe, path, allowed)
        if proposed is not None or _at(before, path) is not None:  # a silent new draft merely takes the default
            held.append(Held(path, proposed, allowed))
    return safe, tuple(held)


def _allowed(
    path: str,
    spec: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    granted: Mapping[str, Any] | None,
    stored: Mapping[str, float] | None,
) -> float | None:
    """Return the loosest value a limit may take, None when nothing bounds it."""
    bound = _at(before, path) if before is not None else _default(path, spec)
    if bound is not None and granted is not None:
        words = _at(granted, path)
        dropped = words is None and before is not None
        bound = None if dropped else words if words is not None and _looser(words, bound) else bound
    last = (stored or {}).get(path.rpartition(".")[2])
    if last is None:
        return bound
    return last if bound is None or _looser(bound, last) else bound


def _default(path: str, spec: Mapping[str, Any]) -> float | None:
    if path == "risk.max_leverage":
        universe = spec.get("universe")
        perpetual = isinstance(universe, dict) and universe.get("market_type", universe.get("marketType")) == "perp"
        return PERP_LEVERAGE if perpetual else SPOT_LEVERAGE
    return DEFAULT_LIMITS.get(path)


def _looser(value: Any, bound: float) -> bool:
    """Return whether ``value`` allows more; what is no number is left to the spec check, which refuses it."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value > bound


def _at(spec: Mapping[str, Any] | None, path: str) -> Any:
    found: Any = spec
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _put(spec: dict[str, Any], path: str, value: float) -> None:
    *parents, last = path.split(".")
    inner: Any = spec
    for name in parents:
        if not isinstance(inner.get(name), dict):
            inner[name] = {}
        inner = inner[name]
    inner[last] = value


def _is_service_field(pointer: str) -> bool:
    return _is_within(pointer, SERVICE_FIELDS) or pointer in ("", "/execution")


def _is_within(pointer: str, fields: tuple[str, ...]) -> bool:
    return any(pointer == field or pointer.startswith(field + "/") for field in fields)


def _title(draft: Mapping[str, Any]) -> str:
    universe = draft.get("universe")
    universe = universe if isinstance(universe, dict) else {}
    assets = universe.get("assets")
    named = ", ".join(str(one) for one in assets[:3]) if isinstance(assets, list | tuple) else ""
    return one_line(f"{named} {universe.get('timeframe', '')} strategy".strip(), MAX_NAME)
