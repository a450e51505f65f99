"""Pictures: made on request, the same each time, whatever the names hold."""

from __future__ import annotations

import re
import struct

import pytest

from engine.errors import EngineInputError
from engine.report import picture, write_picture


def test_a_png_is_a_png_of_a_sensible_size(result, tmp_path):
    content = write_picture(result, tmp_path / "report.png").read_bytes()

    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    assert (width, height) >= (1_400, 1_000)


def test_an_svg_says_the_name_nowhere_as_markup_and_is_the_same_each_time(make_result):
    odd = make_result(
        4, 120, "1d", name="</svg><script>x</script> $\\frac{$ 漢字 🚀", shorts=True, assets=("A$B", "C", "D", "E")
    )

    first, second = picture(odd, "svg"), picture(odd, "svg")

    assert first == second
    assert b"<script" not in first
    assert not re.search(rb"<dc:date>", first)


def test_a_picture_can_be_drawn_of_one_bar_without_trades(make_result):
    assert picture(make_result(0, 1, "1d")).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["report.pdf", "report", "png"])
def test_another_kind_of_picture_is_refused_by_name(result, tmp_path, name):
    with pytest.raises(EngineInputError, match=re.escape(f"'{name}' names no picture: it must end in .png or .svg")):
        write_picture(result, tmp_path / name)


def test_drawing_changes_no_setting_of_matplotlib(result):
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    picture(result)

    assert dict(mpl.rcParams) == before


def test_a_window_that_reaches_into_the_holdout_is_drawn(make_result):
    from dataclasses import replace

    from engine.backtest.result import Holdout

    result = make_result(4, 120, "1d")
    opened = replace(result, holdout=Holdout(result.end - 40 * 86_400_000, result.end, seen=True))

    assert picture(opened, "svg") != picture(result, "svg")
