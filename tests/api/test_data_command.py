"""`kek data`: what each command prints, its JSON, its exit status; bad input never ends in a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reference.venue import HOUR, LISTED, Venue, standing_in

from api import cli
from engine.market.demo import DemoMarket
from storage.candles import CandleStore

CSV = "timestamp,open,high,low,close,volume\n" + "".join(
    f"{LISTED + hour * HOUR},100,{102 + hour % 3},99,101,5\n" for hour in range(24)
)


class Answer:
    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Kek = Callable[..., Answer]


@pytest.fixture
def kek(capsys: pytest.CaptureFixture[str]) -> Kek:
    def run(*arguments: object) -> Answer:
        status = cli.main([str(argument) for argument in ("data", *arguments)])
        seen = capsys.readouterr()
        assert "Traceback" not in seen.out + seen.err
        return Answer(status, seen.out, seen.err)

    return run


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "BTCUSDT_1h.csv"
    path.write_text(CSV)
    return path


@pytest.fixture
def folder(tmp_path: Path, kek: Kek, csv: Path) -> Path:
    kek("import", csv, "--data", tmp_path / "candles")
    return tmp_path / "candles"


def test_import_makes_the_folder_and_tells_what_came_in(tmp_path: Path, kek: Kek, csv: Path) -> None:
    answer = kek("import", csv, "--data", tmp_path / "new" / "candles")
    assert answer.status == 0
    assert "BTCUSDT 1h, 24 bars, 24 new, 24 stored" in answer.out
    assert CandleStore(tmp_path / "new" / "candles").symbols() == ("BTCUSDT",)


def test_import_as_json_is_one_document_with_a_quality_report(folder: Path, kek: Kek, csv: Path) -> None:
    answer = kek("import", csv, "--data", folder, "--symbol", "ETH/USDT", "--json")
    (imported,) = answer.document["imported"]
    assert (imported["symbol"], imported["added"], imported["quality"]["missingBars"]) == ("ETHUSDT", 24, 0)
    assert answer.err == ""


def test_import_takes_the_good_files_and_names_the_bad_one(tmp_path: Path, kek: Kek, csv: Path) -> None:
    bad = tmp_path / "ETHUSDT_1h.csv"
    bad.write_text(CSV.replace("99,101,5", "99,NaN,5", 1))
    answer = kek("import", bad, csv, "--data", tmp_path / "candles")
    assert answer.status == 1
    assert "close of row 1 is missing" in answer.err
    assert CandleStore(tmp_path / "candles").symbols() == ("BTCUSDT",)
    answer = kek("import", bad, csv, "--data", tmp_path / "candles", "--json")
    assert answer.status == 1
    assert [one["file"] for one in answer.document["refused"]] == [str(bad)]
    assert len(answer.document["imported"]) == 1


def test_import_needs_to_be_told_where(kek: Kek, csv: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answer = kek("import", csv)
    assert answer.status == 1
    assert "--data DIR or KEK_DATA_DIR" in answer.err
    monkeypatch.setenv("KEK_DATA_DIR", str(tmp_path / "there"))
    assert kek("import", csv).status == 0


def test_fix_mends_order_and_says_so(tmp_path: Path, kek: Kek, csv: Path) -> None:
    head, *rows = CSV.splitlines()
    csv.write_text("\n".join([head, *reversed(rows)]))
    refused = kek("import", csv, "--data", tmp_path / "candles")
    assert refused.status == 1
    assert "newest first" in refused.err
    mended = kek("import", csv, "--data", tmp_path / "candles", "--fix")
    assert mended.status == 0
    assert "23 rows come after a later one (newest first): sorted" in mended.out


def test_different_bars_need_replace(folder: Path, kek: Kek, csv: Path) -> None:
    csv.write_text(CSV.replace(",5\n", ",6\n", 2))
    refused = kek("import", csv, "--data", folder)
    assert refused.status == 1
    assert "--replace" in refused.err
    assert "2 replaced" in kek("import", csv, "--data", folder, "--replace").out


def test_list_shows_what_is_stored(folder: Path, kek: Kek) -> None:
    answer = kek("list", "--data", folder)
    assert answer.status == 0
    assert "BTCUSDT" in answer.out
    assert "24 bars, 2024-01-01 00:00 to 2024-01-02 00:00" in answer.out
    document = kek("list", "--data", folder, "--json").document
    assert document["generated"] is False
    assert document["series"] == [
        {
            "symbol": "BTCUSDT",
            "timeframe": "1h",
            "bars": 24,
            "start": "2024-01-01T00:00:00Z",
            "end": "2024-01-02T00:00:00Z",
        }
    ]


def test_list_without_a_folder_shows_the_demo_market(kek: Kek) -> None:
    answer = kek("list")
    assert "demo market (generated" in answer.out
    document = kek("list", "--json").document
    assert document["generated"] is True
    assert {"symbol": "BTCUSDT", "timeframe": "1h"} in document["series"]


def test_list_names_a_broken_file_and_goes_on(folder: Path, kek: Kek) -> None:
    (folder / "ETHUSDT_1h.parquet").write_bytes(b"")
    answer = kek("list", "--data", folder)
    assert answer.status == 0
    assert "cannot be used" in answer.out
    assert "24 bars" in answer.out
    assert any("problem" in one for one in kek("list", "--data", folder, "--json").document["series"])


def test_an_empty_folder_lists_nothing(tmp_path: Path, kek: Kek) -> None:
    assert "no candles" in kek("list", "--data", tmp_path).out
    assert "no candles" in kek("check", "--data", tmp_path).out


def test_check_reports_gaps_and_fails_on_a_broken_file(folder: Path, kek: Kek, csv: Path) -> None:
    csv.write_text("\n".join(line for at, line in enumerate(CSV.splitlines()) if at not in (5, 6)))
    kek("import", csv, "--symbol", "ETHUSDT", "--data", folder)
    good = kek("check", "--data", folder)
    assert good.status == 0
    assert "gaps: 1 (2 bars missing, longest 2 from 2024-01-01 04:00)" in good.out
    (folder / "ADAUSDT_1h.parquet").write_bytes(b"PAR1")
    bad = kek("check", "--data", folder, "--json")
    assert bad.status == 1
    assert [one["symbol"] for one in bad.document["broken"]] == ["ADAUSDT"]
    assert [one["symbol"] for one in bad.document["reports"]] == ["BTCUSDT", "ETHUSDT"]
    assert "cannot be read as Parquet" in kek("check", "ADAUSDT", "--data", folder).err


def test_check_names_the_nearest_symbol_and_refuses_what_is_not_stored(folder: Path, kek: Kek) -> None:
    answer = kek("check", "BTCUSD", "--data", folder, "--json")
    assert answer.status == 1
    assert "did you mean 'BTCUSDT'?" in answer.document["error"]["message"]
    assert "nothing is stored on 1d" in kek("check", "--timeframe", "1d", "--data", folder).err


@pytest.mark.parametrize("command", ["list", "check"])
def test_a_folder_that_is_not_there_or_a_file_is_refused(tmp_path: Path, kek: Kek, command: str) -> None:
    (tmp_path / "file").write_text("")
    for path, says in ((tmp_path / "nothing", "no such folder"), (tmp_path / "file", "is a file")):
        answer = kek(command, "--data", path, "--json")
        assert answer.status == 1
        assert says in answer.document["error"]["message"]


def test_generate_writes_a_folder_that_says_it_is_generated(tmp_path: Path, kek: Kek, csv: Path) -> None:
    folder = tmp_path / "demo"
    arguments = ["generate", "--data", folder, "--seed", 3, "--symbol", "btcusdt-perp", "--timeframe", "1d"]
    answer = kek(*arguments, "--json")
    assert answer.status == 0
    assert answer.document["series"] == [{"symbol": "BTCUSDT-PERP", "timeframe": "1d", "bars": 2922}]
    store = CandleStore(folder)
    assert store.generated
    stored, expected = store.bars("BTCUSDT-PERP", "1d"), DemoMarket(3).bars("BTCUSDT-PERP", "1d")
    assert stored is not None
    assert expected is not None
    assert stored.data_hash() == expected.data_hash()
    assert store.funding("BTCUSDT-PERP") is not None
    assert "no edge" in kek(*arguments).err
    assert "in another folder" in kek("import", csv, "--data", folder).err
    assert "already; generate into an empty folder" in kek("generate", "--data", folder, "--seed", 4).err


def test_generate_refuses_what_the_demo_market_does_not_have(tmp_path: Path, kek: Kek) -> None:
    for more in (["--symbol", "DOGEUSDT"], ["--timeframe", "7h"]):
        answer = kek("generate", "--data", tmp_path / "demo", *more)
        assert answer.status == 1
        assert "the demo market has no" in answer.err
    assert kek("generate", "--data", tmp_path / "demo", "--seed", "-1").status == 2


@pytest.fixture
def venue(monkeypatch: pytest.MonkeyPatch) -> Any:
    ccxt = pytest.importorskip("ccxt", reason="the extra live-data is not installed")

    def connect(exchange: str) -> Any:
        client = ccxt.binance({"enableRateLimit": False, "options": {"fetchMarkets": {"types": ["spot", "linear"]}}})
        client.session.trust_env = False
        for name, address in client.urls["api"].items():
            client.urls["api"][name] = standing.url + "/" + address.split("/", 3)[-1]
        return client

    monkeypatch.setattr("storage.sources.ccxt_source.connect", connect)
    monkeypatch.setattr("time.sleep", lambda _: None)
    with standing_in(Venue(until=LISTED + 300 * HOUR)) as standing:
        yield standing


def test_fetch_brings_candles_and_funding_and_then_only_what_is_new(tmp_path: Path, kek: Kek, venue: Venue) -> None:
    arguments = [
        "fetch",
        "BTCUSDT-PERP",
        "--data",
        tmp_path / "candles",
        "--start",
        "2024-01-01",
        "--end",
        "2024-01-11",
    ]
    answer = kek(*arguments)
    assert answer.status == 0, answer.err
    assert "BTCUSDT-PERP 1h: 240 new, 240 stored" in answer.out
    assert "BTCUSDT-PERP funding: 30 new, 30 stored" in answer.out
    again = kek(*arguments, "--json").document
    assert [(one["what"], one["received"], one["stored"]) for one in again["fetched"]] == [
        ("1h", 0, 240),
        ("funding", 0, 30),
    ]


def test_a_venue_that_does_not_answer_ends_with_status_2(tmp_path: Path, kek: Kek, venue: Venue) -> None:
    venue.faults = ["drop"] * 50
    answer = kek("fetch", "BTCUSDT", "--data", tmp_path / "candles", "--end", "2024-01-11", "--json")
    assert answer.status == 2
    assert answer.document["error"]["code"] == "FETCH"
    assert "does not answer" in answer.document["error"]["message"]


def test_fetch_refuses_what_cannot_be_fetched(tmp_path: Path, kek: Kek, venue: Venue) -> None:
    to = ["--data", tmp_path / "candles"]
    assert "cannot be used" in kek("fetch", "BTC USDT!", *to).err
    assert "--start 'soon' is not a time" in kek("fetch", "BTCUSDT", "--start", "soon", *to).err
    assert "did you mean 'BTCUSDT'?" in kek("fetch", "BTXUSDT", *to).err
    assert kek("fetch", "BTXUSDT", *to).status == 1


@pytest.mark.parametrize("command", ["list", "import", "check", "generate", "fetch"])
def test_every_command_shows_examples_in_its_help(kek: Kek, command: str) -> None:
    answer = kek(command, "--help")
    assert answer.status == 0
    assert f"kek data {command}" in answer.out
    assert "--json" in answer.out


def test_a_progress_bar_is_shown_on_a_terminal_only(folder: Path, kek: Kek, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    assert "[" not in kek("check", "--data", folder).err
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda _: True, raising=False)
    from api.progress import CLEAR_LINE, Meter

    meter = Meter()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert CLEAR_LINE in kek("check", "--data", folder).err
    assert CLEAR_LINE not in kek("check", "--data", folder, "--json").err
    meter.clear()


@pytest.mark.parametrize("symbol", ["BTCUSDT", "EURUSD", "AAPL"])
def test_real_candles_are_looked_over(real_data: Path, kek: Kek, symbol: str) -> None:
    answer = kek("check", symbol, "--data", real_data, "--json")
    assert answer.status == 0
    assert answer.document["reports"][0]["completeness"] > 0.9
