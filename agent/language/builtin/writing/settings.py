"""Settings said once for all: ``rsi(10)`` in one rule is what a bare ``rsi`` in another means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.rules import Series

if TYPE_CHECKING:
    from collections.abc import Iterable

WITH_SOURCE = ("bbands", "rsi", "macd")
"""Indicators that are read of one source throughout a message: a bare mention means that one too."""


def key_of(series: Series) -> str:
    """Return what a bare mention shares its settings by: its type, and what it is an average of.

    >>> key_of(Series("sma")), key_of(Series("sma", (("source", "volume"),)))
    ('sma', 'sma volume')
    """
    source = series.input("source")
    if source in (None, "close") or series.type in WITH_SOURCE:
        return series.type
    return f"{series.type} {source}"


def settings_of(mentions: Iterable[Series]) -> dict[str, Series]:
    """Return for each type the one setting that was spoken of; types with several settings have none."""
    found: dict[str, Series] = {}
    several: set[str] = set()
    for series in mentions:
        said = None if series.bare else _settings(series)
        if said is None:
            continue
        key = key_of(series)
        held = found.setdefault(key, said)
        if not _says_all_of(held, said):
            if _says_all_of(said, held):
                found[key] = said
            else:
                several.add(key)
    return {kind: series for kind, series in found.items() if kind not in several}


def _settings(series: Series) -> Series | None:
    """Return an indicator by its settings alone, None where nothing was said of them."""
    inputs = tuple((name, value) for name, value in series.inputs if name != "source" or series.type in WITH_SOURCE)
    return Series(series.type, inputs) if inputs else None


def _says_all_of(one: Series, other: Series) -> bool:
    """True when every setting of ``other`` is one of ``one`` too."""
    return dict(one.inputs).items() >= dict(other.inputs).items()
