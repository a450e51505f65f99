"""Risk: limits that can bind, levels and the rest of a position's life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spec.jcs import number_text
from engine.spec.meaning.levels import check_levels
from engine.spec.meaning.life import check_life

if TYPE_CHECKING:
    from engine.spec.findings import Findings
    from engine.spec.models import Risk, Universe
    from engine.spec.place import Place


def check_risk(
    risk: Risk,
    universe: Universe | None,
    sides: tuple[str, ...] | None,
    findings: Findings,
    *,
    limit_entry: bool = False,
) -> None:
    """Check limits and protections; ``universe`` and ``sides`` are None where they could not be read.

    ``limit_entry`` tells that entries are limit orders, which may fill beyond what a market entry ever sees.
    """
    place: Place = ("risk",)
    reach = max(1.0, risk.max_leverage or 1.0)
    for name in ("max_position_pct", "max_total_exposure_pct"):
        limit = getattr(risk, name)
        if limit is not None and limit > reach:
            message = f"{number_text(limit)} is above the leverage of {number_text(reach)} and could never bind"
            findings.error((*place, name), "OUT_OF_BOUNDS", f"{message} (a fraction: 0.15 is 15 %)")
    check_levels(risk, universe, sides, findings)
    check_life(risk, universe, sides, findings, limit_entry=limit_entry)
    if universe is not None and universe.market_type != "perp" and (risk.max_leverage or 1.0) > 1.0:
        message = f"spot trades without leverage: {number_text(risk.max_leverage or 1.0)} counts as 1"
        findings.warning((*place, "max_leverage"), "SPOT_LEVERAGE", message)
