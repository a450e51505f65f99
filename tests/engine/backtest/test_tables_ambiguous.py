"""Bars that touch both sides of a position, and the finer bars that decide them: tables worked by hand.

Finer bars are quarters of an hour: those of bar 2 are 8 to 11. Everything enters at 100 with 1,000 quote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reference.case import Level, Tally, Trail
from reference.sentences import says
from reference.tables import HOUR_MS, MIDNIGHT_MS, asset_from, case_from, changes, parts, told

if TYPE_CHECKING:
    from reference.case import NaiveResult
    from reference.tables import Simulate

BOTH = """t  open high low close
          0   100  100 100   100
          1   100  101  99   100
          2   100  107  93   101
          3   101  101 101   101"""

RISES_FIRST = """t  open high low close
                 8   100  104  99   103
                 9   103  107 102   104
                 10  104  104  93    94
                 11   94  101  94   101"""

FALLS_FIRST = """t  open high low close
                 8   100  101  97    98
                 9    98   99  93    95
                 10   95  107  95   106
                 11  106  106 101   101"""

BRACKET = {"stop": Level("percent", 0.05), "target": Level("percent", 0.06)}


def tally(result: NaiveResult, asset: str = "A") -> Tally:
    return result.ambiguous.get(asset, Tally())


@says("A bar is *ambiguous* when", "Ambiguous bars, those decided", "Where bars of a finer stored timeframe")
@pytest.mark.parametrize(
    ("quarters", "price", "reason", "decided"),
    [
        (None, 95.0, "stop_loss", 0),
        (RISES_FIRST, 106.0, "take_profit", 1),
        (FALLS_FIRST, 95.0, "stop_loss", 1),
    ],
)
def test_finer_bars_decide_which_of_two_levels_came_first(
    simulate: Simulate, quarters: str | None, price: float, reason: str, decided: int
) -> None:
    result = simulate(case_from(asset_from(BOTH, enter_long=[0], quarters=quarters), **BRACKET))

    assert told(result)[1:] == [(2, "inside", "sell", pytest.approx(price), reason)]
    assert tally(result) == Tally(bars=1, decided=decided, undecided=1 - decided)


@says("Whatever fills inside a bar")
def test_a_fill_by_finer_bars_bears_the_opening_time_of_its_bar(simulate: Simulate) -> None:
    result = simulate(case_from(asset_from(BOTH, enter_long=[0], quarters=RISES_FIRST), **BRACKET))

    assert result.fills[1].time == MIDNIGHT_MS + 2 * HOUR_MS


@says("Where bars of a finer stored timeframe")
@pytest.mark.parametrize("missing", [8, 9, 11])
def test_finer_bars_with_a_hole_decide_nothing(simulate: Simulate, missing: int) -> None:
    rows = [row for row in RISES_FIRST.splitlines() if row.split()[0] != str(missing)]
    asset = asset_from(BOTH, enter_long=[0], quarters="\n".join(rows))

    result = simulate(case_from(asset, **BRACKET))

    assert told(result)[1:] == [(2, "inside", "sell", 95.0, "stop_loss")]
    assert tally(result) == Tally(bars=1, decided=0, undecided=1)


@says("A finer bar that is ambiguous itself")
def test_a_finer_bar_that_touches_both_is_decided_against_the_position(simulate: Simulate) -> None:
    quarters = RISES_FIRST.replace("9   103  107 102   104", "9   103  107  94   104")

    result = simulate(case_from(asset_from(BOTH, enter_long=[0], quarters=quarters), **BRACKET))

    assert told(result)[1:] == [(2, "inside", "sell", 95.0, "stop_loss")]
    assert tally(result) == Tally(bars=1, decided=0, undecided=1)


@says("each as steps 3, 5 and 6 for this asset alone")
@pytest.mark.parametrize(
    ("opens", "price", "reason"), [(93, 93.0, "stop_loss"), (95, 95.0, "stop_loss"), (107, 107.0, "take_profit")]
)
def test_a_finer_bar_that_opens_beyond_a_level_is_a_gap(
    simulate: Simulate, opens: int, price: float, reason: str
) -> None:
    quarters = RISES_FIRST.replace("9   103  107 102   104", f"9   {opens} 107  93   104")

    result = simulate(case_from(asset_from(BOTH, enter_long=[0], quarters=quarters), **BRACKET))

    assert told(result)[1:] == [(2, "inside", "sell", price, reason)]


def test_parts_and_stops_are_decided_by_finer_bars_too(simulate: Simulate) -> None:
    asset = asset_from(BOTH, enter_long=[0], quarters=RISES_FIRST)

    result = simulate(case_from(asset, stop=Level("percent", 0.05), partial_exits=[(0.06, 0.5)]))

    assert parts(result) == [(2, 5.0, pytest.approx(106.0), "partial"), (2, 5.0, 95.0, "stop_loss")]
    assert tally(result).decided == 1


@says("Only levels that are live count")
def test_a_target_that_only_arms_a_trailing_take_makes_no_bar_ambiguous(simulate: Simulate) -> None:
    asset = asset_from(BOTH, enter_long=[0], quarters=RISES_FIRST)

    result = simulate(case_from(asset, trailing_take=Trail("price", 3.0), **BRACKET))

    assert told(result)[1:] == [(2, "inside", "sell", 95.0, "stop_loss")]
    assert tally(result) == Tally()


@pytest.mark.parametrize("side", ["stop", "target"])
def test_a_bar_that_touches_one_side_alone_is_not_ambiguous(simulate: Simulate, side: str) -> None:
    asset = asset_from(BOTH, enter_long=[0], quarters=RISES_FIRST)

    assert tally(simulate(case_from(asset, **{side: BRACKET[side]}))) == Tally()


# -- limit entries ----------------------------------------------------------------------------

THROUGH = """t  open high low close
             0   104  104 104   104
             1   103  108  98   104
             2   104  104 104   104"""


@says("or when a limit entry fills inside it")
@pytest.mark.parametrize(
    ("quarters", "exits", "decided"),
    [
        (None, [], 0),  # the high may have come before the fill
        ("4 103 104 98 99\n 5 99 108 99 107\n 6 107 107 105 105\n 7 105 105 104 104", [(1, 106.0)], 1),
        ("4 103 108 103 107\n 5 105 105 98 99\n 6 99 104 99 104\n 7 104 104 104 104", [], 1),
        ("4 103 103 102 102\n 5 102 108 98 104\n 6 104 104 104 104\n 7 104 104 104 104", [], 0),
    ],
)
def test_finer_bars_tell_whether_a_target_came_after_a_limit_fill(
    simulate: Simulate, quarters: str | None, exits: list[tuple[int, float]], decided: int
) -> None:
    table = None if quarters is None else f"t open high low close\n{quarters}"
    asset = asset_from(THROUGH, enter_long=[0], quarters=table)

    result = simulate(case_from(asset, limit_price=100.0, target=Level("percent", 0.06)))

    assert told(result)[:1] == [(1, "inside", "buy", 100.0, "entry")]
    assert parts(result) == [(bar, 10.0, pytest.approx(price), "take_profit") for bar, price in exits]
    assert tally(result) == Tally(bars=1, decided=decided, undecided=1 - decided)


@pytest.mark.parametrize(
    ("opens", "wanted"),
    [(99, [(1, "inside", "buy", 99.0, "entry")]), (94, [])],
)
def test_a_finer_open_fills_a_limit_better_or_finds_its_stop_passed(
    simulate: Simulate, opens: int, wanted: list[object]
) -> None:
    table = f"t open high low close\n4 103 108 103 107\n 5 {opens} 99 94 98\n 6 98 99 98 99\n 7 99 104 99 104"
    asset = asset_from(THROUGH.replace("98", "93"), enter_long=[0], quarters=table)
    rules = {"limit_price": 100.0, "target": Level("percent", 0.06), "stop": Level("price", 94.0)}

    result = simulate(case_from(asset, **rules))

    assert told(result)[:1] == wanted
    if not wanted:
        assert changes(result) == [(0, "scheduled", "entry"), (1, "cancelled", "stop_touched")]


@says("one that a rule rejects there makes no bar ambiguous")
def test_a_limit_entry_that_is_rejected_at_its_fill_makes_no_bar_ambiguous(simulate: Simulate) -> None:
    asset = asset_from(THROUGH, enter_long=[0])

    result = simulate(case_from(asset, limit_price=100.0, target=Level("price", 99.0)))

    assert result.fills == []
    assert tally(result) == Tally()


# -- perpetuals -------------------------------------------------------------------------------


@says("no funding between them, marks of the others unchanged", "**Funding due inside the bar**")
def test_finer_bars_decide_between_a_target_and_the_liquidation_level(simulate: Simulate) -> None:
    table = """t  open high low close
               0   100  100 100   100
               1   100  101  99   100
               2   100  107  75   101
               3   101  101 101   101"""
    quarters = RISES_FIRST.replace("10  104  104  93    94", "10  104  104  75    94")
    other = """t  open high low close
               0   10   10  10   10
               1   10   10  10   10
               2   10   10   9   10
               3   10   10  10   10"""
    held = asset_from(table, name="A", enter_long=[0], quarters=quarters, funding=[(2.5, 0.01)])
    case = case_from(
        held,
        asset_from(other, name="B", enter_long=[0]),
        perp=True,
        leverage=10.0,
        sizing="fixed_notional",
        size_value=4_500.0,
        target=Level("percent", 0.06),
    )

    result = simulate(case)

    # 45 of A, B at its open: 1,000 + 45 (x - 100) = 0.005 (45 x + 4,500) at 78.67; 106 came first, and funding later
    assert told(result)[2] == (2, "inside", "sell", pytest.approx(106.0), "take_profit")
    assert [trade.funding for trade in result.trades if trade.asset == "A"] == [0.0]
    assert tally(result) == Tally(bars=1, decided=1, undecided=0)


@says("of finer bars that were lived through, each alike")
def test_excursions_of_a_decided_bar_end_with_the_finer_bar_of_the_exit(simulate: Simulate) -> None:
    (trade,) = simulate(case_from(asset_from(BOTH, enter_long=[0], quarters=RISES_FIRST), **BRACKET)).trades

    # quarter 9 took the profit: its low of 102 counts, the fall to 93 came after; 99 was seen before
    assert (trade.mae, trade.mfe) == (pytest.approx(0.01), pytest.approx(0.06))
