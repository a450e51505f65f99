"""Candles written as text: the separator, the header, the decimal mark and the kind of time are told by looking."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from engine.errors import DataError
from engine.market.bars import FIELDS
from engine.market.candle_columns import headerless_names, pick_columns

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

SNIFFED_BYTES = 65_536
SEPARATORS = (",", ";", "\t", "|")
MISSING_WORDS = ("", "NaN", "nan", "NAN", "null", "NULL", "None", "NA", "N/A", "-")


def read_csv(file: Path, head: bytes) -> pa.Table:
    """Return the table of a text file, of which ``head`` holds the first bytes.

    Raises
    ------
    DataError
        No table, or a column that is needed is missing.
    pyarrow.ArrowInvalid
        A cell that is no number, or a row of another length.
    """
    import pyarrow as pa
    import pyarrow.csv as pa_csv

    if file.suffix == ".gz":
        with pa.input_stream(str(file), compression="gzip") as unpacked:
            head = unpacked.read(SNIFFED_BYTES)
    lines = _text_lines(file, head)
    start, separator = _first_row(file, lines)
    rows = list(csv.reader(io.StringIO("\n".join(lines[start : start + 50])), delimiter=separator))
    headerless = sum(_is_number(cell, separator) for cell in rows[0]) >= 4
    names = headerless_names(rows[0]) if headerless else tuple(rows[0])
    decimal = "," if separator != "," and _has_decimal_comma(rows[not headerless :]) else "."
    picked = pick_columns(str(file), names)
    unique = [f"{position}:{name}" for position, name in enumerate(names)]
    sample = rows[not headerless :]
    types = {unique[at]: pa.float64() for field, at in picked.items() if field in FIELDS}
    for part in ("time", "clock"):
        if part in picked:
            cells = [row[picked[part]].strip() for row in sample if len(row) > picked[part]]
            types[unique[picked[part]]] = _time_type(cells) if "clock" not in picked else pa.string()
    table = pa_csv.read_csv(
        pa.input_stream(str(file), compression="detect" if file.suffix == ".gz" else None),
        read_options=pa_csv.ReadOptions(
            column_names=unique, skip_rows=start + (0 if headerless else 1), use_threads=False
        ),
        parse_options=pa_csv.ParseOptions(delimiter=separator),
        convert_options=pa_csv.ConvertOptions(
            column_types=types,
            include_columns=[unique[at] for at in sorted(picked.values())],
            null_values=list(MISSING_WORDS),
            decimal_point=decimal,
        ),
    )
    return table.rename_columns([name.split(":", 1)[1] for name in table.column_names])


def _time_type(cells: list[str]) -> pa.DataType:
    """Return how a column of times is to be read: whole numbers, numbers with a fraction, or text."""
    import pyarrow as pa

    written = [cell for cell in cells if cell not in MISSING_WORDS]
    if written and all(re.fullmatch(r"-?\d+", cell) for cell in written):
        return pa.int64()
    if written and all(re.fullmatch(r"-?\d+\.\d*(e[+-]?\d+)?", cell, re.IGNORECASE) for cell in written):
        return pa.float64()
    return pa.string()


def _text_lines(file: Path, head: bytes) -> list[str]:
    if b"\x00" in head:
        raise DataError(f"{file}: no table: neither CSV nor Parquet nor Feather")
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        if failure.start < len(head) - 4:
            raise DataError(f"{file}: not UTF-8 text (byte {failure.start}); save it as UTF-8") from None
        text = head[: failure.start].decode("utf-8-sig")
    return text.splitlines()


def _first_row(file: Path, lines: list[str]) -> tuple[int, str]:
    """Return the first line that is a row of a table, and what separates its columns."""
    for number, line in enumerate(lines[:20]):
        if line.lstrip().startswith("#"):
            continue
        separator = max(SEPARATORS, key=line.count)
        if line.count(separator) >= 4:
            return number, separator
    raise DataError(
        f"{file}: no table: no line among the first 20 has five columns "
        "(time, open, high, low, close) separated by a comma, semicolon, tab or bar"
    )


def _is_number(cell: str, separator: str) -> bool:
    text = cell.strip().replace(",", ".", 1) if separator != "," else cell.strip()
    try:
        float(text)
    except ValueError:
        return False
    return True


def _has_decimal_comma(rows: list[list[str]]) -> bool:
    cells = [cell for row in rows for cell in row[1:]]
    return any("," in cell for cell in cells) and not any("." in cell and ":" not in cell for cell in cells)
