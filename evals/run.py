"""Runs a solver over cases, one after the other, and scores what it answered."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agent.errors import AgentError
from agent.language.builtin.building import NAME as BUILTIN
from evals.scorers.summary import Scored, score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from evals.cases import Case
    from evals.solvers import Solved, Solver

    Progress = Callable[[str, int, int], None]
    Timer = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Run:
    """A solver's answers to a case file.

    ``failed`` maps a case to why it has no answer; ``seconds`` to how long its answer took.
    """

    solver: str
    cases: tuple[Case, ...]
    solved: Mapping[str, Solved]
    failed: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def answers(self) -> list[Mapping[str, Any]]:
        """The answers in the order of the cases."""
        return [self.solved[case["id"]].answer for case in self.cases if case["id"] in self.solved]

    @property
    def readers(self) -> dict[str, int]:
        """Who read how many of the messages: where a model gave nothing usable it was the interpreter."""
        return dict(sorted(Counter(one.reader for one in self.solved.values()).items()))

    @property
    def fallen_back(self) -> int:
        """How many messages the interpreter read in place of the model that was asked; 0 where none was."""
        return 0 if self.solver == BUILTIN else self.readers.get(BUILTIN, 0)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the figures those of somebody else than the solver that was asked for."""
        if not self.fallen_back:
            return ()
        return (
            f"{self.solver} gave no usable reading of {self.fallen_back} of {len(self.cases)} cases: the built-in "
            "interpreter read those, and the figures are its own there",
        )

    @property
    def is_measured(self) -> bool:
        """False when the model that was asked read nothing at all: then nothing is measured of it."""
        return self.fallen_back < len(self.solved)

    @property
    def usage(self) -> dict[str, int]:
        """Calls, tokens and micro-dollars in all, camelCase; empty where no model was asked."""
        total: Counter[str] = Counter()
        for one in self.solved.values():
            total.update({name: int(value) for name, value in one.usage.items()})
        return {name: value for name, value in total.items() if value} if total["calls"] else {}

    def scored(self, prompt: str | None = None) -> Scored:
        """Return the verdict on every case; ``prompt`` is a text no answer may repeat."""
        return score(self.cases, self.answers, prompt=prompt)


def run_cases(cases: Sequence[Case], solver: Solver, timer: Timer, progress: Progress | None = None) -> Run:
    """Return a solver's answers to cases.

    ``timer`` gives seconds of a clock that never goes back. A case whose answering fails has no answer, and the run
    goes on.

    Raises
    ------
    Exception
        Not a single case could be answered: the first failure.
    """
    return asyncio.run(_answered(cases, solver, timer, progress))


async def _answered(cases: Sequence[Case], solver: Solver, timer: Timer, progress: Progress | None) -> Run:
    solved: dict[str, Solved] = {}
    failed: dict[str, str] = {}
    seconds: dict[str, float] = {}
    first: Exception | None = None
    for done, case in enumerate(cases):
        if progress is not None:
            progress(f"{solver.name} {case['id']}", done, len(cases))
        began = timer()
        try:
            solved[case["id"]] = await solver.solve(case)
        except Exception as failure:  # the outer edge of one case: the others are measured all the same
            first = first or failure
            kind = failure.code if isinstance(failure, AgentError) else type(failure).__name__
            failed[case["id"]] = f"{kind}: {failure}"
        seconds[case["id"]] = timer() - began
    if first is not None and not solved:
        raise first
    return Run(solver.name, tuple(cases), solved, failed, seconds)
