"""Explanations of a strategy: what it does, what is assumed, how it fills, what changed between its versions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from agent.changes import LABELS
from agent.language.builtin.explain_quotes import Quotes
from agent.language.builtin.explain_terms import HELP, TERMS
from agent.language.builtin.explain_topics import settings_in, term_of
from agent.language.builtin.explain_words import plain_question

if TYPE_CHECKING:
    from agent.language.port import Request, Version

SHOWN = 8
"""Earlier versions that are named."""

NO_STRATEGY = (
    "There is no strategy in this conversation yet. Tell me what to trade, when to get in and when to get out, and I "
    "write it down and test it."
)
SIDES = (
    ("signals.entry", "Goes long when"),
    ("signals.exit", "Leaves a long when"),
    ("signals.short.entry", "Goes short when"),
    ("signals.short.exit", "Leaves a short when"),
)
PROTECTIONS = ("stop_loss", "take_profit", "trailing_stop", "trailing_take", "breakeven", "partial_exits", "time_limit")
LIMITS = ("max_position_pct", "max_total_exposure_pct", "max_leverage", "max_drawdown_pct", "checks")


def does(request: Request) -> str:
    """Tell what the strategy does, from its spec."""
    spec = request.spec
    if spec is None:
        return NO_STRATEGY
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
    lines.append(f"- Orders fill {_fill(spec)}.")
    return "\n".join(lines)


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
    how = f"Orders fill {_fill(spec)}."
    lines = [
        "Rules are read once a bar, at its close, and know only bars that are closed.",
        how,
        "At an open, exits come first, then stops and targets that the price gapped past (they fill at the open, "
        "not at "
        "their level), then entries. Inside a bar a touch counts; where a bar touches stop and target both, the "
        "stop is "
        "taken. Protections are live from the entry on.",
        "Market and stop orders pay taker fee and slippage; targets and limit orders pay the maker fee and no "
        "slippage.",
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


def current_version(request: Request) -> str:
    """Tell which version is the current one, and which there were before it."""
    if not request.versions:
        return NO_STRATEGY
    earlier = list(dict.fromkeys(one.version for one in request.versions[:-1]))
    head = "You are on version {{spec:version|text}}"
    if not earlier:
        return f"{head}, the only one so far. Say what should be different, and the next one has it."
    shown = ", ".join(f"{{{{spec@{one}:version|text}}}}" for one in earlier[-SHOWN:])
    before = "before it came" if len(earlier) <= SHOWN else "the newest before it are"
    return f'{head}; {before} {shown}. Say "undo", or "go back to version" and its number, to return to one.'


def versions(request: Request) -> str:
    """Tell what changed between two versions, and why that names no winner."""
    if not request.versions:
        return NO_STRATEGY
    quotes = Quotes.of(request)
    if len({one.version for one in request.versions}) == 1:
        lines = [
            "I have a single version of this strategy here, {{spec:version|text}}, so there is no diff to list. Say "
            "what "
            "should be different: each change makes a new version, and the diff names every path that moved, with "
            "the old "
            "and the new value."
        ]
    else:
        before, after = _pair(request)
        lines = [
            f"The diff from version {{{{spec@{before.version}:version|text}}}} to "
            f"{{{{spec@{after.version}:version|text}}}} (everything else is the same):",
            f"{{{{diff:{before.version}..{after.version}}}}}",
        ]
    if quotes.value("variant") is not None and quotes.foreign:
        lines.append(f"The record I have is of {quotes.quote('variant', 'text')}:")
        lines += quotes.summary_lines()
    elif request.run is not None:
        lines.append("The newest run I have is of the current version:")
        lines += [line for line in (quotes.window, *quotes.summary_lines()) if line]
    lines.append(
        "Which one is better I cannot tell from that, and I name no winner: both would have to be tested over the same "
        "window with the same costs, and differ by more than the error of their figures. Trying versions until one "
        "looks "
        "better makes luck look like skill, so each of them is counted."
    )
    return "\n".join(lines)


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


def _pair(request: Request) -> tuple[Version, Version]:
    """Return the two versions that a question means: those it names, else the last two."""
    known = tuple({one.version: one for one in request.versions}.values())
    words = plain_question(request.text)
    named = [found[1] for found in re.finditer(r"\b(?:v|version )?(\d+(?:\.\d+)?)\b", words)]
    meant = [one for one in (_named(name, known) for name in named) if one is not None]
    if len(meant) >= 2 and meant[0] is not meant[1]:
        first, second = sorted(meant[:2], key=known.index)
        return first, second
    if len(meant) == 1 and meant[0] is not known[-1]:
        return meant[0], known[-1]
    if re.search(r"\b(?:first|original(?:ly)?|start|beginning|started|initial(?:ly)?|all)\b", words):
        return known[0], known[-1]
    return known[-2], known[-1]


def _named(name: str, known: tuple[Version, ...]) -> Version | None:
    for one in known:
        if one.version in (name, f"{name}.0"):
            return one
    return known[int(name) - 1] if name.isdecimal() and 1 <= int(name) <= len(known) else None


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
