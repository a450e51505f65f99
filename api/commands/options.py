"""Options that several commands share: where the candles and the database are, the window, the equity."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Folder of candles; default: KEK_DATA_DIR, else the demo market."),
]
Database = Annotated[
    str | None, typer.Option("--db", metavar="URL", help="Database; default: KEK_DATABASE_URL, else your own file.")
]
Start = Annotated[
    str | None, typer.Option("--start", metavar="TIME", help="First time measured: 2021-01-31 or 2021-01-31T12:00Z.")
]
End = Annotated[str | None, typer.Option("--end", metavar="TIME", help="Time before which the run ends.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
