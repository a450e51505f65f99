"""Execution: costs, venues and orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spec.jcs import number_text
from engine.spec.meaning.levels import check_price_scope

if TYPE_CHECKING:
    from engine.spec.findings import Findings
    from engine.spec.models import EntryOrder, Execution, Risk, Universe
    from engine.spec.place import Place


def check_execution(
    execution: Execution,
    universe: Universe | None,
    risk: Risk | None,
    sides: tuple[str, ...] | None,
    findings: Findings,
) -> None:
    """Check costs, venues and orders; the other parts are None where they could not be read."""
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
    if execution.entry_order is not None:
        _check_entry_order(execution.entry_order, universe, risk, sides, findings)
    venue = None if universe is None else universe.venue
    if venue is not None and execution.allowed_venues is not None and venue not in execution.allowed_venues:
        message = f"venue '{venue}' is not among execution.allowed_venues"
        findings.error(
            ("universe", "venue"), "VENUE_NOT_ALLOWED", message, allowed=execution.allowed_venues, meant=venue
        )


def _check_entry_order(
    order: EntryOrder,
    universe: Universe | None,
    risk: Risk | None,
    sides: tuple[str, ...] | None,
    findings: Findings,
) -> None:
    place: Place = ("execution", "entry_order")
    if order.offset is None and order.price is None:
        findings.error(place, "MISSING_FIELD", "give 'offset' or 'price'")
    elif order.offset is not None and order.price is not None:
        findings.error((*place, "price"), "NO_MEANING", "write 'offset' or 'price', not both")
    if order.price is None:
        return
    check_price_scope((*place, "price"), universe, sides, findings)
    stop = None if risk is None else risk.stop_loss
    if stop is None or stop.type != "price" or sides is None or len(sides) != 1:
        return
    if order.price <= stop.value if sides[0] == "long" else order.price >= stop.value:
        where = "at or below" if sides[0] == "long" else "at or above"
        message = (
            f"a limit of {number_text(order.price)} lies {where} the stop at {number_text(stop.value)}: every entry "
            "would be cancelled"
        )
        findings.error((*place, "price"), "CONTRADICTION", message)
