"""What the variants of a draft hold: the draft with each one's settings in place."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from agent.facts.slots import held_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.facts.held import Held


def held_by_variants(spec: Mapping[str, Any]) -> tuple[Held, ...]:
    """Return what each variant of a spec holds, in their order; settings that name nothing leave it as it is.

    >>> spec = {"universe": {"assets": ["BTC"], "timeframe": "1h"}, "indicators": {},
    ...         "signals": {"entry": [{"when": "gt", "left": "close", "value": 30}], "exit": []},
    ...         "variants": [{"id": "v1", "overrides": {"signals.entry.0.value": 40}}]}
    >>> [slot.value for held in held_by_variants(spec) for slot in held.role("threshold")]
    [40.0]
    """
    return tuple(held_by(_applied(spec, one.get("overrides") or {})) for one in spec.get("variants") or ())


def _applied(spec: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
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
