"""`kek indicators [NAME]`: what a spec can name, and how each is written."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api import console

WIDTH = 13
"""Columns of the left margin: the longest name of a type and a space or two."""


def indicators(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Explain this one, by any of its names.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the indicators a spec can use, or explain one: inputs, outputs, warm-up, an example."""
    from api.documents import indicator_list
    from engine.indicators.catalog import find_type
    from engine.indicators.describe import describe

    if name is None:
        document = indicator_list()
        if json:
            console.emit(document)
        else:
            _list(document["indicators"])
        return
    found = find_type(name)
    if found is None:
        _refuse_unknown(name, json=json)
    elif json:
        console.emit(describe(found))
    else:
        _explain(describe(found))


def _refuse_unknown(name: str, *, json: bool) -> None:
    from engine.indicators.catalog import nearest_type

    near = nearest_type(name)
    hint = f" (did you mean '{near}'?)" if near else ""
    message = f"there is no indicator '{console.clean(name[:64])}'{hint}; 'kek indicators' lists all"
    console.refuse(message, console.WRONG_INPUT, json=json, code="UNKNOWN_INDICATOR")


def _list(entries: list[dict[str, Any]]) -> None:
    group = ""
    for entry in entries:
        if entry["group"] != group:
            console.say(f"{'' if not group else chr(10)}{entry['group']}")
            group = entry["group"]
        console.say(f"  {entry['name']:<{WIDTH}} {entry['summary']}")
    console.say("\nkek indicators NAME explains one of them")


def _explain(entry: dict[str, Any]) -> None:
    console.say(f"{entry['name']} ({entry['group']})")
    console.say(entry["summary"])
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
