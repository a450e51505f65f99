"""What a chat client's own questions are answered: cheaply, from the words they quote, and with no effect."""

from __future__ import annotations

import re
from typing import Any

import orjson

from api.openai_compat.helpers import KEYS, Helper

LONGEST_TITLE = 48
LONGEST_READ = 500
"""Characters of a quoted message that a title is made of: enough to know what it is about, and read at once."""

NOTHING_SAID = "Trading idea"
CATEGORY = "Trading"

COURTESY = re.compile(
    r"\W*(?:(?:hello|hi|hey|please|pls|ok|okay|so|can you|could you|would you|i(?:'d| would) like(?: you)? to|"
    r"i want(?: to)?|i need|help me(?: to)?|let'?s|build|make|create|me|a|an|the|strategy|that|which)\b\W*)*",
    re.IGNORECASE,
)
"""Words before what a message is about."""

FOLLOW_UPS = ("Why does it perform the way it does?", "Add a stop loss of 5%", "Improve it")
"""What a person can say next to a strategy that was built."""

FIRST_STEPS = (
    "Buy BTC when the 20-day SMA crosses above the 50-day SMA, sell on the cross back",
    "Buy ETH on 4h bars when the RSI falls below 30, sell above 70, stop loss 5%",
    "What can you do?",
)
"""What a person can say where there is no strategy yet."""

EMOJI = "\N{CHART WITH UPWARDS TREND}"
BUILT = ("backtest", "trades", "version 1")


def content_of(helper: Helper) -> str:
    """Return the whole answer to a client's question, as JSON where it asks for that.

    >>> content_of(Helper("title", said="Can you tell me what a Sharpe ratio is?"))
    '{"title":"Tell me what a Sharpe ratio is"}'
    >>> content_of(Helper("title", said="buy BTC when rsi(14) < 30, sell when it is above 70", as_json=False))
    'RSI on BTC 1d'
    """
    if helper.fields or helper.function is not None:
        return _json({name: _field(name, helper) for name in helper.fields or ("title",)})
    value = _value(helper)
    if helper.as_json:
        return _json({KEYS[helper.kind]: value})
    return value if isinstance(value, str) else "\n".join(map(str, value))


def _value(helper: Helper) -> str | list[str]:
    """Return what a client's question is about."""
    if helper.kind == "title":
        return title_of(helper.said)
    if helper.kind == "tags":
        return tags_of(helper.said)
    if helper.kind == "follow_ups":
        return follow_ups_of(helper.shown)
    if helper.kind == "merge":
        return helper.shown
    texts = {"autocomplete": "", "image": helper.said, "emoji": EMOJI, "other": NOTHING_SAID}
    return texts.get(helper.kind, [])  # nothing is to be looked up elsewhere, and no tool of a client is called


def title_of(said: str) -> str:
    """Return a title for a conversation that begins with a message: the strategy's name, else its first words.

    >>> title_of("please make me a donchian breakout on BTC, 4h"), title_of("")
    ('DONCHIAN on BTC 4h', 'Trading idea')
    """
    spec = _spec_in(said)
    if spec is not None:
        return str(spec["name"])[:LONGEST_TITLE]
    plain = " ".join(said[:LONGEST_READ].split())
    about = plain[COURTESY.match(plain).end() :] or plain  # type: ignore[union-attr]  # it matches nothing, too
    sentence = re.split(r"[.!?;\n]", about, maxsplit=1)[0].strip() or about
    words = sentence.split(" ")
    while len(" ".join(words)) > LONGEST_TITLE and len(words) > 1:
        words.pop()
    title = " ".join(words)[:LONGEST_TITLE].strip(" ,:-\"'")
    return title[:1].upper() + title[1:] if title else NOTHING_SAID


def tags_of(said: str) -> list[str]:
    """Return what a message is about, the broad word first.

    >>> tags_of("buy BTC when rsi(14) < 30, sell when it is above 70")
    ['Trading', 'BTC', 'RSI']
    """
    spec = _spec_in(said)
    if spec is None:
        return [CATEGORY]
    kinds = [str(one.get("type", "")).upper() for one in spec["indicators"].values()]
    return list(dict.fromkeys([CATEGORY, *spec["universe"]["assets"][:3], *kinds]))[:6]


def follow_ups_of(shown: str) -> list[str]:
    """Return what a person may say after an answer; nothing where it asks, for what is asked is for them to say."""
    if shown.rstrip().endswith("?"):
        return []
    built = any(word in shown.lower() for word in BUILT)
    return list(FOLLOW_UPS if built or not shown else FIRST_STEPS)


def _spec_in(said: str) -> Any:
    """Return the draft that a message describes, None where it describes none that has a name."""
    from agent.language.builtin.interpreter import read
    from agent.language.port import Request

    text = said[:LONGEST_READ].replace("\0", "")
    spec = read(Request(text, now="1970-01-01T00:00:00Z")).spec if text.strip() else None
    return spec if spec is not None and {"name", "indicators", "universe"} <= spec.keys() else None


def _field(name: str, helper: Helper) -> Any:
    """Return the value of a field that a client's schema names."""
    if name == "language":
        return "English"
    asked = next((kind for kind, key in KEYS.items() if key == name), None)
    return "" if asked is None else _value(Helper(asked, helper.said, helper.shown))


def _json(document: dict[str, Any]) -> str:
    return orjson.dumps(document).decode()
