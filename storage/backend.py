"""What one kind of database has to offer, and how its driver's errors become those of this room."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from storage.errors import DatabaseBusy, RecordConflict, RecordInvalid, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy.engine import Connection, Engine


class Backend(Protocol):
    """Everything that differs between kinds of databases; tables and repositories know none of it."""

    @property
    def name(self) -> str:
        """How messages call this database; never with a password."""

    @property
    def engine(self) -> Engine:
        """The engine below."""

    @property
    def file(self) -> Path | None:
        """The file it lies in; None for one in memory or on a server."""

    def prepare(self) -> None:
        """Make sure, once at opening, that what is there can be used; raises DatabaseUnusable."""

    def writer(self) -> AbstractContextManager[Connection]:
        """Give a connection whose transaction may write; committed when the block ends, undone when it raises."""

    def reader(self) -> AbstractContextManager[Connection]:
        """Give a connection whose transaction sees one snapshot and cannot write."""

    def migrator(self) -> AbstractContextManager[Connection]:
        """Give a writing connection that no other process migrates beside, and that may take its time."""

    def own_error(self, error: DBAPIError) -> StorageError:
        """Return a driver's error, other than a broken key, as one of this room."""

    def close(self) -> None:
        """Close every connection."""


@contextmanager
def own_errors(backend: Backend) -> Iterator[None]:
    """Turn the driver's errors into those of this room, with the driver's own words."""
    try:
        yield
    except IntegrityError as error:
        raise RecordConflict(f"nothing was written: {driver_words(error)}") from error
    except DBAPIError as error:
        raise backend.own_error(error) from error
    except NoConnectionLeft as error:
        raise DatabaseBusy("every connection to the database is in use: try again") from error
    except StatementError as error:
        raise RecordInvalid(f"nothing was written: {error.orig}") from error
    except UnicodeEncodeError as error:
        raise RecordInvalid(f"nothing was written: a text holds what is no character ({error.reason})") from error
    except OverflowError as error:
        raise RecordInvalid(f"nothing was written: {error}") from error


def driver_words(error: DBAPIError) -> str:
    """Return what a driver says in one line, without the rows it says it about."""
    primary = getattr(getattr(error.orig, "diag", None), "message_primary", None)
    return " ".join(str(primary or error.orig).split())


def without_secrets(url: str) -> str:
    """Return the text of a URL, well-formed or not, without what only its owner may know.

    >>> without_secrets("postgresql://kek:s3/cr@t@db.example/kek?sslmode=require&sslpassword=hush")
    'postgresql://kek:***@db.example/kek?sslmode=require&sslpassword=***'
    """
    url = re.sub(r"((?:^|//)[^:/@]*):(?!//).*@", r"\1:***@", url, flags=re.DOTALL)
    return re.sub(r"(?i)([a-z_]*(?:password|secret|token)[a-z_]*=)[^&\s]*", r"\1***", url)
