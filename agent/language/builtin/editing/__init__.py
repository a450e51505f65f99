"""Reading changes of the current strategy: is a message one, and what does it change?"""

from __future__ import annotations

from agent.language.builtin.editing.reading import read_edit
from agent.language.builtin.editing.recognition import is_edit

__all__ = ["is_edit", "read_edit"]
