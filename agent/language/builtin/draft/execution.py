"""How the orders of a draft are carried out: fill, limit entry, fees and slippage (``fees 0.1%``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.language.builtin.writing import plain_number

if TYPE_CHECKING:
    from agent.language.builtin.costs import Cost
    from agent.language.builtin.draft.said import Said
    from agent.language.builtin.draft.sheet import Draft

FEES = {"fee": ("maker", "taker"), "maker": ("maker",), "taker": ("taker",)}
"""Rates of the spec that a named cost sets."""

MOST = {"fee": 0.1, "maker": 0.1, "taker": 0.1, "slippage": 0.05}
"""The largest rates a spec holds."""

NAMES = {"fee": "fee", "maker": "maker fee", "taker": "taker fee", "slippage": "slippage"}


def carry_out(said: Said, draft: Draft) -> None:
    """Write ``execution`` as far as it was said."""
    execution: dict[str, Any] = draft.spec["execution"]
    if said.fill is not None:
        execution["fill"] = said.fill
    if said.limit is not None:
        order = {name: plain_number(value) for name, value in said.limit.items()}
        execution["entry_order"] = {"type": "limit", **order}
    for cost in said.costs:
        _charge(cost, execution, draft)


def _charge(cost: Cost, execution: dict[str, Any], draft: Draft) -> None:
    path = "execution.slippage" if cost.kind == "slippage" else "execution.fees"
    if cost.value > MOST[cost.kind]:
        most = f"{MOST[cost.kind] * 100:g} %"
        draft.ask(path, f"a {NAMES[cost.kind]} of {cost.value * 100:g} % of each fill is more than {most}: how much?")
        return
    value = plain_number(round(cost.value, 10))
    if cost.kind == "slippage":
        execution["slippage_model"] = "custom"
        execution["slippage"] = {"base": value}
    else:
        execution.setdefault("fees", {}).update(dict.fromkeys(FEES[cost.kind], value))
    if cost.unsaid:
        draft.assume(path, value, f"the {NAMES[cost.kind]} is taken as {cost.value * 100:g} % of each fill")
