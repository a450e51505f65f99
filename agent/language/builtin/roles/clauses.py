"""What the blocks of one sentence say about each other: titles, side words, rules said in front of two actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.contraries import mirrored
from agent.language.builtin.roles.blocks import Block
from agent.language.builtin.roles.turns import last_of_turns
from agent.language.builtin.rules import Condition, Not, joined
from agent.language.builtin.scanner.times import is_a_time

if TYPE_CHECKING:
    from agent.language.builtin.roles.sides import Side

FILTERING = ("filter", "unless")
"""Words in front of a condition that narrows the entry, wherever it stands."""


def rule_of(block: Block) -> Condition:
    """Join the parts of a run: or binds weaker than and; commas follow the words between the other parts."""
    joints = [joint for joint, _ in block.parts[1:]]
    comma_is = "or" if "or" in joints and "and" not in joints and "filter" not in joints else "and"
    groups: list[list[Condition]] = [[]]
    block.parts = last_of_turns(block.parts)
    for at, (joint, part) in enumerate(block.parts):
        if joint == "unless":
            groups[-1].append(Not(part))
            continue
        if at and (joint == "or" or (joint == "comma" and comma_is == "or")):
            groups.append([])
        groups[-1].append(part)
    return joined("or", [joined("and", group) for group in groups if group])


def without_title(blocks: list[Block]) -> list[Block]:
    """``shorts: a -> short, b -> cover``, ``trigger: a buy, b sell``: the first word is a title."""
    if len(blocks) > 3 and blocks[0].action == ("enter", None) and blocks[2].action is not None:
        if blocks[2].action[0] == "enter" and blocks[2].leading is None and blocks[1].parts:
            return blocks[1:]
    repeated = len(blocks) >= 4 and blocks[0].action is not None and blocks[2].action == blocks[0].action
    return blocks[1:] if repeated and blocks[1].parts else blocks


def with_side_words(blocks: list[Block]) -> list[Block]:
    """A side word behind an entry rule names its side: ``entry = a < b short``."""
    out: list[Block] = []
    if len({block.action for block in blocks if block.action is not None and block.action[0] == "enter"}) > 2:
        return blocks  # "entry: a long, b short"
    for at, block in enumerate(blocks):
        sideless = next((one for one in out if one.action == ("enter", None)), None)
        names_side = block.action is not None and block.action[0] == "enter" and block.action[1] is not None
        alone = at + 1 >= len(blocks) or blocks[at + 1].action is not None
        if sideless is not None and names_side and alone and out[-1].action is None:
            sideless.action = block.action
        else:
            out.append(block)
    return out


def title_rule(blocks: list[Block]) -> Condition | None:
    """Take the rule in front of ``buy when A, sell when B`` apart: it is a filter or a title, no rule of an action."""
    rules = [block for block in blocks if block.action is None and block.parts]
    actions = [block for block in blocks if block.action is not None]
    if not rules or blocks[0] is not rules[0] or not actions:
        return None
    first = rules[0]
    filtering = first.parts[0][0] == "filter"
    if filtering and len(first.parts) > 1 and first.parts[1][0] in ("comma", None):
        rule = first.parts[0][1]
        first.parts = [(None, first.parts[1][1]), *first.parts[2:]]
        return rule
    titled = (
        actions[0].leading == "comma"
        and len(actions) >= 2
        and len(rules) == len(actions) + 1
        and blocks[-1] is rules[-1]
        and not _narrows(rules[-1])
    )
    if not filtering and not titled:
        return None
    first.taken = True
    return rule_of(first)


def _narrows(run: Block) -> bool:
    """True for a run at the end of a sentence that adds to the rules before it."""
    return run.holding or run.leading in (*FILTERING, "and", "or") or run.parts[0][0] in (*FILTERING, "and")


def rule_behind(block: Block, action: Block) -> Block | None:
    """``buy when A, when B sell``: cut off the last part, which belongs to the action behind it."""
    if action.action is None or len(block.parts) < 2 or action.leading in ("comma", "else"):
        return None
    cuts = [cut for cut in block.whens if cut > 0] or [cut for cut in block.commas if cut > 0]
    if not cuts:
        return None
    cut = cuts[-1]
    rest = Block(parts=[(None, block.parts[cut][1]), *block.parts[cut + 1 :]], taken=True)
    block.parts = block.parts[:cut]
    return rest


def cut_head(blocks: list[Block], at: int) -> Condition | None:
    """``rsi < 30 buy if A, rsi > 60 sell``: cut off what stands up to the comma; it narrows the entry, as times do."""
    if at + 2 >= len(blocks) or blocks[at + 1].action is not None or not blocks[at + 1].parts:
        return None
    after = blocks[at + 1]
    if 0 in after.commas or after.parts[0][0] in FILTERING:
        return None
    cut = next((one for one in after.commas if one > 0), 0)
    if not blocks[at].prefixed and not all(is_a_time(part) for _, part in after.parts[: cut or None]):
        return None
    if not cut:
        after.taken = blocks[at + 2].leading == "comma"
        return rule_of(after) if after.taken else None
    head = rule_of(Block(parts=[(None, after.parts[0][1]), *after.parts[1:cut]]))
    after.parts = [(None, after.parts[cut][1]), *after.parts[cut + 1 :]]
    after.commas, after.whens = [one - cut for one in after.commas if one > cut], []
    return head


def held_else(blocks: list[Block], at: int) -> Block | None:
    """``spy over the 200 sma, else cash``: take the rule in front of ``else``, which holds the position."""
    before = blocks[at - 1] if at and blocks[at].leading == "else" else None
    if before is None or before.action is not None or before.taken or not before.parts:
        return None
    before.taken = True
    return before


def narrowed_sides(rule: Condition, joint: str | None, entered: list[Side], last: Side | None) -> list[Side]:
    """``a long, b short with rsi < 50``: what has a direction goes with the side that was entered last."""
    return [last] if last is not None and joint == "and" and len(entered) > 1 and mirrored(rule) != rule else entered


def filters_of(block: Block) -> list[Condition]:
    """Return the filters in a run; those behind ``unless`` are denied."""
    return [Not(part) if joint == "unless" else part for joint, part in block.parts if joint in FILTERING]


def take_shared_filters(block: Block) -> list[Condition]:
    """Take the filters without a direction behind a comma: ``long over a, short under it, only if adx > 20``."""
    apart = [
        at
        for at, (joint, part) in enumerate(block.parts)
        if at in block.commas and joint in FILTERING and mirrored(part) == part
    ]
    if not apart or apart[0] == 0:
        return []
    taken, block.parts = block.parts[apart[0] :], block.parts[: apart[0]]
    return [Not(part) if joint == "unless" else part for joint, part in taken]


def only_a_time(block: Block) -> bool:
    """True for a run of conditions about the calendar alone."""
    return bool(block.parts) and all(is_a_time(part) for _, part in block.parts)
