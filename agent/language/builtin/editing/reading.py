"""From a message about the current strategy to a patch, an undo or one question."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.editing.amounts import read_amount
from agent.language.builtin.editing.choices import goal_in, read_choice
from agent.language.builtin.editing.clauses import clauses_of
from agent.language.builtin.editing.conditions import read_condition
from agent.language.builtin.editing.execution import read_execution
from agent.language.builtin.editing.figures import unused_figures
from agent.language.builtin.editing.halts import read_halt
from agent.language.builtin.editing.history import read_history, wish_in
from agent.language.builtin.editing.last_change import read_value_of_it
from agent.language.builtin.editing.level_changes import read_threshold
from agent.language.builtin.editing.limits import fit_limits
from agent.language.builtin.editing.lone_settings import read_lone_setting
from agent.language.builtin.editing.naming import keep_name_true, name_in, rename
from agent.language.builtin.editing.new_rules import read_new_rules
from agent.language.builtin.editing.numbers import read_figures
from agent.language.builtin.editing.outcome import asked, finished
from agent.language.builtin.editing.parameters import prune, read_parameter
from agent.language.builtin.editing.protections import read_protection
from agent.language.builtin.editing.relative import read_relative
from agent.language.builtin.editing.removals import read_removal
from agent.language.builtin.editing.screened import BARRED, readable
from agent.language.builtin.editing.sides import read_sides
from agent.language.builtin.editing.undone_and_changed import step_and_change, step_back
from agent.language.builtin.editing.universe import read_universe
from agent.language.builtin.editing.unsayable import read_unsayable
from agent.language.builtin.editing.variants import asks_for_variants, read_variants
from agent.language.builtin.editing.worksheet import Ask, Worksheet

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.screening.findings import Screening
    from agent.language.port import Reading, Request

WHEN = re.compile(r"\b(?:when|if|while|whenever|once|unless|as long as)\b", re.IGNORECASE)
TOO = re.compile(
    r"^(?:make |have |use |get )?(?:the |its |a |my )?(?:bands?|channels?|envelopes?) (?:a )?(?:bit |little |"
    r"lot |much |"
    r"somewhat |slightly )*(?:wider|tighter|narrower|broader)$|\btoo (?!many\b|much (?:above|below)\b)[a-z]+$",
    re.IGNORECASE,
)
"""An opinion, and no rule: ``rsi 7 is too jumpy``."""

BARE_VALUE = re.compile(
    r"^(?:(?:to|at|by|make it|make that|set it to|about|around|say|like|=)\s+)*\$?\d[\d.,]*\s*"
    r"(?:%|percent|per cent|pct|x|times|atrs?|bars?|hours?|days?|h|d|m|r|usdt?|dollars|of (?:equity|the account)|"
    r"\(\d+\)|\s)*$",
    re.IGNORECASE,
)
"""An answer that is a value and nothing more."""

READERS = (
    read_halt, read_execution, read_sides, read_removal, read_relative, read_unsayable, read_protection, read_condition,
    read_amount, read_threshold, read_parameter, read_universe, read_figures, read_lone_setting,
    read_choice,
)  # fmt: skip
"""Who may understand a clause, the more telling before the more general."""


def read_edit(request: Request, text: str, screening: Screening) -> Reading:
    """Return what a message changes about the current strategy.

    Parameters
    ----------
    request : Request
        ``versions`` hold the current strategy, last; ``risk_defaults`` the limits no edit may pass.
    text : str
        The message in English as it was screened (`Screening.text`).
    screening : Screening
        What stands in the text that a spec cannot say.

    Returns
    -------
    Reading
        Of intent edit with a minimal patch on ``request.spec``, undo, or ask with one question. A patch gives a spec
        that `engine.spec.check` accepts; a change that would not is a question naming the problem.
    """
    wish = wish_in(text)
    both = step_and_change(text) if wish is not None else None
    if wish is not None and both is None and (len(text.split()) <= 12 or wish.number is not None):
        return read_history(wish, request)
    if request.spec is None:
        return asked([Ask("strategy", "there is no strategy to change yet: what should it trade, and when?")], ())
    sheet = Worksheet.of(request, request.spec)
    lost = step_back(both[0], sheet, request) if both is not None else None
    if lost is not None:
        return lost
    plain, left_out = readable(text, screening)
    rest = plain if both is None else (step_and_change(plain) or both)[1]
    if left_out or not read_new_rules(rest, sheet):
        work(rest, sheet)
    prune(sheet)
    for change in (*sheet.later, *sheet.closing):
        change()
    fit_limits(sheet)
    keep_name_true(sheet)
    return finished(sheet, left_out)


def work(text: str, sheet: Worksheet) -> None:
    """Apply every change a text asks for to the sheet."""
    named = name_in(text)
    if named is not None:
        name, text = named
        rename(name, sheet)
    if asks_for_variants(text):
        read_variants(text, sheet, work)
        return
    for clause in clauses_of(text):
        _one(clause, sheet)


def _one(clause: Clause, sheet: Worksheet) -> None:
    """Let the first reader that understands a clause apply it; a bare value belongs to what was asked for before."""
    if BARRED in clause.text:
        _beside_barred(clause, sheet)
        return
    if sheet.waiting is not None and BARE_VALUE.match(clause.text) and _fills(clause, sheet):
        return
    if TOO.search(clause.text) and not re.search(r"\d", clause.text.split("too")[-1]):
        if not read_choice(clause, sheet):
            sheet.leave_out(clause.text, "I could not tell what this changes")
        return
    if _bound(clause):
        if not any(reader(clause, sheet) for reader in (read_halt, read_execution, read_protection, read_condition)):
            question = f"which condition exactly is '{clause.text}' (which indicator or price, above or below what)?"
            sheet.ask("signals.entry", question)
        return
    if _window(clause, sheet) or read_value_of_it(clause, sheet, _fills):
        return
    if any(reader(clause, sheet) for reader in READERS):
        _report_unused(clause, sheet)
        return
    if clause.factor is not None:
        plain = replace(clause, factor=None, body=clause.text)
        if any(reader(plain, sheet) for reader in READERS):
            return
    if re.search(r"[^\W\d_]{3,}|\d", clause.text):
        sheet.leave_out(clause.text, "I could not tell what this changes")


def _report_unused(clause: Clause, sheet: Worksheet) -> None:
    """Name the figures of an understood clause that no reader took; levels by others are settled later."""

    def report() -> None:
        unused = unused_figures(clause, sheet)
        if unused and not sheet.asks:
            sheet.leave_out(f"{', '.join(unused)} in '{clause.text}'", "I could not tell what this figure is for")

    sheet.closing.append(report)


def _window(clause: Clause, sheet: Worksheet) -> bool:
    """``test it since 2021``: the span to measure."""
    if re.search(r"\b(?:19|20)\d\d\b|\b(?:last|past) \d+ (?:years?|months?)", clause.text) is None:
        return False
    window = next((item.data for item in sheet.items(clause.text) if item.kind == "window"), None)
    sheet.window = window or sheet.window
    return window is not None


def _beside_barred(clause: Clause, sheet: Worksheet) -> None:
    """Read what stands beside something a spec cannot say: figures of protections and sizes, never half a rule."""
    for part in clause.text.split(BARRED):
        if re.search(r"\d", part):
            rest = replace(clause, text=part.strip(), body=part.strip(), old=None, new=None, lead="")
            _ = read_protection(rest, sheet) or read_amount(rest, sheet)


def _bound(clause: Clause) -> bool:
    """True for a clause that states when something is to happen: what stands in it is a rule, never a setting."""
    return clause.verb in ("require", "exclude") and WHEN.search(clause.text) is not None


def _fills(clause: Clause, sheet: Worksheet) -> bool:
    """Read a clause as the value of what was named without one."""
    path = str(sheet.waiting)
    name = path.rsplit(".", 1)[-1].replace("_", " ") if path != "sizing" else "position size"
    asks = [one for one in sheet.asks if one.path != path]
    trial = replace(clause, text=f"{name} {clause.text}", body=f"{name} {clause.text}", verb="set")
    before = list(sheet.asks)
    sheet.asks = []
    if any(reader(trial, sheet) for reader in (read_protection, read_amount, read_universe)) and not sheet.asks:
        sheet.asks = asks
        sheet.waiting = None
        return True
    sheet.asks = before
    return False


__all__ = ["goal_in", "read_edit", "work"]
