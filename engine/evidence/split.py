"""Where the data is cut: the selection part, searched on, and the holdout, locked and looked at once."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.backtest.result import Holdout
from engine.errors import EngineInputError
from engine.market.timeframe import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Mapping

HOLDOUT_TENTHS = 3
LONGEST_MONTHS = 18
FEWEST_DAYS = 600
"""Days of data below which there is no holdout: 30 % of them are the 180 days it needs at least."""


@dataclass(frozen=True, slots=True)
class Split:
    """The selection part ends at ``selection_end_ms`` (UTC ms, exclusive), where the holdout begins if there is one."""

    selection_end_ms: int
    holdout: Holdout | None


def split_selection_holdout(first_ms: int, last_end_ms: int) -> Split:
    """Cut the history of one asset: the last 30 %, at most 18 calendar months, at least 180 days, is the holdout.

    The holdout starts at a UTC midnight. The start of the last 30 % is moved back to the midnight at or before it, so
    that 180 days are never undercut; where the 18 months are shorter, their start is moved on to the midnight
    at or after it, so that they are never exceeded. Eighteen months before the 31st of a month without one is the
    month's last day.

    Parameters
    ----------
    first_ms, last_end_ms : int
        Opening time of the first bar and closing time of the last, UTC ms.

    Returns
    -------
    Split
        Without a holdout when the data spans under 600 days; the selection part is then everything.

    Raises
    ------
    EngineInputError
        The data ends before it begins.

    Examples
    --------
    >>> start, end = 1_577_836_800_000, 1_735_689_600_000             # 2020-01-01 to 2025-01-01
    >>> split = split_selection_holdout(start, end)
    >>> datetime.fromtimestamp(split.selection_end_ms / 1000, UTC).date().isoformat()
    '2023-07-02'
    >>> split_selection_holdout(start, start + 599 * DAY_MS).holdout is None
    True
    """
    if last_end_ms < first_ms:
        raise EngineInputError(f"data ends at {last_end_ms}, before it begins at {first_ms}")
    span = last_end_ms - first_ms
    if span < FEWEST_DAYS * DAY_MS:
        return Split(last_end_ms, None)
    share_start = last_end_ms - -(-span * HOLDOUT_TENTHS // 10)
    midnight_before = share_start // DAY_MS * DAY_MS
    earliest = -(-months_before(last_end_ms, LONGEST_MONTHS) // DAY_MS) * DAY_MS
    start = max(midnight_before, earliest)
    return Split(start, Holdout(start, last_end_ms, seen=False))


def split_assets(spans: Mapping[str, tuple[int, int]]) -> Split:
    """Cut the history of several assets at one place: the earliest holdout start of those that have one.

    ``spans`` gives for each asset the opening time of its first bar and the closing time of its last. The holdout ends
    with the asset that ends last. Without any holdout the selection part is everything.

    Raises
    ------
    EngineInputError
        No asset, or one whose data ends before it begins.

    Examples
    --------
    >>> split_assets({"OLD": (0, 1000 * DAY_MS), "NEW": (900 * DAY_MS, 1000 * DAY_MS)}).selection_end_ms // DAY_MS
    700
    """
    if not spans:
        raise EngineInputError("spans is empty: a split needs the data of at least one asset")
    splits = [split_selection_holdout(first, end) for first, end in spans.values()]
    end = max(end for _, end in spans.values())
    starts = [split.holdout.start for split in splits if split.holdout is not None]
    if not starts:
        return Split(end, None)
    return Split(min(starts), Holdout(min(starts), end, seen=False))


def months_before(time_ms: int, months: int) -> int:
    """Return the same UTC time of day ``months`` calendar months earlier, on the month's last day where it is shorter.

    >>> datetime.fromtimestamp(months_before(1_693_440_000_000, 18) / 1000, UTC).isoformat()   # 2023-08-31
    '2022-02-28T00:00:00+00:00'
    """
    day = datetime.fromtimestamp(time_ms // DAY_MS * 86_400, UTC)
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    date = day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
    return int(date.timestamp()) * 1000 + time_ms % DAY_MS
