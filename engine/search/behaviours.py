"""The behaviour hashes of many candidates of one plan: one text with gaps that numbers are written into."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from engine.spec.canonical import NOT_BEHAVIOUR, behaviour_hash, plain
from engine.spec.jcs import canonical_json
from engine.spec.place import snake_case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.search.plan import Plan
    from engine.search.proposal import Places, Proposal

    Written = tuple[list[str], list[int]]
    """The canonical text between the gaps, and which axis is written into each gap."""

GAP = "\ue000"
"""Stands for a gap: a private character that no path of a spec holds."""


class Behaviours:
    """Names what a candidate does as `engine.spec.behaviour_hash` does.

    Checking a candidate whole takes longer than measuring it. Where axes hold numbers, the canonical text of a
    candidate differs from that of another in these numbers alone, so the text is made once and the numbers are written
    into it. It is made again for each combination of values that are no numbers.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        values = [axis.values for axis in plan.space.axes]
        self._numeric = [all(type(value) in (int, float) for value in several) for several in values]
        self._texts = [
            [canonical_json(value).decode() for value in several] if numeric else []
            for several, numeric in zip(values, self._numeric, strict=True)
        ]
        self._written: dict[Places, Written | None] = {}
        self._of_spec = behaviour_hash(plan.spec)

    def of(self, proposal: Proposal) -> str | None:
        """Return the behaviour hash of a candidate; None, or that of no spec at all, where it is not valid."""
        if proposal.number == 0:
            return self._of_spec
        key = tuple(-1 if numeric else at for at, numeric in zip(proposal.places, self._numeric, strict=True))
        if key not in self._written:
            known = self._plan.candidate_at(proposal.places).spec
            if known is None:
                return None
            self._written[key] = self._gaps(plain(known), proposal)
        written = self._written[key]
        if written is None:
            spec = self._plan.candidate_at(proposal.places).spec
            return None if spec is None else behaviour_hash(spec)
        return self._filled(written, proposal)

    def _filled(self, written: Written, proposal: Proposal) -> str:
        parts, axes = written
        text = [parts[0]]
        for part, axis in zip(parts[1:], axes, strict=True):
            text += self._texts[axis][proposal.places[axis]], part
        return hashlib.sha256("".join(text).encode()).hexdigest()

    def _gaps(self, document: dict[str, Any], proposal: Proposal) -> Written | None:
        """Return the text of a valid candidate with a gap for each axis of numbers, None where one is not found."""
        expected = _hash_of(document)
        for axis, (one, numeric) in enumerate(zip(self._plan.space.axes, self._numeric, strict=True)):
            if numeric and not _set(document, one.path, f"{GAP}{axis}{GAP}"):
                return None
        pieces = re.split(f'"{GAP}([0-9]+){GAP}"', canonical_json(_behaviour(document)).decode())
        written = pieces[::2], [int(axis) for axis in pieces[1::2]]
        whole = sorted(written[1]) == [axis for axis, numeric in enumerate(self._numeric) if numeric]
        return written if whole and self._filled(written, proposal) == expected else None


def _behaviour(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in NOT_BEHAVIOUR}


def _hash_of(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(_behaviour(document))).hexdigest()


def _set(document: dict[str, Any], path: str, value: str) -> bool:
    """Set what a dotted path names by the fields' own names; False where it names nothing."""
    at: Any = document
    *steps, last = re.split(r"[.\[\]]+", path.rstrip("]"))
    for step in steps:
        at = at[int(step)] if isinstance(at, list) and step.isdigit() and int(step) < len(at) else _field(at, step)
        if at is None:
            return False
    if isinstance(at, list) and last.isdigit() and int(last) < len(at):
        at[int(last)] = value
        return True
    if isinstance(at, dict):
        name = last if last in at else snake_case(last)
        if name in at:
            at[name] = value
            return True
    return False


def _field(at: Any, step: str) -> Any:
    if not isinstance(at, dict):
        return None
    return at.get(step, at.get(snake_case(step)))
