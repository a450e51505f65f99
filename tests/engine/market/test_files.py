"""Candles from files: many spellings of the same rows read alike; what is broken is refused with its place."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import feather

from engine.errors import DataError
from engine.market.files import load_bars, read_bars

START = 1_704_067_200_000
"""2024-01-01 00:00 UTC."""

HOUR = 3_600_000
ROWS = [
    (START, 100.0, 103.5, 99.25, 101.0, 12.5),
    (START + HOUR, 101.0, 102.0, 98.0, 98.5, 7.25),
    (START + 2 * HOUR, 98.5, 105.0, 98.5, 104.75, 30.0),
]


def moment(row: tuple[float, ...]) -> datetime:
    return datetime.fromtimestamp(row[0] / 1000, UTC)


def lines(time: Callable[[tuple[float, ...]], object], separator: str = ",", decimal: str = ".") -> list[str]:
    return [separator.join([str(time(row)), *(str(value).replace(".", decimal) for value in row[1:])]) for row in ROWS]


def as_csv(header: str | None, rows: list[str]) -> str:
    return "\n".join(([header] if header else []) + rows) + "\n"


PLAIN = "timestamp,open,high,low,close,volume"
SPELLINGS = {
    "milliseconds": as_csv(PLAIN, lines(lambda r: r[0])),
    "seconds": as_csv("time,Open,High,Low,Close,Volume", lines(lambda r: r[0] // 1000)),
    "seconds with a fraction": as_csv("time,Open,High,Low,Close,Volume", lines(lambda r: f"{r[0] // 1000}.0")),
    "microseconds": as_csv("open_time,o,h,l,c,v", lines(lambda r: r[0] * 1000)),
    "nanoseconds": as_csv("ts,open,high,low,close,vol", lines(lambda r: r[0] * 1_000_000)),
    "iso with z": as_csv("date,open,high,low,close,volume", lines(lambda r: f"{moment(r):%Y-%m-%dT%H:%M:%SZ}")),
    "iso without zone": as_csv(
        "Datetime,open,high,low,close,volume", lines(lambda r: f"{moment(r):%Y-%m-%d %H:%M:%S}")
    ),
    "iso to the minute": as_csv("Datetime,open,high,low,close,volume", lines(lambda r: f"{moment(r):%Y-%m-%d %H:%M}")),
    "iso with fraction": as_csv(PLAIN, lines(lambda r: f"{moment(r):%Y-%m-%dT%H:%M:%S}.000000000+00:00")),
    "iso with an offset": as_csv(
        PLAIN, lines(lambda r: f"{moment(r).replace(hour=moment(r).hour + 2):%Y-%m-%dT%H:%M:%S}+02:00")
    ),
    "offset without colon": as_csv(
        PLAIN, lines(lambda r: f"{moment(r).replace(hour=moment(r).hour + 2):%Y-%m-%d %H:%M:%S} +0200")
    ),
    "utc written out": as_csv(PLAIN, lines(lambda r: f"{moment(r):%Y-%m-%d %H:%M:%S} UTC")),
    "slashes": as_csv(PLAIN, lines(lambda r: f"{moment(r):%Y/%m/%d %H:%M:%S}")),
    "compact date": as_csv(PLAIN, lines(lambda r: f"{moment(r):%Y%m%d %H:%M:%S}")),
    "semicolon and decimal comma": as_csv(
        PLAIN.replace(",", ";"), lines(lambda r: f"{moment(r):%Y-%m-%d %H:%M}", ";", ",")
    ),
    "tabs": as_csv(PLAIN.replace(",", "\t"), lines(lambda r: r[0], "\t")),
    "bars": as_csv(PLAIN.replace(",", "|"), lines(lambda r: r[0], "|")),
    "quoted": as_csv('"timestamp","open","high","low","close","volume"', lines(lambda r: f'"{r[0]}"')),
    "byte order mark": "\ufeff" + as_csv(PLAIN, lines(lambda r: r[0])),
    "comment before": "# exported\n" + as_csv(PLAIN, lines(lambda r: r[0])),
    "address before": "https://www.example.org\n" + as_csv(PLAIN, lines(lambda r: r[0])),
    "headerless": as_csv(None, lines(lambda r: r[0])),
    "headerless with a clock": as_csv(None, lines(lambda r: f"{moment(r):%Y.%m.%d,%H:%M}")),
    "date and time apart": as_csv(
        "Date,Time,Open,High,Low,Close,Volume", lines(lambda r: f"{moment(r):%Y.%m.%d,%H:%M}")
    ),
    "venue's twelve columns": as_csv(
        None, [f"{line},{START + HOUR - 1},99.5,10,1.5,2.5,0" for line in lines(lambda r: r[0])]
    ),
    "many columns in another order": as_csv(
        "symbol,close,low,high,open,Volume BTC,unix,date",
        [f"X,{r[4]},{r[3]},{r[2]},{r[1]},{r[5]},{int(r[0])},ignored" for r in ROWS],
    ),
    "pandas index": as_csv(",open,high,low,close,volume", lines(lambda r: f"{moment(r):%Y-%m-%d %H:%M:%S+00:00}")),
    "line ends of windows": as_csv(PLAIN, lines(lambda r: r[0])).replace("\n", "\r\n"),
}


def assert_the_rows(path: Path) -> None:
    bars = load_bars(path, "BTCUSDT", "1h")
    columns = [bars.time, bars.open, bars.high, bars.low, bars.close, bars.volume]
    np.testing.assert_array_equal(np.column_stack(columns), np.array(ROWS))
    assert (bars.symbol, bars.timeframe) == ("BTCUSDT", "1h")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_the_same_candles_reads_alike(tmp_path: Path, spelling: str) -> None:
    path = tmp_path / "candles.csv"
    path.write_text(SPELLINGS[spelling], encoding="utf-8", newline="")
    assert_the_rows(path)


def test_a_packed_csv_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "candles.csv.gz"
    path.write_bytes(gzip.compress(SPELLINGS["milliseconds"].encode()))
    assert_the_rows(path)


def frame(times: pa.Array, name: str = "timestamp") -> pa.Table:
    table = {name: times}
    table |= {
        field: pa.array([row[at] for row in ROWS])
        for at, field in enumerate(("open", "high", "low", "close", "volume"), 1)
    }
    return pa.table(table)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_parquet_and_feather_with_timestamps_of_any_unit_read_alike(
    tmp_path: Path, unit: str, zone: str | None
) -> None:
    times = (
        pa.array([row[0] for row in ROWS])
        .cast(pa.timestamp("ms"))
        .cast(pa.timestamp(unit))
        .cast(pa.timestamp(unit, zone))
    )
    for name, column in (("a.parquet", "timestamp"), ("b.parquet", "__index_level_0__")):
        pq.write_table(frame(times, column), tmp_path / name)
        assert_the_rows(tmp_path / name)
    feather.write_feather(frame(times, "date"), tmp_path / "c.feather")
    assert_the_rows(tmp_path / "c.feather")


def test_parquet_with_integers_reads_alike_and_prices_may_be_float32(tmp_path: Path) -> None:
    table = frame(pa.array([row[0] for row in ROWS]))
    pq.write_table(table, tmp_path / "a.parquet")
    assert_the_rows(tmp_path / "a.parquet")
    narrow = table.set_column(1, "open", table.column("open").cast(pa.float32()))
    pq.write_table(narrow, tmp_path / "b.parquet")
    assert_the_rows(tmp_path / "b.parquet")


def test_daily_dates_are_read_as_dates_text_or_numbers(tmp_path: Path) -> None:
    days = ["2024-02-28", "2024-02-29", "2024-03-01"]
    expected = [int(datetime.fromisoformat(day + "T00:00Z").timestamp() * 1000) for day in days]
    rest = "1,2,0.5,1.5,3"
    for number, written in enumerate((days, [day.replace("-", "") for day in days])):
        path = tmp_path / f"{number}.csv"
        path.write_text(as_csv("Date,Open,High,Low,Close,Volume", [f"{day},{rest}" for day in written]))
        assert load_bars(path, "SPY", "1d").time.tolist() == expected
    table = frame(pa.array(days).cast(pa.date32()), "Date")
    pq.write_table(table, tmp_path / "SPY_1d.parquet")
    assert load_bars(tmp_path / "SPY_1d.parquet").time.tolist() == expected


def test_symbol_and_timeframe_come_from_the_name_and_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "ETH_USDT.csv"
    path.write_text(SPELLINGS["milliseconds"])
    loaded = read_bars(path)
    assert (loaded.bars.symbol, loaded.bars.timeframe) == ("ETHUSDT", "1h")
    assert loaded.remarks == ("timeframe 1h, told by the spacing of the rows",)


def test_without_a_volume_column_volumes_are_nothing_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "EURUSD_1h.csv"
    path.write_text(as_csv("time,open,high,low,close", [line.rsplit(",", 1)[0] for line in lines(lambda r: r[0])]))
    loaded = read_bars(path)
    assert loaded.bars.volume.tolist() == [0, 0, 0]
    assert "no volume" in loaded.remarks[0]


def shuffled(tmp_path: Path, order: list[int]) -> Path:
    rows = lines(lambda r: r[0])
    path = tmp_path / "BTCUSDT_1h.csv"
    path.write_text(as_csv(PLAIN, [rows[at] for at in order]))
    return path


def test_rows_out_of_order_are_refused_and_fix_sorts_them(tmp_path: Path) -> None:
    path = shuffled(tmp_path, [2, 1, 0])
    with pytest.raises(DataError, match=r"2 rows come after a later one \(newest first\); --fix"):
        load_bars(path)
    loaded = read_bars(path, fix=True)
    assert loaded.bars.time.tolist() == [row[0] for row in ROWS]
    assert loaded.remarks == ("2 rows come after a later one (newest first): sorted",)


def test_rows_that_are_there_twice_are_refused_and_fix_drops_them(tmp_path: Path) -> None:
    path = shuffled(tmp_path, [0, 1, 1, 2, 0])
    with pytest.raises(DataError, match=r"1 rows come after a later one and 2 rows repeat another one; --fix"):
        load_bars(path)
    loaded = read_bars(path, fix=True)
    assert loaded.bars.n_bars == 3
    assert loaded.remarks[1] == "2 rows repeat another one: dropped"


def test_two_rows_of_one_time_that_disagree_are_never_mended(tmp_path: Path) -> None:
    path = shuffled(tmp_path, [0, 1, 2])
    path.write_text(path.read_text() + f"{START + HOUR},1,2,0.5,1.5,1\n")
    with pytest.raises(
        DataError, match=r"rows 2 and 4 have one time \(2024-01-01T01:00:00.000Z\) and different values"
    ):
        load_bars(path, fix=True)


def edited(old: str, new: str) -> str:
    text = SPELLINGS["milliseconds"]
    assert old in text
    return text.replace(old, new)


BROKEN = {
    "empty": ("", "the file is empty"),
    "blank": ("\n \n", "the file is empty"),
    "only a header": (PLAIN + "\n", "no candles in it"),
    "prose": ("Dear reader,\nthese are no candles.\n", "no table"),
    "json": ('{"a": 1}', "no table"),
    "NaN": (edited("98.5,7.25", "NaN,7.25"), "close of row 2 is missing (1 of 3 rows are wrong)"),
    "hole": (edited("98.5,7.25", ",7.25"), "close of row 2 is missing"),
    "infinite": (edited("98.5,7.25", "inf,7.25"), "close of row 2 is inf"),
    "word for a number": (edited("98.5,7.25", "cheap,7.25"), "cheap"),
    "high below low": (
        edited("101.0,102.0,98.0", "101.0,97.0,98.0"),
        "high[1] is 97.0: is below the bar's open or close",
    ),
    "low above close": (edited("101.0,102.0,98.0", "101.0,102.0,99.0"), "low[1] is 99.0"),
    "negative price": (edited("98.0,98.5", "-98.0,98.5"), "low[1] is -98.0: must be finite and > 0"),
    "zero price": (edited("98.0,98.5", "0,98.5"), "must be finite and > 0"),
    "negative volume": (edited("98.5,7.25", "98.5,-7.25"), "volume[1] is -7.25"),
    "no close column": (
        SPELLINGS["milliseconds"].replace("close", "klose"),
        "no column for close; columns are 'timestamp'",
    ),
    "no time column": (SPELLINGS["milliseconds"].replace("timestamp", "when"), "no column for time"),
    "time missing": (edited(str(START + HOUR), ""), "row 2 has no time"),
    "time beyond reason": (edited(str(START + HOUR), "9" * 18), "which lies beyond the year 2200"),
    "time in words": (
        as_csv(PLAIN, lines(lambda r: f"{moment(r):%d %b %Y %H:%M}")),
        "the time of row 1 is '01 Jan 2024 00:00', which cannot be read",
    ),
    "ragged row": (edited("98.5,7.25", "98.5,7.25,1,2"), "cannot be read as a table"),
    "rows too close": (edited(str(START + HOUR), str(START + 60_000)), "too close for 1h bars"),
    "another timeframe": (SPELLINGS["milliseconds"], "rows are 1h apart, but the timeframe is said to be 15m"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_refused_with_what_is_wrong_and_where(tmp_path: Path, case: str) -> None:
    text, says = BROKEN[case]
    path = tmp_path / "candles.csv"
    path.write_text(text)
    with pytest.raises(DataError) as refusal:
        load_bars(path, "BTCUSDT", "15m" if case == "another timeframe" else "1h")
    assert says in str(refusal.value)
    assert str(path) in str(refusal.value)


@pytest.mark.parametrize(
    "content",
    [
        b"PAR1",
        b"PAR1garbagePAR1",
        b"ARROW1\x00\x00garbage",
        b"FEA1 no",
        b"\x00\x01\x02\x03",
        b"\xff\xfe\xfa" * 100,
        b"a,b,c,d,e\n\xff\xff,1,2,3,4\n",
    ],
)
def test_bytes_that_are_no_table_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "BTCUSDT_1h.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match="BTCUSDT_1h"):
        load_bars(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        load_bars(tmp_path / "nothing.csv")
    with pytest.raises(DataError, match="cannot be read"):
        load_bars(tmp_path)


def test_a_name_that_tells_nothing_asks_for_the_symbol(tmp_path: Path) -> None:
    path = tmp_path / "my best prices of all.csv"
    path.write_text(SPELLINGS["milliseconds"])
    with pytest.raises(DataError, match="say it with --symbol"):
        load_bars(path)
    with pytest.raises(DataError, match=r"'\.\./evil' cannot be used"):
        load_bars(path, "../evil")
    with pytest.raises(DataError, match="timeframe '7h' is not known; allowed: 1m"):
        load_bars(path, "BTCUSDT", "7h")


def test_a_single_row_needs_its_timeframe_told(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT.csv"
    path.write_text(as_csv(PLAIN, lines(lambda r: r[0])[:1]))
    with pytest.raises(DataError, match="say it with --timeframe"):
        load_bars(path)
    assert load_bars(path, timeframe="1h").n_bars == 1


def test_rows_of_an_odd_spacing_tell_no_timeframe(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT.csv"
    path.write_text(as_csv(PLAIN, [f"{START + at * 420_000},1,1,1,1,1" for at in range(5)]))
    with pytest.raises(DataError, match="rows are 7 minutes apart"):
        load_bars(path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.text(alphabet='0123456789.,;-:TZ \nopenhighlwcsvtim|\t"#e', max_size=300).map(str.encode),
    )
)
def test_no_content_ever_ends_in_anything_but_bars_or_a_refusal(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "BTCUSDT_1h.csv"
    path.write_bytes(content)
    with suppress(DataError):
        assert load_bars(path, fix=True).n_bars > 0


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.lists(
            st.sampled_from(["1", "2.5", "", "NaN", "x", str(START), "2024-01-01", "1e999", "-1", '"', "0x10"]),
            min_size=5,
            max_size=7,
        ),
        max_size=6,
    )
)
def test_no_rows_ever_end_in_anything_but_bars_or_a_refusal(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "BTCUSDT_1h.csv"
    path.write_text(as_csv(PLAIN, [",".join(row) for row in rows]))
    with suppress(DataError):
        assert load_bars(path, fix=True).n_bars > 0


@pytest.mark.parametrize("content", [b"time,open,high,low,close\n2024-01-01,1,1,1,1\n", b"PAR1", b"ARROW1"])
def test_a_file_name_that_is_no_utf8_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    try:
        file = tmp_path / os.fsdecode(b"bad\xff_1d.csv")
        file.write_bytes(content)
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")

    with pytest.raises(DataError, match="not UTF-8"):
        read_bars(file, "SPY", "1d")
