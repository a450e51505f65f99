"""The types made from TA-Lib's metadata: none missing, TA-Lib's own columns, no look ahead, exact warm-up, bounds."""

from __future__ import annotations

import subprocess
import sys
from math import fsum

import numpy as np
import pytest
from reference.candles import KINDS, first_bars, random_bars
from reference.indicator_cases import TALIB, default_inputs, random_inputs

from engine.indicators.catalog import CATALOG, CORE, find_type, nearest_type, resolve_inputs
from engine.indicators.evaluate import unbroken_runs
from engine.indicators.fields import fields
from engine.indicators.indicator_type import Context
from engine.indicators.store import ColumnStore, compute_columns
from engine.indicators.talib_inputs import AVERAGES, PARAMETERS
from engine.indicators.talib_instead import INSTEAD
from engine.indicators.talib_loader import load_talib
from engine.indicators.talib_metadata import talib_functions
from engine.indicators.talib_names import COVERED, RENAMED, type_name
from engine.indicators.talib_types import WITHOUT_EFFECT
from engine.market.bars import make_bars

HOUR = 3_600_000
FUNCTIONS = tuple(load_talib().get_functions())
TWO_SERIES = [name for name in TALIB if CATALOG[name].second_source]
OWN_NAME_OF = {parameter.name: own for own, parameter in PARAMETERS.items()}
GROWS = ("exp", "sinh", "cosh", "acos", "asin")
"""Types that no price keeps within what a float can hold, or that take no price at all."""


RESTLESS = ("cumsum", "maxindex", "minindex", "minmaxindex", "mama", "sarext")
"""Types that move while the price stands still: they count, begin at nothing, or turn at every touch."""


def columns_of(name, bars, inputs):
    return {output: column for (_, output), column in compute_columns(bars, {"one": (name, inputs)}).items()}


def by_talib(function, bars, inputs):
    """Return TA-Lib's columns through its own description of itself, with the inputs under its own names."""
    parameters = {OWN_NAME_OF.get(name, name): value for name, value in inputs.items()}
    told = load_talib().abstract.Function(function)
    given = {
        name: AVERAGES.index(value) if isinstance(value, str) else value
        for name, value in parameters.items()
        if name in told.parameters
    }
    arrays = {name: fields(bars, name) for name in ("open", "high", "low", "close", "volume", "hl2", "hlc3", "ohlc4")}
    names = {"price": "source", "price0": "source", "price1": "source2", "periods": "periods"}
    told.input_names = {own: inputs[names[own]] if own in names else one for own, one in told.input_names.items()}
    told.parameters = given
    found = told(arrays)
    columns = [column.astype(float) for column in (found if isinstance(found, list) else [found])]
    for column in columns:
        column[: told.lookback] = np.nan
    return columns


def without_second_of_itself(name, inputs):
    """Return inputs whose periods are a field of usable size."""
    return inputs | {"periods": "volume"} if name == "mavp" else inputs


def test_every_function_of_talib_is_offered_or_is_a_core_type():
    assert {type_name(function) for function in FUNCTIONS} <= set(CATALOG)
    assert len(FUNCTIONS) == 201
    for function in FUNCTIONS:
        found = find_type(function)
        assert found is not None
        if function in COVERED:
            assert found is CORE[COVERED[function]]
        elif function in RENAMED:
            assert found.core, "the core type keeps the name"
            assert CATALOG[f"talib_{function.lower()}"].talib == function
        else:
            assert (found.name, found.talib, found.core) == (function.lower(), function, False)


def test_the_metadata_kept_is_what_talib_says_of_itself():
    kept = talib_functions()
    assert set(kept) == set(FUNCTIONS)
    for name, function in kept.items():
        told = load_talib().abstract.Function(name).info
        inputs = {own: tuple(read) if own == "prices" else read for own, read in told["input_names"].items()}
        assert dict(function.inputs) == inputs
        assert list(function.inputs) == list(inputs)
        assert list(function.parameters.items()) == list(told["parameters"].items())
        assert list(map(type, function.parameters.values())) == list(map(type, told["parameters"].values()))
        assert function.outputs == tuple(told["output_names"])
        assert function.same_scale == ("Output scale same as input" in (told["function_flags"] or ()))
        assert function.shown == (told["display_name"] if name.startswith("CDL") else "")


def test_the_whole_catalog_is_known_before_talib_is_loaded():
    code = (
        "import sys; from engine.indicators.catalog import CATALOG; "
        "found = ('sin' in CATALOG, 'nothing' in CATALOG, CATALOG.get('nothing'), len(list(CATALOG))); "
        "print(found, 'talib' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == f"(True, False, None, {len(CATALOG)}) False"


@pytest.mark.parametrize("function", COVERED)
def test_a_core_type_that_covers_a_function_takes_its_names_and_gives_its_columns(function):
    told = load_talib().abstract.Function(function)
    drawn = np.random.default_rng(len(function))
    for seed in range(4):
        parameters = {
            name: value if seed == 0 or not isinstance(value, int) else int(drawn.integers(2, 40))
            for name, value in told.parameters.items()
            if not (function == "STDDEV" and name == "nbdev")
        }
        if "fastperiod" in parameters and parameters["fastperiod"] >= parameters["slowperiod"]:
            parameters["slowperiod"] = parameters["fastperiod"] + 5
        if function == "ULTOSC":  # TA-Lib puts its three lengths in order first
            parameters = dict(zip(parameters, sorted(parameters.values()), strict=True))
        bars = random_bars(seed, 300, "walk")
        entry = find_type(function)
        found = columns_of(function.lower(), bars, parameters)
        arrays = {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")}
        columns = told(arrays, **parameters)
        for name, column in zip(told.output_names, columns if isinstance(columns, list) else [columns], strict=True):
            output = entry.find_output("value" if name == "real" else name) or entry.outputs[0]
            expected = column.astype(float)
            expected[: entry.warmup(resolve_inputs(entry, parameters).inputs)] = np.nan
            np.testing.assert_allclose(found[output], expected, 1e-9, 1e-9, err_msg=f"{output} {parameters}")


@pytest.mark.parametrize("name", TALIB)
def test_columns_are_talibs_own(name):
    entry = CATALOG[name]
    for seed in range(6):
        inputs = default_inputs(name) if seed == 0 else random_inputs(name, seed)
        bars = random_bars(seed, 260, "walk")
        for output, column, expected in zip(
            entry.outputs, columns_of(name, bars, inputs).values(), by_talib(entry.talib, bars, inputs), strict=True
        ):
            expected[np.isinf(expected)] = np.nan
            rtol = 1e-9 if entry.talib in INSTEAD else 1e-12
            np.testing.assert_allclose(column, expected, rtol, 1e-9, err_msg=f"{output} {inputs}")


@pytest.mark.no_cover
@pytest.mark.parametrize("name", TALIB)
def test_later_bars_change_no_earlier_value(name):
    for seed, kind in enumerate(KINDS):
        inputs = random_inputs(name, seed)
        bars = random_bars(seed, 300, kind)
        whole = columns_of(name, bars, inputs)
        for cut in (1, 2, 63, 64, 65, 151, 299):
            for output, column in columns_of(name, first_bars(bars, cut), inputs).items():
                np.testing.assert_array_equal(column, whole[output][:cut], f"{output} {inputs} cut at {cut}")


@pytest.mark.parametrize("name", TALIB)
def test_the_first_value_comes_exactly_after_the_warmup(name):
    entry = CATALOG[name]
    for seed, kind in enumerate(KINDS):
        inputs = random_inputs(name, seed) | {"offset": seed % 3}
        warmup = entry.warmup(inputs)
        for output, column in columns_of(name, random_bars(seed, 260, kind), inputs).items():
            assert np.isnan(column[:warmup]).all(), (output, inputs)
            assert not np.isinf(column).any()
            if not entry.unknown:
                assert np.isfinite(column[warmup:]).all(), (output, inputs, kind)


def wild_bars(seed, n_bars=600):
    """Return candles of every shape: no body, no shadow, gaps, ties, the same price for a while."""
    rng = np.random.default_rng(seed)
    body = rng.choice([0.0, 0.02, 0.1, 1.0, 4.0], n_bars) * rng.choice([-1.0, 1.0], n_bars)
    open_ = np.maximum(100.0 + np.cumsum(rng.normal(0.0, 1.0, n_bars) * rng.choice([0.0, 0.1, 1.0], n_bars)), 20.0)
    close = np.maximum(open_ + body * rng.random(n_bars), 1.0)
    follows = rng.random(n_bars - 1) < 0.4
    open_[1:][follows] = close[:-1][follows]
    reach = rng.choice([0.0, 0.0, 0.02, 0.3, 2.0], (2, n_bars)) * rng.random((2, n_bars))
    high, low = np.maximum(open_, close) + reach[0], np.minimum(open_, close) - reach[1]
    if seed % 2:
        open_, high, low, close = (np.round(series, 1) for series in (open_, high, low, close))
    volume = rng.lognormal(3.0, 2.0, n_bars) * (rng.random(n_bars) < 0.8)
    return make_bars("WILD", "1h", np.arange(n_bars) * HOUR, open_, high, low, close, volume)


@pytest.mark.parametrize("name", [name for name in TALIB if CATALOG[name].bounds])
def test_what_talib_computes_lies_within_the_stated_bounds(name):
    """The raw columns: what is kept is held within the bounds, and that may only ever take off a rounded last bit."""
    entry = CATALOG[name]
    for seed in range(8):
        inputs = random_inputs(name, seed)
        bars = wild_bars(seed) if seed < 5 else random_bars(seed, 400, KINDS[seed % len(KINDS)])
        second = fields(bars, inputs[entry.second_source]) if entry.second_source else None
        context = Context(bars, fields(bars, inputs.get("source", "close")), second)
        for output, column in zip(entry.outputs, entry.compute(context, inputs), strict=True):
            if output in entry.bounds:
                low, high = entry.bounds[output]
                found = column[entry.first_value(inputs) :]
                found = found[np.isfinite(found)]
                slack = 1e-9 * max(1.0, *np.abs(found)) if found.size else 0.0
                assert ((found >= low - slack) & (found <= high + slack)).all(), (
                    output,
                    inputs,
                    found.min(),
                    found.max(),
                )


@pytest.mark.parametrize("name", TALIB)
def test_hardly_any_bars_give_columns_of_their_number(name):
    inputs = default_inputs(name)
    for n_bars in (0, 1, 2, 3):
        for column in columns_of(name, random_bars(1, n_bars), inputs).values():
            assert column.shape == (n_bars,)
            assert column.dtype == np.float64
            assert np.isnan(column[: CATALOG[name].warmup(inputs)]).all()


@pytest.mark.parametrize("name", TALIB)
def test_a_flat_market_gives_flat_columns(name):
    entry, inputs = CATALOG[name], default_inputs(name)
    prices, volume = np.full(200, 65_431.17), np.full(200, 3.0)
    bars = make_bars("FLAT", "1h", np.arange(200) * HOUR, prices, prices, prices, prices, volume)
    for output, column in columns_of(name, bars, inputs).items():
        values = column[entry.warmup(inputs) :]
        if np.isnan(values).all():
            assert entry.unknown, output
        elif name in RESTLESS or name.startswith("ht_"):
            assert np.isfinite(values).all()
        elif entry.scale_of(output) == "price" and name not in ("add", "ceil", "floor"):
            np.testing.assert_allclose(values, 65_431.17, rtol=1e-11, atol=0.0, err_msg=output)
        else:
            np.testing.assert_allclose(values, values[-1], rtol=1e-9, atol=1e-6, err_msg=output)


@pytest.mark.parametrize("name", TALIB)
def test_no_volume_at_all_is_unknown_or_quiet(name):
    bars = random_bars(7, 150)
    empty = make_bars("FX", "1h", bars.time, bars.open, bars.high, bars.low, bars.close, np.zeros(150))
    entry, inputs = CATALOG[name], default_inputs(name)
    for output, column in columns_of(name, empty, inputs).items():
        values = column[entry.warmup(inputs) :]
        if "volume" in entry.needs:
            assert np.unique(values).size == 1, output


@pytest.mark.parametrize("price", [1e-8, 1e8])
@pytest.mark.parametrize("name", [name for name in TALIB if name not in GROWS])
def test_tiny_and_huge_prices_stay_defined(name, price):
    inputs = without_second_of_itself(name, default_inputs(name))
    for output, column in columns_of(name, random_bars(8, 200, price=price), inputs).items():
        assert np.isfinite(column[CATALOG[name].warmup(inputs) :]).all(), output


@pytest.mark.parametrize("name", TALIB)
def test_whole_number_bounds_are_those_of_talib(name):
    entry = CATALOG[name]
    for spec in entry.inputs:
        if spec.kind == "int":
            own = OWN_NAME_OF.get(spec.name, spec.name)
            other = {"minperiod": {"maxperiod": 5000}}.get(own, {})

            def bars_needed(value, own=own, other=other):
                return load_talib().abstract.Function(entry.talib, **{own: value}, **other).lookback

            assert bars_needed(int(spec.low)) >= 0
            assert bars_needed(int(spec.low) - 1) < 0, spec.name
            assert bars_needed(int(spec.high)) >= 0


def test_every_parameter_of_talib_is_an_input():
    for name in TALIB:
        entry = CATALOG[name]
        own = {OWN_NAME_OF.get(spec.name, spec.name) for spec in entry.inputs if spec.kind != "source"}
        told = set(load_talib().abstract.Function(entry.talib).parameters)
        assert own == {parameter for parameter in told if (entry.talib, parameter) not in WITHOUT_EFFECT}, name


@pytest.mark.parametrize("name", [name for name in TALIB if CATALOG[name].takes_source])
def test_after_a_gap_in_its_source_an_indicator_begins_anew(name):
    entry, inputs = CATALOG[name], default_inputs(name)
    bars = random_bars(3, 1200, timeframe="15m")
    feed = {"feed": ("opening_range", {"start": "02:00", "end": "03:00"})}
    store = ColumnStore(bars)
    source = store.column("feed.high", feed)
    definitions = {**feed, "one": (name, {**inputs, "source": "feed.high"})}
    column = store.column(f"one.{entry.outputs[0]}" if len(entry.outputs) > 1 else "one", definitions)

    runs = unbroken_runs(source)
    assert len(runs) > 8
    for start, stop in runs:
        first = min(start + entry.first_value(inputs), stop)
        assert np.isnan(column[start:first]).all()
        if not entry.unknown:
            assert np.isfinite(column[first:stop]).all()
    assert np.isnan(column[np.isnan(source)]).all()


@pytest.mark.parametrize("name", TWO_SERIES)
def test_a_type_of_two_series_is_known_where_both_are(name):
    bars = random_bars(5, 200)
    indicators = {
        "slow": ("sma", {"length": 30}),
        "early": ("sma", {"length": 10}),
        "one": (name, default_inputs(name) | {"source": "slow", CATALOG[name].second_source: "early"}),
    }
    store = ColumnStore(bars)
    column = store.column("one", indicators)
    first = 29 + CATALOG[name].first_value(default_inputs(name))
    assert np.isnan(column[:first]).all()
    assert np.isfinite(column[first:]).all()
    assert store.warmups(indicators)["one"] == first


def test_arithmetic_of_two_series_is_that_of_operands():
    bars = random_bars(6, 50)
    indicators = {"mean": ("sma", {"length": 5}), "gap": ("sub", {"source": "close", "source2": "mean"})}
    found = compute_columns(bars, indicators)
    np.testing.assert_array_equal(found["gap", "value"], bars.close - found["mean", "value"])


def test_two_nodes_that_differ_in_their_second_series_are_two():
    bars = random_bars(6, 80)
    indicators = {
        "high_low": ("correl", {"length": 10, "source": "close", "source2": "low"}),
        "with_volume": ("correl", {"length": 10, "source": "close", "source2": "volume"}),
    }
    found = compute_columns(bars, indicators)
    assert not np.allclose(found["high_low", "value"][10:], found["with_volume", "value"][10:])


def test_a_length_read_from_a_series_is_the_average_of_that_length():
    bars = random_bars(2, 120)
    indicators = {
        "steps": ("floor", {"source": "volume"}),
        "moving": ("mavp", {"periods": "steps", "minperiod": 2, "maxperiod": 20}),
    }
    found = compute_columns(bars, indicators)
    for t in range(19, 120):
        bars_back = int(np.clip(found["steps", "value"][t], 2, 20))
        assert found["moving", "value"][t] == pytest.approx(bars.close[t - bars_back + 1 : t + 1].mean(), rel=1e-12)


def test_the_shortest_length_may_not_exceed_the_longest():
    given = {"periods": "volume", "minperiod": 9, "maxperiod": 5}
    (problem,) = resolve_inputs(CATALOG["mavp"], given).problems
    assert (problem.input, problem.code) == ("minperiod", "INPUT_CONFLICT")


@pytest.mark.parametrize("name", ["sum", "var", "rvol", "talib_vwap"])
def test_what_is_computed_here_instead_leaves_no_noise_behind(name):
    """After a spike a window of zeros is zero and a share of it unknown; TA-Lib's running sums give neither."""
    volume = np.concatenate((np.zeros(10), np.random.default_rng(2).random(200) * 1e9, np.zeros(100), np.ones(60)))
    bars = random_bars(4, 370)
    bars = make_bars("X", "1h", bars.time, bars.open, bars.high, bars.low, bars.close, volume)
    inputs = {"length": 20} | ({"source": "volume"} if name in ("sum", "var") else {})
    (column,) = columns_of(name, bars, {} if name == "talib_vwap" else inputs).values()
    if name == "talib_vwap":
        assert np.isnan(column[:10]).all()
        typical = fields(bars, "hlc3")
        exact = fsum(typical * volume) / fsum(volume)
        assert column[-1] == pytest.approx(exact, rel=1e-12)
    elif name == "rvol":
        assert np.isnan(column[231:310]).all()
        assert (column[331:] == 1.0).all()
    else:
        assert (column[231:310] == 0.0).all()
        window = volume[100:120]
        exact = fsum(window) if name == "sum" else fsum((window - fsum(window) / 20) ** 2) / 20
        assert column[119] == pytest.approx(exact, rel=1e-12)


def test_a_pattern_is_found_by_what_people_call_it():
    assert find_type("Morning Star").name == "cdlmorningstar"
    assert find_type("engulfing").name == "cdlengulfing"
    assert find_type("heikin-ashi").name == "ha"
    assert nearest_type("cdlhamer") == "cdlhammer"
    assert nearest_type("linear_reg_slope") == "linearreg_slope"


def test_an_engulfing_bar_says_a_hundred():
    rows = [(100.0, 101.0, 97.5, 98.0)] * 3 + [(97.0, 103.0, 96.5, 102.0)]
    columns = np.array(rows).T
    bars = make_bars("X", "1h", np.arange(4) * HOUR, *columns, np.ones(4))
    (column,) = columns_of("cdlengulfing", bars, {}).values()
    np.testing.assert_array_equal(column, [np.nan, np.nan, 0.0, 100.0])
