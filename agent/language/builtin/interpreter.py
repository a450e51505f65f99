"""The built-in interpreter: a semantic parser of trading English. It is no language model, and says so."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.background import in_background
from agent.language.builtin.asked_and_ordered import read_both
from agent.language.builtin.building import NAME, build
from agent.language.builtin.explain import asks_something, explain, is_question_about
from agent.language.builtin.half_answers import as_rule_change, completed, with_its_name
from agent.language.builtin.judging_wishes import read_wish
from agent.language.builtin.languages.english import english
from agent.language.builtin.openings import behind_opening
from agent.language.builtin.retests import retest_in
from agent.language.builtin.screening import Screening, about_trading, screen
from agent.language.builtin.small_talk import (
    GOOD,
    NOT_ENOUGH,
    THANKS,
    nothing_about_trading,
    nothing_to_go_back_to,
    small_talk,
)
from agent.language.builtin.tokens import clean
from agent.language.port import LeftOut, Question, Reading, Window

if TYPE_CHECKING:
    from agent.language.port import Budget, Repair, Request

IMPROVE = re.compile(
    r"\b(improve|optimi[sz]e|refine|tune|find (?:me )?something better|"
    r"make (?:it|this) (?:better|more profitable|work)|better version|"
    r"try (?:some )?variations|can you (?:do|get) better|get more out of|beat (?:it|this))\b",
    re.IGNORECASE,
)
"""Words that ask for the improvement loop: without saying how, they cannot be an edit."""

UNDO = re.compile(r"^\W*(please\s+)?(undo|revert|go back|take (?:that|it) back|roll ?back)\b", re.IGNORECASE)
SHUTS_OUT = re.compile(
    r"^\W*(?:(?:please|pls|and|also|ok|okay|now|so|then|but|just)\W+)*(?:do not|don'?t|never|no|nothing|not|avoid|"
    r"skip|only|without)\b(?=.*\b(?:weekends?|weekdays?|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|hours?|utc|gmt|[ap]m|nights?|"
    r"mornings?|evenings?|session|asian|london|\d{1,2}:\d\d)\b)[^?]*$",
    re.IGNORECASE,
)
"""Times at which nothing is to be traded, said as an order: no question about few trades."""

ASKS_WHAT = re.compile(
    r"^\W*(?:(?:and|so|but|ok|okay|well|wait|hm+)\W+)*(?:(?:what|how|why) (?:does|do|did|is|are|was|were)\b[^\d]*$|"
    r"what (?:does|do|did|is)\b.*\b(?:means?|stands? for)\b)",
    re.IGNORECASE,
)
"""A question about what is there, without a value to set: never a change, whatever part it names."""

CHOICE = re.compile(r"(?:[^\W\d]+(?:\W+|$)){1,5}")
"""A few words without a figure: which of two things is meant."""


class BuiltinLanguage:
    """Reads messages by grammar and lexicon alone: the same message always has the same reading."""

    name = NAME
    is_model = False

    async def read(self, request: Request, budget: Budget) -> Reading:
        """Return the reading of a message; it costs nothing and cannot fail."""
        return await in_background(lambda: read(request))  # a long message takes seconds, and others are answered

    async def repair(self, request: Request, failed: Repair, budget: Budget) -> Reading:
        """Return what is wrong as a question: a grammar that reads again reads the same."""
        problems = [str(problem.get("message", "")) for problem in failed.problems]
        said = "; ".join(dict.fromkeys(filter(None, problems)))
        text = f"I could not write this down without a contradiction: {said}"
        paths = tuple(dict.fromkeys(str(problem.get("path", "$")) for problem in failed.problems))
        return replace(failed.reading, intent="ask", question=Question(f"{text}. How should it be?", paths))


def read(request: Request) -> Reading:
    """Return the reading of a message, by what it is: a question, an edit, a request, something to refuse."""
    told = behind_opening(request)
    dropped = request.pending is not None and told.pending is None
    request = told
    translated = english(clean(request.text))
    if request.pending is not None and small_talk(replace(request, pending=None), request.pending) is not None:
        request = replace(request, pending=None)  # a wish without a word of a strategy adds nothing to the next one
    has_spec, has_run = request.spec is not None, request.run is not None
    screening = screen(translated.text, has_spec=has_spec, has_run=has_run)
    reading = read_wish(request, translated.text) or _read(request, screening, has_spec, has_run)
    if has_spec and request.pending is not None and reading.intent not in ("explain", "judge", "look"):
        reading = _change_answered(request, screening, reading) or replace(reading, alone=True)
    if dropped:
        reading = replace(reading, alone=True)
    unread = dict.fromkeys((*reading.unread, *translated.unknown))
    return replace(reading, language=translated.language, unread=tuple(unread))


def _read(request: Request, screening: Screening, has_spec: bool, has_run: bool) -> Reading:
    from agent.language.builtin.editing import is_edit, read_edit
    from agent.language.builtin.editing.history import wish_in
    from agent.language.builtin.editing.recognition import begins_anew

    text = screening.text
    if screening.refusal is not None:
        return Reading("refuse", NAME, reply=screening.refusal.reply, left_out=_injected(screening))
    talk = small_talk(request, text)
    if talk is not None:
        return replace(talk, reply=_with_question(talk, request), left_out=_injected(screening))
    if UNDO.match(text) or wish_in(text) is not None:
        return read_edit(request, text, screening) if has_spec else nothing_to_go_back_to(request)
    retest = retest_in(request, text) if has_spec else None
    if retest is not None:
        window = retest.window or Window(None, None, text)
        return Reading("edit", NAME, window=window, initial_equity=retest.initial_equity, left_out=_injected(screening))
    if not has_spec and request.pending is not None and not _asks(text):
        return _answered(request, screening)
    both = read_both(request, text) if has_spec else None
    if both is not None:
        return replace(both, left_out=(*both.left_out, *_injected(screening)))
    if is_question_about(text, has_spec, has_run) and not (has_spec and SHUTS_OUT.match(text)):
        return replace(explain(replace(request, text=text)), left_out=_injected(screening))
    if has_spec and _improves(text):
        return Reading("improve", NAME, left_out=_injected(screening))
    if (has_spec or has_run) and ASKS_WHAT.match(text) and asks_something(text):
        return replace(explain(replace(request, text=text)), left_out=_injected(screening))
    if is_edit(text, has_spec=has_spec, has_run=has_run):
        return read_edit(request, text, screening)
    if (has_spec or has_run) and asks_something(text):
        return replace(explain(replace(request, text=text)), left_out=_injected(screening))
    built = _built(request, screening)
    if has_spec and built.intent == "ask" and built.spec is None and about_trading(text) and not begins_anew(text):
        return read_edit(request, text, screening)
    if built.intent == "ask" and built.spec is None and request.pending is None and not about_trading(text):
        return replace(nothing_about_trading(request), left_out=built.left_out)
    if built.intent == "ask" and built.spec is None and request.pending is None and not screening.vague:
        refusal = screening.unless_built
        return built if refusal is None else Reading("refuse", NAME, reply=refusal.reply, left_out=_injected(screening))
    return built


def _with_question(talk: Reading, request: Request) -> str:
    """Return the answer to a bare yes, or to thanks, with the question that still waits; every other one as it is."""
    if talk.reply not in (NOT_ENOUGH, THANKS, GOOD) or request.pending is None:
        return talk.reply
    waiting = read(replace(request, text=request.pending, pending=None)).question
    return talk.reply if waiting is None else f"{talk.reply} {waiting.text}"


def _asks(text: str) -> bool:
    """True for a question in the middle of another one: it needs no strategy to be answered."""
    return is_question_about(text, has_spec=False, has_run=False)


def _improves(text: str) -> bool:
    """True when a message asks for something better and does not say what to change."""
    return bool(IMPROVE.search(text)) and not re.search(r"\d", text)


def _built(request: Request, screening: Screening, pending: Screening | None = None) -> Reading:
    return build(
        screening.text,
        pending=pending,
        now=request.now,
        screening=screening,
        known=request.known_assets,
        risk_defaults=request.risk_defaults,
    )


def _answered(request: Request, screening: Screening) -> Reading:
    """Read an answer together with the request it answers: what the request said, and the answer not anew, still holds.

    An answer that is only the missing half of a rule ("at 70") is read behind the word that was asked about.
    """
    assert request.pending is not None
    before = screen(english(clean(request.pending)).text, has_spec=False, has_run=False)
    reading = _built(request, screening, before)
    if reading.intent != "ask" or reading.question is None:
        return _without_answered(reading, before)
    waiting = _built(replace(request, text=request.pending), before)
    missing = waiting.question.missing if waiting.question else ()
    named = with_its_name(screening.text, missing)
    if named != screening.text:
        joined = _built(request, screen(named, has_spec=False, has_run=False), before)
        if joined.intent == "build" and not _misunderstood(joined):
            return _without_answered(joined, before)
    for wording in completed(before.text, screening.text, missing):
        joined = _built(replace(request, text=wording), screen(wording, has_spec=False, has_run=False))
        if joined.intent == "build" and not _misunderstood(joined):
            return joined
    return reading


def _without_answered(reading: Reading, before: Screening) -> Reading:
    """Return a draft without the words of the request that were asked about: the answer says what they mean."""
    asked_about = {word for one in before.vague for word in re.findall(r"\w+", one.words.lower())}
    if reading.intent != "build":
        return reading
    return replace(reading, unread=tuple(word for word in reading.unread if word.lower() not in asked_about))


def _change_answered(request: Request, screening: Screening, alone: Reading) -> Reading | None:
    """Read an answer to a question about a change together with what it answers.

    None when the two make no change, when nothing was left open, or when ``alone``, the message by itself, is about
    something else: it asks for more of its own, or changes what was not asked about.
    """
    if alone.intent not in ("ask", "edit"):
        return None
    from agent.language.builtin.editing import read_edit
    from agent.language.builtin.editing.last_change import named_value
    from agent.language.builtin.editing.outcome import ALREADY_SO

    assert request.pending is not None and request.spec is not None
    before = screen(english(clean(request.pending)).text, has_spec=True, has_run=request.run is not None)
    waiting = read_edit(request, before.text, before).question
    if waiting is None or waiting.text == ALREADY_SO:
        return None
    rule = as_rule_change(screening.text, waiting.missing) or named_value(screening.text, waiting.missing)
    changed = read_edit(request, rule, screen(rule, has_spec=True, has_run=False)) if rule is not None else None
    if changed is not None and changed.intent == "edit" and not _misunderstood(changed):
        return changed
    about = {f"/{path.replace('.', '/')}" for path in waiting.missing}
    if alone.intent == "ask" and not CHOICE.fullmatch(screening.text.strip()):
        asked = set(alone.question.missing if alone.question is not None else ())
        if not asked <= {"strategy", *waiting.missing}:
            return None
    if alone.intent == "edit" and not any(one.path.startswith(tuple(about)) for one in alone.patch):
        return None
    for wording in (f"{before.text}, {screening.text}", f"{before.text} {screening.text}"):
        joined = read_edit(request, wording, screen(wording, has_spec=True, has_run=request.run is not None))
        if joined.intent == "edit" and not _misunderstood(joined):
            return joined
    return None


def _misunderstood(reading: Reading) -> bool:
    return any(one.code == "NOT_UNDERSTOOD" for one in reading.left_out)


def _injected(screening: Screening) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(one.words, "INJECTED", one.reason) for one in screening.injected)
