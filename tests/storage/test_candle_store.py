"""The candle store: what is written comes back, nothing is ever half there, broken files are told."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import DataError
from engine.market.bars import Bars, FundingSeries, make_bars
from storage import candle_files
from storage.candles import GENERATED_MARK, CandleStore

HOUR = 3_600_000


def bars(hours: range | list[int], symbol: str = "BTCUSDT", price: float = 100.0) -> Bars:
    time = HOUR * np.array(hours, dtype=np.int64)
    close = price + np.sin(np.array(hours, dtype=float))
    return make_bars(symbol, "1h", time, close, close + 1, close - 1, close, np.arange(time.size) * 0 + 2.0)


def assert_equal_bars(left: Bars | None, right: Bars) -> None:
    assert left is not None
    assert left.data_hash() == right.data_hash()


@pytest.fixture
def store(tmp_path: Path) -> CandleStore:
    return CandleStore(tmp_path / "candles", create=True)


def test_what_is_written_comes_back_bit_for_bit(store: CandleStore) -> None:
    random = np.random.default_rng(0)
    close = random.uniform(1e-8, 1e8, 500)
    written = make_bars("X", "1m", 60_000 * np.arange(500), close, close * 1.1, close / 1.1, close, random.random(500))
    store.write(written)
    assert_equal_bars(store.bars("X", "1m"), written)
    assert_equal_bars(CandleStore(store.folder).bars("X", "1m"), written)


def test_symbols_and_timeframes_are_listed_and_other_files_ignored(store: CandleStore) -> None:
    store.write(bars(range(5), "ETHUSDT"))
    store.write(bars(range(5), "BTCUSDT-PERP"))
    for name in (
        "README.md",
        "btcusdt_1h.parquet",
        "BTCUSDT_7h.parquet",
        "BTC USDT_1h.parquet",
        ".X_1h.parquet",
        "_1h.parquet",
    ):
        (store.folder / name).write_bytes(b"")
    assert store.symbols() == ("BTCUSDT-PERP", "ETHUSDT")
    assert store.timeframes("ETHUSDT") == ("1h",)
    assert store.timeframes("../ETHUSDT") == ()
    assert store.bars("../ETHUSDT", "1h") is None
    assert store.bars("ETHUSDT", "1d") is None
    assert store.funding("ETHUSDT") is None
    assert store.funding("../X") is None


def test_timeframes_come_shortest_first(store: CandleStore) -> None:
    for timeframe in ("1d", "1m", "1h"):
        one = np.ones(1)
        store.write(make_bars("X", timeframe, [0], one, one, one, one, one))
    assert store.timeframes("X") == ("1m", "1h", "1d")
    assert [(one.timeframe, one.n_bars) for one in store.stored_series()] == [("1m", 1), ("1h", 1), ("1d", 1)]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.sets(st.integers(0, 60), min_size=1), second=st.sets(st.integers(0, 60), min_size=1))
def test_writing_twice_is_the_union_in_time_order(store: CandleStore, first: set[int], second: set[int]) -> None:
    (store.folder / "BTCUSDT_1h.parquet").unlink(missing_ok=True)
    store.write(bars(sorted(first)))
    done = store.write(bars(sorted(second)))
    assert_equal_bars(store.bars("BTCUSDT", "1h"), bars(sorted(first | second)))
    assert (done.added, done.replaced, done.n_bars) == (len(second - first), 0, len(first | second))


def test_bars_that_disagree_are_refused_and_the_stored_ones_stay(store: CandleStore) -> None:
    store.write(bars(range(10)))
    with pytest.raises(
        DataError, match=r"3 of 5 bars stored already differ here, the first at 1970-01-01T07:00:00.000Z; --repl"
    ):
        store.write(make_mixed())
    assert_equal_bars(store.bars("BTCUSDT", "1h"), bars(range(10)))


def make_mixed() -> Bars:
    """Hours 5 to 14: 5 and 6 as stored, the rest at another price."""
    same, other = bars(range(5, 7)), bars(range(7, 15), price=200.0)
    joined = {
        name: np.concatenate([getattr(same, name), getattr(other, name)])
        for name in ("time", "open", "high", "low", "close", "volume")
    }
    return make_bars("BTCUSDT", "1h", **joined)


def test_replace_lets_the_new_bars_win_and_keeps_the_others(store: CandleStore) -> None:
    store.write(bars(range(10)))
    done = store.write(make_mixed(), replace=True)
    assert (done.added, done.replaced, done.n_bars) == (5, 3, 15)
    stored = store.bars("BTCUSDT", "1h")
    assert stored is not None
    np.testing.assert_array_equal(stored.close[:7], bars(range(7)).close)
    np.testing.assert_array_equal(stored.close[7:], make_mixed().close[2:])


def test_writing_what_is_there_already_leaves_the_file_alone(store: CandleStore) -> None:
    store.write(bars(range(10)))
    path = store.folder / "BTCUSDT_1h.parquet"
    before = path.stat().st_ino
    done = store.write(bars(range(3, 6)))
    assert (done.added, done.replaced) == (0, 0)
    assert path.stat().st_ino == before


def test_funding_is_kept_merged_and_the_new_events_win(store: CandleStore) -> None:
    def series(hours: list[int], rate: float) -> FundingSeries:
        return FundingSeries("X-PERP", HOUR * np.array(hours, dtype=np.int64), np.full(len(hours), rate))

    assert store.write_funding(series([0, 8, 16], 1e-4)) == 3
    assert store.write_funding(series([16, 24], 2e-4)) == 4
    stored = store.funding("X-PERP")
    assert stored is not None
    assert stored.time.tolist() == [0, 8 * HOUR, 16 * HOUR, 24 * HOUR]
    assert stored.rate.tolist() == [1e-4, 1e-4, 2e-4, 2e-4]
    assert not stored.rate.flags.writeable
    assert store.symbols() == ()


@pytest.mark.parametrize("moment", ["write_table", "fsync", "replace"])
def test_a_write_that_breaks_off_leaves_the_old_file_whole(
    store: CandleStore, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    store.write(bars(range(5)))

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    if moment == "write_table":
        monkeypatch.setattr(pq, "write_table", fail)
    elif moment == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(DataError, match=r"cannot be written .No space left on device"):
        store.write(bars(range(10)))
    assert_equal_bars(store.bars("BTCUSDT", "1h"), bars(range(5)))
    assert sorted(path.name for path in store.folder.iterdir()) == ["BTCUSDT_1h.parquet"]


def test_a_process_killed_while_writing_leaves_nothing_that_is_read(store: CandleStore) -> None:
    store.write(bars(range(5)))
    (store.folder / ".BTCUSDT_1h.parquet.123.part").write_bytes(b"PAR1 half")
    assert store.symbols() == ("BTCUSDT",)
    assert_equal_bars(store.bars("BTCUSDT", "1h"), bars(range(5)))


def parquet(path: Path, **columns: object) -> None:
    full: dict[str, object] = {"timestamp": [0, HOUR], "open": [1.0, 1.0], "high": [1.0, 1.0], "low": [1.0, 1.0]}
    full |= {"close": [1.0, 1.0], "volume": [0.0, 0.0]}
    full |= columns
    pq.write_table(pa.table({name: values for name, values in full.items() if values is not None}), path)


BROKEN_COLUMNS = {
    "NaN inside": ({"close": [1.0, float("nan")]}, "close[1] is nan"),
    "missing value": ({"close": [1.0, None]}, "1 of 2 values of close are missing"),
    "missing time": ({"timestamp": [0, None]}, "1 of 2 values of timestamp are missing"),
    "disorder": ({"timestamp": [HOUR, 0]}, "time[1] is 0: must increase strictly"),
    "doubled time": ({"timestamp": [0, 0]}, "must increase strictly"),
    "high below low": ({"high": [1.0, 0.5]}, "high[1] is 0.5"),
    "negative volume": ({"volume": [0.0, -1.0]}, "volume[1] is -1.0"),
    "no close": ({"close": None}, "no column 'close'; columns are timestamp, open"),
    "words for prices": ({"open": ["a", "b"]}, "open holds string"),
    "nanoseconds": ({"timestamp": [10**18, 2 * 10**18]}, "beyond the year 2200"),
    "words for times": ({"timestamp": ["a", "b"]}, "timestamp holds string"),
}


@pytest.mark.parametrize("case", BROKEN_COLUMNS)
def test_broken_candles_are_refused_with_file_and_place(store: CandleStore, case: str) -> None:
    columns, says = BROKEN_COLUMNS[case]
    path = store.folder / "BTCUSDT_1h.parquet"
    parquet(path, **columns)
    with pytest.raises(DataError) as refusal:
        store.bars("BTCUSDT", "1h")
    assert says in str(refusal.value)
    assert str(path) in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all", b"PAR1" + b"\x00" * 50 + b"PAR1"])
def test_a_file_that_is_no_parquet_is_refused_and_listed_as_such(store: CandleStore, content: bytes) -> None:
    (store.folder / "BTCUSDT_1h.parquet").write_bytes(content)
    with pytest.raises(DataError, match=r"cannot be read as Parquet .*; import or fetch it again"):
        store.bars("BTCUSDT", "1h")
    (found,) = store.stored_series()
    assert found.n_bars is None
    assert found.problem is not None
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        store.write(bars(range(3)))
    assert store.write(bars(range(3)), replace=True).n_bars == 3
    assert_equal_bars(store.bars("BTCUSDT", "1h"), bars(range(3)))


def test_timestamps_and_integer_prices_of_other_writers_are_read(store: CandleStore) -> None:
    times = pa.array([0, HOUR]).cast(pa.timestamp("ms")).cast(pa.timestamp("ns", "UTC"))
    parquet(store.folder / "X_1h.parquet", timestamp=times, volume=[1, 2])
    read = store.bars("X", "1h")
    assert read is not None
    assert (read.time.tolist(), read.volume.tolist()) == ([0, HOUR], [1.0, 2.0])


@pytest.mark.parametrize(("times", "rates"), [([HOUR, 0], [1e-4, 1e-4]), ([0, HOUR], [1e-4, float("nan")])])
def test_broken_funding_is_refused(store: CandleStore, times: list[int], rates: list[float]) -> None:
    pq.write_table(pa.table({"timestamp": times, "funding_rate": rates}), store.folder / "X-PERP_funding.parquet")
    with pytest.raises(DataError, match="X-PERP_funding"):
        store.funding("X-PERP")


def test_an_empty_series_is_listed_and_read_as_empty(store: CandleStore) -> None:
    parquet(
        store.folder / "X_1h.parquet",
        **dict.fromkeys(("open", "high", "low", "close", "volume"), pa.array([], pa.float64())),
        timestamp=pa.array([], pa.int64()),
    )
    read = store.bars("X", "1h")
    assert read is not None
    assert read.n_bars == 0
    assert store.stored_series()[0].n_bars == 0
    assert store.write(bars(range(3), "X")).n_bars == 3


def test_a_folder_that_is_missing_or_a_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder of candles; 'kek data import FILE --data"):
        CandleStore(tmp_path / "nothing")
    (tmp_path / "file").write_text("")
    for create in (False, True):
        with pytest.raises(DataError, match="is a file; --data"):
            CandleStore(tmp_path / "file", create=create)
    with pytest.raises(DataError, match="cannot be made"):
        CandleStore(tmp_path / "file" / "below", create=True)


def test_a_folder_that_may_not_be_read_or_written_is_refused(
    store: CandleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "iterdir", forbidden)
        with pytest.raises(DataError, match=r"cannot be read .Permission denied"):
            CandleStore(store.folder)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", forbidden)
        with pytest.raises(DataError, match=r"cannot be written .Permission denied"):
            store.write(bars(range(3)))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", forbidden)
        with pytest.raises(DataError, match="cannot be written"):
            store.mark_generated("demo market")


def test_a_symbol_that_is_no_file_name_is_never_written(store: CandleStore) -> None:
    for symbol in ("../BTCUSDT", "BTC/USDT/X", "a b", "", "X\x00"):
        one = np.ones(1)
        with pytest.raises(DataError, match="cannot be used"):
            store.write(make_bars(symbol, "1h", [0], one, one, one, one, one))
    assert list(store.folder.iterdir()) == []


def test_generated_candles_keep_saying_so_and_are_not_mixed_with_real_ones(store: CandleStore, tmp_path: Path) -> None:
    assert not store.generated
    assert store.name == f"candles in {store.folder}"
    store.mark_generated("demo market (generated, seed 1)")
    store.mark_generated("demo market (generated, seed 1)")
    store.write(bars(range(3)))
    assert store.generated
    assert CandleStore(store.folder).name == f"demo market (generated, seed 1) in {store.folder}"
    with pytest.raises(DataError, match="keep real candles in another folder"):
        store.refuse_if_generated()
    with pytest.raises(DataError, match=r"holds demo market .generated, seed 1. already"):
        store.mark_generated("demo market (generated, seed 2)")
    real = CandleStore(tmp_path / "real", create=True)
    real.write(bars(range(3)))
    with pytest.raises(DataError, match="holds candles already"):
        real.mark_generated("demo market")
    (real.folder / GENERATED_MARK).write_text("")
    assert real.name.startswith("generated candles")


def test_reading_two_long_series_does_not_bring_pandas_in_and_stays_small(store: CandleStore, tmp_path: Path) -> None:
    import subprocess
    import sys

    for symbol in ("BTCUSDT", "ETHUSDT"):
        store.write(bars(range(73_000), symbol))
    script = (
        "import resource, sys, numpy, pyarrow.parquet\n"
        "from storage.candles import CandleStore\n"
        "import engine.market.bars, engine.market.timeframe\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"store = CandleStore({str(store.folder)!r})\n"
        "kept = [store.bars('BTCUSDT', '1h'), store.bars('ETHUSDT', '1h')]\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "assert 'pandas' not in sys.modules, 'pandas was imported'\n"
        "print((after - before) / 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(candle_files.__file__).parents[1],
    )
    assert float(done.stdout) < 50


def test_a_folder_whose_name_is_no_utf8_is_told_as_unreadable(tmp_path: Path) -> None:
    try:
        store = CandleStore(tmp_path / os.fsdecode(b"bad\xff"), create=True)
    except DataError:
        pytest.skip("this file system takes names in UTF-8 only")
    store.write(bars(range(5)))

    with pytest.raises(DataError, match="not UTF-8"):
        CandleStore(store.folder).bars("BTCUSDT", "1h")
