"""What is wrong or odd in a series of bars: gaps, closing hours, flat runs, outliers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from engine.market.gaps import Gap, closed_bars, closed_slots, cut_gap, gaps_in
from engine.market.resample import period_starts
from engine.notices import Notice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.market.bars import Bars

    IntArray = NDArray[np.int64]

FLAT_RUN_BARS = 12
OUTLIER_DEVIATIONS = 20.0
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Move:
    """A one-bar change of the close: ``log_return`` at the bar that opens at ``time`` (UTC ms)."""

    time: int
    log_return: float


@dataclass(frozen=True, slots=True)
class Quality:
    """What `quality_report` found.

    ``missing_bars`` counts the holes of ``gaps`` in bars; of them ``closed_bars`` fall into hours of the week in
    which this market hardly ever trades, and ``unexpected_bars`` do not. ``completeness`` is the share of
    bars present of those expected outside closing hours, in (0, 1]. ``longest`` holds the longest gaps and
    ``moves`` the largest one-bar moves, biggest first. ``off_grid_bars`` do not open where a period
    of the timeframe begins. A flat run is one of ``FLAT_RUN_BARS`` bars or more without any change of
    price; an outlier moves by more than ``OUTLIER_DEVIATIONS`` robust deviations and goes most of the way back
    with the next bar.
    """

    symbol: str
    timeframe: str
    n_bars: int
    start: int
    end: int
    n_gaps: int
    missing_bars: int
    closed_bars: int
    unexpected_bars: int
    completeness: float
    longest: tuple[Gap, ...]
    zero_volume_bars: int
    off_grid_bars: int
    flat_runs: int
    longest_flat_run_bars: int
    outliers: tuple[Move, ...]
    moves: tuple[Move, ...]

    @property
    def suspicious(self) -> tuple[str, ...]:
        """What a person should look at before trusting these bars, one sentence each."""
        out = []
        if self.unexpected_bars:
            out.append(f"{self.unexpected_bars} bars are missing outside closing hours")
        if self.off_grid_bars:
            out.append(f"{self.off_grid_bars} bars do not open on the {self.timeframe} grid (UTC)")
        if self.flat_runs:
            out.append(
                f"{self.flat_runs} runs of {FLAT_RUN_BARS} bars or more without any change of price, "
                f"the longest {self.longest_flat_run_bars} bars"
            )
        if self.outliers:
            worst = self.outliers[0]
            out.append(
                f"{len(self.outliers)} bars jump and come back, the worst {worst.log_return:+.1%} at {utc(worst.time)}"
            )
        if 0 < self.zero_volume_bars < self.n_bars and self.zero_volume_bars > 0.01 * self.n_bars:
            out.append(f"{self.zero_volume_bars} of {self.n_bars} bars have no volume")
        return tuple(out)

    def lines(self) -> list[str]:
        """Return the report as lines of text for people."""
        closed = f", {self.closed_bars} of them in closing hours" if self.closed_bars else ""
        longest = f", longest {self.longest[0].bars} from {utc(self.longest[0].start)}" if self.longest else ""
        out = [
            f"{self.symbol} {self.timeframe}: {self.n_bars:,} bars, {utc(self.start)} to {utc(self.end)} UTC",
            f"  gaps: {self.n_gaps} ({self.missing_bars} bars missing{closed}{longest})",
            f"  completeness: {self.completeness:.3%}",
            f"  bars without volume: {self.zero_volume_bars}" + (" (no volume at all)" if self._no_volume else ""),
        ]
        if self.moves:
            shown = ", ".join(f"{move.log_return:+.2%} at {utc(move.time)}" for move in self.moves[:3])
            out.append(f"  largest moves (log): {shown}")
        out += [f"  look at: {sentence}" for sentence in self.suspicious]
        return out

    @property
    def _no_volume(self) -> bool:
        return self.zero_volume_bars == self.n_bars

    def as_dict(self) -> dict[str, object]:
        """Return the report as plain JSON data; times are ISO 8601 UTC."""
        return {
            "symbol": self.symbol,
            "timeframe": self.timeframe,
            "bars": self.n_bars,
            "start": iso(self.start),
            "end": iso(self.end),
            "gaps": self.n_gaps,
            "missingBars": self.missing_bars,
            "closedBars": self.closed_bars,
            "unexpectedBars": self.unexpected_bars,
            "completeness": self.completeness,
            "longestGaps": [{"start": iso(g.start), "end": iso(g.end), "bars": g.bars} for g in self.longest],
            "zeroVolumeBars": self.zero_volume_bars,
            "offGridBars": self.off_grid_bars,
            "flatRuns": self.flat_runs,
            "longestFlatRunBars": self.longest_flat_run_bars,
            "outliers": [{"time": iso(m.time), "logReturn": m.log_return} for m in self.outliers],
            "largestMoves": [{"time": iso(m.time), "logReturn": m.log_return} for m in self.moves],
            "suspicious": list(self.suspicious),
        }


def quality_report(bars: Bars) -> Quality:
    """Look over a series of bars.

    ``end`` of the report is the close of the last bar. Closing hours are told from outages only on
    series of at least four weeks; on shorter ones every missing bar counts as unexpected.
    """
    gaps = gaps_in(bars)
    missing = sum(gap.bars for gap in gaps)
    closed = int(closed_bars(gaps, closed_slots(bars), bars.interval_ms).sum())
    returns = np.diff(np.log(bars.close))
    big = np.argsort(-np.abs(returns), kind="stable")[:SHOWN]
    flat_runs, longest_flat = _flat_runs(bars)
    expected = bars.n_bars + missing - closed
    return Quality(
        symbol=bars.symbol,
        timeframe=bars.timeframe,
        n_bars=bars.n_bars,
        start=int(bars.time[0]) if bars.n_bars else 0,
        end=int(bars.time[-1]) + bars.interval_ms if bars.n_bars else 0,
        n_gaps=len(gaps),
        missing_bars=missing,
        closed_bars=closed,
        unexpected_bars=missing - closed,
        completeness=bars.n_bars / expected if expected else 1.0,
        longest=tuple(sorted(gaps, key=lambda gap: (-gap.bars, gap.start))[:SHOWN]),
        zero_volume_bars=int(np.count_nonzero(bars.volume == 0)),
        off_grid_bars=int(np.count_nonzero(period_starts(bars.time, bars.timeframe) != bars.time)),
        flat_runs=flat_runs,
        longest_flat_run_bars=longest_flat,
        outliers=_outliers(bars, returns),
        moves=tuple(Move(int(bars.time[k + 1]), float(returns[k])) for k in big),
    )


def notices_for(bars: Bars, start: int, end: int) -> list[Notice]:
    """Return what a result measured on [start, end) (UTC ms) must say about missing bars.

    Bars missing outside closing hours are a warning; a market with closing hours is a note. Closing hours are
    judged from the whole series, the bars counted from the window alone.
    """
    step = bars.interval_ms
    gaps = [cut_gap(gap, start, end, step) for gap in gaps_in(bars) if gap.start < end and gap.end > start]
    closed = closed_bars(gaps, closed_slots(bars) if gaps else None, step)
    holes = [(gap, gap.bars - int(at)) for gap, at in zip(gaps, closed, strict=True)]
    unexpected = sum(count for _, count in holes)
    closing = int(closed.sum())
    out = []
    if unexpected:
        worst, most = max(holes, key=lambda hole: hole[1])  # closing hours beside an outage are no part of it
        n_gaps = sum(1 for _, count in holes if count)
        out.append(
            Notice(
                "MISSING_BARS",
                f"{bars.symbol}: {unexpected} {bars.timeframe} bars are missing in {n_gaps} gaps, the longest of "
                f"{most} from {utc(worst.start)} UTC; nothing was filled in",
                detail={
                    "symbol": bars.symbol,
                    "missingBars": unexpected,
                    "gaps": n_gaps,
                    "longestBars": most,
                    "longestStart": iso(worst.start),
                },
            )
        )
    if closing:
        out.append(
            Notice(
                "MARKET_CLOSES",
                f"{bars.symbol} does not trade around the clock: {closing} {bars.timeframe} bars of the window fall "
                "into closing hours",
                "note",
                {"symbol": bars.symbol, "closedBars": closing},
            )
        )
    return out


def utc(time_ms: int) -> str:
    """Return UTC milliseconds as people read them.

    >>> utc(1_700_000_000_000)
    '2023-11-14 22:13'
    """
    return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def iso(time_ms: int) -> str:
    """Return UTC milliseconds as ISO 8601 with ``Z``, with milliseconds where there are any.

    >>> iso(1_700_000_000_000), iso(1_700_000_000_040)
    ('2023-11-14T22:13:20Z', '2023-11-14T22:13:20.040Z')
    """
    precision = "milliseconds" if time_ms % 1000 else "seconds"
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def _flat_runs(bars: Bars) -> tuple[int, int]:
    """Count the runs in which open, high, low and close all stay at one price, and the longest in bars."""
    still = (bars.high == bars.low) & np.append(False, bars.close[1:] == bars.close[:-1])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], still, [False]]).astype(np.int8)))
    lengths = edges[1::2] - edges[::2]
    long_ones = lengths[lengths >= FLAT_RUN_BARS]
    return int(long_ones.size), int(long_ones.max(initial=0))


def _outliers(bars: Bars, returns: NDArray[np.float64]) -> tuple[Move, ...]:
    """Return moves far beyond the usual that the very next bar takes back: most often a bad print."""
    if returns.size < 30:
        return ()
    usual = 1.4826 * float(np.median(np.abs(returns)))
    if usual == 0.0:
        return ()
    here, after = returns[:-1], returns[1:]
    far = (np.abs(here) > OUTLIER_DEVIATIONS * usual) & (np.abs(here + after) < 0.3 * np.abs(here))
    at = np.flatnonzero(far)
    at = at[np.argsort(-np.abs(here[at]), kind="stable")]
    return tuple(Move(int(bars.time[k + 1]), float(here[k])) for k in at)
