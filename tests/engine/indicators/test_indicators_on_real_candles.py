"""The catalog on eight years of real hours: by hand, exact far from the start, and without look ahead."""

from __future__ import annotations

import numpy as np
import pytest
from reference.candles import first_bars
from reference.further_formulas import by_hand
from reference.indicator_cases import NAMES, TALIB, default_inputs

from engine.indicators.catalog import CATALOG
from engine.indicators.fields import fields
from engine.indicators.indicator_type import Context
from engine.indicators.store import ColumnStore, compute_columns
from engine.market.bars import FIELDS, make_bars

WINDOW_ALONE = ("sma", "wma", "hma", "trima", "vwma", "linearreg", "roc", "momentum", "cci", "williams_r", "stoch")
WINDOW_ALONE += ("stochf", "ultosc", "aroon", "stdev", "zscore", "realized_vol", "bbands", "highest", "lowest")
WINDOW_ALONE += ("donchian", "percentile", "volume_sma", "mfi", "cmf", "vwap", "ichimoku", "choppiness")


def load(folder, symbol, timeframe):
    from pyarrow.parquet import read_table

    table = read_table(folder / f"{symbol}_{timeframe}.parquet", columns=["timestamp", *FIELDS])
    return make_bars(symbol, timeframe, *(column.to_numpy() for column in table.columns))


@pytest.fixture(scope="module")
def bitcoin(real_data):
    return load(real_data, "BTCUSDT", "1h")


@pytest.mark.parametrize("name", NAMES)
def test_the_first_years_bars_agree_with_the_published_formula(bitcoin, name):
    bars, inputs = first_bars(bitcoin, 700), default_inputs(name)
    found = compute_columns(bars, {"one": (name, inputs)})
    for output, series in by_hand(name, bars, inputs).items():
        if output in CATALOG[name].outputs:
            expected = np.array([np.nan if value is None else value for value in series], dtype=float)
            expected[: CATALOG[name].warmup(inputs)] = np.nan
            np.testing.assert_allclose(found["one", output], expected, rtol=1e-9, atol=1e-7, err_msg=output)


@pytest.mark.parametrize("name", WINDOW_ALONE)
def test_columns_do_not_drift_over_eight_years(bitcoin, name):
    """What depends on its window alone must be the same when history begins 1,000 bars ago."""
    inputs = default_inputs(name)
    late = bitcoin.n_bars - 1000
    recent = bitcoin.between(int(bitcoin.time[late]), int(bitcoin.time[-1]) + 1)
    whole = ColumnStore(bitcoin).columns({"one": (name, inputs)})
    for key, column in ColumnStore(recent).columns({"one": (name, inputs)}).items():
        np.testing.assert_allclose(whole[key][late + 200 :], column[200:], rtol=1e-9, atol=1e-7, err_msg=str(key))


@pytest.mark.parametrize("name", [*NAMES, *TALIB])
def test_real_bars_yet_to_come_change_no_earlier_value(bitcoin, name):
    inputs = default_inputs(name)
    whole = compute_columns(bitcoin, {"one": (name, inputs)})
    for cut in (50_001, 73_000):
        for key, column in compute_columns(first_bars(bitcoin, cut), {"one": (name, inputs)}).items():
            np.testing.assert_array_equal(column, whole[key][:cut], str(key))


@pytest.mark.parametrize("name", [name for name in (*NAMES, *TALIB) if CATALOG[name].bounds])
def test_eight_years_of_hours_stay_within_the_stated_bounds(bitcoin, name):
    entry, inputs = CATALOG[name], default_inputs(name)
    second = fields(bitcoin, inputs[entry.second_source]) if entry.second_source else None
    source = fields(bitcoin, inputs.get("source") or "close")
    for output, column in zip(entry.outputs, entry.compute(Context(bitcoin, source, second), inputs), strict=True):
        low, high = entry.bounds.get(output, (-np.inf, np.inf))
        known = column[entry.first_value(inputs) :]
        known = known[np.isfinite(known)]
        assert ((known >= low - 1e-9) & (known <= high + 1e-9)).all(), (output, known.min(), known.max())
