"""The built-in interpreter, the reader of language that needs no model and no key."""

from agent.language.builtin.interpreter import BuiltinLanguage

__all__ = ["BuiltinLanguage"]
