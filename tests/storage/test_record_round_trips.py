"""Every record reads back from its JSON as it was, in both spellings, and holds nothing a database cannot keep."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.made_records import kinds, made

from storage.columns import json_text
from storage.errors import RecordInvalid
from storage.records import BacktestRun, PerformanceSummary, User, UserSettings, read_record
from storage.run_records import OptimizationRun, PerformanceSnapshot
from storage.strategy_records import DriftEvent, RefinementJob, StrategyRecord

ISO = "2026-01-01T00:00:00.000Z"


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
@settings(max_examples=15)
@given(data=st.data())
def test_a_record_reads_back_from_its_json(kind, data):
    record = data.draw(made(kind))

    assert read_record(kind, orjson.loads(json_text(record.as_json()))) == record
    assert read_record(kind, record.model_dump(exclude_none=True)) == record


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_a_record_refuses_a_field_it_does_not_know(kind):
    with pytest.raises(RecordInvalid, match=r"\$\.surprise"):
        read_record(kind, {"surprise": 1})


@pytest.mark.parametrize(
    "given_fields", [{"notes": "cut\0off"}, {"tags": ["a", "b\0"]}, {"generatedBy": "\0"}, {"a\0": 1}]
)
def test_nothing_from_outside_may_hold_a_nul(given_fields):
    from storage.strategy_records import StrategyMetadata

    with pytest.raises(RecordInvalid, match=r"U\+0000"):
        read_record(StrategyMetadata, given_fields)


REQUIRED = {
    User: {"id", "walletAddress", "createdAt"},
    UserSettings: set(),
    StrategyRecord: {"id", "ownerUserId", "name", "version", "status", "createdAt", "updatedAt", "spec"},
    BacktestRun: {"id", "strategyRecordId", "createdAt", "timeframe", "dataset", "results"},
    OptimizationRun: {
        "id",
        "strategyRecordId",
        "createdAt",
        "objectives",
        "candidatesEvaluated",
        "bestVariants",
    },
    PerformanceSnapshot: {"id", "strategyRecordId", "period", "summary", "createdAt"},
    DriftEvent: {"id", "strategyRecordId", "detectedAt", "type", "severity", "description"},
    RefinementJob: {"id", "strategyRecordId", "createdAt", "status", "reason"},
    PerformanceSummary: set(),
}

OPTIONAL = {
    User: {"profile", "settings"},
    UserSettings: {"persona", "riskDefaults", "notifications"},
    StrategyRecord: {"variants", "visibility", "metadata", "verdict", "specHash"},
    BacktestRun: {
        *{"variantId", "diagnostics", "specHash", "dataHash", "engineHash", "initialEquity"},
        *{"trades", "openPositions", "evidence"},
    },
    OptimizationRun: {
        *{"method", "status", "progress", "space", "seed", "evidence", "error"},
        *{"specHash", "dataHash", "engineHash"},
    },
    PerformanceSnapshot: {"variantId"},
    DriftEvent: {"variantId", "evidence", "recommendedAction"},
    RefinementJob: {"outputs", "driftEventId"},
    PerformanceSummary: {
        *{"netProfit", "returnsPct", "sharpeRatio", "maxDrawdownPct", "winRatePct", "tradeCount"},
        *{"profitFactor", "avgSlippage", "feesPaid", "sharpeDaily", "sharpeLow95", "sharpeHigh95", "sharpeTrials"},
    },
}

EVERYWHERE = {"version", "createdAt", "updatedAt"}
"""What every record may have."""


@pytest.mark.parametrize("kind", REQUIRED, ids=lambda kind: kind.__name__)
def test_a_record_has_the_fields_of_its_interface(kind):
    schema = kind.model_json_schema(by_alias=True)
    fields = set(schema["properties"])

    assert set(schema.get("required", ())) == REQUIRED[kind]
    assert REQUIRED[kind] | OPTIONAL[kind] <= fields
    assert fields <= REQUIRED[kind] | OPTIONAL[kind] | EVERYWHERE
