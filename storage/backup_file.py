"""The file of a backup: compressed JSON lines, by which a file that was cut or changed is noticed.

The first line says what it is, then each table has a line with its columns and one line a row, and the last line says
how many rows there are and what all lines before it hash to.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import orjson

from storage.errors import DatabaseUnusable, RecordInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from storage.maintenance import Progress

KIND, FORMAT = "kek backup", 1

AT_ONCE = 500
"""Rows that are held at once."""

MODE = 0o600
"""A backup is its owner's alone, as the database is."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: the revision of its tables, when it was made, rows by table, and the hash of all lines."""

    revision: str
    created_at: str
    counts: Mapping[str, int]
    sha256: str


class LinesOut:
    """Writes documents one a line, and knows what all of them hash to."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def write(self, document: object) -> None:
        line = orjson.dumps(document, default=_wired, option=orjson.OPT_APPEND_NEWLINE)
        self._hash.update(line)
        self._file.write(line)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def read_manifest(path: Path, *, progress: Progress | None = None) -> Manifest:
    """Read a whole backup and return what it holds, once it is known to be as it was written.

    Raises
    ------
    RecordInvalid
        It is no backup, was cut, or was changed; the message says which.
    DatabaseUnusable
        The file cannot be read, or was written by a newer version.
    """
    head: dict[str, Any] = {}
    end: dict[str, Any] = {}
    counts: dict[str, int] = {}
    table = ""
    try:
        for line in _checked_lines(path):
            if isinstance(line, list):
                counts[table] += 1
            elif "table" in line:
                table = line["table"]
                counts[table] = 0
                if progress is not None:
                    progress(f"reading {table}", len(counts), len(head["tables"]))
            elif "sha256" not in line:
                head = line
            else:
                end = line
        if counts != end["counts"]:
            raise RecordInvalid(f"{path} holds other rows than its last line says: it was changed")
        return Manifest(str(head["revision"]), str(head["createdAt"]), counts, end["sha256"])
    except (LookupError, TypeError, AttributeError) as error:
        raise RecordInvalid(f"{path} has a line that no backup has: {error!r}") from error


def rows_of(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the rows of a backup, some of one table at a time, tables in the order they refer to each other."""
    table = ""
    columns: list[str] = []
    waiting: list[dict[str, Any]] = []
    for line in _checked_lines(path):
        if isinstance(line, list):
            waiting.append({name: _value(item) for name, item in zip(columns, line, strict=True)})
        if waiting and (len(waiting) >= AT_ONCE or not isinstance(line, list)):
            yield table, waiting
            waiting = []
        if not isinstance(line, list):
            table, columns = line.get("table", ""), line.get("columns", [])


def _wired(value: object) -> dict[str, str]:
    """Bytes are the one value JSON has no word for."""
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(f"{type(value).__name__} has no place in a backup")


def _value(item: Any) -> Any:
    return base64.b64decode(item["base64"], validate=True) if isinstance(item, dict) else item


def _checked_lines(path: Path) -> Iterator[Any]:
    """Yield the documents of a backup's lines; raises when the file turns out to be something else than was written."""
    seen, last = hashlib.sha256(), None
    for number, line in enumerate(_raw_lines(path), start=1):
        if last is not None and "sha256" in last:
            raise RecordInvalid(f"{path} goes on after its last line: it was changed")
        try:
            document = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise RecordInvalid(f"line {number} of {path} does not read back: {error}") from error
        if number == 1:
            _check_kind(document, path)
        if isinstance(document, dict) and "sha256" in document and document["sha256"] != seen.hexdigest():
            raise RecordInvalid(f"{path} was changed after it was written: its lines have another hash than it says")
        seen.update(line)
        last = document if isinstance(document, dict) else {}
        yield document
    if last is None or "sha256" not in last:
        raise RecordInvalid(f"{path} ends too early: its last line is missing")


def _raw_lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path) as file:
            yield from file
    except EOFError as error:
        raise RecordInvalid(f"{path} ends too early: it was cut") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise RecordInvalid(f"{path} is no backup of this program, or was damaged: {error}") from error
    except OSError as error:
        raise DatabaseUnusable(f"{path} cannot be read: {error.strerror or error}") from error


def _check_kind(document: Any, path: Path) -> None:
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise RecordInvalid(f"{path} is no backup of this program")
    if document["format"] != FORMAT:
        raise DatabaseUnusable(f"{path} has format {document['format']}, this version reads {FORMAT}: update it")


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """Give a file that stands at ``path`` when the block ends, and nowhere when it raises or is killed."""
    beside = path.with_name(path.name + ".part")
    try:
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise DatabaseUnusable(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make sure that what was renamed in a folder is renamed after a power cut, too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
