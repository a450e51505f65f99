"""`kek indicators [NAME]`: what a spec can name, and how each is written."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api import console

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.indicators.indicator_type import IndicatorType

WIDTH = 13
"""Columns of the left margin: the longest name of an input and a space or two."""

PAGE = 110
"""Columns within which names in a row are wrapped."""


def indicators(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Explain this one, or list those that have the word.")
    ] = None,
    group: Annotated[str | None, typer.Option("--group", help="Only this group, such as momentum.")] = None,
    every: Annotated[bool, typer.Option("--all", help="A line for each, TA-Lib's further types too.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the indicators a spec can use, or explain one: inputs, outputs, warm-up, an example."""
    from engine.indicators.catalog import CATALOG, find_type
    from engine.indicators.describe import describe

    entries = list(CATALOG.values())
    if group is not None:
        entries = _of_group(group, entries, json=json)
    if name is None:
        if json:
            console.emit({"indicators": [describe(entry) for entry in entries]})
        else:
            _list(entries, every=every or group is not None)
        return
    found = find_type(name)
    if found is not None and found in entries:
        if json:
            console.emit(describe(found))
        else:
            _explain(describe(found), _named_alike(found, entries))
        return
    matches = _with_word(name, entries)
    if not matches:
        _refuse_unknown(name, json=json)
    elif json:
        console.emit({"indicators": [describe(entry) for entry in matches]})
    else:
        _list(matches, every=True)


def _of_group(group: str, entries: Iterable[IndicatorType], *, json: bool) -> list[IndicatorType]:
    from engine.indicators.catalog import GROUPS
    from engine.spec.problems import nearest

    wanted = group.strip().lower()
    if wanted not in GROUPS:
        near = nearest(wanted, GROUPS)
        hint = f" (did you mean '{near}'?)" if near else ""
        message = f"there is no group '{console.clean(group[:64])}'; allowed: {', '.join(GROUPS)}{hint}"
        console.refuse(message, console.WRONG_INPUT, json=json, code="UNKNOWN_GROUP")
    return [entry for entry in entries if entry.group == wanted]


def _with_word(word: str, entries: Iterable[IndicatorType]) -> list[IndicatorType]:
    """Return the types whose name, aliases or summary have a word in them."""
    wanted = word.strip().lower()
    key = wanted.replace("-", "_").replace(" ", "_")
    return [
        entry
        for entry in entries
        if wanted and (any(key in one for one in (entry.name, *entry.aliases)) or wanted in entry.summary.lower())
    ]


def _named_alike(found: IndicatorType, entries: Iterable[IndicatorType]) -> list[str]:
    """Return the other types whose name or an alias begins or ends with this one's name."""
    return [
        entry.name
        for entry in entries
        if entry is not found
        and any(one.startswith(found.name) or one.endswith(found.name) for one in (entry.name, *entry.aliases))
    ]


def _refuse_unknown(name: str, *, json: bool) -> None:
    from engine.indicators.catalog import nearest_type

    near = nearest_type(name)
    hint = f" (did you mean '{near}'?)" if near else ""
    message = f"there is no indicator '{console.clean(name[:64])}'{hint}; 'kek indicators' lists all"
    console.refuse(message, console.WRONG_INPUT, json=json, code="UNKNOWN_INDICATOR")


def _list(entries: list[IndicatorType], *, every: bool) -> None:
    """Print types group by group; those that TA-Lib adds by their names alone, unless ``every`` has a line."""
    lines = [entry for entry in entries if every or not entry.talib]
    width = max(len(entry.name) for entry in lines)
    for at, group in enumerate(dict.fromkeys(entry.group for entry in entries)):
        console.say(f"{chr(10) if at else ''}{group}")
        for entry in lines:
            if entry.group == group:
                console.say(f"  {entry.name:<{width}} {entry.summary}")
        names = ", ".join(entry.name for entry in entries if entry.group == group and entry not in lines)
        if names:
            console.say(textwrap.fill(names, PAGE, initial_indent="  + ", subsequent_indent="    "))
    if not every:
        console.say("\n+ TA-Lib's own, by its names; --all or --group GROUP has a line for each")
    console.say(f"{chr(10) if every else ''}kek indicators NAME explains one of them")


def _explain(entry: dict[str, Any], alike: list[str]) -> None:
    console.say(f"{entry['name']} ({entry['group']})")
    console.say(entry["summary"])
    if "talib" in entry:
        console.say(f"TA-Lib's {entry['talib']}.")
    if entry["aliases"]:
        console.say(f"Also written {', '.join(entry['aliases'])}.")
    console.say("\ninputs")
    for spec in entry["inputs"]:
        console.say(f"  {spec['name']:<{WIDTH}} {_input_line(spec)}")
    console.say("\noutputs")
    for output in entry["outputs"]:
        console.say(f"  {output['name']:<{WIDTH}} {_output_line(output)}")
    console.say(f"\nwarm-up: {_bars(entry['warmup'])} before the first value, with the inputs below")
    if "unknown" in entry:
        console.say(f"unknown: {entry['unknown']}")
    console.say(f"\nin a spec, under indicators\n{_snippet(entry['example'])}")
    console.say(f"read as: {', '.join(entry['operands'])}")
    if alike:
        console.say(f"see also {', '.join(alike)}")


def _input_line(spec: dict[str, Any]) -> str:
    facts = []
    if spec.get("required"):
        facts.append("required")
    if "default" in spec:
        facts.append(f"default {_number(spec['default'])}")
    if "low" in spec:
        facts.append(f"{_number(spec['low'])} to {_number(spec['high'])}")
    if "choices" in spec and spec["kind"] == "choice":
        facts.append(" ".join(spec["choices"]))
    if spec["aliases"]:
        facts.append(f"also {', '.join(spec['aliases'])}")
    return f"{spec['description']} [{'; '.join(facts)}]" if facts else str(spec["description"])


def _output_line(output: dict[str, Any]) -> str:
    facts = [output["scale"]]
    if "low" in output:
        facts.append(f"from {_number(output['low'])}" + (f" to {_number(output['high'])}" if "high" in output else ""))
    if output["aliases"]:
        facts.append(f"also {', '.join(output['aliases'])}")
    return "; ".join(facts)


def _snippet(example: dict[str, Any]) -> str:
    import json

    ((key, definition),) = example.items()
    return f"  {json.dumps(key)}: {json.dumps(definition)}"


def _bars(number: int) -> str:
    return f"{number} bar" + ("" if number == 1 else "s")


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)
