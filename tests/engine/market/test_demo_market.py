"""The demo market: one path on every timeframe, the same bytes for a seed, planted events where they were planted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from engine.errors import EngineInputError
from engine.kernels import demo_market as kernels
from engine.market.bars import Bars
from engine.market.demo import DemoMarket
from engine.market.demo_recipe import ASSETS, HOUR_MS, START_MS, FlashCrash, PlantedGap, RegimeBreak
from engine.market.resample import resample
from engine.market.timeframe import DAY_MS, TIMEFRAMES

YEAR_END = START_MS + 365 * DAY_MS
MINUTES_FROM = YEAR_END - 20 * DAY_MS


@pytest.fixture(scope="module")
def year() -> DemoMarket:
    """2018, with minutes in its last twenty days."""
    return DemoMarket(seed=1, end_ms=YEAR_END, minutes_from_ms=MINUTES_FROM)


def bars_of(market: DemoMarket, symbol: str, timeframe: str) -> Bars:
    bars = market.bars(symbol, timeframe)
    assert bars is not None
    return bars


def assert_equal_bars(left: Bars, right: Bars) -> None:
    for name in ("time", "open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name), err_msg=name)


@pytest.mark.parametrize("symbol", ["BTCUSDT", "LINKUSDT-PERP"])
@pytest.mark.parametrize("timeframe", [name for name in TIMEFRAMES if name != "1m"])
def test_every_timeframe_equals_the_minutes_put_together(year: DemoMarket, symbol: str, timeframe: str) -> None:
    minutes = bars_of(year, symbol, "1m")
    coarse = bars_of(year, symbol, timeframe)

    made = resample(minutes, timeframe)

    whole = made.missing == 0
    first, last = int(made.bars.time[whole][0]), int(made.bars.time[whole][-1])
    assert_equal_bars(made.bars.between(first, last + 1), coarse.between(first, last + 1))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(year: DemoMarket) -> None:
    again = DemoMarket(seed=1, end_ms=YEAR_END, minutes_from_ms=MINUTES_FROM)
    other = DemoMarket(seed=2, end_ms=YEAR_END)
    assert bars_of(again, "ETHUSDT", "1h").data_hash() == bars_of(year, "ETHUSDT", "1h").data_hash()
    assert bars_of(other, "ETHUSDT", "1h").data_hash() != bars_of(year, "ETHUSDT", "1h").data_hash()


@pytest.mark.parametrize(
    ("symbol", "timeframe", "digest"),
    [
        ("BTCUSDT", "1h", "8ee323c5be58b2cebb437519b53c02e3eebd10875993f9893f1bab753bc96693"),
        ("ADAUSDT-PERP", "5m", "db8a558f38dae000281119e66044ec2a4df77b8832f8853b8c363b46162e144b"),
        ("XRPUSDT", "1d", "cab6a55182ea00df808e387673ca729d9698f3c82cae17200e70d003a6c2d3ad"),
    ],
)
def test_regression_pin_of_the_generated_bytes(year: DemoMarket, symbol: str, timeframe: str, digest: str) -> None:
    """Our own past output: when it changes on purpose, raise the recipe's VERSION."""
    assert bars_of(year, symbol, timeframe).data_hash() == digest


def test_regression_pin_of_the_generated_funding(year: DemoMarket) -> None:
    """Our own past output: when it changes on purpose, raise the recipe's VERSION."""
    funding = year.funding("BTCUSDT-PERP")
    assert funding is not None
    assert funding.data_hash() == "418822ffe291905a0f05a41b876226b66f299bbf2a507923e0028cc1c517a3a0"


def test_a_longer_market_only_adds_bars(year: DemoMarket) -> None:
    short = DemoMarket(seed=1, end_ms=START_MS + 90 * DAY_MS)
    assert_equal_bars(
        bars_of(short, "BTCUSDT", "1h"), bars_of(year, "BTCUSDT", "1h").between(START_MS, START_MS + 90 * DAY_MS)
    )


def test_prices_lie_on_the_tick_grid_and_volumes_are_whole_lots(year: DemoMarket) -> None:
    for asset in ASSETS:
        if asset.listed_ms >= YEAR_END:
            continue
        bars = bars_of(year, asset.name + "USDT", "1h")
        for prices in (bars.open, bars.high, bars.low, bars.close):
            ticks = np.round(prices * 10**asset.decimals)
            np.testing.assert_array_equal(prices, ticks / 10**asset.decimals)
        np.testing.assert_array_equal(bars.volume % kernels.LOT, 0)
        assert (bars.volume > 0).all()


def test_a_bar_opens_where_the_one_before_closed(year: DemoMarket) -> None:
    for timeframe in ("1m", "1h", "1d"):
        bars = bars_of(year, "ETHUSDT-PERP", timeframe)
        np.testing.assert_array_equal(bars.open[1:], bars.close[:-1])


def test_the_perpetual_stays_near_spot(year: DemoMarket) -> None:
    spot, perpetual = bars_of(year, "BTCUSDT", "1h"), bars_of(year, "BTCUSDT-PERP", "1h")
    premium = perpetual.close / spot.close - 1
    assert np.abs(premium).max() < 0.0015
    assert 0.00005 < premium.std() < 0.0006


def test_funding_comes_every_eight_hours_and_favours_no_side(year: DemoMarket) -> None:
    funding = DemoMarket().funding("ETHUSDT-PERP")
    assert funding is not None
    assert (np.diff(funding.time) == 8 * HOUR_MS).all()
    assert (funding.time % (8 * HOUR_MS) == 0).all()
    standard_error = funding.rate.std() / np.sqrt(funding.rate.size / 20)
    assert abs(funding.rate.mean()) < 3 * standard_error
    assert 1e-5 < np.abs(funding.rate).mean() < 3e-4
    assert year.funding("ETHUSDT") is None
    assert year.funding("NOPEUSDT-PERP") is None


def test_the_market_says_what_it_is(year: DemoMarket) -> None:
    assert year.generated
    assert year.name == "demo market (generated, seed 1)"
    assert "no edge" in year.notice.message
    planted = DemoMarket(plants=[PlantedGap(START_MS + DAY_MS, 5)])
    assert "planted" in planted.name
    assert "no edge" not in planted.notice.message


def test_symbols_and_timeframes_are_listed_and_others_are_not_there(year: DemoMarket) -> None:
    assert list(DemoMarket().symbols()) == sorted(a.name + "USDT" + end for a in ASSETS for end in ("", "-PERP"))
    assert "SOLUSDT" not in year.symbols()
    assert year.timeframes("BTCUSDT") == TIMEFRAMES
    assert year.timeframes("BTC") == ()
    assert year.bars("BTC", "1h") is None
    assert year.bars("BTCUSDT", "7h") is None
    without_minutes = DemoMarket(end_ms=YEAR_END)
    assert without_minutes.timeframes("BTCUSDT")[0] == "1h"
    assert without_minutes.bars("BTCUSDT", "1m") is None


def test_an_asset_listed_later_begins_later() -> None:
    sol = next(asset for asset in ASSETS if asset.name == "SOL")
    market = DemoMarket(end_ms=sol.listed_ms + 10 * DAY_MS)
    assert bars_of(market, "SOLUSDT", "1h").time[0] == sol.listed_ms
    assert bars_of(market, "SOLUSDT", "1h").open[0] == sol.start_price


def test_a_planted_gap_and_an_outage_are_missing_on_every_timeframe() -> None:
    gap = PlantedGap(MINUTES_FROM + 3 * DAY_MS, 30, "BTC")
    outage = PlantedGap(MINUTES_FROM + 9 * DAY_MS, 3)
    market = DemoMarket(seed=1, end_ms=YEAR_END, minutes_from_ms=MINUTES_FROM, plants=[gap, outage])
    for timeframe, per_hour in (("1m", 60), ("1h", 1)):
        btc, eth = bars_of(market, "BTCUSDT-PERP", timeframe), bars_of(market, "ETHUSDT", timeframe)
        n_whole = (YEAR_END - (MINUTES_FROM if timeframe == "1m" else START_MS)) // HOUR_MS * per_hour
        assert n_whole - btc.n_bars == 33 * per_hour
        assert n_whole - eth.n_bars == 3 * per_hour
        assert btc.between(gap.start_ms, gap.start_ms + 30 * HOUR_MS).n_bars == 0
    assert bars_of(market, "BTCUSDT", "1d").n_bars == 364  # a whole day lies inside the gap


def test_a_flash_crash_falls_at_its_minute_and_comes_back(year: DemoMarket) -> None:
    crash = FlashCrash(MINUTES_FROM + 5 * DAY_MS + 30 * 60_000, 0.3, 10, 90, "ETH")
    market = DemoMarket(seed=1, end_ms=YEAR_END, minutes_from_ms=MINUTES_FROM, plants=[crash])
    calm, crashed = bars_of(year, "ETHUSDT", "1m"), bars_of(market, "ETHUSDT", "1m")
    ratio = crashed.close / calm.close
    at = int(np.searchsorted(calm.time, crash.start_ms))
    assert np.argmin(ratio) == at + 9
    assert ratio.min() == pytest.approx(0.7, abs=1e-4)
    assert ratio[at - 1] == 1.0
    assert ratio[at + 100] == 1.0
    assert_equal_bars(bars_of(year, "BTCUSDT", "1h"), bars_of(market, "BTCUSDT", "1h"))


def test_a_regime_break_changes_nothing_before_and_the_variance_after() -> None:
    at = START_MS + 180 * DAY_MS
    plain = bars_of(DemoMarket(seed=1, end_ms=YEAR_END), "BTCUSDT", "1h")
    broken = bars_of(DemoMarket(seed=1, end_ms=YEAR_END, plants=[RegimeBreak(at, 4.0)]), "BTCUSDT", "1h")
    assert_equal_bars(plain.between(START_MS, at), broken.between(START_MS, at))
    before, after = plain.between(at, YEAR_END), broken.between(at, YEAR_END)
    ratio = np.diff(np.log(after.close)).std() / np.diff(np.log(before.close)).std()
    assert 1.6 < ratio < 2.4


def test_a_planted_drift_moves_the_price_by_that_much_a_day() -> None:
    plain = bars_of(DemoMarket(seed=1, end_ms=YEAR_END), "BTCUSDT", "1d")
    plant = RegimeBreak(START_MS, 1.0, 0.002, "BTC")
    drifting = bars_of(DemoMarket(seed=1, end_ms=YEAR_END, plants=[plant]), "BTCUSDT", "1d")
    growth = np.log(drifting.close / plain.close)
    assert growth[-1] == pytest.approx(0.002 * 365, rel=0.01)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"seed": -1}, "seed is -1"),
        ({"end_ms": START_MS}, "begins at"),
        ({"end_ms": START_MS + 1}, "whole hour"),
        ({"minutes_from_ms": 5}, "whole hour"),
        ({"plants": [PlantedGap(START_MS, 1, "DOGE")]}, "'DOGE' is not in the demo market; allowed: BTC"),
        ({"plants": [PlantedGap(START_MS + 1, 1)]}, "no whole hour"),
        ({"plants": [PlantedGap(START_MS, 0)]}, "n_hours is 0"),
        ({"plants": [FlashCrash(START_MS, 1.5)]}, "depth"),
        ({"plants": [RegimeBreak(START_MS, 0.0)]}, "variance_factor is 0.0"),
    ],
)
def test_settings_that_make_no_market_are_refused(settings: dict[str, object], says: str) -> None:
    with pytest.raises(EngineInputError, match=says):
        DemoMarket(**settings)  # type: ignore[arg-type]


def kernel_inputs(n_hours: int) -> tuple[kernels.AssetShape, kernels.HourInputs]:
    shape = kernels.AssetShape(
        *(np.uint64(11), np.uint64(12), np.uint64(13)),
        *(1.2, 0.004, kernels.Jumps(0.02, 0.01), kernels.Jumps(0.05, 0.01), kernels.Clustering(0.06, 0.07, 0.9)),
        *(100.0, 1000.0, 5.0),
    )
    random = np.random.default_rng(0)
    drift = np.zeros(n_hours)
    drift[2:] = 0.001
    hours = kernels.HourInputs(
        *(random.uniform(0.5, 2, n_hours), random.uniform(0.5, 2, n_hours), random.uniform(0.5, 2, n_hours)),
        *(random.normal(0, 1e-4, n_hours + 1), drift),
    )
    return shape, hours


KERNELS = (
    "bell",
    "crash_factor",
    "minute_extremes",
    "minute_move",
    "minute_volume",
    "next_level",
    "scramble",
    "waiting",
)


@pytest.fixture
def plain_python(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let kernels call one another as plain Python; hashing wraps around on purpose."""
    for name in KERNELS:
        monkeypatch.setattr(kernels, name, getattr(kernels, name).py_func)
    with np.errstate(over="ignore"):
        yield


@pytest.mark.parametrize("step", [1, 15, 60])
def test_the_bar_kernel_equals_its_python_twin(step: int, plain_python: None) -> None:
    shape, hours = kernel_inputs(6)
    crashes = np.array([[250.0, 0.2, 5.0, 20.0]])
    compiled, plain = np.empty((5, 4 * 60 // step)), np.empty((5, 4 * 60 // step))
    kernels.fill_demo_bars(shape, 0.005, hours, crashes, 1, 2, step, compiled)
    kernels.fill_demo_bars.py_func(shape, 0.005, hours, crashes, 1, 2, step, plain)
    np.testing.assert_array_equal(compiled, plain)


COMPILED = {name: getattr(kernels, name) for name in KERNELS}


@pytest.mark.parametrize("name", KERNELS)
def test_each_small_kernel_equals_its_python_twin(name: str, plain_python: None) -> None:
    keys = np.random.default_rng(1).integers(0, 2**64, 200, dtype=np.uint64)
    clustering, crashes = kernels.Clustering(0.06, 0.07, 0.9), np.array([[10.0, 0.2, 5.0, 20.0]])
    arguments: dict[str, Callable[[np.uint64], tuple[object, ...]]] = {
        "bell": lambda key: (key,),
        "crash_factor": lambda key: (float(key % 50), crashes),
        "minute_extremes": lambda key: (key, 1000.0, 1003.0, 0.002),
        "minute_move": lambda key: (key, 7, 0.001, kernels.Jumps(0.3, 0.01)),
        "minute_volume": lambda key: (key, 1.5),
        "next_level": lambda key: (1.3, float(key % 1000) / 1e4 - 0.05, 1e-4, clustering),
        "scramble": lambda key: (key, np.uint64(5)),
        "waiting": lambda key: (key >> np.uint64(32),),
    }
    for key in keys:
        given = arguments[name](key)
        assert COMPILED[name](*given) == getattr(kernels, name)(*given)


def test_the_regime_and_variance_kernels_equal_their_python_twins(plain_python: None) -> None:
    random = np.random.default_rng(2)
    uniform, stay = random.random(400), np.array([5.0, 4.0, 3.0, 2.0])
    step_to = np.array([[0.0, 0.85, 0.98, 1.0], [0.45, 0.45, 0.92, 1.0], [0.15, 0.8, 0.8, 1.0], [0.05, 0.35, 1.0, 1.0]])
    compiled, plain = np.empty(400, np.int64), np.empty(400, np.int64)
    kernels.fill_regimes(uniform, stay, step_to, compiled)
    kernels.fill_regimes.py_func(uniform, stay, step_to, plain)
    np.testing.assert_array_equal(compiled, plain)
    assert set(compiled) == {0, 1, 2, 3}
    arguments = (
        np.uint64(5),
        random.uniform(0.5, 2, 5),
        0.005,
        kernels.Jumps(0.01, 0.01),
        kernels.Clustering(0.06, 0.07, 0.9),
    )
    left, right = np.empty(5), np.empty(5)
    kernels.fill_market_variance(*arguments, left)
    kernels.fill_market_variance.py_func(*arguments, right)
    np.testing.assert_array_equal(left, right)


def test_scramble_is_splitmix64() -> None:
    """First outputs for seed 1234567, as published with Rosetta Code's Splitmix64 task."""
    published = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    with np.errstate(over="ignore"):
        assert [int(kernels.scramble(np.uint64(1234567), np.uint64(k))) for k in range(5)] == published


def test_a_price_that_has_all_but_gone_stands_still() -> None:
    shape, hours = kernel_inputs(4)
    bars = np.empty((5, 4))
    kernels.fill_demo_bars(shape._replace(start_price=0.05), 0.005, hours, np.empty((0, 4)), 0, 0, 60, bars)
    np.testing.assert_array_equal(bars[3], 0.05)
