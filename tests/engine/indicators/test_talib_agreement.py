"""Where TA-Lib has an indicator of the same definition, the column equals TA-Lib's, kernels of our own included."""

from __future__ import annotations

import sys
from subprocess import run

import numpy as np
import pytest
from reference.candles import random_bars

from engine.errors import EngineError
from engine.indicators import talib_loader
from engine.indicators.catalog import CATALOG
from engine.indicators.store import compute_columns
from engine.indicators.talib_loader import load_talib

SOURCE = ("sma", "ema", "wma", "hma", "rma", "dema", "tema", "trima", "kama", "linearreg", "rsi", "roc", "cmo", "trix")
RANGE = ("cci", "atr", "natr", "dx", "plus_di", "minus_di")
RENAMED = {"momentum": "MOM", "stdev": "STDDEV", "highest": "MAX", "lowest": "MIN"}


def talib_columns(name, bars, n):
    talib = load_talib()
    hlc = (bars.high, bars.low, bars.close)
    if name in SOURCE or name in RENAMED:
        return {"value": getattr(talib, RENAMED.get(name, name.upper()))(bars.close, timeperiod=n)}
    if name in RANGE:
        return {"value": getattr(talib, name.upper())(*hlc, timeperiod=n)}
    upper, middle, lower = talib.BBANDS(bars.close, timeperiod=n, nbdevup=2.0, nbdevdn=2.0)
    return {
        "williams_r": {"value": talib.WILLR(*hlc, timeperiod=n)},
        "mfi": {"value": talib.MFI(*hlc, bars.volume, timeperiod=n)},
        "cmf": {"value": talib.CMF(*hlc, bars.volume, timeperiod=n)},
        "vwma": {"value": talib.VWMA(bars.close, bars.volume, timeperiod=n)},
        "bbands": {"upper": upper, "middle": middle, "lower": lower},
        "adx": {"adx": talib.ADX(*hlc, timeperiod=n)},
        "aroon": dict(zip(("down", "up"), talib.AROON(bars.high, bars.low, timeperiod=n), strict=True)),
        "supertrend": {"line": talib.SUPERTREND(*hlc, timeperiod=n, multiplier=3.0)[0]},
        "volume_sma": {"value": talib.SMA(bars.volume, timeperiod=n)},
    }[name]


@pytest.mark.parametrize("length", [2, 3, 14, 20, 55])
@pytest.mark.parametrize(
    "name", [*SOURCE, *RANGE, *RENAMED, "williams_r", "mfi", "cmf", "vwma", "bbands", "adx", "aroon"]
)
def test_columns_equal_talib(name, length):
    bars = random_bars(length, 400, "jumps")
    found = compute_columns(bars, {"one": (name, {"length": length})})
    for output, column in talib_columns(name, bars, length).items():
        np.testing.assert_allclose(found["one", output], column, rtol=1e-9, atol=1e-9, err_msg=output)


def test_indicators_with_several_lengths_equal_talib():
    bars, talib = random_bars(3, 400), load_talib()
    hlc = (bars.high, bars.low, bars.close)
    indicators = {name: (name, {}) for name in ("macd", "ppo", "stoch", "stochf", "ultosc", "psar", "obv")}
    found = compute_columns(bars, indicators)
    expected = {
        **dict(zip((("macd", "line"), ("macd", "signal"), ("macd", "hist")), talib.MACD(bars.close), strict=True)),
        ("ppo", "value"): talib.PPO(bars.close, fastperiod=12, slowperiod=26, matype=1),
        ("ultosc", "value"): talib.ULTOSC(*hlc),
        ("psar", "value"): talib.SAR(bars.high, bars.low, acceleration=0.02, maximum=0.2),
        ("obv", "value"): talib.OBV(bars.close, bars.volume),
    }
    k, d = talib.STOCH(*hlc, fastk_period=14, slowk_period=3, slowk_matype=0, slowd_period=3, slowd_matype=0)
    expected |= {("stoch", "k"): k, ("stoch", "d"): d}
    for name, column in expected.items():
        np.testing.assert_allclose(found[name], column, rtol=1e-9, atol=1e-9, err_msg=str(name))


@pytest.mark.parametrize("length", [2, 7, 20, 100])
def test_a_percentile_is_talibs_nearest_rank(length):
    bars = random_bars(length, 250, "ticks")
    for q in (0.0, 1.0, 10.0, 25.0, 33.3, 50.0, 75.0, 80.0, 95.0, 100.0):
        found = compute_columns(bars, {"p": ("percentile", {"length": length, "q": q})})["p", "value"]
        np.testing.assert_array_equal(found, load_talib().PERCENTILE(bars.close, timeperiod=length, percentile=q))


def test_a_fast_length_above_the_slow_one_keeps_the_sign_as_written():
    """TA-Lib exchanges the two in silence."""
    bars = random_bars(4, 200)
    plain = compute_columns(bars, {"m": ("macd", {"fast": 12, "slow": 26})})
    turned = compute_columns(bars, {"m": ("macd", {"fast": 26, "slow": 12})})
    for output in CATALOG["macd"].outputs:
        np.testing.assert_array_equal(turned["m", output], -plain["m", output])


def test_loading_talib_brings_no_data_frame_library_and_hides_none():
    code = (
        "import sys; from engine.indicators.talib_loader import load_talib; load_talib(); "
        "print('pandas' in sys.modules, 'polars' in sys.modules); import pandas; print(pandas.Series([1]).sum())"
    )
    found = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False", "1"]


def test_a_process_that_changed_talibs_unstable_period_is_refused(monkeypatch):
    class Shifted:
        class abstract:  # noqa: N801 - stands for TA-Lib's module
            @staticmethod
            def Function(name, timeperiod):  # noqa: N802 - TA-Lib's name
                return type("Ema", (), {"lookback": timeperiod + 99})

    monkeypatch.setattr(talib_loader, "_import_quietly", lambda: Shifted)
    with pytest.raises(EngineError, match="starts after 119 bars instead of 19"):
        load_talib.__wrapped__()
