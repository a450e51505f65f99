"""A condition in whatever order it was said, put into English order: what, how it compares, with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.languages.averages import is_multiple, multiples_in_front, of_the_volume
from agent.language.builtin.languages.comparisons import compared, crossed, crossing_beyond, opens_with_relation
from agent.language.builtin.languages.operands import in_roles, is_price_like, operands_of
from agent.language.builtin.languages.relations import SPOKEN, TWO_SIDED, merged_relation
from agent.language.builtin.languages.vocabulary import ROLES, Kind, Token

if TYPE_CHECKING:
    from agent.language.builtin.languages.memory import Memory
    from agent.language.builtin.languages.operands import Operand

_CONTENT = frozenset({Kind.RELATION, Kind.STATE, Kind.SETUP, Kind.AFTER})
_JOINTS = frozenset({Kind.AND, Kind.OR, Kind.COMMA, Kind.WHEN, Kind.COLON})
_CANDLES = {"bullish": "green", "bearish": "red"}


def has_condition(tokens: list[Token]) -> bool:
    """Tell whether something in the tokens can be true or false of a bar."""
    return any(token.kind in _CONTENT for token in tokens)


def condition(tokens: list[Token], memory: Memory, comma: str = ", ") -> str:
    """Return the English of a condition: its parts in the order said, each part in English order."""
    parts, joints = _split(tokens)
    rendered: list[str] = []
    for part, joint in zip(parts, joints, strict=True):
        text = _part(part, memory)
        if text:
            rendered.append((comma if joint == "," else f" {joint} ") + text if rendered else text)
    return "".join(rendered)


def _split(tokens: list[Token]) -> tuple[list[list[Token]], list[str]]:
    """Return the parts between conjunctions, and the conjunction before each."""
    parts: list[list[Token]] = [[]]
    joints = [","]
    between = any(token.text == "between" for token in tokens)
    for place, token in enumerate(tokens):
        if token.kind is Kind.WITH:
            if not (has_condition(parts[-1]) and _goes_on(tokens[place + 1 :])):
                continue
        elif token.kind not in _JOINTS:
            parts[-1].append(token)
            continue
        if token.kind is Kind.AND and between and _joins_numbers(tokens, place):
            continue
        if not parts[-1]:
            joints[-1] = token.text if token.kind in {Kind.AND, Kind.OR} else joints[-1]
        elif token.kind is Kind.WHEN and not has_condition(parts[-1]):
            continue
        else:
            parts.append([])
            joints.append({Kind.OR: "or", Kind.AND: "and", Kind.WITH: "and"}.get(token.kind, ","))
    if not parts[-1] and len(parts) > 1:
        del parts[-1], joints[-1]
    return _merged(parts, joints)


def _goes_on(tokens: list[Token]) -> bool:
    """Tell whether another comparison comes before the next conjunction."""
    for token in tokens:
        if token.kind in _JOINTS:
            return False
        if token.kind in _CONTENT or (token.kind is Kind.NUMBER and token.text.endswith("x")):
            return True
    return False


def _joins_numbers(tokens: list[Token], place: int) -> bool:
    around = tokens[place - 1 : place] + tokens[place + 1 : place + 2]
    return len(around) == 2 and all(token.kind is Kind.NUMBER for token in around)


def _merged(parts: list[list[Token]], joints: list[str]) -> tuple[list[list[Token]], list[str]]:
    """Put "A, B crosses" and "A and B cross" together again: a lone operand before a comparison that lacks one."""
    place = 0
    while place + 1 < len(parts):
        here, after = parts[place], parts[place + 1]
        if _is_crossing(here) and len(operands_of(after)) == 1 and joints[place + 1] == "and" and _is_direction(after):
            parts[place : place + 2] = [here + after]
            del joints[place + 1]
            continue
        if _is_cross_of(here) and joints[place + 1] == "and" and not has_condition(after) and _is_lone(after):
            parts[place : place + 2] = [here + after]
            del joints[place + 1]
            continue
        lone = not has_condition(here) and len(operands_of(here)) == 1 and here[0].kind is Kind.TERM
        if lone and _is_heading(here, after):
            del parts[place], joints[place + 1]
            continue
        if lone and joints[place + 1] != "or" and after[0].kind is Kind.STATE and not operands_of(after):
            parts[place : place + 2] = [here + after]
            del joints[place + 1]
            continue
        if lone and joints[place + 1] != "or" and _lacks_one(operands_of(after)) and _wants_two(after):
            parts[place : place + 2] = [here + after]
            del joints[place + 1]
        else:
            place += 1
    return parts, joints


def _is_heading(part: list[Token], after: list[Token]) -> bool:
    """Tell whether an indicator is named only to speak of its lines next: "stochastic: %K crosses ..."."""
    if len(part) > 1 or not has_condition(after) or part[0].kind is not Kind.TERM:
        return False
    return any(
        token.text.startswith(f"{part[0].text} ") or token.text.endswith(f" {part[0].text}")
        for token in after
        if token.kind is Kind.TERM
    )


def _lacks_one(operands: list[Operand]) -> bool:
    """Tell whether a comparison lacks a side: it has one, or an object and the figure it is beyond, but no subject."""
    first = operands[0] if operands else None
    if first is None or len(operands) == 1:
        return first is not None
    return first.role is Kind.OBJECT and [one.kind for one in operands[1:]] == [Kind.NUMBER]


def _is_crossing(part: list[Token]) -> bool:
    """Tell whether a part is the first half of "a crossing of A and B upward"."""
    relations = [token.text for token in part if token.kind is Kind.RELATION]
    return relations == ["cross"] and opens_with_relation(part) and len(operands_of(part)) == 1


def _is_cross_of(part: list[Token]) -> bool:
    """Tell whether a part is the first half of "a golden cross of A and B", "a crossing of A and B"."""
    named = part[0].text in {"golden cross", "death cross"} or _relations(part) == ["cross"]
    return named and part[0].kind is not Kind.TERM and len(operands_of(part)) == 1


def _is_lone(part: list[Token]) -> bool:
    """Tell whether a part is one thing to compare and nothing else."""
    return all(token.kind in {Kind.TERM, Kind.NUMBER} for token in part) and len(operands_of(part)) == 1


def _is_direction(part: list[Token]) -> bool:
    return all(token.text in {"up", "down", "above", "below"} for token in part if token.kind is Kind.RELATION)


def _wants_two(part: list[Token]) -> bool:
    if any(token.text in {"golden cross", "death cross"} for token in part):
        return True
    relations = [token.text for token in part if token.kind is Kind.RELATION]
    return bool(relations) and merged_relation(relations, "", binary=True) in TWO_SIDED


def _part(part: list[Token], memory: Memory) -> str:
    relations = _relations(part)
    tail = [token.text for token in part if token.kind is Kind.MODIFIER]
    negated = any(token.kind is Kind.NOT for token in part)
    operands = of_the_volume(multiples_in_front(in_roles(operands_of(part, bounds="between" in relations))))
    setup = next((token.text for token in part if token.kind is Kind.SETUP), None)
    if setup in {"golden cross", "death cross"}:
        return " ".join([crossed(setup, operands, relations, memory), *tail])
    if setup == "pullback" and not relations and operands and is_price_like(operands[-1].text):
        return f"price pulls back to {operands[-1].text}"
    if not relations and len(operands) == 2 and operands[0].text == "volume" and is_multiple(operands[1]):
        relations = ["at least"]
    if not relations:
        colour = next((_CANDLES[token.text] for token in part if token.text in _CANDLES), None)
        if colour is not None and not operands and tail:
            return " ".join(tail).replace(" bars ", f" {colour} candles ").replace(" days ", f" {colour} candles ")
        if any(token.kind is Kind.STATE for token in part):
            if operands:
                memory.note(operands)
            elif colour is not None and (memory.left or "").startswith("supertrend"):
                part = [Token(Kind.TERM, memory.left or ""), *part]
        spoken = sorted(part, key=lambda token: token.kind is Kind.STATE)
        said = [_said(token) for token in spoken if token.kind not in {Kind.MODIFIER, Kind.UNKNOWN, *ROLES}]
        return " ".join(said + tail)
    strange = next((token.text for token in part if token.kind is Kind.UNKNOWN), None)
    if strange is not None:
        memory.unread[strange] = " ".join(
            [merged_relation(relations, "", binary=True), *(one.text for one in operands)]
        )
        return ""
    beyond = crossing_beyond(part)
    if beyond is not None and not negated:
        crossing, side, figure = beyond
        crosses = " ".join(compared(crossing, in_roles(operands_of(crossing)), _relations(crossing), negated, memory))
        return " ".join([crosses, "and", f"{crosses.split(' crosses')[0]} {side} {figure}", *tail])
    return " ".join([*compared(part, operands, relations, negated, memory), *tail])


def _relations(part: list[Token]) -> list[str]:
    return [token.text for token in part if token.kind is Kind.RELATION]


def _said(token: Token) -> str:
    return SPOKEN.get(token.text, token.text) if token.kind is Kind.RELATION else token.text
