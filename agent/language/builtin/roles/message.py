"""From items to roles: what a whole message says of entries and exits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.roles.assignment import Assignment
from agent.language.builtin.roles.blocks import blocks_of, sentences
from agent.language.builtin.roles.restated import restated
from agent.language.builtin.roles.settling import settle
from agent.language.builtin.roles.sides import Rules, sides_said
from agent.language.builtin.rules import Compare, Condition, lagged, leaves
from agent.language.builtin.scanner import STATING

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Mind
    from agent.language.builtin.scanner import Item


def assign(items: list[Item], mind: Mind, words: frozenset[str]) -> Rules:
    """Return the roles of a message's conditions.

    ``mind`` is what the scanner had in mind at the end of the message, ``words`` are all of its words: both tell what
    a message without a rule means.
    """
    items = _sold_short(_without_titles(restated(items)))
    sides = sides_said(items)
    if sides == {"short"} and not any(item.kind == "action" and item.data == ("enter", "short") for item in items):
        items = [
            replace(item, data=("enter", "short")) if item.kind == "action" and item.data == ("exit", "long") else item
            for item in items
        ]  # "short side only ... sell it"
    heard = Assignment(Rules(), sides)
    for sentence in sentences(items):
        heard.sentence(blocks_of(sentence))
    settle(heard, items, mind, words)
    return heard.rules


def _sold_short(items: list[Item]) -> list[Item]:
    """``sell 5000 eurusd if rsi > 80, close at 2% profit``: what is sold with a size and never bought is sold short."""
    if any(item.kind == "action" and item.data[0] in ("enter", "hold") for item in items):
        return items
    if not any(item.kind == "level" and item.data.kind in ("take_profit", "stop_loss") for item in items):
        return items
    return [
        replace(item, data=("enter", "short"))
        if item.kind == "action" and item.data == ("exit", "long") and following.kind == "size"
        else item
        for item, following in zip(items, [*items[1:], items[-1]], strict=True)
    ]


def _without_titles(items: list[Item]) -> list[Item]:
    """Take titles for rules, but those that the rules behind them spell out."""
    ruled = any(item.kind in STATING for item in items)
    return [
        replace(item, kind="condition") if item.kind == "titled" and not (ruled and _only_a_name(item.data)) else item
        for item in items
    ]


def _only_a_name(rule: Condition) -> bool:
    """True for a title such as ``keltner breakout:`` or ``rsi dip:``, which the rules behind it spell out."""
    return all(
        isinstance(leaf, Compare) and (leaf.when == "cross" or leaf.right == lagged(leaf.left, 1))
        for leaf in leaves(rule)
    )
