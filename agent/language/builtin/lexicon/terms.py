"""What a phrase can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Term:
    """What a phrase is: ``tag`` its part of speech, ``data`` its meaning."""

    tag: str
    data: Any = None


@dataclass(frozen=True, slots=True)
class Named:
    """An indicator by name, with the output or inputs the name implies; ``unsaid`` what the name leaves open."""

    type: str
    output: str | None = None
    inputs: tuple[tuple[str, Any], ...] = ()
    unsaid: str | None = None
