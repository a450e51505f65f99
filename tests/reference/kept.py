"""What stores are tested with: turns and outcomes made from one small result."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from agent.ports import NewVariant, NewVersion, RefinementOutcome, Turn
from agent.trials import trial_of
from engine.backtest.result import BacktestResult
from engine.backtest.run import backtest
from engine.market.bars import make_bars
from engine.market.memory import MemoryMarket
from engine.spec import apply_overrides, check
from engine.spec.canonical import plain
from engine.spec.examples import SMA_CROSS

HOUR = 3_600_000


def spec_of(version: str = "1.0", **changes: Any) -> dict[str, Any]:
    """Return the example spec on one asset as plain data, with another version and fields replaced."""
    universe = {"assets": ["BTC"], "quote": "USDT", "timeframe": "1h"}
    return {**SMA_CROSS, "version": version, "universe": universe, **changes}


@lru_cache(maxsize=1)
def small_market() -> MemoryMarket:
    """A few hundred hours of one asset: enough for closed trades, too short for a holdout."""
    rng = np.random.default_rng(7)
    n = 600
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, n)))
    open_ = np.concatenate(([100.0], close[:-1]))
    high, low = np.maximum(open_, close) * 1.001, np.minimum(open_, close) * 0.999
    return MemoryMarket(
        [make_bars("BTCUSDT", "1h", np.arange(n) * HOUR, open_, high, low, close, np.ones(n))], name="walk"
    )


@lru_cache(maxsize=8)
def result_of(version: str = "1.0") -> BacktestResult:
    """The result of `spec_of` at a version."""
    return backtest(spec_of(version), small_market())


def turn(thread_id: str, message_id: str, **changes: Any) -> Turn:
    """A turn that only says something."""
    given = {"text": f"text of {message_id}", "answer": {"reply": f"reply to {message_id}"}, **changes}
    return Turn(thread_id=thread_id, message_id=message_id, **given)


def build_turn(thread_id: str, message_id: str, run_id: str, version: str = "1.0", **changes: Any) -> Turn:
    """A turn that stores a version, its run and its trial."""
    result = result_of(version)
    diff = ({"op": "replace", "path": "/version", "value": version},)
    return turn(
        thread_id,
        message_id,
        **{
            "version": NewVersion(plain(result.spec), "asked for", diff),
            "run_id": run_id,
            "result": result,
            "trials": (trial_of(result, "build"),),
            "usage": {"calls": 0},
            "provenance": {"reader": "builtin", "prompts": [], "replies": ["ab12"]},
            **changes,
        },
    )


def outcome(job_id: str, lengths: tuple[int, ...] = (10, 15), **changes: Any) -> RefinementOutcome:
    """A finished refinement of version 1.0 that tried some fast lengths and kept the last as a variant."""
    base = check(spec_of()).spec
    assert base is not None
    tried = [apply_overrides(base, {"indicators.sma_fast.inputs.length": one}).spec for one in lengths]
    results = [backtest(plain(one), small_market()) for one in tried if one is not None]
    trials = tuple(trial_of(one, "search") for one in results)
    kept = NewVariant(
        parent_version="1.0",
        overrides={"indicators.sma_fast.inputs.length": lengths[-1]},
        spec=plain(results[-1].spec),
        origin="agent",
        summary=trials[-1].summary,
        note="a faster average",
    )
    given = {"status": "completed", "notes": "one is better", "report": {"tried": len(trials)}, "variants": (kept,)}
    return RefinementOutcome(job_id=job_id, trials=trials, **{**given, **changes})
