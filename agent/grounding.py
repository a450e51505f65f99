"""Grounding: the figures of an answer are quoted from records, not written.

Code fills the placeholders of an answer (`agent.placeholders`). A figure written out beside them must be known: a
value of the strategy or of its older versions (as a value, or as per cent where it is a fraction), a figure of the
person's message, a count or a date that the caller gives, or the marker of a numbered list. What a figure is about
decides as well: beside the name of a result (a return, a ratio, a number of trades) only a placeholder will do; beside
a stop, a target, a size or an indicator only a value of that very part.

Number words count as figures where they say how much: before per cent, times, trades and the like, or beside a
result. Digits of other scripts, invisible characters and markup between digits change nothing: what the eye reads is
checked. Figures hide in no code block, table or link either: every character of an answer is looked at.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agent.figure_check import bare_figures
from agent.placeholder_words import misused
from agent.placeholders import PLACEHOLDER, Filled, PlaceholderError, fill
from engine.spec.tickers import asset_quote

if TYPE_CHECKING:
    from agent.language.port import Request

LATEST = "latest"
"""The run id that stands for the newest run."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What an answer may quote.

    ``runs`` are BacktestRun records (or others that hold figures) by the id that placeholders name, the newest last;
    ``spec`` is the current spec, ``versions`` it and the older ones. ``message`` is what the person wrote, with earlier
    messages where the answer refers to them. ``counts`` and ``dates`` (ISO 8601) have names of the caller's choice.
    ``passages`` are texts that code has written (problems of a check, notices): where one stands in the answer word
    for word, its figures pass.
    """

    runs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    spec: Mapping[str, Any] | None = None
    versions: tuple[Mapping[str, Any], ...] = ()
    message: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    passages: tuple[str, ...] = ()

    @property
    def specs(self) -> tuple[Mapping[str, Any], ...]:
        """All specs, older ones first."""
        own = () if self.spec is None or self.spec in self.versions else (self.spec,)
        return (*self.versions, *own)

    def record(self, run_id: str) -> Mapping[str, Any] | None:
        """Return the run of an id, the newest for ``latest``, None when there is none."""
        if run_id in self.runs:
            return self.runs[run_id]
        return list(self.runs.values())[-1] if run_id == LATEST and self.runs else None

    def spec_of(self, version: str | None) -> Mapping[str, Any] | None:
        """Return the spec of a version, the current one for None."""
        if version is None:
            return self.spec if self.spec is not None else self.versions[-1] if self.versions else None
        return next((spec for spec in reversed(self.specs) if str(spec.get("version")) == version), None)

    @property
    def known_versions(self) -> tuple[str, ...]:
        """The versions that there are."""
        return tuple(dict.fromkeys(str(spec["version"]) for spec in self.specs if "version" in spec))

    @property
    def currency(self) -> str:
        """The currency that money is shown in, empty when no spec tells."""
        universe = (self.spec_of(None) or {}).get("universe")
        assets = universe.get("assets") if isinstance(universe, Mapping) else None
        if not isinstance(universe, Mapping) or not assets:
            return ""
        return str(universe.get("quote") or asset_quote(str(assets[0]), None))


@dataclass(frozen=True, slots=True)
class Ungrounded:
    """A figure without a source, or a placeholder that cannot be filled; ``position`` counts characters of the
    answer as it was given."""

    code: str
    position: int
    words: str
    message: str

    def as_dict(self) -> dict[str, Any]:
        """Return the problem as a Problem document; its path tells the position in the reply."""
        path = f"$.reply[{self.position}]"
        return {"path": path, "code": self.code, "severity": "error", "message": f"'{self.words}': {self.message}"}


@dataclass(frozen=True, slots=True)
class Quote:
    """A placeholder that was filled: as written, the path in its record, the value there, and what is shown."""

    placeholder: str
    path: str
    value: Any
    shown: str


@dataclass(frozen=True, slots=True)
class Grounded:
    """An answer with its figures. ``text`` is for people when ``problems`` is empty."""

    text: str
    problems: tuple[Ungrounded, ...]
    quoted: tuple[Quote, ...]


def ground(text: str, sources: Sources) -> Grounded:
    """Fill the placeholders of an answer and check every figure that is written out.

    Examples
    --------
    >>> sources = Sources(runs={"run_a": {"results": {"returnsPct": 0.1234}}})
    >>> ground("It returned {{run:run_a.returnsPct|pct1}}.", sources).text
    'It returned 12.3 %.'
    >>> [problem.message for problem in ground("It returned 15 %.", sources).problems]
    ['no record holds this figure: quote it by a placeholder, for example {{run:<id>.sharpeRatio|.2f}}']
    """
    problems: list[Ungrounded] = []
    quoted: list[Quote] = []
    out: list[str] = []
    last = 0
    for match in PLACEHOLDER.finditer(text):
        out.append(text[last : match.start()])
        last = match.end()
        try:
            filled = fill(match, sources)
        except PlaceholderError as error:
            problems.append(Ungrounded("PLACEHOLDER", match.start(), match.group(), str(error)))
            out.append("[?]")
            continue
        problems += _misuse(text, match, filled)
        quoted.append(Quote(match.group(), filled.path, filled.value, filled.shown))
        out.append(filled.shown)
    out.append(text[last:])
    without = PLACEHOLDER.sub(lambda match: "\x00" * len(match.group()), text)
    problems += [
        Ungrounded("PLACEHOLDER", found.start(), found.group(), "a placeholder is {{source:path|format}}")
        for found in re.finditer(r"\{\{|\}\}", without)
    ]
    problems += _bare(without, sources)
    problems.sort(key=lambda problem: problem.position)
    return Grounded("".join(out), tuple(problems), tuple(quoted))


def sources_of(request: Request, **named: Any) -> Sources:
    """Return the sources of an answer to a request: its run, versions and messages, and what else is ``named``."""
    runs = {run_id_of(request.run): request.run} if request.run is not None else {}
    specs = tuple({**version.spec, "version": version.version} for version in request.versions)
    said = [message.text for message in request.history if message.role == "user"]
    known = {
        "runs": runs,
        "spec": specs[-1] if specs else None,
        "versions": specs,
        "message": "\n".join([*said, request.pending or "", request.text]),
    }
    return Sources(**{**known, **named})


def run_id_of(run: Mapping[str, Any]) -> str:
    """Return the id of a run as placeholders name it; ``latest`` where it has none that can be written.

    >>> run_id_of({"id": "run_7"}), run_id_of({"runId": "a.b"})
    ('run_7', 'latest')
    """
    for name in ("id", "run_id", "runId"):
        found = run.get(name)
        if isinstance(found, str) and re.fullmatch(r"[\w-]+", found, re.ASCII):
            return found
    return LATEST


def _misuse(text: str, match: re.Match[str], filled: Filled) -> list[Ungrounded]:
    return [Ungrounded(code, match.start(), match.group(), message) for code, message in misused(text, match, filled)]


def _bare(text: str, sources: Sources) -> list[Ungrounded]:
    found = [Ungrounded("FIGURE", place, words, why) for place, words, why in bare_figures(text, sources)]
    unescaped = html.unescape(text)
    if unescaped != text and not found:  # figures written as character references
        at = text.index("&")
        found = [Ungrounded("FIGURE", at, words, why) for _, words, why in bare_figures(unescaped, sources)]
    return found
