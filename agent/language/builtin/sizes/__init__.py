"""Reading how much: size of a position, leverage, limits."""

from agent.language.builtin.sizes.amounts import POSITION_SIZES, Kind, Size
from agent.language.builtin.sizes.reading import size

__all__ = ["POSITION_SIZES", "Kind", "Size", "size"]
