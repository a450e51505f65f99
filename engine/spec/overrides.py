"""Overrides: dotted paths that change parameters of a spec, and never loosen a limit.

``indicators.ema_fast.inputs.length: 30`` names something that is in the spec, or an optional field of the
specification; list items are written ``signals.entry.0.value`` or ``signals.entry[0].value``. Only ``indicators``,
``signals``, ``sizing``, ``risk`` and ``execution.fill|fees|slippage*`` can be reached, and the resulting spec is
checked whole.
"""

from __future__ import annotations

import copy
import re
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_origin

from engine.indicators.catalog import find_type
from engine.spec.canonical import plain
from engine.spec.findings import Findings
from engine.spec.front_door import read_value
from engine.spec.jcs import number_text
from engine.spec.models import MAX_OVERRIDES, SpecModel, StrategySpec
from engine.spec.passes import Checked, check_data
from engine.spec.place import Place, path_text, snake_case
from engine.spec.shape import described

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.meaning.universe import DataCatalog

ROOTS = ("indicators", "signals", "sizing", "risk")
EXECUTION = ("fill", "fees", "slippage", "slippage_model")
REACHABLE = (*ROOTS, *(f"execution.{name}" for name in EXECUTION))

LIMITS: tuple[Place, ...] = (
    ("sizing", "max_positions"),
    ("risk", "max_leverage"),
    ("risk", "max_position_pct"),
    ("risk", "max_total_exposure_pct"),
    ("risk", "max_drawdown_pct"),
    ("risk", "checks", "max_concurrent"),
    ("risk", "checks", "max_daily_loss_pct"),
)
"""Limits that an override may tighten, never loosen or take away."""

_PATH = re.compile(r"[A-Za-z0-9_]+(\[[0-9]{1,3}\]|\.[A-Za-z0-9_]+)*")


def apply_overrides(
    spec: StrategySpec,
    overrides: Mapping[str, Any],
    *,
    catalog: DataCatalog | None = None,
    place: Place = ("overrides",),
) -> Checked:
    """Return the spec with overrides applied, checked whole.

    Parameters
    ----------
    spec : StrategySpec
        A spec that passed `check`.
    overrides : mapping of str to JSON value
        Dotted path -> new value of the same type.
    catalog : DataCatalog, optional
        As for `check`.
    place : tuple
        Where the overrides stand, for the paths of problems.

    Returns
    -------
    Checked
        The new spec, without ``variants``; or problems under ``$.overrides["the.path"]``: BAD_OVERRIDE (a path that
        names nothing, cannot be reached or crosses another), LOOSENED_LIMIT, or what is wrong with the result.

    Examples
    --------
    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> spec = check(SMA_CROSS).spec
    >>> apply_overrides(spec, {"indicators.sma_fast.inputs.length": 10}).spec.indicators["sma_fast"].inputs["length"]
    10
    >>> print(apply_overrides(spec, {"risk.max_leverage": 5}).problems[0])
    $.overrides["risk.max_leverage"]: a limit can only become tighter: 2 is the limit, 5 is looser
    """
    findings = Findings()
    read = read_value(overrides)
    findings.add(read.problems)
    base = plain(spec)
    base.pop("variants", None)
    result = copy.deepcopy(base)
    if read.value is not None and len(read.value) > MAX_OVERRIDES:
        findings.error(place, "OUT_OF_BOUNDS", f"holds {len(read.value)} overrides, at most {MAX_OVERRIDES}")
        return Checked(None, findings.problems)
    targets: dict[str, Place] = {}
    for path, value in (read.value or {}).items():
        target = _apply(result, path, value, (*place, path), findings)
        if target is not None:
            targets[path] = target
    _check_crossing(targets, place, findings)
    _check_limits(base, result, targets, place, findings)
    if findings.has_errors:
        return Checked(None, findings.problems)
    checked = check_data(result, catalog, funding=False)  # of assets no override reaches: checked with the spec
    if checked.spec is None:
        _tell_result(checked, targets, place, findings)
        return Checked(None, findings.problems, checked.skipped)
    return checked


def _apply(data: dict[str, Any], path: str, value: Any, place: Place, findings: Findings) -> Place | None:
    """Set one value in ``data``; return where it went, None with the problem added."""
    steps = [part for part in re.split(r"[.\[\]]+", path) if part] if _PATH.fullmatch(path) else []
    if len(steps) < 2:
        message = f"'{path[:80]}' is no path: write names joined by dots, such as sizing.value"
        findings.error(place, "BAD_OVERRIDE", message)
        return None
    steps[:2] = [snake_case(step) for step in steps[:2]] if steps[0] == "execution" else steps[:2]
    if steps[0] not in ROOTS and not (steps[0] == "execution" and steps[1] in EXECUTION):
        message = f"'{path[:80]}' cannot be reached by an override"
        findings.error(place, "BAD_OVERRIDE", message, allowed=REACHABLE, meant=steps[0])
        return None
    walker = _Walker(place, findings)
    return walker.set(data, steps, value)


class _Walker:
    """Follows a path through plain data along the models that describe it."""

    def __init__(self, place: Place, findings: Findings) -> None:
        self.place = place
        self.findings = findings

    def set(self, data: dict[str, Any], steps: list[str], value: Any) -> Place | None:
        kind: Any = StrategySpec
        at: Any = data
        done: list[str | int] = []
        for count, step in enumerate(steps, start=1):
            named = self._step(kind, at, step, tuple(done))
            if named is None:
                return None
            name, kind = named
            if len(done) == 3 and done[0] == "indicators" and done[2] == "inputs":
                name = _input_name(data["indicators"][done[1]].get("type"), str(name))
            done.append(name)
            present = isinstance(at, list) or name in at
            if count == len(steps):
                if present and not self._same_type(at[name], value, tuple(done)):
                    return None
                at[name] = value
                return tuple(done)
            if not present:
                at[name] = {}
            at = at[name]
        return None

    def _step(self, kind: Any, at: Any, step: str, done: Place) -> Any:
        """Return the name of one step in the data and what it leads to."""
        if isinstance(at, list) and get_args(kind):  # another override can have put a list where none belongs
            inner = get_args(kind)[0]
            if step.isdigit() and int(step) < len(at):
                return int(step), inner
            return self._refuse(f"{path_text(done)} has {len(at)} items: there is no '{step}'")
        if not isinstance(at, dict):
            return self._refuse(f"{path_text(done)} is {described(at)} and has nothing inside")
        if isinstance(kind, type) and issubclass(kind, SpecModel):
            name = snake_case(step)
            if name in kind.model_fields:
                return name, _inside(kind.model_fields[name].annotation)
            return self._refuse(f"{path_text(done)} has no field '{step}'", tuple(kind.model_fields), step)
        if get_origin(kind) is dict and get_args(kind)[1] is not Any:
            if step in at:
                return step, get_args(kind)[1]
            return self._refuse(f"{path_text(done)} has no '{step}'", tuple(at), step)
        return step, Any

    def _refuse(self, message: str, allowed: tuple[str, ...] | None = None, meant: str | None = None) -> Any:
        self.findings.error(self.place, "BAD_OVERRIDE", message, allowed=allowed, meant=meant)
        return None

    def _same_type(self, before: Any, value: Any, done: Place) -> bool:
        if _type_of(before) == _type_of(value):
            return True
        message = f"{path_text(done)} is {described(before)}: {described(value)} is of another type"
        self.findings.error(self.place, "WRONG_TYPE", message)
        return False


def _input_name(type_name: object, written: str) -> str:
    """Return the catalog's own name of an input, as written when it has none.

    ``type_name`` may be anything: another override can have put a whole indicator there, which is judged later.
    """
    entry = find_type(type_name) if isinstance(type_name, str) else None
    for spec in entry.accepted if entry is not None else ():
        if {written.lower(), snake_case(written)} & {spec.name, *spec.aliases}:
            return spec.name
    return written


def _inside(annotation: Any) -> Any:
    """Return what an optional annotation holds when it is there."""
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    optional = NoneType in get_args(annotation)
    return kinds[0] if optional and len(kinds) == 1 else annotation


def _type_of(value: Any) -> type:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return type(value)
    return float


def _check_crossing(targets: Mapping[str, Place], place: Place, findings: Findings) -> None:
    for path, target in targets.items():
        for other, outer in targets.items():
            if other != path and target[: len(outer)] == outer:
                findings.error((*place, path), "BAD_OVERRIDE", f"changes a part of '{other}', which is changed as well")


def _check_limits(
    base: dict[str, Any], result: dict[str, Any], targets: Mapping[str, Place], place: Place, findings: Findings
) -> None:
    for limit in LIMITS:
        before, after = _at(base, limit), _at(result, limit)
        if not isinstance(before, (int, float)) or before == after:
            continue
        if not isinstance(after, (int, float)) or not after <= before:
            shown = f"{number_text(after)} is looser" if isinstance(after, (int, float)) else "it may not be taken away"
            message = f"a limit can only become tighter: {number_text(before)} is the limit, {shown}"
            findings.error((*place, *_cause(limit, targets)), "LOOSENED_LIMIT", message)


def _at(data: Any, place: Place) -> Any:
    for step in place:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def _cause(place: Place, targets: Mapping[str, Place]) -> Place:
    """Return the override that changed a place, nothing when no single one did."""
    return next(((path,) for path, target in targets.items() if place[: len(target)] == target), ())


def _tell_result(checked: Checked, targets: Mapping[str, Place], place: Place, findings: Findings) -> None:
    for problem in checked.problems:
        if problem.severity == "warning":
            continue
        touched = [path for path, target in targets.items() if problem.path.startswith(path_text(target))]
        cause = touched[:1] or (list(targets) if len(targets) == 1 else [])
        message = f"with these overrides {problem.path}: {problem.message}"
        findings.error((*place, *cause), problem.code, message, allowed=problem.allowed, suggestion=problem.suggestion)
