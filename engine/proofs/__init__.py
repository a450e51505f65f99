"""Proofs: facts about an accepted spec that are checked by machine and carried as data.

Three questions: does any operand see past its bar (`causality`), can the entry and the exit ever fire
(`satisfiability`), how far in can the account get (`exposure`). Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.proofs.exposure import exposure_bound
    from engine.proofs.proofs import Proofs, prove
    from engine.proofs.truncation import verify_causality, verify_run

_HOMES = {
    "Proofs": "proofs",
    "exposure_bound": "exposure",
    "prove": "proofs",
    "verify_causality": "truncation",
    "verify_run": "truncation",
}

__all__ = ["Proofs", "exposure_bound", "prove", "verify_causality", "verify_run"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"engine.proofs has no {name!r}; it offers {', '.join(__all__)}")
    return getattr(import_module(f"engine.proofs.{_HOMES[name]}"), name)
