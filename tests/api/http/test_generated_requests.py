"""Requests that schemathesis makes from our own description: what is promised there holds."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from serving import running

from api.app import create_app
from api.settings import Settings

EXAMPLES = 12
"""Of each operation; a night's run takes more."""

RULES = 40
"""Rules of indicator types the tool is given: it refuses a schema of some sixty alternatives and more."""


def within_the_tool_s_limits(description: dict[str, Any]) -> dict[str, Any]:
    """Return the description with fewer indicator types to draw; all else, answers too, is as served."""
    indicator = description["components"]["schemas"]["SpecIndicator"]
    indicator["allOf"] = indicator["allOf"][:RULES]
    types = [rule["if"]["properties"]["type"] for rule in indicator["allOf"]]
    indicator["properties"]["type"]["enum"] = [name for one in types for name in one.get("enum", [one.get("const")])]
    return description


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")  # the tool's own libraries
def test_generated_requests_are_answered_as_the_description_says() -> None:
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    promised = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]

    def check(case: schemathesis.Case) -> None:
        answer = case.call(timeout=60)
        streamed = "event-stream" in str(answer.headers.get("content-type"))
        case.validate_response(answer, checks=promised[:-1] if streamed else promised)

    app = create_app(Settings(database_url="sqlite://"))
    with running(app, lifespan="on") as (host, port):
        while httpx2.get(f"http://{host}:{port}/api/markets", timeout=60).status_code == 503:
            pass  # it waits a while itself for the service to be open
        served = httpx2.get(f"http://{host}:{port}/openapi.json", timeout=60).json()
        schema = schemathesis.openapi.from_dict(within_the_tool_s_limits(served))
        schema.config.update(base_url=f"http://{host}:{port}")
        for found in schema.get_all_operations():
            operation = found.ok()

            examples = settings(
                max_examples=EXAMPLES if operation.method == "get" else EXAMPLES // 3,
                suppress_health_check=list(HealthCheck),
                deadline=None,
            )

            @examples
            @given(case=operation.as_strategy())
            def answered(case: schemathesis.Case) -> None:
                check(case)

            @examples
            @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
            def refused(case: schemathesis.Case) -> None:
                check(case)

            answered()
            if operation.body or operation.query or operation.path_parameters:
                refused()
