"""Satisfiability: can an entry ever fire, can an exit? Proven impossible, shown possible by a bar, or left open."""

from __future__ import annotations

from engine.proofs.satisfiability.firing import Finding, Firing, Verdict, Witness
from engine.proofs.satisfiability.proof import can_fire

__all__ = ["Finding", "Firing", "Verdict", "Witness", "can_fire"]
