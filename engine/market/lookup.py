"""Which stored candles an asset of a spec means: symbols to try, timeframes to build from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from engine.errors import DataError
from engine.market.timeframe import DURATION_MS, TIMEFRAMES, nests
from engine.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.market.bars import Bars, FundingSeries, MarketData
    from engine.market.candle_prints import Print
    from engine.market.resample import Resampled

PERP = "-PERP"
DEFAULT_QUOTES = ("USDT", "USD")
"""Tried in this order where a spec names no quote, after the asset as itself."""


class Catalog(Protocol):
    """The part of `engine.market.bars.MarketData` that tells what is there without reading it."""

    def symbols(self) -> Sequence[str]:
        """All symbols with candles, sorted."""

    def timeframes(self, symbol: str) -> Sequence[str]:
        """Stored timeframes of a symbol, shortest first; empty when unknown."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where an asset's candles lie: ``stored`` is the timeframe to read (and resample from)."""

    asset: str
    symbol: str
    stored: str
    spot_for_perp: bool


@dataclass(frozen=True, slots=True, eq=False)
class FoundBars:
    """Bars of one asset on the timeframe asked for.

    ``resampled_from`` names the stored timeframe they were put together from, None when stored as they
    are; ``funding`` is the stored series of a perpetual. ``notices`` say what was taken instead
    of what, and what is missing inside. ``prints`` are those of all that is stored.
    """

    asset: str
    symbol: str
    bars: Bars
    funding: FundingSeries | None
    resampled_from: str | None
    notices: tuple[Notice, ...]
    prints: tuple[Print, ...] = ()


def candidate_symbols(asset: str, quote: str | None, market_type: str) -> tuple[str, ...]:
    """Return the symbols an asset may be stored under, in the order they are tried.

    ``quote`` None means "as itself, then in USDT, then in USD"; a quote written into the asset
    (``BTC/USDC``) goes before it. For ``perp`` the perpetuals come first, then the spot symbols,
    whose candles may stand in for them.

    >>> candidate_symbols("BTC", "USDT", "spot")
    ('BTC', 'BTCUSDT')
    >>> candidate_symbols("BTC", None, "perp")
    ('BTC-PERP', 'BTCUSDT-PERP', 'BTCUSD-PERP', 'BTC', 'BTCUSDT', 'BTCUSD')
    >>> candidate_symbols("ETH/BTC", "USDT", "spot")
    ('ETHBTC',)
    """
    base, _, own_quote = asset.partition("/")
    if own_quote:
        spot = [base + own_quote]
    else:
        spot = [base, *(base + each for each in ((quote,) if quote else DEFAULT_QUOTES))]
    perpetuals = [name + PERP for name in spot] if market_type == "perp" else []
    return tuple(dict.fromkeys(perpetuals + spot))


def locate(catalog: Catalog, asset: str, quote: str | None, market_type: str, timeframe: str) -> Located | None:
    """Return where the candles of an asset lie, None when nothing stored can serve.

    The first candidate symbol that is stored on the timeframe, or on a finer one that nests in it, is
    taken; of several finer ones the coarsest, which costs least.
    """
    for symbol in candidate_symbols(asset, quote, market_type):
        stored = catalog.timeframes(symbol)
        usable = [name for name in stored if name == timeframe or _builds(name, timeframe)]
        if usable:
            best = max(usable, key=DURATION_MS.__getitem__)
            spot_for_perp = market_type == "perp" and not symbol.endswith(PERP)
            return Located(asset, symbol, best, spot_for_perp)
    return None


def find_market(
    data: MarketData, assets: Sequence[str], quote: str | None, market_type: str, timeframe: str
) -> list[FoundBars]:
    """Return the bars of every asset, in the order given.

    Raises
    ------
    DataError
        The timeframe is unknown, or an asset has no candles that can serve; the message names every
        such asset, the symbols tried and the command that brings the candles.
    """
    if timeframe not in DURATION_MS:
        raise DataError(f"timeframe {timeframe!r} is not known; allowed: {', '.join(TIMEFRAMES)}")
    found, absent = [], []
    for asset in assets:
        where = locate(data, asset, quote, market_type, timeframe)
        bars = _read(data, where, timeframe, quote) if where else None
        if bars is None:
            absent.append(no_data_message(data, asset, quote, market_type, timeframe))
        else:
            found.append(bars)
    if absent:
        raise DataError(f"{data.name}: " + "\n".join(absent))
    return found


def no_data_message(catalog: Catalog, asset: str, quote: str | None, market_type: str, timeframe: str) -> str:
    """Return what to tell a person whose asset has no candles: what was tried and how to get them."""
    from engine.spec.problems import nearest

    tried = candidate_symbols(asset, quote, market_type)
    symbol = next((name for name in tried if catalog.timeframes(name)), tried[min(1, len(tried) - 1)])
    stored = catalog.timeframes(symbol)
    if locate(catalog, asset, quote, market_type, timeframe) is not None:
        reason = f"{asset} has no whole {timeframe} bar: what is stored of {symbol} is empty or too short"
    elif stored:
        reason = f"{asset} has no {timeframe} candles: {symbol} is stored on {', '.join(stored)} only"
    else:
        reason = f"{asset} has no candles (looked for {', '.join(tried)})"
        guess = nearest(tried[0], catalog.symbols())
        reason += f", the nearest stored symbol is {guess}" if guess else ""
    return (
        f"{reason}; bring them in with 'kek data import FILE --symbol {symbol} --timeframe {timeframe}' "
        f"or 'kek data fetch {symbol} --timeframe {timeframe}'"
    )


def _builds(finer: str, coarser: str) -> bool:
    return finer in DURATION_MS and DURATION_MS[finer] < DURATION_MS[coarser] and nests(finer, coarser)


def _read(data: MarketData, where: Located, timeframe: str, quote: str | None) -> FoundBars | None:
    stored = data.bars(where.symbol, where.stored)
    notices: list[Notice] = []
    resampled_from = None
    if stored is None or stored.n_bars == 0:
        return None
    from engine.market.candle_prints import candle_prints

    prints = candle_prints(stored)
    if where.stored != timeframe:
        from engine.market.resample import resample

        resampled_from = where.stored
        made = resample(stored, timeframe)
        notices += _resampling_notices(where, made, timeframe)
        stored = made.bars
        if stored.n_bars == 0:
            return None
    funding = None
    if where.symbol.endswith(PERP) or where.spot_for_perp:
        perpetuals = [name for name in candidate_symbols(where.asset, quote, "perp") if name.endswith(PERP)]
        own = [where.symbol] if where.symbol.endswith(PERP) else perpetuals
        funding = next((series for name in own if (series := data.funding(name)) is not None), None)
    if where.spot_for_perp:
        notices.append(
            Notice(
                "SPOT_CANDLES_FOR_PERP",
                f"{where.asset}: no candles of the perpetual are stored, so prices are those of spot {where.symbol}",
                detail={"asset": where.asset, "symbol": where.symbol},
            )
        )
    return FoundBars(where.asset, where.symbol, stored, funding, resampled_from, tuple(notices), prints)


def _resampling_notices(where: Located, made: Resampled, timeframe: str) -> list[Notice]:
    notices = [
        Notice(
            "RESAMPLED",
            f"{where.symbol}: {timeframe} bars are put together from stored {where.stored} bars",
            "note",
            {"symbol": where.symbol, "from": where.stored, "to": timeframe},
        )
    ]
    if made.n_incomplete:
        notices.append(
            Notice(
                "INCOMPLETE_PERIODS",
                f"{where.symbol}: {made.n_incomplete} of {made.bars.n_bars} {timeframe} bars lack some of their "
                f"{where.stored} parts ({int(made.missing.sum())} in all); they are made of the rest",
                detail={
                    "symbol": where.symbol,
                    "incompleteBars": made.n_incomplete,
                    "missingParts": int(made.missing.sum()),
                    "firstTime": int(made.bars.time[int((made.missing > 0).argmax())]),
                },
            )
        )
    return notices
