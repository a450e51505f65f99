"""What every page of a report is put together from: its template, its style, and a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"


@lru_cache(maxsize=4)
def template(name: str) -> Template:
    """Return a template of the reports, whose text is escaped and whose undefined names are errors."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        finalize=_unbroken,
    )
    return environment.get_template(name)


@lru_cache(maxsize=4)
def part(name: str) -> str:
    """Return a style or script as it stands in a page."""
    return (TEMPLATES / name).read_text("utf-8").strip()


def policy(style: str, script: str = "") -> str:
    """Return the content policy of a page: this very style and script, images inside the document, nothing else.

    >>> "script-src" in policy("p { margin: 0 }")
    False
    """
    sources = {"script-src": script, "style-src": style}
    allowed = [f"{kind} 'sha256-{_digest(text)}'" for kind, text in sources.items() if text]
    return "; ".join(["default-src 'none'", *allowed, "img-src data:", "base-uri 'none'", "form-action 'none'"])


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _unbroken(value: object) -> object:
    """Keep a figure and its per cent sign on one line; what is markup already stays as it is."""
    return value.replace(" %", "\u00a0%") if type(value) is str else value
