"""The specification document's own example, as data."""

from __future__ import annotations

from typing import Any

SMA_CROSS: dict[str, Any] = {
    "id": "strat_001",
    "name": "SMA Cross (BTC-ETH)",
    "version": "1.0",
    "universe": {"assets": ["BTC", "ETH"], "quote": "USDT", "timeframe": "1h"},
    "signals": {
        "entry": [{"when": "crosses_above", "left": "sma_fast", "right": "sma_slow"}],
        "exit": [{"when": "crosses_below", "left": "sma_fast", "right": "sma_slow"}],
    },
    "indicators": {
        "sma_fast": {"type": "sma", "inputs": {"length": 20, "source": "close"}},
        "sma_slow": {"type": "sma", "inputs": {"length": 50, "source": "close"}},
    },
    "sizing": {"mode": "percent_equity", "value": 0.10},
    "risk": {"max_leverage": 2, "max_position_pct": 0.20, "max_total_exposure_pct": 0.50},
    "execution": {"mode": "paper"},
}
"""Moving averages of 20 and 50 hours on two assets, a tenth of equity each."""
