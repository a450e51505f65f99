"""JSON Patches (RFC 6902) with JSON Pointers (RFC 6901) on plain data: ``add``, ``replace`` and ``remove``."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

from agent.errors import PatchError
from agent.language.port import Operation
from engine.spec.problems import nearest

TAGS = ("when", "type", "mode")
"""Members that say what kind of thing an object is: a condition, an indicator or a level, a size."""

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


def apply(spec: Mapping[str, Any], operations: Sequence[Operation]) -> dict[str, Any]:
    """Return a copy of a spec with the operations applied in their order; the spec itself stays as it is.

    Raises
    ------
    PatchError
        An operation does not fit: the message names its place, what is there, and the nearest name.

    Examples
    --------
    >>> apply({"risk": {"max_leverage": 1}}, [Operation("replace", "/risk/max_leverage", 2)])
    {'risk': {'max_leverage': 2}}
    >>> apply({"risk": {"max_leverage": 1}}, [Operation("remove", "/risk/max_levrage")])
    Traceback (most recent call last):
    agent.errors.PatchError: remove /risk/max_levrage: there is no 'max_levrage' in /risk; there are: max_leverage (did
    you mean 'max_leverage'?)
    """
    document: dict[str, Any] = copy.deepcopy(dict(spec))
    for operation in operations:
        _apply_one(document, operation)
    return document


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Operation, ...]:
    """Return the operations that turn one spec into another: none for what is equal, few for what is not.

    Members stand in the order of their names. Lists are aligned, so that an inserted condition is one ``add``; what
    has nothing in common with what stood there is replaced whole.

    >>> diff({"a": [1, 2, 3]}, {"a": [1, 3], "b": None})
    (Operation(op='remove', path='/a/1', value=None), Operation(op='add', path='/b', value=None))
    """
    return tuple(_diff_mapping(before, after, ""))


def same(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal: 1 is 1.0, and neither is true.

    >>> same({"a": [1]}, {"a": [1.0]}), same(1, True)
    (True, False)
    """
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def steps_of(operation: Operation) -> list[str]:
    """Return the members and list places that an operation's pointer names, from the top."""
    if operation.op not in ("add", "replace", "remove"):
        raise PatchError(f"'{operation.op}' is no operation; allowed: add, replace, remove")
    if not operation.path.startswith("/"):
        raise PatchError(
            f"{_named(operation)}: a place is a JSON Pointer that begins with '/', for example /risk/stop_loss/value; "
            "a spec as a whole is not patched"
        )
    if re.search(r"~(?![01])", operation.path):
        raise PatchError(f"{_named(operation)}: '~' is written ~0 and '/' inside a name ~1")
    return [step.replace("~1", "/").replace("~0", "~") for step in operation.path[1:].split("/")]


def _apply_one(document: dict[str, Any], operation: Operation) -> None:
    *way, last = steps_of(operation)
    parent: Any = document
    for depth, step in enumerate(way):
        parent = _step_into(parent, step, operation, way[:depth])
    if isinstance(parent, dict):
        _in_mapping(parent, last, operation, way)
    elif isinstance(parent, list):
        _in_list(parent, last, operation, way)
    else:
        raise PatchError(f"{_named(operation)}: {_pointer(way)} is {_shown(parent)} and has no members")


def _in_mapping(parent: dict[str, Any], key: str, operation: Operation, way: list[str]) -> None:
    if operation.op != "add" and key not in parent:
        raise _no_such(parent, key, operation, way)
    if operation.op == "remove":
        del parent[key]
    else:
        parent[key] = copy.deepcopy(operation.value)


def _in_list(parent: list[Any], step: str, operation: Operation, way: list[str]) -> None:
    if operation.op == "add":
        at = len(parent) if step == "-" else _index(parent, step, operation, way, one_past=True)
        parent.insert(at, copy.deepcopy(operation.value))
        return
    at = _index(parent, step, operation, way)
    if operation.op == "remove":
        del parent[at]
    else:
        parent[at] = copy.deepcopy(operation.value)


def _step_into(parent: Any, step: str, operation: Operation, way: list[str]) -> Any:
    if isinstance(parent, dict):
        if step not in parent:
            raise _no_such(parent, step, operation, way)
        return parent[step]
    if isinstance(parent, list):
        return parent[_index(parent, step, operation, way)]
    raise PatchError(f"{_named(operation)}: {_pointer(way)} is {_shown(parent)} and has no members")


def _index(parent: list[Any], step: str, operation: Operation, way: list[str], *, one_past: bool = False) -> int:
    room = len(parent) + (1 if one_past else 0)
    if _INDEX.fullmatch(step) is None or int(step) >= room:
        allowed = f"0 to {room - 1}" if room else "none, it is empty"
        end = " or '-' for the end" if one_past else ""
        raise PatchError(
            f"{_named(operation)}: '{step}' is no place in the list {_pointer(way)}; allowed: {allowed}{end}"
        )
    return int(step)


def _no_such(parent: dict[str, Any], key: str, operation: Operation, way: list[str]) -> PatchError:
    there = ", ".join(parent) or "nothing"
    guess = nearest(key, parent)
    meant = f" (did you mean '{guess}'?)" if guess is not None else ""
    return PatchError(f"{_named(operation)}: there is no '{key}' in {_pointer(way)}; there are: {there}{meant}")


def _named(operation: Operation) -> str:
    return f"{operation.op} {operation.path}"


def _pointer(way: Sequence[str]) -> str:
    return "".join(f"/{_escaped(step)}" for step in way) or "the spec"


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _shown(value: Any) -> str:
    return repr(value) if len(repr(value)) <= 80 else repr(value)[:79] + "…"


def _diff_mapping(before: Mapping[str, Any], after: Mapping[str, Any], at: str) -> list[Operation]:
    out: list[Operation] = []
    for key in sorted({*before, *after}):
        place = f"{at}/{_escaped(key)}"
        if key not in after:
            out.append(Operation("remove", place))
        elif key not in before:
            out.append(Operation("add", place, copy.deepcopy(after[key])))
        else:
            out += _diff_value(before[key], after[key], place)
    return out


def _diff_value(before: Any, after: Any, at: str) -> list[Operation]:
    if same(before, after):
        return []
    if isinstance(before, Mapping) and isinstance(after, Mapping) and _related(before, after):
        return _diff_mapping(before, after, at)
    if isinstance(before, list | tuple) and isinstance(after, list | tuple) and before and after:
        return _diff_list(before, after, at)
    return [Operation("replace", at, copy.deepcopy(after))]


def _related(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether one object is the other with something changed, rather than another one in its place.

    An object that says what kind of thing it is (`TAGS`) is another one when more of it differs than stays.
    """
    if not any(tag in before or tag in after for tag in TAGS):
        return True
    equal = sum(key in after and same(value, after[key]) for key, value in before.items())
    return len({*before, *after}) - equal <= max(1, equal)


def _diff_list(before: Sequence[Any], after: Sequence[Any], at: str) -> list[Operation]:
    """Return the operations of an alignment with the fewest removed, added and changed elements.

    Operations run from the front; an index counts the list as it is when the operation's turn comes.
    """
    n, m = len(before), len(after)
    cost = [[i + j if i == n or j == m else 0 for j in range(m + 1)] for i in range(n + 1)]
    for i in range(n, -1, -1):
        for j in range(m, -1, -1):
            if i == n or j == m:
                cost[i][j] = (n - i) + (m - j)
            elif same(before[i], after[j]):
                cost[i][j] = cost[i + 1][j + 1]
            else:
                cost[i][j] = 1 + min(cost[i + 1][j + 1], cost[i + 1][j], cost[i][j + 1])
    out: list[Operation] = []
    i = j = 0
    while i < n or j < m:
        if i < n and j < m and same(before[i], after[j]):
            i, j = i + 1, j + 1
        elif i < n and j < m and cost[i][j] == 1 + cost[i + 1][j + 1]:
            out += _diff_value(before[i], after[j], f"{at}/{j}")
            i, j = i + 1, j + 1
        elif i < n and (j == m or cost[i][j] == 1 + cost[i + 1][j]):
            out.append(Operation("remove", f"{at}/{j}"))
            i += 1
        else:
            out.append(Operation("add", f"{at}/{j}", copy.deepcopy(after[j])))
            j += 1
    return out
