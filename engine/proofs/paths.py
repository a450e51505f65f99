"""Two runs of one strategy up to the last close of the shorter: the same fills, orders and equity, to the last bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from engine.proofs.differences import Difference, first_difference, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.backtest.events import Event
    from engine.backtest.result import BacktestResult, Fill

Row = TypeVar("Row")

DECIDED = ("scheduled", "active")
"""States entered at a close before anything fills there."""


def compare_paths(cut: BacktestResult, whole: BacktestResult, time: int) -> Iterator[Difference]:
    """Yield what differs: a fill, else an order, else the equity; ``time`` is where the data of ``cut`` ends, UTC ms.

    At its last close the shorter run decides as well, but nothing fills any more: those fills belong to what comes
    later. Its decisions there are compared, as what looks one bar ahead shows in them alone.
    """
    last, opened = cut.simulation.n_bars - 1, cut.simulation.time
    fills = _first_unlike(_fills_by(cut, last), _fills_by(whole, last))
    if fills is not None:
        one, other = fills
        fill = min((each for each in fills if each is not None), key=lambda each: int(each.bar))
        yield Difference("fills", fill.asset, fill.bar, int(opened[fill.bar]), time, _fill(one), _fill(other))
        return
    events = _first_unlike(_events_by(cut, last), _events_by(whole, last))
    if events is not None:
        one_event, other_event = events
        event = min((each for each in events if each is not None), key=lambda each: int(each.bar))
        then, later = _event(one_event), _event(other_event)
        yield Difference("orders", event.asset, event.bar, int(opened[event.bar]), time, then, later)
        return
    at_close = any(fill.bar == last and fill.moment == "close" for fill in whole.fills)
    end = last if at_close else last + 1
    bar = first_difference(cut.equity[:end], whole.equity[:end])
    if bar is not None:
        then, later = shown(cut.equity[bar]), shown(whole.equity[bar])
        yield Difference("equity", None, bar, int(opened[bar]), time, then, later)


def _fills_by(result: BacktestResult, last: int) -> list[Fill]:
    return [fill for fill in result.fills if fill.bar < last or (fill.bar == last and fill.moment != "close")]


def _events_by(result: BacktestResult, last: int) -> list[Event]:
    """Return the events up to the close of bar ``last``, without what fills, or is refused, there."""
    close = int(result.simulation.close_time[last])
    return [
        event
        for event in result.simulation.events
        if event.bar <= last and (event.time < close or event.state in DECIDED)
    ]


def _first_unlike(rows: list[Row], others: list[Row]) -> tuple[Row | None, Row | None] | None:
    pairs = zip([*rows, None], [*others, None], strict=False)
    return next(((one, other) for one, other in pairs if one != other), None)


def _fill(fill: Fill | None) -> str:
    return "nothing" if fill is None else f"{fill.side} {fill.quantity:.8g} at {fill.price:.8g} ({fill.reason})"


def _event(event: Event | None) -> str:
    return "nothing" if event is None else event.note
