"""Explanations of a strategy's versions: which one is current, and what changed between two of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.explain_quotes import Quotes
from agent.language.builtin.explain_words import plain_question

if TYPE_CHECKING:
    from agent.language.port import Request, Version

SHOWN = 8
"""Earlier versions that are named."""

NO_STRATEGY = (
    "There is no strategy in this conversation yet. Tell me what to trade, when to get in and when to get out, and I "
    "write it down and test it."
)


def current_version(request: Request) -> str:
    """Tell which version is the current one, and which there were before it."""
    if not request.versions:
        return NO_STRATEGY
    earlier = list(dict.fromkeys(one.version for one in request.versions[:-1]))
    head = "You are on version {{spec:version|text}}"
    if not earlier:
        return f"{head}, the only one so far. Say what should be different, and the next one has it."
    shown = ", ".join(f"{{{{spec@{one}:version|text}}}}" for one in earlier[-SHOWN:])
    before = "before it came" if len(earlier) <= SHOWN else "the newest before it are"
    return f'{head}; {before} {shown}. Say "undo", or "go back to version" and its number, to return to one.'


def versions(request: Request) -> str:
    """Tell what changed between two versions, and why that names no winner."""
    if not request.versions:
        return NO_STRATEGY
    quotes = Quotes.of(request)
    if len({one.version for one in request.versions}) == 1:
        lines = [
            "I have a single version of this strategy here, {{spec:version|text}}, so there is no diff to list. Say "
            "what should be different: each change makes a new version, and the diff names every path that moved, with "
            "the old and the new value."
        ]
    else:
        before, after = _pair(request)
        lines = [
            f"The diff from version {{{{spec@{before.version}:version|text}}}} to "
            f"{{{{spec@{after.version}:version|text}}}} (everything else is the same):",
            f"{{{{diff:{before.version}..{after.version}}}}}",
        ]
    if quotes.value("variant") is not None and quotes.foreign:
        lines.append(f"The record I have is of {quotes.quote('variant', 'text')}:")
        lines += quotes.summary_lines()
    elif request.run is not None:
        lines.append("The newest run I have is of the current version:")
        lines += [line for line in (quotes.window, *quotes.summary_lines()) if line]
    lines.append(
        "Which one is better I cannot tell from that, and I name no winner: both would have to be tested over the same "
        "window with the same costs, and differ by more than the error of their figures. Trying versions until one "
        "looks better makes luck look like skill, so each of them is counted."
    )
    return "\n".join(lines)


def _pair(request: Request) -> tuple[Version, Version]:
    """Return the two versions that a question means: those it names, else the last two."""
    known = tuple({one.version: one for one in request.versions}.values())
    words = plain_question(request.text)
    named = [found[1] for found in re.finditer(r"\b(?:v|version )?(\d+(?:\.\d+)?)\b", words)]
    meant = [one for one in (_named(name, known) for name in named) if one is not None]
    if len(meant) >= 2 and meant[0] is not meant[1]:
        first, second = sorted(meant[:2], key=known.index)
        return first, second
    if len(meant) == 1 and meant[0] is not known[-1]:
        return meant[0], known[-1]
    if re.search(r"\b(?:first|original(?:ly)?|start|beginning|started|initial(?:ly)?|all)\b", words):
        return known[0], known[-1]
    return known[-2], known[-1]


def _named(name: str, known: tuple[Version, ...]) -> Version | None:
    for one in known:
        if one.version in (name, f"{name}.0"):
            return one
    return known[int(name) - 1] if name.isdecimal() and 1 <= int(name) <= len(known) else None
