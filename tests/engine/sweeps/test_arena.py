"""What an arena keeps from one sweep to the next: equal candles once, and not without end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.backtest.run import backtest
from engine.market.bars import Bars
from engine.market.demo import DemoMarket
from engine.market.memory import MemoryMarket
from engine.sweeps import run
from engine.sweeps.run import Arena


def spec_of(*assets: str, timeframe: str) -> dict[str, Any]:
    return {
        "id": "cross",
        "name": "A cross",
        "version": "1.0",
        "universe": {"assets": list(assets), "timeframe": timeframe},
        "indicators": {"mean": {"type": "sma", "inputs": {"length": 5}}},
        "signals": {
            "entry": [{"when": "crosses_above", "left": "close", "right": "mean"}],
            "exit": [{"when": "crosses_below", "left": "close", "right": "mean"}],
        },
        "sizing": {"mode": "percent_equity", "value": 0.3},
        "risk": {},
        "execution": {"mode": "paper"},
    }


@pytest.fixture(scope="module")
def hours() -> MemoryMarket:
    """Return candles of hours, from which longer ones are put together at every reading."""
    demo = DemoMarket()
    return MemoryMarket([demo.bars(f"{asset}USDT", "1h").between(0, 2**62) for asset in ("BTC", "ETH")])


@pytest.mark.parametrize("assets", [("BTC",), ("BTC", "ETH")])
@pytest.mark.parametrize("timeframe", ["1h", "12h"])
def test_equal_candles_are_made_ready_once(
    assets: tuple[str, ...], timeframe: str, hours: MemoryMarket, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for kind in (run.OneAsset, run.Clock):

        class Counted(kind):  # type: ignore[misc, valid-type]
            def __init__(self, *given: Any, **named: Any) -> None:
                made.append(self)
                super().__init__(*given, **named)

        monkeypatch.setattr(run, kind.__name__, Counted)
    arena, spec = Arena(hours), spec_of(*assets, timeframe=timeframe)
    first, second = (arena.sweep(spec).end_equity.tolist() for _ in range(2))
    assert first == second == [backtest(spec, hours, finer=False).equity[-1]]
    assert len(made) == 1


@pytest.mark.parametrize("assets", [("BTC",), ("BTC", "ETH")])
def test_many_windows_are_measured_one_after_the_other_and_not_all_kept(
    assets: tuple[str, ...], hours: MemoryMarket
) -> None:
    arena, spec = Arena(hours), spec_of(*assets, timeframe="12h")
    first = int(hours.bars("BTCUSDT", "1h").time[0])
    for month in (*range(2 * run.KEPT), 0):
        window = {"start": first + month * 30 * 86_400_000, "end": first + (month + 3) * 30 * 86_400_000}
        swept = arena.sweep(spec, **window)
        assert swept.end_equity[0] == backtest(spec, hours, finer=False, **window).equity[-1]
    assert len(arena._assets) + len(arena._clocks) == run.KEPT


def test_candles_that_have_changed_are_read_again(hours: MemoryMarket) -> None:
    class Changing(MemoryMarket):
        rise = 1.0

        def bars(self, symbol: str, timeframe: str) -> Bars | None:
            bars = super().bars(symbol, timeframe)
            return bars and replace(bars, high=bars.high * self.rise)

    market = Changing([hours.bars("BTCUSDT", "1h")])
    arena, spec = Arena(market), spec_of("BTC", timeframe="1h")
    spec["risk"] = {"take_profit": {"type": "percent", "value": 0.02}}
    found = []
    for market.rise in (1.0, 1.01, 1.0):
        found.append(arena.sweep(spec).end_equity[0])
        assert found[-1] == backtest(spec, market, finer=False).equity[-1]
    assert found[0] == found[2] != found[1]
