"""What is said of a strategy that is marked live: nobody may take a test for trading."""

from __future__ import annotations

CODE = "LIVE_RUNS_AS_PAPER"
"""The notice that such a run bears."""

LIVE_RUNS_AS_PAPER = (
    "The strategy is marked live: here that is an intent and no more. Everything is simulated, and no order is sent."
)
