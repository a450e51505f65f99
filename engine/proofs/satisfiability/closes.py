"""Which closes of a timeframe the conditions on the time leave, as finite sets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.proofs.satisfiability.clock import (
    GROUPS,
    MAX_COMBINATIONS,
    InfiniteError,
    computed,
    group_of,
    moments,
    readings,
)
from engine.proofs.satisfiability.formula import Comparison, Literal, Session
from engine.proofs.satisfiability.way import Way

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.proofs.satisfiability.clock import Moment, Readings
    from engine.proofs.satisfiability.operands import Operands


class Closes:
    """Filters the closes of one timeframe, each bar's on its own."""

    def __init__(self, operands: Operands, on_grid: bool) -> None:
        self.terms, self.timeframe, self.on_grid = operands.terms, operands.timeframe, on_grid
        self._allowed: dict[Comparison, tuple[Readings, int, frozenset[Moment]] | None] = {}

    def range_of(self, part: str) -> tuple[float, float]:
        """Return the least and the greatest value of a part of the time."""
        for group, found in zip(GROUPS, moments(self.timeframe, self.on_grid), strict=True):
            if part in group:
                values = [moment[group.index(part)] for moment in found]
                return min(values), max(values)
        raise AssertionError(f"time has no part {part}")

    def refuted(self, literals: Sequence[Literal]) -> Way | None:
        """Return the conditions on the time that leave no close, None where one is left."""
        asked: dict[tuple[int, int], list[tuple[Literal, tuple[str, ...], frozenset[Moment]]]] = {}
        for literal in literals:
            if isinstance(literal, Session):
                asked.setdefault((0, 0), []).append((literal, GROUPS[0], self._session(literal)))
            elif isinstance(literal, Comparison):
                read = self._closes(literal)
                if read is not None:
                    reading, group, allowed = read
                    asked.setdefault((reading.back, group), []).append((literal, GROUPS[group], allowed))
        for (_, group), filters in asked.items():
            left = list(moments(self.timeframe, self.on_grid)[group])
            used: list[Literal] = []
            for literal, _, allowed in filters:
                fewer = [moment for moment in left if moment in allowed]
                used += [literal] if len(fewer) < len(left) else []
                left = fewer
            if not left:
                return Way(tuple(used), (self._closing_times(group),))
        return None

    def _session(self, literal: Session) -> frozenset[Moment]:
        start, end = literal.start, literal.end
        clock = moments(self.timeframe, self.on_grid)[0]
        minutes = {moment: 60 * moment[0] + moment[1] for moment in clock}
        if start < end:
            return frozenset(moment for moment, minute in minutes.items() if start <= minute < end)
        return frozenset(moment for moment, minute in minutes.items() if minute >= start or minute < end)

    def _closes(self, literal: Comparison) -> tuple[Readings, int, frozenset[Moment]] | None:
        if literal not in self._allowed:
            self._allowed[literal] = self._find_closes(literal)
        return self._allowed[literal]

    def _find_closes(self, literal: Comparison) -> tuple[Readings, int, frozenset[Moment]] | None:
        reading = readings(self.terms, (literal.low, literal.high))
        group = None if reading is None else group_of(reading.parts)
        if reading is None or group is None:
            return None
        every = moments(self.timeframe, self.on_grid)[group]
        if len(every) > MAX_COMBINATIONS:
            return None
        answers: dict[tuple[float, ...], bool] = {}
        names = [(at, name) for at, name in enumerate(GROUPS[group]) if name in reading.parts]
        allowed = set()
        for moment in every:
            key = tuple(moment[at] for at, _ in names)
            if key not in answers:
                answers[key] = self._may_hold(literal, {name: moment[at] for at, name in names})
            if answers[key]:
                allowed.add(moment)
        return reading, group, frozenset(allowed)

    def _may_hold(self, literal: Comparison, time: Mapping[str, float]) -> bool:
        try:
            low, high = (computed(self.terms, term, time) for term in (literal.low, literal.high))
        except InfiniteError:
            return True
        if not (math.isfinite(low) and math.isfinite(high)):
            return False
        return low < high if literal.sign == "<" else low <= high if literal.sign == "<=" else low == high

    def _closing_times(self, group: int) -> str:
        if group:
            return ""
        clock = moments(self.timeframe, self.on_grid)[0]
        if len(clock) > 12:
            return (
                f"bars of {self.timeframe} close every {1440 // len(clock)} minutes"
                if len(clock) > 24
                else (f"bars of {self.timeframe} close on the hour, UTC")
            )
        shown = ", ".join(f"{int(hour):02}:{int(minute):02}" for hour, minute in clock)
        return f"bars of {self.timeframe} close at {shown} UTC"
