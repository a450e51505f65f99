"""Which candles an asset means: symbols in order, finer timeframes, perpetuals on spot candles."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import DataError
from engine.market.bars import Bars, FundingSeries, make_bars
from engine.market.lookup import candidate_symbols, find_market, locate
from engine.market.memory import MemoryMarket
from engine.market.timeframe import DURATION_MS


def bars(symbol: str, timeframe: str = "1h", n: int = 48, drop: tuple[int, ...] = ()) -> Bars:
    time = np.delete(DURATION_MS[timeframe] * np.arange(n, dtype=np.int64), drop)
    ones = np.ones(time.size)
    return make_bars(symbol, timeframe, time, ones, ones, ones, ones, ones)


def market(*series: Bars, funding: tuple[FundingSeries, ...] = ()) -> MemoryMarket:
    return MemoryMarket(series, funding)


def funding(symbol: str) -> FundingSeries:
    return FundingSeries(symbol, np.array([0]), np.array([1e-4]))


def test_an_asset_is_tried_as_itself_first_then_with_its_quote() -> None:
    assert candidate_symbols("SPY", None, "spot") == ("SPY", "SPYUSDT", "SPYUSD")
    found = find_market(market(bars("SPY"), bars("SPYUSDT")), ["SPY"], "USDT", "spot", "1h")
    assert found[0].symbol == "SPY"


def test_assets_come_back_in_the_order_asked_for() -> None:
    found = find_market(market(bars("BTCUSDT"), bars("ETHUSDT")), ["ETH", "BTC"], "USDT", "spot", "1h")
    assert [one.asset for one in found] == ["ETH", "BTC"]
    assert [one.notices for one in found] == [(), ()]


def test_another_quote_is_not_taken_for_the_one_asked_for() -> None:
    with pytest.raises(DataError, match=r"looked for BTC, BTCUSDC"):
        find_market(market(bars("BTCUSDT")), ["BTC"], "USDC", "spot", "1h")


def test_a_missing_timeframe_is_built_from_the_coarsest_finer_one_that_nests() -> None:
    data = market(bars("BTCUSDT", "15m", 96), bars("BTCUSDT", "1h"), bars("BTCUSDT", "3d", 5), bars("BTCUSDT", "1d"))
    where = locate(data, "BTC", "USDT", "spot", "4h")
    assert where is not None
    assert where.stored == "1h"
    (found,) = find_market(data, ["BTC"], "USDT", "spot", "4h")
    assert (found.resampled_from, found.bars.timeframe, found.bars.n_bars) == ("1h", "4h", 12)
    assert [notice.code for notice in found.notices] == ["RESAMPLED"]


def test_three_day_bars_do_not_make_a_week() -> None:
    assert locate(market(bars("BTCUSDT", "3d", 9)), "BTC", "USDT", "spot", "1w") is None


def test_parts_missing_inside_a_resampled_bar_are_told() -> None:
    (found,) = find_market(market(bars("BTCUSDT", "1h", 48, drop=(5, 6, 13))), ["BTC"], "USDT", "spot", "4h")
    notice = found.notices[-1]
    assert (notice.code, notice.kind) == ("INCOMPLETE_PERIODS", "warning")
    assert (notice.detail["incompleteBars"], notice.detail["missingParts"]) == (2, 3)
    assert notice.detail["firstTime"] == 4 * DURATION_MS["1h"]


def test_a_perpetual_takes_its_own_candles_and_funding() -> None:
    data = market(bars("BTCUSDT"), bars("BTCUSDT-PERP"), funding=(funding("BTCUSDT-PERP"),))
    (found,) = find_market(data, ["BTC"], "USDT", "perp", "1h")
    assert found.symbol == "BTCUSDT-PERP"
    assert found.funding is not None
    assert found.notices == ()


def test_a_perpetual_without_candles_takes_spot_and_says_so_with_its_own_funding() -> None:
    data = market(bars("BTCUSDT"), funding=(funding("BTCUSDT-PERP"),))
    (found,) = find_market(data, ["BTC"], "USDT", "perp", "1h")
    assert found.symbol == "BTCUSDT"
    assert [notice.code for notice in found.notices] == ["SPOT_CANDLES_FOR_PERP"]
    assert found.funding is not None


def test_spot_never_takes_a_perpetual_or_its_funding() -> None:
    data = market(bars("BTCUSDT-PERP"), funding=(funding("BTCUSDT-PERP"),))
    with pytest.raises(DataError, match="BTC has no candles"):
        find_market(data, ["BTC"], "USDT", "spot", "1h")
    (found,) = find_market(market(bars("BTCUSDT"), funding=(funding("BTCUSDT"),)), ["BTC"], "USDT", "spot", "1h")
    assert found.funding is None


def test_every_asset_without_candles_is_named_with_the_command_that_helps() -> None:
    with pytest.raises(DataError) as refusal:
        find_market(market(bars("BTCUSDT")), ["BTC", "ETH", "BTX"], "USDT", "spot", "1h")
    message = str(refusal.value)
    assert "ETH has no candles (looked for ETH, ETHUSDT)" in message
    assert "kek data import FILE --symbol ETHUSDT --timeframe 1h" in message
    assert "kek data fetch ETHUSDT --timeframe 1h" in message
    assert "BTX has no candles" in message


def test_only_coarser_candles_are_named_as_what_there_is() -> None:
    with pytest.raises(DataError, match=r"BTC has no 1h candles: BTCUSDT is stored on 1d only"):
        find_market(market(bars("BTCUSDT", "1d")), ["BTC"], "USDT", "spot", "1h")


def test_an_unknown_timeframe_is_refused() -> None:
    with pytest.raises(DataError, match="timeframe '7h' is not known"):
        find_market(market(bars("BTCUSDT")), ["BTC"], "USDT", "spot", "7h")


def test_a_series_without_a_whole_bar_is_no_data() -> None:
    with pytest.raises(DataError, match="BTC has no whole 1h bar"):
        find_market(market(bars("BTCUSDT", n=0)), ["BTC"], "USDT", "spot", "1h")
    with pytest.raises(DataError, match="BTC has no whole 4h bar"):
        find_market(market(bars("BTCUSDT", n=3)), ["BTC"], "USDT", "spot", "4h")
