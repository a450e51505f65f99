"""The page in a real browser: it draws, asks for nothing, and its controls work."""

from __future__ import annotations

import shutil

import pytest

from engine.report import html, write_html

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium on the PATH"),
]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield running
        running.close()


@pytest.fixture
def visit(browser, tmp_path):
    """Open the page of a result; complaints and requests are checked when the test is over."""
    complaints, requests, pages = [], [], []

    def go(result, width=1_300, scheme="light"):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(write_html(result, tmp_path / "report.html").as_uri())
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        pages.append(page)
        return page

    yield go
    for page in pages:
        page.close()
    assert complaints == []
    assert all(url.startswith(("file:", "data:")) for url in requests)


def colours(page):
    """How many different colours stand in the chart."""
    return page.evaluate(
        """() => {
          const canvas = document.getElementById("chart"), pen = canvas.getContext("2d");
          const pixels = new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
          return new Set(pixels).size;
        }"""
    )


@pytest.mark.parametrize("width", [390, 1_300])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_draws_and_fits(visit, result, width, scheme):
    page = visit(result, width, scheme)

    assert colours(page) > 20
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_trade_list_searches_sorts_and_leads_to_the_chart(visit, result):
    page = visit(result)

    page.fill("#search", "eth stop")
    wanted = sum(trade.asset == "ETH" and trade.reason == "stop_loss" for trade in result.trades)
    assert page.inner_text("#place") == f"1 to {wanted} of {wanted}"

    page.fill("#search", "")
    page.click("th[data-sort=profit] button")
    best = max(result.trades, key=lambda trade: trade.net_profit)
    assert page.inner_text("#rows tr:first-child td:nth-child(9)") == f"{best.net_profit:+,.2f}"

    page.click("#rows tr:first-child button")
    assert f"{best.asset} long" in page.inner_text("#told")
    assert page.get_attribute(f"[data-asset={best.asset}]", "aria-pressed") == "true"


def test_the_chart_reads_out_the_result_at_the_end(visit, result):
    reading = visit(result).inner_text("#reading")

    assert f"Equity {result.equity[-1]:,.2f}" in reading
    assert f"Buy & hold {result.benchmark[-1]:,.2f}" in reading


def test_keys_wheel_and_buttons_move_the_view(visit, result):
    page = visit(result)
    seen = {page.evaluate("document.getElementById('chart').toDataURL()")}

    page.focus("#chart")
    for act in (
        lambda: page.keyboard.press("+"),
        lambda: page.keyboard.press("ArrowLeft"),
        lambda: page.click("#log"),
        lambda: page.click("#compare"),
        lambda: page.click("[data-days='30']"),
        lambda: page.click("#after"),
    ):
        act()
        page.evaluate("new Promise(requestAnimationFrame)")
        page.evaluate("new Promise(requestAnimationFrame)")
        seen.add(page.evaluate("document.getElementById('chart').toDataURL()"))

    assert len(seen) == 7


def test_runs_at_the_edges_draw_without_complaint(visit, make_result):
    for result in (
        make_result(0, 1, "1d"),
        make_result(0, 300, "1d"),
        make_result(40, 800, "1d", assets=("BTC",), shorts=True, initial=900.0),
        make_result(400, 3_000, "15m", shorts=True, assets=("A", "B", "C", "D"), open_at_end=True),
    ):
        page = visit(result, 800)
        page.click("#log")
        assert colours(page) > 3


def test_hostile_names_run_nothing(visit, make_result):
    name = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    page = visit(make_result(4, 200, "1d", name=name, assets=("<svg onload=alert(1)>", "B")))

    assert page.title() == f"{name}: backtest"
    assert "owned" not in html(make_result(2, 100, "1d"))
