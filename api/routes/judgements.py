"""``/api/strategies/{id}/judgements``: what a strategy is worth, among everything its owner ever tried on its data."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.responses import Response

from agent.background import in_background
from api.deps import Owner, Served
from api.errors import RequestRefused
from api.http.answers import changed_answer, json_answer, place_of, tagged_answer
from api.http.body import Body, json_body
from api.http.measuring import Judges
from api.http.once import AnsweredBefore, Sent
from api.http.schemas import Shape
from api.routes.strategies import StrategyId
from storage.strategy_records import JudgementRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.judging import Judged
    from api.service import Service
    from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/api", tags=["judgements"])

CREATED, CONFLICT = HTTPStatus.CREATED.value, HTTPStatus.CONFLICT.value

JudgementId = Annotated[str, Path(min_length=1, max_length=200, examples=["judgement_51c0"])]


class NewJudgement(Body):
    """A request to judge the current version."""

    look: bool = Field(False, description="Take one of the five looks its holdout has; only that can validate.")


class JudgementMade(JudgementRecord):
    """A judgement with its honesty card; ``again`` when it was made before and no look was spent now."""

    again: bool


class Judgements(Shape):
    """The judgements of a strategy, newest first."""

    items: list[JudgementRecord]


@router.get(
    "/strategies/{strategy_id}/judgements", summary="List the judgements of a strategy", response_model=Judgements
)
def list_judgements(service: Served, owner: Owner, strategy_id: StrategyId) -> Response:
    """Newest first, each with its honesty card."""
    with service.database.read() as work:
        work.strategies.current(owner, strategy_id)
        found = work.judgements.of_strategy(owner, strategy_id)
        return json_answer({"items": [one.as_json() for one in reversed(found)]})


EXAMPLES: dict[str, Any] = {"by the selection part": {}, "with a look into the holdout": {"look": True}}


@router.post(
    "/strategies/{strategy_id}/judgements",
    summary="Judge a strategy",
    response_model=JudgementMade,
    status_code=CREATED,
)
async def judge_strategy(
    service: Served,
    owner: Owner,
    sent: Sent,
    judges: Judges,
    strategy_id: StrategyId,
    body: Annotated[NewJudgement, json_body(NewJudgement, examples=EXAMPLES, optional=True)],
) -> Response:
    """Weighs the current version among every trial ever made on its data and writes the verdict to the strategy.

    Without `look` the selection part alone is weighed, which validates nothing. A look is written into the trial ledger
    before it is taken and tells p-values; each holdout has five, the sixth is 409 `LOOKS_SPENT`. What was looked at
    before is given again, with `again`. A ledger that is not as it was written is 409 `LEDGER_BROKEN`. After ten
    minutes the answer is 504 `TOOK_TOO_LONG`; the judging goes on, and is listed here when it is done.
    """
    once = sent.once(body)
    known = await in_background(once.before)
    if known is not None:
        return known

    def kept() -> Response:
        try:
            found = _judged(service, owner, strategy_id, body, lambda work, one: once.keep(work, _answer(one)))
        except AnsweredBefore as other:
            return other.response
        return once.write(lambda work: _answer(found.record, again=found.again))

    return await judges.run(kept)


@router.get("/judgements/{judgement_id}", summary="Look at a judgement", response_model=JudgementRecord)
def get_judgement(request: Request, service: Served, owner: Owner, judgement_id: JudgementId) -> Response:
    """The verdict and the honesty card behind it."""
    with service.database.read() as work:
        return tagged_answer(request, work.judgements.get(owner, judgement_id).as_json(), own=True)


def _answer(record: JudgementRecord, *, again: bool = False) -> Response:
    place = {"Location": place_of("judgements", record.id)}
    return changed_answer(record.as_json() | {"again": again}, CREATED, place)


def _judged(
    service: Service,
    owner: str,
    strategy_id: str,
    body: NewJudgement,
    also: Callable[[UnitOfWork, JudgementRecord], None],
) -> Judged:
    from api.judging import Judging
    from api.look_book import JudgingRefused
    from api.own_specs import checked
    from engine.judging.look import LookRefused

    judging = Judging(service.database, service.market, service.clock, service.ids)
    spec, version = judging.stored_spec(owner, strategy_id)
    try:
        return judging.judge(
            owner,
            checked(spec, catalog=service.market).spec,
            look=body.look,
            strategy_id=strategy_id,
            version=version,
            also=also,
        )
    except (JudgingRefused, LookRefused) as refused:
        raise RequestRefused(CONFLICT, refused.code, str(refused)) from refused
