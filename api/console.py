"""What a command says: one JSON document, lines for people, a refusal with its exit status.

Documents and results go to standard output, everything else to standard error. Text that came from
outside is printed without its control characters, so that no file name or spec can drive a terminal.
"""

from __future__ import annotations

import math
import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import typer

if TYPE_CHECKING:
    from engine.notices import Notice
    from engine.spec.problems import Problem

DONE, WRONG_INPUT, NOT_DONE = 0, 1, 2
"""Exit statuses: done; the input is wrong; it could not be done."""

COLOURS = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "dim": "2", "bold": "1"}
HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories that steer rather than show: control, format (bidi, zero-width), surrogates, separators."""


def emit(document: Any) -> None:
    """Write one JSON document, as it may be shown (`api.shown_records`), and a line end to standard output.

    Raises
    ------
    ValueError
        The document holds NaN or an infinity: a figure without a value has to be left out.
    """
    import orjson

    from api.shown_records import shown_json

    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY
    try:
        text = shown_json(document, options)
    except TypeError:  # a lone surrogate, from a file name that is not UTF-8
        text = shown_json(_printable(document), options)
    if b"null" in text:  # what orjson makes of None, and of NaN without a word
        _refuse_non_finite(document, "$")
    sys.stdout.flush()
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(text.decode())
    else:
        stream.write(text)
    sys.stdout.flush()


def say(text: str = "", *, error: bool = False) -> None:
    """Print lines of our own making (clean what came from outside first); ``error`` sends them to standard error."""
    print(text, file=sys.stderr if error else sys.stdout, flush=error)


def print_problems(problems: Iterable[Problem], *, error: bool = False) -> None:
    """Print problems one a line: severity, path, message, what is allowed, what was probably meant."""
    stream = sys.stderr if error else sys.stdout
    for problem in problems:
        word = paint(problem.severity, "red" if problem.severity == "error" else "yellow", stream)
        say(f"{word} {clean(str(problem))} [{problem.code}]", error=error)


def print_notices(notices: Iterable[Notice]) -> None:
    """Print what there is to know beside a result, one a line, to standard error."""
    for notice in notices:
        word = paint(notice.kind, "yellow" if notice.kind == "warning" else "dim", sys.stderr)
        say(f"{word} {clean(str(notice))}", error=True)


def refuse(message: str, status: int = WRONG_INPUT, *, json: bool = False, code: str = "REFUSED") -> NoReturn:
    """End the command: ``message`` on standard error, with ``json`` also one document on standard output.

    ``status`` is 1 when the input is wrong and 2 when it could not be done.
    """
    report(message, json=json, code=code)
    raise typer.Exit(status)


def refuse_problems(problems: Iterable[Problem], *, json: bool = False) -> NoReturn:
    """End the command with status 1 and the problems of its input, as a document with ``json``."""
    found = list(problems)
    if json:
        emit({"valid": False, "problems": [problem.as_dict() for problem in found]})
    else:
        print_problems(found, error=True)
    raise typer.Exit(WRONG_INPUT)


def report(message: str, *, json: bool, code: str) -> None:
    """Tell what went wrong without ending anything: ``{"error": {code, message}}`` or one line for people."""
    if json:
        emit({"error": {"code": code, "message": clean(message, keep_lines=True)}})
    else:
        say(f"{paint('kek:', 'red', sys.stderr)} {clean(message, keep_lines=True)}", error=True)


def clean(text: str, *, keep_lines: bool = False) -> str:
    r"""Return ``text`` with every character that steers a terminal written out as an escape.

    >>> clean("red\x1b[31m")
    'red\\x1b[31m'
    >>> clean("a\nb"), clean("a\nb", keep_lines=True)
    ('a\\nb', 'a\nb')
    """
    if text.isprintable():
        return text
    return "".join(
        character
        if (keep_lines and character == "\n") or unicodedata.category(character) not in HIDDEN_CATEGORIES
        else character.encode("unicode_escape").decode()
        for character in text
    )


def paint(text: str, colour: str, stream: TextIO) -> str:
    """Return ``text`` in a colour where ``stream`` is a terminal that shows one and NO_COLOR is not set."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return text
    return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m"


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {_printable(key): _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value


def _refuse_non_finite(value: Any, path: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{path} is {value}: a document holds finite numbers only")
    if isinstance(value, Mapping):
        for key, item in value.items():
            _refuse_non_finite(item, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _refuse_non_finite(item, f"{path}[{index}]")
    elif hasattr(value, "dtype"):
        _refuse_non_finite(value.tolist(), path)
