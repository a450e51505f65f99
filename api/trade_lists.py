"""The trades of a stored run: page by page, or as one file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from engine.report.inert import csv_text
from storage.paging import Page, cursor_after, key_of
from storage.records import TradeRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.records import BacktestRun

COLUMNS = tuple(field.alias or name for name, field in TradeRecord.model_fields.items())


def trades_page(run: BacktestRun, *, limit: int, cursor: str | None) -> Page[TradeRecord]:
    """Return a page of a run's closed trades, in the order of their exits; RecordInvalid for a cursor that is none."""
    trades, name = run.trades or [], f"trades.{run.id}"
    begin = 0 if cursor is None else int(key_of(cursor, name, (int,))[0])
    end = min(begin + limit, len(trades))
    following = cursor_after(name, (end,)) if end < len(trades) else None
    return Page(tuple(trades[max(begin, 0) : end]), following)


def trades_csv(run: BacktestRun) -> str:
    """Return all trades of a run, one a line; an open position has ``status`` open, a mark and no exit.

    Numbers are written in full. Text that a spreadsheet would run as a formula is written so that it is shown instead.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, "status"])
    writer.writerows(_lines(run.trades or [], "closed"))
    writer.writerows(_lines(run.open_positions or [], "open"))
    return out.getvalue()


def _lines(trades: list[TradeRecord], status: str) -> Iterator[list[str]]:
    for trade in trades:
        record = trade.as_json()
        yield [*(_cell(record.get(column)) for column in COLUMNS), status]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return csv_text(value) if isinstance(value, str) else repr(value)
