"""Paraphrases of strategies whose meaning is known: said in many ways, each with the one right reading."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evals import paraphrase_words as words
from evals.paraphrase_strategies import strategies

if TYPE_CHECKING:
    from evals.paraphrase_strategies import Rule, Strategy
    from evals.paraphrase_words import Choose

LIMITS = {"max_position_pct": 0.20, "max_total_exposure_pct": 0.50}
SLIPS, ALL_LOWER, ALL_UPPER = 0.2, 0.25, 0.06
"""Shares of texts with a slip of the hand, in lower case, in capitals."""


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """One way to say a strategy; ``spec`` is what it means, ``is_plain`` marks the plainest way."""

    id: str
    strategy: Strategy
    text: str
    is_plain: bool
    spec: dict[str, Any] = field(repr=False)

    @property
    def case(self) -> dict[str, Any]:
        """The paraphrase as a case: everything the strategy has is stated in the text."""
        return case_of(self.strategy, self.id, self.text)


def paraphrases(n: int, seed: int) -> tuple[Paraphrase, ...]:
    """Return the plainest text of every strategy, then ``n`` others drawn from ``seed``, the strategies in turn."""
    known = strategies()
    plain = [Paraphrase(f"{one.name}-plain", one, plainly(one), True, spec_of(one)) for one in known]
    drawn = []
    for number in range(n):
        one = known[number % len(known)]
        rng = random.Random(f"{seed} {number}")
        drawn.append(Paraphrase(f"{one.name}-{number}", one, said(one, rng), False, spec_of(one)))
    return (*plain, *drawn)


def plainly(strategy: Strategy) -> str:
    """Return a strategy in the plainest words."""
    return ". ".join(_clauses(strategy, lambda forms: forms[0])) + "."


def said(strategy: Strategy, rng: random.Random) -> str:
    """Return a strategy in drawn words: forms of numbers, order of clauses, synonyms, joints, filler, one slip."""
    scope, entry, *rest = _clauses(strategy, rng.choice)
    rng.shuffle(rest)
    clauses = [entry, *rest]
    if rng.random() < 0.25:
        rng.shuffle(clauses)
    clauses.insert(rng.choice((0, 0, 0, len(clauses))), scope)
    joint = rng.choice(words.JOINTS)
    text = joint.join(clauses)
    if joint == "\n- ":
        text = f"\n- {text}"
    text = rng.choice(words.FILLERS_BEFORE) + text
    text += ("." if joint.startswith(".") else "") + rng.choice(words.FILLERS_AFTER)
    if rng.random() < SLIPS:
        text = words.with_a_slip(text, rng)
    case = rng.random()
    return text.lower() if case < ALL_LOWER else text.upper() if case > 1 - ALL_UPPER else text


def _clauses(strategy: Strategy, choose: Choose) -> list[str]:
    """Return scope and entry, then exit, stop, target and size where the strategy has them."""
    scope = choose(words.SCOPES).format(
        asset=choose(words.ASSETS[strategy.asset]), timeframe=choose(words.TIMEFRAMES[strategy.timeframe])
    )
    clauses = [scope, choose(words.ENTRIES[strategy.side]).format(_all_of(strategy.entry, choose))]
    if strategy.leave:
        clauses.append(choose(words.EXITS[strategy.side]).format(_all_of(strategy.leave, choose)))
    if strategy.stop is not None:
        clauses.append(choose(words.STOPS).format(words.percentage(strategy.stop, choose)))
    if strategy.target is not None:
        clauses.append(choose(words.TARGETS).format(words.percentage(strategy.target, choose)))
    if strategy.size is not None:
        form = choose(words.SIZES)
        amount = words.share_of_equity if " of " in form else words.percentage
        clauses.append(form.format(amount(strategy.size, choose)))
    return clauses


def _all_of(rules: tuple[Rule, ...], choose: Choose) -> str:
    texts = [rule.say(choose) for rule in rules]
    return texts[0] if len(texts) == 1 else choose(words.BOTH).format(*texts)


def spec_of(strategy: Strategy) -> dict[str, Any]:
    """Return the spec a strategy means, with the defaults of what it leaves out."""
    size, is_short = strategy.size or 0.10, strategy.side == "short"
    rules = {"entry": _list(strategy.entry), "exit": _list(strategy.leave)}
    risk: dict[str, Any] = {"max_leverage": 2 if is_short else 1}
    risk |= {name: max(limit, size) for name, limit in LIMITS.items()}
    for name, level in (("stop_loss", strategy.stop), ("take_profit", strategy.target)):
        if level is not None:
            risk[name] = {"type": "percent", "value": level}
    return {
        "id": strategy.name,
        "name": strategy.name,
        "version": "1.0",
        "universe": {
            "assets": [strategy.asset],
            "timeframe": strategy.timeframe,
            "market_type": "perp" if is_short else "spot",
        },
        "indicators": {key: {"type": kind, "inputs": inputs} for key, kind, inputs in _indicators(strategy)},
        "signals": {"entry": [], "exit": [], "short": rules} if is_short else rules,
        "sizing": {"mode": "percent_equity", "value": size},
        "risk": risk,
        "execution": {"mode": "paper"},
    }


def case_of(strategy: Strategy, case_id: str, text: str) -> dict[str, Any]:
    """Return a strategy as a case in which nothing is open but a size that is not named."""
    levels = {"stop_loss": strategy.stop, "take_profit": strategy.target}
    percent = {name: None if one is None else {"type": "percent", "value": one} for name, one in levels.items()}
    sizing = None if strategy.size is None else {"mode": "percent_equity", "value": strategy.size}
    return {
        "id": case_id,
        "category": strategy.name,
        "language": "en",
        "text": text,
        "disposition": "build",
        "fields": {"fill": [], "ask": [], "assume_and_disclose": [], "refuse": []},
        "expected": {
            "assets": [strategy.asset],
            "timeframe": strategy.timeframe,
            "indicators": [{"key": key, "type": kind, "params": given} for key, kind, given in _indicators(strategy)],
            "entry": {strategy.side: _list(strategy.entry)},
            "exit": {strategy.side: _list(strategy.leave)},
            **percent,
            "sizing": sizing,
        },
    }


def _list(rules: tuple[Rule, ...]) -> list[dict[str, Any]]:
    conditions = [rule.condition for rule in rules]
    return conditions if len(conditions) < 2 else [{"when": "and", "conditions": conditions}]


def _indicators(strategy: Strategy) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    found = {
        key: (key, kind, given) for rule in (*strategy.entry, *strategy.leave) for key, kind, given in rule.indicators
    }
    return tuple(found.values())
