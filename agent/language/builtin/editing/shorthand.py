"""Notes in shorthand, written out: arrows, signs, fractions, and what is cut short."""

from __future__ import annotations

import re
from collections.abc import Callable

_NUMBER = r"\d+(?:\.\d+)?(?:\s*(?:%|percent|x|atrs?|bars?))?"
_FARTHER = (
    "wider|tighter|closer|nearer|further|farther|higher|lower|bigger|smaller|looser|larger|longer|shorter|more|less"
)
_SHARE = r"\d+\s*%"
_NAME = r"[A-Za-z][\w.]*(?: [A-Za-z][\w.]*)?"
_DAY = r"mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun"
DAYS = {
    "mon": "monday",
    "tue": "tuesday",
    "wed": "wednesday",
    "thu": "thursday",
    "fri": "friday",
    "sat": "saturday",
    "sun": "sunday",
}
PARTS = {"1/2": "half", "1/3": "a third", "1/4": "a quarter", "2/3": "two thirds", "3/4": "three quarters"}
SCALED = r"(?:position |pos |trade )?size|sizing|leverage|lev|target|tp|stop|sl"


def _days(found: re.Match[str]) -> str:
    first, last = (DAYS[found.group(name).lower()[:3]] for name in ("first", "last"))
    return f"{first} to {last}"


def _too(found: re.Match[str]) -> str:
    what, old, new = found.group("what"), found.group("old"), found.group("new")
    return f"change {what} from {old} to {new}" if old else f"change {what} to {new}"


def _sized(found: re.Match[str]) -> str:
    """``add eth with half the size``: the size that goes with another change."""
    part, what = found.group("part").lower(), found.group("what")
    return f", reduce the {what} to {part}" if part.endswith(" of") else f", {part} the {what}"


Rewrite = str | Callable[[re.Match[str]], str]

REWRITES: tuple[tuple[re.Pattern[str], Rewrite], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.MULTILINE), rewrite)
    for pattern, rewrite in (
        (r"\s*@\s*(?=[+-]?\d)", " at "),
        (rf"\b(?P<first>{_DAY})[a-z]*\s?-\s?(?P<last>{_DAY})[a-z]*\b", _days),
        # arrows: from one figure to another, one name for another
        (rf"(?P<old>{_NUMBER})\s*(?:-->|->|=>|→|⇒)\s*(?=\d)", r" from \g<old> to "),
        (rf"(?P<start>^|[,;.]\s*)(?P<old>{_NAME}(?: ?\d+)?)\s*(?:-->|->|=>|→|"
        rf"⇒)\s*(?=\S)", r"\g<start>change \g<old> to "),
        # signs: what comes, what goes
        (r"(?P<start>^|[,;.]\s*)(?:the )?entr(?:y|ies)\s*:?\s*\+\s*(?=[A-Za-z])", r"\g<start>require "),
        (r"(?P<start>^|[,;.]\s*)\+\s*(?P<share>\d+(?:\.\d+)?\s*%)\s+(?:on|to|for)\s+(?:the "
        r")?", r"\g<start>increase by \g<share>: "),
        (r"increase by (?P<share>[\d.]+\s*%): (?P<what>[^,;.\n]+)", r"increase \g<what> by \g<share>"),
        (r"(?P<start>^|[,;.]\s*)\+\s*(?=[A-Za-z])", r"\g<start>add "),
        (r"(?P<start>^|[,;.]\s*)(?:-\s?|minus |ex |excl\.? |excluding |sans )(?=[A-Za-z])", r"\g<start>remove "),
        (r"(?<=\w) \+(?=[A-Za-z])", ", add "),
        (r"(?<=\w) -(?=[A-Za-z])", ", remove "),
        (rf"(?P<start>^|[,;.]\s*)(?P<what>(?!no |not |scal|take |get |go |be )(?:the )?{_NAME}(?: {_NAME})?) (?:off|"
        rf"out|gone)(?=\s*(?:$|[,;.]|please|"
        rf"pls))(?!.*\bwhen\b)", r"\g<start>remove \g<what>"),
        (r"(?P<start>^|[,;.]\s*)(?P<what>[A-Za-z]{2,6}) in(?=\s*(?:$|[,;.]))", r"\g<start>add \g<what>"),
        (r"(?P<start>^|[,;.]\s*)be (?:off|out)\b", r"\g<start>remove breakeven"),
        # parts and multiples
        (r"(?<![\d/.])(?P<part>1/2|1/3|1/4|2/3|3/4)(?![\d/.])(?! (?:ema|sma|ma|"
        r"cross))", lambda found: PARTS[found.group("part")]),
        (rf"\b(?P<what>{SCALED})\s*(?:x|\*)\s*(?P<times>\d+(?:\.\d+)?)\b(?!\s*atr)", r"\g<times>x the \g<what>"),
        (rf"\b(?P<what>{SCALED})\s*/\s*2\b", r"half the \g<what>"),
        (rf"\bhalf (?P<what>{SCALED})\b", r"half the \g<what>"),
        (r"(?<=\w),? (?:but |and )?(?:(?:only|just|with|at|using|for|on) )+(?P<part>half|double|twice|triple|"
         r"a third of|"
        r"a quarter of) (?:of )?(?:the |its |my |our )?(?:usual |normal |current |same |old )?(?P<what>(?:position |"
        r"trade )?size|stake|amount|allocation)\b(?: (?:each|for (?:it|that|both|each)))?", _sized),
        (r"\batr (?P<what>trailing stop|trail|stop(?:[ -]loss)?|target|tp|sl)\b,?\s*(?:of |at "
        r")?(?P<times>\d+(?:\.\d+)?)"
        r"(?:\s*(?:x|times)\b)?(?=\s*(?:$|[,;]|\.(?!\d)|and\b|with\b))", r"\g<what> \g<times> atr"),
        (rf"(?P<start>^|[,;]\s*|\.\s+)(?P<times>\d+(?:\.\d+)?)x "
        rf"(?P<what>{SCALED})\b(?<!leverage)(?<!lev)", r"\g<start>\g<times>x the \g<what>"),
        (r"(?P<start>^|[,;]\s*|\.\s+)(?P<times>\d+(?:\.\d+)?)x(?=\s*(?:$|[,;.]))", r"\g<start>leverage \g<times>x"),
        (r"\btp ?\d:?\s*(?:at )?(?P<at>\d+(?:\.\d+)?\s*%)\s*\(?(?P<part>half|a third|a quarter|two thirds|"
        r"\d+\s*%)\)?", r"sell \g<part> at \g<at>"),
        (rf"(?P<old>{_NUMBER})\s*[,.;-]*\s*(?:no,? wait,?(?: no)?|wait,? no|sorry,?|i mean|make that|scratch that|"
        rf"or rather|no,? make it|actually,? (?:no,? )?make (?:it|that))[, ]*(?:make (?:it|that) |to |"
        rf"at )?(?P<new>{_NUMBER})", r"\g<new>"),
        (rf"\s*\((?:was|were|currently|previously|now|not|from) {_NUMBER}\)", ""),
        (rf"\b(?P<what>stop(?: loss)?|sl|target|tp)\s*(?:is |at |to |= ?)?(?:(?:the )?entry(?: "
        rf"price)?\s*)?(?:minus|plus|[+-])\s*"
        rf"(?P<at>{_NUMBER})", r"\g<what> \g<at>"),
        (r"\btake profits? in (?:two|three|2|3|several) (?:steps|parts|stages|halves|legs|goes)\b\s*[,:;-]*\s*", ""),
        (rf"\b(?P<part>half|a third|a quarter|two thirds|{_SHARE}) (?:off )?at "
        rf"(?P<first>[\d.]+)\s*%?,?\s*(?:and |then )*(?:the )?"
        rf"(?:rest|remainder|remaining half|other half|balance) at (?P<last>[\d.]+)\s*%?(?!\s*(?:r|atr)\b)",
        r"sell \g<part> at \g<first>%, target \g<last>%"),
        (r"\b(?P<what>(?:trailing )?stop(?:[ -]loss)?|sl|take[ -]profit|target|tp)\s*(?:=|:|is|to|"
        r"->)?\s*(?:none|off|nil|null|zero)\b",
         r"remove the \g<what>"),
        (rf"(?<!by )(?P<n>\d+(?:\.\d+)?) (?:percentage |pct |per ?cent |% |full )?(?:points?|pp|"
         rf"pts?) (?P<way>{_FARTHER})\b",
         r"\g<way> by \g<n> pp"),
        (rf"\b(?P<way>{_FARTHER}) by (?P<n>\d+(?:\.\d+)?) (?:percentage |pct |per ?cent |% |full )?(?:points?|pts?)\b",
         r"\g<way> by \g<n> pp"),
        (r"\b(?P<verb>remove|drop|delete|lose|ditch|kill|scrap|no|without|take out) (?:(?:both|all|the|my|any|"
         r"two|of) )*"
         r"(?:(?:fixed|hard|protective|static|percentage|percent) (?:levels|exits|protections)|brackets?)\b",
         r"\g<verb> the stop and the target"),
        (r"\b(?:the )?(?:reward|profit)[ -]?(?:to|/|:|vs)[ -]?risk(?: ratio)?(?: (?:should be|of|to|at|is|=))* "
         r"(?P<n>\d+(?:\.\d+)?)(?:\s*(?:to|:)\s*1)?(?=\s*(?:$|[,;]|and\b))", r"target \g<n>R"),
        (rf"^(?:(?:a bit|a little|slightly|even|much|way) )?(?:{_FARTHER})[ ,;:]+(?:say |make it |to |"
         rf"like )?(?P<new>{_NUMBER})$",
         r"make it \g<new>"),
        # opinions that are changes
        (rf"^(?:(?:no|hmm+|still|nah|that|this|it|'?s|is|was|seems?|feels?|looks?|a bit|a little|way|far|"
         rf"slightly)[ ,]*)*too "
         rf"(?:much|little|many|few|[a-z]+)[ ,;:.-]+(?:so |and |please |rather |better |use |make (?:it|that) |"
         rf"try |go |say "
         rf"|set it to |how about )*(?P<new>{_NUMBER})$", r"make it \g<new>"),
        (rf"^(?:(?:no|hmm+|nah|just|only|maybe)[ ,]+)*(?P<new>{_NUMBER}) (?:(?:is|was|would be|sounds|looks|"
         rf"seems) (?:better|"
         rf"nicer|enough|fine|right)|rather|should do|will do|then)$", r"make it \g<new>"),
        (r"^(?:(?:and|ok|okay|so|then|now),? )*just (?P<what>(?!the\b|half\b)[A-Za-z]{2,6}(?:(?:,| and|"
         r", and) [A-Za-z]{2,6})*)"
         r"(?: again| please)?$", r"only \g<what>"),
        (rf"(?:^|(?<=[,;.] ))(?:the )?(?P<what>[^,;.\n]+?)(?: of (?P<old>{_NUMBER}))?(?: (?:is|are|seems|feels|looks|"
        rf"at))? (?:a bit |a little |way |far |much )?too "
         rf"(?:high|low|big|small|wide|tight|close|far|long|short|large|fast|slow|near|much|little|"
         rf"loose|strict|noisy|jumpy|sensitive|twitchy|nervous|laggy|slack|aggressive|conservative|tame|"
         rf"lax)\b[ ,;:.-]*(?:so |and |please |rather |better |use |make it |go with |take |try |put |set it to |"
         rf"do )*"
         rf"(?P<new>{_NUMBER})\b", _too),
        (r"\b(?:i |we |you )?(?:really )?(?:do not|don't|dont) (?:want|need|like) (?P<what>(?:the |that |this |a "
        r")?[^,;.\n]+?)(?: any ?more| anyway| here)?(?=\s*(?:$|[,;.]))", r"remove \g<what>"),
        (r"(?:^|(?<=[,;.] ))(?P<what>[^,;.\n]+?)(?: (?:part|rule|thing))? (?:(?:isn't|aren't|is not|are not|isnt|"
        r"arent) (?:needed|necessary|wanted|useful)|(?:is|are) (?:unnecessary|useless|pointless|redundant|not needed))"
         r"(?:[ ,;:.-]*(?:so |please )?(?:remove|drop|delete|ditch|lose) (?:it|them|that))?", r"remove \g<what>"),
        (rf"\b(?:let|ride) (?:the |my )?(?:winners?|profits?|it|them) (?:run |ride )?(?:to|until|up to) "
        rf"(?P<at>{_NUMBER})", r"target \g<at>"),
        (rf"\bcut (?:the |my )?(?:losers?|loss(?:es)?) (?:at|after|of) (?P<at>{_NUMBER})", r"stop \g<at>"),
        (rf"\bstop (?:it |me |us )?out (?:at|after) (?P<at>{_NUMBER})", r"stop \g<at>"),
        # words cut short
        (r"(?P<start>^|[,;.]\s*|\b(?:sl|stop) to )(?:b/e|be)\b(?=\s*(?:at|after|stop|once|\+|"
        r"\d))", r"\g<start>breakeven"),
        (r"\b(?:dd|drawdown) stop\b", "drawdown limit"),
        (r"\bdaily stop\b", "daily loss limit"),
        (r"\bmax(?P<n> \d+)? pos\b(?! "
        r"size)", lambda found: f"max{found.group('n')} positions" if found.group("n") else "max position"),
        (r"\bpos\b(?= size)", "position"),
        (r"(?P<what>trades|entries|orders)\s*/\s*(?:h|hr|hour)\b", r"\g<what> per hour"),
        (r"(?P<n>\d+) (?P<what>trades|entries|orders) per hour max(?:imum)?", r"max \g<n> \g<what> per hour"),
        (r"\b(?:only |just )?(?:one|a single|1) (?:open )?position (?:at a time|at once|open)\b", "max 1 positions"),
        (r"\bvol(?:ume)?(?: filter| confirmation)? (?:to |of |at )?(?P<times>\d+(?:\.\d+)?)\s*x(?=\s*(?:$|"
        r"[,;.]))", r"volume above \g<times>x its average"),
        (r"\bvol(?:ume)? (?P<times>\d+(?:\.\d+)?) times (?:the |its )?(?:average|"
        r"avg)", r"volume above \g<times> times its average"),
        (r"\b(?P<times>twice|double|\d+(?:\.\d+)?x|\d+(?:\.\d+)? times) (?:the )?(?:average|avg|usual|normal) "
        r"vol(?:ume)?\b", r"volume above \g<times> its average"),
        (r"\b(?:trading )?(?:session|hours?)\s*(?:from |between |to |:)?\s*(?P<start>\d{1,2})(?::00)?\s*h?\s*(?:-|to|"
        r"and|until)\s*(?P<end>\d{1,2})(?::00)?\s*(?:h\b|utc\b)?", r"only between \g<start>:00 and \g<end>:00 utc"),
        (r"\bslip\b", "slippage"),
        (r"\bprev\b", "previous"),
        (r"\batr (?:mult\w*|multiple|factor|x)\b", "atr multiple"),
    )
)  # fmt: skip
"""What notes write, and what it means; applied in this order."""


def written_out(text: str) -> str:
    """Return a note in plain wording; other text as it is.

    >>> written_out("ema 9 -> 12"), written_out("+doge, -btc"), written_out("tp off")
    ('ema  from 9 to 12', 'add doge, remove btc', 'remove tp')
    >>> written_out("size x3; be at 4%")
    '3x the size; breakeven at 4%'
    """
    for pattern, rewrite in REWRITES:
        text = pattern.sub(rewrite, text)
    return text
