"""The words the interpreter knows: phrases to parts of speech and meanings, names of indicators, words without rule.

A table lists for each meaning the phrases that have it, split at ``|``. A phrase may hold one level of braces:
``cross{es,ing,ed,}`` stands for its four forms.
"""

from agent.language.builtin.lexicon.fillers import FILLERS
from agent.language.builtin.lexicon.table import first_words, known_words, phrases
from agent.language.builtin.lexicon.terms import Named, Term

__all__ = ["FILLERS", "Named", "Term", "first_words", "known_words", "phrases"]
