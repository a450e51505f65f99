"""Two documents, one of then and one of now: what differs, place by place, floats to the last bit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ABSENT: Final = object()
"""Stands where one of the two has nothing."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place in a document and what stood there then and stands there now; `ABSENT` where there is nothing."""

    path: str
    then: Any
    now: Any

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON data, what is absent left out.

        >>> Difference("results.tradeCount", 3, ABSENT).as_dict()
        {'path': 'results.tradeCount', 'then': 3}
        """
        sides = {"then": self.then, "now": self.now}
        return {"path": self.path, **{name: value for name, value in sides.items() if value is not ABSENT}}

    def below(self, path: str) -> Difference:
        """Return the same difference as one of a larger document, in which this one stands at ``path``."""
        return Difference(joined(path, self.path), self.then, self.now)


def differences(then: Any, now: Any, path: str = "") -> tuple[Difference, ...]:
    """Return every place where two JSON documents differ, in the order of the first.

    Numbers are equal when all their bits are: 0.0 is not -0.0, and 1 is 1.0. Of lists of different length that differ
    the length is told and the first element that differs; of texts of several lines the first line that differs.

    >>> [str(one.path) for one in differences({"a": [1, 2], "b": 0.1}, {"a": [1, 3], "b": 0.1, "c": 5})]
    ['a[1]', 'c']
    >>> differences({"text": "one\\ntwo"}, {"text": "one\\n2"})
    (Difference(path='text, line 2', then='two', now='2'),)
    """
    return tuple(_found(then, now, path))


def _found(then: Any, now: Any, path: str) -> Iterator[Difference]:
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys([*then, *now]):
            yield from _found(then.get(name, ABSENT), now.get(name, ABSENT), joined(path, str(name)))
    elif isinstance(then, list | tuple) and isinstance(now, list | tuple):
        yield from _in_lists(then, now, path)
    elif isinstance(then, str) and isinstance(now, str):
        if then != now:
            yield _in_texts(then, now, path)
    elif not _is_same(then, now):
        yield Difference(path, then, now)


def _in_lists(then: Sequence[Any], now: Sequence[Any], path: str) -> Iterator[Difference]:
    if len(then) != len(now):
        yield Difference(f"{path}, length", len(then), len(now))
    for at, (one, other) in enumerate(zip(then, now, strict=False)):
        found = tuple(_found(one, other, f"{path}[{at}]"))
        yield from found
        if found and len(then) != len(now):  # what follows is shifted, and tells nothing more
            return


def _in_texts(then: str, now: str, path: str) -> Difference:
    before, after = then.split("\n"), now.split("\n")
    if len(before) == len(after) == 1:
        return Difference(path, then, now)
    same = (at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other)
    at = next(same, min(len(before), len(after)))
    sides = (lines[at] if at < len(lines) else ABSENT for lines in (before, after))
    return Difference(f"{path}, line {at + 1}", *sides)


def _is_same(then: Any, now: Any) -> bool:
    if _is_number(then) and _is_number(now):
        return bool(then == now) and math.copysign(1, then) == math.copysign(1, now)
    return type(then) is type(now) and bool(then == now)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def joined(path: str, name: str) -> str:
    """Return the path of what stands at ``name`` below ``path``.

    >>> joined("turns[0]", "answer.reply"), joined("", "results"), joined("turns", "[0]")
    ('turns[0].answer.reply', 'results', 'turns[0]')
    """
    return path + name if not path or name.startswith("[") or not name else f"{path}.{name}"
