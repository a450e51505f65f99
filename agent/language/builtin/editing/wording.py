"""How changes are worded: polite openings, verbs, factors, and what is to be replaced by what."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from agent.language.builtin.editing.factors import FACTORS, LESS, LOWERS, MORE, RAISES, Factor, factor_in

Verb = Literal["remove", "add", "require", "exclude", "set", "keep"]

POLITE = re.compile(
    r"^(?:(?:ok(?:ay)?|hey|hi|hello|now|then|so|and|also|but|well|hm+|please|pls|plz|maybe|perhaps|just|actually|"
    r"wait(?=\s*,| no| i | actually)|"
    r"great|cool|nice|thanks|thank you|alright|all right|right|yes|yeah|yep|sure|next|finally|first|secondly|lastly|"
    r"additionally|in addition|on top of that|besides|furthermore|let'?s|lets|let us|let me|how about|what about|"
    r"(?:can|could|would|will|should) (?:you|u|we|i|it)|you (?:can|could|should)|would it be possible to|"
    r"i(?:'d| would)? (?:want|like|need|wanna|prefer|love)(?: (?:you|it|this|us))?(?: to)?|i'?d rather|i think|"
    r"(?:we|you|it|i) (?:should|could|must|need to|needs to|have to|has to)|what if (?:we|you|i|it)?|"
    r"why (?:not|don'?t (?:we|you))|(?:lets )?try(?:ing)?(?: out)?(?: to| it with| with)?|go ahead and|"
    r"feel free to|kindly|simply|hmm+|uh|um|go for|i am thinking|thinking|same (?:thing|strategy),? but(?: with)?|"
    r"(?:otherwise|rather)(?! than)|instead(?! of))\b[ ,:]*)+",
    re.IGNORECASE,
)
"""Words in front of a change that only lead up to it."""

TAIL = re.compile(
    r"[ ,]*\b(?:please|pls|plz|thanks|thank you|thx|ty|for me|if possible|if you can|would you|will you|ok|okay|cheers|"
    r"no matter what|whatever happens|regardless|instead|now|from now on|though|for now|then|by the way|btw)\b[ .!?]*$",
    re.IGNORECASE,
)

AS_FILTER = re.compile(
    r"^(?:use |take |have |with |add )?(?P<rule>.+?) as (?:a |an |the )?(?:\w+ )?(?:filter|"
    r"confirmation)$",
    re.IGNORECASE,
)
KEEP = re.compile(
    r"(?:^|\b)(?:leave|keep|hold|let) (?:(?:all |everything |the )?(?:the )?(?:rest|else|other\w*)|everything(?: "
    r"else)?|"
    r"all else|it|the (?:rest|others?|remaining\w*)|the (?:other )?(?:exits?|entr(?:y|ies)|stops?|targets?|rules?|size|"
    r"sizing|stop loss|take profit|settings?|parameters?|indicators?|timeframe)(?: rules?| alone)?)"
    r"(?: (?:as (?:it|they) (?:is|are|was|were)|as is|unchanged|untouched|alone|the same|same|intact|like (?:it|that)|"
    r"how it is|constant|fixed|where it is|in place|run|ride))*[ .!]*$"
    r"|^let (?:the |my )?(?:profits?|winners?|it|them) run\b(?!.*\d).*|^(?:the )?same(?: rules?| strategy| setup| "
    r"thing| again| otherwise| logic)?$|^everything (?:as (?:it )?is|the same|unchanged)$|^(?:nothing else(?: "
    r"changes?| should change)?|"
    r"that(?:'s| is) (?:all|it)|everything else (?:stays?|remains?|is|"
    r"the)\b.*|"
    r"(?:the )?rest (?:stays?|remains?|is|the same|unchanged|same)\b.*|the others? (?:stays?|remains?)\b.*|"
    r"(?:do not|don'?t|dont) (?:touch|change) .*|no other changes?|only that|same otherwise|otherwise (?:the )?same|"
    r"otherwise unchanged|.{0,30}\b(?:stays?|remains?) (?:as (?:it|they) (?:is|are)|the same|unchanged|put))[ .!]*$",
    re.IGNORECASE,
)
"""Clauses that ask for nothing: leave everything else as it is."""

OUT = re.compile(
    r"^(?:take|throw|leave|cut|turn|switch|get|pull|strip|rip|kick)\s+(?P<what>.+?)\s+(?:out|off|away)\b"
    r"(?!\s*(?:when|if|at|after|once|half|\d))(?:\s*(?:of|from)\s+(?P<where>.+))?$",
    re.IGNORECASE,
)

VERBS: tuple[tuple[Verb, re.Pattern[str]], ...] = (
    (
        "exclude",
        re.compile(
            r"^(?:skip|avoid|ignore|exclude|unless|except|block|no (?:new )?(?:trad(?:es|ing)|entries|entry|buys|"
            r"buying|"
            r"positions|longs|signals)|(?:do not|don'?t|dont|never|stop|not) (?:ever )?(?:trad(?:e|ing)|buy(?:ing)?|"
            r"enter(?:ing)?|"
            r"open(?:ing)?|take|taking|go(?:ing)? long|get in))\b\s*(?:any )?(?:new )?(?:trades?|entr(?:y|ies)|"
            r"positions?|signals?|buys?|it|anything)?\s*"
            r"(?P<lead>when|if|while|during|on|after|before|in|at|between|whenever|outside)?\b",
            re.IGNORECASE,
        ),
    ),
    (
        "remove",
        re.compile(
            r"^(?:(?:remove|delete|drop|get rid of|rid of|take (?:out|off|away)|lose|scrap|ditch|kill|cut out|"
            r"eliminate|"
            r"disable|turn off|switch off|deactivate|cancel|stop (?:using|with)|stop(?= (?:shorting|short|going|"
            r"trading|buying))|forget(?: about)?|exclude|"
            r"strip(?: out| away)?|omit|leave out|throw (?:out|away)|no more|no longer|no|without|w/o|"
            r"(?:do not|don'?t|dont) (?:use|want|need|have)|(?:do not|don'?t|dont|never)(?= (?:go )?short)|never use|"
            r"clear|wipe|erase|unset|discard|dump|"
            r"axe|nix|skip|removing|dropping|deleting)\b)\s*(?:any |all )?(?:using |the use of )?",
            re.IGNORECASE,
        ),
    ),
    (
        "require",
        re.compile(
            r"^(?:also )?(?:(?:only|just)\s+(?:enter|buy|trade|trades?|go long|take|open|long|short|get in|allow|"
            r"do)?\s*"
            r"(?:trades?|entries|positions|it|entry|long|in)?\s*(?:if|when|in|on|while|once|after|during|as long as|"
            r"with|the)\b|"
            r"require(?:s|d)?|filter(?:ed)?(?: (?:it|entries|by|on|with|for|out))*|must(?: be| have)?|"
            r"confirm(?:ed)?(?: (?:by|with|it))*|"
            r"make sure(?: that)?|ensure(?: that)?|provided(?: that)?|demand|insist(?: on)?|needs?(?: to be)?|"
            r"(?:enter|buy|trade|go long|long|entry|entries|take trades)\s+(?:it )?only\s*(?:if|when|in|on|while|"
            r"once|after|during)?|and only if|"
            r"only)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "add",
        re.compile(
            r"^(?:also\s+)?(?:add(?:ing)?(?: in)?|include|insert|append|introduce|put in|throw in|bring in|plus|with|"
            r"incorporate|"
            r"attach|implement|enable|turn on|set up|combine(?: it)?(?: with)?)\b\s*",
            re.IGNORECASE,
        ),
    ),
    (
        "set",
        re.compile(
            r"^(?:set|change|make|move|switch|adjust|update|modify|put|use|using|turn|raise|lower|increase|decrease|"
            r"reduce|"
            r"tighten|widen|loosen|bump|bring|push|drop|cut|shrink|extend|shorten|lengthen|run|test|backtest|trade|"
            r"keep|have|"
            r"let|give|apply|convert|swap|replace|cap|limit|allow|start|edit|tweak|alter|shift|relax|stretch|scale|"
            r"go|take)\b\s*",
            re.IGNORECASE,
        ),
    ),
)
"""What a clause asks for, by the words it begins with; the more telling before the more general."""

MOVED = re.compile(
    r"^(?:drop|cut|bring|take|lower|reduce)\b.*\b(?:to|by|down|in half)\b.*(?:\d|half|third|quarter)", re.IGNORECASE
)
"""``drop the stop to 2%``: a verb of removal that lowers a value."""

INSTEAD_OF_FIRST = re.compile(
    r"^(?:instead of|rather than|in place of|not)\s+(?P<old>.+?)[ ,]+(?:use|take|do|go with|make it|make|put|try|"
    r"have|want|"
    r"set it to|set|run|trade|switch to|i want|we use|pick|choose|buy)\s+(?P<new>.+)$",
    re.IGNORECASE,
)
INSTEAD_OF_LAST = re.compile(
    r"^(?P<new>.+?)[ ,]+(?:instead of|rather than|in place of|not|and not|no longer)\s+(?P<old>.+)$", re.IGNORECASE
)
REPLACED = re.compile(
    r"^(?:replace|swap|exchange|substitute)\s+(?:out )?(?P<old>.+?)\s+(?:with|by|for|to|out for|"
    r"against)\s+(?P<new>.+)$",
    re.IGNORECASE,
)
FROM_TO = re.compile(r"^(?P<lead>.*?)\bfrom\s+(?P<old>\S.*?)\s+(?:to|down to|up to|into)\s+(?P<new>.+)$", re.IGNORECASE)
TURNED = re.compile(
    r"^(?:switch|change|convert|move|turn|migrate|go|make|adjust|update|modify|set|raise|lower|increase|decrease|"
    r"reduce|bring|bump|"
    r"drop|cut|push|shift|tighten|widen)\s+(?P<old>.+?)\s+(?:to|into|over to|->|=>|→|down to|up to|"
    r"with)\s+(?P<new>.+)$",
    re.IGNORECASE,
)


UNVERBED = re.compile(
    r"^(?P<old>(?!.*\b(?:when|if|once|while|goes?|comes?|gets?|back|up|close|closes)\b)[^,]{1,40}?)\s+(?:to|becomes?|"
    r"into)\s+(?P<new>.+)$",
    re.IGNORECASE,
)
"""``60 ema to 90``: a change without a verb."""

FIGURE_LAST = re.compile(r"^(?P<lead>.*[A-Za-z)])\s+(?P<figure>\d+(?:\.\d+)?\s*%?)$")


@dataclass(frozen=True, slots=True)
class Clause:
    """One change as it was worded: ``body`` is what the change is about, without its verb.

    ``old`` and ``new`` are the sides of a replacement (``new`` is then the body), ``lead`` what stood before them.
    """

    text: str
    verb: Verb | None
    body: str
    old: str | None = None
    new: str | None = None
    lead: str = ""
    also: bool = False
    instead: bool = False
    factor: Factor | None = None

    @property
    def all(self) -> str:
        """Everything the clause names, for the search of a topic."""
        return " ".join(part for part in (self.lead, self.old or "", self.body) if part)


def read_clause(text: str) -> Clause | None:
    """Return a clause of a message as a change, None when it asks for nothing.

    >>> read_clause("can you please lose the target").verb
    'remove'
    >>> read_clause("leave everything else as it is") is None
    True
    >>> clause = read_clause("use a 90 sma instead of the 30")
    >>> clause.old, clause.new
    ('the 30', 'a 90 sma')
    """
    bare = text.strip(" ,.;:!?\n")
    opened = POLITE.match(bare + " ")
    opening = opened.group().lower() if opened else ""
    bare = bare[len(opening) :].strip(" ,:") if opened else bare
    ending = ""
    while (tail := TAIL.search(bare)) is not None and tail.start() > 0:
        ending += tail.group().lower()
        bare = bare[: tail.start()]
    if not bare or KEEP.match(bare):
        return None
    also = bool(re.search(r"\b(?:also|additionally|in addition|on top|besides|and)\b", opening)) or bool(
        re.search(r"\b(?:as well|too|also|additionally|in addition)\b", bare, re.IGNORECASE)
    )
    instead = "instead" in opening + ending or bool(re.search(r"\binstead\b", bare, re.IGNORECASE))
    factor, scaled = factor_in(bare)
    if factor is not None and not bare.lower().startswith(("exit", "sell", "buy", "enter")):
        return Clause(bare, "set", scaled, also=also, instead=instead, factor=factor)
    bare = AS_FILTER.sub(r"require \g<rule>", bare)
    verb, body = _verb(bare)
    clause = Clause(bare, verb, body, also=also, instead=instead)
    return _replacing(clause)


def _verb(bare: str) -> tuple[Verb | None, str]:
    out = OUT.match(bare)
    if out is not None:
        where = out.group("where")
        return "remove", out.group("what") + (f" from {where}" if where else "")
    for verb, pattern in VERBS:
        found = pattern.match(bare)
        if found is None:
            continue
        if verb == "remove" and MOVED.match(bare):
            continue
        if verb == "remove" and re.match(
            r"no (?:less|more|lower|higher|earlier|later|longer|fewer|greater) than", bare, re.IGNORECASE
        ):
            continue
        if verb == "exclude":
            if found.groupdict().get("lead") is None and not re.match(
                r"(?:unless|except|skip|avoid|ignore|exclude)\b", bare, re.IGNORECASE
            ):
                continue
            start = found.start("lead") if found.groupdict().get("lead") else found.end()
            return verb, bare[start:].strip()
        return verb, bare[found.end() :].strip()
    return None, bare


def _replacing(clause: Clause) -> Clause:
    """Find the two sides of a replacement."""
    bare = clause.text
    first = INSTEAD_OF_FIRST.match(bare)
    if first is not None:
        return replace(clause, verb="set", old=first.group("old"), new=first.group("new"), body=first.group("new"))
    swapped = REPLACED.match(bare)
    if swapped is not None:
        return replace(
            clause, verb="set", old=swapped.group("old"), new=swapped.group("new"), body=swapped.group("new")
        )
    last = INSTEAD_OF_LAST.match(clause.body)
    if last is not None and clause.verb not in ("exclude", "remove"):
        return replace(clause, old=last.group("old"), new=last.group("new"), body=last.group("new"))
    moved = FROM_TO.match(clause.body)
    if moved is not None and clause.verb in (None, "set"):
        return replace(
            clause, old=moved.group("old"), new=moved.group("new"), lead=moved.group("lead"), body=moved.group("new")
        )
    turned = TURNED.match(bare) if clause.verb == "set" else UNVERBED.match(bare) if clause.verb is None else None
    if turned is None:
        return clause
    figure = FIGURE_LAST.match(turned.group("old"))
    if figure is None:
        return replace(clause, verb="set", lead=turned.group("old"), new=turned.group("new"))
    new = turned.group("new")
    return replace(clause, verb="set", old=figure.group("figure"), lead=figure.group("lead"), new=new, body=new)


@cache
def edit_words() -> frozenset[str]:
    """Return the words of changes, for the correction of typing errors."""
    sources = [pattern.pattern for _, pattern in VERBS] + [MORE, LESS, RAISES, LOWERS]
    words = {word for source in sources for word in re.findall(r"(?<!\\)[a-z]{5,}", source)}
    return frozenset(
        words
        | set(FACTORS)
        | {"instead", "everything", "leverage", "timeframe", "version", "variants", "short", "rename"}
    )
