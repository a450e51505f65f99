"""Collecting problems: checks name places by the models' fields, people read them as they wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from engine.spec.place import Place, path_text
from engine.spec.problems import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Findings:
    """All problems of one check, in the order they were found, each said once.

    ``spelling`` maps the place of a field, in the models' names, to the name the author gave it
    (``stopLoss`` for ``stop_loss``), so that every path is one of the author's document.
    """

    def __init__(self, spelling: Mapping[Place, str] | None = None) -> None:
        self._spelling = dict(spelling or {})
        self._problems: dict[tuple[str, str, str], Problem] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Errors first, each group in the order found."""
        return tuple(sorted(self._problems.values(), key=lambda problem: problem.severity != "error"))

    @property
    def has_errors(self) -> bool:
        """True when a problem is an error."""
        return any(problem.severity == "error" for problem in self._problems.values())

    def error(
        self,
        place: Place,
        code: str,
        message: str,
        *,
        allowed: Iterable[str] | None = None,
        meant: str | None = None,
        suggestion: str | None = None,
    ) -> None:
        """Add an error; ``meant`` is a word to look for among ``allowed`` when no suggestion is given."""
        self._add(place, code, message, allowed, meant, suggestion, warning=False)

    def warning(self, place: Place, code: str, message: str, *, suggestion: str | None = None) -> None:
        """Add a warning."""
        self._add(place, code, message, None, None, suggestion, warning=True)

    def add(self, problems: Iterable[Problem]) -> None:
        """Add problems whose paths are written already."""
        for problem in problems:
            self._problems.setdefault((problem.path, problem.code, problem.message), problem)

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
        meant: str | None,
        suggestion: str | None,
        *,
        warning: bool,
    ) -> None:
        names = None if allowed is None else tuple(allowed)
        if suggestion is None and meant is not None and names:
            suggestion = nearest(meant, names)
        severity: Literal["error", "warning"] = "warning" if warning else "error"
        self.add([Problem(self.path(place), code, message, severity, names, suggestion)])
