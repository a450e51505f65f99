"""Requests that schemathesis makes from our own description: what is promised there holds."""

from __future__ import annotations

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from serving import running

from api.app import create_app
from api.settings import Settings

EXAMPLES = 12
"""Of each operation; a night's run takes more."""


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
        schema = schemathesis.openapi.from_url(f"http://{host}:{port}/openapi.json")
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
