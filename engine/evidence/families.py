"""Data families: an owner's trials are counted by asset, however a spec spells the asset and whatever goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spec.tickers import QUOTES, find_ticker

if TYPE_CHECKING:
    from collections.abc import Iterable

JOINT = "+"
"""Between the assets in the text of a family; no asset holds one."""


def data_family(asset: str) -> str:
    """Return the family that an asset of a spec belongs to: the asset itself, without the currency it is quoted in.

    Candles of one asset move together in every quote, on every timeframe and as a perpetual, so they are one family.
    An asset that the directory of tickers does not know loses a quote at its end: two assets in one family are
    corrected too much, one asset in two families too little.

    Examples
    --------
    >>> data_family("BTC"), data_family("BTC/USDC"), data_family("BTCUSDT"), data_family("EUR/USD")
    ('BTC', 'BTC', 'BTC', 'EURUSD')
    >>> data_family("WALKUSDT"), data_family("WALK/EUR"), data_family("USDT")
    ('WALK', 'WALK', 'USDT')
    """
    known = find_ticker(asset)
    if known is not None:
        return known.symbol
    base = asset.partition("/")[0]
    return next((base.removesuffix(quote) for quote in QUOTES if base.endswith(quote) and base != quote), base)


def family_text(assets: Iterable[str]) -> str:
    """Return the families of a spec's assets as the one text that a line of the ledger bears.

    >>> family_text(["ETH", "BTC/USDT", "BTC"])
    'BTC+ETH'
    """
    return JOINT.join(sorted({data_family(asset) for asset in assets}))


def families_in(text: str) -> frozenset[str]:
    """Return the families that a line of the ledger belongs to: that of each of its assets.

    >>> sorted(families_in("BTC+ETH"))
    ['BTC', 'ETH']
    """
    return frozenset(data_family(asset) for asset in text.split(JOINT))
