"""What of a turn goes into its log: the deltas are the reply, progress is told now and then."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.runs.events import PIECES, TurnEvents, pieces, shown_in

ECHO = {"type": "step", "name": "echo", "text": "Bought at noon.", "spec": {}}


class Seconds:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def reply_of(*parts):
    return shown_in(event for events in parts for event in events)


@given(st.text(alphabet="ab\n.", max_size=200))
def test_the_pieces_of_a_text_are_the_text_and_few(text):
    found = list(pieces(text))

    assert "".join(found) == text
    assert len(found) <= PIECES and all(found)


def test_what_was_understood_is_passed_on_before_the_answer():
    events = TurnEvents(Seconds())

    step, delta = events.of_step(ECHO)

    assert step == ("step", {"name": "echo", "text": "this is what was understood"})
    assert delta == ("reply.delta", {"text": "Bought at noon."})


@given(st.text(alphabet="ab\n.", max_size=60), st.text(alphabet="ab\n.", max_size=60))
def test_the_deltas_together_are_the_reply_whatever_was_shown_early(early, reply):
    events = TurnEvents(Seconds())

    told = [events.of_step({**ECHO, "text": early}), events.of_answer({"reply": reply})]

    assert reply_of(*told) == reply
    assert [kind for kind, _ in told[-1][-2:]] == ["answer", "run.completed"]
    assert (("reply.restarted", {}) in told[-1]) is not reply.startswith(early)


def test_a_log_that_shows_the_beginning_already_is_given_the_rest():
    events = TurnEvents(Seconds())
    events.shown = "Bought at noon."

    assert events.of_step(ECHO) == [("step", {"name": "echo", "text": "this is what was understood"})]
    assert events.of_answer({"reply": "Bought at noon. Sold."})[0] == ("reply.delta", {"text": " Sold."})


def test_progress_is_told_a_few_times_a_second_and_at_its_end():
    seconds = Seconds()
    events, told = TurnEvents(seconds), []

    for done in range(101):
        told += events.of_step({"type": "step", "name": "search", "text": "looking", "done": done, "total": 100})
        seconds.now += 0.02

    assert 9 <= len(told) <= 12
    assert told[0][1]["done"] == 0 and told[-1][1] == {"name": "search", "text": "looking", "done": 100, "total": 100}
