"""The port through which work on a record is asked for, and what a kind of job has to offer to be carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from storage.unit_of_work import UnitOfWork

JobKind = Literal["optimization", "refinement"]


class Dispatcher(Protocol):
    """Says "work on record X" to whoever works; the record is all there is to a job, and is stored before."""

    async def start(self) -> None:
        """Begin to work, first on what an earlier process left unfinished."""

    async def submit(self, kind: JobKind, owner: str, record_id: str) -> None:
        """Ask for work on a stored record; asked twice it is done once."""

    async def cancel(self, kind: JobKind, owner: str, record_id: str) -> None:
        """Stop work on a record for good, and say so in it.

        Raises
        ------
        RecordNotFound
            The owner has no such record.
        RecordConflict
            It has come to its end already.
        """

    async def close(self) -> None:
        """Stop working; what is unfinished stays so, and is taken up at the next start."""


class JobWork(Protocol):
    """One kind of job, as an embedded dispatcher carries it out."""

    def unfinished(self, work: UnitOfWork, owner: str) -> tuple[str, ...]:
        """Return the ids of the owner's records that wait or were left in the middle, oldest first."""

    async def carry_out(self, owner: str, record_id: str) -> None:
        """Work on a record to its end, whatever that is; refusals are written into the record.

        Cancelled, it keeps what it has and leaves the record unfinished. What it raises is no refusal: it is to be
        tried again.

        Raises
        ------
        RecordConflict
            The record has ended, or another has claimed it: nothing more is to be done here.
        """

    async def pause(self, owner: str, record_id: str) -> None:
        """Write down that the work was laid down in order, so that it does not count as a failed attempt."""

    async def cancel(self, owner: str, record_id: str) -> None:
        """Write the end of a record that nobody wants any more; who still works on it finds its fence stale."""
