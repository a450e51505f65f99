"""What an owner's ledger tells of one market under several names, today and as it told it then."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.ports import Trial
from api.agent_store import AgentStore
from api.replay.ledger_then import LedgerThen
from api.replay.made_from import MadeFrom
from api.same_markets import families_on
from engine.evidence.same_candles import FamilyPrint
from storage.database import open_database
from storage.records import LOCAL_USER
from storage.trial_chain import Candidate
from tests.cheating.conftest import Clock, Ids

STRETCHES = {"gold": "abc", "silver": "def", "a peg": ""}
ASSETS = (["ORE"], ["NUGGET"], ["TIN", "NUGGET"])
LINE = st.tuples(st.sampled_from(["ORE", "NUGGET", "TIN", "TIN+ORE"]), st.sampled_from([*STRETCHES]), st.integers(0, 9))


def prints_of(text: str, candles: str) -> frozenset[FamilyPrint]:
    return frozenset(FamilyPrint(one, stretch, candles) for one in text.split("+") for stretch in STRETCHES[candles])


def answers(ledger: Any, own: frozenset[FamilyPrint], *owner: str) -> list[Any]:
    """Return what a ledger tells of some assets; that of today is asked with the candles at hand."""
    at_hand = (own,) if owner else ()
    trial = Trial("new", "d", "NUGGET", 0, 1, {}, "search", prints=own)
    return [
        answer
        for assets in ASSETS
        for answer in (
            ledger.trial_count(*owner, assets, (trial,)),
            _until(ledger.look(*owner, assets, 2, 9, *at_hand)),
            ledger.looks_taken(*owner, assets, 4),
        )
    ]


def _until(look: Any) -> int | None:
    return None if look is None else look.until


@settings(max_examples=30, deadline=None)
@given(lines=st.lists(LINE, min_size=1, max_size=7), looks=st.sets(st.integers(0, 6)))
def test_a_ledger_is_told_again_as_it_told_it_then(lines: list[tuple[str, str, int]], looks: set[int]) -> None:
    database = open_database("sqlite://")
    store = AgentStore(database, Clock(), Ids())
    for number, (text, candles, start) in enumerate(lines):
        origin = "look" if number in looks else "search"
        one = Candidate(text, f"b{number}", "d", start, start + 3, {}, origin)
        with database.write() as work:
            if origin == "look":
                work.trials.register_look(LOCAL_USER, one, now_ms=1)
            else:
                work.trials.add_all(LOCAL_USER, [(one, None)], now_ms=1, prints=prints_of(text, candles))

    with database.read() as work:
        held, brought = work.trials.all(LOCAL_USER), work.prints.all(LOCAL_USER)
        assert all(
            families_on(work, LOCAL_USER, assets) == LedgerThen(held, MadeFrom(9, True), brought).families(assets)
            for assets in ASSETS
        )
    own = frozenset(one for _, one in brought)
    then = LedgerThen(held, MadeFrom(0, True, {"trials": len(held)}), brought)
    assert answers(then, own) == answers(store, own, LOCAL_USER)
    database.close()


def test_a_name_that_came_later_was_not_there_yet() -> None:
    database = open_database("sqlite://")
    AgentStore(database, Clock(), Ids())
    with database.write() as work:
        for number, text in enumerate(("ORE", "NUGGET")):
            one = Candidate(text, "b", "d", 0, 1, {}, "search")
            work.trials.add_all(LOCAL_USER, [(one, None)], now_ms=number, prints=prints_of(text, "gold"))
        held, brought = work.trials.all(LOCAL_USER), work.prints.all(LOCAL_USER)
    database.close()

    first, both = (LedgerThen(held, MadeFrom(0, True, {"trials": count}), brought) for count in (1, 2))

    assert (first.families(["ORE"]), both.families(["ORE"])) == ({"ORE"}, {"ORE", "NUGGET"})
    assert first.families(["NUGGET"]) == {"ORE", "NUGGET"}  # its candles were at hand when it was first run
