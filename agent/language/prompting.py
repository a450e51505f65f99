"""What a model is told: prompts with the catalog and the schema rendered in, and everything foreign as marked data.

The system message holds our own words alone and is the same for every request of a version, so that a provider can
cache it. What a person, a stored strategy, the market or a model wrote stands in the user message, each in a block
between marks. The mark is a digest of all the blocks: no text can contain the digest of itself, so none can close its
own block, and the same request has the same mark whenever it is asked.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from agent.authority import DEFAULT_LIMITS, PERP_LEVERAGE, SPOT_LEVERAGE
from agent.language.wire.notation import notation
from agent.language.wire.outgoing import to_wire
from agent.language.wire.schema import reply_schema
from engine.indicators.catalog import CATALOG, CORE
from engine.spec.jcs import canonical_json
from prompts import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent.language.port import Message, Request
    from engine.indicators.catalog import IndicatorType

SIZE = 0.10
"""Fraction of equity of a position when a person names no size."""

MARK_DIGITS = 16
HISTORY = 12
HISTORY_CHARACTERS = 2_000
"""Messages of the thread that are shown again, and how much of each."""

ASSETS = 200
"""Symbols with stored candles that are listed."""


@cache
def read_system() -> str:
    """Return the system message of a reading; the same text for every request."""
    limits = [f"{path} {value:g}" for path, value in DEFAULT_LIMITS.items()]
    leverage = f"risk.max_leverage {SPOT_LEVERAGE:g} on spot and {PERP_LEVERAGE:g} on perp"
    return load("read").render(
        notation=notation(reply_schema(), leave_out={"Indicator"}),
        indicators="\n".join((*(_indicator(entry) for entry in CORE.values()), *_further())),
        defaults=", ".join((f"sizing.value {SIZE:g} (percent_equity)", *limits, leverage)),
    )


def read_message(request: Request) -> str:
    """Return the user message of a reading: what is known, the message itself last."""
    blocks: dict[str, str] = {}
    if request.known_assets:
        blocks["assets_with_candles"] = ", ".join(request.known_assets[:ASSETS])
    if request.risk_defaults:
        blocks["risk_defaults"] = as_json(request.risk_defaults)
    blocks |= conversation_blocks(request)
    if request.spec is not None:
        blocks["current_strategy"] = as_json(to_wire(request.spec))
    blocks["now"] = request.now
    if request.pending is not None:
        blocks["pending"] = request.pending
    blocks["message"] = request.text
    return marked(blocks)


def conversation_blocks(request: Request) -> dict[str, str]:
    """Return what was said before, as blocks."""
    said = [f"{one.role}: {_cut(one)}" for one in request.history[-HISTORY:]]
    return {"history": "\n".join(said)} if said else {}


def problems_message(prompt: str, problems: Sequence[Mapping[str, Any]]) -> str:
    """Return the user message that tells a model everything that was wrong with its answer."""
    lines = "\n".join(as_json(one) for one in problems)
    return load(prompt).render(problems=marked({"problems": lines}))


def marked(blocks: Mapping[str, str]) -> str:
    """Return texts as blocks of data that none of them can leave.

    >>> text = marked({"message": "buy BTC"})
    >>> text.splitlines()[1], text.startswith("<<<message "), text.endswith(">>>")
    ('buy BTC', True, True)
    """
    clean = {name: _without_surrogates(text) for name, text in blocks.items()}
    mark = hashlib.sha256(canonical_json(clean)).hexdigest()[:MARK_DIGITS]
    return "\n\n".join(f"<<<{name} {mark}\n{text}\n{mark}>>>" for name, text in clean.items())


def _without_surrogates(text: str) -> str:
    """Return a text that UTF-8 can carry: half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def as_json(value: Any) -> str:
    """Return JSON data on one line, in the order it has."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def _cut(message: Message) -> str:
    text = message.text
    return text if len(text) <= HISTORY_CHARACTERS else text[:HISTORY_CHARACTERS] + " [...]"


def _further() -> tuple[str, ...]:
    """Return the types beyond the core in brief: a model that is asked for one of them by name can write it."""
    others = [entry for entry in CATALOG.values() if not entry.core]
    patterns = [entry.name for entry in others if entry.group == "candlesticks"]
    return (
        "Further types, only for a message that names one: "
        + "; ".join(_brief(entry) for entry in others if entry.group != "candlesticks")
        + ".",
        f"Candlestick patterns (100 bullish, -100 bearish, 0 none; only when named): {', '.join(patterns)}.",
    )


def _brief(entry: IndicatorType) -> str:
    inputs = ", ".join(spec.name for spec in entry.inputs)
    outputs = f" -> {', '.join(entry.outputs)}" if len(entry.outputs) > 1 else ""
    return f"{entry.name}({inputs}){outputs}"


def _indicator(entry: IndicatorType) -> str:
    inputs = ", ".join(
        spec.name if spec.required or spec.default is None else f"{spec.name} {spec.default}" for spec in entry.inputs
    )
    outputs = f" -> {', '.join(entry.outputs)}" if len(entry.outputs) > 1 else ""
    return f"{entry.name}({inputs}){outputs}. {entry.summary}"
