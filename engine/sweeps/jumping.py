"""Candidates of one family through the kernel that jumps from event to event."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.backtest.plan import config_of, range_of, size_of
from engine.backtest.rules import rules_of
from engine.spec import defaults
from engine.spec.venues import asset_rules
from engine.sweeps.candidates import ACCOUNT, SIGNALS
from engine.sweeps.columns import LEVEL, FamilyColumns
from engine.sweeps.program import Program, program_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.backtest.config import Config
    from engine.kernels.sweep_long import Prices, Signals, Wants
    from engine.kernels.sweep_signals import Pairs
    from engine.spec.models import ProtectiveLevel, StrategySpec
    from engine.sweeps.arena import OneAsset
    from engine.sweeps.candidates import Family
    from engine.sweeps.sheet import Sheet
    from engine.sweeps.workers import Each

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

SETS_AT_ONCE = 64
"""Signal sets whose comparisons are made together, so that the columns they share are read once from memory."""

CHUNKS_A_THREAD = 4
COLUMN_BYTES = 256 * 2**20
"""Columns of sizes held at once where each candidate has its own."""


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
    for batch in _batches(family, members, asset, initial_equity, each):
        work = partial(_measure, asset, batch, numbers[batch.members], initial_equity, sheet, log)
        list(each(work, _chunks(batch, threads)))
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
    operands: tuple[tuple[IntArray, IntArray, FloatArray], ...]
    """Of each pair: the columns on the left, those on the right or `LEVEL`, and the levels; shape (n_members,)."""


def _batches(family: Family, members: IntArray, asset: OneAsset, initial_equity: float, each: Each) -> Iterator[Batch]:
    """Yield the members by what cannot vary inside one call of the kernel, each with the columns it reads."""
    of_signals, of_account = family.chosen[SIGNALS], family.chosen[ACCOUNT]
    programs = {at: program_of(_spec(family.variants[SIGNALS][at].spec).signals) for at in sorted(set(of_signals))}
    accounts = {
        at: _account_of(_spec(family.variants[ACCOUNT][at].spec), initial_equity) for at in sorted(set(of_account))
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
        for some in _of_few_accounts(group, of_account, most):
            columns = FamilyColumns(family, asset, each)
            chosen = np.array(some, dtype=np.int64)
            account = accounts[of_account[some[0]]]
            wants = _wants(family, chosen, accounts, account.base, asset, columns)
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


def _of_few_accounts(group: list[int], of_account: list[int], most: int) -> Iterator[list[int]]:
    """Cut a group into parts of at most ``most`` accounts, each of which can need columns of its own."""
    if len({of_account[k] for k in group}) > most:
        group = sorted(group, key=lambda k: of_account[k])
    some: list[int] = []
    seen: set[int] = set()
    for k in group:
        if of_account[k] not in seen and len(seen) == most:
            yield some
            some, seen = [], set()
        some.append(k)
        seen.add(of_account[k])
    yield some


def has_levels(config: Config) -> bool:
    """Tell whether positions have a stop or a target."""
    return config.stop != "none" or config.target != "none"


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """The rules of one variant of the account, and what its entries want."""

    spec: StrategySpec
    config: Config
    base: float


def _account_of(spec: StrategySpec, initial_equity: float) -> Account:
    return Account(spec, config_of(spec, initial_equity, asset_rules(spec)), defaults.slippage_of(spec).base)


class Want(NamedTuple):
    """A factor and the number of the column it multiplies, `LEVEL` for none."""

    factor: float
    column: int


def _wants(
    family: Family,
    members: IntArray,
    accounts: dict[int, Account],
    base: float,
    asset: OneAsset,
    columns: FamilyColumns,
) -> Wants:
    from engine.kernels.sweep_long import Wants

    chosen = np.array(family.chosen[ACCOUNT], dtype=np.int64)[members]
    factor, column = np.full((3, members.shape[0]), np.nan), np.full((3, members.shape[0]), LEVEL)
    for at in np.unique(chosen).tolist():
        mine, spec = np.flatnonzero(chosen == at), accounts[at].spec
        for row, want in enumerate((_size_want, _stop_want, _target_want)):
            factor[row, mine], column[row, mine] = want(spec, members[mine], asset, columns)
    slippage = defaults.slippage_of(accounts[int(chosen[0])].spec)
    read = columns.reader({})
    range_column = columns.kept.number_of(read.range_ratio()) if slippage.kv > 0.0 or slippage.kp > 0.0 else LEVEL
    volume_column = columns.kept.number_of(read.mean_quote_volume()) if slippage.kp > 0.0 else LEVEL
    every = np.append(column.reshape(-1), [range_column, volume_column])
    used = np.unique(every[every != LEVEL])
    rows = np.where(every == LEVEL, LEVEL, np.searchsorted(used, every))
    size_number, stop_number, target_number = rows[:-2].reshape(3, -1)
    return Wants(
        size_factor=factor[0],
        size_column=size_number.copy(),
        stop_factor=factor[1],
        stop_column=stop_number.copy(),
        target_factor=factor[2],
        target_column=target_number.copy(),
        addresses=columns.kept.addresses(used),
        slippage_base=base,
        range_column=int(rows[-2]),
        volume_column=int(rows[-1]),
    )


def _size_want(
    spec: StrategySpec, members: IntArray, asset: OneAsset, columns: FamilyColumns
) -> tuple[float, IntArray]:
    names = _level_names(spec.risk.stop_loss) if spec.sizing.mode == "risk_per_trade" else ()
    plain: list[float] = []

    def number(size: FloatArray | float) -> int:
        if isinstance(size, np.ndarray) and size.shape[0] > 1:
            return columns.kept.number_of(np.ascontiguousarray(size[:, 0]))
        plain.append(float(size) if not isinstance(size, np.ndarray) else float(size[0, 0]))
        return LEVEL

    found = columns.by_variant(names, members, lambda read: size_of(spec, asset, {asset.asset: read}), number)
    return (plain[0] if plain else 1.0), found


def _stop_want(
    spec: StrategySpec, members: IntArray, asset: OneAsset, columns: FamilyColumns
) -> tuple[float, IntArray]:
    return _level_want(spec.risk.stop_loss, members, columns)


def _target_want(
    spec: StrategySpec, members: IntArray, asset: OneAsset, columns: FamilyColumns
) -> tuple[float, IntArray]:
    return _level_want(spec.risk.take_profit, members, columns)


def _level_want(level: ProtectiveLevel | None, members: IntArray, columns: FamilyColumns) -> tuple[float, IntArray]:
    if level is None or level.type != "atr":
        return np.nan if level is None else level.value, np.full(members.shape[0], LEVEL)
    found = columns.by_variant(_level_names(level), members, lambda read: range_of(read, level), columns.kept.number_of)
    return level.value, found


def _level_names(level: ProtectiveLevel | None) -> tuple[str, ...]:
    return () if level is None or level.indicator is None else (level.indicator.partition(".")[0],)


def _operands(
    family: Family, members: IntArray, programs: dict[int, Program], columns: FamilyColumns
) -> tuple[tuple[IntArray, IntArray, FloatArray], ...]:
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


def _chunks(batch: Batch, threads: int) -> Iterator[tuple[Signals, IntArray]]:
    """Yield parts of a batch: their signal sets, and their candidates ordered by set."""
    from engine.kernels.sweep_long import Signals

    n = batch.members.shape[0]
    keys = np.array([one for pair in batch.operands for one in (pair[0], pair[1], _bits(pair[2]))])
    keys = keys.reshape(-1, n)
    sets, set_of = distinct(np.ascontiguousarray(keys.T))
    order = np.argsort(set_of, kind="stable")
    most = max(1, -(-n // (CHUNKS_A_THREAD * threads))) if threads > 1 else n
    program = np.array(batch.program.rows, dtype=np.int64).reshape(-1, 4)
    start = 0
    while start < n:
        stop = min(n, start + most)
        beyond = int(set_of[order[start]]) + SETS_AT_ONCE
        stop = min(stop, start + int(np.searchsorted(set_of[order[start:stop]], beyond)))
        candidates = order[start:stop]
        first_set, last_set = int(set_of[candidates[0]]), int(set_of[candidates[-1]])
        pairs, places = _pairs_of(sets[first_set : last_set + 1], batch.columns)
        local = np.zeros(n, dtype=np.int64)
        local[candidates] = set_of[candidates] - first_set
        yield Signals(pairs, program, batch.program.enter, batch.program.leave, places, local), candidates
        start = stop


def _bits(levels: FloatArray) -> IntArray:
    return np.where(np.isnan(levels), 0, levels.view(np.int64))


def distinct(rows: IntArray) -> tuple[IntArray, IntArray]:
    """Return the different rows of a table in the order they come, and for each row which of them it is.

    >>> [one.tolist() for one in distinct(np.array([[5, 6], [1, 2], [5, 6]]))]
    [[[5, 6], [1, 2]], [0, 1, 0]]
    """
    seen: dict[bytes, int] = {}
    which = np.array([seen.setdefault(row.tobytes(), len(seen)) for row in rows], dtype=np.int64)
    first = np.full(len(seen), rows.shape[0])
    np.minimum.at(first, which, np.arange(rows.shape[0]))
    return rows[first], which


def _pairs_of(sets: IntArray, columns: FamilyColumns) -> tuple[Pairs, IntArray]:
    """Return the different pairs of some signal sets, and the place of each set's pairs among them."""
    from engine.kernels.sweep_signals import Pairs

    different, place = distinct(sets.reshape(-1, 3))
    used = np.unique(different[:, :2])
    used = used[used != LEVEL]
    right = np.where(different[:, 1] == LEVEL, LEVEL, np.searchsorted(used, different[:, 1]))
    pairs = Pairs(
        addresses=columns.kept.addresses(used),
        n_bars=columns.asset.bars.n_bars,
        left=np.searchsorted(used, different[:, 0]),
        right=right,
        level=np.ascontiguousarray(different[:, 2]).view(np.float64),
    )
    return pairs, place.reshape(sets.shape[0], -1)


def _measure(
    asset: OneAsset,
    batch: Batch,
    rows: IntArray,
    initial_equity: float,
    sheet: Sheet,
    log: FloatArray | None,
    part: tuple[Signals, IntArray],
) -> None:
    """Measure some candidates into the sheet; ``rows`` is where each of the batch stands in it."""
    signals, candidates = part
    from engine.kernels.event_path import N_PATH
    from engine.kernels.sweep_long import N_LOG, Scratch, sweep_long

    n_words = -(-asset.bars.n_bars // 64)
    scratch = Scratch(
        words=np.empty((signals.pairs.left.shape[0], 3, n_words), dtype=np.uint64),
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
        candidates,
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
