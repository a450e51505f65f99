"""Words of how much: equity, size, risk, leverage, limits."""

from __future__ import annotations

from agent.language.builtin.lexicon.terms import Term

STAKES: dict[Term, str] = {
    Term("equity"): """
        equity | eq | the book | my book | of the book | bag | stash | dough | nest egg | money | capital | account
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
    Term("leverage"): "leverage | lev | leveraged | levered | gearing",
    Term("max"): """
        max | maximum | limit | cap | capped | at max | up to | max of | limited to | limit to | not exceed""",
    Term("exposure"): "exposure | total exposure | gross exposure | exposed | overall exposure",
    Term("drawdown"): """
        drawdown | max drawdown | dd | maximum drawdown | equity drawdown | kill switch | killswitch
        | circuit breaker""",
    Term("halt"): "stop trading | halt trading | quit trading | then stop trading | then halt",
    Term("positions"): """
        positions | open positions | concurrent positions | trades at once | open trades | simultaneous positions
        | concurrent trades | positions open""",
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
        | all my equity | full port | entire equity""",
    Term("vol_target"): """
        vol tgt | volatility tgt | volatility target | vol target | target vol | target volatility | vol targeting
        | volatility targeting | target an annual volatility | annualised vol target | annual vol
        | annualized volatility | annual volatility | target volatility of | annualised volatility | annualised vol
        | annualized vol""",
    Term("kelly"): "kelly | kelly criterion | kelly fraction",
}
