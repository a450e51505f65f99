"""What the catalog says of itself: names, defaults and conventions as agreed, aliases that mean one thing."""

from __future__ import annotations

import math
import re
import subprocess
import sys

import pytest
from reference.indicator_cases import NAMES

from engine.indicators.catalog import CATALOG, CORE, catalog_of, find_type, nearest_type, resolve_inputs, type_names
from engine.indicators.fields import FIELD_NAMES
from engine.indicators.indicator_type import MAX_LENGTH

ENTRIES = list(CATALOG.values())

SPECIFIED = {
    **{name: ({"length": 20, "source": "close"}, ("value",)) for name in ("sma", "ema", "wma", "hma", "rma")},
    **{name: ({"length": 14, "source": "close"}, ("value",)) for name in ("rsi", "roc", "momentum", "williams_r")},
    **{name: ({"length": 14, "source": "hlc3"}, ("value",)) for name in ("cci", "mfi")},
    **{name: ({"length": 20, "source": "close"}, ("value",)) for name in ("zscore", "stdev", "highest", "lowest")},
    "macd": ({"fast": 12, "slow": 26, "signal": 9, "source": "close"}, ("line", "signal", "hist")),
    "bbands": ({"length": 20, "stddev": 2.0, "source": "close"}, ("upper", "middle", "lower", "width", "percent")),
    "stoch": ({"k": 14, "d": 3, "smooth": 3}, ("k", "d")),
    "stochrsi": ({"length": 14, "k": 3, "d": 3, "source": "close"}, ("k", "d")),
    "adx": ({"length": 14}, ("adx", "plus_di", "minus_di")),
    "atr": ({"length": 14}, ("value",)),
    "natr": ({"length": 14}, ("value",)),
    "realized_vol": ({"length": 30}, ("value",)),
    "keltner": ({"length": 20, "multiplier": 2.0, "atr_length": 10}, ("upper", "middle", "lower")),
    "donchian": ({"length": 20}, ("upper", "middle", "lower", "width")),
    "supertrend": ({"length": 10, "multiplier": 3.0}, ("line", "direction")),
    "psar": ({"step": 0.02, "max": 0.2}, ("value",)),
    "obv": ({}, ("value",)),
    "vwap": ({"session": "day", "length": None}, ("value",)),
    "volume_sma": ({"length": 20}, ("value",)),
    "aroon": ({"length": 14}, ("up", "down", "oscillator")),
    "opening_range": ({"start": "09:30", "end": "10:00", "tz": "America/New_York"}, ("high", "low")),
    "percentile": ({"length": 20, "q": 50.0, "source": "close"}, ("value",)),
}
"""The core table of the specification: inputs with their defaults, and outputs."""


@pytest.mark.parametrize("name", SPECIFIED)
def test_the_core_table_has_its_defaults_and_outputs(name):
    entry = CATALOG[name]
    inputs, outputs = SPECIFIED[name]

    assert resolve_inputs(entry, entry.example).inputs == {**inputs, "offset": 0, "timeframe": None}
    assert entry.outputs == outputs


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("bollinger", "bbands"),
        ("BB", "bbands"),
        ("Bollinger Bands", "bbands"),
        ("mom", "momentum"),
        ("willr", "williams_r"),
        ("stochastic", "stoch"),
        ("std", "stdev"),
        ("max", "highest"),
        ("min", "lowest"),
        ("parabolic-sar", "psar"),
        ("kc", "keltner"),
        ("dc", "donchian"),
        ("smma", "rma"),
        (" RSI ", "rsi"),
        ("stoch_rsi", "stochrsi"),
    ],
)
def test_what_people_write_finds_the_type_they_mean(written, meant):
    found = find_type(written)
    assert found is not None
    assert found.name == meant


def test_an_unknown_type_is_not_guessed_but_its_nearest_name_is_known():
    assert find_type("supertrand") is None
    assert nearest_type("supertrand") == "supertrend"
    assert nearest_type("bolinger_bands") == "bbands"
    assert nearest_type("xyzzy") is None


def test_no_two_entries_share_a_name_or_an_alias():
    with pytest.raises(ValueError, match="'sma' names both sma and sma"):
        catalog_of([CATALOG["sma"], CATALOG["sma"]])
    for entry in ENTRIES:
        for name in (entry.name, *entry.aliases):
            found = find_type(name)
            assert found is entry, name


def test_type_names_are_the_catalog_with_the_core_first():
    assert type_names() == (*sorted(CORE), *sorted(set(CATALOG) - set(CORE)))


@pytest.mark.parametrize("entry", ENTRIES, ids=list(CATALOG))
def test_inputs_and_their_aliases_are_told_apart(entry):
    words = [word for spec in entry.accepted for word in (spec.name, *spec.aliases)]
    assert len(words) == len(set(words))
    assert all(word == word.lower() for word in words)


@pytest.mark.parametrize("entry", ENTRIES, ids=list(CATALOG))
def test_output_aliases_lead_to_outputs_and_hide_none(entry):
    for alias, output in entry.output_aliases.items():
        assert output in entry.outputs
        assert alias not in entry.outputs
        assert entry.find_output(alias.upper()) == output
    for output in entry.outputs:
        assert entry.find_output(output) == output
    assert entry.find_output("nothing") is None


@pytest.mark.parametrize("entry", ENTRIES, ids=list(CATALOG))
def test_an_entry_describes_itself(entry):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", entry.name)
    assert entry.summary.endswith(".")
    assert "\n" not in entry.summary
    assert set(entry.needs) <= set(FIELD_NAMES)
    assert entry.needs or entry.takes_source
    assert set(entry.bounds) | set(entry.output_scales) <= set(entry.outputs)
    for low, high in entry.bounds.values():
        assert low < high
    for spec in entry.inputs:
        assert spec.description.endswith(".")
        assert spec.required or spec.default is not None or spec.name in ("length", "date")
        if spec.kind == "int":
            assert 1 <= spec.low <= MAX_LENGTH == spec.high
        if spec.kind == "float":
            assert math.isfinite(spec.low)
            assert spec.low <= spec.default <= spec.high


@pytest.mark.parametrize("entry", ENTRIES, ids=list(CATALOG))
def test_the_example_of_an_entry_resolves_and_stays_resolved(entry):
    resolved = resolve_inputs(entry, entry.example)
    assert resolved.problems == ()
    assert resolve_inputs(entry, resolved.inputs) == resolved


@pytest.mark.parametrize("name", [name for name in NAMES if name != "opening_range"])
def test_only_an_opening_range_has_inputs_without_a_default(name):
    assert resolve_inputs(CATALOG[name], {}).problems == ()


def test_reading_the_catalog_loads_nothing_heavy():
    code = (
        "import sys; import engine.indicators.store, engine.indicators.catalog as c; "
        "c.resolve_inputs(c.CATALOG['rsi'], {}); "
        "print([m for m in ('numba', 'talib', 'pandas', 'scipy', 'pyarrow') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
