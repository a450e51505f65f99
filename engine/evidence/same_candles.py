"""Families that are one market under several names: their candles have the same prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.evidence.families import data_family

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.backtest.result import BacktestResult
    from engine.market.bars import MarketData
    from engine.market.candle_prints import Print
    from engine.spec.models import StrategySpec


class FamilyPrint(NamedTuple):
    """A print of candles (`engine.market.candle_prints`) and the data family they were stored under."""

    family: str
    stretch: str
    digest: str


def family_prints(assets: Iterable[str], prints: Iterable[Iterable[Print]]) -> frozenset[FamilyPrint]:
    """Return the prints of each asset's candles under the family it belongs to."""
    pairs = zip(assets, prints, strict=True)
    return frozenset(FamilyPrint(data_family(asset), *one) for asset, several in pairs for one in several)


def prints_of_market(spec: StrategySpec, market: MarketData) -> frozenset[FamilyPrint]:
    """Return the prints of the candles that a spec is tested on; raises DataError where there are none."""
    from engine.market.lookup import find_market
    from engine.spec.defaults import market_type_of

    universe = spec.universe
    found = find_market(market, universe.assets, universe.quote, market_type_of(spec), universe.timeframe)
    return family_prints((one.asset for one in found), (one.prints for one in found))


def prints_of_result(result: BacktestResult) -> frozenset[FamilyPrint]:
    """Return the prints of the candles that a result was tested on."""
    return family_prints(result.spec.universe.assets, (one.prints for one in result.sources))


def same_families(family: str, own: Iterable[FamilyPrint], known: Iterable[FamilyPrint]) -> frozenset[str]:
    """Return the families that are the same market as one, itself among them.

    They share the print of a stretch with it: how little a print may tell is held where they are made. Those that are
    like these in turn are not looked for.

    Parameters
    ----------
    family : str
        A data family (`engine.evidence.families.data_family`).
    own : iterable of FamilyPrint
        Prints of its candles as they are now; those under other families are passed over.
    known : iterable of FamilyPrint
        What is known of all families, of this one as well: candles that were its own before still are.

    Examples
    --------
    >>> known = [FamilyPrint("BTC", "1d/200 2020-01-14", "aa"), FamilyPrint("BTC", "1d/200 2020-02-03", "bb")]
    >>> own = [FamilyPrint("WALK", "1d/200 2020-01-14", "cc"), FamilyPrint("WALK", "1d/200 2020-02-03", "bb")]
    >>> sorted(same_families("WALK", own, known))
    ['BTC', 'WALK']
    >>> sorted(same_families("WALK", own[:1], known))
    ['WALK']
    """
    held: dict[str, set[tuple[str, str]]] = {family: set()}
    for name, *one in known:
        held.setdefault(name, set()).add((one[0], one[1]))
    mine = held.pop(family) | {(one.stretch, one.digest) for one in own if one.family == family}
    return frozenset({family, *(name for name, prints in held.items() if not mine.isdisjoint(prints))})


def market_name(family: str, names: Iterable[str]) -> str:
    """Return how a family is called beside the other names of its market.

    >>> market_name("WALK", {"BTC", "WALK"}), market_name("ETH", {"ETH"})
    ('WALK (the same candles as BTC)', 'ETH')
    """
    others = sorted(set(names) - {family})
    return f"{family} (the same candles as {' and '.join(others)})" if others else family
