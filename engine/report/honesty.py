"""An honesty card in words: the verdict, why it is no better, and every figure that was weighed."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from engine.evidence.plateau import PLATEAU_WARNING
from engine.report.claims import claim_on_card
from engine.report.figures import exact_percent, number, percent, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MEANING = {
    "REJECTED": "what was seen speaks against it",
    "UNPROVEN": "nothing here shows an edge beyond luck",
    "VALIDATED": "search and holdout together show an edge beyond luck, as far as history can",
    "FORWARD": "days that came after it was announced show the edge again",
}
LUCK = "luck alone makes the best of all trials look as good that often"
NAMES = 16
"""Columns that the names of the lines take."""

FEWEST_COLUMNS = 40
DATA_HASH = 12
"""Digits of the digest of the candles that are shown."""


def card_lines(card: Mapping[str, Any], width: int | None = None) -> list[str]:
    """Return an honesty card (`engine.judging.card.honesty_card`) as lines of text for a person.

    Parameters
    ----------
    card : mapping
        The card as it is kept; an older one may lack figures.
    width : int, optional
        Columns that a line may take, 40 or more: what is longer goes on below, indented. Default one line a figure.

    Examples
    --------
    >>> from engine import DemoMarket, check
    >>> from engine.evidence.verdict import judge
    >>> from engine.judging.card import honesty_card
    >>> from engine.judging.selection import selection_case
    >>> from engine.spec.examples import SMA_CROSS
    >>> market = DemoMarket()
    >>> case = selection_case(check({**SMA_CROSS, "universe": {"assets": ["BTC"], "timeframe": "1h"}}).spec, market, [])
    >>> lines = card_lines(honesty_card(case, judge(case.evidence), families=["BTC"], total=9, looks_taken=0))
    >>> lines[0].split(":")[0] in ("UNPROVEN", "REJECTED"), lines[1].startswith("judged on")
    (True, True)
    """
    first = f"{card['verdict']}: {MEANING[card['verdict']]}"
    lines = [first, *(f"{name:<{NAMES}}{words}" for name, words in _rows(card))]
    if width is None:
        return lines
    return [part for line in lines for part in _wrapped(line, max(width, FEWEST_COLUMNS))]


def was_looked_into(card: Mapping[str, Any]) -> bool:
    """Tell whether a card is that of a look; without one its holdout's part says what is known of it beforehand.

    >>> was_looked_into({"holdout": {"look": 1, "p": 0.01}}), was_looked_into({"holdout": {"seen": True}})
    (True, False)
    """
    return "look" in card.get("holdout", {})


def may_be_looked_into(card: Mapping[str, Any]) -> bool:
    """Tell whether a look could be had when a card without one was made; an older card has the looks left alone.

    >>> may_be_looked_into({"holdout": {"lookPossible": False}, "looks": {"nextAlpha": 0.03}})
    False
    """
    return bool(card.get("holdout", {}).get("lookPossible", card["looks"]["nextAlpha"]))


def is_of_later_days(card: Mapping[str, Any]) -> bool:
    """Tell whether the look was taken at days that came after the strategy was validated: they are judged alone.

    >>> is_of_later_days({"holdout": {"look": 1}}), is_of_later_days({"holdout": {"look": 1, "pCombined": 0.02}})
    (True, False)
    """
    return was_looked_into(card) and "pCombined" not in card["holdout"]


def _wrapped(line: str, width: int) -> list[str]:
    """Return a line in parts below its own name, no figure torn from its sign of per cent."""
    parts = textwrap.wrap(
        line.replace(" %", "\u00a0%"),
        width,
        subsequent_indent=" " * NAMES,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [part.replace("\u00a0", " ") for part in parts]


def _rows(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "judged on", _candles(card)
    against = "not FORWARD" if is_of_later_days(card) else "against"
    for one in card["findings"]:
        if not one["holds"]:
            yield (against if one["gate"] else "caution"), one["message"]
    yield from _search(card)
    yield from _later_days(card) if is_of_later_days(card) else _holdout(card)
    measured = number(card["sharpe"]["measured"])
    yield "sharpe", f"annual {claim_on_card(card)}; measured {measured} before choosing is taken off"
    yield from _track_record(card)
    if "deflatedSharpe" in card:
        yield "deflated Sharpe", _deflated(card["deflatedSharpe"])
    if "overfitting" in card:
        share = percent(card["overfitting"], 0)
        yield "overfitting", f"in {share} of halves the best of one half is below the middle of the other (PBO)"
    yield from _sturdiness(card)
    yield "beyond market", _beyond(card["beyondMarket"])
    for one in card["assumed"]:
        yield "assumed", one


_FORMS = {"of2014": "2014", "of2026": "2026"}


def _deflated(scores: Mapping[str, Any]) -> str:
    forms = ", ".join(f"{number(scores[name])} ({year})" for name, year in _FORMS.items() if name in scores)
    trials, of = scores.get("trials"), ""
    if trials is not None:
        of = f" for {number(trials, 1)} independent {'trial' if trials == 1 else 'trials'} by plain returns"
    return f"{forms}{of}: scores up to 1, not the probability of an edge; no rule uses them"


def _candles(card: Mapping[str, Any]) -> str:
    window, candles = card["window"], card["strategy"]["dataHash"][:DATA_HASH]
    span = f"{plural(window['days'], 'day')} of the selection part, {_days(window)}"
    these = "these and of the days looked at" if was_looked_into(card) else "these"
    return f"{span}, candles {candles}: the verdict is of {these}, of no other candles"


def _days(window: Mapping[str, Any]) -> str:
    return f"{window['start'][:10]} to {window['end'][:10]}"


def _search(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    trials, search = card["trials"], card["search"]
    total, led = plural(trials["total"], "trial"), trials.get("unplanned", 0)
    words = f"{total} on {' and '.join(trials['families'])}, worth {_independent(card, 'one')}"
    if led:
        words += f"; {led:,} of them {'was' if led == 1 else 'were'} in no planned search: such count one by one"
    yield "trials", words
    tries = plural(led, "unplanned try", "unplanned tries")
    counted = f"luck alone makes the best of {tries} and the judged one look as good that often"
    yield "search", f"p {_p(search['p'])}: {counted if search['path'] == 'counted' else LUCK}"


def _independent(card: Mapping[str, Any], noun: str) -> str:
    return plural(round(card["trials"]["effective"]), f"independent {noun}")


def _holdout(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    seen = card.get("holdout", {})
    if not was_looked_into(card):
        yield "holdout", _without_look(card, seen)
        return
    yield "holdout", f"look {seen['look']} of {card['looks']['of']}: {_said(seen)}"
    alpha = f"at most {seen['alpha']:.4f} validates at this look"
    yield "together", f"p {_p(seen['pCombined'])} of search and holdout: {alpha}"
    yield "looks", _looks(card)


def _without_look(card: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """Return what is known of a holdout that no look was taken into; an older card knows the looks alone."""
    looks = card["looks"]
    taken = f"{looks['taken']} of {looks['of']} looks taken"
    if "lookPossible" in known and "start" not in known:
        return f"none: {known['noLook']['message']}"
    if not known.get("seen"):
        if looks["nextAlpha"] and not may_be_looked_into(card):
            return f"not looked at, and no look can be had: {known['noLook']['message']}"
        return f"not looked at; {_looks(card)}"
    left = plural(known["unseenDays"], "unseen day")
    seen = f"SEEN until {known['seenUntil'][:16].replace('T', ' ')} {known['seenBy']}; {left} left"
    if may_be_looked_into(card):
        coming = known["nextLook"]
        days = f"{plural(coming['days'], 'day')} from {coming['start'][:10]} on"
        return f"{seen}, the next look takes {days}; {_looks(card)}"
    return f"{seen}, a look takes {known['noLook']['leastDays']}: none is possible; {taken}"


def _later_days(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    seen = card["holdout"]
    after = f"look {seen['look']} of {card['looks']['of']} at days after it was validated"
    yield "later days", f"{after}: {_said(seen)}; a p of at most {seen['alpha']:.4f} makes it FORWARD"
    yield "later looks", _looks(card)


def _said(seen: Mapping[str, Any]) -> str:
    figures = f"p {_p(seen['p'])} beyond the market, {_p(seen['pPlain'])} of its own return"
    span = f"{seen['firstDay']} to {seen['lastDay']}" if "firstDay" in seen else _days(seen)
    return f"{figures} ({plural(seen['days'], 'day')}, {span})"


def _p(value: float) -> str:
    """Write a p-value, which is never 0."""
    return f"{value:.4f}" if value >= 0.0001 else "below 0.0001"


def _looks(card: Mapping[str, Any]) -> str:
    looks = card["looks"]
    coming = card.get("holdout", {}).get("nextLook", {})
    which = f"look {coming['number']}, which was broken off," if coming.get("brokenOff") else "the next"
    left = f"{which} may take luck for an edge with probability {looks['nextAlpha']:.4f}"
    return f"{looks['taken']} of {looks['of']} looks taken, {left if looks['nextAlpha'] else 'none is left'}"


def _track_record(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    least = card.get("leastDays")
    needed = "none are enough for a Sharpe ratio that is not above 0"
    if least is not None:
        needed = f"{least:,.0f} needed to tell its Sharpe ratio from 0 (MinTRL)"
    yield "track record", f"{plural(card['window']['days'], 'day')} measured, {needed}"
    if "minimumBacktest" in card:
        least_years = card["minimumBacktest"]
        years = f"{number(least_years['measured'], 1)} measured, {number(least_years['years'], 1)} needed"
        best = f"with fewer the best of {_independent(card, 'trial')} has an annual Sharpe ratio above"
        luck = f"{least_years['annualSharpe']:g} without any edge, on average (MinBTL)"
        yield "years of data", f"{years}: {best} {luck}"


def _beyond(beyond: Mapping[str, Any]) -> str:
    words = f"{percent(beyond['yearly'], signed=True)} a year beyond holding"
    if "low" in beyond:
        ends = " to ".join(percent(beyond[end], signed=True) for end in ("low", "high"))
        words += f", {percent(beyond['confidence'], 0)} interval {ends}"
    if "psr" in beyond:
        words += f"; PSR {number(beyond['psr'])}; choosing the best is not taken off here"
    return words


def _costs(costs: Mapping[str, Mapping[str, float]]) -> str:
    fees, slippage = costs["fees"], costs["slippage"]
    words = f"fees {exact_percent(fees['maker'])} maker, {exact_percent(fees['taker'])} taker; "
    words += f"slippage {exact_percent(slippage['base'])} of the price"
    if slippage["kv"] or slippage["kp"]:
        words += f", more in moving markets and for large orders (kv {slippage['kv']:g}, kp {slippage['kp']:g})"
    return words


def _is_free(card: Mapping[str, Any]) -> bool:
    """Tell whether it was tested without any costs; an older card does not know."""
    costs = card.get("costs")
    return costs is not None and max(*costs["fees"].values(), *costs["slippage"].values()) <= 0.0


def _sturdiness(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "plateau" in card:
        ratio = card["plateau"].get("ratio")
        around = plural(card["plateau"]["around"], "neighbour")
        if ratio is None:
            yield "plateau", f"no score above 0 to compare its {around} with"
        else:
            doubt = "" if ratio >= PLATEAU_WARNING else ", which is doubtful"
            yield "plateau", f"the median of {around} has {percent(ratio, 0)} of its score{doubt}"
    if "costs" in card:
        yield "costs", _costs(card["costs"])
    if "stressedReturn" in card:
        told = f"return {percent(card['stressedReturn'], signed=True)} in the selection part"
        yield "costs twice", f"{told}{', at twice nothing' if _is_free(card) else ''}"
    if "noise" in card:
        noise, runs = card["noise"], plural(card["noise"]["runs"], "run")
        drop, above = percent(abs(noise["medianDrop"]), 0), percent(noise["positiveShare"], 0)
        moves = "rises" if noise["medianDrop"] < 0 else "falls"
        words = f"its Sharpe ratio {moves} by {drop} (median) and is above 0 in {above} of {runs}"
        yield "noisy prices", f"{words}: {'holds' if noise['holds'] else 'does not hold'}"
