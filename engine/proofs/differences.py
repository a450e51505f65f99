"""What cutting the data shows: values that were others before later bars were known, to the last bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.proofs.cut_market import closed_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.market.bars import Bars

    FloatArray = NDArray[np.float64]
    Compute = Callable[[Bars], Mapping[str, FloatArray]]


NEVER_CUT = "there is no close to cut the data at: the window is too short, or an asset has no bar before its end"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that was another value before later bars were known: it looks ahead.

    ``what`` is an operand, ``signals``, a column of the intents, ``fills`` or ``equity``; ``bar`` counts the
    asset's own bars in operands, bars of the clock elsewhere, and opens at ``time``, UTC ms; ``cut`` is where the data
    ended.
    """

    what: str
    asset: str | None
    bar: int
    time: int
    cut: int
    then: str
    later: str

    def __str__(self) -> str:
        from engine.market.quality import utc

        whose = "" if self.asset is None else f" of {self.asset}"
        return (
            f"{self.what}{whose} looks ahead: at bar {self.bar} ({utc(self.time)}) it is {self.then} when the data ends"
            f" at {utc(self.cut)}, and {self.later} once later bars are known"
        )

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON data."""
        from engine.market.quality import iso

        out: dict[str, object] = {"what": self.what}
        if self.asset is not None:
            out["asset"] = self.asset
        times = {"time": iso(self.time), "cut": iso(self.cut)}
        return {**out, "bar": self.bar, **times, "then": self.then, "later": self.later, "message": str(self)}


@dataclass(frozen=True, slots=True)
class Truncation:
    """What cutting the data showed: where it was cut (UTC ms), how many values were compared, what differed."""

    cuts: tuple[int, ...]
    values: int
    fills: int
    differences: tuple[Difference, ...] = ()

    @property
    def holds(self) -> bool | None:
        """True when nothing differed; None where there was no close to cut at, as then nothing was looked at."""
        return not self.differences if self.cuts else None

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON data."""
        from engine.market.quality import iso

        out: dict[str, object] = {
            "holds": self.holds,
            "cuts": [iso(cut) for cut in self.cuts],
            "values": self.values,
            "fills": self.fills,
        }
        if not self.cuts:
            out["note"] = NEVER_CUT
        return {**out, "differences": [one.as_dict() for one in self.differences]} if self.differences else out


def compare_columns(compute: Compute, bars: Bars, cuts: Sequence[int], asset: str | None = None) -> Truncation:
    """Compare the columns of any function of bars, value by value, with those of bars that end earlier.

    Parameters
    ----------
    compute
        Takes bars, returns columns of shape (n_bars,) by name. Any callable will do.
    bars
        All bars.
    cuts
        Where to cut, UTC ms: bars that close by then are kept.

    Examples
    --------
    >>> from engine.market.bars import make_bars
    >>> bars = make_bars("BTC", "1h", [0, 3_600_000, 7_200_000], *[[1.0, 2.0, 4.0]] * 4, [1.0] * 3)
    >>> peek = compare_columns(lambda known: {"next": np.append(known.close[1:], np.nan)}, bars, [7_200_000])
    >>> [(one.what, one.bar, one.then, one.later) for one in peek.differences]
    [('next', 1, 'unknown', '4')]
    """
    whole = compute(bars)
    values, differences, told = 0, [], set[str]()
    for time in cuts:
        known = closed_by(bars, time)
        for name, column in compute(known).items():
            values += known.n_bars
            bar = first_difference(column, whole[name][: known.n_bars])
            if bar is not None and name not in told:
                told.add(name)
                opened = int(bars.time[bar])
                then, later = shown(column[bar]), shown(whole[name][bar])
                differences.append(Difference(name, asset, bar, opened, time, then, later))
    return Truncation(tuple(cuts), values, 0, tuple(differences))


def first_difference(column: np.ndarray, other: np.ndarray) -> int | None:
    """Return the first row in which two tables of one shape differ, None when they are equal to the last bit."""
    same = same_bits(column, other)
    rows = same if same.ndim == 1 else same.all(axis=1)
    return None if rows.all() else int(np.flatnonzero(~rows)[0])


def same_bits(column: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return where two columns are equal to the last bit, the unknown equal to the unknown."""
    if column.dtype != np.float64:
        same: np.ndarray = column == other
        return same
    bits = np.ascontiguousarray(column).view(np.int64) == np.ascontiguousarray(other).view(np.int64)
    both: np.ndarray = bits | (np.isnan(column) & np.isnan(other))
    return both


def shown(value: Any) -> str:
    """Return a value for people."""
    number = float(value)
    return "unknown" if np.isnan(number) else f"{number:.12g}"
