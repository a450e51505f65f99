"""The HTML page: it holds the result's figures, everything it needs, and nothing that could act."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from html.parser import HTMLParser

import numpy as np
import pytest

from engine.report import html, payload, write_html
from engine.report.digest import digest

HOSTILE = "</script><img src=x onerror=alert(1)> \"' <!-- ]]> {{ 7*7 }}"


class Page(HTMLParser):
    """Collects the tags, the attributes and the text of a page, as a browser would see them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.texts: list[str] = []
        self.inside: dict[str, str] = {}
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]
        self._open = dict(attrs).get("id") or tag

    def handle_data(self, text):
        self.inside[self._open] = self.inside.get(self._open, "") + text
        self.texts.append(text.strip())

    @property
    def data(self):
        return json.loads(self.inside["data"])


@pytest.fixture(scope="module")
def page(result):
    return Page(html(result))


def floats(text):
    return np.frombuffer(base64.b64decode(text), "<f4")


def test_every_key_figure_stands_on_the_page(page, result):
    for figure in digest(result).figures:
        assert figure.value.replace(" %", "\u00a0%") in page.texts
        assert figure.beside.replace(" %", "\u00a0%") in page.texts


def test_the_curves_are_the_results(page, result):
    curves = page.data["curves"]

    np.testing.assert_array_equal(floats(curves["equity"]), result.equity.astype("f4"))
    np.testing.assert_array_equal(floats(curves["benchmark"]), result.benchmark.astype("f4"))
    depth = np.frombuffer(base64.b64decode(curves["equityDepth"]), "<u2")
    assert depth.max() == round(result.summary.max_drawdown_pct * 10_000)


def test_the_candles_are_the_results(page, result):
    for asset in page.data["assets"]:
        bars = result.bars[asset["name"]]
        expected = np.stack([bars.open, bars.high, bars.low, bars.close]).astype("f4")
        np.testing.assert_array_equal(floats(asset["ohlc"]).reshape(4, -1), expected)


def test_the_trades_are_the_results(page, result):
    listed = page.data["trades"]

    assert listed["total"] == len(result.trades)
    np.testing.assert_allclose(listed["profit"], result.trades.columns["net_profit"], rtol=1e-7)
    np.testing.assert_array_equal(listed["entryBar"], result.trades.columns["entry_bar"])
    assert listed["exitBar"][-1] == -1
    assert page.data["holdout"] == {"start": result.holdout.start, "end": result.holdout.end, "seen": False}


def test_the_clock_of_the_page_gives_the_times_of_the_run(page, result):
    index, value = page.data["clock"]

    at = np.searchsorted(index, np.arange(result.simulation.n_bars), side="right") - 1
    times = np.array(value)[at] + (np.arange(result.simulation.n_bars) - np.array(index)[at]) * page.data["step"]
    np.testing.assert_array_equal(times, result.simulation.time)


def test_warnings_and_the_holdout_stand_above_the_figures(result):
    text = html(result)

    assert text.index("3 orders were cut") < text.index('class="figures"')
    assert text.index("is locked and was not looked at") < text.index('class="figures"')


def test_generated_data_carries_a_banner(make_result):
    assert "Generated data, no edge." in html(make_result(2, 100, "1d", generated=True))
    assert "Generated data, no edge." not in html(make_result(2, 100, "1d"))


def test_the_page_points_nowhere(result):
    text = html(result)
    page = Page(text)

    assert not re.search(r"(?i)https?:|//[a-z0-9-]+\.[a-z]|url\(|@import|fetch\(|XMLHttpRequest|WebSocket", text)
    addresses = [value for _, name, value in page.attributes if name in ("src", "href", "action", "data", "poster")]
    assert addresses == ["data:,"]


def test_the_policy_lets_only_the_pages_own_script_and_style_run(result):
    text = html(result)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1].replace("&#39;", "'")

    assert policy.startswith("default-src 'none'")
    for kind, pattern in (("script-src", r"<script>(.*?)</script>"), ("style-src", r"<style>(.*?)</style>")):
        body = re.search(pattern, text, re.DOTALL)[1]
        digest_ = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest_}'" in policy
    assert "unsafe" not in policy


def test_hostile_names_stay_text(make_result, result):
    hostile = make_result(6, 1_500, "4h", name=HOSTILE, description=HOSTILE, assets=("<img src=x>", "'\"--><script>"))
    page = Page(html(hostile))

    assert page.tags["img"] == 0
    assert page.tags["script"] == Page(html(result)).tags["script"] == 2
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert HOSTILE in page.texts
    assert page.data["assets"][0]["name"] == "<img src=x>"


def test_the_same_result_gives_the_same_page(result, tmp_path):
    assert html(result) == html(result)
    assert write_html(result, tmp_path / "out" / "report.html").read_text(encoding="utf-8") == html(result)


@pytest.mark.parametrize("n_bars", [1, 2, 40])
def test_a_run_without_trades_has_a_page(make_result, n_bars):
    page = Page(html(make_result(0, n_bars, "1d")))

    assert page.data["trades"]["total"] == 0
    assert any(text.startswith("No position was ever opened.") for text in page.texts)


def test_an_asset_that_starts_later_is_placed_on_the_clock(late_result):
    late = Page(html(late_result)).data["assets"][1]

    assert late["at"] == [[0], [40]]
    assert late["count"] == 60


def test_many_bars_are_joined_without_losing_an_extreme(make_result, monkeypatch):
    result = make_result(6, 1_000, "4h")
    monkeypatch.setattr(payload, "CANDLES", 300)
    monkeypatch.setattr(payload, "CURVE_POINTS", 500)
    monkeypatch.setattr(payload, "CURVE_GROUPS", 100)

    data = payload.page_data(result)

    for asset in data["assets"]:
        bars, joined = result.bars[asset["name"]], floats(asset["ohlc"]).reshape(4, -1)
        assert joined.shape[1] == asset["count"] <= 150
        assert (joined[1].max(), joined[2].min()) == (bars.high.max().astype("f4"), bars.low.min().astype("f4"))
        assert (joined[0][0], joined[3][-1]) == (bars.open[0].astype("f4"), bars.close[-1].astype("f4"))
    curves = data["curves"]
    assert curves["count"] == floats(curves["equity"]).size == 100
    assert floats(curves["equityLow"]).min() == result.equity.min().astype("f4")
    assert floats(curves["equityHigh"]).max() == result.equity.max().astype("f4")
    assert floats(curves["equity"])[-1] == result.equity[-1].astype("f4")
    depth = np.frombuffer(base64.b64decode(curves["equityDepth"]), "<u2")
    assert depth.max() == round(result.summary.max_drawdown_pct * 10_000)


def test_a_long_list_of_trades_shows_both_ends_and_says_so(make_result, monkeypatch):
    monkeypatch.setattr(payload, "LISTED_TRADES", 20)
    result = make_result(60, 1_000, "4h")

    page = Page(html(result))

    assert page.data["trades"]["number"] == [*range(1, 11), *range(51, 61)]
    assert any("The first and the last 10 of 60 trades" in text for text in page.texts)


def test_a_clock_full_of_gaps_stays_small(monkeypatch):
    monkeypatch.setattr(payload, "KNOTS", 10)
    irregular = np.cumsum(np.arange(1, 101)) * 60_000

    index, value = payload._knots(np.arange(100), irregular, 60_000)

    assert len(index) == len(value) <= 11
    assert [irregular[k] for k in index] == value


def test_the_table_of_months_is_coloured_by_sign(result):
    page = Page(html(result))

    heat = Counter(
        value[:6] for tag, name, value in page.attributes if tag == "td" and name == "class" and "heat" in value
    )
    cells = [cell for row in result.statistics.monthly_returns.cells for cell in row if cell]
    assert heat["heat-u"] == sum(cell > 0 for cell in cells)
    assert heat["heat-d"] == sum(cell < 0 for cell in cells)
