"""A problem: what is wrong in a spec, where, what is allowed, what was probably meant."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

CUTOFF = 0.7
"""Similarity below which no name is suggested: a wrong guess is worse than none."""

SHOWN = 16
"""Allowed names written out in a line: every timeframe and every operator fits."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of a check, the same for the API, the command line and the repair loop.

    ``path`` is a JSON path (``$.signals.entry[0].left``), ``code`` is stable, the wording of
    ``message`` may improve.
    """

    path: str
    code: str
    message: str
    severity: Literal["error", "warning"] = "error"
    allowed: tuple[str, ...] | None = None
    suggestion: str | None = None

    def __str__(self) -> str:
        text = f"{self.path}: {self.message}"
        if self.allowed:
            shown = ", ".join(self.allowed[:SHOWN]) + (", ..." if len(self.allowed) > SHOWN else "")
            text += f"; allowed: {shown}"
        if self.suggestion is not None:
            text += f" (did you mean '{self.suggestion}'?)"
        return text

    def as_dict(self) -> dict[str, object]:
        """Return the problem as plain JSON data, optional fields only where they have a value."""
        out: dict[str, object] = {
            "path": self.path,
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
        }
        if self.allowed is not None:
            out["allowed"] = list(self.allowed)
        if self.suggestion is not None:
            out["suggestion"] = self.suggestion
        return out


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed name most like ``word``, or None when none is close.

    >>> nearest("ema_fats", ["ema_fast", "ema_slow", "rsi_14"])
    'ema_fast'
    >>> nearest("volume", ["ema_fast"]) is None
    True
    """
    by_lower = {name.lower(): name for name in allowed}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=CUTOFF)
    return by_lower[found[0]] if found else None
