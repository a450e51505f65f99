"""Specs drawn by a seed, as plain data, for tests that need many and run none."""

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
