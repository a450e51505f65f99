"""All proofs of one spec, joined: can it see ahead, can it ever fire, how far in can it get."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.errors import SpecError
from engine.proofs.causality import Causality, causality
from engine.proofs.exposure import Exposure, exposure_bound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.market.bars import MarketData
    from engine.proofs.measured import Measured
    from engine.proofs.satisfiability import Firing
    from engine.spec.models import StrategySpec


@dataclass(frozen=True, slots=True)
class Proofs:
    """What is proven of a spec.

    ``measured`` is the exposure of a run on data, None without data; ``unread`` says why candles that were to be looked
    at were not.
    """

    causality: Causality
    satisfiability: Firing
    exposure: Exposure
    measured: Measured | None = None
    unread: str | None = None

    @property
    def failures(self) -> tuple[str, ...]:
        """What speaks against the spec, a sentence each; nothing for one that may be used."""
        found = [f"{one.operand}: {one.because}" for one in self.causality.operands if not one.holds]
        if self.causality.checked is not None:
            found += [str(one) for one in self.causality.checked.differences]
        if not self.satisfiability.holds:
            entries = self.satisfiability.entry
            found += [f"the {side} entry can never fire: {one.reason}" for side, one in entries.items()]
        found += [
            f"the {side} exit can never fire, and nothing else closes the position: {one.reason}"
            for side, one in self.satisfiability.exit.items()
            if one.verdict == "impossible" and self.satisfiability.way_out.get(side) == ()
        ]
        if self.measured is not None and not self.measured.within(self.exposure):
            found.append(
                f"a run reached leverage {self.measured.largest_leverage:.6g} and a position of"
                f" {self.measured.largest_position:.6g} of equity, above the bound"
            )
        return tuple(found)

    @property
    def holds(self) -> bool:
        """True when nothing speaks against the spec."""
        return not self.failures

    def as_dict(self) -> dict[str, object]:
        """Return the proofs as JSON data, camelCase."""
        exposure = self.exposure.as_dict()
        if self.measured is not None:
            exposure["measured"] = self.measured.as_dict()
        unread = {} if self.unread is None else {"unread": self.unread}
        return {
            "holds": self.holds,
            "failures": list(self.failures),
            "causality": self.causality.as_dict(),
            "satisfiability": self.satisfiability.as_dict(),
            "exposure": exposure,
            **unread,
        }


def prove(
    spec: StrategySpec | Mapping[str, Any] | str | bytes, data: MarketData | None = None, *, cuts: int | None = None
) -> Proofs:
    """Prove what can be proven of a spec.

    Parameters
    ----------
    spec
        A checked spec, or one as JSON text or data, which is checked first.
    data
        Candles: with them the spec is also run, cut off and run again, and the bar at which an entry is true is named.
        Only the selection part is looked at.
    cuts
        How often the data is cut off; default 3.

    Raises
    ------
    SpecError
        The spec has problems.
    DataError
        Candles of an asset are missing.

    Examples
    --------
    >>> from engine.spec.examples import SMA_CROSS
    >>> proofs = prove(SMA_CROSS)
    >>> proofs.holds, proofs.causality.by, proofs.exposure.leverage.rule
    (True, 'construction', 'risk.max_total_exposure_pct')
    """
    from engine.proofs.satisfiability import can_fire
    from engine.spec import check
    from engine.spec.models import StrategySpec

    if not isinstance(spec, StrategySpec):
        checked = check(spec, catalog=data)
        if checked.spec is None:
            raise SpecError([problem for problem in checked.problems if problem.severity == "error"])
        spec = checked.spec
    known, exposure = causality(spec), exposure_bound(spec)
    if data is None:
        return Proofs(known, can_fire(spec, data), exposure)
    from engine.backtest.run import backtest
    from engine.proofs.measured import measured_on
    from engine.proofs.truncation import CUTS, verify_causality

    whole = backtest(spec, data)
    truncated = verify_causality(spec, data, CUTS if cuts is None else cuts, whole=whole)
    return Proofs(replace(known, checked=truncated), can_fire(spec, data), exposure, measured_on(whole, data))
