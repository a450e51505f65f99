"""The way a strategy went: what an undo goes back to, and what a redo brings back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent.language.port import Version


@dataclass(frozen=True, slots=True)
class VersionPath:
    """``standing`` are the specs that were not undone, the current one last; ``undone`` those that were, the one a
    redo brings back last. All without their version."""

    standing: tuple[Mapping[str, Any], ...]
    undone: tuple[Mapping[str, Any], ...]

    @staticmethod
    def of(versions: Sequence[Version]) -> VersionPath:
        """Return the way of a strategy's versions, oldest first.

        A version equal to the one before the newest standing one undid that; one equal to the last undone redid it.

        >>> from agent.language.port import Version
        >>> a, b, c = ({"name": name} for name in "abc")
        >>> way = VersionPath.of([Version("1.0", a), Version("1.1", b), Version("1.2", c), Version("1.3", b)])
        >>> way.before, way.after
        ({'name': 'a'}, {'name': 'c'})
        """
        standing: list[Mapping[str, Any]] = []
        undone: list[Mapping[str, Any]] = []
        for version in versions:
            spec = {name: value for name, value in version.spec.items() if name != "version"}
            if len(standing) > 1 and spec == standing[-2]:
                undone.append(standing.pop())
            elif undone and spec == undone[-1]:
                standing.append(undone.pop())
            else:
                standing.append(spec)
                undone.clear()
        return VersionPath(tuple(standing), tuple(undone))

    @property
    def before(self) -> Mapping[str, Any] | None:
        """The spec an undo goes back to, None when nothing is left to undo."""
        return self.standing[-2] if len(self.standing) > 1 else None

    @property
    def after(self) -> Mapping[str, Any] | None:
        """The spec a redo brings back, None when nothing was undone."""
        return self.undone[-1] if self.undone else None
