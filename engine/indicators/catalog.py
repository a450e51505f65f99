"""The catalog: every indicator a spec can name."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.indicators.averages import AVERAGES
from engine.indicators.channels import CHANNELS
from engine.indicators.indicator_type import UNIVERSAL_INPUTS, Context, IndicatorType, InputProblem, InputSpec
from engine.indicators.momentum import MOMENTUM
from engine.indicators.resolve import Resolved, resolve_inputs
from engine.indicators.stochastics import STOCHASTICS
from engine.indicators.trend import TREND
from engine.indicators.volatility import VOLATILITY
from engine.indicators.volume import VOLUME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "CATALOG",
    "UNIVERSAL_INPUTS",
    "Context",
    "IndicatorType",
    "InputProblem",
    "InputSpec",
    "Resolved",
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


CATALOG: Mapping[str, IndicatorType] = catalog_of(
    entry for family in (AVERAGES, MOMENTUM, STOCHASTICS, TREND, VOLATILITY, CHANNELS, VOLUME) for entry in family
)
"""Canonical type name -> entry, in the order of the families."""

_BY_ANY_NAME = {name: entry for entry in CATALOG.values() for name in (entry.name, *entry.aliases)}


def find_type(name: str) -> IndicatorType | None:
    """Return the entry of a type by its name or an alias, in any case, with spaces or hyphens for underscores.

    >>> find_type("Simple Moving Average").name
    'sma'
    >>> find_type("crystal_ball") is None
    True
    """
    return _BY_ANY_NAME.get(name.strip().lower().replace("-", "_").replace(" ", "_"))


def type_names() -> tuple[str, ...]:
    """Return the canonical names of all types, sorted."""
    return tuple(sorted(CATALOG))


def nearest_type(name: str) -> str | None:
    """Return the canonical name of the type most like ``name``, by its names and aliases.

    >>> nearest_type("simple_mowing_average")
    'sma'
    """
    from engine.spec.problems import nearest

    found = nearest(name.strip().lower().replace("-", "_").replace(" ", "_"), _BY_ANY_NAME)
    return None if found is None else _BY_ANY_NAME[found].name
