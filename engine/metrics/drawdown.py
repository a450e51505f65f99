"""Fall of the account below its peak: how deep, how long, and whether it came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.kernels.drawdown import fill_drawdown
from engine.metrics.series import finite_series, positive_number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Drawdown:
    """Depth below the running peak at each bar, and the first deepest bar (None if never under water)."""

    depth: FloatArray
    trough: int | None

    @property
    def deepest(self) -> float:
        """The largest depth, a fraction; 0 when never under water."""
        return 0.0 if self.trough is None else float(self.depth[self.trough])


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch under water: from the last bar at the peak to the first bar back at it.

    Bars count from 0; ``peak`` -1 is the value before the first bar. ``recovered`` is None when the curve
    ended under water.
    """

    peak: int
    recovered: int | None
    length_bars: int


def drawdown(equity: ArrayLike, *, initial: float | None = None) -> Drawdown:
    """Fall of the equity curve below its running peak.

    Parameters
    ----------
    equity : array_like of float, shape (n_bars,)
        Account value at each bar close, in quote currency; finite. Without ``initial`` its first
        value must be > 0.
    initial : float, optional
        Account value before the first bar, finite and > 0. The peak starts there, so that a loss in the first bar
        counts.

    Returns
    -------
    Drawdown
        ``depth`` of shape (n_bars,), a fraction >= 0 where 0 means "at the peak" and 1 or more that nothing was
        left; bar t knows of bars up to t. ``trough``, the bar of the first deepest point, None if
        never under water.

    Raises
    ------
    EngineInputError
        Not one-dimensional, empty, a value that is not finite, or a start that is not positive.

    References
    ----------
    Magdon-Ismail, M. and Atiya, A. (2004). "Maximum drawdown". Risk 17(10).

    Examples
    --------
    >>> float(drawdown([100.0, 120.0, 90.0, 130.0]).depth.max())
    0.25
    >>> drawdown([90.0, 95.0], initial=100.0).trough
    0
    """
    values = finite_series("equity", equity)
    if initial is not None:
        positive_number("initial", initial)
    elif values[0] <= 0:
        raise EngineInputError(f"equity[0] is {values[0]}: the first value must be > 0")
    depth = np.empty_like(values)
    trough = int(fill_drawdown(values, -np.inf if initial is None else float(initial), depth))
    return Drawdown(depth, None if trough < 0 else trough)


def spells(depth: ArrayLike) -> tuple[Spell, ...]:
    """Return the stretches under water of a depth curve as `drawdown` makes it, in time order.

    >>> spells([0.0, 0.1, 0.0, 0.2, 0.3])
    (Spell(peak=0, recovered=2, length_bars=2), Spell(peak=2, recovered=None, length_bars=2))
    """
    values = finite_series("depth", depth)
    at_peak = np.concatenate(([-1], np.flatnonzero(values <= 0.0)))
    starts = np.flatnonzero(np.diff(at_peak) > 1)
    out = [Spell(int(at_peak[k]), int(at_peak[k + 1]), int(at_peak[k + 1] - at_peak[k])) for k in starts]
    left = values.size - 1 - int(at_peak[-1])
    if left > 0:
        out.append(Spell(int(at_peak[-1]), None, left))
    return tuple(out)
