"""From items to roles: which condition opens, which closes, on which side."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from agent.language.builtin.rules import (
    Compare,
    Condition,
    Field,
    Group,
    Lasting,
    Not,
    Number,
    Opposite,
    Run,
    Series,
    bounds_of,
    contrary,
    joined,
    lagged,
    leaves,
    mirrored,
    reversed_signal,
)
from agent.language.builtin.setups import averages, channel_side, is_whole_channel, shorthand

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Mind
    from agent.language.builtin.scanner import Item

Side = Literal["long", "short"]
SIDES: tuple[Side, Side] = ("long", "short")


@dataclass(slots=True)
class Block:
    """Either an action or the conditions said in one breath, with the commas and words between them."""

    action: tuple[str, str | None] | None = None
    parts: list[tuple[str | None, Condition]] = field(default_factory=list)
    leading: str | None = None
    taken: bool = False
    commas: list[int] = field(default_factory=list)
    whens: list[int] = field(default_factory=list)
    holding: bool = False
    prefixed: bool = False
    shares: bool = False
    complete: bool = False
    opaque: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Rules:
    """Entries and exits by side; what was assumed on the way, in words."""

    entry: dict[Side, Condition | None] = field(default_factory=lambda: {"long": None, "short": None})
    exit: dict[Side, Condition | None] = field(default_factory=lambda: {"long": None, "short": None})
    assumed: list[tuple[str, str]] = field(default_factory=list)
    reverse: bool = False
    loose: list[Condition] = field(default_factory=list)
    opaque: list[tuple[str, Item]] = field(default_factory=list)


def assign(items: list[Item], mind: Mind, words: frozenset[str]) -> Rules:
    """Return the roles of a message's conditions."""
    ruled = any(item.kind in ("condition", "setup", "pair", "levels") for item in items)
    items = [
        replace(item, kind="condition") if item.kind == "titled" and not (ruled and _only_a_name(item.data)) else item
        for item in items
    ]
    rules = Rules()
    sides = _sides_said(items)
    if sides == {"short"} and not any(item.kind == "action" and item.data == ("enter", "short") for item in items):
        items = [
            replace(item, data=("enter", "short")) if item.kind == "action" and item.data == ("exit", "long") else item
            for item in items
        ]  # "short side only ... sell it"
    state = _State(rules, sides)
    for sentence in _sentences(items):
        state.sentence(_blocks(sentence))
    state.finish(items, mind, words)
    return rules


def _sides_said(items: list[Item]) -> set[Side]:
    """The sides a message speaks of; long where it names none."""
    said: set[Side] = set()
    only: Side | None = None
    for item in items:
        if item.kind == "only":
            only = item.data
        if item.kind == "opposite" and (
            item.words.lower().startswith(("same", "mirror", "symmetric")) or "short" in item.words.lower()
        ):
            said |= {"long", "short"}  # "same in reverse too"
        if item.kind == "action" and item.data[0] in ("enter", "hold"):
            if item.data[1] == "both":
                said |= {"long", "short"}
            elif item.data[1] is not None:
                said.add(item.data[1])
    if only is not None:
        return {only}
    return said or {"long"}


def _sentences(items: list[Item]) -> list[list[Item]]:
    sentences: list[list[Item]] = [[]]
    for item in items:
        if item.kind == "stop":
            sentences.append([])
        else:
            sentences[-1].append(item)
    return [sentence for sentence in sentences if sentence]


def _blocks(sentence: list[Item]) -> list[Block]:
    """Cut a sentence into actions and runs of conditions."""
    blocks: list[Block] = []
    joint: str | None = None
    comma = False
    when = False
    holding = False
    leaving = False
    then = False
    for item in sentence:
        leaving, left = False, leaving
        if item.kind == "level" and item.data.kind in (
            "take_profit",
            "stop_loss",
            "trailing_stop",
            "time_limit",
            "partial",
        ):
            leaving = not item.data.none
        if (
            item.kind == "or"
            and left
            and not (blocks and blocks[-1].action is not None and blocks[-1].action[0] == "exit")
        ):
            blocks.append(Block(action=("exit", None)))  # "stop 2% or when rsi > 70"
            joint, comma, when = None, False, False
            continue
        if item.kind == "action":
            if blocks and blocks[-1].action is not None and _same_breath(blocks[-1].action, item.data):
                blocks[-1].action = _merged_action(blocks[-1].action, item.data)
            else:
                shares = bool(blocks) and blocks[-1].action is not None and joint == "and"
                blocks.append(Block(action=item.data, leading=joint, shares=shares))
            joint, comma, when = None, False, False
        elif item.kind in ("condition", "setup", "opaque"):
            if item.kind == "opaque" and not blocks:
                blocks.append(Block())
            if not blocks or blocks[-1].action is not None:
                blocks.append(Block(leading=joint))
            block = blocks[-1]
            if item.kind == "opaque":
                block.opaque.append(item)
                if joint is None:
                    continue
                joint = None
                continue
            if comma or joint == "comma":
                block.commas.append(len(block.parts))
            if when:
                block.whens.append(len(block.parts))
            block.holding = block.holding or holding
            block.parts.append((joint, setup_condition(item) if item.kind == "setup" else item.data))
            if then and isinstance(block.parts[-1][1], Compare | Group) and len(block.parts) > 1:
                block.parts[-2] = (block.parts[-2][0], _before(block.parts[-2][1]))
            joint, comma, when, holding, then = None, False, False, False, False
        elif item.kind in ("and", "or", "filter", "unless", "else"):
            joint = item.kind
            then = joint == "and" and item.words.lower() in ("then", "and then")
            if joint == "else" and blocks and blocks[-1].action is not None and blocks[-1].action[0] == "exit":
                blocks[-1].leading = "else"  # "in cash otherwise"
        elif item.kind == "while":
            if blocks and blocks[-1].action is None and blocks[-1].parts:
                joint = "and"
            else:
                holding = True
            when = True
        elif item.kind == "when":
            when = True
            if blocks and blocks[-1].action is not None:
                blocks[-1].prefixed = True
        elif item.kind == "level":
            if (
                blocks
                and blocks[-1].action is not None
                and item.data.kind in ("take_profit", "stop_loss", "time_limit")
            ):
                blocks[-1].complete = True
        elif item.kind == "comma":
            comma = True
            if joint is None:
                joint = "comma"
        elif item.kind == "arrow":
            joint = None
    if joint == "else" and blocks and blocks[-1].action is not None:
        pass
    return blocks


def setup_condition(item: Item) -> Condition:
    """Return the cross a named setup stands for."""
    name, lengths = item.data
    fast, slow = averages("sma", *(sorted(lengths) if lengths else (50.0, 200.0)))
    return Compare("crosses_above" if name == "golden_cross" else "crosses_below", fast, slow)


def _same_breath(one: tuple[str, str | None], two: tuple[str, str | None]) -> bool:
    """``entry: long``, ``exit long``: two words of one action."""
    return (one[0] == two[0] and (one[1] is None or two[1] is None)) or (
        one[0] == "exit" and one[1] is None and two[0] == "enter" and False
    )


def _merged_action(one: tuple[str, str | None], two: tuple[str, str | None]) -> tuple[str, str | None]:
    return one[0], one[1] or two[1]


class _State:
    """Fills the roles, sentence by sentence."""

    def __init__(self, rules: Rules, sides: set[Side]) -> None:
        self.rules, self.sides = rules, sides
        self.last: tuple[str, str | None] | None = None
        self.header: tuple[str, str | None] | None = None
        self.held: dict[Side, Condition] = {}
        self.covers: list[Condition] = []
        self.last_rule: Condition | None = None
        self.entered: Side | None = None

    def sentence(self, blocks: list[Block]) -> None:
        """Give each run of conditions to the action it belongs to."""
        blocks = self._side_words(blocks)
        if (
            len(blocks) >= 4
            and blocks[1].parts
            and blocks[0].action is not None
            and blocks[2].action == blocks[0].action
        ):
            blocks = blocks[1:]  # "shorts: a -> short, b -> cover": the first word is a title
        if any(block.action is not None for block in blocks):
            only = len(blocks) == 1
            self.header = blocks[0].action if only else None
        self._set_titles_apart(blocks)
        for at, block in enumerate(blocks):
            if block.action is None:
                continue
            before = blocks[at - 1] if at else None
            after = blocks[at + 1] if at + 1 < len(blocks) else None
            ahead = after is not None and after.action is None and not after.taken and bool(after.parts)
            new_clause = block.leading == "comma" and ahead and after is not None and 0 not in after.commas
            if new_clause or self._leaves_for_entry(block, before, ahead):
                before = None
            if before is not None and ahead and block.action[0] == "enter" and _only_a_time(before):
                before.taken = True  # "7 to 11 utc buy the break of ..."
                self.rules.loose.append(self._rule_of(before)[0])
                before = None
            if before is not None and before.action is None and not before.taken and (before.parts or before.opaque):
                before.taken = True
                self._give(block.action, before)
            elif block.action == ("enter", "both"):
                continue  # "both ways": whose rules they are, the sides themselves say
            elif after is not None and after.action is None and not after.taken:
                after.taken = True
                following = blocks[at + 2] if at + 2 < len(blocks) else None
                rest = None
                if following is not None and (at + 3 >= len(blocks) or blocks[at + 3].action is not None):
                    rest = _split_for(after, following)
                self._give(block.action, after, prefix=True)
                if rest is not None and following is not None and following.action is not None:
                    self._give(following.action, rest)
                    following.action, following.taken = None, True
            elif block.shares and self.last_rule is not None:
                self._give(block.action, Block(parts=[(None, self.last_rule)]))  # "close it and go short"
            elif block.leading == "else" and block.action[0] == "exit":
                self._otherwise(block.action)
            else:
                self.last = block.action
        for block in blocks:
            if block.action is None and not block.taken:
                self._loose(block)

    def _leaves_for_entry(self, block: Block, before: Block | None, ahead: bool) -> bool:
        """``rsi < 5, sell when close > sma``: an exit with a rule or a level of its own does not take the entry's."""
        if block.action is None or block.action[0] != "exit" or before is None or not before.parts:
            return False
        entered = any(self.rules.entry[side] is not None for side in SIDES)
        return not entered and (block.complete or (ahead and block.prefixed))

    def _set_titles_apart(self, blocks: list[Block]) -> None:
        """A rule in front of ``buy when A, sell when B`` is a filter or a title: it is no rule of the first action."""
        rules = [block for block in blocks if block.action is None and block.parts]
        actions = [block for block in blocks if block.action is not None]
        if not rules or blocks[0] is not rules[0] or not actions:
            return
        filtering = rules[0].parts[0][0] == "filter"
        trailing = (
            rules[-1].holding
            or rules[-1].leading in ("filter", "unless", "and", "or")
            or rules[-1].parts[0][0] in ("filter", "unless", "and")
        )
        titled = (
            actions[0].leading == "comma"
            and len(actions) >= 2
            and len(rules) == len(actions) + 1
            and blocks[-1] is rules[-1]
            and not trailing
        )
        if filtering and len(rules[0].parts) > 1 and rules[0].parts[1][0] in ("comma", None):
            self.rules.loose.append(rules[0].parts[0][1])
            rules[0].parts = [(None, rules[0].parts[1][1]), *rules[0].parts[2:]]
        elif filtering or titled:
            rules[0].taken = True
            rule, _ = self._rule_of(rules[0])
            self.rules.loose.append(rule)

    def _side_words(self, blocks: list[Block]) -> list[Block]:
        """A side word behind an entry rule names its side: ``entry = a < b short``."""
        out: list[Block] = []
        for at, block in enumerate(blocks):
            sideless = next(
                (one for one in out if one.action is not None and one.action[0] == "enter" and one.action[1] is None),
                None,
            )
            if (
                sideless is not None
                and block.action is not None
                and block.action[0] == "enter"
                and block.action[1] is not None
                and (at + 1 >= len(blocks) or blocks[at + 1].action is not None)
                and out[-1].action is None
            ):
                sideless.action = ("enter", block.action[1])
                continue
            out.append(block)
        return out

    def _give(self, action: tuple[str, str | None], block: Block, *, prefix: bool = False) -> None:
        """Take a run of conditions as the rule of an action."""
        for item in block.opaque:
            self.rules.opaque.append((("entry" if action[0] != "exit" else "exit"), item))
        kind, side = action
        if kind == "exit":
            filters = [
                Not(part) if joint == "unless" else part for joint, part in block.parts if joint in ("filter", "unless")
            ]
            given = any(self.rules.exit[one] is not None for one in SIDES)
            if filters and (len(filters) < len(block.parts) or given):
                block.parts = [(joint, part) for joint, part in block.parts if joint not in ("filter", "unless")]
                self.rules.loose.extend(filters)
        if not block.parts:
            self.last = action
            return
        rule, exit_rule = self._rule_of(block)
        self.last, self.last_rule = action, rule
        if kind in ("enter", "hold"):
            for one in self._entry_sides(side):
                self.entered = one
                self._put("entry", one, self._for_side(rule, one, both=side == "both"))
                if kind == "hold" or block.holding:
                    self.held[one] = contrary(self._for_side(rule, one, both=False))
            if exit_rule is not None:
                for one in self._entry_sides(side):
                    self._put("exit", one, exit_rule)
        else:
            if side == "short":
                self.covers.append(rule)
            for one in self._exit_sides(side):
                self._put("exit", one, rule)

    def _rule_of(self, block: Block) -> tuple[Condition, Condition | None]:
        """Join the parts of a run: or binds weaker than and; commas follow the words between the other parts."""
        joints = [joint for joint, _ in block.parts[1:]]
        comma_is = "or" if "or" in joints and "and" not in joints and "filter" not in joints else "and"
        groups: list[list[Condition]] = [[]]
        block.parts = _last_of_turns(block.parts)
        for at, (joint, part) in enumerate(block.parts):
            if joint == "unless":
                groups[-1].append(Not(part))
                continue
            if at and (joint == "or" or (joint == "comma" and comma_is == "or")):
                groups.append([])
            groups[-1].append(part)
        return joined("or", [joined("and", group) for group in groups if group]), None

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
        entered = [one for one in SIDES if self.rules.entry[one] is not None]
        lacking = [one for one in entered if self.rules.exit[one] is None]
        if len(entered) == 2 and lacking == [self.entered]:
            return lacking  # "long below a, exit above b, short above c, exit below d"
        return entered or [one for one in SIDES if one in self.sides]

    def _for_side(self, rule: Condition, side: Side, *, both: bool) -> Condition:
        return mirrored(rule) if both and side == "short" and _has_direction(rule) else rule

    def _put(self, role: str, side: Side, rule: Condition, *, quiet: bool = False) -> None:
        """Add an alternative to a role."""
        held = self.rules.entry if role == "entry" else self.rules.exit
        before = held[side]
        if quiet and before is not None:
            return
        held[side] = rule if before is None else joined("or", [before, rule])

    def _otherwise(self, action: tuple[str, str | None]) -> None:
        for side in self._exit_sides(action[1]):
            entry = self.rules.entry[side]
            if entry is not None:
                self.rules.exit[side] = contrary(entry)

    def _loose(self, block: Block) -> None:
        """Conditions without an action: a filter of what was said before, or of what comes."""
        for item in block.opaque:
            role = "exit" if self.last is not None and self.last[0] == "exit" else "entry"
            self.rules.opaque.append((role, item))
        if not block.parts:
            return
        rule, _ = self._rule_of(block)
        first = block.parts[0][0]
        if self.header is not None:
            self._under_header(block, rule)
            return
        if first == "or" and self.last is not None:
            self._give(self.last, block)
            return
        if first == "unless":
            for side in SIDES:
                entry = self.rules.entry[side]
                if entry is not None:
                    self.rules.entry[side] = joined("and", [entry, rule])
            return
        entered = [side for side in SIDES if self.rules.entry[side] is not None]
        if self.last is not None and self.last[0] in ("enter", "hold") and not entered:
            self._give(self.last, block)
            return
        if entered and self.last is not None and (first in ("filter", "and", "comma") or self.last[0] == "enter"):
            for side in entered:
                entry = self.rules.entry[side]
                assert entry is not None
                if Opposite() in leaves(rule):
                    continue
                self.rules.entry[side] = joined("and", [entry, rule])
            return
        self.rules.loose.append(rule)

    def _under_header(self, block: Block, rule: Condition) -> None:
        """Lines of a list under ``entry:`` must all hold; each line under ``exit:`` closes by itself."""
        assert self.header is not None
        kind, side = self.header
        held = self.rules.exit if kind == "exit" else self.rules.entry
        sides = self._exit_sides(side) if kind == "exit" else self._entry_sides(side)
        for one in sides:
            before = held[one]
            op: Literal["and", "or"] = "or" if kind == "exit" or block.parts[0][0] == "or" else "and"
            held[one] = rule if before is None else joined(op, [before, rule])
        self.last = self.header

    def finish(self, items: list[Item], mind: Mind, words: frozenset[str]) -> None:
        """Settle what the words leave to the whole message: shorthand, mirrors, opposites, directions."""
        rules = self.rules
        self._settle_loose()
        if (
            rules.entry["long"] is not None
            and rules.entry["short"] is not None
            and rules.exit["long"] is None
            and self.covers
        ):
            rules.exit["long"] = joined("or", self.covers)  # "cover" of both sides, where nothing else leaves a long
        for side, rule in self.held.items():
            if rules.exit[side] is None:
                rules.exit[side] = rule
        self._apply_shorthand(items, mind, words)
        self._mirror(items)
        for side in SIDES:
            for role in (rules.entry, rules.exit):
                held = role[side]
                if held is not None:
                    role[side] = directed(held, side, "entry" if role is rules.entry else "exit", rules.entry[side])
        for side in SIDES:
            leaving = rules.exit[side]
            if leaving is not None:
                rules.exit[side] = self._without_opposites(leaving, side)
        for item in items:
            entry = rules.entry[item.data[0]] if item.kind == "sided" else None
            if entry is not None:
                rules.entry[item.data[0]] = joined("and", [entry, item.data[1]])
        for side in SIDES:
            entry = rules.entry[side]
            if (
                entry is not None
                and all(isinstance(leaf, Compare) and _timely(leaf) for leaf in leaves(entry))
                and _shuts(entry)
            ):
                rules.entry[side] = None  # "no trades on sundays" alone enters nothing
        self._share_filters()
        for role in (rules.entry, rules.exit):
            for side in SIDES:
                said = role[side]
                if said is not None:
                    role[side] = _written_down(said)

    def _settle_loose(self) -> None:
        """Conditions no action was named for: below and above one level are entry and exit, one alone is the entry."""
        rules = self.rules
        if not rules.loose:
            return
        entered = [side for side in SIDES if rules.entry[side] is not None]
        if entered:
            filters = [one for one in rules.loose if not any(isinstance(leaf, Opposite) for leaf in leaves(one))]
            for side in entered:
                for one in filters:
                    rules.entry[side] = joined("and", [one, rules.entry[side]])  # type: ignore[list-item]
            rules.loose = []
            return
        side = "short" if self.sides == {"short"} else "long"
        if len(rules.loose) == 1:
            parts = rules.loose[0].parts if isinstance(rules.loose[0], Group) else (rules.loose[0],)
            if len(parts) == 2 and _contrary_pair(parts[0], parts[1]):
                rules.loose = list(parts)
        if len(rules.loose) == 2 and _contrary_pair(rules.loose[0], rules.loose[1]):
            first, second = rules.loose
            rules.entry[side], rules.exit[side] = first, second
            rules.assumed.append(("signals", "the first rule is the entry and the second the exit"))
        else:
            rules.entry[side] = joined("and", rules.loose)
            rules.assumed.append(
                (
                    "signals.entry",
                    "the rule is taken as the entry, on the long side"
                    if side == "long"
                    else "the rule is taken as the entry",
                )
            )
        rules.loose = []

    def _apply_shorthand(self, items: list[Item], mind: Mind, words: frozenset[str]) -> None:
        rules = self.rules
        if any(rules.entry[side] is not None for side in SIDES):
            self._default_exit(items)
            return
        pairs = [item.data for item in items if item.kind == "pair"]
        levels = next((item.data for item in items if item.kind == "levels"), None)
        mentions = list(mind.mentions)
        left = any(rules.exit[side] is not None for side in SIDES)
        found = None if left else shorthand(mentions, pairs, levels, words)
        if found is None or any(item.kind == "opaque" for item in items):
            return
        both = self.sides == {"long", "short"}
        for side in SIDES:
            if side in self.sides:
                rules.entry[side] = found.entry if side == "long" else mirrored(found.entry)
                if rules.exit[side] is None:
                    rules.exit[side] = found.exit if side == "long" else mirrored(found.exit)
        rules.assumed.append(("signals", f"its usual rule: {found.words}" + (", mirrored for shorts" if both else "")))

    def _default_exit(self, items: list[Item]) -> None:
        """A named cross without an exit is left by the cross back, its published rule."""
        rules = self.rules
        named = any(item.kind == "setup" for item in items)
        for side in SIDES:
            entry = rules.entry[side]
            if entry is None or rules.exit[side] is not None:
                continue
            only = [leaf for leaf in leaves(entry) if isinstance(leaf, Compare)]
            undirected = len(leaves(entry)) == 1 and len(only) == 1 and only[0].when == "cross"
            protected = any(
                item.kind == "level" and not item.data.none and item.data.kind != "cooldown" for item in items
            )
            asked = any(item.kind == "action" for item in items)
            if undirected and not asked and is_whole_channel(only[0]):
                rules.exit[side] = _channel_exit(only[0])
                rules.assumed.append(
                    ("signals.exit", "out on the other side of the channel, the usual rule of this setup")
                )
            elif (named and not protected) or (undirected and not asked):
                rules.exit[side] = Opposite()
                rules.assumed.append(("signals.exit", "out when the signal reverses, the usual rule of this setup"))

    def _mirror(self, items: list[Item]) -> None:
        """``vice versa for shorts``: the other side mirrors this one."""
        rules = self.rules
        asked = any(item.kind == "opposite" for item in items) or any(
            isinstance(rule, Opposite) for rule in rules.entry.values()
        )
        if not asked:
            return
        for side, other in (("long", "short"), ("short", "long")):
            held = rules.entry[side]  # type: ignore[index]
            if isinstance(held, Opposite) or (held is None and other in self.sides and side in self.sides):
                source = rules.entry[other]  # type: ignore[index]
                if source is None or isinstance(source, Opposite):
                    continue
                rules.entry[side] = mirrored(source)  # type: ignore[index]
                if rules.exit[side] is None and rules.exit[other] is not None:  # type: ignore[index]
                    rules.exit[side] = mirrored(rules.exit[other])  # type: ignore[index, arg-type]

    def _without_opposites(self, rule: Condition, side: Side) -> Condition | None:
        """Put the real rule where the opposite signal was named."""
        if isinstance(rule, Opposite) and rule.contrary:
            held = self.rules.entry[side]
            return contrary(held) if held is not None else None
        if isinstance(rule, Opposite):
            other: Side = "short" if side == "long" else "long"
            entry, others = self.rules.entry[side], self.rules.entry[other]
            if others is not None and not isinstance(others, Opposite):
                crosses = [leaf for leaf in leaves(others) if isinstance(leaf, Compare) and _is_event(leaf)]
                return joined("or", list(crosses)) if crosses else others
            return reversed_signal(entry) if entry is not None else None
        if isinstance(rule, Group):
            parts = [self._without_opposites(part, side) for part in rule.parts]
            return joined(rule.op, [part for part in parts if part is not None])
        return rule

    def _share_filters(self) -> None:
        for side in SIDES:
            if self.rules.entry[side] is None:
                self.rules.exit[side] = None


def _before(rule: Condition) -> Condition:
    """``three red candles, then a green one``: candles that come before others end one bar earlier."""
    if isinstance(rule, Lasting) and isinstance(rule.part, Compare) and _of_a_candle(rule.part):
        return replace(rule, part=_earlier(rule.part))
    if isinstance(rule, Compare) and _of_a_candle(rule):
        return _earlier(rule)
    if isinstance(rule, Run) and isinstance(rule.left, Field):
        return replace(rule, left=lagged(rule.left, 1))
    return rule


def _of_a_candle(rule: Compare) -> bool:
    return rule.left == Field("close") and rule.right in (Field("open"), Field("close", 1))


def _earlier(rule: Compare) -> Compare:
    return replace(rule, left=lagged(rule.left, 1), right=lagged(rule.right, 1))


def _only_a_time(block: Block) -> bool:
    """True for a run of conditions about the calendar alone."""
    said = [leaf for _, part in block.parts for leaf in leaves(part)]
    return bool(said) and all(isinstance(leaf, Compare) and _timely(leaf) for leaf in said)


def _timely(leaf: Compare) -> bool:
    return isinstance(leaf.left, Field) and leaf.left.name.startswith("time.")


def _shuts(rule: Condition) -> bool:
    """True for a rule that only shuts times out."""
    if isinstance(rule, Group):
        return all(_shuts(part) for part in rule.parts)
    return isinstance(rule, Not)


def _split_for(block: Block, action: Block) -> Block | None:
    """``buy when A, when B sell``: cut off the last part, which belongs to the action behind it."""
    if action.action is None or len(block.parts) < 2 or action.leading == "comma":
        return None
    cuts = [cut for cut in block.whens if cut > 0] or [cut for cut in block.commas if cut > 0]
    if not cuts:
        return None
    cut = cuts[-1]
    rest = Block(parts=[(None, block.parts[cut][1]), *block.parts[cut + 1 :]], taken=True)
    block.parts = block.parts[:cut]
    return rest


def _last_of_turns(parts: list[tuple[str | None, Condition]]) -> list[tuple[str | None, Condition]]:
    """``dips under -100 then crosses back above``: of two crosses of one level the later one decides."""
    kept: list[tuple[str | None, Condition]] = []
    for joint, part in parts:
        if kept and joint == "and" and isinstance(part, Compare) and part.when.startswith("crosses"):
            before = kept[-1][1]
            if (
                isinstance(before, Compare)
                and before.when.startswith("crosses")
                and (before.left, before.right) == (part.left, part.right)
            ):
                if before.when != part.when:
                    kept[-1] = (kept[-1][0], part)
                    continue
        kept.append((joint, part))
    return kept


def _channel_exit(entry: Compare) -> Condition:
    """How a break of a channel is left: a Donchian's at its other side, bands at their middle line."""
    if isinstance(entry.right, Series) and entry.right.type in ("bbands", "keltner"):
        return Compare("beyond", entry.left, replace(entry.right, output="middle"))
    return entry


def _is_event(leaf: Compare) -> bool:
    """True for what turns a signal, not for what filters it: a cross, a flip of direction."""
    flips = isinstance(leaf.left, Series) and leaf.left.output == "direction"
    return flips or leaf.when.startswith("crosses")


def _only_a_name(rule: Condition) -> bool:
    """True for a title such as ``keltner breakout:`` or ``rsi dip:``, which the rules behind it spell out."""
    return all(
        isinstance(leaf, Compare) and (leaf.when == "cross" or leaf.right == lagged(leaf.left, 1))
        for leaf in leaves(rule)
    )


def _written_down(rule: Condition) -> Condition | None:
    """Return a rule without references nobody resolved; None when nothing is left."""
    if isinstance(rule, Opposite):
        return None
    if isinstance(rule, Group):
        parts = [part for one in rule.parts if (part := _written_down(one)) is not None]
        return joined(rule.op, parts) if parts else None
    if isinstance(rule, Not):
        inner = _written_down(rule.part)
        return None if inner is None else Not(inner)
    return rule


def _has_direction(rule: Condition) -> bool:
    """False for a rule whose direction the side decides itself (an undirected cross)."""
    return not all(isinstance(leaf, Compare) and leaf.when in ("cross", "beyond", "outside") for leaf in leaves(rule))


def _contrary_pair(one: Condition, two: Condition) -> bool:
    """True for two comparisons of one series that look opposite ways."""
    if not (isinstance(one, Compare) and isinstance(two, Compare)) or one.left != two.left:
        return False
    ups = {"gt", "gte", "crosses_above"}
    downs = {"lt", "lte", "crosses_below"}
    return (one.when in ups and two.when in downs) or (one.when in downs and two.when in ups)


def directed(rule: Condition, side: Side, role: str, entry: Condition | None) -> Condition:
    """Give undirected crosses and reached levels the direction their role asks for."""
    if isinstance(rule, Group):
        return joined(rule.op, [directed(part, side, role, entry) for part in rule.parts])
    if isinstance(rule, Not):
        return Not(directed(rule.part, side, role, entry))
    if isinstance(rule, Lasting):
        return replace(rule, part=directed(rule.part, side, role, entry))
    if not isinstance(rule, Compare):
        return rule
    up = (side == "long") == (role == "entry")
    if is_whole_channel(rule):
        return channel_side(rule, up=up)
    if rule.when == "cross":
        return replace(rule, when="crosses_above" if up else "crosses_below")
    if rule.when in ("beyond", "outside"):
        return replace(rule, when="gt" if up else "lt")
    if rule.when == "reach":
        return replace(rule, when="gte" if _reached_from_below(rule, side, role, entry) else "lte")
    return rule


def _reached_from_below(rule: Compare, side: Side, role: str, entry: Condition | None) -> bool:
    """Which way a level is come to: by the line's nature, else from where the entry left the series."""
    right = rule.right
    if isinstance(right, Series):
        if right.output == "upper" or right.type == "highest":
            return True
        if right.output == "lower" or right.type == "lowest":
            return False
    if entry is not None and role == "exit":
        for leaf in leaves(entry):
            if isinstance(leaf, Compare) and leaf.left == rule.left:
                if isinstance(leaf.right, Number) and isinstance(right, Number) and leaf.right != right:
                    return right.value > leaf.right.value
                return leaf.when in ("lt", "lte", "crosses_below")
    bounds = bounds_of(rule.left)
    if isinstance(right, Number) and bounds is not None and bounds[1] < float("inf"):
        return right.value >= (bounds[0] + bounds[1]) / 2
    return (side == "long") == (role == "exit")
