"""Digests of candles are kept, and never of other candles than those asked for."""

import numpy as np

from engine.market.bars import Bars, make_bars

HOUR = 3_600_000


def bars(n_bars=10):
    price = np.arange(1.0, n_bars + 1.0)
    return make_bars("BTC", "1h", np.arange(n_bars) * HOUR, price, price, price, price, price)


def fresh(one):
    """The same candles without anything kept."""
    return Bars(one.symbol, one.timeframe, one.time, one.open, one.high, one.low, one.close, one.volume)


def test_parts_of_parts_have_the_digest_of_their_own_candles():
    whole = bars()
    later = whole.between(2 * HOUR, 9 * HOUR)
    parts = [whole, later, later.between(4 * HOUR, 20 * HOUR), whole.between(4 * HOUR, 9 * HOUR), whole.between(0, 0)]

    for _ in range(2):
        assert [part.data_hash() for part in parts] == [fresh(part).data_hash() for part in parts]
    assert parts[2].data_hash() == parts[3].data_hash() != parts[1].data_hash()


def test_of_candles_that_may_change_nothing_is_kept():
    one = bars()
    loose = Bars("BTC", "1h", one.time, one.open, one.high, one.low, one.close.copy(), one.volume)
    before = loose.data_hash()

    loose.close[0] = 1.5

    assert loose.data_hash() != before
