"""What a peer is given: an asset's bars, our boolean signals on them, and the terms they are traded on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.kernels.layout import ENTER_LONG, ENTER_SHORT, EXIT_LONG, EXIT_SHORT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.backtest.config import Config, LevelKind, TrailKind
    from engine.market.bars import Bars
    from engine.verify.setting import Setting

LEVELS = ("stop", "target", "trail", "trail_from", "take", "take_from")
"""Columns of the intents that say where an entry's levels will be."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a peer trades: whole ``units`` an entry, ``cash`` in quote currency, the rest fractions.

    ``stop`` and ``target`` say what the columns of those names mean (`engine.backtest.config.Config`);
    ``stops_slip`` whether a touched level pays the slippage. ``trail`` and ``take`` say what the trailing columns mean,
    the rest is how a position lives, named as there.
    """

    fill: Literal["next_open", "close"]
    stop: LevelKind
    target: LevelKind
    units: float
    cash: float
    fee: float
    slippage: float
    stops_slip: bool
    interval_ms: int
    trail: TrailKind
    take: TrailKind
    breakeven_at: float | None
    breakeven_offset: float
    time_limit_bars: int | None
    time_limit_minutes: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Bars of one asset inside the window, and per bar what is wanted at its close.

    ``columns`` holds ``leave_long, leave_short, go_long, go_short`` (0 or 1), and in `LEVELS` what an entry decided
    there takes, shape (n_bars,). ``withheld`` counts the entries that are left out because ours
    could not place them (no stop known yet) or would reject them (a level already passed).
    """

    bars: Bars
    columns: dict[str, np.ndarray]
    terms: Terms
    withheld: int

    def write(self, path: Path) -> None:
        """Write the task as the file that the peers' programs read."""
        prices = {name: getattr(self.bars, name) for name in ("time", "open", "high", "low", "close", "volume")}
        np.savez(path, allow_pickle=False, terms=np.array(json.dumps(asdict(self.terms))), **prices, **self.columns)


def task_of(setting: Setting, bars: Bars) -> Task:
    """Return the task of a setting of one asset whose ``bars`` are those of its window.

    Entries are the clear ones of docs/semantics.md, "Decisions at a close": what is left for the peer to decide is
    whether it is flat, and what its orders fill at.
    """
    config = setting.config
    bits = setting.intents.signals[:, 0].astype(np.int64)
    enter_long, leave_long = bits & ENTER_LONG != 0, bits & EXIT_LONG != 0
    enter_short, leave_short = bits & ENTER_SHORT != 0, bits & EXIT_SHORT != 0
    clear_long = enter_long & ~leave_long & ~enter_short
    clear_short = enter_short & ~leave_short & ~enter_long
    if config.opposite_entry == "reverse":
        leave_long, leave_short = leave_long | clear_short, leave_short | clear_long
    levels = {name: np.broadcast_to(getattr(setting.intents, name)[:, 0], bits.shape) for name in LEVELS}
    slippage = np.broadcast_to(setting.intents.slippage_base[:, 0], bits.shape)
    possible = {
        side: _levels_can_stand(config, levels, slippage, bars, sign) for side, sign in (("long", 1.0), ("short", -1.0))
    }
    go_long, go_short = clear_long & possible["long"], clear_short & possible["short"]
    columns = {"leave_long": leave_long, "leave_short": leave_short, "go_long": go_long, "go_short": go_short}
    units = float(setting.intents.size[0, 0])
    return Task(
        bars=bars,
        columns={name: column.astype(np.uint8) for name, column in columns.items()} | levels,
        terms=Terms(
            fill="close" if config.fill == "close" else "next_open",
            stop=config.stop,
            target=config.target,
            units=units,
            cash=config.initial_equity,
            fee=config.taker_fee,
            slippage=float(slippage[0]),
            stops_slip=config.stop != "none",
            interval_ms=bars.interval_ms,
            trail=config.trailing_stop,
            take=config.trailing_take,
            breakeven_at=config.breakeven_at,
            breakeven_offset=config.breakeven_offset,
            time_limit_bars=config.time_limit_bars,
            time_limit_minutes=config.time_limit_minutes,
        ),
        withheld=int((clear_long & ~go_long).sum() + (clear_short & ~go_short).sum()),
    )


def _levels_can_stand(
    config: Config, levels: Mapping[str, np.ndarray], slippage: np.ndarray, bars: Bars, side: float
) -> np.ndarray:
    """Tell for each close whether an entry decided there has its levels, none of them passed at its fill."""
    fills = bars.close if config.fill == "close" else np.append(bars.open[1:], np.nan)
    filled = fills * (1.0 + side * slippage)
    nearest, farthest = side * np.minimum(side * fills, side * filled), side * np.maximum(side * fills, side * filled)
    stands = np.ones(fills.shape, dtype=bool)
    kinds = {"stop": config.stop, "target": config.target, "trail": config.trailing_stop, "take": config.trailing_take}
    for name, kind in kinds.items():
        if kind != "none":
            stands &= (levels[name] > 0.0) & np.isfinite(levels[name])
    if config.stop == "price":
        stands &= ~(side * levels["stop"] >= side * nearest)
    if config.target == "price":
        stands &= ~(side * levels["target"] <= side * farthest)
    return stands
