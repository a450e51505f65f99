"""`kek demo`: a short conversation on the demo market, with the report of what came of it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from api import console
from api.settings import read_settings

REPORTS = Path("reports")
IN_MEMORY = "sqlite://"
"""The demo keeps nothing: its database ends with it."""

SAID = (
    "buy bitcoin on 4 hour bars when the rsi 14 crosses above 30, sell when it crosses above 60, with a tight stop",
    "stop 3%",
    "only buy while the close is above the 200 ema",
    "why did it lose money?",
    "improve it",
)
"""What the person says; everything else is answered as it would be to anybody."""


def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the report is written.")] = REPORTS,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document: the messages and answers.")] = False,
) -> None:
    """Hold a short conversation on the demo market: build, ask back, edit, explain, improve.

    Only the person's lines are fixed. Writes the report of the last version as one HTML file.
    """
    from api.chat_session import open_session

    settings = replace(read_settings({}), database_url=IN_MEMORY)
    turns = []
    with open_session(settings, None, None, quiet=json) as session:
        for line in SAID:
            if not json:
                console.say(console.paint(f"\n> {line}", "bold", sys.stdout))
            turns.append({"message": line, "answer": session.say(line).as_dict()})
        session.report(out / "demo.html")
    if json:
        console.emit({"turns": turns})
    console.say(f"Open {console.clean(str(out / 'demo.html'))} in a browser for charts and every trade.", error=True)
    console.say("Your turn: kek chat", error=True)
