"""The description of the service: what is promised stays, and everything there is is described."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from serving import IN_MEMORY, client

from api.app import create_app
from api.http.body import JsonBody, JsonDocument
from api.http.openapi import body_of, operations

PROMISED = Path(__file__).with_name("operations.txt")
"""One operation a line: method, path, operationId. Lines are added, never changed: others rely on them."""

UNDESCRIBED = {("GET", "/openapi.json"), ("HEAD", "/healthz"), ("HEAD", "/readyz")}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(IN_MEMORY).openapi()


def described(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_what_was_promised_is_still_there_under_its_name(document: dict[str, Any]) -> None:
    offered = {f"{method} {path} {one['operationId']}" for (method, path), one in described(document).items()}
    promised = set(PROMISED.read_text("utf-8").split("\n")) - {""}

    assert not promised - offered, "taken away or renamed"
    assert not offered - promised, f"new: add these lines to {PROMISED.name}"


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [one["operationId"] for one in described(document).values()]

    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9]*", name) for name in names)


def test_every_route_is_described_or_known_not_to_be(document: dict[str, Any]) -> None:
    there = {(method, path) for method, path, _ in operations(create_app(IN_MEMORY))}

    assert there - set(described(document)) == UNDESCRIBED


def test_every_operation_says_what_it_is(document: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in document["tags"]}

    for place, one in described(document).items():
        assert one["summary"] and one["description"], place
        assert set(one["tags"]) <= tags, f"{place}: a tag without a description"
        assert "default" in one["responses"], place


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    names = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(document)))

    assert all(name.startswith("#/components/schemas/") for name in names)
    assert {name.rpartition("/")[2] for name in names} <= set(document["components"]["schemas"])


def test_a_refusal_is_described_in_the_shape_of_its_side(document: dict[str, Any]) -> None:
    for (_, path), one in described(document).items():
        (kind,) = one["responses"]["default"]["content"]
        assert kind == ("application/json" if path.startswith("/v1") else "application/problem+json"), path
    assert "HTTPValidationError" not in json.dumps(document)


def test_every_body_passes_the_front_door_and_has_examples_that_are_right(document: dict[str, Any]) -> None:
    for method, path, route in operations(create_app(IN_MEMORY)):
        body = body_of(route)
        assert route.body_field is None, f"{method} {path} reads its body past the front door"
        if body is None:
            continue
        assert "requestBody" in described(document)[method, path]
        assert body.examples, f"{method} {path} has no example"
        if isinstance(body, JsonBody):
            for example in body.examples.values():
                body.model.model_validate_json(json.dumps(example))
        else:
            assert isinstance(body, JsonDocument)
            assert body.schema in document["components"]["schemas"]


def test_the_description_is_served_with_a_tag_and_no_page_beside_it() -> None:
    with client() as asked:
        answer = asked.get("/openapi.json")
        again = asked.get("/openapi.json", headers={"if-none-match": answer.headers["etag"]})

        assert answer.json()["openapi"].startswith("3.1") and again.status_code == 304
        assert [asked.get(path).status_code for path in ("/docs", "/redoc")] == [404, 404]
