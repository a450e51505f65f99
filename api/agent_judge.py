"""The agent's judge on the owner's ledger: `api.judging` in the terms of `agent.ports`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agent.errors import NotFound, NotJudged
from engine.errors import EngineError
from engine.market.quality import iso
from storage.errors import RecordNotFound, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from api.look_places import NextLook
    from engine.spec.models import StrategySpec
    from storage.database import Database

    Judges = Callable[[], Any]


class AgentJudge:
    """Implements `agent.ports.Judge`.

    Parameters
    ----------
    judging
        Makes what judges (`api.judging.Judging`); called when there is something to judge, for most turns need none.
    database
        Where judgements are.
    """

    def __init__(self, judging: Judges, database: Database) -> None:
        self._judging = judging
        self._database = database

    def judge(
        self,
        owner: str,
        spec: StrategySpec,
        *,
        look: bool,
        strategy_id: str | None,
        version: str | None,
        progress: Callable[[str], None],
        agreed: int | None = None,
    ) -> Mapping[str, Any]:
        """Return a judgement, with ``look`` by a look into the holdout, the ``agreed`` one; raises NotJudged."""
        with refusals():
            found: Mapping[str, Any] = (
                self._judging()
                .judge(
                    owner,
                    spec,
                    look=look,
                    strategy_id=strategy_id,
                    version=version,
                    progress=progress,
                    agreed=agreed,
                )
                .as_json()
            )
        return found

    def judgement(self, owner: str, judgement_id: str) -> Mapping[str, Any]:
        """Return a stored judgement; raises NotFound."""
        try:
            with self._database.read() as work:
                return work.judgements.get(owner, judgement_id).as_json()
        except RecordNotFound as error:
            raise NotFound(str(error)) from error

    def next_look(self, owner: str, spec: StrategySpec) -> Mapping[str, Any] | None:
        """Return the look that would be taken, None where the stored card would be given again; raises NotJudged."""
        with refusals():
            found = self._judging().next_look(owner, spec)
        return None if found is None else look_document(found)


def look_document(look: NextLook) -> dict[str, Any]:
    """Return a look that could be taken as JSON data."""
    return {
        "number": look.number,
        "of": look.of,
        "alpha": look.alpha,
        "start": iso(look.start),
        "end": iso(look.end),
        "later": look.later,
    }


@contextmanager
def refusals() -> Iterator[None]:
    """Say why nothing is judged in the agent's terms."""
    from api.look_book import JudgingRefused
    from engine.judging.look import LookRefused
    from engine.judging.selection import NothingToJudge

    try:
        yield
    except (JudgingRefused, LookRefused, NothingToJudge) as refused:
        raise NotJudged(refused.code, str(refused)) from refused
    except EngineError as failure:
        raise NotJudged(str(getattr(failure, "code", "NO_DATA")), str(failure)) from failure
    except StorageError as failure:
        raise NotJudged("NOT_KEPT", str(failure)) from failure
