"""What is worth a word and no question: a target that its own costs eat, a long warm-up in a named span."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.port import Assumption
from engine.spec.defaults import BASIC_SLIPPAGE
from engine.spec.models import Universe
from engine.spec.venues import rates_of

if TYPE_CHECKING:
    from agent.language.builtin.doubting.doubt import Case
    from agent.language.builtin.draft import Draft


LONG_WARMUP = 100
"""Bars of warm-up from which on a named span is told of them."""


def remarks(case: Case) -> list[Assumption]:
    """Return what to say about a draft that is built as it was asked for."""
    if case.draft is None:
        return []
    return [*_eaten_target(case.draft), *_warmup(case.draft, case)]


def _warmup(draft: Draft, case: Case) -> list[Assumption]:
    """The bars before every indicator has a value, where a span to test was named."""
    from engine.indicators.graph import longest_warmup

    spanned = any(item.kind == "window" and item.data.start is not None for item in case.heard.items)
    used = {key: (str(one["type"]), dict(one["inputs"])) for key, one in draft.spec["indicators"].items()}
    bars = longest_warmup(used, draft.spec["universe"]["timeframe"]) if spanned else 0
    if bars < LONG_WARMUP:
        return []
    text = (
        f"the warm-up of the indicators takes {bars} bars: those before the span are used where there are candles, "
        "else as many of its first bars trigger nothing"
    )
    return [Assumption("indicators", bars, text)]


def _eaten_target(draft: Draft) -> list[Assumption]:
    """A target no farther than the costs of a round trip."""
    target = draft.spec["risk"].get("take_profit")
    fees = rates_of(Universe.model_construct(**draft.spec["universe"]))
    costs = fees.taker + BASIC_SLIPPAGE[0] + fees.maker  # a market entry, and a limit fill at the target
    if target is None or target["type"] != "percent" or not 0 < target["value"] <= costs:
        return []
    text = (
        f"a target of {target['value'] * 100:g} % is no farther than the usual costs of a round trip "
        f"({costs * 100:g} %): a trade that reaches it still loses"
    )
    return [Assumption("risk.take_profit.value", target["value"], text)]
