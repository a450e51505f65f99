"""Words that join, limit and deny rules: ``if``, ``and``, ``unless``, ``without``, ``the opposite``."""

from __future__ import annotations

from agent.language.builtin.lexicon.terms import Term

JOINTS: dict[Term, str] = {
    Term("when"): """
        if | when | whenever | once | as soon as | given that | on condition | anytime | any time | every time
        | when the | where | upon | in case | wen | when ever | whilst | as""",
    Term("while"): "while | as long as | so long as | only while",
    Term("and"): """
        and | & | && | as well as | also | together with | along with | combined with | w/ | plus also | and also
        | and then | then | simultaneously | and the | while also | at the same time | along | n""",
    Term("or"): """
        or | either | whichever is first | or if | or when | or else | alternatively | whichever comes first
        | whichever first | whichever is sooner | whichever sooner | whichever comes sooner | whichever is earlier
        | whichever happens first | whatever comes first | what comes first | whichever hits first""",
    Term("with"): "with",
    Term("but"): "but",
    Term("filter"): """
        regime = | regime | only if | only when | but only if | but only when | provided | provided that | filter
        | filters | filter: | confirm{,ed,s} by | confirmed with | confirmation | require{,s,d} | needs | need
        | must be | must | needs to be | has to be | have to be | has to | only in | only take trades when
        | only trade when | only trade if | trade only when | trade only if | filtered by | trend filter
        | only after | so only | as a filter | regime filter | additional filter | extra condition | additionally
        | in addition | requires that | only long when | only allowed when | gate""",
    Term("unless"): """
        unless | except when | except if | but not if | but not when | not if | not when | dont trade if | skip if
        | avoid if | skip when | avoid when | no trade if | no trades when | do not trade when | do not enter if
        | do not trade if | dont enter if | dont buy if | no entries when | skip longs if | skip longs when
        | skip shorts if | skip shorts when | no longs if | no longs when | skip it if | skip it when | stay out if
        | stay out when | stand aside if | stand aside when | dont go long if | not while | ignore {if,when}
        | no entry {if,when} | ignore {it,that,signals,them} {if,when} | pass if | pass when | leave it if
        | leave it when | hold off if | hold off when | sit {it ,}out if | sit {it ,}out when | stay away if
        | stay away when | not as long as | do not buy {if,when} | dont buy when | dont enter when
        | do not enter when | dont trade when | dont go long when | dont short {if,when} | do not go long {if,when}
        | no buys {if,when} | no new trades {if,when} | never {if,when} | never buy {if,when} | except while
        | excluding when | but never {if,when}
        | no {trade,trades,trading,entries,new entries,longs,shorts,buys,signals,position,positions} {if,while,whenever}
        | no {trading,new entries,shorts,signals,position,positions} when | stay flat {if,when,while}
        | skip {entries,trades,signals,it,them} {if,when,while} | dont take {it,them,trades,entries} {if,when}
        | {do not,dont,never} {trade,enter,buy,open,short,go long,go short} {if,when,while,whenever,as long as}
        | {avoid,stop,pause} {trading,entries,entering,buying,new trades,longs,shorts,shorting} {if,when}
        | {avoid,stop,pause} {trading,entries,entering,buying,new trades,longs,shorts,shorting} {while,whenever}""",
    Term("not"): """
        not | isnt | is not | arent | are not | doesnt | does not | never | hasnt | not yet | aint | wasnt | is never
        | has not""",
    Term("no"): """
        no | without | none | w/o | never use | dont use | do not use | dont want | do not want | neither
        | no need for | skip the | zero""",
    Term("else"): "otherwise | else | if not",
    Term("opposite"): """
        it turns the other way | turns the other way | turn the other way | goes the other way | opposite
        | the opposite | reverse | reversed | vice versa | the reverse | inverse | the inverse | mirror | mirrored
        | mirror image | contrary | other way around | other way round | the other way round | the other way
        | other way | vice-versa | opposite signal | reverse signal | opposite cross | reverse cross
        | opposite happens | the opposite happens | reverse for shorts | opposite for shorts | opposite direction
        | other direction | symmetric | symmetrical | mirror it | mirror that | below and below | under and under
        | other signal | the other signal | on the other signal | the opposite one | swap sides | switch sides
        | change sides | it reverses | signal reverses | reverses | color change | colour change | changes color
        | changes colour | opposite crossover | crosses back the other way | opposite break | opposite breakout
        | reverse crossover | opposite conditions | opposite condition | opposite side | opposite flip
        | crosses the other way | opposite entry | inverse conditions | opp | opposite rule{,s} | reverse rule{,s}
        | same in reverse | same but reversed | reverse logic""",
    Term("fails"): """
        it isnt | it is not | isnt true | its not | it doesnt | they dont | they arent
        | it aint | thats not the case | not the case | either one fails | either one failing | either failing
        | any of them failing | one of them failing
        | either fails | any of them {fails,flips,turns,breaks} | either {flips,turns}
        | one of them {flips,turns,breaks}
        | any {flips,fails,breaks}
        | one of them fails | either breaks | that fails | it fails | that stops | no longer true | stops being true
        | conditions fail | condition fails | no longer holds | either condition fails | when either fails""",
    Term("only", "long"): """
        long only | longs only | only long{,s} | only buy | long side only | only go long | no shorts | no shorting
        | no short | never short | dont short | long-only | buy only | only the long side | without shorts
        | no short selling | no short side | never go short""",
    Term("only", "short"): """
        short only | shorts only | only short{,s} | only go short | no longs | short side only | sell only""",
    Term("after"): "after",
    Term("within"): "within",
    Term("for"): "for",
}
