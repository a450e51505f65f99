"""Which of the figures written out in an answer have no source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.figure_masks import QUOTED, VERSION, authored, without_passages
from agent.figure_roles import COSTS, MONEY, MULTIPLIED, YOU_SAID, Near, Surroundings
from agent.known_figures import Known, KnownFigures, clock, stands_for
from agent.written_figures import PlainText, Written, plain_text, written_figures
from engine.indicators.catalog import find_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent.grounding import Sources

NO_SOURCE = "no record holds this figure: quote it by a placeholder, for example {{run:<id>.sharpeRatio|.2f}}"
WRONG_PLACE = "the strategy has this figure, but not for what is named here"
NO_NAME = "this is no name of the strategy, its indicators or its runs"
NO_VERSION = "there is no such version"
NUMERAL = "a figure is written in plain digits"
MULTIPLE = "how much is said in words: quote the figures instead"


COUNTED = re.compile(
    r"^\s*-?(?:times|x\b|fold\b|points?\b|(?:\w+\s)?(?:trades?|wins?|losse?s?|winners|losers|round trips))",
    re.IGNORECASE,
)
SAME_THOUGHT = 6
"""Words between a setting and a share of it that may still belong together."""

NEAR_ENOUGH = 3
"""Words between a setting and a plain figure that is still its value."""


def bare_figures(text: str, sources: Sources) -> Iterator[tuple[int, str, str]]:
    """Yield position, words and complaint of each figure in a text that has no source; placeholders are masked."""
    known = _known(sources)
    plain = without_passages(plain_text(text), sources)
    yield from _wrong_versions(plain, sources)
    around = Surroundings(plain.text)
    yield from _multiples(plain, around)
    plain = authored(plain, known).joined()
    around = Surroundings(plain.text)
    for figure in written_figures(plain):
        complaint = _complaint(figure, plain, around, known, sources)
        if complaint:
            yield figure.position, figure.text, complaint


# ---------------------------------------------------------------- one figure


def _complaint(figure: Written, plain: PlainText, around: Surroundings, known: KnownFigures, sources: Sources) -> str:
    if figure.kind == "strange":
        return NO_NAME if figure.text[:1].isdigit() else NUMERAL
    if figure.kind == "time":
        return "" if clock(figure.text) in known.times else NO_SOURCE
    if figure.kind == "date":
        return "" if figure.text in known.dates else NO_SOURCE
    if figure.name and find_type(figure.name) is None and figure.name.lower() not in ("x", "usd", "usdt", "eur"):
        return NO_NAME
    near = around.nearest(figure.start, figure.end)
    if figure.as_word and not _says_how_much(figure, plain, near):
        return ""
    if figure.kind == "span" and any(value in known.minutes for value in figure.values):
        return ""
    if _is_result(figure, near):
        return "" if _allowed_result(figure, near, plain, around, known, sources) else NO_SOURCE
    if figure.kind == "percent":
        return _percent_complaint(figure, near, known)
    return _plain_complaint(figure, near, plain, known, sources)


def _says_how_much(figure: Written, plain: PlainText, near: Near | None) -> bool:
    """Return whether a number word is a figure rather than a word: one question, the two of them."""
    if figure.kind == "percent":
        return True
    if figure.values == (1.0,):
        return False
    beside = near is not None and near.keyword.kind == "result" and near.distance <= NEAR_ENOUGH
    return beside or COUNTED.match(plain.text[figure.end :]) is not None


def _is_result(figure: Written, near: Near | None) -> bool:
    if figure.signed:
        return True
    if near is None or near.keyword.kind != "result":
        return False
    return near.keyword.name != "trades" or near.distance <= NEAR_ENOUGH


def _allowed_result(
    figure: Written, near: Near | None, plain: PlainText, around: Surroundings, known: KnownFigures, sources: Sources
) -> bool:
    roles = near.keyword.roles if near is not None else frozenset()
    own = known.percent if figure.kind == "percent" else known.plain
    if any(one.roles & roles and stands_for(figure, one.value) for one in own):
        return True
    segment = plain.text[slice(*around.segment(figure.start))]
    spoken = known.spoken_percent if figure.kind == "percent" else known.spoken_plain
    if any(stands_for(figure, one.value) for one in spoken):
        if YOU_SAID.search(segment) or _in_quotes_of(figure, plain, sources.message):
            return True
    return figure.kind == "plain" and _is_count(figure, segment, sources.counts)


def _percent_complaint(figure: Written, near: Near | None, known: KnownFigures) -> str:
    own = [one for one in known.percent if stands_for(figure, one.value)]
    spoken = [one for one in known.spoken_percent if stands_for(figure, one.value)]
    if not own and not spoken:
        return NO_SOURCE
    if near is None or near.keyword.kind != "setting" or near.distance > SAME_THOUGHT:
        return ""
    return "" if _fits([*own, *spoken], near) else WRONG_PLACE


def _plain_complaint(
    figure: Written, near: Near | None, plain: PlainText, known: KnownFigures, sources: Sources
) -> str:
    own = [one for one in known.plain if stands_for(figure, one.value)]
    spoken = [one for one in known.spoken_plain if stands_for(figure, one.value)]
    if not own and not spoken and figure.parts:
        return "" if all(_is_known(part, known) for part in figure.parts) else NO_SOURCE
    if figure.kind == "span":  # a 200-day average is one of 200 bars
        own = [one for one in known.plain if "length" in one.roles and _is_days(figure, one.value)]
        spoken = [one for one in known.spoken_plain if stands_for(figure, one.value)]
    if not own and not spoken:
        line = plain.text[: figure.start].rpartition("\n")[2] + plain.text[figure.start :].partition("\n")[0]
        return "" if _is_count(figure, line, sources.counts, named=False) else NO_SOURCE
    if figure.name:
        entry = find_type(figure.name)
        fits = entry is None or any(entry.name in one.roles or not one.roles for one in [*own, *spoken])
        return "" if fits else WRONG_PLACE
    if near is None or near.keyword.kind == "result":
        return ""
    reach = 1 if near.keyword.kind == "indicator" else NEAR_ENOUGH
    if near.distance > reach or (near.keyword.kind == "indicator" and not near.before):
        return ""
    if near.keyword.name in ("limit", "position", "breakeven", "entry", "size"):
        return ""
    return "" if _fits([*own, *spoken], near) else WRONG_PLACE


def _is_days(figure: Written, value: float) -> bool:
    return any(minutes in (value * 1440, value * 10_080) for minutes in figure.values)


def _fits(found: list[Known], near: Near) -> bool:
    """Return whether one of the values belongs to what is named; a value of the message without a role does."""
    return any(not one.roles or one.roles & near.keyword.roles or near.keyword.name in one.roles for one in found)


def _is_known(value: float, known: KnownFigures) -> bool:
    return any(value == abs(one.value) for one in (*known.plain, *known.spoken_plain))


def _is_count(figure: Written, segment: str, counts: Mapping[str, int], *, named: bool = True) -> bool:
    """Return whether a figure is a count; where it must be ``named``, a word of its name stands in the segment."""
    words = segment.lower()
    return any(
        stands_for(figure, float(value))
        and (not named or any(part[:5] in words for part in re.findall(r"[a-z]{3,}", name.lower())))
        for name, value in counts.items()
    )


def _in_quotes_of(figure: Written, plain: PlainText, message: str) -> bool:
    """Return whether a figure stands in quotation marks around words of the message."""
    said = " ".join(message.lower().split())
    return any(
        found.start() <= figure.start < found.end()
        and " ".join(next(filter(None, found.groups())).lower().split()) in said
        for found in QUOTED.finditer(plain.text)
    )


# ---------------------------------------------------------------- the whole text


def _known(sources: Sources) -> KnownFigures:
    known = KnownFigures()
    for spec in sources.specs:
        known.learn_spec(spec)
    known.learn_message(sources.message)
    for date in sources.dates.values():
        known.learn_date(date)
    for run_id, run in sources.runs.items():
        known.learn_name(run_id)
        for name in run:
            known.learn_name(name)
    return known


def _wrong_versions(plain: PlainText, sources: Sources) -> Iterator[tuple[int, str, str]]:
    said = {found[1] for found in VERSION.finditer(sources.message)}
    known = {*sources.known_versions, *said}
    known |= {version.removesuffix(".0") for version in known} | {
        f"{version}.0" for version in said if "." not in version
    }
    known |= {
        str(run[name]).lstrip("v") for run in sources.runs.values() for name in ("version", "variant") if name in run
    }
    for found in VERSION.finditer(plain.text):
        if found[1] not in known:
            yield plain.origin[found.start()], found.group(), NO_VERSION


def _multiples(plain: PlainText, around: Surroundings) -> Iterator[tuple[int, str, str]]:
    """Yield words such as twice and half where a sentence says them of money, trades or a result."""
    for found in MULTIPLIED.finditer(plain.text):
        start, end = around.segment(found.start())
        segment = plain.text[start:end]
        results = any(word.kind == "result" and start <= word.start < end for word in around.keywords)
        if (results or MONEY.search(segment)) and not COSTS.search(segment):
            yield plain.origin[found.start()], found.group(), MULTIPLE
