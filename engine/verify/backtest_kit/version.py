"""The versions with names of their own, and how a refusal of the package is told."""

from __future__ import annotations

from typing import Literal

from engine.errors import EngineInputError

Version = Literal["1.10", "18.7", "19.5"]
Position = Literal["long", "short"]


class KitError(EngineInputError):
    """What backtest-kit itself refuses; ``rule`` is a short name of ours for its message."""

    def __init__(self, rule: str, message: str) -> None:
        self.rule = rule
        super().__init__(message)


def sign_of(position: Position) -> float:
    """Return 1 for a long and -1 for a short.

    >>> sign_of("short")
    -1.0
    """
    return 1.0 if position == "long" else -1.0
