"""Words of a position: what is traded and how, how much, and what protects it."""

from __future__ import annotations

from agent.language.builtin.lexicon.terms import Term

ORDERS: dict[Term, str] = {
    Term("market", "perp"): "perp{,s} | perpetual{,s} | futures | perpetual futures | perpetual swap{,s} "
    "| each future | every future | per future | future{,s} contract{,s} | perpetual future | perp future",
    Term("market", "spot"): "spot | spot market | spot only | spot only account | spot account",
    Term("limit"): """
        limit order | limit orders | limit entry | limit buy | with a limit | buy limit | sell limit | limit sell
        | buy with a limit | limit entries | limit""",
    Term("fill", "next_open"): """
        next open | next bars open | at the open | open of the next bar | next bar open | next candle open
        | next days open | on the open | at next open | open next day | next morning | next day open
        | at the next open | on the next bar | next bar | next candle | following open | tomorrows open fill""",
    Term("fill", "close"): """
        at the close | on the close | market on close | moc | at the closing price | fill{,s,ed} {at,on} close
        | fill{,s,ed} {at,on} the close | fill{,s,ed} {at,on} bar close | execut{e,es,ed} {at,on} close
        | execut{e,es,ed} {at,on} the close | fill = close | fill: close""",
    Term("fill", "vwap"): """
        fill{,s,ed} {at,on} vwap | fill{,s,ed} {at,on} the vwap | execut{e,es,ed} {at,on} vwap
        | execut{e,es,ed} {at,on} the vwap | fill = vwap | fill: vwap""",
    Term("benchmark"): "buy and hold | buy & hold | buy n hold | buy hold | hodl | buy and hold it",
}

STAKES: dict[Term, str] = {
    Term("equity"): """
        equity | eq | acct | accnt | my acct | port | the port | of book | my port
        | the book | my book | of the book | bag | stash | dough | nest egg | money | capital | account
        | portfolio | balance | bankroll | my money | stack | funds | net worth | my account | total equity
        | account size | wallet | cash balance | account equity | my capital | nav of account | buying power
        | account balance | my portfolio | my stack | my equity | my funds | my balance | total capital | the pot
        | pot""",
    Term("each"): """
        per trade | each trade | every trade | a trade | per position | each position | a position | per entry
        | each time | each | at a time | every time i buy | per buy | apiece | per signal | each one | per coin
        | per asset | a pop | per order | every position | each asset | each coin | each entry | on each""",
    Term("risk"): "risk | risking | at risk | on the line | at stake | risked | risk per trade | risks",
    Term("size"): """
        size | sizing | qty | quantity | position size | position sizing | stake | allocate | allocation | invest
        | use | bet | positions of | position | trade size | put | order size | commit | deploy | weight
        | exposure of | allocating | bet size | risk size | sized | lot size | spend | each position size
        | size each""",
    Term("leverage"): "leverage | lev | leveraged | levered | gearing | geared",
    Term("max"): """
        max | maximum | limit | cap | capped | at max | up to | max of | limited to | limit to | not exceed""",
    Term("exposure"): "exposure | total exposure | gross exposure | exposed | overall exposure",
    Term("drawdown"): """
        drawdown | max drawdown | dd | maximum drawdown | equity drawdown | kill switch | killswitch
        | circuit breaker""",
    Term("halt"): "stop trading | halt trading | quit trading | then stop trading | then halt",
    Term("stopless"): "stopless | stop-less",
    Term("positions"): """
        positions | open positions | concurrent positions | trades at once | open trades | simultaneous positions
        | concurrent trades | positions open | slot{,s}""",
    Term("equal_weight"): """
        equal weight | equally weighted | equal weights | equal size | equal amounts | split equally | evenly
        | equal split | equal parts | equal allocation | equally | split evenly | divided equally | equal-weight
        | equal shares""",
    Term("all_in"): """
        whole account | full account | entire account | full size | all capital | all my capital | full capital
        | all equity | all the capital | whole portfolio | entire portfolio | full portfolio | all of my capital
        | full equity | entire capital | whole capital | all my money | full balance | entire balance | all cash
        | everything in | with everything | with it all | everything i have | all i have | all i got
        | everything i got | everything ive got | the lot | the whole lot | fully invested | full allocation
        | full position | whole stack | the whole account | max size | 100 percent invested | all funds
        | all my equity | full port | entire equity | all of {the,my} {account,equity,capital,money,portfolio}""",
    Term("vol_target"): """
        vol tgt | volatility tgt | volatility target | vol target | target vol | target volatility | vol targeting
        | volatility targeting | target an annual volatility | annualised vol target | annual vol
        | annualized volatility | annual volatility | target volatility of | annualised volatility | annualised vol
        | annualized vol""",
    Term("kelly"): "kelly | kelly criterion | kelly fraction",
}

PROTECTIONS: dict[Term, str] = {
    Term("stop"): """
        stop loss | stoploss | stop | stops | sl | hard stop | s/l | protective stop | initial stop | fixed stop
        | cut loss | cut losses | cut the loss | cut the losses | cut my loss | cut my losses | cut it off | cut
        | stop out | stopped out | stop-loss | stop level | stop distance | loss | loss limit | cut it
        | catastrophic stop | emergency stop | hard stop loss | stop order | stop at | disaster stop | max loss
        | static stop""",
    Term("target"): """
        take profit | takeprofit | tp | target | profit target | profit | take profits | price target | t/p
        | targets | gain | take gains | profit taking | book profit{,s} | take profit target | limit profit
        | in profit | of profit | roi | profit of | bank | take some | let it go to | let it run to | let it ride to
        | run it to | pt | tgt | target profit | take-profit | lock in | scalp | takes profit | lock profits
        | cash in""",
    Term("trail"): """
        trailing stop | trailing stop loss | trailing sl | trail | trails | trailing | trailing stoploss | trail stop
        | trail by | trailed | trail it | tsl | trailing exit | stop trailing | chandelier | chandelier exit
        | chandelier stop | trailing-stop | trailed by""",
    Term("breakeven"): """
        breakeven | break even | break-even | be stop | stop to entry | stop at cost | stop to cost
        | stop to breakeven | stop to break even | stop at entry
        | stop at break{ ,}even | stop at be | stop into entry | sl to entry | sl to breakeven | sl to be | sl to cost
        | b/e | stop to be | move to be""",
    Term("partial"): """
        partial | scale out | scaling out | partial exit | take partial | take half | sell half | close half
        | exit half | take half off | half off | half comes off | half goes off | half out""",
    Term("time_limit"): """
        time stop | time exit | time limit | timed exit | time based exit | max hold | max holding | maximum holding
        | holding period | hold time | max hold time | maximum hold | time-stop | holding time | max holding period
        | max bars | max bars held | timeout | max duration""",
    Term("cooldown"): """
        cooldown | cool down | cooling off | wait | pause | sit out | sits out | stand down | sit on my hands""",
    Term("rr"): """
        reward | payoff ratio | reward ratio | risk reward ratio | reward risk ratio | risk reward | rr
        | risk to reward | reward to risk | r:r | reward risk | risk/reward | r/r | reward:risk
        | risk:reward""",
    Term("r", 1.0): "1r",
    Term("r", 2.0): "2r",
    Term("r", 3.0): "3r",
    Term("r", 1.5): "1.5r",
}
