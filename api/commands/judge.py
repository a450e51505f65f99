"""`kek judge`: what a strategy is worth, among everything that was ever tried on its data."""

from __future__ import annotations

import sys
from shutil import get_terminal_size
from typing import Annotated, Any

import typer

from api import console
from api.commands.options import Data, Database
from api.settings import read_settings
from api.spec_file import read_spec_file


def judge(
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="A strategy spec as JSON; - reads standard input.")
    ] = None,
    strategy: Annotated[
        str | None, typer.Option(metavar="ID", help="A stored strategy instead: its verdict is written to it.")
    ] = None,
    look: Annotated[
        bool, typer.Option("--look", help="Take one of the holdout's five looks; only that can validate.")
    ] = False,
    data: Data = None,
    db: Database = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document: the judgement with its card.")] = False,
) -> None:
    """Judge a strategy: the honesty card, corrected for every trial ever made on its data.

    Without --look the selection part alone is weighed, which validates nothing. A look runs the strategy once on the
    holdout and is written into the ledger before it is taken. It tells p-values (of what was earned beyond the market,
    of its own return, and of search and holdout together) and no return of those days. The same strategy is never
    looked at twice: its card is shown again. The exit status is 0 whatever the verdict.

    kek judge strategy.json

    kek judge strategy.json --look
    """
    from api.compose import judging, market_data
    from api.look_book import JudgingRefused
    from engine.judging.look import LookRefused
    from engine.judging.selection import NothingToJudge
    from engine.report.honesty import card_lines, may_be_looked_into
    from engine.spec import check
    from storage.records import LOCAL_USER

    if (file is None) == (strategy is None):
        console.refuse("name one strategy: FILE, or --strategy ID", console.NOT_DONE, json=json, code="USAGE")
    settings = read_settings(data=data, database=db)
    market = market_data(settings)
    with judging(settings, market) as service:
        document: Any = None
        version = None
        if strategy is None:
            document = read_spec_file(str(file))
        else:
            document, version = service.stored_spec(LOCAL_USER, strategy)
        checked = check(document, catalog=market)
        if checked.spec is None:
            console.refuse_problems(checked.problems, json=json)
        progress = (lambda step: None) if json else (lambda step: console.say(f"{step} ...", error=True))
        try:
            found = service.judge(
                LOCAL_USER,
                checked.spec,
                look=look,
                strategy_id=strategy,
                version=version,
                progress=progress,
            )
        except (JudgingRefused, LookRefused, NothingToJudge) as refused:
            console.refuse(str(refused), console.NOT_DONE, json=json, code=refused.code)
    if json:
        console.emit(found.as_json())
        return
    for line in card_lines(found.record.card, get_terminal_size().columns if sys.stdout.isatty() else None):
        console.say(console.clean(line))
    if found.again:
        made = (found.record.created_at or "")[:10]
        console.say(f"judged on {made}, for the candles named above, and given again; no look was spent now")
        console.say("its counts are those of that day: kek ledger show has those of today")
    elif found.record.look_seq is None and may_be_looked_into(found.record.card):
        console.say("to have it judged on the holdout as well: kek judge --look")
