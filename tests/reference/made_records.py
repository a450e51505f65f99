"""Records of every kind, made by hypothesis from their own annotations."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from storage.records import Record

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
PLAIN_TEXT = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
WHOLE = st.integers(-(2**53), 2**53)
JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | NUMBERS | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)


def kinds() -> list[type[Record]]:
    """Return every kind of record there is."""
    import storage.run_records
    import storage.strategy_records  # noqa: F401 - subclasses are known when their modules are

    found, waiting = [], [Record]
    while waiting:
        below = waiting.pop().__subclasses__()
        found += below
        waiting += below
    return sorted((kind for kind in found if kind.__module__.startswith("storage.")), key=lambda kind: kind.__name__)


def made(kind: type[Record]) -> st.SearchStrategy[Record]:
    """Return records of a kind, optional fields with and without a value."""
    fields = {name: _values(field.annotation, tuple(field.metadata)) for name, field in kind.model_fields.items()}
    return st.fixed_dictionaries(fields).map(kind.model_validate)


def _values(annotation: Any, bounds: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _values(inner[0], bounds + tuple(_flat(inner[1:])))
    if origin in (Union, UnionType):
        return st.one_of(*(_values(one, bounds) for one in inner))
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is list:
        return st.lists(_values(inner[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(ANY_TEXT, _values(inner[1]), max_size=3)
    if annotation is str:
        return PLAIN_TEXT if bounds else ANY_TEXT
    if annotation in (int, float):
        lowest = next((one.ge if isinstance(one, Ge) else one.gt for one in bounds if isinstance(one, (Ge, Gt))), None)
        highest = next((one.le for one in bounds if isinstance(one, Le)), None)
        if annotation is float:
            strict = any(isinstance(one, Gt) for one in bounds)
            limits = {"min_value": lowest, "max_value": highest, "exclude_min": strict and lowest is not None}
            return st.floats(**limits, allow_nan=False, allow_infinity=False)
        return st.integers(-(2**53) if lowest is None else lowest, 2**53 if highest is None else highest)
    simple = {bool: st.booleans(), type(None): st.none(), Any: JSON}
    return simple[annotation] if annotation in simple else made(annotation)


def _flat(metadata: tuple[Any, ...]) -> list[Any]:
    flat = []
    for one in metadata:
        flat += one.metadata if isinstance(one, FieldInfo) else [one]
    return [one for one in flat if not isinstance(one, (MinLen, MaxLen))] or ["bounded"]
