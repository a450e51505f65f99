"""Elements of schools and judgement: smart money, volume profiles, discretion."""

from __future__ import annotations

from agent.language.builtin.screening.elements import Element

JUDGEMENT = (
    Element(
        "smart_money",
        "role.smart_money",
        "smart-money terms (gaps, blocks, sweeps, structure breaks) have no agreed measurable definition",
        "measurable rules: which bar, which high or low, how far, within how many bars",
        (
            "(bullish|bearish|#)? (fvg|fair~value gap|ifvg|inverse fvg|liquidity void) (pullback|fill|retest|entry|"
            "tap|mitigation)?",
            "(bullish|bearish|#)? (order~block|breaker~block|mitigation block|rejection block|breaker|ob) (break|"
            "retest|entry|tap|mitigation)?",
            "(sweep|sweeps|swept|grab|grabs|run|runs|raid|hunt|take|takes) (of|the|up)? ..2 liquidity",
            "(buy side|sell side|buyside|sellside|external|internal|resting)? (liquidity) (sweep|grab|pool|hunt|"
            "run|raid|taken|zone|level|target|draw|swept)",
            "(sweep|swept|sweeps|raids|raid) (the|of|of the)? ..2 (low|high|lows|highs)",
            "(stop hunt|stop hunts|stop run|stop raid)",
            "(bos|choch|mss|msb|smt|smc|ict|sfp|sibi|bisi|pd array|cisd)! (model|setup|concept|strategy|method|break)?",
            "(break|breaks|shift|change) (of|in) (market)? (structure|character)",
            "(market)? structure (break|shift|change)",
            "market structure",
            "swing failure (pattern)?",
            "(smart money) (concept|setup|model|entry|move|index|technique)?",
            "(inducement|kill~zone|judas swing|silver bullet|power of (3|three)|displacement|mitigation|optimal "
            "trade entry|equal highs|equal lows|premium and discount|discount zone|premium zone)",
            "(supply (and|&|/|or) demand|supply|demand) (zone|area|level|block)",
            "supply (and|&|/) demand",
            "(imbalance|inefficiency) (fill|zone|candle)?",
        ),
        (
            "(order flow|order book|bid ask|book|volume|delta) imbalance",
            "on balance",
        ),
        definition=True,
    ),
    Element(
        "volume_profile",
        "role.volume_profile",
        "volume and market profiles need traded volume by price, which candles do not carry",
        "a volume-weighted average price or average volume",
        (
            "(volume|market|session|visible range|fixed range|anchored) profile",
            "(value area) (high|low)?",
            "(poc|vpoc|npoc|vpvr|vrvp|tpo|vah|hvn|lvn)!",
            "(naked|virgin|developing)? point of control",
            "(high|low) volume node",
        ),
    ),
    Element(
        "anchored_vwap",
        "role.anchored_vwap",
        "an anchored VWAP needs an anchor chosen by hand or by event",
        "a session, weekly or rolling VWAP",
        ("(anchored|anchor) (vwap|volume weighted ..2)", "(vwap) anchored", "avwap"),
    ),
    Element(
        "discretion",
        "role.discretion",
        "a judgement by eye is no rule: nothing in it can be measured",
        "the level, cross or number that the judgement stands for",
        (
            "(when|if|once|until|as|after|because|unless|where|while) (it|price|the (chart|market|price|candle|"
            "trend|setup|coin|stock)|this|that|things|everything|momentum|they) ..1 (looks|look|feels|feel|seems|"
            "seem|appears) (weak|strong|good|right|bad|toppy|like|exhausted|tired|ready|heavy|bullish|bearish|"
            "bottomed|cheap|expensive|ok|great|solid|healthy|overextended|over|promising|nice|clean|safe|wrong|"
            "done|to|shaky|ugly|attractive|convincing|ripe|overdone|strange)",
            "(looks|look|feels) (weak|strong|toppy|exhausted|ready|bottomed|tired|heavy|overextended|convincing|"
            "promising)",
            "(momentum|trend|volume|it|move|rally|price|buying|selling|strength|buyers|sellers|pressure) (fades|"
            "fade|fading|slows|slow|slowing|weakens|weakening|weaken|dries up|dry up|stalls|stalling|dies|dying|"
            "rolls over|roll over|runs out|loses steam|loses momentum|is exhausted|is fading|is slowing|is "
            "weakening|gets weak|cools|cools off|cools down|wanes|waning|runs out of steam|tires)",
            "(losing|loses|lose|running out of|out of) (steam|momentum|strength|power|gas)",
            "(use|using|with|by|at|on|trust|apply) (my|your|own|best|some|good|the)? ..1 (judgement|judgment|"
            "discretion|intuition|gut|gut feeling|gut feel|common sense|feeling|instinct|experience)",
            "(if|when) (i|you) (feel|think|like|believe|see fit|want|decide|get a feeling|am comfortable|sense)",
            "(exit|close|manage|managed|trade|traded|adjust|decide|enter|sell|buy|moved|move|trail|take profit) "
            "..3 (manually|by hand|by eye|visually)",
            "(manually (exit|close|manage|trade|adjust|enter|sell|buy|move|trail|picked)|eyeball|eyeballing|"
            "discretionary|at my discretion|case by case)",
            "(move|trail|adjust|raise|shift|tighten) (the|my|it)? (stop|sl|stops)? ..2 (manually|by hand|below "
            "structure|under structure|as it goes|as price moves|along the way|when it makes sense|as needed|step "
            "by step)",
            "(conditions|market|setup|chart|context|everything|price action) ..1 (looks|is|are|look|feels) (right|"
            "good|favorable|favourable|aligned|clean|healthy|confirming)",
            "(price action) (confirmation|confirms|signal|looks|setup|reversal|entry)",
        ),
        ("volume (dries up|dry up|fades|slows) (below|under|to)",),
    ),
)
