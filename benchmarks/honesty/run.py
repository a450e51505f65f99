"""Measure how honest the search is: `make honesty` plays every session and writes docs/honesty.md.

Usage: python -m benchmarks.honesty.run [--small | --brief | --nightly] [--seed-from-commit [COMMIT]] [--judge NAME]
       [--only WORDS] [--played] [--note TEXT]
Sessions that this version has played before are not played again: break it off and go on with the same command, or
write the page of what is there with --played. The exit status is 1 when a claim does not hold. With KEK_TEST_DATA set,
real days of BTC and ETH are among the markets.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.honesty.cells import brief_cells, full_cells, nightly_cells, small_cells
from benchmarks.honesty.claims import claims_of
from benchmarks.honesty.page import Run, page_of
from benchmarks.honesty.picture import draw_power
from benchmarks.honesty.sessions import JUDGES
from benchmarks.honesty.suite import measured, played, store_of, tasks_of, truths_of

ROOT = Path(__file__).parent.parent.parent
PAGE, PICTURE = Path("docs/honesty.md"), Path("docs/images/honesty-power.svg")
COMMIT_DIGITS = 7
SHOWN_EVERY = 20.0
"""Seconds between lines of progress."""


def main() -> int:
    """Play what was asked for, write the page, and tell every claim."""
    asked = _arguments()
    commit = _git("rev-parse", asked.seed_from_commit or "HEAD")
    base = int(commit[:COMMIT_DIGITS], 16) * 1_000 if asked.seed_from_commit else 0
    cells = [one for one in asked.cells() if asked.only in one.name]
    tasks, store, started = tasks_of(cells, base), store_of(asked.results), time.monotonic()
    if asked.played:
        records = played(tasks, store, seat=asked.judge)
    else:
        records = measured(tasks, store, seat=asked.judge, jobs=asked.jobs, told=Progress())
    truths = truths_of(records, store.with_suffix(".truth.json"), jobs=asked.jobs)
    claims = claims_of(cells, records, truths, seat=asked.judge)
    for one in claims:
        print(one)
    if asked.out is not None:
        run = Run(
            commit=commit,
            changed=bool(_git("status", "--porcelain", "--", "engine", "benchmarks")),
            base=base,
            jobs=asked.jobs,
            seconds=None if asked.played else time.monotonic() - started,
            seat=asked.judge,
            note=asked.note,
        )
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        draw_power(cells, records, asked.picture)
        asked.out.write_text(page_of(run, cells, records, truths, claims, asked.picture.name), "utf-8")
    return 0 if all(one.holds for one in claims) else 1


class Progress:
    """Tells on standard error how many sessions are done, now and then."""

    def __init__(self) -> None:
        self._began, self._shown, self._first = time.monotonic(), -SHOWN_EVERY, -1

    def __call__(self, done: int, total: int) -> None:
        self._first = done if self._first < 0 else self._first
        now = time.monotonic() - self._began
        if now - self._shown >= SHOWN_EVERY or done == total:
            rate = (done - self._first) / now if now > 0 else 0.0
            left = f", {(total - done) / rate / 60:.0f} minutes left" if rate > 0 else ""
            print(f"{done:,} of {total:,} sessions{left}", file=sys.stderr, flush=True)
            self._shown = now


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--small", dest="cells", action="store_const", const=small_cells, help="some minutes of it")
    size.add_argument("--brief", dest="cells", action="store_const", const=brief_cells, help="less than an hour of it")
    size.add_argument(
        "--nightly", dest="cells", action="store_const", const=nightly_cells, help="200 of every size cell"
    )
    parser.add_argument(
        "--seed-from-commit",
        nargs="?",
        const="HEAD",
        metavar="COMMIT",
        help="markets that nobody can have chosen, of this commit; go on with those of another by its name",
    )
    parser.add_argument("--played", action="store_true", help="play nothing: write the page of what was played before")
    parser.add_argument("--note", default="", metavar="TEXT", help="what the page says of the machine")
    parser.add_argument("--judge", choices=list(JUDGES), default="ours", help="whom the proposers sit before")
    parser.add_argument("--only", default="", metavar="WORDS", help="cells with these words in their name")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--results", type=Path, default=ROOT / "build" / "honesty", help="folder of what was played")
    parser.add_argument(
        "--out", type=Path, default=None, help=f"page to write, {PAGE} for the one in the documentation"
    )
    parser.set_defaults(cells=full_cells)
    asked = parser.parse_args()
    asked.picture = (asked.out or PAGE).parent / "images" / PICTURE.name
    return asked


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
