"""Three strategies to edit: spot and long only, perpetual and both ways, several assets."""

from __future__ import annotations

from typing import Any

from agent.language.builtin.editing import read_edit
from agent.language.builtin.screening import screen
from agent.language.port import Reading, Request, Version

NOW = "2026-07-01T12:00:00Z"

LIMITS = {"max_leverage": 1, "max_position_pct": 0.2, "max_total_exposure_pct": 0.5}

SPOT: dict[str, Any] = {
    "id": "spot",
    "name": "Pullback",
    "version": "1.2",
    "universe": {"assets": ["SOL"], "timeframe": "1h", "market_type": "spot"},
    "indicators": {
        "rsi_14": {"type": "rsi", "inputs": {"length": 14}},
        "ema_100": {"type": "ema", "inputs": {"length": 100}},
    },
    "signals": {
        "entry": [
            {
                "when": "and",
                "conditions": [
                    {"when": "lt", "left": "rsi_14", "value": 30},
                    {"when": "gt", "left": "close", "right": "ema_100"},
                ],
            }
        ],
        "exit": [{"when": "gt", "left": "rsi_14", "value": 60}],
    },
    "sizing": {"mode": "percent_equity", "value": 0.1},
    "risk": {
        **LIMITS,
        "stop_loss": {"type": "percent", "value": 0.04},
        "take_profit": {"type": "percent", "value": 0.08},
    },
    "execution": {"mode": "paper"},
}

PERP: dict[str, Any] = {
    "id": "perp",
    "name": "Cross",
    "version": "1.0",
    "universe": {"assets": ["BTC"], "quote": "USDT", "timeframe": "4h", "market_type": "perp"},
    "indicators": {
        "ema_fast": {"type": "ema", "inputs": {"length": 20, "source": "close"}},
        "ema_slow": {"type": "ema", "inputs": {"length": 60, "source": "close"}},
        "rsi_14": {"type": "rsi", "inputs": {"length": 14}},
    },
    "signals": {
        "entry": [
            {
                "when": "and",
                "conditions": [
                    {"when": "crosses_above", "left": "ema_fast", "right": "ema_slow"},
                    {"when": "lt", "left": "rsi_14", "value": 70},
                ],
            }
        ],
        "exit": [{"when": "crosses_below", "left": "ema_fast", "right": "ema_slow"}],
        "short": {
            "entry": [
                {
                    "when": "and",
                    "conditions": [
                        {"when": "crosses_below", "left": "ema_fast", "right": "ema_slow"},
                        {"when": "gt", "left": "rsi_14", "value": 30},
                    ],
                }
            ],
            "exit": [{"when": "crosses_above", "left": "ema_fast", "right": "ema_slow"}],
        },
    },
    "sizing": {"mode": "percent_equity", "value": 0.1},
    "risk": {
        **LIMITS,
        "max_leverage": 2,
        "stop_loss": {"type": "atr", "value": 2, "length": 14},
        "trailing_stop": {"type": "percent", "value": 0.05},
    },
    "execution": {"mode": "paper"},
}

MULTI: dict[str, Any] = {
    "id": "multi",
    "name": "Bands",
    "version": "2.3",
    "universe": {"assets": ["BTC", "ETH", "SOL"], "timeframe": "1d", "market_type": "spot"},
    "indicators": {
        "bb": {"type": "bbands", "inputs": {"length": 20, "stddev": 2}},
        "sma_50": {"type": "sma", "inputs": {"length": 50}},
        "sma_200": {"type": "sma", "inputs": {"length": 200}},
        "vol_20": {"type": "sma", "inputs": {"length": 20, "source": "volume"}},
    },
    "signals": {
        "entry": [
            {
                "when": "and",
                "conditions": [
                    {"when": "lt", "left": "close", "right": "bb.lower"},
                    {"when": "gt", "left": "sma_50", "right": "sma_200"},
                    {"when": "gt", "left": "volume", "right": "vol_20"},
                ],
            }
        ],
        "exit": [{"when": "gte", "left": "close", "right": "bb.middle"}],
    },
    "sizing": {"mode": "percent_equity", "value": 0.1, "max_positions": 3},
    "risk": {**LIMITS, "time_limit": {"bars": 20}, "max_drawdown_pct": 0.25},
    "execution": {"mode": "paper"},
}


def read(spec: dict[str, Any], text: str, *earlier: dict[str, Any], **context: Any) -> Reading:
    """Read a message about a spec, which had earlier versions."""
    versions = tuple(Version(one["version"], one) for one in (*earlier, spec))
    screening = screen(text, has_spec=True, has_run=False)
    return read_edit(Request(text, NOW, versions, **context), screening.text, screening)
