"""An annual Sharpe ratio as it may be shown: with its interval, the trials behind it and the verdict, or not at all.

Whatever writes an annual Sharpe ratio for a person writes a `SharpeClaim`; there is no other way to word one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import EngineInputError
from engine.report.figures import number, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.backtest.result import BacktestResult

CONFIDENCE = 0.95
"""Of the interval that results carry (`engine.metrics.confidence`)."""

NOT_COUNTED = "trials not counted"
"""Said where no ledger stands behind a figure."""

PROVEN = {"VALIDATED": "validated", "FORWARD": "validated, and on data that came after"}
"""Verdicts that say more than "not validated"."""

REJECTED = "not validated, rejected"

AS_RECORDED = f"as recorded, without an interval; {NOT_COUNTED}, not validated"
"""Said of a ratio that came from elsewhere: the record of it tells neither an interval nor how many were tried."""

NO_INTERVAL = "its error cannot be estimated"


@dataclass(frozen=True, slots=True)
class SharpeClaim:
    """An annual Sharpe ratio with what it may not be shown without.

    ``low`` to ``high`` holds the true ratio with ``confidence``, were the strategy not picked for what it shows; it is
    that of the returns of whole days. ``days`` is the ratio of whole days where ``value`` is another one and lies
    outside of its interval. ``trials`` is how many distinct ones were made on the data, None where nobody counted;
    ``p`` is the p-value of the search behind it, None without one.

    Raises
    ------
    EngineInputError
        A figure that is not finite, an interval whose ends are turned round, a ``confidence`` or ``p`` out of range,
        fewer than one trial.

    Examples
    --------
    >>> str(SharpeClaim(1.42, 0.3, 2.5, trials=212))
    '1.42 (95 % interval 0.30 to 2.50; 212 trials, not validated)'
    >>> str(SharpeClaim(1.42, 0.3, 2.5))
    '1.42 (95 % interval 0.30 to 2.50; trials not counted, not validated)'
    >>> str(SharpeClaim(1.42, 0.3, 2.5, trials=212, p=0.031, verdict="VALIDATED"))
    '1.42 (95 % interval 0.30 to 2.50; 212 trials, p of the search 0.0310, validated)'
    """

    value: float
    low: float
    high: float
    confidence: float = CONFIDENCE
    trials: int | None = None
    p: float | None = None
    verdict: str = "UNPROVEN"
    days: float | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            if not math.isfinite(getattr(self, name)):
                raise EngineInputError(f"{name} is {getattr(self, name)}: it must be finite")
        if not self.low <= self.high:
            raise EngineInputError(f"low is {self.low} and high is {self.high}: an interval begins at its lower end")
        if not 0 < self.confidence < 1:
            raise EngineInputError(f"confidence is {self.confidence}: it must be above 0 and below 1")
        if self.trials is not None and self.trials < 1:
            raise EngineInputError(f"trials is {self.trials}: whoever shows a ratio has made at least one")
        if self.p is not None and not 0 <= self.p <= 1:
            raise EngineInputError(f"p is {self.p}: a p-value must be in [0, 1]")

    def __str__(self) -> str:
        return self.words()

    def words(self, digits: int = 2, *, signed: bool = False) -> str:
        """Return the ratio with all that belongs to it, on one line."""
        return f"{number(self.value, digits, signed=signed)} ({self.beside(digits, signed=signed)})"

    def beside(self, digits: int = 2, *, signed: bool = False) -> str:
        """Return what must stand in the same line or cell as the ratio."""
        low, high = (number(end, digits, signed=signed) for end in (self.low, self.high))
        interval = f"{self.confidence * 100:g} % interval {low} to {high}"
        if self.days is not None:
            interval = f"of whole days {number(self.days, digits, signed=signed)}, {interval}"
        return f"{interval}; {self.standing}"

    @property
    def interval(self) -> str:
        """The interval alone, for a column whose heading says what it is."""
        return f"{number(self.low)} to {number(self.high)}"

    @property
    def standing(self) -> str:
        """How many trials there were, how likely luck is, and whether it was validated."""
        counted = NOT_COUNTED if self.trials is None else plural(self.trials, "trial")
        searched = [] if self.p is None else [f"p of the search {self.p:.4f}"]
        verdict = REJECTED if self.verdict == "REJECTED" else PROVEN.get(self.verdict, "not validated")
        return ", ".join([counted, *searched, verdict])


def as_recorded(ratio: str) -> str:
    """Return a ratio of a record from elsewhere, with what is not known of it.

    >>> as_recorded("0.9")
    '0.9 (as recorded, without an interval; trials not counted, not validated)'
    """
    return f"{ratio} ({AS_RECORDED})"


def sharpe_claim(
    value: float | None,
    days: float | None,
    ends: tuple[float | None, float | None],
    *,
    trials: int | None = None,
    verdict: str = "UNPROVEN",
) -> SharpeClaim | None:
    """Return the claim of an annual ratio and the 95 % interval of that of whole days; None where either is missing.

    >>> str(sharpe_claim(3.0, 1.1, (0.2, 2.0), trials=1))
    '3.00 (of whole days 1.10, 95 % interval 0.20 to 2.00; 1 trial, not validated)'
    >>> sharpe_claim(3.0, 1.1, (None, None)) is None
    True
    """
    low, high = ends
    if value is None or low is None or high is None:
        return None
    apart = days if days is not None and not low <= value <= high else None
    return SharpeClaim(value, low, high, trials=trials, verdict=verdict, days=apart)


def claim_of(result: BacktestResult) -> SharpeClaim | None:
    """Return the claim of a result; None where it has no ratio, or one whose error cannot be estimated."""
    sharpe, tally = result.statistics.sharpe, result.tally
    trials = None if tally is None else tally.total
    return sharpe_claim(result.summary.sharpe_ratio, sharpe.daily_ratio, (sharpe.low_95, sharpe.high_95), trials=trials)


def claim_in(record: Mapping[str, Any], figure: str = "sharpeRatio") -> SharpeClaim | None:
    """Return the claim of a BacktestRun record: of its ``sharpeRatio``, or ``dailyRatio`` for that of whole days.

    None where the record has no such ratio or no interval. Without a count of trials the claim says that.

    Examples
    --------
    >>> sharpe = {"dailyRatio": 1.3, "low95": 0.2, "high95": 2.4}
    >>> evidence = {"statistics": {"sharpe": sharpe}, "trials": {"family": "BTC", "total": 12}, "verdict": "UNPROVEN"}
    >>> str(claim_in({"results": {"sharpeRatio": 1.42}, "evidence": evidence}))
    '1.42 (95 % interval 0.20 to 2.40; 12 trials, not validated)'
    """
    evidence = _part(record, "evidence")
    sharpe = _part(_part(evidence, "statistics"), "sharpe")
    days = _figure(sharpe, "dailyRatio")
    value = days if figure == "dailyRatio" else _figure(_part(record, "results"), figure)
    total = _figure(_part(evidence, "trials"), "total")
    return sharpe_claim(
        value,
        days,
        (_figure(sharpe, "low95"), _figure(sharpe, "high95")),
        trials=None if total is None or total < 1 else int(total),
        verdict=str(evidence.get("verdict", "UNPROVEN")),
    )


def claim_on_card(card: Mapping[str, Any]) -> SharpeClaim:
    """Return the claim of an honesty card (`engine.judging.card`): what choosing the best adds is taken off.

    >>> sharpe = {"annual": 0.8, "low": -0.2, "high": 1.9, "confidence": 0.9}
    >>> card = {"sharpe": sharpe, "trials": {"total": 212}, "search": {"p": 0.2}, "verdict": "UNPROVEN"}
    >>> str(claim_on_card(card))
    '0.80 (90 % interval -0.20 to 1.90; 212 trials, p of the search 0.2000, not validated)'
    """
    sharpe = card["sharpe"]
    return SharpeClaim(
        sharpe["annual"],
        sharpe["low"],
        sharpe["high"],
        sharpe["confidence"],
        trials=int(card["trials"]["total"]),
        p=card["search"]["p"],
        verdict=card["verdict"],
    )


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _figure(record: Mapping[str, Any], name: str) -> float | None:
    found = record.get(name)
    known = isinstance(found, (int, float)) and not isinstance(found, bool) and math.isfinite(found)
    return float(found) if known else None  # type: ignore[arg-type]  # a number by then
