"""The facts check: everything a request states stands in the spec where it belongs, or is named in the reading.

It runs on every draft, whoever wrote it, and shares nothing with the interpreter's grammar: what a grammar or a model
dropped or put in the wrong place is found here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.facts.check_names import asset_problem, indicator_problem, timeframe_problem
from agent.facts.check_numbers import number_problem
from agent.facts.check_relations import relation_problem
from agent.facts.draft import Draft
from agent.facts.extract import Said, said_by, with_digits
from agent.facts.fact import UNDIRECTED, WHERE
from agent.facts.named import Named
from agent.facts.slots import held_by
from agent.facts.unasked import unasked
from agent.facts.varied import held_by_variants

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent.facts.fact import Fact
    from agent.language.port import Reading, Request
    from engine.spec.problems import Problem

_LEVELS = {"stop", "target", "profit", "trail", UNDIRECTED}
_LIMITS = {"size", "drawdown", "limit"}
"""Roles a bare figure may speak of, as the answer to a question."""

_REPEATED = ("length", "asset", "indicator", "above", "below")
"""Roles that a request may well have several of."""


def check_facts(
    request: Request, reading: Reading, spec: Mapping[str, Any], *, text: str | None = None
) -> tuple[Problem, ...]:
    """Return an error for every fact of a request that a spec dropped, changed or put in the wrong place.

    Parameters
    ----------
    request : Request
        The message; its current version, where there is one, is what an edit starts from.
    reading : Reading
        What was understood: what it names as left out, asked, assumed or taken for the window excuses a fact.
    spec : mapping
        The draft as plain data that passed the shape check.
    text : str, optional
        The message without the passages that give orders (`Screening.text`); screened here when left out. A message
        in another language is compared in English.

    Examples
    --------
    >>> from agent.language.port import Reading, Request
    >>> spec = {"universe": {"assets": ["BTC"], "timeframe": "1h"}, "indicators": {},
    ...         "signals": {"entry": [{"when": "gt", "left": "close", "right": "open"}], "exit": []},
    ...         "sizing": {"mode": "percent_equity", "value": 0.1},
    ...         "risk": {"take_profit": {"type": "percent", "value": 0.02}}}
    >>> request = Request("BTC 1h, buy when close > open, stop 2%", now="2026-01-01T00:00:00Z")
    >>> [(one.code, one.path) for one in check_facts(request, Reading("build", "builtin"), spec)]
    [('FACT_MISPLACED', '$.risk.stop_loss.value'), ('NOT_ASKED_FOR', '$.risk.take_profit')]
    """
    if reading.intent == "undo":
        return ()  # an earlier version: what it holds was stated, and compared, when it was written
    has_spec = request.spec is not None
    words = request.text if text is None else text
    said = _read(words, reading.language, screened=text is not None, has_spec=has_spec)
    is_edit = reading.intent != "build" and request.spec is not None
    before = held_by(request.spec) if is_edit and request.spec else None
    draft = Draft(said, held_by(spec), before, reading, held_by_variants(spec))
    found = list(_problems(draft))
    texts = [said]
    if request.pending:
        pending = _read(request.pending, reading.language, screened=False, has_spec=has_spec)
        texts.append(pending)
        found += _problems(replace(draft, said=_still_open(pending, said)))
    found += unasked(texts, draft, quiet=bool(found))
    return tuple({(one.path, one.message): one for one in found}.values())


def _read(text: str, language: str, *, screened: bool, has_spec: bool) -> Said:
    """Return what a text states, without the passages that give orders.

    One in another language is read in English; numbers its translation lost are taken from the original.
    """
    from agent.language.builtin.languages.translate import Translated, translate
    from agent.language.builtin.screening import screen

    english = language.startswith("en")
    translated = Translated(text, "en") if english else translate(text)
    words = translated.text if screened else screen(translated.text, has_spec=has_spec, has_run=False).text
    return said_by(words) if english else with_digits(said_by(words), translated.text, text)


def _problems(draft: Draft) -> Iterator[Problem]:
    named = Named(draft.reading, draft.said.text)
    for fact in draft.said.facts:
        if named.names(fact.start, fact.end, fact.words, fact.value, fact.role):
            continue
        problem = _fact_problem(fact, draft)
        if problem is not None:
            yield problem
    for relation in draft.said.relations:
        if named.names(relation.start, relation.end, relation.words, None, "signals"):
            continue
        problem = relation_problem(relation, draft)
        if problem is not None:
            yield problem


def _fact_problem(fact: Fact, draft: Draft) -> Problem | None:
    if fact.role in ("above", "below"):
        return None  # the comparison it belongs to is checked
    checks = {"asset": asset_problem, "timeframe": timeframe_problem, "indicator": indicator_problem}
    return checks.get(fact.role, number_problem)(fact, draft)


def _still_open(pending: Said, answer: Said) -> Said:
    """Return what a request that waited for this answer still states, but for what the answer speaks of itself."""
    answered = {fact.role for fact in answer.facts}
    if answered == {UNDIRECTED}:
        answered |= _LIMITS
    if answered & _LEVELS:
        answered |= _LEVELS
    spoken = [one for one in pending.facts if one.role not in answered]
    several = {role for role in WHERE if len({(one.value, one.subject) for one in spoken if one.role == role}) > 1}
    kept = tuple(one for one in spoken if one.role in _REPEATED or one.role not in several)
    return replace(pending, facts=kept, relations=() if answer.relations else pending.relations)
