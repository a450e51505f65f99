"""How much a position takes: ``10% of equity``, ``risk 1%``, ``500 each``, ``equal weight``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.language.builtin.sizes import POSITION_SIZES
from agent.language.builtin.writing import plain_number

if TYPE_CHECKING:
    from agent.language.builtin.draft.said import Said
    from agent.language.builtin.draft.sheet import Draft
    from agent.language.builtin.sizes import Size

DEFAULT_SIZE = 0.10
USUAL_ATR_LENGTH = 14

BY_RISK = ("risk_per_trade", "atr_risk")
"""Sizes by what is risked: beside them a share of equity limits, and does not size."""


def sizing_of(said: Said, n_assets: int, draft: Draft, most: float | None = None) -> dict[str, Any]:
    """Return the sizing of a draft; what was not said is noted, sizes that disagree are asked about.

    ``most`` is the share of equity that the person lets one position have, where that was said or is stored: a size
    that nobody named stays within it.
    """
    size = _one_size(said, draft)
    if size is None:
        usual = plain_number(DEFAULT_SIZE if most is None else min(DEFAULT_SIZE, round(most, 10)))
        draft.assume("sizing", usual, f"no size was named: {round(usual * 100, 8):g} % of equity per position")
        sizing: dict[str, Any] = {"mode": "percent_equity", "value": usual}
    else:
        sizing = _written(size, n_assets, draft)
    positions = said.size("max_positions")
    if positions is not None:
        sizing["max_positions"] = int(positions.value)
    return sizing


def _one_size(said: Said, draft: Draft) -> Size | None:
    """The size that counts: the first; beside a share of equity, what is risked per trade."""
    distinct = list(dict.fromkeys(one for one in said.sizes if one.kind in POSITION_SIZES))
    kinds = {one.kind for one in distinct}
    if len(distinct) > 1 and len(kinds) == 1:
        draft.ask("sizing.value", "two different sizes are given: which one?")
    elif "percent_equity" in kinds and kinds & set(BY_RISK):
        distinct = [one for one in distinct if one.kind in BY_RISK]
    return distinct[0] if distinct else None


def _written(size: Size, n_assets: int, draft: Draft) -> dict[str, Any]:
    if size.kind == "equal_weight":
        draft.assume("sizing.value", 1 / n_assets, f"equal weight of {n_assets} assets")
        sizing = {"mode": "percent_equity", "value": plain_number(round(1 / n_assets, 4))}
        if n_assets > 1:
            sizing["max_positions"] = n_assets
        return sizing
    if size.kind == "percent_equity" and size.value > 1:
        draft.ask("sizing.value", f"{size.value * 100:g} % of equity in one position needs leverage: how much?")
        return {"mode": "percent_equity", "value": 1}
    if size.upto is not None:
        draft.ask("sizing.value", f"the size lies between {size.value * 100:g} % and {size.upto * 100:g} %: which one?")
    if size.unsaid:
        text = f"'{size.value * 100:g} %' is taken as the size of a position"
        draft.assume("sizing.value", plain_number(size.value), text)
    sizing = {"mode": size.kind, "value": plain_number(round(size.value, 10))}
    if size.multiple is not None:
        sizing["multiple"] = plain_number(size.multiple)
        if size.length is not None:
            sizing["length"] = int(size.length)
        else:
            draft.assume("sizing.length", USUAL_ATR_LENGTH, f"the size uses ATR({USUAL_ATR_LENGTH}), the usual length")
    return sizing
