"""Who may ask, and how much, before anything reads the request."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from serving import IN_MEMORY, calling, client_of, nothing
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Serving, Settings

HIDDEN = ("%00", "%0a", "%0d%0aX-Evil:1", "%1b[2J", "%7f", "%c2%85", "%e2%80%8b", "%e2%80%ae", "%ef%bb%bf", "%e2%80%a8")
NO_UTF_8 = ("%ff", "%c0%af", "%ed%a0%80", "%f4%90%80%80", "%80", "%e2%82")


def _made() -> dict[str, str]:
    return {}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = create_app(IN_MEMORY, joining=nothing)
    app.add_api_route("/made", _made, methods=["POST", "GET", "DELETE"])
    app.add_api_route("/made/{name:path}", lambda name: {}, methods=["GET"])
    with client_of(app) as opened:
        yield opened


def code(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8321", "localhost", "LOCALHOST:1", "[::1]", "[::1]:8321", "127.1.2.3:80"]
)
def test_the_service_is_called_by_loopback_names(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8321",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "evil.example/localhost",
        "evil.example#localhost",
        "localhost:evil",
        "127.0.0.1:99999",
        "0.0.0.0",
        "10.0.0.1",
        "[::ffff:10.0.0.1]",
        "[::1",
        "",
        " ",
        "2130706433",
    ],
)
def test_any_other_name_is_misdirected(client: TestClient, host: str) -> None:
    assert code(client.get("/healthz", headers={"host": host})) == (421, "UNKNOWN_HOST")


def test_two_hosts_are_none(client: TestClient) -> None:
    answer = client.get("/healthz", headers=[("host", "localhost"), ("host", "evil.example")])

    assert code(answer) == (421, "UNKNOWN_HOST")


def test_further_names_can_be_allowed() -> None:
    serving = Serving(allowed_hosts=("kek.internal",))

    with client_of(create_app(Settings(database_url="sqlite://", serving=serving), joining=nothing)) as client:
        assert client.get("/healthz", headers={"host": "KEK.internal:80"}).status_code == 200
        assert client.get("/healthz", headers={"host": "other.internal"}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:3000"},
        {"origin": "http://localhost:8321"},
        {"origin": "http://127.0.0.1:8321.evil.example"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://127.0.0.1:8321", "sec-fetch-site": "cross-site"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_page_of_another_origin_changes_nothing(client: TestClient, method: str, headers: dict[str, str]) -> None:
    assert code(client.request(method, "/made", headers=headers)) == (403, "FOREIGN_ORIGIN")


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://127.0.0.1:8321"}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}],
)
def test_our_own_page_and_programs_may(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/made", headers=headers).status_code == 200


def test_reading_is_left_to_the_browser_s_own_rules(client: TestClient) -> None:
    answer = client.get("/made", headers={"origin": "http://evil.example"})

    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("text", [*HIDDEN, *NO_UTF_8])
@pytest.mark.parametrize("place", ["/made/{}", "/made/x{}y", "/made?name={}", "/made?{}=1", "/nowhere/{}"])
def test_an_address_that_hides_something_is_refused(client: TestClient, place: str, text: str) -> None:
    assert code(client.get(place.format(text))) == (400, "BAD_TEXT")


@pytest.mark.parametrize("place", ["/made/%C3%A9t%C3%A9", "/made/a%20b", "/made/a%2Fb"])
def test_plain_text_of_any_script_is_an_address(client: TestClient, place: str) -> None:
    assert client.get(place).status_code == 200


def test_a_parameter_of_any_script_is_read_and_refused_by_its_name_alone(client: TestClient) -> None:
    assert code(client.get("/made?name=%F0%9F%98%80")) == (422, "INVALID_REQUEST")


def test_an_address_has_a_bound(client: TestClient) -> None:
    assert code(client.get("/made/" + "x" * 9_000)) == (414, "ADDRESS_TOO_LONG")
    assert code(client.get("/made?x=" + "x" * 9_000)) == (414, "ADDRESS_TOO_LONG")
    assert code(client.get("/made?" + "&".join("x" * 200))) == (400, "BAD_TEXT")


def test_headers_have_a_bound(client: TestClient) -> None:
    assert code(client.get("/made", headers={"x-long": "x" * 17_000})) == (431, "HEADERS_TOO_LARGE")
    assert code(client.get("/made", headers={f"x-{n}": "1" for n in range(101)})) == (431, "HEADERS_TOO_LARGE")


def test_requests_beyond_the_bound_are_told_to_come_again_and_health_is_not() -> None:
    async def ask() -> None:
        serving = Serving(max_requests=2)
        app = create_app(Settings(database_url="sqlite://", serving=serving), joining=nothing)
        go_on, waiting = asyncio.Event(), asyncio.Semaphore(0)

        async def slow() -> dict[str, str]:
            waiting.release()
            await go_on.wait()
            return {}

        app.add_api_route("/slow", slow)
        async with calling(app) as client:
            working = [asyncio.create_task(client.get("/slow")) for _ in range(2)]
            for _ in working:
                await waiting.acquire()

            refused = await client.get("/slow")
            assert code(refused) == (503, "TOO_BUSY") and refused.headers["retry-after"] == "2"
            assert (await client.get("/healthz")).status_code == 200

            go_on.set()
            assert [answer.status_code for answer in await asyncio.gather(*working)] == [200, 200]
            assert (await client.get("/slow")).status_code == 200

    asyncio.run(ask())
