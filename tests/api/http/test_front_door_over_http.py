"""What a body has to be before any route sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Literal

import pytest
from fastapi import FastAPI
from serving import IN_MEMORY, calling, client_of, nothing
from starlette.testclient import TestClient

from api.app import create_app
from api.http.body import Body, json_body
from api.settings import Serving, Settings

MOST = 1_000


class Order(Body):
    asset_name: str
    size: float = 1.0
    side: Literal["long", "short"] = "long"
    times: tuple[int, ...] = ()


def order_app(**serving: Any) -> FastAPI:
    app = create_app(
        Settings(database_url="sqlite://", serving=Serving(max_body_bytes=MOST, **serving)), joining=nothing
    )

    async def place(order: Annotated[Order, json_body(Order)]) -> dict[str, Any]:
        return order.model_dump(by_alias=True)

    async def maybe(order: Annotated[Any, json_body(Empty, optional=True)]) -> dict[str, Any]:
        return {"read": order.model_dump()}

    app.add_api_route("/orders", place, methods=["POST"])
    app.add_api_route("/maybe", maybe, methods=["POST"])
    return app


class Empty(Body):
    note: str | None = None


@pytest.fixture(scope="module")
def orders() -> Iterator[TestClient]:
    with client_of(order_app()) as opened:
        yield opened


def post(client: TestClient, body: bytes, kind: str | None = "application/json", **headers: str) -> Any:
    given = {} if kind is None else {"content-type": kind}
    return client.post("/orders", content=body, headers={**given, **headers})


def problems(answer: Any) -> list[tuple[str, str]]:
    return [(one["path"], one["code"]) for one in answer.json()["problems"]]


@pytest.mark.parametrize("name", ["assetName", "asset_name"])
def test_both_spellings_of_a_field_are_read(orders: TestClient, name: str) -> None:
    answer = orders.post("/orders", json={name: "BTC", "times": [1, 2]})

    assert (answer.status_code, answer.json()["assetName"], answer.json()["times"]) == (200, "BTC", [1, 2])


def test_a_field_in_both_spellings_is_refused(orders: TestClient) -> None:
    answer = orders.post("/orders", json={"assetName": "BTC", "asset_name": "BTC"})

    assert (answer.status_code, problems(answer)) == (422, [("$.asset_name", "BOTH_SPELLINGS")])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("$.assetName", "MISSING_FIELD")]),
        ({"assetName": 1}, [("$.assetName", "WRONG_TYPE")]),
        ({"assetName": "BTC", "size": "7"}, [("$.size", "WRONG_TYPE")]),
        ({"assetName": "BTC", "size": True}, [("$.size", "WRONG_TYPE")]),
        ({"assetName": "BTC", "side": "up"}, [("$.side", "UNKNOWN_VALUE")]),
        ({"assetName": "BTC", "times": [1, 2.5]}, [("$.times[1]", "WRONG_TYPE")]),
        ({"assetName": "BTC", "sizes": 1}, [("$.sizes", "UNKNOWN_FIELD")]),
        (
            {"size": "x", "side": 1},
            [("$.assetName", "MISSING_FIELD"), ("$.size", "WRONG_TYPE"), ("$.side", "UNKNOWN_VALUE")],
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once_with_its_place(
    orders: TestClient, body: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    answer = orders.post("/orders", json=body)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert sorted(problems(answer)) == sorted(expected)


def test_an_unknown_field_is_answered_with_the_nearest_one(orders: TestClient) -> None:
    (problem,) = orders.post("/orders", json={"assetName": "BTC", "syze": 1}).json()["problems"]

    assert (problem["suggestion"], problem["allowed"]) == ("size", ["assetName", "size", "side", "times"])


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b"7", b"true"])
def test_what_is_no_object_is_a_problem_of_the_whole(orders: TestClient, body: bytes) -> None:
    answer = post(orders, body)

    assert (answer.status_code, problems(answer)) == (422, [("$", "WRONG_TYPE")])


def test_nothing_of_a_refused_body_is_repeated(orders: TestClient) -> None:
    secret = "hunter2-correct-horse"

    for body in ({"assetName": 1, "size": secret}, {"assetName": [secret]}, {"assetName": "B", "side": secret}):
        answer = orders.post("/orders", json=body)
        assert answer.status_code == 422 and secret not in answer.text


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonx",
        "application/problem+json",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "application/json, text/plain",
        "json",
        ";",
        "*/*",
    ],
)
def test_another_media_type_is_refused(orders: TestClient, kind: str | None) -> None:
    answer = post(orders, b'{"assetName":"BTC"}', kind)

    assert (answer.status_code, answer.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "kind",
    ["application/json", "APPLICATION/JSON", "application/json; charset=utf-8", 'application/json;charset="UTF-8"'],
)
def test_json_in_utf_8_is_read_however_it_is_announced(orders: TestClient, kind: str) -> None:
    assert post(orders, b'{"assetName":"BTC"}', kind).status_code == 200


def test_a_packed_body_is_not_unpacked(orders: TestClient) -> None:
    assert post(orders, b"\x1f\x8b", **{"content-encoding": "gzip"}).status_code == 415


def test_a_body_may_be_left_out_only_where_the_route_says_so(orders: TestClient) -> None:
    assert orders.post("/maybe").json() == {"read": {"note": None}}
    assert orders.post("/maybe", json={"note": "x"}).json() == {"read": {"note": "x"}}
    assert orders.post("/orders").status_code == 400
    assert orders.post("/maybe", content=b"x").status_code == 415


@pytest.mark.parametrize("size", [MOST, MOST + 1])
def test_the_bound_on_a_body_is_exact(orders: TestClient, size: int) -> None:
    body = b'{"assetName":"BTC"}'.ljust(size)

    assert post(orders, body).status_code == (200 if size == MOST else 413)


def test_a_body_in_pieces_is_counted_as_it_comes() -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 1_000_000:
            sent += 100
            yield b"x" * 100

    async def ask() -> int:
        async with calling(order_app()) as client:
            answer = await client.post("/orders", content=pieces(), headers={"content-type": "application/json"})
        return answer.status_code

    assert asyncio.run(ask()) == 413
    assert sent <= MOST + 200, "it was read on after the bound"


def test_a_body_that_comes_too_slowly_is_cut() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"assetName":'
        await asyncio.Event().wait()

    async def ask() -> tuple[int, str]:
        async with calling(order_app(body_seconds=0.05)) as client:
            answer = await client.post("/orders", content=pieces(), headers={"content-type": "application/json"})
        return answer.status_code, answer.json()["code"]

    assert asyncio.run(ask()) == (408, "BODY_TIMEOUT")


def test_a_larger_bound_can_be_set() -> None:
    settings = Settings(database_url="sqlite://", serving=Serving(max_body_bytes=2 * IN_MEMORY.serving.max_body_bytes))
    app = create_app(settings, joining=nothing)
    app.add_api_route("/maybe", _read, methods=["POST"])
    body = b'{"note":"' + b"x" * 300_000 + b'"}'

    with client_of(app) as client:
        answer = client.post("/maybe", content=body, headers={"content-type": "application/json"})

    assert (answer.status_code, answer.json()) == (200, 300_000)


async def _read(body: Annotated[Empty, json_body(Empty)]) -> int:
    return len(body.note or "")


def test_a_body_of_little_but_brackets_is_not_read(orders: TestClient) -> None:
    answer = post(orders, b"[" + b"[]," * 300 + b"[]]")

    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")
