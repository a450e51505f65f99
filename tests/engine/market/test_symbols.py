"""Symbols in their stored form, and what file names tell."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DataError
from engine.market.symbols import check_symbol, symbol_in_name, timeframe_in_name


@pytest.mark.parametrize(
    ("stem", "symbol", "timeframe"),
    [
        ("BTCUSDT_1h", "BTCUSDT", "1h"),
        ("BTCUSDT-PERP_15m", "BTCUSDT-PERP", "15m"),
        ("BTC_USDT-1h", "BTCUSDT", "1h"),
        ("BTC_USDT_USDT-1h-futures", "BTCUSDT-PERP", "1h"),
        ("BTCUSDT-1m-2024-01", "BTCUSDT", "1m"),
        ("Binance_ETHUSDT_1d", "ETHUSDT", "1d"),
        ("SPY_1d", "SPY", "1d"),
        ("eurusd", "EURUSD", None),
        ("BTCUSDT-1M", "BTCUSDT1M", None),
        ("some file of mine", None, None),
        ("", None, None),
    ],
)
def test_file_names_tell_symbol_and_timeframe(stem: str, symbol: str | None, timeframe: str | None) -> None:
    assert timeframe_in_name(stem) == timeframe
    assert symbol_in_name(stem) == symbol


@given(st.text(max_size=30))
def test_an_accepted_symbol_is_a_safe_file_name(text: str) -> None:
    with suppress(DataError):
        symbol = check_symbol(text)
        assert symbol.replace("-PERP", "").isalnum()
        assert symbol.isascii()
        assert check_symbol(symbol) == symbol


@pytest.mark.parametrize("text", ["", "../BTC", "BTC USDT", "BTC\x00", "BTC.B", "A" * 41, "BTC/USD/T", "-PERP", "БТЦ"])
def test_other_text_is_no_symbol(text: str) -> None:
    with pytest.raises(DataError, match="cannot be used"):
        check_symbol(text)
