"""Edits: JSON Patches on a spec as plain data; what was not asked for does not move.

`apply` and `diff` are those of `agent.json_patch`. Identity and version of a strategy belong to the store: no patch of
an edit reaches them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from agent.changes import changes
from agent.errors import PatchError
from agent.json_patch import apply, diff, steps_of
from agent.language.port import Operation
from agent.stale_keys import stale_keys, with_figures

__all__ = ["Operation", "apply", "describe", "diff", "edited", "next_version", "undoing"]

SERVER_OWNED = ("id", "version")
"""Fields of a spec that no patch may touch."""

LAST_MINOR = 999_999
"""The largest minor version that a spec can write."""

_VERSION = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})")


def describe(
    before: Mapping[str, Any], operations_or_after: Sequence[Operation] | Mapping[str, Any]
) -> tuple[str, ...]:
    """Return one plain line per change, for people: fractions as per cent, conditions in words.

    >>> before = {"risk": {"stop_loss": {"type": "percent", "value": 0.04}}}
    >>> describe(before, [Operation("replace", "/risk/stop_loss/value", 0.025)])
    ('stop loss: 4 % -> 2.5 %',)
    """
    if isinstance(operations_or_after, Mapping):
        after: Mapping[str, Any] = operations_or_after
    else:
        after = apply(before, operations_or_after)
    stale = stale_keys(after)
    return tuple(with_figures(change.text, stale) for change in changes(before, after))


def next_version(version: str) -> str:
    """Return the version of the next accepted edit.

    >>> next_version("1.9"), next_version("2.999999")
    ('1.10', '3.0')
    """
    if _VERSION.fullmatch(version) is None:
        raise PatchError(f"version {version!r} is not major.minor, for example 1.0")
    major, minor = (int(part) for part in version.split("."))
    return f"{major + 1}.0" if minor >= LAST_MINOR else f"{major}.{minor + 1}"


def edited(spec: Mapping[str, Any], operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the spec of the next version: the operations applied, minor version raised, identity kept.

    Raises
    ------
    PatchError
        An operation does not fit, or reaches for ``id`` or ``version``.
    """
    for operation in operations:
        first = steps_of(operation)[0]
        if first in SERVER_OWNED:
            raise PatchError(
                f"{operation.op} {operation.path}: '{first}' is set by the store and cannot be patched; "
                f"allowed: every other field"
            )
    after = apply(spec, operations)
    after["version"] = next_version(str(spec["version"]))
    return after


def undoing(current: Mapping[str, Any], older: Mapping[str, Any]) -> tuple[Operation, ...]:
    """Return the patch that gives the current spec the content of an older version, identity and version left alone.

    >>> undoing({"id": "a", "version": "1.1", "name": "B"}, {"id": "a", "version": "1.0", "name": "A"})
    (Operation(op='replace', path='/name', value='A'),)
    """
    now, then = ({k: v for k, v in spec.items() if k not in SERVER_OWNED} for spec in (current, older))
    return diff(now, then)
