"""The draft of a spec, part by part: universe, rules, protections, size and limits, and what was assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.language.builtin.draft.clocks import drop_exchange_times, drop_missed_times
from agent.language.builtin.draft.execution import carry_out
from agent.language.builtin.draft.limits import measure
from agent.language.builtin.draft.protections import protect
from agent.language.builtin.draft.sheet import Draft
from agent.language.builtin.draft.universe import has_sessions, is_around_the_clock, universe_of
from agent.language.builtin.draft.weekdays import settle_weekdays
from agent.language.builtin.hours import BARE_NOTE
from agent.language.builtin.rules import series_of
from agent.language.builtin.writing import Writer, settings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.language.builtin.cursor import Mind
    from agent.language.builtin.draft.said import Said
    from agent.language.builtin.roles import Rules
    from agent.language.builtin.rules import Condition, Series

LONGEST_NAME = 120
"""Characters a spec's name may have."""

NOTES = {
    "shape": "read by its usual definition over the last two bars",
    "calendar:first_day": "'first day of the month' is day 1 of the calendar at the deciding close, UTC; "
    "a trading day is a calendar day here",
    "calendar:last_day": "'last day of the month' is the bar that closes as day 1 begins, UTC",
    "calendar:days": "the first days of a month are its first dates at the deciding close, UTC; a trading day is a "
    "calendar day here",
    "cloud:9/26/52": "the Ichimoku cloud is that of the published spans 9, 26 and 52, drawn 26 bars ahead",
    "clock:utc": "a time of day without a zone is UTC",
    "stop:line": "a stop at a line of the chart is a rule of the exit: out as soon as a bar closes beyond it",
}
"""What readers of conditions assumed, by the note they left."""


def compose(rules: Rules, said: Said, mind: Mind, risk_defaults: Mapping[str, float] | None) -> Draft:
    """Return the draft of a spec for rules and what was said beside them.

    ``risk_defaults`` are the owner's stored limits; a limit that neither it nor the message states is ours.
    """
    draft = Draft({})
    if BARE_NOTE in mind.notes and has_sessions(said):
        drop_exchange_times(rules, draft)
    universe = draft.spec["universe"] = universe_of(rules, said, draft, mind.mentions)
    settle_weekdays(rules, said, draft, mind.notes)
    drop_missed_times(rules, draft)
    settings = settings_of([*mind.mentions, *_operands(rules)])
    writer = Writer(universe["timeframe"], is_around_the_clock(said), settings, session=said.session)
    draft.spec = {
        "universe": universe,
        "indicators": writer.indicators,
        "signals": _signals(rules, writer),
        "sizing": {},
        "risk": {},
        "execution": {"mode": "paper"},
    }
    protect(said, writer, draft, mind.mentions)
    measure(said, draft, risk_defaults)
    carry_out(said, draft)
    for path, text in rules.assumed:
        draft.assume(path, None, text)
    draft.assumptions += writer.assumptions
    _say_notes(mind, draft)
    draft.spec["name"] = name_of(draft.spec)
    return draft


def _operands(rules: Rules) -> list[Series]:
    """Every indicator the rules read, side by side."""
    used = (role[side] for side in rules.entry for role in (rules.entry, rules.exit))
    return [series for rule in used if rule is not None for series in series_of(rule)]


def _signals(rules: Rules, writer: Writer) -> dict[str, Any]:
    signals: dict[str, Any] = {
        "entry": _alternatives(rules.entry["long"], writer),
        "exit": _alternatives(rules.exit["long"], writer),
    }
    if rules.entry["short"] is not None:
        signals["short"] = {
            "entry": _alternatives(rules.entry["short"], writer),
            "exit": _alternatives(rules.exit["short"], writer),
        }
    if rules.reverse:
        signals["opposite_entry"] = "reverse"
    return signals


def _alternatives(rule: Condition | None, writer: Writer) -> list[dict[str, Any]]:
    """Return the conditions of which any one suffices, as the spec lists them."""
    if rule is None:
        return []
    condition = writer.condition(rule)
    if condition["when"] == "or" and set(condition) == {"when", "conditions"}:
        return list(condition["conditions"])
    return [condition]


def _say_notes(mind: Mind, draft: Draft) -> None:
    for note in dict.fromkeys(mind.notes):
        kind, _, rest = note.partition(":")
        if kind in ("oversold", "overbought"):
            name, _, level = rest.partition(":")
            draft.assume("signals", float(level), f"{kind} for {name.upper()} is {level}, the usual level")
        elif kind == "shape":
            draft.assume("signals", rest, f"{rest.replace('_', ' ')}: {NOTES['shape']}")
        elif note in NOTES:
            draft.assume("signals", rest, NOTES[note])


def kind_of(indicator: Mapping[str, Any]) -> str:
    """Return the kind of an indicator as a name writes it."""
    return str(indicator["type"]).replace("_", " ").upper()


def name_of(spec: Mapping[str, Any]) -> str:
    """Return a short name for a draft: its indicators, assets and timeframe."""
    kinds = list(dict.fromkeys(map(kind_of, spec["indicators"].values())))
    universe = spec["universe"]
    what = " + ".join(kinds[:3]) or "Price rule"
    sides = "" if "short" not in spec["signals"] else (" short" if not spec["signals"]["entry"] else " long/short")
    assets = ", ".join(universe["assets"][:3]) + (" ..." if len(universe["assets"]) > 3 else "")
    return f"{what}{sides} on {assets} {universe['timeframe']}"[:LONGEST_NAME]
