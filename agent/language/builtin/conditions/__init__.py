"""Reading conditions: comparisons, crosses, breaks, turns, runs, changes, signs, shapes of candles, ranges."""

from agent.language.builtin.conditions.kinds import CLOSE
from agent.language.builtin.conditions.reading import condition
from agent.language.builtin.conditions.signs import LEVELS

__all__ = ["CLOSE", "LEVELS", "condition"]
