"""Which part of the data a run may see: the selection part unless somebody asks for more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.errors import EngineInputError, WindowError
from engine.evidence.looks import look_words
from engine.evidence.split import Split, split_assets
from engine.market.quality import utc
from engine.market.timeframe import DAY_MS
from engine.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.backtest.result import BacktestResult, Holdout
    from engine.evidence.looks import Look
    from engine.market.lookup import FoundBars


LOCKED, SEEN = "HOLDOUT_LOCKED", "HOLDOUT_SEEN"
"""Codes of the one line that every result carries about its holdout."""

LONGEST_CLOSING_MS = 7 * DAY_MS
"""Candles that begin or end this much inside a window are told: no weekend and no holiday is longer."""


class HoldoutLocked(EngineInputError):
    """A window reaches into the holdout and nobody said that it may be opened.

    ``start`` and ``end`` (UTC ms) are the holdout's; passing ``full_window=True`` opens it for good.
    """

    def __init__(self, holdout: Holdout, *, nothing_before: bool = False) -> None:
        self.start, self.end = holdout.start, holdout.end
        spends = "looking at it spends it, and only later data could validate the strategy then"
        if nothing_before:
            message = (
                f"every candle stored on this timeframe lies inside the holdout, which opens at {utc(holdout.start)}: "
                f"{spends}; take another timeframe, import earlier candles, or ask for the full window"
            )
        else:
            message = (
                f"the window reaches into the holdout, which opens at {utc(holdout.start)}: {spends}; end the window "
                "there, or ask for the full window"
            )
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Window:
    """The measured window [start, end), UTC ms, and the holdout beside or inside it."""

    start: int
    end: int
    holdout: Holdout | None


def choose_window(
    found: Sequence[FoundBars],
    start: int | None,
    end: int | None,
    full_window: bool,
    histories: Mapping[str, tuple[int, int]] | None = None,
) -> Window:
    """Return the window a run measures.

    ``histories`` gives for each asset the opening time of the first and the closing time of the last of all its
    candles, on whatever timeframe and market: they are one family and have one holdout. Default: the bars found.

    Without ``start`` and ``end`` it is the selection part; the full data with ``full_window``, which marks the
    holdout as seen when the window reaches into it. A bar that opens before the holdout and closes inside it belongs
    to the holdout.

    Raises
    ------
    HoldoutLocked
        ``start`` or ``end`` reach into the holdout and ``full_window`` is False.
    WindowError
        The window is empty or holds no candles. It is told first: nothing of a holdout could be seen in it.
    """
    if start is not None and end is not None and start >= end:
        raise WindowError("INVALID_WINDOW", f"the window {utc(start)} to {utc(end)} is empty")
    spans = {one.asset: (int(one.bars.time[0]), int(one.bars.time[-1]) + one.bars.interval_ms) for one in found}
    first, last = min(span[0] for span in spans.values()), max(span[1] for span in spans.values())
    split: Split = split_assets(histories or spans)
    holdout = split.holdout
    there = f"there are some from {utc(first)} to {utc(last)}"
    if start is not None and start >= last:
        raise WindowError("NO_DATA", f"there are no candles from {utc(start)} on; {there}")
    if end is not None and end <= first:
        raise WindowError("NO_DATA", f"there are no candles before {utc(end)}; {there}")
    start = first if start is None else start
    end = (last if full_window else min(last, split.selection_end_ms)) if end is None else end
    if holdout is not None and not full_window and max(start, end - 1) >= holdout.start:
        raise HoldoutLocked(holdout, nothing_before=first >= holdout.start)
    if holdout is not None and max(start, end - 1) >= holdout.start:
        holdout = replace(holdout, seen=True)
    elif holdout is not None:
        end = min(end, _last_close_before(found, holdout.start))
        if start >= end:
            message = f"no bar from {utc(start)} on closes before the holdout opens at {utc(holdout.start)}"
            raise WindowError("NO_DATA", message)
    return Window(max(start, first), min(end, last), holdout)


def _last_close_before(found: Sequence[FoundBars], holdout_start: int) -> int:
    """Return where to end so that no bar closes inside the holdout: a week may open before it and end in it."""
    ends = [holdout_start]
    for one in found:
        earlier = one.bars.time[one.bars.time < holdout_start]
        if earlier.shape[0] and int(earlier[-1]) + one.bars.interval_ms > holdout_start:
            ends.append(int(earlier[-1]))
    return min(ends)


def coverage_notices(
    found: Sequence[FoundBars], window: Window, start: int | None, end: int | None
) -> Iterator[Notice]:
    """Yield what the candles leave of the window: ``start`` and ``end`` as asked for, and assets that are not there."""
    if (start is not None and start < window.start) or (end is not None and end > window.end):
        asked = f"{'the first candle' if start is None else utc(start)} to {'the last' if end is None else utc(end)}"
        message = f"{asked} was asked for; what could be measured is {utc(window.start)} to {utc(window.end)}"
        yield Notice("WINDOW_CLIPPED", message, detail={"start": window.start, "end": window.end})
    for one in found:
        own = one.bars.between(window.start, window.end).time
        detail: dict[str, object] = {"asset": one.asset}
        if own.shape[0] == 0:
            message = (
                f"{one.asset}: no candle in the window, so it is never traded and its part of buy and hold is cash"
            )
            yield Notice("NO_BARS_IN_WINDOW", message, detail=detail)
            continue
        first, last = int(own[0]), int(own[-1]) + one.bars.interval_ms
        if first - window.start > LONGEST_CLOSING_MS:
            message = f"{one.asset}: its candles begin on {utc(first)}; until then its part of buy and hold is cash"
            yield Notice("BEGINS_INSIDE_WINDOW", message, "note", {**detail, "time": first})
        if window.end - last > LONGEST_CLOSING_MS + one.bars.interval_ms:
            message = f"{one.asset}: its candles end on {utc(last)}; what is held then stays at its last close"
            yield Notice("ENDS_INSIDE_WINDOW", message, detail={**detail, "time": last})


def window_notices(window: Window) -> list[Notice]:
    """Return the one line every result carries about its window and holdout."""
    span = f"{utc(window.start)} to {utc(window.end)}"
    if window.holdout is None:
        return [
            Notice(
                "NO_HOLDOUT",
                f"measured {span}; under 600 days of data nothing is held back, so no verdict exceeds UNPROVEN",
                "note",
                {"days": (window.end - window.start) // DAY_MS},
            )
        ]
    start = utc(window.holdout.start)
    detail = {"holdoutStart": window.holdout.start, "holdoutEnd": window.holdout.end}
    if window.end > window.holdout.start:
        message = f"measured {span}, the holdout from {start} included: it is SEEN now and validates nothing any more"
        return [Notice(SEEN, message, "warning", detail)]
    if window.holdout.look is not None:
        message = f"measured {span}, the selection part; {look_words(window.holdout.start, window.holdout.look)}"
        return [Notice(SEEN, message, "note", detail)]
    message = f"measured {span}, the selection part; the holdout from {start} stays locked"
    return [Notice(LOCKED, message, "note", detail)]


def after_look(result: BacktestResult, look: Look | None) -> BacktestResult:
    """Return a result that knows what earlier runs have seen of its holdout: it is SEEN, and its one line says so.

    The figures do not change: a run does not know of others.
    """
    if look is None or result.holdout is None:
        return result
    holdout = replace(result.holdout, seen=True, look=look)
    [told] = window_notices(Window(result.start, result.end, holdout))
    notices = tuple(told if one.code in (LOCKED, SEEN) else one for one in result.notices)
    return replace(result, holdout=holdout, notices=notices)
