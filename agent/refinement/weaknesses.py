"""A weakness of a tested strategy: what loses, with its figures as data, and how strongly that stands out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FEWEST_TRADES = 30
"""Closed trades a group needs before anything is said of it: below, the error of its mean trade is above a fifth of the
deviation of a single one (1 / root 30 = 0.18), and some group of every strategy looks bad."""

_SLOT = re.compile(r"\{(\w+)\|([\w.]+)\}")


@dataclass(frozen=True, slots=True)
class Weakness:
    """One finding of a diagnosis.

    ``code`` is stable; ``subject`` tells findings of one code apart (``short``, ``08-12``). ``template`` is a sentence
    with slots ``{name|format}`` for the figures of ``evidence``, which is JSON data: fractions of one, money in quote
    currency, times in bars. ``severity`` in [0, 1] orders weaknesses; it is no probability.
    """

    code: str
    subject: str
    template: str
    evidence: Mapping[str, Any]
    severity: float

    @property
    def key(self) -> str:
        """Code and subject, unique within a diagnosis."""
        return f"{self.code}:{self.subject}" if self.subject else self.code

    @property
    def text(self) -> str:
        """The sentence with its figures filled in."""
        return filled(self.template, self.evidence)

    def as_dict(self) -> dict[str, Any]:
        """Return the weakness as JSON data."""
        return {
            "code": self.code,
            "subject": self.subject,
            "text": self.text,
            "evidence": dict(self.evidence),
            "severity": self.severity,
        }


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Where a strategy's losses come from: weaknesses, the strongest first, and the tables they were read from.

    ``tables`` maps a name (``side``, ``session``, ``exit`` ...) to rows of JSON data; a row is shown whatever its
    count, a weakness is claimed only from `FEWEST_TRADES` on. ``notes`` say what could not be told.
    """

    trade_count: int
    weaknesses: tuple[Weakness, ...]
    tables: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the diagnosis as JSON data."""
        return {
            "tradeCount": self.trade_count,
            "weaknesses": [one.as_dict() for one in self.weaknesses],
            "tables": {name: [dict(row) for row in rows] for name, rows in self.tables.items()},
            "notes": list(self.notes),
        }


def by_strength(weaknesses: list[Weakness]) -> tuple[Weakness, ...]:
    """Return weaknesses with the strongest first; equal ones by their key, so that nothing depends on chance."""
    return tuple(sorted(weaknesses, key=lambda one: (-one.severity, one.key)))


def filled(template: str, evidence: Mapping[str, Any]) -> str:
    """Return a template with its figures written out; ``pct1`` and ``pct2`` show a fraction as per cent.

    >>> filled("{trades|int} short trades earn {mean|pct2} each", {"trades": 40, "mean": -0.0031})
    '40 short trades earn -0.31 % each'
    """
    return _SLOT.sub(lambda slot: _shown(evidence[slot[1]], slot[2]), template)


def slots_of(template: str) -> tuple[tuple[str, str], ...]:
    """Return the slots of a template as (name, format), in their order.

    >>> slots_of("{trades|int} short trades earn {mean|pct2} each")
    (('trades', 'int'), ('mean', 'pct2'))
    """
    return tuple((slot[1], slot[2]) for slot in _SLOT.finditer(template))


def placed(template: str, slot: Callable[[str, str], str]) -> str:
    """Return a template with each slot replaced by what ``slot(name, format)`` gives.

    >>> placed("{trades|int} trades", lambda name, form: f"<{name}>")
    '<trades> trades'
    """
    return _SLOT.sub(lambda found: slot(found[1], found[2]), template)


def _shown(value: Any, form: str) -> str:
    if form == "text":
        return str(value)
    if form == "date":
        return str(value)[:10]
    if form.startswith("pct"):
        return f"{value * 100:.{form[3:]}f} %"
    if form == "int":
        return f"{value:,.0f}"
    if form == "money":
        return f"{value:,.2f}"
    return f"{value:{form}}"
