"""Execution: costs, venues, orders, and what this release does not simulate yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.spec.findings import Findings
    from engine.spec.models import Execution, Universe
    from engine.spec.place import Place


def check_execution(execution: Execution, universe: Universe | None, findings: Findings) -> None:
    """Check costs, venues and orders."""
    place: Place = ("execution",)
    custom = execution.slippage_model == "custom"
    if execution.slippage is not None and not custom:
        message = "its figures are read only with slippage_model custom"
        findings.error((*place, "slippage"), "NO_MEANING", message)
    if custom and execution.slippage is None:
        message = "slippage_model custom needs 'slippage' {base, kv, kp}"
        findings.error((*place, "slippage"), "MISSING_FIELD", message)
    if execution.fees is not None and execution.fees.maker is None and execution.fees.taker is None:
        findings.error((*place, "fees"), "MISSING_FIELD", "give 'maker', 'taker' or both")
    if execution.fill == "vwap":
        findings.not_simulated((*place, "fill"), "fill vwap is not simulated yet: next_open and close are")
    if execution.entry_order is not None:
        findings.not_simulated((*place, "entry_order"), "limit entries are not simulated yet")
    venue = None if universe is None else universe.venue
    if venue is not None and execution.allowed_venues is not None and venue not in execution.allowed_venues:
        message = f"venue '{venue}' is not among execution.allowed_venues"
        findings.error(
            ("universe", "venue"), "VENUE_NOT_ALLOWED", message, allowed=execution.allowed_venues, meant=venue
        )
