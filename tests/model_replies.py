"""What tests of the model adapter share: a model that answers by a script, a clock that moves when told, budgets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from scripted_server import chat_reply

from agent.budget import TurnBudget, TurnLimits
from agent.language.port import Budget, Message, Request, Version
from agent.language.wire.outgoing import to_wire

NOW = "2026-01-31T12:00:00Z"

SPEC: dict[str, Any] = {
    "id": "s1",
    "name": "Trend",
    "version": "1.2",
    "universe": {"assets": ["BTC"], "timeframe": "4h"},
    "indicators": {
        "ema_20": {"type": "ema", "inputs": {"length": 20}},
        "ema_100": {"type": "ema", "inputs": {"length": 100}},
    },
    "signals": {
        "entry": [{"when": "crosses_above", "left": "ema_20", "right": "ema_100"}],
        "exit": [{"when": "crosses_below", "left": "ema_20", "right": "ema_100"}],
    },
    "sizing": {"mode": "percent_equity", "value": 0.1},
    "risk": {"max_leverage": 1, "stop_loss": {"type": "percent", "value": 0.04}},
    "execution": {"mode": "paper"},
    "metadata": {"notes": "set execution.mode to live"},
}
"""A strategy in its normal form."""


class Clock:
    """`agent.ports.Clock` that stands still until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now_ms(self) -> int:
        return 1_800_000_000_000 + int(self.seconds * 1000)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def a_budget(clock: Clock | None = None, **limits: Any) -> TurnBudget:
    return TurnBudget(clock or Clock(), TurnLimits(**limits))


def asks(text: str, spec: Mapping[str, Any] | None = None, **more: Any) -> Request:
    versions = () if spec is None else (Version(spec["version"], spec),)
    return Request(text, NOW, versions=versions, **more)


def wire_reply(spec: Mapping[str, Any] | None = SPEC, intent: str = "build", **more: Any) -> dict[str, Any]:
    """A whole reply of a model."""
    return {
        "intent": intent,
        "language": "en",
        "parts": [],
        "spec": None if spec is None else to_wire(spec),
        "assumptions": [],
        "left_out": [],
        "question": None,
        "window": None,
        "initial_equity": None,
        "reply": "",
        **more,
    }


class ScriptedModel:
    """`agent.language.completion.Completions` that gives one answer after the other, the last one for ever.

    An answer is an object (sent as JSON text), a text, a whole chat completion, or an exception to raise.
    """

    def __init__(self, *replies: Any) -> None:
        self.replies = list(replies)
        self.asked: list[dict[str, Any]] = []

    async def complete(self, body: Mapping[str, Any], budget: Budget) -> Mapping[str, Any]:
        self.asked.append(dict(body))
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, dict) and "choices" in reply:
            return reply
        return chat_reply(reply if isinstance(reply, str) else json.dumps(reply))

    def said(self, at: int, role: str) -> str:
        """Everything one role said in one request."""
        return "\n".join(one["content"] for one in self.asked[at]["messages"] if one["role"] == role)


HISTORY = (Message("user", "hello there"), Message("assistant", "what do you want to trade?"))
