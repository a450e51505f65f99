"""Sizes, counts and limits that do not go together, and sides that are ruled out and used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.doubting.doubt import Doubt

if TYPE_CHECKING:
    from agent.language.builtin.doubting.doubt import Case, Heard

COUNTS = {
    "one": 1, "single": 1, "a": 1, "two": 2, "both": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(COUNTS)})"
_THING = r"(?:open |concurrent |simultaneous |active )?(?:position|trade|coin|asset|holding|market|pair)s?"
AT_MOST = re.compile(
    r"\b(?:(?:max(?:imum)?|at most|no more than|not more than|never more than|only(?: ever)?|limit(?:ed)? "
    r"(?:of|to)|up to)"
    rf"\s+(?:of\s+)?{_COUNT}\s+{_THING}\b|"
    rf"{_COUNT.replace('count', 'alone')}\s+{_THING}\s+(?:at a time|at once|max\b|maximum|at any time|only)|"
    rf"\b(?:hold|trade|own)\s+(?:just |only )?{_COUNT.replace('count', 'held')}\s+at a time)",
    re.IGNORECASE,
)
"""How many positions may be open: one position at a time, max 2 trades."""

_TOGETHER = r"(?:together|at once|at the same time|simultaneously|concurrently|in parallel|side by side|all along)"
ALL = re.compile(
    rf"\b(?:all (?:of )?(?:the )?(?P<all>\d{{1,2}}|{'|'.join(COUNTS)})\b|"
    r"(?P<both>both)\b(?! (?:sides|directions|ways|long)))"
    rf"(?!\s+(?:condition|indicator|average|ema|sma|ma|line|rule|signal|filter|agree|are true)s?\b)(?P<rest>[^.;\n]*)",
    re.IGNORECASE,
)
TOGETHER = re.compile(rf"\b{_TOGETHER}\b", re.IGNORECASE)
HOLDS = re.compile(r"\b(?:hold|holding|own|run|running|trade|trading|keep|stay in|be in|in)\b", re.IGNORECASE)

CAPPED = re.compile(
    r"\b(?:no more than|never more than|not more than|at most|max(?:imum)?(?: of)?|up to|never over|never above|"
    r"no bigger than)\s+(?P<percent>\d+(?:\.\d+)?)\s*(?:%|percent|pct)\s*"
    r"(?:of (?:the |my )?(?:equity|account|capital|portfolio|money)\s*)?"
    r"(?:in|per|for|on|into)\s+(?:any|a|each|one|every|single)\b(?!\s+(?:trade'?s? risk|loss|day|week|month))",
    re.IGNORECASE,
)
"""A limit of one position said in words of its own."""

LIMITS = {
    "max_drawdown": ("risk.max_drawdown_pct", "drawdown limits", True),
    "max_exposure": ("risk.max_total_exposure_pct", "limits of the total exposure", True),
    "max_position": ("risk.max_position_pct", "limits of one position", True),
    "max_daily_loss": ("risk.checks.max_daily_loss_pct", "limits of a day's loss", True),
    "max_positions": ("sizing.max_positions", "limits of the number of positions", False),
}
_CAP = re.compile(r"\b(?:max|maximum|cap|capped|limit|at most|up to|no more than)\b", re.IGNORECASE)
NO_LEVERAGE = re.compile(
    r"\b(?:no|without(?: any)?|zero|not use|don'?t use|never use|avoid)\s+(?:any\s+)?(?:leverage|margin|lev)\b|"
    r"\bunleveraged\b|\bunlevered\b|\bcash account\b|\bspot (?:only|account)\b",
    re.IGNORECASE,
)
MOST_LEVERAGE = 125.0
"""What the largest venues of perpetual futures grant at most, on their largest markets."""

NOTHING = re.compile(
    r"(?<![\d.])\b0+(?:\.0+)?\s*(?:%|percent|per cent|pct)\s*(?:"
    r"of (?:the |my )?(?:equity|account|capital|portfolio|balance)|"
    r"(?:equity|risk|size|position|stake)\b|(?:risk )?(?:per|each|a|every) (?:trade|position)\b)|"
    r"\b(?:(?:position )?size|stake|risk|risking|invest)\s*(?:of|=|:|is)?\s*0+(?:\.0+)?(?:\s*%|(?![\d.%]))",
    re.IGNORECASE,
)
"""A share of nothing as the size of a position."""

LEVERED = re.compile(
    rf"\b(?P<times>\d+(?:\.\d+)?|{'|'.join(COUNTS)})\s*-?\s*(?:x|times|fold)\s+(?:the\s+)?(?:leverage|lev|margin)\b|"
    rf"\bleverage (?:of |at )?(?P<of>\d+(?:\.\d+)?|{'|'.join(COUNTS)})\b",
    re.IGNORECASE,
)


def size_doubts(case: Case) -> list[Doubt]:
    """Return what is wrong with sizes and limits against each other."""
    if not case.entered or case.draft is None:
        return []
    return [*_nothing(case), *_twice(case), *_leverage(case), *_positions(case), *_capped(case), *_against_only(case)]


def _twice(case: Case) -> list[Doubt]:
    """One limit with two figures."""
    found = []
    for kind, (path, name, percent) in LIMITS.items():
        values = list(dict.fromkeys(one.value for one in case.said.sizes if one.kind == kind))
        if len(values) > 1:
            said = " or ".join(f"{value * 100:g} %" if percent else f"{value:g}" for value in values)
            found.append(Doubt(path, f"there are two {name}: which one holds, {said}?"))
    return found


def _leverage(case: Case) -> list[Doubt]:
    """Leverage beside words that rule it out, two leverages, or one above its own limit."""
    used: list[float] = []
    caps: list[float] = []
    for item in case.heard.items:
        if item.kind == "size" and item.data.kind == "leverage":
            (caps if _CAP.search(item.words) else used).append(item.data.value)
    most = max([*used, *caps, _times(case.heard.text)], default=0.0)
    if most > 1 and NO_LEVERAGE.search(case.heard.text):
        text = (
            f"you rule leverage out and name a leverage of {most:g}: no leverage (spot), or {most:g} times (perpetual "
            "futures)?"
        )
        return [Doubt("risk.max_leverage", text)]
    if most > MOST_LEVERAGE:
        text = f"a leverage of {most:g} is more than any market grants ({MOST_LEVERAGE:g} at most): how much?"
        return [Doubt("risk.max_leverage", text)]
    figures = list(dict.fromkeys([*used, *caps]))
    if len(set(used)) > 1 or len(set(caps)) > 1 or (used and caps and max(used) > min(caps)):
        text = f"there are two leverages: which one holds, {' or '.join(f'{one:g}' for one in figures)}?"
        return [Doubt("risk.max_leverage", text)]
    return []


def _nothing(case: Case) -> list[Doubt]:
    """A size of nothing: such a position is none."""
    found = NOTHING.search(case.heard.text)
    if found is None:
        return []
    return [Doubt("sizing.value", f"'{found[0].strip()}' opens no position at all: how large is a position?")]


def _times(text: str) -> float:
    """Return a leverage said in words (``at three times leverage``), nothing where none is said."""
    found = LEVERED.search(text)
    word = str(found["times"] or found["of"]).lower() if found is not None else "0"
    return float(COUNTS.get(word, 0) if word.isalpha() else word)


def _positions(case: Case) -> list[Doubt]:
    """Fewer positions allowed than are to be held together."""
    allowed = case.said.size("max_positions")
    most = int(allowed.value) if allowed is not None else _at_most(case.heard)
    wanted = _together(case)
    if most is None or wanted is None or wanted <= most:
        return []
    names = ", ".join(dict.fromkeys(str(one.symbol) for one in case.said.assets))
    text = (
        f"at most {most} position{'s' if most != 1 else ''} at a time, and {wanted} held together ({names}): should it "
        f"hold {most} or {wanted} positions?"
    )
    return [Doubt("sizing.max_positions", text)]


def _at_most(heard: Heard) -> int | None:
    found = AT_MOST.search(heard.text)
    if found is None:
        return None
    word = str(found["count"] or found["alone"] or found["held"]).lower()
    return int(word) if word.isdigit() else COUNTS[word]


def _together(case: Case) -> int | None:
    """Return how many positions are to be held at the same time, None where nothing says so."""
    n_assets = len({one.symbol for one in case.said.assets})
    if n_assets < 2:
        return None
    for clause in re.split(r"[.;\n]|,(?!\s*\w+(?:\s*,|\s+and\b))", case.heard.text):
        clause = AT_MOST.sub(" ", clause)
        counted = ALL.search(clause)
        if HOLDS.search(clause) is None:
            continue
        if counted is not None and counted["all"] is not None:
            word = counted["all"].lower()
            return int(word) if word.isdigit() else COUNTS[word]
        if TOGETHER.search(clause) and (counted is not None or n_assets > 1):
            return 2 if counted is not None and counted["both"] else n_assets
    return None


def _capped(case: Case) -> list[Doubt]:
    """A size above the limit of one position that stands in words of its own."""
    assert case.draft is not None
    sizing = case.draft.spec["sizing"]
    found = CAPPED.search(case.heard.text)
    if found is None or sizing["mode"] != "percent_equity" or case.said.size("max_position") is not None:
        return []
    limit, value = float(found["percent"]), float(sizing["value"]) * 100
    if value <= limit + 1e-9 or case.said.size("percent_equity", "equal_weight") is None:
        return []
    text = f"{value:g} % per position is more than the {limit:g} % you allow in one: which holds, {value:g} % or "
    f"{limit:g} %?"
    return [Doubt("risk.max_position_pct", text)]


def _against_only(case: Case) -> list[Doubt]:
    """``long only`` beside a rule for shorts."""
    only = case.said.only
    if only is None:
        return []
    other = "short" if only == "long" else "long"
    if case.rules.entry[other] is None:  # type: ignore[index]
        return []
    return [
        Doubt(
            f"signals.{other}",
            f"you say {only} only and give a rule for {other}s: which holds, {only} only or both sides?",
        )
    ]
