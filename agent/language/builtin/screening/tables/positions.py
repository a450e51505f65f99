"""Elements of positions and sizes: hedges, grids, ladders, counts of shares, weights."""

from __future__ import annotations

from agent.language.builtin.screening.elements import Element

COUNTED = "(#|one|two|three|four|five|ten|twenty|fifty|hundred|a hundred|a|x|n)"

SPAN = (
    "(#|a|one|two|three|four|five|six|ten) (full|whole|complete|trading|calendar)? "
    "(bar|candle|day|week|hour|minute|min|month|hr|h|d)"
)
AT_LEAST = "(at least|a minimum of|minimum|min|no less than|not less than|a minimum|no shorter than|minimum of)"
HOLDING = "(hold|holding|keep|keeping|stay in|stay|sit in|ride|remain in|held)"

POSITIONS = (
    Element(
        "hedge",
        "role.hedge",
        "a hedge is a second position against the first, and a spec holds one position per asset",
        "a smaller size, a stop, or a short side of its own",
        (
            "(hedge|hedges|hedged|hedging|delta hedge|unhedged) (with|by|using|the|it|my|against|via|position|"
            "ratio|mode)? (..5 (put option|option|put|short|futures|perp|inverse etf))?",
        ),
        ("hedge fund (style)?", "hedge ratio"),
    ),
    Element(
        "grid",
        "role.grid",
        "a grid keeps many orders open at once, and a spec holds one position per asset",
        "a single mean-reversion entry with a target",
        (
            "(a|neutral|long|short|geometric|arithmetic|infinity|#|dynamic)? (level)? grid (bot|trading|strategy|"
            "level|order|trade|trader|spacing|system|step|of|with|from|between|on|from)",
            "(# )?grids",
            "(#)? (level|line|step) grid",
            "(place|placing|set|put) ..2 (orders|buys|buy orders|limit orders|sells|sell orders) (every|at every|"
            "each|for every) ..2 (#|dollars|usd|%|percent|step|level)",
            "(market|be the market) (make|makes|making|maker) (..4 # (bps|pips|ticks|%) (spread|wide))",
            "(market|be the market) (make|makes|making|maker) (on|in|for|with|between|around)?",
            "(capture|capturing|earn|earning|collect|quote|quoting|post|posting) (the|both|bids|bid|quotes) ..2 "
            "(spread|sides|"
            "asks|ask|offers)",
        ),
        ("grid (search|searching|optimization|optimisation|of parameters)",),
    ),
    Element(
        "scaling_in",
        "sizing.scaling_in",
        "a position is opened once and never added to: averaging, ladders and pyramids have no place in a spec",
        "one entry of the full size",
        (
            "(increase|increasing|raise|double|triple|multiply|grow) ..1 (size|bet|stake|lot|position) ..2 (after|"
            "on|following) (each|every|a|any|the)? ..1 (loss|losses|losing|loser|win)",
            "(dca|dollar cost average|dollar cost averaging|dollar cost|cost average|cost averaging|value "
            "averaging|dca in|dca down|safety order|safety orders|dcaing) (in|into|down|strategy|bot|every|on|when|"
            "with|buy|entries)?",
            "(average|averaging|averages|avg)! (down|in|into|up|my|the position|the entry) (position|entry|cost|"
            "price|if|when|on|every)?",
            "(add|adding|adds|add to)! ..1 (to)? (the|my|a|an|each|our|existing|open)? ..1 (winner|winners|loser|"
            "losers|winning|losing|position|positions|trade)",
            "(add|adding|adds)! to ..2 (longs|shorts)",
            "(add|adding|adds)! (another|one|more|additional|extra|a second|a third|#|half|a unit|units|second|"
            "third|a) ..3 (unit|units|lot|lots|contract|position|every|when|if|on each|for every|at each|at|on|"
            "lower|higher|down|tranche|% of|to it|leg)",
            "(add|adding)! (on|when|if|at|every|below|above|after) (each|every|it|the|price|dips|dip|weakness|"
            "strength|pullbacks|pullback|a|new|further)",
            "(scale|scaling|scales|scaled|ladder|laddering|laddered|layer|layering|layered|leg|legging|ease|"
            "easing)~in (to|into|over|with|at|on|as)?",
            "(scale|scaling|scales|ladder|laddering|laddered|layer|layering|layered|legging)! (into|in to|in)",
            "(ladder|laddered|staggered|layered|scaled|multiple|several) (buy|entry|entries|buys|orders|limit "
            "orders|limit buys|bids)",
            "(pyramid|pyramids|pyramiding|pyramided)! (up|in|into|on|every|with|the|winners|position|positions|"
            "when|to|max|up to)? ..2 (times|unit|units|position)?",
            "(anti)? (martingale|martingail|martingal|dalembert|fibonacci sizing|paroli)! (style|sizing|system|"
            "strategy|bet|recovery)?",
            "(double|doubling|doubles|triple|increase|increasing|raise|grow|multiply) (down|the (size|position|bet|"
            "lot|stake|amount)|my (size|position|bet|lot|stake)|up|lot|size|position|stake|bet|lots) (size)? "
            "(after|on|when|if|every|each|following|until|with each) ..4 (loss|losses|lose|losing|loser|down|drop|"
            "win|dip|trade|lower|time|stop)",
            "(double|doubling) down",
            "(double|doubling|triple|tripling|2x|3x) (up|it|again|the stake|bets|the bet|size|lots)? (after|on|"
            "following|"
            "upon) (each|every|a|any|the)? ..1 (loss|losses|losing|loser|losers|stop|red) (trade|trades|streak|one|"
            "day)?",
            "(buy|buying) (more|again|another|extra|additional) (if|when|on|every|at|each|as|below|lower|for|after|"
            "of|#|lot|dip)",
            "(second|third|fourth|2nd|3rd|additional|further) (entry|buy|tranche|position|add|long) (at|if|when|on|"
            "below|lower|#|after)",
            "(# )?(unit|units) every",
            "(max|up to|maximum) (#|two|three|four|five) (add~ons|adds|entries|units|additions|pyramids|safety "
            "orders|scale ins)",
            "(build|building|accumulate|accumulating) ..1 (up)? (a|the|my|into a)? ..1 (position)? (gradually|"
            "slowly|over time|in steps|in parts|in stages|step by step|little by little|in pieces)",
            "(buy|enter|entry|split|divide|position|go long|open) ..3 (in|into|over|with) (#|two|three|four|five|"
            "several|multiple|equal|different) (equal)? (part|step|tranche|batch|portion|stage|chunk|entries|buys|"
            "orders|slice|piece|lot|days)",
            "(in|into) (tranches|stages|batches|equal parts|thirds|portions)",
            "(invest|buy|put|deposit|add) ($|€|£)? # ($|usd|usdt|dollars|eur|euros|bucks|€)? ..4 (every|each|per|"
            "a) (day|week|month|friday|monday|tuesday|wednesday|thursday|sunday|saturday|payday|hour|two weeks|"
            "fortnight)",
            "(invest|investing|buy|buying|put|contribute) ..3 (a fixed amount|fixed amount|same amount|the same "
            "amount|regularly|at regular intervals|small amounts)",
            "(recurring|periodic|regular) (buy|buys|investment|purchase|deposit|contribution)",
            "rebuy (lower|at|if|when|on)?",
        ),
        (
            "(no|never|dont|do not|not|without) (pyramid|pyramiding|add|adding|average|averaging|martingale|dca|"
            "scale|scaling|double|doubling|grid)",
            "(moving|weighted|exponential|simple|day|bar|week|hour|period|candle|minute|#) average (up|down|in)",
            "(sell|selling|exit|exiting|out|close|closing|take profit|leave) ..2 (in|into) (tranches|stages|batches|"
            "equal parts|thirds|portions)",
            "add (a|an|the|one more|another) ..3 (filter|condition|rule|stop|target|indicator|exit|variant|version|"
            "confirmation|asset|take)",
        ),
    ),
    Element(
        "minimum_holding",
        "exit.minimum_holding",
        "a position has a longest holding time, and no shortest one: an exit, a stop or a target ends it when it comes",
        "a time limit, or an exit rule that comes later",
        (
            f"{HOLDING} ..3 {AT_LEAST} (of|for)? {SPAN}",
            f"(minimum|min|shortest|least) (holding|hold|trade|position) (time|period|duration|length)? "
            f"(of|is|:|=|at)? {SPAN}",
            "(never|dont|do not|not|no) ..1 (sell|selling|exit|exiting|close|closing|leave|get out) ..2 "
            "(before|until|unless|"
            f"earlier than) ..6 (held|holding|open|in it|been|passed|gone|old|for|after) ..2 {SPAN}",
            f"{AT_LEAST} {SPAN} (holding|hold|in the trade|in the position) (time|period)?",
            f"(never|dont|do not|not|no) ..1 (hold|holding|sell|selling|exit|exiting|close|closing|leave|out) ..2 "
            f"(less "
            f"than|under|before|within|for less than|in less than|earlier than|sooner than|shorter than|until "
            f"after) (the)? (first)? {SPAN} ..1 (have passed|pass|passed|are over)?",
        ),
        (
            "(holding|hold|held) ..2 at least # (%|percent)",
            f"(not|never|no|dont) ..2 (more|longer) than {SPAN}",
        ),
    ),
    Element(
        "shares",
        "sizing.shares",
        "a size is a share of equity, an amount of money or a risk, not a count of shares, contracts or coins",
        "a per cent of the account or an amount of money per trade",
        (
            "(buy|sell|short|long|trade|trading|with|size|of|use|using|hold|position|qty|quantity|buying|selling|=|"
            f":)? {COUNTED} (share|contract|lot|unit|ounce|oz|round lot|odd lot|e mini|micro contract|mini lot|"
            "micro lot|standard lot|mini contract|micro lots|shares each|contracts each)",
            "(buy|sell|short|long|trade|size|position|qty|quantity|buying|selling) (#|ten|hundred) (coin|token)",
            "(buy|sell|short|long|trade|trading|with|size|use|using|hold|position|qty|quantity|buying|selling|"
            "position size|size of|of|lot size|units of|=)! (#|one|a|half a|two) (btc|eth|sol|bitcoin|bitcoins|"
            "ether|ethereum|doge|xrp|ada|bnb|ltc|avax|link|dot|matic|sats|satoshis)! (per|each|at|on|when|if|every|"
            "a|,|.|;|size|position)?",
            "# (lot|micro lot|mini lot)",
            "(lot size|lots|quantity|qty|contracts|number of shares|number of contracts|share count|size in "
            "(shares|contracts|coins|lots)) (of|=|:|is)? # (lot)?",
            "(shares|contracts|lots|coins) per (trade|position|entry|signal|order)",
        ),
        (
            "(per|each|a|one|every|the|front month|perp|perpetual|futures|# min) (contract)! (basis)?",
            "(market|earnings|dividend) share",
            "(thanks|thank you|cheers|learned|helps|quite|not|whole|means) ..1 (a lot)!",
            "a lot (of|more|less|better|to|for|!|.)",
            "(qty|quantity|size|lots) ..2 # (%|percent|pct|usd|usdt|dollars|of)",
            "(a|one) (coin|token|unit)! (is|that|with|has|goes|like)",
            "(time series|momentum) ..2 per contract",
            "(risk|atr) unit",
            "# (coin|token) (universe|list|basket|portfolio)",
            "turtle unit",
            "(these|those|following|of the) # (coin|token)",
        ),
    ),
    Element(
        "asset_weights",
        "sizing.weights",
        "a spec has one size for all its assets: weights of their own, and weights computed across assets, are out "
        "of its reach",
        "the same share of equity for each asset, or a volatility target for each",
        (
            "(60|70|80|50|40|90)! / (40|30|20|50|60|10)! ..1 (spy|tlt|btc|eth|qqq|stocks|bonds|gold|cash|agg)",
            "(risk parity|equal risk contribution|hierarchical risk parity|hrp|inverse variance|minimum variance|"
            "min variance|mean variance|maximum sharpe|max sharpe|max diversification|markowitz|efficient frontier|"
            "black litterman|optimal (weight|allocation|portfolio)|kelly portfolio) (weight|weighting|weighted|"
            "allocation|portfolio|sizing|between|optimization|optimisation|across)?",
            "(size|sized|sizing|weight|weighted|weights|weighting|allocate|scaled|scale)! ..2 (by|inverse to|"
            "inversely to|on|with|in proportion to|proportional to) (the)? (inverse|reciprocal) ..1 (vol|"
            "volatility|variance|atr|risk)",
            "(inverse|inversely) ..1 (vol|volatility|variance|risk) ..1 (weight|weighted|weights|weighting|sizing|"
            "sized|allocation)?",
            "(market cap|cap|momentum|volatility|signal|risk|score|rank|liquidity) (weight|weighted|weighting|"
            "weights)! (portfolio|allocation|basket)?",
            "(target|different|custom|individual|unequal|own) (weight|weights|allocation|allocations|size for each|"
            "sizes per asset|size per asset)",
            "# % (in|to|of|into)? (btc|bitcoin|eth|ethereum|sol|spy|qqq|bonds|stocks|gold|tlt|cash|crypto|equities|"
            "agg|voo|vti|bnd|ief|gld) (and|,|/|&|plus|,and)? # % (in|to|of|into)? (btc|bitcoin|eth|ethereum|sol|"
            "spy|qqq|bonds|stocks|gold|tlt|cash|crypto|equities|usdt|usdc|agg|voo|vti|bnd|ief|gld)",
            "(60|70|80|50|40|90)! / (40|30|20|50|60|10)! (portfolio|split|allocation|stocks|weight|btc)",
        ),
        ("(volume|linearly|exponentially) weighted", "equal (weight|weighted|weights|weighting)"),
    ),
    Element(
        "rebalance",
        "sizing.rebalance",
        "an open position is never resized, so a portfolio cannot be rebalanced",
        "a size that is set once at each entry",
        (
            "(rebalance|rebalances|rebalanced|rebalancing|re~balance|re~balancing|reweight|reweighted|re~allocate|"
            "reallocate) (the portfolio|it|back|to)? (every|each|on|at|once a|once per)? (day|week|month|quarter|"
            "year|daily|weekly|monthly|quarterly|yearly|annually|friday|monday|# (day|week|month|bar|hour)|equal "
            "weight)?",
        ),
        ("(no|without|never|dont|not) ..1 (rebalance|rebalancing)",),
    ),
)
