"""The verdict on a strategy: one rule over a few figures, the same whoever asks and however often.

What selects never judges: the selection part proves nothing by itself, so that without a look into the holdout the
verdict is UNPROVEN at best. A look is judged at the error that is left for it (`engine.evidence.combined.look_alpha`),
together with the p-value of the whole search that came before.

The probability of backtest overfitting warns and does not judge: where every neighbour has the same edge the best of
one half is as often below the middle of the other as where none has (above 0.5 for 7 of 24 planted edges of Sharpe 2).

References
----------
Bailey, D., Borwein, J., Lopez de Prado, M. and Zhu, Q. (2017). "The probability of backtest overfitting". Journal of
Computational Finance 20(4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.errors import EngineInputError
from engine.evidence.combined import combined_p, look_alpha, probability
from engine.evidence.plateau import PLATEAU_VETO

if TYPE_CHECKING:
    from collections.abc import Iterator

Verdict = Literal["REJECTED", "UNPROVEN", "VALIDATED", "FORWARD"]
"""From the worst to the best; FORWARD is earned on data that came after (`judge_forward`)."""

GUARD_P = 0.30
"""Neither the search nor the holdout alone may look more like luck than this, however well the other does."""

HOPELESS_P = 0.50
"""A p-value above this speaks against the strategy: it did worse than half of what luck does."""

FEWEST_HOLDOUT_DAYS = 60
PBO_WARNING = 0.50
"""A search of good neighbours passes this as often as one of noise: it warns of the choice and judges no strategy."""


@dataclass(frozen=True, slots=True)
class SelectionEvidence:
    """What the selection part says of the champion of a search.

    ``p_search`` is corrected for every trial of the family (`engine.evidence.search_evidence`); ``p_drawn`` is the part
    of it that the days drawn again say, None where ``p_search`` is all of that kind: a count of tries can keep a
    strategy from being proven, and speaks against none. ``days`` are
    those of the selection part, ``least_days`` the track record its Sharpe ratio needs (MinTRL), None where the ratio
    is not above 0. ``overfitting`` is the PBO of the search, ``plateau`` the ring's median over the champion's score,
    ``stressed_return`` its return at twice the costs; None where it could not be reckoned. ``generated`` candles are
    made up: whatever a strategy earns on them, it proves nothing about a market.
    """

    p_search: float
    days: int
    least_days: float | None
    overfitting: float | None = None
    plateau: float | None = None
    stressed_return: float | None = None
    generated: bool = False
    p_drawn: float | None = None


@dataclass(frozen=True, slots=True)
class HoldoutEvidence:
    """What one look into the holdout said: the ``look``-th of its family (1 to 5), its p-value and its days.

    ``p_plain`` is that of the returns as they are, ``p`` that of the returns beyond the market's.
    """

    look: int
    p: float
    p_plain: float
    days: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule of the verdict: whether it holds, and what was compared with what, in words.

    One that is no ``gate`` warns and keeps no strategy back.
    """

    code: str
    holds: bool
    message: str
    gate: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with every rule that led to it; ``p_combined`` and ``alpha`` only after a look."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    p_combined: float | None = None
    alpha: float | None = None

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The gates that do not hold: why the verdict is no better."""
        return tuple(one for one in self.findings if one.gate and not one.holds)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What speaks against the choice and keeps it from no verdict."""
        return tuple(one for one in self.findings if not one.gate and not one.holds)


def judge(selection: SelectionEvidence, holdout: HoldoutEvidence | None = None) -> Judgement:
    """Return the verdict.

    VALIDATED: a look was taken; the p of search and holdout together is at most the look's alpha; neither alone is
    above `GUARD_P`, nor a loss in the holdout; it has `FEWEST_HOLDOUT_DAYS`, the selection part the days its ratio
    needs; no veto (plateau, a loss at twice the costs, generated candles). REJECTED: what was seen speaks against it,
    by `HOPELESS_P`, or no return is left of it. UNPROVEN: everything else.

    Raises
    ------
    EngineInputError
        A p outside [0, 1], days below 1, or a sixth look.

    Examples
    --------
    >>> found = SelectionEvidence(p_search=0.01, days=765, least_days=400.0, overfitting=0.1, plateau=0.8,
    ...                           stressed_return=0.2)
    >>> judge(found).verdict
    'UNPROVEN'
    >>> judge(found, HoldoutEvidence(look=1, p=0.05, p_plain=0.06, days=330)).verdict
    'VALIDATED'
    >>> judge(found, HoldoutEvidence(look=5, p=0.15, p_plain=0.16, days=330)).reasons[0].code
    'BEYOND_ALPHA'
    """
    findings = list(_selection_rules(selection))
    if holdout is None:
        findings.append(
            Finding("NO_LOOK", False, "nobody looked into the holdout: nothing confirms the selection part")
        )
        hopeless = _is_hopeless(selection)
        return Judgement("REJECTED" if hopeless else "UNPROVEN", tuple(findings))
    alpha = look_alpha(holdout.look)
    together = combined_p(selection.p_search, holdout.p, n_search=selection.days, n_holdout=holdout.days)
    findings += _holdout_rules(holdout, together, alpha)
    if all(one.holds for one in findings if one.gate):
        verdict: Verdict = "VALIDATED"
    elif _is_hopeless(selection) or max(holdout.p, holdout.p_plain) > HOPELESS_P:
        verdict = "REJECTED"
    else:
        verdict = "UNPROVEN"
    return Judgement(verdict, tuple(findings), together, alpha)


def judge_forward(later: HoldoutEvidence) -> Judgement:
    """Return the verdict on a strategy that is VALIDATED, from data that came after it was registered.

    FORWARD: that data alone, at `FEWEST_HOLDOUT_DAYS` or more, shows an edge beyond the market at the alpha of its
    ``look``, counted for this strategy, and no loss. VALIDATED stays otherwise: later data that shows nothing yet takes
    nothing away; watching a strategy for decay is the monitor's.

    Raises
    ------
    EngineInputError
        A p outside [0, 1], or a sixth look.

    Examples
    --------
    >>> judge_forward(HoldoutEvidence(look=1, p=0.01, p_plain=0.02, days=200)).verdict
    'FORWARD'
    >>> judge_forward(HoldoutEvidence(look=1, p=0.10, p_plain=0.02, days=200)).verdict
    'VALIDATED'
    """
    alpha = look_alpha(later.look)
    p, plain = probability("p", later.p), probability("p_plain", later.p_plain)
    findings = (
        Finding("FORWARD_P", p <= alpha, f"p of later data beyond the market {p:.3g}, at most {alpha:.3g}"),
        Finding(
            "FORWARD_LOSS", plain <= HOPELESS_P, f"p of later data's own return {plain:.3g}, at most {HOPELESS_P:g}"
        ),
        Finding(
            "FORWARD_DAYS",
            later.days >= FEWEST_HOLDOUT_DAYS,
            f"{later.days} days of later data, at least {FEWEST_HOLDOUT_DAYS}",
        ),
    )
    verdict: Verdict = "FORWARD" if all(one.holds for one in findings) else "VALIDATED"
    return Judgement(verdict, findings, alpha=alpha)


def _is_hopeless(selection: SelectionEvidence) -> bool:
    p = selection.p_search if selection.p_drawn is None else selection.p_drawn
    return selection.least_days is None or p > HOPELESS_P


def _selection_rules(found: SelectionEvidence) -> Iterator[Finding]:
    if found.days < 1:
        raise EngineInputError(f"days is {found.days}: the selection part has at least one day")
    p = probability("p_search", found.p_search)
    yield Finding("SEARCH_P", p <= GUARD_P, f"p of the search {p:.3g}, at most {GUARD_P:g}")
    if found.least_days is None:
        yield Finding("TRACK_RECORD", False, "the Sharpe ratio is not above 0: no track record is long enough")
    else:
        enough = found.days >= found.least_days
        message = f"{found.days:,} days measured, {found.least_days:,.0f} needed for its Sharpe ratio"
        yield Finding("TRACK_RECORD", enough, message)
    if found.overfitting is not None:
        pbo = probability("overfitting", found.overfitting)
        message = f"probability of overfitting {pbo:.2f}, at most {PBO_WARNING:g}"
        yield Finding("OVERFITTING", pbo <= PBO_WARNING, message, gate=False)
    if found.plateau is not None:
        message = f"neighbours score {found.plateau:.2f} of the champion, at least {PLATEAU_VETO:g}"
        yield Finding("PLATEAU", found.plateau >= PLATEAU_VETO, message)
    if found.stressed_return is not None:
        message = f"return at twice the costs {found.stressed_return:+.1%}, above 0"
        yield Finding("COST_STRESS", found.stressed_return > 0.0, message)
    if found.generated:
        yield Finding("GENERATED_DATA", False, "the candles are generated: they prove nothing about a market")


def _holdout_rules(found: HoldoutEvidence, together: float, alpha: float) -> Iterator[Finding]:
    message = f"search and holdout together p {together:.3g}, at most {alpha:.3g} at look {found.look}"
    yield Finding("BEYOND_ALPHA", together <= alpha, message)
    p, plain = probability("p", found.p), probability("p_plain", found.p_plain)
    yield Finding("HOLDOUT_P", p <= GUARD_P, f"p of the holdout beyond the market {p:.3g}, at most {GUARD_P:g}")
    message = f"p of the holdout's own return {plain:.3g}, at most {HOPELESS_P:g}"
    yield Finding("HOLDOUT_LOSS", plain <= HOPELESS_P, message)
    message = f"{found.days} days of holdout, at least {FEWEST_HOLDOUT_DAYS}"
    yield Finding("HOLDOUT_DAYS", found.days >= FEWEST_HOLDOUT_DAYS, message)
