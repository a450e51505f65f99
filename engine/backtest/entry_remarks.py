"""What became of the entries of a run that did not simply fill: rejected by a rule, cut to a limit, cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.kernels import codes
from engine.market.quality import utc
from engine.notices import Notice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.backtest.config import Config
    from engine.backtest.result import Simulation

    FloatArray = NDArray[np.float64]

REJECTIONS = {
    codes.REJECTED_SIZE_UNDEFINED: (
        "SIZE_UNDEFINED",
        "the size was not defined yet (warm-up, no volatility, or no equity)",
    ),
    codes.REJECTED_STOP_UNDEFINED: ("STOP_UNDEFINED", "the stop or target was not defined yet, and none goes without"),
    codes.REJECTED_MAX_POSITIONS: ("MAX_POSITIONS", "as many positions as allowed were open or waiting"),
    codes.REJECTED_MAX_CONCURRENT: ("MAX_CONCURRENT", "as many positions as max_concurrent allows were open"),
    codes.REJECTED_COOLDOWN_BARS: ("COOLDOWN_BARS", "the last position had not been closed for cooldown_bars yet"),
    codes.REJECTED_SESSION_HOURS: ("SESSION_HOURS", "the close was outside session_hours"),
    codes.REJECTED_MAX_DAILY_LOSS_PCT: ("MAX_DAILY_LOSS_PCT", "the day had lost max_daily_loss_pct"),
    codes.REJECTED_MAX_ORDERS_PER_HOUR: (
        "MAX_ORDERS_PER_HOUR",
        "as many entries as allowed were placed within the hour",
    ),
    codes.REJECTED_NO_PRICE: ("NO_PRICE_AT_CLOSE", "the five minutes that price the close were not all stored"),
    codes.REJECTED_POSITIONS_FULL: (
        "MAX_POSITIONS",
        "as many positions as allowed were open when the order would have filled",
    ),
    codes.REJECTED_MAX_CONCURRENT_AT_FILL: (
        "MAX_CONCURRENT",
        "as many positions as max_concurrent allows were open when the order would have filled",
    ),
    codes.REJECTED_LEVEL_BEYOND_ENTRY: (
        "LEVEL_BEYOND_ENTRY",
        "the entry would have been at or beyond its stop or target",
    ),
    codes.REJECTED_MAX_POSITION_PCT: ("MAX_POSITION_PCT", "max_position_pct left nothing to trade"),
    codes.REJECTED_MAX_TOTAL_EXPOSURE_PCT: ("MAX_TOTAL_EXPOSURE_PCT", "max_total_exposure_pct left nothing to trade"),
    codes.REJECTED_MAX_LEVERAGE: ("MAX_LEVERAGE", "leverage left nothing to trade"),
    codes.REJECTED_CASH: ("NO_FREE_CASH", "there was no free cash left to trade"),
    codes.REJECTED_TOO_SMALL: ("ORDER_TOO_SMALL", "the order was below a tradable size"),
}
CANCELLATIONS = {
    codes.CANCELLED_EXPIRED: "expired",
    codes.CANCELLED_STOP_TOUCHED: "opened at or beyond the stop they would have had",
    codes.CANCELLED_MAX_DAILY_LOSS: "were cancelled when the day had lost max_daily_loss_pct",
    codes.CANCELLED: "were cancelled with the end of trading or of the exit they waited for",
}
AS_ASKED = frozenset(
    {
        codes.REJECTED_MAX_CONCURRENT,
        codes.REJECTED_MAX_CONCURRENT_AT_FILL,
        codes.REJECTED_COOLDOWN_BARS,
        codes.REJECTED_SESSION_HOURS,
        codes.REJECTED_MAX_DAILY_LOSS_PCT,
    }
)
"""Named checks: a rejection by one is what the strategy says, and no reason to doubt the figures."""

CUTS = {
    codes.CUT_MAX_POSITION_PCT: "max_position_pct",
    codes.CUT_MAX_TOTAL_EXPOSURE_PCT: "max_total_exposure_pct",
    codes.CUT_MAX_LEVERAGE: "max_leverage",
    codes.CUT_CASH: "free cash",
}


ROUNDING = 1e-9
"""A cut smaller than this share of the quantity is rounding."""

NOTABLE = 0.9
"""A quantity step that leaves less of an entry than this changes what was tested."""


def entry_notices(simulation: Simulation, config: Config) -> list[Notice]:
    """Return the notices about entries, by rule, asset and side."""
    return [*_rejections(simulation), *_cuts(simulation, config), *_waiting_entries(simulation, config)]


def _rejections(simulation: Simulation) -> list[Notice]:
    out = []
    for stage, (code, reason) in REJECTIONS.items():
        for a, row in np.argwhere(simulation.funnel[:, :, stage] > 0):
            n = int(simulation.funnel[a, row, stage])
            first = int(simulation.funnel_first[a, row, stage])
            asset, side = simulation.assets[a], ("long", "short")[row]
            when = utc(int(simulation.close_time[first]))
            message = (
                f"{asset}: {n} {side} {'entry was' if n == 1 else 'entries were'} rejected, first on {when}: {reason}"
            )
            detail = {"asset": asset, "side": side, "count": n, "firstBar": first, "stage": codes.FUNNEL_STAGES[stage]}
            note = _first_note(simulation, stage, int(a), int(row))
            kind: Literal["warning", "note"] = "note" if stage in AS_ASKED else "warning"
            out.append(Notice(code, message, kind, detail if note is None else {**detail, "firstNote": note}))
    return out


def _first_note(simulation: Simulation, stage: int, a: int, row: int) -> str | None:
    """Return the sentence of the first entry that a rule rejected, with its figures."""
    events = simulation.events.columns
    reason = codes.REASON_OF_STAGE + stage
    of_rule = (events["reason"] == reason) & (events["asset"] == a) & (events["side"] == (1, -1)[row])
    rows = np.flatnonzero(of_rule & (events["state"] == codes.REJECTED))
    return simulation.events[int(rows[0])].note if rows.size else None


def _cuts(simulation: Simulation, config: Config) -> list[Notice]:
    """Tell per asset and side what limits cut entries, and the most that was cut away, and so of the quantity step.

    What the step alone would have taken off an entry is not counted against the limit that cut it as well.
    """
    out = []
    fills = simulation.fills.columns
    for a, row in np.argwhere(simulation.funnel[:, :, codes.FILLED] > 0):
        asset, side = simulation.assets[a], ("long", "short")[row]
        mine = (fills["asset"] == a) & (fills["reason"] == codes.ENTRY) & (fills["side"] == (1, -1)[row])
        filled, wanted = fills["quantity"][mine], fills["wanted_quantity"][mine]
        stepped = _whole_steps(
            wanted, config.venue[asset].quantity_step if asset in config.venue else config.quantity_step
        )
        by_limit = {limit: n for stage, limit in CUTS.items() if (n := int(simulation.funnel[a, row, stage]))}
        if by_limit:
            kept = filled / np.where(stepped > 0, stepped, filled)
            out.append(_size_cut(asset, side, by_limit, filled.shape[0], min(1.0, float(kept.min()))))
        lost = (stepped < wanted * (1 - ROUNDING)) & (filled >= stepped * (1 - ROUNDING))
        if lost.any():
            least = float((filled[lost] / wanted[lost]).min())
            out.append(_size_stepped(asset, side, int(lost.sum()), filled.shape[0], least))
    return out


def _whole_steps(wanted: FloatArray, step: float) -> FloatArray:
    """Return quantities cut down to a multiple of the venue's step; themselves without one."""
    if step <= 0.0:
        return wanted
    steps = wanted / step
    nearest = np.rint(steps)
    whole: FloatArray = np.where(np.abs(steps - nearest) <= ROUNDING * steps, nearest, np.floor(steps)) * step
    return whole


def _size_cut(asset: str, side: str, by_limit: dict[str, int], entries: int, least: float) -> Notice:
    count = sum(by_limit.values())
    limits = ", ".join(f"{n} by {limit}" for limit, n in by_limit.items())
    message = (
        f"{asset}: {count} of {entries} {side} entries {'was' if count == 1 else 'were'} cut ({limits}); "
        f"the smallest kept {least * 100:.2f} % of the size asked for"
    )
    detail = {"asset": asset, "side": side, "count": count, "limits": by_limit, "leastKeptFraction": least}
    return Notice("SIZE_CUT", message, detail=detail)


def _size_stepped(asset: str, side: str, count: int, entries: int, least: float) -> Notice:
    """Tell what the quantity step took off entries; a warning where it was more than a tenth of one."""
    message = (
        f"{asset}: {count} of {entries} {side} entries {'was' if count == 1 else 'were'} cut down to the venue's "
        f"quantity step; the smallest kept {least * 100:.2f} % of the size asked for"
    )
    detail = {"asset": asset, "side": side, "count": count, "leastKeptFraction": least}
    return Notice("SIZE_STEPPED", message, "note" if least >= NOTABLE else "warning", detail)


def _waiting_entries(simulation: Simulation, config: Config) -> list[Notice]:
    """Tell per asset and side what became of entries that wait at a limit, and of orders that something cancelled."""
    out = []
    for a, row in np.argwhere(simulation.funnel[:, :, codes.PLACED] > 0):
        counts = simulation.funnel[a, row]
        lost = {words: int(counts[stage]) for stage, words in CANCELLATIONS.items() if counts[stage]}
        if config.entry_order == "market" and not lost:
            continue
        placed, filled, waiting = (int(counts[stage]) for stage in (codes.PLACED, codes.FILLED, codes.NEVER_FILLED))
        asset, side = simulation.assets[a], ("long", "short")[row]
        kind = "limit entries" if config.entry_order != "market" else "entries"
        parts = [f"{filled} filled", *(f"{n} {words}" for words, n in lost.items())]
        if waiting and config.entry_order != "market":
            parts.append(f"{waiting} still waited at the end")
        detail = {"asset": asset, "side": side, "placed": placed, "filled": filled, "waiting": waiting}
        detail |= {codes.FUNNEL_STAGES[stage]: int(counts[stage]) for stage in CANCELLATIONS if counts[stage]}
        message = f"{asset}: of {placed} {side} {kind} placed {', '.join(parts)}"
        out.append(Notice("ENTRIES_WAITED" if "limit" in kind else "ENTRIES_CANCELLED", message, "note", detail))
    return out
