"""Elements that need a feed no candle carries: news, sentiment, fundamentals, the economy, the chain."""

from __future__ import annotations

from agent.language.builtin.screening.elements import Element

CANDLE_RULE = "a rule on open, high, low, close or volume"
AROUND = (
    "((avoid|no|not|dont|do not|never|skip|stop|pause|flat|only) ..4 (during|around|before|after|on|into|through|"
    "ahead of|over|at|week of|day of))?"
)

FEEDS = (
    Element(
        "news",
        "data.news",
        "news is not part of the data",
        CANDLE_RULE,
        (
            f"{AROUND} (good|bad|positive|negative|breaking|bullish|bearish|major|big|high impact|important|red "
            "folder|market moving|fresh|crypto|economic|macro|the|any)? ..1 (news|headline) (event|release|time|"
            "hour|flow|feed|filter|announcement|catalyst|day|is|are|sentiment)? (positive|negative|good|bad|"
            "bullish|bearish)?",
            "(press release|news~paper|bloomberg|reuters|coindesk)",
            "(announcement|catalyst|rumor|rumour|partnership|listing announcement|exchange listing)",
        ),
        code="NO_DATA",
    ),
    Element(
        "sentiment",
        "data.sentiment",
        "sentiment and social media are not part of the data",
        CANDLE_RULE,
        (
            "((positive|negative|bullish|bearish|market|crowd|social|news|twitter|retail|extreme|investor) "
            ")?sentiment (score|index|indicator|analysis|is|turns|data|reading|filter|extreme)? (positive|negative|"
            "bullish|bearish)?",
            "(extreme)? (fear (and|n|&|/) greed|fear greed) (index|indicator|reading|score)? ..2 (#)?",
            "extreme (fear|greed)",
            "(tweet|tweets|tweeted|tweeting|twitter|x post|reddit|wallstreetbets|wsb|stocktwits|tiktok|instagram|"
            "facebook post|telegram channel|discord channel|google trends|google search)",
            "(social) (media|volume|mention|buzz|hype|dominance|score|activity)",
            "(influencer|elon|musk|trump|vitalik|saylor|celebrity|jim cramer|cramer) ..2 (tweet|tweets|says|posts|"
            "post|mention|mentions|speaks|buys|sells|announces)?",
            "(hype|buzz|fomo|fud|mood) (is|score|index|high|level|of)",
            "(put/call|put / call|long/short|long / short|long short) (ratio|account ratio)",
        ),
        code="NO_DATA",
    ),
    Element(
        "fundamentals",
        "data.fundamentals",
        "fundamentals (earnings, valuation, dividends, filings) are not part of the data",
        CANDLE_RULE,
        (
            f"{AROUND} (quarterly|next|good|bad|strong|positive|the|any|after|before)? (earnings) (report|release|"
            "surprise|beat|miss|announcement|season|call|date|growth|day|yield|are|is|per share|week)?",
            "(eps|ebitda|roe|roic|roa|dcf|13f|form 4)!",
            "(trailing|forward|shiller|low|high|a|the)? (p/e|p / e|pe|price to earnings|price earnings|peg|p/b|p / b|"
            "price "
            "to book|price to sales|p/s|p / s|ev/ebitda|debt to equity|current ratio|payout) (ratio|multiple)?",
            "(pays|paying|high|dividend)? (dividend) (yield|stock|growth|payer|date|aristocrat|payment|capture|is|"
            "above)?",
            "(revenue|sales|profit|earnings) (growth|growing|beat|increase)",
            "(balance sheet|free cash flow|cash flow statement|income statement|book value|intrinsic value|fair "
            "value estimate|net income|profit margin|gross margin|operating margin)",
            "(fundamental|fundamentals|fundamentally) (strong|analysis|data|score|good|weak|sound|filter|rating|"
            "metric)?",
            "(undervalued|overvalued|valuation|cheap valuation|value stocks|growth stocks|quality stocks|small cap "
            "value)",
            "(analyst) (rating|upgrade|downgrade|target|estimate|recommendation)",
            "(insider|insiders|congress|politician|pelosi|buffett|institutional|hedge fund|institution|ceo) "
            "(buying|selling|buys|sells|filing|transaction|purchase|trades|holdings|ownership|sale|accumulation|"
            "flow|order)",
            "(insider|insiders|congress|politician|institution|executives|ceo) ..1 (filed|file|files|reported|"
            "disclosed|bought|sold|buy|sell|buys|sells)",
            "(form 4|13f|sec filing|insider filing)",
            "(short interest|short float|days to cover|float|short squeeze|buyback|share buyback|stock split|ipo|"
            "spin off|merger|acquisition)",
            "(market cap|market capitalization|market capitalisation|mcap|fdv|circulating supply)",
            "(piotroski|altman|magic formula|f score|z score altman|gross profitability)",
        ),
        ("(top|by|largest|highest|biggest|#) ..3 (market cap|market capitalization|market capitalisation|mcap)",),
        code="NO_DATA",
    ),
    Element(
        "economy",
        "data.economy",
        "economic figures and calendars are not part of the data",
        "session hours, weekdays or months, or " + CANDLE_RULE,
        (
            f"{AROUND} (the)? (cpi|ppi|fomc|nfp|gdp|pmi|ism|pce|jolts|ecb|boj)! (data|print|report|release|day|"
            "meeting|number|announcement|week|minutes|decision|is)?",
            f"{AROUND} (the)? (fed|federal reserve|central bank|powell) (meeting|announcement|speech|decision|"
            "minutes|speaks|pivot|cuts|hikes|rate|raises|lowers|day|is)?",
            f"{AROUND} (non farm payroll|nonfarm payroll|payroll|jobless claim|unemployment|retail sales|consumer "
            "confidence|housing starts|inflation (data|print|report|number|figure|rate|expectations|is|rises|"
            "falls)|job report|jobs report|jobs data)",
            f"{AROUND} (economic|macro|macroeconomic) (calendar|data|event|release|report|news|indicator|surprise|"
            "condition|regime|number)",
            "(interest rate|rate) (hike|cut|decision|differential|rise|rises|fall|falls|environment)",
            "(interest rates) (rise|fall|are|go|drop)",
            "(yield curve|treasury yield|bond yield|10y yield|10 year yield|us10y|credit spread widening|m2|money "
            "supply|global liquidity|recession)",
            "(halving|presidential election|election|opec) (date|cycle|year|day|meeting|is)?",
        ),
        ("(risk free) ..1 (interest)? rate",),
        code="NO_DATA",
    ),
    Element(
        "nav",
        "data.nav",
        "there is no net asset value (NAV) in the data, so no discount or premium to it",
        CANDLE_RULE,
        (
            "(trades|trading|is|at|on|when|with)? ..1 (a|its)? (discount|premium) ..2 (to|of|vs|over|below|against|"
            "versus|from) (its|the)? (nav|net asset value|fair value|book|intrinsic value|spot price|underlying)",
            "(nav)! (discount|premium|spread|is|gap)?",
            "net asset value ..1 (discount|premium)?",
            "(above|below|under|over) (the|its)? (nav|net asset value|inav)!",
            "(etf|fund|closed end fund|trust|gbtc) (premium|discount)",
        ),
        code="NO_DATA",
    ),
    Element(
        "on_chain",
        "data.on_chain",
        "on-chain data (wallets, flows, network figures) is not part of the data",
        CANDLE_RULE,
        (
            "(on~chain) (data|metric|flow|signal|indicator|activity|volume|analysis)?",
            "(whale|whales|smart money wallet) (wallet|moves|move|buying|selling|buy|sell|buys|sells|accumulate|"
            "accumulating|accumulation|alert|activity|transaction|transfer|order|inflow|deposit|dump|dumps|are|"
            "address)?",
            "(exchange|miner|stablecoin|etf|net|wallet|spot etf) (inflow|outflow|netflow|net flow|reserve|balance|"
            "flow)",
            "(mvrv|sopr|nvt|nupl|tvl|puell|cdd|lth|sth)! (ratio|multiple|z score|zscore|score|above|below)?",
            "(hash~rate|hash ribbon|mining difficulty|active address|new address|realized cap|realised cap|"
            "realized price|realised price|stock to flow|mempool|gas (fee|price)|network (growth|activity|value)|"
            "transaction count|dormancy|coin days)",
            "(token|coin|vesting) (unlock|burn|emission|supply)",
            "(total value locked|staking (yield|reward|apr)|airdrop|rug check|holder count|number of holders|"
            "liquidity pool|lp)",
        ),
        code="NO_DATA",
    ),
    Element(
        "calendar_event",
        "role.event",
        "a calendar of holidays and special dates is not part of the data",
        "weekday, day of the month, month or hour conditions",
        (
            "moon (is|was|phase)? (full|new)",
            "(market|public|bank|us|national)? (holiday|holidays)",
            "(christmas|thanksgiving|easter|chinese new year|santa claus|black friday|independence day|santa) "
            "(rally|week|day|effect)?",
            "(full|new) moon",
            "(moon phase|lunar|astrolog*|mercury retrograde|zodiac|planetary|solar cycle|sunspot)",
        ),
        code="NO_DATA",
    ),
)
