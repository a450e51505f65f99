"""Strategy specs: read strictly, checked at once, written in one canonical form.

Names are loaded when they are first used: problems and operands are read by rooms the validator itself stands on.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.spec.canonical import behaviour_hash, spec_hash, spec_json
    from engine.spec.models import StrategySpec
    from engine.spec.overrides import apply_overrides
    from engine.spec.passes import Checked
    from engine.spec.problems import Problem
    from engine.spec.schema import json_schema
    from engine.spec.validator import check
    from engine.spec.variants import apply_variant

_HOMES = {
    "Checked": "passes",
    "Problem": "problems",
    "StrategySpec": "models",
    "apply_overrides": "overrides",
    "apply_variant": "variants",
    "behaviour_hash": "canonical",
    "check": "validator",
    "json_schema": "schema",
    "spec_hash": "canonical",
    "spec_json": "canonical",
}

__all__ = [
    "Checked",
    "Problem",
    "StrategySpec",
    "apply_overrides",
    "apply_variant",
    "behaviour_hash",
    "check",
    "json_schema",
    "spec_hash",
    "spec_json",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"engine.spec has no {name!r}; it offers {', '.join(__all__)}")
    return getattr(import_module(f"engine.spec.{_HOMES[name]}"), name)
