"""The prints of the candles that an owner's trials were made on: which families are one market under several names."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from engine.evidence.same_candles import FamilyPrint, same_families
from storage.tables import candle_prints

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection
    from sqlalchemy.sql import ColumnElement

PRINT = (candle_prints.c.family, candle_prints.c.stretch, candle_prints.c.digest)

AT_ONCE = 500
"""Values that one statement compares with."""


class CandlePrints:
    """An owner's prints; they come with the trials that were made on their candles (`storage.repositories.trials`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def same_market(
        self, owner: str, family: str, own: Collection[FamilyPrint] = (), *, until: int | None = None
    ) -> frozenset[str]:
        """Return the families that are the same market as one by their candles, itself among them.

        Parameters
        ----------
        owner : str
            Whose prints are compared.
        family : str
            A data family.
        own : collection of FamilyPrint, optional
            The prints of its candles as they are now, where they are at hand; what was stored of it counts anyway.
        until : int, optional
            Go by what the first so many lines of the ledger brought.
        """
        alike = {*self._sharing(owner, family), *self._with(owner, family, own)}
        if not alike:
            return frozenset({family})
        return same_families(family, own, self._of(owner, {family, *alike}, until))

    def all(self, owner: str) -> tuple[tuple[int, FamilyPrint], ...]:
        """Return all prints with the lines that brought them, in order."""
        query = select(candle_prints.c.seq, *PRINT).where(candle_prints.c.owner_id == owner)
        rows = self._connection.execute(query.order_by(candle_prints.c.seq, *PRINT))
        return tuple((int(seq), FamilyPrint(*one)) for seq, *one in rows.all())

    def _sharing(self, owner: str, family: str) -> Iterator[str]:
        """Yield the other families that have any print in common with what is stored of one."""
        mine = candle_prints.alias()
        digests = select(mine.c.digest).where(mine.c.owner_id == owner, mine.c.family == family)
        yield from self._others(owner, family, candle_prints.c.digest.in_(digests))

    def _of(self, owner: str, families: Collection[str], until: int | None) -> set[FamilyPrint]:
        query = select(*PRINT).where(candle_prints.c.owner_id == owner, candle_prints.c.family.in_(families))
        if until is not None:
            query = query.where(candle_prints.c.seq <= until)
        return set(_read(self._connection, query))

    def _with(self, owner: str, family: str, own: Collection[FamilyPrint]) -> Iterator[str]:
        """Yield the other families that have any of the prints that are not stored of one yet, a few times perhaps."""
        stored = self._of(owner, {family}, None) if own else set()
        digests = [one.digest for one in own if one.family == family and one not in stored]
        for at in range(0, len(digests), AT_ONCE):
            yield from self._others(owner, family, candle_prints.c.digest.in_(digests[at : at + AT_ONCE]))

    def _others(self, owner: str, family: str, condition: ColumnElement[bool]) -> Iterator[str]:
        others = select(candle_prints.c.family).where(candle_prints.c.owner_id == owner, condition).distinct()
        return (name for name in self._connection.execute(others).scalars() if name != family)


class NewPrints:
    """Prints that a line of the ledger is about to bring."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def missing(self, owner: str, prints: Collection[FamilyPrint]) -> frozenset[FamilyPrint]:
        """Return those that are not stored yet."""
        families = {one.family for one in prints}
        query = select(*PRINT).where(candle_prints.c.owner_id == owner, candle_prints.c.family.in_(families))
        return frozenset(prints).difference(_read(self._connection, query)) if prints else frozenset()

    def digests(self, owner: str) -> dict[int, str]:
        """Return the digest of the prints that each line brought, by its number."""
        by_line: dict[int, list[FamilyPrint]] = {}
        for seq, one in CandlePrints(self._connection).all(owner):
            by_line.setdefault(seq, []).append(one)
        return {seq: prints_digest(prints) for seq, prints in by_line.items()}

    def add(self, owner: str, seq: int, prints: Iterable[FamilyPrint]) -> None:
        """Store prints with the line that brings them, which bears their digest."""
        rows = [{"owner_id": owner, "seq": seq, **one._asdict()} for one in sorted(prints)]
        self._connection.execute(insert(candle_prints), rows)


def prints_digest(prints: Iterable[FamilyPrint]) -> str:
    """Return the SHA-256 of prints in any order.

    >>> one, other = FamilyPrint("BTC", "1d 2020-01", "aa"), FamilyPrint("BTC", "1d 2020-02", "bb")
    >>> prints_digest([one, other]) == prints_digest([other, one]) != prints_digest([one])
    True
    """
    return hashlib.sha256("".join(f"{' '.join(one)}\n" for one in sorted(prints)).encode()).hexdigest()


def _read(connection: Connection, query: Select[Any]) -> Iterator[FamilyPrint]:
    return (FamilyPrint(family, stretch, digest) for family, stretch, digest in connection.execute(query))
