"""Compares a spec with the strategy a case expects, field by field, by meaning."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evals.scorers.case_rules import accepted_trees
from evals.scorers.conditions import tree_of
from evals.scorers.names import asset_name, is_number, timeframe_name
from evals.scorers.spec_rules import alternatives, spec_trees
from evals.scorers.stated import asset_is_stated, timeframe_is_stated
from evals.scorers.terms import Terms, mapping, terms_of_case, terms_of_spec
from evals.scorers.trees import ANY, Tree, blurred, in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

TOLERANCE = 1e-9
BOUNDARY = " (only > against >=)"
"""Ends the reason where a rule differs from the expected one in nothing but > for >=."""

SIDES = ("long", "short")
PARTS = ("entry", "exit")

MUST_BE_ASKED_FOR = {
    "trailing_stop": "trail",
    "trailing_take": "trail",
    "breakeven": "break",
    "entry_order": "limit",
    "partial_exits": "half|part|scale|third|rest",
}
"""Position rules that change the trades, and the words of a text that asks for them."""


@dataclass(slots=True)
class Compared:
    """What a comparison found: each field's verdict, why a wrong one is wrong, and the fields that may be anything."""

    fields: dict[str, bool] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    left_open: list[str] = field(default_factory=list)

    def put(self, name: str, reason: str | None) -> None:
        """Note a field; without a reason it is right."""
        self.fields[name] = reason is None
        if reason is not None:
            self.reasons[name] = reason


def compare_strategy(case: Mapping[str, Any], spec: Mapping[str, Any]) -> Compared:
    """Return the verdict on every field that the case expects or the spec should not have.

    Raises
    ------
    TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError
        The spec has a shape that cannot be read.
    """
    expected, compared = case["expected"], Compared()
    _compare_market(case, mapping(spec.get("universe")), compared)
    timeframe = mapping(spec.get("universe")).get("timeframe")
    want, got = terms_of_case(expected, timeframe), terms_of_spec(spec, timeframe)
    rules, exact = _compare_rules(case, spec, want, got, compared)
    _compare_indicators(expected, spec, rules, exact, want, got, compared)
    _compare_levels(case, mapping(spec.get("risk")), got, compared)
    _compare_size(expected, spec, compared)
    _find_unasked(case, spec, compared)
    return compared


def fields_of(case: Mapping[str, Any]) -> list[str]:
    """Return the fields that an answer without a readable spec has wrong."""
    expected = case["expected"]
    stated = {"assets": asset_is_stated, "timeframe": timeframe_is_stated}
    asked = parts_listed(case, "ask")
    out = ["indicators"] if expected["indicators"] else []
    out += [name for name, is_stated in stated.items() if expected[name] and name not in asked and is_stated(case)]
    out += [f"{part}.{side}" for part in PARTS for side in SIDES if (expected[part] or {}).get(side)]
    out += [name for name in ("stop_loss", "take_profit", "sizing") if expected[name]]
    return out + (["max_leverage"] if expected.get("leverage") is not None else [])


def parts_listed(case: Mapping[str, Any], *lists: str) -> set[str]:
    """Return the parts of a strategy that stand in lists of the case's ``fields``, by their first name."""
    paths = [str(path).split(".") for name in lists for path in case["fields"].get(name, [])]
    return {path[1] if path[0] == "risk" and len(path) > 1 else path[0] for path in paths}


def nearly_equal(left: Any, right: Any) -> bool:
    """Tell whether two values are numbers and equal but for rounding."""
    if not (is_number(left) and is_number(right)):
        return False
    return bool(abs(left - right) <= TOLERANCE * max(1.0, abs(left), abs(right)))


def _compare_market(case: Mapping[str, Any], universe: Mapping[str, Any], compared: Compared) -> None:
    expected, asked = case["expected"], parts_listed(case, "ask")
    if expected["assets"] is None or "assets" in asked or not asset_is_stated(case):
        compared.left_open.append("assets")
    else:
        want = {asset_name(one) for one in expected["assets"]}
        got = {asset_name(one, universe.get("quote")) for one in universe.get("assets") or []}
        compared.put("assets", None if want == got else f"expected {sorted(want)}, got {sorted(got)}")
    if expected["timeframe"] is None or "timeframe" in asked or not timeframe_is_stated(case):
        compared.left_open.append("timeframe")
    else:
        wanted, found = timeframe_name(expected["timeframe"]), timeframe_name(universe.get("timeframe"))
        compared.put("timeframe", None if wanted == found else f"expected {wanted}, got {found}")


def _compare_rules(
    case: Mapping[str, Any], spec: Mapping[str, Any], want: Terms, got: Terms, compared: Compared
) -> tuple[list[str], bool]:
    """Compare entries and exits; return the rules that were compared and whether all of them are right."""
    accepted = _accepted_rules(case, want, compared)
    exact, open_constants = spec_trees(spec, got), spec_trees(spec, got, open_constants=True)
    looked_at, all_right = [], True
    for name, trees in accepted.items():
        has_open = any(f" + {ANY}" in in_words(tree) for tree in trees)
        found = (open_constants if has_open else exact)[name]
        if trees == [None] and found is None:
            continue
        looked_at.append(name)
        compared.put(name, _rule_reason(trees, found))
        all_right &= found in trees
    return looked_at, all_right


def _accepted_rules(case: Mapping[str, Any], want: Terms, compared: Compared) -> dict[str, list[Tree | None]]:
    """Return the right trees of every rule the case decides; the others are left open."""
    free = parts_listed(case, "ask", "assume_and_disclose", "refuse")
    accepted = {}
    for side in SIDES:
        for part in PARTS:
            name, wanted = f"{part}.{side}", case["expected"][part]
            if wanted is None and (part in free or case["disposition"] == "partial"):
                compared.left_open.append(name)
                continue
            trees = accepted_trees((wanted or {}).get(side), want)
            if "?" in in_words(trees[0]):  # the case names a series that no spec can
                compared.left_open.append(name)
            else:
                accepted[name] = trees
    return accepted


def _rule_reason(trees: list[Tree | None], found: Tree | None) -> str | None:
    if found in trees:
        return None
    close = blurred(found) in [blurred(tree) for tree in trees]
    return f"expected {in_words(trees[0])}, got {in_words(found)}" + (BOUNDARY if close else "")


def _compare_indicators(
    expected: Mapping[str, Any],
    spec: Mapping[str, Any],
    rules: list[str],
    exact: bool,
    want: Terms,
    got: Terms,
    compared: Compared,
) -> None:
    """Compare what the compared rules use; a definition nobody reads (a line on a chart, a stop's ATR) is no fault."""
    want.used, got.used = set(), set()
    signals = mapping(spec.get("signals"))
    for name in rules:
        part, side = name.split(".")
        accepted_trees((expected[part] or {}).get(side), want)
        holder = signals if side == "long" else mapping(signals.get("short"))
        for condition in alternatives(holder.get(part)):
            tree_of(condition, got)
    if not (want.used or got.used):
        return
    wanted = Counter(map(want.signature, sorted(want.used)))
    extra = Counter(map(got.signature, sorted(got.used))) - wanted
    missing = wanted - Counter(map(got.signature, got.definitions))
    right = exact or not (missing or extra)
    compared.put("indicators", None if right else f"missing {sorted(missing)}, unexpected {sorted(extra)}")


def _compare_levels(case: Mapping[str, Any], risk: Mapping[str, Any], got: Terms, compared: Compared) -> None:
    expected, free = case["expected"], parts_listed(case, "ask", "assume_and_disclose", "refuse")
    lengths = {one["params"].get("length", 14) for one in expected["indicators"] if one["type"] == "atr"}
    atr_length = lengths.pop() if len(lengths) == 1 else 14
    for name in ("stop_loss", "take_profit"):
        if expected[name] is None and (name in free or case["disposition"] == "partial"):
            compared.left_open.append(name)
        elif expected[name] is not None or risk.get(name):
            compared.put(name, _level_reason(expected[name], risk.get(name), atr_length, got))


def _level_reason(want: Mapping[str, Any] | None, got: Any, atr_length: Any, terms: Terms) -> str | None:
    if want is None:
        return f"expected none, got {got}" if got else None
    if not isinstance(got, dict) or got.get("type") != want.get("type"):
        return f"expected {want}, got {got}"
    if not nearly_equal(got.get("value"), want.get("value")):
        return f"expected {want}, got {got}"
    if want["type"] != "atr":
        return None
    length = got.get("length", 14)
    if got.get("indicator") in terms.definitions:
        length = terms.inputs_of(got["indicator"])[1].get("length")
    return None if nearly_equal(length, atr_length) else f"expected ATR length {atr_length}, got {length}"


def _compare_size(expected: Mapping[str, Any], spec: Mapping[str, Any], compared: Compared) -> None:
    want, got, risk = expected["sizing"], mapping(spec.get("sizing")), mapping(spec.get("risk"))
    if want is None:
        compared.left_open.append("sizing")
    else:
        right = want.get("mode") == got.get("mode")
        right = right and (want.get("value") is None or nearly_equal(want["value"], got.get("value")))
        cap, assets = want.get("max_positions"), mapping(spec.get("universe")).get("assets") or []
        if cap is not None and len(assets) > cap:
            right = right and cap in (got.get("max_positions"), mapping(risk.get("checks")).get("max_concurrent"))
        compared.put("sizing", None if right else f"expected {want}, got {got}")
    leverage = expected.get("leverage")
    if leverage is not None:
        right = nearly_equal(leverage, risk.get("max_leverage"))
        compared.put("max_leverage", None if right else f"expected {leverage}, got {risk.get('max_leverage')}")


def _find_unasked(case: Mapping[str, Any], spec: Mapping[str, Any], compared: Compared) -> None:
    """Find rules of a position's life that an English text does not ask for."""
    risk, execution, text = mapping(spec.get("risk")), mapping(spec.get("execution")), case["text"].lower()
    present = [name for name in MUST_BE_ASKED_FOR if risk.get(name) or execution.get(name)]
    extra = [one for one in present if case["language"] == "en" and not re.search(MUST_BE_ASKED_FOR[one], text)]
    if extra:
        compared.put("unasked", f"the text asks for no {', '.join(extra)}")
