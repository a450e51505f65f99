"""From a worked sheet to a reading: a patch, or the one question."""

from __future__ import annotations

from typing import Any

from agent.edits import apply, diff
from agent.errors import PatchError
from agent.language.builtin.editing.afterwards import asked_afterwards
from agent.language.builtin.editing.choices import GOAL_PATHS
from agent.language.builtin.editing.worksheet import Ask, Worksheet
from agent.language.port import LeftOut, Question, Reading
from agent.path_words import without_paths
from engine.spec import check

READER = "builtin"
OPEN = "what should the "
"""How a question for the value of a part begins."""

ALREADY_SO = "That is how the strategy is already, so nothing was changed: what should be different?"


def finished(sheet: Worksheet, left_out: list[LeftOut]) -> Reading:
    """Turn a worked sheet into a reading."""
    out = (*left_out, *sheet.left_out)
    sheet.asks = [one for one in sheet.asks if not (one.text.startswith(OPEN) and _is_said(one.path, sheet))]
    if sheet.asks:
        return asked(sheet.asks, out)
    patch = diff(sheet.before, sheet.after)
    if not patch:
        if sheet.window is not None or sheet.initial_equity is not None:
            return Reading("edit", READER, window=sheet.window, initial_equity=sheet.initial_equity, left_out=out)
        return asked([_nothing(sheet, out)], out)
    problem = _problem(sheet, patch)
    if problem is not None:
        return asked([problem], out)
    return Reading(
        "edit",
        READER,
        patch=patch,
        assumptions=tuple(sheet.assumptions),
        left_out=out,
        window=sheet.window,
        initial_equity=sheet.initial_equity,
    )


def _is_said(path: str, sheet: Worksheet) -> bool:
    """True where a value that was missing in one clause came with another: ``less leverage, 1x``."""
    return bool(sheet.at(path) != sheet.was(path))


def _nothing(sheet: Worksheet, out: tuple[LeftOut, ...]) -> Ask:
    """What to say when nothing changed: not understood, not possible, or so already."""
    barred = [one for one in out if one.code != "NOT_UNDERSTOOD"]
    if barred:
        one = barred[0]
        instead = f" {one.instead}" if one.instead else ""
        return Ask(
            one.path or "strategy",
            f"'{one.words}' cannot be part of a strategy here: {one.reason}.{instead} What should change instead?",
            whole=True,
        )
    if sheet.left_out:
        words = "; ".join(f"'{one.words}'" for one in sheet.left_out)
        return Ask(
            "strategy",
            f"I could not tell what to change by {words}: which part (entry, exit, stop, target, size, timeframe, "
            f"assets or an indicator), and to what?",
            whole=True,
        )
    return Ask("strategy", ALREADY_SO, whole=True)


def _problem(sheet: Worksheet, patch: Any) -> Ask | None:
    """The first reason why the changed strategy would not do, or None."""
    try:
        after = apply(sheet.before, patch)
    except PatchError as error:
        return Ask("strategy", str(error))
    checked = check(after)
    if not checked.valid:
        one = next(one for one in checked.problems if one.severity == "error")
        hint = f" (did you mean {one.suggestion}?)" if one.suggestion else ""
        return Ask(
            one.path.removeprefix("$."),
            f"with that change the strategy would not be valid: {without_paths(one.message)}{hint}. What should it be "
            f"instead?",
        )
    known = {(one.code, one.path) for one in check(dict(sheet.before)).problems}
    return asked_afterwards(sheet.before, after, checked.problems, known)


def asked(asks: list[Ask], left_out: tuple[LeftOut, ...]) -> Reading:
    """One question that holds everything that has to be known."""
    paths: list[str] = []
    for one in asks:
        paths += (
            GOAL_PATHS
            if one.path == GOAL_PATHS[0] and one.text.startswith("what should change, and to what")
            else (one.path,)
        )
    if len(asks) == 1:
        text = asks[0].text if asks[0].whole else "Before I change this I need to know: " + asks[0].text
    else:
        text = "Before I change this I need to know: " + " ".join(
            f"({at}) {one.text}" for at, one in enumerate(asks, 1)
        )
    return Reading("ask", READER, question=Question(text, tuple(dict.fromkeys(paths))), left_out=left_out)
