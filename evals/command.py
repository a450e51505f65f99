"""`kek eval`: a suite by its name, with its options, to a document and lines; the command line finds `run_suite`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.spec.problems import nearest
from evals.answers import write_answers
from evals.baseline import baseline_of, baseline_path, compared, read_baseline, write_baseline
from evals.cases import read_cases
from evals.errors import SuiteError
from evals.report import document, lines_of
from evals.run import run_cases
from evals.scorers.summary import DRAWS
from evals.solvers import solver_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent.ports import Clock
    from evals.run import Progress
    from evals.solvers import Solver

SUITES = ("intents", "paraphrases")
DEVELOPMENT_SET = Path(__file__).parent / "datasets" / "intents-dev.jsonl"
PARAPHRASES, SEED = 500, 1


@dataclass(frozen=True, slots=True)
class Options:
    """How a suite is run.

    ``cases`` is the case file (default: the development set), ``limit`` takes the first of its cases.
    ``predictions`` is where the answers are written, ``recordings`` where recorded replies of a model lie, ``record``
    where new ones are kept. ``same_trades`` runs answers against references; ``baseline`` keeps the result.
    ``n`` and ``seed`` are of generated requests.
    """

    solver: str = "builtin"
    cases: Path | None = None
    limit: int | None = None
    predictions: Path | None = None
    recordings: Path | None = None
    record: Path | None = None
    explain: bool = False
    same_trades: bool = False
    baseline: bool = False
    n: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a suite has to say: JSON data, and the same as lines for people.

    ``warnings`` are for standard error as well; ``is_measured`` is False when the solver that was asked for read
    nothing.
    """

    document: Mapping[str, Any]
    lines: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    is_measured: bool = True


def run_suite(suite: str, given: Mapping[str, Any], *, settings: Any, clock: Clock, progress: Progress) -> Outcome:
    """Run a suite.

    Parameters
    ----------
    suite
        One of `SUITES`.
    given
        The fields of `Options` that were given.
    settings
        The process's settings (`api.settings.Settings`).
    clock, progress
        Time, and what is told how far the run is.

    Raises
    ------
    SuiteError
        There is no such suite, or an option does not fit it.
    CaseFileError
        The case file cannot be used.
    LanguageError
        The solver's model is not there.
    """
    if suite not in SUITES:
        guess = nearest(suite, SUITES)
        hint = f" (did you mean '{guess}'?)" if guess else ""
        raise SuiteError(f"there is no suite {suite!r}; allowed: {', '.join(SUITES)}{hint}")
    options = Options(**given)
    _refuse_unfit(suite, options)
    solver = solver_named(options.solver, settings, clock, recordings=options.recordings, record_to=options.record)
    run = _intents if suite == "intents" else _paraphrases
    return run(options, solver, clock, progress)


def _intents(options: Options, solver: Solver, clock: Clock, progress: Progress) -> Outcome:
    from evals.same_trades import compare_run, totals, trade_lines

    file = options.cases or DEVELOPMENT_SET
    cases = read_cases(file, options.limit)
    run = run_cases(cases, solver, clock.monotonic, progress)
    if options.predictions is not None:
        write_answers(options.predictions, run.answers)
    result = document(run, run.scored(hidden_prompts()), suite="intents", cases=file.name, draws=DRAWS)
    if options.same_trades:
        result["sameTrades"] = totals(compare_run(run))
    if run.is_measured:
        _mind_baseline(options, file, result)
    lines = [*lines_of(result, explain=options.explain)]
    if options.same_trades:
        lines += trade_lines(result["sameTrades"], explain=options.explain)
    return Outcome(result, tuple(lines), run.warnings, run.is_measured)


def _paraphrases(options: Options, solver: Solver, clock: Clock, progress: Progress) -> Outcome:
    from evals.paraphrase_check import check_paraphrases, paraphrase_lines
    from evals.paraphrases import paraphrases

    texts = paraphrases(PARAPHRASES if options.n is None else options.n, SEED if options.seed is None else options.seed)
    result = check_paraphrases(texts, solver, clock.monotonic, progress)
    if options.predictions is not None:
        write_answers(options.predictions, result.answers)
    lines = tuple(paraphrase_lines(result, explain=options.explain))
    return Outcome(result.as_dict(), lines, result.warnings, result.is_measured)


def hidden_prompts() -> str:
    """Return the text of the prompts that no answer may repeat."""
    from prompts import load, names

    return "\n".join(load(name).text for name in names())


def _mind_baseline(options: Options, file: Path, result: dict[str, Any]) -> None:
    """Compare a result with the kept one of its case file, and keep it in its place when that is asked for."""
    from prompts import load, names

    path = baseline_path(file)
    prompts = {} if result["solver"] == "builtin" else {name: load(name).version for name in names()}
    now = baseline_of(result["solver"], result["scores"]["overall"], prompts)
    kept = read_baseline(path)
    if kept is not None and options.limit is None:
        result["baseline"] = compared(kept, now)
    if options.baseline:
        write_baseline(path, now)


def _refuse_unfit(suite: str, options: Options) -> None:
    """Refuse options that say nothing about a suite, and numbers that are out of bounds."""
    only_intents = {"--cases": options.cases, "--limit": options.limit}
    flags = {"--same-trades": options.same_trades, "--baseline": options.baseline}
    only_paraphrases = {"--n": options.n, "--seed": options.seed}
    unfit = only_paraphrases if suite == "intents" else only_intents | {name: on or None for name, on in flags.items()}
    given = [name for name, value in unfit.items() if value is not None]
    if given:
        raise SuiteError(f"{', '.join(given)} does not belong to the suite {suite}")
    if options.baseline and options.limit is not None:
        raise SuiteError("--baseline keeps the result of a whole case file: leave --limit out")
    for name, value in _bounded(options):
        if value is not None and value < 1:
            raise SuiteError(f"{name} is {value}: must be 1 or more")


def _bounded(options: Options) -> Iterator[tuple[str, int | None]]:
    yield "--limit", options.limit
    yield "--n", options.n
