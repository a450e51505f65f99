"""A run's trades as one compressed block: they are read together or not at all."""

from __future__ import annotations

import zlib
from typing import Any

import orjson

from storage.errors import RecordDamaged


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
