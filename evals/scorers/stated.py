"""Does the text itself state the asset or the timeframe a case expects? What it does not state may be anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from evals.scorers.names import asset_name, timeframe_name

if TYPE_CHECKING:
    from collections.abc import Mapping

SPOKEN_ASSETS = {
    "BTC": ["bitcoin", "xbt", "비트코인", "биткоин", "биткойн", "ビットコイン", "比特币"],
    "ETH": ["ether", "ethereum", "이더리움", "эфир", "以太坊"],
    "SOL": ["solana"],
    "XAUUSD": ["gold"],
    "TSLA": ["tesla"],
    "AAPL": ["apple"],
    "GOOGL": ["google", "alphabet"],
    "NVDA": ["nvidia"],
    "MSFT": ["microsoft"],
    "AMZN": ["amazon"],
    "META": ["facebook"],
    "LOGI": ["logitech"],
    "SPY": ["s&p"],
    "DOGE": ["dogecoin"],
    "XRP": ["ripple"],
    "ADA": ["cardano"],
    "LTC": ["litecoin"],
}

UNITS = {
    "m": r"(m|mins?|minutes?|dk)(?![a-z])|分",
    "h": r"(h|hrs?|hours?)(?![a-z])|小时|時間|시간|час",
    "d": r"(d|days?)(?![a-z])|日|일",
    "w": r"(w|weeks?)(?![a-z])",
}
WHOLE = {
    "1d": r"daily|every day|\bdays?\b|日线|日均|일봉|дневк|tageschart|diario|diário",
    "1h": r"hourly|每小时",
    "1w": r"weekly",
    "1m": r"\bminute\b",
}
"""Timeframes that have words of their own."""

COUNTED = {"1": "one", "2": "two", "4": "four", "5": "five", "15": "fifteen"}
UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069]")


def asset_is_stated(case: Mapping[str, Any]) -> bool:
    """Tell whether the text names one of the assets the case expects."""
    text = _seen(case["text"])
    words: list[str] = []
    for asset in case["expected"]["assets"] or []:
        plain = asset_name(asset)
        words += [plain, asset, asset.replace("/", ""), *SPOKEN_ASSETS.get(plain, [])]
    return any(_is_named(word.lower(), text) for word in words)


def timeframe_is_stated(case: Mapping[str, Any]) -> bool:
    """Tell whether the text names the timeframe the case expects."""
    timeframe = timeframe_name(case["expected"]["timeframe"]) or ""
    found = re.fullmatch(r"(\d+)([mhdw])", timeframe)
    if not found:
        return False
    text, (count, unit) = _seen(case["text"]), found.groups()
    counted = rf"(?<![\d.])({count}|{COUNTED.get(count, count)})[\s-]*({UNITS[unit]})"
    return bool(re.search(counted, text)) or (timeframe in WHOLE and bool(re.search(WHOLE[timeframe], text)))


def _is_named(word: str, text: str) -> bool:
    escaped = re.escape(word)
    if re.search(rf"(?<![a-z0-9]){escaped}(?![a-z])", text) or re.search(rf"{escaped}[-/]?usdt?", text):
        return True
    return not word.isascii() and word in text


def _seen(text: str) -> str:
    return UNSEEN.sub("", text.lower())
