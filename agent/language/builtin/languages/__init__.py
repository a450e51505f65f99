"""The interpreter's front end for messages that are not English: one table a language, English out."""

from agent.language.builtin.languages.frames import ReplyFrame, frame
from agent.language.builtin.languages.translate import Translated, translate

__all__ = ["ReplyFrame", "Translated", "frame", "translate"]
