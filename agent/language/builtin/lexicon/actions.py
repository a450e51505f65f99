"""Verbs of the trader: what is done, and on which side where the words say so."""

from __future__ import annotations

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
        exit{,s,ing} | exit rule{,s} | exit condition{,s} | exit trade{,s} | get{,s} out | out | go flat | flat
        | flatten | close out | bail | bail out | to cash | cash out | all out | all out to cash | liquidate | leave
        | unwind | close position{,s} | close the position{,s} | close the trade | close trade{,s}
        | close everything | close all | close it | exit position{,s} | exit the position | exit the trade
        | get me out | take it off | step aside | exit everything | exit all | exit criteria | exit both
        | go to cash | move to cash | be out | out when | exits when | exit when | i exit | we exit | close both
        | im out | i am out | exit logic | closes position | exit signal | gets me out | gets you out | takes me out
        | puts me out | usdt when | usdt if | stables when | cash when | cash if | into usdt | into stables
        | square off | square up | get flat | bye | goodbye | gone | gtfo | hop out | cash | dump | goes flat | done
        | done when | close any | exit on | close order | exit any | close open positions | leave the trade
        | take the position off | take off the position | take the trade off | wind it up | drop it | ditch it
        | let it go | kick it out | get rid of it""",
    ("enter", "both"): """
        long short | long/short | long and short | buy and short | long or short | both directions | both sides
        | both ways | go both ways | longs and shorts | long & short | l/s | either direction | trade both sides
        | two sided | either way""",
    ("hold", "long"): """
        hold{,ing} | stay in | stay long | hold long | be in | stay invested | own | own it | held | is held
        | are held | held only | keep it | hold it | in the market | invested | remain long | hold a long""",
    ("hold", "short"): "stay short | hold short",
}
