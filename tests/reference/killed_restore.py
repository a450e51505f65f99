"""Restores a backup and is killed, at one statement after the other, until a restore comes to its end.

Run as a program: URL, BACKUP, and how many statements lie between two kills. Prints what was found after each kill:
the number of the statement, and the owners that were there.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path
from typing import Any

from reference.fork_rig import in_fork, kill_self
from sqlalchemy import event
from sqlalchemy.engine import Engine

from storage.database import open_database
from storage.maintenance import check_database
from storage.restore import restore_backup


def restore_and_die(url: str, backup: Path, number: int) -> None:
    """Restore, and die when the statement of that number (from 1) is about to be executed, or at the swap (0)."""
    left = count(number, -1)

    def before(*_: Any) -> None:
        if next(left) == 1:
            kill_self()

    if number:
        event.listen(Engine, "before_cursor_execute", before)
    else:
        Path.replace = lambda *_: kill_self()  # type: ignore[method-assign]
    restore_backup(url, backup, replace=True)


def look(url: str, number: int) -> None:
    """Print the owners that are there, and fail when anything is damaged."""
    database = open_database(url)
    report = check_database(database)
    assert report.sound, report.faults
    with database.read() as work:
        sys.stdout.write(" ".join([str(number), *work.users.ids()]) + "\n")
    database.close()


def main(url: str, backup: str, step: str) -> None:
    """Kill until nothing is left to kill."""
    if url.startswith("sqlite"):
        assert in_fork(lambda: restore_and_die(url, Path(backup), 0)) == -9
        assert in_fork(lambda: look(url, 0)) == 0
    for number in count(1, int(step)):
        status = in_fork(lambda number=number: restore_and_die(url, Path(backup), number))  # type: ignore[misc]
        assert in_fork(lambda number=number: look(url, number)) == 0  # type: ignore[misc]
        if status == 0:
            return
        assert status == -9, status


if __name__ == "__main__":
    main(*sys.argv[1:])
