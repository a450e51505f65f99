"""A spec with the settings of a variant in place, for words alone: `engine.spec.apply_variant` checks them."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def overridden(spec: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a spec without its variants, with overrides in place; one that names nothing is passed over.

    >>> overridden({"risk": {"stop_loss": {"value": 0.04}}, "variants": []}, {"risk.stop_loss.value": 0.03})
    {'risk': {'stop_loss': {'value': 0.03}}}
    """
    after = copy.deepcopy({name: part for name, part in spec.items() if name != "variants"})
    for path, value in overrides.items():
        *way, last = re.findall(r"\w+", path)
        here: Any = after
        for step in way:
            here = _step(here, step)
        if isinstance(here, list) and _step(here, last) is not None:
            here[int(last)] = value
        elif isinstance(here, dict):
            here[last] = value
    return after


def _step(here: Any, step: str) -> Any:
    if isinstance(here, list):
        return here[int(step)] if step.isdigit() and int(step) < len(here) else None
    return here.get(step) if isinstance(here, dict) else None
