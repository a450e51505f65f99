"""Reading conditions: comparisons, crosses, breaks, turns, runs, changes, signs, shapes of candles, ranges."""

from agent.language.builtin.conditions.reading import condition

__all__ = ["condition"]
