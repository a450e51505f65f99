"""A spec as canonical JSON, and the hashes that name it and its behaviour."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from engine.spec.jcs import canonical_json
from engine.spec.models import SpecModel

if TYPE_CHECKING:
    from engine.spec.models import StrategySpec

NOT_BEHAVIOUR = ("id", "name", "version", "description", "metadata", "variants")
"""Fields that never change what a spec does."""


def plain(value: Any) -> Any:
    """Return a model as plain JSON data: snake_case fields, only those that were written.

    >>> from engine.spec.models import Sizing
    >>> plain(Sizing(mode="percent_equity", value=0.1))
    {'mode': 'percent_equity', 'value': 0.1}
    """
    if isinstance(value, SpecModel):
        written = value.model_fields_set
        return {name: plain(getattr(value, name)) for name in type(value).model_fields if name in written}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value


def spec_json(spec: StrategySpec) -> bytes:
    """Return the canonical JSON of a spec (RFC 8785); equal specs give equal bytes, however they were written."""
    return canonical_json(plain(spec))


def spec_hash(spec: StrategySpec) -> str:
    """Return the SHA-256 of the canonical JSON, hexadecimal: the name of exactly this spec."""
    return hashlib.sha256(spec_json(spec)).hexdigest()


def behaviour_hash(spec: StrategySpec) -> str:
    """Return the SHA-256 of what a spec does, hexadecimal: without id, name, version, description, metadata, variants.

    It keys the trial ledger and the memo of results: renaming a strategy is no new trial.
    """
    kept = {name: value for name, value in plain(spec).items() if name not in NOT_BEHAVIOUR}
    return hashlib.sha256(canonical_json(kept)).hexdigest()
