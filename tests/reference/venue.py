"""A stand-in for a trading venue: speaks the part of Binance's REST that ccxt asks for, on this machine.

Prices are a formula of the time, so a test knows what must arrive. ``faults`` holds what the next
requests for candles meet: a status to answer with, ``drop`` to hang up, ``empty`` for an empty page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

HOUR = 3_600_000
LISTED = 1_704_067_200_000
"""2024-01-01 00:00 UTC: nothing is there before."""


def candle(time: int) -> list[Any]:
    """One row as the venue sends it."""
    price = 100 + (time // HOUR) % 97
    return [
        time,
        f"{price}.0",
        f"{price + 2}.5",
        f"{price - 1}.25",
        f"{price + 1}.0",
        "12.5",
        time + HOUR - 1,
        "1",
        1,
        "1",
        "1",
        "0",
    ]


def funding(time: int) -> dict[str, Any]:
    """One funding event as the venue sends it."""
    return {
        "symbol": "BTCUSDT",
        "fundingTime": time,
        "fundingRate": f"{(time // HOUR % 7 - 3) / 1e5:.8f}",
        "markPrice": "1",
    }


class Venue:
    """What the server knows and what it was asked."""

    def __init__(self, until: int) -> None:
        self.until = until
        self.gap: range = range(0)
        self.faults: list[str | int] = []
        self.asked: list[dict[str, str]] = []
        self.url = ""

    def answer(self, path: str, query: dict[str, str]) -> Any:
        if path.endswith("/exchangeInfo"):
            return {"timezone": "UTC", "symbols": [market(path, "BTC"), market(path, "ETH")], "rateLimits": []}
        self.asked.append(query)
        start, limit = int(query.get("startTime", LISTED)), int(query.get("limit", 500))
        step = 8 * HOUR if path.endswith("/fundingRate") else HOUR
        row = funding if path.endswith("/fundingRate") else candle
        first = max(LISTED, -(-start // step) * step)
        times = [time for time in range(first, self.until, step) if time not in self.gap][:limit]
        return [row(time) for time in times]


def market(path: str, base: str) -> dict[str, Any]:
    common = {"symbol": f"{base}USDT", "baseAsset": base, "quoteAsset": "USDT", "status": "TRADING", "filters": []}
    if "/fapi/" in path:
        more = {
            "contractType": "PERPETUAL",
            "marginAsset": "USDT",
            "onboardDate": LISTED,
            "deliveryDate": 4133404800000,
            "pair": f"{base}USDT",
        }
        return common | more | {"pricePrecision": 2, "quantityPrecision": 3, "orderTypes": [], "timeInForce": []}
    return common | {
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "permissions": ["SPOT"],
        "isSpotTradingAllowed": True,
        "orderTypes": [],
    }


@contextmanager
def standing_in(venue: Venue) -> Iterator[Venue]:
    """Serve the venue on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            fault: str | int | None = None
            if not address.path.endswith("/exchangeInfo") and venue.faults:
                fault = venue.faults.pop(0)
            if fault == "drop":
                self.close_connection = True
                self.connection.close()
                return
            status = fault if isinstance(fault, int) else 200
            refused = (
                {"code": -1121, "msg": "Invalid symbol."}
                if status == 400
                else {"code": -1003, "msg": "Too many requests."}
            )
            body: Any = refused if status != 200 else venue.answer(address.path, query)
            if fault == "empty":
                body = []
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def handle(self) -> None:
            try:
                super().handle()
            except (OSError, ValueError):
                return  # the connection this test dropped

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    venue.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield venue
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
