"""The parts of a strategy that a change may name beside its rules, and where their values stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.spec_words import part_words

if TYPE_CHECKING:
    from agent.language.builtin.editing.worksheet import Worksheet


@dataclass(frozen=True, slots=True)
class Topic:
    """A part of a spec: its dotted path, the path of its figure, what people call it, and what more of it does."""

    path: str
    figure: str
    name: str
    words: re.Pattern[str]
    effect: str


def _topic(path: str, figure: str, name: str, words: str, effect: str) -> Topic:
    return Topic(path, figure, name, re.compile(rf"(?<![\w-])(?:{words})(?!\w)", re.IGNORECASE), effect)


TOPICS = (
    _topic("risk.trailing_stop", "risk.trailing_stop.value", "trailing stop",
           r"trail(?:ing|ed|s)?(?:[ -]?(?:stops?|sl|stop ?-?loss(?:es)?|exit))?|tsl|chandelier(?: (?:stop|exit))?",
           "a closer one locks profits in sooner and is hit more often"),
    _topic("risk.breakeven", "risk.breakeven.at", "break-even", r"break ?-?even(?: (?:stop|"
    r"rule))?", "a lower one moves "
    "the stop to the entry sooner"),
    _topic("risk.time_limit", "risk.time_limit.bars", "time limit",
           r"time[ -]?(?:stop|limit|exit|based exit|out)|max(?:imum)? (?:hold\w*(?: (?:time|period))?|duration|bars)|"
           r"hold(?:ing)? (?:time|period|limit)|longest holding",
           "a shorter one closes stale trades sooner"),
    _topic("risk.checks.cooldown_bars", "risk.checks.cooldown_bars", "cooldown", r"cool(?:ing)?[ -]?(?:down|off)(?: "
    r"(?:period|time|bars))?|pause",
           "a longer one enters less often after an exit"),
    _topic("risk.partial_exits", "risk.partial_exits", "partial exit", r"partial(?:s| exits?| profits?| take "
    r"profits?)?|scal(?:e|ing)[ -]?outs?",
           "a nearer one takes profit sooner"),
    _topic("risk.checks.max_daily_loss_pct", "risk.checks.max_daily_loss_pct", "daily loss limit",
           r"(?:max(?:imum)? )?daily (?:max )?(?:loss|drawdown)(?: limit)?|daily stop|loss (?:limit )?per "
           r"day", "a smaller one stops bad days sooner"),
    _topic("risk.max_drawdown_pct", "risk.max_drawdown_pct", "drawdown limit",
           r"(?:max(?:imum)?[ _])?draw ?-?down(?: limit| stop| guard)?|(?:max )?dd(?: limit)?|"
           r"max_drawdown(?:_pct)?", "a smaller one ends trading sooner"),
    _topic("risk.max_total_exposure_pct", "risk.max_total_exposure_pct", "total exposure limit",
           r"(?:max(?:imum)?[ _])?(?:total|gross|overall|portfolio)?[ _]?exposure(?: limit| cap|"
           r"_pct)?", "a larger one lets more be invested at once"),
    _topic("risk.max_position_pct", "risk.max_position_pct", "limit of one position",
           r"max(?:imum)?[ _]position(?:[ _]pct| size| limit)?|position (?:size )?(?:limit|cap)|limit (?:per|of "
           r"(?:one|a)) position|size (?:limit|cap)|"
           r"limit of (?:the )?(?:position|size)|(?:cap|limit) (?:each|every|per|a|any|single|one)(?: single)? "
           r"position|per[ -]position (?:limit|cap)",
           "a larger one lets one position be bigger"),
    _topic("sizing.max_positions", "sizing.max_positions", "open positions at most",
           r"(?:max(?:imum)?|number of|open|concurrent|simultaneous|how many) (?:open |concurrent |simultaneous "
           r")?(?:positions|trades)|(?:as many |more |fewer )?positions(?! of)", "more lets more be held at once"),
    _topic("execution.max_orders_per_hour", "execution.max_orders_per_hour", "entries in an hour at most",
           r"(?:orders|entries|trades) (?:per|an|a|each|every) hour|order rate", "more lets it enter more often"),
    _topic("risk.stop_loss", "risk.stop_loss.value", "stop loss",
           r"(?:hard |fixed |initial |protective |atr |percent )?stop(?:s|[ -]?loss(?:es)?)?(?: level| distance)?|sl|"
           r"s/l|losses? limit",
           "a closer stop loses less each time and is hit more often"),
    _topic("risk.take_profit", "risk.take_profit.value", "take profit",
           r"(?:hard |fixed )?(?:take[ -]?profits?|tp|t/p|(?:profit |price )?targets?|profit taking)(?: level| "
           r"distance)?",
           "a nearer target is reached more often and earns less each time"),
    _topic("risk.max_leverage", "risk.max_leverage", "leverage", r"(?:max(?:imum)?[ _])?(?:leverage|lev|gearing|"
    r"margin)", "more leverage enlarges gains and losses alike"),
    _topic("sizing", "sizing.value", "position size",
           r"(?:the )?(?:position|trade|bet|order|lot|entry)?[ -]?siz(?:e|es|ing)|stakes?|allocations?|bets?|"
           r"positions?|risk(?: per trade| a trade)?|amount(?: per trade)?",
           "a larger size enlarges gains and losses alike"),
    _topic("universe.timeframe", "universe.timeframe", "timeframe", r"time ?-?frames?|tf|intervals?|(?:bar|candle) "
    r"(?:length|size|interval)|resolution|chart(?:s| timeframe)?",
           "a shorter one trades more often and pays more costs"),
)  # fmt: skip
"""What changes name, the more telling before the more general."""

TWINS = ("risk.stop_loss", "risk.take_profit")
"""Of these the one that is named first is meant: a target at twice the stop."""


def topic_in(text: str) -> Topic | None:
    """Return the part of a strategy that a text names, None when it names none of these.

    >>> topic_in("the trailing stop").path, topic_in("stop distance").path, topic_in("position size").path
    ('risk.trailing_stop', 'risk.stop_loss', 'sizing')
    """
    topic = next((topic for topic in TOPICS if topic.words.search(text)), None)
    if topic is None or topic.path not in TWINS:
        return topic
    places = {one.path: one.words.search(text) for one in TOPICS if one.path in TWINS}
    first = min((found.start(), path) for path, found in places.items() if found is not None)[1]
    return topic_at(first)


def topic_at(path: str) -> Topic:
    """Return a topic by its path."""
    return next(topic for topic in TOPICS if topic.path == path)


def standing(topic: Topic, sheet: Worksheet) -> str:
    """Return what a part of the strategy is now, in words; ``none`` when it is not there."""
    return part_words(tuple(topic.path.split(".")), sheet.at(topic.path), sheet.after)
