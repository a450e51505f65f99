"""A clock that steps and ids that count: the same in every run."""

from __future__ import annotations


class SteppingClock:
    """A clock that moves one second with every look at it."""

    def __init__(self, now_ms: int = 1_760_000_000_000) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        self._now_ms += 1_000
        return self._now_ms

    def monotonic(self) -> float:
        return self.now_ms() / 1_000


class CountingIds:
    """Identifiers that count, with a mark of their own where several processes count."""

    def __init__(self, mark: str = "") -> None:
        self._mark = mark
        self._count = 0

    def new(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._mark}{self._count}"
