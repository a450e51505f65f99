"""The roles of a message's conditions: which opens and which closes a position, and on which side.

``buy when A, sell when B`` enters long by A and leaves by B; ``B`` alone behind ``only`` filters the entry.
"""

from agent.language.builtin.roles.directions import directed
from agent.language.builtin.roles.message import assign
from agent.language.builtin.roles.sides import SIDES, Rules, Side

__all__ = ["SIDES", "Rules", "Side", "assign", "directed"]
