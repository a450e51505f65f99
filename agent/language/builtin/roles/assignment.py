"""Sentence by sentence, each run of conditions goes to the action it belongs to: ``buy when A, sell when B``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from agent.language.builtin.contraries import contrary, mirrored, otherwise, reversed_signal
from agent.language.builtin.roles.blocks import Block
from agent.language.builtin.roles.clauses import (
    FILTERING,
    cut_head,
    filters_of,
    held_else,
    narrowed_sides,
    only_a_time,
    rule_behind,
    rule_of,
    take_shared_filters,
    title_rule,
    with_side_words,
    without_title,
)
from agent.language.builtin.roles.directions import has_direction
from agent.language.builtin.roles.sides import OTHER, SIDES, only_if, or_else
from agent.language.builtin.rules import Compare, Condition, Field, Opposite, joined, leaves
from agent.language.builtin.scanner.times import is_a_span_of_time, is_a_time

if TYPE_CHECKING:
    from agent.language.builtin.roles.sides import Action, Rules, Side


class Assignment:
    """The rules so far, and what the sentences so far leave open.

    ``last`` is the action spoken of last and ``last_rule`` its rule; ``header`` the action of a sentence that is
    nothing else (``entry:``); ``held`` the rules that close what was held while they fail; ``covers`` the exits said
    for shorts; ``entered`` the side entered last; ``flat_otherwise`` True where a side without a rule is out;
    ``shared`` what the last entry of the sentence asks of both sides alike, ``directed`` its last rule.
    """

    def __init__(self, rules: Rules, sides: set[Side]) -> None:
        self.rules, self.sides = rules, sides
        self.last: Action | None = None
        self.header: Action | None = None
        self.held: dict[Side, Condition] = {}
        self.covers: list[Condition] = []
        self.last_rule: Condition | None = None
        self.entered: Side | None = None
        self.flat_otherwise = False
        self.shared: list[Condition] = []
        self.directed: Condition | None = None

    def sentence(self, blocks: list[Block]) -> None:
        """Give each run of conditions to the action it belongs to."""
        blocks = without_title(with_side_words(blocks))
        if any(block.action is not None for block in blocks):
            self.header = blocks[0].action if len(blocks) == 1 else None
        title = title_rule(blocks)
        if title is not None:
            self.rules.loose.append(title)
        for at, block in enumerate(blocks):
            if block.action is not None:
                self._serve(block.action, blocks, at)
        for block in blocks:
            if block.action is None and not block.taken:
                self._loose(block)

    def _serve(self, action: Action, blocks: list[Block], at: int) -> None:
        """Find the rule of an action: before it, else behind it, else what was said before."""
        block = blocks[at]
        if action[0] == "exit" and not self.rules.entered() and (held := held_else(blocks, at)) is not None:
            self._give(("enter", None), held)
        before = self._rule_before(action, blocks, at)
        if before is not None:
            before.taken = True
            self._give(action, before)
            head = cut_head(blocks, at) if action[0] == "enter" else None
            if head is not None:
                for one in self._entry_sides(action[1]):
                    only_if(self.rules.entry, one, head)
        elif action == ("enter", "both"):
            return  # "both ways": whose rules they are, the sides themselves say
        elif at + 1 < len(blocks) and blocks[at + 1].action is None and not blocks[at + 1].taken:
            self._give_following(action, blocks, at)
        elif block.shares and self.last_rule is not None:
            self._give(action, Block(parts=[(None, self.last_rule)]))  # "close it and go short"
        elif block.leading == "else" and action[0] in ("exit", "enter"):
            self._otherwise(action)
        else:
            self.last = action

    def _rule_before(self, action: Action, blocks: list[Block], at: int) -> Block | None:
        """The run in front of an action, unless it belongs to another one or only says at what time."""
        block, before = blocks[at], blocks[at - 1] if at else None
        after = blocks[at + 1] if at + 1 < len(blocks) else None
        if before is None:
            return None
        ahead = after is not None and after.action is None and not after.taken and bool(after.parts)
        new_clause = block.leading == "comma" and ahead and after is not None and 0 not in after.commas
        last = block.leading == "and" and (at + 2 >= len(blocks) or blocks[at + 2].action is None)
        if new_clause or self._leaves_for_entry(action, block, before, ahead and (block.prefixed or last)):
            return None
        if ahead and action[0] == "enter" and only_a_time(before):
            before.taken = True  # "7 to 11 utc buy the break of ..."
            self.rules.loose.append(rule_of(before))
            return None
        free = before.action is None and not before.taken
        return before if free and (before.parts or before.opaque) else None

    def _leaves_for_entry(self, action: Action, block: Block, before: Block, ahead: bool) -> bool:
        """``rsi < 5, sell when close > sma``: an exit with a rule or a level of its own does not take the entry's."""
        if action[0] != "exit" or not before.parts:
            return False
        return not self.rules.entered() and (block.complete or ahead)

    def _give_following(self, action: Action, blocks: list[Block], at: int) -> None:
        """``buy when A, when B sell``: the run behind an action, but for the part that belongs to the next one."""
        after = blocks[at + 1]
        after.taken = True
        following = blocks[at + 2] if at + 2 < len(blocks) else None
        rest = None
        if following is not None and (at + 3 >= len(blocks) or blocks[at + 3].action is not None):
            rest = rule_behind(after, following)
        self._give(action, after)
        if rest is not None and following is not None and following.action is not None:
            self._give(following.action, rest)
            following.action, following.taken = None, True

    def _give(self, action: Action, block: Block) -> None:
        """Take a run of conditions as the rule of an action."""
        kind, side = action
        self.rules.opaque += [("exit" if kind == "exit" else "entry", item) for item in block.opaque]
        if kind == "exit":
            self._set_filters_apart(block)
        self.last = action
        if kind != "exit" and self.entered not in (None, side):
            self.rules.loose += take_shared_filters(block)
        if not block.parts:
            return
        rule = self.last_rule = rule_of(block)
        if kind == "exit":
            self._leave_by(side, rule)
            return
        alike = block.elliptic or self._other_candle(rule) or self._mirrors(rule)
        if len(block.parts) == 1 and self.entered not in (None, side) and alike:
            rule = joined("and", [*self.shared, rule])  # "volume > 2x average and green buy, red short"
        else:
            self.shared = [part for joint, part in block.parts[:-1] if joint != "or" and mirrored(part) == part]
            self.directed = block.parts[-1][1]
        for one in self._entry_sides(side):
            self.entered = one
            mirror = side == "both" and one == "short" and has_direction(rule)
            or_else(self.rules.entry, one, mirrored(rule) if mirror else rule)
            if kind == "hold" or block.holding or is_a_span_of_time(rule):
                self.held[one] = reversed_signal(rule)

    def _other_candle(self, rule: Condition) -> bool:
        """``volume over its average on a green candle long, on a red one short``: the other colour, nothing else."""
        entry = self.rules.entry[self.entered] if self.entered is not None else None
        coloured = isinstance(rule, Compare) and (rule.left, rule.right) == (Field("close"), Field("open"))
        return coloured and entry is not None and mirrored(rule) in leaves(entry)

    def _mirrors(self, rule: Condition) -> bool:
        """``adx > 25 and rsi > 60 long, rsi < 40 short``: the other side of what followed the shared part."""
        return self.directed is not None and mirrored(self.directed) == rule

    def _leave_by(self, side: str | None, rule: Condition) -> None:
        if side == "short":
            self.covers.append(rule)
        for one in self._exit_sides(side):
            or_else(self.rules.exit, one, rule)

    def _set_filters_apart(self, block: Block) -> None:
        """A filter beside the rule of an exit, or behind an exit that has one, narrows the entry."""
        filters = filters_of(block)
        given = any(self.rules.exit[side] is not None for side in SIDES)
        if filters and (len(filters) < len(block.parts) or given):
            block.parts = [(joint, part) for joint, part in block.parts if joint not in FILTERING]
            self.rules.loose.extend(filters)
        later = min((at for at in block.whens if at > 0), default=0)
        if later and all(is_a_time(part) for _, part in block.parts[:later]):
            self.rules.loose.extend(part for _, part in block.parts[later:])  # "sell fridays, if above the 50 day"
            block.parts = block.parts[:later]

    def _entry_sides(self, side: str | None) -> list[Side]:
        if side == "both":
            return list(SIDES)
        if side is None:
            return [one for one in SIDES if one in self.sides]
        return ["long" if side == "long" else "short"]

    def _exit_sides(self, side: str | None) -> list[Side]:
        """Whom an exit is for: who is named; else whoever was entered so far, or everyone."""
        if side == "short":
            return ["short"]
        if side == "long" and ("long" in self.sides or self.rules.entry["long"] is not None):
            return ["long"]
        entered = self.rules.entered()
        lacking = [one for one in entered if self.rules.exit[one] is None]
        if len(entered) == 2 and lacking == [self.entered]:
            return lacking  # "long below a, exit above b, short above c, exit below d"
        return entered or [one for one in SIDES if one in self.sides]

    def _otherwise(self, action: Action) -> None:
        """``buy when A, otherwise sell``: out as soon as the entry's rule fails; ``else short``: the other side."""
        kind, side = action
        if kind == "enter":
            self.last = action
            for one in SIDES:
                entry = self.rules.entry[OTHER[one]] if one == side else None
                if entry is not None:
                    or_else(self.rules.entry, one, contrary(entry))
            return
        self.flat_otherwise = side is None
        for one in self._exit_sides(side):
            entry = self.rules.entry[one]
            if entry is not None:
                self.rules.exit[one] = otherwise(entry)

    def _loose(self, block: Block) -> None:
        """Conditions without an action: a filter of what was said before, or of what comes."""
        role = "exit" if self.last is not None and self.last[0] == "exit" else "entry"
        self.rules.opaque += [(role, item) for item in block.opaque]
        if not block.parts:
            return
        rule = rule_of(block)
        first = block.parts[0][0]
        entered = self.rules.entered()
        if self.header is not None:
            self._under_header(self.header, block, rule)
        elif first == "or" and self.last is not None:
            self._give(self.last, block)
        elif first == "unless" and not entered:
            self.rules.loose.append(rule)  # "no longs when adx < 20. buy when ..."
        elif first == "unless":
            for side in entered:
                only_if(self.rules.entry, side, rule)
        elif self.last is not None and self.last[0] in ("enter", "hold") and not entered:
            self._give(self.last, block)
        elif entered and self.last is not None and (first in ("filter", "and", "comma") or self.last[0] == "enter"):
            turns = any(isinstance(leaf, Opposite) for leaf in leaves(rule))
            for side in () if turns else narrowed_sides(rule, first, entered, self.entered):
                only_if(self.rules.entry, side, rule)
        else:
            self.rules.loose.append(rule)

    def _under_header(self, header: Action, block: Block, rule: Condition) -> None:
        """Lines of a list under ``entry:`` must all hold; each line under ``exit:`` closes by itself."""
        kind, side = header
        held = self.rules.exit if kind == "exit" else self.rules.entry
        op: Literal["and", "or"] = "or" if kind == "exit" or block.parts[0][0] == "or" else "and"
        for one in self._exit_sides(side) if kind == "exit" else self._entry_sides(side):
            before = held[one]
            held[one] = rule if before is None else joined(op, [before, rule])
        self.last = header
