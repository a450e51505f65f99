"""The mean price of the last minutes, at which the package opens and watches positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.verify.backtest_kit.version import KitError

if TYPE_CHECKING:
    from collections.abc import Sequence

CANDLES = 5


def average_price(candles: Sequence[Sequence[float]]) -> float:
    """Return the volume-weighted typical price of the last five candles, their mean close without volume.

    Each candle is (high, low, close, volume). Which five are the last is another matter: up to 1.10 the one that
    opens at the moment is among them, which is a look ahead; from 18.7 on all of them have closed.

    >>> average_price([(101.0, 99.0, 100.0, 1.0), (104.0, 101.0, 101.0, 3.0)])
    101.5
    """
    last = candles[-CANDLES:]
    if not last:
        raise KitError("no_candles", "there are no candles to average")
    volume = sum(candle[3] for candle in last)
    if volume == 0.0:
        return sum(candle[2] for candle in last) / len(last)
    return sum((high + low + close) / 3.0 * weight for high, low, close, weight in last) / volume
