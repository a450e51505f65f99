"""The sheet an edit is worked out on: the strategy as it was, as it is to be, and everything there is to say."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agent.language.builtin.scanner import scan
from agent.language.builtin.tokens import clean, tokenize
from agent.language.port import Assumption, LeftOut

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.language.builtin.rules import Operand
    from agent.language.builtin.scanner import Item
    from agent.language.port import Request, Window


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that has to be known first: the part of the spec, and the fragment of the question.

    ``whole`` marks a sentence of its own: nothing was understood that could be changed.
    """

    path: str
    text: str
    whole: bool = False


@dataclass(slots=True)
class Worksheet:
    """The changes of one message, applied one after the other.

    ``later`` are changes that need the others to be done (a target in multiples of the stop), ``closing`` looks
    over the whole at the end; ``waiting`` is the part
    of the spec that was named without a value, for a value that follows in words of its own. ``subject`` is what the
    last condition spoke of, ``line`` what it compared with, ``spoken`` the indicators that were named last.
    ``begun`` is what the message starts from: the strategy, or an older version it goes back to first.
    """

    request: Request
    before: Mapping[str, Any]
    after: dict[str, Any]
    asks: list[Ask] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    later: list[Callable[[], None]] = field(default_factory=list)
    closing: list[Callable[[], None]] = field(default_factory=list)
    waiting: str | None = None
    subject: Operand | None = None
    line: Operand | None = None
    spoken: list[str] = field(default_factory=list)
    begun: Mapping[str, Any] | None = None
    lift_limits: bool = False
    window: Window | None = None
    initial_equity: float | None = None

    @staticmethod
    def of(request: Request, spec: Mapping[str, Any]) -> Worksheet:
        """Return a sheet with nothing changed yet."""
        return Worksheet(request, spec, copy.deepcopy(dict(spec)), begun=spec)

    def ask(self, path: str, text: str) -> None:
        """Note what has to be known first, once."""
        if all(one.text != text for one in self.asks):
            self.asks.append(Ask(path, text))

    def assume(self, path: str, value: Any, text: str) -> None:
        """Note what was taken for granted, once."""
        if all(one.text != text for one in self.assumptions):
            self.assumptions.append(Assumption(path, value, text))

    def leave_out(self, words: str, reason: str, path: str | None = None) -> None:
        """Note a part of the message that could not be read."""
        self.left_out.append(LeftOut(words, "NOT_UNDERSTOOD", reason, path))

    def assumed_figures(self) -> list[Any]:
        """Return the values that were taken for granted, beside those of the message that no spec holds."""
        return (
            [one.value for one in self.assumptions]
            + [one.text for one in self.assumptions]
            + [self.initial_equity or 0.0]
        )

    def items(self, text: str) -> list[Item]:
        """Return what the core grammar finds in a text."""
        cleaned = clean(text)
        items, _ = scan(cleaned, tokenize(cleaned), now=self.request.now, known=self.request.known_assets, opaque=())
        return items

    def at(self, path: str) -> Any:
        """Return what stands at a dotted path of the strategy as it is to be, None when there is nothing."""
        found: Any = self.after
        for step in path.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        return found

    def was(self, path: str) -> Any:
        """Return what stood at a dotted path before, None when there was nothing."""
        found: Any = self.before
        for step in path.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
        return found

    def put(self, path: str, value: Any) -> None:
        """Set what stands at a dotted path; sections that are not there are made."""
        *way, last = path.split(".")
        here = self.after
        for step in way:
            if not isinstance(here.get(step), dict):
                here[step] = {}
            here = here[step]
        here[last] = value

    def drop(self, path: str) -> bool:
        """Take away what stands at a dotted path, and sections left empty under it; False when there was nothing."""
        *way, last = path.split(".")
        parent = self.at(".".join(way)) if way else self.after
        if not isinstance(parent, dict) or last not in parent:
            return False
        del parent[last]
        if not parent and len(way) > 1:
            self.drop(".".join(way))
        return True
