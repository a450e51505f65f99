"""Runs the cells of the benchmark over processes; what was measured once is kept and never measured again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import zip_longest
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.honesty.cells import Cell

HERE = Path(__file__).parent
READERS = ("cells", "claims", "page", "picture", "run", "suite", "tables")
"""Modules that only choose sessions or read their records: to change one changes no record."""

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")

Record = Mapping[str, Any]
Task = tuple["Cell", int]


def tasks_of(cells: Sequence[Cell], base: int = 0) -> list[Task]:
    """Return the sessions of all cells, one of each in turn, so that a run that is broken off has some of all.

    Without a ``base`` every cell begins at the first market of the protocol, so that cells share theirs. From a
    ``base`` on each has markets of its own: what several count together is as independent as its bounds say.
    """
    columns = [[(cell, _first(cell, base) + number) for number in range(cell.count)] for cell in cells]
    return [task for row in zip_longest(*columns) for task in row if task is not None]


def _first(cell: Cell, base: int) -> int:
    """Return the number of a cell's first market; an even one, as fees go by whether a number is odd."""
    return base + int(hashlib.sha256(cell.name.encode()).hexdigest()[:6], 16) * 1_000 if base else 0


def measured(
    tasks: Sequence[Task],
    store: Path,
    *,
    seat: str,
    jobs: int = 1,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> list[Record]:
    """Return the record of every task, of those in the store and of those that had to be measured.

    Parameters
    ----------
    store : Path
        A file of JSON lines that new records are added to (`store_of`).
    seat : str
        Name of the judge that the proposers sit before.
    jobs : int
        Processes, each of one thread.
    told : callable
        Is called with how many are done and of how many, after each.
    """
    wanted = {_key(cell.name, number, seat): (cell, number) for cell, number in tasks}
    found = {key: record for key, record in _kept(store) if key in wanted}
    left = [task for key, task in wanted.items() if key not in found]
    store.parent.mkdir(parents=True, exist_ok=True)
    told(len(found), len(wanted))
    cut_off = store.exists() and not store.read_bytes().endswith(b"\n")
    with store.open("a", encoding="utf-8") as file:
        file.write("\n" if cut_off else "")
        for record in _run(left, seat, jobs):
            file.write(json.dumps(record, sort_keys=True) + "\n")
            file.flush()
            found[_key(record["cell"], record["number"], seat)] = record
            told(len(found), len(wanted))
    return [found[key] for key in wanted]


def played(tasks: Sequence[Task], store: Path, *, seat: str) -> list[Record]:
    """Return the records of those tasks that are in the store, in their order; nothing is measured."""
    found = dict(_kept(store))
    keys = (_key(cell.name, number, seat) for cell, number in tasks)
    return [found[key] for key in keys if key in found]


def truths_of(records: Sequence[Record], store: Path, *, jobs: int = 1) -> dict[str, float]:
    """Return the true annual Sharpe ratio of every rule that was validated on a planted edge, by `truth_key`.

    ``store`` is a JSON file of those that are known.
    """
    from benchmarks.honesty.truth import true_sharpes

    known: dict[str, float] = json.loads(store.read_text("utf-8")) if store.exists() else {}
    groups: dict[tuple[str, float, float], dict[str, Any]] = {}
    for record in records:
        if "rule" in record and truth_key(record) not in known:
            edge, sharpe = record["edge"]
            groups.setdefault((edge, sharpe, record["fee"]), {})[truth_key(record)] = record["rule"]
    if groups:
        with _pool(jobs) as pool:
            found = [
                pool.submit(true_sharpes, edge, sharpe, list(rules.values()), fee_rate=fee)
                for (edge, sharpe, fee), rules in groups.items()
            ]
            for rules, values in zip(groups.values(), found, strict=True):
                known |= dict(zip(rules, values.result(), strict=True))
        store.write_text(json.dumps(known, sort_keys=True, indent=0), "utf-8")
    return known


def truth_key(record: Record) -> str:
    """Return what the truth of a validated rule depends on: the edge, the fee and the rule."""
    return json.dumps([*record["edge"], record["fee"], record["rule"]], sort_keys=True)


def store_of(folder: Path) -> Path:
    """Return the file of a folder that holds what this version of engine and benchmark measured."""
    from engine.identity import engine_hash

    digest = hashlib.sha256(engine_hash().encode())
    for source in sorted(HERE.glob("*.py")):
        if source.stem not in READERS:
            digest.update(source.name.encode() + source.read_bytes())
    return folder / f"{digest.hexdigest()[:16]}.jsonl"


def _run(tasks: Sequence[Task], seat: str, jobs: int) -> Iterator[Record]:
    from benchmarks.honesty.sessions import record_of

    if jobs == 1 or len(tasks) < 2:
        yield from (record_of(cell, number, seat) for cell, number in tasks)
        return
    with _pool(jobs) as pool:
        waiting = [pool.submit(record_of, cell, number, seat) for cell, number in tasks]
        try:
            for one in as_completed(waiting):
                yield one.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _pool(jobs: int) -> ProcessPoolExecutor:
    """Return processes of one thread each: they read that from their surroundings when they load numpy."""
    os.environ |= ONE_THREAD
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))


def _kept(store: Path) -> Iterable[tuple[str, Record]]:
    """Yield what is in the store; a last line that was cut off when the run was killed is left out."""
    if not store.exists():
        return
    for line in store.read_text("utf-8").splitlines():
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue
        yield _key(record["cell"], record["number"], record["seat"]), record


def _key(cell: str, number: int, seat: str) -> str:
    return f"{seat}/{cell}/{number}"
