"""A holdout has five looks, however they are asked for; nothing but a look raises a verdict."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from api.judging import Judging, JudgingRefused
from engine.evidence.combined import look_alpha
from engine.judging.look import LookRefused
from storage.database import Database
from tests.cheating.conftest import Clock, Ids, lengths
from tests.engine.judging.conftest import TREND, checked, daily_market

OWNER = "ann"
LONG_ONLY = {name: part for name, part in TREND["signals"].items() if name != "short"}

WAYS: tuple[dict[str, Any], ...] = (
    lengths(13),
    {**lengths(14), "id": "another", "name": "another"},
    {**lengths(15), "universe": {**TREND["universe"], "assets": ["BTC/USDT"]}},
    {**lengths(16), "universe": {**TREND["universe"], "market_type": "spot"}, "signals": LONG_ONLY},
    {**lengths(17), "universe": {**TREND["universe"], "assets": ["BTC", "ETH"]}},
)


def test_the_sixth_look_is_refused_whichever_way_it_is_asked_for(desk: Any) -> None:
    desk.candles(daily_market(12, 0.0), named="ETHUSDT")
    for number, way in enumerate(WAYS, start=1):
        card = desk.judge(look=True, **way).record.card
        assert (card["holdout"]["look"], card["holdout"]["alpha"]) == (number, look_alpha(number))
        assert card["verdict"] != "VALIDATED"
    spent = desk.ledger()["looks"]
    assert [(one["family"], one["spent"]) for one in spent] == [("BTC", 5), ("ETH", 1)]

    for way in ({}, {"name": "the first of all"}, lengths(18), {**lengths(19), "metadata": {"looks": 0}}):
        with pytest.raises(LookRefused) as refused:
            desk.judge(look=True, **way)
        assert refused.value.code == "LOOKS_SPENT"

    assert desk.ledger()["looks"] == spent
    assert "only later data can validate" in desk.kek("ledger", "show")[1]


def test_looks_that_were_spent_are_spent_after_a_restart_and_a_search(desk: Any) -> None:
    for slow in (13, 14, 15):
        desk.judge(look=True, **lengths(slow))
    desk.try_many()

    assert desk.judge(look=True, **lengths(16)).record.card["holdout"]["alpha"] == look_alpha(4)


def test_a_look_that_was_lost_to_a_kill_is_spent(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever pulls the plug before the verdict is written has looked all the same."""

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("api.judging.look_into", killed)
        for slow in (13, 14):
            with pytest.raises(KeyboardInterrupt):
                desk.judge(look=True, **lengths(slow))

    assert desk.ledger()["looks"][0]["spent"] == 2 and desk.ledger()["verdicts"] == []
    assert desk.judge(look=True, **lengths(15)).record.card["holdout"]["alpha"] == look_alpha(3)
    assert desk.judge(look=True, **lengths(13)).record.card["holdout"]["alpha"] == look_alpha(1)


class AtOnce(Judging):
    """Writes its first look down at the moment when all others do."""

    ready: Barrier | None = None

    def _announce(self, *given: Any) -> Any:
        ready, self.ready = self.ready, None
        if ready is not None:
            ready.wait(30)
        return super()._announce(*given)


@pytest.mark.long
def test_of_four_looks_that_are_asked_for_at_once_the_two_that_are_left_are_taken(database: Database) -> None:
    market, slow_lengths = daily_market(11, 0.0), (16, 17, 18, 19)
    with database.write() as work:
        work.users.add(OWNER, wallet_address="0x1", now_ms=0)
    service = Judging(database, market, Clock(), Ids(), noise_runs=0)
    for slow in (13, 14, 15):
        service.judge(OWNER, checked(market, **lengths(slow)), look=True)
    for slow in slow_lengths:  # what is around them is in the ledger, so that it does not grow under their looks
        service.judge(OWNER, checked(market, **lengths(slow)))
    ready, ids = Barrier(len(slow_lengths)), Ids("at once")

    def take(slow: int) -> str:
        mine = AtOnce(database, market, Clock(), ids, noise_runs=0)
        mine.ready = ready
        try:
            return mine.judge(OWNER, checked(market, **lengths(slow)), look=True).record.verdict
        except (LookRefused, JudgingRefused) as refused:
            return refused.code

    with ThreadPoolExecutor(len(slow_lengths)) as pool:
        got = list(pool.map(take, slow_lengths))

    with database.read() as work:
        taken = work.trials.all_looks(OWNER)
        numbers = [one.card["holdout"]["look"] for one in work.judgements.all(OWNER) if one.look_seq is not None]
        assert work.trials.check(OWNER).whole
    assert 4 <= len(taken) <= 5 and sorted(numbers) == list(range(1, len(taken) + 1)), got
    assert "VALIDATED" not in got


def test_a_look_that_cannot_be_had_costs_nothing(desk: Any) -> None:
    desk.candles(daily_market(11, 0.0), 500)

    with pytest.raises(LookRefused) as refused:
        desk.judge(look=True)

    assert refused.value.code == "NO_HOLDOUT" and desk.ledger()["looks"] == []
