"""The faces without a browser: terminal and Markdown say what the digest says, whatever the names are."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from engine.report import markdown, terminal, write_markdown
from engine.report.digest import digest

HOSTILE = "\x1b[2J\x1b]8;;https://evil.example\x07[red]Sharpe 9[/red] <script>alert(1)</script> | `x` **b**\n# head"


def printed(result, width=110):
    out = io.StringIO()
    Console(file=out, width=width, highlight=False, force_terminal=False, color_system=None).print(terminal(result))
    return out.getvalue()


def test_the_terminal_shows_every_key_figure(result):
    text = printed(result)

    for figure in digest(result).figures:
        assert f"{figure.value}   {figure.beside}".rstrip() in text
    assert "SMA Cross (BTC-ETH)" in text
    assert "- 3 orders were cut to max_position_pct" in text


def test_the_terminal_explains_a_run_without_trades(make_result):
    text = printed(make_result(0, 100, "1d"))

    assert "What became of the entries" in text
    assert "No entry was true at any of 100 closes, so nothing was traded." in text


def test_a_long_list_of_warnings_is_cut_on_the_terminal_and_says_so(make_result):
    from engine.notices import Notice

    text = printed(make_result(2, 100, "1d", notices=[Notice("X", f"warning {k}") for k in range(20)]))

    assert text.count("- Warning ") == 8
    assert "12 more, in the written report" in text


@pytest.mark.parametrize("face", [printed, markdown])
def test_no_control_character_of_a_name_reaches_the_reader(make_result, face):
    text = face(make_result(2, 100, "1d", name=HOSTILE[:120], description=HOSTILE))

    assert not {char for char in text if ord(char) < 32 and char != "\n"} | {"\x7f", "\x9b"} & set(text)


def test_a_name_is_never_taken_for_console_markup(make_result):
    assert "[red]Sharpe 9[/red]" in printed(make_result(2, 100, "1d", name="[red]Sharpe 9[/red]"))


def test_markdown_of_a_hostile_name_has_no_element_of_its_own(make_result):
    from markdown_it import MarkdownIt

    result = make_result(2, 100, "1d", name=HOSTILE[:120], description=HOSTILE, assets=("<b>A</b>", "B|C"))
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown(result))

    assert "<script" not in page
    assert "<b>" not in page
    assert "href" not in page
    assert page.count("<h1>") == 1
    assert "# head" in page


def test_markdown_holds_figures_trades_and_assumptions(result):
    text = markdown(result)

    assert f"| Net return | {result.summary.returns_pct * 100:+.1f} % |" in text
    assert sum(line.startswith(tuple(f"| {k} |" for k in range(1, 32))) for line in text.splitlines()) == 31
    assert "- Fees: 0.100 % taker, 0.100 % maker" in text
    assert result.data_hash in text
    assert result.spec_hash in text


def test_a_long_list_of_trades_shows_both_ends(make_result):
    result = make_result(120, 2_000, "4h")
    text = markdown(result)

    assert "The first 25 and the last 25 of 120 trades; all are in trades.csv." in text
    assert "\n| 25 |" in text
    assert "\n| 26 |" not in text
    assert "\n| 120 |" in text


def test_markdown_is_the_same_each_time_and_written_as_is(result, tmp_path):
    assert markdown(result) == markdown(result)
    assert write_markdown(result, tmp_path / "report.md").read_text(encoding="utf-8") == markdown(result)


def test_one_bar_is_enough_for_every_face(make_result):
    result = make_result(0, 1, "1d")

    assert "No position was ever opened" in printed(result)
    assert "No position was ever opened" in markdown(result)


def test_negative_equity_is_told_plainly(make_result):
    broke = make_result(40, 800, "1d", assets=("BTC",), shorts=True, initial=900.0)
    assert broke.equity[-1] < 0

    assert f"became {broke.equity[-1]:,.2f} USDT" in markdown(broke)


@pytest.mark.parametrize("width", [40, 60])
def test_no_figure_is_cut_short_on_a_narrow_terminal(result, width):
    out = io.StringIO()
    Console(file=out, width=width).print(terminal(result))

    assert "…" not in out.getvalue()
