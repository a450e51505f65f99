"""What could be tried against each weakness: ranges of parameters, and changes of structure.

Every proposal names the weakness it answers. None can loosen a limit, enlarge the size, change execution, costs or
assets: `agent.refinement.changes` has no such change, and stops that decide the size are only ever moved away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from agent.refinement.axes import (
    BOTH_WAYS,
    LONGER,
    SHORTER,
    Axis,
    length_axes,
    level_axes,
    threshold_axes,
    width_axes,
)
from agent.refinement.changes import (
    Change,
    LevelSet,
    Overridden,
    SideDropped,
    sides_of,
    trend_filter,
    volatility_filter,
    without_session,
    without_weekday,
)
from agent.refinement.trade_facts import HIGH_PERCENTILE, LOW_PERCENTILE
from engine.spec.jcs import number_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.refinement.weaknesses import Diagnosis, Weakness
    from engine.spec.models import StrategySpec

WIDER, NARROWER = (1.5, 2.0, 3.0), (0.7, 0.5)
ATR_STOPS = (2.0, 3.0, 4.0)
ATR_TARGETS = (2.0, 4.0, 6.0)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer to one weakness (``weakness`` is its key).

    Each of ``axes`` is a list of alternatives, of which a candidate takes at most one; those of several axes can be
    taken together.
    """

    weakness: str
    text: str
    axes: tuple[tuple[Change, ...], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the proposal as JSON data."""
        return {
            "weakness": self.weakness,
            "text": self.text,
            "options": [[change.label for change in axis] for axis in self.axes],
        }


def propose(spec: StrategySpec, diagnosis: Diagnosis, *, ranges_only: bool = False) -> tuple[Proposal, ...]:
    """Return what could be tried against the weaknesses, in their order.

    A weakness nothing can be done about within the rules (a limit that rejects entries) has no proposal. With
    ``ranges_only`` the structure stays as it is: only parameters are tried, those of every indicator and level where
    a weakness has an answer in structure alone.
    """
    found: list[Proposal] = []
    for weakness in diagnosis.weaknesses:
        answer = ANSWERS.get(weakness.code, _nothing)
        if ranges_only and weakness.code in STRUCTURAL:
            answer = _refit
        for text, axes in answer(spec, weakness):
            kept = [tuple(one for one in axis if isinstance(one, Overridden) or not ranges_only) for axis in axes]
            filled = tuple(axis for axis in kept if axis)
            if filled:
                found.append(Proposal(weakness.key, text, filled))
    return tuple(found)


Keep = Literal["above", "below"]
KEEPS: tuple[Keep, ...] = ("above", "below")
Answer = tuple[str, tuple[Sequence[Change], ...]]


def _nothing(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    return iter(())


def _of(axes: Sequence[Axis]) -> tuple[Sequence[Change], ...]:
    return tuple(axis.changes() for axis in axes)


def _with_trend(side: str) -> Keep:
    return "above" if side == "long" else "below"


def _drop_side(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    side = weakness.evidence["side"]
    if len(sides_of(spec)) == 2:
        yield f"trade without the {side} side", ((SideDropped(f"no {side} side", side),),)
        keep = _with_trend(side)
        yield f"enter the {side} side only with the trend", ((trend_filter(spec, side, keep),),)


def _skip_session(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    first, end = weakness.evidence["fromHour"], weakness.evidence["toHour"]
    yield "stay out of those hours", ((without_session(spec, first, end),),)


def _skip_weekday(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    day, name = weakness.evidence["weekday"], weakness.evidence["name"]
    yield "stay out on that day", ((without_weekday(spec, day, name),),)


def _avoid_volatility(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    if weakness.evidence["volatility"] == "low":
        filters = [volatility_filter(spec, "above", percentile) for percentile in (LOW_PERCENTILE, 50)]
    else:
        filters = [volatility_filter(spec, "below", percentile) for percentile in (HIGH_PERCENTILE, 50)]
    yield "stay out of that volatility", (filters,)


def _avoid_trend(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    side = weakness.evidence["side"]
    keep: Keep = "below" if weakness.evidence["place"] == "above" else "above"
    yield "enter that side only in the other trend", ([trend_filter(spec, side, keep, bars) for bars in (200, 400)],)


def _trade_less(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    yield "slower indicators, fewer trades", _of(length_axes(spec, LONGER))
    yield "wider bands and stricter levels", _of([*width_axes(spec, (1.25, 1.5)), *threshold_axes(spec)])
    yield (
        "enter only with the trend",
        tuple([trend_filter(spec, side, _with_trend(side))] for side in sides_of(spec)),
    )
    yield "let profits run further", _of(level_axes(spec, "take_profit", WIDER))


def _trade_more(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    yield "looser levels", _of(threshold_axes(spec))
    yield "faster indicators", _of(length_axes(spec, SHORTER))
    yield "narrower bands", _of(width_axes(spec, NARROWER))


def _refit(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    yield "other lengths", _of(length_axes(spec, BOTH_WAYS))
    yield "other levels and widths", _of([*threshold_axes(spec), *width_axes(spec, (1.25, 0.8))])
    levels = [*level_axes(spec, "stop_loss", BOTH_WAYS), *level_axes(spec, "take_profit", BOTH_WAYS)]
    yield "other stop and target distances", _of(levels)


def _refit_and_filter(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    yield from _refit(spec, weakness)
    for keep in KEEPS:
        yield f"enter only {keep} the long average", tuple([trend_filter(spec, side, keep)] for side in sides_of(spec))


def _widen_stop(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    yield "a stop further away", _of(level_axes(spec, "stop_loss", WIDER))
    yield "a stop that widens with the market's range", (_atr_levels(spec, "stop_loss", ATR_STOPS),)


def _narrow_stop(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    yield "a nearer stop", _of(level_axes(spec, "stop_loss", NARROWER))
    yield "a stop that narrows with the market's range", (_atr_levels(spec, "stop_loss", ATR_STOPS),)


def _add_stop(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    options = list(_atr_levels(spec, "stop_loss", ATR_STOPS))
    adverse = weakness.evidence.get("winnersAdverseFraction")
    if spec.risk.stop_loss is None and adverse is not None and 0.0 < adverse < 0.5:
        value = float(f"{adverse:.2g}")
        level = {"type": "percent", "value": value}
        options.insert(0, LevelSet(f"stop loss {number_text(value * 100)} %", "stop_loss", level))
    yield "bound the loss of a trade", (options,)
    yield "a nearer stop", _of(level_axes(spec, "stop_loss", NARROWER))


def _further_target(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    yield "a target further away", _of(level_axes(spec, "take_profit", WIDER))


def _take_profits(spec: StrategySpec, weakness: Weakness) -> Iterator[Answer]:
    yield "a nearer target", _of(level_axes(spec, "take_profit", NARROWER))
    yield "a target that follows the market's range", (_atr_levels(spec, "take_profit", ATR_TARGETS),)
    yield "faster indicators, earlier exits", _of(length_axes(spec, SHORTER[:2]))


def _atr_levels(spec: StrategySpec, name: str, multiples: Sequence[float]) -> list[LevelSet]:
    """Return stops or targets in ATRs; none where the kind of stop decides the size, or where it is one in ATRs."""
    level = getattr(spec.risk, name)
    if level is not None and level.type != "percent":
        return []
    if name == "stop_loss" and spec.sizing.mode == "risk_per_trade":
        return []
    words = name.replace("_", " ")
    return [
        LevelSet(f"{words} {number_text(one)} ATR", name, {"type": "atr", "value": one})  # type: ignore[arg-type]
        for one in multiples
    ]


ANSWERS: Mapping[str, Callable[[StrategySpec, Weakness], Iterator[Answer]]] = {
    "NEVER_FIRES": _trade_more,
    "TOO_FEW_TRADES": _trade_more,
    "HALTED": _add_stop,
    "COSTS_DOMINATE": _trade_less,
    "LOSES_BEFORE_COSTS": _refit_and_filter,
    "LOSING_SIDE": _drop_side,
    "LOSING_SESSION": _skip_session,
    "LOSING_WEEKDAY": _skip_weekday,
    "LOSING_VOLATILITY": _avoid_volatility,
    "LOSING_TREND": _avoid_trend,
    "LOSING_EXITS": _take_profits,
    "STOP_TOO_TIGHT": _widen_stop,
    "STOP_TOO_WIDE": _narrow_stop,
    "TARGET_TOO_NEAR": _further_target,
    "PROFITS_GIVEN_BACK": _take_profits,
    "LOSERS_HELD_LONGER": _add_stop,
    "LOSS_TAIL": _add_stop,
    "NOTHING_STANDS_OUT": _refit,
}
"""What answers each weakness; ENTRIES_REJECTED has no answer, as limits only tighten."""

STRUCTURAL = frozenset(
    code
    for code, answer in ANSWERS.items()
    if answer in (_drop_side, _skip_session, _skip_weekday, _avoid_volatility, _avoid_trend, _add_stop)
)
"""Weaknesses whose answer changes the structure."""
