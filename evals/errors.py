"""What can be wrong with an evaluation's input."""

from __future__ import annotations

from engine.errors import EngineInputError


class CaseFileError(EngineInputError):
    """A file of cases or answers cannot be used; the message names every line that is wrong, and why."""


class SuiteError(EngineInputError):
    """An option of an evaluation is not usable; the message says what is allowed."""
