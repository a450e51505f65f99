"""Reading operands: indicators with their numbers in any order, fields, extremes, averages, lags, arithmetic."""

from agent.language.builtin.operands.averages import pair
from agent.language.builtin.operands.fields import LETTERS
from agent.language.builtin.operands.lines import main_line
from agent.language.builtin.operands.parameters import AVERAGES, PARAMETERS, SCALED, WHOLE
from agent.language.builtin.operands.reading import arithmetic, operand
from agent.language.builtin.operands.spans import frame_name, timeframe_here

__all__ = [
    "AVERAGES",
    "LETTERS",
    "PARAMETERS",
    "SCALED",
    "WHOLE",
    "arithmetic",
    "frame_name",
    "main_line",
    "operand",
    "pair",
    "timeframe_here",
]
