"""The same candles under another ticker are the same data: they count, they were seen, and they bring no looks."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from api.judging import Judging
from engine.judging.look import LookRefused
from engine.market.resample import resample
from engine.market.timeframe import DAY_MS
from storage.candles import CandleStore
from storage.records import LOCAL_USER
from tests.cheating.conftest import Clock, Ids, lengths
from tests.engine.judging.conftest import TREND, daily_market

WALK = {"universe": {**TREND["universe"], "assets": ["WALK"]}}
LONG_ONLY = {name: part for name, part in TREND["signals"].items() if name != "short"}
COPIES: dict[str, dict[str, Any]] = {
    "as they are": {},
    "at another scale": {"scale": 0.037},
    "cut short": {"days": 1_000},
}


def test_what_was_tried_under_one_name_counts_under_the_other_from_the_first_run_on(desk: Any) -> None:
    desk.try_many()
    told = desk.run()["evidence"]["trials"]
    desk.candles(daily_market(11, 0.0), named="WALKUSDT")

    renamed = desk.run(**WALK)["evidence"]["trials"]

    assert renamed == {"family": "WALK (the same candles as BTC)", "total": told["total"] + 1}
    assert desk.run()["evidence"]["trials"] == {"family": "BTC (the same candles as WALK)", "total": told["total"] + 1}


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_raises_no_verdict(desk: Any, copy: str) -> None:
    desk.try_many()
    first = desk.judge().record.card

    desk.candles(daily_market(11, 0.0), named="WALKUSDT", **COPIES[copy])
    card = desk.judge(**WALK).record.card

    assert card["trials"]["families"] == ["WALK (the same candles as BTC)"]
    assert card["trials"]["total"] > first["trials"]["total"]
    if copy != "cut short":
        assert card["search"]["p"] >= first["search"]["p"]
    assert desk.kek("ledger", "verify")[0] == 0


@pytest.mark.parametrize("copy", ["as they are", "at another scale"])
def test_five_looks_are_five_under_all_names_together(desk: Any, copy: str) -> None:
    desk.candles(daily_market(11, 0.0), named="WALKUSDT", **COPIES[copy])
    for number in range(1, 6):
        name = WALK if number % 2 else {}
        found = desk.judge(look=True, **lengths(20 + number), **name)
        assert found.record.card["holdout"]["look"] == number
        assert found.record.card["looks"]["taken"] == number

    desk.candles(daily_market(11, 0.0), named="STROLLUSDT")
    for name in ({}, WALK, {"universe": {**TREND["universe"], "assets": ["STROLL"]}}):
        with pytest.raises(LookRefused) as refused:
            desk.judge(look=True, **lengths(40), **name)
        assert refused.value.code == "LOOKS_SPENT"


def test_the_look_that_comes_next_is_told_with_those_under_the_other_name(desk: Any) -> None:
    desk.judge(look=True)
    desk.candles(daily_market(11, 0.0), named="WALKUSDT")

    with desk.database() as database:
        asked = Judging(database, CandleStore(desk.folder), Clock(), Ids("asked"), noise_runs=0)
        assert asked.next_look("local", desk.checked(**WALK)).number == 2


@pytest.mark.parametrize("copy", ["as they are", "at another scale"])
@pytest.mark.parametrize("opened", ["BTC", "WALK"])
def test_a_holdout_that_was_opened_under_one_name_is_seen_under_the_other(desk: Any, opened: str, copy: str) -> None:
    names: dict[str, Any] = {"BTC": {}, "WALK": WALK}
    if opened == "BTC":
        desk.run("--full-window", **lengths(40))
    desk.candles(daily_market(11, 0.0), named="WALKUSDT", **COPIES[copy])
    if opened == "WALK":
        desk.run("--full-window", **lengths(40), **WALK)

    other = names["WALK" if opened == "BTC" else "BTC"]
    assert desk.run(**other)["evidence"]["holdout"]["seen"] is True
    with pytest.raises(LookRefused) as refused:
        desk.judge(look=True, **other)
    assert refused.value.code == "HOLDOUT_SHORT"


def test_a_part_of_the_days_that_is_too_short_for_a_holdout_is_none_that_can_be_seen_without_a_trace(desk: Any) -> None:
    whole = daily_market(11, 0.0).bars("BTCUSDT", "1d")
    part = whole.between(int(whole.time[-400]), int(whole.time[-1]) + 1)
    desk.bars(part, named="WALKUSDT")

    desk.run(universe={**WALK["universe"], "market_type": "spot"}, signals=LONG_ONLY)

    assert desk.run()["evidence"]["holdout"]["seen"] is True


@pytest.mark.parametrize("timeframe", ["3d", "1w"])
def test_coarser_candles_hide_nothing(desk: Any, timeframe: str) -> None:
    coarse = resample(daily_market(11, 0.0).bars("BTCUSDT", "1d"), timeframe).bars
    desk.bars(coarse, named="WALKUSDT")

    opened = {"universe": {**WALK["universe"], "market_type": "spot", "timeframe": timeframe}, "signals": LONG_ONLY}
    desk.run("--full-window", **opened)

    assert desk.run()["evidence"]["holdout"]["seen"] is True


@pytest.mark.parametrize(("timeframe", "days"), [("1d", 59), ("3d", 125), ("1w", 270)])
@pytest.mark.parametrize("skipped", [7, 41])
def test_a_few_weeks_of_the_holdout_are_known_on_every_timeframe(
    desk: Any, timeframe: str, days: int, skipped: int
) -> None:
    whole = daily_market(11, 0.0).bars("BTCUSDT", "1d")
    part = whole.between(int(whole.time[-300 + skipped]), int(whole.time[-300 + skipped]) + days * DAY_MS)
    desk.bars(resample(part, timeframe).bars, named="WALKUSDT")

    universe = {**WALK["universe"], "market_type": "spot", "timeframe": timeframe}
    desk.run("--full-window", universe=universe, signals=LONG_ONLY, **lengths(3, fast=2))

    assert desk.run()["evidence"]["holdout"]["seen"] is True


def test_a_ledger_from_before_there_were_prints_learns_its_candles_from_a_repeated_run(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("engine.market.candle_prints.candle_prints", lambda bars: ())
        desk.run("--full-window")
    desk.candles(daily_market(11, 0.0), named="WALKUSDT")
    assert desk.kek("ledger", "verify")[0] == 0

    repeated = desk.run("--full-window")
    with desk.database() as database, database.read() as work:
        lines = work.trials.all(LOCAL_USER)

    assert [(one.seq, one.origin) for one in lines] == [(1, "backtest"), (2, "candles")]
    assert lines[0].prints_hash is None and repeated["evidence"]["trials"]["total"] == 1
    assert desk.run(**WALK)["evidence"]["holdout"]["seen"] is True
    status, told, _ = desk.kek("ledger", "show")
    assert status == 0 and "candles" in told and desk.kek("ledger", "verify")[0] == 0


def test_the_ticker_they_came_from_need_not_be_there_any_more(desk: Any) -> None:
    desk.try_many()
    desk.judge(look=True)
    for file in desk.folder.iterdir():
        shutil.move(file, desk.folder / file.name.replace("BTC", "WALK"))

    card = desk.judge(look=True, **WALK).record.card

    assert card["holdout"]["look"] == 2 and card["trials"]["families"] == ["WALK (the same candles as BTC)"]


def test_the_ledger_shows_what_is_left_under_either_name(desk: Any) -> None:
    desk.judge(look=True)
    desk.candles(daily_market(11, 0.0), named="WALKUSDT")
    desk.judge(look=True, **WALK)

    told = desk.ledger()

    [same] = told["sameCandles"]
    assert same == {"families": ["BTC", "WALK"], "total": sum(told["counts"].values())}
    assert [(one["family"], one["spent"]) for one in told["looks"]] == [("BTC", 2), ("WALK", 2)]
    assert f"BTC and WALK have the same candles: {same['total']} candidates together" in desk.kek("ledger", "show")[1]


def test_another_market_is_other_data(desk: Any) -> None:
    desk.run()
    desk.judge(look=True)
    desk.candles(daily_market(12, 0.0), named="WALKUSDT")

    assert desk.run(**WALK)["evidence"]["trials"] == {"family": "WALK", "total": 1}
    card = desk.judge(look=True, **WALK).record.card
    assert card["holdout"]["look"] == 1 and card["trials"]["families"] == ["WALK"]


def test_the_same_candles_of_another_owner_change_nothing(desk: Any) -> None:
    desk.candles(daily_market(11, 0.0), named="WALKUSDT")
    for slow in (14, 19, 24):
        desk.judge(look=True, owner="bob", **lengths(slow))

    card = desk.judge(look=True, **WALK).record.card

    assert card["holdout"]["look"] == 1 and card["trials"]["families"] == ["WALK"]
    assert desk.judge(look=True, owner="bob", **WALK).record.card["holdout"]["look"] == 4
