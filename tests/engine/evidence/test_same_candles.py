"""When two families are one market under two names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.backtest.run import backtest
from engine.evidence.same_candles import FamilyPrint, prints_of_market, prints_of_result, same_families
from engine.market.memory import MemoryMarket
from tests.engine.judging.conftest import TREND, checked, daily_market

FAMILIES = st.sampled_from(["BTC", "ETH", "WALK"])
PRINTS = st.sets(st.builds(FamilyPrint, FAMILIES, st.sampled_from("abcd"), st.sampled_from("xy")), max_size=12)


def of(family: str, *stretches: str) -> set[FamilyPrint]:
    return {FamilyPrint(family, stretch, "same") for stretch in stretches}


def test_one_shared_stretch_makes_a_family_the_same() -> None:
    known = of("BTC", "a", "b", "c") | of("ETH", "d") | {FamilyPrint("SOL", "x", "other")}

    assert same_families("WALK", of("WALK", "a", "x"), known) == {"WALK", "BTC"}
    assert same_families("WALK", of("WALK", "a", "d"), known) == {"WALK", "BTC", "ETH"}
    assert same_families("WALK", of("WALK", "x"), known) == {"WALK"}
    assert same_families("WALK", (), known) == {"WALK"}


def test_candles_that_were_its_own_before_still_are() -> None:
    known = of("WALK", "a", "b") | of("BTC", "a", "b") | of("ETH", "c", "d")

    assert same_families("WALK", of("WALK", "c", "d"), known) == {"WALK", "BTC", "ETH"}
    assert same_families("WALK", of("BTC", "c", "d"), known) == {"WALK", "BTC"}


@given(known=PRINTS)
def test_whoever_is_the_same_as_another_is_so_the_other_way_round(known: set[FamilyPrint]) -> None:
    names = {one.family for one in known}
    found = {name: same_families(name, (), known) for name in names}

    assert all(name in found[name] for name in names)
    assert all((one in found[other]) == (other in found[one]) for one in names for other in names)


def test_a_spec_and_its_result_tell_the_same_prints_of_all_that_is_stored() -> None:
    market = daily_market(3, 0.0)
    spec = checked(market)

    prints = prints_of_market(spec, market)
    assert prints == prints_of_result(backtest(spec, market))
    assert {one.family for one in prints} == {"BTC"} and len({one.stretch for one in prints}) > 36

    walk = MemoryMarket([_renamed(market, symbol) for symbol in market.symbols()])
    other = prints_of_market(checked(walk, universe={**TREND["universe"], "assets": ["WALK"]}), walk)
    assert same_families("WALK", other, prints) == {"WALK", "BTC"}


def _renamed(market: MemoryMarket, symbol: str):
    from dataclasses import replace

    bars = market.bars(symbol, "1d")
    assert bars is not None
    return replace(bars, symbol=symbol.replace("BTC", "WALK"))
