"""The options every `kek data` command has, and the folder of candles it writes to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import console
from api.settings import read_settings

if TYPE_CHECKING:
    from storage.candles import CandleStore

DataFolder = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Folder of candles; default: KEK_DATA_DIR.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def open_store(data: Path | None, *, json: bool) -> CandleStore:
    """Return the store to write to, its folder made if need be."""
    folder = read_settings(data=data).data_dir
    if folder is None:
        console.refuse("say where candles are kept: --data DIR or KEK_DATA_DIR", json=json, code="INPUT")
    from storage.candles import CandleStore

    return CandleStore(folder, create=True)
