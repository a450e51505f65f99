"""The two halves of a step as entry points of their own: what happens before a close is decided upon, and after."""

from __future__ import annotations

from engine.kernels.compiled import entry_point
from engine.kernels.step import live_through, settle


@entry_point
def live_through_bar(t, market, intents, rules, state, tape):
    """Steps 1 to 9 of bar ``t``; return the equity that is decided upon. Of ``intents`` only the costs are read."""
    return live_through(t, market, intents, rules, state, tape)


@entry_point
def settle_bar(t, is_last, market, intents, rules, state, tape, equity):
    """Steps 10 to 12 of bar ``t``; return equity, cash and gross notional at its end."""
    return settle(t, is_last, market, intents, rules, state, tape, equity)
