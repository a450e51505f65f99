"""News between two turns: one line in the next answer, with counts that code has counted."""

from __future__ import annotations

import pytest
from scripted_agent import MemoryStore, Scripted, agent, ask, build, say

from agent.language.port import Reading
from agent.news import MEANWHILE, news_of
from agent.ports import FinishedJob

FOUND = FinishedJob("refinement", "job_1", "completed", variants=1)


@pytest.mark.parametrize(
    ("jobs", "line"),
    [
        ([], None),
        ([FOUND], "a refinement of this strategy has finished: a new variant is there."),
        (
            [FinishedJob("optimization", "o", "completed", variants=5, candidates=1_200)],
            "a search of its parameters has finished: candidates measured 1,200, new variants 5.",
        ),
        (
            [FinishedJob("optimization", "o", "completed"), FinishedJob("refinement", "j", "failed")],
            "a search of its parameters has finished: candidates measured 0, none was kept; "
            "a refinement of this strategy came to no result.",
        ),
    ],
)
def test_what_has_finished_is_one_line(jobs: list[FinishedJob], line: str | None) -> None:
    assert news_of(jobs) == (() if line is None else (f"{MEANWHILE}{line}",))


@pytest.mark.parametrize("reading", [build(), ask(), Reading("explain", "", reply="It buys.")])
def test_every_kind_of_answer_says_so_once_at_its_end(reading: Reading) -> None:
    store = MemoryStore()
    talk = agent(Scripted(build(), reading), store=store)
    [begun] = say(talk, "buy it")
    store.finished = (FOUND,)

    [told] = say(talk, "go on", thread_id=begun.thread_id)

    assert MEANWHILE not in begun.reply and told.reply.splitlines()[-1].startswith(MEANWHILE)
    assert told.notes[-1] == told.reply.splitlines()[-1] and told.reply.count(MEANWHILE) == 1
    kept = store.turns()[-1]
    assert kept.provenance["finished"][0]["id"] == "job_1" and kept.answer["reply"] == told.reply


def test_a_new_thread_has_no_news() -> None:
    store = MemoryStore()
    store.finished = (FOUND,)

    [told] = say(agent(Scripted(build()), store=store), "buy it")

    assert MEANWHILE not in told.reply
