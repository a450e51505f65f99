"""Candidates of one family through the kernel that jumps from event to event."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.rules import rules_of
from engine.sweeps.candidates import ACCOUNT, SIGNALS
from engine.sweeps.chunks import chunks_of
from engine.sweeps.columns import FamilyColumns
from engine.sweeps.program import Program, program_of
from engine.sweeps.wants import account_of, has_levels, wants_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.backtest.config import Config
    from engine.kernels.sweep_long import Prices, Wants
    from engine.spec.models import StrategySpec
    from engine.sweeps.arena import OneAsset
    from engine.sweeps.candidates import Family
    from engine.sweeps.chunks import Chunk, Operands
    from engine.sweeps.sheet import Sheet
    from engine.sweeps.workers import Each

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

COLUMN_BYTES = 256 * 2**20
"""Columns held at once where each candidate has its own."""


def figures_by_jumps(
    family: Family,
    members: IntArray,
    asset: OneAsset,
    initial_equity: float,
    sheet: Sheet,
    log: FloatArray | None = None,
    *,
    threads: int = 1,
    each: Each = map,
) -> list[int]:
    """Measure the ``members`` (places in the family) into their rows of a sheet; ``each`` is shared by threads.

    ``log``, shape (n, N_LOG), takes the first fills of a single candidate. Returns the numbers of the candidates whose
    account came to nothing: only a bar-by-bar run tells how.
    """
    numbers = np.array(family.numbers, dtype=np.int64)
    for batch in _batches(family, members, asset, initial_equity):
        work = partial(_measure, asset, batch, numbers[batch.members], initial_equity, sheet, log, threads)
        list(each(work, chunks_of(batch.operands, batch.members.shape[0], threads)))
    measured = numbers[members]
    return [int(number) for number in measured[np.isnan(sheet.figures[measured, 0])]]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Candidates of one program under the same rules; the arrays of ``wants`` are in the order of ``members``."""

    members: IntArray
    config: Config
    prices: Prices
    wants: Wants
    program: Program
    columns: FamilyColumns
    operands: Operands


def _batches(family: Family, members: IntArray, asset: OneAsset, initial_equity: float) -> Iterator[Batch]:
    """Yield the members by what cannot vary inside one call of the kernel, each with the columns it reads."""
    of_signals, of_account = family.chosen[SIGNALS], family.chosen[ACCOUNT]
    programs = {at: program_of(_spec(family.variants[SIGNALS][at].spec).signals) for at in sorted(set(of_signals))}
    accounts = {
        at: account_of(_spec(family.variants[ACCOUNT][at].spec), initial_equity) for at in sorted(set(of_account))
    }
    first_like: dict[object, int] = {}
    alike = {at: first_like.setdefault((repr(one.config), one.base), at) for at, one in accounts.items()}
    program_like = {
        at: first_like.setdefault((one.rows, one.enter, one.leave, len(one.pairs)), at) for at, one in programs.items()
    }
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for k in members.tolist():
        groups[program_like[of_signals[k]], alike[of_account[k]]].append(k)
    most = max(1, COLUMN_BYTES // (8 * asset.bars.n_bars))
    for group in groups.values():
        for some in _of_few(family, group, most):
            columns = FamilyColumns(family, asset)
            chosen = np.array(some, dtype=np.int64)
            account = accounts[of_account[some[0]]]
            wants = wants_of(family, chosen, accounts, account.base, asset, columns)
            used = sorted({of_signals[k] for k in some})
            operands = _operands(family, chosen, {at: programs[at] for at in used}, columns)
            yield Batch(
                chosen,
                account.config,
                asset.prices(levels=has_levels(account.config)),
                wants,
                programs[used[0]],
                columns,
                operands,
            )


def _of_few(family: Family, group: list[int], most: int) -> Iterator[list[int]]:
    """Cut a group into parts of few accounts, and of few variants of indicators: each can need columns of its own."""
    indicators = [
        one for name, one in family.chosen.items() if name not in (SIGNALS, ACCOUNT) and len(family.variants[name]) > 1
    ]
    for some in _cut(group, [family.chosen[ACCOUNT]], most):
        yield from _cut(some, indicators, most)


def _cut(group: list[int], parts: list[list[int]], most: int) -> Iterator[list[int]]:
    """Cut a group so that its members choose at most ``most`` variants of the parts together, where one alone does."""
    if sum(len({one[k] for k in group}) for one in parts) <= most:
        yield group
        return
    some: list[int] = []
    seen: set[tuple[int, int]] = set()
    for k in sorted(group, key=lambda k: tuple(one[k] for one in parts)):
        mine = {(part, one[k]) for part, one in enumerate(parts)}
        if some and len(seen | mine) > most:
            yield some
            some, seen = [], set()
        some.append(k)
        seen |= mine
    yield some


def _operands(family: Family, members: IntArray, programs: dict[int, Program], columns: FamilyColumns) -> Operands:
    """Return, for each pair of the programs, what each member compares; the programs differ in numbers alone."""
    chosen = np.array(family.chosen[SIGNALS], dtype=np.int64)[members]
    n_pairs = len(next(iter(programs.values())).pairs)
    left = np.empty((n_pairs, members.shape[0]), dtype=np.int64)
    right, level = left.copy(), np.empty(left.shape)
    for at, program in programs.items():
        mine = np.flatnonzero(chosen == at)
        for row, (one, other) in enumerate(program.pairs):
            left[row, mine] = columns.column(one, members[mine])
            found = columns.operand(other, members[mine])
            right[row, mine], level[row, mine] = found.column, found.level
    return tuple(zip(left, right, level, strict=True))


def _measure(
    asset: OneAsset,
    batch: Batch,
    rows: IntArray,
    initial_equity: float,
    sheet: Sheet,
    log: FloatArray | None,
    threads: int,
    chunk: Chunk,
) -> None:
    """Measure some candidates into the sheet; ``rows`` is where each of the batch stands in it."""
    from engine.kernels.event_path import N_PATH
    from engine.kernels.sweep_long import N_LOG, Scratch, Signals, sweep_long
    from engine.kernels.sweep_signals import Pairs

    n_bars, program = asset.bars.n_bars, batch.program
    n_words, first = -(-n_bars // 64), chunk.turn % threads * chunk.used.shape[0] // threads
    signals = Signals(
        Pairs(batch.columns.operands.addresses(chunk.used, first), n_bars, chunk.left, chunk.right, chunk.level),
        np.array(program.rows, dtype=np.int64).reshape(-1, 4),
        program.enter,
        program.leave,
        chunk.places,
        chunk.set_of,
    )
    scratch = Scratch(
        words=np.empty((chunk.left.shape[0], 3, n_words), dtype=np.uint64),
        truth=np.empty((max(1, batch.program.registers), 2, n_words), dtype=np.uint64),
        enter=np.empty(n_words, dtype=np.uint64),
        leave=np.empty(n_words, dtype=np.uint64),
        path=np.empty(N_PATH),
        levels=np.empty(batch.prices.midnights.shape[0]),
    )
    rules = rules_of(batch.config, asset.assets)
    log = np.empty((0, N_LOG)) if log is None else log
    sweep_long(
        asset.first,
        batch.prices,
        rules,
        batch.wants,
        initial_equity,
        signals,
        chunk.candidates,
        scratch,
        rows,
        sheet.figures,
        sheet.daily,
        log,
    )


def _spec(spec: StrategySpec | None) -> StrategySpec:
    if spec is None:
        raise AssertionError("a candidate with problems was measured")
    return spec
