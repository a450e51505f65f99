"""From proposals to specs to try: a plain grid, the same for the same diagnosis, checked, without repeats."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations, product, zip_longest
from typing import TYPE_CHECKING, Any

from agent.errors import AgentError
from agent.json_patch import diff
from agent.refinement.changes import Overridden
from engine.spec import apply_overrides, behaviour_hash, check
from engine.spec.canonical import NOT_BEHAVIOUR, plain
from engine.spec.overrides import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agent.language.port import Operation
    from agent.refinement.changes import Change
    from agent.refinement.propose import Proposal
    from engine.spec.meaning.universe import DataCatalog
    from engine.spec.models import StrategySpec

MOST_CANDIDATES = 64
"""Specs tried in one refinement, the original included."""
FIXED_PARTS = ("universe", "sizing", "execution")
"""Parts of a spec that no candidate may change at all."""
HARMLESS = ("NO_EFFECT", "WARMUP_EXCEEDS_DATA")


class Overreach(AgentError):
    """A candidate would change what a search may not: a limit, the size, the execution or the assets."""

    code = "OVERREACH"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A checked spec to try; number 0 is the original.

    ``overrides`` hold the whole change where it is one of parameters alone; ``patch`` is the change as a JSON Patch
    on the original in any case. ``structural`` counts changes of structure. ``weaknesses`` are the keys it answers.
    """

    number: int
    label: str
    spec: StrategySpec
    behaviour_hash: str
    weaknesses: tuple[str, ...] = ()
    overrides: Mapping[str, Any] = field(default_factory=dict)
    patch: tuple[Operation, ...] = ()
    changes: int = 0
    structural: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """Candidates to try, and what of the grid is not among them.

    ``left_out`` counts combinations beyond the limit; ``repeats`` those that came out as a spec already there;
    ``refused`` gives the label of a change and the first problem (an error, or a warning the original does not have).
    """

    candidates: tuple[Candidate, ...]
    left_out: int = 0
    repeats: int = 0
    refused: tuple[tuple[str, str], ...] = ()


def candidates(
    spec: StrategySpec,
    proposals: Sequence[Proposal],
    *,
    limit: int = MOST_CANDIDATES,
    catalog: DataCatalog | None = None,
) -> Grid:
    """Return the original and what the proposals make of it.

    First every change alone, the nearest value of each proposal's first axis before the others, in turns so that each
    weakness gets its share; then pairs: inside one proposal, then across. The order depends on nothing but the
    arguments.

    Parameters
    ----------
    spec : StrategySpec
        A checked spec.
    proposals : sequence of Proposal
        In order of importance.
    limit : int
        Candidates at most, the original included, 1 to 64.
    catalog : DataCatalog, optional
        As for `engine.spec.check`.

    Raises
    ------
    AgentError
        The limit is out of bounds; Overreach when a change got at what it may not, which is a fault in a proposal.
    """
    if not 1 <= limit <= MOST_CANDIDATES:
        raise AgentError(f"limit is {limit}: between 1 and {MOST_CANDIDATES} candidates can be tried")
    original = Candidate(0, "as it is", spec, behaviour_hash(spec))
    known = {problem.code for problem in check(plain(spec), catalog=catalog).problems}
    found, hashes = [original], {original.behaviour_hash}
    refused: list[tuple[str, str]] = []
    tried: set[frozenset[str]] = set()
    left_out = repeats = 0
    for weaknesses, changes in combined(proposals):
        if len(found) == limit:
            left_out += 1
            continue
        labels = frozenset(change.label for change in changes)
        if labels in tried:
            repeats += 1
            continue
        tried.add(labels)
        label = " + ".join(change.label for change in changes)
        made = applied(spec, changes, catalog=catalog, known=known)
        if isinstance(made, str):
            refused.append((label, made))
            continue
        name = behaviour_hash(made)
        if name in hashes:
            repeats += 1
            continue
        refuse_overreach(spec, made)
        hashes.add(name)
        found.append(_candidate(len(found), label, spec, made, name, weaknesses, changes))
    return Grid(tuple(found), left_out, repeats, tuple(refused))


def combined(proposals: Sequence[Proposal]) -> Iterator[tuple[tuple[str, ...], tuple[Change, ...]]]:
    """Yield the changes of each candidate with the weaknesses they answer: every one alone, then pairs."""
    turns = [_interleaved(proposal.axes) for proposal in proposals]
    for row in zip_longest(*turns):
        for proposal, change in zip(proposals, row, strict=True):
            if change is not None:
                yield (proposal.weakness,), (change,)
    for proposal in proposals:
        for one, other in combinations(proposal.axes, 2):
            for pair in product(one, other):
                if _compatible(*pair):
                    yield (proposal.weakness,), pair
    for first, second in combinations(proposals, 2):
        weaknesses = tuple(dict.fromkeys((first.weakness, second.weakness)))
        for pair in product(_interleaved(first.axes), _interleaved(second.axes)):
            if _compatible(*pair):
                yield weaknesses, pair


def _interleaved(axes: Sequence[Sequence[Change]]) -> list[Change]:
    return [change for row in zip_longest(*axes) for change in row if change is not None]


def _compatible(one: Change, other: Change) -> bool:
    """Tell whether two changes go together: they touch different things, and no index of a list has moved between.

    A change of structure can rewrite the conditions that a threshold's path counts through.
    """
    if one.touches & other.touches:
        return False
    structural = any(not isinstance(change, Overridden) for change in (one, other))
    return not structural or not any(path.startswith("signals.") for path in one.touches | other.touches)


def applied(
    spec: StrategySpec,
    changes: Sequence[Change],
    *,
    catalog: DataCatalog | None = None,
    known: set[str] | frozenset[str] = frozenset(),
) -> StrategySpec | str:
    """Return the spec with changes made, structure first; or in words why it cannot be.

    A warning whose code the original has not (``known``) refuses as well: a grid must not wander into specs whose fast
    average is slower than the slow one.
    """
    data = plain(spec)
    data.pop("variants", None)
    overrides: dict[str, Any] = {}
    for change in changes:
        if isinstance(change, Overridden):
            overrides |= change.overrides
        else:
            data = change.applied(data)
    if overrides and data == plain(spec):
        checked = apply_overrides(spec, overrides, catalog=catalog)
    else:
        checked = check(data, catalog=catalog)
        if checked.spec is not None and overrides:
            checked = apply_overrides(checked.spec, overrides, catalog=catalog)
    for problem in checked.problems:
        if problem.severity == "error" or problem.code not in known | set(HARMLESS):
            return str(problem)
    return checked.spec if checked.spec is not None else "it could not be checked"


def refuse_overreach(original: StrategySpec, changed: StrategySpec) -> None:
    """Raise Overreach where a candidate touches what a search may not.

    Assets, size, execution and the named checks must be equal; limits may only be tighter, and none may go.
    """
    before, after = plain(original), plain(changed)
    parts = [(name, before.get(name), after.get(name)) for name in (*FIXED_PARTS, *NOT_BEHAVIOUR) if name != "variants"]
    parts.append(("risk.checks", before["risk"].get("checks"), after["risk"].get("checks")))
    for name, was, now in parts:
        if was != now:
            raise Overreach(f"{name} was {was!r} and would become {now!r}: a search may not change it")
    for place in LIMITS:
        was, now = _at(before, place), _at(after, place)
        if was is not None and (now is None or now > was):
            name = ".".join(str(step) for step in place)
            raise Overreach(f"{name} was {was} and would become {now}: a limit can only become tighter")


def _at(data: Any, place: Sequence[str | int]) -> Any:
    for step in place:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def _candidate(
    number: int,
    label: str,
    spec: StrategySpec,
    made: StrategySpec,
    name: str,
    weaknesses: tuple[str, ...],
    changes: Sequence[Change],
) -> Candidate:
    before = plain(spec)
    before.pop("variants", None)
    structural = sum(not isinstance(change, Overridden) for change in changes)
    overrides: dict[str, Any] = {}
    for change in changes:
        overrides |= change.overrides if isinstance(change, Overridden) else {}
    return Candidate(
        number=number,
        label=label,
        spec=made,
        behaviour_hash=name,
        weaknesses=weaknesses,
        overrides={} if structural else overrides,
        patch=diff(before, plain(made)),
        changes=len(changes),
        structural=structural,
    )
