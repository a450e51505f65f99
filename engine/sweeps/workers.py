"""The threads that share a sweep's work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from engine.errors import EngineInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Each = Callable[[Callable[..., Any], Iterable[Any]], Iterable[Any]]


def check_threads(threads: object) -> None:
    """Refuse a number of threads that is none (`EngineInputError`)."""
    if not isinstance(threads, int) or threads < 1:
        raise EngineInputError(f"threads is {threads!r}: it must be a whole number, at least 1")


@contextmanager
def shared_among(threads: int) -> Iterator[Each]:
    """Yield what ``map`` is, its calls made by so many threads; with one thread it is ``map`` itself.

    >>> with shared_among(2) as each:
    ...     list(each(abs, [-1, 2]))
    [1, 2]
    """
    if threads == 1:
        yield map
        return
    with ThreadPoolExecutor(threads) as pool:

        def each(function: Callable[..., Any], items: Iterable[Any]) -> Iterable[Any]:
            found: dict[int, Any] = {}
            given, turn = enumerate(items), Lock()

            def work() -> None:  # a thread takes the next item, which costs less than a future for each
                while True:
                    with turn:
                        place, item = next(given, (None, None))
                    if place is None:
                        return
                    found[place] = function(item)

            for thread in [pool.submit(work) for _ in range(threads)]:
                thread.result()
            return [found[place] for place in range(len(found))]

        yield each
