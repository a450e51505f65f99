"""Prompts: one Markdown file each, with a version, the test that owns it, and a digest held in ``lock.toml``.

A file begins with a TOML head between two lines ``+++``; below stands the text with ``{{ slots }}``. Slots are filled
in one pass, so that nothing in a value is taken for a slot, and ``{{name:...}}`` without spaces is text. What a person,
the market or a model wrote is never a slot of a system prompt: it travels as data in a message of its own.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Prompt", "load", "locked", "names"]

FOLDER = Path(__file__).parent
FENCE = "+++"
HEAD = {"version": int, "owner_test": str}

_SLOT = re.compile(r"\{\{ ([a-z][a-z0-9_]*) \}\}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as stored: ``digest`` is the SHA-256 of the whole file, hexadecimal."""

    name: str
    version: int
    owner_test: str
    text: str
    digest: str

    @property
    def key(self) -> str:
        """``name@version``: what a run stores and what ``lock.toml`` lists."""
        return f"{self.name}@{self.version}"

    @property
    def slots(self) -> frozenset[str]:
        """The names of the slots in the text."""
        return frozenset(_SLOT.findall(self.text))

    def render(self, **values: str) -> str:
        """Return the text with every slot filled.

        Raises
        ------
        ValueError
            A slot has no value, or a value has no slot.

        Examples
        --------
        >>> Prompt("greet", 1, "", "Hello {{ who }}, see {{run:x}}.", "").render(who="{{ who }}")
        'Hello {{ who }}, see {{run:x}}.'
        """
        missing, unused = sorted(self.slots - values.keys()), sorted(values.keys() - self.slots)
        if missing or unused:
            raise ValueError(f"prompt {self.key}: slots without a value: {missing}; values without a slot: {unused}")
        return _SLOT.sub(lambda found: values[found[1]], self.text)


def names() -> tuple[str, ...]:
    """Return the names of all prompts, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.md")))


@cache
def load(name: str) -> Prompt:
    """Return a prompt by name.

    Raises
    ------
    ValueError
        There is no such prompt, or its head is not what it must be.
    """
    if name not in names():
        raise ValueError(f"there is no prompt '{name}'; there are: {', '.join(names())}")
    return parsed(name, (FOLDER / f"{name}.md").read_text("utf-8"))


def parsed(name: str, written: str) -> Prompt:
    """Return the prompt that a file's text holds; raises ValueError for a head that is not what it must be."""
    opening, _, rest = written.partition("\n")
    head_text, fence, text = rest.partition(f"\n{FENCE}\n")
    if opening != FENCE or not fence:
        raise ValueError(f"prompt {name}: must begin with a TOML head between two lines '{FENCE}'")
    head = tomllib.loads(head_text)
    if {key: type(value) for key, value in head.items()} != HEAD:
        wanted = ", ".join(f"{key} ({kind.__name__})" for key, kind in HEAD.items())
        raise ValueError(f"prompt {name}: the head must hold {wanted}, it holds {', '.join(head) or 'nothing'}")
    digest = hashlib.sha256(written.encode("utf-8")).hexdigest()
    return Prompt(name, head["version"], head["owner_test"], text.strip(), digest)


def locked() -> Mapping[str, str]:
    """Return ``lock.toml``: ``name@version`` -> digest of every version there ever was."""
    lock: dict[str, str] = tomllib.loads((FOLDER / "lock.toml").read_text("utf-8"))
    return lock
