"""Words of what protects a position: stops, targets, trailing, breakeven, parts, time."""

from __future__ import annotations

from agent.language.builtin.lexicon.terms import Term

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
        trailing stop | trailing stop loss | trailing sl | trail | trailing | trailing stoploss | trail stop
        | trail by | trailed | trail it | tsl | trailing exit | stop trailing | chandelier | chandelier exit
        | chandelier stop | trailing-stop | trailed by""",
    Term("breakeven"): """
        breakeven | break even | break-even | be stop | stop to entry | stop at cost | stop to cost
        | stop to breakeven | stop to break even | stop at entry | stop to be | move to be""",
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
        risk reward | rr | risk to reward | reward to risk | r:r | reward risk | risk/reward | r/r | reward:risk
        | risk:reward""",
    Term("r", 1.0): "1r",
    Term("r", 2.0): "2r",
    Term("r", 3.0): "3r",
    Term("r", 1.5): "1.5r",
}
