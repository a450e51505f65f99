"""Try to make fire what is proven never to fire; the figures stand in docs/proofs.md.

Usage: python benchmarks/false_rejections.py [--markets N] [--rules N] [--steps N]
Hand-written and random conditions that are proven impossible are read on markets built to make odd things true, and
each is given a market of its own that is changed step by step towards it. The exit status is 1 when a single one fires.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

if TYPE_CHECKING:
    from engine.signals.conditions import Conditions
    from engine.spec.models import Condition


def main(argv: list[str] | None = None) -> int:
    """Run, print the figures, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--markets", type=int, default=1_000)
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--steps", type=int, default=40)
    args = parser.parse_args(argv)

    from reference.firing_cases import IMPOSSIBLE, POSSIBLE
    from reference.firing_climb import climb
    from reference.firing_side import condition, decided
    from reference.random_rules import RandomRules
    from reference.rules_in_short import rule

    from engine.proofs.satisfiability.search import Refuted

    began = time.perf_counter()
    drawn = [RandomRules(Random(f"enemy {seed}")).condition() for seed in range(args.rules)]
    found = [decided(data) for data in drawn]
    deciding = time.perf_counter() - began
    random = [condition(data) for data in drawn]
    impossible = [condition(rule(text)) for text in IMPOSSIBLE]
    impossible += [one for one, verdict in zip(random, found, strict=True) if isinstance(verdict, Refuted)]
    open_ones = [condition(rule(text)) for text in POSSIBLE]
    open_ones += [one for one, verdict in zip(random, found, strict=True) if not isinstance(verdict, Refuted)]
    undecided = sum(not isinstance(verdict, Refuted) and verdict.exhausted for verdict in found)

    fired, seen = read_on_markets(args.markets, impossible, open_ones)
    climbed = sum(climb(one, seed, args.steps) == 1.0 for seed, one in enumerate(impossible))
    hand_seen = sum(one in seen for one in open_ones[: len(POSSIBLE)])

    refuted = len(impossible) - len(IMPOSSIBLE)
    proven, rejected = (sum(isinstance(decided(text), Refuted) for text in texts) for texts in (IMPOSSIBLE, POSSIBLE))
    print(f"hand-written, impossible    {len(IMPOSSIBLE):>6,} of which proven {proven:,}")
    print(f"hand-written, odd           {len(POSSIBLE):>6,} of which rejected {rejected:,}, seen true {hand_seen:,}")
    print(f"random rules                {args.rules:>6,} proven impossible {refuted:,}, given up {undecided:,}")
    print(f"  accepted                  {1 - refuted / args.rules:>6.1%}")
    print(f"  accepted, seen true       {len(seen) - hand_seen:>6,} of {len(open_ones) - len(POSSIBLE):,}")
    print(f"  milliseconds to decide    {1e3 * deciding / args.rules:>6.1f}")
    print(f"adversarial markets         {args.markets:>6,} impossible rules fired {fired:,}")
    print(f"markets climbed             {len(impossible):>6,} by {args.steps} steps, fired {climbed:,}")
    return 1 if fired or climbed else 0


def read_on_markets(count: int, impossible: list[Condition], open_ones: list[Condition]) -> tuple[int, set[Condition]]:
    """Return how many impossible conditions fired on any market, and the others that did."""
    fired = 0
    left, seen = list(open_ones), set()
    for seed in range(count):
        tape = tape_of(seed)
        for one in impossible:
            if tape.truth(one).true.any():
                fired += 1
                print("FIRED", seed, one.model_dump_json(exclude_none=True))
        new = {one for one in left if tape.truth(one).true.any()}
        seen |= new
        left = [one for one in left if one not in new]
    return fired, seen


def tape_of(seed: int) -> Conditions:
    """Return the conditions of one adversarial market."""
    from reference.adversarial_markets import adversarial_market
    from reference.firing_side import models

    from engine.backtest.columns import AssetColumns
    from engine.indicators.store import ColumnStore
    from engine.signals.conditions import Conditions

    return Conditions(AssetColumns(ColumnStore(adversarial_market(seed)), models()))


if __name__ == "__main__":
    raise SystemExit(main())
