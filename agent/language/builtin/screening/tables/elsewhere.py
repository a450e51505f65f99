"""What this service does not do: secrets, other people, money, live trading, advice."""

from __future__ import annotations

from agent.language.builtin.screening.refusal_class import OFFER, Beside, RefusalClass

ELSEWHERE = (
    RefusalClass(
        "SECRETS",
        "Prompts, keys, passwords and settings of the service are not shown or taken here, and are not needed to "
        f"test a strategy; never type one into a chat. {OFFER}",
        (
            "(my|the|your|here is my|heres my|use my|with my) ..1 (api key|apikey|api secret|secret key|private "
            "key|seed phrase|password|passphrase|mnemonic|login|credential)",
            "(system prompt|your prompt|your instructions|hidden prompt)",
        ),
        (),
        Beside(
            "secrets",
            "OUT_OF_SCOPE",
            "execution.credentials",
            "keys and passwords are not taken in a chat and not needed for a test",
            "leave them out",
        ),
    ),
    RefusalClass(
        "PRIVATE",
        "Strategies, accounts and data of other people are not open to anybody but their owner. Tell me the rule "
        "itself and I test it as yours.",
        (
            "(other|another|someone elses|somebody elses|everyones|other peoples) ..1 (user|users|account|accounts|"
            "customer|customers|client|clients|owner|owners|tenant|tenants) ..2 (strategy|data|account|portfolio|"
            "trade|position|wallet|result)?",
            "(strategy|strategies|data|account|portfolio|trades|positions|run|runs|result|results|versions|thread|"
            "threads|backtest|backtests) (of|by|from|belonging to) (the)? (user|customer|client|member|owner)",
            "(user|customer|client|member) ..1 (strategy|strategies|portfolio|trades|positions|runs|results|threads|"
            "backtests|versions)",
            "(what|which) ..2 (other|all) (user|users|people|customers|clients|traders) ..2 (trade|trading|hold|"
            "holding|use|using|doing|have|run|running)",
        ),
        (),
        Beside(
            "other_owner",
            "OUT_OF_SCOPE",
            "data.other_owner",
            "what belongs to another owner cannot be read",
            "say the rule itself",
        ),
    ),
    RefusalClass(
        "FUNDS",
        "I cannot move money, connect an exchange or broker account, or take keys: I only build and test "
        f"strategies, and paper-trade them. {OFFER}",
        (
            "(withdraw|transfer|send|wire|deposit|bridge|move|cash out|pay out) ..4 (fund|money|balance|usdt|usdc|"
            "btc|eth|coin|crypto|capital|profit|dollar|savings|everything|bitcoin) ..4 (wallet|address|account|"
            "exchange|binance|bybit|coinbase|kraken|okx|bank|broker|metamask|ledger|0x*|paypal)",
            "(withdraw|wire|deposit|cash out) (all|my|the|some|#|$|everything) ..2 (fund|money|balance|usdt|usdc|"
            "btc|eth|coin|profit|savings|capital)?",
            "(connect|link|hook|hook up|attach|plug|log in|login|log into|sign in|sync|integrate|access) ..2 (to|"
            "into|with)? (my|the|our)? ..1 (exchange|broker|binance|bybit|coinbase|kraken|okx|metamask|wallet|"
            "brokerage|bank|ibkr|interactive brokers|robinhood|mt4|mt5|metatrader|alpaca|kucoin|account)",
            "(borrow|take a loan|get a loan|mortgage) ..4 (money|usdt|cash|house)",
        ),
        (
            "(withdraw|transfer|wire|deposit) (fee|cost|limit)",
            "(account|exchange) (for)? (fee|cost|slippage)",
            "(access|connect|link|sync) ..2 (line|low|high|dots)",
        ),
        Beside(
            "funds",
            "OUT_OF_SCOPE",
            "execution.account",
            "moving money and connecting accounts is outside a strategy and outside this service",
            "test the rule first, on paper",
        ),
    ),
    RefusalClass(
        "LIVE",
        "I do not trade live or with real money: a message cannot start that, and no order is sent from here. I "
        "can build the strategy, test it and paper-trade it on new candles.",
        (
            "(trade|trading|go) live with (real|actual|my) (money|funds|cash|account)",
            "(place|submit|send|fire|route) (a|an|the|my)? (market|limit|buy|sell|live|real)? (order|trade) (for|"
            "of|to buy|to sell|to long|to short) (#|my|some|a|one|all) (btc|eth|sol|bitcoin|ether|coin|share|"
            "contract|usd|usdt|dollars|doge)",
            "(trade|trading|run|running|deploy|execute|executing|start|go|going|put|make|take|turn|launch|use|"
            "switch|set) ..3 (live)! (now|on|with|trading|mode|today|account|market|for real|immediately|right "
            "away|please|tomorrow)?",
            "(live|real)! mode (on|now|please)?",
            "(live|real) (trading|trade|execution|order|deployment|account|bot|trader)",
            "(with|using|use|for|trade|risk|invest|put in|on) ..1 (real|actual|my own|my) (money|cash|funds|"
            "account|savings)! (now|today|please)?",
            "(place|send|submit|fire|route|put in|make) (real|live|actual|the|an|a|my|some|market) (order|trade) "
            "(now|for me|on|to|today|for real|right now|at binance)",
            "(buy|sell|short|long|purchase|order|close|dump) (me)? ..4 (for me|right now|now please|immediately|on "
            "my (binance|account|behalf|exchange)|from my account|for real|with my (money|savings|account|card))",
            "(auto~trade|autotrade|automate|automatically trade|trade automatically|trade) ..4 (on my|for me|on "
            "binance|on bybit|on coinbase|my account|behalf)",
            "(unleash|let it|start) (trade|trading) (now|for real|live)",
            "for real (money|this time|now)",
        ),
        (
            "(live|real) (data|price|chart|feed|candle|time|body|volume|example|trader result)",
            "(not|dont|do not|no|never|without|before|instead of|isnt|wont) ..3 (live|real money|real)",
            "(goes|go|went) live (with|on) ..1 (news|etf|mainnet)",
            "(is|was|are) (it|this|that|there) ..3 (live|real)",
            "(ready|good enough|safe enough|solid enough|fit|strong enough|robust enough) ..3 (live|real "
            "money|real|deploy)",
            "(should|can|could|would|shall) i ..4 (live|real money|my money|real)",
            "with my (money|cash|account) ..1 (management|size|at|of|risk|equity)",
            "(#|%) of (my|the) (money|cash|funds|account)",
            "(trade|risk|use|put in|with) ..1 my (account|money|funds|cash|savings) ..1 (size|equity|%|is|=|per|#)",
        ),
        Beside(
            "live",
            "OUT_OF_SCOPE",
            "execution.mode",
            "live trading cannot be started by a message: the strategy runs in tests and on paper",
            "test it, then paper-trade it",
        ),
    ),
    RefusalClass(
        "ADVICE",
        "I do not predict prices and give no advice on what to buy: I can only test rules on past candles. Name a "
        "market and a rule, and I tell you how it would have done, with costs and losses.",
        (
            "(what|where) (will|is|are|would|do you think) ..6 (do|go|going|be|trade|happen|head|heading|worth|"
            "stand|end) ..3 (next|tomorrow|this week|this month|this year|in #|by|today|in the|in a|from here|soon|"
            "end of|now)",
            "(what|where) (will|is|are) (btc|bitcoin|eth|ethereum|the market|crypto|price|gold|stocks|sol|it|the "
            "price) ..3 (going|heading|headed|do|be|worth|go)! (to)?",
            "(will|is|does|can) (btc|bitcoin|eth|ethereum|the market|crypto|price|gold|sol|solana|doge|xrp|stocks|"
            "tesla|the price|nvidia|the stock market) ..2 (go|going|rise|fall|crash|moon|pump|dump|recover|hit|"
            "reach|drop|keep|continue|bottom|a good|bottomed|topped|overvalued|a buy)",
            "(price|market) (prediction|forecast|outlook|target for|prognosis)",
            "(predict|forecast|foresee|guess|tell me) ..4 (price|market|btc|bitcoin|eth|future|direction|next "
            "(week|month|year|day|move)|tomorrow)",
            "(which|what) (coin|stock|crypto|token|asset|altcoin|etf|share|cryptocurrency|alt|memecoin) ..3 "
            "(should|to buy|will|do i|do you|is the best|is best|can i|would you|could|pumps|moon|explode|next)",
            "what (should|shall|can|do) (i|we) (buy|invest|sell|trade|short|long|purchase|put)",
            "(should|shall|can) (i|we) (buy|sell|hold|invest|short|long|get into|get out of|keep) ..3 (btc|bitcoin|"
            "eth|ethereum|gold|sol|solana|doge|tesla|stock|crypto|now|today|it now|coin|nvidia|xrp|my|or)",
            "(is|are) (it|now|btc|bitcoin|eth|gold|this|tesla|sol|stocks) ..3 (good|right|bad|best|smart) (time|"
            "moment|buy|investment|idea to buy)",
            "(best|hot|hottest|top|good) (coin|stock|crypto|token|altcoin|cryptocurrency|share) (to|for|right now|"
            "now|this|of the|tip|pick)",
            "(stock|crypto|coin|trading|hot|investment) (tip|pick|recommendation|advice)",
            "(next|new) (#|100x|10x|1000x|moon|big) (coin|gem|token|stock|crypto|altcoin|thing)",
            "(when moon|wen moon|wen lambo|to the moon)",
            "(bull run|bear market|altseason|alt season|crash) (coming|start|starting|over|end|ending)",
            "(recommend|suggest|advise) ..2 (me)? (a|some|the|any)? ..1 (coin|stock|crypto|token|asset|altcoin|"
            "investment|etf)",
        ),
        (
            "(should|can) (i|we) (buy|sell|hold|long|short) ..4 (when|if|with this|at the open|on the)",
            "(what|where) (is|are|will) (the|my|it|this) ..2 (stop|target|entry|exit|strategy|spec|result|drawdown|"
            "sharpe|size)",
            "when (btc|bitcoin|price|it|the market)",
            "(price|market) target",
        ),
        Beside(
            "prediction",
            "OUT_OF_SCOPE",
            "advice.prediction",
            "prices are not predicted and nothing is recommended here: rules are tested on past candles",
            "test the rule instead",
        ),
    ),
)
