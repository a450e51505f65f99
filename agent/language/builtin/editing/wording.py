"""How changes are worded: polite openings, verbs, factors, and what is to be replaced by what."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from agent.language.builtin.editing.factors import FACTORS, LESS, LOWERS, MORE, RAISES, Factor, factor_in
from agent.language.builtin.editing.verbs import (
    AS_FILTER,
    FIGURE_LAST,
    FROM_TO,
    INSTEAD_OF_FIRST,
    INSTEAD_OF_LAST,
    KEEP,
    MOVED,
    OUT,
    POLITE,
    REPLACED,
    TAIL,
    TURNED,
    UNVERBED,
    VERBS,
    Verb,
)

AS_ROLE = re.compile(
    r"^(?P<verb>use|take|have|add|with|make)\s+(?:the |a |an )?(?P<rule>.*[\d<>].*?)\s+(?:as|for|"
    r"be)\s+(?P<which>the|an?|my|our|another)"
    r"\s+(?:second |third |additional |extra |further |alternative |other |new )?(?P<role>exit|entry)(?: rule| "
    r"signal| condition)?(?P<side> for (?:the )?(?:longs?|shorts?))?$",
    re.IGNORECASE,
)
"""``add rsi over 75 as a second exit``: the role of a rule behind it."""

SHUT = re.compile(
    r"(?:on|in|during|at|before|after|between|when|if|while|over|above|below|under|outside)\b|\w+days?\b|weekends?\b",
    re.IGNORECASE,
)
EXCHANGED = re.compile(r"(?:change|switch|convert|turn)\b", re.IGNORECASE)
RULED = re.compile(r"\b(?:above|below|over|under)\b|[<>]", re.IGNORECASE)
WITH_LABEL = re.compile(r"with (?:a |an |the )?(?:\d+ (?:fast|slow)|(?:fast|slow)(?:er)?\b[^\d]*\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """One change as it was worded: ``body`` is what the change is about, without its verb.

    ``old`` and ``new`` are the sides of a replacement (``new`` is then the body), ``lead`` what stood before them.
    """

    text: str
    verb: Verb | None
    body: str
    old: str | None = None
    new: str | None = None
    lead: str = ""
    also: bool = False
    instead: bool = False
    factor: Factor | None = None

    @property
    def all(self) -> str:
        """Everything the clause names, for the search of a topic."""
        return " ".join(part for part in (self.lead, self.old or "", self.body) if part)


def read_clause(text: str) -> Clause | None:
    """Return a clause of a message as a change, None when it asks for nothing.

    >>> read_clause("can you please lose the target").verb
    'remove'
    >>> read_clause("leave everything else as it is") is None
    True
    >>> clause = read_clause("use a 90 sma instead of the 30")
    >>> clause.old, clause.new
    ('the 30', 'a 90 sma')
    """
    bare = text.strip(" ,.;:!?\n")
    opened = POLITE.match(bare + " ")
    opening = opened.group().lower() if opened else ""
    bare = bare[len(opening) :].strip(" ,:") if opened else bare
    ending = ""
    while (tail := TAIL.search(bare)) is not None and tail.start() > 0:
        ending += tail.group().lower()
        bare = bare[: tail.start()]
    if not bare or KEEP.match(bare):
        return None
    also = bool(re.search(r"\b(?:also|additionally|in addition|on top|besides|and)\b", opening)) or bool(
        re.search(r"\b(?:as well|too|also|additionally|in addition)\b", bare, re.IGNORECASE)
    )
    instead = "instead" in opening + ending or bool(re.search(r"\binstead\b", bare, re.IGNORECASE))
    factor, scaled = factor_in(bare)
    if factor is not None and not bare.lower().startswith(("exit", "sell", "buy", "enter")):
        return Clause(bare, "set", scaled, also=also, instead=instead, factor=factor)
    bare = _as_its_role(bare)
    bare = AS_FILTER.sub(r"require \g<rule>", bare)
    verb, body = _verb(bare)
    if verb == "add" and WITH_LABEL.match(bare):
        verb = "set"  # "with a 50 slow ema": the one there is
    clause = Clause(bare, verb, body, also=also, instead=instead)
    return _replacing(clause)


def _as_its_role(bare: str) -> str:
    """Write ``use the rsi at 50 as the exit`` and ``add rsi over 75 as a second exit`` with the action in front."""
    found = AS_ROLE.match(bare)
    if found is None:
        return bare
    rule = re.sub(r"^(\D+?) at (?=-?\d)", r"\1 reaches ", found.group("rule"))
    acting = "exit" if found.group("role").lower() == "exit" else "buy"
    rule += found.group("side") or ""
    if found.group("which") == "the" and found.group("verb").lower() != "add":
        return f"change the {found.group('role')} to {rule}"
    return f"{acting} also when {rule}" if acting == "exit" else f"another entry when {rule}"


def _shuts_out(body: str, found: re.Match[str]) -> bool:
    """``volume above average and not on mondays``: a time or a state that is shut out, nothing that is replaced."""
    joint = body[found.end("new") : found.start("old")]
    return "not" in joint.split() and SHUT.match(found.group("old")) is not None


def _verb(bare: str) -> tuple[Verb | None, str]:
    out = OUT.match(bare)
    if out is not None:
        where = out.group("where")
        return "remove", out.group("what") + (f" from {where}" if where else "")
    for verb, pattern in VERBS:
        found = pattern.match(bare)
        if found is None:
            continue
        if verb == "remove" and MOVED.match(bare):
            continue
        if verb == "remove" and re.match(
            r"no (?:less|more|lower|higher|earlier|later|longer|fewer|greater) than", bare, re.IGNORECASE
        ):
            continue
        if verb == "exclude":
            if found.groupdict().get("lead") is None and not re.match(
                r"(?:unless|except|skip|avoid|ignore|exclude)\b", bare, re.IGNORECASE
            ):
                continue
            start = found.start("lead") if found.groupdict().get("lead") else found.end()
            return verb, bare[start:].strip()
        return verb, bare[found.end() :].strip()
    return None, bare


def _replacing(clause: Clause) -> Clause:
    """Find the two sides of a replacement."""
    bare = clause.text
    first = INSTEAD_OF_FIRST.match(bare)
    if first is not None:
        return replace(clause, verb="set", old=first.group("old"), new=first.group("new"), body=first.group("new"))
    swapped = REPLACED.match(bare)
    if swapped is not None:
        return replace(
            clause, verb="set", old=swapped.group("old"), new=swapped.group("new"), body=swapped.group("new")
        )
    last = INSTEAD_OF_LAST.match(clause.body)
    if last is not None and clause.verb not in ("exclude", "remove") and not _shuts_out(clause.body, last):
        return replace(clause, old=last.group("old"), new=last.group("new"), body=last.group("new"))
    moved = FROM_TO.match(clause.body)
    if moved is not None and clause.verb in (None, "set"):
        return replace(
            clause, old=moved.group("old"), new=moved.group("new"), lead=moved.group("lead"), body=moved.group("new")
        )
    turned = TURNED.match(bare) if clause.verb == "set" else UNVERBED.match(bare) if clause.verb is None else None
    if turned is None:
        return clause
    figure = FIGURE_LAST.match(turned.group("old"))
    ruled = RULED.search(turned.group("new")) and not re.search(r"\d|\b(?:entry|exit|buy|sell)", turned.group("old"))
    if figure is None and ruled and EXCHANGED.match(bare):
        return replace(clause, verb="set", old=turned.group("old"), new=turned.group("new"), body=turned.group("new"))
    if figure is None:
        return replace(clause, verb="set", lead=turned.group("old"), new=turned.group("new"))
    new = turned.group("new")
    return replace(clause, verb="set", old=figure.group("figure"), lead=figure.group("lead"), new=new, body=new)


@cache
def edit_words() -> frozenset[str]:
    """Return the words of changes, for the correction of typing errors."""
    sources = [pattern.pattern for _, pattern in VERBS] + [MORE, LESS, RAISES, LOWERS]
    words = {word for source in sources for word in re.findall(r"(?<!\\)[a-z]{5,}", source)}
    return frozenset(
        words
        | set(FACTORS)
        | {"instead", "everything", "leverage", "timeframe", "version", "variants", "short", "rename"}
    )
