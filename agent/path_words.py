"""Places of a spec in the words of the trade: people are never shown a path."""

from __future__ import annotations

import re

from agent.changes import LABELS

SECTIONS = {
    "signals.entry": "the rule to buy by",
    "signals.exit": "the rule to sell by",
    "signals.short.entry": "the rule to go short by",
    "signals.short.exit": "the rule to leave a short by",
    "sizing": "the size",
    "universe": "the market",
    "execution": "the execution",
    "risk": "the limits",
    "risk.partial_exits": "selling in parts",
}
"""What a part is called whose members have no name of their own."""

_PATH = re.compile(r"\$?\.?\b(?:universe|indicators|signals|sizing|risk|execution)(?:\.[a-z_]\w*|\[\d+\])+")


def path_words(path: str) -> str:
    """Return what stands at a dotted path of a spec, named as people name it.

    >>> path_words("$.risk.time_limit"), path_words("signals.exit[0].left")
    ('time limit', 'the rule to sell by')
    >>> path_words("indicators.rsi_14.inputs.length")
    'length of rsi_14'
    """
    steps = re.sub(r"\[\d+\]", "", path).removeprefix("$").strip(".").split(".")
    if steps[0] == "indicators" and len(steps) > 1:
        named = [step for step in steps[2:] if step != "inputs"]
        return f"{' '.join(named).replace('_', ' ')} of {steps[1]}" if named else steps[1]
    for length in range(len(steps), 0, -1):
        above = ".".join(steps[:length])
        label = SECTIONS.get(above) or LABELS.get(above)
        if label is not None:
            return label
    return " ".join(steps[1:]).replace("_", " ") or steps[0]


def without_paths(text: str) -> str:
    """Return a sentence with every path of a spec put into words.

    >>> without_paths("risk.trailing_stop never acts; risk.time_limit acts at the first close")
    'trailing stop never acts; time limit acts at the first close'
    """
    return _PATH.sub(lambda found: path_words(found.group()), text)


def problem_place(path: str, message: str) -> str:
    """Return what a problem is about, for the front of its message; empty where the message says it itself.

    >>> problem_place("$.risk.time_limit", "risk.time_limit acts at the first close")
    ''
    >>> problem_place("$.universe.timeframe", "'7h' is not known here")
    'timeframe'
    """
    bare = path.removeprefix("$").strip(".")
    if not bare or message.startswith(bare):
        return ""
    return path_words(bare)
