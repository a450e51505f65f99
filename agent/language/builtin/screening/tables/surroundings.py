"""Elements around a strategy: taxes, interest, messages, other people's trades, links."""

from __future__ import annotations

from agent.language.builtin.screening.elements import Element

SURROUNDINGS = (
    Element(
        "tax",
        "costs.tax",
        "taxes are not computed",
        "the result before tax",
        (
            "(capital gain|income|withholding|stamp|transaction)? (tax|taxes|taxation|taxed|taxable|after tax|pre "
            "tax|wash sale rule|tax loss harvesting) (rate|drag|cost|loss|harvesting|on|of|efficient|free|at)? (#|"
            "profits|gains)? (%)?",
        ),
    ),
    Element(
        "inflation",
        "costs.inflation",
        "inflation is not computed: results are in nominal money",
        "the nominal result",
        (
            "(inflation) (adjusted|adjustment|adjust|rate)?",
            "(adjust|adjusted|adjusting|account|correct) for inflation",
            "(real|inflation adjusted) (return|terms|performance)",
        ),
        ("inflation (data|print|report|number|figure|rate|expectations|is|rises|falls)",),
    ),
    Element(
        "borrow_cost",
        "costs.borrow",
        "borrow interest and margin interest are not computed; perpetuals are charged funding",
        "a perpetual market, where funding stands for the cost of leverage",
        (
            "(borrow|borrowing|loan|margin|short borrow|stock borrow|lending|financing|locate|overnight financing|"
            "swap) (interest|cost|fee|rate|charge|costs|fees)",
            "(interest) (on|for|cost|costs|charged|payments|of) ..2 (loan|margin|leverage|borrowed|cash|the short|"
            "debt)?",
            "(cash|idle cash|uninvested cash) ..1 (earns|earn|yields|interest|at)",
            "(swap|rollover|carry) (fee|rate|cost|costs|points|charge)",
        ),
        ("open interest", "interest rate (hike|cut|decision)"),
    ),
    Element(
        "alert",
        "alerts.notify",
        "a strategy sends no messages: alerts by mail, phone or chat are outside a spec",
        "the backtest's list of trades",
        (
            "(send|text|email|e mail|mail|notify|alert|message|ping|call|tell|warn|whatsapp|sms|dm|push)! (me|us|"
            "my phone|an (alert|email|sms)|a (message|notification|text|alert|telegram|push notification|mail)|"
            "alerts|notifications|emails)",
            "(send|text|email|e mail|mail|forward|post|share|publish) (the|my|a|all|this|it)? ..2 (result|results|"
            "report|"
            "trades|summary|backtest|signals|list|spec) (to|on|in|by) ..3",
            "(telegram|discord|slack|email|sms|push|whatsapp|phone|webhook|tradingview) (alert|message|"
            "notification|bot|ping)",
            "(alert|notification|alerts) (by|via|to|on|when|over|through)",
            "(webhook|push notification|notify me)",
        ),
        (
            "(send|tell|show|give) (me|us) (the|a|my|how|what|why|about|when you|if it|your|results|which|all|more|"
            "some|report|result|back)",
        ),
    ),
    Element(
        "copy_trading",
        "role.copy",
        "the trades of another trader or service are not part of the data",
        "the rule behind those trades",
        (
            "(copy|copying|mirror|mirroring|follow|following|clone|replicate|shadow) (trade|trades|trading|trader|"
            "the trades of|the wallet|the positions of|wallet|wallets|whales|smart money wallet|signals "
            "from|signals of|"
            "the signals|a trader|top traders|hedge funds|buffett|pelosi|this trader|the best traders|this wallet|"
            "leaderboard)!",
            "(stop losses|stops|position|order|liquidation|entries) of (every|all|each|the|most|many)? ..1 "
            "(other|others|retail|"
            "everyone|everybody|trader)",
            "where ..2 (trader|people|retail|others|everyone|longs|shorts) ..2 (have|put|place|set|keep|hide) ..1 "
            "(stop|stops|"
            "stop losses|order|orders|their stops|limit)",
            "(signal|signals) (group|service|provider|channel|from telegram|from discord)",
        ),
        code="NO_DATA",
    ),
    Element(
        "web_link",
        "data.link",
        "links are not opened and foreign scripts are not read",
        "the rule in plain words",
        (
            "(http|https) : / / (www ·)? ..1",
            "www ·",
            "(youtube|tiktok) (video|channel|clip)?",
            "(this|my|the|attached|following|a) (youtube|video|pine script|pinescript|tradingview script|"
            "easylanguage|mql4|mql5|mql|screenshot|image|chart image|picture|video|youtube video|pdf|attachment)!",
        ),
    ),
)
