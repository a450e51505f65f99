"""Over the whole catalog: hardly any bars, flat, tiny and huge prices, no volume, windows as long as the history."""

from __future__ import annotations

import numpy as np
import pytest
from reference.candles import random_bars
from reference.indicator_cases import BY_THE_CLOCK, NAMES, default_inputs

from engine.indicators.catalog import CATALOG
from engine.indicators.indicator_type import MAX_LENGTH
from engine.indicators.store import compute_columns
from engine.market.bars import make_bars

HOUR = 3_600_000
WITH_LENGTH = [name for name in NAMES if name != "vwap" and any(spec.name == "length" for spec in CATALOG[name].inputs)]


def columns_of(name, bars, inputs):
    return {output: column for (_, output), column in compute_columns(bars, {"one": (name, inputs)}).items()}


def flat_bars(n_bars, price=0.1, volume=3.0):
    prices = np.full(n_bars, price)
    return make_bars("FLAT", "1h", np.arange(n_bars) * HOUR, prices, prices, prices, prices, np.full(n_bars, volume))


@pytest.mark.parametrize("n_bars", [0, 1, 2, 3])
@pytest.mark.parametrize("name", NAMES)
def test_hardly_any_bars_give_columns_of_their_number(name, n_bars):
    inputs = default_inputs(name)
    columns = columns_of(name, random_bars(1, n_bars), inputs)

    assert list(columns) == list(CATALOG[name].outputs)
    for column in columns.values():
        assert column.shape == (n_bars,)
        assert column.dtype == np.float64
        assert np.isnan(column[: CATALOG[name].warmup(inputs)]).all()


@pytest.mark.parametrize("name", WITH_LENGTH)
def test_a_window_longer_than_the_history_is_never_defined(name):
    for length in (61, MAX_LENGTH):
        inputs = default_inputs(name) | {"length": length}
        for output, column in columns_of(name, random_bars(2, 60), inputs).items():
            assert np.isnan(column).all(), output


@pytest.mark.parametrize("name", WITH_LENGTH)
def test_a_window_as_long_as_the_history_works(name):
    inputs = default_inputs(name) | {"length": 60}
    warmup = CATALOG[name].warmup(inputs)
    for output, column in columns_of(name, random_bars(2, max(60, warmup + 1)), inputs).items():
        assert np.isnan(column[:warmup]).all(), output
        assert np.isfinite(column[warmup:]).all(), output


@pytest.mark.parametrize("name", NAMES)
def test_the_shortest_allowed_windows_work(name):
    inputs = default_inputs(name)
    inputs |= {spec.name: int(spec.low) for spec in CATALOG[name].inputs if spec.kind == "int" and spec.default}
    for output, column in columns_of(name, random_bars(6, 80), inputs).items():
        if name not in BY_THE_CLOCK:
            assert np.isfinite(column[CATALOG[name].warmup(inputs) :]).all(), output


@pytest.mark.parametrize("price", [0.1, 7e-9, 65_431.17])
@pytest.mark.parametrize("name", NAMES)
def test_a_flat_market_gives_flat_columns(name, price):
    entry, inputs = CATALOG[name], default_inputs(name)
    for output, column in columns_of(name, flat_bars(150, price), inputs).items():
        values = column[entry.warmup(inputs) :]
        if name in BY_THE_CLOCK:
            values = values[np.isfinite(values)]
        if np.isnan(values).all():
            assert entry.unknown, output
        elif entry.scale_of(output) == "price":
            np.testing.assert_allclose(values, price, rtol=1e-14, atol=0.0, err_msg=output)
        else:
            assert np.unique(values).size == 1, output


@pytest.mark.parametrize("name", ["sma", "wma", "hma", "trima", "vwma"])
def test_an_average_of_windows_equals_a_flat_price_exactly(name):
    """A last bit of rounding would make a flat price cross its own average."""
    bars = random_bars(4, 200, "walk")
    close = bars.close.copy()
    close[80:] = 0.3
    for length in (2, 7, 20):
        still = make_bars("X", "1h", bars.time, close, close, close, close, bars.volume)
        (column,) = columns_of(name, still, {"length": length}).values()
        np.testing.assert_array_equal(column[130:], 0.3)


@pytest.mark.parametrize("name", NAMES)
def test_no_volume_at_all_is_unknown_or_zero_and_never_a_signal(name):
    bars = random_bars(7, 150)
    empty = make_bars("FX", "1h", bars.time, bars.open, bars.high, bars.low, bars.close, np.zeros(150))
    inputs = default_inputs(name)
    for output, column in columns_of(name, empty, inputs).items():
        values = column[CATALOG[name].warmup(inputs) :]
        if name in ("vwma", "vwap", "mfi", "cmf", "anchored_vwap"):
            assert np.isnan(values).all()
        elif name in ("obv", "volume_sma"):
            assert (values == 0.0).all()
        elif name not in BY_THE_CLOCK:
            assert np.isfinite(values).all(), output


@pytest.mark.parametrize("price", [1e-12, 1e12])
@pytest.mark.parametrize("name", NAMES)
def test_tiny_and_huge_prices_stay_defined(name, price):
    inputs = default_inputs(name)
    for output, column in columns_of(name, random_bars(8, 200, price=price), inputs).items():
        if name not in BY_THE_CLOCK:
            assert np.isfinite(column[CATALOG[name].warmup(inputs) :]).all(), output


def test_a_change_from_nothing_is_unknown_and_not_infinite():
    prices = np.full(5, 10.0)
    bars = make_bars("X", "1h", np.arange(5) * HOUR, prices, prices, prices, prices, [0.0, 3.0, 6.0, 0.0, 0.0])

    (column,) = columns_of("roc", bars, {"length": 1, "source": "volume"}).values()

    np.testing.assert_array_equal(column, [np.nan, np.nan, 100.0, -100.0, np.nan])


def test_one_price_for_ever_after_a_move_leaves_the_stochastic_rsi_at_rest():
    """The RSI then stands still but for its last bits, whose own range would be noise between 0 and 100."""
    moving = random_bars(9, 60).close
    close = np.concatenate((moving, np.full(60, moving[-1])))
    bars = make_bars("X", "1h", np.arange(120) * HOUR, close, close, close, close, np.ones(120))

    (k, d) = columns_of("stochrsi", bars, {"length": 5}).values()

    assert (k[80:] == 0.0).all()
    assert (d[80:] == 0.0).all()
