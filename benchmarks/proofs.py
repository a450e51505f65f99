"""Prove random specs and check every proof against runs: `make proofs` writes docs/proofs-log.md.

Usage: python benchmarks/proofs.py [--specs N] [--first SEED] [--jobs N] [--truncate-every N] [--out FILE]
Specs are drawn over the whole grammar until N are accepted; each accepted one is proven, run on a drawn market and
compared: what is proven impossible never fires, no entry exceeds its exposure bound, and every so-many-th is cut off
and run again. The exit status is 1 when a single run contradicts a proof.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

if TYPE_CHECKING:
    from reference.proof_rounds import Tally

BLOCK = 250
"""Specs a worker draws before it reports."""

SHOWN = 20
"""Violations written out."""


def prove_block(first: int, truncate_every: int) -> Tally:
    """Draw, prove and run one block of seeds."""
    from reference.proof_rounds import Tally, prove_and_run

    whole = Tally()
    for seed in range(first, first + BLOCK):
        whole.add(prove_and_run(seed, truncate=seed % truncate_every == 0))
    return whole


def prove_many(wanted: int, first: int, jobs: int, truncate_every: int) -> Iterator[Tally]:
    """Yield the tally so far after each block, until ``wanted`` specs were accepted; blocks in the order of seeds."""
    from reference.proof_rounds import Tally

    whole, firsts = Tally(), count(first, BLOCK)
    with ProcessPoolExecutor(jobs) as pool:
        waiting = [pool.submit(prove_block, each, truncate_every) for each in islice(firsts, 2 * jobs)]
        while whole.accepted < wanted:
            whole.add(waiting.pop(0).result())
            waiting.append(pool.submit(prove_block, next(firsts), truncate_every))
            yield whole
        for each in waiting:
            each.cancel()


def page(whole: Tally, *, first: int, seconds: float, jobs: int, truncate_every: int) -> str:
    """Return the log of a long run as Markdown."""
    from engine.identity import engine_hash

    share = whole.accepted / whole.drawn
    counted = "\n".join(f"| {verdict} | {number:,} |" for verdict, number in sorted(whole.verdicts.items()))
    refused = "\n".join(f"| `{code}` | {number:,} |" for code, number in whole.refusals.most_common(16))
    kinds = {kind: sum(name.startswith(f"{kind} ") for name in whole.met) for kind in ("indicator", "when", "mode")}
    violations = "\n".join(f"- {line}" for line in whole.violations[:SHOWN]) or "none"
    return f"""# The long run of the proofs

Written by `make proofs` ({platform.machine()}, Python {platform.python_version()}, {jobs} processes,
{seconds / 60:.0f} minutes, engine {engine_hash()[:16]}). What is drawn and what is compared: [proofs.md](proofs.md).

| | |
| --- | --- |
| seeds | {first:,} to {first + whole.drawn - 1:,} |
| specs drawn | {whole.drawn:,} |
| accepted by the validator, proven and run | {whole.accepted:,} ({share:.1%}) |
| of these with an entry that filled | {whole.fired:,} |
| entries filled, each measured against the exposure bound | {whole.entries:,} |
| runs that reached their bound on leverage | {whole.tight:,} |
| specs cut off and run again (every {truncate_every}th) | {whole.truncated:,} |
| fields, operators, types and modes met | {len(whole.met):,}, of these {kinds["indicator"]} indicator types |
| **runs that contradict a proof** | **{len(whole.violations)}** |

Verdicts on entries, exits and their alternatives (without candles, so that what is not impossible is unknown):

| | |
| --- | --- |
{counted}

Why specs were refused (each may have several reasons):

| | |
| --- | --- |
{refused}

Contradictions: {violations}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--specs", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--truncate-every", type=int, default=25)
    parser.add_argument("--out", type=Path, default=None)
    asked = parser.parse_args()
    started, whole, told = time.monotonic(), None, 0
    for done, whole in enumerate(prove_many(asked.specs, asked.first, asked.jobs, asked.truncate_every)):
        for line in whole.violations[told:]:
            print(line, flush=True)
        told = len(whole.violations)
        if done % 20 == 0:
            rate = whole.accepted / (time.monotonic() - started)
            print(
                f"{whole.accepted:,} of {whole.drawn:,} accepted, {rate:.0f} a second, {len(whole.violations)} wrong",
                flush=True,
            )
    if whole is None:
        return 0
    seconds = time.monotonic() - started
    text = page(whole, first=asked.first, seconds=seconds, jobs=asked.jobs, truncate_every=asked.truncate_every)
    if asked.out is None:
        print(text)
    else:
        asked.out.write_text(text, "utf-8")
    return 1 if whole.violations else 0


if __name__ == "__main__":
    sys.exit(main())
