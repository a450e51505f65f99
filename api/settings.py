"""What the surroundings decide, read once and in one place: the ``KEK_*`` environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one process.

    ``data_dir`` is the folder of candles (``KEK_DATA_DIR``); None means the generated demo market.
    """

    data_dir: Path | None = None


def read_settings(environment: Mapping[str, str] | None = None, *, data: Path | None = None) -> Settings:
    """Return the settings of ``environment`` (default: the process's own).

    ``data`` is what the command line said and wins. An empty variable counts as not set; ``~`` is the home folder.

    Examples
    --------
    >>> read_settings({"KEK_DATA_DIR": "candles"}).data_dir.name
    'candles'
    >>> read_settings({"KEK_DATA_DIR": ""}).data_dir is None
    True
    """
    variables = os.environ if environment is None else environment
    named = data if data is not None else variables.get("KEK_DATA_DIR", "").strip()
    return Settings(data_dir=Path(named).expanduser() if named else None)
