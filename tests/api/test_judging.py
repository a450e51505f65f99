"""Judging through the ledger: what a look costs, what is never looked at twice, and what keeps a verdict away."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sqlalchemy import text

from api.judging import Judging, JudgingRefused
from engine.evidence.families import family_text
from engine.judging.look import LookRefused
from engine.judging.selection import selection_case
from engine.market.bars import make_bars
from engine.market.memory import MemoryMarket
from engine.market.timeframe import DAY_MS
from storage.database import open_database
from storage.records import ZERO_ADDRESS
from storage.trial_chain import Candidate, DailyReturns
from tests.engine.judging.conftest import START, TREND, checked, daily_market

OWNER, OTHER = "ann", "bob"
NOW = START + 1_200 * DAY_MS


class Clock:
    def __init__(self, now_ms: int = NOW) -> None:
        self.now = now_ms

    def now_ms(self) -> int:
        self.now += 1
        return self.now

    def monotonic(self) -> float:
        return 0.0


class Ids:
    numbers = itertools.count(1)

    def new(self, kind: str) -> str:
        return f"{kind}_{next(self.numbers):08d}"


@pytest.fixture
def database():
    opened = open_database("sqlite://")
    with opened.write() as work:
        for owner in (OWNER, OTHER):
            work.users.ensure(owner, wallet_address=ZERO_ADDRESS if owner == OWNER else "0x" + "1" * 40, now_ms=1)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def trending():
    return daily_market(5, 0.35)


@pytest.fixture(scope="module")
def aimless():
    return daily_market(11, 0.0)


def judging(database, market, clock=None, noise_runs=0):
    return Judging(database, market, clock or Clock(), Ids(), noise_runs=noise_runs)


def state(database, owner=OWNER):
    """How many trials and looks there are, and whether all is as it was written."""
    with database.read() as work:
        looks = work.trials.all_looks(owner)
        return work.trials.count(owner, "BTC"), len(looks), work.trials.check(owner).whole


def test_without_a_look_nothing_is_validated_and_what_was_measured_is_in_the_ledger(database, trending):
    spec = checked(trending)

    found = judging(database, trending).judge(OWNER, spec)

    case = selection_case(spec, trending, [])
    assert (found.record.verdict, found.again, found.record.look_seq) == ("UNPROVEN", False, None)
    assert state(database) == (len(case.tried), 0, True)
    assert found.record.card["trials"]["total"] == len(case.tried)
    assert found.record.card["looks"] == {"taken": 0, "of": 5, "nextAlpha": pytest.approx(0.0304, abs=1e-4)}


def test_a_look_is_announced_taken_and_judged_once(database, trending):
    spec = checked(trending)
    service = judging(database, trending)

    found = service.judge(OWNER, spec, look=True)

    with database.read() as work:
        [look] = work.trials.all_looks(OWNER)
        stored = work.judgements.all(OWNER)
    assert (found.record.verdict, found.record.look_seq) == ("VALIDATED", look.seq)
    assert stored == (found.record,)
    assert found.record.card["holdout"]["look"] == 1 and found.record.card["looks"]["taken"] == 1
    before = state(database)
    renamed = checked(trending, id="b", name="Another", description="new", metadata={"try": 2})
    again = service.judge(OWNER, renamed, look=True)
    assert again.again and again.record == found.record and state(database) == before
    assert service.judge(OWNER, renamed).record == found.record


def test_every_trial_of_the_owner_counts_and_none_of_another(database, trending):
    spec = checked(trending)
    first = judging(database, trending).judge(OWNER, spec).record
    case = selection_case(spec, trending, [])
    rng = np.random.default_rng(0)
    with database.write() as work:
        for owner, count in ((OWNER, 40), (OTHER, 500)):
            days = [DailyReturns(START, rng.normal(0, 0.01, case.n_days).astype(np.float32)) for _ in range(count)]
            tries = [
                Candidate("BTC", f"{owner}{at}", "d", START, case.window.end, {"tradeCount": 1}, "search")
                for at in range(count)
            ]
            work.trials.add_all(owner, list(zip(tries, days, strict=True)), now_ms=5)

    mine = judging(database, trending).judge(OWNER, spec).record.card
    theirs = judging(database, trending).judge(OTHER, spec).record.card

    assert mine["trials"]["total"] == first.card["trials"]["total"] + 40
    assert theirs["trials"]["total"] == first.card["trials"]["total"] + 500
    assert mine["search"]["p"] >= first.card["search"]["p"]


def test_a_look_that_somebody_took_in_between_does_not_become_the_next_one(database, trending):
    asked, other = checked(trending), checked(trending, sizing={"mode": "percent_equity", "value": 0.4})
    service = judging(database, trending)
    offer = service.next_look(OWNER, asked)
    service.judge(OWNER, other, look=True)

    with pytest.raises(JudgingRefused, match="look 1 was agreed to, and it would be look 2") as refused:
        service.judge(OWNER, asked, look=True, agreed=offer.number)

    assert refused.value.code == "OTHER_LOOK" and state(database)[1] == 1
    assert service.judge(OWNER, asked, look=True, agreed=2).record.card["holdout"]["look"] == 2
    assert service.judge(OWNER, other, look=True, agreed=1).again


def test_the_sixth_look_is_refused_and_nothing_is_written_for_it(database, aimless):
    service = judging(database, aimless)
    verdicts, alphas = [], []
    for slow in range(12, 17):
        card = service.judge(OWNER, other_lengths(aimless, slow), look=True).record.card
        verdicts.append(card["verdict"])
        alphas.append(card["holdout"]["alpha"])
    looks = state(database)[1]

    with pytest.raises(LookRefused, match="has had its 5 looks") as refused:
        service.judge(OWNER, other_lengths(aimless, 17), look=True)

    assert refused.value.code == "LOOKS_SPENT" and (looks, state(database)[1]) == (5, 5)
    assert "VALIDATED" not in verdicts and alphas == sorted(alphas, reverse=True)
    assert service.judge(OWNER, other_lengths(aimless, 17)).record.card["looks"]["nextAlpha"] == 0.0
    assert (
        judging(database, aimless).judge(OTHER, other_lengths(aimless, 17), look=True).record.card["looks"]["taken"]
        == 1
    )


def test_the_look_that_comes_next_is_told_without_being_taken(database, aimless):
    service = judging(database, aimless)
    for number, slow in enumerate(range(12, 17), start=1):
        spec = other_lengths(aimless, slow)
        before = state(database)
        told = service.next_look(OWNER, spec)
        assert state(database) == before

        card = service.judge(OWNER, spec, look=True).record.card

        assert (told.number, told.of, told.later) == (number, 5, False)
        assert (told.number, told.alpha) == (card["holdout"]["look"], card["holdout"]["alpha"])
        assert service.next_look(OWNER, spec) is None
    with pytest.raises(LookRefused) as refused:
        service.next_look(OWNER, other_lengths(aimless, 17))
    assert refused.value.code == "LOOKS_SPENT"


def break_off_a_look(service, spec, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("api.judging.look_into", killed)
        with pytest.raises(KeyboardInterrupt):
            service.judge(OWNER, spec, look=True)


def test_a_look_that_was_broken_off_is_the_one_that_comes_next(database, aimless, monkeypatch):
    service = judging(database, aimless)
    break_off_a_look(service, other_lengths(aimless, 12), monkeypatch)
    service.judge(OWNER, other_lengths(aimless, 13), look=True)

    told = service.next_look(OWNER, other_lengths(aimless, 12))

    assert told.number == 1 and service.next_look(OWNER, other_lengths(aimless, 14)).number == 3


def killed(*_, **__):
    raise KeyboardInterrupt


def other_lengths(market, slow):
    lengths = {"fast": {"type": "sma", "inputs": {"length": 4}}, "slow": {"type": "sma", "inputs": {"length": slow}}}
    return checked(market, indicators=lengths)


def test_a_look_that_was_broken_off_is_taken_again_and_counts_once(database, trending, monkeypatch):
    spec = checked(trending)
    service = judging(database, trending)

    break_off_a_look(service, spec, monkeypatch)
    assert state(database)[1] == 1

    found = service.judge(OWNER, spec, look=True)

    assert (found.record.verdict, found.record.card["holdout"]["look"], state(database)[1]) == ("VALIDATED", 1, 1)


def test_a_holdout_somebody_opened_validates_only_what_came_after(database, trending):
    spec = checked(trending)
    holdout = selection_case(spec, trending, []).window.holdout
    with database.write() as work:
        opened = Candidate("BTC", "x", "d", START, holdout.start + 200 * DAY_MS, {"tradeCount": 1}, "backtest")
        work.trials.add(OWNER, opened, now_ms=5)

    part = judging(database, trending).judge(OWNER, spec, look=True).record.card["holdout"]

    assert part["start"] == iso_day(holdout.start + 209 * DAY_MS)
    with database.write() as work:
        opened = Candidate("BTC", "y", "d", START, holdout.end, {"tradeCount": 1}, "backtest")
        work.trials.add(OWNER, opened, now_ms=6)
    with pytest.raises(LookRefused, match="only later data can validate"):
        judging(database, trending).judge(OWNER, other_lengths(trending, 10), look=True)


@pytest.mark.parametrize("days", [200, 900])
def test_a_card_says_what_was_seen_and_agrees_with_the_look_that_can_be_had(database, days):
    market = with_copy(daily_market(5, 0.35), "WALK")
    spec = checked(market, universe={**TREND["universe"], "assets": ["WALK"]})
    service = judging(database, market)
    service.judge(OWNER, checked(market))
    holdout = selection_case(spec, market, []).window.holdout
    until = min(holdout.start + days * DAY_MS, holdout.end)
    with database.write() as work:
        opened = Candidate("BTC", "x", "d", START, until, {"tradeCount": 1}, "backtest")
        work.trials.add(OWNER, opened, now_ms=5)

    known = service.judge(OWNER, spec).record.card["holdout"]

    assert (known["seen"], known["seenAs"], known["seenUntil"][:10]) == (True, ["BTC"], iso_day(until)[:10])
    assert ", as BTC" in known["seenBy"]
    assert known["unseenDays"] == (holdout.end - until) // DAY_MS
    if known["lookPossible"]:
        told = service.next_look(OWNER, spec)
        assert (known["nextLook"]["start"], known["nextLook"]["end"]) == (iso_day(told.start), iso_day(told.end))
    else:
        with pytest.raises(LookRefused) as refused:
            service.next_look(OWNER, spec)
        assert refused.value.code == known["noLook"]["code"]
    assert known["lookPossible"] is (days == 200)
    theirs = service.judge(OTHER, spec).record.card["holdout"]
    assert theirs["lookPossible"] and not theirs["seen"] and "seenBy" not in theirs


def test_a_look_that_was_broken_off_after_the_others_were_spent_can_still_be_had(database, aimless, monkeypatch):
    service = judging(database, aimless)
    break_off_a_look(service, other_lengths(aimless, 12), monkeypatch)
    for slow in range(13, 17):
        service.judge(OWNER, other_lengths(aimless, slow), look=True)

    mine, spent = (service.judge(OWNER, other_lengths(aimless, slow)).record.card for slow in (12, 17))

    assert spent["holdout"]["noLook"]["code"] == "LOOKS_SPENT" and spent["looks"]["nextAlpha"] == 0
    told = service.next_look(OWNER, other_lengths(aimless, 12))
    assert mine["holdout"]["lookPossible"] and mine["holdout"]["nextLook"]["number"] == told.number == 1
    assert mine["looks"]["nextAlpha"] == told.alpha


def iso_day(time_ms):
    return f"{np.datetime64(time_ms, 'ms').astype('datetime64[D]')}T00:00:00Z"


def test_a_ledger_that_was_touched_judges_nothing(database, trending):
    spec = checked(trending)
    service = judging(database, trending)
    service.judge(OWNER, spec)
    with database.backend.writer() as connection:
        for name in connection.execute(text("select name from sqlite_master where type = 'trigger'")).scalars().all():
            connection.execute(text(f'drop trigger "{name}"'))
        connection.execute(text("delete from trial_returns where seq = 2"))
        connection.execute(text("delete from trials where seq = 2"))

    with pytest.raises(JudgingRefused, match="not as it was written") as refused:
        service.judge(OWNER, spec, look=True)
    assert refused.value.code == "LEDGER_BROKEN"


def test_trials_that_come_in_meanwhile_are_weighed_too(database, trending, monkeypatch):
    """Another conversation adds trials while the case is made: it is made again, with them."""
    spec = checked(trending)
    service = judging(database, trending)
    made = []

    def interrupted(*args, **kwargs):
        case = selection_case(*args, **kwargs)
        if not made:
            with database.write() as work:
                late = Candidate("BTC", "late", "d", START, case.window.end, {"tradeCount": 1}, "search")
                returns = DailyReturns(START, np.full(case.n_days, 0.001, np.float32))
                work.trials.add(OWNER, late, now_ms=5, returns=returns)
        made.append(case.n_trials)
        return case

    monkeypatch.setattr("api.judging.selection_case", interrupted)
    card = service.judge(OWNER, spec, look=True).record.card

    assert len(made) == 2 and card["trials"]["total"] == made[0] + 1


def test_a_validated_strategy_becomes_forward_on_days_that_came_after_it_was_announced(database):
    whole = daily_market(5, 0.35, days=1_500)
    early = cut(whole, 1_200)
    spec = checked(early)
    clock = Clock()
    first = judging(database, early, clock).judge(OWNER, spec, look=True)
    assert first.record.verdict == "VALIDATED"
    soon = judging(database, cut(whole, 1_255), clock).judge(OWNER, spec, look=True)
    assert soon.again and soon.record == first.record

    later = judging(database, whole, clock).judge(OWNER, spec, look=True)

    assert later.record.verdict == "FORWARD" and not later.again
    assert later.record.card["holdout"]["start"] == iso_day(START + 1_201 * DAY_MS)
    assert judging(database, whole, clock).judge(OWNER, spec, look=True).again


def test_a_look_at_later_days_under_another_ticker_is_one_of_the_same_five(database):
    whole = with_copy(daily_market(5, 0.35, days=1_500), "WALK")
    early, clock = cut(whole, 1_200), Clock()
    spec = checked(early)
    copy = checked(early, universe={**TREND["universe"], "assets": ["WALK"]})
    for one in (spec, copy):
        assert judging(database, early, clock).judge(OWNER, one, look=True).record.verdict == "VALIDATED"
    service = judging(database, whole, clock)
    assert service.next_look(OWNER, copy).number == 1

    assert service.judge(OWNER, spec, look=True).record.card["holdout"]["look"] == 1

    assert service.next_look(OWNER, copy).number == 2
    assert service.judge(OWNER, copy, look=True).record.card["holdout"]["look"] == 2


def with_copy(market, name):
    """The same candles under a second ticker as well."""
    series = [market.bars(symbol, "1d") for symbol in market.symbols()]
    prices = ("time", "open", "high", "low", "close", "volume")
    copies = [
        make_bars(one.symbol.replace("BTC", name), one.timeframe, *(getattr(one, part) for part in prices))
        for one in series
    ]
    return MemoryMarket([*series, *copies])


def test_candles_that_were_there_when_it_was_announced_do_not_make_it_forward(database):
    whole = daily_market(5, 0.35, days=1_500)
    early = cut(whole, 1_200)
    spec = checked(early)
    clock = Clock(START + 1_500 * DAY_MS)
    first = judging(database, early, clock).judge(OWNER, spec, look=True)

    later = judging(database, whole, clock).judge(OWNER, spec, look=True)

    assert first.record.verdict == "VALIDATED" and later.again


def cut(market, days):
    end = START + days * DAY_MS
    return MemoryMarket([market.bars(symbol, "1d").between(START, end) for symbol in market.symbols()])


def test_another_quote_is_the_same_family_and_the_same_looks(database, aimless):
    service = judging(database, aimless)
    service.judge(OWNER, other_lengths(aimless, 12), look=True)
    spot = checked(
        aimless,
        universe={"assets": ["BTC/USDT"], "quote": "USDT", "timeframe": "1d"},
        signals={
            "entry": [{"when": "gt", "left": "fast", "right": "slow"}],
            "exit": [{"when": "lt", "left": "fast", "right": "slow"}],
        },
    )

    card = service.judge(OWNER, spot, look=True).record.card

    assert family_text(spot.universe.assets) == "BTC" and card["holdout"]["look"] == 2
    assert card["trials"]["total"] > 10


def test_generated_candles_validate_nothing(database):
    market = daily_market(5, 0.35, generated=True)

    card = judging(database, market).judge(OWNER, checked(market), look=True).record.card

    assert card["verdict"] == "UNPROVEN"
    assert [one["code"] for one in card["findings"] if one["gate"] and not one["holds"]] == ["GENERATED_DATA"]


def test_candles_that_are_cut_short_give_no_look_anew(database):
    """Days that were there already when a look was taken are no new data, whatever was at hand then."""
    whole = daily_market(11, 0.0, days=2_400)
    clock = Clock(START + 2_400 * DAY_MS)
    looks = []
    for days, slow in ((600, 12), (860, 13), (1_230, 14), (1_750, 15), (2_400, 16)):
        part = cut(whole, days)
        card = judging(database, part, clock).judge(OWNER, other_lengths(part, slow), look=True).record.card
        looks.append(card["holdout"]["look"])

    assert looks == [1, 2, 3, 4, 5]
    with pytest.raises(LookRefused, match="has had its 5 looks"):
        judging(database, whole, clock).judge(OWNER, other_lengths(whole, 17), look=True)


def test_a_holdout_whose_every_day_came_after_the_looks_is_a_new_one(database):
    whole = daily_market(11, 0.0, days=2_400)
    part = cut(whole, 700)
    early = judging(database, part, Clock(START + 700 * DAY_MS)).judge(OWNER, other_lengths(part, 12), look=True)
    later = judging(database, whole, Clock(START + 2_400 * DAY_MS)).judge(OWNER, other_lengths(whole, 13), look=True)

    assert [one.record.card["holdout"]["look"] for one in (early, later)] == [1, 1]


def test_days_that_were_opened_make_nothing_forward(database):
    whole = daily_market(5, 0.35, days=1_500)
    spec = checked(whole)
    clock = Clock()
    first = judging(database, cut(whole, 1_200), clock).judge(OWNER, spec, look=True)
    with database.write() as work:
        opened = Candidate("BTC", "x", "d", START, START + 1_500 * DAY_MS, {"tradeCount": 1}, "backtest")
        work.trials.add(OWNER, opened, now_ms=clock.now_ms())

    later = judging(database, whole, clock).judge(OWNER, spec, look=True)

    assert first.record.verdict == "VALIDATED" and later.again and later.record == first.record


def test_the_card_counts_what_the_ledger_counts(database, trending):
    spec = checked(trending)
    service = judging(database, trending)
    service.judge(OWNER, other_lengths(trending, 12))
    behaviour = service.judge(OWNER, spec).record.behaviour_hash
    with database.write() as work:
        shorter = Candidate("BTC", behaviour, "d", START, START + 90 * DAY_MS, {}, "backtest")
        work.trials.add(OWNER, shorter, now_ms=5)

    card = service.judge(OWNER, spec).record.card

    assert card["trials"]["total"] == state(database)[0]
