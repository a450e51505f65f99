"""The catalog: every indicator a spec can name.

It has two parts. What is written here (`OWN`) is there at once; the rest of TA-Lib (`engine.indicators.talib_types`) is
made from TA-Lib's metadata when somebody asks for a name that is not here, or for all of them. TA-Lib itself is loaded
when something is computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.indicators.averages import AVERAGES
from engine.indicators.beyond_talib import BEYOND_TALIB
from engine.indicators.channels import CHANNELS
from engine.indicators.indicator_type import (
    GROUPS,
    UNIVERSAL_INPUTS,
    Context,
    IndicatorType,
    InputProblem,
    InputSpec,
)
from engine.indicators.levels import LEVELS
from engine.indicators.momentum import MOMENTUM
from engine.indicators.resolve import Resolved, resolve_inputs
from engine.indicators.stochastics import STOCHASTICS
from engine.indicators.trend import TREND
from engine.indicators.volatility import VOLATILITY
from engine.indicators.volume import VOLUME

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "CATALOG",
    "CORE",
    "GROUPS",
    "OWN",
    "UNIVERSAL_INPUTS",
    "Context",
    "IndicatorType",
    "InputProblem",
    "InputSpec",
    "Resolved",
    "find_core_type",
    "find_type",
    "nearest_type",
    "resolve_inputs",
    "type_names",
]


def catalog_of(entries: Iterable[IndicatorType]) -> Mapping[str, IndicatorType]:
    """Return entries by canonical name; a name or alias that two entries claim is a ValueError."""
    by_name: dict[str, IndicatorType] = {}
    claimed: dict[str, str] = {}
    for entry in entries:
        for name in (entry.name, *entry.aliases):
            if name in claimed:
                raise ValueError(f"'{name}' names both {claimed[name]} and {entry.name}")
            claimed[name] = entry.name
        by_name[entry.name] = entry
    return MappingProxyType(by_name)


FAMILIES = (AVERAGES, MOMENTUM, STOCHASTICS, TREND, VOLATILITY, CHANNELS, VOLUME, BEYOND_TALIB, LEVELS)

OWN: Mapping[str, IndicatorType] = catalog_of(entry for family in FAMILIES for entry in family)
"""Canonical type name -> entry of what is written here, in the order of the families."""

CORE: Mapping[str, IndicatorType] = MappingProxyType({name: entry for name, entry in OWN.items() if entry.core})
"""The core table of the specification: types whose names are words of the trade."""

_OWN_BY_ANY_NAME = {name: entry for entry in OWN.values() for name in (entry.name, *entry.aliases)}


class _Catalog(Mapping[str, IndicatorType]):
    """Every type by its canonical name: what is written here, then the rest of TA-Lib, made when it is needed."""

    def __getitem__(self, name: str) -> IndicatorType:
        entry = OWN.get(name)
        return _talib()[name] if entry is None else entry

    def __iter__(self) -> Iterator[str]:
        return iter(_by_group())

    def __len__(self) -> int:
        return len(OWN) + len(_talib())


CATALOG: Mapping[str, IndicatorType] = _Catalog()
"""Canonical type name -> entry, group by group; `CORE` is the part whose names are words of the trade."""


def _talib() -> Mapping[str, IndicatorType]:
    from engine.indicators.talib_types import talib_types

    return talib_types()


@cache
def _by_group() -> tuple[str, ...]:
    """Return every name, group by group, what is written here first."""
    entries = (*OWN.values(), *_talib().values())
    return tuple(entry.name for entry in sorted(entries, key=lambda entry: GROUPS.index(entry.group)))


@cache
def _by_any_name() -> Mapping[str, IndicatorType]:
    whole = catalog_of((*OWN.values(), *_talib().values()))
    return MappingProxyType({name: entry for entry in whole.values() for name in (entry.name, *entry.aliases)})


def find_type(name: str) -> IndicatorType | None:
    """Return the entry of a type by its name or an alias, in any case, with spaces or hyphens for underscores.

    >>> find_type("Simple Moving Average").name
    'sma'
    >>> find_type("crystal_ball") is None
    True
    """
    wanted = _as_written(name)
    return _OWN_BY_ANY_NAME.get(wanted) or _by_any_name().get(wanted)


def find_core_type(name: str) -> IndicatorType | None:
    """Return the core entry of a name that stands in a sentence, where ``sum`` and ``floor`` are plain words.

    >>> find_core_type("bollinger").name, find_core_type("sum")
    ('bbands', None)
    """
    found = _OWN_BY_ANY_NAME.get(_as_written(name))
    return found if found is not None and found.core else None


def type_names() -> tuple[str, ...]:
    """Return the canonical names of all types: those of the core, sorted, then the others."""
    return tuple(sorted(CATALOG, key=lambda name: (name not in CORE, name)))


def nearest_type(name: str) -> str | None:
    """Return the canonical name of the type most like ``name``, by its names and aliases.

    >>> nearest_type("simple_mowing_average")
    'sma'
    """
    from engine.spec.problems import nearest

    found = nearest(_as_written(name), _by_any_name())
    return None if found is None else _by_any_name()[found].name


def _as_written(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_")
