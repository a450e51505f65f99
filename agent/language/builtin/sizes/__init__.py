"""Reading how much: size of a position, leverage, limits."""

from agent.language.builtin.sizes.amounts import POSITION_SIZES, Kind, Size
from agent.language.builtin.sizes.reading import size
from agent.language.builtin.sizes.risks import risk_of_equity
from agent.language.builtin.sizes.stakes import money

__all__ = ["POSITION_SIZES", "Kind", "Size", "money", "risk_of_equity", "size"]
