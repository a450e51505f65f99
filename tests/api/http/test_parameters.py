"""Parameters of a query that no route declares are refused, wherever they are sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from serving import IN_MEMORY, client
from starlette.testclient import TestClient

from api.app import create_app
from api.http.openapi import operations

LENIENT = ("/healthz", "/readyz", "/v1")
OPERATIONS = [(method, path) for method, path, _ in operations(create_app(IN_MEMORY)) if not path.startswith(LENIENT)]


@pytest.fixture(scope="module")
def asked() -> Iterator[TestClient]:
    with client() as opened:
        yield opened


def test_a_parameter_that_is_misspelled_is_named_with_the_one_that_was_meant(asked: TestClient) -> None:
    answer = asked.get("/api/strategies?staus=archived&limit=2")

    assert answer.status_code == 422 and answer.json()["code"] == "INVALID_REQUEST"
    assert answer.json()["problems"] == [
        {
            "path": "query.staus",
            "code": "UNKNOWN_PARAMETER",
            "severity": "error",
            "message": "unknown parameter",
            "allowed": ["cursor", "limit", "status"],
            "suggestion": "status",
        }
    ]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_operation_lets_an_unknown_parameter_pass(method: str, path: str, asked: TestClient) -> None:
    answer = asked.request(method, path.replace("{", "").replace("}", ""), params={"nobody knows": ""})

    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["problems"]] == ['query["nobody knows"]']


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v1/models"])
def test_probes_and_foreign_clients_may_send_parameters_of_their_own(path: str, asked: TestClient) -> None:
    assert asked.get(path, params={"user": "somebody"}).status_code != 422
