"""A client resends all it shows: what is new in it, and where it leaves what a thread holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.openai_compat.histories import ANSWERED, GOES_ON, TURNS_OFF, place, same

TEXTS = st.text("abc", min_size=1, max_size=2)
DISTINCT = st.lists(st.integers(0, 99).map(str), unique=True, max_size=8)


@given(st.lists(TEXTS, max_size=8), TEXTS, st.booleans())
def test_one_message_more_goes_on(held, new, whole):
    assert place([*held, new], held, whole=whole).kind == GOES_ON


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_what_the_thread_holds_is_answered(held):
    found = place(held, held, whole=True)

    assert (found.kind, found.kept, found.unseen) == (ANSWERED, len(held) - 1, 0)


@given(DISTINCT, st.data())
def test_a_changed_message_turns_off_where_it_stands(held, data):
    at = data.draw(st.integers(0, len(held) - 1)) if held else 0
    if not held:
        return
    found = place([*held[:at], "changed"], held, whole=True)

    assert (found.kind, found.kept, found.unseen) == (TURNS_OFF, at, 0)


@given(DISTINCT, st.data())
def test_a_message_asked_again_turns_off_where_it_stands(held, data):
    if len(held) < 2:
        return
    at = data.draw(st.integers(0, len(held) - 2))

    found = place(held[: at + 1], held, whole=True)

    assert (found.kind, found.kept) == (TURNS_OFF, at)


@given(DISTINCT, st.data())
def test_a_history_without_its_beginning_goes_on(held, data):
    if not held:
        return
    start = data.draw(st.integers(0, len(held) - 1))

    found = place([*held[start:], "new"], held, whole=True)

    assert (found.kind, found.unseen) == (GOES_ON, 0)


@given(DISTINCT, st.data())
def test_messages_that_failed_are_unseen_and_change_nothing(held, data):
    failed = data.draw(st.integers(1, 3))

    found = place([*held, *(f"failed {one}" for one in range(failed)), "new"], held, whole=True)

    assert (found.kind, found.kept, found.unseen) == (GOES_ON, len(held), failed)


@pytest.mark.parametrize(
    ("theirs", "kind", "kept", "unseen"),
    [
        ("a f c n", GOES_ON, 3, 1),  # b was taken out of the view, f failed
        ("a c n", GOES_ON, 3, 0),  # b was taken out of the view
        ("f b c n", GOES_ON, 3, 1),  # the first was cut short by the client
        ("b c", ANSWERED, 2, 0),  # without its beginning, and nothing new
        ("b x", TURNS_OFF, 2, 0),  # without its beginning, and changed
        ("a f x", TURNS_OFF, 1, 1),  # what failed stands before what was changed
        ("f a x", TURNS_OFF, 1, 1),
        ("f g x", TURNS_OFF, 0, 2),  # another conversation altogether
    ],
)
def test_a_history_that_differs_in_part_is_placed_by_what_it_knows(theirs, kind, kept, unseen):
    found = place(theirs.split(), ["a", "b", "c"], whole=True)

    assert (found.kind, found.kept, found.unseen) == (kind, kept, unseen)


@given(st.lists(TEXTS, max_size=6), TEXTS)
def test_of_a_client_that_sends_the_newest_alone_it_is_new(held, new):
    assert place([new], held, whole=False).kind == GOES_ON


@given(st.lists(TEXTS, min_size=1, max_size=6), st.lists(TEXTS, max_size=6), st.booleans())
def test_what_is_kept_is_never_more_than_there_is(theirs, held, whole):
    found = place(theirs, held, whole=whole)

    assert 0 <= found.kept <= len(held) and 0 <= found.unseen < max(len(theirs), 1)
    assert found.kind != ANSWERED or (held and theirs[-1] == held[-1])
    assert found.kind != TURNS_OFF or found.kept < len(held)


@given(st.lists(TEXTS, max_size=6), TEXTS)
def test_the_thread_that_holds_just_what_came_before_is_the_surest(held, new):
    sure = place([*held, new], held, whole=True)
    others = [place([*held, new], other, whole=True) for other in ([], [*held, new], [*held, "other"], held[:-1])]

    assert all(one.rank < sure.rank for one in others if one != sure)


def test_spacing_and_the_form_of_accents_do_not_count():
    assert same("caf\u00e9  now\r\n") == same("cafe\u0301 now")
    assert same("BTC") != same("btc")
