"""What is worth a word and no question: a target that its own costs eat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.port import Assumption
from engine.spec.defaults import BASIC_SLIPPAGE, PERP_FEES, SPOT_FEES

if TYPE_CHECKING:
    from agent.language.builtin.doubting.doubt import Case


def remarks(case: Case) -> list[Assumption]:
    """Return what to say about a draft that is built as it was asked for."""
    if case.draft is None:
        return []
    target = case.draft.spec["risk"].get("take_profit")
    maker, taker = PERP_FEES if case.draft.spec["universe"]["market_type"] == "perp" else SPOT_FEES
    costs = taker + BASIC_SLIPPAGE[0] + maker  # a market entry, and a limit fill at the target
    if target is None or target["type"] != "percent" or not 0 < target["value"] <= costs:
        return []
    text = (
        f"a target of {target['value'] * 100:g} % is no farther than the usual costs of a round trip "
        f"({costs * 100:g} %): a trade that reaches it still loses"
    )
    return [Assumption("risk.take_profit.value", target["value"], text)]
