"""Elements that need derivatives, order books or fitted models."""

from __future__ import annotations

from agent.language.builtin.screening.elements import Element

CANDLE_RULE = "a rule on open, high, low, close or volume"

DERIVED = (
    Element(
        "open_interest",
        "data.open_interest",
        "open interest is not part of the data",
        CANDLE_RULE,
        (
            "(open interest|oi)! (is)? (rises|rising|rise|falls|falling|drops|increases|increasing|up|down|spikes|"
            "high|low|above|data|divergence|change|expands|flush|wipeout)?",
        ),
        code="NO_DATA",
    ),
    Element(
        "funding_signal",
        "data.funding",
        "funding is charged as a cost but is no series that a rule can read",
        CANDLE_RULE,
        (
            "(negative|positive|high|low|extreme|elevated|highly negative|very negative|very positive|deeply "
            "negative) (funding) (rate)?",
            "funding (rate)? (is|goes|turns|flips|gets|becomes|drops|rises|falls|spikes|stays|being|hits|was|has "
            "been|reaches|crosses|exceeds|>|<|above|below|under|over|negative|positive|extreme|resets) ..1 (very|"
            "highly|extremely|deeply|too)? (negative|positive|above|below|under|over|high|low|extreme|>|<|#)? ..1 "
            "(#)? (%)?",
            "(fade|fading|arbitrage|arb|collect|collecting|harvest|farm|farming|earn) ..2 funding (rate)?",
            "funding rate (arbitrage|arb|signal|filter|extreme|as|divergence)",
        ),
        code="NO_DATA",
    ),
    Element(
        "order_flow",
        "data.order_flow",
        "order flow, order book and footprint data are not part of the data",
        CANDLE_RULE,
        (
            "(order~flow|order~book|footprint|orderflow) (imbalance|data|depth|signal|chart|delta|pressure|wall|"
            "analysis|shows|skew|heatmap)? (..1 (bids|asks|buyers|sellers) ..8 (asks|bids|sellers|buyers))?",
            "(book|bid ask|bid/ask|bid / ask|order|depth) (imbalance|pressure|ratio|depth|wall|skew|volume)",
            "(cumulative)? (volume)? (cvd|cumulative delta|volume delta|cumulative volume delta|delta volume|bid "
            "delta|net delta)!",
            "(level 2|level ii|l2|l3|dom|market depth|depth of market|tape reading|time and sales|time & sales|"
            "dark pool|iceberg order|order absorption|absorption|bookmap|heatmap)! (data|print|chart)?",
            "(aggressive|passive|taker|maker|market) (buyer|seller|buying|selling|buy volume|sell volume|buy|sell) "
            "(volume|pressure|ratio|step in|take over|order)",
            "(buy|buying|sell|selling|ask|bid) (volume|pressure) ..2 (exceeds|greater|higher|above|vs|versus|over|"
            "more than|outweighs|dominates|>|/)",
            "(buy|sell) (wall|walls)",
            "(liquidation) (heatmap|level|cascade|data|cluster|map|spike|volume|event|wick|hunt)",
            "(large|big|block|institutional|whale|huge) (order|trade|print|sweep) (is|are|appear|show|hit|detected|"
            "in the book|on the bid|on the ask)?",
            "(large|big) (bids|asks|sellers|buyers) ..2 (step in|appear|show up|in the book)?",
            "(market maker|dealer) (positioning|flow|inventory|move)?",
        ),
        ("(max|limit|market|stop|buy|sell) order", "order (size|type)"),
        code="NO_DATA",
    ),
    Element(
        "options",
        "data.options",
        "options and the futures curve (chains, greeks, implied volatility, term structure) are not part of the data",
        "the volatility of the candles (ATR, realised volatility), or the underlying itself",
        (
            "(implied vol|implied volatility|iv rank|iv percentile|ivr|iv crush|vol surface|volatility surface|"
            "volatility smile|vol skew|volatility skew|put skew|risk reversal) (is|rank|percentile|above|below|"
            "high|low)?",
            "(put/call|put / call|put call|call put|pcr) (ratio|open interest|volume)",
            "(options|option|put|call|iv|smile|# delta)? skew (is|gets|goes|steepens|flattens|inverts)? (very|too)? "
            "(steep|"
            "flat|high|low|negative|positive|inverted|extreme)?",
            "(buy|sell|write|short|long|own|holding|hold)? (#|x|y|n|a|some)? ..1 (contract|contracts)? (of)? (the|a|"
            "an)? "
            "(#|atm|otm|itm|weekly|monthly|# dte|far|short dated|long dated)! (%)? (delta|dte|otm|itm|atm|day)? (put|"
            "puts|"
            "call|calls)!",
            "(gamma|delta|theta|vega|vanna|charm)! (exposure|hedge|hedging|squeeze|flip|neutral|scalping|decay|"
            "positive|wall|level)",
            "(gex|dex|0dte|leaps|max pain|opex)!",
            "(call|put|stock|index|weekly|short dated|atm|otm|itm|option) (option|chain|contract premium|premium|"
            "spread)",
            "(sell|buy|write|selling|buying|writing|short|long) ..2 (puts|calls|straddle|strangle|put spread|call "
            "spread|option|options|premium)!",
            "((sell|sells|selling|write|buy) ..3)? (covered|naked|cash secured|protective|married) (call|put) "
            "(against (it|the position))?",
            "(straddle|strangle|iron condor|iron butterfly|calendar spread|credit spread|debit spread|butterfly "
            "spread|wheel strategy|collar|strike price|the greeks|option greeks)",
            "(#|at|the|a|itm|otm|atm|nearest|next|higher|lower|same|each|which|of|delta) strike! (at|of|#|above|below|"
            "price|away)?",
            "strikes! (at|of|#|above|below|away)?",
            "(term structure|contango|backwardation|futures curve|roll yield|basis trade|cash and carry|calendar "
            "roll|front month|futures basis|spot futures basis|carry trade|back month|roll over the contract|"
            "contract rollover|futures rollover|rollover (date|day|week|yield|of the contract))",
            "(options|option) (expiry|expiration|flow|trading|strategy|market|data|volume|activity|expire)",
            "(quad|quadruple|triple) witching",
        ),
        ("(no other|another|second|first|this|that|which|other|optional|an) option", "(short|long) calls"),
        code="NO_DATA",
    ),
    Element(
        "machine_learning",
        "role.machine_learning",
        "machine learning and predictions by a model are no rule that a spec can hold",
        "the indicator rules you would have the model learn",
        (
            "(machine learning|deep learning|reinforcement learning|supervised learning|neural net|neural network|"
            "random forest|decision tree|gradient boosting|genetic algorithm|support vector machine|logistic "
            "regression|k nearest neighbor|nearest neighbors|knn|k means|naive bayes|autoencoder|transformer|"
            "ensemble model|lorentzian classification) (model|classifier|prediction|network|signal|strategy|that|"
            "filter|algorithm)? (..1 (predict|predicts|predicting|forecasts) (the|a)? (next)? (candle|bar|close|"
            "price|move|return|direction|day))?",
            "(lstm|xgboost|lightgbm|catboost|svm|rnn|gru|cnn|dqn|ppo agent|gan|mlp)! (model|network|prediction|"
            "classifier|forecast|to predict)?",
            "(ml|ai) (model|prediction|predictions|signal|forecast|classifier|algo|algorithm|agent|filter|predicts|"
            "predicted|decides|score|based)",
            "(let|have|make|use|using|ask) ..1 (ai|chatgpt|gpt|llm|gpt4|claude|gemini|a model|an llm|grok) ..1 "
            "(decide|predict|pick|choose|trade|tell|analyze|analyse|determine|find)",
            "(train|training|fit|fitting|trained) (a|an|the|my)? ..2 (model|network|classifier|agent|regression|"
            "predictor|algorithm)",
            "(model|algorithm|algo|ai|network|classifier) (predicts|predict|predicted|forecasts|forecast|says|"
            "expects|thinks|prediction|decides|outputs)",
            "(it|model|ai|net|network|prediction) (says|predicts|thinks|signals) (up|down|buy|sell|long|short|"
            "higher|lower) (with (>|<|at least|over|more than)? # (%)? (confidence|probability|certainty))?",
            "(with|at)? (>|<|at least|over|more than)? (#)? (%)? (confidence|certainty) (level|score)?",
            "(predicted|forecasted|forecast|expected) (price|return|direction|move|volatility|close|probability)",
            "(probability|odds|chance) of (an|a|the)? ..1 (up|down|rise|drop|profit|move|rally|success|reversal|"
            "breakout)",
        ),
    ),
    Element(
        "statistical_model",
        "role.statistical_model",
        "a statistical model that is fitted on the way (regimes, filters, spectra) is no indicator of the catalog",
        "a fixed indicator such as ADX, realised volatility or a long average as the filter",
        (
            "(hidden markov|markov switching|markov|markov regime) (model|chain|regime)?",
            "hmm (model|regime|state|filter)",
            "(regime) (detection|detector|switching|model|classification|classifier|identification|shift|change|"
            "clustering)",
            "(detect|identify|classify|determine|detecting) (the)? (market)? (regime)",
            "(kalman|particle|wiener|hp|hodrick prescott|savitzky golay|butterworth) (filter|filtered|smoother|"
            "smoothing)?",
            "(garch|arch model|arima|sarima|var model|ornstein uhlenbeck|prophet|fourier|wavelet|fft|hurst|entropy|"
            "half life|adf|augmented dickey fuller|principal component|pca|copula|bayesian|monte carlo signal|"
            "black scholes|lyapunov|fractal dimension|hilbert)! (model|exponent|transform|test|forecast|filter|"
            "analysis|of|above|below|signal)?",
        ),
    ),
)
