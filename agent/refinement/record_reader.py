"""Records given as JSON data, read strictly: every problem is told, with its path and the nearest name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.errors import AgentError
from engine.spec.front_door import read_value
from engine.spec.meaning.text import hidden_character
from engine.spec.place import snake_case
from engine.spec.problems import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_TEXT = 2_000
SERVER_FIELDS = ("version", "createdAt", "updatedAt")
"""Fields that any record may carry (SPEC section 1)."""

_TIME = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?Z")


class BadRecord(AgentError):
    """A RefinementJob or DriftEvent that cannot be read; ``problems`` holds everything that is wrong with it."""

    code = "BAD_RECORD"

    def __init__(self, what: str, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(f"this is no {what}:\n" + "\n".join(str(problem) for problem in problems))


class RecordReader:
    """Takes the fields of one object by their camelCase names, and remembers what is wrong.

    ``found`` has what was taken by snake_case names; what was not given is not in it.
    """

    def __init__(self, data: object, place: str = "$") -> None:
        self.place = place
        self.found: dict[str, Any] = {}
        self._given: dict[str, tuple[str, Any]] = {}
        self._asked: dict[str, str] = {}
        self._inner: list[RecordReader] = []
        self._problems: list[Problem] = []
        read = read_value(data)
        self._problems.extend(read.problems)
        if not isinstance(read.value, dict):
            if not read.problems:
                self._problems.append(Problem(place, "WRONG_TYPE", "must be an object"))
            return
        for name, value in read.value.items():
            key = snake_case(name)
            if key in self._given:
                self._tell(name, "DUPLICATE_KEY", f"'{name}' and '{self._given[key][0]}' are the same field")
            self._given[key] = (name, value)

    def texts(self, *names: str, required: bool = True) -> None:
        """Take texts."""
        for name in names:
            self._take(name, f"a text of 1 to {MAX_TEXT:,} characters", _is_text, required)

    def times(self, *names: str) -> None:
        """Take times in UTC."""
        for name in names:
            self._take(name, "a time in UTC such as 2026-01-31T12:00:00Z", _is_time, True)

    def numbers(self, *names: str) -> None:
        """Take numbers that may be left out."""
        for name in names:
            self._take(name, "a number", _is_number, False)

    def lists_of_texts(self, *names: str) -> None:
        """Take lists of texts that may be left out."""
        for name in names:
            self._take(name, "a list of texts", _is_list_of_texts, False)

    def one_of(self, name: str, allowed: tuple[str, ...], *, required: bool = True) -> None:
        """Take one of some words."""
        self._take(name, f"one of {', '.join(allowed)}", lambda value: value in allowed, required, allowed)

    def record(self, name: str) -> RecordReader:
        """Return a reader of an inner object that may be left out; its problems are told with this one's."""
        key = snake_case(name)
        self._asked[key] = name
        written, value = self._given.get(key, (name, {}))
        inner = RecordReader(value, f"{self.place}.{written}")
        self._inner.append(inner)
        return inner

    def finish(self, what: str) -> dict[str, Any]:
        """Return what was found.

        Raises
        ------
        BadRecord
            Anything was wrong with the record or its inner ones.
        """
        self._asked |= {snake_case(name): name for name in SERVER_FIELDS}
        problems = tuple(problem for one in (self, *self._inner) for problem in one._all_problems())
        if problems:
            raise BadRecord(what, problems)
        return self.found

    def _all_problems(self) -> list[Problem]:
        names = tuple(self._asked.values())
        for key, (written, _) in self._given.items():
            if key not in self._asked:
                message = f"there is no field '{written}'"
                self._tell(written, "UNKNOWN_FIELD", message, names, nearest(written, names))
        return self._problems

    def _take(
        self,
        name: str,
        wanted: str,
        fits: Callable[[Any], bool],
        required: bool,
        allowed: tuple[str, ...] | None = None,
    ) -> None:
        key = snake_case(name)
        self._asked[key] = name
        if key not in self._given:
            if required:
                self._tell(name, "MISSING_FIELD", f"'{name}' is missing: {wanted}")
            return
        written, value = self._given[key]
        if fits(value):
            self.found[key] = value
        elif isinstance(value, str) and (hidden := hidden_character(value)) is not None:
            self._tell(written, "BAD_TEXT", f"{hidden}: write plain text")
        elif allowed is not None and isinstance(value, str):
            self._tell(written, "BAD_VALUE", f"'{value[:60]}' is not allowed", allowed, nearest(value, allowed))
        else:
            self._tell(written, "WRONG_TYPE", f"must be {wanted}", allowed)

    def _tell(
        self,
        name: str,
        code: str,
        message: str,
        allowed: tuple[str, ...] | None = None,
        suggestion: str | None = None,
    ) -> None:
        self._problems.append(Problem(f"{self.place}.{name}", code, message, "error", allowed, suggestion))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT and hidden_character(value) is None


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(item) for item in value)
