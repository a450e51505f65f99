"""What came of computing something again: equal, or what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.replay.differences import ABSENT, Difference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_SHOWN = 20
"""Differences that are told in words; the document has all of them."""

LONGEST_SHOWN = 200
"""Characters of one side of a difference in words."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest of then and of now; None where there is none."""

    then: str | None
    now: str | None

    @property
    def changed(self) -> bool:
        """True when both are known and differ."""
        return self.then is not None and self.now is not None and self.then != self.now

    def as_dict(self) -> dict[str, str]:
        """Return it as JSON data, what is not known left out."""
        return {name: value for name, value in (("then", self.then), ("now", self.now)) if value is not None}


@dataclass(frozen=True, slots=True)
class Replayed:
    """A run or a thread that was computed again.

    ``compared`` says in words what was held against what is stored, ``missing`` what could not be and why.
    """

    id: str
    kind: str
    engine: Digest
    data: Digest
    differences: tuple[Difference, ...]
    compared: tuple[str, ...]
    missing: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """True when nothing differs, engine and data included."""
        return not self.differences

    def as_dict(self) -> dict[str, Any]:
        """Return it as the JSON document of `kek replay`."""
        return {
            "id": self.id,
            "kind": self.kind,
            "equal": self.equal,
            "engine": self.engine.as_dict(),
            "data": self.data.as_dict(),
            "differences": [one.as_dict() for one in self.differences],
            "compared": list(self.compared),
            "missing": list(self.missing),
        }


def in_words(replayed: Replayed) -> Iterator[str]:
    """Yield the lines that tell a person what came of it."""
    yield f"{replayed.kind} {replayed.id}: {'equal' if replayed.equal else _verdict(replayed)}"
    yield from (f"  compared: {one}" for one in replayed.compared)
    yield from (f"  not compared: {one}" for one in replayed.missing)
    for one in replayed.differences[:MOST_SHOWN]:
        yield f"  {one.path}"
        yield f"    then  {_shown(one.then)}"
        yield f"    now   {_shown(one.now)}"
    if len(replayed.differences) > MOST_SHOWN:
        yield f"  and {len(replayed.differences) - MOST_SHOWN} more (--json has all of them)"


def distinct(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """Return differences without those that repeat one under another path with the same end.

    A figure of a run stands in the run's record and in the answer that shows it.

    >>> twice = [Difference("run.results.tradeCount", 3, 4), Difference("answer.backtest.results.tradeCount", 3, 4)]
    >>> len(distinct(twice))
    1
    """
    seen: set[tuple[str, str, str]] = set()
    kept = []
    for one in found:
        end = one.path.replace("answer.backtest.", "run.").replace("answer.refinement.", "job.report.")
        name = (end, repr(one.then), repr(one.now))
        if name not in seen:
            seen.add(name)
            kept.append(one)
    return tuple(kept)


def _verdict(replayed: Replayed) -> str:
    if replayed.data.changed:
        return "made on other candles; its figures cannot be compared"
    if replayed.engine.changed:
        figures = sum(one.path != "engineHash" for one in replayed.differences)
        return f"made by another engine, {'every figure equal' if figures == 0 else _count(figures)}"
    return _count(len(replayed.differences))


def _count(number: int) -> str:
    return "1 difference" if number == 1 else f"{number} differences"


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "(nothing)"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " ..."
