"""What the surroundings decide, read once and in one place: ``KEK_*`` variables and an ``.env`` file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

DOT_ENV = ".env"
TURN_SECONDS = 60.0
TURN_TOKENS = 60_000
LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True)
class Serving:
    """How the service listens and what it takes.

    ``host`` and ``port`` are where it is reached (``KEK_HOST``, ``KEK_PORT``), ``allowed_hosts`` further names it may
    be called by (``KEK_ALLOWED_HOSTS``, parted by commas), ``log_level`` one of `LOG_LEVELS` (``KEK_LOG_LEVEL``). A
    request's body has at most ``max_body_bytes`` (``KEK_MAX_BODY_BYTES``) and arrives within ``body_seconds``
    (``KEK_BODY_SECONDS``); who reads none of an answer for ``send_seconds`` is dropped (``KEK_SEND_SECONDS``);
    ``max_requests`` are worked on at once, open streams among them (``KEK_MAX_REQUESTS``).
    """

    host: str = "127.0.0.1"
    port: int = 8321
    allowed_hosts: tuple[str, ...] = ()
    log_level: str = "info"
    max_body_bytes: int = 256 * 1024
    body_seconds: float = 15.0
    send_seconds: float = 15.0
    max_requests: int = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """How long what is kept only for a while is kept, in days.

    ``events_days`` are the steps of a run after its end (``KEK_KEEP_EVENTS_DAYS``), ``finished_threads_days`` a
    conversation after it was finished (``KEK_KEEP_THREADS_DAYS``).
    """

    events_days: float = 7.0
    finished_threads_days: float = 30.0


@dataclass(frozen=True, slots=True)
class Searching:
    """What one search may take, and where it is measured.

    ``seconds`` of one core (``KEK_SEARCH_SECONDS``) and ``megabytes``, of 2^20 bytes (``KEK_SEARCH_MEGABYTES``), as
    reckoned before it begins; ``cluster`` is the address of a Dask scheduler (``KEK_CLUSTER``), None for this machine.
    """

    seconds: float = 3_600.0
    megabytes: float = 4_096.0
    cluster: str | None = None

    @property
    def caps(self) -> dict[str, float]:
        """The caps as a plan takes them."""
        return {"most_seconds": self.seconds, "most_bytes": self.megabytes * 2**20}


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one process.

    ``data_dir`` is the folder of candles (``KEK_DATA_DIR``); None means the generated demo market. ``state_dir`` holds
    what the program keeps (``KEK_STATE_DIR``; default the user's data folder), ``database_url`` where
    (``KEK_DATABASE_URL``; default a SQLite file in it). A language model is used when ``model`` (``KEK_MODEL``) is set,
    behind ``model_base_url`` and with ``model_api_key``; ``model_price`` is what it costs, in dollars per million
    tokens sent and written, and a third for those sent from the provider's cache (``KEK_MODEL_PRICE="2.50 10 1.25"``):
    without it tokens are counted and cost is not known. ``turn_seconds`` and ``turn_tokens`` bound what reading one
    message may take (``KEK_TURN_SECONDS``, ``KEK_TURN_TOKENS``). ``serving`` is how `kek serve` listens,
    ``kept`` how long it keeps what is not kept for good, ``searching`` what a search may take.
    """

    data_dir: Path | None = None
    state_dir: Path = Path("kek-state")
    database_url: str = field(default="", repr=False)
    model: str | None = None
    model_base_url: str | None = None
    model_api_key: str | None = field(default=None, repr=False)
    model_price: tuple[float, ...] | None = None
    turn_seconds: float = TURN_SECONDS
    turn_tokens: int = TURN_TOKENS
    serving: Serving = Serving()
    kept: Kept = Kept()
    searching: Searching = Searching()

    @property
    def checkpoint_file(self) -> Path | None:
        """Where running turns are kept: beside a SQLite database, else in the state folder; None for one in memory."""
        if not self.database_url.startswith("sqlite"):
            return self.state_dir / "checkpoints.db"
        file = self.database_file
        return None if file is None else file.with_name(file.stem + ".checkpoints.db")

    @property
    def database_file(self) -> Path | None:
        """The file of a SQLite database; None for one in memory or on a server."""
        kind, _, place = self.database_url.partition("://")
        file = place.partition("?")[0].removeprefix("/")
        return None if not kind.startswith("sqlite") or file in ("", ":memory:") else Path(file)


def read_settings(
    environment: Mapping[str, str] | None = None, *, data: Path | None = None, database: str | None = None
) -> Settings:
    """Return the settings of ``environment`` (default: the process's own, over the ``.env`` file of this folder).

    ``data`` and ``database`` are what the command line said and win. An empty variable counts as not set; ``~`` is
    the home folder.

    Raises
    ------
    EngineInputError
        A variable that holds a number holds something else.

    Examples
    --------
    >>> read_settings({"KEK_DATA_DIR": "candles"}).data_dir.name
    'candles'
    >>> read_settings({"KEK_DATA_DIR": ""}).data_dir is None
    True
    >>> read_settings({"KEK_STATE_DIR": "/var/kek"}).database_url
    'sqlite:////var/kek/kek.db'
    >>> "secret" in repr(read_settings({"KEK_MODEL_API_KEY": "secret", "KEK_DATABASE_URL": "postgresql://u:secret@h/d"}))
    False
    """
    variables = {**_dot_env(), **os.environ} if environment is None else environment

    def value(name: str) -> str | None:
        return variables.get(name, "").strip() or None

    folder = value("KEK_DATA_DIR") if data is None else str(data)
    state = value("KEK_STATE_DIR")
    state_dir = Path(state).expanduser() if state else user_data_folder(variables)
    return Settings(
        data_dir=Path(folder).expanduser() if folder else None,
        state_dir=state_dir,
        database_url=database or value("KEK_DATABASE_URL") or f"sqlite:///{state_dir / 'kek.db'}",
        model=value("KEK_MODEL"),
        model_base_url=value("KEK_MODEL_BASE_URL"),
        model_api_key=value("KEK_MODEL_API_KEY"),
        model_price=_prices("KEK_MODEL_PRICE", value("KEK_MODEL_PRICE")),
        turn_seconds=_number("KEK_TURN_SECONDS", value("KEK_TURN_SECONDS"), TURN_SECONDS),
        turn_tokens=round(_number("KEK_TURN_TOKENS", value("KEK_TURN_TOKENS"), TURN_TOKENS)),
        serving=_serving(value),
        kept=Kept(
            events_days=_number("KEK_KEEP_EVENTS_DAYS", value("KEK_KEEP_EVENTS_DAYS"), Kept().events_days),
            finished_threads_days=_number(
                "KEK_KEEP_THREADS_DAYS", value("KEK_KEEP_THREADS_DAYS"), Kept().finished_threads_days
            ),
        ),
        searching=Searching(
            seconds=_number("KEK_SEARCH_SECONDS", value("KEK_SEARCH_SECONDS"), Searching().seconds),
            megabytes=_number("KEK_SEARCH_MEGABYTES", value("KEK_SEARCH_MEGABYTES"), Searching().megabytes),
            cluster=cluster_address("KEK_CLUSTER", value("KEK_CLUSTER")),
        ),
    )


def _serving(value: Callable[[str], str | None]) -> Serving:
    """Return how the service listens, by the variables that ``value`` reads."""

    def number(name: str, default: float) -> float:
        return _number(name, value(name), default)

    given = Serving()
    return Serving(
        host=value("KEK_HOST") or given.host,
        port=port_number("KEK_PORT", value("KEK_PORT") or str(given.port)),
        allowed_hosts=tuple(name.strip().lower() for name in (value("KEK_ALLOWED_HOSTS") or "").split(",") if name),
        log_level=log_level("KEK_LOG_LEVEL", value("KEK_LOG_LEVEL") or given.log_level),
        max_body_bytes=round(number("KEK_MAX_BODY_BYTES", given.max_body_bytes)),
        body_seconds=number("KEK_BODY_SECONDS", given.body_seconds),
        send_seconds=number("KEK_SEND_SECONDS", given.send_seconds),
        max_requests=round(number("KEK_MAX_REQUESTS", given.max_requests)),
    )


def port_number(name: str, text: str) -> int:
    """Return a port as a number; 0 lets the system choose one.

    Raises
    ------
    EngineInputError
        It is none.

    Examples
    --------
    >>> port_number("--port", "8321")
    8321
    """
    from engine.errors import EngineInputError

    if not (text.isascii() and text.isdigit() and int(text[:6]) <= 65_535):
        raise EngineInputError(f"{name} is {text[:40]!r}: must be a port from 0 to 65535 (0: any that is free)")
    return int(text)


def cluster_address(name: str, text: str | None) -> str | None:
    """Return the address of a Dask scheduler as it stands, None without one.

    Raises
    ------
    EngineInputError
        It is none.

    Examples
    --------
    >>> cluster_address("--cluster", "localhost")
    Traceback (most recent call last):
    engine.errors.EngineInputError: --cluster is 'localhost': must be an address such as tcp://host:port
    """
    from engine.errors import EngineInputError

    if text is not None and not re.fullmatch(r"(tcp|tls)://[^\s/@]+:[0-9]{1,5}", text):
        raise EngineInputError(f"{name} is {text[:80]!r}: must be an address such as tcp://host:port")
    return text


def log_level(name: str, text: str) -> str:
    """Return a level of `LOG_LEVELS` as it is written there.

    Raises
    ------
    EngineInputError
        It is none.

    Examples
    --------
    >>> log_level("KEK_LOG_LEVEL", "WARNING")
    'warning'
    """
    from engine.errors import EngineInputError

    if text.lower() not in LOG_LEVELS:
        raise EngineInputError(f"{name} is {text[:40]!r}: must be one of {', '.join(LOG_LEVELS)}")
    return text.lower()


def user_data_folder(variables: Mapping[str, str]) -> Path:
    """Return the folder for what a program of this user keeps: XDG's, or the one of Windows.

    >>> user_data_folder({"XDG_DATA_HOME": "/data"}).as_posix()
    '/data/kek'
    """
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA"):
        folder = variables.get(name, "").strip()
        if folder and Path(folder).is_absolute():
            return Path(folder) / "kek"
    return Path("~/.local/share/kek").expanduser()


def _dot_env() -> dict[str, str]:
    """Return the settings of the file, whose other lines are nobody's business here."""
    if not Path(DOT_ENV).is_file():
        return {}
    from dotenv.parser import parse_stream

    from engine.errors import EngineInputError

    try:
        text = Path(DOT_ENV).read_text(encoding="utf-8")
    except UnicodeDecodeError as failure:
        raise EngineInputError(
            f"{DOT_ENV} is no text in UTF-8: write it as lines of NAME=value, or remove it"
        ) from failure
    read: dict[str, str] = {}
    for line in parse_stream(StringIO(text)):
        if line.error and "KEK_" in line.original.string:
            raise EngineInputError(f"line {line.original.line} of {DOT_ENV} cannot be read: NAME=value is expected")
        if line.key is not None and line.key.startswith("KEK_") and line.value is not None:
            read[line.key] = line.value
    return read


def _prices(name: str, text: str | None) -> tuple[float, ...] | None:
    """Return the two or three prices a variable holds, None where it is not set."""
    if text is None:
        return None
    from engine.errors import EngineInputError

    try:
        prices = tuple(float(one) for one in text.split())
    except ValueError:
        prices = ()
    if len(prices) not in (2, 3) or not all(0 <= one < 1e6 for one in prices):
        raise EngineInputError(
            f"{name} is {text!r}: must be dollars per million tokens sent and written, such as '2.50 10', "
            "and a third for cached ones where they cost less"
        )
    return prices


def _number(name: str, text: str | None, default: float) -> float:
    """Return a positive number a variable holds, or the default where it is not set."""
    if text is None:
        return default
    from engine.errors import EngineInputError

    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number < 1e9:
        raise EngineInputError(f"{name} is {text!r}: must be a positive number")
    return number
