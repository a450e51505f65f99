"""From the rows a kernel wrote to the columns of fills and trades."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.kernels import layout as at

if TYPE_CHECKING:
    from engine.kernels.layout import FloatArray


def fills_of(rows: FloatArray) -> dict[str, np.ndarray]:
    """Return the columns of `engine.backtest.result.Fill` from rows of shape (n_fills, N_FILL)."""
    return {
        "bar": _whole(rows[:, at.FILL_BAR]),
        "time": _whole(rows[:, at.FILL_TIME]),
        "moment": _whole(rows[:, at.FILL_MOMENT]),
        "asset": _whole(rows[:, at.FILL_ASSET]),
        "side": _whole(rows[:, at.FILL_SIDE]),
        "quantity": rows[:, at.FILL_QUANTITY],
        "price": rows[:, at.FILL_PRICE],
        "reference_price": rows[:, at.FILL_REFERENCE],
        "fee": rows[:, at.FILL_FEE],
        "slippage_quote": rows[:, at.FILL_SLIPPAGE],
        "reason": _whole(rows[:, at.FILL_REASON]),
        "decided_bar": _whole(rows[:, at.FILL_DECIDED]),
        "wanted_quantity": rows[:, at.FILL_WANTED],
    }


def events_of(rows: FloatArray) -> dict[str, np.ndarray]:
    """Return the columns of `engine.backtest.events.Event` from rows of shape (n_events, N_EVENT)."""
    return {
        "bar": _whole(rows[:, at.EVENT_BAR]),
        "time": _whole(rows[:, at.EVENT_TIME]),
        "asset": _whole(rows[:, at.EVENT_ASSET]),
        "side": _whole(rows[:, at.EVENT_SIDE]),
        "state": _whole(rows[:, at.EVENT_STATE]),
        "reason": _whole(rows[:, at.EVENT_REASON]),
        "price": rows[:, at.EVENT_PRICE],
        "quantity": rows[:, at.EVENT_QUANTITY],
        "value": rows[:, at.EVENT_VALUE],
        "bound": rows[:, at.EVENT_BOUND],
    }


def trades_of(rows: FloatArray, book: FloatArray, n_bars: int) -> dict[str, np.ndarray]:
    """Return the columns of `engine.backtest.result.Trade`: closed trades, then positions open in ``book``."""
    return _trade_columns(np.concatenate((rows, _open_rows(book))), n_bars)


def closed_trades_of(rows: FloatArray) -> dict[str, np.ndarray]:
    """Return the columns of `engine.backtest.result.Trade` for closed trades alone."""
    return _trade_columns(rows, 0)


def _trade_columns(every: FloatArray, n_bars: int) -> dict[str, np.ndarray]:
    signed = every[:, at.TRADE_QUANTITY]
    quantity, side = np.abs(signed), np.sign(signed)
    entry, entry_reference = every[:, at.TRADE_ENTRY_PRICE], every[:, at.TRADE_ENTRY_REFERENCE]
    exit_, exit_reference = every[:, at.TRADE_EXIT_PRICE], every[:, at.TRADE_EXIT_REFERENCE]
    fees, funding = every[:, at.TRADE_FEES], every[:, at.TRADE_FUNDING]
    gross = signed * (exit_reference - entry_reference)
    slippage = signed * ((entry - entry_reference) + (exit_reference - exit_))
    net = gross - slippage - fees - funding
    lowest, highest = every[:, at.TRADE_LOWEST], every[:, at.TRADE_HIGHEST]
    below, above = np.maximum(0.0, entry - lowest) / entry, np.maximum(0.0, highest - entry) / entry
    entry_bar, exit_bar = _whole(every[:, at.TRADE_ENTRY_BAR]), _whole(every[:, at.TRADE_EXIT_BAR])
    return {
        "asset": _whole(every[:, at.TRADE_ASSET]),
        "side": _whole(side),
        "quantity": quantity,
        "entry_bar": entry_bar,
        "entry_time": _whole(every[:, at.TRADE_ENTRY_TIME]),
        "entry_price": entry,
        "exit_bar": exit_bar,
        "exit_time": _whole(every[:, at.TRADE_EXIT_TIME]),
        "exit_price": exit_,
        "gross_profit": gross,
        "slippage_quote": slippage,
        "fees": fees,
        "funding": funding,
        "net_profit": net,
        "return_fraction": net / (quantity * entry),
        "mae_fraction": np.where(side > 0, below, above),
        "mfe_fraction": np.where(side > 0, above, below),
        "bars_held": np.where(exit_bar >= 0, exit_bar, n_bars - 1) - entry_bar,
        "reason": _whole(every[:, at.TRADE_REASON]),
    }


def _open_rows(book: FloatArray) -> FloatArray:
    """Return a trade row for each open position: what is left of it is marked, without exit costs."""
    held = np.flatnonzero(book[:, at.QUANTITY])
    rows = np.empty((held.shape[0], at.N_TRADE))
    for column, source in (
        (at.TRADE_QUANTITY, at.QUANTITY),
        (at.TRADE_ENTRY_BAR, at.ENTRY_BAR),
        (at.TRADE_ENTRY_TIME, at.ENTRY_TIME),
        (at.TRADE_ENTRY_PRICE, at.ENTRY_PRICE),
        (at.TRADE_ENTRY_REFERENCE, at.ENTRY_REFERENCE),
        (at.TRADE_EXIT_PRICE, at.MARK),
        (at.TRADE_EXIT_REFERENCE, at.MARK),
        (at.TRADE_FEES, at.ENTRY_FEE),
        (at.TRADE_FUNDING, at.FUNDING_PAID),
        (at.TRADE_LOWEST, at.LOWEST),
        (at.TRADE_HIGHEST, at.HIGHEST),
    ):
        rows[:, column] = book[held, source]
    parted = book[held, at.PARTS_QUANTITY] != 0.0
    some, left, mark = rows[parted], book[held[parted], at.QUANTITY], book[held[parted], at.MARK]
    some[:, at.TRADE_QUANTITY] = book[held[parted], at.FIRST_QUANTITY]
    whole = book[held[parted], at.PARTS_QUANTITY] + left
    some[:, at.TRADE_EXIT_PRICE] = (book[held[parted], at.PARTS_VALUE] + left * mark) / whole
    some[:, at.TRADE_EXIT_REFERENCE] = (book[held[parted], at.PARTS_REFERENCE] + left * mark) / whole
    rows[parted] = some
    rows[:, at.TRADE_ASSET] = held
    rows[:, [at.TRADE_EXIT_BAR, at.TRADE_EXIT_TIME, at.TRADE_REASON]] = -1.0
    return rows


def _whole(values: np.ndarray) -> np.ndarray:
    return values.astype(np.int64)
