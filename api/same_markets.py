"""Which families an owner's data on some assets belongs to: their own, and every one whose candles are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evidence.families import data_family

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from engine.evidence.same_candles import FamilyPrint
    from storage.unit_of_work import UnitOfWork


def same_markets(
    work: UnitOfWork,
    owner: str,
    assets: Iterable[str],
    prints: Collection[FamilyPrint] = (),
    *,
    until: int | None = None,
) -> Mapping[str, frozenset[str]]:
    """Return the families of assets, sorted, each with all names that its market has in the owner's ledger.

    ``prints`` are those of their candles, where these are at hand; what earlier trials brought counts anyway. With
    ``until`` it is what the first so many lines brought.
    """
    families = sorted({data_family(asset) for asset in assets})
    return {family: work.prints.same_market(owner, family, prints, until=until) for family in families}


def families_on(
    work: UnitOfWork, owner: str, assets: Iterable[str], prints: Collection[FamilyPrint] = ()
) -> frozenset[str]:
    """Return every family whose trials are trials on the data of some assets."""
    return frozenset().union(*same_markets(work, owner, assets, prints).values())
