"""A service for OpenAI's own client to talk to, and a model that a test holds and lets go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx2
from openai import DefaultHttpxClient, OpenAI
from reference.kept import small_market
from serving import running

from agent.background import in_background
from agent.language.builtin import BuiltinLanguage
from agent.language.port import Budget, Reading, Repair, Request, Usage
from api.app import create_app
from api.compose import service
from api.settings import Settings

BUILD = "buy BTC on 1h bars when the 20 sma crosses above the 50 sma, sell on the cross back, stop 4%"
EDIT = "add a take profit of 8%"
TALK, MORE = "what can you do?", "what is a Sharpe ratio?"
OTHER = "buy BTC on 1h bars when rsi(14) falls below 30, sell above 70"


SMALL = object()

OPENED: dict[str, httpx2.Client] = {}
"""The connections to each service, for all of its clients: making some takes longer than a request."""


class Held:
    """A model that reads as the interpreter does, once the test lets it."""

    name = "model:held"
    is_model = True

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.may_go_on = threading.Event()
        self.fails = False
        self.read_texts: list[str] = []
        self._reader = BuiltinLanguage()

    async def read(self, request: Request, budget: Budget) -> Reading:
        self.read_texts.append(request.text)
        self.asked.set()
        assert await in_background(lambda: self.may_go_on.wait(20))
        if self.fails:
            raise RuntimeError("the model broke")
        usage = Usage(calls=1, input_tokens=900, output_tokens=80, cached_tokens=300)
        budget.spend(usage)
        return replace(await self._reader.read(request, budget), reader=self.name, usage=usage)

    async def repair(self, request: Request, failed: Repair, budget: Budget) -> Reading:
        return await self._reader.repair(request, failed, budget)


@contextmanager
def chat_service(language: Any = None, market: Any = SMALL) -> Iterator[str]:
    """Serve the application on a free port, on some weeks of one asset unless told otherwise; gives its address."""
    candles = small_market() if market is SMALL else market
    app = create_app(
        Settings(database_url="sqlite://"),
        joining=lambda chosen: service(chosen, market=candles, language=language),
    )
    with running(app, lifespan="on") as (host, port):
        address = f"http://{host}:{port}"
        with DefaultHttpxClient(verify=False, timeout=60) as OPENED[address]:
            assert plain(address, "/api/threads").status_code == 200
            yield address
        del OPENED[address]


def openai_client(address: str, chat: str | None = None, **more: Any) -> OpenAI:
    """OpenAI's client as its package makes it; ``chat`` is how Open WebUI calls its conversation."""
    headers = {} if chat is None else {"X-OpenWebUI-Chat-Id": chat}
    chosen = {"max_retries": 0, "default_headers": headers, "timeout": 60, **more}
    return OpenAI(base_url=f"{address}/v1", api_key="any", http_client=OPENED[address], **chosen)


def plain(address: str, path: str, method: str = "GET", **more: Any) -> httpx2.Response:
    """Send a request as any client may."""
    return OPENED[address].request(method, f"{address}{path}", **more)


class Chat:
    """A conversation as a client holds it: it sends all it shows, and remembers what came back."""

    def __init__(self, client: OpenAI, **headers: str) -> None:
        self.client = client
        self.headers = headers
        self.messages: list[dict[str, Any]] = []
        self.answers: list[Any] = []

    def say(self, text: str, **headers: str) -> Any:
        """Send a message after all that were sent, and return the completion."""
        self.messages.append({"role": "user", "content": text})
        return self.again(**headers)

    def again(self, **headers: str) -> Any:
        """Send what is there as it is."""
        sent = self.client.chat.completions.with_raw_response.create(
            model="kek", messages=self.messages, extra_headers={**self.headers, **headers}
        )
        answer = sent.parse()
        self.messages.append({"role": "assistant", "content": answer.choices[0].message.content})
        self.answers.append(answer)
        return answer

    def back_to(self, number: int) -> Chat:
        """Forget everything from a message of the person on, counted from 0."""
        at = [at for at, one in enumerate(self.messages) if one["role"] == "user"][number]
        del self.messages[at:]
        return self
