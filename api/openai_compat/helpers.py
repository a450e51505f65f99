"""Questions that chat clients ask for themselves: a title, tags, what to ask next. They are no part of a conversation.

They are known by the name a client gives them in a header, else by the words that Open WebUI and LibreChat ask with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "title", "tags", "follow_ups", "queries", "autocomplete", "image", "tools", "emoji", "merge", "suggestions", "other"
]

TASKS: dict[str, Kind] = {
    "title": "title",
    "tags": "tags",
    "follow_up": "follow_ups",
    "query": "queries",
    "autocomplete": "autocomplete",
    "image": "image",
    "function_calling": "tools",
    "emoji": "emoji",
    "moa": "merge",
    "document": "suggestions",
}
"""How Open WebUI calls its questions (``X-OpenWebUI-Task``), by how the name begins."""

KEYS: dict[Kind, str] = {
    "title": "title",
    "tags": "tags",
    "follow_ups": "follow_ups",
    "queries": "queries",
    "autocomplete": "text",
    "image": "prompt",
    "tools": "tool_calls",
    "suggestions": "suggestions",
}
"""The field of the JSON object that each is answered with."""

INSTRUCTIONS: tuple[tuple[str, Kind], ...] = (
    ("title", "title"),
    ("tags", "tags"),
    ("follow-up", "follow_ups"),
    ("search quer", "queries"),
    ("autocompletion", "autocomplete"),
    ("image", "image"),
    ("suggest", "suggestions"),
)
"""Words of the first lines of a prompt that say what it asks for, in the order in which they count."""

OPENING = "### Task:"
MARKS = ("<chat_history>", "### Output", "### Guidelines")
BEGINNINGS: tuple[tuple[str, Kind], ...] = (
    ("available tools:", "tools"),
    ("your task is to reflect the speaker's likely facial expression", "emoji"),
    ("you have been provided with a set of responses from various models", "merge"),
)
TITLE_PROMPT = re.compile(
    r"\s*(?:please )?(?:provide|generate) an? (?:short|concise)\b[^\n]{0,80}\btitle\b[^\n]{0,200}\bconversation\b"
    r"|\s*analyze this conversation and provide:[^|]{0,200}\bconcise title\b",
    re.IGNORECASE,
)
"""How LibreChat asks for a title, by its three ways of asking."""

SPEAKER = re.compile(r"^[ \t]*(?:\|\|>)?(user|human|assistant|ai|response|title):[ \t]*", re.IGNORECASE | re.MULTILINE)
LONGEST_HISTORY = 64 * 1024


@dataclass(frozen=True, slots=True)
class Helper:
    """A question of a client.

    ``said`` is the first message of the person in what it quotes, ``shown`` the last answer. ``as_json`` tells that a
    JSON object is wanted, ``fields`` which fields it is to have where the request says so, ``function`` the name of a
    function that is to be called with them.
    """

    kind: Kind
    said: str = ""
    shown: str = ""
    as_json: bool = True
    fields: tuple[str, ...] = ()
    function: str | None = None


def helper_of(messages: Sequence[tuple[str, str]], task: str | None = None) -> Helper | None:
    """Return the question that a client asks for itself, None for a conversation.

    Parameters
    ----------
    messages : sequence of (role, text)
        As they were sent.
    task : str, optional
        The name a client gives the question in a header.

    Examples
    --------
    >>> prompt = '### Task:\\nGenerate a title.\\n### Output:\\n{ "title": "" }\\n<chat_history>\\nUSER: buy BTC'
    >>> helper = helper_of([("user", prompt)])
    >>> helper.kind, helper.said, helper_of([("user", "buy BTC")])
    ('title', 'buy BTC', None)
    """
    kind = _named(task) or _recognised(messages)
    if kind is None:
        return None
    prompt = messages[-1][1]
    said, shown = _quoted(prompt)
    return Helper(kind, said, shown, as_json=kind in KEYS and _shows_object(messages, KEYS[kind]))


def is_framed(text: str) -> bool:
    """Return whether a client put documents around a message: it is the person's nevertheless."""
    return text.lstrip().startswith(OPENING) and 0 <= text.find("<context>") < text.rfind("</context>")


def _named(task: str | None) -> Kind | None:
    """Return what a client's name for a question means; a name that was left out is none."""
    name = (task or "").strip().lower().rpartition(".")[2]
    if not name or name.startswith("{{"):
        return None
    return next((kind for begins, kind in TASKS.items() if name.startswith(begins)), "other")


def _recognised(messages: Sequence[tuple[str, str]]) -> Kind | None:
    """Return what is asked for by the words alone: such a question is one message, at most below a system's."""
    roles = [role for role, _ in messages]
    if roles not in (["user"], ["system"], ["system", "user"]):
        return None
    first, prompt = messages[0][1], messages[-1][1]
    for begins, kind in BEGINNINGS:
        if first.lstrip().lower().startswith(begins) or prompt.lstrip().lower().startswith(begins):
            return kind
    if TITLE_PROMPT.match(prompt) is not None:
        return "title"
    if prompt.lstrip().startswith(OPENING) and any(one in prompt for one in MARKS) and not is_framed(prompt):
        instruction = prompt.partition("### Guidelines")[0].partition("### **Instructions")[0][:1_000].lower()
        return next((kind for words, kind in INSTRUCTIONS if words in instruction), "other")
    return None


def _shows_object(messages: Sequence[tuple[str, str]], key: str) -> bool:
    """Return whether the instructions show a JSON object with a field."""
    written = "\n".join(text.partition("<chat_history>")[0] for _, text in messages)
    return re.search(r'\{\s*"' + key + '"', written) is not None


def _quoted(prompt: str) -> tuple[str, str]:
    """Return the person's first message and the last answer in the conversation that a prompt quotes."""
    opened = prompt.rfind("<chat_history>")
    history = prompt if opened < 0 else prompt[opened + len("<chat_history>") :]
    history = history.partition("</chat_history>")[0][:LONGEST_HISTORY]
    turns = list(SPEAKER.finditer(history))
    ends = [*(one.start() for one in turns[1:]), len(history)]
    spoken = [
        (turn[1].lower() in ("user", "human"), history[turn.end() : ends[at]].strip('" \r\n'))
        for at, turn in enumerate(turns)
        if turn[1].lower() != "title"
    ]
    said = next((text for is_user, text in spoken if is_user and text), "")
    shown = next((text for is_user, text in reversed(spoken) if not is_user and text), "")
    return said, shown
