"""Elements that look beyond one asset: ranks, changing universes, pairs, other markets."""

from __future__ import annotations

from agent.language.builtin.screening.elements import Element

THINGS = (
    "(sector|coin|stock|crypto|cryptos|cryptocurrency|asset|etf|token|perp|pair|name|alt|altcoin|performer|market|"
    "share|symbol|ticker|instrument|future|fund|sector|currency|one|country|index)"
)
STRONGEST = (
    "(strongest|weakest|best|worst|best performing|worst performing|top performing|top|bottom|biggest|highest|"
    "lowest|fastest|hottest|leading|most bullish|outperforming|highest momentum|lowest volatility|best ranked|"
    "highest ranked|highest returning|top ranked)"
)
NUMBER = (
    "(#|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|fifty|hundred|half|third|quarter|decile|"
    "quintile|quartile)"
)

SELECTION = (
    Element(
        "cross_sectional_rank",
        "role.rank",
        "a spec decides for each asset alone: it cannot rank assets or pick the best of them",
        "the same rule for each asset, such as holding it while its own momentum is positive",
        (
            "(buy|hold|long|own|short|trade|pick|select|choose|only)? (the)? (strongest|weakest|best performer|"
            "worst performer|best performing|worst performing|best) of (the|these|those|them|btc|eth|my|all|three|"
            "five|spy|qqq|#) (..8 (momentum|return|performance|strength|roc))?",
            f"(the)? {NUMBER} (best|worst|strongest|weakest) (performing|performer|ranked|momentum)? {THINGS}?",
            "(hold|holding|buy|buying|own|long|short|shorting|sell|pick|select|choose|keep|trade|rotate into|"
            "invest in|allocate to|switch to|take|go long|go short|in|into|only)? (the|in the|only the)? "
            f"{STRONGEST} {NUMBER} ..3 (by|of|based on|ranked|sorted|according to|in terms of|on|with the) ..4 "
            "(momentum|return|performance|roc|volatility|strength|rsi|sharpe|gain|change|performers|score|trend|"
            "rank|them|months|etfs|group|list)",
            "(hold|holding|buy|buying|own|long|short|shorting|sell|pick|select|choose|keep|trade|rotate into|"
            f"invest in|switch to|go long|go short|into) (the|in the|only the)? {STRONGEST} ({NUMBER})? ..1 {THINGS}",
            "(hold|holding|buy|buying|own|long|short|pick|select|choose|keep) (the|only the)? (top|best|bottom|"
            f"strongest|weakest|worst) {NUMBER} (..6 (momentum|return|performance|roc|strength|volatility|sharpe|"
            "performers|months|each|every|monthly|weekly))? (equal weight)?",
            f"(the)? {THINGS} (with|that has|that have|having) (the)? (highest|best|lowest|strongest|most|greatest|"
            "largest|biggest|worst|smallest) (..4 (momentum|return|performance|rsi|roc|volatility|volume|gain|"
            "change|sharpe|strength|score|trend|loss))?",
            "(rank|ranks|ranked|ranking|rankings) (the|all|each|every|them|assets|coins|stocks|etfs|by|on|of|and|"
            "universe)? (..4 (momentum|return|performance|volatility|strength|sharpe|roc|rsi))?",
            "(cross~sectional|cross section) (momentum|rank|ranking|mean reversion|strategy|signal|z score)?",
            "(dual momentum|relative momentum|relative strength (momentum|rotation|ranking|strategy|vs|versus|"
            "against|to|among|between|line|of the)|momentum rotation|sector rotation|asset rotation|etf rotation|"
            "factor rotation)",
            "(rotate|rotates|rotation|rotational|rotating) (into|between|among|to|monthly|weekly|strategy|system|"
            "model|the|out)? ..3 (strongest|best|leader|weakest|top)?",
            "(switch|switches|switching|flip|flips) (to|into|between) (the)? ..2 (best|stronger|strongest|"
            "whichever|better|leader|outperformer)",
            "(whichever) ..3 (is|has|did|performed|looks|of) ..2 (stronger|higher|best|better|strongest|more|"
            "highest|the two)?",
            "(outperform|outperforms|outperforming|outperformed|underperforms|underperform|underperforming|beats|"
            "beating) (btc|bitcoin|eth|spy|the market|the index|the others|the rest|its peers|the benchmark|the "
            "s&p|sector|bonds|the group)",
            "(top|bottom|best|worst) (decile|quintile|quartile|tercile|half|third)",
            "(biggest|top|largest|worst|best) (gainer|loser|mover|performer|winner|laggard) (of|in|over|each|"
            "every)? ..3 (day|week|month|market|list)?",
            "(buy|long|short|sell) (the)? (winners|losers|leaders|laggards)",
            "(compare|comparing) ..2 (momentum|return|performance|strength) (of|between|across|among)",
            "(each|every) (month|week|day|quarter) ..3 (hold|buy|pick|own|select|choose|keep) (the)? (best|top|"
            f"strongest|weakest|worst) ({NUMBER})? (..4 (momentum|return|performance|roc|strength|volatility|sharpe|"
            "performers|months))? (equal weight)?",
        ),
        (
            "relative strength index",
            "(best|top|highest|lowest) (high|low|close|band|stop|line|exit|entry|setting|settings|parameter)",
            "(top|lower|bottom|upper|highest|lowest) (# )?(bar|day|candle|period|band) ..1 (high|low|close|band|value)",
            "(top|lower|bottom|upper) band",
            "(top|bottom|upper|lower) (half|third|quarter|fifth|tenth|decile|#) (%)? (of)? ..1 (range|bar|candle|day)",
            "(in|at|near|into|within) (the|its) (top|bottom) (half|third|quarter)",
            "(top|bottom) (half|third|quarter|quintile|decile) (=|:|is)? (out|in|sell|buy|exit|long|short|cover|"
            "flat|enter)",
            "(close|closes|closing|finishes|price|it) ..1 (in|near|inside|into|within) ..1 (top|bottom|upper|lower) "
            "(half|third|quarter|fifth|tenth)",
            "(top|lower|bottom|upper|highest|lowest) (# (%|percent)?|half|third|quarter|fifth|tenth) of (the|its|this|"
            "that)? ..4 (bar|candle|range|bars|days range|day)",
            "(add|adding|average|pyramid) ..2 winners",
            "percentile rank",
            "(whichever) (is|comes|happens|hits|occurs|was)? (the)? (first|sooner|earlier|earliest|faster)",
            "(half|third|quarter) of (its|the|that|this|todays|yesterdays|a|each|range|bar|candle)",
        ),
        definition=True,
    ),
    Element(
        "dynamic_universe",
        "universe.dynamic",
        "the universe of a spec is a fixed list: a changing one needs point-in-time membership, and today's list "
        "would carry survivorship bias",
        "name the assets; mind that those picked today are the survivors",
        (
            "(the|all|any of the)? (top|biggest|largest|most liquid|most traded|most volatile|leading|first) "
            f"{NUMBER} ..2 (coins|stocks|cryptos|cryptocurrencies|assets|etfs|tokens|perps|pairs|names|alts|"
            "altcoins|markets|symbols|by volume|by market cap|by mcap|by liquidity|companies|futures|instruments|"
            "contracts) ((by|on|in|with|of|ranked) ..3 (volume|market cap|mcap|liquidity|capitalization|turnover|"
            "hyperliquid|binance|open interest|bybit|coinbase|nasdaq|nyse))?",
            f"(top|biggest|largest) {NUMBER} ..2 (by|in) (market cap|mcap|volume|24h volume|liquidity|daily volume|"
            "dollar volume|market capitalization|market capitalisation|turnover)",
            f"{NUMBER} (most|biggest|largest|top) (liquid|traded|volatile|active|popular|valuable)? ..1 (coins|"
            "stocks|cryptos|assets|tokens|perps|pairs|names|alts|altcoins|markets|companies|etfs|by)",
            "(all|every|any|each|entire|whole)! ..1 (of)? (the|listed|us|usdt|tradable|available|crypto|binance|"
            "hyperliquid|spot|liquid|large cap|small cap|tech|major)?(coins|stocks|pairs|perps|tokens|alts|"
            "altcoins|cryptos|cryptocurrencies|stock|crypto pair|usdt pair|coin on|equities|perp|futures|altcoin|"
            "companies)! (on|in|listed on|of)? (binance|hyperliquid|bybit|the exchange|the market|nasdaq|nyse|the "
            "s & p|coinbase|the list|the index|okx|kraken)?",
            "(every|any|all|each) (coin|stock|token|perp|altcoin|crypto|pair|ticker|alt)! (on|in|with|that|listed|"
            "i can|available|above|over|under|which|whose)",
            "(all|every|each|any)? (of)? (the)? (s & p|sp500|sp 500|nasdaq|dow|russell|nikkei|ftse|dax|nifty) (500|"
            "100|1000|2000|3000|30|50|225|40|jones)? (stock|member|component|constituent|universe|companies|name|"
            "ticker)",
            "(members|constituents|components|stocks) (of|in) (the)? (s & p|sp500|nasdaq|dow|russell|index|nifty|"
            "dax|ftse) (500|100|1000|2000|30|50)?",
            "(screen|screener|scan|scanner|scanning|screening) (for|the|all|of|stocks|coins|market|across)? ..3 "
            "(stock|coin|market|ticker|asset|symbol|pair)?",
            "(new|newly|recently) (listed|listing|launched|listings|launch) (coin|token|stock|perp|pair)?",
            "(whole|entire) (market|crypto market|universe|stock market|exchange)",
            "(market cap|mcap|market capitalization|24h volume|daily volume|dollar volume) (above|over|>|under|"
            "below|<|greater than|at least|between|less than|of at least|more than) ..1 # ..1 (million|billion|m|b|"
            "k|mil)?",
            "(universe) (of|is|changes|updated|rebalanced|refreshed|selection|filter) ..2 (dynamic|monthly|weekly|"
            "liquid|all|top)",
            "(delist|delisted|survivorship) (coin|stock|bias|free)?",
        ),
        (
            "(all|every|each|any) ..2 (three|four|five|six|listed above|of them|of these|these|those|below)",
            "all pairs (above|below|listed)",
        ),
        definition=True,
    ),
    Element(
        "pair_trade",
        "role.pair",
        "a spec decides on one asset at a time: pairs, spreads, ratios of two assets and arbitrage are out of its "
        "reach",
        "a rule on each asset alone, or a market that is itself quoted as the ratio",
        (
            "(pairs|pair) (trade|trades|trading|strategy|arbitrage|spread)",
            "(statistical arbitrage|stat arb|stat~arb|triangular arbitrage|latency arbitrage|cross exchange|"
            "exchange arbitrage|index arbitrage|merger arbitrage|arbitrage|arbitraging|arb)! (between|opportunity|"
            "bot|strategy|across|on|trade)?",
            "(cointegrate|cointegrated|cointegrating|cointegration|co integrated|co integration) (pair|with|test|"
            "between|spread)?",
            "(spread|ratio|price difference|gap|difference|basis|premium) (between|of) (btc|bitcoin|eth|ethereum|"
            "sol|gold|silver|spy|qqq|oil|two|the two|both|spot|binance|coinbase|coke|exchange|wti|brent|kimchi|ko|"
            "perp|the perp) ..2 (and|to|over|vs|versus|/|coin|asset|stock|exchange|price|pair|etf|future)?",
            "(btc|eth|gold|bitcoin|ethereum|sol|copper|silver|qqq|spy) (/|to|vs|versus|over) (btc|eth|silver|gold|"
            "spy|qqq|sol|ethereum|bitcoin|iwm|tlt) (ratio|spread)",
            "(eth btc|gold silver|btc eth|ethbtc|sol eth|btc gold|copper gold|spy tlt) (ratio|spread)",
            "(pairs|pair)! (:|-) ..1 (long|short|buy|sell)",
            "(the|eth btc|btc eth|price|pair|pairs|that|this|their) (ratio|spread)! (z score|zscore|z) (#)? ..1 (<|>|"
            "above|below|under|over|at|is|crosses) (=)? (-)? #",
            "(the|when the|if the) ratio! ..2 (z score|zscore) (#)?",
            "ratio (of|between) (the)? ..1 (two|both|btc|eth|gold|bitcoin|asset|coin)",
            "(price|log|their|the pair|the pairs)! ratio",
            "(z|z score|zscore) of (the|their) ..1 (ratio|spread|difference)",
            "(market|beta|dollar|sector|delta)! neutral (strategy|portfolio|long short|pair)?",
            "(kimchi|coinbase|exchange) premium",
            "(relative value|hedge ratio|mean reverting spread|long short equity|long/short equity|long leg|short "
            "leg|both legs|two legs)",
        ),
        (
            "trading pair",
            "arb (1h|2h|4h|8h|12h|1d|15m|30m|5m|daily|hourly|weekly)",
            "(currency|fx|forex|crypto|usdt|major) pair",
            "(bid ask|bid / ask) spread",
        ),
        definition=True,
    ),
    Element(
        "other_asset",
        "role.other_asset",
        "a spec reads the candles of the asset it trades, not those of another market",
        "the same filter on the traded asset itself",
        (
            "(btc|bitcoin|eth|spy|nasdaq|vix|dxy|s & p)! (trend|regime|market)? (filter|as (a|the)? filter|as (a|"
            "the)? regime|as (a|the)? trend|as confirmation|as benchmark filter|confirmation|correlation filter|"
            "leads|is bullish|is bearish|health|direction)",
            "(btc|bitcoin|usdt|eth|stablecoin|altcoin)! (dominance) ..2 (falls|rises|rising|falling|below|above|"
            "drops|down|up)? (#)? (%)?",
            "(btc . d|btc · d|total2|total3|total market cap|crypto market cap|altcoin season|altseason|alt "
            "season) (index)?",
            "(vix|vvix|dxy|us10y|us 10y|move index|skew index|dollar index|dvol|bvol)! (is|index|closes|goes|drops|"
            "rises|spikes|falls|stays|was|trades|crosses)? (below|above|under|over|<|>|at|down|up|high|low|rising|"
            "falling|spike|less than|greater than)? ..1 (#|its)?",
            "(market breadth|breadth|advance decline|advance/decline|advance / decline|ad line|mcclellan|trin|arms "
            "index|new highs new lows|percent of stocks|percentage of stocks|# % of (stocks|coins|assets)|stocks "
            "above their|coins above their|equity put)",
            "(sector|industry|peer|peers|another (coin|asset|stock|market|symbol|ticker|pair)|a different (asset|"
            "coin|stock)|other (coin|asset|market)) (is|are|index|strength|trend|confirm|closes|goes|above|"
            "below)",
            "(sector|industry) etf (is|closes|goes|trades|above|below|over|under|confirms)",
            "(when|if|while|only if|unless|provided|as long as) (the)? (overall|broad|broader|general|wider|whole|"
            "stock|crypto) market (is|trades|goes|closes|in|drops|rallies|trend)",
            "(beta) (to|of|vs|against|weighted) ..1 (btc|spy|market|index|bitcoin|s & p)?",
        ),
    ),
    Element(
        "correlation",
        "role.correlation",
        "correlation between assets cannot be computed in a spec",
        "limits on open positions or on total exposure",
        (
            "(rolling|low|high|negative|positive|inverse|inversely)? (correlation|correlated|correlations|"
            "correlate|correlates|uncorrelated|decorrelated|autocorrelation|decoupled|decouples|decoupling) "
            "((between|with|to|of|above|below|matrix|filter|from|coefficient) ..2)? ((above|below|<|>|under|over) "
            "#)?",
        ),
    ),
)
