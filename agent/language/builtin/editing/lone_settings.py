"""Values whose indicator is left unsaid: ``multiplier 4``, ``75 for the exit``, the stop there is made to trail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.editing.lookup import Leaf, leaves_of
from agent.language.builtin.editing.parameters import NAMED_INPUTS
from agent.language.builtin.editing.thresholds import ask_which, set_level
from agent.language.builtin.writing import plain_number

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

SETTING = re.compile(
    r"^(?:set |change |make |use |the |its |with |a )*(?P<name>[a-z ]{1,20}?)(?: (?:to|of|at|is|=|should be))? ?"
    r"(?P<value>\d+(?:\.\d+)?)$",
    re.IGNORECASE,
)
SETTING_FIRST = re.compile(
    r"^(?:set |change |make |use |the |its |with |an? )*(?P<value>\d+(?:\.\d+)?) (?P<name>multiplier|factor|"
    r"deviations?|"
    r"std ?devs?|sigmas?)$",
    re.IGNORECASE,
)
OF_A_ROLE = re.compile(
    r"^(?:set |change |make |move |raise |lower |use |put |the |my )*(?:(?P<first>-?\d+(?:\.\d+)?) (?:for|on|in|"
    r"as) (?:the |my )?"
    r"(?P<behind>entr(?:y|ies)|exits?)|(?P<front>entry|exit)(?: level| threshold)?(?: (?:should be|to|at|=|is))? "
    r"(?P<last>-?\d+(?:\.\d+)?))$",
    re.IGNORECASE,
)
TRAILS = re.compile(
    r"^(?:make|turn|let|have|convert|change)? ?(?:it|that|the stop(?: loss)?|my stop)? ?(?:in)?(?:to )?(?:an? |be )?"
    r"trail(?:ing|s)?(?: (?:stop|one|it))*$|^trail the stop(?: loss)?$",
    re.IGNORECASE,
)


def read_lone_setting(clause: Clause, sheet: Worksheet) -> bool:
    """Set the one figure that a name or a rule without its indicator can mean; False where there is none."""
    return _trails(clause, sheet) or _of_a_role(clause, sheet) or _named(clause, sheet)


def _trails(clause: Clause, sheet: Worksheet) -> bool:
    """``make it trailing``: the stop there is follows the price at the distance it has."""
    stop = sheet.at("risk.stop_loss")
    if TRAILS.match(clause.text) is None or not isinstance(stop, dict) or stop.get("type") not in ("percent", "atr"):
        return False
    if sheet.at("risk.trailing_stop") is not None:
        return False
    sheet.put("risk.trailing_stop", stop)
    sheet.drop("risk.stop_loss")
    sheet.assume("risk.trailing_stop", None, "the stop there was now trails at the distance it had")
    return True


def _of_a_role(clause: Clause, sheet: Worksheet) -> bool:
    found = OF_A_ROLE.match(clause.text)
    if found is None:
        return False
    role = "entry" if (found["behind"] or found["front"]).lower().startswith("ent") else "exit"
    value = float(found["first"] or found["last"])
    leaves = [leaf for leaf in leaves_of(sheet.after) if leaf.role == role and _has_level(leaf)]
    if len(leaves) > 1:
        ask_which(leaves, sheet)
    elif leaves:
        set_level(leaves[0], value, sheet)
    return bool(leaves)


def _has_level(leaf: Leaf) -> bool:
    return isinstance(leaf.condition.get("value"), int | float) and not str(leaf.condition.get("left")).startswith(
        "time."
    )


def _named(clause: Clause, sheet: Worksheet) -> bool:
    found = SETTING.match(clause.text) or SETTING_FIRST.match(clause.text)
    if found is None:
        return False
    name, value = found["name"].strip().lower(), float(found["value"])
    inputs = [one for one, pattern in NAMED_INPUTS if pattern.fullmatch(name)]
    if name in ("atr length", "atr period"):
        held = [key for key, one in sheet.after["indicators"].items() if one["type"] in ("supertrend", "keltner")]
        inputs = ["atr_length", "length"]
    else:
        held = list(sheet.after["indicators"])
    places = [(key, one) for one in inputs for key in held if one in sheet.after["indicators"][key]["inputs"]]
    if len({key for key, _ in places}) > 1:
        sheet.ask("indicators", f"which one should change: {' or '.join(dict.fromkeys(key for key, _ in places))}?")
        return True
    if places:
        key, one = places[0]
        sheet.after["indicators"][key]["inputs"][one] = plain_number(value)
    return bool(places)
