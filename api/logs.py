"""What the service writes down: one JSON object a line on standard error, without secrets."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import unquote, urlsplit

import orjson

if TYPE_CHECKING:
    from api.settings import Settings

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The request that is being worked on, for every line that is written meanwhile."""

SHOWN = "[secret]"
SHORTEST = 5

_CREDENTIALS = re.compile(r"(?i)\b(bearer|basic|token)\s+[\w\-.~+/=]{6,}|\b(sk-|kek_)[\w\-]{16,}")
"""What looks like a key, whoever it belongs to: it came in a header and has no business in a file."""

_PASSWORD_IN_URL = re.compile(r"(?<=://)([^\s:/@]+):([^\s/@]+)@")

_QUIET = ("httpx", "httpcore", "httpcore2", "httpx2", "openai", "alembic", "asyncio", "matplotlib", "numba", "urllib3")
"""Libraries that tell too much of their own at the levels below a warning."""


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Return what must never be written down: the model's key and the database's password, as given and decoded.

    What is shorter than `SHORTEST` is a stand-in ("none", "x") that servers without keys ask for.

    >>> from api.settings import Settings
    >>> secrets_of(Settings(database_url="postgresql://kek:p%40ss-word@db/kek", model_api_key="abc-123"))
    ('abc-123', 'p%40ss-word', 'p@ss-word')
    """
    try:
        password = urlsplit(settings.database_url).password
    except ValueError:
        password = None
    found = [settings.model_api_key, password, unquote(password) if password else None]
    return tuple(dict.fromkeys(secret for secret in found if secret and len(secret) >= SHORTEST))


def redacted(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return ``text`` without ``secrets`` and without anything that looks like a credential.

    >>> redacted("sent Authorization: Bearer abcdef123456 to postgresql://kek:hush@db/kek", ())
    'sent Authorization: [secret] to postgresql://kek:[secret]@db/kek'
    """
    for secret in secrets:
        text = text.replace(secret, SHOWN)
    return _PASSWORD_IN_URL.sub(rf"\1:{SHOWN}@", _CREDENTIALS.sub(SHOWN, text))


class JsonLines(logging.Formatter):
    """Writes a record as one line: time, level, logger, message, the request it belongs to, and its ``fields``."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        request = REQUEST_ID.get()
        if request is not None:
            line["requestId"] = request
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = "".join(traceback.format_exception(*record.exc_info))
        clean = {key: self._clean(value) for key, value in line.items()}
        return orjson.dumps(clean, default=str).decode()

    def _clean(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return redacted(value, self._secrets).encode("utf-8", "backslashreplace").decode()


def start_logging(level: str, secrets: tuple[str, ...] = (), stream: TextIO | None = None) -> None:
    """Send everything that is logged to ``stream`` (default standard error), in place of what was set up before."""
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(JsonLines(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.captureWarnings(True)
