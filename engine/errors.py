"""What can go wrong inside the engine, as one small tree.

EngineError
├── EngineInputError     a value the caller passed is not usable; the message names it
│   └── WindowError      a window is empty or holds no candles
├── SpecError            a strategy spec has problems; carries them all
└── DataError            candles are missing, unreadable or broken; the message says what to do
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.spec.problems import Problem


class EngineError(Exception):
    """Any refusal of the engine."""


class EngineInputError(EngineError, ValueError):
    """A value passed to the engine is not usable."""

    code = "INPUT"


class WindowError(EngineInputError):
    """Nothing can be measured in a window; ``code``: INVALID_WINDOW (it is empty), NO_DATA (it holds no candles)."""

    def __init__(self, code: Literal["INVALID_WINDOW", "NO_DATA"], message: str) -> None:
        self.code = code
        super().__init__(message)


class DataError(EngineError):
    """Candles or funding are missing, unreadable or broken."""


class SpecError(EngineError):
    """A spec has problems; ``problems`` holds all of them, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
