"""`kek schema`: the JSON Schema of a strategy spec."""

from __future__ import annotations

from typing import Annotated

import typer

from api import console


def schema(
    json: Annotated[bool, typer.Option("--json", help="Accepted as everywhere: the output is JSON anyway.")] = False,
) -> None:
    """Print the JSON Schema of a strategy spec."""
    from engine.spec.schema import json_schema

    console.emit(json_schema())
