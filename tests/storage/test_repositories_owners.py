"""Nothing of one owner is visible to another, whatever the other has under the same ids."""

from __future__ import annotations

import inspect
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference.filled import add_owner, steps

from storage.errors import RecordConflict, RecordNotFound
from storage.repositories.users import Users
from storage.unit_of_work import UnitOfWork

SECRET, OTHER = "sesame", "barley"

READS = {
    "users": {"find": (), "get": ()},
    "threads": {
        "exists": ("t",),
        "get": ("t",),
        "page": {"limit": 9},
        "finished": {"before_ms": 99},
        "find_message": ("m",),
        "answer_to": ("t", "m"),
        "messages": ("t",),
        "said": ("t",),
        "messages_page": ("t", {"limit": 9}),
    },
    "strategies": {
        "exists": ("s",),
        "current": ("s",),
        "get": ("s",),
        "page": {"limit": 9},
    },
    "versions": {
        "get": ("s", "1.0"),
        "has_hash": ("s", "h"),
        "of_strategy": ("s",),
        "page": ("s", {"limit": 9}),
    },
    "statuses": {"of_strategy": ("s",)},
    "variants": {"get": ("v",), "of_strategy": ("s",), "page": ("s", {"limit": 9})},
    "backtests": {
        "get": ("run",),
        "head": ("run",),
        "provenance": ("run",),
        "newest": ("s", "1.0", {"trades": True}),
        "of_version": ("s", "1.0"),
        "page": ("s", {"limit": 9}),
    },
    "trials": {
        "all": (),
        "check": (),
        "count": ("BTC",),
        "length": (),
        "look": (("BTC",), 0, 9),
        "returns": ("BTC",),
        "counts": (),
        "newest": (9,),
        "has_seen": ((("BTC",),), 0, 1),
        "unseen": ((),),
        "looks": (("BTC",), 0),
        "all_looks": (),
        "chosen": ("BTC",),
    },
    "prints": {"all": (), "same_market": ("BTC",)},
    "judgements": {
        "get": ("judged",),
        "newest": ("behaviour",),
        "of_look": (2,),
        "of_strategy": ("s",),
        "all": (),
    },
    "refinements": {
        "drift_event": ("d",),
        "open_drift": ("s",),
        "page_drift_events": ("s", {"limit": 9}),
        "find_job": ("j",),
        "job": ("j",),
        "report": ("j",),
        "jobs": ("s",),
        "unfinished": (),
        "ended_after": ("s", 0),
        "page_jobs": ("s", {"limit": 9}),
    },
    "optimizations": {
        "get": ("o",),
        "page": ("s", {"limit": 9}),
        "unfinished": (),
        "ended_after": ("s", 0),
        "candidates": ("o",),
    },
    "snapshots": {"get": ("p",), "page": ("s", {"limit": 9})},
    "runs": {
        "get": ("r",),
        "find_by_message": ("m",),
        "find_by_subject": ("o",),
        "active": ("t",),
        "unfinished": (),
        "page": ("t", {"limit": 9}),
        "events": ("r",),
    },
    "idempotency": {"find": ("key",)},
    "replies": {"get": ("reply",)},
    "links": {"find": ("client", "chat"), "find_all": ("client", "chat"), "of_thread": ("t",)},
}
"""Every method that reads, with ids that both owners use."""

WRITES = {
    "users": {"add", "ensure", "hold", "save_settings", "save_profile"},
    "threads": {"add", "update", "rename", "finish", "delete", "add_message"},
    "strategies": {"add", "add_version", "change_status", "save_verdict", "describe", "hold"},
    "versions": {"add"},
    "statuses": {"append"},
    "variants": {"add"},
    "backtests": {"add"},
    "trials": {"add", "add_all", "register_look", "hold"},
    "prints": set(),
    "judgements": {"add"},
    "refinements": {"add_drift_event", "close_drift_event", "add_job", "claim", "update_job"},
    "optimizations": {"add", "claim", "save", "cancel", "add_candidates"},
    "snapshots": {"add"},
    "runs": {"begin", "finish", "append", "forget_events"},
    "idempotency": {"add", "purge"},
    "replies": {"keep"},
    "links": {"add"},
}

FRESH = count()
"""Owners of their own for each example, in one database."""


def methods(repository):
    return {
        name: method
        for name, method in inspect.getmembers(type(repository), inspect.isfunction)
        if not name.startswith("_")
    }


def repositories(work):
    return {name: value for name, value in vars(work).items() if not name.startswith("_")}


def test_every_method_of_every_repository_takes_the_owner_first(database):
    with database.read() as work:
        assert isinstance(work, UnitOfWork)
        for repository in repositories(work).values():
            for name, method in methods(repository).items():
                if method is not Users.ids:
                    assert list(inspect.signature(method).parameters)[1] == "owner", (repository, name)


def test_every_method_reads_or_writes_in_these_tests(database):
    with database.read() as work:
        found = {name: set(methods(one)) for name, one in repositories(work).items()}

    unknown = {name: one - set(READS[name]) - WRITES[name] for name, one in found.items()}
    assert unknown == {**{name: set() for name in READS}, "users": {"ids"}}


def reading(work, owner):
    """Yield what an owner sees through every method that reads."""
    for noun, calls in READS.items():
        for name, given_arguments in calls.items():
            positional = given_arguments if isinstance(given_arguments, tuple) else ()
            named = given_arguments if isinstance(given_arguments, dict) else {}
            if positional and isinstance(positional[-1], dict):
                positional, named = positional[:-1], positional[-1]
            try:
                seen = getattr(getattr(work, noun), name)(owner, *positional, **named)
                seen = list(seen) if inspect.isgenerator(seen) else seen
            except RecordNotFound:
                seen = None
            yield f"{noun}.{name}", seen


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.integers(0, len(steps("x"))), foreign=st.integers(0, len(steps("x"))))
def test_an_owner_sees_its_own_and_nothing_else(database, kept, foreign):
    me, you = (f"{name} {next(FRESH)}" for name in ("me", "you"))
    with database.write() as work:
        for owner, word, many in ((me, OTHER, kept), (you, SECRET, foreign)):
            add_owner(work, owner)
            for step in steps(word)[:many]:
                step(work, owner)

    with database.read() as work:
        seen = dict(reading(work, me))
    with database.write() as work:
        add_owner(work, f"{me} alone")
        for step in steps(OTHER)[:kept]:
            step(work, f"{me} alone")
    with database.read() as work:
        alone = dict(reading(work, f"{me} alone"))
    assert SECRET not in repr(seen)
    assert without_hashes(seen, me) == without_hashes(alone, f"{me} alone")


def without_hashes(seen, owner):
    """Return what was seen as text, without the owner's name and what is hashed with it."""
    hashed = ("trials.all", "trials.check", "trials.returns", "trials.newest", "trials.looks", "trials.all_looks")
    text = {name: repr(value) for name, value in seen.items() if name not in hashed}
    return {name: value.replace(owner, "somebody") for name, value in text.items()}


def test_what_is_written_for_an_owner_that_is_not_there_is_refused(database):
    for step in steps("x"):
        with pytest.raises((RecordConflict, RecordNotFound)), database.write() as work:
            step(work, "nobody")


def test_the_owner_with_everything_sees_all_of_it(database):
    with database.write() as work:
        add_owner(work, "me")
        for step in steps(SECRET):
            step(work, "me")

    with database.read() as work:
        seen = dict(reading(work, "me"))
        assert work.users.ids() == ("me",)
    empty = {name for name, value in seen.items() if value in (None, (), [], False, 0)}
    ended = {"optimizations.ended_after", "refinements.ended_after"}  # there is none that has ended
    assert empty == {"versions.has_hash", "trials.unseen", "trials.chosen"} | ended
