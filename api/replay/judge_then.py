"""What judged in a past turn: it weighs again what the ledger held then, and writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.errors import NotFound, NotJudged
from api.agent_judge import look_document, refusals
from api.look_places import NextLook, Place, Subject, is_same, look_of, number_of, state_of
from engine.evidence.combined import LOOKS, look_alpha
from engine.evidence.families import family_text
from engine.evidence.verdict import judge, judge_forward
from engine.judging.card import Looked, honesty_card
from engine.judging.look import LookWindow, look_into, look_window, refuse_spent
from engine.judging.selection import selection_case
from engine.report.honesty import was_looked_into
from engine.spec.canonical import behaviour_hash
from storage.times import milliseconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from api.replay.past_turns import PastTurn
    from engine.evidence.looks import Look
    from engine.judging.holdout_state import HoldoutState
    from engine.judging.selection import SelectionCase
    from engine.market.bars import MarketData
    from engine.spec.models import StrategySpec
    from storage.strategy_records import JudgementRecord, TrialRecord

UNKNOWN = "it was refused then for a reason that is not kept"


class JudgeThen:
    """`agent.ports.Judge` for one turn of the past.

    A card that was made in the turn is made again from the trials there were, a look into the holdout at the days it
    was taken at; a card that was older is told as it is stored, as it was then.
    """

    def __init__(self, past: PastTurn, market: MarketData) -> None:
        self._past = past
        self._market = market
        self.card: Mapping[str, Any] | None = None
        """The card that was made again, None where none was."""

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
        """Return the judgement of the turn with its card made again; raises NotJudged where it was refused then."""
        stored = self._past.judgement
        with refusals():
            if stored is None:
                selection_case(spec, self._market, ())
                raise NotJudged("NOT_REPLAYABLE", UNKNOWN)
            if _made_ms(stored) < self._past.made.now_ms:
                return {**stored.as_json(), "again": True}
            runs = int(stored.card.get("noise", {}).get("runs", 0))
            case = selection_case(spec, self._market, self._past.past, noise_runs=runs)
            self.card = self._card(case, stored)
        again = bool(self._past.answer.get("judgement", {}).get("again"))
        made = {"verdict": self.card["verdict"], "dataHash": case.data_hash, "card": self.card, "again": again}
        return {**stored.as_json(), **made}

    def judgement(self, owner: str, judgement_id: str) -> Mapping[str, Any]:
        """Raise NotFound: a turn that is made again runs through, and asks for nothing that was lost."""
        raise NotFound(f"there is no judgement '{judgement_id}' in this turn")

    def next_look(self, owner: str, spec: StrategySpec) -> Mapping[str, Any] | None:
        """Return the look that would have come next; raises NotJudged where none could be had."""
        stored, offered = self._past.judgement, self._past.answer.get("offersLook")
        if offered is None and stored is not None and was_looked_into(stored.card):
            return None
        if offered is not None and offered["later"]:
            return {name: value for name, value in offered.items() if name != "version"}
        assets = spec.universe.assets
        with refusals():
            place = Place.of(spec, self._market)
            holdout = place.window.holdout
            seen = None if holdout is None else self._past.ledger.look(assets, holdout.start, holdout.end)
            window = look_window(place, seen_until=None if seen is None else seen.until)
            looks = () if holdout is None else self._past.ledger.looks(assets, holdout.start)
            subject = _subject(owner, spec)
            held = [one for one in looks if is_same(one, look_of(subject, place.data_hash, window))]
            if not held:
                refuse_spent(len(looks))
        number = number_of(looks, held)
        return look_document(NextLook(number, LOOKS, look_alpha(number), window.start, window.end))

    def _card(self, case: SelectionCase, stored: JudgementRecord) -> dict[str, Any]:
        """Return the card of a case as it was then: with the looks there had been, and the one that was taken."""
        families, holdout = list(stored.card["trials"]["families"]), case.window.holdout
        assets = case.spec.universe.assets
        looks = () if holdout is None else self._past.ledger.looks(assets, holdout.start)
        total = int(stored.card["trials"]["total"])
        if not was_looked_into(stored.card):
            return honesty_card(
                case,
                judge(case.evidence),
                families=families,
                total=total,
                looks_taken=len(looks),
                holdout=self._known_holdout(case, looks),
            )
        seen: Mapping[str, Any] = stored.card["holdout"]
        start, end = (milliseconds_of(seen[name], field=name) for name in ("start", "end"))
        window = LookWindow(start, end, int(seen["purgeDays"]))
        found = look_into(case, self._market, window, look=int(seen["look"]))
        if "pCombined" in seen:
            judgement = judge(case.evidence, found)
            taken = len({one.seq for one in looks} | {stored.look_seq})
        else:
            judgement, taken = judge_forward(found), int(stored.card["looks"]["taken"])
        return honesty_card(
            case, judgement, families=families, total=total, looks_taken=taken, looked=Looked(window, found)
        )

    def _known_holdout(self, case: SelectionCase, looks: Sequence[TrialRecord]) -> HoldoutState:
        """Return what was known of the holdout then."""
        assets, holdout, ledger = case.spec.universe.assets, case.window.holdout, self._past.ledger
        seen: Look | None = None
        seen_as: tuple[str, ...] = ()
        if holdout is not None:
            seen = ledger.look(assets, holdout.start, holdout.end)
            seen_as = ledger.seen_as(assets, holdout.start, holdout.end)
        return state_of(_subject("", case.spec), case, case.data_hash, seen=seen, seen_as=seen_as, looks=looks)


def _subject(owner: str, spec: StrategySpec) -> Subject:
    family = family_text(spec.universe.assets)
    return Subject(owner, spec, family, behaviour_hash(spec), None, None, lambda work, record: None)


def _made_ms(stored: JudgementRecord) -> int:
    return 0 if stored.created_at is None else milliseconds_of(stored.created_at, field="createdAt")
