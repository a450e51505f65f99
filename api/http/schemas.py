"""What the OpenAPI says of answers that are no records: shapes for the description, never for the work."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Shape(BaseModel):
    """Base of the shapes: camelCase outside."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True)


class Problem(Shape):
    """What is wrong, where, what is allowed, and what was probably meant."""

    path: str = Field(description="A JSON path in the body, or `query.name`.", examples=["$.signals.entry[0].left"])
    code: str = Field(description="Stable; the wording of the message may improve.", examples=["UNKNOWN_REFERENCE"])
    severity: Literal["error", "warning"]
    message: str
    allowed: list[str] | None = None
    suggestion: str | None = None


Told = Annotated[
    list[Problem] | None,
    Field(
        description="What the check of the spec had to tell: warnings, for what has errors is not kept.",
        examples=[
            [
                {
                    "path": "$.spec.sizing.value",
                    "code": "SIZE_CUT",
                    "severity": "warning",
                    "message": "each position of 0.9 of equity will be cut to risk.max_position_pct 0.2",
                }
            ]
        ],
    ),
]
"""Beside a record that was just written, where there is anything to tell; the record that is kept has none of it."""


class ProblemDocument(Shape):
    """A refusal as RFC 9457 writes it. Nothing of the request is repeated in it."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["the body has problems"])
    code: str = Field(description="Stable.", examples=["INVALID_BODY"])
    request_id: str = Field(description="Stands in the log and in the header X-Request-ID.", examples=["req_4f2a"])
    problems: list[Problem] | None = None


class OpenAIErrorBody(Shape):
    """What OpenAI's clients read of a refusal."""

    message: str
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = None
    code: str | None = None


class OpenAIError(Shape):
    """A refusal under /v1."""

    error: OpenAIErrorBody


class Alive(Shape):
    """The process answers."""

    status: Literal["ok"]


class Readiness(Shape):
    """The service can be used; each check says what it looked at."""

    status: Literal["ready"]
    checks: dict[str, str] = Field(
        examples=[{"service": "open", "database": "revision 0002", "jobs": "worked on here", "engine": "compiled"}]
    )


class SpecCheck(Shape):
    """Every problem of a spec at once; `skipped` are checks that need candles where there are none to look at."""

    valid: bool = Field(description="No problem is an error.")
    problems: list[Problem]
    skipped: list[str]
    proofs: dict[str, Any] | None = Field(
        None,
        description="Where they were asked for, of a valid spec: `causality`, `satisfiability`, `exposure`, and whether"
        " everything `holds`.",
    )


class Indicator(Shape):
    """An indicator: how it is written, what it gives."""

    model_config = ConfigDict(extra="allow")

    name: str = Field(examples=["rsi"])
    group: str = Field(examples=["momentum"])
    summary: str
    aliases: list[str]
    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    warmup: int = Field(description="Bars before the first value, with the inputs of the example.")
    example: dict[str, Any] = Field(description="Can stand in a spec's `indicators` as it is.")
    operands: list[str] = Field(description="The names that read it in a condition.")


class Indicators(Shape):
    """Every indicator a spec can name."""

    indicators: list[Indicator]


class Series(Shape):
    """Candles of one symbol on one timeframe. Generated ones have no bounds: they are made when asked for."""

    symbol: str = Field(examples=["BTCUSDT"])
    timeframe: str = Field(examples=["1h"])
    bars: int | None = None
    start: str | None = Field(None, description="The first bar opens.")
    end: str | None = Field(None, description="The last bar closes.")
    problem: str | None = Field(None, description="Why the candles cannot be used.")


class Markets(Shape):
    """What candles there are."""

    data: str = Field(description="Where they come from.")
    generated: bool = Field(description="Made by the demo market: no real prices.")
    series: list[Series]
