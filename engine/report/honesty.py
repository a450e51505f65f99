"""An honesty card in words: the verdict, why it is no better, and every figure that was weighed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.evidence.plateau import PLATEAU_WARNING
from engine.report.claims import claim_on_card
from engine.report.figures import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MEANING = {
    "REJECTED": "what was seen speaks against it",
    "UNPROVEN": "nothing here shows an edge beyond luck",
    "VALIDATED": "search and holdout together show an edge beyond luck, as far as history can",
    "FORWARD": "days that came after it was announced show the edge again",
}
LUCK = "luck alone, the best of all trials, looks as good"


def card_lines(card: Mapping[str, Any]) -> list[str]:
    """Return an honesty card (`engine.judging.card.honesty_card`) as lines of text for a person.

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
    >>> lines[0].split(":")[0] in ("UNPROVEN", "REJECTED"), lines[1].startswith("trials")
    (True, True)
    """
    return [f"{card['verdict']}: {MEANING[card['verdict']]}", *(f"{name:<16}{words}" for name, words in _rows(card))]


def _rows(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    trials, search, window = card["trials"], card["search"], card["window"]
    families = " and ".join(trials["families"])
    effective = f"as {trials['effective']:.0f} independent ones"
    led = f"; {trials['unplanned']:,} were tried after others were seen" if trials.get("unplanned") else ""
    yield "trials", f"{plural(trials['total'], 'trial')} on {families}, {effective}{led}"
    counted = f"{trials.get('unplanned', 0) + 1:,} tries that results led to, counted one by one, do as well by luck"
    yield "search", f"p {search['p']:.4f}: {counted if search['path'] == 'counted' else LUCK} that often"
    yield from _holdout(card)
    yield "sharpe", f"{claim_on_card(card)}; measured {card['sharpe']['measured']:.2f} before choosing is taken off"
    least = card.get("leastDays")
    needed = "no track record is long enough" if least is None else f"{least:,.0f} needed for its Sharpe ratio"
    yield "track record", f"{window['days']:,} days, {needed}"
    deflated = card.get("deflatedSharpe", {})
    if deflated:
        forms = [f"{deflated[name]:.2f} ({year})" for name, year in _FORMS.items() if name in deflated]
        yield "deflated Sharpe", f"{', '.join(forms)}; a score, no test"
    if "overfitting" in card:
        yield "overfitting", f"{card['overfitting']:.0%} of halves: their best is below the middle of the other half"
    yield from _sturdiness(card)
    beyond = card["beyondMarket"]
    sure = f", above 0 with probability {beyond['psr']:.2f} were it not chosen" if "psr" in beyond else ""
    yield "beyond market", f"{beyond['yearly']:+.1%} a year beyond holding{sure}"
    for one in card["findings"]:
        if not one["holds"]:
            yield ("against" if one["gate"] else "caution"), one["message"]
    for one in card["assumed"]:
        yield "assumed", one


_FORMS = {"of2014": "2014", "of2026": "2026"}


def _holdout(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    looks, seen = card["looks"], card.get("holdout")
    left = f"{looks['taken']} of {looks['of']} looks taken"
    left += f", the next may err with {looks['nextAlpha']:.4f}" if looks["nextAlpha"] else ", none is left"
    if seen is None:
        yield "holdout", f"not looked at; {left}"
        return
    span = f"{seen['days']} days, {seen['start'][:10]} to {seen['end'][:10]}"
    yield "holdout", f"look {seen['look']}: p {seen['p']:.4f} beyond the market, {seen['pPlain']:.4f} plain ({span})"
    if "pCombined" in seen:
        yield "together", f"p {seen['pCombined']:.4f}, allowed {seen['alpha']:.4f}"
    yield "looks", left


def _sturdiness(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "plateau" in card:
        ratio = card["plateau"].get("ratio")
        around = plural(card["plateau"]["around"], "neighbour")
        if ratio is None:
            yield "plateau", f"no score above 0 to compare its {around} with"
        else:
            doubt = "" if ratio >= PLATEAU_WARNING else ", which is doubtful"
            yield "plateau", f"the median of {around} has {ratio:.0%} of its score{doubt}"
    if "stressedReturn" in card:
        yield "costs twice", f"return {card['stressedReturn']:+.1%} in the selection part"
    if "noise" in card:
        noise = card["noise"]
        words = f"Sharpe falls by {noise['medianDrop']:.0%} (median), above 0 in {noise['positiveShare']:.0%}"
        yield (
            "noisy prices",
            f"{plural(noise['runs'], 'run')}: {words}: {'holds' if noise['holds'] else 'does not hold'}",
        )
