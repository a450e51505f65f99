"""The bars of one asset on every timeframe its indicators read, and what is known of one at the closes of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.market.resample import Resampled, resample
from engine.market.timeframe import DURATION_MS, nests

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.market.bars import Bars

    IntArray = NDArray[np.int64]


class Frames:
    """Higher bars built from the stored ones, each timeframe once.

    A higher bar is known at the first base close at or after its end, whatever parts of it are missing, and never
    before: its own close is what everything here is measured by.

    Examples
    --------
    >>> from engine.market.bars import make_bars
    >>> hours = [3_600_000 * t for t in range(5)]
    >>> frames = Frames(make_bars("BTC", "1h", hours, *[[1.0, 2.0, 3.0, 4.0, 5.0]] * 4, [1.0] * 5))
    >>> frames.bars_on("2h").close.tolist(), frames.known("2h", "1h").tolist()
    ([2.0, 4.0], [-1, 0, 0, 1, 1])
    """

    def __init__(self, bars: Bars) -> None:
        self.base = bars
        self._made: dict[str, Resampled] = {}
        self._known: dict[tuple[str, str], IntArray] = {}

    def made(self, timeframe: str) -> Resampled:
        """Return the bars of one timeframe with how many base bars each of them lacks.

        Raises
        ------
        EngineInputError
            The timeframe is no whole multiple of the base bars' own.
        """
        found = self._made.get(timeframe)
        if found is None:
            base = self.base.timeframe
            if timeframe != base and (timeframe not in DURATION_MS or not nests(base, timeframe)):
                allowed = ", ".join(name for name in DURATION_MS if name == base or nests(base, name))
                raise EngineInputError(f"timeframe {timeframe!r} is no whole multiple of {base}; allowed: {allowed}")
            found = self._made[timeframe] = resample(self.base, timeframe)
        return found

    def bars_on(self, timeframe: str) -> Bars:
        """Return the bars of one timeframe; the base bars themselves for their own."""
        return self.base if timeframe == self.base.timeframe else self.made(timeframe).bars

    def known(self, source: str, reader: str) -> IntArray:
        """Return, for each bar of ``reader``, the last bar of ``source`` that has ended at its close; -1 before any.

        Raises
        ------
        EngineInputError
            ``source`` is the finer of the two: its bars would be passed over.
        """
        found = self._known.get((source, reader))
        if found is None:
            if DURATION_MS[source] < DURATION_MS[reader]:
                raise EngineInputError(
                    f"an indicator on {reader} cannot read one on {source}: "
                    f"a source must be on the same or a higher timeframe than its reader"
                )
            ends, closes = (bars.time + bars.interval_ms for bars in (self.bars_on(source), self.bars_on(reader)))
            found = self._known[source, reader] = np.searchsorted(ends, closes, side="right").astype(np.int64) - 1
        return found


def seen_at(column: NDArray[np.float64], known: IntArray) -> NDArray[np.float64]:
    """Return the value known at each bar, NaN before the first.

    >>> seen_at(np.array([5.0, 6.0]), np.array([-1, 0, 0, 1])).tolist()
    [nan, 5.0, 5.0, 6.0]
    """
    out = np.full(known.shape[0], np.nan)
    there = known >= 0
    out[there] = column[known[there]]
    out.flags.writeable = False
    return out
