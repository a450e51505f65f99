"""The named checks of an entry: tables worked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from reference.case import HOUR_MS, Level
from reference.sentences import says
from reference.tables import QUIET, asset_from, case_from, changes, stages

if TYPE_CHECKING:
    from reference.tables import Simulate

SIX_HOURS = 6 * HOUR_MS
LONG_QUIET = "t open high low close\n" + "\n".join(f"{t} 100 100 100 100" for t in range(12))


def test_max_concurrent_does_not_count_what_waits_and_looks_again_at_the_fill(simulate: Simulate) -> None:
    case = case_from(
        asset_from(QUIET, name="A", enter_long=[0]),
        asset_from(QUIET, name="B", enter_long=[0, 2]),
        size_value=0.3,
        max_concurrent=1,
    )

    result = simulate(case)

    assert stages(result, "B") == {
        "entry_true": 2,
        "placed": 1,
        "rejected_max_concurrent_at_fill": 1,
        "rejected_max_concurrent": 1,
    }
    assert changes(result, "B") == [
        (0, "scheduled", "entry"),
        (1, "rejected", "max_concurrent"),
        (2, "rejected", "max_concurrent"),
    ]


@says("`max_concurrent`: open positions", "then max_concurrent again")
def test_a_position_with_an_exit_order_makes_room_unless_it_is_still_there_at_the_fill(simulate: Simulate) -> None:
    holes = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               4   100  100 100   100"""
    leaving = {"enter_long": [0], "exit_long": [1]}
    second = asset_from(QUIET, name="B", enter_long=[1])

    gone = simulate(case_from(asset_from(QUIET, **leaving), second, size_value=0.3, max_concurrent=1))
    still = simulate(case_from(asset_from(holes, **leaving), second, size_value=0.3, max_concurrent=1))

    assert stages(gone, "B") == {"entry_true": 1, "placed": 1, "filled": 1}
    assert stages(still, "B") == {"entry_true": 1, "placed": 1, "rejected_max_concurrent_at_fill": 1}


@says("`cooldown_bars`: n own closes")
@pytest.mark.parametrize(
    ("rules", "table", "blocked", "placed"),
    [
        ({}, LONG_QUIET, [3, 4], 5),  # ordered at the close of 2, closed at the open of 3
        ({"fill": "close"}, LONG_QUIET, [3, 4], 5),  # closed at the close of 2
        ({"stop": Level("percent", 0.05)}, LONG_QUIET.replace("2 100 100 100 100", "2 100 100 94 100"), [2, 3], 4),
    ],
)
def test_a_cooldown_counts_the_closes_after_the_position_was_closed(
    simulate: Simulate, rules: dict[str, Any], table: str, blocked: list[int], placed: int
) -> None:
    asset = asset_from(table, enter_long=[0, 2, 3, 4, 5, 6], exit_long=[] if "stop" in rules else [2])
    asset.entry[1][2] = "stop" in rules  # at close 2 the position is held, except where a stop has ended it

    result = simulate(case_from(asset, cooldown_bars=2, **rules))

    assert [bar for bar, state, reason in changes(result) if reason == "cooldown_bars"] == blocked
    assert [bar for bar, state, _ in changes(result) if state == "scheduled"] == [0, placed]
    assert stages(result)["rejected_cooldown_bars"] == 2


@says("nor at a close at which its position is leaving")
@pytest.mark.parametrize("fill", ["next_open", "close"])
def test_no_opposite_entry_is_placed_at_a_close_at_which_a_cooling_asset_leaves(simulate: Simulate, fill: str) -> None:
    asset = asset_from(LONG_QUIET, enter_long=[0], exit_long=[2], enter_short=[2])

    result = simulate(case_from(asset, perp=True, fill=fill, cooldown_bars=1))

    assert stages(result, side="short") == {"entry_true": 1, "rejected_cooldown_bars": 1}


def test_a_cooldown_counts_the_assets_own_closes(simulate: Simulate) -> None:
    holes = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2   100  100 100   100
               7   100  100 100   100
               8   100  100 100   100"""
    asset = asset_from(holes, enter_long=[0, 7, 8], exit_long=[1])

    result = simulate(case_from(asset, asset_from(LONG_QUIET, name="B"), cooldown_bars=2))

    # closed at the open of 2: the closes of 2 and 7 are the two
    assert changes(result)[-3:] == [
        (7, "rejected", "cooldown_bars"),
        (8, "scheduled", "entry"),
        (11, "cancelled", "end_of_data"),
    ]


@says("`session_hours {start, end}`")
@pytest.mark.parametrize(
    ("session", "placed"),
    [
        ((60, 180), [0, 1]),  # closes at 01:00 and 02:00; 03:00 is the end
        ((61, 180), [1]),
        ((60, 181), [0, 1, 2]),
        ((240, 120), [0, 3, 4]),  # from 04:00 to 02:00 of the next day
        ((120, 120), [0, 1, 2, 3, 4]),  # the whole day
    ],
)
def test_session_hours_are_those_of_the_deciding_close(
    simulate: Simulate, session: tuple[int, int], placed: list[int]
) -> None:
    assets = [asset_from(QUIET, name=f"A{bar}", enter_long=[bar]) for bar in range(5)]

    result = simulate(case_from(*assets, session_minutes=session, size_value=0.1))

    found = [bar for bar in range(5) if "placed" in stages(result, f"A{bar}")]
    assert found == placed
    assert all(
        stages(result, f"A{bar}") == {"entry_true": 1, "rejected_session_hours": 1}
        for bar in range(5)
        if bar not in placed
    )


# -- the daily loss ---------------------------------------------------------------------------

# six-hour bars close at 06:00, 12:00, 18:00 and 00:00; half of 1,000 is held from the open of bar 1
A_BAD_DAY = """t  open high low close
               0   100  100 100   100
               1   100  100 100   100
               2   100  100  90    90
               3    90   90  90    90
               4    90   90  90    90
               5    90   90  90    90"""


@says("Once at a close equity <= start", "the UTC day of a close is that in which its orders fill", "at first E0")
@pytest.mark.parametrize(("limit", "held_back"), [(0.05, [2]), (0.0501, [])])
def test_after_a_daily_loss_nothing_is_placed_until_midnight(
    simulate: Simulate, limit: float, held_back: list[int]
) -> None:
    flat = LONG_QUIET
    case = case_from(
        asset_from(A_BAD_DAY, enter_long=[0], interval_ms=SIX_HOURS),
        *(asset_from(flat, name=f"B{bar}", enter_long=[bar], interval_ms=SIX_HOURS) for bar in (1, 2, 3)),
        interval_ms=SIX_HOURS,
        size_value=0.5,
        max_daily_loss_fraction=limit,
    )

    result = simulate(case)

    # 950 at 18:00 is 5 % below the 1,000 of the first day; 00:00 belongs to the next, which begins with 950
    assert [bar for bar in (1, 2, 3) if "rejected_max_daily_loss_pct" in stages(result, f"B{bar}")] == held_back
    assert "placed" in stages(result, "B3")


def test_a_daily_loss_cancels_waiting_entries(simulate: Simulate) -> None:
    case = case_from(
        asset_from(A_BAD_DAY, enter_long=[0], interval_ms=SIX_HOURS),
        asset_from(LONG_QUIET.replace("100", "200"), name="B", enter_long=[0], interval_ms=SIX_HOURS),
        interval_ms=SIX_HOURS,
        size_value=0.5,
        limit_price=100.0,
        max_daily_loss_fraction=0.05,
    )

    result = simulate(case)

    assert changes(result, "B") == [(0, "scheduled", "entry"), (2, "cancelled", "max_daily_loss")]
    assert stages(result, "B") == {"entry_true": 1, "placed": 1, "cancelled_max_daily_loss": 1}


@says("Its starting equity is that of the close at 00:00", "Then **the daily loss**")
@pytest.mark.parametrize(
    ("absent", "held_back"),
    [
        ((), True),  # 1,000 at 00:00, the close of bar 3; 945 at 06:00
        ((3,), True),  # no bar closes at 00:00: 1,000 at 18:00
        ((2, 3), False),  # the last close before is that of bar 1 at 12:00, with 980
    ],
)
def test_a_day_begins_with_the_equity_at_midnight_or_at_the_last_close_before(
    simulate: Simulate, absent: tuple[int, ...], held_back: bool
) -> None:
    rows = ["0 100 100 100 100", "1 100 100 96 96", "2 100 100 100 100", "3 100 100 100 100", "4 100 100 89 89"]
    present = [row for t, row in enumerate(rows) if t not in absent] + ["5 89 89 89 89"]
    table = "t open high low close\n" + "\n".join(present)
    flat = "t open high low close\n" + "\n".join(f"{row.split()[0]} 100 100 100 100" for row in present)
    case = case_from(
        asset_from(table, enter_long=[0], interval_ms=SIX_HOURS),
        asset_from(flat, name="B", enter_long=[4], interval_ms=SIX_HOURS),
        interval_ms=SIX_HOURS,
        size_value=0.5,
        max_daily_loss_fraction=0.054,
    )

    # 945 at 06:00 is 5.5 % below 1,000 and 3.57 % below 980
    assert ("rejected_max_daily_loss_pct" in stages(simulate(case), "B")) == held_back


# -- in which order they are asked ------------------------------------------------------------


EVERY_CHECK: dict[str, Any] = {
    "max_positions": 1,
    "max_concurrent": 1,
    "cooldown_bars": 3,
    "session_minutes": (0, 200),
    "max_daily_loss_fraction": 0.04,
    "max_orders_per_hour": 1,
}
STAGES = (
    *("rejected_max_positions", "rejected_max_concurrent", "rejected_cooldown_bars", "rejected_session_hours"),
    *("rejected_max_daily_loss_pct", "rejected_max_orders_per_hour", "placed"),
)


@says("At the placing of an entry, after `max_positions`")
@pytest.mark.parametrize("waived", range(7))
def test_the_checks_are_asked_in_their_order(simulate: Simulate, waived: int) -> None:
    # at the close of bar 3, 04:00: A is open, B closed at the open of it with 6 % lost, C is asked before B
    falling = """t  open high low close
                 0   100  100 100   100
                 1   100  100 100   100
                 2   100  100 100   100
                 3    80   80  80    80
                 4    80   80  80    80
                 5    80   80  80    80"""
    case = case_from(
        asset_from(QUIET, name="A", enter_long=[2]),
        asset_from(QUIET, name="C", enter_long=[3]),
        asset_from(falling, name="B", enter_long=[0, 3], exit_long=[2]),
        size_value=0.3,
        **dict(list(EVERY_CHECK.items())[waived:]),
    )

    result = simulate(case)

    found = stages(result, "B")
    assert found.pop(STAGES[waived]) == (2 if waived == 6 else 1)
    assert not set(found) & set(STAGES[:-1])
