"""What to ask about a changed strategy that is valid, and can hardly be meant so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.language.builtin.editing.limits import WHOSE
from agent.language.builtin.editing.worksheet import Ask
from agent.spec_words import per_cent

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from engine.spec import Problem

FAR = 5
"""A leverage that is raised so many times over, and beyond so much, is asked about."""

EMPTY = ("NEVER_TRUE", "ALWAYS_TRUE")


def asked_afterwards(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    problems: Sequence[Problem],
    known: Collection[tuple[str, str]],
) -> Ask | None:
    """Return the first thing to ask about a changed strategy, None when it can be taken as it is.

    Parameters
    ----------
    before, after : mapping
        The strategy as it was and as it is to be, both valid.
    problems : sequence of Problem
        What the check of the new one warns of.
    known : collection of (code, path)
        What it warned of before.
    """
    for one in problems:
        if (one.code, one.path) in known:
            continue
        path = one.path.removeprefix("$.")
        if one.code == "NO_EXIT":
            text = (
                "with that change nothing would ever close a position: which exit, stop, target or time limit instead?"
            )
            return Ask("signals.exit", text)
        if one.code == "SIZE_CUT":
            return Ask(path, _cut(after))
        if one.code in EMPTY:
            return Ask(path, f"with that change a condition is {one.message}: which level instead?")
        if one.code == "FAST_NOT_FASTER" and _same_line(after, path):
            text = "with that change the fast and the slow line would be one and the same: which length instead?"
            return Ask(path, text)
    return _far_leverage(before["risk"], after["risk"])


def _cut(spec: Mapping[str, Any]) -> str:
    """What to ask where every position would be cut to a limit."""
    size, risk = float(spec["sizing"]["value"]), spec["risk"]
    spot = spec["universe"].get("market_type") != "perp"
    limits = {f"{of} ({name})": float(risk[name]) for name, of in WHOSE.items() if risk.get(name) is not None}
    limits["leverage (max_leverage)"] = 1.0 if spot else float(risk.get("max_leverage") or 1)
    of, limit = min(limits.items(), key=lambda one: one[1])
    return (
        f"each position of {per_cent(size)} of equity would be cut to {per_cent(limit)}, the limit of {of}: raise that "
        f"limit, or use a size within it?"
    )


def _same_line(spec: Mapping[str, Any], path: str) -> bool:
    """True when the indicator of a path reads the same as another one."""
    key = path.split(".")[1]
    own = spec["indicators"].get(key)
    return own is not None and any(one == own for name, one in spec["indicators"].items() if name != key)


def _far_leverage(before: Mapping[str, Any], after: Mapping[str, Any]) -> Ask | None:
    """A leverage far beyond the limit the strategy had: the owner's own words may raise it, once they say so."""
    limit, leverage = before.get("max_leverage"), after.get("max_leverage")
    if not limit or not leverage or leverage <= FAR or leverage < FAR * limit:
        return None
    text = (
        f"a leverage of {leverage:g} is {leverage / limit:g} times the limit of {limit:g}, and a move of "
        f"{100 / leverage:.3g} % against a full position would liquidate it: raise the limit to {leverage:g}, or "
        f"stay at {limit:g}?"
    )
    return Ask("risk.max_leverage", text)
