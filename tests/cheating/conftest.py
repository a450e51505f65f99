"""A person with a folder of candles, a database of their own, the command line, and an hour."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.cli import main
from api.compose import opened
from api.judging import Judged, Judging
from api.settings import read_settings
from engine.market.bars import Bars
from engine.market.memory import MemoryMarket
from engine.spec import check
from engine.spec.models import StrategySpec
from storage.candles import CandleStore
from storage.database import Database
from storage.records import LOCAL_USER
from tests.engine.judging.conftest import TREND, daily_market

SLOW_LENGTHS = (7, 12, 17, 22, 27, 33)
"""Slow lengths that are tried before anything is judged."""


class Clock:
    """`agent.ports.Clock` that stands in the year after the candles."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000

    def now_ms(self) -> int:
        self.now += 1
        return self.now

    def monotonic(self) -> float:
        return 0.0


class Ids:
    """`agent.ports.Ids` that counts."""

    def __init__(self, mark: str = "") -> None:
        self._mark, self._numbers = mark, itertools.count(1)

    def new(self, kind: str) -> str:
        return f"{kind}_{self._mark}{next(self._numbers):08d}"


class Desk:
    """What one person can do: `kek` on the command line, `judge` a strategy, `sql` on the file."""

    def __init__(self, place: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.place, self.folder = place, place / "candles"
        self._capfd, self._clock, self._ids = capfd, Clock(), Ids()
        self.folder.mkdir()

    def candles(
        self, market: MemoryMarket, days: int | None = None, *, scale: float = 1.0, named: str = "BTCUSDT"
    ) -> None:
        """Put the candles of a market into the folder: its first ``days``, prices times ``scale``, under a name."""
        for symbol in market.symbols():
            bars: Bars = market.bars(symbol, "1d")
            kept = bars if days is None else bars.between(0, int(bars.time[days]))
            self.bars(kept, scale=scale, named=symbol.replace("BTCUSDT", named))

    def bars(self, bars: Bars, *, scale: float = 1.0, named: str) -> None:
        """Put candles into the folder, prices times ``scale``, under a name."""
        prices = {name: getattr(bars, name) * scale for name in ("open", "high", "low", "close")}
        columns = {"timestamp": bars.time, **prices, "volume": bars.volume}
        file = self.folder / f"{named}_{bars.timeframe}.parquet"
        pq.write_table(pa.table(columns), file, compression="zstd")

    def kek(self, *words: object) -> tuple[int, str, str]:
        """Return status, output and complaint of a command."""
        status = main([str(word) for word in words])
        said = self._capfd.readouterr()
        return status, said.out, said.err

    def spec(self, **sections: Any) -> str:
        """Write a spec of the trend strategy with other sections and return its file."""
        file = self.place / "strategy.json"
        file.write_text(json.dumps({**TREND, **sections}))
        return str(file)

    def run(self, *options: str, **sections: Any) -> dict[str, Any]:
        """Test a strategy as `kek backtest` does and return its document."""
        status, out, complaint = self.kek("backtest", self.spec(**sections), "--data", self.folder, *options, "--json")
        assert status == 0, out + complaint
        document: dict[str, Any] = json.loads(out)
        return document

    def try_many(self) -> None:
        """Search by hand, as people do."""
        for slow in SLOW_LENGTHS:
            self.run(**lengths(slow))

    def ledger(self) -> dict[str, Any]:
        """Return what `kek ledger show` tells."""
        document: dict[str, Any] = json.loads(self.kek("ledger", "show", "--limit", 1_000, "--json")[1])
        return document

    def trials(self, family: str = "BTC") -> int:
        """Return how many trials the ledger counts."""
        return int(self.ledger()["counts"].get(family, 0))

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Open the person's own database."""
        with opened(read_settings()) as database:
            yield database

    def judge(self, *, look: bool = False, owner: str = LOCAL_USER, **sections: Any) -> Judged:
        """Judge a strategy on what is in the folder now."""
        spec = self.checked(**sections)
        with self.database() as database:
            with database.write() as work:
                work.users.ensure(owner, wallet_address=f"wallet of {owner}", now_ms=0)
            service = Judging(database, CandleStore(self.folder), self._clock, self._ids, noise_runs=0)
            return service.judge(owner, spec, look=look)

    def checked(self, **sections: Any) -> StrategySpec:
        """Return the trend strategy with other sections."""
        found = check({**TREND, **sections}, catalog=CandleStore(self.folder))
        assert found.spec is not None, found.problems
        return found.spec


def lengths(slow: int, fast: int = 3) -> dict[str, Any]:
    """Return the section of a spec with other lengths of its averages."""
    named = {"fast": fast, "slow": slow}
    return {"indicators": {name: {"type": "sma", "inputs": {"length": one}} for name, one in named.items()}}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Desk:
    """A person with candles that know nothing of yesterday, who has tried nothing yet."""
    monkeypatch.setenv("KEK_STATE_DIR", str(tmp_path / "state"))
    made = Desk(tmp_path, capfd)
    made.candles(daily_market(11, 0.0))
    return made
