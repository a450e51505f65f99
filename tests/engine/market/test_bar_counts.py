"""Every source of candles tells how many bars it has without reading them, and the validator asks."""

import copy

import pytest

from engine.market.demo import DemoMarket
from engine.market.memory import MemoryMarket
from engine.spec import check
from engine.spec.examples import SMA_CROSS
from storage.candles import CandleStore


@pytest.fixture(scope="module")
def short_market():
    return DemoMarket(end_ms=1_514_764_800_000 + 60 * 86_400_000)  # sixty days


def test_the_counts_are_those_of_the_bars(short_market, tmp_path):
    bars = short_market.bars("BTCUSDT", "4h")
    store = CandleStore(tmp_path)
    store.write(bars)

    for market in (short_market, MemoryMarket([bars]), store):
        assert market.n_bars("BTCUSDT", "4h") == bars.n_bars == 360
        assert market.span("BTCUSDT", "4h") == (bars.time[0], bars.time[-1] + bars.interval_ms)
        assert market.n_bars("NONEUSDT", "4h") == 0
        assert market.span("NONEUSDT", "4h") is None


def test_a_file_that_cannot_be_read_counts_nothing(tmp_path):
    (tmp_path / "BTCUSDT_1h.parquet").write_bytes(b"")

    assert CandleStore(tmp_path).n_bars("BTCUSDT", "1h") == 0
    assert CandleStore(tmp_path).span("BTCUSDT", "1h") is None


def test_a_warm_up_longer_than_the_data_is_a_warning(short_market):
    spec = copy.deepcopy(SMA_CROSS)
    spec["indicators"]["sma_slow"]["inputs"]["length"] = 2_000

    problems = check(spec, catalog=short_market).problems

    assert {problem.path for problem in problems if problem.code == "WARMUP_EXCEEDS_DATA"} == {
        "$.universe.assets[0]",
        "$.universe.assets[1]",
    }
