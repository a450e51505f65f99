"""The verdict on one answer: what counts, how much of it is right, and why the rest is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from evals.scorers.dispositions import disposition_is_right
from evals.scorers.edits import FIELDS_OF_AN_EDIT, compare_edit
from evals.scorers.forbidden import violates
from evals.scorers.strategy import BOUNDARY, Compared, compare_strategy, fields_of
from evals.scorers.wording import asks, mentions, names_piece, said

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS = (
    "assets", "timeframe", "indicators", "entry.long", "entry.short", "exit.long", "exit.short", "stop_loss",
    "take_profit", "sizing", "max_leverage", "unasked", *FIELDS_OF_AN_EDIT,
)  # fmt: skip
"""Fields in the order they are shown."""

NOT_READABLE = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError)


class Tally(NamedTuple):
    """So much of so many: 2 of 3 phrases, 0.75 of 1 case."""

    right: float
    of: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one answer is worth.

    ``metrics`` maps a name to its tally; a name is missing where it says nothing about the case. ``fields`` are the
    compared parts of the strategy, ``reasons`` says of everything wrong why, ``left_open`` names the parts that may be
    anything. ``missing`` says that there was no answer.
    """

    case_id: str
    category: str
    missing: bool
    metrics: Mapping[str, Tally]
    fields: Mapping[str, bool]
    reasons: Mapping[str, str]
    left_open: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """True when nothing about the answer is wrong."""
        return not self.reasons and not self.missing


def judge(case: Mapping[str, Any], answer: Mapping[str, Any] | None, prompt: str | None = None) -> Verdict:
    """Return the verdict on an answer, None when there is none.

    ``answer`` is a prediction: ``disposition``, ``spec`` or null, ``reply``, ``question`` or null, whatever its shape.
    ``prompt`` is a text that must not be found in it.
    """
    given = answer or {}
    right = answer is not None and disposition_is_right(case, given)
    compared = _compared(case, given, right)
    reasons = {} if right else {"disposition": f"expected {case['disposition']}, got {given.get('disposition')}"}
    reasons |= compared.reasons
    metrics = {"disposition": Tally(right, 1), **_field_metrics(case, compared, right)}
    broken = _broken_rules(case, answer, prompt)
    checked = [rule for rule, is_broken in broken.items() if is_broken is not None]
    if checked:
        metrics["must_not_violations"] = Tally(sum(broken[rule] is True for rule in checked), len(checked))
    metrics["must_not_unchecked"] = Tally(len(broken) - len(checked), 0)
    reasons |= {f"must_not: {rule}": "violated" for rule in checked if broken[rule]}
    found = {one: answer is not None and mentions(one, said(given)) for one in case["expected"].get("must_mention", [])}
    if found:
        metrics["must_mention_hits"] = Tally(sum(found.values()), len(found))
        reasons |= {f"must_mention: {one}": "not found" for one, is_there in found.items() if not is_there}
    metrics |= _question_metrics(case, answer)
    return Verdict(
        case["id"], case["category"], answer is None, metrics, compared.fields, reasons, tuple(compared.left_open)
    )


def _compared(case: Mapping[str, Any], answer: Mapping[str, Any], right: bool) -> Compared:
    """Return the compared fields; none where the case is about no strategy, or the right answer needs no spec."""
    expected, spec = case["expected"], answer.get("spec")
    is_edit = case["disposition"] == "edit" and "patch" in expected
    if not is_edit and not (expected["entry"] or expected["exit"]):
        return Compared()
    has_spec = isinstance(spec, dict)
    needs_none = answer.get("disposition") in ("ask", "refuse") or (not has_spec and not expected.get("patch"))
    if right and needs_none:
        return Compared()
    wanted = list(FIELDS_OF_AN_EDIT) if is_edit else fields_of(case)
    if not isinstance(spec, dict):
        return _all_wrong(wanted, "no spec")
    try:
        return compare_edit(case, spec) if is_edit else compare_strategy(case, spec)
    except NOT_READABLE as failure:
        return _all_wrong(wanted, f"spec not readable ({type(failure).__name__}: {failure})")


def _all_wrong(fields: list[str], reason: str) -> Compared:
    return Compared(dict.fromkeys(fields, False), dict.fromkeys(fields, reason))


def _field_metrics(case: Mapping[str, Any], compared: Compared, right: bool) -> dict[str, Tally]:
    fields, reasons = compared.fields, compared.reasons
    if not fields:
        return {}
    near = [name for name, is_right in fields.items() if is_right or reasons[name].endswith(BOUNDARY)]
    whole = all(fields.values())
    metrics = {f"field:{name}": Tally(is_right, 1) for name, is_right in fields.items()}
    metrics["fields_share"] = Tally(sum(fields.values()) / len(fields), 1)
    metrics["whole_strategy_exact"] = Tally(whole, 1)
    metrics["whole_strategy_but_for_boundaries"] = Tally(len(near) == len(fields), 1)
    if case["disposition"] == "build":
        metrics["whole_strategy_exact_and_disposition"] = Tally(whole and right, 1)
    return metrics


def _broken_rules(
    case: Mapping[str, Any], answer: Mapping[str, Any] | None, prompt: str | None
) -> dict[str, bool | None]:
    if answer is None:
        return {}
    return {rule: violates(rule, case, answer, prompt) for rule in case["expected"].get("must_not", [])}


def _question_metrics(case: Mapping[str, Any], answer: Mapping[str, Any] | None) -> dict[str, Tally]:
    """Return how questions went: asked where one was needed, not asked where none was, naming what is missing."""
    want, given = case["disposition"], answer or {}
    asked = answer is not None and asks(given)
    ask_for, refused = case["fields"]["ask"], case["fields"]["refuse"]
    metrics = {}
    if want == "build" and answer is not None:
        metrics["needless_questions"] = Tally(asked, 1)
    if want == "ask":
        metrics["ask_recall"] = Tally(asked, 1)
        if asked and ask_for:
            metrics["ask_names_a_missing_field"] = Tally(any(names_piece(one, said(given)) for one in ask_for), 1)
    if want == given.get("disposition") == "partial" and refused:
        metrics["partial_names_the_piece"] = Tally(all(names_piece(one, said(given)) for one in refused), 1)
    if asked:
        metrics["ask_precision"] = Tally(want in ("ask", "build_or_ask", "partial"), 1)
    return metrics
