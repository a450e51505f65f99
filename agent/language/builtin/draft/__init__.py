"""From what was understood to a draft of a spec, with what was assumed, what contradicts itself and what is missing."""

from agent.language.builtin.draft.composing import compose, name_of
from agent.language.builtin.draft.limits import STARTS_WITH, limit_words
from agent.language.builtin.draft.protections import words_of
from agent.language.builtin.draft.said import Said
from agent.language.builtin.draft.sheet import Draft

__all__ = ["STARTS_WITH", "Draft", "Said", "compose", "limit_words", "name_of", "words_of"]
