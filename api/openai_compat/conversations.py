"""Which thread a chat request is answered in: the one that holds its history, a new one, or one that turns off.

A conversation of a client has a thread for each way it went. Of these the request belongs to the one whose messages
it goes on from; where an earlier message was changed, or the last one is asked again, it goes on in a new thread that
holds what came before (`api.openai_compat.forks`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.errors import RequestRefused
from api.openai_compat.forks import fork
from api.openai_compat.histories import ANSWERED, GOES_ON, Place, place, same
from api.openai_compat.requests import UNSEEN_NOTICE, Asked

if TYPE_CHECKING:
    from agent.ports import Ids
    from api.openai_compat.identity import Named
    from storage.repositories.threads import Said
    from storage.run_records import RunRecord
    from storage.unit_of_work import UnitOfWork

MOST_WAYS = 16
"""Threads of one conversation that are looked at, the newest ones."""

TURNED_NOTICE = "an earlier message was changed or asked again: this is a new thread that begins before it"


class NoThread(RequestRefused):
    """Our own header names a thread that the owner does not have."""

    def __init__(self) -> None:
        super().__init__(404, "THREAD_NOT_FOUND", "there is no such thread")


@dataclass(frozen=True, slots=True)
class Belongs:
    """Where a request is answered: in a thread, after ``position`` messages of the person.

    ``run`` is the run that has answered it already. ``forked_from`` is the thread that a new one turned off from.
    """

    thread_id: str
    position: int
    notices: tuple[str, ...] = ()
    run: RunRecord | None = None
    forked_from: str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One thread of a conversation, and where the request stands in it; ``echoed`` are its answers that came back."""

    thread_id: str
    asked: tuple[Said, ...]
    place: Place
    echoed: int


@dataclass(frozen=True, slots=True)
class Conversations:
    """Finds the thread of one request; ``names`` is what its conversation is called, the name that counts first."""

    work: UnitOfWork
    owner: str
    names: tuple[Named, ...]
    asked: Asked

    def known(self, *, again: bool) -> Belongs | None:
        """Return where a request belongs without any change, None where a thread must be made for it first.

        ``again`` tells that the client sends the same request once more: what was answered is then answered the same.

        Raises
        ------
        NoThread
            Our own header names a thread that is not there.
        """
        ways = self._ways(self.names[0])
        if again:
            answered = self._answered(ways)
            if answered is not None:
                return answered
        best = _best(ways)
        return self._goes_on(best) if best is not None and best.place.kind == GOES_ON else None

    def made(self, ids: Ids, now_ms: int, *, again: bool) -> Belongs:
        """Return where a request belongs; its thread is made, and the conversation's name given to it, where needed."""
        self.work.users.hold(self.owner)
        known = self.known(again=again)
        if known is not None:
            return known
        name, ways = self.names[0], self._ways(self.names[0])
        best = _best(ways)
        adopted = self._adopted() if best is None else None
        if adopted is not None:
            self._give(name.key, name.client, adopted.thread_id, now_ms)
            return self._goes_on(adopted)
        thread_id, forked_from, kept = ids.new("thread"), None, 0
        if best is None or (name.notice is not None and best.place.kept == 0):
            self.work.threads.add(self.owner, thread_id, now_ms=now_ms)
        else:
            kept, forked_from = best.place.kept, best.thread_id
            fork(self.work, self.owner, forked_from, thread_id, best.asked[kept].id, ids, now_ms)
        self._give(name.key if best is None else f"{name.key}/{thread_id}", name.client, thread_id, now_ms)
        unseen = len(self.asked.said) - 1 if best is None else best.place.unseen
        turned = () if forked_from is None else (TURNED_NOTICE,)
        return Belongs(thread_id, kept, (*turned, *_notices(unseen, name)), forked_from=forked_from)

    def _ways(self, name: Named) -> list[Way]:
        """Return the threads that bear a name and where the request stands in each, oldest first."""
        threads = list(self.work.links.find_all(self.owner, name.client, name.key))
        if name.thread_id is not None:
            if self.work.threads.exists(self.owner, name.thread_id):
                threads.insert(0, name.thread_id)
            elif name.must_exist:
                raise NoThread
        return [self._way(one, whole=name.whole) for one in dict.fromkeys(threads[-MOST_WAYS:])]

    def _way(self, thread_id: str, *, whole: bool) -> Way:
        said = self.work.threads.said(self.owner, thread_id)
        asked = tuple(one for one in said if one.role == "user")
        found = place(self._theirs, [same(one.text) for one in asked], whole=whole)
        shown = {same(one) for one in self.asked.shown}
        echoed = sum(same(one.text) in shown for one in said if one.role == "assistant")
        return Way(thread_id, asked, found, echoed)

    @property
    def _theirs(self) -> list[str]:
        return [same(one) for one in self.asked.said]

    def _answered(self, ways: Sequence[Way]) -> Belongs | None:
        """Return the run that has answered the very same request before."""
        newest = self._theirs[-1]
        for way in reversed(ways):
            alone = way.place.kind == GOES_ON and len(self.asked.said) == 1
            if way.asked and same(way.asked[-1].text) == newest and (alone or way.place.kind == ANSWERED):
                run = self.work.runs.find_by_message(self.owner, way.asked[-1].id)
                if run is not None and run.status == "completed":
                    return Belongs(way.thread_id, len(way.asked) - 1, run=run)
        return None

    def _adopted(self) -> Way | None:
        """Return the thread that had no name but how it begins, where the request goes on from just what it holds."""
        if len(self.names) == 1 or len(self.asked.said) == 1:
            return None
        best = _best(self._ways(self.names[-1]))
        exact = best is not None and best.place.kind == GOES_ON and len(best.asked) == len(self.asked.said) - 1
        return best if exact else None

    def _goes_on(self, way: Way) -> Belongs:
        return Belongs(way.thread_id, len(way.asked), tuple(_notices(way.place.unseen, self.names[0])))

    def _give(self, key: str, client: str, thread_id: str, now_ms: int) -> None:
        self.work.links.add(self.owner, client, key, thread_id, now_ms=now_ms)


def message_id_of(owner: str, belongs: Belongs, text: str) -> str:
    """Return the id of a message by where it stands and what it says: the same however often it is sent."""
    name = "\0".join((owner, belongs.thread_id, str(belongs.position), text))
    return f"message_{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _best(ways: Sequence[Way]) -> Way | None:
    """Return the way a request most surely belongs to, of equal ones the one whose answers it shows, or the newest."""
    order = [(one.place.rank, one.place.kept, one.echoed, at) for at, one in enumerate(ways)]
    return ways[max(order)[-1]] if order else None


def _notices(unseen: int, name: Named) -> list[str]:
    return [one for one in (f"{UNSEEN_NOTICE}{unseen}" if unseen else "", name.notice or "") if one]
