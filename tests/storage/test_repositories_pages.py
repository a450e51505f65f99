"""Pages give each item once and in order, also while others come and go, and refuse cursors that are none."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference.filled import (
    OVERRIDES,
    add_owner,
    add_strategy,
    drift_of,
    job_of,
    run_called,
    search_of,
    snapshot_of,
    spec_called,
    turn_of,
)

from storage.errors import RecordInvalid
from storage.paging import MOST_ITEMS, checked_limit, cursor_after, key_of
from storage.records import ThreadMessage
from storage.times import wire_time

FRESH = count()


def add_snapshot(work, owner, number, time_ms):
    work.snapshots.add(owner, snapshot_of(f"{number:04}"), now_ms=time_ms)


def add_optimization(work, owner, number, time_ms):
    work.optimizations.add(owner, search_of(f"{number:04}", createdAt=wire_time(time_ms)), now_ms=1)


def add_job(work, owner, number, time_ms):
    work.refinements.add_job(owner, job_of(f"{number:04}", createdAt=wire_time(time_ms)), now_ms=1)


def add_drift_event(work, owner, number, time_ms):
    work.refinements.add_drift_event(owner, drift_of(f"{number:04}"), now_ms=time_ms)


def add_thread(work, owner, number, time_ms):
    work.threads.add(owner, f"{number:04}", now_ms=time_ms)


def add_turn(work, owner, number, time_ms):
    turn = turn_of(owner, f"{number:04}", createdAt=wire_time(time_ms))
    work.runs.begin(owner, turn, now_ms=time_ms)
    work.runs.finish(owner, turn.id, status="completed", now_ms=time_ms)


def add_strategies(work, owner, number, time_ms):
    spec = spec_called("one of many")
    work.strategies.add(owner, f"{number:04}", spec, why="", origin="user", generated_by="user", now_ms=time_ms)


def add_version(work, owner, number, time_ms):
    spec = spec_called("next", f"1.{number + 1}")
    work.strategies.add_version(owner, "s", spec, diff=(), why="", origin="user", now_ms=time_ms)


def add_variant(work, owner, number, time_ms):
    work.variants.add(
        owner,
        "s",
        f"{number:04}",
        spec_called("variant"),
        parent_version="1.0",
        overrides=OVERRIDES,
        origin="user",
        summary=None,
        note="",
        now_ms=time_ms,
    )


def add_run(work, owner, number, time_ms):
    work.backtests.add(owner, run_called(f"{number:04}"), provenance={})


def add_message(work, owner, number, time_ms):
    message = ThreadMessage(id=f"{number:04}", thread_id="t", role="user", text="", created_at=wire_time(time_ms))
    work.threads.add_message(owner, message)


BY_TIME = {
    "snapshots": (add_snapshot, lambda work, owner, **page: work.snapshots.page(owner, "s", **page)),
    "optimizations": (add_optimization, lambda work, owner, **page: work.optimizations.page(owner, "s", **page)),
    "jobs": (add_job, lambda work, owner, **page: work.refinements.page_jobs(owner, "s", **page)),
    "drift": (add_drift_event, lambda work, owner, **page: work.refinements.page_drift_events(owner, "s", **page)),
    "threads": (add_thread, lambda work, owner, **page: work.threads.page(owner, **page)),
    "runs": (add_turn, lambda work, owner, **page: work.runs.page(owner, "t", **page)),
    "strategies": (add_strategies, lambda work, owner, **page: work.strategies.page(owner, status="draft", **page)),
}
"""Lists with the newest first, by a time that several items may have."""

BY_PLACE = {
    "versions": (add_version, lambda work, owner, **page: work.versions.page(owner, "s", **page), False),
    "messages": (add_message, lambda work, owner, **page: work.threads.messages_page(owner, "t", **page), False),
    "variants": (add_variant, lambda work, owner, **page: work.variants.page(owner, "s", **page), True),
    "backtests": (add_run, lambda work, owner, **page: work.backtests.page(owner, "s", **page), True),
}
"""Lists in the order of their making, the newest first or last."""


def owner_with_strategy_and_thread(work, thread=True):
    owner = f"owner {next(FRESH)}"
    add_owner(work, owner)
    add_strategy(work, owner)
    if thread:
        work.threads.add(owner, "t", now_ms=0)
    return owner


def names(page):
    return [getattr(one, "id", getattr(one, "version", None)) for one in page.items]


@pytest.mark.parametrize("noun", BY_TIME)
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    times=st.lists(st.integers(0, 4), min_size=1, max_size=9),
    limit=st.integers(1, 4),
    late=st.lists(st.integers(0, 6), max_size=4),
)
def test_each_item_comes_once_and_in_order_while_others_are_added(database, noun, times, limit, late):
    add, page = BY_TIME[noun]
    with database.write() as work:
        owner = owner_with_strategy_and_thread(work, thread=noun != "threads")
        for number, time_ms in enumerate(times):
            add(work, owner, number, time_ms)
    there = {f"{number:04}": (time_ms, f"{number:04}") for number, time_ms in enumerate(times)}

    found, cursor = [], None
    while True:
        with database.write() as work:
            one = page(work, owner, limit=limit, cursor=cursor)
            if late:
                add(work, owner, 100 + len(late), late.pop())
        found += names(one)
        assert len(one.items) <= limit
        cursor = one.following
        if cursor is None:
            break

    assert [name for name in found if name in there] == sorted(there, key=there.get, reverse=True)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("noun", BY_PLACE)
def test_each_item_comes_once_in_the_order_of_its_making(database, noun):
    add, page, newest_first = BY_PLACE[noun]
    with database.write() as work:
        owner = owner_with_strategy_and_thread(work)
        for number in range(5):
            add(work, owner, number, 7)

    expected = ["1.0", *(f"1.{n + 1}" for n in range(5))] if noun == "versions" else [f"{n:04}" for n in range(5)]
    for limit in (1, 2, 3, 5, 6, 9):
        found, cursor = [], None
        with database.read() as work:
            while True:
                one = page(work, owner, limit=limit, cursor=cursor)
                found += names(one)
                cursor = one.following
                if cursor is None:
                    break
        assert found == (expected[::-1] if newest_first else expected)


def test_pages_of_runs_and_strategies_leave_out_what_is_long(database):
    with database.write() as work:
        owner = owner_with_strategy_and_thread(work)
        add_run(work, owner, 1, 1)
        add_variant(work, owner, 1, 1)

    with database.read() as work:
        assert work.backtests.get(owner, "0001").trades
        assert work.backtests.head(owner, "0001").trades is None
        assert work.backtests.page(owner, "s", limit=1).items[0].trades is None
        assert work.strategies.get(owner, "s").variants is not None
        assert work.strategies.page(owner, limit=1).items[0].variants is None


def text_of(*parts):
    import orjson

    return urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


GARBAGE = [
    "",
    "x",
    "!!!",
    "é",
    "AAAA",
    "a" * 5_000,
    "\0",
    text_of("threads.updated_ms"),
    text_of("threads.updated_ms", "7", "a"),
    text_of("threads.updated_ms", True, "a"),
    text_of("threads.updated_ms", 1.5, "a"),
    text_of("threads.updated_ms", 2**63, "a"),
    text_of("threads.updated_ms", 7, "a\0"),
    text_of("threads.updated_ms", 7, "a", "b"),
    text_of("runs.created_ms", 7, "a"),
    cursor_after("threads.updated_ms", (7, "a")) + "=",
    cursor_after("threads.updated_ms", (7, "a")) + "\n",
]


@pytest.mark.parametrize("cursor", GARBAGE, ids=range(len(GARBAGE)))
def test_a_cursor_that_is_none_is_refused(cursor):
    with pytest.raises(RecordInvalid, match="cursor"):
        key_of(cursor, "threads.updated_ms", (int, str))


def test_a_cursor_of_another_list_is_refused_by_each(database):
    foreign = cursor_after("nothing.at_all", (7, "a"))
    with database.read() as work:
        for page in [page for _, page, *_ in (*BY_TIME.values(), *BY_PLACE.values())]:
            with pytest.raises(RecordInvalid, match="cursor"):
                page(work, "me", limit=1, cursor=foreign)


@given(st.text(max_size=60))
def test_no_text_is_taken_for_a_cursor_that_was_not_made(text):
    with pytest.raises(RecordInvalid, match="cursor"):
        key_of(text, "threads.updated_ms", (int, str))


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_cursor_holds_the_key_it_was_made_of(time_ms, name):
    cursor = cursor_after("threads.updated_ms", (time_ms, name[:200]))

    assert key_of(cursor, "threads.updated_ms", (int, str)) == (time_ms, name[:200])


@pytest.mark.parametrize("limit", [0, -1, MOST_ITEMS + 1])
def test_a_page_has_bounds(limit):
    with pytest.raises(RecordInvalid, match="out of bounds"):
        checked_limit(limit)
