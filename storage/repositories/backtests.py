"""Backtest runs: the record, and the trades beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from storage.packed import pack_trades, unpack_trades
from storage.records import BacktestRun
from storage.repositories.pages import page_of
from storage.repositories.rows import following_seq, held_for_update, one_row, stored_record
from storage.tables import backtest_runs as table
from storage.tables import strategies
from storage.times import milliseconds_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.engine import Connection, RowMapping

    from storage.paging import Page

WITHOUT_TRADES = tuple(column for column in table.c if column.name != "trades")


class Backtests:
    """The backtest runs of an owner's strategies."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, owner: str, run: BacktestRun, *, provenance: Mapping[str, Any]) -> None:
        """Store a run of a version; ``provenance`` is what it was made from beside spec, data and engine.

        Raises
        ------
        RecordNotFound
            The owner has no such strategy.
        RecordInvalid
            A time of the run is none.
        """
        record = run.as_json()
        trades = record.pop("trades", [])
        strategy_id = run.strategy_record_id
        held_for_update(self._connection, strategies, owner, strategy_id, "strategy")
        of_strategy = (table.c.owner_id == owner, table.c.strategy_id == strategy_id)
        self._connection.execute(
            insert(table).values(
                owner_id=owner,
                id=run.id,
                strategy_id=strategy_id,
                seq=following_seq(self._connection, table, *of_strategy),
                version=run.version,
                variant_id=run.variant_id,
                spec_hash=run.spec_hash,
                data_hash=run.data_hash,
                engine_hash=run.engine_hash,
                start_ms=milliseconds_of(run.timeframe.start, field="timeframe.start"),
                end_ms=milliseconds_of(run.timeframe.end, field="timeframe.end"),
                record=record,
                trades=pack_trades(trades),
                provenance=dict(provenance),
                created_ms=milliseconds_of(run.created_at, field="createdAt"),
            )
        )

    def get(self, owner: str, run_id: str) -> BacktestRun:
        """Return a run with its trades; raises RecordNotFound."""
        query = select(table).where(table.c.owner_id == owner, table.c.id == run_id)
        return _with_trades(one_row(self._connection, query, "run", run_id))

    def head(self, owner: str, run_id: str) -> BacktestRun:
        """Return a run without its trades; raises RecordNotFound."""
        query = select(*WITHOUT_TRADES).where(table.c.owner_id == owner, table.c.id == run_id)
        return _without_trades(one_row(self._connection, query, "run", run_id))

    def provenance(self, owner: str, run_id: str) -> dict[str, Any]:
        """Return what a run was made from; raises RecordNotFound."""
        query = select(table.c.provenance).where(table.c.owner_id == owner, table.c.id == run_id)
        found: dict[str, Any] = one_row(self._connection, query, "run", run_id)["provenance"]
        return found

    def newest(self, owner: str, strategy_id: str, version: str, *, trades: bool) -> BacktestRun | None:
        """Return the newest run of a version itself (not of a variant), with or without trades, None without any."""
        query = (
            select(*(table.c if trades else WITHOUT_TRADES))
            .where(
                table.c.owner_id == owner,
                table.c.strategy_id == strategy_id,
                table.c.version == version,
                table.c.variant_id.is_(None),
            )
            .order_by(table.c.seq.desc())
            .limit(1)
        )
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        return _with_trades(row) if trades else _without_trades(row)

    def of_version(self, owner: str, strategy_id: str, version: str) -> Iterator[BacktestRun]:
        """Yield the runs of a version itself (not of a variant), newest first, without trades."""
        query = (
            select(*WITHOUT_TRADES)
            .where(
                table.c.owner_id == owner,
                table.c.strategy_id == strategy_id,
                table.c.version == version,
                table.c.variant_id.is_(None),
            )
            .order_by(table.c.seq.desc())
        )
        yield from map(_without_trades, self._connection.execute(query).mappings())

    def page(self, owner: str, strategy_id: str, *, limit: int, cursor: str | None = None) -> Page[BacktestRun]:
        """Return a page of a strategy's runs, newest first, without trades; RecordInvalid for a cursor that is none."""
        query = select(*WITHOUT_TRADES).where(table.c.owner_id == owner, table.c.strategy_id == strategy_id)
        return page_of(self._connection, query, (table.c.seq,), _without_trades, limit=limit, cursor=cursor)


def _without_trades(row: RowMapping) -> BacktestRun:
    return stored_record(BacktestRun, row["record"])


def _with_trades(row: RowMapping) -> BacktestRun:
    return stored_record(BacktestRun, {**row["record"], "trades": unpack_trades(row["trades"])})
