"""The words of changes: what leads up to one, its verbs, and the turns of a replacement."""

from __future__ import annotations

import re
from typing import Literal

Verb = Literal["remove", "add", "require", "exclude", "set", "keep"]
POLITE = re.compile(
    r"^(?:(?:ok(?:ay)?|hey|hi|hello|now|then|so|and|also|but|well|hm+|please|pls|plz|maybe|perhaps|just|actually|"
    r"wait(?=\s*,| no| i | actually)|"
    r"great|cool|nice|thanks|thank you|alright|all right|right|yes|yeah|yep|sure|next|finally|first|secondly|lastly|"
    r"additionally|in addition|on top of that|besides|furthermore|let'?s|lets|let us|let me|how about|what about|"
    r"(?:can|could|would|will|should) (?:you|u|we|i|it)|you (?:can|could|should)|would it be possible to|"
    r"(?:i|we)(?:'ll| will| am going to|'m going to| gonna)|i(?:'d| would)? (?:want|like|need|wanna|prefer|"
    r"love)(?: (?:you|it|this|us))?(?: to)?|i'?d rather|i think|"
    r"(?:we|you|it|i) (?:should|could|must|need to|needs to|have to|has to)|what if (?:we|you|i|it)?|"
    r"why (?:not|don'?t (?:we|you))|(?:lets )?try(?:ing)?(?: out)?(?: to| it with| with)?|go ahead and|"
    r"feel free to|kindly|simply|hmm+|uh|um|go for|i am thinking|thinking|same (?:thing|strategy),? but(?: with)?|"
    r"(?:like|as|same as) (?:before|it was|now),? (?:but|only)(?: with)?|the same(?: as (?:before|now))?,? "
    r"but(?: with)?|"
    r"(?:otherwise|rather)(?! than)|instead(?! of))\b[ ,:]*)+",
    re.IGNORECASE,
)
"""Words in front of a change that only lead up to it."""
TAIL = re.compile(
    r"[ ,]*\b(?:please|pls|plz|thanks|thank you|thx|ty|for me|if possible|if you can|would you|will you|ok|okay|cheers|"
    r"before (?:entering|buying|getting in|going in|an? entry|the entry)|no matter what|whatever happens|"
    r"regardless|instead|now|from now on|though|for now|then|by the way|btw)\b[ .!?]*$",
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
    r"all else|it|the (?:rest|others?|remaining\w*)|(?:the |my |its )?(?:other |\w+ )?(?:exits?|entr(?:y|ies)|"
    r"stops?|targets?|rules?|size|"
    r"sizing|stop loss|take profit|settings?|parameters?|indicators?|timeframe)(?: rules?| alone)?)"
    r"(?: (?:as (?:it|they) (?:is|are|was|were)|as is|unchanged|untouched|alone|the same|same|intact|like (?:it|that)|"
    r"how it is|constant|fixed|where it is|in place|run|ride))*[ .!]*$"
    r"|^(?:leave|keep) (?:the )?(?:fast|slow)(?:er)?(?: (?:one|line|length|[a-z]{0,3}ma|average))?$|^change "
    r"nothing(?: else)?$"
    r"|^(?:the )?same (?:deviations?|multiplier|multiple|levels?|thresholds?|stops?|targets?|size|settings|exits?|"
    r"entr(?:y|ies)|timeframe|rest)$"
    r"|^(?:like|as|same as) (?:before|it was|now|it is)$|^let (?:the |my )?(?:profits?|winners?|it|them) "
    r"run\b(?!.*\d).*|^(?:the )?same(?: rules?| strategy| setup| "
    r"thing| again| otherwise| logic)?$|^everything(?: else)? (?:as (?:it )?(?:is|was)|as before|the same|same|"
    r"unchanged)$|^(?:nothing else(?: "
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
            r"strip(?: out| away)?|omit|neither|leave out|throw (?:out|away)|no more|no longer|no|without|w/o|"
            r"(?:do not|don'?t|dont) (?:use|want|need|have)|(?:do not|don'?t|dont|never)(?= (?:go )?short)|never use|"
            r"clear|wipe|erase|unset|discard|dump|"
            r"axe|nix|skip|removing|dropping|deleting)\b)\s*(?:any |all )?(?:using |the use of )?",
            re.IGNORECASE,
        ),
    ),
    (
        "require",
        re.compile(
            r"^(?:also )?(?:(?:the |my )?entr(?:y|ies) (?:also |should |must )*(?:needs?|requires?|have|"
            r"be)\b(?: also)?(?: both)?|(?:wait (?:for|until|till)|hold off until|only after)(?= )|(?:only|"
            r"just)\s+(?:enter|"
            r"buy|trade|trades?|go long|take|open|long|short|get in|allow|"
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
