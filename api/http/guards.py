"""Who may ask, and how much: names the service is called by, plain text in an address, bounds on what is sent."""

from __future__ import annotations

import ipaddress
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import Refusal, answer
from api.settings import Serving
from engine.spec.meaning.text import hidden_character

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
MAX_HEADER_BYTES = 16 * 1024
MAX_HEADERS = 100
MAX_ADDRESS_BYTES = 8 * 1024
BUSY_SECONDS = 2

ALWAYS_ANSWERED = "/healthz"
"""Answers however many others are waiting: whoever watches the process asks it."""


class Guards:
    """Refuses a request before anything reads it.

    A name in ``Host`` that is not ours is 421: a foreign page whose name was pointed at this machine may not speak to
    it. A changing request from another page (``Origin``, ``Sec-Fetch-Site``) is 403. Characters that hide in a path or
    a query are 400, headers or addresses beyond their bounds 431 and 414, too many requests at once 503.
    """

    def __init__(self, app: ASGIApp, serving: Serving) -> None:
        self.app = app
        self._serving = serving
        self._working = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope, Headers(scope=scope))
        if refusal is not None:
            await answer(refusal, scope)(scope, receive, send)
            return
        self._working += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._working -= 1

    def _refusal(self, scope: Scope, headers: Headers) -> Refusal | None:
        return (
            _of_size(scope)
            or _of_host(headers, self._serving)
            or _of_origin(scope, headers)
            or _of_text(scope)
            or self._of_number(scope)
        )

    def _of_number(self, scope: Scope) -> Refusal | None:
        if self._working < self._serving.max_requests or scope["path"] == ALWAYS_ANSWERED:
            return None
        detail = f"{self._serving.max_requests} requests are being worked on: try again"
        return Refusal(503, "TOO_BUSY", detail, headers={"Retry-After": str(BUSY_SECONDS)})


def is_loopback(name: str) -> bool:
    """Return whether a host name or an address is this machine alone.

    >>> [is_loopback(name) for name in ("localhost", "127.0.0.53", "::1", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def host_name(authority: str) -> str | None:
    """Return the name in ``name:port`` without the port, in lower case; None when it is none.

    >>> host_name("LocalHost:8321"), host_name("[::1]:8321"), host_name("a@b")
    ('localhost', '::1', None)
    """
    if not authority or any(sign in authority for sign in "@/?# "):
        return None
    try:
        parts = urlsplit(f"//{authority}")
        return parts.hostname if parts.port is None or parts.port >= 0 else None
    except ValueError:
        return None


def _of_size(scope: Scope) -> Refusal | None:
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_ADDRESS_BYTES:
        return Refusal(414, "ADDRESS_TOO_LONG", f"path and query have more than {MAX_ADDRESS_BYTES:,} bytes")
    fields = scope["headers"]
    if len(fields) > MAX_HEADERS or sum(len(name) + len(value) for name, value in fields) > MAX_HEADER_BYTES:
        detail = f"more than {MAX_HEADERS} header fields or {MAX_HEADER_BYTES:,} bytes of them"
        return Refusal(431, "HEADERS_TOO_LARGE", detail)
    return None


def _of_host(headers: Headers, serving: Serving) -> Refusal | None:
    given = headers.getlist("host")
    name = host_name(given[0]) if len(given) == 1 else None
    if name is not None and (is_loopback(name) or name in (serving.host.lower(), *serving.allowed_hosts)):
        return None
    return Refusal(421, "UNKNOWN_HOST", "this service is not called by that name; KEK_ALLOWED_HOSTS names others")


def _of_origin(scope: Scope, headers: Headers) -> Refusal | None:
    if scope["method"] in SAFE_METHODS:
        return None
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    ours = origin is None or origin.lower() in (
        f"http://{headers['host'].lower()}",
        f"https://{headers['host'].lower()}",
    )
    if ours and site.lower() in ("none", "same-origin"):
        return None
    return Refusal(403, "FOREIGN_ORIGIN", "a page of another origin may not change anything here")


def _of_text(scope: Scope) -> Refusal | None:
    """Refuse an address that is no plain text once decoded: NUL, line breaks, halves of characters, bidi signs."""
    try:
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = unquote_to_bytes(raw.partition(b"?")[0]).decode()
        pairs = parse_qsl(
            scope["query_string"].decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_HEADERS
        )
    except ValueError:
        return Refusal(400, "BAD_TEXT", "path or query is no UTF-8 text")
    hidden = hidden_character(path) or next(filter(None, (hidden_character(name + text) for name, text in pairs)), None)
    if hidden is None:
        return None
    return Refusal(400, "BAD_TEXT", f"path or query holds a {hidden}")
