"""How much of the account was in the market, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.metrics.undefined import Reason, first_reason

if TYPE_CHECKING:
    from engine.backtest.result import Simulation
    from engine.metrics.undefined import Undefined


@dataclass(frozen=True, slots=True)
class ExposureFigures:
    """Exposure at the bar closes: gross notional / equity, 1.0 is the whole account.

    ``mean_fraction`` and ``largest_fraction`` are gross; ``mean_net_fraction`` counts shorts as negative. Bars
    with equity at zero or below have no exposure and are left out of all three. ``bars_in_market_fraction`` is the
    share of bars at whose close a position was held or in which one was opened.
    """

    mean_fraction: float | None
    mean_net_fraction: float | None
    largest_fraction: float | None
    bars_in_market_fraction: float


def exposure_figures(simulation: Simulation, undefined: Undefined) -> ExposureFigures:
    """Return the exposure of a run; what has no value is told to ``undefined`` under ``exposure.*``."""
    solvent = simulation.equity > 0.0
    kept = slice(None) if solvent.all() else solvent
    gross, equity, cash = simulation.exposure[kept], simulation.equity[kept], simulation.cash[kept]
    net = (equity - cash) / equity
    gone = first_reason((gross.size == 0, Reason.EQUITY_GONE))
    in_market = solvent & (simulation.exposure > 0.0)
    in_market[simulation.trades.columns["entry_bar"]] = True
    return ExposureFigures(
        mean_fraction=undefined.unless(gone, "exposure.mean_fraction", lambda: float(np.mean(gross))),
        mean_net_fraction=undefined.unless(gone, "exposure.mean_net_fraction", lambda: float(np.mean(net))),
        largest_fraction=undefined.unless(gone, "exposure.largest_fraction", lambda: float(np.max(gross))),
        bars_in_market_fraction=int(in_market.sum()) / simulation.n_bars,
    )
