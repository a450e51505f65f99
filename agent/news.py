"""What has finished between two turns of a thread, said in one line of the next answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.grounding import Sources, ground

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.ports import FinishedJob

MEANWHILE = "Meanwhile "


def news_of(finished: Iterable[FinishedJob]) -> tuple[str, ...]:
    """Return the one line on what has finished, its counts filled in; nothing where nothing has.

    >>> from agent.ports import FinishedJob
    >>> news_of([FinishedJob("refinement", "job_1", "completed", variants=0)])
    ('Meanwhile a refinement of this strategy has finished: it found nothing better.',)
    """
    jobs = tuple(finished)
    if not jobs:
        return ()
    counts: dict[str, int] = {}
    for at, job in enumerate(jobs):
        counts |= {f"variants{at}": job.variants, f"candidates{at}": job.candidates}
    line = f"{MEANWHILE}{'; '.join(_said(at, job) for at, job in enumerate(jobs))}."
    return (ground(line, Sources(counts=counts)).text,)


def _said(at: int, job: FinishedJob) -> str:
    what = "a refinement of this strategy" if job.kind == "refinement" else "a search of its parameters"
    if job.status == "failed":
        return f"{what} came to no result"
    if job.kind == "refinement":
        return f"{what} has finished: {_found(at, job) if job.variants else 'it found nothing better'}"
    tried = f"candidates measured {{{{count:candidates{at}}}}}"
    return f"{what} has finished: {tried}, {_found(at, job) if job.variants else 'none was kept'}"


def _found(at: int, job: FinishedJob) -> str:
    return "a new variant is there" if job.variants == 1 else f"new variants {{{{count:variants{at}}}}}"
