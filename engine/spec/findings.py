"""Collecting problems: checks name places by the models' fields, people read them as they wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from engine.spec.place import Place, path_text
from engine.spec.problems import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


MAX_PROBLEMS = 100
"""Problems that are listed; further ones are only counted: a hostile document costs no more than an honest one."""


class Findings:
    """All problems of one check, in the order they were found, each said once.

    ``spelling`` maps the place of a field, in the models' names, to the name the author gave it
    (``stopLoss`` for ``stop_loss``), so that every path is one of the author's document.
    """

    def __init__(self, spelling: Mapping[Place, str] | None = None) -> None:
        self._spelling = dict(spelling or {})
        self._problems: dict[tuple[str, str, str], Problem] = {}
        self._left_out = {"error": 0, "warning": 0}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Errors first, each group in the order found; MORE_PROBLEMS counts what is not listed."""
        listed = sorted(self._problems.values(), key=lambda problem: problem.severity != "error")
        more = sum(self._left_out.values())
        if more:
            message = f"{more} more problems are not listed: mend these first"
            listed.append(Problem("$", "MORE_PROBLEMS", message, "error" if self.has_errors else "warning"))
            listed.sort(key=lambda problem: problem.severity != "error")
        return tuple(listed)

    @property
    def has_errors(self) -> bool:
        """True when a problem is an error."""
        listed = any(problem.severity == "error" for problem in self._problems.values())
        return listed or self._left_out["error"] > 0

    @property
    def full(self) -> bool:
        """True when further problems are only counted: no need to look for suggestions."""
        return len(self._problems) >= MAX_PROBLEMS

    def error(
        self,
        place: Place,
        code: str,
        message: str,
        *,
        allowed: Iterable[str] | None = None,
        meant: str | None = None,
        words: Iterable[str] | None = None,
        suggestion: str | None = None,
    ) -> None:
        """Add an error; without a suggestion, the name most like ``meant`` among ``words`` (``allowed``) is one."""
        if suggestion is None and meant is not None and not self.full:
            suggestion = nearest(meant, (words if words is not None else allowed) or ())
        self._add(place, code, message, allowed, suggestion, "error")

    def warning(self, place: Place, code: str, message: str, *, suggestion: str | None = None) -> None:
        """Add a warning."""
        self._add(place, code, message, None, suggestion, "warning")

    def add(self, problems: Iterable[Problem]) -> None:
        """Add problems whose paths are written already."""
        for problem in problems:
            key = (problem.path, problem.code, problem.message)
            if key in self._problems:
                continue
            if self.full:
                self._left_out[problem.severity] += 1
            else:
                self._problems[key] = problem

    def spelled(self, place: Place, name: str) -> None:
        """Note that the author wrote the field at ``place`` as ``name``."""
        self._spelling[place] = name

    def path(self, place: Place) -> str:
        """Return the JSON path of a place as the author wrote it."""
        return path_text(tuple(self._spelling.get(place[: at + 1], step) for at, step in enumerate(place)))

    def _add(
        self,
        place: Place,
        code: str,
        message: str,
        allowed: Iterable[str] | None,
        suggestion: str | None,
        severity: Literal["error", "warning"],
    ) -> None:
        names = None if allowed is None else tuple(allowed)
        self.add([Problem(self.path(place), code, message, severity, names, suggestion)])
