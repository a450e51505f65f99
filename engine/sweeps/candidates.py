"""Candidates taken apart: which of them share what, so that nothing is checked or computed twice.

A candidate is a spec with overrides. Overrides of numbers fall into parts that are checked apart from each other: one
for each indicator, one for the signals, one for size, limits and costs. Whatever else an override does is checked as
a whole spec of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import EngineInputError
from engine.indicators.catalog import find_type, resolve_inputs
from engine.spec.front_door import read_value
from engine.spec.models import MAX_OVERRIDES
from engine.spec.overrides import apply_overrides

if TYPE_CHECKING:
    from engine.spec.meaning.universe import DataCatalog
    from engine.spec.models import Indicator, StrategySpec
    from engine.spec.problems import Problem

INPUT = re.compile(r"indicators\.([a-z][a-z0-9_]*)\.inputs\.([a-z][a-z0-9_]*)")
SIGNALS, ACCOUNT = "signals", "account"

Overrides = tuple[tuple[str, Any, type], ...]
"""Path, value and its type, of one part."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One part of a spec under some overrides: its indicator's inputs or, for signals and account, the whole spec."""

    indicator: Indicator | None = None
    spec: StrategySpec | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True, eq=False)
class Family:
    """Candidates of one spec that differ in numbers: ``numbers`` of them, and for each which variant of each part.

    ``variants[part]`` are the different ones of a part; ``chosen[part][k]`` is that of the k-th candidate.
    """

    spec: StrategySpec
    numbers: list[int] = field(default_factory=list)
    variants: dict[str, list[Part]] = field(default_factory=dict)
    chosen: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Sorted:
    """Candidates by family; ``problems`` has those that are no valid spec, by number."""

    families: tuple[Family, ...]
    problems: dict[int, tuple[Problem, ...]]


def check_candidates(candidates: object) -> None:
    """Refuse what is no sequence of overrides by path.

    Raises
    ------
    EngineInputError
        It is no sequence, or one of its members no mapping of texts to values.

    Examples
    --------
    >>> check_candidates([{"sizing.value": 0.5}, {}])
    >>> check_candidates({"sizing.value": 0.5})
    Traceback (most recent call last):
    engine.errors.EngineInputError: candidates is a dict: it must be a list of overrides, one dict for each candidate
    """
    if not isinstance(candidates, Sequence) or isinstance(candidates, (str, bytes)):
        kind = type(candidates).__name__
        raise EngineInputError(f"candidates is a {kind}: it must be a list of overrides, one dict for each candidate")
    for number, one in enumerate(candidates):
        if not isinstance(one, Mapping):
            raise EngineInputError(f"candidate {number} is {one!r:.80}: it must be a dict of path to value")
        for path in one:
            if not isinstance(path, str):
                raise EngineInputError(f"candidate {number} names the path {path!r:.80}: it must be a text")


def sort_candidates(
    spec: StrategySpec, candidates: Sequence[Mapping[str, Any]], catalog: DataCatalog | None = None
) -> Sorted:
    """Check every candidate as `engine.spec.overrides.apply_overrides` does and tell what they share."""
    main, odd, problems = _Sorter(spec, catalog), [], {}
    for number, overrides in enumerate(candidates):
        if not main.take(number, overrides):
            checked = apply_overrides(spec, overrides, catalog=catalog)
            if checked.spec is None:
                problems[number] = tuple(one for one in checked.problems if one.severity == "error")
            else:
                single = _Sorter(checked.spec, catalog)
                single.take(number, {})
                odd.append(single.family)
    families = [main.family, *odd] if main.family.numbers else odd
    return Sorted(tuple(families), problems | main.problems)


class _Sorter:
    """Sorts candidates of one spec into parts, each different part checked once."""

    def __init__(self, spec: StrategySpec, catalog: DataCatalog | None) -> None:
        self.spec = spec
        self.catalog = catalog
        self.problems: dict[int, tuple[Problem, ...]] = {}
        names = (*(f"indicators.{key}" for key in spec.indicators), SIGNALS, ACCOUNT)
        self.family = Family(spec, [], {name: [] for name in names}, {name: [] for name in names})
        self._part_of: dict[str, str | None] = {}
        self._known: dict[tuple[str, Overrides], int] = {}
        self._faulty = False

    def take(self, number: int, overrides: Mapping[str, Any]) -> bool:
        """Sort one candidate in; False where its overrides are no numbers of this spec's parts."""
        if len(overrides) > MAX_OVERRIDES:
            return False
        found: dict[str, Overrides] = {}
        for path, value in overrides.items():
            part, kind = self._part(path), type(value)
            if part is None or (kind is not int and kind is not float):
                return False
            # 1 and 1.0 are equal and not the same: a length is a whole number
            found[part] = (*found.get(part, ()), (path, value, kind))
        family = self.family
        chosen = [self._variant(part, found.get(part, ())) for part in family.variants]
        if self._faulty:
            told = zip(family.variants.values(), chosen, strict=True)
            problems = tuple(problem for variants, variant in told for problem in variants[variant].problems)
            if problems:
                self.problems[number] = problems
                return True
        family.numbers.append(number)
        for variants, variant in zip(family.chosen.values(), chosen, strict=True):
            variants.append(variant)
        return True

    def _part(self, path: str) -> str | None:
        """Return the part a path's number belongs to, None where the spec has no number there."""
        if path not in self._part_of:
            self._part_of[path] = self._find_part(path)
        return self._part_of[path]

    def _find_part(self, path: str) -> str | None:
        named = INPUT.fullmatch(path)
        if named is not None:
            indicator = self.spec.indicators.get(named[1])
            known = indicator is not None and type(indicator.inputs.get(named[2])) in (int, float)
            return f"indicators.{named[1]}" if known else None
        at: Any = self.spec
        for step in re.split(r"[.\[\]]+", path.rstrip("]")):
            if isinstance(at, tuple):
                at = at[int(step)] if step.isdigit() and int(step) < len(at) else None
            elif hasattr(type(at), "model_fields") and step in type(at).model_fields:
                at = getattr(at, step)
            else:
                return None
        if type(at) not in (int, float):
            return None
        return SIGNALS if path.startswith("signals.") else ACCOUNT

    def _variant(self, part: str, overrides: Overrides) -> int:
        key = part, overrides
        known = self._known.get(key)
        if known is None:
            variants = self.family.variants[part]
            known = self._known[key] = len(variants)
            variants.append(self._checked(part, {path: value for path, value, _ in overrides}))
            self._faulty = self._faulty or bool(variants[-1].problems)
        return known

    def _checked(self, part: str, overrides: dict[str, Any]) -> Part:
        if part in (SIGNALS, ACCOUNT):
            return self._whole(overrides) if overrides else Part(spec=self.spec)
        indicator = self.spec.indicators[part.removeprefix("indicators.")]
        if not overrides:
            return Part(indicator)
        changed = {path.rpartition(".")[2]: value for path, value in overrides.items()}
        inputs, entry = {**indicator.inputs, **changed}, find_type(indicator.type)
        if entry is None or resolve_inputs(entry, inputs).problems or read_value(overrides).problems:
            return self._whole(overrides)  # for the words of the problem
        return Part(indicator.model_copy(update={"inputs": inputs}))

    def _whole(self, overrides: dict[str, Any]) -> Part:
        checked = apply_overrides(self.spec, overrides, catalog=self.catalog)
        if checked.spec is None:
            return Part(problems=tuple(one for one in checked.problems if one.severity == "error"))
        return Part(spec=checked.spec)
