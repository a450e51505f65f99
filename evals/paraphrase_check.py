"""Are paraphrases read alike, and is nothing of them lost without a word?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.spec import behaviour_hash, check
from evals.report import times_of
from evals.run import run_cases
from evals.scorers.spec_rules import spec_trees
from evals.scorers.strategy import compare_strategy
from evals.scorers.terms import mapping, terms_of_spec
from evals.scorers.trees import Counted, Group, Negated, Tree
from evals.scorers.verdict import NOT_READABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evals.paraphrases import Paraphrase
    from evals.run import Progress, Timer
    from evals.solvers import Solved, Solver

LEVELS = ("stop_loss", "take_profit")
MOST = 12
"""Reasons that are listed."""

SHOWN = 160
"""Characters of a question that are shown."""


@dataclass(frozen=True, slots=True)
class Read:
    """How one paraphrase was read.

    ``is_right``: built, and every part as the text says. ``same_hash``: the spec has the behaviour hash of the plainest
    text of the same strategy. ``wrong`` says what differs; ``is_told`` that the answer asks, refuses or names a part it
    left; ``dropped`` names the parts that are missing without a word.
    """

    paraphrase: Paraphrase
    is_right: bool
    same_hash: bool
    is_told: bool
    wrong: Mapping[str, str]
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadAlike:
    """How paraphrases were read by a solver, and how many seconds each took.

    ``warnings`` say where another than the solver read; ``is_measured`` is False when it did so everywhere.
    """

    solver: str
    reads: tuple[Read, ...]
    answers: tuple[Mapping[str, Any], ...]
    seconds: tuple[float, ...]
    warnings: tuple[str, ...] = ()
    is_measured: bool = True

    @property
    def drawn(self) -> tuple[Read, ...]:
        """The paraphrases without the plainest texts."""
        return tuple(one for one in self.reads if not one.paraphrase.is_plain)

    @property
    def plain_wrong(self) -> tuple[Read, ...]:
        """Plainest texts that are not read right: their hash proves nothing."""
        return tuple(one for one in self.reads if one.paraphrase.is_plain and not one.is_right)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts, the shares and every paraphrase that was read wrong, as JSON data."""
        n = len(self.drawn)
        counts = self.counts()
        return {
            "suite": "paraphrases",
            "solver": self.solver,
            "n": n,
            **counts,
            "sameHashShare": round(counts["sameHash"] / n, 4) if n else None,
            "rightShare": round(counts["right"] / n, 4) if n else None,
            "mostOftenWrong": self.most_often_wrong(),
            "plainWrong": [_as_dict(one) for one in self.plain_wrong],
            "differing": [_as_dict(one) for one in self.drawn if not (one.is_right and one.same_hash)],
            "seconds": times_of(self.seconds),
            **({"warnings": list(self.warnings)} if self.warnings else {}),
        }

    def most_often_wrong(self) -> list[dict[str, Any]]:
        """Return what is wrong most often, by part and, of words left out, by word."""
        counts = Counter(
            f"left out: {reason}" if name == "left_out" else name
            for one in self.drawn
            for name, reason in one.wrong.items()
        )
        return [{"what": what, "times": times} for what, times in counts.most_common(MOST)]

    def counts(self) -> dict[str, int]:
        """Return how many were read right, alike, told of, and wrong or with a part dropped without a word."""
        wrong = [one for one in self.drawn if not one.is_right]
        return {
            "right": len(self.drawn) - len(wrong),
            "sameHash": sum(one.same_hash for one in self.drawn),
            "told": sum(one.is_told for one in wrong),
            "silentlyWrong": sum(not one.is_told for one in wrong),
            "silentlyDropped": sum(bool(one.dropped) for one in self.drawn),
        }


def check_paraphrases(
    texts: Sequence[Paraphrase], solver: Solver, timer: Timer, progress: Progress | None = None
) -> ReadAlike:
    """Return how a solver reads paraphrases."""
    run = run_cases([one.case for one in texts], solver, timer, progress)
    hashes = {one.id: _hash_of(run.solved.get(one.id)) for one in texts}
    plain = {one.strategy.name: hashes[one.id] for one in texts if one.is_plain}
    reads = tuple(_read(one, run.solved.get(one.id), hashes[one.id], plain[one.strategy.name]) for one in texts)
    seconds = tuple(run.seconds[one.id] for one in texts)
    return ReadAlike(run.solver, reads, tuple(run.answers), seconds, run.warnings, run.is_measured)


def paraphrase_lines(result: ReadAlike, *, explain: bool = False) -> Iterator[str]:
    """Yield a result as lines for people."""
    document = result.as_dict()
    yield f"{document['n']} paraphrases of {len(result.reads) - document['n']} strategies, read by {document['solver']}"
    yield from (f"warning: {one}" for one in result.warnings)
    if not document["n"]:
        return
    yield f"  same behaviour hash as the plainest text  {document['sameHash']:5d}  {document['sameHashShare']:.3f}"
    yield f"  built, and every part right               {document['right']:5d}  {document['rightShare']:.3f}"
    yield f"  otherwise: asked, refused, or told of     {document['told']:5d}"
    yield f"  wrong without a word                      {document['silentlyWrong']:5d}"
    yield f"  a condition dropped without a word        {document['silentlyDropped']:5d}"
    seconds = document["seconds"]
    yield f"  {seconds['median']:.3f} s median, {seconds['p95']:.3f} s p95"
    for one in document["plainWrong"]:
        yield f"the plainest text is read wrong: {one['text']!r}: {one['wrong']}"
    for one in document["mostOftenWrong"]:
        yield f"  {one['times']:4d} x {one['what']}"
    for one in document["differing"] if explain else ():
        told = "told" if one["told"] else "silent"
        yield f"{one['id']} ({told}): {one['text']!r}"
        for name, reason in one["wrong"].items():
            yield f"  {name}: {reason}"


def _read(paraphrase: Paraphrase, solved: Solved | None, own_hash: str | None, plain_hash: str | None) -> Read:
    same_hash = own_hash is not None and own_hash == plain_hash
    if solved is None:
        return Read(paraphrase, False, same_hash, True, {"answer": "missing"}, ())
    answer, spec = solved.answer, solved.answer.get("spec")
    question = " ".join(str(answer.get("question") or "").split())[:SHOWN]
    disposition = f"got {answer.get('disposition')}" + (f": {question}" if question else "")
    wrong = {} if answer.get("disposition") == "build" else {"disposition": disposition}
    wrong |= _differences(paraphrase, spec) if isinstance(spec, dict) else {"spec": "none"}
    if solved.left_out:
        wrong["left_out"] = "; ".join(solved.left_out)
    dropped = () if solved.tells or not isinstance(spec, dict) else _dropped(paraphrase.spec, spec)
    return Read(paraphrase, not wrong, same_hash, solved.tells, wrong, dropped)


def _differences(paraphrase: Paraphrase, spec: Mapping[str, Any]) -> dict[str, str]:
    stated = {**paraphrase.case, "text": f"{paraphrase.strategy.asset} {paraphrase.strategy.timeframe}"}
    try:
        return dict(compare_strategy(stated, spec).reasons)
    except NOT_READABLE as failure:
        return {"spec": f"not readable ({failure})"}


def _dropped(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the rules that have fewer conditions than they should, and the levels that are not there."""
    want, have = _sizes(wanted), _sizes(got)
    return tuple(name for name, count in want.items() if have[name] < count)


def _sizes(spec: Mapping[str, Any]) -> Counter[str]:
    risk = mapping(spec.get("risk"))
    try:
        trees = spec_trees(spec, terms_of_spec(spec, mapping(spec.get("universe")).get("timeframe")))
    except NOT_READABLE:
        return Counter()
    counts = Counter({name: _comparisons(tree) for name, tree in trees.items() if tree is not None})
    counts.update({name: 1 for name in LEVELS if risk.get(name)})
    return counts


def _comparisons(tree: Tree) -> int:
    if isinstance(tree, Group):
        return sum(_comparisons(part) for part in tree.parts)
    return _comparisons(tree.rule) if isinstance(tree, Negated | Counted) else 1


def _hash_of(solved: Solved | None) -> str | None:
    spec = None if solved is None else solved.answer.get("spec")
    checked = check(spec).spec if isinstance(spec, dict) else None
    return None if checked is None else behaviour_hash(checked)


def _as_dict(one: Read) -> dict[str, Any]:
    return {
        "id": one.paraphrase.id,
        "text": one.paraphrase.text,
        "told": one.is_told,
        "sameHash": one.same_hash,
        "wrong": dict(one.wrong),
        "dropped": list(one.dropped),
    }
