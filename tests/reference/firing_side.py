"""Short rules decided, without the validator in front (which refuses plain contradictions itself)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reference.firing_cases import INDICATORS
from reference.rules_in_short import rule

from engine.proofs.satisfiability.formula import Formulas
from engine.proofs.satisfiability.operands import Operands
from engine.proofs.satisfiability.search import Open, Refuted, decide
from engine.proofs.satisfiability.system import Systems
from engine.spec.models import Condition, Indicator

if TYPE_CHECKING:
    from engine.spec.models import StrategySpec


def condition(data: dict[str, Any]) -> Condition:
    """Return a condition model of JSON data."""
    data = dict(data)
    for field in ("conditions", "filters"):
        if field in data:
            data[field] = tuple(condition(part) for part in data[field])
    return Condition(**data)


def decided(data: dict[str, Any] | str, timeframe: str = "4h") -> Refuted | Open:
    """Decide whether a condition can be true."""
    one = condition(rule(data) if isinstance(data, str) else data)
    operands = Operands({key: (it["type"], it["inputs"]) for key, it in INDICATORS.items()}, timeframe)
    return decide(Formulas(operands).holds(one, "true"), Systems(operands))


def indicators_of(*texts: str) -> dict[str, Any]:
    """Return the indicators that short rules name."""
    words = {word for text in texts for word in re.findall(r"[a-z][a-z0-9_]*", text)}
    return {key: it for key, it in INDICATORS.items() if key in words}


def models() -> dict[str, Indicator]:
    """Return all indicators as a spec holds them."""
    return {key: Indicator(**it) for key, it in INDICATORS.items()}


def spec_of(
    entry: str | list[str], leave: str | list[str] = (), *, timeframe: str = "4h", **sections: Any
) -> StrategySpec:
    """Return a checked spec with short rules; ``short`` and ``short_exit`` make it trade perpetuals."""
    from engine.spec import check
    from engine.spec.examples import SMA_CROSS

    def rules(texts: str | list[str]) -> list[str]:
        return [texts] if isinstance(texts, str) else list(texts)

    short, short_exit = rules(sections.pop("short", ())), rules(sections.pop("short_exit", ()))
    every = [*rules(entry), *rules(leave), *short, *short_exit]
    signals: dict[str, Any] = {
        "entry": [rule(text) for text in rules(entry)],
        "exit": [rule(text) for text in rules(leave)],
    }
    if short:
        signals["short"] = {"entry": [rule(text) for text in short], "exit": [rule(text) for text in short_exit]}
    signals |= sections.pop("signals", {})
    document = {
        **SMA_CROSS,
        "universe": {"assets": ["BTC"], "timeframe": timeframe, "market_type": "perp" if short else "spot"},
        "indicators": indicators_of(*every),
        "signals": signals,
        **sections,
    }
    checked = check(document)
    assert checked.spec is not None, checked.problems
    return checked.spec
