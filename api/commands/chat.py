"""`kek chat`: say it, see it tested, see it changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api import console
from api.settings import read_settings

ONCE_LIMIT = 64 * 1024
"""Characters of a message read from standard input at most; the agent takes far fewer."""


def chat(
    once: Annotated[
        str | None, typer.Option(metavar="TEXT", help="One message, one answer; - reads it from standard input.")
    ] = None,
    thread: Annotated[str | None, typer.Option(metavar="ID", help="Go on with this conversation.")] = None,
    spec: Annotated[
        str | None, typer.Option(metavar="FILE", help="Begin with this strategy spec; - reads standard input.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Folder of candles; default: KEK_DATA_DIR, else the demo market."),
    ] = None,
    db: Annotated[
        str | None, typer.Option("--db", metavar="URL", help="Database; default: KEK_DATABASE_URL, else your own file.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="With --once: print the answer as one JSON document.")] = False,
) -> None:
    """Describe a strategy in plain words; it is written down, tested, changed and explained.

    Without --once it is a conversation: one line a message, /help for its commands, Ctrl-C to break off. Examples:

    kek chat

    kek chat --once "buy BTC when the 20 day average crosses above the 50 day average, sell on the opposite"
    """
    from api.chat_session import open_session

    if json and once is None:
        console.refuse("--json needs --once TEXT", console.NOT_DONE, json=True, code="USAGE")
    started_from = None if spec is None else checked_spec(spec, json=json)
    with open_session(read_settings(data=data, database=db), thread, started_from, quiet=json) as session:
        if once is None:
            session.talk()
            return
        answer = session.say(_piped(json=json) if once == "-" else once)
        if json:
            console.emit(answer.as_dict())


def _piped(*, json: bool) -> str:
    """Return the message on standard input; one that is longer than any message ends the command."""
    text = sys.stdin.read(ONCE_LIMIT + 1)
    if len(text) > ONCE_LIMIT:
        console.refuse(f"the message has more than {ONCE_LIMIT} characters: say it shorter", json=json, code="MESSAGE")
    return text


def checked_spec(file: str, *, json: bool) -> dict[str, object]:
    """Return the spec of a file as plain data; one with errors ends the command with all of them."""
    from api.spec_file import read_spec_file
    from engine.spec import check
    from engine.spec.canonical import plain

    checked = check(read_spec_file(file))
    if checked.spec is None:
        console.refuse_problems(checked.problems, json=json)
    found: dict[str, object] = plain(checked.spec)
    return found
