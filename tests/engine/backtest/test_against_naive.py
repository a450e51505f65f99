"""The engine against the naive simulator of tests/reference, fill for fill, on random cases.

The generators assert on themselves: a batch that trades little, or never meets a rule, proves little.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from math import fsum, isclose

import pytest
from reference.case import Case, NaiveResult, Trail
from reference.cases import random_case
from reference.compare import differences
from reference.engine_side import simulate_with_engine
from reference.naive import simulate_naive

from engine.kernels.codes import FUNNEL_STAGES

pytestmark = pytest.mark.no_cover

BATCH = 396
OFTEN = 30
CLOSE_REASONS = (
    *("take_profit", "stop_loss", "trailing_stop", "trailing_take", "breakeven", "partial", "time_expired"),
    *("signal", "drawdown_guard", "liquidation"),
)
CHANGES = ("partial", "breakeven", "trailing_stop", "trailing_take", "exit_ordered")
CANCELLATIONS = {
    "expired": OFTEN,
    "stop_touched": OFTEN,
    "max_daily_loss": OFTEN,
    "end_of_data": OFTEN,
    "drawdown_guard": 8,  # once a case at most, as the next, and an entry must be waiting
    "liquidation": 2,
}


@dataclass
class Pair:
    """One case and what both simulators made of it."""

    seed: int
    case: Case
    naive: NaiveResult
    engine: NaiveResult

    @property
    def scale(self) -> float:
        """The largest money of the case: what sums of it may round against."""
        return max(abs(value) for value in (self.case.settings.initial_equity, *self.naive.equity))


def run_both(seed: int) -> Pair:
    case = random_case(seed)
    return Pair(seed, case, simulate_naive(case), simulate_with_engine(case))


@pytest.fixture(scope="module")
def batch() -> list[Pair]:
    return [run_both(seed) for seed in range(BATCH)]


def complaints(pairs: list[Pair]) -> str:
    """Return what differs in the first few pairs that do, as text; empty when all agree."""
    wrong = [(pair, differences(pair.naive, pair.engine, pair.scale)) for pair in pairs]
    wrong = [(pair, found) for pair, found in wrong if found]
    shown = [f"seed {pair.seed}: {pair.case.settings}\n" + "\n".join(found[:4]) for pair, found in wrong[:3]]
    return f"{len(wrong)} of {len(pairs)} cases differ (naive | engine)\n" + "\n".join(shown) if wrong else ""


def test_the_engine_agrees_with_the_naive_simulator_fill_for_fill(batch: list[Pair]) -> None:
    assert not complaints(batch)


@pytest.mark.long
@pytest.mark.parametrize("block", range(8))
def test_the_engine_agrees_on_thousands_of_further_cases(block: int) -> None:
    first = 10_000 + 500 * block
    assert not complaints([run_both(seed) for seed in range(first, first + 500)])


def test_at_least_half_of_the_cases_have_five_trades_or_more(batch: list[Pair]) -> None:
    busy = sum(sum(trade.reason is not None for trade in pair.naive.trades) >= 5 for pair in batch)

    assert busy >= 0.5 * BATCH


def test_the_cases_meet_every_close_reason_every_cut_and_every_rejection_often(batch: list[Pair]) -> None:
    met: Counter[str] = Counter()
    for pair in batch:
        for counts in pair.naive.funnel.values():
            met.update(counts)
        met.update(f"{event.state} {event.reason}" for event in pair.naive.events)
    wanted = dict.fromkeys(FUNNEL_STAGES, OFTEN) | {"cancelled": 10}
    wanted |= {f"closed {reason}": OFTEN for reason in CLOSE_REASONS}
    wanted |= {f"active {reason}": OFTEN for reason in CHANGES}
    wanted |= {f"cancelled {reason}": least for reason, least in CANCELLATIONS.items()}

    assert {name: met[name] for name, least in wanted.items() if met[name] < least} == {}


def test_the_cases_have_bars_that_finer_ones_decide_and_bars_that_they_do_not(batch: list[Pair]) -> None:
    tallies = [tally for pair in batch for tally in pair.naive.ambiguous.values()]

    assert sum(tally.decided for tally in tallies) >= OFTEN
    assert sum(tally.undecided for tally in tallies if tally.decided) >= OFTEN
    assert all(tally.bars == tally.decided + tally.undecided for tally in tallies)


def test_the_cases_have_several_assets_shorts_gaps_funding_and_both_fill_modes(batch: list[Pair]) -> None:
    met: Counter[str] = Counter()
    for pair in batch:
        case, clock = pair.case, pair.case.clock()
        met["several assets"] += len(case.assets) > 1
        met["fill at the close"] += case.settings.fill == "close"
        met["gaps"] += any(len(asset.bars) < len(clock) for asset in case.assets)
        met["listed later"] += any(asset.bars[0].time > clock[0] for asset in case.assets)
        met["delisted"] += any(asset.bars[-1].time < clock[-1] for asset in case.assets)
        met["silent bars"] += any(volume == 0 for asset in case.assets for volume in asset.quote_volume)
        met["shorts"] += any(trade.side == "short" for trade in pair.naive.trades)
        met["paid funding"] += any(trade.funding > 0 for trade in pair.naive.trades)
        met["received funding"] += any(trade.funding < 0 for trade in pair.naive.trades)
        met["halted"] += pair.naive.halted_bar is not None
        met["option stop_beats_signal"] += case.settings.stop_beats_signal
        met["option entry_bar_stops off"] += not case.settings.entry_bar_stops

    assert {what: n for what, n in met.items() if n < 30} == {}


def test_the_cases_draw_every_rule_of_a_position_s_life_and_combine_them(batch: list[Pair]) -> None:
    met: Counter[str] = Counter()
    for pair in batch:
        drawn = features_of(pair.case)
        met.update(drawn)
        met["three together"] += len(drawn) >= 3

    assert {
        what: met[what] for what in (*features_of(batch[0].case, every=True), "three together") if met[what] < 5
    } == {}


def features_of(case: Case, *, every: bool = False) -> list[str]:
    """Return which rules of a position's life a case has, or the names of all that there are."""
    rules, venues = case.settings, [asset.venue for asset in case.assets]
    there = {
        **{f"trailing stop {kind}": _is_a(rules.trailing_stop, kind) for kind in ("percent", "atr", "price")},
        **{f"trailing take {kind}": _is_a(rules.trailing_take, kind) for kind in ("percent", "atr", "price")},
        "trailing stop from a gain": rules.trailing_stop is not None and rules.trailing_stop.activate_at is not None,
        "trailing take from a gain": rules.trailing_take is not None and rules.trailing_take.activate_at is not None,
        "trailing take from the target": bool(
            rules.trailing_take and rules.trailing_take.activate_at is None and rules.target
        ),
        "breakeven": rules.breakeven_at is not None,
        "partial exits": bool(rules.partial_exits),
        "time limit in bars": rules.time_limit_bars is not None,
        "time limit in minutes": rules.time_limit_minutes is not None,
        "limit by offset": rules.limit_offset is not None,
        "limit by price": rules.limit_price is not None,
        "finer bars": bool(rules.finer_ms),
        "vwap": rules.fill == "vwap",
        "kelly": rules.sizing == "kelly",
        "max_concurrent": rules.max_concurrent is not None,
        "cooldown": rules.cooldown_bars is not None,
        "session": rules.session_minutes is not None,
        "daily loss": rules.max_daily_loss_fraction is not None,
        "step": any(venue.quantity_step for venue in venues),
        "tick": any(venue.price_tick for venue in venues),
        "smallest notional": any(venue.smallest_notional > 0.01 for venue in venues),
        "tiers": any(len(venue.tiers) > 1 for venue in venues),
    }
    return [name for name, is_there in there.items() if is_there or every]


def _is_a(trail: Trail | None, kind: str) -> bool:
    return trail is not None and trail.type == kind


def test_equity_recomputed_from_fills_alone_is_the_running_equity(batch: list[Pair]) -> None:
    for pair in batch:
        for exact, running in zip(pair.naive.equity, pair.naive.running_equity, strict=True):
            assert isclose(exact, running, rel_tol=1e-9, abs_tol=1e-9 * pair.scale), pair.seed


def test_net_profits_of_all_trades_sum_to_the_change_in_equity(batch: list[Pair]) -> None:
    for pair in batch:
        change = pair.engine.equity[-1] - pair.case.settings.initial_equity
        assert isclose(fsum(trade.net for trade in pair.engine.trades), change, abs_tol=1e-9 * pair.scale), pair.seed


def test_every_true_entry_and_every_placed_order_has_exactly_one_end(batch: list[Pair]) -> None:
    placed_at = FUNNEL_STAGES.index("placed")
    filled_at = FUNNEL_STAGES.index("filled")
    for pair in batch:
        for counts in pair.engine.funnel.values():
            asked = sum(counts.get(stage, 0) for stage in FUNNEL_STAGES[1 : placed_at + 1])
            ended = sum(counts.get(stage, 0) for stage in FUNNEL_STAGES[placed_at + 1 : filled_at + 1])
            assert asked == counts["entry_true"], pair.seed
            assert ended == counts.get("placed", 0), pair.seed


def test_the_same_case_gives_the_same_bytes_twice(batch: list[Pair]) -> None:
    for pair in batch[:30]:
        assert simulate_with_engine(pair.case) == pair.engine


def test_the_comparison_sees_a_fill_a_price_and_a_count_that_differ(batch: list[Pair]) -> None:
    pair = next(pair for pair in batch if len(pair.naive.trades) > 5)
    one = pair.naive
    dearer = replace(one.fills[3], price=one.fills[3].price * (1 + 1e-8))
    (key, counts), *_ = one.funnel.items()

    assert not differences(one, one, pair.scale)
    assert differences(one, replace(one, fills=one.fills[:-1]), pair.scale)
    assert differences(one, replace(one, fills=[*one.fills[:3], dearer, *one.fills[4:]]), pair.scale)
    assert differences(one, replace(one, funnel={**one.funnel, key: {**counts, "filled": 999}}), pair.scale)
    assert differences(one, replace(one, equity=[*one.equity[:-1], one.equity[-1] * 1.0001]), pair.scale)
