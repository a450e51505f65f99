"""Reading what protects a position: stops, targets, trailing, breakeven, parts, time."""

from agent.language.builtin.levels.distances import distance, duration
from agent.language.builtin.levels.gains import gain, share
from agent.language.builtin.levels.kinds import KINDS, Distance, Level
from agent.language.builtin.levels.reading import level
from agent.language.builtin.levels.trailing import armed

__all__ = ["KINDS", "Distance", "Level", "armed", "distance", "duration", "gain", "level", "share"]
