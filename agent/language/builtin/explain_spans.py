"""Questions about a part of a run: ``why did it lose in 2022?`` is told apart from what the whole of it did."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from agent.language.builtin.explain_losses import table
from agent.language.builtin.explain_quotes import Quotes
from agent.language.builtin.explain_terms import STATISTICS
from agent.language.builtin.explain_words import plain_question

if TYPE_CHECKING:
    from agent.language.port import Request

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|march|april|june|july|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?)"
)
PART = re.compile(
    rf"\b(?P<year>(?:19|20)\d\d)\b|\b(?:in|during|since|of|last|this) {_MONTH}\b|\b(?:last|past|this|first|previous) "
    r"(?:\d+ |two |three |few )?(?:days?|weeks?|months?|quarter|half|year)\b|\b(?:in|during) the (?:crash|bear|bull|"
    r"covid|winter|summer)\b"
)
"""Words for a part of the time."""

IS_WHOLE = "The figures above are of the whole test. Ask how it did in that part of it, and I test it there alone."
OF_THAT_YEAR = "Of that year:"


def part_asked_for(request: Request) -> str:
    """Return what is known of the part of the time a question names, and that the rest is of the whole."""
    found = PART.search(plain_question(request.text))
    if found is None or request.run is None:
        return ""
    quotes = Quotes.of(request)
    first, last = str(quotes.value("timeframe.start")), str(quotes.value("timeframe.end"))
    if found["year"] and first.startswith(found["year"]) and last <= f"{int(found['year']) + 1}-01-01T00:00:00Z":
        return ""  # the test was of that year
    rows = quotes.value(f"{STATISTICS}.byYear")
    lines = table(quotes, "byYear") if isinstance(rows, list) and found["year"] else []
    of_year = [
        line
        for line, row in zip(lines, rows or (), strict=False)
        if isinstance(row, Mapping) and str(row.get("year")) == found["year"]
    ]
    return "\n".join([IS_WHOLE, *((OF_THAT_YEAR, *of_year) if of_year else ())])
