"""Rules written down as the spec has them: indicators under readable keys, operands, conditions, lengths in bars."""

from agent.language.builtin.writing.keys import key_for, plain_number
from agent.language.builtin.writing.settings import settings_of
from agent.language.builtin.writing.writer import Writer

__all__ = ["Writer", "key_for", "plain_number", "settings_of"]
