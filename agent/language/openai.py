"""Chat completions from any OpenAI-compatible server: the one place that speaks to it, and the one owner of retries.

Each call has its own client and connection: a conversation may run in one event loop a turn, cancelling a call closes
its connection at once, and nothing needs to be shut down later. Redirects are not followed, the SDK retries nothing,
and what the environment says for other services (an organization, a project) is not sent.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

import httpx2
import openai
import tenacity

from agent.errors import TIME_IS_UP, LanguageError, ModelGarbled, ModelUnreachable, OutOfTime
from agent.language.completion import SHOWN, FormatRefused, LimitRefused
from agent.language.ladder import LIMITS, is_about_form, is_about_limit
from agent.language.model import ModelLanguage, ModelSettings
from agent.language.recorded import RecordingCompletions
from engine.report.inert import one_line
from engine.spec.front_door import read_json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path
    from ssl import SSLContext

    from agent.language.completion import Completions
    from agent.language.port import Budget
    from agent.language.prices import Price
    from agent.ports import Clock

RETRIED = (408, 409, 429, 500, 502, 503, 504)
MAX_BYTES = 4 * 1024 * 1024
"""Bytes of a reply that are read."""

SHORTEST_SECRET = 8
"""Characters of a key at least for it to be taken out of replies: a shorter one is a word, and no secret."""

NO_KEY = "none"
"""Sent to servers that ask for no key."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to connect, seconds one attempt may take in all, and how often a call is attempted.

    ``first_wait`` is waited before the second attempt, twice as long before each further one, at most
    ``longest_wait``; a server's Retry-After counts instead.
    """

    connect: float = 5.0
    attempt: float = 45.0
    attempts: int = 3
    first_wait: float = 0.5
    longest_wait: float = 8.0


class _Transient(Exception):
    """An attempt failed in a way that another one may not; ``after`` is how long the server asks to wait."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class _WouldMissTheDeadline(tenacity.stop.stop_base):
    """Stops when the wait before the next attempt would last until the turn's deadline."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        return retry_state.upcoming_sleep >= self._budget.seconds_left()


class OpenAICompletions:
    """`agent.language.completion.Completions` of a server.

    ``transport`` replaces the network in tests; ``clock`` is asked only for a Retry-After given as a date.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None,
        *,
        timeouts: Timeouts,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._base_url = base_url
        self._key = api_key or NO_KEY
        self._timeouts = timeouts
        self._clock = clock
        self._sleep = sleep
        self._transport = transport
        self._certificates: SSLContext | None = None
        self._where = urlsplit(base_url).hostname or "the given address"

    def __repr__(self) -> str:
        return f"OpenAICompletions({self._where})"

    async def complete(self, body: Mapping[str, Any], budget: Budget) -> Mapping[str, Any]:
        """Return the server's reply to a request.

        Raises
        ------
        FormatRefused
            The server does not take the ``response_format``.
        LimitRefused
            The server does not take the bound on the length of the answer.
        ModelUnreachable
            The server cannot be reached, refuses the request, redirects, or kept failing.
        ModelGarbled
            The reply is no JSON object, or too long.
        OutOfTime
            The turn's deadline passed.
        """
        retrying = tenacity.AsyncRetrying(
            sleep=self._sleep,
            stop=tenacity.stop_after_attempt(self._timeouts.attempts) | _WouldMissTheDeadline(budget),
            wait=self._wait,
            retry=tenacity.retry_if_exception_type(_Transient),
            reraise=True,
        )
        try:
            async with self._client() as client:
                reply: Mapping[str, Any] = await retrying(self._attempt, client, body, budget)
                return reply
        except _Transient as failure:
            if budget.seconds_left() <= 0:
                raise OutOfTime(f"the turn's time is up; {failure}") from None
            attempts = retrying.statistics["attempt_number"]
            tried = f" ({attempts} attempts)" if attempts > 1 else ""
            left = budget.seconds_left()
            late = failure.after is not None and failure.after >= left
            waiting = f", longer than the {left:.0f} s this turn has left" if late else ""
            raise ModelUnreachable(f"{failure}{waiting}{tried}") from None

    def _client(self) -> openai.AsyncOpenAI:
        timeout = httpx2.Timeout(self._timeouts.attempt, connect=self._timeouts.connect)
        if self._certificates is None:
            self._certificates = httpx2.create_ssl_context()  # reading them takes longer than all the rest
        http = openai.DefaultAsyncHttpxClient(
            follow_redirects=False, timeout=timeout, verify=self._certificates, transport=self._transport
        )
        client = openai.AsyncOpenAI(
            api_key=self._key, base_url=self._base_url, timeout=timeout, max_retries=0, http_client=http
        )
        client.organization = client.project = None  # read from the environment otherwise: another service's
        return client

    async def _attempt(self, client: openai.AsyncOpenAI, body: Mapping[str, Any], budget: Budget) -> Mapping[str, Any]:
        left = budget.seconds_left()
        if left <= 0:
            raise OutOfTime(TIME_IS_UP)
        seconds = min(self._timeouts.attempt, left)
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(client, body)
        except (TimeoutError, openai.APITimeoutError, httpx2.TimeoutException):
            if budget.seconds_left() <= 0:
                raise OutOfTime("the model did not answer within the turn's time") from None
            raise _Transient(f"the model at {self._where} did not answer within {seconds:g} s") from None
        except openai.APIStatusError as error:
            raise self._refusal(error, body) from None
        except (openai.APIConnectionError, httpx2.HTTPError):
            raise _Transient(f"the model at {self._where} cannot be reached, or broke off its answer") from None
        except openai.OpenAIError as error:
            raise ModelUnreachable(f"the model at {self._where} gave no answer", self._told(str(error))) from None

    async def _exchange(self, client: openai.AsyncOpenAI, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send a request and read the reply, not more of it than a reply can have."""
        raw = bytearray()
        asked: dict[str, Any] = dict(body)
        async with client.chat.completions.with_streaming_response.create(**asked) as response:
            if response.status_code >= 300:
                raise ModelUnreachable(f"the model at {self._where} answered {response.status_code}")
            async for chunk in response.iter_bytes():
                raw += chunk
                if len(raw) > MAX_BYTES:
                    raise ModelGarbled(f"the model at {self._where} answered with more than {MAX_BYTES:,} bytes")
        read = read_json(self._without_key(bytes(raw)), max_bytes=MAX_BYTES, max_depth=64)
        if not isinstance(read.value, dict):
            why = read.problems[0].message if read.problems else "it is no JSON object"
            raise ModelGarbled(f"the model at {self._where} answered with something that is no chat completion", why)
        return read.value

    def _refusal(self, error: openai.APIStatusError, body: Mapping[str, Any]) -> Exception:
        """Return what a status means: another form, another attempt, or the end."""
        status, said = error.status_code, self._told(_message(error))
        if any(name in body for name in LIMITS) and is_about_limit(status, said):
            return LimitRefused("the server does not take a bound on the length of an answer", said)
        if "response_format" in body and is_about_form(status, said):
            return FormatRefused("the server does not take the form asked for", said)
        if status in RETRIED:
            after = _retry_after(error.response.headers, self._clock)
            busy = "is busy (429)" if status == 429 else f"failed ({status})"
            asks = "" if after is None else f" and asks to wait {after:g} s"
            return _Transient(f"the model at {self._where} {busy}{asks}", after)
        if status in (401, 403):
            return ModelUnreachable(f"the model at {self._where} refuses the key ({status}): check KEK_MODEL_API_KEY")
        if 300 <= status < 400:
            return ModelUnreachable(
                f"the model at {self._where} redirects ({status}), which is not followed: check KEK_MODEL_BASE_URL"
            )
        return ModelUnreachable(f"the model at {self._where} refused the request ({status})", said)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome is not None else None
        if isinstance(failure, _Transient) and failure.after is not None:
            return failure.after
        return float(min(self._timeouts.longest_wait, self._timeouts.first_wait * 2 ** (state.attempt_number - 1)))

    def _without_key(self, raw: bytes) -> bytes:
        """Return a reply without the key, should a server repeat it: replies are kept."""
        return raw.replace(self._key.encode(), b"***") if len(self._key) >= SHORTEST_SECRET else raw

    def _told(self, text: str) -> str:
        """Return a server's words fit to be shown, without the key should it repeat it."""
        return one_line(text.replace(self._key, "***") if self._key != NO_KEY else text, SHOWN)


def _message(error: openai.APIStatusError) -> str:
    body = error.body
    inner = body.get("error", body) if isinstance(body, dict) else body
    said = inner.get("message") if isinstance(inner, dict) else inner
    return str(said) if said else "no reason given"


def _retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Return the seconds a Retry-After header asks for, given as a number or a date; None when it has none."""
    text = headers.get("retry-after")
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - clock.now_ms() / 1000
        except ValueError:
            return None
    return max(0.0, seconds) if seconds == seconds else None


def openai_language(
    base_url: str,
    api_key: str | None,
    model: str,
    *,
    clock: Clock,
    price: Price | None = None,
    temperature: float | None = None,
    seed: int | None = None,
    timeouts: Timeouts | None = None,
    record_to: Path | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> ModelLanguage:
    """Return a reader that asks a model on an OpenAI-compatible server.

    ``record_to`` names a folder that keeps every reply for `agent.language.recorded`. ``transport`` replaces the
    network in tests.

    Raises
    ------
    LanguageError
        ``base_url`` is no http or https address.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _has_a_port(parts):
        raise LanguageError(
            f"'{base_url[:80]}' is no address of a model server: write http://host:port/v1 or https://..."
        )
    completions: Completions = OpenAICompletions(
        base_url, api_key, timeouts=timeouts or Timeouts(), clock=clock, sleep=sleep, transport=transport
    )
    if record_to is not None:
        completions = RecordingCompletions(completions, record_to)
    return ModelLanguage(completions, ModelSettings(model, price=price, temperature=temperature, seed=seed))


def _has_a_port(parts: SplitResult) -> bool:
    """Tell whether the port of an address is one, or is left out."""
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False
