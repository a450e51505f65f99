"""One comparison in English order: its left side, how it compares, and its right side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.languages.memory import PRICES
from agent.language.builtin.languages.operands import Operand, is_price_like, operands_of, same_kind
from agent.language.builtin.languages.relations import TWO_SIDED, WHOLE_VERBS, merged_relation
from agent.language.builtin.languages.vocabulary import Kind

if TYPE_CHECKING:
    from agent.language.builtin.languages.memory import Memory
    from agent.language.builtin.languages.vocabulary import Token

_DISTANCE = re.compile(r"\d+(?:\.\d+)?(?:%| atr)")
_CHANNEL = re.compile(r"donchian channel(?= \d+$)")
_SIGNAL_LINES = {"macd": ("line", "signal line"), "stochastic": ("k", "d")}
"""What crosses what when an oscillator is said to cross, and nothing else."""

_SIDES = frozenset({"above", "below", "at least", "at most"})

_CROSSES = {"golden cross": "crosses above", "death cross": "crosses below"}


def compared(
    part: list[Token], operands: list[Operand], relations: list[str], negated: bool, memory: Memory
) -> list[str]:
    """Return left side, relation and right side of one comparison."""
    relation = merged_relation(relations, operands[-1].text if operands else "", binary=_is_binary(operands, relations))
    words = [f"not {relation}" if negated else relation]
    if not operands:
        return _of_the_same(part, relations, words, memory)
    if len(operands) == 1 and relation in TWO_SIDED:
        own, other = operands[0].text, memory.other_side(operands[0].text)
        if other is not None:
            return [own, *words, other]
        line = next((line for line in _SIGNAL_LINES if own.startswith(line)), None)
        if line is not None and (relation == "crosses" or set(relations) & {"cross", "up", "down", *WHOLE_VERBS[:2]}):
            own, other = (f"{line} {which}" for which in _SIGNAL_LINES[line])
            memory.pair = own, other
            return [own, *_crossing(words, relation), other]
    if len(operands) == 2 and opens_with_relation(part) and operands[1].text in PRICES:  # "below the ema it closes"
        operands.reverse()
    if len(operands) == 1 and (relation in TWO_SIDED or relation == "between" or operands[0].kind is Kind.NUMBER):
        only = operands[0]
        if only.kind is Kind.NUMBER and memory.pair and _is_crossing_beyond(relations):
            line, other = memory.pair
            return [line, relations[0], other, "and", line, relations[1], only.text]
        if only.kind is Kind.NUMBER or opens_with_relation(part) or is_price_like(only.text):
            fallback = "price" if only.kind is Kind.TERM or memory.left is None else memory.subject_of(only.text)
            again = memory.level if memory.level is not None and memory.level.startswith(f"{only.text} ") else only.text
            if only.kind is Kind.TERM and memory.left is None:
                memory.note([Operand(Kind.TERM, [fallback]), Operand(Kind.TERM, [again])], relation)
            channel = _CHANNEL.match(memory.level or "")
            if channel is not None and fallback in PRICES and only.text.isdigit():
                again = f"{channel[0]} {only.text}"
            return [fallback, *words, same_kind(fallback, again)]
    if relation == "between" and len(operands) == 2 and all(one.kind is Kind.NUMBER for one in operands):
        return [memory.left or "price", *words, f"{operands[0].text} and {operands[1].text}"]
    if len(operands) > 2 and {"price", "close"} <= {one.text for one in operands}:  # "the price closes above ..."
        operands = sorted((one for one in operands if one.text != "price"), key=lambda one: one.text != "close")
    if [one.text for one in operands] == ["price", "close"]:
        del operands[0]
        if (level := memory.other_side("close")) is not None:
            return ["close", *words, level]
    if len(operands) > 2 and operands[0].text in PRICES and operands[-1].text in PRICES:
        operands = operands[:-1]
    left, right = operands[0], operands[1:]
    if left.text.startswith("supertrend") and not right and (ways := _ways(relations)):
        return [left.text, "turns", ways]
    if len(right) == 2:
        apart = _apart(left, right, relations, relation, memory)
        if apart:
            return apart
    if left.text == "macd" and right and relation in TWO_SIDED:
        left.words = ["macd line"]
    memory.note(operands, relation)
    joiner = " and " if relation == "between" else " "
    return [left.text, *words, joiner.join(same_kind(left.text, one.text) for one in right)] if right else [
        left.text, *words]  # fmt: skip


def _ways(relations: list[str]) -> str:
    """Return which way verbs and directions point, nothing when they point neither way or both."""
    up = not {"rise", "up", "above", *WHOLE_VERBS[::2]}.isdisjoint(relations)
    down = not {"fall", "down", "below", *WHOLE_VERBS[1::2]}.isdisjoint(relations)
    return ("up" if up else "down") if up != down else ""


def _is_crossing_beyond(relations: list[str]) -> bool:
    """Tell whether lines are said to cross beyond a figure: "crosses above its signal below 20"."""
    return relations[0] in WHOLE_VERBS[:2] and relations[1:] in (["above"], ["below"])


def crossing_beyond(part: list[Token]) -> tuple[list[Token], str, str] | None:
    """Return a crossing of two lines, and the side of the figure it has to be on: "A crosses above B below 20".

    None where a part is no such thing. The figure stands behind the word for its side, or before it where verbs come
    last.
    """
    for place, token in enumerate(part):
        if token.kind is not Kind.NUMBER or not token.text.replace(".", "").isdigit():
            continue
        for side in (place - 1, place + 1):
            if not 0 <= side < len(part) or part[side].text not in _SIDES:
                continue
            crossing = [one for at, one in enumerate(part) if at not in {place, side}]
            lines = operands_of(crossing)
            if len(lines) == 2 and all(one.kind is Kind.TERM for one in lines) and _crosses(crossing):
                return crossing, part[side].text, token.text
    return None


def _crosses(part: list[Token]) -> bool:
    """Tell whether a part says that lines cross, and which way."""
    relations = [token.text for token in part if token.kind is Kind.RELATION]
    crossing = any(one in WHOLE_VERBS[:2] or one == "cross" for one in relations)
    return crossing and merged_relation(relations, "", binary=True) in WHOLE_VERBS


def _apart(left: Operand, right: list[Operand], relations: list[str], relation: str, memory: Memory) -> list[str]:
    """Return a comparison of three: a distance ("2% below the EMA"), or a crossing under a figure; else nothing."""
    terms = [one for one in right if one.kind is Kind.TERM]
    figures = [one for one in right if one.kind is Kind.NUMBER]
    if len(terms) != 1 or len(figures) != 1:
        return []
    way = _ways(relations)
    if _DISTANCE.fullmatch(figures[0].text) and is_price_like(terms[0].text) and way:
        memory.note([left, *terms])
        return [left.text, figures[0].text, "above" if way == "up" else "below", terms[0].text]
    if figures[0] is right[1] and _is_crossing_beyond(relations):
        memory.note([left, *terms], relations[0])
        return [left.text, relations[0], terms[0].text, "and", left.text, relations[1], figures[0].text]
    return []


def _of_the_same(part: list[Token], relations: list[str], words: list[str], memory: Memory) -> list[str]:
    """Return a comparison that names neither side: it is about what was compared before."""
    relation = words[0].removeprefix("not ")
    if set(relations) <= {"up", "down"} and memory.pair is not None:
        return [memory.pair[0], *_crossing(words, relation), memory.pair[1]]
    left, right = memory.sides(relation)
    if left is not None and left.startswith("supertrend") and right is None and (ways := _ways(relations)):
        return [left, "turns", ways]
    if relations in (["rise"], ["fall"]) and right and not any(one.kind is Kind.MODIFIER for one in part):
        return [left or "price", f"{relation} {'above' if relations == ['rise'] else 'below'}", right]
    return [left or "price", *words, *([right] if right and relation in TWO_SIDED else ())]


def _crossing(words: list[str], relation: str) -> list[str]:
    """Return a way alone, "upward", as the crossing it is of."""
    return [f"{words[0].removesuffix(relation)}crosses {relation}"] if relation in {"above", "below"} else words


def _is_binary(operands: list[Operand], relations: list[str]) -> bool:
    """Tell whether a rise or fall is one past something, not one by an amount or as such."""
    if {"rise", "fall"}.isdisjoint(relations):
        return True
    if not operands:
        return len(set(relations)) > 1
    last = operands[-1]
    if "%" in last.text or (last.kind is Kind.TERM and len(operands) == 1):
        return not {"above", "below", "at least", "at most"}.isdisjoint(relations) and "%" not in last.text
    return len(operands) > 1 or last.kind is Kind.NUMBER


def opens_with_relation(part: list[Token]) -> bool:
    """Tell whether a part says how it compares before it says what."""
    return next(token.kind for token in part if token.kind is not Kind.NOT) is Kind.RELATION


def crossed(setup: str, operands: list[Operand], relations: list[str], memory: Memory) -> str:
    """Return a golden or death cross, and what is said of a figure beside it: "a death cross above 80"."""
    lines = [one for one in operands if one.kind is Kind.TERM] or memory.crossed
    memory.crossed = lines
    said = _cross_of(setup, lines)
    if not lines and memory.pair is not None:
        said = f"{memory.pair[0]} {_CROSSES[setup]} {memory.pair[1]}"
    figure = next((one.text for one in operands if one.kind is Kind.NUMBER), None)
    if figure is None or not relations:
        return said
    subject = said.split(" crosses ")[0] if " crosses " in said else memory.left or "price"
    return f"{said} and {subject} {merged_relation(relations, figure, binary=True)} {figure}"


def _cross_of(setup: str, operands: list[Operand]) -> str:
    verb = _CROSSES[setup]
    if len(operands) == 1 and operands[0].text.startswith("macd"):
        return f"macd line {verb} macd signal line"
    if len(operands) == 1 and operands[0].text.startswith("stoch"):
        return f"stochastic k {verb} stochastic d"
    if len(operands) == 2:
        return f"{setup} of {operands[0].text} over {same_kind(operands[0].text, operands[1].text)}"
    return " ".join([*(one.text for one in operands), setup])
