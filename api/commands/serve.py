"""`kek serve`: the service on this machine, for HTTP and for any client that speaks OpenAI's protocol."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import console
from api.settings import LOG_LEVELS, Settings, log_level, port_number, read_settings

if TYPE_CHECKING:
    import socket

FROM_VARIABLES = """\
Every option has a variable: KEK_HOST, KEK_PORT, KEK_DATA_DIR, KEK_DATABASE_URL, KEK_LOG_LEVEL; an option wins.
Beside them KEK_ALLOWED_HOSTS (further names it may be called by), KEK_MAX_BODY_BYTES (262144), KEK_BODY_SECONDS (15),
KEK_SEND_SECONDS (15) and KEK_MAX_REQUESTS (1000) bound what a client may take, KEK_KEEP_EVENTS_DAYS (7) and
KEK_KEEP_THREADS_DAYS (30) how long steps of runs and finished threads are kept, KEK_SEARCH_SECONDS (3600) and
KEK_SEARCH_MEGABYTES (4096) what a search may take, KEK_CLUSTER (tcp://host:port) a Dask cluster that measures it, and
KEK_MODEL, KEK_MODEL_BASE_URL, KEK_MODEL_API_KEY name a language model; without one the built-in reader answers.
docs/configuration.md explains them all."""


def serve(
    host: Annotated[str | None, typer.Option(help="Address of this machine to listen on; default: 127.0.0.1.")] = None,
    port: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Port to listen on, 0 for any free one; default: 8321.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Folder of candles; default: KEK_DATA_DIR, else the demo market."),
    ] = None,
    db: Annotated[
        str | None, typer.Option("--db", metavar="URL", help="Database; default: KEK_DATABASE_URL, else your own file.")
    ] = None,
    level: Annotated[
        str | None, typer.Option("--log-level", metavar="LEVEL", help=f"{', '.join(LOG_LEVELS)}; default: info.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print where it is reached as one JSON document.")] = False,
) -> None:
    """Serve HTTP on this machine: threads, strategies, runs, and OpenAI's chat protocol. Ctrl-C ends it.

    The log goes to standard error, one JSON object a line. Example:

    kek serve --port 8321 --data candles
    """
    settings = _told(read_settings(data=data, database=db), host, port, level)
    listening = _listening(settings, json=json)
    address, number = listening.getsockname()[:2]
    base = f"http://{f'[{address}]' if ':' in address else address}:{number}"
    from api.serving import run

    failure = run(settings, listening, lambda: _tell(base, json=json))
    if failure is not None:
        raise failure


def _told(settings: Settings, host: str | None, port: str | None, level: str | None) -> Settings:
    """Return the settings with what the command line says."""
    serving = settings.serving
    if host is not None:
        serving = replace(serving, host=host)
    if port is not None:
        serving = replace(serving, port=port_number("--port", port))
    if level is not None:
        serving = replace(serving, log_level=log_level("--log-level", level))
    return replace(settings, serving=serving)


def _listening(settings: Settings, *, json: bool) -> socket.socket:
    """Return the socket to listen on; an address that others reach, or one that is taken, ends the command."""
    from api.http.guards import is_loopback
    from api.serving import listen

    host, port = settings.serving.host, settings.serving.port
    if not is_loopback(host):
        message = (
            f"{console.clean(host[:80])} is reached by other machines, and there is no sign-in yet: kek serve listens "
            "on this machine alone (127.0.0.1, ::1, localhost); from elsewhere reach it through a tunnel (ssh -L)"
        )
        console.refuse(message, console.NOT_DONE, json=json, code="NOT_LOOPBACK")
    try:
        return listen(host, port)
    except OSError as failure:
        reason = failure.strerror or str(failure)
        hint = "name another with --port, or 0 for any that is free"
        console.refuse(f"{host}:{port}: {reason}; {hint}", console.NOT_DONE, json=json, code="ADDRESS")


def _tell(base: str, *, json: bool) -> None:
    """Say where the service is reached."""
    if json:
        console.emit({"url": base, "openaiBaseUrl": f"{base}/v1"})
        return
    console.say(f"KEK Mix is reached at {base}")
    console.say(f"for clients of OpenAI's protocol the base URL is {base}/v1 (any key)")
    console.say("Ctrl-C ends it")
