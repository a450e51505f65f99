"""Another window, another spelling or other candles of the same asset: it counts more, and no holdout becomes new."""

from __future__ import annotations

from typing import Any

import pytest

from engine.judging.look import LookRefused
from tests.cheating.conftest import lengths
from tests.engine.judging.conftest import TREND, daily_market


def test_a_window_shifted_by_a_day_is_a_new_trial_and_resets_nothing(desk: Any) -> None:
    starts = ("2020-02-01", "2020-02-02", "2020-02-03")

    for count, start in enumerate(starts, start=1):
        assert desk.run("--start", start)["evidence"]["trials"] == {"family": "BTC", "total": count}
        assert desk.run("--start", start)["evidence"]["trials"]["total"] == count

    assert desk.run("--start", starts[0])["evidence"]["trials"]["total"] == len(starts)


SPELLINGS: dict[str, dict[str, Any]] = {
    "another quote": {"assets": ["BTC/USDC"], "quote": "USDC"},
    "the pair in one word": {"assets": ["BTCUSDT"]},
    "another timeframe": {"timeframe": "3d"},
    "spot instead of perpetual": {"market_type": "spot"},
    "beside another asset": {"assets": ["BTC", "ETH"]},
}
LONG_ONLY = {name: part for name, part in TREND["signals"].items() if name != "short"}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_of_an_asset_is_of_the_same_family(desk: Any, spelling: str) -> None:
    desk.candles(daily_market(12, 0.0), named="ETHUSDT")
    desk.candles(daily_market(11, 0.0), named="BTCUSDC")
    desk.run()

    desk.run(universe={**TREND["universe"], **SPELLINGS[spelling]}, signals=LONG_ONLY)

    assert desk.trials("BTC") == 2
    assert set(desk.ledger()["counts"]) <= {"BTC", "ETH"}


@pytest.mark.parametrize("days", [700, 880])
def test_a_holdout_that_fewer_candles_move_into_what_was_searched_is_seen(desk: Any, days: int) -> None:
    desk.try_many()

    desk.candles(daily_market(11, 0.0), days)

    assert desk.run(**lengths(50))["evidence"]["holdout"]["seen"] is True
    with pytest.raises(LookRefused, match="only later data can validate"):
        desk.judge(look=True)
    assert desk.ledger()["looks"] == []


def test_a_holdout_is_opened_by_asking_alone_and_is_seen_from_then_on(desk: Any) -> None:
    status, out, _ = desk.kek("backtest", desk.spec(), "--data", desk.folder, "--end", "2023-01-01", "--json")
    assert status == 1 and "HOLDOUT_LOCKED" in out and desk.trials() == 0

    desk.run("--full-window", **lengths(40))

    assert desk.run()["evidence"]["holdout"]["seen"] is True
    with pytest.raises(LookRefused) as refused:
        desk.judge(look=True)
    assert refused.value.code == "HOLDOUT_SHORT"


def test_candles_that_were_touched_up_buy_no_look(desk: Any) -> None:
    """Each changed set of candles has a hash of its own, and the same days: the look into them costs its share."""
    for count in range(1, 6):
        desk.candles(daily_market(11, 0.0), scale=1.0 + count / 1_000)
        found = desk.judge(look=True, **lengths(20 + count))
        assert found.record.card["holdout"]["look"] == count
        assert found.record.verdict != "VALIDATED"

    desk.candles(daily_market(11, 0.0), scale=1.5)
    with pytest.raises(LookRefused) as refused:
        desk.judge(look=True, **lengths(26))
    assert refused.value.code == "LOOKS_SPENT"


def test_more_trials_never_make_the_search_look_better(desk: Any) -> None:
    p = [desk.judge().record.card["search"]["p"]]
    totals = [desk.trials()]
    for slow in (21, 34, 55):
        for fast in (2, 5):
            desk.run(**lengths(slow, fast))
        card = desk.judge().record.card
        p.append(card["search"]["p"])
        totals.append(card["trials"]["total"])

    assert p == sorted(p)
    assert totals == [totals[0] + 2 * count for count in range(len(totals))]
