"""Intents: what a strategy wants at each close, before any rule of the account is applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.kernels.layout import ENTER_LONG, ENTER_SHORT, EXIT_LONG, EXIT_SHORT, Intents

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from engine.backtest.market import AlignedMarket


def make_intents(
    market: AlignedMarket,
    *,
    signals: ArrayLike = 0,
    enter_long: ArrayLike = False,
    exit_long: ArrayLike = False,
    enter_short: ArrayLike = False,
    exit_short: ArrayLike = False,
    size: ArrayLike = 1.0,
    stop: ArrayLike = np.nan,
    target: ArrayLike = np.nan,
    trail: ArrayLike = np.nan,
    trail_from: ArrayLike = np.nan,
    take: ArrayLike = np.nan,
    take_from: ArrayLike = np.nan,
    limit: ArrayLike = np.nan,
    slippage_base: ArrayLike = 0.0,
    slippage_range: ArrayLike = 0.0,
    slippage_volume: ArrayLike = 0.0,
) -> Intents:
    """Build intents on the clock of ``market``.

    Every argument is one value, one per asset with shape (1, n_assets), one per bar with shape (n_bars,) for a
    single asset, or a table of shape (n_bars, n_assets). ``signals`` are marks as of a bar's close, added up from
    ENTER_LONG, EXIT_LONG, ENTER_SHORT and EXIT_SHORT; the next four are booleans, each of which adds one of these. The
    others are what an entry decided at that close would take, in the terms of `Config`; ``trail_from`` and
    ``take_from`` are gains in the unit of ``trail`` and ``take`` from which these follow, NaN where none was named.

    Raises
    ------
    EngineInputError
        A shape that fits neither.
    """
    shape = (market.n_bars, len(market.assets))
    marks = np.zeros(shape, dtype=np.uint8) | _table("signals", np.asarray(signals, dtype=np.uint8), shape)
    for bit, name, wanted in (
        (ENTER_LONG, "enter_long", enter_long),
        (EXIT_LONG, "exit_long", exit_long),
        (ENTER_SHORT, "enter_short", enter_short),
        (EXIT_SHORT, "exit_short", exit_short),
    ):
        if wanted is not False:
            marks |= np.where(_table(name, np.asarray(wanted, dtype=bool), shape), np.uint8(bit), np.uint8(0))
    given = {
        "size": size,
        "stop": stop,
        "target": target,
        "trail": trail,
        "trail_from": trail_from,
        "take": take,
        "take_from": take_from,
        "limit": limit,
        "slippage_base": slippage_base,
        "slippage_range": slippage_range,
        "slippage_volume": slippage_volume,
    }
    tables = {
        name: np.ascontiguousarray(_table(name, np.asarray(values, dtype=np.float64), shape))
        for name, values in given.items()
    }
    return Intents(signals=np.ascontiguousarray(marks), **tables)


def _table(name: str, values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    n_bars, n_assets = shape
    if values.ndim == 0:
        return np.full((1, n_assets), values[()])
    if values.shape == (n_bars,) and n_assets == 1:
        return values.reshape(n_bars, 1)
    if values.shape in ((1, n_assets), shape):
        return values
    raise EngineInputError(
        f"{name} has shape {values.shape}: it must be a value, (1, {n_assets}), ({n_bars}, {n_assets})"
        + (f" or ({n_bars},)" if n_assets == 1 else "")
    )
