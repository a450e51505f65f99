"""The column store: chains, sharing, the byte budget, and what it refuses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from reference.candles import random_bars

from engine.errors import EngineInputError
from engine.indicators.catalog import CATALOG, OWN
from engine.indicators.graph import longest_warmup, warmups
from engine.indicators.store import ColumnStore, compute_columns

BARS = random_bars(1, 300)
CHAIN = {
    "macd_1": ("macd", {}),
    "smooth": ("sma", {"length": 5, "source": "macd_1.histogram"}),
    "again": ("ema", {"length": 3, "source": "smooth"}),
}


def test_an_indicator_reads_another_one():
    columns = compute_columns(BARS, CHAIN)

    hist = columns["macd_1", "hist"]
    expected = [np.nan if t < 37 else np.mean(hist[t - 4 : t + 1]) for t in range(300)]
    np.testing.assert_allclose(columns["smooth", "value"], expected, rtol=1e-12, atol=1e-15)
    assert np.isfinite(columns["again", "value"][39:]).all()
    assert np.isnan(columns["again", "value"][:39]).all()


def test_the_order_in_which_indicators_are_written_does_not_matter():
    forward = compute_columns(BARS, CHAIN)
    backward = compute_columns(BARS, dict(reversed(CHAIN.items())))
    assert set(forward) == set(backward)
    for name, column in forward.items():
        np.testing.assert_array_equal(column, backward[name])


def test_the_warmup_of_a_chain_is_the_sum_of_its_parts():
    assert warmups(CHAIN) == {"macd_1": 33, "smooth": 37, "again": 39}
    assert longest_warmup(CHAIN) == 39
    assert longest_warmup({}) == 0
    assert warmups({"s": ("sma", {"length": 5, "offset": 3})}) == {"s": 7}


def test_the_stated_warmup_is_the_first_defined_bar_of_every_chained_type():
    for name, entry in OWN.items():
        if entry.takes_source and name != "williams_r":
            indicators = {"base": ("rsi", {"length": 3, "offset": 2}), "top": (name, {"source": "base"})}
            column = ColumnStore(BARS).column(f"top.{entry.outputs[0]}", indicators)
            first = warmups(indicators)["top"]
            assert np.isnan(column[:first]).all(), name
            assert entry.unknown or np.isfinite(column[first:]).all(), name


def test_offset_reads_earlier_bars():
    plain = compute_columns(BARS, {"a": ("ema", {"length": 7})})["a", "value"]
    for offset in (1, 5, 299, 300, 1000):
        moved = compute_columns(BARS, {"a": ("ema", {"length": 7, "offset": offset})})["a", "value"]
        expected = np.full(300, np.nan)
        expected[offset:] = plain[: max(300 - offset, 0)]
        np.testing.assert_array_equal(moved, expected)


def test_equal_indicators_are_computed_once_whatever_they_are_called():
    store = ColumnStore(BARS)
    indicators = {
        "fast": ("ema", {"length": 12}),
        "quick": ("exponential_moving_average", {"period": 12, "source": "close"}),
        "late": ("ema", {"length": 12, "offset": 3}),
        "bands": ("bb", {"mult": 2}),
        "same_bands": ("bbands", {"length": 20, "stddev": 2.0}),
        "of_fast": ("sma", {"length": 5, "source": "fast"}),
        "of_quick": ("sma", {"length": 5, "source": "quick"}),
        "of_late": ("sma", {"length": 5, "source": "late"}),
    }

    first = store.columns(indicators)

    assert store.computations == 4  # the average, the bands, an average of it, an average of it three bars late
    assert first["fast", "value"] is first["quick", "value"]
    assert first["of_fast", "value"] is first["of_quick", "value"]
    assert first["of_fast", "value"] is not first["of_late", "value"]
    store.columns(indicators)
    store.column("other.upper", {"other": ("bollinger", {"window": 20})})
    assert store.computations == 4


def test_columns_cannot_be_changed_by_a_reader():
    store = ColumnStore(BARS)
    for name in ("close", "s", "late"):
        column = store.column(name, {"s": ("highest", {"length": 1}), "late": ("sma", {"length": 2, "offset": 1})})
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0.0


def test_fields_are_columns_too():
    store = ColumnStore(BARS)
    assert store.column("close", {}) is BARS.close
    np.testing.assert_array_equal(store.column("hl2", {}), (BARS.high + BARS.low) / 2)


def test_the_store_lets_go_of_what_was_not_used_for_longest():
    store = ColumnStore(BARS, byte_budget=3 * BARS.close.nbytes)
    for length in (2, 3, 4):
        store.computed("sma", {"length": length})
    store.computed("sma", {"length": 2})
    store.computed("sma", {"length": 5})  # drops 3

    assert store.held_bytes == 3 * BARS.close.nbytes
    assert store.computations == 4
    store.computed("sma", {"length": 2})
    assert store.computations == 4
    again = store.computed("sma", {"length": 3})
    assert store.computations == 5
    np.testing.assert_array_equal(again, ColumnStore(BARS).computed("sma", {"length": 3}))


def test_a_column_larger_than_the_budget_is_handed_out_and_not_kept():
    store = ColumnStore(BARS, byte_budget=10)
    assert np.isfinite(store.computed("sma", {"length": 2})[1:]).all()
    assert store.held_bytes == 0


def test_computed_names_an_output_by_any_of_its_names():
    store = ColumnStore(BARS)
    np.testing.assert_array_equal(
        store.computed("macd", {}, "histogram"), store.column("m.hist", {"m": ("macd", {"fast": 12})})
    )


def test_an_entry_may_stand_for_its_name():
    assert compute_columns(BARS, {"a": (CATALOG["atr"], {})})["a", "value"].shape == (300,)


def test_several_threads_share_one_store():
    store = ColumnStore(BARS, byte_budget=8 * BARS.close.nbytes)
    wanted = [("sma", {"length": 2 + number % 10}) for number in range(200)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda one: store.computed(*one), wanted))
    for (name, inputs), column in zip(wanted, found, strict=True):
        np.testing.assert_array_equal(column, ColumnStore(BARS).computed(name, inputs))


@pytest.mark.parametrize(
    ("name", "indicators", "message"),
    [
        ("ema_fats", {"ema_fast": ("ema", {})}, "no bar field and no indicator's key .did you mean 'ema_fast'"),
        ("m", {"m": ("macd", {})}, "'m' has several outputs; allowed: m.line, m.signal, m.hist"),
        ("m.lime", {"m": ("macd", {})}, "'m' has no output 'lime'.*did you mean 'line'"),
        ("a", {"a": ("sma", {"source": "b"}), "b": ("sma", {"source": "a"})}, "in a circle: a -> b -> a"),
        ("a", {"a": ("sma", {"source": "a"})}, "in a circle: a -> a"),
        ("a", {"a": ("supertrand", {})}, "no type 'supertrand' .did you mean 'supertrend'"),
        ("a", {"a": ("xyzzy", {})}, "no type 'xyzzy'$"),
        ("a", {"a": ("sma", {"length": 0})}, "indicator 'a': 'length' is 0: must be a whole number"),
        ("a", {"a": ("sma", {"timeframe": "30m"})}, "timeframe '30m' is no whole multiple of 1h; allowed: 1h, 2h, 4h"),
        (
            "a",
            {"a": ("sma", {"timeframe": "4h", "source": "b"}), "b": ("sma", {})},
            "on 4h cannot read one on 1h: a source must be on the same or a higher timeframe",
        ),
    ],
)
def test_what_cannot_be_a_column_is_refused_with_its_reason(name, indicators, message):
    with pytest.raises(EngineInputError, match=message):
        ColumnStore(BARS).column(name, indicators)


def test_the_bars_own_timeframe_may_be_written_out():
    np.testing.assert_array_equal(
        ColumnStore(BARS).computed("sma", {"timeframe": "1h"}), ColumnStore(BARS).computed("sma", {})
    )


def test_a_store_of_other_bars_is_refused():
    with pytest.raises(EngineInputError, match=r"other bars \(TEST 1h\)"):
        compute_columns(random_bars(1, 300), CHAIN, ColumnStore(BARS))
    assert compute_columns(BARS, CHAIN, ColumnStore(BARS)).keys() == compute_columns(BARS, CHAIN).keys()
