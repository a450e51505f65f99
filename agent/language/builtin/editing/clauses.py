"""Cutting a message into its changes: one clause a change, conditions left whole."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from agent.language.builtin.cursor import Cursor
from agent.language.builtin.editing.factors import FACTORS, LOWERS, RAISES
from agent.language.builtin.editing.topics import topic_in
from agent.language.builtin.editing.verbs import KEEP, POLITE, UNVERBED, VERBS
from agent.language.builtin.editing.wording import Clause, read_clause
from agent.language.builtin.markets import asset, timeframe
from agent.language.builtin.scanner import scan
from agent.language.builtin.tokens import clean, tokenize

HARD = re.compile(r"\n+|;|(?<!\d)[.!?](?=\s|$)|(?<=\d)[.!?](?=\s|$)")
SOFT = re.compile(
    r"\s*,\s*(?:and\s+|but\s+|then\s+|plus\s+|also\s+)*|\s+(?:and|but|then|plus|&|\+|also|while)\s+(?:then\s+|"
    r"also\s+)*",
    re.IGNORECASE,
)
STARTS = re.compile(
    r"^(?:limit|mirror\b|vice versa|(?:do )?(?:the )?(?:opposite|reverse|same|mirror\w*) for|rename|call (?:it|this)|"
    r"name it|undo|revert|roll back|long only|longs only|short only|shorts only|ie\b|"
    r"i\.e|which is|"
    r"(?:also |only )?(?:exit|sell|buy|enter|close|get out|get in|go (?:long|short)|cover|leave|entry|entries|"
    r"exits)\b|both sides|both directions|"
    r"(?:longs|shorts)\b|[\d.]+\s*%? (?:instead of|rather than|in place of)\b|fill\w*|trail\b|from \d{4}|since \d{4}|"
    r"start(?:ing)? with|\d+(?:\.\d+)?\s*(?:%|percent|per cent|pct)\s*(?:each|apiece|per (?:trade|position|coin|asset|"
    r"name|market)|a (?:trade|position)|of (?:the )?(?:equity|account|capital))\b|"
    r"max(?:imum)? \d+ |wait\b[^,]*\d|(?:maker |taker |trading )?(?:fees?|commissions?|slippage)\b[^,]*\d)",
    re.IGNORECASE,
)
RUN_ON = re.compile(
    r"(?<!\bto)(?<!\band)(?<!\bnot)(?<!n't)(?<!\bdont)(?<!,)(?<!\bthe)(?<!\ba)\s+(?=(?:add|remove|delete|ditch|"
    r"swap|replace|"
    r"include)\s)",
    re.IGNORECASE,
)
"""``remove btc add eth``: a verb of change in the middle begins the next one."""

OPEN_ENDED = re.compile(
    r"^(?:instead of|rather than|in place of)\b(?!.*\b(?:use|take|make|try|set|run|trade|switch)\b)|\b(?:between|"
    r"from)\s+\S+$",
    re.IGNORECASE,
)
SCOPE = re.compile(r"^(?:for|on) (?:the )?(?:long|short)s?(?: only| side| trades| entries| positions)*$", re.IGNORECASE)
"""``for longs only, ...``: what follows belongs to it."""

LEVEL = re.compile(r"^(?:the |its )?(?:buy |sell |entry |exit )?(?:threshold|cut ?-?off)s?\b", re.IGNORECASE)
CONNECTED = re.compile(
    r"\b(?:from|to|instead|than|not|by|once|after|when|if|activat\w*|start\w*|at|of the|times|twice|double|half|"
    r"halve|wider|tighter|bigger|smaller|"
    r"replace|swap|remove|drop|no|without|as|for|variants?|versions)\b|->|\bi\.?e\b",
    re.IGNORECASE,
)
"""Words that hold the figures of a clause together."""

BY_SO_MUCH = re.compile(rf"^(?P<way>{RAISES}|{LOWERS}|move|shift)\s+.+\bby\s+\d", re.IGNORECASE)
BY_AMOUNT = re.compile(
    r"^(?:the |its )?[a-z][\w ]{1,30}? by \d+(?:\.\d+)?\s*(?:%|percent|points?|bars?|x)?$", re.IGNORECASE
)
"""An amount by which something more is changed, without a verb of its own."""

SHARE = re.compile(r"\d+(?:\.\d+)?\s*%")
RULED = re.compile(r"[<>]|\b(?:above|below|over|under)\b|^[a-z]{2,5} \d+\b")
SLOW_AND_FAST = re.compile(
    r"^(?:set |make |use |put )?(?:the )?(?:(?:fast|slow|ema|sma|ma|to|at|is|and|of|=|,|/|\d+)\s*)+$", re.IGNORECASE
)
"""Lengths and nothing else: a comparison behind them is a rule of its own."""

GONE = re.compile(r"^(?:remove|delete|drop|get rid of|take (?:out|off)|lose|scrap|ditch|kill|no)\b", re.IGNORECASE)

NO_TIME = "2000-01-01T00:00:00Z"
ALSO = re.compile(r"\balso\b", re.IGNORECASE)
RULE_BEFORE = re.compile(r"\b(?:when|if|whenever|once|while|unless|require|only)\b|[<>]", re.IGNORECASE)
GO = re.compile(
    r"^(?:go (?:long|short)|run (?:up|down)|cut(?:s|ting)? (?:above|below|through)|drop(?:s|ped)? (?:below|under)|"
    r"take out|push\w* (?:above|below)|move\w* (?:above|below)|turn\w* (?:up|down|positive|negative))\b",
    re.IGNORECASE,
)
ABBREVIATIONS = (
    ("i.e.", "ie"),
    ("e.g.", "eg"),
    ("i. e.", "ie"),
    ("vs.", "vs"),
    ("approx.", "approx"),
    ("max.", "max"),
    ("min.", "min"),
)
FIRST_WORDS = 7


def clauses_of(text: str) -> list[Clause]:
    """Return the changes a message asks for, in order; those that ask for nothing are not among them.

    >>> [clause.body for clause in clauses_of("stop 3% and target 9%, and use 4h")]
    ['stop 3%', 'target 9%', '4h']
    >>> [clause.text for clause in clauses_of("only enter if adx > 25 and rsi < 40")]
    ['only enter if adx > 25 and rsi < 40']
    """
    for written, plain in ABBREVIATIONS:
        text = re.sub(re.escape(written), plain, text, flags=re.IGNORECASE)
    found: list[Clause] = []
    for sentence in HARD.split(text):
        pieces = (part for whole in _pieces(sentence) for one in _run_on(whole) for part in _items(one))
        for piece in pieces:
            clause = read_clause(_with_its_verb(piece, found[-1] if found else None))
            if clause is not None:
                found.append(_inheriting(clause, found[-1] if found else None))
    return found


def _pieces(sentence: str) -> list[str]:
    """Cut a sentence where a new change begins behind a comma or an ``and``."""
    pieces: list[str] = []
    start = 0
    for joint in SOFT.finditer(sentence):
        before, after = sentence[start : joint.start()], sentence[joint.end() :]
        if joint.start() <= start or not before.strip() or not after.strip():
            continue
        if re.search(r"\blongs?$", before.strip(), re.IGNORECASE) and re.match(r"shorts?\b", after, re.IGNORECASE):
            continue
        if (
            SCOPE.search(before.strip())
            or OPEN_ENDED.search(before.strip())
            or re.search(r"\d,\d{3}\b", sentence[max(0, joint.start() - 1) : joint.end() + 3])
        ):
            continue
        if joint.group().strip().lower() == "also" and not begins_change(before):
            continue  # "the entry should also need ..."
        if begins_change(after, before):
            pieces.append(before)
            start = joint.end()
            also = ALSO.search(joint.group())
            if also is not None:
                start = joint.start() + also.start()
    return [*pieces, sentence[start:]]


def _run_on(piece: str) -> list[str]:
    """Cut ``remove btc add eth``, where the first part is a change by its verb as well."""
    parts = RUN_ON.split(piece)
    return parts if all(any(one.match(part.strip()) for _, one in VERBS) for part in parts) else [piece]


def _with_its_verb(piece: str, before: Clause | None) -> str:
    """``raise the cutoff by 5 and the length by 20``: the second amount goes the way of the first."""
    way = BY_SO_MUCH.match(before.text) if before is not None else None
    if way is None or BY_AMOUNT.match(piece.strip()) is None or any(one.match(piece.strip()) for _, one in VERBS):
        return piece
    return f"{way.group('way')} {piece.strip()}"


def _items(piece: str) -> list[str]:
    """Cut a note of several figures without a word between them: ``sl 3% tp 9% 4h``."""
    if CONNECTED.search(piece):
        return [piece]
    cleaned = clean(piece)
    items, _ = scan(cleaned, tokenize(cleaned), now=NO_TIME, known=(), opaque=())
    if any(item.kind in ("condition", "action", "when", "filter", "unless", "opposite") for item in items):
        return [piece]
    starts = [item.start for item in items if item.kind in ("level", "size", "timeframe", "market")]
    if len(starts) < 2:
        return [piece]
    cuts = [0, *starts[1:], len(cleaned)]
    return [cleaned[start:end] for start, end in pairwise(cuts)]


def begins_change(text: str, before: str = "") -> bool:
    """Return whether a change of its own begins here, and not another part of the rule or list before it."""
    bare = text.strip()
    led = POLITE.match(bare + " ")
    if led is not None:
        joined = re.match(r"(?:and|but|also|then)\b[ ,]*$", led.group().strip(), re.IGNORECASE)
        bare = bare[len(led.group()) :].strip() or ("" if joined else bare)
    ruled = RULED.search(bare) and SLOW_AND_FAST.match(before.strip())
    lengths = SLOW_AND_FAST.match(bare) and re.search(r"\b(?:fast|slow)\D+\d", bare)
    if ruled or lengths or (BY_SO_MUCH.match(before.strip()) and BY_AMOUNT.match(bare)):
        return True
    if SHARE.match(bare) and re.search(r"\b(?:risk\w*|siz\w+|use|put)\b[^,\d]*$", before.strip(), re.IGNORECASE):
        return False
    if KEEP.match(bare) or STARTS.match(bare) or LEVEL.match(bare):
        return True
    if GO.match(bare):
        return False
    if UNVERBED.match(bare) and re.search(r"\d", bare) and RULE_BEFORE.search(before) is None:
        return True
    if any(pattern.match(bare) for _, pattern in VERBS) or bare.split(" ")[0].lower() in FACTORS:
        return not (
            RULE_BEFORE.search(before)
            and re.match(r"(?:no|not|must|needs?|only in|without|with)\b", bare, re.IGNORECASE)
            and topic_in(bare) is None
        )
    return _names_part(bare, before)


def _names_part(bare: str, before: str) -> bool:
    """True where a protection, a size, a timeframe or an asset is named first."""
    tokens = tokenize(clean(bare))
    c = Cursor(tokens)
    c.skip_fillers(also=("on", "to", "use", "with", "at"))
    first = c.peek()
    if first is None:
        return False
    if first.tag in ("indicator", "line", "field", "average", "extreme", "previous", "candle", "shape", "compare"):
        if _goes_as_well(bare, before):
            return True
        return (
            first.tag == "indicator"
            and topic_in(" ".join(token.text for token in tokens[:2])) is not None
            and not RULE_BEFORE.search(before)
        )
    start = c.at
    if timeframe(c) is not None and not RULE_BEFORE.search(before):
        return True
    c.at = start
    if asset(c) is not None:
        return not _ends_in_asset(before)
    return topic_in(" ".join(re.split(r"\s+|,", bare)[:FIRST_WORDS])) is not None


def _goes_as_well(bare: str, before: str) -> bool:
    """``take out both the stop and the rsi thing``: a rule behind a protection that goes."""
    return GONE.match(before.strip()) is not None and topic_in(before) is not None and not re.search(r"[\d<>]", bare)


def _ends_in_asset(text: str) -> bool:
    tokens = tokenize(clean(text))
    for at in range(max(0, len(tokens) - 3), len(tokens)):
        c = Cursor(tokens)
        c.at = at
        if asset(c) is not None:
            return True
    return False


def _inheriting(clause: Clause, before: Clause | None) -> Clause:
    """``remove the stop and the target``: a clause without a verb or a figure goes on with the one before."""
    own = re.search(r"\d|\bonly\b", clause.text) is not None
    if before is None or clause.verb is not None or clause.factor is not None or own:
        return clause
    if before.factor is not None:
        return replace(clause, verb="set", factor=before.factor)
    if before.verb in ("remove", "add"):
        return replace(clause, verb=before.verb)
    return clause
