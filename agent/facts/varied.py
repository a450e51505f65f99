"""What the variants of a draft hold: the draft with each one's settings in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.facts.slots import held_by
from agent.overridden import overridden

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
    return tuple(held_by(overridden(spec, one.get("overrides") or {})) for one in spec.get("variants") or ())
