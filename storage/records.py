"""The data models as they go over the wire: camelCase, optional fields left out where they have no value.

Names, types and optionality are those of the data models document; what is added is optional.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Record(BaseModel):
    """Base of all records: strict, frozen, camelCase outside and snake_case inside."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="forbid", frozen=True, strict=True, allow_inf_nan=False
    )

    def as_json(self) -> dict[str, Any]:
        """Return the record as JSON data, fields without a value left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class PerformanceSummary(Record):
    """The figures of a run; every ``...Pct`` and ``avgSlippage`` is a fraction (0.15 is 15 %)."""

    net_profit: float | None = Field(None, description="Quote currency, open positions marked to their last close.")
    returns_pct: float | None = Field(None, description="Total return, a fraction of the initial equity.")
    sharpe_ratio: float | None = Field(None, description="Annualised, from per-bar returns, risk-free rate 0.")
    max_drawdown_pct: float | None = Field(None, description="Deepest fall below the running peak, a fraction >= 0.")
    win_rate_pct: float | None = Field(None, description="Share of closed trades with a net profit, a fraction.")
    trade_count: int | None = Field(None, description="Closed round trips.")
    profit_factor: float | None = Field(None, description="Gross wins over gross losses of closed trades.")
    avg_slippage: float | None = Field(
        None, description="Notional-weighted, a fraction of the reference price, + is a cost."
    )
    fees_paid: float | None = Field(None, description="Quote currency; funding is not a fee.")


class RunTimeframe(Record):
    """The measured window, closed-open, and the bars' timeframe."""

    start: str
    end: str
    candle_interval: str


class RunDataset(Record):
    """Which candles were used."""

    provider: str | None = None
    symbol_set: list[str]


class RunDiagnostics(Record):
    """What to know about a run, in words."""

    warnings: list[str] | None = None
    notes: list[str] | None = None


class TradeRecord(Record):
    """A round trip, or an open position marked at its last close (no exit fields, no reason)."""

    asset: str
    side: Literal["long", "short"]
    quantity: float
    entry_time: str
    entry_price: float
    exit_time: str | None = None
    exit_price: float | None = None
    mark_price: float | None = None
    reason: str | None = None
    net_profit: float
    gross_profit: float
    slippage: float
    fees: float
    funding: float
    return_pct: float
    mae_pct: float
    mfe_pct: float
    bars_held: int


class BacktestRun(Record):
    """One historical simulation of a spec or variant."""

    id: str
    strategy_record_id: str
    variant_id: str | None = None
    created_at: str
    timeframe: RunTimeframe
    dataset: RunDataset
    results: PerformanceSummary
    diagnostics: RunDiagnostics | None = None
    version: str | None = None
    updated_at: str | None = None
    spec_hash: str | None = None
    data_hash: str | None = None
    engine_hash: str | None = None
    initial_equity: float | None = None
    trades: list[TradeRecord] | None = None
    open_positions: list[TradeRecord] | None = None
    evidence: dict[str, Any] | None = None
