"""What a text says of the position as a whole: what it rules out, its short side, and when it gets out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.facts.vocabulary import words

if TYPE_CHECKING:
    from agent.facts.marks import Mark

_BETWEEN = words("a any the or and hard fixed my explicit / of nor separate order at all it's its")
_EXCLUDED = ("stop", "target", "trail", "leverage")
_SIGNALS = words("cross crosses crossing crossover monday tuesday wednesday thursday friday saturday sunday")


def excluded(marks: list[Mark]) -> tuple[tuple[str, str], ...]:
    """Return the protective levels that the words rule out, with the words: ``no stop``, ``without stop or target``."""
    found: list[tuple[str, str]] = []
    for at, mark in enumerate(marks):
        if mark.kind != "without" and mark.text != "zero":
            continue
        for place in range(at + 1, min(at + 7, len(marks))):
            one = marks[place]
            if one.kind == "role" and one.data in _EXCLUDED:
                follows = marks[place + 1] if place + 1 < len(marks) else None
                if follows is None or follows.kind != "number":
                    found.append((str(one.data), f"{mark.text} {one.text}"))
            elif one.kind == "role" and one.data == "profit":
                continue
            elif one.text not in _BETWEEN:
                break
    return tuple(found)


def short_side(marks: list[Mark]) -> str:
    """Return what is said of the short side: ``asked``, ``hinted`` (both ways, reverse), ``none``, or nothing.

    ``sold`` where to sell is all that opens a position: what else would it sell?
    """
    if any(mark.kind == "only" and mark.data == "long" for mark in marks):
        return "none"
    if any(mark.kind == "only" and mark.data == "short" for mark in marks):
        return "asked"
    for at, mark in enumerate(marks):
        if mark.kind != "enter" or mark.data[0] != "short.entry":
            continue
        before = marks[at - 1] if at else None
        if before is None or before.kind not in ("not", "without"):
            return "asked"
    opens = any(mark.kind == "enter" and mark.data[0] == "entry" for mark in marks)
    for mark in marks:
        if mark.kind == "both" or (mark.kind == "enter" and mark.text.startswith(("sell", "cover"))):
            return "hinted" if opens or mark.kind == "both" else "sold"
    return ""


def is_leaving(marks: list[Mark], at: int, *, conditional: bool = False) -> bool:
    """Tell whether the sentence before a place speaks of getting out: ``out at +3% or -2%``."""
    for one in reversed(marks[:at]):
        if one.kind == "break":
            return False
        if one.kind == "enter":
            return "entry" not in one.data
        if one.kind == "when" and not conditional:
            return False
    return False


def is_exit_rule(marks: list[Mark], at: int) -> bool:
    """Tell whether the action at a place gets out on a signal: ``sell when it crosses back``."""
    mark = marks[at]
    if mark.text in ("otherwise", "else"):
        return any(one.kind == "enter" and "entry" not in one.data for one in marks[at + 1 : at + 4])
    if mark.kind != "enter" or "entry" in mark.data or mark.data[0] == "short.entry":
        return False
    if at and marks[at - 1].kind in ("not", "without"):
        return False
    led = mark.text.endswith((" when", " if")) or (
        at + 1 < len(marks) and (marks[at + 1].kind == "when" or marks[at + 1].text in (":", "at"))
    )
    ahead = []
    for one in marks[at + 1 : at + 10]:
        if one.kind in ("break", "comma"):
            break
        ahead.append(one)
    signal = any(one.kind in ("compare", "both", "candle", "clock", "shape") or one.text in _SIGNALS for one in ahead)
    return (
        led
        and signal
        and not any(one.kind == "role" or (one.kind == "number" and one.unit == "percent") for one in ahead)
    )
