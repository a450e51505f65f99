"""The report of a walk-forward: equity beside holding, the folds' borders and choices, nothing that could act."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from engine.errors import EngineInputError
from engine.report.parameters import short_names
from engine.report.walk_page import walk_html, write_walk_html
from engine.report.walk_pictures import walk_picture, write_walk_picture
from engine.report.walks import walk_digest

HOSTILE = "</svg></script><img src=x onerror=alert(1)> {{ 7*7 }} $\\frac{$ \x1b[31m"
FAST, SLOW = "indicators.fast.inputs.length", "indicators.slow.inputs.length"


def document(n_folds=3, n_days=90, *, name="Cross", seed=0, paths=(FAST, SLOW), cash=1):
    rng = np.random.default_rng(seed)
    equity, holding = (10_000 * np.cumprod(1 + rng.normal(0, 0.02, n_folds * n_days)) for _ in range(2))
    days = np.datetime64("2022-01-01")
    folds = []
    for at in range(n_folds):
        start, end = (f"{days + (at + k) * n_days}T00:00:00Z" for k in range(2))
        one = {
            "train": {"start": "2021-01-01T00:00:00Z", "end": "2021-12-20T00:00:00Z"},
            "test": {"start": start, "end": end},
            "outOfSample": {"days": n_days, "totalReturn": 0.01 * at - 0.01, "maxDrawdown": 0.2},
            "tradeCount": 11 + at,
        }
        if at != cash:
            one |= {"overrides": dict.fromkeys(paths, 5 + at), "inSample": {"totalReturn": 0.4321}}
        folds.append(one)
    return {
        "strategy": {"name": name, "assets": ["BTC"], "timeframe": "1h", "specHash": "x", "generated": False},
        "scheme": "rolling",
        "method": "grid",
        "purgeDays": 4,
        "embargoDays": 0,
        "folds": folds,
        "outOfSample": {
            "days": n_folds * n_days,
            "totalReturn": 0.1234,
            "maxDrawdown": 0.0567,
            "sharpe": {"value": 0.71, "low95": -0.4, "high95": 1.8},
        },
        "firstDay": "2022-01-01T00:00:00Z",
        "initialEquity": 10_000.0,
        "equity": equity.tolist(),
        "holding": holding.tolist(),
        "shareAboveZero": 1 / 3,
        "trials": {"family": "BTC", "total": 91},
        "verdict": "UNPROVEN",
        "caution": "Nothing here is validated.",
        "notices": [{"code": "HOLDING_UNLIMITED", "message": "no time limit", "kind": "note"}],
    }


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.values, self.texts, self.points = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.values += [value for _, value in attrs]
        if tag == "polyline":
            self.points.append([tuple(map(float, one.split(","))) for one in dict(attrs)["points"].split()])

    def handle_data(self, text):
        self.texts.append(text.strip().replace("\u00a0", " "))


def test_the_page_has_every_fold_with_its_choice_and_every_figure():
    told = document()
    page = Page(walk_html(told))

    content = walk_digest(told)
    for cell in (*content.folds.columns, *(cell for row in content.folds.rows for cell in row)):
        assert cell in page.texts, cell
    for one in content.figures:
        assert one.value in page.texts and one.beside in page.texts
    assert content.folds.columns[3:5] == ("fast.length", "slow.length")
    assert content.folds.rows[1][3:5] == ("nothing: cash", "nothing: cash")
    assert FAST in page.texts and "no time limit" in page.texts


def test_an_annual_sharpe_ratio_stands_with_its_interval_and_trials_or_not_at_all():
    told = document()
    assert "0.71 (95 % interval -0.40 to 1.80; 91 trials, not validated)" in walk_digest(told).sharpe

    del told["outOfSample"]["sharpe"]
    assert "0.71" not in walk_html(told) and "none" in walk_digest(told).sharpe


@pytest.mark.parametrize("n_folds", [1, 3, 12])
def test_equity_and_holding_are_drawn_day_by_day_and_a_border_where_each_test_begins(n_folds):
    told = document(n_folds)
    page = Page(walk_html(told))

    held, own, held_below, below = page.points
    assert len(own) == len(held) == len(below) == len(held_below) == len(told["equity"])
    assert_affine([y for _, y in own], told["equity"])
    assert_affine([y for _, y in held], told["holding"])
    peaks = np.maximum.accumulate(np.maximum(told["equity"], 10_000.0))
    assert_affine([y for _, y in below], np.asarray(told["equity"]) / peaks)
    assert walk_digest(told).borders == tuple(90 * at for at in range(n_folds))
    assert len(re.findall('stroke-dasharray="3 4"', walk_html(told))) == 2 * n_folds


def assert_affine(drawn, values):
    """Higher values are drawn higher up, all at one scale; a drawing has a tenth of a unit."""
    slope, base = np.polyfit(values, drawn, 1)
    assert slope < 0
    np.testing.assert_allclose(drawn, slope * np.asarray(values) + base, atol=0.11, rtol=0)


def test_other_peoples_text_is_text_and_nothing_on_the_page_acts():
    told = document(name=HOSTILE, paths=(f"indicators.{HOSTILE}.inputs.length",))
    told["notices"][0]["message"] = HOSTILE

    text = walk_html(told)

    page = Page(text)
    assert "img" not in page.tags and "script" not in page.tags and "\x1b" not in text
    assert not [name for name in page.attributes if name.startswith("on")] and "style" not in page.attributes
    [policy] = [one for one in page.values if one and "default-src" in one]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and text == walk_html(told)


def test_a_picture_is_the_same_each_time_and_says_no_markup():
    told = document(name=HOSTILE, paths=(f"indicators.{HOSTILE}.inputs.length",))

    first, second = walk_picture(told, "svg"), walk_picture(told, "svg")

    assert first == second and b"<script" not in first and b"<img" not in first


@pytest.mark.parametrize("n_folds", [1, 3, 12])
def test_a_picture_numbers_the_tests_names_every_line_and_ends_with_its_table(n_folds):
    import matplotlib.image

    told = document(n_folds)
    said = re.findall("<!-- (.*?) -->", walk_picture(told, "svg").decode())
    shades = matplotlib.image.imread(io.BytesIO(walk_picture(told)))[..., :3].min(axis=(1, 2))

    for drawn in ("Equity", "Under water"):
        after = said.index(drawn) + 1
        assert said[after : after + n_folds] == [str(number) for number in range(1, n_folds + 1)]
    for name in ("buy and hold", "equity, out of sample", "drawdown of buy and hold", "drawdown out of sample"):
        assert said.count(name) == 1
    assert np.flatnonzero(shades < 0.99)[-1] > shades.size - 30


def test_files_are_written_and_another_ending_is_refused(tmp_path):
    assert write_walk_picture(document(), tmp_path / "walk.png").read_bytes().startswith(b"\x89PNG")
    assert write_walk_html(document(), tmp_path / "walk.html").read_text().startswith("<!doctype html>")
    with pytest.raises(EngineInputError, match=re.escape("'walk.pdf' names no picture")):
        write_walk_picture(document(), tmp_path / "walk.pdf")


def test_flat_curves_and_a_walk_that_chose_nothing_are_drawn():
    told = document(2, 30, cash=0)
    told["equity"] = told["holding"] = [10_000.0] * 60
    del told["folds"][1]["overrides"]

    assert "nothing: cash" in walk_html(told) and walk_picture(told).startswith(b"\x89PNG")


@pytest.mark.parametrize("seed", range(30))
def test_short_names_are_ends_of_their_paths_and_each_its_own(seed):
    rng = np.random.default_rng(seed)
    words = ["a", "b", "inputs", "value", "length"]
    paths = list(dict.fromkeys(".".join(rng.choice(words, rng.integers(1, 5))) for _ in range(6)))

    names = short_names(paths)

    assert list(names) == paths and len(set(names.values())) == len(paths)
    for path, name in names.items():
        parts = iter(path.split("."))
        assert all(one in parts for one in name.split("."))  # in the order of the path
