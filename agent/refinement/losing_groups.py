"""Groups of trades that lose, and lose more than the rest: by side, session, weekday, regime and exit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from agent.refinement.trade_facts import HIGH, LOW, MIDDLE, UNKNOWN
from agent.refinement.weaknesses import FEWEST_TRADES, Weakness
from engine.kernels.codes import CLOSE_REASONS, SIGNAL
from engine.market.timeframe import DAY_MS, DURATION_MS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from agent.refinement.trade_facts import TradeFacts

    FloatArray = NDArray[np.float64]
    Mask = NDArray[np.bool_]

SESSION_HOURS = 4
STAND_OUT = 0.05
"""Chance that some group of a table stands out though none differs: divided by the number of groups compared."""
FULL_SEVERITY_T = 6.0
"""Statistic from which a weakness cannot get more severe."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
VOLATILITIES = {LOW: "low", MIDDLE: "middle", HIGH: "high"}


@dataclass(frozen=True, slots=True)
class Group:
    """Trades that have something in common; ``figures`` of evidence name it further."""

    subject: str
    mask: Mask
    figures: Mapping[str, Any]


def difference_t(group: FloatArray, rest: FloatArray) -> float:
    """Return Welch's t of the difference of two means; 0 when neither varies or one has under two values.

    >>> round(difference_t(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])), 4)
    -1.5492
    """
    if min(group.size, rest.size) < 2:
        return 0.0
    error = math.sqrt(float(group.var(ddof=1)) / group.size + float(rest.var(ddof=1)) / rest.size)
    return float(group.mean() - rest.mean()) / error if error > 0 else 0.0


def mean_t(values: FloatArray) -> float:
    """Return the t statistic of a mean against zero; 0 when it has none."""
    if values.size < 2 or not values.std() > 0:
        return 0.0
    return float(values.mean() / values.std(ddof=1) * math.sqrt(values.size))


def severity_of(t: float) -> float:
    """Return how severe a finding is whose statistic is ``t``: 0 at none, 1 from 6 on."""
    return min(1.0, abs(t) / FULL_SEVERITY_T)


def side_groups(facts: TradeFacts) -> list[Group]:
    """Return long and short trades."""
    return [
        Group("long", facts.long, {"side": "long"}),
        Group("short", ~facts.long, {"side": "short"}),
    ]


def session_groups(facts: TradeFacts, timeframe: str) -> list[Group]:
    """Return trades by the four hours of the day they were decided in, UTC; none on bars longer than that."""
    if DURATION_MS[timeframe] > SESSION_HOURS * 3_600_000:
        return []
    starts = range(0, 24, SESSION_HOURS)
    return [
        Group(
            f"{start:02d}-{start + SESSION_HOURS:02d}",
            facts.hour // SESSION_HOURS == start // SESSION_HOURS,
            {
                "fromHour": start,
                "toHour": start + SESSION_HOURS,
                "hours": f"{start:02d}:00 to {start + SESSION_HOURS:02d}:00 UTC",
            },
        )
        for start in starts
    ]


def weekday_groups(facts: TradeFacts, timeframe: str) -> list[Group]:
    """Return trades by the UTC weekday they were decided on; none on bars longer than a day."""
    if DURATION_MS[timeframe] > DAY_MS:
        return []
    return [
        Group(name.lower(), facts.weekday == day, {"weekday": day, "name": name})
        for day, name in enumerate(WEEKDAYS, start=1)
    ]


def volatility_groups(facts: TradeFacts) -> list[Group]:
    """Return trades by the volatility they were entered in."""
    return [Group(name, facts.volatility == level, {"volatility": name}) for level, name in VOLATILITIES.items()]


def trend_groups(facts: TradeFacts) -> list[Group]:
    """Return trades of each side above and below the long average."""
    return [
        Group(f"{side}-{place}", mask & (facts.trend == above), {"side": side, "place": place})
        for side, mask in (("long", facts.long), ("short", ~facts.long))
        for place, above in (("above", 1), ("below", 0))
    ]


def exit_groups(facts: TradeFacts) -> list[Group]:
    """Return trades by what ended them."""
    return [
        Group(CLOSE_REASONS[code], facts.reason == code, {"exit": CLOSE_REASONS[code]})
        for code in sorted({int(code) for code in facts.reason})
    ]


def table(facts: TradeFacts, groups: list[Group]) -> tuple[dict[str, Any], ...]:
    """Return one row a group that has trades: count, money, and means as fractions of the entry notional."""
    return tuple(_row(facts, group) for group in groups if group.mask.any())


def _row(facts: TradeFacts, group: Group) -> dict[str, Any]:
    net = facts.net[group.mask]
    return {
        "group": group.subject,
        "trades": int(net.size),
        "netProfit": float(facts.net_quote[group.mask].sum()),
        "meanFraction": float(net.mean()),
        "meanCostFraction": float(facts.cost[group.mask].mean()),
        "winRateFraction": float((net > 0).mean()),
        "meanBarsHeld": float(facts.bars_held[group.mask].mean()),
    }


TEMPLATES = {
    "LOSING_SIDE": "the {subject} side loses: {trades|int} trades earn {meanFraction|pct2} each on average, "
    "the other side {restMeanFraction|pct2}",
    "LOSING_SESSION": "entries decided from {hours|text} lose: {trades|int} trades earn {meanFraction|pct2} each, the "
    "rest {restMeanFraction|pct2}",
    "LOSING_WEEKDAY": "entries decided on a {name} lose: {trades|int} trades earn {meanFraction|pct2} each, the "
    "rest {restMeanFraction|pct2}",
    "LOSING_VOLATILITY": "entries in {subject} volatility lose: {trades|int} trades earn {meanFraction|pct2} each, the "
    "rest {restMeanFraction|pct2}",
    "LOSING_TREND": "{side} entries {place} the long average lose: {trades|int} trades earn {meanFraction|pct2} each, "
    "other {side} entries {restMeanFraction|pct2}",
    "LOSING_EXITS": "trades that end by a signal lose: {trades|int} of them earn {meanFraction|pct2} each",
}


def losing(facts: TradeFacts, code: str, groups: list[Group], among: Mask | None = None) -> Iterator[Weakness]:
    """Yield the groups that lose and stand out against the rest (of ``among``, default all trades).

    A group must lose on average, and be worse than the rest at a one-sided 5 % divided by the number of groups with
    trades enough to be compared (Bonferroni). Welch's t on net returns per entry notional, so that a growing account
    does not weigh later trades more.
    """
    within = np.ones(facts.count, dtype=bool) if among is None else among
    compared = [one for one in groups if _enough(one.mask & within) and _enough(~one.mask & within)]
    if not compared:
        return
    threshold = -NormalDist().inv_cdf(1.0 - STAND_OUT / len(compared))
    for group in compared:
        own, rest = facts.net[group.mask & within], facts.net[~group.mask & within]
        t = difference_t(own, rest)
        if own.mean() < 0 and t <= threshold:
            yield _weakness(code, group, facts, own, float(rest.mean()), t)


def losing_sides(facts: TradeFacts) -> Iterator[Weakness]:
    """Yield the side that loses while the other does better."""
    yield from losing(facts, "LOSING_SIDE", side_groups(facts))


def losing_trends(facts: TradeFacts) -> Iterator[Weakness]:
    """Yield the trend in which a side loses, against the other trend of the same side."""
    known = facts.trend != UNKNOWN
    for side in (facts.long, ~facts.long):
        groups = [one for one in trend_groups(facts) if (one.mask & side).any()]
        yield from losing(facts, "LOSING_TREND", groups, among=side & known)


def losing_volatilities(facts: TradeFacts) -> Iterator[Weakness]:
    """Yield low or high volatility where it loses; the middle third is no regime one could stay out of."""
    groups = [one for one in volatility_groups(facts) if one.subject != VOLATILITIES[MIDDLE]]
    yield from losing(facts, "LOSING_VOLATILITY", groups, among=facts.volatility != UNKNOWN)


def losing_exits(facts: TradeFacts) -> Iterator[Weakness]:
    """Yield exits by signal that lose where stops or targets end trades too; stops lose by their nature."""
    mask = facts.reason == SIGNAL
    own, rest = facts.net[mask], facts.net[~mask]
    t = mean_t(own)
    if _enough(mask) and _enough(~mask) and t <= -NormalDist().inv_cdf(1.0 - STAND_OUT):
        yield _weakness("LOSING_EXITS", Group("signal", mask, {"exit": "signal"}), facts, own, float(rest.mean()), t)


def _enough(mask: Mask) -> bool:
    return int(mask.sum()) >= FEWEST_TRADES


def _weakness(code: str, group: Group, facts: TradeFacts, own: FloatArray, rest: float, t: float) -> Weakness:
    evidence = {
        **group.figures,
        "trades": int(own.size),
        "netProfit": float(facts.net_quote[group.mask].sum()),
        "meanFraction": float(own.mean()),
        "restMeanFraction": rest,
        "t": t,
    }
    words = {"{subject}": group.subject} | {f"{{{name}}}": str(value) for name, value in group.figures.items()}
    template = TEMPLATES[code]
    for slot, word in words.items():
        template = template.replace(slot, word)
    return Weakness(code, group.subject, template, evidence, severity_of(t))
