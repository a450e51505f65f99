"""`kek strategies`: what was built, its versions, and what changed between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from api import console
from api.settings import read_settings

app = typer.Typer(help="See the strategies that were built.", no_args_is_help=True, rich_markup_mode=None)

Database = Annotated[
    str | None, typer.Option("--db", metavar="URL", help="Database; default: KEK_DATABASE_URL, else your own file.")
]
Identifier = Annotated[str, typer.Argument(metavar="ID", help="A strategy (`kek strategies list`).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

UNPROVEN = "UNPROVEN"
"""The verdict on what was never judged."""

WIDEST = len("ready_for_deploy")
"""Columns of the longest status."""


@app.command("list")
def list_strategies(
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=1_000, help="Strategies of a page, at most.")] = 100,
    cursor: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The nextCursor of the page before; default: the first page.")
    ] = None,
    db: Database = None,
    json: Json = False,
) -> None:
    """List the strategies, the one that changed last first: id, version, status, verdict, name.

    The status says what was done with a strategy (`validated`: it was tested), the verdict what the evidence is worth.
    """
    from api.compose import opened
    from api.documents import page_document
    from storage.records import LOCAL_USER

    with opened(read_settings(database=db)) as database, database.read() as work:
        page = work.strategies.page(LOCAL_USER, limit=limit, cursor=cursor)
    if json:
        console.emit(page_document(page))
        return
    for one in page.items:
        verdict = f"verdict {one.verdict or UNPROVEN}"
        console.say(f"{one.id}  {one.version:>5}  {one.status:<{WIDEST}}  {verdict:<18}  {console.clean(one.name)}")
    if page.following is not None:
        console.say(f"There are more: --cursor {page.following}", error=True)
    elif not page.items and cursor is None:
        console.say("There are none yet: kek chat builds one.", error=True)


@app.command()
def show(strategy: Identifier, db: Database = None, json: Json = False) -> None:
    """Show a strategy: what it does in words; its record with --json."""
    from agent.replies import understood
    from api.compose import agent_store
    from storage.records import LOCAL_USER

    with agent_store(read_settings(database=db)) as store:
        record = store.strategy(LOCAL_USER, strategy)
    if json:
        console.emit(record)
        return
    standing = f"status {record['status']}, verdict {record.get('verdict', UNPROVEN)}"
    console.say(f"{console.clean(str(record['name']))}, version {record['version']} ({standing})")
    for line in understood(record["spec"]):
        console.say(f"- {console.clean(line)}")


@app.command()
def diff(
    strategy: Identifier,
    before: Annotated[str | None, typer.Argument(metavar="[FROM]", help="A version; default: the one before.")] = None,
    after: Annotated[str | None, typer.Argument(metavar="[TO]", help="A version; default: the current one.")] = None,
    db: Database = None,
    json: Json = False,
) -> None:
    """Show what changed between two versions: in words, or as a JSON Patch with --json."""
    from agent.answers import patch_line
    from agent.edits import describe
    from agent.edits import diff as patch
    from api.compose import agent_store
    from storage.records import LOCAL_USER

    with agent_store(read_settings(database=db)) as store:
        versions = store.versions(LOCAL_USER, strategy)
    newer = _version(versions, after, len(versions) - 1, json=json)
    older = _version(versions, before, max(0, versions.index(newer) - 1), json=json)
    if json:
        lines = [patch_line(one) for one in patch(older["spec"], newer["spec"])]
        console.emit({"from": older["version"], "to": newer["version"], "patch": lines})
        return
    lines_of_text = describe(older["spec"], newer["spec"])
    for line in lines_of_text:
        console.say(console.clean(line))
    if older is newer:
        console.say(f"There is nothing before version {newer['version']} to compare it with.", error=True)
    elif not lines_of_text:
        console.say(f"Versions {older['version']} and {newer['version']} say the same.", error=True)


def _version(
    versions: tuple[Mapping[str, Any], ...], named: str | None, usual: int, *, json: bool
) -> Mapping[str, Any]:
    if named is None:
        return versions[usual]
    found = next((one for one in versions if one["version"] == named), None)
    if found is None:
        there = ", ".join(str(one["version"]) for one in versions)
        console.refuse(f"there is no version {named!r}; there are: {there}", json=json, code="NOT_FOUND")
    return found
