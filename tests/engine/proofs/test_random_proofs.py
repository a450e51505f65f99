"""Random specs over the whole grammar: every accepted one is proven, run, and found to be what its proofs say.

The long run of `make proofs` draws 100,000 accepted ones (docs/proofs-log.md); here it is a few thousand.
"""

from __future__ import annotations

from typing import get_args

import pytest
from reference.proof_rounds import Tally, prove_and_run

from engine.indicators.catalog import CATALOG
from engine.spec.models import SizingMode, When

DRAWN = 360
ACCEPTED_AT_LEAST = 0.6

pytestmark = pytest.mark.no_cover


@pytest.fixture(scope="module")
def tally() -> Tally:
    whole = Tally()
    for seed in range(DRAWN):
        whole.add(prove_and_run(seed, truncate=seed % 12 == 0))
    return whole


def test_no_accepted_spec_violates_a_proof(tally: Tally) -> None:
    assert tally.violations == []


def test_most_drawn_specs_are_accepted_and_many_trade(tally: Tally) -> None:
    print(f"{tally.accepted} of {tally.drawn} accepted, {tally.fired} fired, {dict(tally.verdicts)}")  # noqa: T201

    assert tally.accepted >= ACCEPTED_AT_LEAST * tally.drawn
    assert tally.fired >= 0.2 * tally.accepted
    assert tally.entries > 5 * tally.fired
    assert tally.truncated >= 15


def test_verdicts_of_every_kind_are_met_and_bounds_are_reached(tally: Tally) -> None:
    assert tally.verdicts["entry impossible"] >= 10
    assert tally.verdicts["exit impossible"] >= 10
    assert tally.verdicts["alternative impossible"] >= 10
    assert tally.tight >= 50


def test_the_accepted_specs_reach_every_section(tally: Tally) -> None:
    fields = {
        *(
            f"sizing.{name}"
            for name in ("value", "max_positions", "length", "multiple", "win_rate", "kelly_multiplier")
        ),
        *(
            f"risk.{name}"
            for name in ("max_leverage", "max_position_pct", "max_total_exposure_pct", "max_drawdown_pct")
        ),
        *(f"risk.{name}.value" for name in ("stop_loss", "take_profit", "trailing_stop", "trailing_take")),
        *(f"risk.{name}" for name in ("breakeven.at", "partial_exits.at", "time_limit.bars", "time_limit.minutes")),
        *(f"risk.checks.{name}" for name in ("max_concurrent", "cooldown_bars", "session_hours", "max_daily_loss_pct")),
        *(f"execution.{name}" for name in ("fees", "fill", "slippage", "entry_order", "max_orders_per_hour")),
        *("execution.entry_order.offset", "execution.entry_order.price", "execution.entry_order.expires_bars"),
        *("signals.short", "signals.opposite_entry", "universe.venue", "filters", "for_bars", "within_bars"),
        *(f"fill {name}" for name in ("next_open", "close", "vwap")),
        *(f"mode {name}" for name in get_args(SizingMode)),
        *(f"when {name}" for name in get_args(When)),
        *(f"type {name}" for name in ("percent", "atr", "price", "limit")),
    }

    assert fields - set(tally.met) == set()
    assert sum(f"indicator {name}" in tally.met for name in CATALOG) >= 0.9 * len(CATALOG)


@pytest.mark.long
@pytest.mark.parametrize("block", range(8))
def test_further_specs_violate_no_proof(block: int) -> None:
    for seed in range(500_000 + 200 * block, 500_000 + 200 * (block + 1)):
        assert prove_and_run(seed, truncate=seed % 10 == 0).violations == []
