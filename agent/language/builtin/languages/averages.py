"""Averages of the volume, however they are said: "the 20 average of the volume", "1.5 times its average"."""

from __future__ import annotations

import re

from agent.language.builtin.languages.operands import Operand
from agent.language.builtin.languages.vocabulary import Kind

_MULTIPLE = re.compile(r"\d+(?:\.\d+)?x")
_OF_SOMETHING = re.compile(r"\d+(?:\.\d+)?x [a-z]")
_SIMPLE = re.compile(r"\b(?:ma|sma)(?= \d+$|$)")
_OTHER = re.compile(r"\b(ema|wma|hma) (\d+)$")


def multiples_in_front(operands: list[Operand]) -> list[Operand]:
    """Put "the average 1.5 times" into English order, where a multiple stands before what it multiplies.

    "The volume's average twice over" alone is said of the volume.
    """
    if [_MULTIPLE.fullmatch(one.text) is not None for one in operands] == [False, True] and \
            operands[0].text.startswith("average volume"):  # fmt: skip
        return [Operand(Kind.TERM, ["volume"]), Operand(Kind.TERM, [operands[1].text, operands[0].text])]
    if len(operands) < 3 or not _MULTIPLE.fullmatch(operands[-1].text) or operands[-2].kind is not Kind.TERM:
        return operands
    return [*operands[:-2], Operand(Kind.TERM, [operands[-1].text, operands[-2].text])]


def is_multiple(operand: Operand) -> bool:
    """Tell whether an operand is a multiple of something: of "twice its average" nothing need say "above"."""
    return _OF_SOMETHING.match(operand.text) is not None


def of_the_volume(operands: list[Operand]) -> list[Operand]:
    """Return a comparison of the volume with an average of it, the volume named once or twice.

    An average the volume is compared with is one of the volume, never of the price.
    """
    volumes = [one for one in operands if one.text == "volume"]
    averages = [one for one in operands if _is_average(one)]
    if not volumes or not averages:
        return operands
    if len(volumes) == 2 and len(operands) == 3:
        operands = averages + volumes[:1] if operands[0] is averages[0] else volumes[:1] + averages
    if len(operands) == 2:
        averages[0].words = [_named(averages[0].text)]
    return operands


def _is_average(operand: Operand) -> bool:
    text = operand.text
    return "average volume" in text or bool(_SIMPLE.search(text)) or bool(_OTHER.search(text))


def _named(average: str) -> str:
    return _OTHER.sub(r"its \2 bar \1", _SIMPLE.sub("average volume", average))
