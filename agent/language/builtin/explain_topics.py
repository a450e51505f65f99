"""What a question is about: the topics that an explanation answers, recognised by their words."""

from __future__ import annotations

import re
from functools import cache

from agent.language.builtin.explain_words import plain_question

IT = (
    r"(?:it|this|that|they|(?:the|my|this|that|your|our) "
    r"(?:strategy|system|bot|setup|idea|test|backtest|run|thing|one|version))"
)
"""What points at the strategy or its test."""

METRICS = {
    "sharpe": r"sharpe",
    "sortino": r"sortino",
    "calmar": r"calmar",
    "drawdown": r"drawdowns?|under ?water|how (?:bad|deep|ugly|far down) did|from (?:the )?(?:top|peak)|peak to "
    r"(?:trough|valley)|how much can i lose|how risky|worst case|biggest (?:loss|drop|dip|fall)|"
    r"(?:worst|deepest|roughest|steepest) (?:stretch|spell|patch|drops?|falls?|dips?|slide|hole|moment|point|decline)|"
    r"rough patch|how (?:far|deep|low) (?:did|does|has|had) (?:it|this|that|the account|we) "
    r"(?:go|gone|fall|fallen|drop|get)",
    "profit_factor": r"profit factor",
    "win_rate": r"win rate|winning (?:percentage|rate)|how many (?:\w+ )?(?:wins|winners)|how many (?:trades "
    r")?(?:won|win)\b",
    "expectancy": r"expectancy|average trade|mean trade|per trade on average",
    "payoff": r"payoff|risk[ /-]*reward|average (?:win|loss)|reward[ /-]*(?:to[ -]*)?risk",
    "volatility": r"volatility|volatile",
    "annual_return": r"annual returns?|return (?:a|per) year|yearly",
    "exposure": r"exposure|time in (?:the )?market",
    "beta": r"\bbeta\b|\balpha\b|correlat\w*",
    "turnover": r"turnover",
    "var": r"value at risk|\bvar\b|expected shortfall|tail risk",
    "returns": r"(?:total |net )?returns?(?! (?:to|on))|net profit|how much (?:profit|money)|(?<!take "
    r")(?<!take-)profits?\b(?! factor| "
    r"target)",
}
"""Figures of a run, and how questions name them; what comes first is taken first."""

SETTINGS = {
    "risk.stop_loss": r"stop(?: ?loss)?(?: distance| level)?",
    "risk.take_profit": r"(?:take ?profit|target)(?: level)?",
    "risk.trailing_stop": r"trailing stop",
    "risk.trailing_take": r"trailing (?:take(?: ?profit)?|target)",
    "risk.breakeven": r"break ?-? ?even",
    "risk.partial_exits": r"partial(?: exits?|s)|scal(?:e|ing) outs?",
    "risk.time_limit": r"time (?:limit|stop)",
    "risk.checks": r"cool ?-? ?down|session hours|daily loss(?: limit)?|checks?",
    "execution.entry_order": r"limit (?:orders?|entry|entries)|entry orders?",
    "sizing": r"(?:position |trade |order |bet )?siz(?:e|ing)",
    "risk.max_leverage": r"leverage",
    "universe.timeframe": r"time ?frame|interval|bar length",
    "universe.assets": r"(?:coins?|assets?|markets?|pairs?|symbols?|tickers?)",
    "indicators": r"indicators?",
    "name": r"names?|title",
}
"""Parts of a strategy that a person asks for by name."""

_SETTING = "|".join(f"(?:{words})" for words in SETTINGS.values())

TOPICS: dict[str, str] = {
    "help": r"^(?:\W*help\W*$|help me$)|what (?:can|could|do) you do|what are you|who are you|are you (?:an? "
    r")?(?:ai|bot|human|"
    r"person|llm|robot|language model|model|chatgpt|gpt|real)|how do i (?:use|start|begin)|getting started|"
    r"what (?:can|could) i (?:ask|say|do)|how does kek|what is kek|how can you help",
    "spec": r"\b(?:show|see|give|print|display|view|export|download|get|what is|send)\b.*\b(?:spec|code|json|source|"
    r"config\w*)\b",
    "current_version": r"(?:which|what) (?:strategy )?(?:versions?|ver|v|revision)(?: numbers?)?"
    r"(?: of (?:it|this|that|the strategy|my strategy))?"
    r"(?: (?:am i|are we|i am|we are|is (?:it|this|that|the (?:current|newest|latest|active)|current|active|mine|now)|"
    r"do (?:i|we) have|are there|have (?:i|we)|was that)\b.*)? ?[?!.]*$|"
    r"\bcurrent version(?: number)? ?[?!.]*$|how many versions\b|\bwhat version\b.*\b(?:on|at|using)\b",
    "versions": r"what (?:has |have |had |was |is |did you |did i |did we |got |else )*(?:changed?|different|new)\b|"
    r"\bdiff\b|"
    r"differences?\b|differs?\b|\bversions?\b.*\b(?:better|worse|compare\w*|history|between|list)|"
    r"(?:compare|list|show)\b.*\bversions?\b|\bv ?\d[\d.]*\b.*\bv ?\d|"
    r"(?:which|what) (?:one|version|of (?:them|the two|these|those))?\s*(?:is|was|did|does|performs?|works?|"
    r"performed)?\s*"
    r"(?:the )?(?:better|best)\b|better (?:than|or worse)|(?:is|was|did) (?:it|this|that|the (?:new|old)\w* one) "
    r"(?:any )?(?:better|improve\w*|help)|did (?:it|that|this|the \w+) (?:help|improve|make (?:it|a difference))",
    "extremes": r"(?:best|worst|biggest|largest|top|most profitable) (?:single |closed )?(?:trade|winner|loser|win)\b",
    "ways_out": r"stopped out|stop ?outs?\b|(?:hit|hits|hitting|reach\w*) (?:the|its|my|their|a) (?:trailing )?"
    r"(?:stops?|targets?|take profits?)|(?:stops?(?: ?loss(?:es)?)?|targets?|take profits?) "
    r"(?:was |were |got |gets? |been |is |are |being )?(?:hit|reached|triggered)|"
    r"how many (?:\w+ )?(?:stops?|targets?|stop losses|take profits)\b|exit reasons?|ways? out\b|"
    r"(?:exited|closed|sold) by (?:a |the )?(?:stop|target|signal|rule|time)",
    "listing": r"(?:show|list|see|give|print|display|export|view|download|all)\b.*"
    r"\b(?:trades|fills|positions|orders)\b|\btrade (?:list|log|history)\b|"
    r"\bequity (?:curve|chart|line)\b|\bcharts?\b(?! (?:pattern|time))|\breports?\b",
    "no_trades": r"(?:no|zero|so few|too few|few|hardly any|barely any|not (?:many|any)|without) (?:\w+ )?(?:trades|"
    r"entries|"
    r"positions|signals|orders)|(?:not|never|hardly|barely|rarely|seldom) (?:it )?(?:ever )?(?:trad(?:e|es|ed|ing)|"
    r"enter\w*|"
    r"fir(?:e|es|ed|ing)|trigger\w*|buy(?:s|ing)?|bought|open(?:ed|s)?|execut\w*|do anything|take a)\b|nothing "
    r"(?:happened|traded)|"
    r"why (?:only|just) .*trades?\b",
    "losses": r"(?:why|how come|what made|what makes|what caused|where|what went|what is wrong|reason|explain "
    r"why)\b.*\b(?:los(?:e|es|ing|t|"
    r"s|ses)|bad|badly|poor\w*|terribl\w*|fail\w*|wrong|negative|suck\w*|underperform\w*|down|red|bleed\w*|worse?|"
    r"burn\w*)\b|"
    r"(?:lose|losing|lost|loses) (?:so much )?money|losses (?:come|came|happen)|what went wrong|what is wrong with|"
    r"weak(?:ness\w*| spots?| points?)|worst (?:trades?|losses)|biggest (?:losers|problems?)",
    "overfit": r"over ?-?fit\w*|curve ?-?fit\w*|data ?-?(?:min\w*|snoop\w*|dredg\w*)|out of sample|in sample|hold "
    r"?-?outs?\b|"
    r"how many (?:trials|variants|candidates|tries|attempts)|\btrials\b|\bluck\w*|by chance|random\w*|robust\w*|"
    r"multiple testing|deflated|statistical\w*|significan\w*|p[ -]?values?\b|confidence|prove[nds]?\b|unproven|verdict|"
    r"selection part|\bedge\b",
    "benchmark": r"buy and hold|bought and held|just (?:held|holding|hold|bought|buying)|simply (?:held|hold|buy\w*|"
    r"bought)|"
    r"beat (?:the (?:market|s)|holding|btc|bitcoin|spot|the index)|benchmark|outperform\w*|versus (?:the )?market|vs "
    r"(?:the )?market",
    "fills": r"(?:what|which) price|\bfill(?:s|ed)?\b|execut(?:e|es|ed|ion)|(?:at|on) the (?:next )?open\b|next open|"
    r"when exactly|look ?-?ahead|same (?:bar|candle)|intra ?-?bar|inside (?:a|the) bar|order types?|market orders?|"
    r"limit orders?|"
    r"repaint\w*|gaps? (?:down|up|through|over|past)|close of the (?:bar|candle)|bar close",
    "costs": r"\bfees?\b|\bcosts?\b|commissions?|slippage|\bfunding\b|\bspread\b",
    "assumptions": r"assum\w+|\bdefaults?\b|for granted|did you (?:choose|pick|decide|add|make up|invent|fill in)|"
    r"fill(?:ed)? in for me|"
    r"without (?:me )?asking|i did not (?:say|mention|ask)|where did (?:the|that|this|you get) ",
    "data": r"(?:what|which) (?:\w+ )?(?:data|period|window|dates?|candles|years|exchange|history|sample)\b|"
    r"(?:real|generated|fake|synthetic|live|historical) (?:data|candles|prices|market)|how (?:long|many (?:years|"
    r"days|months|bars)) "
    r".*(?:test|backtest|data|period|sample)|over what|date range|how far back|tested (?:on|over|from|between)|"
    r"(?:data|candles) (?:is|are|was|were|did|come|came)",
    "holding": r"how long\b.*(?:hold|held|holds|trades?|positions?|keep|stay|last)|holding (?:time|periods?)|"
    r"(?:trade|average) duration",
    "groups": r"(?:longs?|shorts?) (?:side|trades?|vs|versus|or|and|better|worse|only)|which (?:asset|coin|market|"
    r"symbol|pair|side|"
    r"year|month|ticker|direction)|(?:by|per|each|every|best|worst) (?:asset|side|year|month|coin|market|symbol|"
    r"pair|exit|direction)|"
    r"year by year|break ?down|(?:longs|shorts)\b",
    "trades": r"how many (?:\w+ )?(?:trades|positions|entries|signals|orders|times)|number of trades|trade count|"
    r"how (?:often|frequent\w*)|"
    r"trades? (?:a|per|each) (?:day|week|month|year)|(?:many|enough) trades",
    "metric": "|".join(f"(?:{words})" for words in METRICS.values()),
    "verdict": rf"(?<!how )(?:is|are|was|were|does|do|should|would|can|could|will|shall)\b.*\b(?:good|great|bad|decent|"
    rf"worth\w*|profitable|"
    rf"work|works|trust\w*|safe|ready|reliable|viable|promising|go live|live|real money|recommend\w*|sensible|legit|"
    rf"solid)\b|"
    rf"should (?:i|we)|would you (?:trade|use|recommend|put)|can (?:i|we) (?:trade|trust|use|rely|run|deploy) {IT}|"
    rf"(?:what do you|do you) think|your (?:opinion|view|take|honest)|any good|good enough|make me (?:rich|money)|"
    rf"(?:is|was) {IT} (?:ok|okay|fine)|live with|"
    r"\b(?:will|going to|gonna|expect\w*|keep on?)\b.*\b(?:again|next (?:year|month|week)|future|continue|forever|"
    r"earn\w*|"
    r"mak(?:e|ing)|returns?|working)\b|\b(?:next year|in (?:the )?future)\b",
    "result": rf"how (?:did|does|do|is|was|has|have|well) (?:did |does |is |was )?{IT}?.*\b(?:do|did|doing|done|"
    rf"perform\w*|go|going|"
    rf"went|fare\w*|turn out|work out|holding up|results?)\b|how (?:is|was) (?:{IT}|the (?:result|performance)\w*)|"
    rf"\bperform\w*|"
    rf"\bresults?\b|\bstats\b|statistics|\bnumbers\b|summar\w+|\bbacktests?\b|how much (?:did|would|does|has|have)|"
    rf"did (?:{IT}|i|we) (?:make|win|earn)|does {IT} (?:make|earn)|make[s]? money|metrics",
    "setting": rf"(?:what|which|how (?:big|large|wide|tight|far|much)|where|is there an?|do(?:es)? (?:{IT}|i|we) "
    rf"(?:have|use))\b"
    rf"(?: (?:is|are|was|does|the|my|its|an?|your|any|of|has|kind of))* (?:{_SETTING})\b",
    "does": rf"what (?:does|is|will|do|would|did) (?:{IT}|you|we)(?: \w+)? ?(?:do|doing|trade|trading|buy|mean|"
    rf"about|build|built|understand|"
    rf"understood|look for)?\b|(?:explain|describe|recap|walk me through|tell me about|show me|restate|remind me)"
    rf"(?: (?:to me|me|again|how|what|about|of|in plain \w+))* (?:{IT}|the (?:rules?|logic|entry|exit|entries|exits|"
    rf"conditions|plan)|"
    rf"my (?:rules?|logic|plan))|^(?:explain|describe|recap|remind me)\W*$|tell me what {IT} (?:does|do|is)|how "
    rf"(?:does|do|will|would|is) {IT} "
    rf"(?:\w+ )?(?:work|trade|decide|get (?:in|out)|"
    rf"enter|exit|operate)|what are (?:the|my|its|your|our) (?:rules?|conditions?|entr\w+|exits?|settings?|"
    rf"parameters?|limits?)|"
    rf"what is (?:the|my|our|its) (?:strategy|rules?|logic|plan|entry|exit)|when (?:does|do|will|would|is|are) "
    rf"(?:{IT}|i|we)\b.*"
    rf"(?:buy|sell|enter|exit|get|go|close|open|trade)|why (?:did|does|do|would|is|was) {IT} (?:buy|sell|enter|exit|"
    rf"go|short)",
}
"""Topics, the more telling before the more general; patterns read `plain_question`'s words."""

COVERED = {
    "current_version": {"versions", "does", "spec", "result", "setting", "data"},
    "versions": {"result", "verdict", "metric", "does", "spec"},
    "extremes": {"versions", "losses", "groups", "trades", "metric", "result", "verdict", "does", "listing"},
    "ways_out": {"trades", "losses", "groups", "result", "does", "setting", "metric", "listing"},
    "listing": {"trades", "result", "does", "setting", "spec", "groups"},
    "no_trades": {"trades", "losses", "verdict", "result", "fills", "does"},
    "losses": {"result", "verdict", "does", "metric"},
    "metric": {"result", "does", "setting", "verdict"},
    "costs": {"metric", "result", "setting", "does", "verdict"},
    "benchmark": {"result", "metric", "verdict", "does"},
    "overfit": {"verdict", "result", "metric", "does"},
    "fills": {"does", "setting", "assumptions", "verdict", "result"},
    "assumptions": {"does", "result", "verdict", "setting"},
    "data": {"result", "does", "verdict"},
    "holding": {"result", "does", "trades"},
    "groups": {"result", "verdict", "metric", "trades", "does", "setting"},
    "trades": {"result", "does", "setting"},
    "help": {"does", "result", "verdict"},
    "spec": {"does", "setting", "result"},
    "verdict": {"result", "does"},
    "result": {"does"},
    "setting": {"does", "verdict"},
    "indicator": {"does", "setting"},
    "term": {"does", "setting", "result"},
}
"""What a topic's explanation already answers, so that it is not told again."""

BESIDE_A_MEANING = frozenset({"costs", "overfit", "verdict", "metric"})
"""Topics whose figures are shown beside the meaning of a word."""

R_ASKED = re.compile(
    r"(?:(?:and|so|but|ok|wait),? )*(?:(?:what(?:'?s| is| does| do you mean by)|explain|define|meaning of) "
    r"(?:an? |one |1 ?)?[\"']?r[\"']?(?: (?:multiples?|units?))?(?: (?:here|mean\w*|stands? for|again|exactly|then))*|"
    r"how (?:big|much|large|far) is (?:an? |one |1 ?)r) ?[?!.]*$",
    re.IGNORECASE,
)

MOST = 2
"""Topics that one explanation answers."""


def explain_topics(text: str) -> tuple[str, ...]:
    """Return what a question is about, the most telling topic first; empty when nothing is recognised.

    >>> explain_topics("why did it lose money?"), explain_topics("what's the shrape")
    (('losses',), ('metric',))
    >>> explain_topics("buy btc at the close")
    ()
    """
    words = plain_question(text)
    found = [topic for topic, pattern in _patterns().items() if pattern.search(words)]
    defined = term_of(text)
    if defined is not None and not ("setting" in found and re.search(r"\b(?:the|my)\b", words)):
        found = [defined[0], *(topic for topic in found if topic in BESIDE_A_MEANING)]
    kept = list(found)
    for topic in found:
        if any(topic in COVERED.get(other, ()) for other in kept):
            kept.remove(topic)
    return tuple(kept[:MOST])


def metrics_in(text: str) -> tuple[str, ...]:
    """Return the figures that a question names, as keys of `METRICS`.

    >>> metrics_in("sharpe and max dd please")
    ('sharpe', 'drawdown')
    """
    words = plain_question(text)
    found = tuple(name for name, pattern in METRICS.items() if re.search(rf"(?<!\w)(?:{pattern})(?!\w)", words))
    return tuple(name for name in found if name != "returns") or found


def settings_in(text: str) -> tuple[str, ...]:
    """Return the parts of a strategy that a question names, as paths of a spec."""
    words = plain_question(text)
    found = [path for path, pattern in SETTINGS.items() if re.search(rf"\b(?:{pattern})\b", words)]
    shadowed = {
        "risk.stop_loss": ("risk.trailing_stop", "risk.time_limit"),
        "risk.take_profit": ("risk.trailing_take",),
    }
    return tuple(path for path in found if not any(one in found for one in shadowed.get(path, ())))


def term_of(text: str) -> tuple[str, str] | None:
    """Return what a question asks the meaning of: ``("indicator", type)`` or ``("term", name)``, else None.

    >>> term_of("what is a bollinger band?"), term_of("what does stop loss mean")
    (('indicator', 'bbands'), ('term', 'stop loss'))
    """
    from agent.language.builtin.explain_terms import find_term
    from engine.indicators.catalog import find_core_type

    if R_ASKED.match(text.strip()):
        return "term", "r"  # in plain words an r stands for "are"
    words = plain_question(text).rstrip(" ?.!")
    for pattern in _asked_meaning():
        found = pattern.search(words)
        if found is None:
            continue
        name = re.sub(
            r"^(?:an?|the) | (?:indicators?|oscillators?|exactly|again|here|lines?)$", "", found["name"].strip()
        )
        for form in (
            name,
            re.sub(r"\s+indicators?$", "", name),
            name.removesuffix("s"),
            f"{name}s",
            name.split(" ")[0],
        ):
            entry = find_core_type(form)
            if entry is not None:
                return "indicator", entry.name
            term = find_term(form)
            if term is not None:
                return "term", term
    return None


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {topic: re.compile(rf"(?<!\w)(?:{pattern})") for topic, pattern in TOPICS.items()}


@cache
def _asked_meaning() -> tuple[re.Pattern[str], ...]:
    return (
        re.compile(
            r"what (?:does|do|is meant by|do you mean by) (?:an? |the )?(?P<name>[\w %]{1,40}?) (?:mean|do|measure|"
            r"show|tell\w*)\b"
        ),
        re.compile(r"how (?:is|are) (?:an? |the )?(?P<name>[\w %]{1,40}?) (?:calculated|computed|defined|measured)"),
        re.compile(
            r"(?:define|explain|meaning of|definition of)(?: (?:to me|me))? (?:what )?(?:an? |the )?(?P<name>[\w "
            r"%]{1,40}?)(?: (?:is|means?|to me))?$"
        ),
        re.compile(r"(?:what is|what are|what do you mean by|what is meant by) (?:an? |the )?(?P<name>[\w %]{1,40})$"),
    )
