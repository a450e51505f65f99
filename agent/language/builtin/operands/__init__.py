"""Reading operands: indicators with their numbers in any order, fields, extremes, averages, lags, arithmetic."""

from agent.language.builtin.operands.averages import pair
from agent.language.builtin.operands.every_bar import ALL_OF, everything_before
from agent.language.builtin.operands.fields import LETTERS, PEAKS
from agent.language.builtin.operands.lines import main_line
from agent.language.builtin.operands.parameters import AVERAGES, PARAMETERS, SCALED, WHOLE
from agent.language.builtin.operands.reading import arithmetic, operand
from agent.language.builtin.operands.spans import frame_name, timeframe_here

__all__ = [
    "ALL_OF",
    "AVERAGES",
    "LETTERS",
    "PARAMETERS",
    "PEAKS",
    "SCALED",
    "WHOLE",
    "arithmetic",
    "everything_before",
    "frame_name",
    "main_line",
    "operand",
    "pair",
    "timeframe_here",
]
