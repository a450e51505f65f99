"""Where something stands in a JSON document: keys and indexes from the top, and how that is written."""

from __future__ import annotations

import json
import re

Place = tuple[str | int, ...]
"""Keys and list indexes from the top of the document down."""

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MAX_KEY = 80


def path_text(place: Place) -> str:
    """Return a place as a JSON path.

    >>> path_text(("signals", "entry", 0, "left"))
    '$.signals.entry[0].left'
    >>> path_text(("variants", 0, "overrides", "sizing.value"))
    '$.variants[0].overrides["sizing.value"]'
    """
    out = ["$"]
    for step in place:
        if isinstance(step, int):
            out.append(f"[{step}]")
        elif _PLAIN_KEY.fullmatch(step):
            out.append(f".{step[:_MAX_KEY]}")
        else:
            out.append(f"[{json.dumps(step[:_MAX_KEY])}]")
    return "".join(out)


def snake_case(name: str) -> str:
    """Return the snake_case spelling of a camelCase name; other names come back as they are.

    >>> snake_case("maxPositionPct"), snake_case("ATR")
    ('max_position_pct', 'ATR')
    """
    if not re.fullmatch(r"[a-z][a-zA-Z0-9]*", name):
        return name
    return re.sub(r"[A-Z]", lambda found: "_" + found.group().lower(), name)


def camel_case(name: str) -> str:
    """Return the camelCase spelling of a snake_case name.

    >>> camel_case("max_position_pct")
    'maxPositionPct'
    """
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
