"""Blocks that are read together or not at all, compressed: a run's trades, a trial's daily returns."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import orjson

from storage.errors import RecordDamaged
from storage.trial_chain import DailyReturns


def pack_trades(trades: list[dict[str, Any]]) -> bytes:
    """Return trade records (JSON data) as compressed JSON.

    >>> unpack_trades(pack_trades([{"asset": "BTC", "netProfit": 1.5}]))
    [{'asset': 'BTC', 'netProfit': 1.5}]
    """
    return zlib.compress(orjson.dumps(trades), level=1)  # half the time of the usual level, a tenth larger


def unpack_trades(block: bytes) -> list[dict[str, Any]]:
    """Return what `pack_trades` packed.

    Raises
    ------
    RecordDamaged
        The block was changed: its checksum does not fit.
    """
    try:
        trades: list[dict[str, Any]] = orjson.loads(zlib.decompress(block))
    except (zlib.error, orjson.JSONDecodeError) as error:
        raise RecordDamaged(f"the trades of a run do not read back: {error}") from error
    return trades


def pack_returns(returns: DailyReturns) -> bytes:
    """Return daily returns as compressed little-endian float32."""
    return zlib.compress(returns.as_bytes(), level=1)


def unpack_returns(first_day_ms: int, block: bytes) -> DailyReturns:
    """Return what `pack_returns` packed.

    Raises
    ------
    RecordDamaged
        The block was changed: its checksum does not fit.
    """
    try:
        values = np.frombuffer(zlib.decompress(block), dtype="<f4")
    except (zlib.error, ValueError) as error:
        raise RecordDamaged(f"the daily returns of a trial do not read back: {error}") from error
    return DailyReturns(first_day_ms, values)
