"""Verbs: of the market (crossing, breaking, moving, standing) and of the trader (buying, leaving, holding)."""

from __future__ import annotations

VERBS: dict[tuple[str, str | None], str] = {
    ("cross", None): """
        cross{,es,ed,ing,over,overs} | intersect{s,} | xover | recross{,es,ing} | crossups | cross over{s,}
        | crosess | croses | crossess | crosses through | cross through | crossing through | cuts | cut | cutting
        | cuts through""",
    ("cross", "down"): """
        crossunder{,s} | cross under | crosses under | crossing under | crossed under | down through | down thru
        | x dn | x down | xu | xdn | x under | recross{,es,ing} down | cross down | crosses down | crossing down
        | crossdown | crosses downward{,s} | crosses to the downside | crosses lower | crossed down
        | bearish cross{,over} | bear cross | crosses bearish | crosses bearishly | bearish crossing | bearish flip
        | downward cross | downside cross | negative cross | down cross | crosses down through | dead cross""",
    ("cross", "up"): """
        up through | up thru | x up | xo | xup | x over | recross{,es,ing} up | cross up | crosses up | crossing up
        | crossup | crosses upward{,s} | crosses to the upside | crosses higher | crossed up | bullish cross{,over}
        | bullish crossing | bull cross | crosses bullish | bullish macd cross | crosses bullishly | bullish flip
        | upward cross | upside cross | positive cross | up cross | crosses up through | reclaim{s,} | regain{s,}""",
    ("break", None): """
        break{,s,ing,out,outs} | brk{,s} | broke | broken | break out{,s} | breaks out | breaking out | broke out
        | pierce{,s} | bust{,s} | poke{,s} | punches through | pushes through | takes out | take out | taking out
        | clear{s,ing,} | breach{,es} | break through | breaks through | breaks thru | takes""",
    ("break", "up"): """
        break{,s,ing} up | breaks upward{,s} | breakup | upside break{,out} | breaks to the upside
        | bullish breakout | upward break{,out} | up break | break to the upside | breakout up""",
    ("break", "down"): """
        break{,s,ing} down | breakdown{,s} | breaks downward{,s} | downside break{,out} | breaks to the downside
        | bearish breakout | downward break{,out} | down break | break to the downside | breakout down""",
    ("event", None): """
        make{,s} | making | sets | posts | go{,es,ing} | went | turn{,s,ed,ing} | flip{,s,ped,ping} | move{,s,d}
        | moving | get{s,ting} | switch{,es} | come{,s} | tick{,s} | roll{s,ing} | start{,s} to go | starts going
        | pass{es,ing,}
        | head{,s}""",
    ("move", "up"): """
        rise{,s,n} | rising above | rose | climb{,s,ing,ed} | jump{,s,ed,ing} | rall{y,ies} | pop{,s,ped}
        | spike{,s,d} | surge{,s} | push{,es,ing} | shoot{,s} | rocket{,s} | pump{,s,ed} | bounce{,s,d}
        | recover{,s,ed,ing} | gain{,s,ed} | advance{,s,d} | increase{,s,d} | going up | goes up | move{,s} up
        | moving up | went up | trending up | turning up | heads up | ticks up | grow{,s}""",
    ("move", "down"): """
        drop{,s,ped,ping} | fall{,s,en} | fell | dip{,s,ped,ping} | sink{,s} | slip{,s,ped} | plunge{,s,d}
        | dive{,s} | tank{,s} | slide{,s} | decline{,s,d} | lose{,s} | lost | losing | dump{s,ed} | sell{s,} off
        | decrease{,s,d}
        | going down | goes down | move{,s} down | moving down | crash{,es} | went down | trending down
        | turning down | retrace{,s} | pull{,s} back | pulled back | ticks down | retreat{,s}""",
    ("turn", "up"): """
        turn{,s,ing,ed} up | flip{,s,ped,ping} up | curl{,s} up | hook{,s} up | turns upward{,s}
        | flip{,s} to up{,trend} | flips bullish | turn{,s,ed} bullish | goes bullish | turn{,s,ed} green
        | flip{,s,ped} green | goes green | goes long | flips long | turns long | flip{,s} bullish | switches up
        | changes to up{,trend} | signals up | says up | says buy | flips to buy | flips to bullish
        | gives buy
        | flips to green | turns to up{,trend} | flips to long | is green | gives a buy signal | buy signal | green""",
    ("turn", "down"): """
        turn{,s,ing,ed} down | flip{,s,ped,ping} down | curl{,s} down | hook{,s} down | rolls over
        | turns downward{,s} | flips bearish | turn{,s,ed} bearish | goes bearish | turn{,s,ed} red
        | flip{,s,ped} red | goes red | goes short | flips short | turns short | flip{,s} bearish | switches down
        | changes to down{,trend} | signals down | says down | says sell | flips to sell | flips to bearish
        | gives sell | flip{,s} to down{,trend} | flips to red | turns to down{,trend} | flips to short | is red
        | gives a sell signal | sell signal | red""",
    ("reach", None): """
        touch{,es,ed,ing} | reach{,es,ed,ing} | hit{,s,ting} | tag{,s,ged} | return{,s,ed,ing} | revert{,s,ed,ing}
        | get back to | gets back to | come{,s} back | came back | gets to | get to | test{,s,ing} | retest{,s}
        | kiss{,es} | gets back | back to | back at | goes back | go back | at or near | mean reverts | falls back
        | drops back | rises back | pulls back to | climbs back | bounces off | bounce off | bounces from""",
    ("state", None): """
        is | are | was | stay{,s,ing} | remain{,s,ing} | hold{s,ing} | be | being | trade{s,} | trading
        | sit{,s,ting} | stand{,s} | read{,s,ing} | settle | print{,s} | keeps | keep | lies | has been | have been
        | sits at | goes""",
    ("grow", "up"): "expand{s,ed,} | widen{s,ed,} | swell{s,} | picks up | picking up | picked up",
    ("grow", "down"): """
        contracts | contracted | shrink{s,} | shrank | narrow{s,ed} | tightens | thins out | dries up | drying up
        | compress{es,ed}""",
    ("trend", "up"): """
        rising | sloping up | trending higher | pointing up | upward sloping | sloped up | increasing | growing
        | slopes up | expanding | climbing up | slope up | slope is up | slope positive | on the rise | heading up
        | upsloping | moving higher | ticking up | widening""",
    ("trend", "down"): """
        falling | sloping down | trending lower | pointing down | downward sloping | sloped down | decreasing
        | declining | slopes down | contracting | shrinking | narrowing | slope down | slope negative | heading down
        | downsloping | moving lower""",
}
"""How something moves, and which way where the verb itself says so."""

ACTIONS: dict[tuple[str, str | None], str] = {
    ("enter", "long"): """
        buy{,s,ing} | bought | go{,es,ing} long | enter{,s,ing} long | open{,s} long | open a long | long{,s,ing}
        | get long | long entr{y,ies} | take long | take a long | longs when | buy long | buy in | scoop
        | accumulate | grab some | pick up | bto | get me long | be long | long side | entry long | enter a long
        | purchase | load up | long trades | long trade | long signal | entry signal | enters long | bullish entry
        | buy entry | buy to open | go in long | jump in long | open longs | long position | open long position
        | longs enter | im in | i am in | gets me in | gets me long | get me in | puts me in | long entry rule
        | enter buy | all in | i buy | we buy | buy the dip | dip buyer | get in long | long setup | long if
        | long when | buy side | buying""",
    ("enter", "short"): """
        gets me short | puts me short | short{,s,ing} | go{,es,ing} short | sell{,s,ing} short | short sell
        | enter{,s,ing} short | open{,s} short | open a short | get short | take short | take a short
        | short entr{y,ies} | be short | short side | entry short | enter a short | short trades | short trade
        | sell to open | short signal | bearish entry | open shorts | short position | short setup | sto | short it
        | enters short | short when | short if""",
    ("enter", None): """
        enter{,s,ing} | entry | entries | get in | open{,s} position | open{,s} a position | open a trade | get into
        | in when | jump in | enter trade{,s} | entry rule{,s} | entry condition{,s} | take the trade
        | take a position | trigger | entry trigger | i get in | trade when | trades when | enter position
        | gets {in,us in} | puts us in
        | enter a trade | enter when | open trade | entry criteria | hop in | step in | entry when | entry logic
        | enter the trade""",
    ("exit", "long"): """
        sell{,s,ing} | sel | distribute | offload | sold | sell it | sell out | exit long{,s} | close long{,s}
        | close the long{,s} | exit the long{,s} | exit my long | sell everything | sell all | sell to close
        | close my long | long exit{,s} | sell position | long out | exit longs when | close long position
        | exit long position | unload | dump it | stc | close longs when | sell my | sell the | longs exit
        | dump all | i sell | we sell""",
    ("exit", "short"): """
        cover{,s,ing} | exit short{,s} | close short{,s} | close the short{,s} | buy to cover | buy back
        | short exit{,s} | cover short{,s} | close short position | exit short position | buy to close
        | exit the short{,s} | shorts exit | cover the short""",
    ("exit", None): """
        let go | let go of it | let it all go
        | exit{,s,ing} | exit rule{,s} | exit condition{,s} | exit trade{,s} | get{,s} out | out | go flat | flat
        | flatten | close out | bail | bail out | to cash | cash out | all out | all out to cash | liquidate | leave
        | unwind | close position{,s} | close the position{,s} | close the trade | close trade{,s}
        | close everything | close all | close it | exit position{,s} | exit the position | exit the trade
        | get me out | take it off | step aside | exit everything | exit all | exit criteria | exit both
        | go to cash | move to cash | be out | out when | exits when | exit when | i exit | we exit | close both
        | im out | i am out | exit logic | closes position | exit signal | gets me out | gets you out | takes me out
        | puts me out
        | {gets,puts,takes,kicks,throws} us out | kicks me out | throws me out | gets out
        | usdt when | usdt if | stables when | cash when | cash if | into usdt | into stables
        | square off | square up | get flat | bye | goodbye | gone | gtfo | hop out | cash | dump | goes flat | done
        | done when | close any | exit on | close order | exit any | close open positions | leave the trade
        | take the position off | take off the position | take the trade off | wind it up | drop it | ditch it
        | let it go | kick it out | get rid of it""",
    ("enter", "both"): """
        long short | long/short | long and short | buy and short | long or short | both directions | both sides
        | both ways | always in the market | always in a position | always in position | always in a trade
        | always in the trade | always invested | always positioned | never flat | always in market
        | always on the side of | always on the right side of | stop and reverse | go both ways
        | longs and shorts | long & short | l/s | either direction | trade both sides
        | two sided | either way""",
    ("hold", "long"): """
        hold{,ing} | stay in | stay long | hold long | be in | stay invested | own | own it | held | is held
        | are held | held only | keep it | hold it | in the market | invested | remain long | hold a long""",
    ("hold", "short"): "stay short | hold short",
}
