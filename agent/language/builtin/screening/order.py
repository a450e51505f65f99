"""The tables of injected orders: words that want to be more than words about a strategy.

Nothing a message says can set a mode, lift a limit, change a status, read another owner's data or touch the trial
ledger: there is no code path. These tables exist so that the strategy beside such an order is read without it, and
so that the reply can say what was not followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "rules", "role", "memory", "authority", "secrets", "code", "ledger", "private", "status", "mode", "quoted"
]


@dataclass(frozen=True, slots=True)
class Order:
    """Phrases of one kind of order, and the sentence that says why they are not followed."""

    kind: Kind
    reason: str
    phrases: tuple[str, ...]
