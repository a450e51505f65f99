"""Sentences of a diagnosis: each passes the program's own check on figures, so that none is left out of an answer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.grounding import Sources, ground
from agent.refinement import activity, levels, losing_groups
from agent.refinement.report import SOURCE, quoting
from agent.refinement.weaknesses import slots_of

WORD = "price"
"""Stands where code puts words of its own into a template."""


def templates(module: Any) -> Iterator[str]:
    """Yield every string of a module that has slots for figures."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(one.value) if isinstance(one, ast.Constant) else WORD for one in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            text = node.value
        else:
            continue
        if list(slots_of(text)):
            yield text


TEMPLATES = [one for module in (levels, activity, losing_groups) for one in templates(module)]


def test_the_templates_are_found() -> None:
    assert len(list(templates(levels))) == 6
    assert {module: bool(list(templates(module))) for module in (activity, losing_groups)} == {
        activity: True,
        losing_groups: True,
    }


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_sentence_passes_the_check_on_figures(template: str) -> None:
    kinds: dict[str, Any] = {"int": 7, "text": "long", "date": "2024-01-01T00:00:00Z"}
    figures = {name: kinds.get(form, 0.25) for name, form in slots_of(template)}
    sources = Sources(runs={SOURCE: {"figures": figures}})

    told = re.sub(r"(?<!\{)\{\w+\}(?!\})", WORD, quoting(template))

    found = ground(f"Where it loses: {told}.", sources)

    assert [one.message for one in found.problems] == []
