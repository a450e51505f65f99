"""What nobody can do or may do: manipulation and look-ahead."""

from __future__ import annotations

from agent.language.builtin.screening.refusal_class import OFFER, RefusalClass

LATER = "(tomorrow|next day|next days|next week|next month|next hour|following day|next session|next candle|next bar)"
PRICE = "(close|open|high|low|price|return|candle|bar|range|move|volume|data|closing price|result)"
ENTERING = (
    "(buy|buying|long|enter|entering|get in|go long|going long|short|shorting|accumulate|load up|in|get long|jump in)"
)
KNOWING = (
    "(friend|cousin|brother|sister|uncle|buddy|contact|source|mate|roommate|wife|husband|guy|someone|somebody|dad|"
    "father|mother|colleague|neighbor|neighbour)"
)

IMPOSSIBLE = (
    RefusalClass(
        "MANIPULATION",
        "I do not help with market manipulation or other abuse of a market: no wash trades, spoofing, pump and "
        f"dump, fake volume, front-running of others or trading on inside information. {OFFER}",
        (
            "wash ..1 (trade|trading|sale|sell)",
            "(spoof|spoofing|spoofs|quote stuffing|painting the tape|paint the tape|banging the close|momentum "
            "ignition|marking the close)",
            "(fake|phantom|false|sham|bogus) (volume|order|trade|bid|ask|liquidity|wall)",
            "(layer|layering) (of)? (fake|the book|the order book|bids|asks)",
            "pump (and|n|&|then) dump",
            "(hype|shill|promote|talk up|hyping|shilling) ..6 (group|telegram|discord|channel|chat|followers|"
            "community|coin|token|shitcoin) ..8 (sell|dump|unload|exit|selling|dumping)",
            "(sell|dump|unload) ..2 (into|in) ..1 (pump|hype)",
            "pump (a|the|some|this|my|small|up) ..6 (then|and) ..1 dump",
            "(pump|inflate|boost|fake|artificially|push|pad) ..2 (volume|price) ..4 (looks|look|appear|appears|and "
            "dump|then dump|and sell|artificially|to attract|to lure|so that)",
            "(inflate|inflating|fake|faking|pad|padding|boost|boosting) (the|my|its|our)? (trading)? volume",
            "(volume|it) (looks|look|appears|appear|seem|seems) (big|bigger|high|higher|huge|active|busy)",
            "trade (with|against) (myself|my own|each other|yourself)",
            "between (my|our|two|both) ..1 (own)? (wallet|account)",
            "(front~running|frontrunning)",
            "front~run ..3 (customer|client|order|whale|user|trader|mempool|fund|institution|others|people|buyer|"
            "listing|retail|other)",
            "(trade|trading|buy|sell|get|getting|jump|step|be|go|position) ..2 (in front of|ahead of|before) (them|it|"
            "they|the|their|big|large) ..3 (order|client|customer|whale|fund|player|institution|hit the book|"
            "block)?! //",
            "(order|orders|trades|flow) ..2 before ..2 (hit|hits|reach|reaches|get to|gets to) (the)? (book|order "
            "book|market|tape|exchange)",
            "(sandwich|mev) (attack|bot|trade|trading|user)",
            "(insider|inside|non public|nonpublic|confidential|leaked|privileged) (info|information|trading|tip|"
            "knowledge|news|data)",
            "(insider|mnpi|tip|tipped) ..3 (before|ahead of) ..2 (announcement|public|news|listing|release|earnings)",
            "(manipulate|manipulating|rig|rigging|corner|cornering) (the)? (market|price|volume|coin|stock|order "
            "book|close|token)",
            "(bear raid|rug pull|rugpull|ponzi|pyramid scheme|money laundering|launder|laundering)",
            "(evade|evading|avoid paying|dodge) ..1 (tax|sanction|kyc)",
            "(bypass|circumvent|avoid|evade|get around) ..2 (kyc|sanction|aml|geoblock|geo block)",
            "(hack|hacking|exploit|exploiting|drain|draining|steal|stealing) ..4 (exchange|contract|protocol|"
            "wallet|account|pool|fund|bridge|oracle|coins)",
            f"{KNOWING} ..3 (at|inside|from|in|works at|work at|works for|working at|working for|who works at) "
            f"(the|an|a|my)? "
            "..1 (exchange|binance|coinbase|kraken|bybit|okx|company|fund|bank|sec|fed|board|team|listing team|"
            "government|ministry) ..8 (tip|tell|told|info|information|know|heads up|listing|announce|news)",
            "(insider|secret) (tip|hint|lead)",
            "(tell|tells|telling|alert|alerting|signal|shill|shilling|message|get|push|call) ..6 "
            "(people|follower|subscriber|"
            "group|member|channel|audience|fan|discord|telegram|community|chat) ..5 (to buy|buy|pile in|to "
            "pump|pump|buying)!",
            "(follower|subscriber|member|audience|fan|people) ..5 (to buy|buy|pile in|to pump|buying)! ..10 "
            "(dump|dumps|sell|"
            "unload|exit|selling|dumping|out)!",
            "(dump|dumps|dumping|sell|selling|unload|unloading|offload) ..2 (on|onto|into|to) (them|the)? "
            "(follower|subscriber|retail|group|member|audience|fan|bagholder|them)!",
            "(know|knows|knowing|trade on|trading on|act on|use|using|based on) what ..3 (will list|is going to "
            "list|will announce|"
            "is going to announce|will buy|will publish|tells me|told me|tell me)",
            "(spread|spreading|publish|post) ..1 (false|fake) (rumor|rumour|news|information)",
            "(scam|scamming|defraud|collude|colluding|market abuse)",
        ),
        (
            "(avoid|against|detect|filter out|protect|ignore|without) ..3 (wash|spoof|pump|manipulat*|fake|front*)",
            "(pump|inside) (bar|candle)",
            "wash sale rule ..4 (matter|apply|care|ignore|relevant|consider|count|exempt|aside)?",
            "(is|was|are|were|got|been|known|called|it|just|really|obviously|after|by|from|your|my last|this) ..3 "
            "(a|an|some)? ..1 (scam|scammed|ponzi|rug pull|rugpull|pump (and|n|&) dump) ..1 (coin|token|project|bot|"
            "group|guru|signal|course)?",
            "pump (and|n|&) dump (coin|token|project)? ..1 (i know|anyway|i guess|risk|history)",
            "(nobody|no one|noone|without|no|not|dont have|have no|never had|hate) ..3 (insider|inside|non public|"
            "confidential) (info|information|trading|tip|knowledge|news|data)",
            "(got|was|been|were) (scammed|hacked|drained|front~run|frontrunned|rugged)",
        ),
    ),
    RefusalClass(
        "LOOKAHEAD",
        "That is look-ahead: the rule would decide with future data that nobody has at that moment, and its "
        "backtest would say nothing. A rule here decides at a bar's close with what is known by then and fills at "
        "the next open: say it with the bars before (yesterday's close, the high of the bars before), and I test "
        "it.",
        (
            "(which|what|the) ..1 (days|bars|candles|weeks|months|trades|stocks|coins) ..5 (ended|closed|finished|were|"
            "went|turned) ..2 (green|up|red|down|higher|winners|profitable|best|winning) ..3 (only|and) ..2 (trade|buy|"
            "take|keep|those)",
            "only ..1 (trade|take|buy|keep) ..2 (the)? (days|bars|trades|weeks|months) (that|which) ..2 (ended|closed|"
            "finished|were|won|went|turned) ..1 (green|up|higher|winners|profitable|winning)?",
            "(data|price|prices|close|candle|candles|bars|quotes) (from|of|for) (tomorrow|the future|next week|"
            "next month|the next (bar|candle|day|week))",
            "(trade on|trading on|based on|use|using|know|knowing|if|with|by|of) (the)? (next|following|upcoming|"
            "coming) (candle|bar|day|week) (direction|color|colour|outcome|result|move|return|range)",
            "before (it|the candle|the bar|they) (forms|form|prints|print|is formed|appears|appear)",
            "(buy|buying|enter|entering|long|sell|selling|short|exit) ..2 (at)? the (exact|absolute|very)? (bottom|"
            "top) of (every|each|all|any|the) (dip|move|swing|rally|drop|crash|pullback|day|week|candle|cycle|"
            "trend)",
            "(look at|looking at|use|using|know|knowing|based on|check|checking|see) ..2 (close|high|low|price|"
            "return|candle) of the (next|following|coming) (bar|candle|day|week)",
            "(look at|looking at|use|using|know|knowing|based on|check|checking) ..5 (bar|candle|day|week) after "
            "(the)? (entry|signal|trade|fill)",
            "(use|using|know|knowing|knew|based on|with|given|look at|looking at|check|checking|peek at|peeking at|"
            f"see|seeing|read|reading|compare|comparing|take|taking|apply|by) ..3 {LATER} {PRICE}",
            "(use|using|know|knowing|with|based on|given|look at|peek at|see|access|including|include|from) ..2 "
            f"future {PRICE}",
            "(future|upcoming) (data|prices|price|values|knowledge|returns|closes|candles|highs|lows|information|bars)",
            "(if|when|because|where|whenever|once|and|only|since|that|knowing|unless|provided) (the)? (tomorrow|"
            "next day|following day|next week|next month) ..2 (is|will|closes|goes|ends|finishes|turns|would|be|"
            "gaps|>|<|higher|lower|above|below|rises|falls|opens)",
            "(if|when|whenever|once|because|that|and) (the|its)? (next (candle|bar|hour)|following (candle|bar)|"
            "price|it|btc|market|close) ..1 (will|is going to|is gonna|would|is about to) ..3 (be|close|go|rise|"
            "fall|drop|higher|lower|up|down|green|red|pump|dump|crash|moon|end|finish|reverse|hit|reach|bounce)",
            f"{LATER} {PRICE} ..1 (decides|decide|determines|tells|says|to decide|to determine|confirms today|is "
            "known|> | <|is higher|is lower|is above|is below)",
            "(tomorrow|next day) (close|high|low|price|candle) ..4 (to (decide|determine|enter|buy|sell|choose|"
            "time)|for (todays|the|this) (entry|signal|trade|decision))",
            "(buy|buying|long|enter|entering|sell|selling|short|shorting|exit|get in|get out|in|out) ..4 (#|one|"
            "two|a|the|few|couple|right|just|shortly) ..1 (bar|candle|day|hour|minute|tick|moment|week)? (before|"
            "ahead of|in advance of|prior to) (the|a|it|price|every|each|any) ..1 (golden|death|big)? (cross|"
            "crossover|crosses|breakout|breaks|crash|crashes|move|moves|drop|drops|rally|rallies|pump|pumps|dump|"
            "dumps|rise|rises|fall|falls|reversal|reverses|spike|spikes|top|bottom|jump|jumps)",
            "before (they|he|she) (made|make|makes|buy|bought|sell|sold|did|do|does|moved|move|trade|traded|trades)",
            "(best|result|works|fit|fitted|optimized|optimised|performs|performed|profit|profitable) ..5 (on|in|"
            "with|over|for) (next month|next week|next year|tomorrow|future|upcoming) (data|price|candle|return|"
            "close)",
            "before it (happens|happened|actually happens|occurs|moves|takes place|is known|was known)",
            "(buy|buying|long|enter|cover|accumulate) ..2 (at|on)? (the|every|each|exact|absolute|todays|that) ..1 "
            "(day|week|month|exact|absolute|session|actual|daily|weekly|monthly)? (low|bottom) ..6 (sell|selling|"
            "short|exit|out) ..2 (at|on)? (the|every|each|its)? ..1 (exact|absolute|day|week|daily|weekly|month|"
            "monthly)? (high|top)",
            "(buy|buying|enter|long|sell|selling|short|exit) ..2 (at)? (the|every) (exact|absolute|very) (bottom|"
            "top|low|high)",
            "(use|using|know|knowing|with) (the|todays|that|this)? (days|day|daily|weeks|week|bars|candles) (own)? "
            "(high|low|close|range) ..3 (before|in advance|at the open|ahead|already|beforehand)",
            "(buy|long|enter|sell|short) ..2 (at|on) the (low|high|bottom|top) of (the|each|every|that) (day|week|"
            "month|session|same day|candle|bar)",
            "(hindsight|perfect foresight|crystal ball|time travel|time machine|know the future|knows the future|"
            "knowing the future|see the future|predetermined outcome)",
            "(use|using|with|allow|enable|want|add|include|turn on|do|some|a little|little|bit of|even if|dont "
            "care about|ignore) ..2 (look ahead|lookahead|peeking|forward looking data|lookahead on)",
            "(look|peek|cheat|peeking|looking) (a bit|one bar|# bar|# bars|a bar|bars|into)? (ahead|into the "
            "future|forward in time) (#|to|at|into|by|in)?",
            "shift ..2 - #",
            "(already|as if (we|i|you)) (know|knew|known) ..4 (close|price|outcome|result|direction|high|low|"
            "future|happens|next)",
            f"{ENTERING} ..6 (before|ahead of|prior to|in advance of) ..6 "
            f"(is|are|gets|get|becomes|become|goes|go|being|was|"
            "were|has been|have been) ..1 (announced|published|released|listed|public|disclosed|revealed|known|leaked|"
            "approved|confirmed|reported|unveiled|launched|official)",
            f"{ENTERING} ..5 (before|ahead of|prior to|in advance of) ..2 "
            f"(unannounced|unexpected|surprise|secret|unknown|"
            "undisclosed|coming|future|upcoming) ..2 "
            "(news|event|announcement|listing|approval|takeover|merger|partnership|"
            "hack|tweet|decision|move|pump|crash)",
            "(day|week|month|bar|candle|session|one|hour|time|morning) (that|which|when it)? (will|is going to|are "
            "going to|is "
            "gonna|gonna|would|end up|ends up|turn out|turns out) ..3 "
            "(close|closing|end|finish|be|"
            "go|higher|lower|up|down|green|red|positive|negative|profitable)!",
            "(day|week|month|bar|candle|session|one|hour) (that|which) (end|ends|finish|finishes) ..2 "
            "(higher|lower|up|down|green|red|positive|negative|profitable)!",
            "(center|centered|centering|centre|centred|symmetric|symmetrical|zero phase|non causal|noncausal) ..4 "
            "(moving average|average|sma^|ema^|ma|filter|smoothing|smoother|window|kernel|mean|line)",
            "two sided (exponential|simple)? (moving average|average|filter|smoothing|smoother|window|kernel|mean)",
            "(moving average|average|sma^|ema^|ma|filter|mean|line|smoothing|window) ..6 (centered|centred|in the "
            "middle)",
            "(moving average|average|sma^|ema^|ma|filter|mean|line|smoothing|window) ..6 (bar|candle|close|price|"
            "value|point|day|hour|data) ..2 ((on|to|from|of) (each|both|either) side|each side|before and after)",
            "(shift|move|displace|offset|push) ..5 (moving average|average|sma^|ema^|ma|line|indicator|macd|rsi^) "
            "..4 (back|left|"
            "backward|backwards|into the past|to the left)! ..3",
            "(zero|no|without|without any|eliminate|remove|free of) ..1 lag ..4 (bar|candle|data|price|close) "
            "(after|ahead|to come)",
            "(use|using|include|including|with) ..2 (bar|candle|data|price|close) (after|behind|following) (it|the "
            "bar|the signal|"
            "that|them)",
            "at the (pivot|swing|low|high|turning point) (itself|bar)",
            "(pivot|swing low|swing high|top|bottom) ..3 on the (bar|candle) (it|they|that) "
            "(happens|happen|forms|form|occurs)",
            "(fill|filled|enter|entering|buy|in|execute|executed|get me in) ..2 at (yesterdays price|the price "
            "(from|of) before|the "
            "price before|last weeks price|the old price|the price from (yesterday|last week|an hour ago|earlier))",
            "(best|lowest|highest|optimal) price of (the|each|every|that) (bar|candle|day|session)",
            "(before|ahead of|prior to) (each|every|all|any) ..2 (all time high|all time "
            "low|ath|atl|crash|top|bottom|peak|high|"
            "low|rally|pump|dump|spike|move|breakout|reversal|correction)",
            "(catch|nail|hit|pick|time|get|call) (every|each|all) ..2 "
            "(top|bottom|high|low|reversal|turn|move|swing) ..4 "
            "(exact|exactly|perfect|perfectly|precisely)!",
            "(short|sell) (at|the) ..1 (all time high|ath|absolute high|peak) ..4 (buy|cover|long) (at|the) ..1 "
            "(all time low|atl|"
            "absolute low|trough)",
            "(whatever|whichever|(the|a|any|those|only|which)? "
            "(coin|stock|asset|one|token|pair|etf|market|altcoin|crypto|"
            "share|trade|entry|position|signal|setup)) (that|which|who)? (will|is going to|are going to|is "
            "gonna|gonna|would|"
            "is about to|are about to|ends up|end up|turns out|turn out) ..2 (go up|go down|do best|do "
            "well|rise|perform|"
            "outperform|climb|gain|pump|moon|win|lose|explode|beat|fall|drop|crash|profitable|in "
            "profit|winner|loser|green|"
            "red|make money|pay off|work out|fail)",
            "(low|high|lowest|highest|bottom|top|return|maximum|minimum|peak|trough) ..1 (price|close|point)? "
            "(of|over|in|"
            "during|for|from|within) (the)? (next|coming|following|upcoming) (#|few|several|two|three)? "
            "(bar|candle|day|week|hour|month|session|year|minute)",
            "(buy|buying|enter|entering|long|sell|selling|short|exit|exiting|in|out) ..2 at (the|its) "
            "(lowest|highest|best|"
            "cheapest|most expensive) (price|point|tick|level|moment)? (of|in|each|every|per|for) "
            "(the|each|every|that|a)? "
            "(day|week|month|year|session|hour|trend|move|swing|candle)",
            "(close|closing price|high|low|days close|days high|days low) ..3 (known|already known|available|given) "
            "(at|before|by|already at|from) (the)? (open|start|opening|entry)",
            "(if|when|whenever|once|because|that|and) (the|its)? (coming|upcoming) (candle|bar|day|hour|week|close) "
            "..1 (is|"
            "closes|will|turns|ends|goes|would|be)",
            "(buy|buying|sell|selling|enter|exit|short|long) ..3 (top|bottom|highest|lowest|high|low) tick (of|in)? "
            "..2",
            "(zero|no) lag ..2 future",
            "barmerge",
        ),
        (
            "(is|does|did|do|are|was|will|can|could|how|what|why|avoid|no|without|not|prevent|check for|any|free "
            "of) ..4 (look ahead|lookahead|future data|peek|peeks|hindsight|future price|future prices)",
            "(next|tomorrow|next day|next days) open ..1 (price)?",
            "before it (moves|closes|ends)",
            f"{ENTERING} (at|near|around|in|on)? (the)? bottom (,|and|&|then|or)? (then|to|i)? "
            f"(sell|selling|exit|short|"
            "get out|out|leave|take profit) (at|near|around|in|on)? (the)? top //",
        ),
    ),
)
