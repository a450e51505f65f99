"""Explanations of a strategy: what it does, what it says, what is assumed, how it fills."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from agent.changes import LABELS
from agent.language.builtin.explain_quotes import Quotes
from agent.language.builtin.explain_terms import HELP, TERMS
from agent.language.builtin.explain_topics import settings_in, term_of
from agent.language.builtin.explain_versions import NO_STRATEGY, current_version, versions
from agent.language.builtin.explain_words import plain_question

if TYPE_CHECKING:
    from agent.language.port import Request

SIDES = (
    ("signals.entry", "Goes long when"),
    ("signals.exit", "Leaves a long when"),
    ("signals.short.entry", "Goes short when"),
    ("signals.short.exit", "Leaves a short when"),
)
ASKS_WHEN = re.compile(r"^(?:(?:and|so|but|ok|okay) )?(?:when|why|how|what makes)\b")
WAYS = {
    "exit": re.compile(r"\b(?:gets? (?:in and )?out|exits?|sells?|leaves?|closes?|covers?)\b"),
    "entry": re.compile(r"\b(?:gets? in|enters?|buys?|goes? (?:long|short)|opens?)\b"),
}
"""What a question calls the halves of the rules, by the last step of their paths."""

PROTECTIONS = ("stop_loss", "take_profit", "trailing_stop", "trailing_take", "breakeven", "partial_exits", "time_limit")
LIMITS = ("max_position_pct", "max_total_exposure_pct", "max_leverage", "max_drawdown_pct", "checks")


def does(request: Request) -> str:
    """Tell what the strategy does, from its spec."""
    spec = request.spec
    if spec is None:
        return NO_STRATEGY
    asked = plain_question(request.text)
    ways = [way for way, words in WAYS.items() if words.search(asked)]
    if len(ways) == 1 and ASKS_WHEN.search(asked):
        return _one_way(spec, ways[0])
    kind = "perpetual futures" if _at(spec, "universe.market_type") == "perp" else "spot"
    lines = [
        "{{spec:name|text}}, version {{spec:version|text}}, trades {{spec:universe.assets|text}} ("
        + kind
        + ") on bars of "
        "{{spec:universe.timeframe|text}}. At the close of each bar it reads its rules:"
    ]
    lines += [f"- {label}: {_words(path)}" for path, label in SIDES if _at(spec, path) is not None]
    lines += [f"- {key} is {_words(f'indicators.{key}')}" for key in _at(spec, "indicators") or {}]
    lines.append(f"- Size of a position: {_words('sizing')}")
    lines += [
        f"- {_label(f'risk.{name}')}: {_words(f'risk.{name}')}" for name in PROTECTIONS if _at(spec, f"risk.{name}")
    ]
    lines += [f"- {_label(f'risk.{name}')}: {_words(f'risk.{name}')}" for name in LIMITS if _at(spec, f"risk.{name}")]
    if not any(_at(spec, f"risk.{name}") for name in ("stop_loss", "trailing_stop")):
        lines.append("- There is no stop: a losing position is held until its exit is true.")
    lines += [f"- {line}" for line in _orders(spec)]
    return "\n".join(lines)


def _one_way(spec: Mapping[str, Any], way: str) -> str:
    """Tell when a strategy gets in, or out, and nothing else."""
    asked = [(path, label) for path, label in SIDES if path.endswith(way) and _at(spec, path)]
    lines = [f"- {label}: {_words(path)}" for path, label in asked] or ["- no rule does that"]
    used = " ".join(str(_at(spec, path)) for path, _ in asked)
    lines += [f"- {key} is {_words(f'indicators.{key}')}" for key in _at(spec, "indicators") or {} if f"'{key}" in used]
    if way == "exit":
        named = [name for name in PROTECTIONS if _at(spec, f"risk.{name}")]
        lines += [f"- {_label(f'risk.{name}')}: {_words(f'risk.{name}')}" for name in named]
        if not any(name in named for name in ("stop_loss", "trailing_stop")):
            lines.append("- There is no stop: a losing position is held until its exit is true.")
    lines += [f"- {line}" for line in _orders(spec)]
    return "\n".join(["At the close of each bar it reads its rules:", *lines])


def setting(request: Request) -> str:
    """Tell what the strategy says about the parts that were asked for."""
    if request.spec is None:
        return NO_STRATEGY
    lines = []
    for path in settings_in(request.text):
        found = _at(request.spec, path)
        if path == "indicators" and isinstance(found, Mapping) and found:
            lines += [f"- {key}: {_words(f'indicators.{key}')}" for key in found]
        else:
            lines.append(f"- {_label(path)}: {_words(path) if found else 'none is set'}")
    return "\n".join(["The strategy says:", *lines]) if lines else does(request)


def fills(request: Request) -> str:
    """Tell at which price orders fill."""
    spec = request.spec or {}
    lines = [
        "Rules are read once a bar, at its close, and know only bars that are closed.",
        *_orders(spec),
        "At an open, exits come first, then stops and targets that the price gapped past (they fill at the open, "
        "not at "
        "their level), then entries. Inside a bar a touch counts; where a bar touches stop and target both, finer "
        "candles decide where they are stored, else the stop is taken. Protections are live from the entry on; a "
        "stop that follows or moves does so at closes alone.",
        "Market and stop orders pay taker fee and slippage; targets, partial exits and limit orders pay the maker fee "
        "and no slippage.",
        "An order decided at the last close never fills; a position still open at the end is marked, not sold.",
    ]
    return "\n".join(lines)


def assumptions(request: Request) -> str:
    """Tell what the strategy leaves open and what is taken for it."""
    if request.spec is None:
        return NO_STRATEGY
    quotes = Quotes.of(request)
    notices = quotes.value("evidence.notices")
    told = [
        "- " + quotes.quote(f"evidence.notices.{k}.message", "text")
        for k, notice in enumerate(notices if isinstance(notices, list) else ())
        if isinstance(notice, Mapping) and notice.get("code") == "DEFAULT_ASSUMED"
    ]
    head = "Where the strategy is silent, this was taken for the test:" if told else "Where the strategy is silent:"
    lines = told or _defaults(request.spec)
    tail = (
        "What I filled in when I wrote the strategy down was listed beside it then. Say what should be different, and "
    )
    return "\n".join([head, *(lines or ["- nothing is left open"]), tail + "it becomes the next version."])


def shown(request: Request) -> str:
    """Say where the spec itself is to be seen."""
    if request.spec is None:
        return NO_STRATEGY
    head = (
        "The strategy is data, not program code: a spec, which comes with every answer and which the test reads. "
        "In words:"
    )
    return f"{head}\n{does(request)}\nThe JSON itself is the answer's spec; in a chat on the terminal, /spec prints it."


def indicator(request: Request) -> str:
    """Tell what an indicator is, and how this strategy uses it."""
    found = term_of(request.text)
    if found is None:
        return helping(request)
    own = [
        key
        for key, one in (_at(request.spec or {}, "indicators") or {}).items()
        if isinstance(one, Mapping) and one.get("type") == found[1]
    ]
    lines = [f"{{{{catalog:{found[1]}}}}}"]
    lines += [f"In your strategy {key} is {_words(f'indicators.{key}')}." for key in own]
    return "\n".join(lines)


def term(request: Request) -> str:
    """Tell what a word of the trade means."""
    found = term_of(request.text)
    return TERMS[found[1]] if found is not None and found[1] in TERMS else helping(request)


def helping(request: Request) -> str:
    """Tell what can be asked."""
    return HELP


def _defaults(spec: Mapping[str, Any]) -> list[str]:
    from engine.spec import check
    from engine.spec.defaults import assumed

    checked = check(spec).spec
    lines = []
    for notice in assumed(checked) if checked is not None else ():
        place = str(notice.detail.get("field", ""))
        if re.search(r"\d", notice.message):
            lines.append(f"- {place.replace('_', ' ').replace('.', ', ')}: the usual value")
        else:
            lines.append(f"- {notice.message}")
    return lines


def _orders(spec: Mapping[str, Any]) -> list[str]:
    """Tell how positions are entered, and where the orders fill."""
    if not _at(spec, "execution.entry_order"):
        return [f"Orders fill {_fill(spec)}."]
    return [f"Entry order: {_words('execution.entry_order')}.", f"Exits fill {_fill(spec)}."]


def _fill(spec: Mapping[str, Any]) -> str:
    if _at(spec, "execution.fill") in ("close", "vwap"):
        return _words("execution.fill")
    return "at the open of the bar after the signal"


def _words(path: str) -> str:
    return f"{{{{spec:{path}|words}}}}"


def _label(path: str) -> str:
    text = LABELS.get(path) or {"sizing": "size of a position", "indicators": "indicators"}.get(path, path)
    return text[:1].upper() + text[1:]


def _at(spec: Mapping[str, Any], path: str) -> Any:
    found: Any = spec
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


ABOUT_A_STRATEGY: dict[str, Callable[[Request], str]] = {
    "does": does,
    "setting": setting,
    "fills": fills,
    "assumptions": assumptions,
    "current_version": current_version,
    "versions": versions,
    "spec": shown,
    "indicator": indicator,
    "term": term,
    "help": helping,
}
"""Topic -> explanation."""
