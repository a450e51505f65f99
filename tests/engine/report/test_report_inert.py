"""Text of other people stays text, whatever medium it is shown in."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.report.inert import HIDDEN, csv_text, markdown_text, one_line

MARKUP = st.text(st.sampled_from("<>&\"'`*_[](){}#|~!$\\^:/@=+-.w \nhtpsjavriclemouk1"), max_size=60)


@given(st.text(max_size=200))
def test_a_line_holds_no_character_that_controls(text):
    assert not any(unicodedata.category(char) in HIDDEN for char in one_line(text))


@given(st.text(max_size=80))
def test_a_line_made_inert_twice_is_the_same(text):
    assert one_line(one_line(text)) == one_line(text)


@pytest.mark.parametrize("text", ["\x1b]0;owned\x07", "\x1b[2J", "a\rb", "\u202egnp.exe", "\u200bx", "\ud800", "\x00"])
def test_escapes_and_disguises_are_taken_out(text):
    assert not set(one_line(f"name {text}")) & set("\x1b\x07\r\u202e\u200b\ud800\x00")


@given(st.one_of(MARKUP, st.text(max_size=60)))
@settings(max_examples=300)
def test_markdown_shows_exactly_the_text_and_nothing_else(text):
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = reader.parse(f"- name: x{markdown_text(text)}x")

    inline = [child for token in tokens for child in token.children or []]
    assert {child.type for child in inline} <= {"text", "text_special"}
    assert "".join(child.content for child in inline).split() == f"name: x{one_line(text)}x".split()


@given(MARKUP)
def test_a_cell_of_a_markdown_table_stays_one_cell(text):
    from markdown_it import MarkdownIt

    table = f"| a | b |\n| --- | --- |\n| x{markdown_text(text)}x | y |"
    tokens = MarkdownIt("commonmark").enable("table").parse(table)

    assert sum(token.type == "td_open" for token in tokens) == 2


@pytest.mark.parametrize(
    "text", ["https://evil.example", "www.evil.example", "mailto:a@b.example", "@everyone", ":tada:"]
)
def test_no_link_mention_or_emoji_of_githubs_dialect_survives(text):
    shown = markdown_text(text)

    assert "s://" not in shown
    assert "www." not in shown
    assert "@" not in shown
    assert ":tada:" not in shown.replace("\\:tada:", "")


@given(st.text(max_size=40))
def test_a_cell_of_text_is_no_formula(text):
    assert not csv_text(text).startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
