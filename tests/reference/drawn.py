"""Specs and records of runs drawn by a seed, as plain data, for tests that need many and run none."""

from __future__ import annotations

from random import Random
from typing import Any

from reference.markets import random_market
from reference.specs import random_spec


def drawn_spec(seed: int) -> dict[str, Any]:
    """Return a random spec; the same seed draws the same one."""
    rng = Random(seed)
    timeframe = rng.choice(("15m", "1h", "4h", "1d"))
    market = random_market(rng, n_assets=rng.randrange(1, 4), n_bars=30, timeframe=timeframe, gap_chance=0.0, wild=0.01)
    return random_spec(rng, market)


def drawn_run(seed: int, spec: dict[str, Any]) -> dict[str, Any]:
    """Return a BacktestRun record with figures drawn by a seed; some are without a value, with their reason."""
    rng = Random(seed)
    trades = rng.choice((0, 3, 17, 240))
    results = {
        "netProfit": rng.uniform(-6_000, 9_000),
        "returnsPct": rng.uniform(-0.6, 0.9),
        "sharpeRatio": rng.uniform(-2, 3),
        "maxDrawdownPct": rng.uniform(0, 0.8),
        "winRatePct": rng.uniform(0, 1),
        "tradeCount": trades,
        "profitFactor": rng.uniform(0.2, 3),
        "avgSlippage": rng.uniform(0, 0.002),
        "feesPaid": rng.uniform(0, 2_000),
    }
    statistics: dict[str, Any] = {
        "nBars": rng.randrange(100, 20_000),
        "measuredDays": rng.uniform(40, 2_400),
        "growth": {
            "cagrFraction": rng.uniform(-0.4, 0.6),
            "volatilityFraction": rng.uniform(0.05, 0.9),
            "sortinoRatio": rng.uniform(-2, 3),
        },
        "sharpe": {
            "low95": rng.uniform(-3, 0.5),
            "high95": rng.uniform(0.5, 4),
            "probabilityPositive": rng.uniform(0, 1),
        },
        "drawdown": {"underWaterFraction": rng.uniform(0, 1), "finalFraction": rng.uniform(0, 0.7)},
        "trades": {
            "openCount": rng.randrange(3),
            "winCount": rng.randrange(99),
            "lossCount": rng.randrange(99),
            "expectancyFraction": rng.uniform(-0.1, 0.1),
            "averageWinQuote": rng.uniform(1, 900),
            "averageLossQuote": rng.uniform(1, 900),
            "payoffRatio": rng.uniform(0.1, 4),
            "longestLossStreak": 7,
            "averageBarsHeld": rng.uniform(1, 90),
        },
        "costs": {
            "grossProfit": rng.uniform(-4_000, 9_000),
            "slippageQuote": rng.uniform(0, 999),
            "fees": results["feesPaid"],
            "funding": rng.uniform(-50, 50),
            "netProfit": results["netProfit"],
            "turnoverPerYear": rng.uniform(1, 90),
            "breakEvenCostFraction": rng.uniform(-0.01, 0.01),
        },
        "exposure": {
            "barsInMarketFraction": rng.uniform(0, 1),
            "meanFraction": rng.uniform(0, 1),
            "largestFraction": rng.uniform(0, 2),
        },
        "benchmark": {
            "returnFraction": rng.uniform(-0.6, 2),
            "maxDrawdownFraction": rng.uniform(0, 0.9),
            "beta": rng.uniform(-1, 1),
        },
        "bySide": [_group(rng, side) for side in ("long", "short")],
        "byReason": [_group(rng, reason) for reason in ("signal", "stop_loss", "open")],
        "byAsset": [_group(rng, asset) for asset in spec["universe"]["assets"]],
        "byYear": [
            {"year": year, "netProfit": rng.uniform(-900, 900), "tradeCount": year % 7} for year in (2021, 2022)
        ],
        "undefined": {},
    }
    if trades == 0:
        for name in ("sharpeRatio", "winRatePct", "profitFactor"):
            del results[name]
            statistics["undefined"][name] = "no trade was closed"
    return {
        "id": f"run_{seed}",
        "strategyRecordId": spec["id"],
        "createdAt": "2026-01-01T00:00:00Z",
        "timeframe": {
            "start": "2020-01-01T00:00:00Z",
            "end": "2023-06-30T00:00:00Z",
            "candleInterval": spec["universe"]["timeframe"],
        },
        "dataset": {"provider": "demo market (generated, seed 81)", "symbolSet": ["BTCUSDT"]},
        "results": results,
        "version": spec["version"],
        "initialEquity": 10_000.0,
        "evidence": {
            "verdict": "UNPROVEN",
            "dataGenerated": rng.random() < 0.5,
            "statistics": statistics,
            "funnel": [
                {
                    "asset": asset,
                    "side": "long",
                    "entryTrue": rng.randrange(1, 900),
                    "placed": 12,
                    "cutMaxPositionPct": 7,
                }
                for asset in spec["universe"]["assets"]
            ]
            if rng.random() < 0.8
            else [],
            "notices": [
                _notice("DEFAULT_ASSUMED", "limit fills pay a fee of 0.1 %", {"field": "execution.fees.maker"}),
                {**_notice("SIZE_CUT", "BTC: 7 of 154 long entries were cut", {"count": 7}), "kind": "warning"},
            ],
            "holdout": _holdout(rng),
        },
    }


def _holdout(rng: Random) -> dict[str, Any]:
    """A holdout that is locked, was opened by this run, or on another day."""
    found = {"start": "2023-06-30T00:00:00Z", "end": "2025-01-01T00:00:00Z", "seen": rng.random() < 0.2}
    if found["seen"]:
        found["openedAt"] = rng.choice(("2026-01-01T00:00:00Z", "2025-12-05T10:30:00Z"))
        found["seenUntil"] = "2024-11-01T00:00:00Z"
    return found


def _group(rng: Random, label: str) -> dict[str, Any]:
    return {
        "label": label,
        "tradeCount": rng.randrange(0, 90),
        "winRateFraction": rng.random(),
        "netProfit": rng.uniform(-3_000, 3_000),
    }


def _notice(code: str, message: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "kind": "note", "message": message, "detail": detail}
