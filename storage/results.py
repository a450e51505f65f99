"""From results of the engine to records: names and units of the data models, decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic.alias_generators import to_camel

from engine.market.quality import iso
from storage.records import (
    BacktestRun,
    PerformanceSummary,
    RunDataset,
    RunDiagnostics,
    RunTimeframe,
    TradeRecord,
)

if TYPE_CHECKING:
    from engine.backtest.result import BacktestResult, Holdout, Trade, Trades

ROWS_AT_ONCE = 1000
"""Trades taken out of their columns at once: all of them beside their records would be memory for nothing."""

NOT_WIRED = frozenset({"monthly_returns"})
"""Statistics that are a picture of others (``by_month`` holds the same figures)."""


def backtest_run(
    result: BacktestResult,
    *,
    run_id: str,
    created_at: str,
    strategy_record_id: str | None = None,
    variant_id: str | None = None,
    with_trades: bool = True,
) -> BacktestRun:
    """Return a result as the record of its run, ``with_trades`` or without the closed ones.

    ``strategy_record_id`` defaults to the spec's own id, for runs of a file. What the data model has no field for
    (statistics, funnel, trials, holdout, notices with their codes) lies under ``evidence``; of a holdout that was
    looked into, ``openedAt`` is when that was first done and ``seenUntil`` up to where the data are seen.
    """
    ended = int(result.trades.closed.sum())  # open ones come last
    return BacktestRun(
        id=run_id,
        strategy_record_id=strategy_record_id or result.spec.id,
        variant_id=variant_id,
        created_at=created_at,
        timeframe=RunTimeframe(
            start=iso(result.start), end=iso(result.end), candle_interval=result.spec.universe.timeframe
        ),
        dataset=RunDataset(provider=result.data_name, symbol_set=list(result.symbols)),
        results=PerformanceSummary.model_validate(result.summary.defined()),
        diagnostics=_diagnostics(result),
        version=result.spec.version,
        spec_hash=result.spec_hash,
        data_hash=result.data_hash,
        engine_hash=result.engine_hash,
        initial_equity=result.simulation.initial_equity,
        trades=trade_records(result.trades, 0, ended) if with_trades else None,
        open_positions=trade_records(result.trades, ended, len(result.trades)),
        evidence=_evidence(result, created_at),
    )


def trade_records(trades: Trades, start: int, end: int) -> list[TradeRecord]:
    """Return the trades from ``start`` to ``end`` as records; an open one has a mark instead of an exit."""
    entered = _iso_column(trades.columns["entry_time"][start:end])
    ended = _iso_column(trades.columns["exit_time"][start:end])
    parts = (trades[first : min(first + ROWS_AT_ONCE, end)] for first in range(start, end, ROWS_AT_ONCE))
    rows = zip(chain.from_iterable(parts), entered, ended, strict=True)
    return [_trade_record(trade, entry_time, exit_time) for trade, entry_time, exit_time in rows]


def _iso_column(times_ms: np.ndarray) -> list[str]:
    """Return times as `iso` writes them, at once where none has a fraction of a second."""
    if (times_ms % 1000).any():
        return [iso(int(time)) for time in times_ms]
    return [f"{text}Z" for text in np.datetime_as_string((times_ms // 1000).astype("M8[s]")).tolist()]


def _trade_record(trade: Trade, entry_time: str, exit_time: str) -> TradeRecord:
    closed = trade.exit_time is not None
    return TradeRecord(
        asset=trade.asset,
        side="long" if trade.side == "long" else "short",
        quantity=trade.quantity,
        entry_time=entry_time,
        entry_price=trade.entry_price,
        exit_time=exit_time if closed else None,
        exit_price=trade.exit_price if closed else None,
        mark_price=None if closed else trade.exit_price,
        reason=trade.reason,
        net_profit=trade.net_profit,
        gross_profit=trade.gross_profit,
        slippage=trade.slippage_quote,
        fees=trade.fees,
        funding=trade.funding,
        return_pct=trade.return_fraction,
        mae_pct=trade.mae_fraction,
        mfe_pct=trade.mfe_fraction,
        bars_held=trade.bars_held,
    )


def _diagnostics(result: BacktestResult) -> RunDiagnostics | None:
    texts: dict[str, list[str]] = {"warning": [], "note": []}
    for notice in result.notices:
        texts[notice.kind].append(str(notice))
    return RunDiagnostics(warnings=texts["warning"] or None, notes=texts["note"] or None)


def _evidence(result: BacktestResult, created_at: str) -> dict[str, Any]:
    evidence: dict[str, Any] = {
        "verdict": "UNPROVEN",
        "dataGenerated": result.data_generated,
        "statistics": plain(result.statistics),
        "funnel": [
            {"asset": asset, "side": side, **{to_camel(stage): n for stage, n in stages.items() if n}}
            for asset in result.simulation.assets
            for side in ("long", "short")
            if (stages := result.simulation.funnel_of(asset, side))["entry_true"]
        ],
        "notices": [
            {"code": one.code, "kind": one.kind, "message": one.message, "detail": plain(one.detail)}
            for one in result.notices
        ],
    }
    if result.tally is not None:
        evidence["trials"] = plain(result.tally)
    if result.holdout is not None:
        evidence["holdout"] = holdout_record(result.holdout, result.end, created_at)
    return evidence


def holdout_record(holdout: Holdout, end: int, created_at: str) -> dict[str, Any]:
    """Return what is known of a holdout beside a run that was made at ``created_at`` and ended at ``end`` (UTC ms)."""
    record: dict[str, Any] = {"start": iso(holdout.start), "end": iso(holdout.end), "seen": holdout.seen}
    until = [] if holdout.look is None else [holdout.look.until]
    if end > holdout.start:
        until.append(end)
    if until:
        record |= {
            "openedAt": created_at if holdout.look is None else iso(holdout.look.time),
            "seenUntil": iso(max(until)),
        }
    return record


def plain(value: Any) -> Any:
    """Return a value of the engine as JSON data: camelCase names, what has no value left out."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = {field.name: getattr(value, field.name) for field in fields(value) if field.name not in NOT_WIRED}
        return plain(pairs)
    if isinstance(value, Mapping):
        return {_wired(str(key)): plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return value


@cache
def _wired(name: str) -> str:
    return ".".join(to_camel(part) for part in name.split("."))
