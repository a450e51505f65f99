"""Candles and funding from a trading venue, through ccxt (the extra ``live-data``).

Pages are fetched in time order and stored as they come, so a fetch that breaks off goes on where it
stopped. Only closed candles are kept: an open one would change.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from engine.errors import DataError
from engine.market.bars import FundingSeries, make_bars
from engine.market.symbols import PERP, check_symbol
from engine.market.timeframe import DURATION_MS
from engine.spec.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from storage.candles import CandleStore

PAGE = 1000
"""Candles asked for at once; a venue may send fewer."""

PAGES_A_WRITE = 25
ATTEMPTS = 6
FUNDING_PAGE_MS = 8 * 3_600_000

Page = TypeVar("Page")


class FetchError(DataError):
    """A venue did not deliver; what had arrived before is stored."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fetch is: times in UTC milliseconds, ``at`` between ``start`` and ``end``."""

    symbol: str
    what: str
    start: int
    at: int
    end: int
    received: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch brought: ``received`` new rows, ``stored`` rows there now."""

    symbol: str
    what: str
    received: int
    stored: int


def connect(exchange: str) -> Any:
    """Return ccxt's client of a venue, with its own pauses between requests on.

    Raises
    ------
    FetchError
        ccxt is not installed.
    DataError
        ccxt does not know the venue.
    """
    ccxt = _ccxt()
    if exchange not in ccxt.exchanges:
        guess = nearest(exchange, ccxt.exchanges)
        hint = f" (did you mean '{guess}'?)" if guess else ""
        raise DataError(
            f"exchange {exchange!r} is not known to ccxt{hint}; examples: binance, bybit, okx, kraken, coinbase"
        )
    return getattr(ccxt, exchange)({"enableRateLimit": True, "requests_trust_env": True, "timeout": 20_000})


class CcxtSource:
    """Fetches from one venue into a candle store.

    Parameters
    ----------
    client
        A ccxt client (see `connect`).
    store
        Where candles go; what is there already is not fetched again.
    now : callable
        Returns the present in UTC milliseconds; decides which candles are closed.
    sleep : callable
        Waits a number of seconds between two attempts.
    progress : callable, optional
        Called with a `Progress` after each page.
    """

    def __init__(
        self,
        client: Any,
        store: CandleStore,
        *,
        now: Callable[[], int],
        sleep: Callable[[float], None],
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self._client = client
        self._store = store
        self._now = now
        self._sleep = sleep
        self._progress = progress or (lambda _: None)

    def fetch_bars(self, symbol: str, timeframe: str, start: int, end: int | None = None) -> Fetched:
        """Fetch the closed candles that open in [start, end) and are not stored yet.

        Before and after the stored series is fetched, holes inside it are not.

        Raises
        ------
        DataError
            The venue does not have the symbol or the timeframe, or sent broken candles.
        FetchError
            The venue did not answer, after all attempts; the message says how far the store has come.
        """
        symbol = check_symbol(symbol)
        market = self._market(symbol)
        offered = self._client.timeframes or {}
        if timeframe not in DURATION_MS or (offered and timeframe not in offered):
            allowed = ", ".join(name for name in DURATION_MS if name in offered) or ", ".join(DURATION_MS)
            raise DataError(f"{self._venue}: no {timeframe} candles; it has {allowed}")
        step = DURATION_MS[timeframe]
        last = self._now() - step if end is None else min(self._now() - step, end - 1)
        stored = self._store.bars(symbol, timeframe)
        received = 0
        if stored is not None and stored.n_bars:
            before = min(last, int(stored.time[0]) - 1)
            received += self._fetch_span(symbol, market, timeframe, start, before, whole=True)
            start = max(start, int(stored.time[-1]) + step)
        received += self._fetch_span(symbol, market, timeframe, start, last, whole=False)
        kept = self._store.bars(symbol, timeframe)
        return Fetched(symbol, timeframe, received, kept.n_bars if kept is not None else 0)

    def fetch_funding(self, symbol: str, start: int, end: int | None = None) -> Fetched:
        """Fetch the funding history of a perpetual from ``start``, or from the last event stored.

        Raises
        ------
        DataError, FetchError
            As for `fetch_bars`; also when the symbol is no perpetual or the venue has no such history.
        """
        symbol = check_symbol(symbol)
        if not symbol.endswith(PERP):
            raise DataError(f"{symbol} is no perpetual: only a symbol that ends in {PERP} has funding")
        if not self._client.has.get("fetchFundingRateHistory"):
            raise DataError(f"{self._venue} offers no funding history")
        market = self._market(symbol)
        last = self._now() if end is None else min(self._now(), end - 1)
        stored = self._store.funding(symbol)
        since, whole = start, stored is not None
        if stored is not None and stored.time.shape[0] and stored.time[0] <= start + FUNDING_PAGE_MS:
            since, whole = max(start, int(stored.time[-1]) + 1), False
        pending: list[tuple[int, float]] = []
        try:
            while since <= last:
                page = self._ask(partial(self._client.fetch_funding_rate_history, market, since, PAGE))
                known = {int(event["timestamp"]): event.get("fundingRate") for event in page}
                events = [(time, float(rate)) for time, rate in sorted(known.items()) if rate is not None]
                events = [(time, rate) for time, rate in events if since <= time <= last]
                pending += events
                if not events and page:
                    since = last + 1
                else:
                    since = events[-1][0] + 1 if events else since + PAGE * FUNDING_PAGE_MS
                self._progress(Progress(symbol, "funding", start, min(since, last), last, len(pending)))
        finally:
            if pending and (since > last or not whole):
                times, rates = zip(*pending, strict=True)
                self._store.write_funding(FundingSeries(symbol, np.array(times), np.array(rates)))
        received = len(pending)
        kept = self._store.funding(symbol)
        return Fetched(symbol, "funding", received, kept.time.shape[0] if kept is not None else 0)

    @property
    def _venue(self) -> str:
        return str(self._client.id)

    def _market(self, symbol: str) -> str:
        """Return ccxt's name of a stored symbol: BTCUSDT is BTC/USDT, BTCUSDT-PERP is BTC/USDT:USDT."""
        markets = self._ask(self._client.load_markets)
        pair, perpetual = symbol.removesuffix(PERP), symbol.endswith(PERP)
        names = {}
        for name, market in markets.items():
            kind = market.get("swap") and market.get("linear") is not False if perpetual else market.get("spot")
            if kind:
                names[f"{market.get('base')}{market.get('quote')}"] = name
        if pair not in names:
            guess = nearest(pair, names)
            hint = f" (did you mean '{guess}{PERP if perpetual else ''}'?)" if guess else ""
            kind_name = "perpetual" if perpetual else "spot market"
            raise DataError(f"{self._venue} has no {kind_name} {symbol}{hint}")
        return str(names[pair])

    def _fetch_span(self, symbol: str, market: str, timeframe: str, first: int, last: int, *, whole: bool) -> int:
        """Fetch the candles that open in [first, last], page by page; return how many came.

        With ``whole`` nothing is stored before all of it is there: half a span in front of stored bars
        would leave a hole that nobody fills.
        """
        step = DURATION_MS[timeframe]
        since, received, pages = first, 0, 0
        pending: list[list[float]] = []
        try:
            while since <= last:
                page = self._ask(partial(self._client.fetch_ohlcv, market, timeframe, since, PAGE))
                rows = sorted((row for row in page if since <= row[0] <= last), key=lambda row: row[0])
                rows = [row for at, row in enumerate(rows) if at == 0 or row[0] != rows[at - 1][0]]
                pending += rows
                received += len(rows)
                pages += 1
                since = int(rows[-1][0]) + step if rows else since + PAGE * step
                self._progress(Progress(symbol, timeframe, first, min(since, last), last, received))
                if not rows and page:
                    since = last + 1  # all the venue has lies outside the span
                if pages % PAGES_A_WRITE == 0 and not whole:
                    self._keep(symbol, timeframe, pending)
        finally:
            if since > last or not whole:
                self._keep(symbol, timeframe, pending)
        return received

    def _keep(self, symbol: str, timeframe: str, pending: list[list[float]]) -> None:
        """Store the rows and empty the list."""
        if not pending:
            return
        rows, pending[:] = list(pending), []
        try:
            table = np.array([[float(value or 0.0) for value in row[:6]] for row in rows])
        except (TypeError, ValueError, IndexError) as failure:
            raise DataError(f"{self._venue}: candles of {symbol} are broken ({failure})") from None
        times = np.array([int(row[0]) for row in rows], dtype=np.int64)
        self._store.write(make_bars(symbol, timeframe, times, *table[:, 1:].T))

    def _ask(self, request: Callable[[], Page]) -> Page:
        """Return a request's answer; wait and try again while the venue is busy or the network fails."""
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

        ccxt = _ccxt()
        attempts = Retrying(
            retry=retry_if_exception_type(ccxt.NetworkError),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(multiplier=1, max=30),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return attempts(request)
        except ccxt.NetworkError as failure:
            raise FetchError(
                f"{self._venue} does not answer ({_short(failure)}), tried {ATTEMPTS} times; what came before is "
                "stored, the same command goes on from there"
            ) from None
        except ccxt.BaseError as failure:
            raise FetchError(f"{self._venue} refused: {_short(failure)}") from None


def _ccxt() -> ModuleType:
    try:
        import ccxt
    except ImportError:
        raise FetchError("fetching needs ccxt, which is not installed: pip install 'kek-mix[live-data]'") from None
    module: ModuleType = ccxt
    return module


def _short(failure: Exception) -> str:
    text = " ".join(str(failure).split())
    return f"{type(failure).__name__}: {text[:200]}"
