"""Text of a spec: no control characters, nothing that hides or turns what a reader sees."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from engine.spec.jcs import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.findings import Findings
    from engine.spec.place import Place

MAX_METADATA_BYTES = 8 * 1024
LINE_BREAKS = "\n\r\t"
LINE_SEPARATORS = "\u2028\u2029"


def check_text(text: str, place: Place, findings: Findings, *, several_lines: bool = False) -> None:
    """Refuse control, bidirectional, zero-width and unassigned formatting characters, and text of blanks only.

    ``several_lines`` allows line breaks and tabs, for the free-form metadata.
    """
    hidden = hidden_character(text, several_lines=several_lines)
    if hidden is not None:
        findings.error(place, "BAD_TEXT", f"{hidden}: write plain text")
    elif text and not text.strip() and not several_lines:
        findings.error(place, "BAD_TEXT", "is blank")


def hidden_character(text: str, *, several_lines: bool = False) -> str | None:
    r"""Return the first character that steers or hides, and where it stands, in words; None for plain text.

    >>> hidden_character("red \x1b[31m")
    'control character U+001B at position 4'
    >>> hidden_character("two\nlines", several_lines=True) is None
    True
    """
    for at, char in enumerate(text):
        if char.isascii() and char.isprintable():
            continue
        if several_lines and char in LINE_BREAKS:
            continue
        kind = unicodedata.category(char)
        # Cf holds the bidirectional, zero-width, soft-hyphen and tag characters; Co and Cn have no meaning to a reader
        if kind in ("Cc", "Cf", "Cs", "Co", "Cn") or char in LINE_SEPARATORS:
            what = "control" if kind == "Cc" else "invisible or private"
            return f"{what} character U+{ord(char):04X} at position {at}"
    return None


def check_metadata(metadata: Mapping[str, Any], findings: Findings) -> None:
    """Check the one free-form place: its size and the characters of its texts."""
    size = len(canonical_json(metadata))
    if size > MAX_METADATA_BYTES:
        message = f"{size:,} bytes of canonical JSON, at most {MAX_METADATA_BYTES:,}"
        findings.error(("metadata",), "OUT_OF_BOUNDS", message)
        return
    _check_texts(metadata, ("metadata",), findings)


def _check_texts(value: object, place: Place, findings: Findings) -> None:
    if isinstance(value, str):
        check_text(value, place, findings, several_lines=True)
    elif isinstance(value, dict):
        for key, item in value.items():
            check_text(key, (*place, key), findings, several_lines=True)
            _check_texts(item, (*place, key), findings)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            _check_texts(item, (*place, at), findings)
