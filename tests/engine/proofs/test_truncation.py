"""Cutting the data off: nothing honest changes, and everything that looks ahead is caught and named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from reference.biased import BIASED, biased_spec, put_into_catalog
from reference.engine_side import engine_bars
from reference.markets import START_MS, random_bars
from reference.spec_side import random_spec_case

from engine.backtest import columns, run
from engine.custom import Order, View, run_custom
from engine.errors import EngineInputError
from engine.indicators.frames import Frames
from engine.market.bars import Bars, FundingSeries
from engine.market.memory import MemoryMarket
from engine.proofs import prove, verify_causality, verify_run
from engine.proofs.causality import causality
from engine.proofs.cut_market import CutMarket
from engine.proofs.differences import compare_columns
from engine.spec import StrategySpec, check

if TYPE_CHECKING:
    from engine.backtest.result import BacktestResult
    from engine.custom.run import Strategy
    from engine.market.bars import MarketData
    from engine.proofs.truncation import Run

HOUR_MS = 3_600_000
N_BARS = 200


def bars_of(seed: int = 1, symbol: str = "BTCUSDT") -> Bars:
    return engine_bars(symbol, "1h", random_bars(Random(seed), N_BARS, START_MS, HOUR_MS, 0.0, 0.01))


def market() -> MemoryMarket:
    return MemoryMarket([bars_of()])


def checked(document: dict[str, Any]) -> StrategySpec:
    found = check(document)
    assert found.spec is not None, found.problems
    return found.spec


HONEST = biased_spec("sma")


# -- what is honest -------------------------------------------------------------------------------


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(10))
def test_random_specs_do_not_change_when_their_data_is_cut(seed: int) -> None:
    case = random_spec_case(seed)

    found = verify_causality(checked(case.spec), case.data, 3, start=case.start, end=case.end)

    assert found.differences == ()
    assert len(found.cuts) == 3 and found.values > 500


def test_an_honest_spec_is_proven_by_truncation_as_well() -> None:
    proofs = prove(HONEST, market(), cuts=4)

    assert proofs.holds
    assert proofs.causality.by == "construction and truncation"
    assert proofs.causality.checked is not None and proofs.causality.checked.fills > 10


# -- what looks ahead --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BIASED)
def test_a_biased_indicator_is_not_proven_and_cutting_names_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put_into_catalog(monkeypatch, BIASED[name])
    spec, bars = checked(biased_spec(name)), bars_of()

    found = verify_causality(spec, market(), 3)

    assert not prove(spec).holds
    assert not found.holds
    [first, *_] = found.differences
    assert (first.what, first.asset) == ("oracle", "BTC")
    assert not [one for one in found.differences if one.what == "trend"]
    assert bars.time[first.bar] == first.time < first.cut
    assert str(first).startswith("oracle of BTC looks ahead: at bar ")


def test_the_first_bar_that_differs_is_named() -> None:
    bars, peek = bars_of(), BIASED["next_close"]
    cut = int(bars.time[99]) + HOUR_MS

    found = compare_columns(lambda known: {"peek": peek.compute(Known(known), {"length": 3})[0]}, bars, [cut])

    [difference] = found.differences
    assert (difference.what, difference.bar) == ("peek", 99)
    assert float(difference.then) == pytest.approx(bars.close[99])
    assert float(difference.later) == pytest.approx(bars.close[100])


def test_a_biased_callable_is_caught_and_an_honest_one_is_not() -> None:
    bars = bars_of()
    cuts = [int(bars.time[t]) + HOUR_MS for t in (60, 120)]

    def zigzag(known: Bars) -> dict[str, np.ndarray]:
        """Marks a low once a rise of 1 % has followed, at the bar of the low: the classic that repaints."""
        marked = np.zeros(known.n_bars)
        for t in range(known.n_bars):
            later = known.high[t + 1 :]
            marked[t] = float(later.size > 0 and bool((later > 1.01 * known.low[t]).any()))
        return {"turns": marked, "close": known.close}

    assert [one.what for one in compare_columns(zigzag, bars, cuts).differences] == ["turns"]
    assert compare_columns(lambda known: {"high": np.maximum.accumulate(known.high)}, bars, cuts).holds


def test_a_higher_bar_seen_before_its_end_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Frames.known

    def too_soon(self: Frames, source: str, reader: str) -> np.ndarray:
        known = honest(self, source, reader)
        return np.minimum(known + 1, self.bars_on(source).n_bars - 1) if source != reader else known

    document = biased_spec("sma")
    document["indicators"]["oracle"]["inputs"] = {"length": 2, "timeframe": "4h"}
    assert verify_causality(checked(document), market(), 5).holds

    monkeypatch.setattr(Frames, "known", too_soon)

    assert [one.what for one in verify_causality(checked(document), market(), 5).differences][:1] == ["oracle"]


def test_a_size_that_knows_the_next_range_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = columns.AssetColumns.atr
    document = {**HONEST, "sizing": {"mode": "atr_risk", "value": 0.01, "multiple": 2.0}}
    assert verify_causality(checked(document), market(), 3).holds

    def next_atr(self: columns.AssetColumns, length: int) -> np.ndarray:
        column = honest(self, length)
        return np.append(column[1:], column[-1])

    monkeypatch.setattr(columns.AssetColumns, "atr", next_atr)

    assert "intents.size" in [one.what for one in verify_causality(checked(document), market(), 3).differences]


def test_a_fill_at_the_next_bars_price_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = run.align

    def ahead(*given: Any, **options: Any) -> Any:
        found = honest(*given, **options)
        opens = found.tables.open.copy()
        opens[:-1] = np.clip(opens[1:], found.tables.low[:-1], found.tables.high[:-1])
        opens.flags.writeable = False
        return replace(found, tables=found.tables._replace(open=opens))

    monkeypatch.setattr(run, "align", ahead)

    found = verify_causality(checked(HONEST), market(), 12)

    assert {one.what for one in found.differences} == {"fills"}


FRAME = {name: part for name, part in HONEST.items() if name != "signals"}


def rising_on(closes: dict[int, bool]) -> Strategy:
    """Return a strategy in Python that is in the market at the closes that are marked."""

    def strategy(view: View) -> Iterator[Order]:
        yield Order(asset="BTC", action="enter_long" if closes.get(view.time, False) else "exit_long")

    return strategy


def test_a_strategy_in_python_made_from_candles_to_come_is_caught() -> None:
    def run_with(ahead: int) -> Run:
        def run(data: MarketData, **window: Any) -> BacktestResult:
            bars = data.bars("BTCUSDT", "1h")
            assert bars is not None
            move = np.zeros(bars.n_bars)
            move[1:] = np.diff(bars.close)
            known = np.append(move[ahead:], np.zeros(ahead))
            closes = dict(zip((bars.time + HOUR_MS).tolist(), (known > 0.0).tolist(), strict=True))
            return run_custom(rising_on(closes), FRAME, data, **window)

        return run

    honest, biased = verify_run(run_with(0), market(), 8), verify_run(run_with(1), market(), 8)

    assert honest.holds and honest.fills > 10
    assert {one.what for one in biased.differences} == {"orders"}


# -- the cut itself -------------------------------------------------------------------------------------


def test_a_cut_market_shows_what_had_closed_and_nothing_else() -> None:
    hours = bars_of()
    minutes = engine_bars("BTCUSDT", "1m", random_bars(Random(2), 600, START_MS, 60_000, 0.0, 0.001))
    rates = FundingSeries("BTCUSDT", np.array([START_MS, START_MS + 8 * HOUR_MS]), np.array([0.1, 0.2]))
    whole = MemoryMarket([hours, minutes], [rates])
    time = START_MS + 90 * 60_000

    cut = CutMarket(whole, time)

    one, other, due = cut.bars("BTCUSDT", "1h"), cut.bars("BTCUSDT", "1m"), cut.funding("BTCUSDT")
    assert one is not None and other is not None and due is not None
    assert (one.n_bars, other.n_bars, due.time.shape[0]) == (1, 90, 1)
    assert cut.span("BTCUSDT", "1h") == (START_MS, START_MS + HOUR_MS)
    assert list(CutMarket(whole, START_MS + 5 * 60_000).timeframes("BTCUSDT")) == ["1m"]
    assert cut.bars("ETHUSDT", "1h") is None


def test_a_cut_outside_the_window_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(EngineInputError, match=r"cut 5 is no close of the measured window; allowed \(UTC ms\): \d+ to"):
        verify_causality(checked(HONEST), market(), [5])


def test_a_window_of_one_bar_leaves_nothing_to_cut_and_proves_nothing() -> None:
    spec = checked(HONEST)

    found = verify_causality(spec, market(), 3, start=START_MS, end=START_MS + HOUR_MS)
    proof = replace(causality(spec), checked=found)

    assert (found.cuts, found.values, found.holds) == ((), 0, None)
    assert found.as_dict()["holds"] is None
    assert "no close to cut the data at" in str(found.as_dict()["note"])
    assert (proof.holds, proof.by) == (True, "construction")


class Known:
    """What a computation sees, made of bars alone."""

    def __init__(self, bars: Bars) -> None:
        self.bars, self.source = bars, bars.close
