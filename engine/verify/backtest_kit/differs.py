"""Cases of backtest-kit in which our engine answers otherwise, and why; the tests compute our answer by the reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Differing:
    """Why our engine answers otherwise, and in which cases."""

    why: str
    cases: tuple[str, ...]


DIFFERS = {
    "flat_fee": Differing(
        "1.10 takes both fees from the entry's value; ours takes each from the value of its own fill, as 18.7 does",
        (
            "pnl/long 42250->43000",
            "pnl/long flat",
            "pnl/long win 10%",
            "pnl/short flat",
        ),
    ),
    "parts_are_limits": Differing(
        "parts and targets of ours are limit fills: at their price, without slippage, the fee weighted by the part",
        (
            "pnl/long partial 30%@120 + 40%@115 close 105",
            "pnl/short partial 50%@90 close 105",
            "v18/pnl/partial 50%@110 close 90",
            "partial-close/30% + 40% then TP",
            "partial-close/wrong side throws",
        ),
    ),
    "no_part_at_a_loss": Differing(
        "ours closes parts at gains only; at a loss the stop closes what is left",
        ("pnl/long fully closed by partials 60%@110 + 40%@95",),
    ),
    "one_entry": Differing(
        "ours has one entry a position: a further one while it is held is ignored and counted",
        ("v18/pnl/DCA long 100@100 + 100@90 close 110",),
    ),
    "trails_the_best_price": Differing(
        "ours trails the best price since the entry by a fixed distance at every close; the package shifts the "
        "signal's own stop or target when it is told to, and the first command may loosen it",
        (
            "trailing/long stop: first call may loosen",
            "trailing/long stop: tighten, absorb, tighten more",
            "trailing/long take: tighten then absorb",
            "trailing/short stop",
        ),
    ),
    "no_smallest_size": Differing(
        "ours has no floor that raises a size above what its risk allows: a size below what is tradable is rejected",
        ("sizing/fixed min floor",),
    ),
    "maintenance_margin": Differing(
        "ours liquidates where the account no longer covers the maintenance margin (0.005 of notional, cross margin) "
        "and then pays fee and slippage; the package where an isolated position has lost all, costs included",
        (
            "v19/liquidation/10x long @100",
            "v19/liquidation/1x short @100",
            "v19/liquidation/3x long @100",
        ),
    ),
}
"""By a short name of the reason."""
