"""Sentences cut into actions and the runs of conditions said in one breath: ``buy | when A and B, | sell | when C``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agent.language.builtin.roles.turns import a_bar_before
from agent.language.builtin.rules import Compare, Condition, Group, Opposite, joined
from agent.language.builtin.setups import named_cross

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.language.builtin.roles.sides import Action
    from agent.language.builtin.scanner import Item

PROTECTIONS = ("take_profit", "stop_loss", "trailing_stop", "time_limit", "partial")
"""Levels that close a position: ``stop 2% or when rsi > 70`` goes on with another way out."""

SUBJECTLESS = ("", "above", "over", "below", "under", "beneath", "past", "red", "green", "less", "more", "higher",
               "lower", "crosses", "crossing", "cross", "at", "up", "down")  # fmt: skip
"""First words of a condition that leaves out what it is said of."""

COMPLETING = ("take_profit", "stop_loss", "time_limit")
"""Levels that say all there is to say of an exit: ``sell at 5% profit``."""


@dataclass(slots=True)
class Block:
    """Either an action or the conditions said in one breath, with the commas and words between them.

    ``parts`` are conditions, each with the word that joins it to the one before; ``leading`` is the word in front of
    the block; ``commas`` and ``whens`` are the places of the parts behind a comma and behind ``when``. A ``holding``
    run was said with ``while``; an ``elliptic`` one names nothing that it is said of. An action is ``prefixed`` when
    ``when`` follows it, ``complete`` when a level does, and ``shares`` the rule of the action before it: ``close it and
    go short``.
    """

    action: Action | None = None
    parts: list[tuple[str | None, Condition]] = field(default_factory=list)
    leading: str | None = None
    taken: bool = False
    commas: list[int] = field(default_factory=list)
    whens: list[int] = field(default_factory=list)
    elliptic: bool = False
    holding: bool = False
    prefixed: bool = False
    shares: bool = False
    complete: bool = False
    opaque: list[Item] = field(default_factory=list)


def sentences(items: list[Item]) -> list[list[Item]]:
    """Return the items between full stops."""
    found: list[list[Item]] = [[]]
    items = list(items)
    for at, item in enumerate(items):
        if item.kind == "comma" and _turns_behind(items, at, found[-1]):
            items[at + 1 : at + 3] = items[at + 2], replace(items[at + 1], data=Opposite())
            found.append([])
        elif item.kind == "stop":
            found.append([])
        else:
            found[-1].append(item)
    return [sentence for sentence in found if sentence]


def _turns_behind(items: list[Item], at: int, so_far: list[Item]) -> bool:
    """``ema 9/21 cross, opposite cross out``: a rule without its action, and the exit behind the comma."""
    kinds = [item.kind for item in so_far]
    rest = items[at + 1 : at + 3]
    acts = len(rest) == 2 and rest[1].kind == "action" and rest[1].data[0] == "exit"
    return acts and _turns(rest[0], so_far) and "action" not in kinds and "condition" in kinds


def _turns(item: Item, so_far: list[Item]) -> bool:
    """True for ``the opposite cross``, and for ``cross back`` of the cross said before."""
    again = item.kind == "condition" and "back" in item.words.split() and isinstance(item.data, Compare)
    return isinstance(item.data, Opposite) or (again and any(one.data == item.data for one in so_far))


def blocks_of(sentence: list[Item]) -> list[Block]:
    """Cut a sentence into actions and runs of conditions."""
    cut = _Cut()
    for item in sentence:
        cut.take(item)
    return cut.blocks


@dataclass(slots=True)
class _Cut:
    """The blocks so far, and the words since the last action or condition.

    ``leaving`` is True right behind a level that closes the position, ``then`` behind ``and then``.
    """

    blocks: list[Block] = field(default_factory=list)
    joint: str | None = None
    comma: bool = False
    when: bool = False
    holding: bool = False
    leaving: bool = False
    then: bool = False

    def take(self, item: Item) -> None:
        """Go past one item."""
        left = self.leaving
        self.leaving = item.kind == "level" and item.data.kind in PROTECTIONS and not item.data.none
        if item.kind == "or" and left and not (self._behind_action() and self._acts("exit")):
            self._begin(Block(action=("exit", None)))  # "stop 2% or when rsi > 70"
            return
        reader = READERS.get(item.kind)
        if reader is not None:
            reader(self, item)

    def _behind_action(self) -> bool:
        return bool(self.blocks) and self.blocks[-1].action is not None

    def _acts(self, kind: str) -> bool:
        action = self.blocks[-1].action
        return action is not None and action[0] == kind

    def _begin(self, block: Block) -> None:
        self.blocks.append(block)
        self._joined()

    def _joined(self) -> None:
        self.joint, self.comma, self.when = None, False, False

    def act(self, item: Item) -> None:
        """``buy``; two words of one action are one: ``entry: long``."""
        before = self.blocks[-1].action if self.blocks else None
        if before is not None and not self._is_served() and _same_breath(before, item.data):
            self.blocks[-1].action = before[0], before[1] or item.data[1]
            self._joined()
        else:
            shares = before is not None and self.joint == "and"
            self._begin(Block(action=item.data, leading=self.joint, shares=shares))

    def _is_served(self) -> bool:
        """True behind a rule, its action and a comma: ``> 60 sell, out at 21:15``."""
        return self.comma and len(self.blocks) > 1 and self.blocks[-2].action is None and bool(self.blocks[-2].parts)

    def tell(self, item: Item) -> None:
        """A condition, or a setup, which stands for its cross."""
        block = self._run()
        if self.comma or self.joint == "comma":
            block.commas.append(len(block.parts))
        if self.when:
            block.whens.append(len(block.parts))
        block.holding = block.holding or self.holding
        if not block.parts:
            block.elliptic = _names_no_subject(item)
        rule = named_cross(*item.data) if item.kind == "setup" else item.data
        if self._goes_on_denying(block):
            rule = joined("or" if self.joint == "or" else "and", [block.parts.pop()[1], rule])
            self.joint = "unless"
        block.parts.append((self.joint, rule))
        if self.then and isinstance(rule, Compare | Group) and len(block.parts) > 1:
            joint, before = block.parts[-2]
            block.parts[-2] = joint, a_bar_before(before)
        self._joined()
        self.holding = self.then = False

    def _goes_on_denying(self, block: Block) -> bool:
        """``unless A or B``: what is joined without a comma is denied as well."""
        return bool(block.parts) and block.parts[-1][0] == "unless" and self.joint in ("and", "or") and not self.comma

    def hide(self, item: Item) -> None:
        """What no spec can hold belongs to the run it stands in."""
        if not self.blocks:
            self.blocks.append(Block())
        self._run().opaque.append(item)
        self.joint = None

    def _run(self) -> Block:
        """The run of conditions this place belongs to; behind an action a new one begins."""
        if not self.blocks or self._behind_action():
            self.blocks.append(Block(leading=self.joint))
        return self.blocks[-1]

    def join_by(self, item: Item) -> None:
        """``and``, ``or``, ``filter``, ``unless``, ``else``."""
        self.joint = item.kind
        self.then = item.kind == "and" and item.words.lower() in ("then", "and then")
        if item.kind == "else" and self._behind_action() and self._acts("exit"):
            self.blocks[-1].leading = "else"  # "in cash otherwise"

    def while_holding(self, item: Item) -> None:
        """``while A``: behind a condition one more of them, else what holds the position."""
        if self.blocks and not self._behind_action() and self.blocks[-1].parts:
            self.joint = "and"
        else:
            self.holding = True
        self.when = True

    def announce(self, item: Item) -> None:
        """``when``: the rule of the action before it follows."""
        self.when = True
        if self._behind_action() and not self.comma:
            self.blocks[-1].prefixed = True

    def protect(self, item: Item) -> None:
        """A level right behind an action says what the action waits for."""
        if self._behind_action() and item.data.kind in COMPLETING:
            self.blocks[-1].complete = True

    def pause(self, item: Item) -> None:
        """A comma joins where no word does."""
        self.comma = True
        self.joint = self.joint or "comma"

    def part(self, item: Item) -> None:
        """An arrow parts what stands on its two ends."""
        self.joint = None


READERS: dict[str, Callable[[_Cut, Item], None]] = {
    "action": _Cut.act,
    "condition": _Cut.tell,
    "setup": _Cut.tell,
    "opaque": _Cut.hide,
    **dict.fromkeys(("and", "or", "filter", "unless", "else"), _Cut.join_by),
    "while": _Cut.while_holding,
    "when": _Cut.announce,
    "level": _Cut.protect,
    "comma": _Cut.pause,
    "arrow": _Cut.part,
}


def _names_no_subject(item: Item) -> bool:
    """True for ``under 40``, ``red``: what it is said of stands in the rule before it."""
    return item.words.lower().split(" ", 1)[0].lstrip("<>=") in SUBJECTLESS


def _same_breath(one: Action, two: Action) -> bool:
    """``entry: long``, ``exit long``: two words of one action."""
    return one[0] == two[0] and (one[1] is None or two[1] is None)
