"""What can go wrong in the agent; each error says in a sentence a person can act on what happened."""

from __future__ import annotations


class AgentError(Exception):
    """Base of the agent's errors; ``code`` is stable."""

    code = "AGENT"


class MessageError(AgentError):
    """A message that cannot be read at all: empty, too long, or no text."""

    code = "MESSAGE"


class LanguageError(AgentError):
    """No reading of a message could be had.

    ``reason`` is told to the person. ``said`` are a server's or a model's own words: they stand in the error's text and
    in no reply, for they may state what nobody computed.
    """

    code = "LANGUAGE"

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(f"{reason}: {said}" if said else reason)
        self.reason, self.said = reason, said


class ModelRefused(LanguageError):
    """The model declined to answer."""

    code = "MODEL_REFUSED"


class ModelUnreachable(LanguageError):
    """The model's server could not be reached, or kept failing."""

    code = "MODEL_UNREACHABLE"


class ModelGarbled(LanguageError):
    """The model's answer was cut, empty or could not be read, also after asking again."""

    code = "MODEL_GARBLED"


TIME_IS_UP = "the turn's time is up before the model could be asked"
TOO_LATE = "the language model did not answer within the turn's deadline"


class OutOfTime(LanguageError):
    """The turn's deadline passed."""

    code = "OUT_OF_TIME"


class OutOfBudget(LanguageError):
    """The turn's token budget is used up."""

    code = "OUT_OF_BUDGET"


class NotFound(AgentError):
    """A thread, strategy, version or run is not there for this owner."""

    code = "NOT_FOUND"


class Conflict(AgentError):
    """Something else is in the way: another record of that id, or a change that came first. Nothing was kept."""

    code = "CONFLICT"


class NotKept(AgentError):
    """The store could not keep or read something: a busy database, a full disk, a record out of shape."""

    code = "NOT_KEPT"


class NotJudged(AgentError):
    """A strategy cannot be judged, or no look at it can be had; ``code`` says why, the text is a sentence."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class PatchError(AgentError):
    """A JSON Patch does not fit the spec it is applied to."""

    code = "PATCH"
