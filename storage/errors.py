"""What can go wrong in storage, as one small tree.

StorageError
├── RecordNotFound       the owner has no such record; what belongs to somebody else is not found either
├── RecordConflict       another record is in the way, or somebody else changed the same thing first
│   └── StaleFence       somebody else has claimed the job since, or it was cancelled
├── RecordInvalid        a record given from outside is not of its shape; all problems are in the message
├── RecordDamaged        a stored row does not read back as it was written
├── DatabaseBusy         another process held the database for too long
└── DatabaseUnusable     the database cannot be opened or written: wrong address, newer revision, full disk
"""

from __future__ import annotations


class StorageError(Exception):
    """Base of the errors of storage; ``code`` is stable, the message is a sentence a person can act on."""

    code = "STORAGE"


class RecordNotFound(StorageError):
    """The owner has no such record."""

    code = "NOT_FOUND"

    def __init__(self, kind: str, record_id: str) -> None:
        super().__init__(f"there is no {kind} '{record_id[:120]}'")
        self.kind = kind


class RecordConflict(StorageError):
    """Another record is in the way; nothing was written."""

    code = "CONFLICT"


class StaleFence(RecordConflict):
    """Somebody else has claimed the job since, or it was cancelled; nothing was written."""

    code = "STALE_FENCE"


class RecordInvalid(StorageError):
    """A record from outside is not of its shape."""

    code = "INVALID_RECORD"


class RecordDamaged(StorageError):
    """A stored row does not read back as it was written."""

    code = "DAMAGED_RECORD"


class DatabaseBusy(StorageError):
    """Another process held the database for too long; nothing was written."""

    code = "DATABASE_BUSY"


class DatabaseUnusable(StorageError):
    """The database cannot be opened or written."""

    code = "DATABASE_UNUSABLE"
