"""Candidates that the kernel of one asset does not know, led by the step from event to event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.plan import config_of, intents_of
from engine.backtest.rules import rules_of
from engine.backtest.simulate import check_intents, new_state, new_tape
from engine.spec.venues import asset_rules

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.spec.models import StrategySpec
    from engine.sweeps.arena import Clock

    FloatArray = NDArray[np.float64]


def figures_by_steps(spec: StrategySpec, clock: Clock, initial_equity: float) -> tuple[FloatArray, FloatArray] | None:
    """Return the figures of a checked spec and its values at midnights; None where its account went."""
    from engine.kernels.event_path import N_PATH
    from engine.kernels.jump import Room, jump_bars
    from engine.kernels.sweep_long import N_FIGURES

    if not clock.is_whole:
        raise AssertionError("an asset lacks bars of the clock")
    market, config = clock.market, config_of(spec, initial_equity, asset_rules(spec))
    intents = intents_of(spec, market, clock.columns(spec.indicators))
    check_intents(intents, market, config)
    n_assets, figures = len(market.assets), np.empty(N_FIGURES)
    room = Room(
        path=np.empty(N_PATH),
        levels=np.empty(clock.bounds.midnights.shape[0]),
        entered=np.empty(n_assets),
        touch=np.empty(n_assets, dtype=np.int64),
        any_signal=intents.signals[:, 0] if n_assets == 1 else np.bitwise_or.reduce(intents.signals, axis=1),
    )
    rules, tape = rules_of(config, market.assets), new_tape(n_assets, len(config.partial_exits), rows=0)
    state = new_state(config, n_assets)
    if not jump_bars(market.tables, intents, rules, state, tape, clock.bounds, room, figures):
        return None
    return figures, room.levels
