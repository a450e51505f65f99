"""A search space as it is written on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

VARY = '"path=min:max:step", "path=min:max:log:count" or "path=a,b,c"'


def space_of(space: str | None, vary: Sequence[str]) -> Any:
    """Return the space that ``--space`` and ``--vary`` describe, None where neither is given.

    ``space`` is JSON, the name of a file that holds it, or ``variants``; each of ``vary`` adds an axis to it.

    Raises
    ------
    EngineInputError
        Neither JSON nor a file, or an axis that cannot be read.
    SpecError
        The JSON has problems, or the file cannot be read.

    Examples
    --------
    >>> space_of(None, ["a.b=5:30:5", "a.c=10,20"])
    {'a.b': {'min': 5, 'max': 30, 'step': 5}, 'a.c': [10, 20]}
    >>> space_of('{"a.b": [1, 2]}', []), space_of("variants", []), space_of(None, [])
    ({'a.b': [1, 2]}, 'variants', None)
    """
    from engine.errors import EngineInputError

    written = None if space is None else _written(space)
    if not vary:
        return written
    if written is not None and not isinstance(written, dict):
        raise EngineInputError("--vary adds to a space of paths: --space variants has none, leave one of them out")
    axes = dict(written or {})
    for one in vary:
        path, values = axis_of(one)
        if path in axes:
            raise EngineInputError(f"--vary {one!r}: '{path}' is given twice")
        axes[path] = values
    return axes


def axis_of(text: str) -> tuple[str, Any]:
    """Return path and values of one ``--vary``.

    Raises
    ------
    EngineInputError
        It is written otherwise.

    Examples
    --------
    >>> axis_of("risk.stop_loss.value=0.01:0.1:log:4")
    ('risk.stop_loss.value', {'min': 0.01, 'max': 0.1, 'scale': 'log', 'count': 4})
    >>> axis_of("execution.fill=next_open,close")
    ('execution.fill', ['next_open', 'close'])
    """
    from engine.errors import EngineInputError

    path, separator, values = (part.strip() for part in text.partition("="))
    parts = values.split(":")
    if path and separator and values:
        if len(parts) == 1:
            return path, [_value(one) for one in values.split(",")]
        if len(parts) == 3:
            return path, dict(zip(("min", "max", "step"), map(_value, parts), strict=True))
        if len(parts) == 4 and parts[2] == "log":
            low, high, _, count = map(_value, parts)
            return path, {"min": low, "max": high, "scale": "log", "count": count}
    raise EngineInputError(f"--vary {text!r} cannot be read: write {VARY}")


def _value(text: str) -> Any:
    """Return a number, true, false or null as JSON has it, else the text."""
    from json import JSONDecodeError, loads

    try:
        found = loads(text.strip())
    except (JSONDecodeError, RecursionError):
        return text.strip()
    return text.strip() if isinstance(found, (dict, list)) else found


def _written(space: str) -> Any:
    from api.spec_file import read_spec_file
    from engine.errors import SpecError
    from engine.search.plan import VARIANTS
    from engine.spec.front_door import read_json

    if space == VARIANTS:
        return space
    read = read_json(space.encode() if space.lstrip().startswith(("{", "[")) else read_spec_file(space))
    if read.problems:
        raise SpecError(read.problems)
    return read.value
