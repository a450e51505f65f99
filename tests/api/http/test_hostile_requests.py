"""Whatever is sent to whatever route: an answer that says what was wrong, and never a failure of our own.

Routes come from the application itself, so a new one is under test the moment it is there.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from hostile_bodies import HOSTILE_BODIES, NAUGHTY_TEXTS
from serving import IN_MEMORY, calling

from api.app import create_app
from api.http.body import JsonBody
from api.http.openapi import body_of, operations

AT_MOST_SECONDS = 20.0
"""A bound against hanging, on a machine that does other things as well; how fast it is, the benchmarks say."""

KINDS = {"application/json", "application/problem+json"}
HEADERS = ("idempotency-key", "last-event-id", "if-match", "if-none-match", "x-request-id", "authorization")
VALUES = (b"", b"\xff\xfe", b"-1", b"9" * 400, b'W/"', b"a,b")

Asking = Callable[[httpx2.AsyncClient], Awaitable[None]]

OPERATIONS = [(method, path, route) for method, path, route in operations(create_app(IN_MEMORY)) if method != "HEAD"]
WITH_BODY = [(method, path, route) for method, path, route in OPERATIONS if body_of(route) is not None]


def ask(asking: Asking) -> None:
    async def within() -> None:
        app = create_app(IN_MEMORY)
        async with calling(app) as client:
            await app.state.opening.ready(patience=120)
            await asking(client)

    asyncio.run(within())


def filled(path: str, value: str = "none") -> str:
    return re.sub(r"\{[^}]+\}", lambda _: value, path)


async def answered(client: httpx2.AsyncClient, method: str, path: str, told: str, **request: Any) -> httpx2.Response:
    """Send a request; whatever is answered is an answer."""
    async with asyncio.timeout(AT_MOST_SECONDS):
        answer = await client.request(method, path, **request)
    assert answer.status_code < 500, f"{method} {path} with {told}: {answer.status_code} {answer.text[:500]}"
    if answer.content and "event-stream" not in answer.headers["content-type"]:
        assert answer.headers["content-type"] in KINDS, f"{method} {path} with {told}"
        document = json.loads(answer.content)
        if answer.status_code >= 400:
            assert document.get("code") or document["error"]["code"], f"{method} {path} with {told}"
    return answer


async def send_bodies(client: httpx2.AsyncClient, method: str, path: str, bodies: list[tuple[str, bytes]]) -> None:
    for told, body in bodies:
        headers = {"content-type": "application/json"}
        await answered(client, method, filled(path), told, content=body, headers=headers)


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE_BODIES) >= 200 and len({told for told, _ in HOSTILE_BODIES}) == len(HOSTILE_BODIES)
    assert len(WITH_BODY) >= 4


def test_no_hostile_body_makes_a_route_fail() -> None:
    """Each body goes to one route and each route gets its share; all of them to all is the long run."""

    async def asking(client: httpx2.AsyncClient) -> None:
        for at, (method, path, _) in enumerate(WITH_BODY):
            await send_bodies(client, method, path, HOSTILE_BODIES[at :: len(WITH_BODY)])

    ask(asking)


@pytest.mark.long
@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path, _ in WITH_BODY])
def test_no_hostile_body_makes_any_route_fail(method: str, path: str) -> None:
    async def asking(client: httpx2.AsyncClient) -> None:
        await send_bodies(client, method, path, HOSTILE_BODIES)

    ask(asking)


def test_no_other_media_type_is_read_by_any_route() -> None:
    kinds = ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
    kinds += ["application/json; charset=utf-16", "image/png", "application/json5", "é", ""]

    async def asking(client: httpx2.AsyncClient) -> None:
        for method, path, _ in WITH_BODY:
            for kind in kinds:
                headers = {"content-type": kind.encode()}
                answer = await answered(client, method, filled(path), kind, content=b'{"a": 1}', headers=headers)
                assert answer.status_code == 415, f"{method} {path} took {kind!r}"

    ask(asking)


def test_ten_megabytes_are_not_read_by_any_route() -> None:
    huge = b'{"text":"' + b"x" * 10_000_000 + b'"}'

    async def pieces() -> Any:
        for at in range(0, len(huge), 65_536):
            yield huge[at : at + 65_536]

    async def asking(client: httpx2.AsyncClient) -> None:
        for method, path, _ in WITH_BODY:
            for content in (huge, pieces()):
                headers = {"content-type": "application/json"}
                answer = await answered(client, method, filled(path), "10 MB", content=content, headers=headers)
                assert answer.status_code == 413, f"{method} {path}"

    ask(asking)


async def send_addresses(client: httpx2.AsyncClient, every: int) -> None:
    """Ask every operation for strange places, in strange ways: one in ``every`` of each kind, by turns."""
    headers = [{name: value} for name in HEADERS for value in VALUES]
    for at, (method, path, route) in enumerate(OPERATIONS):
        queries = [one.alias for one in route.dependant.query_params]
        for text in NAUGHTY_TEXTS[at % every :: every]:
            raw = quote(text.encode("utf-8", "surrogatepass"), safe="")[:3_000]
            if "{" in path:
                await answered(client, method, filled(path, raw or "%20"), repr(text[:30]))
            for name in queries:
                await answered(client, method, f"{filled(path)}?{name}={raw}", f"{name}={text[:30]!r}")
        for header in headers[at % every :: every]:
            await answered(client, method, filled(path), str(header), headers=header)


def test_no_naughty_text_in_an_address_or_a_header_makes_a_route_fail() -> None:
    ask(partial(send_addresses, every=12))


@pytest.mark.long
def test_no_naughty_text_in_any_address_or_header_makes_any_route_fail() -> None:
    ask(partial(send_addresses, every=1))


def texts_in(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str):
        yield place
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts_in(item, (*place, key))


def put(value: Any, place: tuple[Any, ...], text: str) -> Any:
    if not place:
        return text
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[place[0]] = put(value[place[0]], place[1:], text)
    return changed


@pytest.mark.long
@pytest.mark.parametrize(("method", "path", "route"), WITH_BODY, ids=[f"{m} {p}" for m, p, _ in WITH_BODY])
def test_no_naughty_text_in_any_field_makes_a_route_fail(method: str, path: str, route: Any) -> None:
    body = body_of(route)
    assert body is not None

    async def asking(client: httpx2.AsyncClient) -> None:
        for example in body.examples.values():
            for place in texts_in(example):
                for text in NAUGHTY_TEXTS:
                    content = json.dumps(put(example, place, text))
                    headers = {"content-type": "application/json"}
                    told = f"{text[:30]!r} at {place}"
                    await answered(client, method, filled(path), told, content=content, headers=headers)

    ask(asking)


def test_what_is_refused_is_not_repeated() -> None:
    secret = "canary-correct-horse"

    async def asking(client: httpx2.AsyncClient) -> None:
        for method, path, route in WITH_BODY:
            if isinstance(body_of(route), JsonBody):
                fields = body_of(route).model.model_fields  # type: ignore[union-attr]
                for name in fields:
                    for value in (
                        ([secret], {"a": secret}) if name != "spec" else ()
                    ):  # a spec's problems name its parts
                        answer = await answered(client, method, filled(path), name, json={name: value})
                        assert answer.status_code != 422 or secret not in answer.text, f"{method} {path} {name}"

    ask(asking)
